"""Compares how groups of people fare: rates, impact ratios, and how much chance is in them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: 29 CFR § 1607.4 (D), the Uniform Guidelines: less than four fifths of the highest rate is taken
#: for adverse impact. N.Y.C. Local Law 144 wants the ratio, and names no threshold.
FOUR_FIFTHS = 0.8
#: 6 RCNY § 5-301: a category below this share of the data may stay out of the comparison.
SMALL_SHARE = 0.02
#: Fewer people are never shown: somebody could be made out among them.
FEWEST = 5
#: Below so many in both groups together the normal approximation is not used.
_FEW = 30
#: Castaneda v. Partida, 430 U.S. 482, n. 17 (1977): "more than two or three standard deviations".
_DEVIATIONS = 2.0
#: That somebody did not declare it.
UNKNOWN = ""

#: One group: a value for each category that the table goes by.
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a group there are, and how many of them it is counted for."""

    #: Different people; who was considered for two lists counts once.
    people: int
    #: Times that they were considered.
    considered: int
    #: Times that they were selected, or scored above the median.
    chosen: int

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.people + other.people,
            self.considered + other.considered,
            self.chosen + other.chosen,
        )

    @property
    def rate(self) -> float:
        """The share that was chosen."""
        return self.chosen / self.considered if self.considered else 0.0


@dataclass(frozen=True, slots=True)
class Compared:
    """One group, held against the one that fares best."""

    names: Names
    count: Count
    #: Of everybody who was considered, those of unknown group included.
    share: float
    #: Below two hundredths: it is shown, and nobody is held against it.
    is_excluded: bool
    #: Its rate by the highest; None where nobody at all was chosen.
    ratio: float | None
    #: How likely so great a difference is by chance alone, two-sided; None for the best group.
    p_value: float | None
    #: Two standard deviations or more below the best group.
    is_significant: bool
    #: Too few in both for more than a hint.
    is_small: bool
    #: How many more would have had to be chosen to reach four fifths.
    missing: int

    @property
    def is_adverse(self) -> bool:
        """Whether it is below four fifths, and large enough to be compared."""
        return not self.is_excluded and self.ratio is not None and self.ratio < FOUR_FIFTHS


@dataclass(frozen=True, slots=True)
class Table:
    """The groups of one or two categories, those that may be shown."""

    groups: tuple[Compared, ...]
    #: Whether some groups are not shown because few people are in them.
    hides: bool
    #: How often somebody was considered of whom a category is not known.
    unknown: int
    total: int


def compare(cells: Mapping[Names, Count]) -> Table:
    """Hold groups against each other. Of ``names`` with a blank in them the group is unknown.

    The best rate is looked for among groups that are known, shown and at least 2 % of the data;
    of equal ones the largest counts. Sources: 6 RCNY §§ 5-301, 5-303; 29 CFR § 1607.4 (D).
    """
    known = {names: one for names, one in cells.items() if UNKNOWN not in names and one.considered}
    total = sum(one.considered for one in cells.values())
    hidden = _hidden(known)
    shown = {names: one for names, one in known.items() if names not in hidden}
    compared = [one for one in shown.values() if one.considered >= SMALL_SHARE * total]
    best = max(compared, key=lambda one: (one.rate, one.considered), default=None)
    groups = (_held_against(names, one, best, total) for names, one in shown.items())
    return Table(
        groups=tuple(sorted(groups, key=lambda one: one.names)),
        hides=bool(hidden),
        unknown=total - sum(one.considered for one in known.values()),
        total=total,
    )


def chance(one: Count, other: Count) -> tuple[float, float]:
    """How far apart two rates are, in standard deviations (negative: the first is lower), and how
    likely that is by chance, two-sided: pooled two-proportion test without correction, as in
    Hazelwood School District v. United States, 433 U.S. 299, n. 14 (1977); of fewer than 30
    together Fisher's exact probability."""
    if not one.considered or not other.considered:
        return 0.0, 1.0
    pooled = (one.chosen + other.chosen) / (one.considered + other.considered)
    variance = pooled * (1 - pooled) * (1 / one.considered + 1 / other.considered)
    if variance <= 0:
        return 0.0, 1.0
    deviations = (one.rate - other.rate) / math.sqrt(variance)
    if one.considered + other.considered < _FEW:
        return deviations, _fisher(one, other)
    return deviations, math.erfc(abs(deviations) / math.sqrt(2))


def missing_to_four_fifths(one: Count, best: Count) -> int:
    """How many more of a group would have had to be chosen to reach four fifths of the best
    rate. In whole numbers: 0.8 times a rate is not exact."""
    wanted = -(-4 * best.chosen * one.considered // (5 * best.considered))
    return max(0, wanted - one.chosen)


def _held_against(names: Names, one: Count, best: Count | None, total: int) -> Compared:
    is_best = best is None or one is best
    deviations, p_value = (0.0, 1.0) if best is None or is_best else chance(one, best)
    return Compared(
        names=names,
        count=one,
        share=one.considered / total,
        is_excluded=one.considered < SMALL_SHARE * total,
        ratio=one.rate / best.rate if best is not None and best.rate else None,
        p_value=None if is_best else p_value,
        is_significant=deviations <= -_DEVIATIONS,
        is_small=best is not None and not is_best and one.considered + best.considered < _FEW,
        missing=missing_to_four_fifths(one, best) if best is not None else 0,
    )


def _hidden(cells: Mapping[Names, Count]) -> set[Names]:
    """The groups that may not be shown: those of fewer than five people, and where one alone is
    missing from a sum, the smallest beside it, or a subtraction would show what was left out."""
    hidden = {names for names, one in cells.items() if one.people < FEWEST}
    lines = _lines(list(cells))
    while True:
        more = {
            min(shown, key=lambda names: (cells[names].people, names))
            for line in lines
            if len([names for names in line if names in hidden]) == 1
            and (shown := [names for names in line if names not in hidden])
        }
        if not more:
            return hidden
        hidden |= more


def _lines(all_names: Sequence[Names]) -> list[list[Names]]:
    """The groups that add up to a sum that may be known: all of them, and where there are two
    categories, those with one value of either."""
    lines = [list(all_names)]
    width = len(all_names[0]) if all_names else 0
    for at in range(width if width > 1 else 0):
        values = {names[at] for names in all_names}
        lines += [[names for names in all_names if names[at] == value] for value in values]
    return lines


def _fisher(one: Count, other: Count) -> float:
    """Fisher's exact probability, two-sided: of all tables with these sums, those that are no
    likelier than this one."""
    chosen, size = one.chosen + other.chosen, one.considered + other.considered
    ways = math.comb(size, chosen)
    least = max(0, chosen - other.considered)
    most = min(chosen, one.considered)
    likely = {
        k: math.comb(one.considered, k) * math.comb(other.considered, chosen - k)
        for k in range(least, most + 1)
    }
    return sum(each for each in likely.values() if each <= likely[one.chosen]) / ways
