"""A candidate and the addresses they can be reached at."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Channel(models.TextChoices):
    """How a touch reaches a candidate."""

    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"

    @property
    def within_a_sentence(self) -> str:
        """Its label where no sentence begins."""
        return "e-mail" if self is Channel.EMAIL else str(self.label)


class Candidate(models.Model):
    """A person whom the team knows."""

    class Status(models.TextChoices):
        PASSIVE = "passive", "Passive"
        OPEN = "open", "Open to offers"
        SEARCHING = "searching", "Searching"
        APPLIED = "applied", "Applied"
        PLACED = "placed", "Placed"
        HIRED = "hired", "Hired elsewhere"
        DO_NOT_CONTACT = "do_not_contact", "Do not contact"

    class Stage(models.TextChoices):
        """The furthest stage of a hiring process that the candidate reached with us."""

        NONE = "", "None"
        SCREENED = "screened", "Screened"
        INTERVIEWED = "interviewed", "Interviewed"
        FINAL = "final", "Final stage"
        OFFER = "offer", "Offer"

    first_name = models.CharField(max_length=120, blank=True)
    last_name = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=14, choices=Status, default=Status.PASSIVE)
    status_since = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    #: Where the record came from, e.g. the name given to an imported file.
    source = models.CharField(max_length=80, blank=True)
    #: What the source calls the person. Not unique: the import keeps it so, under its lock.
    external_id = models.CharField(max_length=120, blank=True)
    employer = models.CharField(max_length=160, blank=True)
    job_title = models.CharField(max_length=160, blank=True)
    profile_url = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=120, blank=True)
    #: ISO 3166-1 alpha-2, blank when unknown.
    country = models.CharField(max_length=2, blank=True)
    #: IANA name, blank when unknown: then only hours that suit every plausible zone are used.
    time_zone = models.CharField(max_length=40, blank=True)
    stage_reached = models.CharField(max_length=12, choices=Stage, blank=True)
    last_conversation_on = models.DateField(null=True, blank=True)
    last_conversation_topic = models.CharField(max_length=200, blank=True)
    last_conversation_note = models.TextField(blank=True)
    #: Automation holds still from here on (a reply, an absence, a wish) ...
    paused_at = models.DateTimeField(null=True, blank=True)
    #: ... until this moment; null means until a person resumes it.
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=80, blank=True)
    #: Until when they asked us to hold still. Kept beside the pause, because another one may
    #: stand in its place, and end before.
    asked_until = models.DateTimeField(null=True, blank=True)
    #: So many days between two touches at least, at the candidate's own wish.
    gap_days = models.PositiveSmallIntegerField(null=True, blank=True)
    #: The recruiter who alone approaches them for a while, and why: nobody else may write.
    reserved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    reserved_until = models.DateTimeField(null=True, blank=True)
    reserved_for = models.CharField(max_length=120, blank=True, db_default="")
    #: Rises with every change that could stop a send. The sender reads it in the moment of
    #: handing over, so an opt-out counts between the claim of a batch and its last message.
    standing_version = models.IntegerField(default=0, db_default=0)
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "candidate"
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_by=None) | Q(reserved_until__isnull=False),
                name="candidate_reserved_until_a_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="candidate_external_id",
            ),
            models.Index(fields=["owner", "status"], name="candidate_owner_status"),
            models.Index(fields=["changed_at"], name="candidate_changed_at"),
            models.Index(
                fields=["reserved_by"],
                condition=Q(reserved_by__isnull=False),
                name="candidate_reserved",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What a page calls the person."""
        return f"{self.first_name} {self.last_name}".strip() or f"Candidate {self.pk}"


class ContactPoint(models.Model):
    """One e-mail address or phone number of a candidate."""

    class Standing(models.TextChoices):
        UNVERIFIED = "unverified", "Not verified"
        REACHABLE = "reachable", "Reachable"
        DEAD = "dead", "Dead"

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="contact_points", db_index=False
    )
    channel = models.CharField(max_length=5, choices=Channel)
    #: The normalised form: a lower-cased e-mail address, an E.164 number.
    address = models.CharField(max_length=254)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.UNVERIFIED)
    #: Lower is tried first.
    position = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "contact_point"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "channel", "address"], name="contact_point_unique"
            )
        ]
        indexes = [models.Index(fields=["address"], name="contact_point_address")]
