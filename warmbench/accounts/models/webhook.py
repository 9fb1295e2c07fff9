"""Addresses of chat channels and other programs that are told things, and each call to them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmbench.accounts.models.notification import Detail, Kind
from warmbench.accounts.models.staff import Team, User
from warmbench.core.vault import SealedTextField


class Webhook(models.Model):
    """An address that is told of what one user, one team or everybody here is told."""

    class Style(models.TextChoices):
        """What the other side reads."""

        TEXT = "text", "Slack, or anything that reads {“text”: …}"
        CARD = "card", "Microsoft Teams: a workflow that posts to a channel or chat"

    name = models.CharField(max_length=80)
    #: Sealed: whoever knows the address of a chat channel may write there.
    url = SealedTextField()
    #: Its host, for pages: the rest of the address is a secret.
    host = models.CharField(max_length=253)
    #: What our calls are signed with, as ``whsec_…``.
    secret = SealedTextField()
    style = models.CharField(max_length=4, choices=Style, default=Style.TEXT)
    kinds = ArrayField(models.CharField(max_length=16, choices=Kind))
    detail = models.CharField(max_length=10, choices=Detail, default=Detail.NOBODY)
    #: Whose things: one user's, one team's, or everybody's where neither is set.
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="webhooks")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="webhooks")
    #: Whether it is called in quiet hours, too.
    when_quiet = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    #: Before this moment it is left alone: somebody calls it now, or it failed a moment ago.
    free_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    #: Since when every call has failed; null while they work.
    failing_since = models.DateTimeField(null=True)
    #: Why the last call failed, in a sentence for a person; blank if it did not.
    problem = models.CharField(max_length=200, blank=True)
    worked_at = models.DateTimeField(null=True)
    #: When it was switched off for having failed too long.
    disabled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook"
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) | Q(team=None), name="webhook_of_one_or_all"
            )
        ]

    def __str__(self) -> str:
        return self.name


class WebhookCall(models.Model):
    """One thing that a webhook is told. What happens again moves the same row up.

    Like a notification it holds no name: that is looked up when the call is made.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Taken"
        DROPPED = "dropped", "Not so any more"
        FAILED = "failed", "Given up"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="calls", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=500, blank=True)
    path = models.CharField(max_length=200, blank=True)
    candidate_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    told_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: How often it was told, and how often the present telling was tried.
    times = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    #: When a call last began: the next telling keeps its distance.
    called_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_call"
        constraints = [models.UniqueConstraint(fields=["webhook", "key"], name="webhook_call_once")]
        indexes = [
            models.Index(
                fields=["webhook", "due_at"],
                condition=Q(state="waiting"),
                name="webhook_call_waiting",
            ),
            models.Index(
                fields=["candidate_id"],
                condition=Q(candidate_id__isnull=False),
                name="webhook_call_candidate",
            ),
        ]
