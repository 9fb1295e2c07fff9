"""What forecasts saw: kept apart from what really happened."""

from django.conf import settings
from django.db import models

from warmbench.nurture.models.content import ContentPiece
from warmbench.nurture.models.pool import Pool
from warmbench.nurture.models.sequence import Sequence
from warmbench.people.models import Candidate


class Forecast(models.Model):
    """A look ahead: what the planner would send to whom in the coming months."""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", "Everything"
        POOL = "pool", "One pool"
        SEQUENCE = "sequence", "One sequence"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Runs"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    scope = models.CharField(max_length=10, choices=Scope)
    pool = models.ForeignKey(Pool, models.CASCADE, null=True, related_name="+")
    sequence = models.ForeignKey(Sequence, models.CASCADE, null=True, related_name="+")
    #: The draft that stands in for the sequence's newest version, as it was then; null if none.
    outline = models.JSONField(null=True)
    since = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    #: Shares of handed-over messages that are answered, and clicked: ``{"replies": 0.02}``.
    assumptions = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    #: The day that it has come to.
    reached = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: One sentence for whoever asked.
    error = models.CharField(max_length=300, blank=True)
    #: What the pages show: counts, never a person.
    result = models.JSONField(default=dict)

    class Meta:
        db_table = "forecast"


class ForecastTouch(models.Model):
    """One touch that a forecast saw going, or not going and why."""

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="touches", db_index=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    touch = models.CharField(max_length=80)
    occurrence = models.PositiveIntegerField()
    purpose = models.CharField(max_length=12)
    channel = models.CharField(max_length=5)
    sender_id = models.BigIntegerField(null=True)
    piece = models.ForeignKey(ContentPiece, models.SET_NULL, null=True, related_name="+")
    #: Why it would not go; blank for what goes.
    refusal = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "forecast_touch"
        indexes = [models.Index(fields=["forecast", "at"], name="forecast_touch_at")]
