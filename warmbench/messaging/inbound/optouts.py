"""Says whether somebody asks us to stop: at once, or in words that a person should look at."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Channel = Literal["mail", "sms"]


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


def judge(text: str, *, channel: Channel) -> OptOut:
    """Whether a text asks us to stop. Give it new text only: our own footer has the word, too."""
    word = re.sub(r"[\W_]+", "", text[:200].lower())
    if word in {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}:
        return OptOut(Tier.STOP, ("keyword",), Keyword.STOP if channel == "sms" else None)
    return NOTHING
