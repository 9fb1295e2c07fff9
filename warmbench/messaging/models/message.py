"""One touch: its message, the attempts to hand it over, the verdicts about it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from warmbench.messaging.models.sender import Sender
from warmbench.messaging.models.template import Template
from warmbench.people.models import Candidate, Channel


class Message(models.Model):
    """One touch. The database allows it once per (candidate, touch, occurrence, channel)
    and moves its state along the arrows of ``docs/architecture.md`` only."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Accepted by the mail server"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unknown whether it arrived"
        REFUSED = "refused", "Refused"
        CANCELLED = "cancelled", "Cancelled"

    class Purpose(models.TextChoices):
        WELCOME = "welcome", "Welcome"
        CONTENT = "content", "Content"
        CHECK_IN = "check_in", "Check-in"
        PREFERENCE = "preference", "Preference request"
        ALERT = "alert", "Role alert"
        PERSONAL = "personal", "Personal message"
        #: What a law wants somebody told.
        NOTICE = "notice", "Notice"

    candidate = models.ForeignKey(
        Candidate, models.DO_NOTHING, related_name="messages", db_index=False
    )
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    purpose = models.CharField(max_length=10, choices=Purpose)
    #: What makes it this touch and no other, e.g. ``sequence:3/check-in``.
    touch = models.CharField(max_length=80)
    #: Which time round, for a touch that comes again.
    occurrence = models.IntegerField(default=0)
    #: The sequence behind it and its version, for switches and for "why did she get this?".
    sequence_id = models.BigIntegerField(null=True)
    sequence_version = models.IntegerField(null=True)
    # Neither is ever deleted, and checking that for each message would lock their rows.
    sender = models.ForeignKey(
        Sender, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    #: Null for a refusal: nothing was chosen.
    template = models.ForeignKey(
        Template, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    #: The fields the template is filled with, as they were when it was planned.
    context = models.JSONField(default=dict)
    #: The client whose role it tells of, by the key of ``people.off_limits``; never in its words.
    client = models.CharField(max_length=160, blank=True, db_default="")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    #: Why it is refused, failed, cancelled or unknown.
    reason = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField()
    #: When it may go; null once it has left the queue. Queue and budget are indexed by dates
    #: alone, so that settling a message touches no index.
    not_before = models.DateTimeField(null=True)
    #: Too late after this: it is refused instead of sent.
    valid_until = models.DateTimeField()
    state_at = models.DateTimeField()
    #: When it was last claimed for hand-over; what the contact budget counts.
    handed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    #: The address it went to.
    address = models.CharField(max_length=254, blank=True)
    #: The message to which this one belongs as part of the same approach: a text after a mail
    #: that brought nothing.
    follows = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    #: The mail that came in and that it answers.
    answers_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "touch", "occurrence", "channel"], name="message_touch_once"
            ),
            models.CheckConstraint(
                condition=Q(state="queued", not_before__isnull=False)
                | ~Q(state="queued") & Q(not_before=None),
                name="message_queued_has_its_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sender", "not_before", "id"],
                condition=Q(not_before__isnull=False),
                name="message_queued",
            ),
            models.Index(
                fields=["candidate", "-handed_at"],
                condition=Q(handed_at__isnull=False),
                name="message_handed",
            ),
            # A handful that wait for a person, among millions.
            models.Index(
                fields=["state_at", "id"], condition=Q(state="unknown"), name="message_unknown"
            ),
        ]


class Withdrawal(models.Model):
    """That a message must not be handed over any more, whoever may have claimed it already.

    A row of its own: whoever withdraws need not wait for those who hand messages over, nor
    they for him.
    """

    message = models.OneToOneField(
        Message, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )
    #: A reason of the last gate.
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "withdrawal"


class Attempt(models.Model):
    """One try to hand a message over, committed before its first byte leaves."""

    class Outcome(models.TextChoices):
        PENDING = "", "Under way"
        ACCEPTED = "accepted", "Accepted"
        DEFERRED = "deferred", "Deferred"
        REJECTED = "rejected", "Rejected"
        ADDRESS_DEAD = "address_dead", "Address dead"
        POLICY = "policy", "Rejected for policy or reputation"
        UNKNOWN = "unknown", "Unknown"
        NOT_STARTED = "not_started", "Not started"

    message = models.ForeignKey(Message, models.DO_NOTHING, related_name="attempts", db_index=False)
    candidate_id = models.BigIntegerField()
    sender_id = models.BigIntegerField()
    worker = models.CharField(max_length=60)
    claimed_at = models.DateTimeField()
    #: After this the worker is taken for dead and the outcome for unknown.
    lease_until = models.DateTimeField()
    #: The Message-ID header, the same for every attempt at one message.
    message_id_header = models.CharField(max_length=120)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    code = models.PositiveSmallIntegerField(null=True)
    text = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "attempt"
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(outcome=""), name="attempt_pending"),
            models.Index(
                fields=["message"], condition=Q(outcome="unknown"), name="attempt_unknown"
            ),
            models.Index(fields=["message"], name="attempt_message"),
            # The breaker counts a week of them, rarely; rows stand in the order of their dates.
            BrinIndex(fields=["claimed_at"], name="attempt_claimed_at"),
        ]


class Decision(models.Model):
    """One verdict of the last gate: why she got this, why he did not, and not before when."""

    class Stage(models.TextChoices):
        PLANNING = "planning", "When it was planned"
        CLAIM = "claim", "In the moment of sending"

    class Verdict(models.TextChoices):
        ALLOW = "allow", "Allowed"
        LATER = "later", "Later"
        REFUSE = "refuse", "Refused"

    candidate_id = models.BigIntegerField()
    message_id = models.BigIntegerField(null=True)
    touch = models.CharField(max_length=80)
    stage = models.CharField(max_length=8, choices=Stage)
    verdict = models.CharField(max_length=6, choices=Verdict)
    reason = models.CharField(max_length=40, blank=True)
    #: The rule of law that says so, if one does; ``people.law.cited`` tells it.
    rule = models.CharField(max_length=40, blank=True, db_default="")
    #: The touch that goes first, where it waits for another one.
    behind = models.CharField(max_length=80, blank=True, db_default="")
    until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    policy = models.PositiveSmallIntegerField()
    #: All that the gate knew, as ``messaging.inspection`` writes it; null where it was not asked,
    #: and for what is planned to go: that is asked about anew when it is claimed.
    inputs = models.JSONField(null=True)

    class Meta:
        db_table = "decision"
        indexes = [
            models.Index(fields=["candidate_id", "-at"], name="decision_candidate"),
            # What is missing in the library: a few of very many, and never changed.
            models.Index(
                fields=["at"], condition=Q(reason="no_content"), name="decision_no_content"
            ),
        ]
