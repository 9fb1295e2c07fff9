"""How warm candidates are, and the policies by which that is measured."""

from django.conf import settings
from django.db import models
from django.db.models import F

from warmbench.people.models import Candidate


class Warmth(models.Model):
    """How warm a candidate was at one moment; it halves every half-life from there, so
    nothing has to be rewritten for it to cool."""

    candidate = models.OneToOneField(
        Candidate, models.CASCADE, primary_key=True, related_name="warmth"
    )
    points = models.FloatField()
    as_of = models.DateTimeField()
    #: The moment at which it will have cooled to one point, in seconds since 1970: keeps the
    #: order of warmth for ever, thus indexable, and may stand beside that of another half-life.
    rank = models.FloatField()
    policy = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "warmth"
        indexes = [models.Index(fields=["-rank"], name="warmth_rank")]


class WarmthPolicy(models.Model):
    """What signals are worth: one version of it, which never changes.

    Of each scope the newest version is in force. The scope "" is everybody; another one, such as
    ``pool:7``, is a group of people who are measured in a way of their own besides.
    """

    class Interest(models.TextChoices):
        """What counts towards high interest."""

        HUMAN = "human", "Replies, clicks and updates of people"
        #: Where the pixel was consented to; opens never count otherwise (rules.md D27).
        OPENS = "opens", "Opens too, of those who agreed to the pixel"

    scope = models.CharField(max_length=40, blank=True)
    version = models.PositiveSmallIntegerField()
    #: Points by ``Signal.Kind`` on the day it comes, if it is certain. Without any, the scope is
    #: no longer measured in a way of its own.
    weights = models.JSONField()
    half_life_days = models.PositiveSmallIntegerField(default=30)
    #: High interest: so many occasions within so many days.
    interest_count = models.PositiveSmallIntegerField(default=3)
    interest_days = models.PositiveSmallIntegerField(default=30)
    interest_of = models.CharField(max_length=5, choices=Interest, default=Interest.HUMAN)
    #: Why it was changed.
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    #: The last candidate whose warmth was counted by it.
    counted_to = models.BigIntegerField(default=0, db_default=0)
    #: When every warmth of its scope had been counted by it; null while that goes on.
    counted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "warmth_policy"
        constraints = [
            models.UniqueConstraint(fields=["scope", "version"], name="warmth_policy_once")
        ]


class ScopedWarmth(models.Model):
    """Who belongs to a scope that is measured in its own way, and how warm they are by that."""

    scope = models.CharField(max_length=40)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    #: Null for the cold.
    points = models.FloatField(null=True)
    as_of = models.DateTimeField(null=True)
    #: As that of ``Warmth``, by the half-life of the scope's policy.
    rank = models.FloatField(null=True)
    policy = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "scoped_warmth"
        constraints = [
            models.UniqueConstraint(fields=["scope", "candidate"], name="scoped_warmth_once")
        ]
        indexes = [
            # The warmest first and the cold last, as pages list them.
            models.Index("scope", F("rank").desc(nulls_last=True), name="scoped_warmth_rank"),
        ]
