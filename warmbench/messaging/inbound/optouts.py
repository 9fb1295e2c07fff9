"""Says whether somebody asks us to stop: at once, or in words that a person should look at."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from warmbench.messaging.inbound import linear
from warmbench.messaging.inbound.plain import fold, sentences, table

Channel = Literal["mail", "sms"]

#: No wish to stop stands behind so much text, and each rule looks at all of it.
MAX_CHARACTERS = 20_000
#: A text of more words than this is more than a keyword and its politeness.
MAX_KEYWORD_WORDS = 8
MAX_KEYWORD_TEXT = 200


#: A letter of more sentences is not read to its end.
MAX_SENTENCES = 200
#: The learnt judge only makes a person look, so it may be wrong more often than it misses one.
SUSPICIOUS = 0.2
#: Below this nobody asks to stop, whatever single words look like it.
HARMLESS = 0.05
#: A rule alone does not stop anything: the other words must not speak against it.
CLEAR = 0.5
MAX_WARM = 2_000


class Tier(StrEnum):
    """What follows from a text."""

    #: Nobody could doubt it: stop at once.
    STOP = "stop"
    #: It may be meant so: pause, and ask a person.
    ASK = "ask"
    NO = "no"


class Keyword(StrEnum):
    """What a text message of one known word asks for (C4)."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class OptOut:
    """Whether a text asks us to stop, and the names of the rules that say so."""

    tier: Tier
    rules: tuple[str, ...] = ()
    #: For text messages only.
    keyword: Keyword | None = None


#: Rules that a wish about when, how or what to write would fit, too.
_ABOUT_CONTACT = frozenset({"stop_it", "not_again", "no_more"})

NOTHING = OptOut(Tier.NO)


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    stop: re.Pattern[str]
    ask: re.Pattern[str] | None


def judge(text: str, *, channel: Channel) -> OptOut:
    """Whether a text asks us to stop. Give it new text only: our own footer has the word, too.

    A rule alone stops nothing: the other words must not speak against it. Nor do single words make
    anybody look where all others are harmless.
    """
    folded = fold(text[:MAX_CHARACTERS])
    if found := _keyword(folded, channel):
        return found
    stops, asks, keeps = _rules_in(sentences(folded)[:MAX_SENTENCES])
    likelihood = _likelihood(text)
    if stops and likelihood >= CLEAR and not _warm().search(folded[:MAX_WARM]):
        return OptOut(Tier.STOP, stops)
    if not stops and likelihood < HARMLESS:
        return NOTHING
    if not stops and not asks and not keeps and likelihood >= SUSPICIOUS:
        asks = ("words like those of an opt-out",)
    return OptOut(Tier.ASK, stops + asks) if stops or asks else NOTHING


def _rules_in(lines: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """The rules that say stop, those that say ask, and whether somebody wants to hear more."""
    stops: dict[str, None] = {}
    asks: dict[str, None] = {}
    keeps = False
    for sentence in lines:
        if _keeps().search(sentence):
            keeps = True
            continue
        telling = _harmless().sub("#", sentence)
        doubtful = _doubts().search(sentence) is not None
        limited = _limits().search(sentence) is not None
        for rule in _rules():
            if limited and rule.name in _ABOUT_CONTACT:
                continue
            if rule.stop.search(telling):
                (asks if doubtful else stops)[rule.name] = None
            elif rule.ask and rule.ask.search(telling):
                asks[rule.name] = None
    return tuple(stops), tuple(asks), keeps


def _likelihood(text: str) -> float:
    """How likely it is that a text asks to stop, by what was learnt from examples."""
    return linear.learnt("optout_weights").probabilities(features(text))["stop"]


def features(text: str) -> dict[str, float]:
    """What the learnt judge weighs of a text, by name."""
    lines = sentences(fold(text[:MAX_CHARACTERS]))[:MAX_SENTENCES]
    found = linear.words_and_letters(lines)
    length = sum(len(line.split()) for line in lines)
    for line in lines:
        telling = _harmless().sub("#", line)
        names = [f"sign {rule.name}" for rule in _rules() if rule.ask and rule.ask.search(telling)]
        guards = {"keeps": _keeps(), "limits": _limits(), "harmless": _harmless()}
        names += [name for name, guard in guards.items() if guard.search(line)]
        found |= dict.fromkeys(names, 1.0)
    told = {"asks": "?" in text, "short": length <= 3, "middling": 3 < length <= 8}
    return found | {name: 1.0 for name, holds in told.items() if holds}


def _keyword(folded: str, channel: Channel) -> OptOut | None:
    """What a text says that is one of the known words, with nothing but politeness around it.

    Letter case, punctuation, emoji and blanks do not matter (C4), nor a zero for an “o”.
    """
    known = _known()
    words = _words_of(folded) if len(folded) <= MAX_KEYWORD_TEXT else []
    if not words or len(words) > MAX_KEYWORD_WORDS:
        return None
    whole = " ".join(words)
    if channel == "sms" and whole in known.start | known.help:
        keyword = Keyword.START if whole in known.start else Keyword.HELP
        return OptOut(Tier.NO, (f"keyword:{keyword.value}",), keyword)
    rest = [word for word in words if word not in known.polite]
    is_known = whole in known.stop or " ".join(rest) in known.stop or _misspelled(rest)
    if is_known or (rest and all(word in known.stop for word in rest)):
        return OptOut(Tier.STOP, ("keyword:stop",), Keyword.STOP if channel == "sms" else None)
    return None


def _words_of(folded: str) -> list[str]:
    """The words without their signs; “s t o p” is one word."""
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", folded.replace("-", ""))
    if len(words) > 2 and all(len(word) == 1 for word in words):
        words = ["".join(words)]
    return [word.replace("0", "o").replace("1", "l") for word in words]


def _misspelled(words: list[str]) -> bool:
    """Whether the one word is “unsubscribe” but for two letters."""
    if len(words) != 1 or not 9 <= len(words[0]) <= 14:
        return False
    return DamerauLevenshtein.distance(words[0], "unsubscribe", score_cutoff=2) <= 2


@dataclass(frozen=True, slots=True)
class _Known:
    stop: frozenset[str]
    start: frozenset[str]
    help: frozenset[str]
    polite: frozenset[str]


@cache
def _known() -> _Known:
    written = table("optout_words")
    return _Known(
        stop=frozenset(word.replace("-", "") for word in written["keywords"]),
        start=frozenset(written["start_words"]),
        help=frozenset(written["help_words"]),
        polite=frozenset(written["polite"]) - frozenset(written["keywords"]),
    )


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            name,
            _any_of(tiers["stop"]),
            _any_of(tiers["ask"]) if tiers.get("ask") else None,
        )
        for name, tiers in table("optout_words")["rules"].items()
    )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    gap = r"(?: [^ ]+){0,4}?"
    return re.compile("|".join(f"(?:{each.replace('~', gap)})" for each in patterns))


@cache
def _harmless() -> re.Pattern[str]:
    return _any_of(table("optout_words")["harmless"])


@cache
def _keeps() -> re.Pattern[str]:
    return _guards("keep")


@cache
def _limits() -> re.Pattern[str]:
    """What makes a wish one about when, how, how often or what to write."""
    return _guards("limit")


@cache
def _doubts() -> re.Pattern[str]:
    return _guards("job", "old_one", "phone", "other_thing", "until_then")


@cache
def _warm() -> re.Pattern[str]:
    """What nobody writes who wants to be left alone."""
    return _guards("warm")


def _guards(*prefixes: str) -> re.Pattern[str]:
    guards = table("optout_words")["guards"]
    return _any_of([each for name, each in guards.items() if name.startswith(prefixes)])
