"""Groups of people who hear from us in the same way, and who is in them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.nurture.models.sequence import Sequence
from warmbench.people.models import Candidate


class Pool(models.Model):
    """People who should hear from us in the same way: who enters, who leaves."""

    class OnLeave(models.TextChoices):
        CONTINUE = "continue", "Continue the sequence"
        LEAVE = "leave", "Leave the sequence"
        FINISH_STEP = "finish_step", "Get the step that is due, then leave"
        PAUSE = "pause", "Pause until they match again"

    name = models.CharField(max_length=100, unique=True)
    purpose = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    #: In the language of ``nurture.rules``.
    entry_rule = models.TextField()
    exit_rule = models.TextField(blank=True)
    #: What its members hear, each from its own beginning; none makes it a list of people only.
    sequences = models.ManyToManyField(Sequence, related_name="pools", db_table="pool_sequence")
    on_leave = models.CharField(max_length=11, choices=OnLeave, default=OnLeave.LEAVE)
    #: Days after which somebody who left may enter again; null means never.
    reentry_days = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pool"

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """What policies call its members, where it measures warmth in a way of its own."""
        return f"pool:{self.pk}"


class PoolMember(models.Model):
    """That a candidate is, or was, in a pool."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="members", db_index=False)
    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="pool_members", db_index=False
    )
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pool_member"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "pool"],
                condition=Q(left_at=None),
                name="pool_member_once",
            )
        ]
        indexes = [
            models.Index(fields=["pool"], condition=Q(left_at=None), name="pool_member_present"),
            models.Index(fields=["candidate", "pool", "left_at"], name="pool_member_history"),
        ]
