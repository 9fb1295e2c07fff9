"""Keys by which other programs read and write here, and the answers that are kept for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmbench.accounts.models.staff import User


class Resource(models.TextChoices):
    """What a key can be let at."""

    ROLES = "roles", "Roles and who fits them"
    CANDIDATES = "candidates", "Candidates"
    POOLS = "pools", "Pools"
    ENROLLMENTS = "enrollments", "Sequences and who is on them"
    SIGNALS = "signals", "Signals"
    INSIGHTS = "insights", "What conversations say, and the texts"
    SHORTLISTS = "shortlists", "Role profiles, shortlists and answers"
    FOLLOW_UPS = "follow_ups", "Follow-ups"
    DECISIONS = "decisions", "Decisions"
    EXPORTS = "exports", "Exports"


class ApiKey(models.Model):
    """A key of another program. Of its secret only a hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        WRITE = "write", "Read and write"

    #: As the audit trail names it.
    name = models.CharField(max_length=80, unique=True)
    #: The beginning of the secret, by which people tell keys apart.
    prefix = models.CharField(max_length=12)
    #: SHA-256 of the secret: 256 random bits need no slower hash.
    digest = models.CharField(max_length=64, unique=True)
    #: That of the secret before, which opens for a while after it was replaced.
    old_digest = models.CharField(max_length=64, blank=True, db_default="")
    old_until = models.DateTimeField(null=True)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    #: What it is let at, e.g. ``candidates:read``; writing includes reading. Empty is everything.
    scopes = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    #: It opens nothing from then on (rules.md S13).
    expires_at = models.DateTimeField()
    #: To the minute.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
        indexes = [
            models.Index(
                fields=["old_digest"], condition=~Q(old_digest=""), name="api_key_old_digest"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_write(self) -> bool:
        """Whether it may change anything."""
        if self.scopes:
            return any(scope.endswith(":write") for scope in self.scopes)
        return self.scope == self.Scope.WRITE

    def may(self, resource: str, *, writes: bool) -> bool:
        """Whether it may read, or change, what is called so."""
        if not self.scopes:
            return not writes or self.scope == self.Scope.WRITE
        asked = {f"{resource}:write"} if writes else {f"{resource}:read", f"{resource}:write"}
        return not asked.isdisjoint(self.scopes)

    @property
    def reach(self) -> str:
        """What it may do, in words for a list."""
        if not self.scopes:
            return f"{self.get_scope_display()} everything"
        labels = dict(Resource.choices)
        pairs = [scope.split(":") for scope in self.scopes]
        said = [f"{labels.get(name, name)} ({what})" for name, what in pairs]
        return ", ".join(said)


class ApiAnswer(models.Model):
    """What a program was answered that may ask the same again without its being done twice."""

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", db_index=False)
    #: What the program calls its request.
    name = models.CharField(max_length=255)
    #: SHA-256 of what was asked: of method, address and body.
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    #: As it was sent, in JSON.
    body = models.TextField(blank=True)
    #: Whom it is about, if it is about one person.
    candidate_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "api_answer"
        constraints = [models.UniqueConstraint(fields=["api_key", "name"], name="api_answer_once")]
        indexes = [
            models.Index(fields=["at"], name="api_answer_at"),
            models.Index(
                fields=["candidate_id"],
                condition=Q(candidate_id__isnull=False),
                name="api_answer_candidate",
            ),
        ]
