"""Finds what people earn, what they want to earn, and below what they would not move."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from warmbench.insight import candidates, money, pay_amounts, pay_cues, weighing
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.money import Money
from warmbench.insight.numbers import as_json
from warmbench.insight.pay_amounts import LEAST_BARE, MOST_BARE
from warmbench.insight.pay_cues import Cue, What
from warmbench.insight.weighing import Weighed

#: Less nobody earns in an hour.
_LEAST = 5
#: Nobody names more of them in one text.
_MOST = 60
#: A bare number so far behind its cue is another one.
_FARTHEST = 60
#: No shorter words behind a bare number make it the least: “40+”, “75 min”.
_SHORTEST_BEHIND = 5
#: So long a question or a piece between two amounts may be.
_LONGEST_BETWEEN = 90
#: From so much on the judge is believed alone, and against the words.
_LEAST_JUDGED, _OVERRULES = 0.5, 0.8
#: Longer is no question back, and no answer to one.
_SHORT = 40


@dataclass(frozen=True, slots=True)
class _Pay:
    """An amount that was found, in which sense, and in which unit."""

    unit: Unit
    money: Money
    what: What
    cue: Cue | None
    confidence: float


@dataclass(frozen=True, slots=True)
class _Said:
    """A unit, in plain letters too, and what was asked before it."""

    unit: Unit
    plain: str
    question: str


@dataclass(slots=True)
class _Talk:
    """What was said of money so far."""

    found: list[_Pay]
    #: Amounts of anybody whose period was said: the role's day rate tells that hers is one.
    heard: list[Money]
    #: What the judge takes amounts for, by unit and place.
    judged: tuple[dict[int, Weighed], ...]


def extract(reading: Reading) -> Iterator[Found]:
    """Pay that is earned, wished for, or the least, each as one fact."""
    every = candidates.amounts(reading)
    heard = [one for amounts in every for one in amounts if pay_amounts.is_heard(one)][:_MOST]
    talk = _Talk([], heard, weighing.judged(reading))
    for at, (unit, amounts) in enumerate(zip(reading.units, every, strict=True)):
        if len(talk.found) >= _MOST:
            break
        if unit.speaker == Speaker.CANDIDATE or (
            reading.kind != SourceKind.TRANSCRIPT and unit.speaker != Speaker.OTHER
        ):
            _read(reading, at, unit, amounts, talk)
    for one in talk.found:
        yield _fact(one)


def _read(reading: Reading, at: int, unit: Unit, amounts: Sequence[Money], talk: _Talk) -> None:
    plain = flat(unit.text)
    question = _question(reading, at)
    said = _Said(unit, plain, question)
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
        what, confidence = _ruled(said, one, begin, cue, corrects, talk)
        is_told_behind = (
            cue is not None and cue.start >= one.end and not cue.is_weak and cue.what != What.FLOOR
        )
        if one.is_bare and not one.period and not is_told_behind and not _may_follow(plain, one):
            what = None
        what, confidence = _weighed(talk, at, one, what, confidence)
        if what is None:
            continue
        period = one.period or _asked_period(question) or _told_next(reading, at, one)
        hers = [each.money for each in reversed(talk.found) if each.unit.about == unit.about]
        told = replace(one, period=period)
        amount = pay_amounts.settled(told, hers, talk.heard, reading.language)
        if amount is None:
            continue
        if corrects is not None and corrects.what == what:
            talk.found.remove(corrects)
        amount = _with_currency(plain, amount, unit, talk)
        talk.found.append(_Pay(unit, amount, what, cue, confidence))


def _ruled(
    said: _Said, one: Money, begin: int, cue: Cue | None, corrects: _Pay | None, talk: _Talk
) -> tuple[What | None, float]:
    """In which sense an amount is meant by the words around it alone, and how sure that is."""
    unit, plain, question = said.unit, said.plain, said.question
    about_pay = bool(
        pay_cues.pattern("money").search(plain)
        or pay_cues.pattern("money").search(question)
        or pay_cues.pattern("money").search(flat(unit.heading))
        or any(one.unit.about == unit.about for one in talk.found)
    )
    what, confidence = _what(unit, one, cue, corrects, question, about_pay=about_pay)
    if what is None and corrects is None and _is_after_arrow(plain, begin, one, unit, talk):
        what, confidence = What.TARGET, 0.82
    if what is None or pay_cues.is_past(what, cue, plain, begin, one.start, one.end):
        return None, 0.0
    return what, confidence


def _weighed(
    talk: _Talk, at: int, one: Money, what: What | None, confidence: float
) -> tuple[What | None, float]:
    """The same as sure as the judge lets it be, or what the judge is sure of."""
    judged = talk.judged[at].get(one.start)
    if judged is None or judged.mention.kind != Kind.PAY:
        return what, confidence
    likely, share = judged.likeliest(*What)
    sure = judged.sure(what, confidence) if what is not None else 0.0
    if what == What.FLOOR:
        sure = sure or min(judged.sure(What.TARGET, confidence), confidence)
    # Who names a least, names it in so many words.
    if sure and (what in {likely, What.FLOOR} or share < _OVERRULES):
        return what, sure
    return (What(likely), share) if share >= _LEAST_JUDGED else (None, 0.0)


def _told_next(reading: Reading, at: int, one: Money) -> str:
    """The period that is asked for and told behind: “Thirty-nine.” “An hour?” “An hour.”"""
    if reading.units[at].text[one.end :].strip(" .,!"):
        return ""
    for unit in reading.units[at + 1 : at + 3]:
        if len(unit.text) > _SHORT:
            return ""
        if told := money.period(unit.text):
            return told
    return ""


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
    is_small = one.low < _LEAST or (one.is_bare and not one.period and one.low < LEAST_BARE)
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


def _is_after_arrow(plain: str, begin: int, one: Money, unit: Unit, talk: _Talk) -> bool:
    """Whether what is earned stands before it: “85 → 95”, “85 now / 95”."""
    last = talk.found[-1] if talk.found else None
    if last is None or last.unit is not unit or last.what != What.CURRENT:
        return False
    factor = 1000 if one.is_bare and one.low < MOST_BARE else 1
    return one.low * factor >= last.money.low and bool(pay_cues.is_arrow(plain[begin : one.start]))


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
