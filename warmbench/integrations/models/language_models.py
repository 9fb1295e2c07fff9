"""The language model that may propose facts: where it is, what it may cost, what it was asked."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from warmbench.core.vault import SealedTextField


class ModelProvider(models.Model):
    """Somebody's server on which a language model answers. There is one at most."""

    #: Where paths begin: ``https://models.example.com/v1``.
    address = models.CharField(max_length=300)
    #: Blank for a server that asks for none.
    key = SealedTextField(blank=True)
    model = models.CharField(max_length=120)
    is_on = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, default="USD")
    #: For a million tokens that it reads, and that it writes.
    price_in = models.DecimalField(
        max_digits=10, decimal_places=4, default=0, validators=[MinValueValidator(0)]
    )
    price_out = models.DecimalField(
        max_digits=10, decimal_places=4, default=0, validators=[MinValueValidator(0)]
    )
    #: What may be spent in a month of UTC.
    budget = models.DecimalField(
        max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    #: What it said when it was tried: facts, milliseconds. Empty: not tried as it is now.
    found = models.JSONField(default=dict, blank=True)
    #: Why it rests, or what went wrong last, in a sentence.
    problem = models.CharField(max_length=300, blank=True)
    #: It is not asked before this moment.
    rests_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    #: Somebody asks it now, until then at most.
    lease_until = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    #: The same in every row, and unique.
    is_the_one = models.BooleanField(default=True, unique=True)

    class Meta:
        db_table = "model_provider"
        constraints = [
            models.CheckConstraint(condition=Q(is_the_one=True), name="model_provider_is_one")
        ]

    def __str__(self) -> str:
        return self.model


class ModelReading(models.Model):
    """A text that a model reads, once by each version of what is asked of whom."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Read"
        LEFT = "left", "Left out"
        GIVEN_UP = "given_up", "Given up"

    #: A text of ``insight``; it may be gone.
    source_id = models.BigIntegerField()
    #: Of address, model and question together.
    version = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    #: How many facts were new, and how many our own extractors had found.
    proposed = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    #: How many were not kept, by the reason.
    dropped = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "model_reading"
        constraints = [
            models.UniqueConstraint(fields=["source_id", "version"], name="model_reading_once")
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state="waiting"), name="model_reading_waiting"
            )
        ]


class ModelCall(models.Model):
    """One question to a model, and what it cost. Nothing of what was said."""

    model = models.CharField(max_length=120)
    at = models.DateTimeField(db_index=True)
    #: None until the answer is there; a question that nobody saw the end of may be paid for.
    millis = models.PositiveIntegerField(null=True)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    #: As much as it can cost, until it is known.
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    currency = models.CharField(max_length=3)
    worked = models.BooleanField(default=False)

    class Meta:
        db_table = "model_call"
