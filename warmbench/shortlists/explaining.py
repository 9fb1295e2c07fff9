"""Says in plain sentences what shows something, how old that is, and what is missing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from warmbench.shortlists.dossier import Known
from warmbench.shortlists.requirements import Aspect, Requirement, Tier
from warmbench.shortlists.verdict import Quote

_SOURCES = {
    "résumé": "said in their résumé",
    "resume": "said in their résumé",
    "note": "noted in a conversation",
    "transcript": "said in a conversation",
    "debrief": "said after an interview",
    "email": "said in an e-mail",
    "record": "on their record",
    "ATS": "on their record in the ATS",
}
_YEARS_OPEN = "for how many years is not known"
_SCOPES = {
    "people": "{} people led",
    "budget": "a budget of {}",
    "users": "{} users",
    "revenue": "revenue of {}",
}


def shown(asked: Requirement, fact: Known, short: Sequence[str]) -> str:
    """What a fact shows: "Python, 6 years, last used 2024, said in their résumé of March 2026."."""
    parts = [_what(asked, fact)]
    years = fact.value.get("years")
    if asked.aspect == Aspect.SKILL and years is not None:
        so_many = f"{amount(years)} year{'' if years == 1 else 's'}"
        is_few = "years" in short and asked.at_least is not None
        parts.append(f"{so_many} of the {amount(asked.at_least)} asked for" if is_few else so_many)
    elif asked.aspect == Aspect.SKILL and asked.at_least is not None:
        parts.append(_YEARS_OPEN)
    if "amount" in short:
        parts.append(f"less than the {amount(asked.at_least)} asked for")
    if level := fact.value.get("strength"):
        parts.append(f"{level} knowledge")
    if used := str(fact.value.get("last_used") or ""):
        parts.append(f"last used {used[:4]}")
    if "old" in short:
        limit = asked.rule.max_age
        parts.append(f"older than the {limit} years that count" if limit else "long ago")
    if fact.value.get("current") is True:
        parts.append("at present")
    parts.append(where(fact.source, fact.said_on))
    if "second_hand" in short:
        parts.append("not in their own words")
    return ", ".join(filter(None, parts)) + "."


def _what(asked: Requirement, fact: Known) -> str:
    if asked.aspect == Aspect.SCOPE:
        so_much = " ".join(
            filter(None, [amount(fact.value.get("amount")), str(fact.value.get("currency") or "")])
        )
        return _SCOPES.get(asked.what, "{}").format(so_much)
    said = str(fact.value.get("name") or asked.name)
    if said.casefold() == asked.name.casefold():
        return asked.name
    return f"{asked.name}: {said}"


def where(source: str, said_on: date | None) -> str:
    """Where something comes from, and when that was."""
    told = _SOURCES.get(source, f"from {source}" if source else "")
    if said_on is None or not told:
        return told or (f"said in {said_on:%B %Y}" if said_on else "")
    return f"{told} of {said_on:%B %Y}" if told.endswith("résumé") else f"{told}, {said_on:%B %Y}"


def leaves_years_open(sentence: str) -> bool:
    """Whether a sentence of ``shown`` says that nobody knows for how many years."""
    return _YEARS_OPEN in sentence


def named(asked: Requirement) -> str:
    """That a sentence names it."""
    return f"{asked.name} is named in what they did."


def told(asked: Requirement, short: Sequence[str], quote: Quote) -> str:
    """That a sentence tells of it."""
    near = "Comes near" if short else "Tells of"
    told_by = where(quote.source, quote.said_on)
    return f"{near} “{asked.name}”{', ' + told_by if told_by else ''}."


def unknown(asked: Requirement) -> str:
    """That nothing is known of it."""
    return f"Nothing is known of {asked.name}."


def lacking(asked: Requirement, fact: Known) -> str:
    """That they have it not, or want it no more."""
    how = "Does not want" if fact.polarity == "refuses" else "Does not have"
    told_by = where(fact.source, fact.said_on)
    return f"{how} {asked.name}{', ' + told_by if told_by else ''}."


def question(asked: Requirement) -> str:
    """What to ask a person about a requirement of which nothing is known."""
    years = amount(asked.at_least) if asked.at_least is not None else ""
    match asked.aspect:
        case Aspect.SKILL if years:
            return f"How many years have they worked with {asked.name}? The role asks for {years}."
        case Aspect.SKILL:
            return f"How well do they know {asked.name}?"
        case Aspect.SCOPE:
            return f"Was there {asked.name}, and how much?"
        case Aspect.EMPLOYER | Aspect.DOMAIN:
            return f"Have they worked in or for {asked.name}?"
        case Aspect.TITLE:
            return f"Have they worked as {asked.name}?"
        case Aspect.EXPERIENCE:
            return f"What have they done of this: {asked.name}?"


def amount(said: Any) -> str:
    """A number as people write it: 2000000 is "2,000,000", 6.0 is "6"."""
    if said is None:
        return ""
    number = Decimal(str(said))
    return f"{int(number):,}" if number == number.to_integral_value() else f"{number.normalize():f}"


def against(asked: Requirement, sentence: str) -> str:
    """Why a requirement keeps somebody out."""
    if asked.tier == Tier.DEALBREAKER:
        return f"The role cannot bear {asked.name}. {sentence}"
    return f"{asked.name} is a must. {sentence}"
