"""The pages about sequences: which there are, their steps over the months, who stands where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging.models import Switch
from warmbench.nurture import running, versions
from warmbench.nurture.enrollment import UNDO
from warmbench.nurture.models import (
    ContentPiece,
    Enrollment,
    Sequence,
    SequenceDraft,
    SequenceVersion,
    Step,
)
from warmbench.web import access, sequence_plan, verdicts
from warmbench.web.sequence_plan import UNDER_WAY, Standing
from warmbench.web.typed import typed

_SHOWN = 50
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """A sequence in the list."""

    sequence: Sequence
    #: The word of the badge, and what it says.
    state: tuple[str, str]
    people: int
    #: People whose next step is due within a week.
    soon: int
    next_at: datetime | None
    #: What is said of the draft of its next version; blank if there is none.
    draft: str
    #: What it is for: what its draft says, while no version has been out.
    purpose: str


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the sequences; the archived ones by themselves."""
    archived = Sequence.objects.filter(state=Sequence.State.ARCHIVED)
    is_archive = "archived" in request.GET
    found = archived if is_archive else Sequence.objects.exclude(pk__in=archived)
    live = ContentPiece.objects.filter(state=ContentPiece.State.LIVE).count()
    context = {
        "rows": _rows(found.order_by("name").prefetch_related("pools"), now=clock.now()),
        "live": live,
        "archived": archived.count(),
        "is_archive": is_archive,
    }
    return render(request, "sequences/list.html", context)


def _rows(found: Iterable[Sequence], *, now: datetime) -> list[Row]:
    active = Q(state=Enrollment.State.ACTIVE)
    counted = (
        Enrollment.objects.filter(state__in=UNDER_WAY)
        .order_by()
        .values_list("sequence_id")
        .annotate(
            people=Count("pk"),
            soon=Count("pk", filter=active & Q(next_step_at__lte=now + _WEEK)),
            first=Min("next_step_at", filter=active),
        )
    )
    people = {sequence_id: rest for sequence_id, *rest in counted}
    drafts = dict(SequenceDraft.objects.values_list("pk", "review_asked_at"))
    purposes = dict(SequenceDraft.objects.values_list("pk", "outline__description"))
    rows = []
    for one in found:
        count, soon, first = people.get(one.pk, (0, 0, None))
        rows.append(
            Row(
                one,
                state_of(one, is_in_review=drafts.get(one.pk) is not None),
                count,
                soon,
                max(first, now) if first else None,
                _said_of_draft(one, drafts),
                one.description or purposes.get(one.pk) or "",
            )
        )
    return rows


def _said_of_draft(sequence: Sequence, drafts: Mapping[int, datetime | None]) -> str:
    if sequence.state == Sequence.State.DRAFT or sequence.pk not in drafts:
        return ""
    return "Next in review" if drafts[sequence.pk] else "Draft of the next"


def state_of(sequence: Sequence, *, is_in_review: bool = False) -> tuple[str, str]:
    """The word of the badge for a sequence's state, and what it says."""
    match sequence.state:
        case Sequence.State.ACTIVE:
            return "on", "Runs"
        case Sequence.State.DRAFT if is_in_review:
            return "waiting", "In review"
    return sequence.state, Sequence.State(sequence.state).label


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """One sequence: its steps over the months, and who stands where."""
    sequence, now = access.sequence_for(sequence_id), clock.now()
    all_versions = list(sequence.versions.order_by("-number"))
    asked = request.GET.get("version", "")
    version = next((one for one in all_versions if str(one.number) == asked), None)
    version = version or (all_versions[0] if all_versions else None)
    everybody = sequence_plan.standing(sequence_id, now=now)
    stops = Switch.objects.filter(scope=Switch.Scope.SEQUENCE, key=sequence.pk, released_at=None)
    context = {
        "sequence": sequence,
        "version": version,
        "versions": [(one, everybody.of_version(one.pk).people) for one in all_versions],
        "people": everybody.people,
        "counted_at": everybody.counted_at,
        "waiting": [
            (reason, verdicts.because(reason), count)
            for reason, count in everybody.waiting_for.most_common()
        ],
        "held": everybody.held_at.total(),
        "pools": sequence.pools.filter(archived_at=None).order_by("name"),
        "is_stopped": stops.exists(),
        "draft": _draft(sequence),
        "undo_until": _undo_until(sequence, now=now),
        "advice": running.pace_advice(sequence_id, now=now) if everybody.people else None,
    }
    return render(request, "sequences/sequence.html", context | _course(version, everybody))


def _course(version: SequenceVersion | None, everybody: Standing) -> dict[str, object]:
    if version is None:
        return {"places": [], "again": ""}
    outline = versions.outline_of(version)
    people = everybody.of_version(version.pk)
    return {
        "outline": outline,
        "trigger": SequenceVersion.Trigger(outline.trigger).label,
        "places": sequence_plan.places(outline, people=people),
        "again": sequence_plan.titles_of(outline).get(outline.repeat_from, ""),
        "entry": sequence_plan.sentence(outline.entry_rule) if outline.entry_rule else "",
        "exit": sequence_plan.sentence(outline.exit_rule) if outline.exit_rule else "",
        "paces": [(sequence_plan.sentence(one.rule), one.pace) for one in outline.cadence],
    }


def _draft(sequence: Sequence) -> SequenceDraft | None:
    drafts = SequenceDraft.objects.select_related("changed_by", "review_asked_by")
    return drafts.filter(pk=sequence.pk).first()


def _undo_until(sequence: Sequence, *, now: datetime) -> datetime | None:
    """Until when the activation of a sequence can be taken back; None if it cannot."""
    if sequence.state != Sequence.State.ACTIVE or sequence.activated_at is None:
        return None
    until = sequence.activated_at + UNDO
    return until if until > now else None


@require_GET
@policy(Policy.SIGNED_IN)
def people(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Who stands before one step of a sequence, or waits for one thing."""
    sequence = access.sequence_for(sequence_id)
    found = Enrollment.objects.filter(sequence=sequence, state__in=UNDER_WAY)
    steps = Step.objects.filter(version__sequence=sequence)
    there_are = list(sequence.versions.all())
    names = {
        (version.pk, at): sequence_plan.title(step)
        for version, outline in zip(there_are, versions.outlines_of(there_are), strict=True)
        for at, step in enumerate(outline.steps)
    }
    heading = "On the sequence"
    if reason := typed(request.GET, "waiting"):
        found = found.filter(state=Enrollment.State.ACTIVE, waiting_for=reason)
        heading = verdicts.because(reason)
    elif "held" in request.GET:
        found, heading = found.filter(state=Enrollment.State.HELD), "Held where they are"
    elif asked := list(steps.filter(key=typed(request.GET, "step"))):
        places = [(step.version_id, step.position) for step in asked]
        there = Q(*(Q(version=version, position=at) for version, at in places), _connector=Q.OR)
        found, heading = found.filter(there), f"Next: {sequence_plan.inside(names[places[-1]])}"
    # Who they are is asked of those on the page alone: of all, it took longer than their order.
    listed = found.order_by("next_step_at", "pk").values_list("pk", flat=True)
    page = Paginator(listed, _SHOWN).get_page(request.GET.get("page"))
    shown = Enrollment.objects.select_related("candidate", "version").in_bulk(
        list(page.object_list)
    )
    rows = [
        (one, names.get((one.version_id, one.position), ""), _because(one))
        for pk in page.object_list
        if (one := shown.get(pk))
    ]
    context = {"sequence": sequence, "page": page, "rows": rows, "title": heading}
    return render(request, "sequences/people.html", context)


def _because(one: Enrollment) -> str:
    return verdicts.because(one.waiting_for) if one.waiting_for else ""


urlpatterns = [
    path("sequences/", show_all, name="sequences"),
    path("sequences/<int:sequence_id>/", show, name="sequence"),
    path("sequences/<int:sequence_id>/people/", people, name="sequence-people"),
]
