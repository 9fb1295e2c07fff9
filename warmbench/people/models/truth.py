"""Systems that know better than we do who is placed, and the records they keep of our people."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from warmbench.people.models.candidate import Candidate


class TruthSource(models.Model):
    """A system, usually an ATS, whose word counts for identity, status, applications and roles.

    While we have not heard from it for longer than ``patience``, nobody is written to: somebody
    may have been placed meanwhile.
    """

    #: Facts and records are credited to it by this name.
    name = models.CharField(max_length=80, unique=True)
    #: Whether sending waits for it: from the start of its first load until it is disconnected.
    is_relied_on = models.BooleanField(default=False)
    #: All that had happened there by this moment is known here. Null: not everything was read yet.
    confirmed_at = models.DateTimeField(null=True)
    patience = models.DurationField(default=timedelta(hours=24))

    class Meta:
        db_table = "truth_source"

    def __str__(self) -> str:
        return self.name


class CandidateRecord(models.Model):
    """What a system calls one of our candidates, and what it said about them last."""

    class Standing(models.TextChoices):
        """What the system says of them that counts for whether they are written to."""

        NONE = "", "Nothing"
        APPLIED = "applied", "In a process"
        PLACED = "placed", "Placed"

    class Fate(models.TextChoices):
        """Why the system has the record no more."""

        HERE = "", "Still there"
        DELETED = "deleted", "Deleted there"
        MERGED = "merged", "Merged there"

    #: The name of its TruthSource; kept when that goes.
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=120)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="records")
    url = models.CharField(max_length=300, blank=True)
    #: The fields as they were when we last took them, by names of ``people.columns.Field``: what
    #: differs from both sides now is a conflict.
    said = models.JSONField(default=dict)
    #: SHA-256 of all that was taken: the same again is nothing to do.
    digest = models.CharField(max_length=64, blank=True)
    standing = models.CharField(max_length=7, choices=Standing, blank=True)
    #: The candidate's status that this record's word replaced, to lead back to; blank: none.
    status_before = models.CharField(max_length=14, choices=Candidate.Status, blank=True)
    #: Whether the system forbids to write to them.
    is_opted_out = models.BooleanField(default=False)
    fate = models.CharField(max_length=7, choices=Fate, blank=True)
    #: When the system changed it last, by its own clock; null where it does not say.
    changed_there_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "candidate_record"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="candidate_record_once"),
            models.CheckConstraint(
                condition=~Q(external_id=""), name="candidate_record_has_its_id"
            ),
        ]


class Conflict(models.Model):
    """That a system and we changed one field of somebody, each in another way."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        #: Somebody looked, and leaves what the system says.
        THEIRS = "theirs", "Theirs stays"
        #: Somebody put our value back.
        OURS = "ours", "Ours was put back"

    record = models.ForeignKey(CandidateRecord, models.CASCADE, related_name="conflicts")
    #: Of ``people.columns.Field``.
    field = models.CharField(max_length=24)
    ours = models.CharField(max_length=300, blank=True)
    theirs = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "conflict"
        indexes = [
            models.Index(fields=["at"], condition=Q(state="open"), name="conflict_open"),
        ]
