"""Keeps what a manager said on the phone about people on a shortlist, and what became of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.shortlists import answers, outcomes
from warmbench.shortlists.answers import AnswerError
from warmbench.shortlists.models import Answer, Outcome, Shortlist
from warmbench.shortlists.outcomes import OutcomeError
from warmbench.web import shortlist_access
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import typed


@require_POST
@policy(Policy.OWNER)
def answer(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Keep what a manager said to us."""
    user = user_of(request)
    shortlist = shortlist_access.shortlist_to_change(user, shortlist_id)
    entry = shortlist_access.entry_of(shortlist, entry_id)
    try:
        made = answers.answer(
            entry.pk,
            request.POST.get("verdict", ""),
            requirement=typed(request.POST, "requirement"),
            words=typed(request.POST, "words", longest=answers.LONGEST_WORDS),
            by_id=user.pk,
            now=clock.now(),
        )
    except AnswerError as error:
        return _to(request, shortlist, entry.pk, str(error), is_error=True)
    label = Answer.Verdict(made.verdict).label
    return _to(request, shortlist, entry.pk, f"Kept of {entry.candidate.name}: {label}.")


@require_POST
@policy(Policy.OWNER)
def outcome(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Keep what became of somebody."""
    user = user_of(request)
    shortlist = shortlist_access.shortlist_to_change(user, shortlist_id)
    entry = shortlist_access.entry_of(shortlist, entry_id)
    kind = request.POST.get("kind", "")
    try:
        is_new = outcomes.record(
            entry.pk,
            kind,
            requirement=typed(request.POST, "requirement"),
            words=typed(request.POST, "words", longest=answers.LONGEST_WORDS),
            by_id=user.pk,
            now=clock.now(),
        )
    except OutcomeError as error:
        return _to(request, shortlist, entry.pk, str(error), is_error=True)
    label = Outcome.Kind(kind).label.lower()
    said = f"{entry.candidate.name}: {label}." if is_new else "That is known already."
    return _to(request, shortlist, entry.pk, said)


@require_POST
@policy(Policy.OWNER)
def take_back(request: HttpRequest, shortlist_id: int, outcome_id: int) -> HttpResponse:
    """Say that something did not come of it, after all."""
    user = user_of(request)
    shortlist = shortlist_access.shortlist_to_change(user, shortlist_id)
    found = get_object_or_404(Outcome, pk=outcome_id, entry__shortlist=shortlist)
    is_gone = outcomes.take_back(found.pk, by_id=user.pk, now=clock.now())
    said = "It is taken back." if is_gone else "The ATS says so: put it right there."
    return _to(request, shortlist, found.entry_id, said, is_error=not is_gone)


def _to(
    request: HttpRequest, shortlist: Shortlist, entry_id: int, said: str, *, is_error: bool = False
) -> HttpResponse:
    there = f"{reverse('shortlist', args=[shortlist.pk])}#person-{entry_id}"
    return back(request, there, said=said, is_error=is_error)


urlpatterns = [
    path(
        "shortlists/<int:shortlist_id>/people/<int:entry_id>/answer/",
        answer,
        name="shortlist-answer",
    ),
    path(
        "shortlists/<int:shortlist_id>/people/<int:entry_id>/outcome/",
        outcome,
        name="shortlist-outcome",
    ),
    path(
        "shortlists/<int:shortlist_id>/outcomes/<int:outcome_id>/take-back/",
        take_back,
        name="shortlist-outcome-take-back",
    ),
]
