"""Judges what a reply wants, offline, with how sure that is."""

from dataclasses import dataclass
from datetime import date

from warmbench.messaging.inbound import likeness, not_now
from warmbench.messaging.inbound.auto_replies import AutoKind, AutoReply
from warmbench.messaging.inbound.optouts import OptOut, Tier
from warmbench.messaging.inbound.plain import fold, sentences

#: Above this, a judgement is right in 95 of 100 cases (bench/replies.py counts); below it, a person
#: decides.
SURE = 0.85
#: So sure is the judge of a text that the rules of opting out find clear.
CLEAR_OPT_OUT = 0.97
MAX_EVIDENCE = 5


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
    if not sentences(fold(text[: likeness.MAX_CHARACTERS])):
        return Intent("question", 0.0, None, ())
    judge_of = likeness.learnt("wants")
    likely = judge_of.probabilities([text])[0]
    name = max(likely, key=lambda each: (likely[each], each))
    until = not_now.until(text, today=today) if name in {"not_now", "out_of_office"} else None
    evidence = judge_of.reasons(text, name)[:MAX_EVIDENCE]
    # The judge of opt-outs has seen more of them: where it finds none, nobody is sure of one.
    agreed = name != "unsubscribe" or opt_out.tier is not Tier.NO
    return Intent(
        name,
        round(likely[name], 3) if agreed else 0.0,
        until,
        tuple(f"\u201c{words}\u201d" for words in evidence),
    )


def of_auto_reply(auto: AutoReply) -> Intent:
    """What follows from a machine's answer."""
    name = "left_company" if auto.kind is AutoKind.LEFT_COMPANY else "out_of_office"
    return Intent(name, 1.0, auto.until, (auto.rule,))
