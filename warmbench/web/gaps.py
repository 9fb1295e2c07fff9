"""The page about missing tags: who is not enrolled for want of one, and what it may be."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import gaps
from warmbench.people.gaps import Gap, Suggestion
from warmbench.people.models import Candidate, Tag
from warmbench.people.tagging import TagGoneError
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import number

_SHOWN = 25


@dataclass(frozen=True)
class Lack:
    """One tag that somebody lacks, and what it may be."""

    kind: Tag.Kind
    suggestion: Suggestion | None


@dataclass(frozen=True)
class Row:
    """Somebody who lacks tags."""

    candidate: Candidate
    lacks: list[Lack]
    may_change: bool


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """Who lacks a tag without which nobody is enrolled."""
    user = user_of(request)
    kind = next((one for one in gaps.REQUIRED if one.value == request.GET.get("kind")), None)
    mine = "mine" in request.GET
    owner_id = user.pk if mine else None
    asked = max(1, number(request.GET, "page"))
    offset = (min(asked, gaps.LISTED) - 1) * _SHOWN
    report = gaps.report(limit=_SHOWN, offset=offset, kind=kind, owner_id=owner_id, now=clock.now())
    if report is None:
        return render(request, "pools/gaps_counting.html", {"kind": kind, "mine": mine})
    page = Paginator(range(report.listed), _SHOWN).get_page(asked)
    context = {
        "report": report,
        "kinds": [(one, report.counts[one]) for one in gaps.REQUIRED],
        "kind": kind,
        "mine": mine,
        "rows": _rows(request, report.gaps),
        "page": page,
        "shown_of": report.counts[kind] if kind else report.people,
        "choices": _choices(),
    }
    return render(request, "pools/gaps.html", context)


def _rows(request: HttpRequest, found: list[Gap]) -> list[Row]:
    people = Candidate.objects.select_related("owner").in_bulk(gap.candidate_id for gap in found)
    mine = set(access.candidates_to_change(user_of(request), list(people)))
    return [
        Row(people[gap.candidate_id], _lacks(gap), gap.candidate_id in mine)
        for gap in found
        if gap.candidate_id in people
    ]


def _lacks(gap: Gap) -> list[Lack]:
    suggested = {one.kind: one for one in gap.suggestions}
    return [Lack(kind, suggested.get(kind)) for kind in gap.missing]


def _choices() -> dict[str, list[Tag]]:
    tags = Tag.objects.filter(kind__in=gaps.REQUIRED, retired_at=None).order_by("name")
    choices: defaultdict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        choices[tag.kind].append(tag)
    return dict(choices)


@require_POST
@policy(Policy.RECRUITER)
def accept(request: HttpRequest) -> HttpResponse:
    """Give people the tags that were chosen for them."""
    user = user_of(request)
    chosen = [pair for text in request.POST.getlist("tag") if (pair := _pair(text))]
    mine = set(access.candidates_to_change(user, [candidate for candidate, _ in chosen]))
    known = set(_taggable(tag for _, tag in chosen).values_list("pk", flat=True))
    pairs = [(who, tag) for who, tag in chosen if who in mine and tag in known]
    here = reverse("gaps")
    try:
        changed = gaps.accept(pairs, by_id=user.pk, now=clock.now())
    except TagGoneError as error:
        return back(request, here, said=str(error), is_error=True)
    people = f"{len(changed)} person" if len(changed) == 1 else f"{len(changed)} people"
    return back(request, here, said=f"{people} tagged.")


def _pair(text: str) -> tuple[int, int] | None:
    parts = text.split(":")
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 10 for p in parts):
        return None
    return int(parts[0]), int(parts[1])


def _taggable(ids: Any) -> QuerySet[Tag]:
    return Tag.objects.filter(pk__in=list(ids), kind__in=gaps.REQUIRED, retired_at=None)


urlpatterns = [
    path("pools/missing-tags/", show, name="gaps"),
    path("pools/missing-tags/accept/", accept, name="gaps-accept"),
]
