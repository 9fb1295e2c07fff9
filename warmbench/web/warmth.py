"""The pages about warmth: what signals are worth, what other numbers would change, and what was
in force before."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy as Access
from warmbench.accounts.policies import policy
from warmbench.core import clock
from warmbench.nurture import pool_warmth
from warmbench.nurture.models import Pool, PoolMember
from warmbench.people.models import Candidate
from warmbench.signals import policies, recounting, what_if
from warmbench.signals.models import WarmthPolicy
from warmbench.signals.recounting import Progress
from warmbench.signals.scoring import Policy
from warmbench.signals.what_if import Band, Change, WhatIf
from warmbench.web import access, warmth_words
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx
from warmbench.web.warmth_form import KINDS, WarmthForm


@dataclass(frozen=True)
class Version:
    """One version of a policy as the history shows it."""

    row: WarmthPolicy
    differences: list[str]
    is_in_force: bool

    @property
    def is_end(self) -> bool:
        """Whether the scope was measured as everybody from then on."""
        return not self.row.weights


@dataclass(frozen=True)
class Bar:
    """How many people are called so, now and then, with bars on a hundred units."""

    band: Band
    now_wide: float
    then_wide: float


@dataclass(frozen=True)
class Named:
    """Somebody whom another policy would move."""

    person: Candidate
    change: Change


@dataclass(frozen=True)
class Group:
    """A group that people would enter and leave: how many, and who."""

    title: str
    entering: int
    leaving: int
    who_enters: list[Named]
    who_leaves: list[Named]


@require_GET
@policy(Access.SIGNED_IN)
def show(request: HttpRequest, pool_id: int | None = None) -> HttpResponse:
    """What signals are worth, for everybody or in a pool, and what was in force before."""
    pool, scope = _scope(pool_id)
    newest = policies.latest(scope)
    counting = recounting.progress(newest) if newest else Progress(100, is_done=True)
    context = {
        "section": "warmth",
        "pool": pool,
        "policy": policies.in_force(scope),
        "is_own": not pool or policies.own(scope) is not None,
        "worths": [
            (label, worth)
            for kind, (label, _) in KINDS.items()
            if (worth := policies.in_force(scope).weights.get(kind))
        ],
        "counting": counting,
        "versions": _versions(scope),
        "pools": [] if pool else _pools(),
        "change_url": _url("change", pool),
    }
    name = "warmth/counting.html" if is_htmx(request) else "warmth/page.html"
    return render(request, name, context)


@policy(Access.SIGNED_IN)
def change(request: HttpRequest, pool_id: int | None = None) -> HttpResponse:
    """Other numbers, and what they would change. Nothing is written."""
    pool, scope = _scope(pool_id)
    standing = policies.in_force(scope)
    old = request.GET.get("version", "")
    row = access.warmth_policy_for(int(old)) if old.isdecimal() and len(old) < 10 else None
    start = policies.read(row) if row else standing
    form = WarmthForm(request.POST or None, policy=standing, initial=WarmthForm.initial_of(start))
    return _editor(request, form, pool, restored=row)


@require_POST
@policy(Access.ADMIN)
def adopt(request: HttpRequest, pool_id: int | None = None) -> HttpResponse:
    """Measure warmth by the numbers of the form from now on."""
    pool, scope = _scope(pool_id)
    form = WarmthForm(request.POST, policy=policies.in_force(scope))
    if not form.is_valid():
        return _editor(request, form, pool)
    user, note = user_of(request), form.cleaned_data["note"]
    made = policies.adopt(scope, form.draft(), note, by_id=user.pk, now=clock.now())
    said = f"Version {made.version} is in force. Everybody is counted anew by it." if made else ""
    return back(request, _url("", pool), said=said or "Warmth is measured so already.")


@require_POST
@policy(Access.ADMIN)
def give_up(request: HttpRequest, pool_id: int) -> HttpResponse:
    """Measure the members of a pool as everybody is from now on."""
    pool, scope = _scope(pool_id)
    ended = policies.give_up(scope, "", by_id=user_of(request).pk, now=clock.now())
    said = "Its members are measured as everybody is." if ended else "They were so already."
    return back(request, _url("", pool), said=said)


def _scope(pool_id: int | None) -> tuple[Pool | None, str]:
    if pool_id is None:
        return None, ""
    pool = access.pool_for(pool_id)
    return pool, pool.scope


def _url(what: str, pool: Pool | None) -> str:
    name = "-".join(filter(None, ("pool" if pool else "", "warmth", what)))
    return reverse(name, args=[pool.pk] if pool else [])


def _editor(
    request: HttpRequest, form: WarmthForm, pool: Pool | None, restored: WarmthPolicy | None = None
) -> HttpResponse:
    standing = form.policy
    draft = _draft(form, restored)
    found = None if draft is None else _compared(standing, draft, pool)
    context = {
        "section": "warmth",
        "pool": pool,
        "form": form,
        "policy": standing,
        "restored": restored,
        "differences": [] if draft is None else warmth_words.differences(standing, draft),
        "found": found,
        "bars": [] if found is None else _bars(found),
        "groups": [] if found is None else _groups(found),
        "movers": [] if found is None else _named(found.movers),
        "adopt_url": _url("adopt", pool),
        "back_url": _url("", pool),
    }
    refused = form.is_bound and not form.is_valid()
    name = "warmth/comparison.html" if is_htmx(request) else "warmth/change.html"
    return render(request, name, context, status=422 if refused else 200)


def _draft(form: WarmthForm, restored: WarmthPolicy | None) -> Policy | None:
    """The policy that is asked about, if any is."""
    if form.is_bound:
        return form.draft() if form.is_valid() else None
    return None if restored is None else policies.read(restored)


def _compared(standing: Policy, draft: Policy, pool: Pool | None) -> WhatIf:
    among = None
    if pool is not None:
        present = PoolMember.objects.filter(pool=pool, left_at=None)
        among = list(present.values_list("candidate_id", flat=True))
    return what_if.compare(standing, draft, among=among, now=clock.now())


def _versions(scope: str) -> list[Version]:
    """All versions of a scope, the newest first; the first of a pool beside everybody's."""
    rows = policies.history([scope])
    found = []
    for n, row in enumerate(rows):
        before = rows[n + 1] if n + 1 < len(rows) else None
        other = policies.read(before) if before and before.weights else _otherwise(scope)
        differences = warmth_words.differences(other, policies.read(row)) if other else []
        is_first = not before and not scope
        found.append(
            Version(row, [] if is_first or not row.weights else differences, is_in_force=n == 0)
        )
    return found


def _otherwise(scope: str) -> Policy | None:
    return policies.in_force() if scope else None


def _pools() -> list[Pool]:
    """Those that measure in a way of their own."""
    found = (pool_warmth.pool_of(scope) for scope in policies.of_scopes())
    ids = [pk for pk in found if pk is not None]
    return list(Pool.objects.filter(pk__in=ids, archived_at=None).order_by("name"))


def _bars(found: WhatIf) -> list[Bar]:
    # Most people are cold: a bar for them would make all others dots.
    called = [band for band in found.bands if band.word]
    most = max([1, *(max(band.now, band.then) for band in called)])
    return [Bar(band, 100 * band.now / most, 100 * band.then / most) for band in called]


def _groups(found: WhatIf) -> list[Group]:
    return [
        Group(
            title,
            moves.entering,
            moves.leaving,
            _named(moves.who_enters),
            _named(moves.who_leaves),
        )
        for title, moves in (("Warm list", found.warm), ("High interest", found.interest))
    ]


def _named(changes: Iterable[Change]) -> list[Named]:
    listed = list(changes)
    people = Candidate.objects.in_bulk([change.candidate_id for change in listed])
    return [Named(people[c.candidate_id], c) for c in listed if c.candidate_id in people]


urlpatterns = [
    path("warmth/", show, name="warmth"),
    path("warmth/change/", change, name="warmth-change"),
    path("warmth/adopt/", adopt, name="warmth-adopt"),
    path("pools/<int:pool_id>/warmth/", show, name="pool-warmth"),
    path("pools/<int:pool_id>/warmth/change/", change, name="pool-warmth-change"),
    path("pools/<int:pool_id>/warmth/adopt/", adopt, name="pool-warmth-adopt"),
    path("pools/<int:pool_id>/warmth/end/", give_up, name="pool-warmth-end"),
]
