"""Who looks after whom: recruiters' fields, requests for people, and those nobody approaches."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from warmbench.people.models.candidate import Candidate
from warmbench.people.models.tags import Tag


class Specialism(models.Model):
    """That a recruiter looks after people of a specialty: who is no one's goes to one of them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="specialisms")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="+")

    class Meta:
        db_table = "specialism"
        constraints = [models.UniqueConstraint(fields=["user", "tag"], name="specialism_once")]


class ReservationRequest(models.Model):
    """That a recruiter asks another one to let them approach a candidate."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        #: Nobody answered in time: the asker has the candidate now.
        LAPSED = "lapsed", "Not answered in time"
        WITHDRAWN = "withdrawn", "Withdrawn"

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="reservation_requests", db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: Who had the candidate when it was asked.
    of = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "reservation_request"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(state="open"), name="reservation_request_one_open"
            ),
            models.CheckConstraint(condition=~Q(by=F("of")), name="reservation_request_of_another"),
        ]
        indexes = [
            models.Index(
                fields=["lapses_at"], condition=Q(state="open"), name="reservation_request_due"
            )
        ]


class OffLimits(models.Model):
    """That the people of an employer are not approached: at all, or with roles of one client."""

    #: As it is known, and its form that spellings have in common.
    employer = models.CharField(max_length=160)
    key = models.CharField(max_length=160)
    #: Whose addresses show that somebody works there, e.g. ``example.com``; blank if not known.
    domain = models.CharField(max_length=120, blank=True)
    #: The client whose roles they do not hear of; blank: they hear nothing.
    client = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=300)
    since = models.DateField()
    #: The last day; null: without an end.
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "off_limits"
        constraints = [
            models.CheckConstraint(
                condition=~Q(key="") | ~Q(domain=""), name="off_limits_names_an_employer"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="off_limits_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["key"], name="off_limits_key")]


class OffLimitsException(models.Model):
    """That somebody of an employer that is off limits may be approached all the same."""

    of = models.ForeignKey(OffLimits, models.CASCADE, related_name="exceptions")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "off_limits_exception"
        constraints = [
            models.UniqueConstraint(fields=["of", "candidate"], name="off_limits_exception_once")
        ]
