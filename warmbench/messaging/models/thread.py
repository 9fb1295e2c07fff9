"""Threads of messages with candidates, and what recruiters are writing in them."""

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q

from warmbench.people.models import Candidate, Channel


class Thread(models.Model):
    """What one candidate and we wrote to each other about one thing, on one channel.

    It has the mails and texts that name it (``InboundMail.thread_id``), what those answer,
    and what people answered to them.
    """

    #: Null while it is not known whose it is.
    candidate = models.ForeignKey(
        Candidate, models.CASCADE, null=True, blank=True, related_name="threads"
    )
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    subject = models.CharField(max_length=200, blank=True)
    #: When one side wrote last.
    last_at = models.DateTimeField()
    #: Since when it waits for an answer of ours; null where it does not.
    waiting_since = models.DateTimeField(null=True, blank=True)
    #: Since when it had waited when it was answered, or closed: it waits again if that is undone.
    waited_since = models.DateTimeField(null=True, blank=True)
    #: The message that answered it; null where it waits, or somebody closed it without one.
    answer_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "thread"
        indexes = [
            models.Index(
                fields=["waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="thread_waiting",
            ),
            # As the inbox has them: those that wait first.
            models.Index(
                ExpressionWrapper(Q(waiting_since=None), output_field=models.BooleanField()),
                models.F("last_at").desc(),
                models.F("id").desc(),
                name="thread_in_order",
            ),
            models.Index(
                fields=["answer_id"],
                condition=Q(answer_id__isnull=False),
                name="thread_answer",
            ),
        ]


class PersonalDraft(models.Model):
    """What a recruiter is writing to a candidate, kept while they write it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="personal_drafts", db_index=False
    )
    #: Null for one that begins a thread.
    thread = models.ForeignKey(
        Thread, models.CASCADE, null=True, related_name="drafts", db_index=False
    )
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "personal_draft"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "by", "thread", "channel"],
                nulls_distinct=False,
                name="personal_draft_once",
            )
        ]
        indexes = [models.Index(fields=["thread"], name="personal_draft_thread")]
