"""Finds what people earn, what they want to earn, and below what they would not move."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from warmbench.insight import money, pay_cues
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.money import Money
from warmbench.insight.numbers import as_json
from warmbench.insight.pay_cues import Cue, What
from warmbench.people.pay import Period

#: Whoever is paid so much is paid it in a year, in currencies that are worth about as much.
_YEARLY = 15_000
_LEAST_MONTHLY, _MOST_MONTHLY = 1000, 12_000
_MONTHLY_LANGUAGES = frozenset({"de", "fr", "es", "nl"})
_YEARLY_CURRENCIES = frozenset({"", "EUR", "GBP", "USD", "CHF", "INR", "CAD", "AUD", "SGD"})
#: The least and the most that people leave “thousand” away from.
_LEAST_BARE, _MOST_BARE = 15, 450
#: What people earn in these, at least and at most.
_EARNED = {
    Period.HOUR: (5, 800),
    Period.DAY: (40, 6000),
    Period.MONTH: (300, 900_000),
    Period.YEAR: (4000, 900_000_000),
}
#: Nobody who is looked for here is paid more in these.
_STRONG, _MOST_STRONG = frozenset({"EUR", "GBP", "USD", "CHF"}), 3_000_000
#: How far two amounts that one person names may lie apart.
_APART = 3
#: Less nobody earns in an hour.
_LEAST = 5
#: Nobody names more of them in one text.
_MOST = 60
#: A bare number so far behind its cue is another one.
_FARTHEST = 60
#: No shorter words behind a bare number make it the least: “40+”, “75 min”.
_SHORTEST_BEHIND = 5
#: In a year so much is earned at least and at most, where nobody says of what it is.
_LEAST_NOTED, _MOST_NOTED = 18_000, 450_000
#: An answer that is nothing but an amount has no more words around it.
_FEW_WORDS = 2
#: So long a question or a piece between two amounts may be.
_LONGEST_BETWEEN = 90
_FACTORS = (1, 1000, 100_000)


@dataclass(frozen=True, slots=True)
class _Pay:
    """An amount that was found, in which sense, and in which unit."""

    unit: Unit
    money: Money
    what: What
    cue: Cue | None
    confidence: float


@dataclass(slots=True)
class _Talk:
    """What was said of money so far."""

    found: list[_Pay]
    #: Amounts of anybody whose period was said: the role's day rate tells that hers is one.
    heard: list[Money]


def extract(reading: Reading) -> Iterator[Found]:
    """Pay that is earned, wished for, or the least, each as one fact."""
    every = [money.read(unit.text, reading.language, reading.country) for unit in reading.units]
    heard = [one for amounts in every for one in amounts if _is_heard(one)][:_MOST]
    talk = _Talk([], heard)
    for at, (unit, amounts) in enumerate(zip(reading.units, every, strict=True)):
        if len(talk.found) >= _MOST:
            break
        if unit.speaker == Speaker.CANDIDATE or (
            reading.kind != SourceKind.TRANSCRIPT and unit.speaker != Speaker.OTHER
        ):
            _read(reading, at, unit, amounts, talk)
    for one in talk.found:
        yield _fact(one)


def _is_heard(one: Money) -> bool:
    """Whether it is an amount that anybody may be paid in its period."""
    if not one.period:
        return False
    least, most = _EARNED[Period(one.period)]
    return least <= one.low <= (most if one.currency not in _STRONG else _MOST_STRONG)


def _read(reading: Reading, at: int, unit: Unit, amounts: list[Money], talk: _Talk) -> None:
    plain = flat(unit.text)
    question = _question(reading, at)
    about_pay = bool(
        pay_cues.pattern("money").search(plain)
        or pay_cues.pattern("money").search(question)
        or pay_cues.pattern("money").search(flat(unit.heading))
        or any(one.unit.about == unit.about for one in talk.found)
    )
    if pay_cues.labelled(flat(unit.heading)) is None and _is_heading_of_others(unit.heading):
        return
    # "The other one is at 61": small numbers part no amounts.
    amounts = [one for one in amounts if one.low >= _LEAST or one.currency]
    for number, one in enumerate(amounts):
        begin = amounts[number - 1].end if number else 0
        stop = amounts[number + 1].start if number + 1 < len(amounts) else len(plain)
        if not _may_be_pay(plain, one) or _is_of_others(reading, unit, plain, begin, one):
            continue
        corrects = _corrected(reading, unit, one, talk)
        cue = pay_cues.around(plain, one.start, one.end, begin, stop)
        if _are_minutes(plain, one, cue, talk):
            continue
        if cue is not None and cue.is_weak and _is_after_arrow(plain, begin, one, unit, talk):
            cue = None
        what, confidence = _what(unit, one, cue, corrects, question, about_pay=about_pay)
        if what is None and corrects is None:
            what, confidence = _unsaid(reading, unit, plain, one, begin, question, talk)
        if what is None or (pay_cues.is_past(what, cue, plain, begin, one.start, one.end)):
            continue
        amount = _settled(
            replace(one, period=one.period or _asked_period(question)), unit, talk, reading.language
        )
        is_told_behind = (
            cue is not None and cue.start >= one.end and not cue.is_weak and cue.what != What.FLOOR
        )
        is_bare = one.is_bare and not one.period and not is_told_behind
        if amount is None or (is_bare and not _may_follow(plain, one)):
            continue
        if corrects is not None and corrects.what == what:
            talk.found.remove(corrects)
        amount = _with_currency(plain, amount, unit, talk)
        talk.found.append(_Pay(unit, amount, what, cue, confidence))


def _are_minutes(plain: str, one: Money, cue: Cue | None, talk: _Talk) -> bool:
    """Whether “50 min” is how long they talked: nobody begins with the least that they take."""
    is_behind = cue is not None and cue.start >= one.end
    return bool(
        is_behind and one.is_bare and not talk.found and pay_cues.is_minutes(plain, one.end)
    )


def _is_heading_of_others(heading: str) -> bool:
    plain = flat(heading)
    end = len(plain) + 1
    return bool(plain) and pay_cues.is_of_others(f"{plain}:", 0, end, end, ())


def _is_of_others(reading: Reading, unit: Unit, plain: str, begin: int, one: Money) -> bool:
    """Whether it is somebody else's money, or nobody's: “if they paid 120”."""
    words = plain[begin : one.start]
    if unit.speaker == Speaker.CANDIDATE:
        of_another = pay_cues.is_third_person(plain, begin, one.start)
    else:
        of_another = pay_cues.pattern("recruiter_says").search(words) is not None
    return (
        of_another
        or pay_cues.is_of_others(plain, begin, one.start, one.end, reading.people)
        or pay_cues.is_named(unit.text, begin, one.start, reading.people)
        or pay_cues.is_supposed(unit.text, plain, one.start)
    )


def _may_be_pay(plain: str, one: Money) -> bool:
    """Whether nothing tells that it is something else than pay."""
    is_order = pay_cues.pattern("orders").search(plain[max(0, one.start - 120) : one.start])
    if is_order or pay_cues.is_counted(plain, one.start, one.end):
        return False
    is_year = not (one.is_large or one.currency or one.period) and 1950 <= one.low <= 2045
    is_small = one.low < _LEAST or (one.is_bare and not one.period and one.low < _LEAST_BARE)
    too_small = is_small and not one.currency
    return not (is_year or too_small)


def _may_follow(plain: str, one: Money) -> bool:
    return bool(one.currency or pay_cues.pattern("follows").search(plain[one.end :][:40]))


def _what(
    unit: Unit,
    one: Money,
    cue: Cue | None,
    corrects: _Pay | None,
    question: str,
    *,
    about_pay: bool,
) -> tuple[What | None, float]:
    """In which sense it is meant, and how sure that is."""
    sure = one.is_large or bool(one.currency or one.period)
    is_own = unit.speaker == Speaker.CANDIDATE
    if cue is not None and not sure and one.start - cue.start > _FARTHEST:
        cue = None
    if cue is not None and not sure and pay_cues.is_only_for(flat(unit.text), cue, one.start):
        cue = None
    if cue is not None:
        if not sure and not about_pay:
            is_before = cue.start < one.start
            is_plain = not cue.is_weak and cue.what != What.FLOOR and not is_own
            is_told = cue.is_near and (
                is_before or is_plain or cue.end - one.end > _SHORTEST_BEHIND
            )
            return (cue.what, 0.78) if is_told else (None, 0.0)
        return cue.what, (0.95 if sure else 0.92) if cue.is_near else 0.85
    if corrects is not None:
        return corrects.what, 0.88
    label = pay_cues.labelled(flat(unit.heading))
    if label is not None:
        return label, 0.93
    answer = pay_cues.asked(question) if question else None
    if answer is not None and one.start < 40:
        return answer, 0.88
    return None, 0.0


def _unsaid(
    reading: Reading,
    unit: Unit,
    plain: str,
    one: Money,
    begin: int,
    question: str,
    talk: _Talk,
) -> tuple[What | None, float]:
    """The sense of an amount that nothing near it tells: by order, as people note and say it."""
    hers = [each for each in talk.found if each.unit.about == unit.about]
    if _is_after_arrow(plain, begin, one, unit, talk):
        return What.TARGET, 0.82
    around = plain[: one.start] + " " + plain[one.end :]
    is_bare_answer = len(around.split()) <= _FEW_WORDS and one.low >= _LEAST_BARE
    if unit.speaker == Speaker.CANDIDATE and reading.kind == SourceKind.TRANSCRIPT:
        asked = pay_cues.pattern("money").search(question)
        is_range = one.high is not None and len(around.split()) <= 2 * _FEW_WORDS + 1
        whats = {each.what for each in hers}
        if is_range and What.CURRENT in whats and What.TARGET not in whats:
            return What.TARGET, 0.75
        if is_bare_answer and asked and not any(each.what == What.CURRENT for each in hers):
            return What.CURRENT, 0.78
        return None, 0.0
    if reading.kind not in {SourceKind.NOTE, SourceKind.DEBRIEF} or unit.heading:
        return None, 0.0
    return _noted(plain, one, begin, hers)


def _is_after_arrow(plain: str, begin: int, one: Money, unit: Unit, talk: _Talk) -> bool:
    """Whether what is earned stands before it: “85 → 95”, “85 now / 95”."""
    last = talk.found[-1] if talk.found else None
    if last is None or last.unit is not unit or last.what != What.CURRENT:
        return False
    factor = 1000 if one.is_bare and one.low < _MOST_BARE else 1
    return one.low * factor >= last.money.low and bool(pay_cues.is_arrow(plain[begin : one.start]))


def _noted(plain: str, one: Money, begin: int, hers: list[_Pay]) -> tuple[What | None, float]:
    """What an amount tells that stands in a note by itself: “61k, asks 70”, “£13.80 an hour”."""
    if any(each.what == What.CURRENT for each in hers):
        return None, 0.0
    before = plain[begin : one.start].rstrip()
    begins = not before or before[-1] in ".,;(-|+/&"
    is_decked = bool(pay_cues.pattern("decked").search(plain[one.end :][:24]))
    if one.high is not None:
        return None, 0.0  # A range that nobody wishes for is a role's.
    is_sure = bool(one.period) or (
        (one.is_large or bool(one.currency)) and _LEAST_NOTED <= one.low <= _MOST_NOTED
    )
    is_bare = one.is_bare and _LEAST_BARE < one.low <= _MOST_BARE
    follows = pay_cues.is_before_arrow(plain, one.end)
    ends = not plain[one.end :].strip() or plain[one.end :].lstrip()[0] in ",;.)"
    if follows and (is_sure or is_bare):
        return What.CURRENT, 0.85
    if is_sure and begins and (is_decked or ends or one.period):
        return What.CURRENT, 0.75
    if is_bare and begins and is_decked:
        return What.CURRENT, 0.75
    return None, 0.0


def _question(reading: Reading, at: int) -> str:
    """What somebody else asked or said directly before, as plain letters."""
    unit = reading.units[at]
    said: list[str] = []
    part = -1
    for other in reversed(reading.units[max(0, at - 12) : at]):
        if other.part == unit.part and other.speaker == unit.speaker:
            continue
        if other.speaker == unit.speaker or (said and other.part != part):
            break
        part = other.part
        said.append(other.text)
    return flat(" ".join(reversed(said)))[-300:]


def _asked_period(question: str) -> str:
    return money.period(question[-_LONGEST_BETWEEN:]) if question else ""


def _corrected(reading: Reading, unit: Unit, one: Money, talk: _Talk) -> _Pay | None:
    """The amount that this one takes back: "90, no wait, 95"."""
    last = talk.found[-1] if talk.found else None
    if last is None or last.unit.part != unit.part or last.unit.about != unit.about:
        return None
    between = reading.text[last.unit.start + last.money.end : unit.start + one.start]
    if len(between) <= _LONGEST_BETWEEN and pay_cues.is_corrected(flat(between)):
        return last
    return None


def _settled(one: Money, unit: Unit, talk: _Talk, language: str) -> Money | None:
    """The amount in full, and for which period it is paid. None if nobody earns so much."""
    hers = [each.money for each in reversed(talk.found) if each.unit.about == unit.about]
    if one.period:
        if one.period in {Period.MONTH, Period.YEAR} and one.is_bare and one.low <= _MOST_BARE:
            one = one.times(1000) if one.period == Period.YEAR or one.low < 30 else one
    elif (kin := _kin(one, hers, language) or _kin(one, talk.heard, language)) is not None:
        one = replace(one.times(kin[0]) if kin[0] > 1 else one, period=kin[1].period)
    elif one.is_bare:
        if not _LEAST_BARE <= one.low <= _MOST_BARE:
            return None
        one = one.times(1000)
    if not one.period and one.currency in _YEARLY_CURRENCIES:
        one = replace(one, period=_plain_period(one, language))
    least, most = _EARNED[Period(one.period)] if one.period else (5, 900_000_000)
    return one if least <= one.low <= most else None


def _plain_period(one: Money, language: str) -> str:
    """What such an amount can only be paid for, or usually is where the language is spoken."""
    if one.low % 1 and one.low < _EARNED[Period.HOUR][1]:
        return Period.HOUR.value
    if one.low >= _YEARLY:
        return Period.YEAR.value
    is_monthly = language in _MONTHLY_LANGUAGES or one.currency in _STRONG
    most = _MOST_MONTHLY if is_monthly else _EARNED[Period.YEAR][0]
    return Period.MONTH.value if _LEAST_MONTHLY <= one.low < most else ""


def _kin(one: Money, known: list[Money], language: str) -> tuple[int, Money] | None:
    """By what to multiply an amount so that it is about as much as another that was said."""
    factors = _FACTORS if one.is_bare else _FACTORS[:1]
    pairs = [
        (factor, other)
        for other in known
        for factor in factors
        if factor < _FACTORS[-1] or other.currency == "INR" or language == "en"
    ]
    near = [
        (max(other.low / (one.low * factor), one.low * factor / other.low), factor, other)
        for factor, other in pairs
    ]
    apart, factor, other = min(near, key=lambda each: each[0], default=(_APART + 1, 1, one))
    return (factor, other) if apart <= _APART else None


def _with_currency(plain: str, one: Money, unit: Unit, talk: _Talk) -> Money:
    """Her currency is that of the other amounts that she named, or is said behind: “84, pounds”."""
    if one.currency:
        return one
    told = money.currency_behind(plain[one.end : one.end + 30])
    if not told:
        hers = [each.money for each in reversed(talk.found) if each.unit.about == unit.about]
        told = next((each.currency for each in hers if each.currency), "")
    return replace(one, currency=told)


def _fact(one: _Pay) -> Found:
    value: dict[str, object] = {"what": one.what.value, "low": as_json(one.money.low)}
    if one.money.high is not None:
        value["high"] = as_json(one.money.high)
    if one.money.currency:
        value["currency"] = one.money.currency
    if one.money.period:
        value["period"] = one.money.period
    start, end = _quote(one)
    return Found(
        Kind.PAY,
        value,
        Polarity.HAD if one.what == What.CURRENT else Polarity.WANTS,
        start,
        end,
        one.confidence,
        "pay",
    )


def _quote(one: _Pay) -> tuple[int, int]:
    """The amount with the words that say what it is."""
    start, end = one.money.start, one.money.end
    if one.cue is not None:
        start, end = min(start, one.cue.start), max(end, one.cue.end)
    text = one.unit.text
    while start < end and not text[start].isalnum() and text[start] not in "€£$₹":
        start += 1
    while end > start and text[end - 1] in " ,;:.-":
        end -= 1
    return one.unit.start + start, one.unit.start + end
