"""Judges what a reply wants, offline, with how sure that is."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from warmbench.messaging.inbound import linear, not_now
from warmbench.messaging.inbound.auto_replies import AutoKind, AutoReply
from warmbench.messaging.inbound.optouts import OptOut, Tier
from warmbench.messaging.inbound.plain import fold, sentences, table

#: Above this, a judgement is right in 95 of 100 cases (bench/replies.py counts); below it, a person
#: decides.
SURE = 0.75
#: So sure is the judge of a text that the rules of opting out find clear.
CLEAR_OPT_OUT = 0.97
#: A text of more characters tells what it wants in its first ones.
MAX_CHARACTERS = 6_000
MAX_EVIDENCE = 5
#: Signs were written with the examples in view, so they count for less than they would there.
SIGN = 0.35

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w")
_NUMBER = re.compile(r"\d[\d ()/.-]{7,20}\d")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a reply wants. Below ``SURE`` of confidence a person decides."""

    #: One of the names in InboundMail.Intent.
    name: str
    #: Between 0 and 1: how often a judgement like this one is right.
    confidence: float
    #: When to write again, or the first day back.
    until: date | None
    #: What in the text spoke for it.
    evidence: tuple[str, ...]


def judge(text: str, *, today: date, opt_out: OptOut) -> Intent:
    """What a reply wants. ``today`` is when it was written; ``opt_out`` what was found in it.

    A text without words is a question nobody is sure of: a person looks at it.
    """
    if opt_out.tier is Tier.STOP:
        return Intent("unsubscribe", CLEAR_OPT_OUT, None, opt_out.rules)
    text = text[:MAX_CHARACTERS]
    signs = _signs(text)
    found = features(text, signs, opt_out)
    if not sentences(fold(text)):
        return Intent("question", 0.0, None, ())
    model = linear.learnt("intent_weights")
    likely = model.probabilities(found)
    name = max(likely, key=lambda each: (likely[each], each))
    until = not_now.until(text, today=today) if name in {"not_now", "out_of_office"} else None
    return Intent(name, round(likely[name], 3), until, _evidence(model, found, name, signs))


def of_auto_reply(auto: AutoReply) -> Intent:
    """What follows from a machine's answer."""
    name = "left_company" if auto.kind is AutoKind.LEFT_COMPANY else "out_of_office"
    return Intent(name, 1.0, auto.until, (auto.rule,))


def features(text: str, signs: dict[str, str], opt_out: OptOut) -> dict[str, float]:
    """What the judge weighs of a text, by name."""
    lines = sentences(fold(text))
    found = linear.words_and_letters(lines)
    found |= dict.fromkeys((f"sign {name}" for name in signs), SIGN)
    found |= dict.fromkeys({f"any {name.split()[0]}" for name in signs}, SIGN)
    stripped = text.rstrip()
    found |= {
        name: 1.0
        for name, holds in {
            "asks": "?" in text,
            "ends with a question": stripped.endswith("?"),
            "only questions": stripped.endswith("?") and text.count("?") >= len(lines),
            "one or two words": sum(map(len, map(str.split, lines))) <= 2,
            "short": sum(map(len, map(str.split, lines))) <= 6,
            "long": len(text) > 200,
            "names an address": _ADDRESS.search(text) is not None,
            "names a number": _NUMBER.search(text) is not None,
            "may ask to stop": opt_out.tier is Tier.ASK,
            "asks to stop": opt_out.tier is Tier.STOP,
        }.items()
        if holds
    }
    return found


def signs_of(text: str) -> dict[str, str]:
    """The signs of intents in a text, each with the words that show it."""
    return _signs(text[:MAX_CHARACTERS])


def _signs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for sentence in sentences(fold(text))[:60]:
        for name, sign in _rules():
            if name not in found and (match := sign.search(sentence)):
                found[name] = match[0].strip()
    return found


def _evidence(
    model: linear.Model, found: dict[str, float], name: str, signs: dict[str, str]
) -> tuple[str, ...]:
    """What spoke for it, in words that a person can find in the text."""
    told: dict[str, None] = {}
    for reason in model.reasons(found, name):
        kind, _, rest = reason.partition(" ")
        if kind == "sign":
            told[f"\u201c{signs[rest][:60]}\u201d"] = None
        elif kind in {"w", "b"}:
            told[f"\u201c{rest.strip('^$ ')}\u201d"] = None
        elif kind not in {"c", "any"}:
            told[reason] = None
        if len(told) == MAX_EVIDENCE:
            break
    return tuple(told)


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (f"{name} {number}", re.compile(pattern))
        for name, patterns in table("intent_words").items()
        for number, pattern in enumerate(patterns, 1)
    )
