"""What came back: mails and texts, as they came, and what is told of messages that we sent."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmbench.messaging.models.message import Message
from warmbench.people.models import Candidate, Channel


class InboundMail(models.Model):
    """One mail, or one text, that came in, and what was made of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Not read yet"
        DONE = "done", "Done"
        #: It could not be read, or not be said whose it is, or what it wants.
        OPEN = "open", "For a person to look at"
        CLOSED = "closed", "Looked at"

    class Kind(models.TextChoices):
        """What it is, in the order in which that is judged (rules.md D20)."""

        LOOP = "loop", "Our own mail come back"
        BOUNCE = "bounce", "Delivery failure"
        COMPLAINT = "complaint", "Complaint"
        AUTO_REPLY = "auto_reply", "Automatic answer"
        UNSUBSCRIBE = "unsubscribe", "Opt-out"
        REPLY = "reply", "Reply"

    class Match(models.TextChoices):
        """How it was found out which message it belongs to, the surest first (D23)."""

        TOKEN = "token", "A signed address or link of ours"
        REFERENCE = "reference", "The Message-ID of ours that it names"
        #: Only a guess: it shows where to look, and a person decides.
        ADDRESS = "address", "The address that it came from"
        #: The network says so: nobody can write it themselves, as they can in a mail.
        NUMBER = "number", "The number that it came from"
        PERSON = "person", "A person who looked at it"

    class Intent(models.TextChoices):
        """What a reply wants."""

        INTERESTED = "interested", "Interested"
        NOT_NOW = "not_now", "Not now"
        NOT_INTERESTED = "not_interested", "Not interested"
        REFERRAL = "referral", "Names somebody else"
        QUESTION = "question", "Asks something"
        UNSUBSCRIBE = "unsubscribe", "Wants no more mail"
        OUT_OF_OFFICE = "out_of_office", "Out of office"
        LEFT_COMPANY = "left_company", "Left the company"
        WRONG_PERSON = "wrong_person", "Wrong person"

    channel = models.CharField(
        max_length=5, choices=Channel, default=Channel.EMAIL, db_default=Channel.EMAIL
    )
    #: Which way it came, e.g. ``imap:3``, ``lmtp``, ``postmark``.
    source = models.CharField(max_length=40)
    #: Of its Message-ID and body: the same mail in two mailboxes is one.
    digest = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField()
    #: Whom the envelope named, if whoever handed it over said so. The sender may be empty
    #: (RFC 5321, 4.5.5); null is not known.
    envelope_to = models.CharField(max_length=254, blank=True)
    envelope_from = models.CharField(max_length=254, null=True, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    #: Why a person must look at it.
    problem = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=11, choices=Kind, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    #: What is new in it, without what it quotes.
    new_text = models.TextField(blank=True)
    candidate = models.ForeignKey(
        Candidate, models.CASCADE, null=True, blank=True, related_name="inbound_mails"
    )
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="inbound_mails"
    )
    match = models.CharField(max_length=9, choices=Match, blank=True)
    intent = models.CharField(max_length=14, choices=Intent, blank=True)
    #: Between 0 and 1; null where nothing was guessed.
    confidence = models.FloatField(null=True, blank=True)
    #: The names of the rules that decided.
    rules = ArrayField(models.CharField(max_length=80), default=list)
    #: The day that it names: back in the office, or when to write again.
    until = models.DateField(null=True, blank=True)
    #: What a person said that it wants, where the guess was wrong: kept to learn from.
    corrected_intent = models.CharField(max_length=14, choices=Intent, blank=True)
    looked_at_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    looked_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    #: The ``Thread`` that it belongs to; null for what no person wrote.
    thread_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "inbound_mail"
        indexes = [
            models.Index(
                fields=["thread_id", "received_at"],
                condition=Q(thread_id__isnull=False),
                name="inbound_thread",
            ),
            models.Index(
                fields=["received_at"], condition=Q(state="waiting"), name="inbound_waiting"
            ),
            models.Index(fields=["received_at"], condition=Q(state="open"), name="inbound_open"),
        ]


class BounceScore(models.Model):
    """How badly an address has failed lately, after Mailman's model: at most once a day."""

    address = models.CharField(max_length=254, primary_key=True)
    score = models.FloatField()
    last_on = models.DateField()

    class Meta:
        db_table = "bounce_score"


class Return(models.Model):
    """What a server, a provider or a mailbox told us about a message after it was sent."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Came back"
        COMPLAINED = "complained", "Called spam"

    class Verdict(models.TextChoices):
        """What a failure means for the address (rules.md D14)."""

        ADDRESS_DEAD = "address_dead", "The address is dead"
        TRANSIENT = "transient", "It may work another time"
        POLICY = "policy_or_reputation", "They do not take mail from us"

    message = models.ForeignKey(Message, models.CASCADE, related_name="returns", db_index=False)
    sender_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=Kind)
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    #: What was said, for a person who reads it.
    text = models.CharField(max_length=500, blank=True)
    #: Who told it, and the name of this event there: told again, it is the same.
    source = models.CharField(max_length=40)
    event_id = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        db_table = "message_return"
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="message_return_once")
        ]
        indexes = [
            models.Index(fields=["message"], name="message_return_message"),
            models.Index(fields=["sender_id", "at"], name="message_return_sender"),
        ]
