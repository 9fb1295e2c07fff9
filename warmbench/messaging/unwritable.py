"""Finds the people who may not be written to by e-mail, by what stands in the way."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from warmbench.accounts.models import Organisation
from warmbench.core import tallies
from warmbench.people import law
from warmbench.people.law import Terms
from warmbench.people.law_rules import Kind
from warmbench.people.models import (
    Candidate,
    Channel,
    Consent,
    ContactPoint,
    Notice,
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
NOBODY = Q(pk__in=())
#: A limit keeps the database from asking the dear questions of everybody before the one
#: that leaves few.
_ALL = 2**62
_QUESTION = "obstacles"


class Obstacle(models.TextChoices):
    """What the last gate comes upon first, in its order."""

    SUPPRESSED = "suppressed", "They asked us to stop, or we stopped"
    WITHDRAWN = "withdrawn", "Permission was withdrawn"
    NOTICE_OVERDUE = "notice_overdue", "Not told in time that we have their data"
    STATUS = "status", "Applied, placed, hired or not to be contacted"
    NO_CONSENT = "no_consent", "No permission on record"
    CONSENT_FIRST = "consent_first", "They have to agree first, where they live"
    EXPIRED = "expired", "Permission has expired"
    IMPLIED_EXPIRED = "implied_expired", "Permission is too old, where they live"
    NO_ADDRESS = "no_address", "No working e-mail address"
    PAUSED = "paused", "Paused"


def how_many(*, now: datetime) -> dict[Obstacle, int] | None:
    """How many people each obstacle is the first for; None while it is being counted."""
    tally = tallies.of(_QUESTION, now=now)
    return None if tally is None else {Obstacle(name): n for name, n in tally.answer.items()}


@tallies.question(_QUESTION)
def _count(*, now: datetime) -> dict[str, int]:
    everybody = Candidate.objects.all()
    return {each.value: because_of(each, everybody, now=now).count() for each in Obstacle}


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
        Obstacle.SUPPRESSED: lambda: Q(pk__in=_stopped()),
        Obstacle.WITHDRAWN: lambda: Q(pk__in=_still_latest(withdrawn)),
        Obstacle.NOTICE_OVERDUE: lambda: _not_told(now),
        Obstacle.STATUS: lambda: Q(status__in=ENDED),
        Obstacle.NO_CONSENT: lambda: ~Q(Exists(_consents().filter(candidate=OuterRef("pk")))),
        Obstacle.CONSENT_FIRST: lambda: _not_asked(now),
        Obstacle.EXPIRED: lambda: Q(pk__in=_still_latest(expired)),
        Obstacle.IMPLIED_EXPIRED: lambda: _too_old(now),
        Obstacle.NO_ADDRESS: lambda: (
            ~Q(Exists(_usable_addresses().filter(candidate=OuterRef("pk"))))
        ),
        Obstacle.PAUSED: lambda: (
            Q(paused_at__isnull=False) & (Q(paused_until=None) | Q(paused_until__gt=now))
        ),
    }[obstacle]()


def _not_told(now: datetime) -> Q:
    """GDPR Art. 14: nobody told them, and all use of their data has stopped."""
    told = Notice.objects.filter(candidate=OuterRef("pk")).exclude(kind=Notice.Kind.SET_ASIDE)
    late = NOBODY
    for terms, live_there in _by_law(now):
        if terms.notice is not None:
            late |= live_there & Q(added_at__lte=now - timedelta(days=terms.notice.stop))
    return late & ~Q(Exists(told))


def _not_asked(now: datetime) -> Q:
    found = NOBODY
    for terms, live_there in _by_law(now):
        others = set(Consent.Basis) - {Consent.Basis.WITHDRAWN} - set(terms.grounds)
        if others:
            weak = _consents().filter(basis__in=others)
            found |= live_there & Q(pk__in=_still_latest(weak))
    return found


def _too_old(now: datetime) -> Q:
    found = NOBODY
    for terms, live_there in _by_law(now):
        for basis, months in terms.grounds.items():
            if months is not None:
                aged = _consents().filter(basis=basis).alias(ends_at=_months_after(months))
                found |= live_there & Q(pk__in=_still_latest(aged.filter(ends_at__lte=now)))
    return found


def _months_after(months: int) -> Func:
    return Func(
        Coalesce("since", "at"),
        template="(%(expressions)s + make_interval(months => %(months)s))",
        months=months,
        output_field=models.DateTimeField(),
    )


def _by_law(now: datetime) -> Iterator[tuple[Terms, Q]]:
    """The terms of each country that has any of its own, with the people who live there. Of
    unknown country: taken to live where the organisation works."""
    home = Organisation.objects.values_list("default_country", flat=True).first() or ""
    on = now.date()
    countries = law.places_with(Kind.NOTICE, on=on) | law.places_with(
        Kind.GROUNDS, Channel.EMAIL, on=on
    )
    alike: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for country in sorted(countries | {home}):
        terms = law.terms(country, on=on)
        alike[terms.notice, tuple(terms.grounds.items())].append(country)
    for group in alike.values():
        yield law.terms(group[0], on=on), Q(country__in=[*group, *([""] if home in group else [])])


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
