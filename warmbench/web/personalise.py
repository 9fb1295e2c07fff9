"""The page on which a recruiter looks at a check-in before it goes, and puts it in other words."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import segments
from warmbench.nurture import personalisation
from warmbench.nurture.models import Personalisation, Step
from warmbench.nurture.personalisation import EDITABLE, GapError, Letter, TooLateError
from warmbench.web import access, queue_rows, verdicts
from warmbench.web.access import user_of
from warmbench.web.previews import MAIL_POLICY
from warmbench.web.toasts import back


class WordsForm(forms.Form):
    """What a recruiter says in a check-in, in the place of what was found."""

    opening = forms.CharField(
        label="How it begins",
        max_length=EDITABLE["opening"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Left empty, it begins with a general line.",
    )
    market_note = forms.CharField(
        label="The market",
        max_length=EDITABLE["market_note"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Left empty, it says nothing of it.",
    )
    own_note = forms.CharField(
        label="A note of your own",
        max_length=EDITABLE["own_note"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A paragraph before the end.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.OWNER)
def check_in(request: HttpRequest, check_in_id: int) -> HttpResponse:
    """A check-in as it would go; by POST, let it go with these words."""
    user = user_of(request)
    row, now = access.check_in_to_change(user, check_in_id), clock.now()
    if request.method != "POST":
        return _page(request, row, WordsForm(initial={**row.fields, **row.words}))
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        personalisation.approve(row.pk, form.cleaned_data, by_id=user.pk, now=now)
    except GapError as error:
        form.add_error(error.field, str(error))
        return _page(request, row, form, status=422)
    except TooLateError as error:
        return back(request, "today", said=f"{row.candidate.name}: {error}", is_error=True)
    said = f"The check-in to {row.candidate.name} goes as soon as it may."
    return back(request, "today", said=said)


@require_POST
@policy(Policy.OWNER)
def skip(request: HttpRequest, check_in_id: int) -> HttpResponse:
    """Let a check-in not go."""
    user = user_of(request)
    row = access.check_in_to_change(user, check_in_id)
    try:
        personalisation.skip(row.pk, by_id=user.pk, now=clock.now())
    except TooLateError as error:
        return back(request, "today", said=f"{row.candidate.name}: {error}", is_error=True)
    said = f"The check-in to {row.candidate.name} does not go; the sequence goes on."
    return back(request, "today", said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@policy(Policy.OWNER)
def mail(request: HttpRequest, check_in_id: int) -> HttpResponse:
    """The mail itself, for the frame on the page: by POST with the words as they are typed, which
    thus stand in no address and no log."""
    row = access.check_in_to_change(user_of(request), check_in_id)
    words = row.words
    if request.method == "POST":
        form = WordsForm(request.POST)
        words = form.cleaned_data if form.is_valid() else row.words
    letter = personalisation.letter(row, words, now=clock.now())
    rendered = personalisation.rendered(letter) if letter else None
    if rendered is None:
        raise Http404
    return HttpResponse(rendered.html, headers={"Content-Security-Policy": MAIL_POLICY})


def _page(
    request: HttpRequest, row: Personalisation, form: WordsForm, *, status: int = 200
) -> HttpResponse:
    now = clock.now()
    is_waiting = row.state == Personalisation.State.WAITING
    context: dict[str, Any] = {
        "section": "today",
        "check_in": row,
        "candidate": row.candidate,
        "is_waiting": is_waiting,
        "form": form,
    }
    if is_waiting:
        letter = personalisation.letter(row, row.words, now=now)
        due, due_state = queue_rows.due_words(row.due_at, now=now)
        context |= {
            "goes_anyway": row.step.if_not_edited == Step.Default.SEND,
            "due": due,
            "due_state": due_state,
            "is_over": row.due_at <= now,
        }
        context |= _shown(letter) if letter else {}
        context["src"] = reverse("check-in-mail", args=[row.pk])
    return render(request, "personalise/page.html", context, status=status)


def _shown(letter: Letter) -> dict[str, Any]:
    rendered = personalisation.rendered(letter)
    return {
        "rendered": rendered,
        "sender": letter.sender,
        "verdict": verdicts.answer(letter.considered.verdict),
        "segments": segments.count(rendered.text) if rendered and letter.sender.is_text else None,
    }


urlpatterns = [
    path("check-ins/<int:check_in_id>/", check_in, name="check-in"),
    path("check-ins/<int:check_in_id>/skip/", skip, name="check-in-skip"),
    path("check-ins/<int:check_in_id>/mail/", mail, name="check-in-mail"),
]
