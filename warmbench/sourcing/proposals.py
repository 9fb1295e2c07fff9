"""What a job description proposes for a role, each with the words that it was read in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from warmbench.people.wanted_places import WantedPlace

#: As long as the quote of a skill may be.
LONGEST_QUOTE = 300

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a description, as they stand in it."""

    text: str
    #: Where they stand: ``description[start:end] == text``.
    start: int
    end: int
    #: The sentence or line around them, cut to what a role keeps of it.
    around: str


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """Something that was read in a description, and where."""

    value: T
    quote: Quote


@dataclass(frozen=True, slots=True)
class FoundSkill:
    """A skill that the description asks for."""

    tag_id: int
    name: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class FoundTag:
    """A specialty or a seniority."""

    tag_id: int
    name: str


@dataclass(frozen=True, slots=True)
class FoundPay:
    """What is paid. A blank period: the description does not tell it."""

    least: Decimal | None
    most: Decimal | None
    currency: str
    period: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a description says about a role, for a person to confirm."""

    title: Found[str] | None = None
    skills: tuple[Found[FoundSkill], ...] = ()
    specialty: Found[FoundTag] | None = None
    seniority: Found[FoundTag] | None = None
    places: tuple[Found[WantedPlace], ...] = ()
    #: One of ``Role.Remote``.
    remote: Found[str] | None = None
    pay: Found[FoundPay] | None = None


def quote(text: str, start: int, end: int, around: tuple[int, int] | None = None) -> Quote:
    """The words of the text from ``start`` to ``end``, in the sentence that ``around`` tells."""
    first, last = around or (start, end)
    if last - first > LONGEST_QUOTE:  # Of a long sentence, what stands nearest.
        first = max(first, start - LONGEST_QUOTE // 3)
    sentence = " ".join(text[first : max(last, end)].split())[:LONGEST_QUOTE]
    return Quote(text[start:end], start, end, sentence)
