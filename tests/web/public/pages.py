"""Where the links in a mail lead, and what holds of every page behind them."""

from datetime import datetime, timedelta

from django.http.response import HttpResponseBase

from tests.make import NOW
from warmbench.core import tokens
from warmbench.core.models import AuditEntry
from warmbench.core.tokens import Purpose
from warmbench.messaging import gate, standing
from warmbench.messaging.known import Touch
from warmbench.messaging.letters import LINKS_LAST
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Refuse
from warmbench.people.models import (
    Candidate,
    CandidateFact,
    CandidateTag,
    ContactPoint,
    RightsRequest,
    Suppression,
)
from warmbench.signals.models import FollowUp, Hit, Signal

LATER = NOW + timedelta(hours=1)
PATHS = {
    Purpose.PREFERENCE: "p",
    Purpose.MY_DATA: "me",
    Purpose.NOT_FOR_ME: "n",
    Purpose.UNSUBSCRIBE: "u",
}


def page_of(
    message: Message, purpose: Purpose, more: str = "", *, expires: datetime = NOW + LINKS_LAST
) -> str:
    """The address of a page of whoever got this message."""
    ends = None if purpose == Purpose.UNSUBSCRIBE else expires
    token = tokens.sign(purpose, message.candidate_id, message.pk, expires=ends)
    return f"/{PATHS[purpose]}/{token}{more}"


def assert_leaves_no_trace(response: HttpResponseBase) -> None:
    """No cookie, nothing kept, nothing told to others."""
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def rows() -> list[int]:
    """How many rows there are of all that a page could leave behind."""
    kinds = (
        *(Hit, Signal, Suppression, AuditEntry, FollowUp, CandidateFact, CandidateTag),
        *(ContactPoint, RightsRequest),
    )
    return [kind.objects.count() for kind in kinds]


def may_be_written_to(candidate: Candidate, channel: str = "email") -> bool:
    """What the last gate says at this very moment."""
    found = standing.of([candidate.pk], now=LATER, channel=channel, counting_queued=False)
    verdict = gate.judge(
        Touch("welcome", channel), found[candidate.pk], None, frozenset(), now=LATER
    )
    return not isinstance(verdict, Refuse)
