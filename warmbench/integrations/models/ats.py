"""Connections to applicant tracking systems: what is read, what is written, what is told."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.core.vault import SealedTextField
from warmbench.people.models import Candidate, CandidateRecord, TruthSource


class Vendor(models.TextChoices):
    """An applicant tracking system that we can speak to."""

    GREENHOUSE = "greenhouse", "Greenhouse"
    LEVER = "lever", "Lever"
    BULLHORN = "bullhorn", "Bullhorn"
    ICIMS = "icims", "iCIMS"


class AtsConnection(models.Model):
    """An ATS that this installation is connected to."""

    class State(models.TextChoices):
        #: Being set up: nothing is read but for previews.
        DRAFT = "draft", "Being set up"
        #: The first load is under way, and nobody is written to before it is through.
        LOADING = "loading", "First load"
        LIVE = "live", "Connected"
        #: By hand: nothing is read or written, and sending waits once the truth is stale.
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Disconnected"

    #: In these it is read and written.
    AT_WORK = (State.LOADING, State.LIVE)

    vendor = models.CharField(max_length=10, choices=Vendor)
    #: Its name is the source of records, roles and facts.
    truth = models.OneToOneField(TruthSource, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    #: What a person pasted, as JSON by the names of the vendor's fields. Never shown again.
    credentials = SealedTextField(blank=True)
    #: What the vendor gave us for them, as JSON: access and refresh tokens, until when.
    tokens = SealedTextField(blank=True)
    #: Where it is reached, if not at the vendor's usual addresses: by their names.
    addresses = models.JSONField(default=dict, blank=True)
    #: How its words are understood (``ats.protocol.Reading``): stages, fields, owners.
    mapping = models.JSONField(default=dict, blank=True)
    #: What holds for everybody who comes from there (``people.import_drafts.Options``): on what
    #: ground they may be written to, who owns those without an owner.
    options = models.JSONField(default=dict, blank=True)
    #: What was found out about the account when it was last tested: name, fields, read-only flags.
    found = models.JSONField(default=dict, blank=True)
    #: The unguessable part of the address at which it calls us.
    hook_key = models.CharField(max_length=43, unique=True)
    #: Calls on ``calls_on`` (a day in UTC), and what the vendor last said of its limit.
    calls_on = models.DateField(null=True)
    calls = models.IntegerField(default=0)
    limit_said = models.IntegerField(null=True)
    remaining_said = models.IntegerField(null=True)
    #: Touches and answers from this moment on are written there.
    writes_since = models.DateTimeField(null=True)
    #: How far touches and answers were looked through for that (``ats.activity``).
    activity_read = models.JSONField(default=dict, blank=True)
    #: Nothing is written before: it asked to be left alone, or did not answer.
    writes_rest_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ats_connection"

    def __str__(self) -> str:
        return self.truth.name


class AtsStream(models.Model):
    """How far one kind of thing is read from a connection: a row with a date."""

    class Kind(models.TextChoices):
        ROLES = "roles", "Roles"
        CANDIDATES = "candidates", "Candidates"
        APPLICATIONS = "applications", "Applications"
        #: Deletions, merges, erasures, where they are told apart.
        GONE = "gone", "Deletions and merges"
        #: A queue of events that is asked (Bullhorn).
        EVENTS = "events", "Events"

    connection = models.ForeignKey(AtsConnection, models.CASCADE, related_name="streams")
    kind = models.CharField(max_length=12, choices=Kind)
    #: Reads everything once more in the background, beside the row that keeps it current.
    is_reread = models.BooleanField(default=False)
    #: The window that is being read, or is next: from ``window_from`` (null: everything) until
    #: ``window_until`` (null: not begun), and the place in it to go on from.
    window_from = models.DateTimeField(null=True)
    window_until = models.DateTimeField(null=True)
    cursor = models.JSONField(default=dict, blank=True)
    #: Of the window under way: taken in so far, and expected in all if it is known.
    done = models.IntegerField(default=0)
    expected = models.IntegerField(null=True)
    #: All changes before this moment are in. Null: the first load is not through.
    complete_until = models.DateTimeField(null=True)
    #: When to go on; null: nothing is to be done.
    next_at = models.DateTimeField(null=True)
    #: Somebody reads it until then.
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    #: Why the last try failed, in a sentence for a person; blank if it did not.
    problem = models.CharField(max_length=300, blank=True)
    worked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ats_stream"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "is_reread"], name="ats_stream_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="ats_stream_due"
            )
        ]


class AtsRejection(models.Model):
    """A record of theirs that could not be taken in, and why, until it can."""

    connection = models.ForeignKey(AtsConnection, models.CASCADE, related_name="rejections")
    kind = models.CharField(max_length=12, choices=AtsStream.Kind)
    external_id = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        db_table = "ats_rejection"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "external_id"], name="ats_rejection_once"
            )
        ]


class AtsWrite(models.Model):
    """Something that a connection is to be told, once: the outbox towards the ATS."""

    class Kind(models.TextChoices):
        OPT_OUT = "opt_out", "Opt-out"
        STATUS = "status", "Status"
        TAGS = "tags", "Tags"
        ACTIVITY = "activity", "Activity"
        ERASURE = "erasure", "Erasure"
        MERGE = "merge", "Merge"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being written"
        DONE = "done", "Written"
        #: Whether it was taken is not known: it is looked up before it is tried again.
        UNCLEAR = "unclear", "Being looked up"
        #: The ATS has no place for it: we keep it, and say so.
        KEPT = "kept", "Kept here"
        #: It is not so any more, or the record is gone.
        DROPPED = "dropped", "Not needed any more"
        #: Tried for days, or refused for good: a person has to look.
        STUCK = "stuck", "Stuck"

    connection = models.ForeignKey(AtsConnection, models.CASCADE, related_name="writes")
    kind = models.CharField(max_length=8, choices=Kind)
    #: What makes it this and no other: ``touch:12``, ``answer:7``, ``opt_out:3``.
    key = models.CharField(max_length=80)
    #: Null for an erasure: the person is gone here.
    candidate = models.ForeignKey(Candidate, models.CASCADE, null=True, related_name="ats_writes")
    record = models.ForeignKey(CandidateRecord, models.SET_NULL, null=True, related_name="+")
    #: What the record is called there, also when it is gone here.
    external_id = models.CharField(max_length=120)
    #: What cannot be looked up when it is written: ids and plain words, no personal data but tags.
    detail = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    #: Lower goes first: opt-outs before everything.
    rank = models.PositiveSmallIntegerField(default=5)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    #: The proof: when it was taken, with which status, under which id of theirs and of ours.
    done_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    request_id = models.CharField(max_length=120, blank=True)
    #: What it became there (a note's id).
    their_id = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "ats_write"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "external_id", "key"], name="ats_write_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "unclear"], next_at__isnull=False)
                | Q(state__in=["done", "kept", "dropped", "stuck"], next_at=None),
                name="ats_write_waits_with_a_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "rank", "next_at"],
                condition=Q(next_at__isnull=False),
                name="ats_write_due",
            ),
            models.Index(
                fields=["connection", "made_at"],
                condition=Q(state="stuck"),
                name="ats_write_stuck",
            ),
        ]


class AtsEvent(models.Model):
    """Something that an ATS told us by itself, as it came: a sign to read the record again."""

    connection = models.ForeignKey(AtsConnection, models.CASCADE, related_name="events")
    #: What the vendor calls this telling: told twice, it is one.
    event_id = models.CharField(max_length=160)
    kind = models.CharField(max_length=60)
    #: Bytes as they came, verified; emptied once they were acted on.
    body = models.BinaryField()
    #: Which records it names (``ats.things.Told``): all that is believed of it.
    told = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField()
    #: Null: still to be acted on, not before ``next_at``.
    processed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "ats_event"
        constraints = [
            models.UniqueConstraint(fields=["connection", "event_id"], name="ats_event_once")
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(processed_at=None), name="ats_event_waiting"
            )
        ]
