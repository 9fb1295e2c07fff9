"""What candidates ask about their data, and what is left of those whom we had to forget."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.people.models.candidate import Candidate


class SuppressionHash(models.Model):
    """An address, number or foreign id that we may not keep and still have to recognise.

    The key of the hash lies outside the database, so a dump of it names nobody.
    """

    class Reason(models.TextChoices):
        ERASED = "erased", "Erased"
        #: Said by somebody whom a restored database does not know any more.
        STOPPED = "stopped", "Wants nothing from us"

    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=8, choices=Reason)
    at = models.DateTimeField()

    class Meta:
        db_table = "suppression_hash"

    def __str__(self) -> str:
        return self.get_reason_display()


class RightsRequest(models.Model):
    """What somebody asked about their data, until when it has to be answered, and how it was.

    It outlives the person: that we erased somebody in time is for us to show.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", "A copy of their data"
        CORRECTION = "correction", "Correct their data"
        DISPUTE = "dispute", "Dispute something we hold"
        ERASURE = "erasure", "Erase their data"
        OBJECTION = "objection", "Object to what we do"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    #: Null once the person is erased.
    candidate = models.ForeignKey(
        Candidate, models.SET_NULL, null=True, related_name="rights_requests", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    #: What they wrote or said; emptied with the person.
    words = models.TextField(blank=True)
    #: How it reached us, e.g. "their own page".
    channel = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    deadline = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    #: What was done, or why it was refused.
    answer = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        db_table = "rights_request"
        constraints = [
            # A second wish for the same while the first waits is the same wish.
            models.UniqueConstraint(
                fields=["candidate", "kind"], condition=Q(state="open"), name="rights_request_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", done_at=None) | ~Q(state="open") & ~Q(done_at=None),
                name="rights_request_done_has_its_date",
            ),
        ]
        indexes = [
            models.Index(fields=["candidate"], name="rights_request_candidate"),
            models.Index(
                fields=["deadline"], condition=Q(state="open"), name="rights_request_open"
            ),
        ]

    def is_overdue(self, *, now: datetime) -> bool:
        """Whether it should have been answered by now."""
        return self.state == self.State.OPEN and self.deadline < now
