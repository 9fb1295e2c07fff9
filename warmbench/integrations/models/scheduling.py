"""Where candidates choose a time for a talk: the accounts of recruiters, what those tell, and the
talks of people whom we know."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from warmbench.core.vault import SealedTextField
from warmbench.people.models import Candidate


class Scheduler(models.TextChoices):
    """A system for booking talks that we can speak to."""

    CALENDLY = "calendly", "Calendly"
    CHILI_PIPER = "chili_piper", "Chili Piper"


class SchedulingAccount(models.Model):
    """An account in which talks with a recruiter are booked."""

    vendor = models.CharField(max_length=12, choices=Scheduler)
    #: Whose talks are booked there.
    recruiter = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="scheduling"
    )
    #: What a person pasted, as JSON by the names of the vendor's fields. Never shown again.
    credentials = SealedTextField()
    #: Where it is reached, if not at the vendor's usual addresses: by their names.
    addresses = models.JSONField(default=dict, blank=True)
    #: What was found out when its keys were tried: whose it is, which links there are.
    found = models.JSONField(default=dict, blank=True)
    #: The unguessable part of the address at which it calls us.
    hook_key = models.CharField(max_length=43, unique=True)
    #: What its calls are signed with, as JSON: the key in use, and the one before until when.
    signing_keys = SealedTextField(blank=True)
    #: What the subscription to its calls is called there; blank: it does not call us.
    subscription = models.CharField(max_length=300, blank=True)
    #: Why it does not call us, in a sentence.
    silence = models.CharField(max_length=300, blank=True)
    #: How far it was asked what changed.
    cursor = models.JSONField(default=dict, blank=True)
    #: When it is asked next; null: not any more, before a person has looked.
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    worked_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        db_table = "scheduling_account"
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False),
                name="scheduling_account_due",
            )
        ]

    def __str__(self) -> str:
        return self.get_vendor_display()


class SchedulingEvent(models.Model):
    """Something that an account told by itself, as it came: a sign to read a talk again."""

    account = models.ForeignKey(SchedulingAccount, models.CASCADE, related_name="events")
    #: What makes it this telling: told twice, it is one.
    event_id = models.CharField(max_length=160)
    kind = models.CharField(max_length=60)
    #: What the talk is called there: all that is believed of it.
    talk_id = models.CharField(max_length=300)
    #: Bytes as they came; emptied once they were acted on.
    body = models.BinaryField()
    received_at = models.DateTimeField()
    #: Null: still to be acted on, not before ``next_at``.
    processed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "scheduling_event"
        constraints = [
            models.UniqueConstraint(fields=["account", "event_id"], name="scheduling_event_once")
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(processed_at=None), name="scheduling_event_waiting"
            )
        ]


class Booking(models.Model):
    """A talk that a candidate booked, wherever it was moved since. Who is none of ours is not
    kept."""

    class State(models.TextChoices):
        BOOKED = "booked", "Booked"
        CALLED_OFF = "called_off", "Called off"
        NOT_THERE = "not_there", "Did not come"

    account = models.ForeignKey(SchedulingAccount, models.CASCADE, related_name="bookings")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="bookings")
    #: All that it was called there: each move gives it another name.
    ids = ArrayField(models.CharField(max_length=300))
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    booked_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: How often it was called off or missed: each time is told once.
    ended = models.PositiveSmallIntegerField(default=0)
    #: What was noted of the conversation once it was over, and what had been there before.
    talk = models.JSONField(default=dict, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "booking"
        indexes = [
            GinIndex(fields=["ids"], name="booking_ids"),
            models.Index(fields=["candidate", "-starts_at"], name="booking_latest"),
            models.Index(
                fields=["ends_at"],
                condition=Q(state="booked", talk={}),
                name="booking_to_be_noted",
            ),
        ]
