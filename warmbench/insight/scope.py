"""Says in which sense words stand in their sentence: denied, supposed, past, wished, another's."""

import re
from dataclasses import dataclass

_DENIED = re.compile(
    r"\b(?:not|never|no|without|doesn't|don't|isn't|won't|nor|hardly)\b", re.IGNORECASE
)
_SUPPOSED = re.compile(r"\b(?:if|would have|unless|suppose|hypothetically)\b", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:used to|years ago|formerly|previously|back then|at the time)\b", re.IGNORECASE
)
_WISHED = re.compile(
    r"\b(?:want\w*|looking for|would (?:love|like|prefer)|hop\w+|keen)\b", re.IGNORECASE
)
_PLANNED = re.compile(r"\b(?:will|plan\w*|going to|moving)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scope:
    """In which sense a stretch of a sentence stands there."""

    #: "never used X", "not in London".
    denied: bool = False
    #: "if they paid X".
    supposed: bool = False
    #: "used to", "two years ago": true once, perhaps no longer.
    past: bool = False
    #: "wants", "would love", "keep her warm for".
    wished: bool = False
    #: "will", "is going to".
    planned: bool = False
    #: Of the role, the client, a colleague or the market, not of the person.
    others: bool = False


def of(text: str, start: int, end: int) -> Scope:
    """The scope of ``text[start:end]`` within the sentence ``text``."""
    before = text[:start]
    return Scope(
        denied=bool(_DENIED.search(before)),
        supposed=bool(_SUPPOSED.search(before)),
        past=bool(_PAST.search(text)),
        wished=bool(_WISHED.search(before)),
        planned=bool(_PLANNED.search(before)),
    )
