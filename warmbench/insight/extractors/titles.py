"""Reads what people are by their title, were, want to be, or do not want to be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from warmbench.insight import context, judging, resume_lines, scope, title_cues, titling
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.reading.words import plain as plain_words
from warmbench.insight.tables import table
from warmbench.insight.titling import Title

#: The first sentences about somebody may say who that is without a verb.
_OPENING = 3
#: A signature is among the last of a mail.
_CLOSING = 4
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[,;:.!?()/|]")
_MOST_BACK = 9


@dataclass(frozen=True, slots=True)
class Held:
    """A title, whose sense is told."""

    title: Title
    polarity: Polarity
    confidence: float
    rule: str
    is_current: bool = False


def extract(reading: Reading) -> Iterator[Found]:
    """The titles that somebody has, had, wants or refuses."""
    yield from judging.weighed(reading, Kind.TITLE, list(_ruled(reading)))


def _ruled(reading: Reading) -> Iterator[Found]:
    for unit, held in told(reading):
        value: dict[str, Any] = {"name": held.title.name}
        if held.polarity == Polarity.HAD and held.is_current:
            value["current"] = True
        yield Found(
            Kind.TITLE,
            value,
            held.polarity,
            unit.start + held.title.start,
            unit.start + held.title.end,
            held.confidence,
            f"titles.{held.rule}",
        )


@lru_cache(maxsize=4)
def told(reading: Reading) -> tuple[tuple[Unit, Held], ...]:
    """Each title of theirs and the sentence in which it stands."""
    return tuple(_told(reading))


def _told(reading: Reading) -> Iterator[tuple[Unit, Held]]:
    names = frozenset(word for name in reading.people for word in flat(name).split())
    for at, unit in context.told(reading):
        titles = titling.find(unit.text, names)
        if not titles:
            continue
        if reading.kind == SourceKind.RESUME:
            yield from ((unit, one) for one in _of_resume(reading, at, titles))
        else:
            yield from ((unit, one) for one in _of_sentence(reading, at, titles))


def _of_resume(reading: Reading, at: int, titles: Sequence[Title]) -> Iterator[Held]:
    unit = reading.units[at]
    if unit.heading in {"wishes", "summary", "personal", ""} or _label(unit) == "wish":
        opened = False
        for one in _of_sentence(reading, at, titles):
            if one.polarity != Polarity.HAD:
                opened = True
                yield one
        if opened:
            return
    line = resume_lines.station(reading, at)
    if line is None:
        return
    for title in titles:
        if title.is_bare and not _is_whole(line, title):
            continue
        if resume_lines.begins(line, title.start) and not title_cues.CERTIFIED.match(
            flat(unit.text[title.end :])
        ):
            is_current = resume_lines.is_current(reading, at)
            yield Held(title, Polarity.HAD, 0.92, "station", is_current=is_current)
            return


def _is_whole(line: resume_lines.Station, title: Title) -> bool:
    """Whether a bare “Manager” is all that its piece of a line says."""
    return any(one.start == title.start and one.end <= title.end + 1 for one in line.segments)


def _of_sentence(reading: Reading, at: int, titles: Sequence[Title]) -> Iterator[Held]:
    unit = reading.units[at]
    plain = context.plain(unit)
    last: Held | None = None
    for title in titles:
        held = None
        if last is not None and _joins(plain[last.title.end : title.start]):
            held = Held(
                title, last.polarity, last.confidence - 0.02, last.rule, is_current=last.is_current
            )
        if held is None:
            held = _judged(reading, at, plain, title)
        if held is not None and (not title.is_bare or _is_backed(held, unit)):
            yield held
        last = held


def _is_backed(held: Held, unit: Unit) -> bool:
    """Whether more than a bare “manager” says that it is a title: a place of work."""
    after = flat(unit.text[held.title.end :])
    return held.rule in {"at", "signature"} or bool(
        held.rule == "is"
        and (at_work := title_cues.AT.match(after))
        and unit.text[held.title.end + at_work.end() :][:1].isupper()
    )


def _joins(between: str) -> bool:
    return bool(
        re.fullmatch(r"\s?(?:/|or|oder|ou|o|of)\s?(?:an?\s|eine?\s|une?\s|een\s)?", between)
    )


def _judged(reading: Reading, at: int, plain: str, title: Title) -> Held | None:
    """In which sense a title stands in a sentence. None where it is nobody's, or not theirs."""
    unit = reading.units[at]
    before, after = plain[: title.start], plain[title.end :]
    label = _label(unit)
    if context.is_of("relatives", before):
        return None
    sense = scope.of(unit.text, title.start, title.end)
    wanted = _wanted(reading, at, plain, title, sense)
    if wanted is not None:
        return wanted
    if label == "foreign" or sense.supposed or sense.others or _is_anothers(before):
        return None
    if sense.denied or sense.planned:
        return None
    return _had(reading, at, plain, title, sense) or _unsaid(reading, at, before, after, title)


def _is_anothers(before: str) -> bool:
    return bool(_patterns()["never"].search(before)) and not title_cues.TOOK.search(before)


def _wanted(reading: Reading, at: int, plain: str, title: Title, sense: scope.Scope) -> Held | None:
    before, after = plain[: title.start], plain[title.end :]
    unit = reading.units[at]
    if title_cues.NOT_ANOTHER.search(before) and _is_spoken_of(after):
        return Held(title, Polarity.REFUSES, 0.82, "refuses")
    is_wished = _is_wished(before) or bool(_patterns()["wished_behind"].match(after))
    opens = not _behind_label(before, unit).strip(" \"'*(-") and _label(unit) == "wish"
    asked = (
        not is_wished
        and not before.strip()
        and _patterns()["asks_wish"].search(context.question(reading.units, at))
        and bool(title_cues.CLOSED.match(after))
    )
    if not (is_wished or opens or asked) or title_cues.OFFERED.search(before):
        return None
    if sense.supposed or (sense.ours and unit.speaker != Speaker.CANDIDATE):
        return None
    if sense.denied:
        return Held(title, Polarity.REFUSES, 0.8, "refuses")
    if title_cues.LONG_AGO.search(plain) and not opens:
        return None
    return Held(title, Polarity.WANTS, 0.9 if is_wished else 0.85, "wants")


def _behind_label(before: str, unit: Unit) -> str:
    """What stands before a title, without the label of its line: “Wants: ”."""
    if dots := title_cues.DOTS.match(before):
        return before[dots.end() :]
    label, colon, rest = before.partition(":")
    is_label = bool(colon and unit.heading) and plain_words(label) == unit.heading
    return rest if is_label or (colon and unit.heading == "wishes") else before


def _is_wished(before: str) -> bool:
    """Whether a word of wishing leads to the title: “looking for a”, “keep warm for”."""
    words = _TOKEN.findall(before)[::-1][:_MOST_BACK]
    filler = _words("wish_filler")
    for number, word in enumerate(words):
        if word in _words("wishes"):
            is_plain = word not in _ALSO_OTHERWISE
            if is_plain or _is_led_by_wish(words[number + 1 :], word):
                return True
        if word not in filler and word != ":" and not word.endswith(("'d", "'ll")):
            return False
    return False


#: Words of wishing that also say other things.
_ALSO_OTHERWISE = frozenset({"up", "move", "step", "take", "next", "will", "like", "look"})


def _is_led_by_wish(words: Sequence[str], word: str) -> bool:
    """Whether a word that also says other things is one of wishing here."""
    if word in {"next", "step"}:
        return True
    return any(
        one in {"want", "wants", "would", "wld", "to", "wish", "hopes", "hope", "ready", "wanted"}
        or one.endswith("'d")
        or (word == "will" and one in {"er", "sie", "ich", "hij", "ze", "und"})
        for one in words[:3]
    )


def _had(reading: Reading, at: int, plain: str, title: Title, sense: scope.Scope) -> Held | None:
    """“She is …”, “was …”, “… at Corvane”."""
    unit = reading.units[at]
    before, after = plain[: title.start], plain[title.end :]
    if _is_spoken_of(after) and not title_cues.TOOK.search(before):
        return None
    if was := _patterns()["was"].search(before):
        return _unless_named(reading, unit, title, was)
    if match := _patterns()["is"].search(before):
        is_another = unit.speaker == Speaker.CANDIDATE and title_cues.OF_ANOTHER.match(match[0])
        if is_another or (match[0].startswith("as ") and not title_cues.TOOK_UP.search(before)):
            return None
        return _unless_named(reading, unit, title, match, is_current=not sense.past)
    if sense.wished or not _is_led(before, reading):
        return None
    return _placed(unit, after, title, sense)


def _placed(unit: Unit, after: str, title: Title, sense: scope.Scope) -> Held | None:
    """“Controller at Corvane”, “controller since 2019”."""
    if title_cues.BADGE.match(after):
        return Held(title, Polarity.HAD, 0.85, "badge", is_current=True)
    at_work = title_cues.AT.match(after)
    name = unit.text[title.end + at_work.end() :] if at_work else ""
    if name[:1].isupper() or name[:1].isdigit():
        return Held(title, Polarity.HAD, 0.9, "at", is_current=not sense.past)
    if title_cues.SINCE.match(after):
        return Held(title, Polarity.HAD, 0.85, "since", is_current=True)
    return None


def _unless_named(
    reading: Reading, unit: Unit, title: Title, frame: re.Match[str], *, is_current: bool = False
) -> Held | None:
    """None where somebody else is named as who it is: “Ravi is a trader”."""
    named = title_cues.NAMED.search(unit.text, 0, title.start)
    if named and flat(named["name"]) not in _listed("never_names"):
        people = {word for name in reading.people for word in flat(name).split()}
        if flat(named["name"]) not in people:
            return None
    if frame[0].startswith("as") and not is_current and title.is_bare:
        return None
    return Held(title, Polarity.HAD, 0.92, "was" if not is_current else "is", is_current=is_current)


def _is_spoken_of(after: str) -> bool:
    """“The controller role”: a position that is talked about."""
    match = title_cues.ROLE_ONLY.match(after)
    return bool(match and match["word"] in _words("roles") and not after.startswith((",", ".")))


def _is_led(before: str, reading: Reading) -> bool:
    """Whether what stands before a title leaves it theirs: nothing, their name, a comma, “a”."""
    if not before.strip(" \"'*_(-"):
        return True
    if _begins(before, reading):
        return True
    return bool(
        re.search(
            r"(?:[,:(;-]|\b(?:an?|eine?|une?|una?|een|als|and|und|et|y|yrs|years))\s*$", before
        )
    )


def _begins(before: str, reading: Reading) -> bool:
    """Whether only their name, a day or a number stands before it in its sentence."""
    rest = before.strip(" \t*_\"'")
    if not rest:
        return True
    if title_cues.OPENS.fullmatch(before):
        return True
    words = re.findall(r"[^\W\d_][\w'-]*", rest)
    people = {word for name in reading.people for word in flat(name).split()}
    others = [word for word in words if word not in people and word not in _listed("beside_names")]
    return bool(words) and not others and bool(re.search(r"[,:(|/\u2013-]$|\n$", rest))


def _unsaid(reading: Reading, at: int, before: str, after: str, title: Title) -> Held | None:
    """A title that stands by itself where one says who somebody is."""
    unit = reading.units[at]
    is_closed = title_cues.CLOSED.match(after) or title_cues.LEADS_ON.match(after)
    if not is_closed or _is_spoken_of(after):
        return None
    is_first = _begins(before, reading)
    if reading.kind == SourceKind.EMAIL:
        is_last = at >= len(reading.units) - _CLOSING and at > 0
        is_signed = is_last and is_first and not after.lstrip().startswith("?")
        rule, sure = ("signature", 0.85) if is_signed else ("", 0.0)
    elif _label(unit) == "own" and not _behind_label(before, unit).strip(" ."):
        rule, sure = "label", 0.9
    elif reading.kind == SourceKind.TRANSCRIPT:
        is_answer = at == 0 or reading.units[at - 1].part != unit.part
        is_asked = bool(title_cues.ASKED.search(context.question(reading.units, at)))
        says = title_cues.ANSWERS.match(after) or (is_asked and title_cues.CLOSED.match(after))
        goes_on = is_answer and is_first and says
        rule, sure = ("answer", 0.8) if goes_on else ("", 0.0)
    else:
        opening = sum(1 for one in reading.units[:at] if one.about == unit.about) <= _OPENING
        is_opening = is_first and (opening or before.strip())
        rule, sure = ("opening", 0.85) if is_opening else ("", 0.0)
    return Held(title, Polarity.HAD, sure, rule, is_current=True) if rule else None


def _label(unit: Unit) -> str:
    """What the label above a sentence makes of titles below it: “wish”, “own”, “foreign” or ""."""
    heading = unit.heading
    if not heading:
        return ""
    if heading in _words("wish_labels") or heading == "wishes":
        return "wish"
    if heading in _words("own_labels"):
        return "own"
    return "foreign" if heading in _words("foreign_labels") else ""


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(table("titles")[name])


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(table("titles")["frames"][name])


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    frames = table("titles")["frames"]

    def any_of(name: str) -> str:
        return "|".join(frames[name])

    filler = rf"(?:\s(?:{any_of('filler')})){{0,3}}"
    return {
        "is": re.compile(rf"(?<![\w'])(?:{any_of('is')}){filler}[\s*\"']*$"),
        "was": re.compile(rf"(?<![\w'])(?:{any_of('was')}){filler}[\s*\"'-]*$"),
        "never": re.compile(rf"(?<![\w'-])(?:{any_of('never')})$"),
        "wished_behind": re.compile(any_of("wished_behind")),
        "asks_wish": re.compile(any_of("asks_wish")),
    }
