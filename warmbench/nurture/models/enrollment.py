"""Where people stand on sequences, and what waits for their recruiter's words."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmbench.nurture.models.pool import Pool
from warmbench.nurture.models.sequence import Sequence, SequenceVersion, Step
from warmbench.people.models import Candidate


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
    #: Keys of steps ahead that an earlier version did before these: they are passed over.
    skips = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    #: Leave after the step that is due.
    last_step = models.BooleanField(default=False)
    #: Why the step that was due has not been done yet, e.g. ``budget`` or ``missing: city``.
    waiting_for = models.CharField(max_length=80, blank=True)
    #: Since when it is due then. Says nothing where nothing is waited for.
    waiting_since = models.DateTimeField(null=True)
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
            # The id breaks ties, so that a forecast and the planner take the same people first.
            models.Index(
                fields=["next_step_at", "id"], condition=Q(state="active"), name="enrollment_due"
            ),
        ]


class Personalisation(models.Model):
    """A check-in that is about to go, put before its recruiter first: by a date, and with what
    happens if nobody looks."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for the recruiter"
        APPROVED = "approved", "Goes"
        SKIPPED = "skipped", "Does not go"
        LAPSED = "lapsed", "Nobody looked in time"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    step = models.ForeignKey(Step, models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    touch = models.CharField(max_length=80)
    occurrence = models.PositiveIntegerField()
    #: The fields as they were filled in, and those that the recruiter wrote in their place.
    fields = models.JSONField()
    words = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "personalisation"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "touch", "occurrence"], name="personalisation_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"],
                condition=Q(state="waiting"),
                name="personalisation_waiting",
            )
        ]
