"""Roles that clients want filled, and the alerts that tell candidates of them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from warmbench.messaging.models import Message
from warmbench.people.models import Candidate, Tag
from warmbench.people.pay import Period

#: With the client's deadline so near, a role is hot (product.md §2).
HOT = timedelta(days=7)


class Role(models.Model):
    """A position that somebody wants filled."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        ON_HOLD = "on_hold", "On hold"
        FILLED = "filled", "Filled"
        CLOSED = "closed", "Closed"

    class Remote(models.TextChoices):
        ON_SITE = "on_site", "On site"
        HYBRID = "hybrid", "Hybrid"
        REMOTE = "remote", "Remote"

    class Urgency(models.TextChoices):
        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "High"

    class Must(models.TextChoices):
        """What somebody is out for who is known not to have it. Not to know is a question."""

        SENIORITY = "seniority", "Seniority"
        PLACE = "place", "Place"
        PAY = "pay", "Pay"

    title = models.CharField(max_length=160)
    #: The client. Candidates are told only ``company_type``.
    company = models.CharField(max_length=160, blank=True)
    #: As it reads after "for": "a family-owned logistics group".
    company_type = models.CharField(max_length=160, blank=True)
    description = models.TextField(blank=True)
    #: What candidates are told of it, in a few sentences.
    summary = models.TextField(blank=True)
    specialty = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    seniority = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    #: Each as ``people.wanted_places.WantedPlace.to_json`` writes it.
    places = models.JSONField(default=list, blank=True)
    remote = models.CharField(max_length=7, choices=Remote, blank=True)
    pay_min = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_max = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_currency = models.CharField(max_length=3, blank=True)
    pay_period = models.CharField(max_length=5, choices=Period, blank=True)
    urgency = models.CharField(max_length=6, choices=Urgency, default=Urgency.NORMAL)
    #: By when the client wants candidates.
    deadline = models.DateTimeField(null=True, blank=True)
    apply_url = models.URLField(max_length=300, blank=True)
    musts = ArrayField(models.CharField(max_length=9, choices=Must), default=list, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    state_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Where it came from, and what it is called there: importing it again updates it.
    source = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "role"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="role_once"
            ),
            models.CheckConstraint(
                condition=Q(pay_min=None) | Q(pay_max=None) | Q(pay_min__lte=F("pay_max")),
                name="role_pay_is_a_range",
            ),
            models.CheckConstraint(
                condition=Q(pay_min=None, pay_max=None) | ~Q(pay_currency="") & ~Q(pay_period=""),
                name="role_pay_has_its_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_hot(self, *, now: datetime) -> bool:
        """Whether the client's deadline is near, and not over."""
        return self.deadline is not None and now <= self.deadline <= now + HOT


class RoleSkill(models.Model):
    """A skill that a role asks for."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="skills", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+")
    #: Else it is nice to have.
    is_required = models.BooleanField(default=True)
    #: The words of the description that it was taken from; blank where a person chose it.
    quote = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "role_skill"
        constraints = [models.UniqueConstraint(fields=["role", "tag"], name="role_skill_once")]


class TagCount(models.Model):
    """How many people carried a tag when it was last counted: rare tags find and say more."""

    tag = models.OneToOneField(Tag, models.CASCADE, primary_key=True, related_name="+")
    people = models.IntegerField()
    #: Of how many people in all.
    among = models.IntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "tag_count"


class AlertCampaign(models.Model):
    """That people are told of a role: whom, in which waves, and until when."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    role = models.OneToOneField(Role, models.CASCADE, primary_key=True, related_name="campaign")
    #: Matched skills from which somebody is told, and from which the match is strong.
    threshold = models.PositiveSmallIntegerField(default=3)
    strong_from = models.PositiveSmallIntegerField(default=5)
    #: At most so many people in one wave.
    wave_size = models.PositiveSmallIntegerField(default=25)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    waves = models.PositiveSmallIntegerField(default=0)
    #: Null: nothing is planned.
    next_wave_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "alert_campaign"
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold__gte=1, strong_from__gte=F("threshold"), wave_size__gte=1),
                name="alert_campaign_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="running") | Q(next_wave_at=None),
                name="alert_campaign_waits_only_while_running",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_wave_at"],
                condition=Q(next_wave_at__isnull=False),
                name="alert_campaign_due",
            )
        ]


class Alert(models.Model):
    """That one candidate is told of one role, once."""

    class Level(models.TextChoices):
        NORMAL = "normal", "Match"
        STRONG = "strong", "Strong match"
        HOT = "hot", "Hot role"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for its time"
        #: In the outbox, or beyond: what became of it, its message tells.
        WRITTEN = "written", "Written"
        #: Told within a check-in, which is the message.
        MERGED = "merged", "In a check-in"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    role = models.ForeignKey(Role, models.CASCADE, related_name="alerts", db_index=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="alerts")
    level = models.CharField(max_length=6, choices=Level)
    wave = models.PositiveSmallIntegerField()
    #: The skills that matched, and the score, when it was decided, and by which policy.
    matched = ArrayField(models.IntegerField())
    score = models.FloatField()
    policy = models.PositiveSmallIntegerField()
    #: The campaign's threshold at that time: what it brought is counted by it.
    threshold = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    #: When to ask the last gate again; null once it has left.
    next_try_at = models.DateTimeField(null=True)
    #: What it waits for, or why it was refused or withdrawn.
    reason = models.CharField(max_length=80, blank=True)
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="alerts", db_constraint=False
    )
    #: Which of the roles in a check-in it is, from 1.
    place = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField()
    state_at = models.DateTimeField()
    #: When she first clicked or answered, by what a person did.
    engaged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alert"
        constraints = [
            models.UniqueConstraint(fields=["role", "candidate"], name="alert_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_try_at__isnull=False)
                | ~Q(state="waiting") & Q(next_try_at=None),
                name="alert_waiting_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", place__isnull=False)
                | ~Q(state="merged") & Q(place=None),
                name="alert_merged_has_its_place",
            ),
            models.UniqueConstraint(fields=["message", "place"], name="alert_place_once"),
            # A message of its own tells of one role.
            models.UniqueConstraint(
                fields=["message"], condition=Q(place=None), name="alert_message_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="alert_due"
            )
        ]


class Escalation(models.Model):
    """What follows if an alert brings nothing: a row with a date."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text message"
        CALL = "call", "Call"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        DONE = "done", "Done"
        DROPPED = "dropped", "Not needed"

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="escalations", db_index=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(null=True)
    #: Why it became what it became.
    reason = models.CharField(max_length=80, blank=True)
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    state_at = models.DateTimeField()

    class Meta:
        db_table = "escalation"
        constraints = [
            models.UniqueConstraint(fields=["alert", "kind"], name="escalation_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False)
                | ~Q(state="waiting") & Q(due_at=None),
                name="escalation_waiting_has_its_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="escalation_due"
            )
        ]


class Application(models.Model):
    """That a candidate is, or was, in the process for a role: what an ATS knows of it."""

    class Outcome(models.TextChoices):
        ACTIVE = "active", "Active"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrew"
        HIRED = "hired", "Hired"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="applications")
    #: Null for a prospect of no role in particular, or a role that we do not have.
    role = models.ForeignKey(Role, models.CASCADE, null=True, related_name="applications")
    #: What the role is called there: it may come in later than who wants it.
    role_there = models.CharField(max_length=120, blank=True)
    #: In a pool of theirs, and in no process.
    is_prospect = models.BooleanField(default=False)
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=120)
    outcome = models.CharField(max_length=9, choices=Outcome)
    #: The stage as it is called there, and what it means here.
    stage = models.CharField(max_length=120, blank=True)
    reached = models.CharField(max_length=12, choices=Candidate.Stage, blank=True)
    applied_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    changed_there_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "application"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="application_once")
        ]
        indexes = [models.Index(fields=["role", "outcome"], name="application_role")]
