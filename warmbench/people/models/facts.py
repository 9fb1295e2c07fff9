"""What is known about a candidate beyond name and tags: dated facts, each on somebody's word."""

from django.db import models

from warmbench.people.models.candidate import Candidate


class CandidateFact(models.Model):
    """One thing that somebody said about a candidate: what, who, where it stands, when.

    A row is never changed: the database refuses it. What holds now is the latest word on a kind
    and topic; a null value takes the one before back.
    """

    class Kind(models.TextChoices):
        PAY = "pay", "Target pay"
        PLACES = "places", "Where they would work"
        REMOTE = "remote", "On site or remote"
        SKILLS = "skills", "Skills gained"
        TOPICS = "topics", "What they want to hear about"
        RHYTHM = "rhythm", "How often they want to hear"
        LANGUAGE = "language", "Language"
        CORRECTED = "corrected", "Corrected by them"
        NOT_FOR_ME = "not_for_me", "Not for them"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="facts", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    #: What it is about, where several facts of a kind hold side by side.
    topic = models.CharField(max_length=120, blank=True)
    value = models.JSONField(null=True)
    #: Whose word it is: ``candidate``, the name of an import, …
    source = models.CharField(max_length=80)
    #: Where it was said, for a person who wants to look it up.
    evidence = models.CharField(max_length=300)
    message_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "candidate_fact"
        indexes = [
            models.Index(
                fields=["candidate", "kind", "topic", "-at", "-id"], name="candidate_fact_latest"
            )
        ]
