"""Says facts from conversations in a few English words: what they say, by whom, how old."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from warmbench.insight import slots
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker

Value = Mapping[str, Any]

_PERIODS = {"year": "a year", "month": "a month", "day": "a day", "hour": "an hour"}
_TO = {"month_end": " to the end of a month", "quarter_end": " to the end of a quarter"}
MODES = {"remote": "remote", "hybrid": "hybrid", "onsite": "on site"}
LEVELS = {
    "individual_contributor": "individual contributor",
    "manager": "manager",
    "director": "director",
    "executive": "executive",
}
EVENTS = {
    "vesting": "Shares vest",
    "bonus": "Bonus is paid",
    "parental_leave": "Parental leave",
    "contract_end": "Contract ends",
    "not_before": "Not before",
    "relocation": "Moves",
    "sabbatical": "Sabbatical",
    "exam": "Exam",
    "project_end": "Project ends",
    "other": "A date that matters",
}
MOTIVES = {
    "pay": "better pay",
    "growth": "room to grow",
    "leadership": "leading people",
    "learning": "learning",
    "technology": "good technology",
    "mission": "a purpose",
    "stability": "security",
    "flexibility": "flexible hours",
    "commute": "a shorter way to work",
    "balance": "time beside work",
    "team": "good colleagues",
    "recognition": "being seen",
    "autonomy": "deciding themselves",
}
CONSTRAINTS = {
    "visa": "a work permit",
    "family": "family",
    "commute": "the way to work",
    "travel": "how much they travel",
    "hours": "their hours",
    "non_compete": "a non-compete clause",
    "housing": "where they live",
    "study": "their studies",
}
STANCES = {
    "active": "Is looking",
    "open": "Would listen",
    "later": "Not now, but later",
    "not_interested": "Not interested in a move",
}
STRENGTHS = {"basic": "basic", "working": "working knowledge", "strong": "strong"}
CHANNELS = {
    "email": "e-mail",
    "phone": "phone",
    "text": "text message",
    "whatsapp": "WhatsApp",
    "linkedin": "LinkedIn",
}
DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
SCOPES = {"people": "People", "budget": "Budget", "users": "Users", "revenue": "Revenue"}
PAYS = {"current": "Pay now", "target": "Pay wanted", "floor": "Least pay"}
TIERS = {"hard": "No contact any more", "pause": "Leave them alone for now"}
#: What people are told whose word a fact is.
_WORDS_OF = {
    Speaker.CANDIDATE: "their own word",
    Speaker.RECRUITER: "a recruiter's note",
    Speaker.MANAGER: "a hiring manager's word",
    Speaker.OTHER: "somebody else's word",
}


def sentence(kind: str, value: Value, polarity: str, quote: str = "") -> str:
    """What a fact says, in a few words without its subject: “Wants 95,000 EUR a year”. Whatever a
    value lacks is left out."""
    said = _SAYING[Kind(kind)](value, Polarity(polarity))
    return said or f"{quote[:1].upper()}{quote[1:]}"


def by_whom(speaker: str, source_kind: str) -> str:
    """Whose word it is, in the middle of a sentence."""
    if source_kind == SourceKind.RESUME:
        return "their résumé"
    if speaker == Speaker.CANDIDATE and source_kind == SourceKind.EMAIL:
        return "their own e-mail"
    return _WORDS_OF[Speaker(speaker)]


def ago(day: date, *, today: date) -> str:
    """How long ago a day was: “today”, “3 weeks ago”, “2 years ago”."""
    days = (today - day).days
    if days <= 0:
        return "today"
    for length, name in ((365, "year"), (30, "month"), (7, "week"), (1, "day")):
        if days >= length * (1 if name in {"year", "day"} else 2):
            many = days // length
            return f"{many} {name}{'s' * (many != 1)} ago"
    return "1 day ago"


def day(said: object) -> str:
    """A day of a value as people read it; blank for none."""
    found = slots.day(said)
    return f"{found:%-d %B %Y}" if found else ""


def topic(kind: str, name: str) -> str:
    """What lists of facts call what one is about: “Python”, “on site”, “better pay”."""
    known: dict[str, Mapping[str, str]] = {
        Kind.REMOTE: MODES,
        Kind.SENIORITY: LEVELS,
        Kind.EVENT: EVENTS,
        Kind.MOTIVE: MOTIVES,
        Kind.CONSTRAINT: CONSTRAINTS,
        Kind.STANCE: STANCES,
        Kind.CHANNEL: CHANNELS,
        Kind.SCOPE: SCOPES,
        Kind.PAY: PAYS,
        Kind.STOP: TIERS,
    }
    # Topics are folded: “individual contributor” stands for individual_contributor.
    plain = {slots.topic(Kind(kind), {"name": key}, ""): said for key, said in _of(known, kind)}
    found = plain.get(name, name)
    return found[:1].upper() + found[1:]


def _of(known: Mapping[str, Mapping[str, str]], kind: str) -> list[tuple[str, str]]:
    return list(known.get(kind, {}).items())


def _number(said: object) -> str:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return ""
    return f"{said:,.0f}" if float(said).is_integer() else f"{said:,.2f}"


def _sum(value: Value) -> str:
    low, high = _number(value.get("low")), _number(value.get("high"))
    if low and high and low != high:
        numbers = f"{low}–{high}"  # noqa: RUF001 - a range
    else:
        numbers = low or (f"up to {high}" if high else "")
    period = _PERIODS.get(str(value.get("period", "year")), "")
    return " ".join(filter(None, (numbers, str(value.get("currency", "")), period)))


def _pay(value: Value, _: Polarity) -> str:
    lead = {"current": "Earns", "floor": "Not below"}.get(str(value.get("what")), "Wants")
    return f"{lead} {_sum(value)}"


def _notice(value: Value, _: Polarity) -> str:
    amount, unit = _number(value.get("amount")), str(value.get("unit", "days"))
    if amount == "0":
        return "No notice to give"
    one = unit.removesuffix("s") if amount == "1" else unit
    return f"{amount} {one} of notice{_TO.get(str(value.get('to')), '')}"


def _start(value: Value, _: Polarity) -> str:
    return f"Could start from {day(value.get('from')) or 'a day not said'}"


def _event(value: Value, _: Polarity) -> str:
    what = str(value.get("what"))
    begins, ends = day(value.get("from")), day(value.get("until"))
    if what == "not_before":
        return f"Not before {begins or ends}"
    said = EVENTS.get(what, EVENTS["other"])
    if begins and ends:
        return f"{said}, {begins} to {ends}"
    if ends:
        return f"{said} until {ends}"
    joint = " from " if what in {"parental_leave", "sabbatical"} else ", "
    return f"{said}{joint}{begins}" if begins else said


def _place(value: Value, sense: Polarity) -> str:
    lead = {
        Polarity.HAD: "Lives in",
        Polarity.PLANS: "Moves to",
        Polarity.REFUSES: "Would not work in",
    }.get(sense, "Would work in")
    return f"{lead} {value.get('name', '')}"


def _remote(value: Value, sense: Polarity) -> str:
    mode = {**MODES, "remote": "remotely"}.get(str(value.get("mode")), "")
    lead = {Polarity.HAD: "Works", Polarity.REFUSES: "Not"}.get(sense, "Wants to work")
    if sense == Polarity.HAD:
        mode += " now"
    days = _number(value.get("days"))
    return f"{lead} {mode}" + (f", {days} days a week on site" if days else "")


def _title(value: Value, sense: Polarity) -> str:
    name = value.get("name", "")
    if sense == Polarity.HAD:
        return f"{'Works' if value.get('current') else 'Has worked'} as {name}"
    return f"{'Does not want' if sense == Polarity.REFUSES else 'Wants'} to work as {name}"


def _seniority(value: Value, sense: Polarity) -> str:
    level = LEVELS.get(str(value.get("level")), "")
    known = f"{'an' if level[:1] in 'aei' else 'a'} {level}"
    return f"Is {known}" if sense == Polarity.HAD else f"Wants to be {known}"


def _scope(value: Value, _: Polarity) -> str:
    what = str(value.get("what"))
    amount = f"{_number(value.get('amount'))} {value.get('currency', '')}".strip()
    return {
        "people": f"Leads {amount} people",
        "budget": f"Looks after a budget of {amount}",
        "users": f"Works for {amount} users",
    }.get(what, f"Answers for a revenue of {amount}")


def _employer(value: Value, sense: Polarity) -> str:
    name = value.get("name", "")
    if sense == Polarity.HAD:
        return f"{'Works' if value.get('current') else 'Has worked'} at {name}"
    return f"{'Would never' if sense == Polarity.REFUSES else 'Would love to'} work at {name}"


def _named(had: str, wants: str, refuses: str) -> Callable[[Value, Polarity], str]:
    def say(value: Value, sense: Polarity) -> str:
        lead = {Polarity.HAD: had, Polarity.REFUSES: refuses, Polarity.LACKS: "Lacks"}
        name = str(value.get("name", ""))
        said = f"{lead.get(sense, wants)} {name}".strip()
        return said[:1].upper() + said[1:]

    return say


def _skill(value: Value, sense: Polarity) -> str:
    years = _number(value.get("years"))
    said = _named("", "Wants to work with", "No more")(value, sense)
    last = str(value.get("last_used", ""))
    told = (
        f"{years} year{'s' * (years != '1')}" if years else "",
        STRENGTHS.get(str(value.get("strength")), ""),
        f"last used {day(last) or last}" if last else "",
    )
    return ", ".join(filter(None, (said, *told)))


def _chosen(words: Mapping[str, str], key: str, lead: str = "") -> Callable[[Value, Polarity], str]:
    def say(value: Value, _: Polarity) -> str:
        return lead + words.get(str(value.get(key)), str(value.get(key, "")))

    return say


def _stop(value: Value, _: Polarity) -> str:
    if value.get("tier") == "hard":
        return "Wants no contact any more"
    until = day(value.get("until"))
    return f"Wants to be left alone {f'until {until}' if until else 'for now'}"


def _channel(value: Value, sense: Polarity) -> str:
    name = CHANNELS.get(str(value.get("name")), "")
    return f"{'Not by' if sense == Polarity.REFUSES else 'Prefers'} {name}"


def _time(value: Value, _: Polarity) -> str:
    begins, ends = value.get("from"), value.get("to")
    if begins and ends:
        hours = f"from {begins} to {ends}"
    else:
        hours = f"after {begins}" if begins else f"before {ends}" if ends else ""
    days = [DAYS[one] for one in value.get("days") or () if one in DAYS]
    return " ".join(filter(None, ("Best reached", hours, f"on {', '.join(days)}" if days else "")))


_SAYING: Mapping[Kind, Callable[[Value, Polarity], str]] = MappingProxyType(
    {
        Kind.PAY: _pay,
        Kind.NOTICE: _notice,
        Kind.START: _start,
        Kind.EVENT: _event,
        Kind.PLACE: _place,
        Kind.REMOTE: _remote,
        Kind.TITLE: _title,
        Kind.SENIORITY: _seniority,
        Kind.SCOPE: _scope,
        Kind.EMPLOYER: _employer,
        Kind.SKILL: _skill,
        Kind.DOMAIN: _named("Knows", "Wants to work in", "No more"),
        # Its words say it best.
        Kind.ACHIEVEMENT: lambda *_: "",
        Kind.MOTIVE: _chosen(MOTIVES, "what", "Moved by "),
        Kind.CONSTRAINT: _chosen(CONSTRAINTS, "what", "Bound by "),
        Kind.STANCE: _chosen(STANCES, "level"),
        Kind.TOPIC: _named("Talked about", "Talked about", "Talked about"),
        Kind.REFERRAL: _named("Recommends", "Recommends", "Recommends"),
        Kind.STOP: _stop,
        Kind.CHANNEL: _channel,
        Kind.TIME: _time,
    }
)
