"""The pages about records of one person: which may be, what merging them would do, and undoing."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import duplicates, merging, search
from warmbench.people.merging import HinderedError, MergeError
from warmbench.people.models import Candidate, CandidateMerge, DuplicatePair
from warmbench.web import access, merging_preview
from warmbench.web.access import user_of
from warmbench.web.toasts import back, undone
from warmbench.web.typed import typed

_SHOWN = 25
_OFFERED = 10


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The pairs that nobody has looked at, the surest first."""
    found = duplicates.waiting(after=_edge(request), size=_SHOWN + 1)
    shown = found[:_SHOWN]
    total = duplicates.how_many()
    ids = {pk for pair in shown for pk in (pair.low_id, pair.high_id)}
    changeable = set(access.candidates_to_change(user_of(request), ids))
    context = {
        "section": "candidates",
        "pairs": [
            {
                "pair": pair,
                "grounds": _words(pair),
                "may_change": {pair.low_id, pair.high_id} <= changeable,
            }
            for pair in shown
        ],
        "total": min(total, duplicates.COUNTED),
        "is_more": total > duplicates.COUNTED,
        "after": f"{shown[-1].strength}-{shown[-1].pk}" if len(found) > _SHOWN else "",
    }
    return render(request, "duplicates/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show_merges(request: HttpRequest) -> HttpResponse:
    """What was merged, the latest first, each with its way back."""
    now = clock.now()
    found = duplicates.merges(after=_moment(request), size=_SHOWN + 1)
    shown = found[:_SHOWN]
    user = user_of(request)
    changeable = set(access.candidates_to_change(user, {one.kept_id for one in shown}))
    context = {
        "section": "candidates",
        "merges": [
            {
                "merge": one,
                "said": [str(said) for said in one.fields.get("other", {}).values()],
                "may_undo": one.kept_id in changeable and _is_undoable(one, now=now),
            }
            for one in shown
        ],
        "after": f"{shown[-1].at.isoformat()}_{shown[-1].pk}" if len(found) > _SHOWN else "",
    }
    return render(request, "duplicates/merges.html", context)


@require_GET
@policy(Policy.OWNER)
def choose(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """With whom a candidate may be merged: who is alike, and whoever is looked for."""
    found = access.candidate_to_change(user_of(request), candidate_id)
    wanted = typed(request.GET, "q")
    people = Candidate.objects.exclude(pk=found.pk).select_related("owner").order_by("pk")
    others = search.find(people, wanted)[:_OFFERED] if wanted else []
    pairs = duplicates.of(found.pk)
    context = {
        "section": "candidates",
        "candidate": found,
        "q": wanted,
        "others": others,
        "alike": [
            {
                "other": pair.high if pair.low_id == found.pk else pair.low,
                "grounds": _words(pair),
            }
            for pair in pairs
        ],
    }
    return render(request, "duplicates/choose.html", context)


@require_GET
@policy(Policy.OWNER)
def compare(request: HttpRequest, candidate_id: int, other_id: int) -> HttpResponse:
    """Two records side by side, and what one record of them would be."""
    kept, gone = _both(user_of(request), candidate_id, other_id)
    if kept.pk == gone.pk:
        return redirect("candidate", kept.pk)
    context = {
        "section": "candidates",
        "preview": merging_preview.of(kept, gone, now=clock.now()),
        "days": merging.UNDO.days,
    }
    return render(request, "duplicates/compare.html", context)


@require_POST
@policy(Policy.OWNER)
def merge(request: HttpRequest, candidate_id: int, other_id: int) -> HttpResponse:
    """Let the second record go up in the first."""
    user = user_of(request)
    kept, gone = _both(user, candidate_id, other_id)
    try:
        done = merging.merge(kept.pk, gone.pk, by_id=user.pk, now=clock.now())
    except (MergeError, HinderedError) as error:
        return back(request, resolve_url("candidate", kept.pk), said=str(error), is_error=True)
    said = f"The two records of {kept.name} are one now."
    undo = reverse("merge-undo", args=[done.pk])
    return back(request, resolve_url("candidate", done.kept_id), said=said, undo=undo)


@require_POST
@policy(Policy.OWNER)
def distinct(request: HttpRequest, candidate_id: int, other_id: int) -> HttpResponse:
    """Remember that two records are of two people."""
    user = user_of(request)
    first, second = _both(user, candidate_id, other_id)
    duplicates.say_distinct(first.pk, second.pk, by_id=user.pk, now=clock.now())
    said = f"{first.name} and {second.name} are two people. You are not asked again."
    return back(request, "duplicates", said=said)


@require_POST
@policy(Policy.OWNER)
def undo(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Make two records of one again."""
    user = user_of(request)
    done = access.merge_to_undo(user, merge_id)
    try:
        merging.undo(done.pk, by_id=user.pk, now=clock.now())
    except (MergeError, HinderedError) as error:
        return undone(request, "merges", said=str(error), is_error=True)
    said = "They are two records again. Stops of either hold for both."
    return undone(request, "merges", said=said)


def _both(user: User, candidate_id: int, other_id: int) -> tuple[Candidate, Candidate]:
    return (
        access.candidate_to_change(user, candidate_id),
        access.candidate_to_change(user, other_id),
    )


def _words(pair: DuplicatePair) -> list[str]:
    return [str(DuplicatePair.Ground(one).label) for one in pair.grounds]


def _is_undoable(one: CandidateMerge, *, now: datetime) -> bool:
    return one.undone_at is None and now < one.at + merging.UNDO


def _edge(request: HttpRequest) -> tuple[int, int] | None:
    strength, _, pk = request.GET.get("after", "").partition("-")
    is_read = all(one.isascii() and one.isdigit() and len(one) < 18 for one in (strength, pk))
    return (min(int(strength), 1000), int(pk)) if is_read else None


def _moment(request: HttpRequest) -> tuple[datetime, int] | None:
    at, _, pk = request.GET.get("after", "").partition("_")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    is_read = pk.isascii() and pk.isdigit() and len(pk) < 18 and moment.tzinfo is not None
    return (moment, int(pk)) if is_read else None


urlpatterns = [
    path("candidates/duplicates/", show_all, name="duplicates"),
    path("candidates/merges/", show_merges, name="merges"),
    path("candidates/merges/<int:merge_id>/undo/", undo, name="merge-undo"),
    path("candidates/<int:candidate_id>/merge/", choose, name="candidate-merge"),
    path(
        "candidates/<int:candidate_id>/merge/<int:other_id>/",
        compare,
        name="candidate-compare",
    ),
    path(
        "candidates/<int:candidate_id>/merge/<int:other_id>/go/",
        merge,
        name="candidate-merge-go",
    ),
    path(
        "candidates/<int:candidate_id>/merge/<int:other_id>/distinct/",
        distinct,
        name="candidate-distinct",
    ),
]
