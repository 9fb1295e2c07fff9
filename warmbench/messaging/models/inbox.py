"""How mail comes in besides over SMTP: the mailboxes that are read, what providers tell us."""

from django.db import models
from django.db.models import Q

from warmbench.core.vault import SealedTextField
from warmbench.messaging.models.sender import Sender


class Inbox(models.Model):
    """A mailbox that is read over IMAP, and how far it has been read."""

    class Takes(models.TextChoices):
        """Which of its mails are copied. A recruiter's own mailbox holds many that are none of
        our business."""

        OURS = "ours", "Only what answers our messages, or comes from people we wrote to"
        ALL = "all", "Everything in it"

    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Sender.Security, default=Sender.Security.TLS)
    username = models.CharField(max_length=200)
    password = SealedTextField()
    folder = models.CharField(max_length=200, default="INBOX")
    takes = models.CharField(max_length=4, choices=Takes, default=Takes.OURS)
    #: Mails that came before this day are left alone.
    read_since = models.DateField()
    is_active = models.BooleanField(default=True)

    #: Of the folder, when ``last_uid`` was read: with another one, its numbers mean other mails
    #: (RFC 3501, 2.3.1.1).
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    #: When all that was in it had been read.
    checked_at = models.DateTimeField(null=True)
    #: Why it cannot be read, in a sentence for a person; blank while it can.
    problem = models.CharField(max_length=300, blank=True)
    #: How often in a row it could not be read.
    failures = models.PositiveSmallIntegerField(default=0)
    #: Who reads it; blank if nobody does.
    reader = models.CharField(max_length=60, blank=True)
    #: From when on somebody else may: the reader is taken for dead, or the pause after a failure
    #: is over.
    free_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "inbox"
        constraints = [
            models.UniqueConstraint(
                fields=["host", "port", "username", "folder"], name="inbox_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username} at {self.host}"


class ProviderEvent(models.Model):
    """What a mail provider told us of one mail that it had from us. When it is done, nothing in
    it names anybody: what counts of it stands in ``Return``, and in the person's signals."""

    class State(models.TextChoices):
        WAITING = "waiting", "Not looked at yet"
        DONE = "done", "Done"
        FAILED = "failed", "It could not be understood"

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "Delivered"
        DEFERRED = "deferred", "Not delivered yet"
        BOUNCED = "bounced", "Not delivered"
        COMPLAINED = "complained", "Called spam"
        UNSUBSCRIBED = "unsubscribed", "Opted out"
        BOT_CLICKED = "bot_clicked", "A machine followed a link"
        BOT_OPENED = "bot_opened", "A machine loaded the picture"

    #: What tells of a visit, and not of what became of the mail.
    MACHINES = frozenset({Kind.BOT_CLICKED, Kind.BOT_OPENED})

    source = models.CharField(max_length=20)
    #: What makes it this event at its source: told again, it is the same.
    event_id = models.CharField(max_length=150)
    kind = models.CharField(max_length=12, choices=Kind)
    #: Our signed name for the mail, if the provider gave it back.
    label = models.CharField(max_length=100, blank=True)
    #: The Message-ID header of the mail, if the provider keeps ours.
    message_id_header = models.CharField(max_length=250, blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    #: The answer of the receiving server; of a machine's visit, what tells it from others.
    said = models.CharField(max_length=500, blank=True)
    #: The provider's own opinion of a failure, for when the answer does not tell: a verdict.
    opinion = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "provider_event"
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="provider_event_once")
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="waiting"), name="provider_event_waits")
        ]
