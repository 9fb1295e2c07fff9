"""The people a batch of messages goes to, and the words their messages are filled with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from django.db.models import Q

from warmbench.accounts.models import Organisation, User
from warmbench.core import languages, sql
from warmbench.messaging import senders
from warmbench.messaging.models import Sender
from warmbench.nurture.models import ContentPiece
from warmbench.people.models import CandidateFact, Channel, Tag

_ENGLISH = Locale("en")

#: What a person may ask for, or not to get. The question whether all still fits is no article.
CHOSEN_BY_READERS = (
    ContentPiece.Kind.TRENDS,
    ContentPiece.Kind.SALARY,
    ContentPiece.Kind.TIP,
    ContentPiece.Kind.SPOTLIGHT,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """One person, as far as choosing and filling in her next message goes."""

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
    had: list[int]
    #: What she told us herself, by kind of fact; None if she told us nothing.
    said: dict[str, Any] | None = None

    @property
    def language(self) -> str:
        """The language she told us, else the one that most people read where she lives."""
        told = (self.said or {}).get(CandidateFact.Kind.LANGUAGE)
        return told or languages.of_country(self.country)

    def kinds(self, kind: str) -> tuple[str, ...]:
        """Which kinds of pieces may stand for this one: itself, unless she asked for others."""
        wanted = self._topics.get("kinds")
        if wanted is None or kind in wanted or kind not in CHOSEN_BY_READERS:
            return (kind,)
        return tuple(wanted)

    @property
    def wanted_specialties(self) -> list[int]:
        """The specialties she asked to read about instead of her own."""
        return list(self._topics.get("specialties", ()))

    @property
    def _topics(self) -> dict[str, Any]:
        return (self.said or {}).get(CandidateFact.Kind.TOPICS) or {}


def load(candidate_ids: Iterable[int]) -> dict[int, Reader]:
    """The readers by candidate id."""
    rows = sql.run(sql.load(__file__, "readers"), {"ids": list(candidate_ids)})
    return {row[0]: Reader(*[*row, json.loads(said) if said else None]) for *row, said in rows}


@dataclass(frozen=True, slots=True)
class Voices:
    """Who writes to whom: every recruiter's mailbox or number, and the words it signs with."""

    #: Channel → owner id → sender id; under None for everybody else.
    senders: dict[str, dict[int | None, int]]
    #: Sender id → the fields that speak of the recruiter and the organisation.
    fields: dict[int, dict[str, str]]
    tag_names: dict[int, tuple[str, str]]

    def sender_for(self, reader: Reader, channel: str = Channel.EMAIL) -> int | None:
        """The sender of the candidate's owner, else the one everybody falls back to."""
        writes = self.senders[channel]
        return writes.get(reader.owner_id, writes.get(None))

    def specialties(self, reader: Reader) -> list[int]:
        """What she reads about: what she asked for, else her specialties, primary first."""
        if wanted := reader.wanted_specialties:
            return wanted
        others = [
            tag
            for tag in reader.tags
            if self.tag_names.get(tag, ("", ""))[0] == Tag.Kind.SPECIALTY
            and tag not in reader.primary_specialties
        ]
        return [*reader.primary_specialties, *others]

    def context(self, reader: Reader, sender_id: int, *, now: datetime) -> dict[str, str]:
        """Every field that has a value for this reader and sender."""
        values = {
            "first_name": reader.first_name,
            "last_name": reader.last_name,
            "full_name": f"{reader.first_name} {reader.last_name}".strip(),
            "job_title": reader.job_title,
            "employer": reader.employer,
            "city": reader.city,
            "country": _country(reader.country),
            "last_topic": reader.talked_about,
            "last_talked": _month_ago(reader.talked_on, now.date()),
            "month": _month(now.month),
            "language": reader.language,
            **self.fields[sender_id],
        }
        for tag in (*reader.tags, *reader.primary_specialties):
            kind, name = self.tag_names.get(tag, ("", ""))
            if kind:
                values[kind] = name
        return {name: value for name, value in values.items() if value}


def voices() -> Voices:
    """Senders and the words that do not depend on the reader."""
    organisation = Organisation.objects.get()
    mailboxes = Sender.objects.select_related("owner")
    named = Tag.objects.filter(Q(kind=Tag.Kind.SPECIALTY) | Q(kind=Tag.Kind.SENIORITY))
    return Voices(
        senders={str(channel): senders.who_writes(channel) for channel in Channel},
        fields={one.pk: _signature(one, one.owner, organisation) for one in mailboxes},
        tag_names={pk: (kind, name) for pk, kind, name in named.values_list("pk", "kind", "name")},
    )


def _signature(sender: Sender, owner: User | None, organisation: Organisation) -> dict[str, str]:
    name = owner.name if owner else sender.from_name
    return {
        "recruiter_name": name,
        "recruiter_first_name": name.split(" ")[0],
        "booking_link": owner.booking_url if owner else "",
        "organisation": organisation.name,
    }


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
