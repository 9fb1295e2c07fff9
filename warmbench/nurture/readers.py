"""The people a batch of messages goes to, and the words their messages are filled with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from django.db.models import Q

from warmbench.accounts.models import Organisation, User
from warmbench.core import sql
from warmbench.messaging import senders
from warmbench.messaging.models import Sender
from warmbench.people.models import Tag

_ENGLISH = Locale("en")


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


def load(candidate_ids: Iterable[int]) -> dict[int, Reader]:
    """The readers by candidate id."""
    rows = sql.run(sql.load(__file__, "readers"), {"ids": list(candidate_ids)})
    return {row[0]: Reader(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Voices:
    """Who writes to whom: every recruiter's mailbox, and the words it signs with."""

    #: Owner id → sender id.
    senders: dict[int, int]
    default_sender: int | None
    #: Sender id → the fields that speak of the recruiter and the organisation.
    fields: dict[int, dict[str, str]]
    tag_names: dict[int, tuple[str, str]]

    def sender_for(self, reader: Reader) -> int | None:
        """The mailbox of the candidate's owner, else the one everybody falls back to."""
        return self.senders.get(reader.owner_id or 0, self.default_sender)

    def specialties(self, reader: Reader) -> list[int]:
        """Her specialties, the primary one first."""
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
    who_writes = senders.who_writes()
    default_sender = who_writes.pop(None, None)
    mailboxes = Sender.objects.select_related("owner")
    named = Tag.objects.filter(Q(kind=Tag.Kind.SPECIALTY) | Q(kind=Tag.Kind.SENIORITY))
    return Voices(
        senders={owner_id: pk for owner_id, pk in who_writes.items() if owner_id is not None},
        default_sender=default_sender,
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
