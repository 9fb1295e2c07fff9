"""Shows the steps of a sequence as a plan: when each comes, what it says, who stands there."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import slugify

from warmbench.messaging import segments
from warmbench.nurture import rules, running
from warmbench.nurture.models import ContentPiece, Enrollment, Step
from warmbench.nurture.outline import Outline, Problem, StepOutline
from warmbench.nurture.rule_errors import RuleError
from warmbench.people.models import Channel

UNDER_WAY = (Enrollment.State.ACTIVE, Enrollment.State.HELD)
#: Kinds of steps whose words are written in the step itself.
WRITTEN = (Step.Kind.MESSAGE, Step.Kind.CHECK_IN, Step.Kind.PREFERENCE)
#: Kinds of steps that reach the candidate.
REACHING = (*WRITTEN, Step.Kind.CONTENT)

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)[^}]*\}\}|\{%[^%]*%\}")
_AT = re.compile(r"steps\[(\d+)\](?:\.(\w+))?")
_LONGEST_SAID = 140
_ICONS: dict[str, str] = {
    Step.Kind.MESSAGE: "mail",
    Step.Kind.CONTENT: "note",
    Step.Kind.CHECK_IN: "hand-over",
    Step.Kind.PREFERENCE: "settings",
    Step.Kind.WAIT: "clock",
    Step.Kind.BRANCH: "sequences",
    Step.Kind.FOLLOW_UP: "phone",
    Step.Kind.NOTIFICATION: "bell",
    Step.Kind.EXIT: "sign-out",
}


@dataclass(frozen=True)
class Place:
    """One step in its time, what is wrong with it, and who stands before it."""

    step: StepOutline
    #: From 1.
    number: int
    #: Days after the beginning, on the first time round and without a branch taken.
    day: int
    #: What pages call it, and what it says.
    title: str
    says: str
    icon: str
    #: Fit for the ids of elements.
    id: str
    problems: tuple[Problem, ...] = ()
    #: People whose next step this is, and how many of them wait for something, or are held.
    people: int = 0
    waiting: int = 0
    held: int = 0
    is_first: bool = False
    is_last: bool = False

    @property
    def when(self) -> str:
        """The time as people speak of it."""
        if self.day == 0:
            return "At once"
        return f"Day {self.day}" if self.day % 30 else f"Month {self.day // 30}"

    @property
    def wait(self) -> str:
        """The wait before it, in words."""
        return days(self.step.wait_days)

    @property
    def problem_at(self) -> dict[str, str]:
        """What is wrong, by the name of the field; under a blank name what concerns the whole."""
        said: defaultdict[str, list[str]] = defaultdict(list)
        for problem in self.problems:
            said[field_of(problem)].append(told(problem))
        return {name: " ".join(sentences) for name, sentences in said.items()}


@dataclass
class Standing:
    """How many people stand where in a sequence."""

    at_step: Counter[str] = field(default_factory=Counter)
    waiting_at: Counter[str] = field(default_factory=Counter)
    held_at: Counter[str] = field(default_factory=Counter)
    waiting_for: Counter[str] = field(default_factory=Counter)
    #: The same of each version that somebody is on.
    versions: dict[int, "Standing"] = field(default_factory=dict)
    #: Since when the numbers are remembered; None: they are of now.
    counted_at: datetime | None = None

    def count(self, key: str, state: str, waiting_for: str, people: int) -> None:
        """Add so many people at a step."""
        self.at_step[key] += people
        if state == Enrollment.State.HELD:
            self.held_at[key] += people
        elif waiting_for:
            self.waiting_at[key] += people
            self.waiting_for[waiting_for] += people

    def of_version(self, version_id: int) -> "Standing":
        """Those who are on one version."""
        return self.versions.get(version_id) or Standing()

    @property
    def people(self) -> int:
        """Everybody who is under way."""
        return self.at_step.total()


def standing(sequence_id: int, *, now: datetime) -> Standing:
    """Who stands before which step, by the keys of steps, which stay the same through versions.

    Of a sequence with hundreds of thousands of people it is remembered, and a few minutes old.
    """
    tally = running.standing(sequence_id, now=now)
    steps = Step.objects.filter(version__sequence=sequence_id)
    keys = {(v, at): key for v, at, key in steps.values_list("version_id", "position", "key")}
    found = Standing(counted_at=tally.at if tally.is_old else None)
    for version, position, state, waiting_for, people in tally.answer:
        one = found.versions.setdefault(version, Standing(counted_at=found.counted_at))
        key = keys.get((version, position), "")
        for counts in (found, one):
            counts.count(key, state, waiting_for, people)
    return found


def places(
    outline: Outline,
    *,
    problems: Sequence[Problem] = (),
    people: Standing | None = None,
) -> list[Place]:
    """The steps in their order, each with its day, its problems and its people."""
    at_step: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        if found := _AT.match(problem.where):
            at_step[int(found[1])].append(problem)
    people = people or Standing()
    made, day, seen = [], 0, Counter[str]()
    for at, step in enumerate(outline.steps):
        day += step.wait_days
        name = slugify(step.key) or "step"
        seen[name] += 1
        made.append(
            Place(
                step=step,
                number=at + 1,
                day=day,
                title=title(step),
                says=says(step, outline),
                icon=_ICONS.get(step.kind, "note"),
                id=name if seen[name] == 1 else f"{name}--{seen[name]}",
                problems=tuple(at_step[at]),
                people=people.at_step[step.key],
                waiting=people.waiting_at[step.key],
                held=people.held_at[step.key],
                is_first=at == 0,
                is_last=at == len(outline.steps) - 1,
            )
        )
    return made


def field_of(problem: Problem) -> str:
    """Which field of its step, or of the sequence, a problem is about."""
    if found := _AT.match(problem.where):
        return found[2] or ""
    return problem.where.partition("[")[0]


def told(problem: Problem) -> str:
    """A problem as it is said beside its field."""
    if field_of(problem) == "content_kind":
        # The words of files would be none of those that the page offers.
        return "Choose a kind of piece."
    return f"Line {problem.line}: {problem.sentence}" if problem.line else problem.sentence


def title(step: StepOutline) -> str:
    """What pages call a step."""
    match step.kind:
        case Step.Kind.CONTENT:
            labels = dict(ContentPiece.Kind.choices)
            return labels.get(step.content_kind, "Something to read")
        case Step.Kind.MESSAGE:
            return named(step.key) or "Message"
        case Step.Kind.FOLLOW_UP:
            labels = dict(Step.Task.choices)
            return f"For the recruiter: {inside(labels.get(step.task, 'Something'))}"
        case Step.Kind.WAIT:
            return f"Wait {days(step.wait_days)}"
        case _:
            return dict(Step.Kind.choices).get(step.kind, step.kind)


def inside(words: str) -> str:
    """A title within a sentence: small at its beginning, but for names such as LinkedIn."""
    first = words.partition(" ")[0]
    return words if first[1:] != first[1:].lower() else words[:1].lower() + words[1:]


def named(key: str) -> str:
    """A key as words."""
    return key.replace("-", " ").replace("_", " ").strip().capitalize()


def days(number: int) -> str:
    """So many days, in words."""
    return f"{number} day{'' if number == 1 else 's'}"


def says(step: StepOutline, outline: Outline) -> str:
    """What a step says or does, in one line; fields stand in brackets."""
    if step.kind in WRITTEN:
        return _written(step)
    match step.kind:
        case Step.Kind.CONTENT:
            return "The piece that fits best, and that they have not had."
        case Step.Kind.BRANCH:
            return _branch(step, outline)
        case Step.Kind.FOLLOW_UP | Step.Kind.NOTIFICATION:
            return step.words or "Nothing is written yet."
        case Step.Kind.EXIT:
            return "Whoever comes here leaves the sequence."
        case _:
            return ""


def sentence(rule: str) -> str:
    """What a rule says; as it is written, if it cannot be understood."""
    try:
        return rules.describe(rules.parse(rule)).rstrip(".")
    except RuleError:
        return rule


def _written(step: StepOutline) -> str:
    words = step.body if step.channel == Channel.SMS else step.subject
    said = _PLACEHOLDER.sub(
        lambda field: f"[{field[1].replace('_', ' ')}]" if field[1] else "", words
    )
    short = " ".join(said.split())[:_LONGEST_SAID] or "Nothing is written yet."
    if step.channel != Channel.SMS:
        return short
    parts = segments.count(segments.plainer(said)).count
    return f"Text message, about {parts} part{'s' * (parts > 1)}: {short}"


def _branch(step: StepOutline, outline: Outline) -> str:
    if not step.condition.strip():
        return "Nothing is asked yet."
    titles = titles_of(outline)
    otherwise = titles.get(step.otherwise)
    rest = f"go on to “{otherwise}”" if otherwise else "the sequence ends for them"
    return f"{sentence(step.condition)}: go on. Otherwise {rest}."


def titles_of(outline: Outline) -> Mapping[str, str]:
    """The titles of all steps by their keys, with their numbers where two are called alike."""
    titles = [title(step) for step in outline.steps]
    often = Counter(titles)
    return {
        step.key: f"{at}. {name}" if often[name] > 1 else name
        for at, (step, name) in enumerate(zip(outline.steps, titles, strict=True), 1)
    }
