"""The pages about sequences: their steps over the months, who stands where, what each gets."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import segments
from warmbench.messaging.models import Switch
from warmbench.nurture import enrollment
from warmbench.nurture.models import ContentPiece, Enrollment, Sequence, SequenceVersion, Step
from warmbench.people.models import Channel
from warmbench.web import access, verdicts
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import number, typed

_SHOWN = 50
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")
_UNDER_WAY = (Enrollment.State.ACTIVE, Enrollment.State.HELD)
_ICONS = {
    Step.Kind.MESSAGE: "mail",
    Step.Kind.CONTENT: "note",
    Step.Kind.CHECK_IN: "hand-over",
    Step.Kind.PREFERENCE: "settings",
}


@dataclass(frozen=True)
class Place:
    """One step in its time, and who stands before it."""

    step: Step
    #: Days after the beginning, on the first time round.
    day: int
    title: str
    subject: str
    icon: str
    #: People whose next step this is.
    people: int
    #: How many of them wait for something.
    waiting: int
    held: int

    @property
    def when(self) -> str:
        """The time as people speak of it."""
        if self.day == 0:
            return "At once"
        return f"Day {self.day}" if self.day % 30 else f"Month {self.day // 30}"


@dataclass
class Standing:
    """How many people stand where in a sequence."""

    at_step: Counter[tuple[int, int]] = field(default_factory=Counter)
    waiting_at: Counter[tuple[int, int]] = field(default_factory=Counter)
    held_at: Counter[tuple[int, int]] = field(default_factory=Counter)
    waiting_for: Counter[str] = field(default_factory=Counter)
    versions: Counter[int] = field(default_factory=Counter)

    @property
    def people(self) -> int:
        """Everybody who is under way."""
        return self.at_step.total()


def _standing(sequence: Sequence) -> Standing:
    under_way = Enrollment.objects.filter(sequence=sequence, state__in=_UNDER_WAY)
    by_place = under_way.values_list("version_id", "position", "state", "waiting_for")
    standing = Standing()
    for version_id, position, state, waiting_for, people in by_place.annotate(Count("pk")):
        place = version_id, position
        standing.at_step[place] += people
        standing.versions[version_id] += people
        if state == Enrollment.State.HELD:
            standing.held_at[place] += people
        elif waiting_for:
            standing.waiting_at[place] += people
            standing.waiting_for[waiting_for] += people
    return standing


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the sequences."""
    found = Sequence.objects.exclude(state=Sequence.State.ARCHIVED).order_by("name")
    under_way = Enrollment.objects.filter(state__in=_UNDER_WAY)
    people = dict(under_way.values_list("sequence_id").annotate(Count("pk")).order_by())
    live = ContentPiece.objects.filter(state=ContentPiece.State.LIVE).count()
    context = {
        "rows": [(one, people.get(one.pk, 0)) for one in found.prefetch_related("pools")],
        "live": live,
    }
    return render(request, "sequences/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """One sequence: its steps over the months, and who stands where."""
    sequence = access.sequence_for(sequence_id)
    versions = list(sequence.versions.order_by("-number"))
    asked = request.GET.get("version", "")
    version = next((one for one in versions if str(one.number) == asked), None)
    version = version or (versions[0] if versions else None)
    standing = _standing(sequence)
    stops = Switch.objects.filter(scope=Switch.Scope.SEQUENCE, key=sequence.pk, released_at=None)
    context = {
        "sequence": sequence,
        "version": version,
        "versions": [(one, standing.versions[one.pk]) for one in versions],
        "places": _places(version, standing) if version else [],
        "again": _again(version) if version else "",
        "people": standing.people,
        "waiting": [
            (reason, verdicts.because(reason), count)
            for reason, count in standing.waiting_for.most_common()
        ],
        "held": standing.held_at.total(),
        "pools": sequence.pools.filter(archived_at=None).order_by("name"),
        "is_stopped": stops.exists(),
    }
    return render(request, "sequences/sequence.html", context)


def _places(version: SequenceVersion, standing: Standing) -> list[Place]:
    places, day = [], 0
    for step in version.steps.select_related("template").order_by("position"):
        day += step.wait_days
        at = version.pk, step.position
        places.append(
            Place(
                step,
                day,
                title(step),
                _subject(step),
                _ICONS[Step.Kind(step.kind)],
                standing.at_step[at],
                standing.waiting_at[at],
                standing.held_at[at],
            )
        )
    return places


def title(step: Step) -> str:
    """What pages call a step."""
    if step.kind == Step.Kind.CONTENT:
        return str(step.get_content_kind_display())
    if step.kind == Step.Kind.MESSAGE:
        return step.key.replace("-", " ").replace("_", " ").capitalize()
    return str(step.get_kind_display())


def _subject(step: Step) -> str:
    """The subject, or what a text says, with the names of its fields in the place of its code."""
    if step.template is None:
        return "The piece that fits best, and that they have not had."

    def named(field: re.Match[str]) -> str:
        return f"[{field[1].replace('_', ' ')}]"

    words = step.template.subject or step.template.body
    said = _PLACEHOLDER.sub(named, words)
    if step.channel == Channel.EMAIL:
        return said
    parts = segments.count(segments.plainer(said)).count
    return f"Text message, about {parts} part{'s' * (parts > 1)}: {said}"


def _again(version: SequenceVersion) -> str:
    """What the sequence goes on with after its last step; blank if it ends there."""
    if version.repeat_from is None:
        return ""
    step = version.steps.filter(position=version.repeat_from).first()
    return title(step) if step else ""


@require_GET
@policy(Policy.SIGNED_IN)
def people(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Who stands before one step of a sequence, or waits for one thing."""
    sequence = access.sequence_for(sequence_id)
    found = Enrollment.objects.filter(sequence=sequence, state__in=_UNDER_WAY)
    heading = "On the sequence"
    if reason := typed(request.GET, "waiting"):
        found = found.filter(state=Enrollment.State.ACTIVE, waiting_for=reason)
        heading = verdicts.because(reason)
    elif "held" in request.GET:
        found, heading = found.filter(state=Enrollment.State.HELD), "Held where they are"
    elif step := _step_asked(request, sequence):
        found = found.filter(version=step.version_id, position=step.position)
        heading = f"Next: {title(step).lower()}"
    listed = found.select_related("candidate", "version").order_by("next_step_at", "pk")
    page = Paginator(listed, _SHOWN).get_page(request.GET.get("page"))
    steps = Step.objects.filter(version__sequence=sequence)
    names = {(step.version_id, step.position): title(step) for step in steps}
    rows = [
        (one, names.get((one.version_id, one.position), ""), _because(one))
        for one in page.object_list
    ]
    context = {"sequence": sequence, "page": page, "rows": rows, "title": heading}
    return render(request, "sequences/people.html", context)


def _because(one: Enrollment) -> str:
    return verdicts.because(one.waiting_for) if one.waiting_for else ""


def _step_asked(request: HttpRequest, sequence: Sequence) -> Step | None:
    steps = Step.objects.filter(version__sequence=sequence)
    return steps.filter(pk=number(request.GET, "step")).first()


@require_POST
@policy(Policy.RECRUITER)
def pause(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Stop a sequence for everybody."""
    return _move(request, sequence_id, is_pause=True)


@require_POST
@policy(Policy.RECRUITER)
def activate(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Let a sequence run."""
    return _move(request, sequence_id, is_pause=False)


def _move(request: HttpRequest, sequence_id: int, *, is_pause: bool) -> HttpResponse:
    sequence = access.sequence_for(sequence_id)
    move: Any = enrollment.pause_sequence if is_pause else enrollment.activate_sequence
    moved = move(sequence.pk, by_id=user_of(request).pk, now=clock.now())
    if is_pause:
        said = "Paused. Everybody stays where they are; what is in the outbox still goes."
    else:
        said = "It runs. Members of its pools begin at the next recount."
    there = reverse("sequence", args=[sequence.pk])
    return back(request, there, said=said if moved else "It was so already.")


urlpatterns = [
    path("sequences/", show_all, name="sequences"),
    path("sequences/<int:sequence_id>/", show, name="sequence"),
    path("sequences/<int:sequence_id>/people/", people, name="sequence-people"),
    path("sequences/<int:sequence_id>/pause/", pause, name="sequence-pause"),
    path("sequences/<int:sequence_id>/activate/", activate, name="sequence-activate"),
]
