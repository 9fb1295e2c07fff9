"""The entries of the recruiters' queues."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.people.models import Candidate


class FollowUp(models.Model):
    """An entry of a recruiter's Today queue: one open per person and reason, to which new
    evidence is added."""

    class Reason(models.TextChoices):
        REPLIED = "replied", "Replied"
        HIGH_INTEREST = "high_interest", "High interest"
        CLICKED = "clicked", "Clicked after a long silence"
        PREFERENCES = "preferences", "Changed their preferences"
        ADDRESS_DEAD = "address_dead", "Address no longer works"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        COMPLAINED = "complained", "Called a message spam"
        MOVED = "moved", "May have a new job"
        RIGHTS = "rights", "Asks about their data"
        RETENTION = "retention", "Not heard from for long"
        NOTICE_DUE = "notice_due", "Has to be told that we have their data"
        CONSENT_NEEDED = "consent_needed", "Has to be asked first"
        ROLE_INTEREST = "role_interest", "Interested in a role"
        CALL = "call", "Call about a role"
        STEP = "step", "A step of a sequence"
        PERSONALISE = "personalise", "Check-in to look at before it goes"
        COOLING = "cooling", "Went quiet after being warm"
        REMINDER = "reminder", "Reminder"
        TALK = "talk", "A talk that did not take place"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"

    class Wakes(models.TextChoices):
        """What brings an entry back that was put away, besides its date."""

        ANYTHING = "", "New evidence for the same reason"
        SIGNAL = "signal", "Whatever they do next"
        REPLY = "reply", "Their next reply"
        ROLE = "role", "A role that fits them"

    class Outcome(models.TextChoices):
        REACHED = "reached", "Reached"
        LEFT_MESSAGE = "left_message", "Left a message"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        INTERESTED = "interested", "Interested"
        ROLE_INTEREST = "role_interest", "Interested in a role"
        REFERRED = "referred", "Named somebody else"
        MOVED = "moved", "Has a new job"
        NOT_NOW = "not_now", "Not now"
        NOT_INTERESTED = "not_interested", "Not interested"
        OTHER = "other", "Something else"
        #: Closed by the system: they chose a time by themselves.
        BOOKED = "booked", "Booked a talk"
        #: Closed by the system: what it stood on is gone.
        WITHDRAWN = "withdrawn", "Withdrawn"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="follow_ups")
    reason = models.CharField(max_length=16, choices=Reason)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="follow_ups"
    )
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    #: What it is worth to act now: higher stands higher in the queue.
    value = models.PositiveSmallIntegerField()
    #: Dated sentences: ``{"at": iso, "text": …, "signal": id, "about": "role:7"}``. With ``note``
    #: it is a remark, and no ground to act; with ``by`` it is that of a user.
    evidence = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True, blank=True)
    wakes_on = models.CharField(max_length=6, choices=Wakes, blank=True, db_default="")
    #: How often somebody tried and reached nobody.
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    #: When it was given to its owner because nobody owned the person.
    given_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    #: To whom it is offered; it stays where it is until they accept.
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_lapses_at = models.DateTimeField(null=True, blank=True)
    offer_note = models.CharField(max_length=300, blank=True, db_default="")
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True)
    note = models.CharField(max_length=500, blank=True)
    #: What the outcome changed about the person, so that it can be taken back.
    effects = models.JSONField(default=dict, db_default={})
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "follow_up"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "reason"],
                condition=Q(state="open"),
                name="follow_up_one_open",
            )
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"], condition=Q(state="open"), name="follow_up_queue"
            ),
            models.Index(
                fields=["offered_to"],
                condition=Q(state="open", offered_to__isnull=False),
                name="follow_up_offered",
            ),
            models.Index(
                fields=["candidate"],
                condition=Q(state="open") & ~Q(wakes_on=""),
                name="follow_up_wakes",
            ),
            models.Index(
                fields=["owner", "given_at"],
                condition=Q(given_at__isnull=False),
                name="follow_up_given",
            ),
            models.Index(
                fields=["done_by", "done_at"],
                condition=Q(done_by__isnull=False),
                name="follow_up_done",
            ),
        ]

    def is_overdue(self, *, now: datetime) -> bool:
        """Whether its deadline has passed."""
        return self.due_at < now
