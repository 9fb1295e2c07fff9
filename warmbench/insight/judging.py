"""Judges in which sense a title, an employer, a place or an industry is named, as it was taught."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from warmbench.insight import context, mentions, resume_lines, scope, title_cues
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind
from warmbench.insight.mentions import Mention

Weights = npt.NDArray[np.float32]

#: The senses that are told apart.
NONE, NOW, PAST, WANTS, REFUSES, PLANS = range(6)
SENSES = 6
#: Features share so many places; two that meet in one cost little.
PLACES = 1 << 15
_NEAR, _FAR = 4, 9
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[^\w\s]|\n")
_STEM = 5
_SIGN = {
    Kind.TITLE: "<t>",
    Kind.PLACE: "<p>",
    Kind.DOMAIN: "<d>",
    Kind.EMPLOYER: "<n>",
    Kind.REFERRAL: "<n>",
    Kind.PAY: "<#>",
    Kind.START: "<when>",
    Kind.NOTICE: "<long>",
    Kind.SKILL: "<s>",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign, or the sign of a whole name."""

    text: str
    start: int
    end: int


def tokens(unit: Unit, named: Sequence[Mention], reading: Reading) -> list[Token]:
    """The words and signs of a sentence, with a sign in the place of each name."""
    plain = context.plain(unit)
    people = {word for name in reading.people for word in flat(name).split()}
    found: list[Token] = []
    position = 0
    for one in [*named, None]:
        end = one.start if one else len(plain)
        if end < position:
            continue
        found += [
            Token(_sign(match[0], people), match.start(), match.end())
            for match in _TOKEN.finditer(plain, position, end)
        ]
        if one:
            is_told = "told:True" in one.traits and one.kind == Kind.EMPLOYER
            sign = "<o>" if is_told else "<n>" if "unlisted" in one.traits else _SIGN[one.kind]
            found.append(Token(sign, one.start, one.end))
            position = one.end
    return found


def _sign(word: str, people: set[str]) -> str:
    if word[0].isdigit():
        return "<y>" if re.fullmatch(r"(?:19|20)\d\d", word) else "<0>"
    return "<me>" if word in people else word


def features(reading: Reading, at: int, one: Mention, words: Sequence[Token]) -> list[int]:
    """The places of what is seen of a mention and around it, for any kind and for its own."""
    seen, kind = _seen(reading, at, one, words), str(one.kind)
    names = [*seen, *(f"{kind}|{name}" for name in seen), kind]
    return [crc32(name.encode()) % PLACES for name in names]


def own_features(reading: Reading, at: int, one: Mention, words: Sequence[Token]) -> list[int]:
    """The same for its own kind alone, where each kind has a model of its own."""
    names = [*_seen(reading, at, one, words), str(one.kind)]
    return [crc32(name.encode()) % PLACES for name in names]


def _seen(reading: Reading, at: int, one: Mention, words: Sequence[Token]) -> list[str]:
    unit = reading.units[at]
    spot = bisect_left(words, one.start, key=lambda word: word.start)
    seen = [*_around(words, spot), *_circumstances(reading, at, unit, one, words, spot)]
    return [*seen, *(f"own:{trait}" for trait in one.traits)]


def _around(words: Sequence[Token], spot: int) -> list[str]:
    first, last = _listed(words, spot)
    left = [word.text for word in words[max(0, first - _FAR) : first]][::-1]
    right = [word.text for word in words[last + 1 : last + 1 + _FAR]]
    left += ["^"] * (_NEAR - len(left))
    right += ["$"] * (_NEAR - len(right))
    seen = []
    if last > first:
        before = [word.text for word in words[max(0, spot - _NEAR) : spot]][::-1]
        behind = [word.text for word in words[spot + 1 : spot + 1 + _NEAR]]
        seen.append(f"list:{first < spot}:{last > spot}")
        for size in (2, 3, _NEAR):
            seen += [f"il{size}:{' '.join(before[:size])}", f"ir{size}:{' '.join(behind[:size])}"]
    if first < spot:
        seen.append(f"l0:{words[spot - 1].text}")
    if last > spot:
        seen.append(f"r0:{words[spot + 1].text}")
    for side, near in (("l", left), ("r", right)):
        for size in (1, 2, 3):
            seen.append(f"{side}{size}:{' '.join(near[:size])}")
        seen += [f"{side}.{n}:{word}" for n, word in enumerate(near[1:_NEAR], 1)]
        is_near = True
        for word in near:
            is_near = is_near and word not in _BREAKS
            mark = "b" if is_near else "f"
            seen.append(f"{side}{mark}:{word}")
            if len(word) > _STEM:
                seen.append(f"{side}{mark}:{word[:_STEM]}*")
        seen += [f"{side}p:{one} {other}" for one, other in list(pairwise(near))[:6]]
    seen.append(f"lr:{left[0]} {right[0]}")
    return seen


def _listed(words: Sequence[Token], spot: int) -> tuple[int, int]:
    """The first and the last of the names of one kind that stand together: “Leeds or York”."""
    first = last = spot
    sign = words[spot].text
    if sign in _ALONE:
        return spot, spot
    signs = {"<p>", "<n>"} if sign in {"<p>", "<n>"} else {sign}
    while first > 1 and words[first - 1].text in _LINKS and words[first - 2].text in signs:
        first -= 2
    while (
        last + 2 < len(words) and words[last + 1].text in _LINKS and words[last + 2].text in signs
    ):
        last += 2
    return first, last


#: Of two amounts or dates beside each other each has a sense of its own.
_ALONE = frozenset({"<#>", "<when>", "<long>"})
_LINKS = frozenset(
    {",", "/", "&", "or", "and", "und", "oder", "et", "ou", "y", "o", "en", "of", "e", "u"}
)
_BREAKS = frozenset(
    {".", ";", "!", "?", ":", "(", ")", "but", "aber", "mais", "pero", "maar", "\n"}
)


_SCOPES = ("denied", "supposed", "past", "wished", "planned", "others", "ours")


def _circumstances(
    reading: Reading, at: int, unit: Unit, one: Mention, words: Sequence[Token], spot: int
) -> list[str]:
    asked = context.question(reading.units, at) if spot < 8 else ""
    sense = scope.of(unit.text, one.start, one.end)
    seen = [
        f"heading:{flat(unit.heading)}",
        f"source:{reading.kind}",
        f"speaker:{unit.speaker}",
        f"language:{reading.language}",
        f"unit:{min(at, 4)}",
        f"end:{at >= len(reading.units) - 3}",
        f"spot:{min(spot, 3)}:{min(len(words) - spot, 3)}",
        f"source:{reading.kind}:unit:{min(at, 4)}:{min(spot, 3)}",
    ]
    seen += [f"scope:{name}" for name in _SCOPES if getattr(sense, name)]
    if spot + 3 >= len(words) and at + 1 < len(reading.units):
        after = reading.units[at + 1]
        if after.part == unit.part:
            seen += [f"next:{word}" for word in _TOKEN.findall(flat(after.text[:60]))[:3]]
    if asked:
        seen += [f"q:{word}" for word in dict.fromkeys(_TOKEN.findall(asked)[-14:])]
        seen += [
            f"q:{word[:_STEM]}*"
            for word in dict.fromkeys(_TOKEN.findall(asked)[-14:])
            if len(word) > _STEM
        ]
        seen.append("asked")
    if reading.kind == SourceKind.RESUME:
        line = resume_lines.station(reading, at)
        seen.append(f"station:{line is not None}")
        if line is not None:
            is_now = resume_lines.is_current(reading, at)
            begins = resume_lines.begins(line, one.start)
            seen += [f"line:{line.has_dates}:{is_now}", f"begins:{begins}", f"now:{is_now}"]
    return seen


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt: how much each feature says for each sense."""

    weights: Weights
    #: By kind, what makes shares of what they say: a factor and a shift.
    scales: dict[str, tuple[float, float]]

    def scaled(self, kind: str, share: float) -> float:
        """The share of such judgements that are right (Platt, 1999)."""
        factor, shift = self.scales.get(kind, (1.0, 0.0))
        odds = np.log(max(share, 1e-6) / max(1 - share, 1e-6))
        return float(1 / (1 + np.exp(-(factor * odds + shift))))


def shares(places: Sequence[int], model: Model) -> Weights:
    """How probable each sense is."""
    scores = model.weights[list(places)].sum(axis=0)
    scores = np.exp(scores - scores.max())
    return np.asarray(scores / scores.sum())


#: What is less probable than this is nobody's to ask about, though the judge finds it alone.
LEAST = 0.6
#: A rule that is less than so probable to the judge is mistaken as often as not, and where it is
#: more than so probable nearly never.
_DOUBTED, _AGREED = 0.1, 0.6
_OF_DOUBTED = {Kind.TITLE: 0.6, Kind.EMPLOYER: 0.6}
_SENSES_OF = {
    Polarity.HAD: (NOW, PAST),
    Polarity.WANTS: (WANTS,),
    Polarity.REFUSES: (REFUSES,),
    Polarity.PLANS: (PLANS,),
}
_DATED = frozenset({Kind.TITLE, Kind.EMPLOYER})


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention, where it stands in the text, and how probable each sense of it is."""

    mention: Mention
    unit: Unit
    start: int
    end: int
    shares: Weights

    def share(self, polarity: Polarity) -> float:
        """How probable it is that it is meant so."""
        return float(sum(self.shares[one] for one in _SENSES_OF.get(polarity, ())))


@lru_cache(maxsize=4)
def judged(reading: Reading) -> tuple[Judged, ...]:
    """Everything that is named in words that count."""
    model, found = _model(), []
    for at, named in enumerate(mentions.of(reading)):
        unit = reading.units[at]
        words = tokens(unit, named, reading) if named else []
        for one in named:
            each = shares(features(reading, at, one, words), model)
            found.append(Judged(one, unit, unit.start + one.start, unit.start + one.end, each))
    return tuple(found)


def weighed(reading: Reading, kind: Kind, ruled: Sequence[Found]) -> Iterator[Found]:
    """What rules found, as sure as the judge lets it be, and what it finds beyond that."""
    every = [one for one in judged(reading) if one.mention.kind == kind]
    for found in ruled:
        sure = _sure(found, every)
        if sure:
            yield replace(found, confidence=sure)
    yield from _beyond(every, kind, ruled)


def _sure(found: Found, every: Sequence[Judged]) -> float:
    """How sure a find by rules is. 0.0 where it is not to be believed."""
    shares = [
        float(1 - one.shares[NONE]) if found.kind == Kind.DOMAIN else one.share(found.polarity)
        for one in every
        if found.start < one.end
        and one.start < found.end
        and one.mention.value["name"] == found.value["name"]
    ]
    if not shares:
        return found.confidence
    if max(shares) < _DOUBTED:
        return _OF_DOUBTED.get(found.kind, 0.0)
    return (1 + found.confidence) / 2 if max(shares) > _AGREED else found.confidence


def _beyond(every: Sequence[Judged], kind: Kind, ruled: Sequence[Found]) -> Iterator[Found]:
    """What is named where rules found nothing: each name once in each sense."""
    taken = {(one.polarity, _plain(one.value["name"])) for one in ruled}
    for one in every:
        if any(found.start < one.end and one.start < found.end for found in ruled):
            continue
        polarity = max(_SENSES_OF, key=one.share)
        sure = _model().scaled(kind, one.share(polarity))
        name = _plain(one.mention.value["name"])
        is_told = any(polarity == sense and _is_short_for(name, other) for sense, other in taken)
        if sure < LEAST or is_told or not _is_possible(one, polarity):
            continue
        taken.add((polarity, name))
        is_now = kind in _DATED and polarity == Polarity.HAD and one.shares[NOW] >= one.shares[PAST]
        value = one.mention.value | ({"current": True} if is_now else {})
        yield Found(kind, value, polarity, one.start, one.end, sure, f"{kind}s.judged")


def _is_possible(one: Judged, polarity: Polarity) -> bool:
    """Whether nothing speaks against it that has to be certain: “if I worked at …”."""
    sense = scope.of(one.unit.text, one.mention.start, one.mention.end)
    if polarity == Polarity.HAD and sense.supposed:
        return False
    behind = flat(one.unit.text[one.mention.end :])
    return one.mention.kind != Kind.TITLE or not title_cues.CERTIFIED.match(behind)


def _plain(name: str) -> str:
    return " ".join(flat(name).split())


def _is_short_for(name: str, longer: str) -> bool:
    return longer == name or longer.startswith(f"{name} ")


@cache
def _model() -> Model:
    source = files("warmbench.insight").joinpath("data", "mentions.npz")
    with source.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
        pairs = kept["kinds"], kept["scales"]
        scales = {str(k): (float(a), float(b)) for k, (a, b) in zip(*pairs, strict=True)}
        return Model(kept["weights"].astype(np.float32), scales)
