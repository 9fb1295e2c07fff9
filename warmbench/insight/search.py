"""Finds people by what conversations say of them: kinds of facts, values, words in quotes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from warmbench.core import sql
from warmbench.insight import ageing, slots
from warmbench.insight.ageing import Age
from warmbench.insight.kinds import Kind
from warmbench.insight.models import Insight

#: People on one page.
PAGE = 50
#: Among so many people that were found, those spoken of last, facts are counted.
COUNTED = 500
#: Without a condition, so many of the newest facts are looked at.
NEWEST = 5_000
#: More conditions than anybody types.
MOST_FACETS = 12
#: Facts of one person that show that one condition is met.
SHOWN = 5
_LONGEST_NUMBER = 18
LIVE = (Insight.State.PROPOSED, Insight.State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Facet:
    """One condition: a fact of this kind that says so. What is left out is any."""

    kind: str
    #: What it is about, as ``slots.topic`` writes it: ``python``, ``berlin``, ``remote``.
    topic: str = ""
    #: In one of these senses.
    polarities: tuple[str, ...] = ()
    #: A year's pay, days of notice, years, people: no more, and no less, than this.
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    #: A start or an event no later than this.
    by_day: date | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What people are searched by: those of whom all of it is true."""

    facets: tuple[Facet, ...] = ()
    #: Beginnings of words that stand in one quote.
    words: tuple[str, ...] = ()
    states: tuple[str, ...] = LIVE
    age: Age | None = None
    #: Of one recruiter's people alone.
    owner_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not (self.facets or self.words)


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found, and the facts that show it, in the order of the conditions."""

    candidate_id: int
    insight_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the people, those spoken of last first."""

    hits: Sequence[Hit]
    #: What to ask with for those that follow; blank at the end.
    next: str = ""
    #: How many people there are, on the first page; without a condition, among the newest facts.
    total: int | None = None
    #: On the first page, by kind and topic, how many of the first people have such a fact.
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)


class UnaskableError(ValueError):
    """It cannot be searched so: one sentence for whoever asked."""


def find(query: Query, *, now: datetime, after: str = "", limit: int = PAGE) -> Page:
    """The people of whom all of this is true, a page of them, with what shows it. ``after`` is the
    ``next`` of the page before. Raises UnaskableError.

    One statement, whatever is asked: 0.3 s among a million facts.
    """
    if len(query.facets) > MOST_FACETS:
        raise UnaskableError(f"Ask for {MOST_FACETS} things at most.")
    # What is nothing but a sign that no text has is no word.
    query = replace(query, words=tuple(filter(None, map(_said, query.words))))
    last_on, last_id = _place(after)
    values: dict[str, object] = {
        "owner": query.owner_id or 0,
        "last_on": last_on,
        "last_id": last_id,
        "limit": limit + 1,
        "counted": COUNTED,
        "with_counts": not after,
    }
    conditions = _conditions(query, values, today=now.date())
    text = sql.load(__file__, "find").replace("{meant}", _meant(conditions, query))
    text = text.replace("{shown}", _shown(conditions))
    hits: list[tuple[Hit, date]] = []
    counts: dict[tuple[str, str], int] = {}
    total = None
    for what, candidate_id, said_on, ids, kind, topic, people in sql.run(text, values):
        match what:
            case "hit":
                hits.append((Hit(candidate_id, tuple(ids)), said_on))
            case "count":
                counts[kind, topic] = people
            case _:
                total = None if after else people
    shown, last = hits[:limit], ""
    if len(hits) > limit:
        last = f"{shown[-1][1].isoformat()}.{shown[-1][0].candidate_id}"
    return Page([hit for hit, _ in shown], last, total, counts)


def names(asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """How what facts are about is written: by kind and topic, as one of the facts has it. Without
    those of which no fact has a name."""
    rows = [{"kind": kind, "topic": topic} for kind, topic in sorted(asked)]
    if not rows:
        return {}
    found = sql.run(sql.load(__file__, "names"), {"asked": sql.records(rows)})
    return {(kind, topic): name for kind, topic, name in found}


def _place(after: str) -> tuple[date | None, int]:
    if not after:
        return None, 0
    day, _, number = after.partition(".")
    said_on = slots.day(day)
    if said_on is None or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        raise UnaskableError("There is no such page.")
    return said_on, int(number)


def _conditions(query: Query, values: dict[str, object], *, today: date) -> list[str]:
    """What is asked of a fact ``i`` for each condition. The values go into ``values``, never into
    the text."""
    common = [_states(query, values)]
    if query.age is not None:
        spans = {kind: ageing.said_between(kind, query.age, today=today) for kind in Kind.values}
        values["said_from"] = sql.records([{k: s[0].isoformat() for k, s in spans.items()}])
        values["said_to"] = sql.records([{k: s[1].isoformat() for k, s in spans.items()}])
        common.append(
            "i.said_on BETWEEN (%(said_from)s::jsonb->0->>i.kind)::date"
            " AND (%(said_to)s::jsonb->0->>i.kind)::date"
        )
    asked = [_facet(place, one, values) for place, one in enumerate(query.facets)]
    if query.words:
        values["words"] = " & ".join(f"'{_quoted(word)}':*" for word in query.words)
        # As the index has it.
        words = "to_tsvector('simple'::regconfig, COALESCE(i.quote, ''))"
        asked.append([f"{words} @@ to_tsquery('simple', %(words)s)"])
    return [" AND ".join([*common, *conditions]) for conditions in asked or [[]]]


def _meant(conditions: Sequence[str], query: Query) -> str:
    """Who meets all conditions, each by an index that holds all that is asked of its facts."""
    if query.is_empty:
        newest = f"SELECT i.candidate_id, i.said_on FROM insight i WHERE {conditions[0]}"  # noqa: S608
        return (
            "SELECT i.candidate_id, max(i.said_on) AS last_on"  # noqa: S608
            f" FROM ({newest} ORDER BY i.id DESC LIMIT {NEWEST}) i GROUP BY i.candidate_id"
        )
    each = [
        f"(SELECT i.candidate_id, max(i.said_on) AS last_on FROM insight i WHERE {condition}"  # noqa: S608
        f" GROUP BY i.candidate_id) m{place}"
        for place, condition in enumerate(conditions)
    ]
    last_on = ", ".join(f"m{place}.last_on" for place in range(len(each)))
    joined = each[0] + "".join(f" JOIN {one} USING (candidate_id)" for one in each[1:])
    return f"SELECT candidate_id, greatest({last_on}) AS last_on FROM {joined}"  # noqa: S608


def _shown(conditions: Sequence[str]) -> str:
    return " UNION ALL ".join(
        f"(SELECT {place} AS bit, i.id, i.said_on FROM insight i"  # noqa: S608
        f" WHERE i.candidate_id = p.candidate_id AND {condition}"
        f" ORDER BY i.said_on DESC, i.id DESC LIMIT {SHOWN})"
        for place, condition in enumerate(conditions)
    )


def _states(query: Query, values: dict[str, object]) -> str:
    if set(query.states) == set(LIVE):
        # In so many words: an index holds these alone.
        return "i.state IN ('proposed', 'confirmed')"
    values["states"] = list(query.states)
    condition = "i.state = ANY(%(states)s::text[])"
    if set(query.states) <= set(LIVE):
        condition += " AND i.state IN ('proposed', 'confirmed')"
    return condition


def _facet(place: int, one: Facet, values: dict[str, object]) -> list[str]:
    asked: list[tuple[str, str, Any]] = [("kind", "i.kind = {}::text", one.kind)]
    if one.topic:
        asked.append(("topic", "i.topic = {}::text", one.topic))
    if one.polarities:
        asked.append(("polarities", "i.polarity = ANY({}::text[])", list(one.polarities)))
    if one.at_most is not None:
        asked.append(("at_most", "i.amount <= {}::numeric", one.at_most))
    if one.at_least is not None:
        asked.append(("at_least", "i.amount >= {}::numeric", one.at_least))
    if one.by_day is not None:
        asked.append(("by_day", "i.on_day <= {}::date", one.by_day))
    found = []
    for name, condition, value in asked:
        values[f"{name}_{place}"] = value
        found.append(condition.format(f"%({name}_{place})s"))
    return found


def _said(word: str) -> str:
    return word.replace("\0", "").strip()


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")
