"""The requirements of a profile in its form: rows that are added, moved, taken out and read."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from warmbench.people import pay, search
from warmbench.people.models import Tag
from warmbench.shortlists.requirements import (
    MOST_REQUIREMENTS,
    Aspect,
    EvidenceRule,
    Requirement,
    Spec,
    Strength,
    Tier,
    key_for,
)
from warmbench.web import role_profile_words as words
from warmbench.web.role_profile_words import SCOPES, TIERS, WEIGHTS

#: The tier of a row that is taken out, and can be brought back until the form is saved.
OUT = "out"
_UID = re.compile(r"[a-z]\d{1,4}")
_LONGEST = {"key": 120, "name": 160, "also": 600, "quote": 300}
_LONGEST_FIELD = 40
#: Rows of a form, with those that are taken out; more no page of ours sends.
_MOST_ROWS = 2 * MOST_REQUIREMENTS
_OLDEST = 50
_PLAIN = re.compile(r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?|\d{1,12}(?:\.\d{1,2})?")
_TIMES = {"m": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}


@dataclass(frozen=True)
class Row:
    """One requirement as somebody typed it, right or wrong."""

    #: What its fields are called by.
    uid: str
    #: Blank until it is saved for the first time.
    key: str = ""
    tier: str = Tier.MUST
    #: Which tier one that is taken out would come back to.
    was: str = ""
    aspect: str = Aspect.SKILL
    name: str = ""
    also: str = ""
    at_least: str = ""
    what: str = ""
    strength: str = Strength.ANY
    max_age: str = ""
    first_hand: bool = False
    #: In a word, and the number that was kept: it stays where its word does.
    weight: str = "usual"
    exact: str = ""
    quote: str = ""
    #: What is wrong, by field.
    mistakes: dict[str, str] = field(default_factory=dict)
    is_new: bool = False

    @property
    def is_out(self) -> bool:
        """Whether it is taken out."""
        return self.tier == OUT

    @property
    def counts(self) -> str:
        """How it counts, in words; of what cannot be read yet, that it cannot."""
        try:
            made = _requirement(self, Tier.MUST)
        except ValueError:
            return "something is wrong here"
        weight = f", {self.weight} weight" if self.weight != "usual" else ""
        return f"{words.counts(made)}{weight}"

    @property
    def is_open(self) -> bool:
        """Whether how it counts is to be seen at once."""
        return bool(self.mistakes.keys() - {"name"})


@dataclass(frozen=True)
class Rows:
    """The rows of one tier."""

    tier: str
    name: str
    meaning: str
    rows: list[Row]


def of_spec(spec: Spec) -> list[Row]:
    """The rows of what a profile says."""
    return [_row(f"r{number}", one) for number, one in enumerate(spec.requirements)]


def _row(uid: str, one: Requirement) -> Row:
    return Row(
        uid,
        key=one.key,
        tier=one.tier,
        aspect=one.aspect,
        name=one.name,
        also=_joined(one.also),
        at_least="" if one.at_least is None else words.plain(one.at_least),
        what=one.what,
        strength=one.rule.strength,
        max_age="" if one.rule.max_age is None else str(one.rule.max_age),
        first_hand=one.rule.first_hand,
        weight=words.weight_word(one.weight),
        exact=repr(one.weight),
        quote=one.quote,
    )


def _joined(names: Sequence[str]) -> str:
    # A semicolon behind the only name says that its comma is part of it.
    return f"{names[0]};" if len(names) == 1 and "," in names[0] else "; ".join(names)


def sent(said: QueryDict) -> list[Row]:
    """The rows of a sent form, in its order."""
    uids = dict.fromkeys(uid for uid in said.getlist("row") if _UID.fullmatch(uid))
    return [_sent(said, uid) for uid in list(uids)[:_MOST_ROWS]]


def _sent(said: QueryDict, uid: str) -> Row:
    def of(name: str) -> str:
        longest = _LONGEST.get(name, _LONGEST_FIELD)
        return " ".join(said.get(f"{uid}-{name}", "").replace("\0", "").split())[:longest]

    def one_of(name: str, known: Iterable[str], usual: str) -> str:
        return found if (found := of(name)) in set(known) else usual

    return Row(
        uid,
        key=of("key"),
        tier=one_of("tier", [*Tier, OUT], Tier.MUST),
        was=one_of("was", Tier, Tier.MUST),
        aspect=one_of("aspect", Aspect, Aspect.SKILL),
        name=of("name"),
        also=of("also"),
        at_least=of("at_least"),
        what=one_of("what", SCOPES, ""),
        strength=one_of("strength", Strength, Strength.ANY),
        max_age=of("max_age"),
        first_hand=bool(of("first_hand")),
        weight=one_of("weight", WEIGHTS, "usual"),
        exact=of("exact"),
        quote=of("quote"),
    )


def arranged(rows: Sequence[Row], do: str) -> list[Row]:
    """The rows by tier, after a button was pressed: ``up:r3``, ``down:r3``, ``remove:r3``,
    ``back:r3``, ``add:must``. What is not there is left alone."""
    order = [*TIERS, OUT]
    found = sorted(rows, key=lambda row: order.index(row.tier))
    verb, _, what = do.partition(":")
    if verb == "add":
        return _added(found, what)
    at = next((place for place, row in enumerate(found) if row.uid == what), None)
    if at is None:
        return found
    match verb:
        case "up" | "down":
            return _moved(found, at, -1 if verb == "up" else 1)
        case "remove":
            return _without(found, at)
        case "back":
            return arranged(_with(found, at, replace(found[at], tier=found[at].was)), "")
        case _:
            return found


def _added(rows: list[Row], tier: str) -> list[Row]:
    if tier not in TIERS or sum(not row.is_out for row in rows) >= MOST_REQUIREMENTS:
        return rows
    taken = {row.uid for row in rows}
    uid = next(uid for n in range(len(rows) + 1) if (uid := f"n{n}") not in taken)
    aspect = Aspect.EMPLOYER if tier == Tier.DEALBREAKER else Aspect.SKILL
    return arranged([*rows, Row(uid, tier=tier, aspect=aspect, is_new=True)], "")


def _moved(rows: list[Row], at: int, by: int) -> list[Row]:
    """Up or down within its tier; from its edge into the next one."""
    row, to = rows[at], at + by
    if 0 <= to < len(rows) and rows[to].tier == row.tier:
        rows[at], rows[to] = rows[to], rows[at]
        return rows
    tiers = [str(tier) for tier in TIERS]
    place = tiers.index(row.tier) + by if row.tier in tiers else -1
    if not 0 <= place < len(tiers):
        return rows
    others = [*rows[:at], *rows[at + 1 :]]
    moved = replace(row, tier=tiers[place])
    return arranged([*others, moved] if by < 0 else [moved, *others], "")


def _without(rows: list[Row], at: int) -> list[Row]:
    row = rows[at]
    if not row.name and not row.key:
        return [*rows[:at], *rows[at + 1 :]]
    return arranged(_with(rows, at, replace(row, tier=OUT, was=row.tier)), "")


def _with(rows: list[Row], at: int, row: Row) -> list[Row]:
    return [*rows[:at], *rows[at + 1 :], row]


def by_tier(rows: Sequence[Row]) -> list[Rows]:
    """The rows in the groups of the page."""
    return [
        Rows(tier, name, meaning, [row for row in rows if row.tier == tier])
        for tier, (name, meaning) in TIERS.items()
    ]


def read(rows: Sequence[Row], before: Spec) -> tuple[list[Row], tuple[Requirement, ...]]:
    """The rows with what is wrong in them, and what they ask for, if nothing is.

    A row without a name that never was saved is nothing. Tags are those that ``before`` has, or
    that go by the name.
    """
    checked, made = [], []
    names, taken = set[str](), set[str]()
    for row in rows:
        if row.is_out or not (row.name or row.key):
            checked.append(row)
            continue
        mistakes = _mistakes(row)
        name = f"{row.aspect}:{row.name.casefold()}"
        if name in names and "name" not in mistakes:
            mistakes["name"] = f"{row.name} is asked for twice: keep one of them."
        names.add(name)
        checked.append(replace(row, mistakes=mistakes))
        if mistakes:
            continue
        key = _free_key(row, taken)
        taken.add(key)
        made.append(replace(_requirement(row, Tier(row.tier)), key=key))
    if any(row.mistakes for row in checked):
        return checked, ()
    return checked, tuple(_tagged(made, before))


def _free_key(row: Row, taken: Collection[str]) -> str:
    key = row.key or key_for(Aspect(row.aspect), row.name)
    # One that was called otherwise before may have it.
    return next(one for n in range(1, 99) if (one := key if n == 1 else f"{key}-{n}") not in taken)


def _tagged(made: list[Requirement], before: Spec) -> Iterable[Requirement]:
    known = {(one.key, one.name): one.tag_id for one in before.requirements}
    for one in made:
        tag_id = known.get((one.key, one.name))
        if tag_id is None and one.aspect == Aspect.SKILL:
            tag = search.tag_called(one.name, kind=Tag.Kind.SKILL)
            tag_id = tag.pk if tag else None
        yield replace(one, tag_id=tag_id)


def _mistakes(row: Row) -> dict[str, str]:
    mistakes = {}
    if not row.name:
        mistakes["name"] = "Say what is asked for, or take it out."
    if row.at_least and _number(row.at_least) is None:
        mistakes["at_least"] = "Write a number such as 5 or 10,000."
    if row.aspect == Aspect.SCOPE and row.at_least and not row.what:
        mistakes["what"] = "Say what it counts."
    if row.max_age and not _is_age(row.max_age):
        mistakes["max_age"] = f"Write whole years, from 1 to {_OLDEST}."
    return mistakes


def _is_age(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= _OLDEST


def _requirement(row: Row, tier: Tier) -> Requirement:
    """What a row asks for. Raises ValueError for a number that is none."""
    least = _number(row.at_least) if row.at_least else None
    if row.at_least and least is None:
        raise ValueError(row.at_least)
    if row.max_age and not _is_age(row.max_age):
        raise ValueError(row.max_age)
    aspect = Aspect(row.aspect)
    return Requirement(
        row.key,
        aspect,
        tier,
        row.name,
        also=_names(row.also),
        at_least=least,
        what=row.what if aspect == Aspect.SCOPE else "",
        rule=EvidenceRule(
            Strength(row.strength), int(row.max_age) if row.max_age else None, row.first_hand
        ),
        weight=_weight(row),
        quote=row.quote,
    )


def _names(typed: str) -> tuple[str, ...]:
    parts = typed.split(";" if ";" in typed else ",")
    return tuple(dict.fromkeys(part for one in parts if (part := one.strip())))


def _number(text: str) -> Decimal | None:
    """The number in "5", "2.5", "10,000", "85k" or "2m"; None if it is none."""
    head = text.casefold().rstrip(" abcdefghijklmnopqrstuvwxyz")
    times = _TIMES.get(text.casefold()[len(head) :].strip(), 1)
    is_plain = _PLAIN.fullmatch(text if times == 1 else head)
    found = Decimal(is_plain[0].replace(",", "")) if is_plain else None
    if found is None:
        found = pay.amount(text if times == 1 else head)
    if not found:
        return None
    # 5.00 is 5: else every number that is typed would be another one than was kept.
    return Decimal(words.plain(found * times).replace(",", ""))


def _weight(row: Row) -> float:
    try:
        exact = float(Decimal(row.exact)) if row.exact else 0.0
    except InvalidOperation:
        exact = 0.0
    is_kept = 0 < exact <= 3 and words.weight_word(exact) == row.weight
    return exact if is_kept else WEIGHTS[row.weight]
