"""Reads at which level people work, and at which they want to or do not."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from warmbench.insight import context, meanings, scope
from warmbench.insight.extractors import titles
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.tables import table

_RULES = (
    # (rule, level, sense, share of right ones)
    ("no_reports", "individual_contributor", Polarity.HAD, 0.9),
    ("wants_craft", "individual_contributor", Polarity.WANTS, 0.88),
    ("refuses_people", "manager", Polarity.REFUSES, 0.88),
    ("wants_people", "manager", Polarity.WANTS, 0.85),
)
_LEVELS = ("executive", "director", "manager", "individual_contributor")
_MANAGED = re.compile(
    r"(?:have you|did you|do you|ever|how many|any)[^?]{0,40}(?:manag|lead|led|report|people|team)|"
    r"(?:fuhren|gefuhrt|mitarbeiter)[^?]{0,40}|(?:manage|encadr)[^?]{0,40}|(?:gestionado|"
    r"a cargo)|(?:leiding|aangestuurd)"
)
#: “Number two to the CFO”: whoever stands next to the top, whatever the title.
_SECOND = re.compile(
    r"\b(?:number two|no\.? ?2|second in command|2ic|right hand|deputy) (?:to|of|under) (?:the "
    r"|our |a )?"
    r"(?:c[efot]o|coo|chro|ciso|managing director|md|chief \w+ officer|chief executive)\b"
)
_NEVER = re.compile(
    r"\s*(?:no,? )?(?:never|not (?:yet|really)|none|nobody|no one|nein,? (?:nie|noch nie)|nie|"
    r"jamais|nunca|nooit)\b"
)


#: Without these, “looking for a manager” may be about somebody else.
_BECOMES = re.compile(
    r"\b(?:become|be|step\w*|mov\w+|grow\w*|promot\w+|ready|werden|devenir|evoluer|ser|llegar|"
    r"worden)\b"
)


def extract(reading: Reading) -> Iterator[Found]:
    """Levels that are said; of titles only those that leave no doubt."""
    above: dict[int, str] = {}
    for unit, held in titles.told(reading):
        level = held.title.level
        is_now = held.polarity == Polarity.HAD and held.is_current
        if level and is_now and unit.about not in above:
            above[unit.about] = level
            yield _of_title(unit, held, level)
    told: set[tuple[int, Polarity]] = {(about, Polarity.HAD) for about in above}
    meant = {one.unit: one for one in meanings.surest(meanings.told(reading, Kind.SENIORITY))}
    for at, unit in context.told(reading):
        said = list(_said(reading, at, unit)) or list(_likely(unit, meant))
        for one in said:
            key = unit.about, one.polarity
            if one.polarity != Polarity.HAD or key not in told:
                told.add(key)
                yield one


def _likely(unit: Unit, every: Mapping[Unit, meanings.Meant]) -> Iterator[Found]:
    """What a sentence means by what it is like: a wish if it has the words for one."""
    meant = every.get(unit)
    if meant and not _patterns()["not_theirs"].search(context.plain(unit)):
        is_wish = _patterns()["wishes"].search(context.plain(unit))
        sense = Polarity.WANTS if is_wish else Polarity.HAD
        yield meanings.found(Kind.SENIORITY, {"level": meant.what}, sense, meant)


def _of_title(unit: Unit, held: titles.Held, level: str) -> Found:
    return Found(
        Kind.SENIORITY, {"level": level}, held.polarity, unit.start + held.title.start,
        unit.start + held.title.end, min(held.confidence, 0.85), "seniority.title",
    )  # fmt: skip


def _said(reading: Reading, at: int, unit: Unit) -> Iterator[Found]:
    plain = context.plain(unit)
    if _patterns()["not_theirs"].search(plain):
        return
    if (answer := _answer(reading, at, plain)) is not None:
        yield answer
        return
    for rule, level, polarity, sure in _RULES:
        for match in _patterns()[rule].finditer(plain):
            if context.is_of("relatives", plain[: match.start()]):
                continue
            sense = scope.of(unit.text, match.start(), match.end())
            if sense.supposed or sense.others or (sense.past and polarity == Polarity.HAD):
                continue
            if rule == "wants_people" and sense.denied:
                continue
            yield _found(unit, level, polarity, match, sure, rule)
            return
    if second := _SECOND.search(plain):
        sense = scope.of(unit.text, *second.span())
        if not (sense.denied or sense.others or sense.supposed or sense.past or sense.wished):
            yield _found(unit, "director", Polarity.HAD, second, 0.65, "second")
            return
    yield from _judged(unit, plain)
    yield from _named(unit, plain)


def _answer(reading: Reading, at: int, plain: str) -> Found | None:
    """“Have you managed people?” “No, never.”"""
    unit = reading.units[at]
    match = _NEVER.match(plain)
    if match is None:
        return None
    asked = context.question(reading.units, at)
    if not asked or not _MANAGED.search(asked) or not _patterns()["people"].search(asked):
        return None
    return _found(unit, "individual_contributor", Polarity.HAD, match, 0.85, "answer")


def _judged(unit: Unit, plain: str) -> Iterator[Found]:
    """“A strong manager, not a director yet.”"""
    match = _patterns()["judged"].search(plain)
    if match is None:
        return
    for level in _LEVELS:
        if _level(level).fullmatch(match["is"]):
            yield _found(unit, level, Polarity.HAD, match, 0.85, "judged")
            return


def _named(unit: Unit, plain: str) -> Iterator[Found]:
    """“Looking for a director position”, “wants to step up to manager level”."""
    for level in _LEVELS[:3]:
        for match in _named_level(level).finditer(plain):
            sense = scope.of(unit.text, match.start("level"), match.end("level"))
            if sense.supposed or sense.others or not (match["of"] or _BECOMES.search(match[0])):
                continue
            polarity = Polarity.REFUSES if sense.denied else Polarity.WANTS
            yield _found(unit, level, polarity, match, 0.85, "named")
            return


def _found(
    unit: Unit, level: str, polarity: Polarity, match: re.Match[str], sure: float, rule: str
) -> Found:
    return Found(
        Kind.SENIORITY, {"level": level}, polarity, unit.start + match.start(),
        unit.start + match.end(), sure, f"seniority.{rule}",
    )  # fmt: skip


@cache
def _level(level: str) -> re.Pattern[str]:
    return re.compile("|".join(table("seniority")["levels"][level]))


@cache
def _named_level(level: str) -> re.Pattern[str]:
    words = table("seniority")
    steps, levels = "|".join(words["steps"]), "|".join(words["levels"][level])
    of_level = "|".join(words["of_level"])
    return re.compile(
        rf"(?<!\w)(?:{steps})\s?(?<=\s)(?P<level>(?:{levels})(?P<of>[- ](?:{of_level}))?)"
        r"(?![\w-])(?! (?:who|whom|that|at|of|for|von|chez|bei)\b)"
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = table("seniority")
    found = {
        name: re.compile(rf"(?<![\w'-])(?:{'|'.join(words['frames'][name])})(?!\w)")
        for name in words["frames"]
    }
    levels = "|".join(one for level in _LEVELS for one in words["levels"][level])
    found["judged"] = re.compile(
        r"\b(?:is|ist|est|es|bleibt|remains|as|see|strong|solid|good)"
        r"(?: (?:an?|eine?|une?|een|very|"
        r"strong|solid|good|clearly|still|guter?|starker?|buena?|bon|bonne|goede)){0,4} "
        rf"(?P<is>{levels})(?:,? (?:but |aber |mais |pero |maar )?"
        rf"(?:not|no|nicht|keine?|noch keine?|pas|geen)(?: (?:an?|une?|de|yet|noch))* "
        rf"(?:{levels})\b)"
    )
    return found
