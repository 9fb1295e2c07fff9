"""Mailboxes and numbers that send as a recruiter, what their domains sent, and what stops them."""

import re

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.core.vault import SealedTextField
from warmbench.people.models import Channel

#: A mail server on this machine. Both patterns are PostgreSQL's as well as Python's.
THIS_MACHINE = r"^(localhost|127(\.[0-9]{1,3}){3}|::1)$"
#: An address whose domain is nobody's and never will be (RFC 2606, RFC 6761).
NOBODYS_ADDRESS = r"@([a-z0-9-]+\.)*(example|test|invalid|localhost|example\.(com|net|org))$"


def is_this_machine(host: str) -> bool:
    """Whether a mail server's name or address says that it is this machine."""
    return re.search(THIS_MACHINE, host, re.IGNORECASE) is not None


class Sender(models.Model):
    """A mailbox that sends as a recruiter, or a number that does. Its counter and its next free
    moment stand on this row, because only a locked row is read fresh when two workers compete.

    Of a sender of texts, the address is a number or the id of a messaging service, the host the
    address of the provider's API, the user name the account and the password its secret.
    """

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        NONE = "none", "None (this machine only)"

    #: Never changes: a mailbox does not become a number.
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="senders"
    )
    from_name = models.CharField(max_length=120)
    from_address = models.CharField(max_length=254, unique=True)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=200, blank=True)
    password = SealedTextField(blank=True)
    #: The secret before this one: calls that it signed are still believed.
    old_password = SealedTextField(blank=True)
    #: What the first text to a person says it is from.
    brand = models.CharField(max_length=40, blank=True)
    #: Who we are, and what we send, in the registry of the American networks (10DLC). Without
    #: both, no text goes to an American number.
    us_brand = models.CharField(max_length=40, blank=True)
    us_campaign = models.CharField(max_length=40, blank=True)
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

    #: When a person let it send. Null before, and again when its address, server or signature
    #: changes: what was checked was another sender then.
    activated_at = models.DateTimeField(null=True, blank=True)
    #: What the last checks found, as ``messaging.sender_checks`` writes it.
    checks = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    #: When all of them passed last.
    checks_passed_at = models.DateTimeField(null=True)
    #: Since when one of them fails for certain; null while none does.
    failing_since = models.DateTimeField(null=True)
    #: The organisational domain (RFC 9989) as the DNS had it then; blank before the first check.
    org_domain = models.CharField(max_length=253, blank=True)
    #: The mail server's own signature, as a mail that arrived showed it.
    seen_signature = models.JSONField(null=True)

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
                fields=["channel"],
                condition=Q(is_default=True),
                name="sender_one_default",
            ),
            # With two it would be chance which of them writes.
            models.UniqueConstraint(fields=["owner", "channel"], name="sender_one_per_owner"),
            # Only what cannot reach the world may send unproved: the demo's and the tests' mail.
            models.CheckConstraint(
                condition=Q(activated_at=None)
                | Q(checks_passed_at__isnull=False)
                | Q(host__iregex=THIS_MACHINE, from_address__iregex=NOBODYS_ADDRESS),
                name="sender_active_was_checked",
            ),
            models.CheckConstraint(
                condition=Q(spacing_min__lte=models.F("spacing_max")),
                name="sender_spacing_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_name} <{self.from_address}>"

    @property
    def domain(self) -> str:
        """The domain of its address: of From, of the envelope, and of our signature."""
        return self.from_address.rpartition("@")[2]

    @property
    def is_text(self) -> bool:
        """Whether it sends texts, and no mail."""
        return self.channel == Channel.SMS

    @property
    def is_registered_in_us(self) -> bool:
        """Whether American networks take its texts."""
        return bool(self.us_brand and self.us_campaign)

    @property
    def is_local(self) -> bool:
        """Whether it writes as nobody to a server on this machine: there is nothing to prove."""
        nobody = re.search(NOBODYS_ADDRESS, self.from_address, re.IGNORECASE)
        return nobody is not None and is_this_machine(self.host)


class DomainVolume(models.Model):
    """The most that a domain handed over within 24 hours. What is written here never falls."""

    domain = models.CharField(max_length=253, unique=True)
    peak = models.PositiveIntegerField()
    peak_at = models.DateTimeField()
    #: When it first handed over as many as make a bulk sender (``messaging.volumes``).
    bulk_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "domain_volume"


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
                condition=Q(released_at=None),
                name="switch_engaged_once",
            )
        ]
