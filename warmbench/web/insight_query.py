"""What somebody asks of all facts: read from an address, said in chips, and written back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from warmbench.accounts.models import User
from warmbench.insight import asking
from warmbench.insight.ageing import Age
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.insight.search import LIVE, MOST_FACETS, Facet, Query
from warmbench.web import insight_words
from warmbench.web.typed import typed

#: Kinds whose facets stand beside the results, with what they are called there. What others are
#: about is each time something else.
COUNTED: Mapping[str, str] = {
    Kind.TITLE: "Title",
    Kind.SENIORITY: "Seniority",
    Kind.SKILL: "Skill",
    Kind.STANCE: "Interest",
    Kind.REMOTE: "On site or remote",
    Kind.PLACE: "Place",
    Kind.DOMAIN: "Field",
    Kind.MOTIVE: "Moved by",
}
#: In these senses the people beside the results are counted.
_HAS = (Polarity.HAD, Polarity.WANTS, Polarity.PLANS)
#: A sense in the words of a chip, where it is only one.
_SENSES = {
    Polarity.WANTS: "wants",
    Polarity.REFUSES: "does not want",
    Polarity.PLANS: "plans",
    Polarity.LACKS: "lacks",
}


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Asked:
    """What is asked: a line of text as it was typed, and conditions that were chosen."""

    line: str
    #: What the line was understood as.
    read: Query
    facets: tuple[Facet, ...] = ()
    words: tuple[str, ...] = ()
    age: str = ""
    is_confirmed: bool = False
    is_mine: bool = False
    user_id: int = 0
    #: How what conditions are about is written, by kind and topic.
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: QueryDict, *, user: User, today: date) -> "Asked":
        """What an address asks for. What it says wrongly, it does not ask for."""
        line = typed(asked, "q", longest=asking.MOST)
        facets = [_facet(said) for said in asked.getlist("f")[:MOST_FACETS]]
        age = asked.get("age", "")
        return cls(
            line=line,
            read=asking.parse(line, today=today) if line else Query(),
            facets=tuple(one for one in facets if one is not None),
            words=tuple(filter(None, (_plain(word) for word in asked.getlist("w")[:8]))),
            age=age if age in Age.values else "",
            is_confirmed=asked.get("state") == "confirmed",
            is_mine=asked.get("owner") == "me",
            user_id=user.pk,
        )

    @property
    def query(self) -> Query:
        """All of it, as facts are searched by."""
        return Query(
            facets=self._all_facets[:MOST_FACETS],
            words=self._all_words,
            states=(Insight.State.CONFIRMED,) if self.is_confirmed else LIVE,
            age=Age(self.age) if self.age else None,
            owner_id=self.user_id if self.is_mine else None,
        )

    @property
    def is_set(self) -> bool:
        """Whether it asks for anything."""
        return not self.query.is_empty or bool(self.age) or self.is_confirmed or self.is_mine

    @property
    def topics(self) -> set[tuple[str, str]]:
        """What its conditions are about, by kind."""
        return {(one.kind, one.topic) for one in self._all_facets if one.topic}

    @property
    def chips(self) -> list[Chip]:
        """Each condition with the way to be without it."""
        # Without a part of what the line says, the rest of it goes on as conditions.
        plain = replace(self, line="", read=Query())
        found = []
        for one in self._all_facets:
            facets = tuple(other for other in self._all_facets if other != one)
            left = replace(plain, facets=facets, words=self._all_words)
            if one not in self.read.facets:
                left = replace(self, facets=tuple(f for f in self.facets if f != one))
            found.append(Chip(label(one, self.names), left.address))
        for word in self._all_words:
            words = tuple(other for other in self._all_words if other != word)
            left = replace(plain, facets=self._all_facets, words=words)
            found.append(Chip(f"the word “{word}”", left.address))
        return found

    @property
    def address(self) -> str:
        """Where it is shown."""
        return f"{reverse('knowledge')}?{self.parameters}"

    @property
    def parameters(self) -> str:
        """What stands behind the question mark of its address."""
        said: list[tuple[str, str]] = [("q", self.line)] if self.line else []
        said += [("f", _written(one)) for one in self.facets]
        said += [("w", word) for word in self.words]
        if self.age:
            said.append(("age", self.age))
        if self.is_confirmed:
            said.append(("state", "confirmed"))
        if self.is_mine:
            said.append(("owner", "me"))
        return urlencode(said)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The conditions that were chosen, for hidden fields beside the line."""
        return [("f", _written(one)) for one in self.facets] + [("w", w) for w in self.words]

    def with_facet(self, kind: str, topic: str) -> str:
        """The address that asks for this, too."""
        return replace(self, facets=(*self.facets, Facet(kind, topic, _HAS))).address

    def asks_for(self, kind: str, topic: str) -> bool:
        """Whether there is such a condition already."""
        return any((one.kind, one.topic) == (kind, topic) for one in self._all_facets)

    @property
    def _all_facets(self) -> tuple[Facet, ...]:
        return tuple(dict.fromkeys((*self.read.facets, *self.facets)))

    @property
    def _all_words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.read.words, *self.words)))


def label(one: Facet, names: Mapping[tuple[str, str], str] = MappingProxyType({})) -> str:
    """A condition in a few words: “Place: wants Berlin”, “Start by 31 March 2027”. ``names`` says
    how what it is about is written."""
    kind = Kind(one.kind)
    if one.by_day is not None:
        return f"{kind.label} by {one.by_day:%-d %B %Y}"
    bounds = []
    if one.at_least is not None:
        bounds.append(f"{one.at_least:,.0f} and more")
    if one.at_most is not None:
        bounds.append(f"up to {one.at_most:,.0f}")
    unit = {Kind.NOTICE: " days", Kind.SKILL: " years", Kind.PAY: " a year"}.get(kind, "")
    bound = f"{' and '.join(bounds)}{unit}" if bounds else ""
    name = _name(kind, one.topic, names) if one.topic else ""
    sense = _SENSES.get(Polarity(one.polarities[0]), "") if len(one.polarities) == 1 else ""
    if sense and (kind, one.topic) not in names:
        name = f"{name[:1].lower()}{name[1:]}"
    said = ", ".join(filter(None, (" ".join(filter(None, (sense, name))), bound)))
    return f"{COUNTED.get(kind, kind.label)}: {said}" if said else COUNTED.get(kind, kind.label)


def _name(kind: str, topic: str, names: Mapping[tuple[str, str], str]) -> str:
    return names.get((kind, topic)) or insight_words.topic(kind, topic)


def _plain(word: str) -> str:
    return word.replace("\0", "").strip()[:60]


def _written(one: Facet) -> str:
    bounds = ("" if number is None else f"{number:f}" for number in (one.at_least, one.at_most))
    by = one.by_day.isoformat() if one.by_day else ""
    return "|".join((one.kind, one.topic, ",".join(one.polarities), *bounds, by))


def _facet(said: str) -> Facet | None:
    parts = said.replace("\0", "").split("|")
    if len(parts) > 6 or parts[0] not in Kind.values:
        return None
    kind, topic, senses, least, most, by = parts + [""] * (6 - len(parts))
    polarities = tuple(one for one in senses.split(",") if one in Polarity.values)
    try:
        day = date.fromisoformat(by) if by else None
    except ValueError:
        return None
    return Facet(kind, topic[:120], polarities, _number(most), _number(least), day)


def _number(said: str) -> Decimal | None:
    try:
        found = Decimal(said[:20])
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 13 else None


def facets(
    counts: Mapping[tuple[str, str], int], asked: Asked
) -> Sequence[tuple[str, list[tuple[str, str, int]]]]:
    """What can be asked for beside: by kind, what it is about, the address with it, how many."""
    groups = []
    for kind, title in COUNTED.items():
        mine = [
            (_name(kind, topic, asked.names), asked.with_facet(kind, topic), many)
            for (one, topic), many in sorted(counts.items(), key=lambda item: -item[1])
            if one == kind and topic and not asked.asks_for(kind, topic)
        ]
        if mine:
            groups.append((title, mine[:_A_KIND]))
    return groups


_A_KIND = 6
