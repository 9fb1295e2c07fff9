"""What was said and what became of people on past lists, beside the evidence of that time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from warmbench.shortlists import features, frozen, outcomes
from warmbench.shortlists.models import Answer, Outcome, Shortlist, ShortlistEntry
from warmbench.shortlists.requirements import Spec
from warmbench.shortlists.verdict import Evidence, Judged, Left, Listed, Standing

Verdict, Kind = Answer.Verdict, Outcome.Kind
#: What each thing that is known says: whether somebody was wanted, and how much it counts. What
#: came of an interview counts more than what was thought of a page.
_SAID: Mapping[str, tuple[bool, float]] = {
    Verdict.PASS: (False, 1.0),
    Verdict.CHECK: (True, 1.0),
    Verdict.STAR: (True, 1.5),
    Kind.INTERVIEW: (True, 1.5),
    Kind.OFFER: (True, 2.0),
    Kind.HIRE: (True, 3.0),
    Kind.DROP_OUT: (False, 2.0),
}
#: The later in a process, the more it says; the last of these that is known counts.
_ORDER = (Kind.HIRE, Kind.DROP_OUT, Kind.OFFER, Kind.INTERVIEW)


@dataclass(frozen=True, slots=True)
class Said:
    """What the last thing that is known of somebody on a list comes to."""

    is_wanted: bool
    #: 1 for an answer, more for what came of it.
    weight: float
    #: ``pass``, ``check``, ``star``, or a kind of outcome.
    kind: str
    #: The key of the requirement that it is about; blank if it is about none.
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One person of a past list, as they stood then."""

    entry_id: int
    judged: Judged
    #: On the list; else named as why not.
    is_listed: bool
    #: None: nobody said anything, or what they said says nothing about the profile.
    said: Said | None = None
    #: The row of the answer, where it is one.
    answer_id: int | None = None


@dataclass(frozen=True, slots=True)
class PastList:
    """One list that was shared, with everybody of whom the evidence was kept."""

    shortlist_id: int
    number: int
    people: tuple[Past, ...]
    #: The share of lists that was allowed to have somebody on it who does not fit.
    risk: float = 0.2

    @property
    def told(self) -> tuple[Past, ...]:
        """Those of whom something was said."""
        return tuple(one for one in self.people if one.said is not None)


@dataclass(frozen=True, slots=True)
class Counted:
    """How far answers and outcomes were read: the last of each."""

    answer_id: int = 0
    outcome_id: int = 0


def lists_of(profile_id: int, *, after: Counted = Counted()) -> tuple[list[PastList], Counted]:
    """The lists of a profile that were shared, the first first, with what was said of people since
    ``after``; and the last answer and outcome that there are."""
    shared = Shortlist.objects.filter(version__profile=profile_id)
    lists = list(shared.exclude(state=Shortlist.State.DRAFT).order_by("number"))
    rows = ShortlistEntry.objects.filter(shortlist__in=lists, removed_at=None)
    people: dict[int, list[ShortlistEntry]] = {}
    for row in rows.order_by("shortlist", "place", "rank"):
        people.setdefault(row.shortlist_id, []).append(row)
    spoken = _answers(lists)
    became = _outcomes(lists)
    found = [
        PastList(
            one.pk,
            one.number,
            tuple(
                _past(row, spoken.get(row.pk), became.get(row.pk, ()), after)
                for row in people.get(one.pk, ())
            ),
            one.risk,
        )
        for one in lists
    ]
    last = Counted(
        max((one.pk for one in spoken.values()), default=0),
        max((one.pk for each in became.values() for one in each), default=0),
    )
    return found, last


def said_of(answer: Answer | None, known: Iterable[Outcome], *, after: Counted) -> Said | None:
    """What counts of an answer and of what came of it, as far as it is newer than ``after``."""
    by_kind = {one.kind: one for one in known if one.pk > after.outcome_id and _tells(one)}
    for kind in _ORDER:
        if kind in by_kind:
            is_wanted, weight = _SAID[kind]
            about = by_kind[kind].requirement or (answer.requirement if answer else "")
            return Said(is_wanted, weight, kind, about)
    if answer is None or answer.pk <= after.answer_id:
        return None
    is_wanted, weight = _SAID[answer.verdict]
    return Said(is_wanted, weight, answer.verdict, answer.requirement)


def aligned(spec: Spec, judged: Judged) -> tuple[Evidence, ...]:
    """The evidence of then, one for each requirement of now; unknown where nobody asked then."""
    then = {one.key: one for one in judged.evidence}
    return tuple(
        then.get(one.key)
        or Evidence(one.key, one.name, one.tier, Standing.UNKNOWN, 0.0, f"{one.name}: unknown.")
        for one in spec.requirements
    )


def beside(judged: Judged) -> dict[str, float]:
    """The features of then; one that the engine of then did not know says nothing."""
    return dict.fromkeys(features.NAMES, 0.0) | judged.features


def _tells(one: Outcome) -> bool:
    """Whether it says something about the profile: who withdrew was not found wanting."""
    return bool(one.requirement) or one.words != outcomes.WITHDREW


def _past(
    row: ShortlistEntry, answer: Answer | None, became: Sequence[Outcome], after: Counted
) -> Past:
    heard = frozen.heard(row.told)
    is_listed = row.place == ShortlistEntry.Place.LISTED
    said = said_of(answer, became, after=after) if is_listed else None
    return Past(row.pk, _judged(heard), is_listed, said, answer.pk if answer else None)


def _judged(heard: Judged | Listed | Left) -> Judged:
    return heard if isinstance(heard, Judged) else heard.judged


def _answers(lists: Iterable[Shortlist]) -> dict[int, Answer]:
    rows = Answer.objects.filter(entry__shortlist__in=list(lists))
    latest = rows.order_by("entry", "-at", "-pk").distinct("entry")
    return {one.entry_id: one for one in latest}


def _outcomes(lists: Iterable[Shortlist]) -> dict[int, list[Outcome]]:
    found: dict[int, list[Outcome]] = {}
    for one in Outcome.objects.filter(entry__shortlist__in=list(lists)).order_by("at", "pk"):
        found.setdefault(one.entry_id, []).append(one)
    return found
