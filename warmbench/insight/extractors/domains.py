"""Reads in which industries and fields people work, would like to, and would not."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from warmbench.insight import scope
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.lexicon import Lexicon, Mention, names_of
from warmbench.insight.tables import table

_NAME = "domains"
_REACH = 60
_AND = re.compile(r"\s*(?:,|/|&|\b(?:and|or|und|oder|et|ou|y|o|en|of|or anything|also|then)\b)\s*")
_DO_NOT = re.compile(
    r"\b(?:not|never|n't|no longer|don't|doesn't|won't|wouldn't|nicht|nie|pas|jamais|no|nunca|niet|"
    r"nooit|kein\w*|geen)\b"
)
_UNWANTED = re.compile(
    r"\b(?:go|goes|going|want|wants|wanted|back|interested|consider|touch|do|work|return|for|will|veut|quiere|wil)\b"
)
#: "Cinderloft (dev tools)", "Mei Tanaka / credit risk / call Tues".
_BRACKET = re.compile(r"(?:^|\s)[A-Z][\w&'-]+ \($")
_AT_ONE = re.compile(r"\b(?:i|we)\b[^,;]{0,40}\bat (?:a|an) (?:\w+ )?$")
_ROLE = re.compile(
    r"(?:engineer|manager|developer|nurse|analyst|director|officer|lead|head|counsel|sales|consultant|"
    r"construction|ops|vp|specialist|assistant|associate|partner|candidate|role|interviewer)s? \($"
)
_TITLE = re.compile(r"^[^/|.]{3,40}[/|]\s*$")


def extract(reading: Reading) -> Iterable[Found]:
    """The industries and fields of the people, each once in each sense.

    Only where it is said that somebody works, worked or would work there: not the client's.
    """
    seen: set[tuple[str, Polarity, int]] = set()
    for unit in reading.units:
        if reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE:
            continue
        for mention, polarity, confidence in _in_unit(unit):
            key = mention.name, polarity, unit.about
            if key not in seen:
                seen.add(key)
                start, end = unit.start + mention.start, unit.start + mention.end
                value = {"name": mention.name}
                yield Found(Kind.DOMAIN, value, polarity, start, end, confidence, _NAME)


def _in_unit(unit: Unit) -> Iterator[tuple[Mention, Polarity, float]]:
    plain = flat(unit.text)
    before: tuple[int, Polarity, float] | None = None
    for mention in _lexicon().within(unit.text):
        sense: tuple[Polarity, float] | None
        if before is not None and _AND.fullmatch(plain, before[0], mention.start):
            # "In retail and logistics": what is said of the first holds for the next.
            sense = before[1], before[2]
        else:
            sense = _sense(unit, plain, mention)
        before = None
        if sense is not None and not _pattern("not_behind").match(
            plain[mention.end :].lstrip(" -")
        ):
            before = mention.end, *sense
            yield mention, *sense


def _sense(unit: Unit, plain: str, mention: Mention) -> tuple[Polarity, float] | None:
    left = plain[max(0, mention.start - _REACH) : mention.start]
    left = re.split(r"[.;:!?](?:\s|$)", left)[-1]
    right = plain[mention.end : mention.end + _REACH].lstrip()
    within = scope.of(unit.text, mention.start, mention.end)
    is_wish = bool(_pattern("wanted_behind").match(right))
    is_ours = within.ours and unit.speaker != Speaker.CANDIDATE
    if within.others or is_ours or (within.supposed and not is_wish):
        return None
    works = _ends("worked", left)
    if _pattern("refused_behind").match(right) or (_ends("refused", left) and not works):
        return Polarity.REFUSES, 0.8
    if not is_wish and (within.denied or _DO_NOT.search(left)):
        return (Polarity.REFUSES, 0.75) if _UNWANTED.search(left) else None
    if is_wish or within.wished or (_ends("wanted", left) and not works):
        return Polarity.WANTS, 0.8
    if works or _pattern("worked_behind").match(right):
        return Polarity.HAD, 0.85
    return (Polarity.HAD, 0.75) if _is_told_aside(unit, mention, left, right) else None


def _is_told_aside(unit: Unit, mention: Mention, left: str, right: str) -> bool:
    """Whether it stands aside: "I'm at a bank", "Cinderloft (dev tools)", "Mei / tax / call"."""
    if unit.speaker == Speaker.CANDIDATE and _AT_ONE.search(left):
        return True
    raw = unit.text[: mention.start]
    is_small = unit.text[mention.start].islower()
    if is_small and _BRACKET.search(raw) and not _ROLE.search(left) and right.startswith(")"):
        return True
    return bool(_TITLE.match(raw)) and right[:1] in {"/", "|"}


def _ends(name: str, left: str) -> bool:
    """Whether what stands in front ends with one of the patterns."""
    return bool(re.search(rf"(?<!\w)(?:{_joined(name)})\s*$", left))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_joined(name))


@cache
def _joined(name: str) -> str:
    return "|".join(table("domains")[name])


@cache
def _lexicon() -> Lexicon:
    lists = table("domains")
    pairs = [pair for name in ("industries", "more", "fields") for pair in names_of(lists[name])]
    capitals = frozenset(spelling for spelling, _ in names_of(lists["capitals"]))
    named = [(spelling, name.lower()) for spelling, name in pairs]
    return Lexicon(named, flags={"capitals": capitals})
