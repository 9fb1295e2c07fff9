"""The pages about the law: who has to be told, what we weighed, and what applies where."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import unwritable
from warmbench.messaging.unwritable import Obstacle
from warmbench.people import balancing, law_rules, law_words, notices
from warmbench.people.balancing import Weighing
from warmbench.people.models import BalancingTest, Candidate, Notice
from warmbench.web import access, change_form
from warmbench.web.access import user_of
from warmbench.web.toasts import back

#: What a recruiter can do something about, one by one.
_OBSTACLES = (
    Obstacle.NOTICE_OVERDUE,
    Obstacle.CONSENT_FIRST,
    Obstacle.IMPLIED_EXPIRED,
    Obstacle.EXPIRED,
    Obstacle.NO_CONSENT,
)


class TellForm(forms.Form):
    """How people came to know that we have their data."""

    kind = forms.ChoiceField(
        label="What is true",
        choices=[
            (Notice.Kind.TOLD, "They were told, not by a message of Warmbench"),
            (Notice.Kind.KNOWN, "They gave us their data themselves, or knew already"),
        ],
        initial=Notice.Kind.TOLD,
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label="How and when",
        max_length=300,
        help_text="Such as “privacy notice in the application form, version 3”. It is kept.",
    )


class SourceForm(TellForm):
    """The same of everybody who came from one source."""

    source = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)


class WeighingForm(forms.Form):
    """A balancing test, in its three parts."""

    _LONG = forms.Textarea(attrs={"rows": 6})

    interest = forms.CharField(
        label="What we want, and why that is legitimate", max_length=10_000, widget=_LONG
    )
    necessity = forms.CharField(
        label="Why it cannot be had in a milder way", max_length=10_000, widget=_LONG
    )
    balance = forms.CharField(
        label="What speaks for leaving them alone, and what we do about it",
        max_length=10_000,
        widget=_LONG,
    )

    def weighing(self) -> Weighing:
        """What was weighed."""
        return Weighing(**self.cleaned_data)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """What the law asks for, and what is open about it."""
    now = clock.now()
    today = timezone.localdate(now)
    book = law_rules.book()
    context = {
        "section": "law",
        "now": now,
        "open": _open(now),
        "test": balancing.current(),
        "book": book,
        "choices": settings.CONSENT_FIRST,
        "tables": [
            (title, law_words.lines(kind, on=today)) for kind, title in law_words.TITLES.items()
        ],
    }
    return render(request, "law/page.html", context)


def _open(now: datetime) -> dict[str, Any] | None:
    """Who has to be told, and who cannot be written to for a reason of law; None while that is
    being counted."""
    overview, obstacles = notices.overview(now=now), unwritable.how_many(now=now)
    if overview is None or obstacles is None:
        return None
    sources, people = overview
    named = Candidate.objects.in_bulk([one.candidate_id for one in people])
    return {
        "sources": sources,
        "people": [(named[one.candidate_id], one) for one in people if one.candidate_id in named],
        "obstacles": [(each, obstacles[each]) for each in _OBSTACLES if obstacles[each]],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.ADMIN)
def told(request: HttpRequest) -> HttpResponse:
    """Say that everybody who came from a source knows."""
    asked = request.POST if request.method == "POST" else request.GET
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        initial={"source": request.GET.get("source", "")},
    )
    if not form.is_valid():
        context = {"section": "law", "form": form, "source": asked.get("source", "")}
        return render(request, "law/told.html", context, status=422 if form.is_bound else 200)
    count = notices.inform_all_from(
        form.cleaned_data["source"],
        kind=Notice.Kind(form.cleaned_data["kind"]),
        evidence=form.cleaned_data["evidence"],
        by_id=user_of(request).pk,
        now=clock.now(),
    )
    return back(request, "law", said=f"Noted of {count:,} {'person' if count == 1 else 'people'}.")


@change_form.form_page
@policy(Policy.OWNER)
def candidate_told(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Say that one person knows."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    form = TellForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="They know that we have their data",
            button="Note it",
            text="The law gives us a month to tell people that we have their data, from whom,"
            " and what they may ask of us.",
        )
    is_new = notices.inform(
        [candidate.pk],
        kind=Notice.Kind(form.cleaned_data["kind"]),
        evidence=form.cleaned_data["evidence"],
        by_id=user.pk,
        now=clock.now(),
    )
    said = "Noted." if is_new else "That they know was noted before."
    return change_form.done(request, candidate, said)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.ADMIN)
def weigh(request: HttpRequest) -> HttpResponse:
    """Write a new version of the balancing test."""
    current = balancing.current()
    form = WeighingForm(request.POST if request.method == "POST" else None, initial=_parts(current))
    if not form.is_valid():
        context = {"section": "law", "form": form, "test": current}
        return render(request, "law/weigh.html", context, status=422 if form.is_bound else 200)
    made = balancing.adopt(form.weighing(), by_id=user_of(request).pk, now=clock.now())
    return back(request, "law", said=f"Version {made.version} holds from now on.")


def _parts(test: BalancingTest | None) -> dict[str, Any]:
    names = ("interest", "necessity", "balance")
    return {name: getattr(test, name) for name in names} if test else {}


urlpatterns = [
    path("law/", show, name="law"),
    path("law/told/", told, name="law-told"),
    path("law/balancing-test/", weigh, name="law-weigh"),
    path("candidates/<int:candidate_id>/told/", candidate_told, name="candidate-told"),
]
