"""Says what a fact holds in a few words, for recruiters."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from warmbench.core import languages
from warmbench.people import pay
from warmbench.people.models import CandidateFact

Kind = CandidateFact.Kind

#: Where somebody wants to work from; "any" is an answer, too.
REMOTE = {"on_site": "on site", "hybrid": "hybrid", "remote": "remote", "any": "on site or remote"}


def of(kind: str, value: Any) -> str:
    """The value of a fact in a few English words; blank for one that takes another back."""
    return _WORDS[kind](value) if value is not None else ""


def _pay(value: dict[str, str]) -> str:
    locale = languages.locale(languages.FALLBACK)
    written = pay.written(value["amount"], value["currency"], locale)
    return f"at least {written} {pay.Period(value['period']).label}"


def _places(value: list[dict[str, str]]) -> str:
    return " or ".join(place["words"] for place in value)


def _topics(value: dict[str, list[Any]]) -> str:
    return f"wants to read: {', '.join(value['kinds']) or 'no articles'}"


def _rhythm(value: dict[str, int]) -> str:
    months = value["months"]
    return "at most once a month" if months == 1 else f"at most once in {months} months"


def _corrected(value: dict[str, str]) -> str:
    return ", ".join(text for text in value.values() if text)


def _not_for_me(value: dict[str, Any]) -> str:
    said = " ".join(str(value.get(name, "")) for name in ("about", "is", "words"))
    return " ".join(said.replace("_", " ").split())


_WORDS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        Kind.PAY: _pay,
        Kind.PLACES: _places,
        Kind.REMOTE: lambda where: REMOTE.get(where, where),
        Kind.SKILLS: lambda value: f"new skills: {', '.join(value['words'])}",
        Kind.TOPICS: _topics,
        Kind.RHYTHM: _rhythm,
        Kind.LANGUAGE: lambda code: f"reads {languages.LANGUAGES.get(code, code)}",
        Kind.CORRECTED: _corrected,
        Kind.NOT_FOR_ME: _not_for_me,
    }
)
