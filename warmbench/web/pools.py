"""The pages about pools: who belongs to which, the editor of their rules, their members."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, may_change, policy
from warmbench.core import clock
from warmbench.core.events import publish
from warmbench.core.unique import TakenError
from warmbench.nurture import entering, pools, rule_parts
from warmbench.nurture.entering import Preview
from warmbench.nurture.models import Enrollment, Pool, PoolMember
from warmbench.nurture.pools import PoolChanged, Terms
from warmbench.nurture.rules import MAX_LENGTH
from warmbench.people.models import Candidate, Tag
from warmbench.signals import policies, scoped_warmth
from warmbench.signals.scoring import Policy as Measure
from warmbench.web import access, heat, pool_form
from warmbench.web.access import user_of
from warmbench.web.pool_form import EXAMPLES, STARTERS, Mistake, PoolForm, Reading
from warmbench.web.toasts import back

_MEMBERS_SHOWN = 50
_SAMPLE = 8
_RULES = ("entry_rule", "exit_rule")
#: What decides about who is a member.
_DECIDES = {*_RULES, "on_leave", "reentry_days"}
#: More people are recounted by a job: somebody waits for the page.
_AT_ONCE = 200_000


@dataclass(frozen=True)
class Row:
    """A pool in the list, how many are in it, and why its rules cannot be understood any more."""

    pool: Pool
    size: int
    trouble: str


@dataclass(frozen=True)
class Effect:
    """How many would join and leave a pool by an edit."""

    joins: int
    leaves: int
    #: Whether those who leave stay away, also when the edit is taken back.
    is_for_good: bool


@dataclass(frozen=True)
class Checked:
    """What the two rules of a pool say, and who would belong to it."""

    entry: Reading
    exit: Reading
    preview: Preview | None = None
    sample: tuple[Candidate, ...] = ()

    @property
    def mistake(self) -> Mistake | None:
        """Where the rules go wrong first."""
        return self.entry.mistake or self.exit.mistake

    @property
    def blocked(self) -> list[tuple[int, str]]:
        """How many would hear nothing, for which reason."""
        if self.preview is None:
            return []
        reasons = (
            (self.preview.missing_tags, "lack a specialty, seniority or place"),
            (self.preview.status, "have applied, been placed or hired, or want no contact"),
            (self.preview.suppressed, "asked us to stop, or were stopped"),
            (self.preview.no_consent, "gave no permission that holds"),
            (self.preview.no_address, "have no working e-mail address"),
            (self.preview.barred, "are barred by the law where they live, or by their employer"),
        )
        return [(count, why) for count, why in reasons if count]


def _read(entry_rule: str, exit_rule: str) -> Checked:
    """What the rules say, without asking about anybody."""
    entry, exit_ = (pool_form.read(text.replace("\r\n", "\n")) for text in (entry_rule, exit_rule))
    return Checked(entry, exit_)


def _check(entry_rule: str, exit_rule: str, *, now: datetime) -> Checked:
    read = _read(entry_rule, exit_rule)
    if read.entry.rule is None or read.exit.mistake:
        return read
    exit_rule_ = read.exit.rule
    preview = entering.preview(read.entry.rule, exit_rule=exit_rule_, limit=_SAMPLE, now=now)
    people = Candidate.objects.in_bulk(preview.sample)
    sample = tuple(people[pk] for pk in preview.sample if pk in people)
    return Checked(read.entry, read.exit, preview, sample)


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the pools, and what is wrong with their rules."""
    broken = pools.broken()
    found = Pool.objects.select_related("owner").prefetch_related("sequences").order_by("name")
    present = PoolMember.objects.filter(left_at=None)
    sizes = dict(present.values_list("pool_id").annotate(Count("pk")).order_by())
    rows = [
        Row(pool, sizes.get(pool.pk, 0), broken.get(pool.pk, ""))
        for pool in found.filter(archived_at=None)
    ]
    context = {
        "rows": rows,
        "broken": [row for row in rows if row.trouble],
        "archived": found.exclude(archived_at=None),
    }
    return render(request, "pools/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, pool_id: int) -> HttpResponse:
    """One pool: its rule, its numbers, its members."""
    pool, now = access.pool_for(pool_id), clock.now()
    checked = _read(pool.entry_rule, pool.exit_rule)
    if pool.archived_at is None and not checked.mistake:
        checked = replace(checked, preview=entering.foreseen(pool, now=now))
    week = now - timedelta(days=7)
    members = PoolMember.objects.filter(pool=pool)
    numbers = members.aggregate(
        present=Count("pk", filter=Q(left_at=None)),
        joined=Count("pk", filter=Q(left_at=None, joined_at__gte=week)),
        left=Count("pk", filter=Q(left_at__gte=week)),
    )
    context = {
        "pool": pool,
        "sequences": list(pool.sequences.order_by("name")),
        "numbers": numbers,
        "checked": checked,
        "members": _members(request, pool),
        "own_measure": policies.own(pool.scope),
        "may_change": may_change(request.user, pool.owner_id) and pool.archived_at is None,
    }
    return render(request, "pools/pool.html", context)


def _members(request: HttpRequest, pool: Pool) -> Page[Any]:
    """The warmest first where the pool measures in its own way, else the newest."""
    measure = policies.own(pool.scope)
    page = _by_warmth(request, pool, measure) if measure else _newest(request, pool)
    under_way = Enrollment.objects.filter(
        candidate__in=[member.candidate_id for member in page.object_list],
        sequence__in=pool.sequences.all(),
        ended_at=None,
    )
    ways: dict[int, list[Enrollment]] = defaultdict(list)
    for way in under_way.select_related("sequence").order_by("next_step_at"):
        ways[way.candidate_id].append(way)
    for member in page.object_list:
        member.ways = ways[member.candidate_id]
    return page


def _newest(request: HttpRequest, pool: Pool) -> Page[Any]:
    # By key, which is the order of joining and needs no sorting.
    present = PoolMember.objects.filter(pool=pool, left_at=None).order_by("-pk")
    paginator = Paginator(present.select_related("candidate"), _MEMBERS_SHOWN)
    return paginator.get_page(request.GET.get("page"))


def _by_warmth(request: HttpRequest, pool: Pool, measure: Measure) -> Page[Any]:
    rows = scoped_warmth.warmest_first(pool.scope)
    page: Page[Any] = Paginator(rows, _MEMBERS_SHOWN).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    present = PoolMember.objects.filter(
        pool=pool, left_at=None, candidate__in=[row.candidate_id for row in shown]
    )
    members = {member.candidate_id: member for member in present.select_related("candidate")}
    for candidate_id, score in scoped_warmth.shown(shown, measure, now=clock.now()).items():
        if candidate_id in members:
            members[candidate_id].heat = heat.Heat(score)  # type: ignore[attr-defined]
    page.object_list = [members[row.candidate_id] for row in shown if row.candidate_id in members]
    return page


@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Write a new pool."""
    user = user_of(request)
    asked = {name: request.GET[name] for name in ("name", "entry_rule") if name in request.GET}
    form = PoolForm(request.POST or None, user=user, initial={"owner": user.pk} | asked)
    if "check" in request.POST or not form.is_valid():
        return _editor(request, form, None)
    try:
        pool = pools.create(form.terms(), by_id=user.pk, now=clock.now())
    except TakenError as error:
        form.add_error(error.field, str(error))
        return _editor(request, form, None)
    said = f"“{pool.name}” is open. Its members are being counted; look again in a moment."
    return back(request, reverse("pool", args=[pool.pk]), said=said)


@policy(Policy.OWNER)
def edit(request: HttpRequest, pool_id: int) -> HttpResponse:
    """Change a pool."""
    user = user_of(request)
    pool = access.pool_to_change(user, pool_id)
    form = PoolForm(request.POST or None, user=user, pool=pool, initial=PoolForm.initial_of(pool))
    if "check" in request.POST or not form.is_valid():
        return _editor(request, form, pool)
    try:
        changed = pools.edit(pool_id, form.terms(), by_id=user.pk, now=clock.now())
    except TakenError as error:
        form.add_error(error.field, str(error))
        return _editor(request, form, pool)
    said = "Changed. Its members are being counted anew." if changed else "Nothing was different."
    return back(request, reverse("pool", args=[pool_id]), said=said)


def _editor(request: HttpRequest, form: PoolForm, pool: Pool | None) -> HttpResponse:
    only_checked = "check" in request.POST
    entry, exit_ = (str(form[name].value() or "") for name in _RULES)
    # With scripts, the page asks about people as soon as it is there.
    is_asked = request.method == "POST"
    now = clock.now()
    context = {
        "form": form,
        "pool": pool,
        "checked": _check(entry, exit_, now=now) if is_asked else _read(entry, exit_),
        "effect": _effect(form, pool, now=now) if pool and form.is_bound else None,
        "starters": STARTERS,
        "reference": reference(),
        "names": _names(),
    }
    status = 422 if form.is_bound and not only_checked else 200
    return render(request, "pools/edit.html", context, status=status)


@require_POST
@policy(Policy.RECRUITER)
def check(request: HttpRequest) -> HttpResponse:
    """What rules say that are being written, and who would belong."""
    entry, exit_ = (request.POST.get(name, "")[: 2 * MAX_LENGTH] for name in _RULES)
    checked = _check(entry, exit_, now=clock.now())
    return render(request, "pools/check.html", {"checked": checked})


@require_POST
@policy(Policy.OWNER)
def effect(request: HttpRequest, pool_id: int) -> HttpResponse:
    """Who would join and leave by an edit: a question about everybody, so the page asks it by
    itself, and only when its author rests."""
    user = user_of(request)
    pool = access.pool_to_change(user, pool_id)
    found = _effect(PoolForm(request.POST, user=user, pool=pool), pool, now=clock.now())
    return render(request, "pools/effect.html", {"effect": found})


def _effect(form: PoolForm, pool: Pool, *, now: datetime) -> Effect | None:
    """None while what decides about members cannot be understood, or is as it was."""
    form.is_valid()  # Whatever else is wrong with the form says nothing about members.
    said = {name: value for name, value in form.cleaned_data.items() if name in _DECIDES}
    if len(said) < len(_DECIDES) or all(getattr(pool, n) == value for n, value in said.items()):
        return None
    terms = Terms(name=pool.name, **said)
    joins, leaves = pools.effect(pool.pk, terms, now=now)
    is_for_good = terms.reentry_days is None and terms.on_leave != Pool.OnLeave.PAUSE
    return Effect(joins, leaves, is_for_good=leaves > 0 and is_for_good)


@require_POST
@policy(Policy.RECRUITER)
def recount(request: HttpRequest, pool_id: int) -> HttpResponse:
    """Ask everybody anew whether they belong to a pool."""
    pool = access.pool_for(pool_id)
    if Candidate.objects.count() > _AT_ONCE:
        publish(PoolChanged(pool_id=pool_id))
        return back(
            request, reverse("pool", args=[pool_id]), said="The recount runs; look again later."
        )
    audit = pools.recount(pool_id=pool_id, now=clock.now())
    if pool_id in audit.broken:
        return back(
            request, reverse("pool", args=[pool_id]), said=audit.broken[pool_id], is_error=True
        )
    joined, left = audit.repaired.joined[pool.pk], audit.repaired.left[pool.pk]
    enrolled = audit.repaired.enrolled
    said = f"Asked about {audit.people:,} people: {joined:,} joined, {left:,} left"
    return back(
        request, reverse("pool", args=[pool_id]), said=f"{said}, {enrolled:,} began a sequence."
    )


@require_POST
@policy(Policy.OWNER)
def archive(request: HttpRequest, pool_id: int) -> HttpResponse:
    """Close a pool."""
    user = user_of(request)
    pool = access.pool_to_change(user, pool_id)
    pools.archive(pool_id, by_id=user.pk, now=clock.now())
    return back(request, "pools", said=f"“{pool.name}” is archived. Its members leave it now.")


@cache
def reference() -> tuple[dict[str, str], ...]:
    """Everything that a rule may ask about, other words for it, and an example."""
    also = {fact.name: ", ".join(fact.also) for fact in rule_parts.FACTS}
    return tuple(
        {"name": name, "also": also.get(name, ""), "example": example}
        for name, example in EXAMPLES.items()
    )


def _names() -> dict[str, Any]:
    shown = (Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY)
    found = Tag.objects.filter(kind__in=shown, retired_at=None).order_by("name")
    return {kind.label: [tag.name for tag in found if tag.kind == kind] for kind in shown} | {
        "Status": [status.label for status in Candidate.Status],
        "Stage": [stage.label for stage in rule_parts.STAGES],
    }


urlpatterns = [
    path("pools/", show_all, name="pools"),
    path("pools/new/", add, name="pool-new"),
    path("pools/check/", check, name="pool-check"),
    path("pools/<int:pool_id>/", show, name="pool"),
    path("pools/<int:pool_id>/edit/", edit, name="pool-edit"),
    path("pools/<int:pool_id>/edit/effect/", effect, name="pool-effect"),
    path("pools/<int:pool_id>/recount/", recount, name="pool-recount"),
    path("pools/<int:pool_id>/archive/", archive, name="pool-archive"),
]
