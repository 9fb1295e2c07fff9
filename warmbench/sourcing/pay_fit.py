"""Compares what a role pays with what a person wants to earn."""

from decimal import Decimal
from functools import lru_cache

from warmbench.core import languages
from warmbench.people import pay
from warmbench.people.pay import Period
from warmbench.sourcing.fit import Asked, Finding, Known, PayFloor, PayRange

#: What is paid so often, and into the same sort of contract, can be compared.
_COMPARABLE = {
    Period.YEAR: ("salary", Decimal(1)),
    Period.MONTH: ("salary", Decimal(12)),
    Period.DAY: ("rate", Decimal(8)),
    Period.HOUR: ("rate", Decimal(1)),
}
#: Within the range, but above what it begins with: it has to be negotiated.
_WITHIN = 0.8
_UNKNOWN = 0.5


def find(asked: Asked, known: Known) -> Finding | None:
    """How the pay fits; None where the role names none."""
    offered = asked.pay
    if offered is None:
        return None
    if declined := _declined(offered, known):
        return declined
    floor = known.floor
    if floor is None:
        question = "What would a move have to pay at least?"
        return Finding(_UNKNOWN, "What they want to earn is not known.", question)
    wants = f"Wants at least {_written(floor.amount, floor)}"
    if not _same_unit(offered, floor):
        sentence = f"{wants}, which cannot be compared with {_range(offered)}."
        return Finding(_UNKNOWN, sentence, f"{wants}; the role pays {_range(offered)}: does it do?")
    return _compare(offered, floor, wants)


def _compare(offered: PayRange, floor: PayFloor, wants: str) -> Finding:
    least, lowest, highest = _plain(floor.amount, floor), _ends(offered)[0], _ends(offered)[1]
    if lowest is not None and least <= lowest:
        return Finding(1, f"{wants}; the role pays {_range(offered)}.")
    if highest is None:
        sentence = f"{wants}; the role pays {_range(offered)}."
        return Finding(_UNKNOWN, sentence, f"{sentence[:-1]}: how much more can it be?")
    if least <= highest:
        share = 1 if lowest is None else _WITHIN
        return Finding(share, f"{wants}; the role pays {_range(offered)}.")
    sentence = f"{wants}; the role pays {_range(offered)}."
    return Finding(0, sentence, contradicts=True)


def _declined(offered: PayRange, known: Known) -> Finding | None:
    """That they said of a role which paid as much, or more, that it paid too little."""
    top = _ends(offered)[1]
    for said in known.not_for_them:
        if said.about != "pay" or said.pay is None or not _same_unit(offered, said.pay):
            continue
        declined = _ends(said.pay)[1]
        if top is not None and declined is not None and top <= declined:
            sentence = f"Said of a role that paid {_range(said.pay)} that the pay did not fit."
            return Finding(0, sentence, contradicts=True)
    return None


def _ends(offered: PayRange) -> tuple[Decimal | None, Decimal | None]:
    return (
        None if offered.lowest is None else _plain(offered.lowest, offered),
        None if offered.highest is None else _plain(offered.highest, offered),
    )


def _same_unit(one: PayRange | PayFloor, other: PayRange | PayFloor) -> bool:
    same_sort = _COMPARABLE[Period(one.period)][0] == _COMPARABLE[Period(other.period)][0]
    return one.currency == other.currency and same_sort


def _plain(amount: Decimal, of: PayRange | PayFloor) -> Decimal:
    return amount * _COMPARABLE[Period(of.period)][1]


def _range(offered: PayRange) -> str:
    if offered.lowest is None:
        return f"up to {_written(offered.highest, offered)}"
    if offered.highest is None:
        return f"from {_written(offered.lowest, offered)}"
    lowest = _amount(offered.lowest, offered.currency)
    return f"{lowest} to {_written(offered.highest, offered)}"


def _written(amount: Decimal | None, of: PayRange | PayFloor) -> str:
    period = Period(of.period).label
    return f"{_amount(amount or Decimal(0), of.currency)} {period}"


@lru_cache(maxsize=4096)
def _amount(amount: Decimal, currency: str) -> str:
    return pay.written(pay.plain(amount), currency, languages.locale(languages.FALLBACK))
