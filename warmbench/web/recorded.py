"""What connected systems say of one person: their records, applications, and what we told them."""

from dataclasses import dataclass

from warmbench.integrations.ats import writes
from warmbench.integrations.models import AtsWrite, Booking, ProfileSnapshot
from warmbench.messaging.fields import is_web_address
from warmbench.people.models import Candidate, CandidateRecord, Conflict
from warmbench.sourcing.models import Application

_SHOWN_APPLICATIONS = 8
_SHOWN_BESIDES = 3


@dataclass(frozen=True)
class Recorded:
    """One record of the person in one system."""

    record: CandidateRecord
    #: Its page there; blank unless it can be followed.
    url: str
    #: How their opt-out stands there, as a sentence; blank where there was none to write.
    opt_out: str


@dataclass(frozen=True)
class Records:
    """All that connected systems say of a person."""

    records: list[Recorded]
    applications: list[Application]
    conflicts: int
    #: What files of profiles last said, the newest first.
    profiles: list[ProfileSnapshot]
    #: Talks that they booked, the latest first.
    bookings: list[Booking]

    def __bool__(self) -> bool:
        return bool(self.records or self.applications or self.profiles or self.bookings)


def of(candidate: Candidate) -> Records:
    """What connected systems say of this person, and what they were told of them."""
    found = list(candidate.records.order_by("source", "pk"))
    opt_outs = AtsWrite.objects.filter(candidate=candidate, kind=AtsWrite.Kind.OPT_OUT)
    proofs = {one.external_id: writes.proof_of(one).sentence for one in opt_outs.order_by("pk")}
    applications = candidate.applications.select_related("role").order_by("ended_at", "-pk")
    snapshots = ProfileSnapshot.objects.filter(candidate=candidate)
    conflicts = Conflict.objects.filter(record__candidate=candidate, state=Conflict.State.OPEN)
    return Records(
        records=[
            Recorded(
                one,
                url=one.url if is_web_address(one.url) else "",
                opt_out=proofs.get(one.external_id, ""),
            )
            for one in found
        ],
        applications=list(applications[:_SHOWN_APPLICATIONS]),
        conflicts=conflicts.count() if found else 0,
        profiles=list(snapshots.order_by("-taken_at")[:_SHOWN_BESIDES]),
        bookings=list(candidate.bookings.order_by("-starts_at")[:_SHOWN_BESIDES]),
    )
