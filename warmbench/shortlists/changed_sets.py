"""Compares what somebody can do, in which fields they work, and what they have brought about."""

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b

from rapidfuzz import fuzz

from warmbench.people.tag_words import key
from warmbench.shortlists import naming, news_words
from warmbench.shortlists.models import Change
from warmbench.shortlists.noted import RECORD, Found, Slots, Word, found

Kind = Change.Kind

#: One skill (of 1), and one field and one result (of 100), in other words.
_ONE_SKILL, _ONE_DOMAIN, _ONE_RESULT = 0.9, 90, 72
#: Of more skills than these at once one source tells all that it knows, and nothing is news.
_A_FULLER_RECORD = 5
#: The same of a source that never told any before.
_A_FIRST_LIST = 2
#: So much of each is kept.
_MOST = 400
_LENGTH = 160
_SKILL, _DOMAIN, _PROJECT, _DUTY = 0.4, 0.6, 0.45, 0.5


def compare(slots: Slots, said: Sequence[Word]) -> list[Found]:
    """What is new among skills, fields of work and results."""
    return [
        *_skills(slots, [one for one in said if one.aspect == "skill"]),
        *_domains(slots, [one for one in said if one.aspect == "domain"]),
        *_results(slots, [one for one in said if one.aspect == "achievement"]),
    ]


def _skills(slots: Slots, said: Sequence[Word]) -> list[Found]:
    # Of a skill that comes up in a talk we hear, and need not be new: unless it is said so.
    new = _new(slots, "skills", said, _is_one_skill)
    at_once = Counter((word.source, word.day) for word, _ in new)
    most = {
        word.source: _A_FIRST_LIST if _is_first_list(slots, word) else _A_FULLER_RECORD
        for word, _ in new
    }
    slots.body["lists"] = sorted({*_lists(slots), *(one.source for one in said if _is_list(one))})
    return [
        found(
            *(Kind.SKILL, plain, None, word.value, f"Has a new skill: {word.value}.", word),
            _SKILL,
        )
        for word, plain in new
        if word.is_news or (_is_list(word) and at_once[word.source, word.day] <= most[word.source])
    ]


def _is_one_skill(one: str, other: str) -> bool:
    if _initials(one) == other or _initials(other) == one:
        return True
    return max(naming.skill([one], other), naming.skill([other], one)) >= _ONE_SKILL


def _initials(name: str) -> str:
    """What a name of several words is called for short: "building information modelling"."""
    words = name.split()
    return "".join(word[0] for word in words) if len(words) > 2 else ""


def _is_list(word: Word) -> bool:
    """Whether it stands in a list, of a file or a résumé, and was not said."""
    return word.rank >= RECORD


def _is_first_list(slots: Slots, word: Word) -> bool:
    """Whether a source lists skills for the first time: it tells what was so all along."""
    return _is_list(word) and word.source not in _lists(slots)


def _lists(slots: Slots) -> list[str]:
    return list(slots.body.get("lists") or [])


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
    return [_result(word, plain) for word, plain in new]


def _result(word: Word, plain: str) -> Found:
    words, key_ = str(word.value), blake2b(plain.encode(), digest_size=12).hexdigest()
    if news_words.speaks_of_duty(words):
        told = (Kind.RESPONSIBILITY, key_, None, words[:_LENGTH])
        return found(*told, f"Answers for something new: {_shortened(words)}", word, _DUTY)
    told = (Kind.PROJECT, key_, None, words[:_LENGTH])
    return found(*told, f"Has brought something about: {_shortened(words)}", word, _PROJECT)


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
        if not plain or plain in there:
            continue
        if not slots.is_first and any(is_one(plain, one) for one in known):
            continue
        known.append(plain)
        there.add(plain)
        if not was_empty and not slots.is_new(word):
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
