"""Reads a line of text as a question about people: “FP&A managers who want remote by March”.

What texts are read by reads it, too; what is left is matched with what facts are about, and the
rest are words to be found in quotes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from warmbench.core import sql
from warmbench.core.fence import attempt
from warmbench.insight import extraction, place_names, reading, slots
from warmbench.insight.found import Found
from warmbench.insight.kinds import Kind, Polarity, SourceKind
from warmbench.insight.recording import Extract
from warmbench.insight.search import MOST_FACETS, Facet, Query
from warmbench.messaging.inbound import days
from warmbench.people.models import Tag, TagAlias
from warmbench.people.tag_words import key

#: A line is no essay.
MOST = 300
_LONGEST_PHRASE = 5
_MOST_WORDS = 8
#: Of these kinds the line says a bound, and not one value.
_BOUNDED = frozenset({Kind.PAY, Kind.NOTICE, Kind.START, Kind.SCOPE, Kind.REMOTE, Kind.STANCE})
_WORD = re.compile(r"[^\s,;()“”\"]+")
_NO_WORD = re.compile(r"[^\w+#.&-]+")
#: Letters that a word has at least that may be a plural.
_LEAST = 4
_BY = re.compile(
    r"\b(?:start(?:ing|s)?|available|free|join(?:ing)?)\b[^,;]{0,20}?\b(?:by|before|until|in|from)\b"
    r"\s+[^,;]{2,30}",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"(?P<now>\b(?:earn|mak)(?:s|es|ing)?\s+)?"
    r"(?:up to|under|below|at most|max(?:imum)?|less than|<=?)\s*(?P<sign>[€$£])?\s*"
    r"(?P<number>\d{1,3}(?:[.,]\d{3})+|\d{2,7})\s*(?P<k>k\b)?\s*"
    r"(?P<unit>eur|euros?|usd|gbp|chf|€|\$|£)?",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\bnotice(?:\s+(?:period|of|is|under|below|within|at\s+most|up\s+to|less\s+than)){0,3}\s+"
    r"(?P<number>\d{1,3}|one|two|three|six)\s*(?P<unit>day|week|month)s?\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:leads?|leading|led|manages?|managing)\s+(?:people|others|a\s+team|teams)\b",
    re.IGNORECASE,
)
_IN = re.compile(r"\b(?:in|near|around|from)\s+\Z", re.IGNORECASE)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "six": 6}
_REMOTE = {
    "remote": "remote",
    "remotely": "remote",
    "hybrid": "hybrid",
    "onsite": "onsite",
    "on-site": "onsite",
}
_STANCES = {"looking": "active", "searching": "active", "open": "open"}
#: Words that ask, and say nothing of anybody.
_ASKING = frozenset(
    (
        *("a", "an", "and", "or", "the", "of", "for", "in", "on", "at", "to", "by", "with", "as"),
        *("without", "who", "whom", "that", "which", "from", "up", "under", "below", "until"),
        *("want", "wants", "wanting", "like", "likes", "would", "can", "could", "is", "are", "be"),
        *("start", "starts", "starting", "being", "have", "has", "having", "know", "knows", "now"),
        *("people", "person", "candidate", "candidates", "someone", "somebody", "find", "show"),
        *("me", "all", "speak", "speaks", "live", "lives", "living", "based", "near", "around"),
        *("job", "jobs", "role", "roles", "work", "works", "working", "currently", "at", "least"),
        *("most", "than", "more", "less", "max", "min", "before"),
    )
)
_SENSES = {
    **dict.fromkeys(("want", "wants", "wanting", "would", "likes", "like"), "wants"),
    **dict.fromkeys(("refuse", "refuses", "no", "not"), "refuses"),
}
_HAS = (Polarity.HAD, Polarity.WANTS, Polarity.PLANS)
#: Words that only name what a condition is about, where there is such a condition.
_NAMING: Mapping[str, frozenset[str]] = {
    Kind.PAY: frozenset({"pay", "paid", "salary", "earn", "earns", "earning", "year"}),
    Kind.NOTICE: frozenset({"notice", "period"}),
    Kind.STANCE: frozenset({"move", "moves", "change", "changes", "offer", "offers", "new"}),
    Kind.REMOTE: frozenset({"fully", "days", "office"}),
}


def parse(text: str, *, today: date, extract: Extract = extraction.extract) -> Query:
    """What a line asks for. Whatever it is, it is some question: of everybody, if it says
    nothing."""
    line = text[:MOST].replace("\0", " ")
    taken = reading.read(line, kind=SourceKind.RESUME, said_on=today)
    found = attempt(extract, taken)
    facets: dict[tuple[str, str], Facet] = {}
    used: list[tuple[int, int]] = []
    for facet, start, end in (*_bounds(line, today=today), *_read(line, _of(found)), *_where(line)):
        if not any(start < other_end and other < end for other, other_end in used):
            facets.setdefault((facet.kind, facet.topic), facet)
            used.append((start, end))
    words = [
        (one[0], one.start(), one.end())
        for one in _WORD.finditer(line)
        if not any(one.start() < end and start < one.end() for start, end in used)
    ]
    rest = _match(words, facets)
    named = frozenset().union(*(_NAMING.get(kind, frozenset()) for kind, _ in facets))
    plain = [
        word for word in map(_plain, (one for one in rest if one.lower() not in named)) if word
    ]
    return Query(tuple(facets.values())[:MOST_FACETS], tuple(plain[:_MOST_WORDS]))


def _plain(word: str) -> str:
    """A word as it begins in quotes: one of several managers is a manager."""
    kept = _NO_WORD.sub("", word).strip(".&-")
    is_plural = len(kept) > _LEAST and kept.endswith("s") and not kept.endswith("ss")
    return kept[:-1] if is_plural else kept


def _of(found: Sequence[Found] | Exception) -> Sequence[Found]:
    return () if isinstance(found, Exception) else found


def _bounds(line: str, *, today: date) -> Iterable[tuple[Facet, int, int]]:
    """Dates and sums, as they are meant in a question: no later, no more."""
    for one in _BY.finditer(line):
        named = days.find(one[0], today=today)
        if named:
            yield Facet(Kind.START, by_day=max(day.last for day in named)), one.start(), one.end()
    for one in _PAY.finditer(line):
        number = Decimal(re.sub(r"\D", "", one["number"])) * (1000 if one["k"] else 1)
        if number >= 1000 or one["sign"] or one["unit"]:
            topic = "current" if one["now"] else "target"
            yield Facet(Kind.PAY, topic, at_most=number), one.start(), one.end()
    for one in _NOTICE.finditer(line):
        many = _NUMBERS.get(one["number"].lower()) or int(one["number"])
        value = {"amount": many, "unit": f"{one['unit'].lower()}s"}
        yield Facet(Kind.NOTICE, at_most=slots.amount(Kind.NOTICE, value)), one.start(), one.end()
    for one in _LEADS.finditer(line):
        yield Facet(Kind.SCOPE, "people"), one.start(), one.end()


def _read(line: str, found: Iterable[Found]) -> Iterable[tuple[Facet, int, int]]:
    """What extractors read in the line."""
    for one in found:
        amount = slots.amount(one.kind, one.value)
        topic = slots.topic(one.kind, one.value, line[one.start : one.end])
        match one.kind:
            case Kind.PAY:
                facet = Facet(Kind.PAY, topic, at_most=amount)
            case Kind.NOTICE:
                facet = Facet(Kind.NOTICE, at_most=amount)
            case Kind.START:
                facet = Facet(Kind.START, by_day=slots.on_day(one.value))
            case Kind.SCOPE:
                facet = Facet(Kind.SCOPE, topic, at_least=amount)
            case Kind.REMOTE | Kind.STANCE | Kind.PLACE | Kind.DOMAIN | Kind.MOTIVE | Kind.EMPLOYER:
                facet = Facet(one.kind, topic, (one.polarity,))
            case Kind.SKILL:
                facet = Facet(Kind.SKILL, topic, (one.polarity,), at_least=amount)
            case _:
                continue
        start, end = _stands(line, one)
        if one.kind == Kind.SKILL and one.polarity == Polarity.WANTS:
            # Whoever types “wants remote Python” wants somebody who can do it.
            before = line[:start].split()
            if not before or _SENSES.get(before[-1].lower()) != Polarity.WANTS:
                facet = replace(facet, polarities=_HAS)
        yield facet, start, end


def _where(line: str) -> Iterable[tuple[Facet, int, int]]:
    """Places that nothing but “in” says anything about: whoever lives there or would."""
    for one in place_names.read(line):
        if _IN.search(line, 0, one.start):
            topic = slots.topic(Kind.PLACE, {"name": one.name}, "")
            yield Facet(Kind.PLACE, topic, _HAS), one.start, one.end


def _stands(line: str, one: Found) -> tuple[int, int]:
    """Where in the line the words of a fact stand. A quote takes in the whole clause, and what
    else is asked in it is to be read, too."""
    quote = line[one.start : one.end]
    named = (one.value.get("name"), one.value.get("mode"))
    for word in filter(None, named):
        found = re.search(rf"(?<!\w){re.escape(str(word))}(?!\w)", quote, re.IGNORECASE)
        if found:
            return one.start + found.start(), one.start + found.end()
    return one.start, one.end


def _match(
    words: Sequence[tuple[str, int, int]], facets: dict[tuple[str, str], Facet]
) -> list[str]:
    """Take the phrases that facts are about out of the words. Returns the others."""
    phrases = _phrases(words)
    known = _known({one for one, _, _ in phrases})
    gone: set[int] = set()
    for phrase, first, last in phrases:
        if phrase not in known or gone & set(range(first, last)):
            continue
        kind, topic = known[phrase]
        before = words[first - 1][0].lower() if first else ""
        sense = _SENSES.get(before, "")
        polarities = (sense,) if sense else _HAS
        facets.setdefault((kind, topic), Facet(kind, topic, polarities))
        gone |= set(range(first, last))
    return [
        word
        for place, (word, _, _) in enumerate(words)
        if place not in gone and word.lower().strip(".?!") not in _ASKING
    ]


def _phrases(words: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """All that several words next to each other may be called, the longest first."""
    found = []
    for size in range(_LONGEST_PHRASE, 0, -1):
        for first in range(len(words) - size + 1):
            some = words[first : first + size]
            # Nothing stands between them but a space.
            if any(two[1] - one[2] > 1 for one, two in pairwise(some)):
                continue
            phrase = key(" ".join(word for word, _, _ in some))
            if not phrase or (size == 1 and phrase in _ASKING):
                continue
            found.append((phrase, first, first + size))
            if phrase.endswith("s"):
                found.append((phrase[:-1], first, first + size))
    return found


def _known(phrases: set[str]) -> dict[str, tuple[str, str]]:
    """What facts are about that is called so: the commonest kind, and its topic."""
    known: dict[str, tuple[str, str]] = {}
    for phrase in phrases:
        if phrase in _REMOTE:
            known[phrase] = (Kind.REMOTE, _REMOTE[phrase])
        elif phrase in _STANCES:
            known[phrase] = (Kind.STANCE, _STANCES[phrase])
    called = TagAlias.objects.filter(
        key__in=phrases, kind__in=(Tag.Kind.SKILL, Tag.Kind.ROLE), tag__retired_at=None
    )
    kinds = {Tag.Kind.SKILL: Kind.SKILL, Tag.Kind.ROLE: Kind.TITLE}
    for phrase, kind, name in called.values_list("key", "kind", "tag__name"):
        known.setdefault(phrase, (kinds[Tag.Kind(kind)], key(name)))
    left = phrases - set(known)
    if left:
        rows = sql.run(sql.load(__file__, "topics_called"), {"topics": sorted(left)})
        known |= {topic: (kind, topic) for topic, kind in rows}
    return known
