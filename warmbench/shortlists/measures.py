"""Measures shortlists by what was said of people on them, and by what became of those.

No figure stands without what it was counted from, and how far it may be off.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Q, QuerySet

from warmbench.shortlists import answered, quoted
from warmbench.shortlists.answered import Counted, Kind
from warmbench.shortlists.models import Answer, Outcome, Shortlist, ShortlistEntry
from warmbench.shortlists.quoted import Checked
from warmbench.sourcing.models import Application, Role

Verdict = Answer.Verdict
#: The bands of stated confidence, each from here up to the next.
BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 1.0)
#: Two-sided 95 %.
_NINETY_FIVE = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and how far off that may be: Wilson's interval of 95 % (E. B. Wilson,
    "Probable Inference", 1927)."""

    part: int
    of: int

    @property
    def share(self) -> float:
        """0 to 1; 0 of none."""
        return self.part / self.of if self.of else 0.0

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self._ends()[0]

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self._ends()[1]

    def _ends(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        z2 = _NINETY_FIVE**2
        middle = (self.part + z2 / 2) / (self.of + z2)
        spread = math.sqrt(self.part * (self.of - self.part) / self.of + z2 / 4)
        wide = _NINETY_FIVE * spread / (self.of + z2)
        return max(0.0, middle - wide), min(1.0, middle + wide)


@dataclass(frozen=True, slots=True)
class Band:
    """Those whom lists were about so sure of."""

    low: float
    high: float
    #: The average of what was stated, 0 to 1.
    stated: float
    #: How many were wanted, of those something was said of.
    wanted: Share

    @property
    def is_off(self) -> bool:
        """Whether what was stated lies outside the interval of what was so."""
        return not self.wanted.low <= self.stated <= self.wanted.high


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose lists, of which time."""

    since: datetime
    until: datetime
    profile_id: int | None = None
    user_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of some lists."""

    lists: int
    #: On those lists.
    people: int
    bands: tuple[Band, ...]
    #: Who was wanted, of all that something was said of, and what was stated of them on average.
    wanted: Share
    stated: float
    #: Managers: interview or star of all answers, and stars alone.
    accepted: Share
    starred: Share
    #: Who came to an interview, of those that a manager wanted to see.
    interviewed: Share
    hired: Share
    #: Lists with nobody: where the role was then filled by somebody whom we had known (wrong), or
    #: ended otherwise (right); the others are open.
    abstained: int
    wrongly: Share
    #: Hours from sharing a list to its first and its last answer, the middle one of all lists.
    first_hours: float | None
    last_hours: float | None
    answered_lists: int
    #: Who fell out after an interview or later, of those that were interviewed.
    late: Share
    #: By what, as far as somebody said.
    mismatches: tuple[tuple[str, int], ...]
    reasons: Checked


def of(asked: Asked) -> Measures:
    """The figures of lists that were shared from ``since`` on, before ``until``."""
    lists = list(_lists(asked))
    listed = ShortlistEntry.objects.filter(shortlist__in=lists, place=ShortlistEntry.Place.LISTED)
    entries = list(listed.filter(removed_at=None).select_related("shortlist__version"))
    spoken, became = _said(entries)
    kinds = {pk: {one.kind for one in all_} for pk, all_ in became.items()}
    known = {
        one.pk: said
        for one in entries
        if (said := answered.said_of(spoken.get(one.pk), became.get(one.pk, ()), after=Counted()))
    }
    told = [(one.confidence, known[one.pk].is_wanted) for one in entries if one.pk in known]
    verdicts = Counter(one.verdict for one in spoken.values())
    yes = [pk for pk, one in spoken.items() if one.verdict != Verdict.PASS]
    met = [pk for pk, each in kinds.items() if each & _MET]
    first, last, answered_lists = _hours(entries, spoken.values())
    return Measures(
        lists=len(lists),
        people=len(entries),
        bands=_bands(told),
        wanted=Share(sum(is_wanted for _, is_wanted in told), len(told)),
        stated=sum(stated for stated, _ in told) / len(told) if told else 0.0,
        accepted=Share(len(yes), len(spoken)),
        starred=Share(verdicts[Verdict.STAR], len(spoken)),
        interviewed=Share(sum(pk in met for pk in yes), len(yes)),
        hired=Share(sum(Kind.HIRE in each for each in kinds.values()), len(entries)),
        **_abstentions(asked),
        first_hours=first,
        last_hours=last,
        answered_lists=answered_lists,
        late=Share(sum(Kind.DROP_OUT in kinds[pk] for pk in met), len(met)),
        mismatches=_mismatches(entries, became),
        reasons=quoted.check(entries),
    )


_MET = {Kind.INTERVIEW, Kind.OFFER, Kind.HIRE, Kind.DROP_OUT}


def _lists(asked: Asked) -> QuerySet[Shortlist]:
    shared = _of_whom(asked).exclude(state=Shortlist.State.DRAFT)
    return shared.filter(shared_at__gte=asked.since, shared_at__lt=asked.until)


def _of_whom(asked: Asked) -> QuerySet[Shortlist]:
    wanted = Q()
    if asked.profile_id is not None:
        wanted &= Q(version__profile=asked.profile_id)
    if asked.user_id is not None:
        wanted &= Q(made_by=asked.user_id)
    if asked.team_id is not None:
        wanted &= Q(made_by__team=asked.team_id)
    return Shortlist.objects.filter(wanted)


def _said(
    entries: Sequence[ShortlistEntry],
) -> tuple[dict[int, Answer], dict[int, list[Outcome]]]:
    rows = Answer.objects.filter(entry__in=entries).order_by("entry", "-at", "-pk")
    became: dict[int, list[Outcome]] = {}
    for one in Outcome.objects.filter(entry__in=entries).order_by("at", "pk"):
        became.setdefault(one.entry_id, []).append(one)
    return {one.entry_id: one for one in rows.distinct("entry")}, became


def _bands(told: Sequence[tuple[float, bool]]) -> tuple[Band, ...]:
    found = []
    for low, high in pairwise(BANDS):
        inside = [one for one in told if low <= one[0] < high or one[0] == high == BANDS[-1]]
        if inside:
            stated = sum(at for at, _ in inside) / len(inside)
            wanted = Share(sum(is_wanted for _, is_wanted in inside), len(inside))
            found.append(Band(low, high, round(stated, 3), wanted))
    return tuple(found)


def _abstentions(asked: Asked) -> dict[str, Any]:
    """Lists on which the engine put nobody, and what became of their roles."""
    empty = _of_whom(asked).exclude(abstained="").select_related("role")
    lists = list(empty.filter(made_at__gte=asked.since, made_at__lt=asked.until))
    hired = Application.objects.filter(
        role__in={one.role_id for one in lists if one.role_id},
        outcome=Application.Outcome.HIRED,
    ).values_list("role", "candidate__added_at")
    wrong, right = 0, 0
    for one in lists:
        # Who came to us only afterwards could not have been chosen.
        ours = [at for role, at in hired if role == one.role_id and at <= one.made_at]
        if ours:
            wrong += 1
        elif one.role is not None and one.role.state in {Role.State.FILLED, Role.State.CLOSED}:
            right += 1
    return {"abstained": len(lists), "wrongly": Share(wrong, wrong + right)}


def _hours(
    entries: Sequence[ShortlistEntry], spoken: Iterable[Answer]
) -> tuple[float | None, float | None, int]:
    shared = {one.pk: one.shortlist for one in entries}
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for one in Answer.objects.filter(entry__in=[each.entry_id for each in spoken]):
        of_list = shared[one.entry_id]
        if of_list.shared_at is None:
            continue
        hours = (one.at - of_list.shared_at).total_seconds() / 3600
        first[of_list.pk] = min(first.get(of_list.pk, hours), hours)
        last[of_list.pk] = max(last.get(of_list.pk, hours), hours)
    if not first:
        return None, None, 0
    return median(first.values()), median(last.values()), len(first)


def _mismatches(
    entries: Sequence[ShortlistEntry], became: dict[int, list[Outcome]]
) -> tuple[tuple[str, int], ...]:
    names = {
        (entry.pk, one["key"]): one["name"]
        for entry in entries
        for one in entry.shortlist.version.spec["requirements"]
    }
    counted = Counter(
        names.get((pk, one.requirement), "no requirement named")
        for pk, all_ in became.items()
        for one in all_
        if one.kind == Kind.DROP_OUT
    )
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
