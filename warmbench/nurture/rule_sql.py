"""Turns rules into SQL over ``candidate c`` and ``candidate_facet f``, which the database
decides for one person or a million.

A fact that is missing counts as not true, and ``not`` of it as true. In SQL a comparison with
nothing is neither; "and" and "or" of such comparisons are true exactly when they should be,
so ``IS NOT TRUE`` in the place of ``NOT`` is all that it takes.
"""

import calendar
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.sql import Literal

from warmbench.accounts.models import User
from warmbench.core import sql
from warmbench.nurture import rule_parts as parts
from warmbench.nurture.rule_errors import mistake, nearest
from warmbench.nurture.rule_parts import Name, Rule
from warmbench.people.models import Candidate, Channel, Tag, TagAlias
from warmbench.people.tag_words import key
from warmbench.signals import scoring
from warmbench.signals.reasons import ANSWERED_BY_A_RECRUITER


class Cut(NamedTuple):
    """A moment that lies so far before now."""

    number: int
    unit: str

    def parameter(self, kind: str) -> str:
        """What the SQL calls it, as a ``date`` or a ``timestamptz``."""
        return f"{self.number}_{self.unit}_ago_{kind}"

    def before(self, now: datetime) -> datetime:
        """The moment itself. The 31st counts as the last day of a shorter month."""
        if self.unit in {"days", "weeks"}:
            return now - timedelta(**{self.unit: self.number})
        months = self.number * (12 if self.unit == "years" else 1)
        year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
        day = min(now.day, calendar.monthrange(year, month + 1)[1])
        return now.replace(year=year, month=month + 1, day=day)


#: What the texts of joins take from elsewhere, so that one change changes both.
_POLICY = {
    "{first_weights}": Literal(json.dumps(scoring.FIRST.weights)).as_string(None),
    "{first_count}": str(scoring.FIRST.interest_count),
    "{first_days}": str(scoring.FIRST.interest_days),
    "{first_of}": Literal(str(scoring.FIRST.interest_of)).as_string(None),
    "{occasion}": f"interval '{scoring.OCCASION.seconds} seconds'",
    "{answered_by_a_recruiter}": ", ".join(f"'{one}'" for one in sorted(ANSWERED_BY_A_RECRUITER)),
}


class Join(NamedTuple):
    """What is looked up once for each person, however many pools ask about it."""

    fact: str
    channel: str = ""
    purpose: str = ""

    @property
    def alias(self) -> str:
        """What the expressions call it."""
        return "_".join(filter(None, self))

    @property
    def sql(self) -> str:
        """The text of the join to ``candidate c``."""
        text = sql.load(__file__, f"facts/{self.fact}")
        said = {"{channel}": self.channel, "{purpose}": self.purpose} | _POLICY
        for name, value in said.items():
            text = text.replace(name, value)
        return text


@dataclass(frozen=True)
class Condition:
    """A rule in SQL."""

    #: A boolean expression. A percent sign stands twice in it, as psycopg wants it.
    expression: str
    joins: frozenset[Join]
    cuts: frozenset[Cut]


def parameters(cuts: Iterable[Cut], *, now: datetime) -> dict[str, object]:
    """The values of the parameters in expressions and joins."""
    values: dict[str, object] = {"now": now}
    for cut in cuts:
        moment = cut.before(now)
        values[cut.parameter("timestamptz")] = moment
        values[cut.parameter("date")] = moment.date()
    return values


@dataclass(frozen=True)
class Names:
    """The names that rules may use, as the database knows them."""

    #: Kind → key of the name → ids of the tags called so.
    tags: dict[str, dict[str, set[int]]]
    children: dict[int, list[int]]
    #: Key → the text as it is written.
    spellings: dict[str, str]
    owners: dict[str, int]

    @classmethod
    def load(cls) -> "Names":
        """Everything that a rule can name."""
        tags: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        children: dict[int, list[int]] = defaultdict(list)
        spellings: dict[str, str] = {}
        for pk, parent in Tag.objects.exclude(parent=None).values_list("pk", "parent_id"):
            children[parent].append(pk)
        named = Tag.objects.values_list("pk", "kind", "name")
        also_named = TagAlias.objects.values_list("tag_id", "kind", "text")
        for pk, kind, text in (*named, *also_named):
            tags[kind][key(text)].add(pk)
            spellings.setdefault(key(text), text)
        return cls(tags, children, spellings, dict(User.objects.values_list("email", "pk")))

    def with_everything_below(self, kind: str, name: Name) -> list[int]:
        """The ids of the tag of that name and of all tags below it, whatever their kind."""
        kinds = [kind] if kind else list(self.tags)
        found = {pk for k in kinds for pk in self.tags.get(k, {}).get(key(name.text), ())}
        if not found:
            known = [self.spellings[text] for k in kinds for text in self.tags.get(k, {})]
            what = kind.replace("_", " ") or "tag"
            hint = nearest(name.text, known)
            raise mistake(name, f"There is no {what} called “{name}”.{hint}")
        waiting, seen = list(found), set(found)
        while waiting:
            below = [pk for pk in self.children.get(waiting.pop(), ()) if pk not in seen]
            seen.update(below)
            waiting.extend(below)
        return sorted(seen)

    def of_kind(self, kind: str) -> list[int]:
        """The ids of all tags of a kind."""
        return sorted({pk for ids in self.tags.get(kind, {}).values() for pk in ids})

    def owner(self, name: Name) -> int:
        """The id of the recruiter with that address."""
        found = self.owners.get(name.text)
        if found is None:
            hint = nearest(name.text, self.owners)
            raise mistake(name, f"Nobody signs in with the address “{name}”.{hint}")
        return found


def compile_rule(rule: Rule, names: Names) -> Condition:
    """The SQL of a rule. Raises RuleError for a name that is not among them."""
    writer = _Writer(names)
    expression = writer.write(rule)
    return Condition(expression, frozenset(writer.joins), frozenset(writer.cuts))


#: Facts that are texts, blank when missing.
_TEXTS = {
    "status": "c.status",
    "country": "c.country",
    "stage reached": "c.stage_reached",
    "source": "c.source",
    "employer": "c.employer",
    "city": "c.city",
    "region": "c.region",
    "time zone": "c.time_zone",
}
#: Columns that tell when, and their types.
_MOMENTS = {
    "last conversation": ("c.last_conversation_on", "date"),
    "added": ("c.added_at", "timestamptz"),
    "status change": ("c.status_since", "timestamptz"),
}
#: Moments that are looked up in other tables, and what is simply so or not.
_LAST = {"last message": "message", "last click": "click", "last reply": "reply"}
_LOOKED_UP = {
    "suppressed": "suppressed",
    "high interest": "interest",
    "open follow-up": "follow_up",
}
#: “More than six months ago” is before that moment.
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
_CONTACTS = {"email": Channel.EMAIL.value, "phone": Channel.SMS.value}


@dataclass
class _Writer:
    names: Names
    joins: set[Join] = field(default_factory=set)
    cuts: set[Cut] = field(default_factory=set)

    def write(self, rule: Rule) -> str:
        match rule:
            case parts.And(several):
                return self._joined(several, " AND ")
            case parts.Or(several):
                return self._joined(several, " OR ")
            case parts.Not(part):
                return f"({self.write(part)} IS NOT TRUE)"
            case _:
                return f"({self._fact(rule)})"

    def _joined(self, several: tuple[Rule, ...], conjunction: str) -> str:
        # What costs least stands first: PostgreSQL stops where the answer is certain.
        ordered = sorted((self.write(part) for part in several), key=_cost)
        return f"({conjunction.join(ordered)})"

    def _fact(self, rule: parts.Single) -> str:
        match rule:
            case parts.Is(fact, values):
                expression = self._is(fact, values)
            case parts.Tagged(kind, names, every):
                expression = self._tagged(kind, names, every=every)
            case parts.Reached(comparison, stage):
                expression = _reached(comparison, stage)
            case parts.Elapsed(unit, since, comparison, number):
                expression = self._elapsed(Cut(number, unit), since, comparison)
            case parts.Known(fact):
                expression = self._known(fact)
            case parts.Consented(channel, purpose):
                expression = f"{self._join('consent', channel, purpose)}.given"
            case parts.Holds(fact) if fact in _LOOKED_UP:
                expression = f"{self._join(_LOOKED_UP[fact])}.yes"
            case parts.Holds(_):
                silver, ended = _texts(parts.SILVER_STAGES), _texts(parts.SILVER_ENDS)
                expression = f"c.stage_reached IN ({silver}) AND c.status NOT IN ({ended})"
        return expression

    def _is(self, fact: str, values: tuple[Name, ...]) -> str:
        if fact == "owner":
            owners = sorted({self.names.owner(value) for value in values})
            return f"c.owner_id IN ({', '.join(map(str, owners))})"
        if fact in {"status", "country", "stage reached"}:
            return f"{_TEXTS[fact]} IN ({_texts(value.text for value in values)})"
        folded = ", ".join(f"lower({_text(value.text)})" for value in values)
        return f"lower({_TEXTS[fact]}) IN ({folded})"

    def _tagged(self, kind: str, names: tuple[Name, ...], *, every: bool) -> str:
        below = [self.names.with_everything_below(kind, name) for name in names]
        if every:
            return " AND ".join(_carries(ids) for ids in below)
        return _carries(sorted({pk for ids in below for pk in ids}))

    def _elapsed(self, cut: Cut, since: str, comparison: str) -> str:
        self.cuts.add(cut)
        column, kind = self._moment(since)
        return f"{column} {_TURNED[comparison]} %({cut.parameter(kind)})s::{kind}"

    def _known(self, fact: str) -> str:
        if fact in _TEXTS:
            return f"{_TEXTS[fact]} <> ''"
        if fact in _CONTACTS:
            return f"{self._join('reach', _CONTACTS[fact])}.yes"
        if parts.FACT_NAMED[fact].shape is parts.Shape.MOMENT:
            return f"{self._moment(fact)[0]} IS NOT NULL"
        if fact == "owner":
            return "c.owner_id IS NOT NULL"
        kind = parts.FACT_NAMED[fact].kind
        return _carries(self.names.of_kind(kind)) if kind else "f.tag_ids <> '{}'"

    def _moment(self, fact: str) -> tuple[str, str]:
        if fact in _LAST:
            return f"{self._join(_LAST[fact])}.at", "timestamptz"
        return _MOMENTS[fact]

    def _join(self, fact: str, channel: str = "", purpose: str = "") -> str:
        join = Join(fact, channel, purpose)
        self.joins.add(join)
        return join.alias


def _reached(comparison: str, stage: str) -> str:
    at = parts.STAGES.index(Candidate.Stage(stage))
    by_comparison = {
        ">=": parts.STAGES[at:],
        ">": parts.STAGES[at + 1 :],
        "<=": parts.STAGES[: at + 1],
        "<": parts.STAGES[:at],
    }
    stages = by_comparison[comparison]
    return f"c.stage_reached IN ({_texts(stages)})" if stages else "false"


def _carries(tag_ids: list[int]) -> str:
    # Which operator is meant has to be said: PostgreSQL's own "&&" cannot use the index.
    ids = ",".join(map(str, tag_ids))
    return f"f.tag_ids OPERATOR(public.&&) '{{{ids}}}'::int[]"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(_text(str(value)) for value in values)


def _text(value: str) -> str:
    return Literal(value).as_string(None).replace("%", "%%")


def _cost(expression: str) -> tuple[bool, int]:
    return "f.tag_ids" in expression, len(expression)
