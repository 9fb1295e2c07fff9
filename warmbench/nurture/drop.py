"""Explains why fewer people click after three months on a sequence: is it because pieces repeat?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warmbench.core import sql
from warmbench.nurture.shares import Change, Share, fall, share

#: Months 1 to 3 are compared with 4 to 6.
EARLY = 3
MONTHS = 6
#: Groups of fewer messages tell nothing.
FEWEST = 100


class Verdict(StrEnum):
    """What the numbers say about the drop."""

    TOO_FEW = "too_few"
    NO_DROP = "no_drop"
    #: What is of another kind or topic is clicked as before; what is of the same, less.
    REPETITION = "repetition"
    #: What is of another kind or topic is clicked less, too.
    OTHERWISE = "otherwise"
    #: There is a drop, and too few of one of the two to say why.
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Month:
    """One month on the sequence, for everybody: how many messages brought clicks."""

    number: int
    clicks: Share


@dataclass(frozen=True)
class Drop:
    """How click shares go on after the third month, and why."""

    months: list[Month]
    early: Share
    late: Share
    #: The same, parted: of the same kind and topic as the piece before, and all others.
    early_same: Share
    early_other: Share
    late_same: Share
    late_other: Share
    change: Change
    verdict: Verdict
    sentence: str


def explain(*, since: datetime) -> Drop:
    """The drop after the third month, from messages sent since then."""
    return judge(sql.run(sql.load(__file__, "content_by_month"), {"since": since}).fetchall())


def judge(rows: Iterable[tuple[int, bool, int, int]]) -> Drop:
    """The drop, from rows of month, whether of the same kind and topic as the piece before, how
    many were sent and how many of them clicked."""
    counted = list(rows)

    def clicks(first: int, last: int, *, same: bool | None = None) -> Share:
        chosen = [
            row for row in counted if first <= row[0] <= last and same in {None, bool(row[1])}
        ]
        return share(sum(row[3] for row in chosen), sum(row[2] for row in chosen))

    early, late = clicks(1, EARLY), clicks(EARLY + 1, MONTHS)
    late_same = clicks(EARLY + 1, MONTHS, same=True)
    late_other = clicks(EARLY + 1, MONTHS, same=False)
    verdict = _verdict(early, late, late_same, late_other)
    return Drop(
        months=[Month(number, clicks(number, number)) for number in range(1, MONTHS + 1)],
        early=early,
        late=late,
        early_same=clicks(1, EARLY, same=True),
        early_other=clicks(1, EARLY, same=False),
        late_same=late_same,
        late_other=late_other,
        change=fall(early, late),
        verdict=verdict,
        sentence=_SENTENCES[verdict].format(
            early=_percent(early),
            late=_percent(late),
            same=_percent(late_same),
            other=_percent(late_other),
            fewest=FEWEST,
        ),
    )


def _verdict(early: Share, late: Share, same: Share, other: Share) -> Verdict:
    if min(early.of, late.of) < FEWEST:
        return Verdict.TOO_FEW
    if not fall(early, late).is_fall:
        return Verdict.NO_DROP
    if other.of < FEWEST:
        return Verdict.UNCLEAR
    if fall(early, other).is_fall:
        return Verdict.OTHERWISE
    return (
        Verdict.REPETITION if same.of >= FEWEST and fall(other, same).is_fall else Verdict.UNCLEAR
    )


_SENTENCES = {
    Verdict.TOO_FEW: "There are too few messages yet to say: {fewest} in months 1 to 3 and as many "
    "in months 4 to 6 are the least that tells anything.",
    Verdict.NO_DROP: "There is no drop to explain: {early} clicked in months 1 to 3, and {late} in "
    "months 4 to 6; the difference may be chance.",
    Verdict.REPETITION: "Repetition explains the drop: after month 3, pieces of the same kind and "
    "topic as the one before are clicked by {same}, the others by {other}, as in the beginning "
    "({early}).",
    Verdict.OTHERWISE: "Repetition does not explain the drop, or not alone: after month 3, also "
    "pieces of another kind or topic than the one before are clicked by {other} only, after "
    "{early} in the beginning.",
    Verdict.UNCLEAR: "There is a drop, from {early} to {late}, but what was sent after month 3 "
    "does not tell whether repetition is behind it.",
}


def _percent(one: Share) -> str:
    return f"{one.value:.1%}".replace("%", " %")
