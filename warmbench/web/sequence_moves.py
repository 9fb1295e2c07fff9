"""The versions of a sequence, what differs between them, and moving people to the newest."""

from dataclasses import dataclass
from itertools import zip_longest

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import versions
from warmbench.nurture.models import SequenceVersion
from warmbench.nurture.outline import Outline
from warmbench.nurture.versions import Migration
from warmbench.web import access, sequence_drafts, sequence_plan
from warmbench.web.access import user_of
from warmbench.web.sequence_drafts import Working
from warmbench.web.toasts import back
from warmbench.web.typed import number


@dataclass(frozen=True)
class Row:
    """People who stand before one step, and where they would stand."""

    version: int
    before: str
    #: Blank for whom it would end.
    after: str
    people: int
    is_new_cycle: bool
    stays: bool


@dataclass(frozen=True)
class Moving:
    """What moving people would do, with the titles of the steps."""

    rows: list[Row]
    passed_over: list[tuple[str, int]]
    people: int
    ending: int


@dataclass(frozen=True)
class Shown:
    """One version in the list."""

    version: SequenceVersion
    people: int
    #: What is different from the version before it, in words.
    differences: list[str]


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """The versions, the newest first."""
    sequence = access.sequence_for(sequence_id)
    everybody = sequence_plan.standing(sequence_id, now=clock.now())
    found = list(sequence.versions.select_related("created_by").order_by("-number"))
    outlines = versions.outlines_of(found)
    shown = [
        Shown(version, everybody.of_version(version.pk).people, _differences(before, outline))
        for version, outline, before in zip_longest(found, outlines, outlines[1:])
    ]
    newest = everybody.of_version(found[0].pk).people if found else 0
    behind = everybody.people - newest
    context = {"sequence": sequence, "versions": shown, "behind": behind}
    return render(request, "sequences/versions.html", context)


def _differences(before: Outline | None, after: Outline) -> list[str]:
    return [str(one) for one in versions.differences(before, after)] if before else []


@require_GET
@policy(Policy.RECRUITER)
def look(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """What moving people to the newest version would do."""
    sequence = access.sequence_for(sequence_id)
    working = sequence_drafts.of(sequence)
    only = number(request.GET, "version") or None
    context = {
        "sequence": sequence,
        "newest": working.newest,
        "only": only,
        "move": preview(working, versions.migration(sequence_id, only_version=only)),
    }
    return render(request, "sequences/move.html", context)


@require_POST
@policy(Policy.RECRUITER)
def move(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Move people to the newest version."""
    access.sequence_for(sequence_id)
    only = number(request.POST, "version") or None
    moved = versions.migrate(
        sequence_id, by_id=user_of(request).pk, now=clock.now(), only_version=only
    )
    people = "person" if moved == 1 else "people"
    said = f"{moved:,} {people} moved. The dates of their next steps stay."
    there = reverse("sequence-versions", args=[sequence_id])
    return back(request, there, said=said if moved else "Nobody was on an older version.")


def preview(working: Working, found: Migration) -> Moving:
    """What moving people would do, with the titles of the steps."""
    titles: dict[str, str] = {}
    for outline in versions.outlines_of(working.sequence.versions.order_by("number")):
        titles |= sequence_plan.titles_of(outline)
    titles |= sequence_plan.titles_of(working.outline)
    rows = [
        Row(
            one.version,
            titles.get(one.before, one.before),
            titles.get(one.after, one.after),
            one.people,
            one.is_new_cycle,
            one.before == one.after and not one.is_new_cycle,
        )
        for one in found.moves
    ]
    passed = [(titles.get(key, key), people) for key, people in found.passed_over]
    return Moving(rows, passed, found.people, found.ending)


urlpatterns = [
    path("sequences/<int:sequence_id>/versions/", show_all, name="sequence-versions"),
    path("sequences/<int:sequence_id>/versions/move/", look, name="sequence-move-look"),
    path("sequences/<int:sequence_id>/versions/moved/", move, name="sequence-move"),
]
