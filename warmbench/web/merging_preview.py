"""Reads what two records say side by side, and what would become of them as one."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from warmbench.messaging.models import Message
from warmbench.nurture.models import Enrollment, PoolMember
from warmbench.people import merging_fields, merging_permission
from warmbench.people.models import Candidate, ContactPoint, RightsRequest
from warmbench.signals.models import FollowUp, Signal

#: What is shown of each, in this order.
_FACTS = {
    "first_name": "First name",
    "last_name": "Last name",
    "job_title": "Title",
    "employer": "Employer",
    "city": "City",
    "region": "Region",
    "country": "Country",
    "profile_url": "Profile",
}
_ON = (Enrollment.State.ACTIVE, Enrollment.State.HELD)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that both records may say, and which of them holds afterwards."""

    label: str
    kept: str
    gone: str
    #: Of the one record that there is then.
    result: str

    @property
    def is_lost(self) -> bool:
        """Whether what the other record says stands beside it only."""
        return bool(self.gone) and self.gone != self.result


@dataclass(frozen=True, slots=True)
class Preview:
    """Two records, and what one record of them would be."""

    kept: Candidate
    gone: Candidate
    lines: list[Line]
    #: What goes over, in sentences.
    moves: list[str]
    #: What keeps us from writing then, in sentences.
    stops: list[str]


def of(kept: Candidate, gone: Candidate, *, now: datetime) -> Preview:
    """What merging ``gone`` into ``kept`` would do, without doing it."""
    joined = merging_fields.joined(kept, gone, now=now)
    after = copy(kept)
    for name, value in joined.items():
        setattr(after, name, value)
    lines = [
        Line(label, getattr(kept, name), getattr(gone, name), getattr(after, name))
        for name, label in _FACTS.items()
        if getattr(kept, name) or getattr(gone, name)
    ]
    lines += [
        Line("Status", *(one.get_status_display() for one in (kept, gone, after))),
        Line("Recruiter", *(str(one.owner or "") for one in (kept, gone, after))),
        Line(
            "E-mail and phone",
            *(_addresses(one) for one in ([kept.pk], [gone.pk], [kept.pk, gone.pk])),
        ),
    ]
    return Preview(kept, gone, lines, _moves(kept, gone), _stops(kept, gone))


def _addresses(ids: list[int]) -> str:
    points = ContactPoint.objects.filter(candidate__in=ids).order_by("channel", "address")
    return ", ".join(dict.fromkeys(points.values_list("address", flat=True)))


def _moves(kept: Candidate, gone: Candidate) -> list[str]:
    counted = {
        "message": Message.objects.filter(candidate=gone).count(),
        "signal": Signal.objects.filter(candidate=gone).count(),
        "open follow-up": FollowUp.objects.filter(candidate=gone, state="open").count(),
        "request about their data": RightsRequest.objects.filter(candidate=gone).count(),
    }
    said = [f"{n:,} {what}{'' if n == 1 else 's'}" for what, n in counted.items() if n]
    found = [f"{' · '.join(said)} go over."] if said else ["No messages and no signals go over."]
    theirs = Enrollment.objects.filter(candidate=gone, state__in=_ON).select_related("sequence")
    own = set(
        Enrollment.objects.filter(candidate=kept, state__in=_ON).values_list("sequence", flat=True)
    )
    for way in theirs.order_by("sequence__name"):
        both = " once, where they are further" if way.sequence_id in own else ""
        found.append(f"{way.sequence.name} goes on{both}.")
    pools = PoolMember.objects.filter(candidate=gone, left_at=None).count()
    if pools:
        found.append(f"They stay in {pools} pool{'' if pools == 1 else 's'}.")
    return found


def _stops(kept: Candidate, gone: Candidate) -> list[str]:
    found = []
    for one, which in ((kept, "the first"), (gone, "the second")):
        found += [
            f"{stop.get_reason_display()} in {which} record: that holds for both."
            for stop in merging_permission.stops(one.pk)
        ]
    if merging_permission.withdrawn([kept.pk, gone.pk]) and not found:
        found.append("Permission was withdrawn in one of them: it stays withdrawn.")
    return found
