"""The page before a sequence is let run: what happens then, and who has to look at it first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import reviews, starting, versions
from warmbench.nurture.models import Sequence, SequenceVersion
from warmbench.nurture.versions import OutlineError, ReviewError
from warmbench.web import access, sequence_drafts, sequence_frame, sequence_moves, sequence_plan
from warmbench.web.access import user_of
from warmbench.web.sequence_drafts import Working
from warmbench.web.toasts import back
from warmbench.web.typed import number, typed

_LEFT_OUT = {
    starting.WAS_HERE: "were on it before, and begin anew only by hand or as its settings say",
    starting.MISSING_TAGS: "lack a specialty, seniority or place",
    starting.NOT_LET_IN: "are not let in by its rule",
}


@dataclass(frozen=True)
class Day:
    """What comes due on one of the first days."""

    day: date
    #: Title of the step, and for how many people.
    steps: list[tuple[str, int]]


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def activate(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Say what happens once the draft is let go; let it go."""
    sequence = access.sequence_to_change(sequence_id)
    working = sequence_drafts.of(sequence)
    if request.method != "POST":
        return render(request, "sequences/activate.html", _context(request, working))
    move, seen = request.POST.get("people") == "move", number(request.POST, "revision")
    by_id, now = user_of(request).pk, clock.now()
    try:
        done = reviews.let_go(sequence_id, move=move, by_id=by_id, now=now, revision=seen)
    except (OutlineError, ReviewError) as error:
        working = sequence_drafts.of(sequence)
        context = _context(request, working) | {"refused": str(error)}
        return render(request, "sequences/activate.html", context, status=422)
    there = reverse("sequence", args=[sequence_id])
    if done.has_begun:
        said = "It runs. Nothing goes for ten minutes; until then you can take it back."
    else:
        people = f"{done.moved:,} {'person' if done.moved == 1 else 'people'} moved to it."
        said = f"Version {done.version.number} is out. {people if move else 'Nobody was moved.'}"
    return back(request, there, said=said)


def _context(request: HttpRequest, working: Working) -> dict[str, Any]:
    now, user, sequence = clock.now(), user_of(request), working.sequence
    context = sequence_frame.editor(working)
    draft, newest = working.draft, working.newest
    context["unreviewed"] = versions.unreviewed(draft, by_id=user.pk) if draft else ""
    context["is_mine"] = bool(draft and draft.review_asked_by_id == user.pk)
    if newest is not None:
        running_one = versions.outline_of(newest)
        context["differences"] = [
            str(one) for one in versions.differences(running_one, working.outline)
        ]
        if not context["marks"]:
            moves = versions.foreseen(sequence.pk, working.outline, now=now)
            context["move"] = moves and sequence_moves.preview(working, moves)
            context["is_counting"] = moves is None
    if sequence.state != Sequence.State.PAUSED:
        context["ahead"] = starting.ahead(sequence, working.outline, now=now)
        context["left_out"] = [
            (count, _LEFT_OUT[why]) for why, count in context["ahead"].left_out.most_common()
        ]
        context["days"] = _days(working, context["ahead"])
    context["trigger"] = working.outline.trigger
    context["trigger_words"] = dict(SequenceVersion.Trigger.choices).get(working.outline.trigger)
    context["pools"] = sequence.pools.filter(archived_at=None)
    return context


def _days(working: Working, ahead: starting.Ahead) -> list[Day]:
    titles = sequence_plan.titles_of(working.outline)
    days: list[Day] = []
    for first in ahead.first:
        if not days or days[-1].day != first.day:
            days.append(Day(first.day, []))
        days[-1].steps.append((titles[first.key], first.people))
    return days


@require_POST
@policy(Policy.RECRUITER)
def ask(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Ask somebody else to look."""
    sequence = access.sequence_to_change(sequence_id)
    if sequence_drafts.of(sequence).problems:
        said = "Put right first what is listed here."
        return _back(request, sequence_id, said, is_error=True)
    asked = reviews.ask(sequence_id, by_id=user_of(request).pk, now=clock.now())
    said = "Your team was told. Anybody else may let it go now, or give it back."
    return _back(request, sequence_id, said if asked else "It is in review already.")


@require_POST
@policy(Policy.RECRUITER)
def take_back(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Take the wish for a review back."""
    access.sequence_to_change(sequence_id)
    reviews.take_back(sequence_id, by_id=user_of(request).pk, now=clock.now())
    return _back(request, sequence_id, "It is not in review any more.")


@require_POST
@policy(Policy.RECRUITER)
def give_back(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Give a draft back, with what is to be put right."""
    access.sequence_to_change(sequence_id)
    note = typed(request.POST, "note", longest=reviews.LONGEST_NOTE)
    if not note:
        return _back(request, sequence_id, "Say what is to be put right.", is_error=True)
    given = reviews.give_back(sequence_id, note, by_id=user_of(request).pk, now=clock.now())
    said = "Given back, with your note." if given else "It is not in review any more."
    return _back(request, sequence_id, said)


def _back(
    request: HttpRequest, sequence_id: int, said: str, *, is_error: bool = False
) -> HttpResponse:
    there = reverse("sequence-activation", args=[sequence_id])
    return back(request, there, said=said, is_error=is_error)


urlpatterns = [
    path("sequences/<int:sequence_id>/activate/", activate, name="sequence-activation"),
    path("sequences/<int:sequence_id>/review/", ask, name="sequence-review"),
    path("sequences/<int:sequence_id>/review/back/", take_back, name="sequence-review-back"),
    path("sequences/<int:sequence_id>/review/give/", give_back, name="sequence-give-back"),
]
