"""The drawer of Today: everything about one person that a recruiter wants to see before a call."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging.fields import is_web_address
from warmbench.messaging.models import InboundMail, Message
from warmbench.nurture import check_ins, readers
from warmbench.people import looks
from warmbench.people.models import Candidate, Channel, ContactPoint
from warmbench.signals.models import FollowUp
from warmbench.sourcing import calls, matching
from warmbench.sourcing.calls import BestTime
from warmbench.sourcing.matching import RoleMatch
from warmbench.web import access, heat, queue_rows, sent, verdicts
from warmbench.web.access import user_of
from warmbench.web.queue_rows import Entry, threads_of

#: As many roles, and as much of what was said between us, as a call begins with.
_ROLES, _LETTERS = 3, 4
#: As many letters of what they wrote are shown.
_BEGINNING = 280


@dataclass(frozen=True)
class Letter:
    """One thing that was said between us, by either side."""

    at: datetime
    text: str
    #: The page that shows all of it: reply for what they wrote, message for what we did.
    url_name: str
    url_id: int

    @property
    def is_theirs(self) -> bool:
        """Whether they wrote it."""
        return self.url_name == "reply"


@dataclass(frozen=True)
class Clock:
    """What time it is where somebody lives, and when to call."""

    here: datetime | None
    best: BestTime | None


@require_safe
@policy(Policy.SIGNED_IN)
def drawer(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Who somebody is, and why now. That somebody looked is for the candidate to see."""
    user, now = user_of(request), clock.now()
    person = access.candidate_for(candidate_id)
    looks.note(person.pk, by_id=user.pk, now=now)
    entries = _entries(person, request.GET.get("entry", ""), now=now)
    points = list(person.contact_points.order_by("position", "pk"))
    alive = [one for one in points if one.standing != ContactPoint.Standing.DEAD]
    brief = calls.briefs([person.pk], now=now).get(person.pk)
    context = {
        "person": person,
        "entries": entries,
        "first": entries[0] if entries else None,
        "heat": heat.of([person.pk], now=now)[person.pk],
        "answer": verdicts.now_for([person], now=now)[person.pk],
        "roles": _roles(person, now=now),
        "letters": _letters(person),
        "opening": _opening(person, now=now),
        "numbers": [one.address for one in alive if one.channel == Channel.SMS],
        "addresses": [one.address for one in alive if one.channel == Channel.EMAIL],
        "profile_url": person.profile_url if is_web_address(person.profile_url) else "",
        "clock": _clock(person, now=now),
        "brief": brief,
        "thread_id": threads_of([person.pk]).get(person.pk),
        "may_change": access.may_change_candidate(user, person),
        "now": now,
    }
    return render(request, "today/drawer.html", context)


def _entries(person: Candidate, first: str, *, now: datetime) -> list[Entry]:
    """What is open about the person, the entry that was opened before the others."""
    found = person.follow_ups.filter(state=FollowUp.State.OPEN)
    entries = list(found.select_related("candidate", "owner", "offered_to").order_by("due_at"))
    return queue_rows.of(sorted(entries, key=lambda one: str(one.pk) != first), now=now)


def _roles(person: Candidate, *, now: datetime) -> list[RoleMatch]:
    return matching.roles_for([person.pk], now=now)[person.pk][:_ROLES]


def _opening(person: Candidate, *, now: datetime) -> str:
    """A sentence to begin with; blank where there is nothing to begin with."""
    known = readers.load([person.pk])
    return check_ins.words(list(known.values()), now=now).get(person.pk, {}).get("opening", "")


def _clock(person: Candidate, *, now: datetime) -> Clock:
    best = calls.best_time(person, now=now)
    zones = calls.zones_of(person)
    # Where somebody may live in several zones, none of them is shown as theirs.
    here = now.astimezone(ZoneInfo(zones[0])) if len(zones) == 1 else None
    return Clock(here, best)


def _letters(person: Candidate) -> list[Letter]:
    """What was said last, the newest first."""
    mails = person.inbound_mails.filter(kind=InboundMail.Kind.REPLY).defer("raw")
    theirs = [
        Letter(mail.received_at, _beginning(mail.new_text) or mail.subject, "reply", mail.pk)
        for mail in mails.order_by("-received_at")[:_LETTERS]
    ]
    messages = person.messages.filter(state=Message.State.SENT).select_related("sender", "template")
    ours = [
        Letter(
            message.handed_at or message.state_at,
            sent.subject(message),
            "message",
            message.pk,
        )
        for message in messages.order_by("-handed_at")[:_LETTERS]
    ]
    return sorted([*theirs, *ours], key=lambda one: one.at, reverse=True)[:_LETTERS]


def _beginning(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(_BEGINNING)


urlpatterns = [path("candidates/<int:candidate_id>/drawer/", drawer, name="drawer")]
