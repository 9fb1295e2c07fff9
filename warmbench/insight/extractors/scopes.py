"""Finds for how many people, how much money and how many users somebody answers."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from warmbench.insight import candidates, numbers, scope, weighing
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.money import Money
from warmbench.insight.tables import table
from warmbench.insight.weighing import Weighed

_BEFORE, _BEHIND = 70, 46
#: Nobody leads more, and a budget that is worth a word is no less.
_MOST_PEOPLE, _LEAST_MONEY, _LEAST_USERS = 60_000, 100_000, 50
_MOST_REVENUE = 1_000_000_000
#: From so much on the judge is believed alone.
_LEAST_JUDGED = 0.55
_TEAM = re.compile(r"\b(?:team|equipo|equipe|people|staff|mitarbeiter)\b")
_CLAUSE = re.compile(r"[;!?(]|\.(?=\s)|,\s|\s-\s|\b(?:but|aber|mais|pero|maar)\b")

Told = tuple[str, Decimal, int, int, float]


def extract(reading: Reading) -> Iterator[Found]:
    """What the person answers for, each amount once."""
    numbers_of, judged = candidates.amounts(reading), weighing.judged(reading)
    for place, unit in enumerate(reading.units):
        if unit.speaker == Speaker.OTHER or (
            reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE
        ):
            continue
        plain = flat(unit.text)
        every = numbers_of[place]
        amounts = [one for at, one in enumerate(every) if not _is_corrected(plain, every, at)]
        skip = -1
        for at, one in enumerate(amounts):
            if at <= skip:
                continue
            told = _users(plain, one) or _people(plain, amounts, at, unit) or _money(plain, one)
            if _is_of_others(plain, one):
                continue
            told = _weighed(told, plain, one, judged[place].get(one.start))
            if told is None:
                continue
            what, amount, start, end, sure = told
            if end > one.end + _BEHIND or (at + 1 < len(amounts) and end >= amounts[at + 1].end):
                skip = at + 1
            yield _found(unit, one, what, amount, start, end, sure)


def _weighed(told: Told | None, plain: str, one: Money, judged: Weighed | None) -> Told | None:
    """The same as sure as the judge lets it be, or what the judge is sure of."""
    if judged is None or judged.mention.kind != Kind.PAY:
        return told
    likely, share = judged.likeliest("people", "budget", "revenue", "users")
    if told is not None:
        what, amount, start, end, sure = told
        sure = judged.sure(what, sure)
        return (what, amount, start, end, sure) if sure else None
    least = {"people": 2, "users": _LEAST_USERS}.get(likely, _LEAST_MONEY)
    is_counted = likely in {"people", "users"}
    is_whole = one.low % 1 == 0 and not (one.currency or one.period)
    most = _MOST_PEOPLE if likely == "people" else _MOST_REVENUE
    before = plain[max(0, one.start - _BEFORE) : one.start]
    sense = scope.of(plain, one.start, one.end)
    if sense.wished or sense.others or _is_denied(before) or _pattern("member").search(before):
        return None
    if share < _LEAST_JUDGED or not least <= one.low <= most or (is_counted and not is_whole):
        return None
    return likely, one.low, one.start, one.end, share


def _is_corrected(plain: str, amounts: Sequence[Money], at: int) -> bool:
    """Whether the next number takes this one back: “six no seven people”."""
    if at + 1 == len(amounts):
        return False
    between = plain[amounts[at].end : amounts[at + 1].start]
    return bool(re.fullmatch(_raw("corrects"), between))


def _people(plain: str, amounts: list[Money], at: int, unit: Unit) -> Told | None:
    one = amounts[at]
    is_whole = one.low == one.low.to_integral() and one.high is None
    is_count = is_whole and 1 < one.low <= _MOST_PEOPLE and not 1950 <= one.low <= 2045
    before = plain[max(0, one.start - _BEFORE) : one.start]
    behind = plain[one.end : one.end + _BEHIND]
    is_other = _pattern("not_people").search(behind) or _is_denied(before)
    if one.currency or one.period or not is_count or is_other:
        return None
    sure = re.match(rf"\s?{_raw('people_sure')}", behind)
    if sure is not None:
        return "people", one.low, one.start, one.end + sure.end(), 0.93
    return _led(plain, amounts, at, unit)


def _led(plain: str, amounts: list[Money], at: int, unit: Unit) -> Told | None:
    one = amounts[at]
    before = plain[max(0, one.start - _BEFORE) : one.start]
    noun = re.match(rf"\s?{_raw('people')}", plain[one.end : one.end + _BEHIND])
    team = _pattern("team").search(before)
    if team is not None and not _pattern("member").search(before[: team.start()]):
        return _with_more(plain, amounts, at, noun, one.start - len(team[0]), 0.9)
    if noun is None:
        return None
    clause = _CLAUSE.split(before)[-1]
    leads = _pattern("leads").search(clause)
    if leads is not None:
        start = one.start - len(clause) + leads.start()
        return _with_more(plain, amounts, at, noun, start, 0.85)
    around = plain[: one.start] + plain[one.end + noun.end() :]
    is_fragment = not around.strip(" -*.")
    if is_fragment or _TEAM.search(flat(unit.heading)):
        return "people", one.low, one.start, one.end + noun.end(), 0.8
    return None


def _is_denied(before: str) -> bool:
    """ "No direct reports"; in “five no six people” the “no” puts right."""
    corrected = re.search(rf"{_raw('corrects')}$", before)
    return bool(_pattern("denied").search(before[: corrected.start()] if corrected else before))


def _with_more(
    plain: str,
    amounts: list[Money],
    at: int,
    noun: re.Match[str] | None,
    start: int,
    sure: float,
) -> Told:
    """ "9 engineers and 2 analysts" are eleven people."""
    one = amounts[at]
    end = one.end + (noun.end() if noun is not None else 0)
    if noun is not None and at + 1 < len(amounts):
        more = amounts[at + 1]
        between, behind = plain[one.end : more.start], plain[more.end : more.end + _BEHIND]
        other = re.match(rf"\s?{_raw('people')}", behind)
        if other is not None and _pattern("sum").search(between) and not more.currency:
            return "people", one.low + more.low, start, more.end + other.end(), sure
    return "people", one.low, start, end, sure


def _money(plain: str, one: Money) -> Told | None:
    before = plain[max(0, one.start - _BEFORE) : one.start]
    behind = plain[one.end : one.end + _BEHIND]
    if one.low < _LEAST_MONEY or not (one.currency or one.is_large):
        return None
    clause = _CLAUSE.split(before)[-1]
    for what in ("budget", "revenue"):
        named = _pattern(f"{what}_before").search(before) or (
            _pattern(f"{what}_after").search(behind) if _pattern("leads").search(clause) else None
        )
        if what == "revenue" and one.low >= _MOST_REVENUE:
            return None  # That of a whole company.
        if named is not None or _pattern(f"{what}_after").search(behind):
            start = one.start - len(clause) + (len(clause) - len(clause.lstrip()))
            return what, one.low, start, one.end, 0.88
    return None


def _users(plain: str, one: Money) -> Told | None:
    before = plain[max(0, one.start - _BEFORE) : one.start]
    behind = plain[one.end : one.end + _BEHIND]
    if one.currency or one.low < _LEAST_USERS:
        return None
    users = _pattern("users_after").search(behind)
    if users is not None:
        return "users", one.low, one.start, one.end + users.end(), 0.85
    noun = _pattern("users_noun").search(behind)
    used = _pattern("users_before").search(before)
    if used is not None and noun is not None:
        return "users", one.low, one.start - len(used[0]), one.end + noun.end(), 0.82
    return None


def _is_of_others(plain: str, one: Money) -> bool:
    """Whether a client, the role or the recruiter's own house is spoken of, or a wish."""
    before = plain[max(0, one.start - _BEFORE) : one.start]
    behind = plain[one.end : one.end + 24]
    last = None
    for last in _pattern("others").finditer(before):  # noqa: B007
        pass
    if re.search(r"\b(?:saved|savings?|in savings|cheaper|less)\b", behind):
        return True
    if last is None:
        return False
    between = before[last.end() :]
    return not (_pattern("hers").search(between) or re.search(r"[;.]|, ", between))


def _found(
    unit: Unit, one: Money, what: str, amount: Decimal, start: int, end: int, sure: float
) -> Found:
    value: dict[str, object] = {"what": what, "amount": numbers.as_json(amount)}
    if one.currency and what in {"budget", "revenue"}:
        value["currency"] = one.currency
    start = max(0, start)
    while start < one.start and not unit.text[start].isalnum():
        start += 1
    return Found(
        Kind.SCOPE, value, Polarity.HAD, unit.start + start, unit.start + end, sure, "scope"
    )


def _raw(name: str) -> str:
    return str(table("responsibility_words")[name])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_raw(name))
