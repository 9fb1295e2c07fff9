"""Who is written to and who writes to them, and the words that both bring into a message."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from babel import Locale
from django.db.models import Q

from warmbench.accounts.models import Organisation, User
from warmbench.core import languages, sql, tokens
from warmbench.core.standstill import still
from warmbench.messaging import senders
from warmbench.messaging.models import Sender
from warmbench.people.models import CandidateFact, Channel, Tag

_ENGLISH = Locale("en")
#: How long a booking is known to be of somebody by the link.
_GOOD_FOR = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person, as far as filling in a message to her goes."""

    candidate_id: int
    owner_id: int | None
    first_name: str
    last_name: str
    job_title: str
    employer: str
    city: str
    country: str
    talked_on: date | None
    talked_about: str
    tags: list[int]
    primary_specialties: list[int]
    #: What she told us herself, by kind of fact; None if she told us nothing.
    said: dict[str, Any] | None

    @property
    def language(self) -> str:
        """The language she told us, else the one that most people read where she lives."""
        told = (self.said or {}).get(CandidateFact.Kind.LANGUAGE)
        return told or languages.of_country(self.country)


@dataclass(frozen=True, slots=True)
class Voices:
    """Who writes to whom: every recruiter's mailbox or number, and the words it signs with."""

    #: Channel → owner id → sender id; under None for everybody else.
    senders: dict[str, dict[int | None, int]]
    #: Sender id → the fields that speak of the recruiter and the organisation.
    fields: dict[int, dict[str, str]]
    tag_names: dict[int, tuple[str, str]]
    #: Senders of recruiters of whom we hear who books a talk with them.
    heard: frozenset[int] = frozenset()

    def sender_for(self, person: Recipient, channel: str = Channel.EMAIL) -> int | None:
        """The sender of the candidate's owner, else the one everybody falls back to."""
        writes = self.senders[channel]
        return writes.get(person.owner_id, writes.get(None))

    def specialties_beside(self, person: Recipient, but: Collection[int]) -> list[int]:
        """The specialties among her tags that are not ``but`` these."""
        return [
            tag
            for tag in person.tags
            if self.tag_names.get(tag, ("", ""))[0] == Tag.Kind.SPECIALTY and tag not in but
        ]

    def context(self, person: Recipient, sender_id: int, *, now: datetime) -> dict[str, str]:
        """Every field that has a value for this person and sender."""
        values = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "full_name": f"{person.first_name} {person.last_name}".strip(),
            "job_title": person.job_title,
            "employer": person.employer,
            "city": person.city,
            "country": _country(person.country),
            "last_topic": person.talked_about,
            "last_talked": _month_ago(person.talked_on, now.date()),
            "month": _month(now.month),
            "language": person.language,
            **self.fields[sender_id],
        }
        if sender_id in self.heard:
            link = values["booking_link"]
            values["booking_link"] = _tracked(link, person.candidate_id, now=now)
        for tag in (*person.tags, *person.primary_specialties):
            kind, name = self.tag_names.get(tag, ("", ""))
            if kind:
                values[kind] = name
        return {name: value for name, value in values.items() if value}


def rows(candidate_ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """What makes a ``Recipient`` of each of these people, in its order."""
    found = sql.run(sql.load(__file__, "recipients"), {"ids": list(candidate_ids)})
    return [(*row, json.loads(said) if said else None) for *row, said in found]


def recipients(candidate_ids: Iterable[int]) -> dict[int, Recipient]:
    """These people by their ids."""
    return {row[0]: Recipient(*row) for row in rows(candidate_ids)}


@still
def voices() -> Voices:
    """Senders and the words that do not depend on the reader."""
    organisation = Organisation.objects.get()
    mailboxes = Sender.objects.select_related("owner")
    named = Tag.objects.filter(Q(kind=Tag.Kind.SPECIALTY) | Q(kind=Tag.Kind.SENIORITY))
    return Voices(
        senders={str(channel): senders.who_writes(channel) for channel in Channel},
        fields={one.pk: _signature(one, one.owner, organisation) for one in mailboxes},
        tag_names={pk: (kind, name) for pk, kind, name in named.values_list("pk", "kind", "name")},
        heard=frozenset(
            one.pk
            for one in mailboxes
            if one.owner
            and one.owner.booking_url
            and one.owner.booking_url == one.owner.heard_booking_url
        ),
    )


def _signature(sender: Sender, owner: User | None, organisation: Organisation) -> dict[str, str]:
    name = owner.name if owner else sender.from_name
    return {
        "recruiter_name": name,
        "recruiter_first_name": name.split(" ")[0],
        "booking_link": owner.booking_url if owner else "",
        "organisation": organisation.name,
    }


def _tracked(link: str, candidate_id: int, *, now: datetime) -> str:
    """The link, with a word of ours that comes back with a booking (rules.md S7: for 90 days)."""
    # To the day: the same message, written twice, is the same.
    expires = datetime.combine(now.date() + _GOOD_FOR, time(0), UTC)
    token = tokens.sign(tokens.Purpose.BOOKING, candidate_id, expires=expires)
    address, mark, place = link.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}utm_source=warmbench&utm_content={token}{mark}{place}"


@lru_cache(maxsize=4096)
def _month_ago(day: date | None, today: date) -> str:
    """``in March``, with the year when that could be mistaken."""
    if day is None:
        return ""
    month = _month(day.month)
    return f"in {month}" if (today - day).days < 330 else f"in {month} {day.year}"


# Looking such a word up in Babel takes longer than all the rest of a message's fields.


@lru_cache
def _month(number: int) -> str:
    return str(_ENGLISH.months["format"]["wide"][number])


@lru_cache(maxsize=512)
def _country(code: str) -> str:
    return str(_ENGLISH.territories.get(code, ""))
