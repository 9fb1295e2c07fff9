"""What programs send and get about candidates: every field is named, and no other is taken."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from warmbench.people.models import Candidate, CandidateTag, Channel, ContactPoint, Tag
from warmbench.web.api.paging import STORABLE, Day, Moment, Next
from warmbench.web.api.shapes import Strict

Line = Annotated[str, StringConstraints(max_length=300)]
Typed = Annotated[str, StringConstraints(max_length=200, pattern=STORABLE)]
Names = Annotated[list[Annotated[str, StringConstraints(max_length=120)]], Field(max_length=50)]
Addresses = Annotated[list[Annotated[str, StringConstraints(max_length=254)]], Field(max_length=20)]
Email = Annotated[
    str, StringConstraints(max_length=254), Field(description="Of a recruiter who signs in here.")
]


class CandidateFilter(Schema):
    """Which candidates are asked for. All of it may be left out."""

    q: Annotated[Typed, Field(description="Words, a name, an address or a number.")] = ""
    status: Candidate.Status | None = None
    tag: Annotated[Typed, Field(description="A name or alias of the tag tree.")] = ""
    pool_id: Annotated[int | None, Field(ge=1, le=2**62)] = None
    owner_email: Typed = ""
    source: Typed = ""
    external_id: Typed = ""
    email: Typed = ""
    changed_since: Annotated[Moment | None, Field(examples=["2026-01-31T09:00:00Z"])] = None


class CandidateChange(Strict):
    """Facts about somebody. What is left out stays as it is."""

    first_name: Line | None = None
    last_name: Line | None = None
    job_title: Line | None = None
    employer: Line | None = None
    profile_url: Annotated[Line | None, Field(examples=["https://profiles.example.com/ana"])] = None
    city: Annotated[Line | None, Field(examples=["Hamburg"])] = None
    region: Line | None = None
    country: Annotated[Line | None, Field(description="Two letters, as ISO 3166-1 has it.")] = None
    time_zone: Annotated[
        Line | None, Field(description="Blank: as the place tells.", examples=["Europe/Berlin"])
    ] = None
    stage_reached: Candidate.Stage | None = None
    owner_email: Annotated[
        Email | None, Field(description="Who looks after them; blank for nobody.")
    ] = None


class NewCandidate(CandidateChange):
    """Somebody whom nobody here knew."""

    emails: Annotated[Addresses, Field(examples=[["ana@example.com"]])] = []
    phones: Annotated[Addresses, Field(description="With a + and the country, or as in it.")] = []
    tags: Annotated[Names, Field(description="By names or aliases of the tag tree.")] = []
    source: Annotated[
        str, StringConstraints(max_length=80), Field(description="Blank: the key's name.")
    ] = ""
    external_id: Annotated[
        str, StringConstraints(max_length=120), Field(description="What the source calls them.")
    ] = ""


class NewAddress(Strict):
    """Another way to reach somebody."""

    channel: Channel
    address: Annotated[str, StringConstraints(max_length=254)]
    is_first: Annotated[bool, Field(description="Whether it is tried before the others.")] = False


class StatusChange(Strict):
    """Where somebody stands."""

    status: Candidate.Status
    evidence: Annotated[
        str, StringConstraints(max_length=120), Field(description="How you know, in a word.")
    ] = ""


class TagChange(Strict):
    """Tags to put on somebody, and to take off. No import puts back what is taken off."""

    add: Names = []
    remove: Names = []


class Pause(Strict):
    """For how long nothing is sent by itself."""

    until: Annotated[
        Day | None, Field(description="The first day on which it goes on; null until resumed.")
    ] = None


class Stop(Strict):
    """Why somebody is never written to again."""

    reason: Annotated[
        Literal["do_not_contact", "manual"],
        Field(description="They asked for it, which nobody takes back; or we hold back."),
    ] = "do_not_contact"
    channel: Annotated[Channel | None, Field(description="Null: all of them.")] = None
    evidence: Annotated[
        str,
        StringConstraints(min_length=1, max_length=300),
        Field(description="Who said it, where and how.", examples=["Opted out in the ATS"]),
    ]


class AddressOut(Schema):
    """One address or number."""

    channel: Channel
    address: str
    standing: ContactPoint.Standing


class TagOut(Schema):
    """One tag that somebody has."""

    name: str
    kind: Tag.Kind
    is_primary: bool
    source: str


class CandidateOut(Schema):
    """A candidate."""

    id: int
    name: str
    first_name: str
    last_name: str
    job_title: str
    employer: str
    profile_url: str
    city: str
    region: str
    country: str
    time_zone: str
    status: Candidate.Status
    status_since: datetime
    stage_reached: str
    owner_email: str
    source: str
    external_id: str
    addresses: list[AddressOut]
    tags: list[TagOut]
    warmth: Annotated[int, Field(description="From 0, cold, to 100.")]
    is_paused: bool
    paused_until: datetime | None
    pause_reason: str
    is_stopped: Annotated[bool, Field(description="Whether they are not to be written to at all.")]
    added_at: datetime
    changed_at: datetime


class CandidatePage(Schema):
    """Some candidates, in the order in which they came."""

    items: list[CandidateOut]
    next: Next


def address_lists(pks: Collection[int]) -> dict[int, list[AddressOut]]:
    """The addresses of these people, the first of each first."""
    found: dict[int, list[AddressOut]] = {}
    points = ContactPoint.objects.filter(candidate__in=pks).order_by("channel", "position", "pk")
    for one in points:
        found.setdefault(one.candidate_id, []).append(
            AddressOut(
                channel=Channel(one.channel),
                address=one.address,
                standing=ContactPoint.Standing(one.standing),
            )
        )
    return found


def tag_lists(pks: Collection[int]) -> dict[int, list[TagOut]]:
    """The tags of these people."""
    found: dict[int, list[TagOut]] = {}
    carried: Iterable[CandidateTag] = (
        CandidateTag.objects.filter(candidate__in=pks)
        .select_related("tag")
        .order_by("tag__kind", "-is_primary", "tag__name")
    )
    for one in carried:
        found.setdefault(one.candidate_id, []).append(
            TagOut(
                name=one.tag.name,
                kind=Tag.Kind(one.tag.kind),
                is_primary=one.is_primary,
                source=one.source,
            )
        )
    return found
