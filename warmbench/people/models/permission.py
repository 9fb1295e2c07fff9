"""What a candidate permits and forbids: append-only events, the present state is derived."""

from django.conf import settings
from django.db import models

from warmbench.people.models.candidate import Candidate, Channel
from warmbench.people.models.law import BalancingTest


class Purpose(models.TextChoices):
    """What a touch is for, as far as permission is concerned."""

    NURTURE = "nurture", "Keeping in touch"
    ALERT = "alert", "Role alerts"
    #: No message: whether opens may be recorded. Only a consent that names it is one.
    PIXEL = "pixel", "Recording that mails were opened"


class Consent(models.Model):
    """That a candidate may be written to, or no longer, with the evidence for it.

    The latest event for a channel and purpose counts; a blank purpose speaks for all messages.
    Which bases are good enough, and for how long, depends on where she lives: ``people.law``.
    The database refuses to change or delete a row.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent", "Consent"
        RELATIONSHIP = "relationship", "Existing relationship"
        INQUIRY = "inquiry", "They wrote to us"
        LEGITIMATE_INTEREST = "legitimate_interest", "Legitimate interest"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class How(models.TextChoices):
        """How it came to be said: rules.md C26."""

        UNKNOWN = "", "Not recorded"
        FORM = "form", "In a form or on their own page"
        MESSAGE = "message", "In a message"
        CALL = "call", "On the phone or face to face"
        IMPORT = "import", "In an imported file"
        OTHER = "other", "In another way"

    candidate = models.ForeignKey(
        Candidate, models.DO_NOTHING, related_name="consents", db_index=False
    )
    channel = models.CharField(max_length=5, choices=Channel)
    purpose = models.CharField(max_length=10, choices=Purpose, blank=True)
    basis = models.CharField(max_length=20, choices=Basis)
    #: Who said it, where, in which words.
    evidence = models.CharField(max_length=300)
    source = models.CharField(max_length=80, blank=True)
    how = models.CharField(max_length=7, choices=How, blank=True, db_default="")
    #: The version of the words that were agreed to.
    wording = models.CharField(max_length=40, blank=True, db_default="")
    #: Where the click came from, cut short: ``203.0.113.0/24``.
    ip_prefix = models.CharField(max_length=43, blank=True, db_default="")
    #: The mail that came in and says so, if there is one.
    inbound_id = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    #: The weighing that a legitimate interest rests on.
    balancing_test = models.ForeignKey(
        BalancingTest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()
    #: When what it rests on was alive last, if that was before ``at``: the last business, the
    #: inquiry. Grounds that grow old by law are counted from here.
    since = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "consent"
        indexes = [models.Index(fields=["candidate", "channel", "-at"], name="consent_latest")]


class Suppression(models.Model):
    """That a person, or an address, must never be written to.

    Scope: a person (``candidate``) and whoever else has the same ``address``. A blank
    channel means all of them. Only two stops can be taken back, by a second row that names the
    first: a recruiter's own, and, by a text of the person's, the stop of texts that a text of
    theirs asked for (rules.md C4). Nothing else removes what a candidate asked for.
    """

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        COMPLAINED = "complained", "Complained"
        ADDRESS_DEAD = "address_dead", "Address dead"
        DO_NOT_CONTACT = "do_not_contact", "Do not contact"
        IMPORTED = "imported", "Opted out in the imported data"
        MANUAL = "manual", "Stopped by a recruiter"
        OBJECTED = "objected", "Objected to what we do with their data"
        #: Put on others who have an address of somebody who was erased.
        ERASED = "erased", "Somebody with the same address was erased"

    candidate = models.ForeignKey(
        Candidate,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="suppressions",
        db_index=False,
    )
    address = models.CharField(max_length=254, blank=True)
    channel = models.CharField(max_length=5, choices=Channel, blank=True)
    reason = models.CharField(max_length=16, choices=Reason)
    evidence = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    releases = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="released_by"
    )

    class Meta:
        db_table = "suppression"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(releases=None)
                | models.Q(reason="manual")
                | models.Q(reason="unsubscribed", channel="sms"),
                name="suppression_few_stops_are_released",
            ),
            models.CheckConstraint(
                condition=models.Q(candidate__isnull=False) | ~models.Q(address=""),
                name="suppression_has_a_scope",
            ),
        ]
        indexes = [
            models.Index(fields=["candidate"], name="suppression_candidate"),
            models.Index(
                fields=["address"], condition=~models.Q(address=""), name="suppression_address"
            ),
        ]
