"""What people ask about their data, on a candidate's page: taken up, answered, obeyed, erased."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import audit, clock
from warmbench.people import erasure, export, rights
from warmbench.people.models import RightsRequest
from warmbench.signals import duties, objection
from warmbench.web import access, change_form, rights_forms
from warmbench.web.access import user_of
from warmbench.web.toasts import back


@change_form.form_page
@policy(Policy.RECRUITER)
def ask(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Write down what the candidate asks. Any recruiter may: the month has begun already."""
    user, now = user_of(request), clock.now()
    candidate = access.candidate_for(candidate_id)
    form = rights_forms.RequestForm(
        change_form.sent(request), initial={"received_on": timezone.localdate(now)}
    )
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="Record a request",
            button="Record",
            text="It has to be answered within a month of the day on which it reached us. Who asks"
            " to be erased gets no message from now on.",
        )
    duties.take_up(
        candidate.pk,
        RightsRequest.Kind(form.cleaned_data["kind"]),
        channel=form.cleaned_data["channel"],
        words=form.cleaned_data["words"],
        received_at=form.received_at(now=now),
        by_id=user.pk,
        now=now,
    )
    return change_form.done(request, candidate, "Recorded. It waits in Today until it is answered.")


@change_form.form_page
@policy(Policy.OWNER)
def answer(request: HttpRequest, candidate_id: int, request_id: int) -> HttpResponse:
    """Note that a request is answered, or refused, and how."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    asked = access.rights_request_of(candidate, request_id)
    form = rights_forms.AnswerForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title=f"{asked.get_kind_display()}: answered",
            button="Record the answer",
            text=f"Due by {timezone.localtime(asked.deadline):%-d %B %Y}."
            " Tell them what you did, then say here what that was.",
        )
    answered = rights.answer(
        asked.pk,
        how=form.cleaned_data["how"],
        is_refused=form.cleaned_data["outcome"] == RightsRequest.State.REFUSED,
        by_id=user.pk,
        now=clock.now(),
    )
    return change_form.done(
        request, candidate, "Recorded." if answered else "It was answered already."
    )


@require_POST
@policy(Policy.OWNER)
def download(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Everything that is held about the candidate, to be handed to her. It is on record."""
    user, now = user_of(request), clock.now()
    candidate = access.candidate_to_change(user, candidate_id)
    packed = export.of(candidate.pk, now=now).as_zip()
    audit.record(user.pk, "candidate.exported", f"candidate:{candidate.pk}", now=now)
    return HttpResponse(
        packed,
        content_type="application/zip",
        headers={
            # A number, not a name: it lies about in download folders.
            "Content-Disposition": f'attachment; filename="candidate-{candidate.pk}.zip"',
            "Cache-Control": "no-store",
        },
    )


@change_form.form_page
@policy(Policy.RECRUITER)
def object_(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Obey an objection. Any recruiter may: whoever hears it first says it."""
    user = user_of(request)
    candidate = access.candidate_for(candidate_id)
    form = rights_forms.ObjectionForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="They object",
            button="Stop all of it",
            text="From this second on nothing is sent to them, on any channel, and no score or"
            " ranking is made of them. Nobody can take it back.",
            is_stop=True,
        )
    is_new = objection.take_up(
        candidate.pk,
        channel=f"told to {user.name}"[:80],
        words=form.cleaned_data["evidence"],
        evidence=form.cleaned_data["evidence"],
        by_id=user.pk,
        now=clock.now(),
    )
    said = "Stopped. No message, no score." if is_new else "They had objected already."
    return change_form.done(request, candidate, said)


@change_form.form_page
@policy(Policy.OWNER)
def erase(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Erase the candidate, once their name is typed."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    form = rights_forms.EraseForm(change_form.sent(request), name=candidate.name)
    if not form.is_valid():
        context = {
            "section": "candidates",
            "candidate": candidate,
            "form": form,
            "others": access.candidates_of(erasure.sharing([candidate.pk])),
        }
        status = 422 if form.is_bound else 200
        return render(request, "candidate/erase.html", context, status=status)
    try:
        erasure.erase([candidate.pk], reason=erasure.Reason.REQUEST, by_id=user.pk, now=clock.now())
    except erasure.HinderedError as error:
        return change_form.done(request, candidate, str(error), is_error=True)
    return back(request, "candidates", said="Erased. Nothing about them is left but a hash.")


urlpatterns = [
    path("candidates/<int:candidate_id>/requests/", ask, name="candidate-request"),
    path(
        "candidates/<int:candidate_id>/requests/<int:request_id>/",
        answer,
        name="candidate-request-answer",
    ),
    path("candidates/<int:candidate_id>/data/", download, name="candidate-data"),
    path("candidates/<int:candidate_id>/objection/", object_, name="candidate-objection"),
    path("candidates/<int:candidate_id>/erase/", erase, name="candidate-erase"),
]
