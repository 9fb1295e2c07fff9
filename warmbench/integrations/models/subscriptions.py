"""Programs that want to be told what happens here, and each thing that they were told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmbench.core.vault import SealedTextField


class Happening(models.TextChoices):
    """What a program can be told of."""

    CANDIDATE_CHANGED = "candidate.changed", "A candidate was added or changed"
    STATUS_CHANGED = "candidate.status_changed", "A candidate has another status"
    OPTED_OUT = "candidate.opted_out", "A candidate must not be written to any more"
    PERMISSION_CHANGED = "candidate.permission_changed", "A permission was given or withdrawn"
    MERGED = "candidate.merged", "Two records of one person became one"
    ERASED = "candidate.erased", "A candidate was erased: erase your copy (GDPR Art. 19)"
    POOL_JOINED = "pool.joined", "Candidates joined a pool"
    POOL_LEFT = "pool.left", "Candidates left a pool"
    ENROLLMENT_BEGUN = "enrollment.begun", "Candidates began a sequence"
    SIGNAL_RECORDED = "signal.recorded", "Candidates did something"
    INSIGHT_RECORDED = "insight.recorded", "Something was noted from a conversation"
    FOLLOW_UP_ASKED = "follow_up.asked", "A recruiter has somebody to follow up"
    FOLLOW_UP_CLOSED = "follow_up.closed", "A follow-up was closed"
    ROLE_OPENED = "role.opened", "A role was opened"
    ROLE_CHANGED = "role.changed", "A role was edited"
    ROLE_ENDED = "role.ended", "A role is not open any more"
    ALERTS_MADE = "alert.made", "Candidates are to hear of a role"
    PROFILE_APPROVED = "profile.approved", "A version of a role profile was approved"
    SHORTLIST_SHARED = "shortlist.shared", "A shortlist was shared with a hiring manager"
    SHORTLIST_ANSWERED = "shortlist.answered", "A hiring manager answered about a candidate"
    OUTCOME_KNOWN = "shortlist.outcome", "It is known what became of a candidate on a shortlist"


class Subscription(models.Model):
    """An address of a program that is told what happens here."""

    name = models.CharField(max_length=80)
    #: Sealed: some addresses are secrets.
    url = SealedTextField()
    #: Its host, for pages.
    host = models.CharField(max_length=253)
    #: What our calls are signed with, as ``whsec_…``.
    secret = SealedTextField()
    #: The secret before, with which they are signed as well for a while after a change.
    old_secret = SealedTextField(blank=True)
    old_until = models.DateTimeField(null=True)
    kinds = ArrayField(models.CharField(max_length=32, choices=Happening))
    #: Whether it is told names. Without that, numbers only.
    with_names = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    #: Before this moment it is left alone: somebody calls it now, or it failed a moment ago.
    free_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    #: Since when every call has failed; null while they work.
    failing_since = models.DateTimeField(null=True)
    #: Why the last call failed, in a sentence for a person; blank if it did not.
    problem = models.CharField(max_length=200, blank=True)
    worked_at = models.DateTimeField(null=True)
    #: When it was switched off for having failed too long.
    disabled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "subscription"

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One thing that a program is told: numbers, never what they stand for. Names are looked up
    in the moment of the call."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Taken"
        FAILED = "failed", "Given up"

    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="deliveries", db_index=False
    )
    kind = models.CharField(max_length=32, choices=Happening)
    candidate_ids = ArrayField(models.BigIntegerField())
    #: What else is said, e.g. ``{"status": "placed"}``.
    about = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    #: Since when it is tried: that it happened, or that somebody asked for it anew.
    since = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    #: What was answered last: the status, 0 for none, and the beginning of its words.
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "delivery"
        indexes = [
            models.Index(
                fields=["subscription", "due_at"],
                condition=Q(state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(fields=["subscription", "-id"], name="delivery_latest"),
            models.Index(fields=["happened_at"], name="delivery_happened"),
        ]
