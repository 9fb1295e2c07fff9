"""The list of shortlists: for which profile, in which state, and what managers have answered."""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.shortlists.models import Answer, ProfileVersion, Shortlist, ShortlistEntry
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import number, typed

_SHOWN = 25
_PLURALS = {"star": "stars", "check": "interviews", "pass": "passes"}
_SINGULARS = {"star": "star", "check": "interview", "pass": "pass"}


@dataclass(frozen=True)
class Row:
    """A shortlist in the list."""

    shortlist: Shortlist
    people: int
    #: "2 stars · 1 interview · 2 open"; blank for a draft.
    answers: str


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the shortlists, the newest first."""
    words = typed(request.GET, "q", longest=200)
    state = request.GET.get("state", "")
    role_id, profile_id = number(request.GET, "role"), number(request.GET, "profile")
    found = _named(words)
    if role_id:
        found = found.filter(role=role_id)
    if profile_id:
        found = found.filter(version__profile=profile_id)
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    if state in Shortlist.State.values:
        found = found.filter(state=state)
    page = Paginator(found.order_by("-made_at", "-pk"), _SHOWN).get_page(request.GET.get("page"))
    context = {
        "section": "shortlists",
        "page": page,
        "rows": _rows(list(page.object_list)),
        "q": words,
        "role_id": role_id,
        "profile_id": profile_id,
        "state": state if state in Shortlist.State.values else "",
        "total": sum(counts.values()),
        "states": [(one, counts.get(one.value, 0)) for one in Shortlist.State],
        "is_filtered": bool(words or state or role_id or profile_id),
        "has_profile": ProfileVersion.objects.filter(is_current=True).exists(),
        "now": clock.now(),
    }
    name = "shortlists/results.html" if is_htmx(request) else "shortlists/list.html"
    return render(request, name, context)


def summary(said: Counter[str], people: int) -> str:
    """What was answered about so many people, in a few words, the best first."""
    parts = [
        f"{count} {_SINGULARS[verdict] if count == 1 else plural}"
        for verdict, plural in _PLURALS.items()
        if (count := said[verdict])
    ]
    if waiting := people - said.total():
        parts.append(f"{waiting} open")
    return " · ".join(parts)


def answered(shortlist_ids: list[int]) -> dict[int, Counter[str]]:
    """By list, how often each verdict is the one that counts."""
    rows = Answer.objects.filter(entry__shortlist__in=shortlist_ids)
    last = rows.order_by("entry", "-at", "-pk").distinct("entry")
    found: dict[int, Counter[str]] = {}
    for shortlist_id, verdict in last.values_list("entry__shortlist", "verdict"):
        found.setdefault(shortlist_id, Counter())[verdict] += 1
    return found


def _named(words: str) -> QuerySet[Shortlist]:
    found = Shortlist.objects.select_related("version__profile", "role", "made_by")
    for word in words.split():
        found = found.filter(
            Q(version__profile__name__icontains=word)
            | Q(role__title__icontains=word)
            | Q(role__company__icontains=word)
            | Q(made_by__name__icontains=word)
        )
    return found


def _rows(found: list[Shortlist]) -> list[Row]:
    pks = [one.pk for one in found]
    on_it = ShortlistEntry.objects.filter(
        shortlist__in=pks, place=ShortlistEntry.Place.LISTED, removed_at=None
    )
    people = dict(on_it.order_by().values_list("shortlist").annotate(Count("pk")))
    said = answered(pks)
    return [Row(one, people.get(one.pk, 0), _answers(one, said, people)) for one in found]


def _answers(one: Shortlist, said: dict[int, Counter[str]], people: dict[int, int]) -> str:
    if one.state == Shortlist.State.DRAFT:
        return ""
    return summary(said.get(one.pk, Counter()), people.get(one.pk, 0))


urlpatterns = [path("shortlists/", show_all, name="shortlists")]
