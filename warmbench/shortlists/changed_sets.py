"""Compares what somebody can do, in which fields they work, and what they have brought about."""

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b

from rapidfuzz import fuzz

from warmbench.people.tag_words import key
from warmbench.shortlists.models import Change
from warmbench.shortlists.noted import Found, Slots, Word, found

Kind = Change.Kind

#: One skill, and one field, in other words: of 100.
_ONE_SKILL, _ONE_DOMAIN, _ONE_RESULT = 92, 90, 72
#: Of more skills than these at once one source tells all that it knows, and nothing is news.
_A_FULLER_RECORD = 5
#: So much of each is kept.
_MOST = 400
_LENGTH = 160
_SKILL, _DOMAIN, _PROJECT = 0.4, 0.6, 0.45


def compare(slots: Slots, said: Sequence[Word]) -> list[Found]:
    """What is new among skills, fields of work and results."""
    return [
        *_skills(slots, [one for one in said if one.aspect == "skill"]),
        *_domains(slots, [one for one in said if one.aspect == "domain"]),
        *_results(slots, [one for one in said if one.aspect == "achievement"]),
    ]


def _skills(slots: Slots, said: Sequence[Word]) -> list[Found]:
    new = _new(slots, "skills", said, lambda a, b: fuzz.ratio(a, b) >= _ONE_SKILL)
    at_once = Counter((word.source, word.day) for word, _ in new)
    return [
        found(
            *(Kind.SKILL, plain, None, word.value, f"Has a new skill: {word.value}.", word),
            _SKILL,
        )
        for word, plain in new
        if at_once[word.source, word.day] <= _A_FULLER_RECORD
    ]


def _domains(slots: Slots, said: Sequence[Word]) -> list[Found]:
    before = list(slots.body.get("domains") or [])
    new = _new(slots, "domains", said, lambda a, b: fuzz.token_set_ratio(a, b) >= _ONE_DOMAIN)
    return [
        found(
            *(Kind.DOMAIN, plain, before[-1:], word.value, f"Works in {word.value} now.", word),
            _DOMAIN,
        )
        for word, plain in new
    ]


def _results(slots: Slots, said: Sequence[Word]) -> list[Found]:
    # A result tells of itself that it is new: also the first one that we hear of.
    new = _new(slots, "done", said, _is_one_result, is_news_at_once=True)
    return [
        found(
            Kind.PROJECT,
            blake2b(plain.encode(), digest_size=12).hexdigest(),
            None,
            str(word.value)[:_LENGTH],
            f"Has brought something about: {_shortened(str(word.value))}",
            word,
            _PROJECT,
        )
        for word, plain in new
    ]


def _new(
    slots: Slots,
    name: str,
    said: Sequence[Word],
    is_one: Callable[[str, str], bool],
    *,
    is_news_at_once: bool = False,
) -> list[tuple[Word, str]]:
    """The words that tell of something that was not known, and is news; all are known then."""
    known: list[str] = list(slots.body.get(name) or [])
    there = set(known)
    was_empty = not known and not is_news_at_once
    news = []
    for word in said:
        plain = key(str(word.value))[:_LENGTH]
        if not plain or plain in there or any(is_one(plain, one) for one in known):
            continue
        known.append(plain)
        there.add(plain)
        if not slots.is_first and not was_empty and word.day >= slots.begun:
            news.append((word, plain))
    if known or name in slots.body:
        slots.body[name] = known[-_MOST:]
    return news


def _is_one_result(one: str, other: str) -> bool:
    if _numbers(one) and _numbers(other) and not _numbers(one) & _numbers(other):
        return False
    return fuzz.token_set_ratio(one, other) >= _ONE_RESULT


def _numbers(text: str) -> set[str]:
    return {word for word in text.split() if any(sign.isdigit() for sign in word)}


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return f"“{plain}”" if len(plain) <= _LENGTH else f"“{plain[:_LENGTH].rstrip()}…”"
