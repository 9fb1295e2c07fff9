"""The rows of core: the demo's clock, the database's epoch, the audit trail, the shared cache."""

from django.db import models
from django.db.models import Q


class VirtualClock(models.Model):
    """How far the demo's clock is ahead of the real one. A single row, never read elsewhere."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead = models.DurationField()

    class Meta:
        db_table = "virtual_clock"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="virtual_clock_single_row")]


class Epoch(models.Model):
    """Which life of the database this is: each restore of a backup begins another. A single row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveIntegerField(default=1)
    #: Rises all the time. Lower than the data folder remembers: somebody restored a backup.
    beats = models.BigIntegerField(default=0)
    backed_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "epoch"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="epoch_single_row")]

    def __str__(self) -> str:
        return str(self.number)


class AuditEntry(models.Model):
    """One thing that somebody did. A trigger forbids changing or deleting it; only the erasure
    of a person empties ``detail``."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    #: No foreign key: the entry must outlive the user. Null when the system acted by itself.
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=80)
    #: What it was done to, as "noun:id".
    subject = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_entry_subject"),
            models.Index(fields=["actor_id", "-at"], name="audit_entry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class CacheEntry(models.Model):
    """What Django's database cache holds: the rate limits of all processes. Only it looks here."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache_entry"

    def __str__(self) -> str:
        return self.cache_key


class RateCount(models.Model):
    """How often something was asked for since a moment. Only ``core.limits`` looks here."""

    key = models.CharField(max_length=120, primary_key=True)
    begun = models.DateTimeField()
    times = models.IntegerField()

    class Meta:
        db_table = "rate_count"

    def __str__(self) -> str:
        return self.key
