"""Records that turned out to be of one person: what became of them, and which may be."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from warmbench.people.models.candidate import Candidate


class CandidateMerge(models.Model):
    """That one record of a person went up in another, and all that is needed to part them.

    Links in mails and addresses for answers are signed for the record that is gone: whoever comes
    by them is found here. An undone merge keeps nothing but that it was.
    """

    kept = models.ForeignKey(Candidate, models.CASCADE, related_name="merges")
    #: What the other one was called; its row is gone.
    gone_id = models.BigIntegerField()
    #: ``gone``: the columns of the other one; ``changed``: what they changed of the kept one, by
    #: column: before and after; ``other``: what they said otherwise, and is not in the kept one.
    fields = models.JSONField(default=dict)
    #: As ``people.merging_rows.Ledger`` writes it.
    rows = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Who said that they are one, if no user did: "Greenhouse: merged there".
    via = models.CharField(max_length=80, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        db_table = "candidate_merge"
        constraints = [
            models.UniqueConstraint(
                fields=["gone_id"], condition=Q(undone_at=None), name="candidate_merge_once"
            ),
            models.CheckConstraint(
                condition=~Q(kept=F("gone_id")), name="candidate_merge_of_another"
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="candidate_merge_latest")]


class DuplicatePair(models.Model):
    """That two records may be of one person, or that somebody said they are not."""

    class Ground(models.TextChoices):
        """What they have in common."""

        EMAIL = "email", "the same e-mail address"
        PHONE = "phone", "the same number"
        PROFILE = "profile", "the same profile"
        NAME = "name", "the same name and employer"

    class Verdict(models.TextChoices):
        OPEN = "", "Nobody has looked yet"
        DISTINCT = "distinct", "Not the same person"

    low = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    high = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    grounds = ArrayField(models.CharField(max_length=7, choices=Ground))
    #: How sure that is: the sum of what the grounds are worth. Higher is shown first.
    strength = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        db_table = "duplicate_pair"
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="duplicate_pair_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["-strength", "id"], condition=Q(verdict=""), name="duplicate_pair_open"
            )
        ]
