"""Finds where people live and will move, where they would work, and where they would not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warmbench.insight import context, place_cues, place_names
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.place_names import Name

#: A résumé says within so many characters where its writer lives.
_HEAD = 500
_PIECE = re.compile(r"\s*(?:[|·•\u2022\n\t;]|\s[-\u2013\u2014]+\s|\s{3,})\s*")
_POSTAL = re.compile(r"^(?:[A-Z]{1,2}-)?\d{4,5}(?:\s?[A-Z]{2})?\s+")
_ALONE = re.compile(r"^[\W_]*$")
_ONLY = re.compile(
    r"^[\s.,;]*(?:only|or bust|for life|nur|uniquement|solo|alleen|preferably|ideally)"
)
_HOME_LABEL = re.compile(
    r"^(?:current )?(?:location|based|home|city|address|residence|wohnort|ort|standort|stadt|adresse|"
    r"ville|lieu|domicile|residencia|ubicacion|ciudad|woonplaats|adres|lives|base)$"
)
_WISH_LABEL = re.compile(
    r"\b(?:preferred|desired|target|relocat\w*|wunsch\w*|mobilit\w*|souhait\w*|movilidad|deseada|"
    r"voorkeur|gewenste|open to)\b"
)


@dataclass(frozen=True, slots=True)
class _Group:
    """Places of one list: “Leeds, York or Sheffield”."""

    names: tuple[Name, ...]

    @property
    def start(self) -> int:
        return self.names[0].start

    @property
    def end(self) -> int:
        return self.names[-1].after


def extract(reading: Reading) -> Iterator[Found]:
    """Places, each with the sense in which it is named."""
    people = {flat(word) for person in reading.people for word in person.split()}
    for at, unit in enumerate(reading.units):
        if unit.speaker == Speaker.OTHER or (
            reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE
        ):
            continue
        every = place_names.read(unit.text, language=reading.language, country=reading.country)
        names = [one for one in every if flat(one.name) not in people]
        if not names:
            continue
        if reading.kind == SourceKind.RESUME and unit.start < _HEAD and not unit.heading:
            yield from _in_head(unit, names)
            continue
        yield from _in_unit(reading, at, unit, _groups(unit.text, names))


def _groups(text: str, names: Sequence[Name]) -> list[_Group]:
    groups: list[list[Name]] = []
    for one in names:
        between = flat(text[groups[-1][-1].after : one.start]) if groups else ""
        if groups and place_cues.is_between(between):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [_Group(tuple(group)) for group in groups]


def _in_unit(reading: Reading, at: int, unit: Unit, groups: Sequence[_Group]) -> Iterator[Found]:
    plain = flat(unit.text)
    for number, group in enumerate(groups):
        begin = groups[number - 1].end if number else 0
        stop = groups[number + 1].start if number + 1 < len(groups) else len(plain)
        sense = place_cues.around(plain, group.start, group.end, begin, stop)
        if sense is None:
            sense = _unsaid(reading, at, unit, plain, group)
        if sense is None:
            continue
        for one in group.names:
            if one.is_doubtful and not _is_sure(plain, one, group):
                continue
            yield _found(unit, one, *sense, "place")


def _is_sure(plain: str, one: Name, group: _Group) -> bool:
    """Whether a name that is also a word stands as a place does."""
    before = plain[max(0, one.start - 24) : one.start]
    after_preposition = re.search(
        r"\b(?:in|to|near|from|at|around|outside|nach|bei|aus|a|en|te|naar|of|or|not|no|only)\s+$",
        before,
    )
    # At the beginning any word has a capital.
    return bool(after_preposition) or len(group.names) > 1 or one.start > 0


def _unsaid(
    reading: Reading, at: int, unit: Unit, plain: str, group: _Group
) -> tuple[Polarity, float] | None:
    """The sense of a place that stands alone: by its label, the question before it, or as a note."""
    heading = flat(unit.heading)
    if heading and _WISH_LABEL.search(heading):
        return Polarity.WANTS, 0.9
    if heading and _HOME_LABEL.search(heading):
        return Polarity.HAD, 0.9
    rest = plain[: group.start] + plain[group.end :]
    question = context.question(reading.units, at)
    if question and group.start < 12:
        answer = place_cues.asked(question)
        if answer is not None and not place_cues.is_about_others(plain, group.start):
            return answer, 0.85
    if any(one.is_doubtful for one in group.names) or unit.speaker == Speaker.CANDIDATE:
        return None
    if _ONLY.search(plain[group.end :]) and group.start == 0:
        return Polarity.WANTS, 0.85
    if _ALONE.search(rest):
        return (Polarity.WANTS, 0.8) if len(group.names) > 1 else (Polarity.HAD, 0.7)
    return None


def _in_head(unit: Unit, names: Sequence[Name]) -> Iterator[Found]:
    """At the top of a résumé the writer's own place stands between other details."""
    position = 0
    for piece in [*_PIECE.finditer(unit.text), None]:
        end = piece.start() if piece is not None else len(unit.text)
        for one in names:
            if not position <= one.start < end:
                continue
            before = _POSTAL.sub("", unit.text[position : one.start])
            label = flat(before).strip(" :")
            if (not before.strip(" ,") or _HOME_LABEL.search(label)) and _is_all(
                unit.text[one.after : end]
            ):
                yield _found(unit, one, Polarity.HAD, 0.92, "place")
                break
        position = piece.end() if piece is not None else end


def _is_all(rest: str) -> bool:
    """Whether nothing of weight follows: a code, a country, a full stop."""
    return len(rest.strip(" .,")) <= 3 or bool(re.fullmatch(r",?\s*[A-Z][\w .]{1,24}", rest))


def _found(unit: Unit, one: Name, polarity: Polarity, sure: float, extractor: str) -> Found:
    value = {"name": one.name}
    if one.country:
        value["country"] = one.country
    start, end = _clause(unit.text, one.start, one.end)
    return Found(Kind.PLACE, value, polarity, unit.start + start, unit.start + end, sure, extractor)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The name with the words of its clause that say what of it."""
    first = max((text.rfind(mark, max(0, start - 60), start) + 1 for mark in ",;.(:"), default=0)
    first = max(first, start - 60, 0)
    while first > 0 and not text[first - 1].isspace() and text[first - 1] not in ",;.(:":
        first -= 1
    last = min((at for mark in ";.)!" if (at := text.find(mark, end)) >= 0), default=len(text))
    last = min(last, end + 60)
    while last < len(text) and text[last - 1].isalnum() and text[last].isalnum():
        last -= 1
    while first < start and not text[first].isalnum():
        first += 1
    return first, max(last, end)
