"""Reads what was said of the people on a shortlist into what its pages show of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from warmbench.people.models import Candidate
from warmbench.shortlists import answers, explaining, likelihood, making, outcomes, profiles
from warmbench.shortlists.models import Answer, Outcome, Shortlist, ShortlistEntry
from warmbench.shortlists.requirements import Requirement, Spec, Tier
from warmbench.shortlists.verdict import Evidence, Judged, Left, Listed, Quote, Reason, Standing

#: From so high a confidence on, in words.
_SURE = ((0.9, "Very sure"), (0.75, "Sure"), (0.5, "Rather sure"), (0.0, "Unsure"))
_MARKS = {
    Standing.MET: ("●", "met"),
    Standing.PARTLY: ("◐", "partly"),
    Standing.UNKNOWN: ("○", "unknown"),
    Standing.FAILED: ("✕", "no"),
}
#: Of fewer people nothing can be told.
_FEW = 20
#: Of something that the role cannot bear, the words turn round.
_BEARABLE = {Standing.FAILED: ("✕", "has it"), Standing.MET: ("●", "free of it")}
_TIERS = {
    Tier.MUST: "Must",
    Tier.SHOULD: "Should",
    Tier.NICE: "Nice",
    Tier.DEALBREAKER: "Not bearable",
}


@dataclass(frozen=True)
class Sure:
    """How sure the engine is of somebody, and how often that was right."""

    words: str
    percent: int
    #: Of so many who were listed with such a confidence in trials, so many were wanted; 0 of 0
    #: where too few were.
    right: int
    of: int


@dataclass(frozen=True)
class Shown:
    """Why somebody is on the list, with the words that show it."""

    #: The requirement, where the sentence begins with it, and the rest of the sentence.
    name: str
    rest: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Person:
    """Somebody on the list, as it was made."""

    entry: ShortlistEntry
    candidate: Candidate
    sure: Sure
    reasons: list[Shown]
    #: What they show less of than is asked for.
    trade_offs: list[str]
    #: What they said of pay, place, level and start that is not as the role has it.
    terms: list[str]
    #: What is unknown about the requirements, and about the terms.
    questions: list[str]
    term_questions: list[str]
    would_change: tuple[str, ...]
    #: Names of what nobody else on the list comes near them in.
    best_at: list[str]
    evidence: tuple[Evidence, ...]
    #: The answer that counts, and all that were given, newest first.
    answer: Answer | None
    answered: list[Answer]
    outcomes: list[Outcome]

    @property
    def asked(self) -> list[str]:
        """Everything that somebody should ask them."""
        return [*self.questions, *self.term_questions]


@dataclass(frozen=True)
class Cell:
    """How one person stands to one requirement."""

    standing: str
    mark: str
    words: str
    sentence: str
    is_best: bool


@dataclass(frozen=True)
class Line:
    """One requirement, and how all on the list stand to it."""

    name: str
    tier: str
    cells: list[Cell]


@dataclass(frozen=True)
class NotOn:
    """Somebody who came near, and the one thing that they lack."""

    entry: ShortlistEntry
    candidate: Candidate
    sentence: str
    #: Of the requirement; blank where it is a wish of theirs, or that the list is full.
    lacks: str


def of(shortlist: Shortlist, entries: Iterable[ShortlistEntry]) -> list[Person]:
    """Those on the list, the best first."""
    spec = profiles.spec_of(shortlist.version)
    last, became = answers.last(shortlist.pk), outcomes.of(shortlist.pk)
    given = _given(shortlist)
    on_it = [one for one in entries if one.place == ShortlistEntry.Place.LISTED]
    return [
        _person(
            shortlist,
            spec,
            entry,
            answer=last.get(entry.pk),
            answered=given.get(entry.pk, []),
            became=became.get(entry.pk, []),
        )
        for entry in on_it
    ]


def not_on(shortlist: Shortlist, entries: Iterable[ShortlistEntry]) -> list[NotOn]:
    """The next ones, or the nearest misses of a list without anybody."""
    names = {one.key: one.name for one in profiles.spec_of(shortlist.version).requirements}
    found = []
    for entry in entries:
        said = making.judged(entry)
        if isinstance(said, Left):
            lacks = names.get(said.lacks, "")
            found.append(NotOn(entry, entry.candidate, said.sentence, lacks))
    return found


def compared(spec: Spec, people: Sequence[Person]) -> list[Line]:
    """Each requirement with how everybody stands to it: what is a must first."""
    order = list(Tier)
    asked = sorted(spec.requirements, key=lambda one: (order.index(one.tier), -one.weight))
    shown = [{one.key: one for one in person.evidence} for person in people]
    lines = []
    for one in asked:
        cells = [
            _cell(one, each.get(one.key), is_best=one.name in person.best_at)
            for person, each in zip(people, shown, strict=True)
        ]
        lines.append(Line(one.name, _TIERS[one.tier], cells))
    return lines


def sure(shortlist: Shortlist, confidence: float) -> Sure:
    """How sure a confidence is, in words, and how often this engine was right with it."""
    words = next(words for least, words in _SURE if confidence >= least)
    model = likelihood.usual()
    # Another engine was sure in another way: its record says nothing about this one.
    is_same = shortlist.engine == model.name
    right, all_ = likelihood.record(model, confidence) if is_same else (0, 0)
    percent = round(confidence * 100)
    return Sure(words, percent, right, all_) if all_ >= _FEW else Sure(words, percent, 0, 0)


def _given(shortlist: Shortlist) -> Mapping[int, list[Answer]]:
    rows = Answer.objects.filter(entry__shortlist=shortlist).select_related("link", "by")
    found: dict[int, list[Answer]] = {}
    for one in rows.order_by("-at", "-pk"):
        found.setdefault(one.entry_id, []).append(one)
    return found


def _person(
    shortlist: Shortlist,
    spec: Spec,
    entry: ShortlistEntry,
    *,
    answer: Answer | None,
    answered: list[Answer],
    became: list[Outcome],
) -> Person:
    said = making.judged(entry)
    judged = said if isinstance(said, Judged) else said.judged
    listed = said if isinstance(said, Listed) else Listed(judged, (), (), ())
    names = {one.key: one.name for one in spec.requirements}
    # What the requirements say of themselves; the rest is what the person said of the terms.
    shown = {one.sentence for one in judged.evidence}
    askable = {explaining.question(one) for one in spec.requirements}
    return Person(
        entry=entry,
        candidate=entry.candidate,
        sure=sure(shortlist, entry.confidence),
        reasons=[_reason(one, names.get(one.key, "")) for one in listed.reasons],
        trade_offs=[one for one in judged.trade_offs if one in shown],
        terms=[one for one in judged.trade_offs if one not in shown],
        questions=[one for one in judged.questions if one in askable],
        term_questions=[one for one in judged.questions if one not in askable],
        would_change=listed.would_change,
        best_at=[names[key] for key in listed.best_at if key in names],
        evidence=judged.evidence,
        answer=answer,
        answered=answered,
        outcomes=became,
    )


def _reason(one: Reason, name: str) -> Shown:
    if name and one.sentence.startswith(name):
        return Shown(name, one.sentence.removeprefix(name), one.quotes)
    return Shown("", one.sentence, one.quotes)


def _cell(asked: Requirement, shown: Evidence | None, *, is_best: bool) -> Cell:
    standing = shown.standing if shown else Standing.UNKNOWN
    mark, words = _MARKS[standing]
    if asked.tier == Tier.DEALBREAKER:
        mark, words = _BEARABLE.get(standing, (mark, words))
    return Cell(str(standing), mark, words, shown.sentence if shown else "", is_best)
