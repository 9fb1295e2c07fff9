"""What the law wants on record about candidates: that they were told, and that we weighed."""

from django.conf import settings
from django.db import models

from warmbench.people.models.candidate import Candidate


class BalancingTest(models.Model):
    """Why our interest in writing to people outweighs theirs in being left alone: one version.

    Each ground "legitimate interest" names the version that held when it was recorded. The
    database refuses to change or delete one.
    """

    version = models.PositiveSmallIntegerField(unique=True)
    #: What we want of these people, and why that is legitimate.
    interest = models.TextField()
    #: Why it cannot be had in a milder way.
    necessity = models.TextField()
    #: What speaks for leaving them alone, and what we do about it.
    balance = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "balancing_test"

    def __str__(self) -> str:
        return f"Version {self.version}"


class Notice(models.Model):
    """That somebody knows that we hold their data, and from whom; or that nobody told them.

    The database refuses to change a row. It goes with the person, and only then.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", "Told in a message of ours"
        TOLD = "told", "Told in another way"
        KNOWN = "known", "Gave us their data themselves, or knew already"
        #: Decided by itself on the last day: nothing is used until a person decides.
        SET_ASIDE = "set_aside", "Set aside, because nobody told them in time"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind)
    #: How they came to know, for whoever asks later.
    evidence = models.CharField(max_length=300, blank=True)
    #: The message that told them.
    message_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=~models.Q(kind="set_aside"),
                name="notice_given_once",
            ),
            models.UniqueConstraint(
                fields=["candidate"], condition=models.Q(kind="set_aside"), name="notice_set_aside"
            ),
        ]
        # Neither of the two finds all notices of somebody who is to be erased.
        indexes = [models.Index(fields=["candidate"], name="notice_candidate")]
