"""Texts that were kept, whom they concern, and what was read in them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q

from warmbench.accounts.models import User
from warmbench.insight.found import OUTSIDE
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.people.models import Candidate, Tag


class Source(models.Model):
    """A text in which people are spoken of, as it came."""

    class Basis(models.TextChoices):
        """On what ground it is kept."""

        OWN_WORDS = "own_words", "They wrote it to us"
        CONVERSATION = "conversation", "Notes of a talk with them"
        RECORDED = "recorded", "A recording that they agreed to"
        OWN_DOCUMENT = "own_document", "A document that they gave us"
        ASSESSMENT = "assessment", "An assessment of ours"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        READ = "read", "Read"
        UNREADABLE = "unreadable", "Could not be read"

    kind = models.CharField(max_length=12, choices=SourceKind)
    title = models.CharField(max_length=200, blank=True)
    #: What facts point into. Never changed.
    text = models.TextField()
    language = models.CharField(max_length=8, blank=True)
    basis = models.CharField(max_length=16, choices=Basis)
    #: The day on which it was said or written.
    said_on = models.DateField()
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    #: Who wrote it, where that is none of our users.
    author_name = models.CharField(max_length=200, blank=True)
    #: By which door it came, and what it is there: "reply" and a mail's id, "api" and a key, …
    origin = models.CharField(max_length=20)
    origin_id = models.CharField(max_length=200, blank=True)
    role_ids = ArrayField(models.BigIntegerField(), default=list)
    added_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    #: By which version of the extractors, and when.
    read_by = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "source"
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "origin_id"],
                condition=~Q(origin_id=""),
                name="source_origin_key",
            ),
        ]
        indexes = [
            models.Index(fields=["added_at"], condition=Q(state="waiting"), name="source_waiting"),
        ]


class SourcePerson(models.Model):
    """A candidate whom a text concerns."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="people")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="sources")
    #: In the order in which they were named: 0 is the main one.
    position = models.PositiveSmallIntegerField()
    #: Where the text is about them: begin, end, begin, end, … Filled when it is read.
    spans = ArrayField(models.IntegerField(), default=list)

    class Meta:
        db_table = "source_person"
        constraints = [
            models.UniqueConstraint(fields=["source", "candidate"], name="source_person_key"),
        ]


class Insight(models.Model):
    """One fact about a candidate, with the words that it was read from.

    What it says is never changed: the database refuses it. Only where it stands is.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        CONFIRMED = "confirmed", "Confirmed"
        REJECTED = "rejected", "Rejected"
        SUPERSEDED = "superseded", "Superseded"

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="insights", db_index=False
    )
    source = models.ForeignKey(Source, models.CASCADE, related_name="insights")
    kind = models.CharField(max_length=12, choices=Kind)
    #: What it is about, where several of a kind hold side by side: "python", "berlin", "target".
    topic = models.CharField(max_length=120, blank=True)
    polarity = models.CharField(max_length=8, choices=Polarity)
    #: In the format of docs/reference/insights.md.
    value = models.JSONField()
    speaker = models.CharField(max_length=10, choices=Speaker)
    quote = models.TextField()
    start = models.IntegerField()
    end = models.IntegerField()
    said_on = models.DateField()
    confidence = models.FloatField()
    extractor = models.CharField(max_length=60)
    #: Of all extractors together.
    version = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    #: What lists are filtered by: a year's pay, people led, years of a skill, …
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    #: The day that it names.
    on_day = models.DateField(null=True)
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    #: The fact that holds instead of this one.
    superseded_by = models.ForeignKey(
        # Blank means that it is read no more: one whose better goes is settled anew instead.
        "self",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    #: The fact as it was read, which a person put right with this one.
    corrects = models.ForeignKey(
        # Blanked, it would be in the way of the fact as it was read, which goes with it.
        "self",
        models.DO_NOTHING,
        null=True,
        related_name="corrections",
        db_constraint=False,
    )

    class Meta:
        db_table = "insight"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("source", "candidate", "kind", "topic", "polarity", "start", "end"),
                    "version",
                ],
                condition=Q(corrects=None),
                name="insight_read_once",
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="insight_has_a_quote"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="insight_confidence"
            ),
        ]
        indexes = [
            models.Index(
                fields=["candidate", "kind", "topic", "-said_on", "-id"], name="insight_of_person"
            ),
            models.Index(
                fields=["kind", "topic", "polarity"],
                condition=Q(state__in=["proposed", "confirmed"]),
                include=["candidate", "said_on", "amount", "on_day"],
                name="insight_live",
            ),
            GinIndex(
                SearchVector("quote", config="simple"),
                name="insight_words",
            ),
        ]

    @property
    def is_from_outside(self) -> bool:
        """Whether a model provider found it, and none of our extractors or people."""
        return self.extractor.startswith(OUTSIDE)
