"""One request for a link or a picture of ours, raw and as it was judged."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Hit(models.Model):
    """One request for a tracked link or picture of ours, stored raw before anybody judges it."""

    class Kind(models.TextChoices):
        CLICK = "click", "Followed a link"
        OPEN = "open", "Loaded the picture"

    class Verdict(models.TextChoices):
        WAITING = "", "Not judged yet"
        HUMAN = "human", "Human"
        LIKELY = "likely", "Likely human"
        MACHINE = "machine", "Machine"
        UNSURE = "unsure", "Unsure"

    SAID: ClassVar = [(Verdict.HUMAN.value, "A person"), (Verdict.MACHINE.value, "A machine")]

    candidate_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.CLICK, db_default=Kind.CLICK)
    #: Which link of the message, by its position from 0; of a picture 0.
    link = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=8)
    at = models.DateTimeField()
    #: First bytes of a hash of the user agent, and the /24 or /48 it came from.
    agent = models.CharField(max_length=16, blank=True)
    network = models.CharField(max_length=43, blank=True)
    has_language = models.BooleanField(default=True)
    #: The operating system that the user agent names, in a word; blank if it names none.
    system = models.CharField(max_length=10, blank=True, db_default="")
    #: What marked it while it came in, e.g. ``honeypot``, ``prefetch``, ``provider_bot``.
    flags = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    verdict = models.CharField(max_length=7, choices=Verdict, blank=True)
    #: From 0, a person, to 1, a machine; null before it is judged.
    score = models.FloatField(null=True)
    #: The names of the rules that fired.
    rules = ArrayField(models.CharField(max_length=40), default=list)
    #: By which version of the rules.
    policy = models.PositiveSmallIntegerField(null=True)
    judged_at = models.DateTimeField(null=True)
    #: What a user said that it was; that holds, whatever the rules say.
    said = models.CharField(max_length=7, choices=SAID, blank=True, db_default="")
    #: When the signal that it had led to was taken back.
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hit"
        indexes = [
            models.Index(fields=["at"], condition=Q(verdict=""), name="hit_waiting"),
            models.Index(fields=["message_id"], name="hit_message"),
            # The same visitor in other messages, shortly before and after.
            models.Index(fields=["network", "at"], name="hit_visitor"),
        ]
