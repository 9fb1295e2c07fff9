"""Keys by which other programs read and write here."""

from django.db import models

from warmbench.accounts.models.staff import User


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
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    #: It opens nothing from then on (rules.md S13).
    expires_at = models.DateTimeField()
    #: To the minute.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"

    def __str__(self) -> str:
        return self.name

    @property
    def may_write(self) -> bool:
        """Whether it may change anything."""
        return self.scope == self.Scope.WRITE
