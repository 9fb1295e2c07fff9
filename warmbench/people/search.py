"""Finds people, and tags, by what somebody types: words about them, an address, a number."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from warmbench.core import sql
from warmbench.people import search_words
from warmbench.people.models import Candidate, ContactPoint, Tag, TagAlias
from warmbench.people.phones import Phone, phone
from warmbench.people.search_words import Place, Word
from warmbench.people.tag_words import key

_WITH = "SELECT candidate_id FROM candidate_words WHERE words @@ %s::tsquery"
#: Each of the words that have it inside by itself: one question for thousands of words would be
#: weighed for everybody.
_WITH_PART = """
SELECT candidate_id FROM candidate_words WHERE words @@ %s::tsquery
UNION
SELECT w.candidate_id
  FROM unnest(%s::text[]) AS asked (query)
  JOIN candidate_words w ON w.words @@ asked.query::tsquery
"""
#: As a number of fewer digits, too many people would be meant.
_FEWEST_DIGITS = 5
_NUMBER = re.compile(r"[+(]?\d[\d\s()./-]+")


def name_key() -> Func:
    """What lists of people are in order of: the last name, then the first."""
    return Func(
        F("first_name"), F("last_name"), function="candidate_name_key", output_field=TextField()
    )


def find(people: QuerySet[Candidate], typed: str, *, country: str = "") -> QuerySet[Candidate]:
    """Those of these people who are meant by what was typed; all of them for nothing.

    Each word must begin a word about them, wherever it stands: in the name, employer, title,
    city, skills or notes, with or without accents. Parts of words of names and employers count
    too, and a word that nothing begins with is taken for those that it may be mistyped for. Or
    an address begins with what was typed; or it is a phone number (``country`` is where numbers
    without a country code are dialled).
    """
    if not typed.split():
        return people
    found: Any = Candidate.objects.none().values("pk")
    words = search_words.read(typed)
    if words:
        words = search_words.mended(words, all_of_them=False)
        found = Candidate.objects.filter(pk__in=_with_all(words)).values("pk")
    address = _address(typed.strip(), country)
    if address:
        # A union, because "or" over two tables would read every row of one of them.
        points = ContactPoint.objects.filter(address__startswith=address).values("candidate_id")
        found = found.union(points) if words else points
    return people.filter(pk__in=found)


def reached_at(typed: str, *, country: str, most: int) -> list[int]:
    """Whose address or number begins with what was typed; nobody's if that is neither."""
    address = _address(typed.strip(), country)
    points = ContactPoint.objects.filter(address__startswith=address) if address else None
    return list(points.values_list("candidate", flat=True)[:most]) if points else []


def tags_named(text: str) -> QuerySet[Tag]:
    """The tags in use with a name or alias of which a word begins with this, shortest first."""
    begin = key(text)
    aliases = TagAlias.objects.filter(Q(key__startswith=begin) | Q(key__contains=f" {begin}"))
    tags = Tag.objects.filter(pk__in=aliases.values("tag"), retired_at=None)
    return tags.order_by(Length("name"), "name")


def tag_called(text: str, *, kind: Tag.Kind | None = None) -> Tag | None:
    """The tag in use that goes by exactly this name or alias, in whatever case; only of this
    kind, if one is named."""
    tags = Tag.objects.filter(retired_at=None, **({"kind": kind} if kind else {}))
    named = tags.filter(name__iexact=text.strip())
    return named.first() or tags.filter(aliases__key=key(text)).order_by("pk").first()


def ids(people: QuerySet[Candidate], *, most: int) -> list[int]:
    """The ids of these people, in no order, and of no more than ``most`` of them."""
    return list(people.order_by().values_list("pk", flat=True)[:most])


def among(candidate_ids: Sequence[int]) -> QuerySet[Candidate]:
    """The people with these ids: as one array, which costs less to read than a long list."""
    array = Value(list(candidate_ids), output_field=ArrayField(BigIntegerField()))
    is_one = Func(
        F("pk"),
        Func(array, function=""),
        template="%(expressions)s",
        arg_joiner=" = ANY ",
        output_field=BooleanField(),
    )
    return Candidate.objects.filter(is_one)


def about_how_many() -> int:
    """How many candidates there are altogether, as the database last estimated it."""
    query = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'candidate'::regclass"
    row = sql.run(query).fetchone()
    return int(row[0]) if row else 0


def _with_all(words: list[Word]) -> RawSQL:
    """The ids of those about whom all these words stand."""
    inside = {
        word: [Word((one,)) for one in search_words.within(word.spellings[0])]
        for word in words
        if len(word.spellings[0]) >= search_words.PART
    }
    plain = [word for word in words if not inside.get(word)]
    queries: list[str] = [search_words.query(plain)] if plain else []
    parts = [_WITH] * len(queries)
    values: list[object] = [*queries]
    for word, others in inside.items():
        if others:
            parts.append(_WITH_PART)
            asked = [one.asked(Place.NAME, Place.EMPLOYER, whole=True) for one in others]
            values += [word.asked(*Place), asked]
    # What was typed is sent apart from the text.
    return RawSQL(" INTERSECT ".join(f"({part})" for part in parts), values)  # noqa: S611


def _address(typed: str, country: str) -> str:
    """What an address would begin with; blank if no address is meant."""
    if _NUMBER.fullmatch(typed) and sum(map(str.isdigit, typed)) >= _FEWEST_DIGITS:
        number = phone(typed, country)
        digits = re.sub(r"\D", "", typed).removeprefix("00")
        return number.e164 if isinstance(number, Phone) else f"+{digits}"
    is_one_word = len(typed.split()) == 1
    return typed.lower() if is_one_word and len(typed) >= search_words.PART else ""
