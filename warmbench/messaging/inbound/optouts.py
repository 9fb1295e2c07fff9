"""Says whether somebody asks us to stop: at once, or in words that a person should look at."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from warmbench.messaging.inbound import likeness
from warmbench.messaging.inbound.plain import fold, sentences, table

Channel = Literal["mail", "sms"]

#: No wish to stop stands behind so much text, and each rule looks at all of it.
MAX_CHARACTERS = 20_000
#: A text of more words than this is more than a keyword and its politeness.
MAX_KEYWORD_WORDS = 8
MAX_KEYWORD_TEXT = 200


#: A letter of more sentences is not read to its end.
MAX_SENTENCES = 200
#: A long letter is also read piece by piece, of so many characters: the wish may stand in one only.
PIECE = 300
#: The first and the last pieces are read.
MAX_PIECES = 24
#: The learnt judge only makes a person look, so it may be wrong more often than it misses one.
SUSPICIOUS = 0.1
#: A rule alone does not stop anything: the learnt judge must be as sure as this.
CLEAR = 0.6


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


NOTHING = OptOut(Tier.NO)

_ENDS = re.compile(r"(?<=[.!?\n])\s+")


@dataclass(frozen=True, slots=True)
class Rule:
    """Words of one language that may act at once, with a text that they were written for."""

    language: str
    name: str
    pattern: re.Pattern[str]
    example: str


def judge(text: str, *, channel: Channel) -> OptOut:
    """Whether a text asks us to stop. Give it new text only: our own footer has the word, too.

    A rule and the learnt judge must agree before anything stops. The judge alone makes a person
    look.
    """
    text = text[:MAX_CHARACTERS]
    folded = fold(text)
    if found := _keyword(folded, channel):
        return found
    lines = sentences(folded)[:MAX_SENTENCES]
    if not lines:
        return NOTHING
    likelihood = how_likely(text)
    if likelihood < SUSPICIOUS:
        return NOTHING
    names = tuple(dict.fromkeys(rule.name for rule in rules() if _fits(rule, lines)))
    if names and likelihood >= CLEAR:
        return OptOut(Tier.STOP, names)
    return OptOut(Tier.ASK, names or ("words like those of an opt-out",))


def _fits(rule: Rule, lines: list[str]) -> bool:
    return any(rule.pattern.search(line) for line in lines)


def how_likely(text: str) -> float:
    """How likely it is that a text, or a piece of it, asks to stop, by what was learnt."""
    judged = likeness.learnt("stops").probabilities(_pieces(text) or [text])
    return max(each["stop"] for each in judged)


def _pieces(text: str) -> list[str]:
    """A long text in pieces of whole sentences; none of a short one."""
    pieces: list[str] = []
    for sentence in _ENDS.split(text) if len(text) > PIECE else ():
        for start in range(0, len(sentence), PIECE):
            part = sentence[start : start + PIECE].strip()
            if pieces and len(pieces[-1]) + len(part) < PIECE:
                pieces[-1] = f"{pieces[-1]} {part}"
            elif part:
                pieces.append(part)
    if len(pieces) > MAX_PIECES:
        pieces = pieces[: MAX_PIECES // 2] + pieces[-MAX_PIECES // 2 :]
    return pieces


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
def rules() -> tuple[Rule, ...]:
    """All rules that may act at once."""
    return tuple(
        Rule(language, name, _pattern(words, written["words"]), example)
        for language, written in table("optout_words")["languages"].items()
        for name, examples in written["rules"].items()
        for words, example in examples.items()
    )


def _pattern(words: str, lists: dict[str, str]) -> re.Pattern[str]:
    """What a rule says, as a regular expression. optout_words.yaml tells how rules are written."""
    for name, listed in lists.items():
        words = re.sub(rf"\b{name}\b", _one_of(listed), words)
    words = re.sub(r"(?<=[a-z])\*", r"[^ ,]*", words)
    words = words.replace(" ~ ", r"(?: [^ ]+){0,4}?(?: |$)")
    return re.compile(rf"(?:^|(?<= ))(?:{words})(?= |$)")


def _one_of(listed: str) -> str:
    return f"(?:{'|'.join(listed.split())})"
