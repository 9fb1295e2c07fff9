"""Puts together what the editor of sequences shows: cards with their forms, settings, problems."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from warmbench.core import clock
from warmbench.messaging.fields import Field
from warmbench.messaging.segments import Segments
from warmbench.nurture.models import Step
from warmbench.nurture.outline import Problem
from warmbench.web import pool_form, sequence_plan
from warmbench.web import pools as pool_pages
from warmbench.web import sequence_settings_form as settings_form
from warmbench.web import sequence_step_form as step_form
from warmbench.web.pool_form import Reading
from warmbench.web.sequence_drafts import Working
from warmbench.web.sequence_plan import Place
from warmbench.web.sequence_settings_form import Row, SettingsForm
from warmbench.web.sequence_step_form import StepForm

#: What fits into an address.
_LONGEST_ASKED = 1500

#: What can be put into a plan, in groups, with the words of the menu.
KINDS: tuple[tuple[str, str, str], ...] = (
    (Step.Kind.MESSAGE, "mail", "Message"),
    (Step.Kind.CONTENT, "note", "Something to read"),
    (Step.Kind.CHECK_IN, "hand-over", "Check-in"),
    (Step.Kind.PREFERENCE, "settings", "Preference request"),
    (Step.Kind.FOLLOW_UP, "phone", "Follow-up for the recruiter"),
    (Step.Kind.NOTIFICATION, "bell", "Notification to the recruiter"),
    (Step.Kind.WAIT, "clock", "Wait"),
    (Step.Kind.BRANCH, "sequences", "Branch"),
    (Step.Kind.EXIT, "sign-out", "Exit"),
)


@dataclass(frozen=True)
class Understood:
    """What a rule was understood to say."""

    reading: Reading
    #: The rule, where it can be asked for how many people it holds.
    asked: str = ""


@dataclass(frozen=True)
class Conflict:
    """What somebody else made of a step while its form was filled in."""

    by: str
    at: datetime | None
    #: Label and present value of each field that differs.
    theirs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Card:
    """One step in the editor."""

    place: Place
    #: None while it is closed.
    form: StepForm | None = None
    as_of: str = ""
    #: How each field is written, and what it is.
    fields: tuple[tuple[str, Field], ...] = ()
    parts: Segments | None = None
    understood: Understood | None = None
    conflict: Conflict | None = None
    has_focus: bool = False


@dataclass(frozen=True)
class Mark:
    """A problem in the summary, and where it stands."""

    sentence: str
    where: str
    address: str


def editor(
    working: Working,
    *,
    opened: Collection[str] = (),
    focus: str = "",
    given: Mapping[str, StepForm] | None = None,
    conflict: Conflict | None = None,
) -> dict[str, Any]:
    """The context of the editor's templates. ``given`` are forms as somebody sent them."""
    problems = working.problems
    people = sequence_plan.standing(working.sequence.pk, now=clock.now())
    places = sequence_plan.places(working.outline, problems=problems, people=people)
    cards = [
        _card(working, place, (given or {}).get(place.step.key), conflict, focus)
        if place.step.key in opened
        else Card(place)
        for place in places
    ]
    return {
        "sequence": working.sequence,
        "working": working,
        "outline": working.outline,
        "draft": working.draft,
        "cards": cards,
        "kinds": KINDS,
        "marks": [_mark(working, places, problem) for problem in problems],
        "again": sequence_plan.titles_of(working.outline).get(working.outline.repeat_from, ""),
        "people": people,
        "reference": pool_pages.reference(),
    }


def settings(
    working: Working,
    *,
    form: SettingsForm | None = None,
    rows: Sequence[Row] | None = None,
) -> dict[str, Any]:
    """The context of the settings beside the plan. ``rows`` are its groups as the page has them,
    empty ones between the others; by default those of the draft."""
    outline = working.outline
    rows = settings_form.rows(outline.cadence) if rows is None else rows
    said = {
        problem.where: sequence_plan.told(problem)
        for problem in working.problems
        if not problem.where.startswith("steps")
    }
    return {
        "settings": form or SettingsForm(None, outline),
        "settings_as_of": settings_form.digest(outline),
        "paces": [(row, understood(row.rule), said.get(row.problem_at, "")) for row in rows],
        "rules": {
            "entry_rule": understood(outline.entry_rule),
            "exit_rule": understood(outline.exit_rule),
        },
        "settings_problems": said,
        "pools": working.sequence.pools.filter(archived_at=None).order_by("name"),
    }


def understood(rule: str) -> Understood | None:
    """What a rule says; None for a blank one."""
    if not rule.strip():
        return None
    reading = pool_form.read(rule)
    return Understood(reading, rule if reading.rule and len(rule) <= _LONGEST_ASKED else "")


def card_of(context: Mapping[str, Any], key: str) -> Card | None:
    """The card of the step with this key."""
    return next((card for card in context["cards"] if card.place.step.key == key), None)


def _card(
    working: Working,
    place: Place,
    form: StepForm | None,
    conflict: Conflict | None,
    focus: str,
) -> Card:
    step = place.step
    is_published = step.key in working.published
    return Card(
        place,
        form or StepForm(None, working.outline, step, is_published=is_published),
        step_form.digest(step),
        step_form.offered(step) if step.kind in sequence_plan.WRITTEN else (),
        step_form.parts(step),
        understood(step.condition) if step.kind == Step.Kind.BRANCH else None,
        conflict if form else None,
        focus == step.key,
    )


def _mark(working: Working, places: list[Place], problem: Problem) -> Mark:
    there = reverse("sequence-edit", args=[working.sequence.pk])
    for place in places:
        if problem in place.problems:
            card = f"{there}?{urlencode({'step': place.step.key})}#card-{place.id}"
            return Mark(sequence_plan.told(problem), place.title, card)
    if problem.where.startswith("steps"):
        return Mark(sequence_plan.told(problem), "Steps", "#plan-heading")
    return Mark(sequence_plan.told(problem), "Settings", "#settings")
