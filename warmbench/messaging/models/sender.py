"""Mailboxes that send as a recruiter, and the switches that stop them."""

from django.conf import settings
from django.db import models

from warmbench.core.vault import SealedTextField


class Sender(models.Model):
    """A mailbox that sends as a recruiter. Its counter and its next free moment stand on
    this row, because only a locked row is read fresh when two workers compete."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        NONE = "none", "None (this machine only)"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="senders"
    )
    from_name = models.CharField(max_length=120)
    from_address = models.EmailField(max_length=254, unique=True)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=200, blank=True)
    password = SealedTextField(blank=True)
    dkim_selector = models.CharField(max_length=63, blank=True)
    dkim_key = SealedTextField(blank=True)
    #: A sender that anybody without one of their own falls back to.
    is_default = models.BooleanField(default=False)

    daily_cap = models.PositiveIntegerField(default=100)
    ramp_from = models.PositiveIntegerField(default=20)
    ramp_days = models.PositiveSmallIntegerField(default=14)
    ramp_started_on = models.DateField()
    #: Seconds between two messages, drawn anew each time.
    spacing_min = models.PositiveSmallIntegerField(default=90)
    spacing_max = models.PositiveSmallIntegerField(default=180)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)

    day = models.DateField(null=True)
    sent_on_day = models.PositiveIntegerField(default=0)
    next_send_at = models.DateTimeField(null=True)
    last_claim_at = models.DateTimeField(null=True)
    #: Rejections for policy or reputation since the last acceptance: ten stop the sender.
    policy_rejections = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "sender"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="sender_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(spacing_min__lte=models.F("spacing_max")),
                name="sender_spacing_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_name} <{self.from_address}>"


class Switch(models.Model):
    """A stop that a person engaged. Read in each claim; releasing keeps the row."""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", "All sending"
        SENDER = "sender", "One sender"
        RECRUITER = "recruiter", "One recruiter's messages"
        SEQUENCE = "sequence", "One sequence"

    scope = models.CharField(max_length=10, choices=Scope)
    #: The id of what is stopped; 0 for everything.
    key = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    engaged_at = models.DateTimeField()
    engaged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "switch"
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "key"],
                condition=models.Q(released_at=None),
                name="switch_engaged_once",
            )
        ]
