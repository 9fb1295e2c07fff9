"""Shortlists as they were shared, what managers answered, and what became of people."""

from django.db import models
from django.db.models import Q

from warmbench.accounts.models import User
from warmbench.people.models import Candidate
from warmbench.shortlists.models.profiles import ProfileVersion
from warmbench.sourcing.models import Role


class Shortlist(models.Model):
    """A few people for a role, with the evidence as it was; frozen when it is shared."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SHARED = "shared", "Shared"
        CLOSED = "closed", "Closed"

    version = models.ForeignKey(ProfileVersion, models.PROTECT, related_name="shortlists")
    role = models.ForeignKey(Role, models.SET_NULL, null=True, related_name="shortlists")
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    #: Of the lists of one profile, from 1.
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: Engine and learnt model, the risk that was allowed, and how many were considered.
    engine = models.CharField(max_length=80)
    risk = models.FloatField()
    considered = models.PositiveIntegerField()
    #: Why nobody is on it; blank if somebody is.
    abstained = models.TextField(blank=True)
    #: Who was not looked at at all, by the reason, as ``retrieval`` counts them.
    left_out = models.JSONField(default=dict)
    #: People on it when it was shared: who is missing since then was erased.
    people = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "shortlist"
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="shortlist_once"),
            models.CheckConstraint(
                condition=Q(state="draft", shared_at=None)
                | ~Q(state="draft") & Q(shared_at__isnull=False),
                name="shortlist_is_shared_at_a_time",
            ),
        ]


class ShortlistEntry(models.Model):
    """One person of a shortlist: on it, or named as why not. Never changed once it is shared."""

    class Place(models.TextChoices):
        LISTED = "listed", "On the list"
        LEFT = "left", "Not on it"

    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="entries")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="shortlisted")
    place = models.CharField(max_length=6, choices=Place)
    #: From 1, each place by itself.
    rank = models.PositiveSmallIntegerField()
    confidence = models.FloatField()
    score = models.FloatField()
    #: The whole of what was said of them, as ``frozen`` writes it.
    told = models.JSONField()
    #: What stood beside it when it was made, and is no part of fit: warmth, whether they can be
    #: reached.
    reach = models.JSONField(default=dict)
    #: A recruiter took them off a draft, and why.
    removed_at = models.DateTimeField(null=True)
    removed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "shortlist_entry"
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "candidate"], name="shortlist_entry_once"),
        ]


class ShareLink(models.Model):
    """A way into one shortlist for a hiring manager without an account."""

    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="links")
    #: Who it was given to, as the recruiter wrote it.
    reader = models.CharField(max_length=160)
    #: Of the token, which nobody keeps.
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    first_opened_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)
    #: Whether its reader sees what people said of pay, place, level and start.
    shows_terms = models.BooleanField(default=False)

    class Meta:
        db_table = "share_link"


class Answer(models.Model):
    """What a manager, or a recruiter for them, said of somebody. The last one counts; none is
    ever changed."""

    class Verdict(models.TextChoices):
        PASS = "pass", "Pass"
        CHECK = "check", "Interview"
        STAR = "star", "Star"

    entry = models.ForeignKey(ShortlistEntry, models.CASCADE, related_name="answers")
    #: By link, or by one of us.
    link = models.ForeignKey(ShareLink, models.SET_NULL, null=True, related_name="answers")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=5, choices=Verdict)
    #: The key of the requirement that it is about; blank if it is about none.
    requirement = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "shortlist_answer"


class Outcome(models.Model):
    """What became of somebody who was on a shortlist."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview", "Interviewed"
        OFFER = "offer", "Offer"
        HIRE = "hire", "Hired"
        #: After an interview, or later: what was found out too late.
        DROP_OUT = "drop_out", "Fell out late"

    entry = models.ForeignKey(ShortlistEntry, models.CASCADE, related_name="outcomes")
    kind = models.CharField(max_length=9, choices=Kind)
    requirement = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    #: ``person`` or ``ats``.
    source = models.CharField(max_length=20)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "shortlist_outcome"
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind"], name="shortlist_outcome_once")
        ]


class Look(models.Model):
    """Who looked at whom on a shortlist, for how long, before they decided."""

    entry = models.ForeignKey(ShortlistEntry, models.CASCADE, related_name="looks")
    link = models.ForeignKey(ShareLink, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "look"
