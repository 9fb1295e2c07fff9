"""Finds where people live and will move, where they would work, and where they would not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warmbench.insight import context, judging, place_cues, place_names
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.place_names import Name
from warmbench.insight.tables import table

#: A résumé says within so many characters where its writer lives.
_HEAD = 500
#: So near its beginning an answer names the place.
_BEGINNING = 12
#: More places than these beside each other are a list of what would do.
_FEW = 2
#: A note says within so many characters whom it is about.
_TOP = 160
_PIECE = re.compile(r"\s*(?:[|·•\u2022\n\t;]|\s[-\u2013\u2014]+\s|\s{3,})\s*")
_POSTAL = re.compile(r"^(?:[A-Z]{1,2}-)?\d{4,5}(?:\s?[A-Z]{2})?\s+")
_CODE = re.compile(r"(?:^|\s)\d{4,5}(?: [A-Z]{2})? $")
_ALONE = re.compile(r"^[\W_]*$")
_ONLY = re.compile(
    r"^[\s.,;]*(?:only|or bust|for life|nur|uniquement|solo|alleen|preferably|ideally)"
)
_HOME_LABEL = re.compile(
    r"^(?:current )?(?:location|based|home|city|address|residence|wohnort|ort|standort|stadt"
    r"|adresse|ville|lieu|domicile|residencia|ubicacion|ciudad|woonplaats|adres|lives|base)$"
)
_WISH_LABEL = re.compile(
    r"\b(?:preferred|desired|target|relocat\w*|wunsch\w*|mobilit\w*|souhait\w*|movilidad|deseada|"
    r"voorkeur|gewenste|open to|regions?)\b"
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
    yield from judging.weighed(reading, Kind.PLACE, list(_ruled(reading)))


def _ruled(reading: Reading) -> Iterator[Found]:
    people = {flat(word) for person in reading.people for word in person.split()}
    for at, unit in enumerate(reading.units):
        if unit.speaker == Speaker.OTHER or (
            reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE
        ):
            continue
        every = place_names.read(unit.text, language=reading.language, country=reading.country)
        names = [one for one in every if flat(one.name) not in people]
        if names and reading.kind == SourceKind.RESUME and unit.start < _HEAD:
            head = list(_in_head(unit, names))
            yield from head
            names = names if not head else []
        if names:
            yield from _in_unit(reading, at, unit, _groups(unit.text, names))
        elif reading.kind == SourceKind.TRANSCRIPT or unit.speaker == Speaker.CANDIDATE:
            yield from _answered(reading, at, unit)


def _answered(reading: Reading, at: int, unit: Unit) -> Iterator[Found]:
    """The place that somebody else named right before: "Is Antwerp okay?" "Works for me."."""
    plain = flat(unit.text)
    first = at
    while first and reading.units[first - 1].part == unit.part:
        first -= 1
    asked = context.question(reading.units, first) if first else ""
    goes = place_cues.goes_there(plain)
    sense = Polarity.PLANS if goes else place_cues.answered(asked, plain)
    if sense is None:
        return
    spoken = [
        one for one in reading.units[max(0, first - 3) : at] if goes or one.speaker != unit.speaker
    ]
    named = [
        one
        for other in spoken[-3:]
        for one in place_names.read(other.text, language=reading.language, country=reading.country)
        if not one.is_doubtful
    ]
    if named and (goes or len({one.name for one in named}) == 1):
        value = {"name": named[-1].name}
        if named[-1].country:
            value["country"] = named[-1].country
        yield Found(Kind.PLACE, value, sense, unit.start, unit.end, 0.78, "place:answer")


def _groups(text: str, names: Sequence[Name]) -> list[_Group]:
    plain = flat(text)
    groups: list[list[Name]] = []
    for one in names:
        between = plain[groups[-1][-1].after : one.start] if groups else ""
        # "Lives in Leeds, Bradford is fine": somebody lives in one place.
        lives = groups and place_cues.is_home(plain[: groups[-1][0].start])
        if groups and not lives and place_cues.is_between(between):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [_Group(tuple(group)) for group in groups]


def _in_unit(reading: Reading, at: int, unit: Unit, groups: Sequence[_Group]) -> Iterator[Found]:
    plain = flat(unit.text)
    last = None
    for number, group in enumerate(groups):
        begin = groups[number - 1].end if number else 0
        stop = groups[number + 1].start if number + 1 < len(groups) else len(plain)
        sense = place_cues.around(plain, group.start, group.end, begin, stop)
        if sense is None:
            sense = _unsaid(reading, at, unit, plain, group)
        if sense is None and number == 0:
            sense = _at_top(reading, unit, plain, group)
        if sense is None and last is not None and place_cues.is_also(plain[group.end : stop]):
            sense = last
        last = sense
        if sense is None:
            continue
        for one in group.names:
            if one.is_doubtful and not _is_sure(plain, one, group, sense[0]):
                continue
            yield _found(unit, one, *sense, "place")


def _is_sure(plain: str, one: Name, group: _Group, sense: Polarity) -> bool:
    """Whether a name that is also a word stands as a place does."""
    before = plain[max(0, one.start - 24) : one.start]
    if re.match(r"[ -]based\b", plain[one.after :]):
        return True
    after_preposition = re.search(
        r"\b(?:in|to|near|from|at|around|outside|nach|bei|aus|a|en|te|naar|of|or|not|no|only)\s+$",
        before,
    )
    if flat(one.name) in table("place_words")["ordinary"]:
        return bool(after_preposition)
    # At the beginning any word has a capital.
    is_told = sense in {Polarity.WANTS, Polarity.REFUSES}
    return bool(after_preposition) or len(group.names) > 1 or one.start > 0 or is_told


def _unsaid(
    reading: Reading, at: int, unit: Unit, plain: str, group: _Group
) -> tuple[Polarity, float] | None:
    """The sense of a place that stands alone: by its label, the question, or as a note."""
    heading = flat(unit.heading)
    if heading and _WISH_LABEL.search(heading):
        return Polarity.WANTS, 0.9
    if heading and _HOME_LABEL.search(heading):
        return Polarity.HAD, 0.9
    question = context.question(reading.units, at)
    if question and group.start < _BEGINNING:
        answer = place_cues.asked(question)
        if answer is not None and not place_cues.is_about_others(plain, group.start):
            return answer, 0.85
    return _noted(unit, plain, group)


def _at_top(
    reading: Reading, unit: Unit, plain: str, group: _Group
) -> tuple[Polarity, float] | None:
    """ "Ana Ruiz, Leeds", "Ana Ruiz (Leeds), nurse": at the top of a note, beside the name."""
    one = group.names[0]
    if (
        reading.kind not in {SourceKind.NOTE, SourceKind.DEBRIEF}
        or unit.start > _TOP
        or one.is_doubtful
        or len(group.names) > 1
    ):
        return None
    names = {word for person in reading.people[:1] for word in flat(person).split()}
    named = any(word in names for word in re.findall(r"[\w'-]+", plain[: one.start]))
    before, behind = plain[: one.start].rstrip(), plain[one.after :].lstrip()
    begins = before[-1:] in {",", "(", "|", "-", "/", ";"}
    ends = not behind or behind[0] in ",.)|;/-("
    return (Polarity.HAD, 0.75) if named and begins and ends else None


def _noted(unit: Unit, plain: str, group: _Group) -> tuple[Polarity, float] | None:
    """ "Leeds or Harrogate.", "Chicago only.", "Leeds." """
    if len(group.names) > 1 and _is_choice(plain, group):
        return Polarity.WANTS, 0.82
    if all(one.is_doubtful for one in group.names):
        return None
    rest = plain[: group.start] + plain[group.end :]
    is_list = len(group.names) > _FEW and group.start == 0 and len(rest.split()) <= _FEW + 2
    if len(group.names) > 1 and (is_list or _ALONE.search(rest)):
        return Polarity.WANTS, 0.75
    if _ONLY.search(plain[group.end :]) and group.start == 0:
        return Polarity.WANTS, 0.85
    is_alone = len(group.names) == 1 and _ALONE.search(plain[: group.start] + plain[group.end :])
    is_noted = is_alone and unit.speaker != Speaker.CANDIDATE
    return (Polarity.HAD, 0.7) if is_noted else None


def _is_choice(plain: str, group: _Group) -> bool:
    """ "Leeds or Harrogate", as a clause of its own."""
    between = plain[group.names[-2].after : group.names[-1].start]
    begins = not plain[: group.start].strip() or plain[: group.start].rstrip()[-1] in ",;:.("
    ends = re.match(r"\s*(?:$|[,.;)!(]|\bonly\b|\bor\b|\bou\b|-)", plain[group.end :])
    return begins and bool(ends) and bool(re.search(r"\b(?:or|oder|ou|o|of)\b|/", between))


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
            if _CODE.search(before):
                before = ""
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
