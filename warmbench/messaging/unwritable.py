"""Finds the people who may not be written to by e-mail, by what stands in the way."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from warmbench.people.models import (
    Candidate,
    Channel,
    Consent,
    ContactPoint,
    Purpose,
    Suppression,
)

#: Statuses in which nothing is sent by itself.
ENDED = (
    Candidate.Status.DO_NOT_CONTACT,
    Candidate.Status.PLACED,
    Candidate.Status.HIRED,
    Candidate.Status.APPLIED,
)
#: A limit keeps the database from asking the dear questions of everybody before the one
#: that leaves few.
_ALL = 2**62


class Obstacle(models.TextChoices):
    """What the last gate comes upon first, in its order."""

    SUPPRESSED = "suppressed", "They asked us to stop, or we stopped"
    STATUS = "status", "Applied, placed, hired or not to be contacted"
    WITHDRAWN = "withdrawn", "Permission was withdrawn"
    NO_CONSENT = "no_consent", "No permission on record"
    EXPIRED = "expired", "Permission has expired"
    NO_ADDRESS = "no_address", "No working e-mail address"
    PAUSED = "paused", "Paused"


def because_of(
    obstacle: Obstacle, people: QuerySet[Candidate], *, now: datetime
) -> QuerySet[Candidate]:
    """Those of these people whom the last gate turns away, or puts off, for this reason.

    A list's way of asking; whether a message goes is decided by ``gate`` alone. Each person
    is found under the first obstacle only, as the gate would name it.
    """
    met = Candidate.objects.filter(_met(obstacle, now=now)).order_by().values("pk")
    people = people.filter(pk__in=met[:_ALL])
    for earlier in Obstacle:
        if earlier is obstacle:
            break
        people = people.exclude(_met(earlier, now=now))
    return people


def _met(obstacle: Obstacle, *, now: datetime) -> Q:
    withdrawn = _consents().filter(basis=Consent.Basis.WITHDRAWN)
    expired = _consents().filter(expires_at__lte=now)
    return {
        Obstacle.SUPPRESSED: Q(pk__in=_stopped()),
        Obstacle.STATUS: Q(status__in=ENDED),
        Obstacle.WITHDRAWN: Q(pk__in=_still_latest(withdrawn)),
        Obstacle.NO_CONSENT: ~Q(Exists(_consents().filter(candidate=OuterRef("pk")))),
        Obstacle.EXPIRED: Q(pk__in=_still_latest(expired)),
        Obstacle.NO_ADDRESS: ~Q(Exists(_usable_addresses().filter(candidate=OuterRef("pk")))),
        Obstacle.PAUSED: Q(paused_at__isnull=False)
        & (Q(paused_until=None) | Q(paused_until__gt=now)),
    }[obstacle]


def _stopped() -> QuerySet[Candidate, Any]:
    stops = Suppression.objects.filter(
        releases=None, released_by=None, channel__in=["", Channel.EMAIL]
    ).exclude(reason=Suppression.Reason.ADDRESS_DEAD)
    addresses = stops.exclude(address="").values("address")
    # A union, because "or" over two tables would read every candidate.
    by_person = Candidate.objects.filter(suppressions__in=stops).values("pk")
    by_address = Candidate.objects.filter(contact_points__address__in=addresses).values("pk")
    return by_person.union(by_address)


def _consents() -> QuerySet[Consent]:
    return Consent.objects.filter(channel=Channel.EMAIL, purpose__in=["", Purpose.NURTURE])


def _still_latest(consents: QuerySet[Consent]) -> QuerySet[Consent, Any]:
    """The people of whom one of these is the last word."""
    latest = _consents().filter(candidate=OuterRef("candidate")).order_by("-at", "-pk")
    return consents.filter(pk=Subquery(latest.values("pk")[:1])).values("candidate")


def _usable_addresses() -> QuerySet[ContactPoint]:
    dead = Suppression.objects.filter(
        address=OuterRef("address"), reason=Suppression.Reason.ADDRESS_DEAD
    )
    points = ContactPoint.objects.filter(channel=Channel.EMAIL)
    return points.exclude(standing=ContactPoint.Standing.DEAD).filter(~Exists(dead))
