"""Judges whether a text is about the specialty that it claims: by meaning, and by its words."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from warmbench.messaging.inbound import meaning
from warmbench.messaging.inbound.meaning import Vectors
from warmbench.people.models import Tag, TagAlias
from warmbench.people.tag_words import key

#: A claim passes if nothing else is nearer to the text than it is, by more than this. One half of
#: the pieces asks for 0.12, the other for 0.08: ``python -m bench.content_checks``.
SLACK = 0.1
#: Phrases of a specialty that are looked at; trees that grew for years have thousands of skills.
_MOST_PHRASES = 200

#: + # and dots within tell skills apart.
_WORD = re.compile(r"[^\W\d_][\w+#.-]*")
_WITHIN = (Tag.Kind.ROLE_FAMILY, Tag.Kind.ROLE, Tag.Kind.SKILL)


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty, and the words of the tag tree for what belongs to it."""

    tag_id: int
    name: str
    #: Its names; those of its role families and roles; those of its skills.
    phrases: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """How near a specialty is to a text: higher is nearer."""

    tag_id: int
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a text is about what it claims."""

    is_passed: bool
    #: From 0 to 1: one less the distance between the claim and what is nearest.
    score: float
    #: All specialties, the nearest first.
    nearest: tuple[Near, ...]


def judge(
    sentences: Sequence[str], claimed: Collection[int], specialties: Sequence[Specialty]
) -> Judged:
    """Whether the text is about one of the claimed specialties (ids of tags).

    A text passes if one of them is nearest, or as good as nearest. It takes the processor some
    10 ms, and two seconds more the first time with a tree: never call it where people wait.
    """
    found = nearest(sentences, specialties)
    best = max((one.score for one in found), default=0.0)
    own = max((one.score for one in found if one.tag_id in claimed), default=-1.0)
    gap = best - own
    return Judged(gap <= SLACK, max(0.0, 1 - gap), found)


def nearest(
    sentences: Sequence[str],
    specialties: Sequence[Specialty],
    *,
    seen_from: Vectors | None = None,
) -> tuple[Near, ...]:
    """The specialties, the nearest to the text first.

    The score is the cosine between the mean of the sentences and the mean of the specialty's
    phrases, both seen from a middle (that of what pieces say, if none is given), plus the cosine
    between their words (TF-IDF, over the specialties). Meaning alone misses products and
    standards; words alone miss what is said in other ones, and in other languages.
    """
    if not sentences or not specialties:
        return ()
    centre = middle() if seen_from is None else seen_from
    meant = _means(tuple(specialties)) @ _mean(meaning.vectors(sentences) - centre)
    shared = in_words(sentences, specialties)
    near = [
        Near(one.tag_id, one.name, float(meant[at]) + shared[at])
        for at, one in enumerate(specialties)
    ]
    return tuple(sorted(near, key=lambda one: -one.score))


def in_words(sentences: Iterable[str], specialties: Sequence[Specialty]) -> list[float]:
    """How near each specialty is in words alone: the cosine of TF-IDF, from 0 to 1."""
    texts = [
        Counter(_words(phrase for part in one.phrases for phrase in part)) for one in specialties
    ]
    spread = Counter(word for text in texts for word in text)
    weight = {word: math.log(1 + len(texts) / held) for word, held in spread.items()}
    asked = _weighed(Counter(_words(sentences)), weight)
    return [_cosine(asked, _weighed(text, weight)) for text in texts]


def specialties() -> list[Specialty]:
    """The specialties of the tag tree as it is now, without what is retired."""
    live = list(
        Tag.objects.filter(retired_at=None, kind__in=[Tag.Kind.SPECIALTY, *_WITHIN])
        .order_by("pk")
        .values_list("pk", "kind", "name", "parent_id")
    )
    kinds = {pk: kind for pk, kind, _, _ in live}
    parents = {pk: parent for pk, _, _, parent in live}
    names: dict[int, list[str]] = {
        pk: [name] for pk, kind, name, _ in live if kind == Tag.Kind.SPECIALTY
    }
    for tag_id, text in TagAlias.objects.filter(tag__in=names).values_list("tag_id", "text"):
        if key(text) not in {key(known) for known in names[tag_id]}:
            names[tag_id].append(text)
    roles: dict[int, list[str]] = {pk: [] for pk in names}
    skills: dict[int, list[str]] = {pk: [] for pk in names}
    for pk, kind, name, _ in live:
        home = _home(pk, parents, kinds)
        if home is not None and home != pk:
            (skills if kind == Tag.Kind.SKILL else roles)[home].append(name)
    return [
        Specialty(
            pk,
            written[0],
            (
                tuple(written[:_MOST_PHRASES]),
                tuple(roles[pk][:_MOST_PHRASES]),
                tuple(skills[pk][:_MOST_PHRASES]),
            ),
        )
        for pk, written in names.items()
    ]


def claimed_by(topic: Tag) -> set[int]:
    """The specialties that a piece about this tag claims: those of a category, or the one that
    the tag is or lies in. Empty for what lies in none."""
    if topic.kind == Tag.Kind.CATEGORY:
        below = topic.children.filter(kind=Tag.Kind.SPECIALTY, retired_at=None)
        return set(below.values_list("pk", flat=True))
    above: Tag | None = topic
    while above is not None and above.kind != Tag.Kind.SPECIALTY:
        above = above.parent
    return {above.pk} if above else set()


@cache
def middle() -> Vectors:
    """The mean of what pieces say: without it, every text is near to the same specialties.
    Written by ``python -m bench.content_checks --learn``."""
    with files("warmbench.nurture").joinpath("data", "middle.npz").open("rb") as file:
        return np.asarray(np.load(file, allow_pickle=False)["middle"], np.float32)


@lru_cache(maxsize=2)
def _means(specialties: tuple[Specialty, ...]) -> Vectors:
    """One row of length one for each specialty, seen from the middle of all phrases."""
    parts = [[meaning.vectors(part) for part in one.phrases if part] for one in specialties]
    centre = np.vstack([vectors for each in parts for vectors in each]).mean(0)
    rows = np.array([_mean(np.array([_mean(v - centre) for v in each])) for each in parts])
    return _unit(rows - rows.mean(0))


def _mean(vectors: Vectors) -> Vectors:
    """The direction in which these point together."""
    return _unit(_unit(vectors).mean(0))


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _home(pk: int, parents: Mapping[int, int | None], kinds: Mapping[int, str]) -> int | None:
    """The specialty that a tag lies in."""
    here: int | None = pk
    while here is not None and kinds.get(here) != Tag.Kind.SPECIALTY:
        here = parents.get(here)
    return here


def _words(texts: Iterable[str]) -> list[str]:
    return [word.rstrip(".-") for text in texts for word in _WORD.findall(text.lower())]


def _weighed(words: Mapping[str, int], weight: Mapping[str, float]) -> dict[str, float]:
    return {
        word: (1 + math.log(times)) * weight[word]
        for word, times in words.items()
        if word in weight
    }


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(value * other[word] for word, value in one.items() if word in other)
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return product / lengths if lengths else 0.0
