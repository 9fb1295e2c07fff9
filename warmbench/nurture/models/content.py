"""What there is to read: pieces, their wordings and checks, market notes, and who had what."""

from django.conf import settings
from django.db import models

from warmbench.messaging.models import Message, Template
from warmbench.people.models import Candidate, Tag


class ContentPiece(models.Model):
    """Something worth reading, for a role, a specialty, a category or everybody. Its words stand
    in its variants: it has one at least."""

    class Kind(models.TextChoices):
        TRENDS = "trends", "Trends article"
        SALARY = "salary", "Salary benchmark"
        TIP = "tip", "Profile tip"
        SPOTLIGHT = "spotlight", "Company spotlight"
        REENGAGE = "reengage", "Re-engagement"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    key = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    #: A role, a role family, a specialty, a category, or null for everybody.
    topic = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    seniority = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    #: A geography; who lives elsewhere is not given it.
    place = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=2, default="en")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    #: When a person last found it fit to be sent, or began to write it.
    reviewed_on = models.DateField()
    #: From this day on nobody is given it.
    expires_on = models.DateField(null=True, blank=True)
    #: Counts its changes: whoever saves an older one would undo somebody else's in silence.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "content_piece"

    def __str__(self) -> str:
        return self.title


class ContentVariant(models.Model):
    """One wording of a piece. Each person gets one of them, and always the same."""

    piece = models.ForeignKey(ContentPiece, models.CASCADE, related_name="variants")
    label = models.CharField(max_length=20)
    #: What its authors wrote last, in Liquid and Markdown.
    subject = models.CharField(max_length=200)
    body = models.TextField()
    #: What is sent: made of the words above when the piece went live last; null before.
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="+")
    #: Nobody new is given it once it is retired.
    is_retired = models.BooleanField(default=False)

    class Meta:
        db_table = "content_variant"
        constraints = [
            models.UniqueConstraint(fields=["piece", "label"], name="content_variant_unique")
        ]


class ContentCheck(models.Model):
    """What was found when a piece was checked before it went live."""

    class Kind(models.TextChoices):
        RELEVANCE = "relevance", "Is about what it says"
        GENERIC = "generic", "Says something of its own"

    piece = models.ForeignKey(ContentPiece, models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=9, choices=Kind)
    #: Of the words and tags that were checked: other ones have to be checked anew.
    digest = models.CharField(max_length=64)
    is_passed = models.BooleanField()
    #: From 0 to 1.
    score = models.FloatField()
    #: What a person is shown: offending phrases with their offsets, or nearer topics.
    findings = models.JSONField(default=list)
    at = models.DateTimeField()
    #: Who let the piece go live in spite of it, and why.
    overruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    overruled_why = models.CharField(max_length=300, blank=True)
    overruled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "content_check"
        constraints = [
            models.UniqueConstraint(fields=["piece", "kind", "digest"], name="content_check_once")
        ]


class MarketSnippet(models.Model):
    """One or two sentences on the market for a specialty, a category or everybody, for check-ins
    to say. Dated, because nothing ages faster."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    topic = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=2, default="en")
    text = models.CharField(max_length=400)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    written_on = models.DateField()
    expires_on = models.DateField()

    class Meta:
        db_table = "market_snippet"


class ContentUse(models.Model):
    """That a candidate was sent a piece, so that they are never sent it again."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    piece = models.ForeignKey(ContentPiece, models.PROTECT, related_name="uses")
    # Both go with the person, and only then: asking for each message would read this whole table.
    message = models.ForeignKey(
        Message,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "content_use"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "piece"], name="content_use_once")
        ]
