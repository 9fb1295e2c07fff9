"""Finds people, and tags, by what somebody types: a name, an employer, an address, a number."""

import re
from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Length

from warmbench.core import sql
from warmbench.people.models import Candidate, ContactPoint, Tag, TagAlias
from warmbench.people.phones import Phone, phone
from warmbench.people.tag_words import key

#: Of shorter words only beginnings are looked for: the index knows three letters at a time.
_TRIGRAM = 3
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

    Every word must stand in the name or the employer, in any order, with or without accents;
    or an address begins with it; or it is a phone number (``country`` is where numbers
    without a country code are dialled).
    """
    words = typed.split()
    if not words:
        return people
    found = Candidate.objects.filter(*[_stands_in_text(word) for word in words]).values("pk")
    address = _address(typed.strip(), country)
    if address:
        # A union, because "or" over two tables would read every row of one of them.
        points = ContactPoint.objects.filter(address__startswith=address)
        found = found.union(points.values("candidate_id"))
    return people.filter(pk__in=found)


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


def _stands_in_text(word: str) -> Func:
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    # The text begins with a blank, and each of its words has one before it.
    pattern = f"%{escaped}%" if len(word) >= _TRIGRAM else f"% {escaped}%"
    return Func(
        Func(F("first_name"), F("last_name"), F("employer"), function="candidate_search_text"),
        Func(Value(pattern), function="search_key"),
        template="%(expressions)s",
        arg_joiner=" LIKE ",
        output_field=BooleanField(),
    )


def _address(typed: str, country: str) -> str:
    """What an address would begin with; blank if no address is meant."""
    if _NUMBER.fullmatch(typed) and sum(map(str.isdigit, typed)) >= _FEWEST_DIGITS:
        number = phone(typed, country)
        digits = re.sub(r"\D", "", typed).removeprefix("00")
        return number.e164 if isinstance(number, Phone) else f"+{digits}"
    is_one_word = len(typed.split()) == 1
    return typed.lower() if is_one_word and len(typed) >= _TRIGRAM else ""
