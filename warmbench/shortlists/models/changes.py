"""What is other about people than before, for whom it matters, and who is apt for what."""

from django.db import models
from django.db.models import Q

from warmbench.accounts.models import User
from warmbench.people.models import Candidate
from warmbench.shortlists.models.profiles import ProfileVersion, RoleProfile


class Snapshot(models.Model):
    """What was last known of somebody, as far as changes of it matter."""

    candidate = models.OneToOneField(
        Candidate, models.CASCADE, primary_key=True, related_name="snapshot"
    )
    body = models.JSONField()
    #: The day on which something is to be told though nobody says anything: a day that they named
    #: comes near, years at one employer are full.
    next_day = models.DateField(null=True)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "snapshot"
        indexes = [
            models.Index(
                fields=["next_day"], condition=Q(next_day__isnull=False), name="snapshot_next_day"
            )
        ]


class Change(models.Model):
    """Something about somebody that is other than before, and matters. Told once."""

    class Kind(models.TextChoices):
        PROMOTION = "promotion", "Promoted"
        EMPLOYER = "employer", "New employer"
        SCOPE = "scope", "More scope"
        SKILL = "skill", "New skill"
        RESPONSIBILITY = "responsibility", "New responsibility"
        PROJECT = "project", "Project outcome"
        LEADERSHIP = "leadership", "Leads people now"
        DOMAIN = "domain", "Another field"
        PREFERENCE = "preference", "Wants something else"
        DUE = "due", "A day they named is here"
        TENURE = "tenure", "Years in one place"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=14, choices=Kind)
    #: What makes it the same change when it is heard twice.
    key = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    #: In one sentence, and the words that show it.
    sentence = models.CharField(max_length=300)
    quote = models.TextField(blank=True)
    insight_id = models.BigIntegerField(null=True)
    #: The day on which it was said or known, and when we saw it.
    on_day = models.DateField()
    at = models.DateTimeField()
    #: 0 to 1: how much it is, whoever looks.
    materiality = models.FloatField()

    class Meta:
        db_table = "change"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "kind", "key"], name="change_once")
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="change_at")]


class ChangeNotice(models.Model):
    """That a change was put before a recruiter, or waits for room: for one profile."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for room in the day"
        SHOWN = "shown", "Shown"
        DONE = "done", "Dealt with"
        DROPPED = "dropped", "No longer so"

    change = models.ForeignKey(Change, models.CASCADE, related_name="notices")
    profile = models.ForeignKey(RoleProfile, models.CASCADE, related_name="notices")
    #: Whose day it takes room in.
    recipient = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    #: The person's confidence for the profile before and after.
    before = models.FloatField()
    after = models.FloatField()
    #: Materiality times what it changes for the profile.
    weight = models.FloatField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    state_at = models.DateTimeField()
    #: What the recruiter made of it: ``useful`` or ``useless``; blank if they did not say.
    judged = models.CharField(max_length=7, blank=True)

    class Meta:
        db_table = "change_notice"
        constraints = [
            models.UniqueConstraint(fields=["change", "profile"], name="change_notice_once")
        ]
        indexes = [
            models.Index(
                fields=["recipient", "-weight"],
                condition=Q(state="waiting"),
                name="change_notice_waiting",
            ),
            models.Index(
                fields=["recipient", "-shown_at"],
                condition=Q(shown_at__isnull=False),
                name="change_notice_shown",
            ),
        ]


class Aptness(models.Model):
    """How well somebody fits a profile at present, of those who come near."""

    profile = models.ForeignKey(RoleProfile, models.CASCADE, related_name="apt")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="apt_for")
    version = models.ForeignKey(ProfileVersion, models.CASCADE, related_name="+")
    confidence = models.FloatField()
    score = models.FloatField()
    #: Whether they would stand on a list, and since when.
    is_apt = models.BooleanField()
    since = models.DateTimeField()
    judged_at = models.DateTimeField()

    class Meta:
        db_table = "aptness"
        constraints = [
            models.UniqueConstraint(fields=["profile", "candidate"], name="aptness_once")
        ]
        indexes = [models.Index(fields=["-since"], condition=Q(is_apt=True), name="aptness_since")]


class ChangeBudget(models.Model):
    """How many changes a day somebody wants to see at most, where that is not the usual number."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    most = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "change_budget"
