"""What came back, what it is worth, and what a recruiter should do about it."""

import re
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmbench.people.models import Candidate


class Hit(models.Model):
    """One request for a tracked link, stored raw before anybody judges it."""

    class Verdict(models.TextChoices):
        WAITING = "", "Not judged yet"
        HUMAN = "human", "Human"
        LIKELY = "likely", "Likely human"
        MACHINE = "machine", "Machine"
        UNSURE = "unsure", "Unsure"

    candidate_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    link = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=8)
    at = models.DateTimeField()
    #: First bytes of a hash of the user agent, and the /24 or /48 it came from.
    agent = models.CharField(max_length=16, blank=True)
    network = models.CharField(max_length=43, blank=True)
    has_language = models.BooleanField(default=True)
    verdict = models.CharField(max_length=7, choices=Verdict, blank=True)
    #: The names of the rules that fired.
    rules = ArrayField(models.CharField(max_length=40), default=list)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hit"
        indexes = [
            models.Index(fields=["at"], condition=Q(verdict=""), name="hit_waiting"),
            models.Index(fields=["message_id"], name="hit_message"),
        ]


class Signal(models.Model):
    """One dated thing that a candidate did or that changed about them."""

    class Kind(models.TextChoices):
        CLICKED = "clicked", "Clicked a link"
        REPLIED = "replied", "Replied"
        PREFERENCES_UPDATED = "preferences_updated", "Updated their preferences"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        ADDRESS_DEAD = "address_dead", "Address no longer works"
        COMPLAINED = "complained", "Called a message spam"
        MOVED = "moved", "Moved on"
        NOT_FOR_ME = "not_for_me", "Said what does not fit"

    class Grade(models.TextChoices):
        CERTAIN = "certain", "Certainly the person"
        LIKELY = "likely", "Likely the person"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    grade = models.CharField(max_length=7, choices=Grade)
    at = models.DateTimeField()
    message_id = models.BigIntegerField(null=True)
    #: What it was about, in a word: the title of the piece, the status chosen.
    topic = models.CharField(max_length=200, blank=True)
    #: Makes recording twice a no-op, e.g. ``click:481/2:2027-03-16``.
    key = models.CharField(max_length=80)
    #: How often it was said, for what changes nothing when it is said again.
    times = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "signal"
        constraints = [models.UniqueConstraint(fields=["candidate", "key"], name="signal_once")]
        indexes = [models.Index(fields=["candidate", "-at"], name="signal_latest")]

    @property
    def link(self) -> int | None:
        """Which link of its message was followed, by its position from 0; None for no click."""
        found = re.fullmatch(r"click:\d+/(\d+):.*", self.key)
        return int(found[1]) if found else None


class Warmth(models.Model):
    """How warm a candidate was at one moment; it halves every half-life from there, so
    nothing has to be rewritten for it to cool."""

    candidate = models.OneToOneField(
        Candidate, models.CASCADE, primary_key=True, related_name="warmth"
    )
    points = models.FloatField()
    as_of = models.DateTimeField()
    #: ``log2(points) + as_of / half-life``: keeps the order of warmth for ever, thus indexable.
    rank = models.FloatField()
    policy = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "warmth"
        indexes = [models.Index(fields=["-rank"], name="warmth_rank")]


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

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"

    class Outcome(models.TextChoices):
        REACHED = "reached", "Reached"
        LEFT_MESSAGE = "left_message", "Left a message"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        INTERESTED = "interested", "Interested"
        NOT_NOW = "not_now", "Not now"
        NOT_INTERESTED = "not_interested", "Not interested"
        OTHER = "other", "Something else"
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
    #: Dated sentences: ``{"at": iso, "text": …, "signal": id, "about": "role:7"}``.
    evidence = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True)
    note = models.CharField(max_length=500, blank=True)
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
            )
        ]

    def is_overdue(self, *, now: datetime) -> bool:
        """Whether its deadline has passed."""
        return self.due_at < now
