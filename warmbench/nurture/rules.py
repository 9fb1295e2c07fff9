"""Reads the rules of pools: a small language over facts, with errors that point at the mistake."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lark import Lark, Token, UnexpectedInput
from lark.visitors import Transformer, v_args

from warmbench.nurture import rule_errors
from warmbench.nurture import rule_parts as parts
from warmbench.nurture.rule_errors import RuleError, mistake, nearest
from warmbench.nurture.rule_parts import Fact, Name, Rule, Shape
from warmbench.people import gazetteer
from warmbench.people.models import Candidate, Channel, Purpose

MAX_LENGTH = 4000
#: Deeper than anybody reads, and far from where Python's and PostgreSQL's stacks end.
MAX_DEPTH = 20


def parse(text: str) -> Rule:
    """The rule that the text says. Raises RuleError with the place of the first mistake.

    Whether the tags and recruiters in it exist is for ``rule_sql`` to say, which asks the
    database.
    """
    _check_size(text)
    try:
        return _parser().parse(text)  # type: ignore[return-value]
    except UnexpectedInput as error:
        raise rule_errors.explained(text, error) from None


@cache
def _parser() -> Lark:
    return Lark(
        (Path(__file__).parent / "rules.lark").read_text(),
        parser="lalr",
        maybe_placeholders=False,
        # While parsing, not after it: a thousand “not” are then no recursion.
        transformer=_Builder(),
    )


@dataclass(frozen=True)
class _Words:
    """The name of a fact as it was written."""

    name: Name
    words: tuple[str, ...]


class _Builder(Transformer[Token, Rule]):
    """Turns what the grammar found into parts, and refuses what makes no sense."""

    def name(self, words: list[Token]) -> _Words:
        return _Words(_joined(words), tuple(str(word).casefold() for word in words))

    def value(self, words: list[Token]) -> Name:
        return _joined(words)

    def values(self, values: list[Name]) -> tuple[Name, ...]:
        return tuple(values)

    def either(self, found: list[Rule]) -> Rule:
        return parts.Or(_flat(parts.Or, found))

    def both(self, found: list[Rule]) -> Rule:
        return parts.And(_flat(parts.And, found))

    @v_args(inline=True)
    def negated(self, rule: Rule) -> Rule:
        return parts.negation(rule)

    @v_args(inline=True)
    def plain(self, words: _Words) -> Rule:
        fact = parts.FACT_NAMED.get(" ".join(words.words))
        if fact is None:
            raise _unknown_phrase(words)
        if fact.shape is not Shape.PLAIN:
            raise mistake(words.name, f"“{words.name}” alone says nothing: {_example(fact)}")
        return parts.Holds(fact.name)

    @v_args(inline=True)
    def one(self, words: _Words, values: Name | tuple[Name, ...]) -> Rule:
        return _one(words, values)

    @v_args(inline=True)
    def other(self, words: _Words, values: Name | tuple[Name, ...]) -> Rule:
        return parts.Not(_one(words, values))

    @v_args(inline=True)
    def every(self, words: _Words, values: tuple[Name, ...]) -> Rule:
        fact = _fact(words)
        if fact.shape is not Shape.TAG:
            raise mistake(words.name, f"Nobody has more than one {fact.name}: say “any of”.")
        return parts.Tagged(fact.kind, values, every=True)

    @v_args(inline=True)
    def compared(self, words: _Words, sign: Token, value: Name) -> Rule:
        comparison = parts.COMPARISONS[" ".join(sign.casefold().split())]
        if span := _span(words):
            unit, since = span
            return parts.Elapsed(unit, since, comparison, _number(value, unit))
        fact = _fact(words)
        if fact.shape is Shape.STAGE:
            return parts.Reached(comparison, _choice(value, parts.STAGE_NAMED, "stage").text)
        raise mistake(words.name, f"“{words.name}” is not a quantity: {_example(fact)}")

    @v_args(inline=True)
    def tagged(self, values: Name | tuple[Name, ...]) -> Rule:
        return parts.Tagged("", _many(values))

    @v_args(inline=True)
    def tagged_every(self, values: tuple[Name, ...]) -> Rule:
        return parts.Tagged("", values, every=True)

    @v_args(inline=True)
    def known(self, words: _Words) -> Rule:
        return _known(words)

    @v_args(inline=True)
    def unknown(self, words: _Words) -> Rule:
        return parts.Not(_known(words))

    @v_args(inline=True)
    def consented(self, words: _Words) -> Rule:
        return _consented(words)

    @v_args(inline=True)
    def not_consented(self, words: _Words) -> Rule:
        return parts.Not(_consented(words))


def _joined(words: list[Token]) -> Name:
    text = " ".join(words)
    if words[0].type == "STRING":
        text = text[1:-1].strip()
    if not text or "\0" in text:
        raise RuleError(
            "A value is missing between the quotation marks.",
            line=words[0].line or 1,
            column=words[0].column or 1,
            text=str(words[0]),
        )
    return Name(text, words[0].line or 1, words[0].column or 1)


def _flat(kind: type[parts.And | parts.Or], found: list[Rule]) -> tuple[Rule, ...]:
    nested = [rule.parts if isinstance(rule, kind) else (rule,) for rule in found]
    return tuple(rule for group in nested for rule in group)


def _many(values: Name | tuple[Name, ...]) -> tuple[Name, ...]:
    return (values,) if isinstance(values, Name) else values


def _fact(words: _Words) -> Fact:
    fact = parts.FACT_NAMED.get(" ".join(words.words))
    if fact is None:
        raise _unknown_phrase(words)
    return fact


def _span(words: _Words) -> tuple[str, str] | None:
    """The unit and the event of “months since last conversation”."""
    unit = parts.UNITS.get(words.words[0])
    if unit is None or words.words[1:2] != ("since",):
        return None
    since = " ".join(words.words[2:])
    moments = {k: f for k, f in parts.FACT_NAMED.items() if f.shape is Shape.MOMENT}
    if since not in moments:
        raise mistake(
            words.name,
            "Time is counted since the last conversation, last message, last click, last reply,"
            f" being added or a status change, not “{since}”." + nearest(since, moments),
        )
    return unit, moments[since].name


def _one(words: _Words, values: Name | tuple[Name, ...]) -> Rule:
    if _span(words):
        raise mistake(words.name, "Say at least or at most so many: no day is met exactly.")
    return _is_one_of(_fact(words), words.name, _many(values))


def _known(words: _Words) -> Rule:
    fact = _fact(words)
    if fact.shape in {Shape.PLAIN, Shape.OUTCOME}:
        raise mistake(words.name, f"“has” does not go with “{fact.name}”: {_example(fact)}")
    return parts.Known(fact.name)


def _consented(words: _Words) -> Rule:
    asked = " ".join(words.words)
    if asked not in parts.CONSENTS:
        raise mistake(
            words.name,
            f"Consent is for email, sms, email alerts or sms alerts, not for “{words.name}”."
            + nearest(asked, parts.CONSENTS),
        )
    channel, purpose = parts.CONSENTS[asked]
    return parts.Consented(channel.value, purpose.value)


def _is_one_of(fact: Fact, name: Name, values: tuple[Name, ...]) -> Rule:
    match fact.shape:
        case Shape.TAG:
            return parts.Tagged(fact.kind, values)
        case Shape.TEXT:
            return parts.Is(fact.name, values)
        case Shape.STAGE:
            known = [_choice(value, parts.STAGE_NAMED, "stage") for value in values]
            return parts.Is(fact.name, tuple(known))
        case Shape.OUTCOME:
            known = [_choice(value, parts.OUTCOMES, "outcome") for value in values]
            return parts.Holds(known[0].text)
        case Shape.CHOICE:
            return parts.Is(fact.name, tuple(_chosen(fact, value) for value in values))
        case Shape.MOMENT | Shape.CONTACT | Shape.PLAIN:
            raise mistake(name, f"“{name}” has no values to compare with: {_example(fact)}")


def _chosen(fact: Fact, value: Name) -> Name:
    if fact.name == "owner":
        return Name(value.text.casefold(), value.line, value.column)
    if fact.name == "country":
        code = gazetteer.country(value.text)
        if not code:
            hint = nearest(value.text, parts.country_names())
            raise mistake(value, f"There is no country called “{value}”.{hint}")
        return Name(code, value.line, value.column)
    return _choice(value, parts.STATUSES, fact.name)


def _choice(value: Name, options: dict[str, str], what: str) -> Name:
    found = options.get(value.text.casefold())
    if found is None:
        raise mistake(value, f"There is no {what} called “{value}”." + nearest(value.text, options))
    return Name(found, value.line, value.column)


def _number(value: Name, unit: str) -> int:
    longest = parts.LONGEST[unit]
    if not re.fullmatch(r"[0-9]{1,6}", value.text) or int(value.text) > longest:
        raise mistake(value, f"“{value}” is not a whole number of {unit} from 0 to {longest}.")
    return int(value.text)


def _example(fact: Fact) -> str:
    match fact.shape:
        case Shape.MOMENT:
            return f"write “months since {fact.name} >= 6”."
        case Shape.CONTACT:
            return f"write “has {fact.name}” or “no {fact.name}”."
        case Shape.PLAIN:
            return f"write “{fact.name}” or “not {fact.name}”."
        case Shape.STAGE:
            return f"write “{fact.name} at least final”."
        case _:
            return f"write “{fact.name} = …” or “{fact.name} in (…, …)”."


def _unknown_phrase(words: _Words) -> RuleError:
    phrase = " ".join(words.words)
    for length in range(len(words.words) - 1, 0, -1):
        if fact := parts.FACT_NAMED.get(" ".join(words.words[:length])):
            return mistake(
                words.name, f"Something is missing after “{fact.name}”: {_example(fact)}"
            )
    message = f"There is no fact called “{words.name}”." + nearest(phrase, parts.FACT_NAMED)
    if not message.endswith("?"):
        message += " If it is part of a name, put the whole name in quotation marks."
    return mistake(words.name, message)


def _check_size(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise RuleError(
            f"A rule may have {MAX_LENGTH} characters, this one has {len(text)}.",
            line=1,
            column=1,
            text=text[:20],
        )
    depth = 0
    for found in re.finditer(r"\"[^\"]*\"|“[^”]*”|[()]", text):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth > MAX_DEPTH:
            raise rule_errors.at(
                text, found.start(), "(", f"More than {MAX_DEPTH} parentheses in each other."
            )


def describe(rule: Rule) -> str:
    """The rule as a sentence, so that its author sees what was understood."""
    return f"People {_clause(rule)}."


def _clause(rule: Rule, *, so: bool = True) -> str:
    match rule:
        case parts.Not(part):
            return _clause(part, so=not so)
        case parts.And(several) | parts.Or(several):
            clauses = [_nested(part, so=so) for part in several]
            # Not (a and b) is: either not a or not b.
            if isinstance(rule, parts.And) == so:
                return _series(clauses, "and")
            return "either " + _series(clauses, "or")
        case _:
            return _fact_clause(rule, so=so)


def _nested(rule: Rule, *, so: bool) -> str:
    clause = _clause(rule, so=so)
    inner = rule.part if isinstance(rule, parts.Not) else rule
    return f"({clause})" if isinstance(inner, parts.And | parts.Or) else clause


def _fact_clause(rule: parts.Single, *, so: bool) -> str:
    no = "" if so else " not"
    match rule:
        case parts.Is(fact, values):
            said = f"whose {fact} is{no} {_series([_shown(v.text) for v in values], 'or')}"
        case parts.Tagged(kind, names, every):
            what = kind.replace("_", " ") or "tag"
            listed = _series([name.text for name in names], "and" if every else "or")
            all_of = "all of " if every and len(names) > 1 else ""
            said = f"who {'have' if so else 'do not have'} {all_of}the {what} {listed}"
        case parts.Reached(comparison, stage):
            verb = "reached" if so else "did not reach"
            said = f"who {verb} {_COMPARED[comparison]} the stage “{_shown(stage)}”"
        case parts.Elapsed(unit, since, comparison, number):
            said = f"{_EVENT[since]} was{no} {_COMPARED[comparison]} {number} {unit} ago"
        case parts.Known(fact):
            said = f"who have {'a' if so else 'no'} known {fact}"
        case parts.Consented(channel, purpose):
            what = "role alerts" if purpose == Purpose.ALERT else "messages"
            said = f"who may{no} be sent {what} by {Channel(channel).within_a_sentence}"
        case parts.Holds(fact):
            said = f"who are{no} {_PLURAL.get(fact, fact)}"
    return said


_COMPARED = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_EVENT = {
    "last conversation": "whose last conversation",
    "last message": "whose last message",
    "last click": "whose last click",
    "last reply": "whose last reply",
    "added": "whose entry in the database",
    "status change": "whose last change of status",
}
_PLURAL = {
    "silver medallist": "silver medallists",
    "high interest": "of high interest",
    "open follow-up": "waiting for a recruiter",
}
_SHOWN: dict[str, str] = {
    str(choice.value): choice.label.lower() for choice in (*Candidate.Status, *parts.STAGES)
}


def _shown(value: str) -> str:
    return _SHOWN.get(value, value)


def _series(words: list[str], conjunction: str) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
