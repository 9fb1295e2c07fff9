"""How we stay in touch: pools, content, sequences of steps, and who is at which step."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.messaging.models import Message, Template
from warmbench.people.models import Candidate, Channel, Tag


class Sequence(models.Model):
    """An ordered plan of touches. Its steps hang on versions, which never change."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ARCHIVED = "archived", "Archived"

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)

    class Meta:
        db_table = "sequence"

    def __str__(self) -> str:
        return self.name


class SequenceVersion(models.Model):
    """The steps as they were at one time. People stay on the version they began with."""

    sequence = models.ForeignKey(Sequence, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    #: After the last step, go on from this position; null ends the sequence there.
    repeat_from = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "sequence_version"
        constraints = [
            models.UniqueConstraint(fields=["sequence", "number"], name="sequence_version_unique")
        ]


class ContentPiece(models.Model):
    """Something worth reading, for a specialty, a category or everybody."""

    class Kind(models.TextChoices):
        TRENDS = "trends", "Trends article"
        SALARY = "salary", "Salary benchmark"
        TIP = "tip", "Profile tip"
        SPOTLIGHT = "spotlight", "Company spotlight"
        REENGAGE = "reengage", "Re-engagement"

    class State(models.TextChoices):
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    key = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    #: A specialty, a category, or null for everybody.
    topic = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    seniority = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=2, default="en")
    template = models.ForeignKey(Template, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.LIVE)
    reviewed_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "content_piece"

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One step of a version. Its key stays the same through the versions, because it is
    part of the touch: a step that was done is never done again by an edit."""

    class Kind(models.TextChoices):
        MESSAGE = "message", "Message"
        CONTENT = "content", "Content"
        CHECK_IN = "check_in", "Check-in"
        PREFERENCE = "preference", "Preference request"

    version = models.ForeignKey(SequenceVersion, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    #: Days after the previous step.
    wait_days = models.PositiveSmallIntegerField()
    #: The wording of a message, check-in or preference request; content is chosen.
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="+")
    content_kind = models.CharField(max_length=10, choices=ContentPiece.Kind, blank=True)

    class Meta:
        db_table = "step"
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="step_position_unique"),
            models.UniqueConstraint(fields=["version", "key"], name="step_key_unique"),
            models.CheckConstraint(
                condition=Q(kind="content", template=None) & ~Q(content_kind="")
                | ~Q(kind="content") & Q(template__isnull=False, content_kind=""),
                name="step_has_its_wording",
            ),
            # A piece is something to read: no text has room for it.
            models.CheckConstraint(
                condition=Q(channel="email") | ~Q(kind="content"), name="step_content_is_mailed"
            ),
        ]


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
    sequence = models.ForeignKey(Sequence, models.PROTECT, null=True, related_name="pools")
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


class Enrollment(models.Model):
    """One candidate's way through one sequence: a row with a date."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        HELD = "held", "Held"
        FINISHED = "finished", "Finished"
        EXITED = "exited", "Exited"

    # Every step moves a date in an index, and with it the row in all its indexes: few of them.
    version = models.ForeignKey(SequenceVersion, models.PROTECT, related_name="+", db_index=False)
    sequence = models.ForeignKey(
        Sequence, models.PROTECT, related_name="enrollments", db_index=False
    )
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="enrollments")
    pool = models.ForeignKey(Pool, models.SET_NULL, null=True, related_name="+", db_index=False)
    #: Which time this person is on this sequence, from 0.
    round = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    position = models.PositiveSmallIntegerField(default=0)
    #: How often ``repeat_from`` was taken.
    cycle = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField()
    #: Leave after the step that is due.
    last_step = models.BooleanField(default=False)
    #: Why the step that was due has not been done yet, e.g. ``budget`` or ``missing: city``.
    waiting_for = models.CharField(max_length=80, blank=True)
    exit_reason = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrollment"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "sequence"],
                condition=Q(state__in=["active", "held"]),
                name="enrollment_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"], condition=Q(state="active"), name="enrollment_due"
            ),
        ]


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
