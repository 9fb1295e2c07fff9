"""Plans of touches: a sequence, its versions with their steps, and the draft of the next one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.messaging.models import Template
from warmbench.nurture.models.content import ContentPiece
from warmbench.people.models import Channel


class Sequence(models.Model):
    """An ordered plan of touches. Its steps hang on versions, which never change."""

    class State(models.TextChoices):
        #: No version is out yet.
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ARCHIVED = "archived", "Archived"

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    #: How long every wait takes, in percent of what its step says: 200 makes a monthly
    #: programme one of every two months.
    pace = models.PositiveSmallIntegerField(default=100)
    #: When it was let run last; for a few minutes that can be undone.
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sequence"

    def __str__(self) -> str:
        return self.name


class SequenceVersion(models.Model):
    """The steps as they were at one time. People stay on the version they began with, unless a
    person moves them to a newer one."""

    class Trigger(models.TextChoices):
        POOL = "pool", "Somebody joins one of its pools"
        HIGH_INTEREST = "high_interest", "Somebody shows high interest"
        ALERT_CLICK = "alert_click", "Somebody clicks in a role alert"

    sequence = models.ForeignKey(Sequence, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    trigger = models.CharField(max_length=13, choices=Trigger, default=Trigger.POOL)
    #: Who begins, in the language of ``nurture.rules``; blank lets everybody begin.
    entry_rule = models.TextField(blank=True)
    #: Whoever it holds for when a step is due leaves instead.
    exit_rule = models.TextField(blank=True)
    #: Days after its end before somebody may begin it anew by itself; null leaves that to pools.
    reentry_days = models.PositiveSmallIntegerField(null=True, blank=True)
    #: ``{"rule": …, "pace": 300}``: for whom waits take how long, in percent. The first wins.
    cadence = models.JSONField(default=list)
    #: After the last step, go on from this position; null ends the sequence there.
    repeat_from = models.PositiveSmallIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        db_table = "sequence_version"
        constraints = [
            models.UniqueConstraint(fields=["sequence", "number"], name="sequence_version_unique")
        ]


class SequenceDraft(models.Model):
    """What will be the next version of a sequence, as far as its authors have got. It may be
    unfinished or wrong; nobody is written to from it."""

    sequence = models.OneToOneField(
        Sequence, models.CASCADE, primary_key=True, related_name="draft"
    )
    #: As ``nurture.outline`` writes it.
    outline = models.JSONField()
    #: Rises with every change, so that nobody overwrites what they have not seen.
    revision = models.PositiveIntegerField(default=1)
    #: What it was before the last change, which can be undone; null before the first.
    before = models.JSONField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField()
    #: Since when it waits for somebody to review it; null while it is being written.
    review_asked_at = models.DateTimeField(null=True, blank=True)
    review_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    #: What whoever looked at it last wants to be put right, until it is put up again.
    review_note = models.CharField(max_length=500, blank=True)
    review_note_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "sequence_draft"


class Step(models.Model):
    """One step of a version. Its key stays the same through the versions, because it is
    part of the touch: a step that was done is never done again by an edit."""

    class Kind(models.TextChoices):
        MESSAGE = "message", "Message"
        CONTENT = "content", "Content"
        CHECK_IN = "check_in", "Check-in"
        PREFERENCE = "preference", "Preference request"
        WAIT = "wait", "Wait"
        BRANCH = "branch", "Branch"
        FOLLOW_UP = "follow_up", "Follow-up for the recruiter"
        NOTIFICATION = "notification", "Notification"
        EXIT = "exit", "Exit"

    class Task(models.TextChoices):
        CALL = "call", "Call"
        LINKEDIN = "linkedin", "LinkedIn message"
        OTHER = "other", "Something else"

    class Default(models.TextChoices):
        SEND = "send", "It goes as it is"
        SKIP = "skip", "It does not go"

    version = models.ForeignKey(SequenceVersion, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    #: Days after the previous step.
    wait_days = models.PositiveSmallIntegerField()
    #: The wording of a message, check-in or preference request; content is chosen.
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="+")
    content_kind = models.CharField(max_length=10, choices=ContentPiece.Kind, blank=True)
    #: What a branch asks, in the language of ``nurture.rules``. Where it holds, the next step
    #: follows; where not, the later step that is called ``otherwise``, or the end if blank.
    condition = models.TextField(blank=True)
    otherwise = models.SlugField(max_length=40, blank=True)
    #: What a recruiter is asked to do, and the words of that or of a notification.
    task = models.CharField(max_length=8, choices=Task, blank=True)
    words = models.CharField(max_length=300, blank=True)
    #: So long the recruiter may change a check-in before it goes; null asks nobody.
    edit_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    #: What becomes of it when nobody has looked by then.
    if_not_edited = models.CharField(max_length=4, choices=Default, default=Default.SEND)

    class Meta:
        db_table = "step"
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="step_position_unique"),
            models.UniqueConstraint(fields=["version", "key"], name="step_key_unique"),
            models.CheckConstraint(
                condition=Q(kind="content", template=None) & ~Q(content_kind="")
                | Q(
                    kind__in=["message", "check_in", "preference"],
                    template__isnull=False,
                    content_kind="",
                )
                | Q(
                    kind__in=["wait", "branch", "follow_up", "notification", "exit"],
                    template=None,
                    content_kind="",
                ),
                name="step_has_its_wording",
            ),
            # A piece is something to read: no text has room for it.
            models.CheckConstraint(
                condition=Q(channel="email") | ~Q(kind="content"), name="step_content_is_mailed"
            ),
            models.CheckConstraint(
                condition=Q(kind="branch") & ~Q(condition="")
                | ~Q(kind="branch") & Q(condition="", otherwise=""),
                name="step_branch_has_its_condition",
            ),
            models.CheckConstraint(
                condition=Q(kind="follow_up") & ~Q(task="") | ~Q(kind="follow_up") & Q(task=""),
                name="step_follow_up_has_its_task",
            ),
            models.CheckConstraint(
                condition=Q(edit_hours=None) | Q(kind="check_in"),
                name="step_only_check_ins_are_edited",
            ),
        ]
