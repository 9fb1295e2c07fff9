"""Who uses Warmbench: the organisation, its teams and its users."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What a user may do. Each can do what the ones below can."""

    ADMIN = "admin", "Administrator"
    RECRUITER = "recruiter", "Recruiter"
    VIEWER = "viewer", "Viewer"


class Organisation(models.Model):
    """Whose installation this is. A single row: one organisation, with teams."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    #: Stands in the footer of every mail, as the law requires.
    postal_address = models.TextField()
    website = models.URLField(blank=True)
    privacy_url = models.URLField(blank=True)
    #: Two letters. Decides holidays for candidates of unknown country.
    default_country = models.CharField(max_length=2)
    #: An IANA name, for candidates of unknown place.
    default_time_zone = models.CharField(max_length=64, default="UTC")
    #: Whether candidates are asked for their consent to a picture in their mails that tells when
    #: one was opened. Off, unless somebody means it (rules.md C18).
    pixel_on = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "organisation"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="organisation_single_row")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        db_table = "team"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, *, date_joined: datetime, **fields: Any
    ) -> "User":
        """A stored user. Without a password nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), date_joined=date_joined, **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. Their role is the whole of their permissions, but for audits."""

    #: Always lower-case, so that nobody has two accounts by a capital letter.
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    #: Their position, as it stands in signatures.
    title = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="members")
    #: Where a candidate books a conversation with them.
    booking_url = models.URLField(blank=True)
    #: The same address, as long as we hear who books there: it is told whom we sent.
    heard_booking_url = models.URLField(blank=True, db_default="")
    time_zone = models.CharField(max_length=64, default="UTC")
    #: May see figures of fairness. No role has that by itself.
    is_auditor = models.BooleanField(default=False, db_default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        # "user" is a reserved word in SQL.
        db_table = "app_user"
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))), name="app_user_email_lower"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="app_user_role_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_admin(self) -> bool:
        """May change settings, users and everybody's candidates."""
        return self.role == Role.ADMIN

    @property
    def is_recruiter(self) -> bool:
        """May act on candidates, and not only read."""
        return self.role in {Role.ADMIN, Role.RECRUITER}

    def get_full_name(self) -> str:
        """The name, where Django's own code asks for one."""
        return self.name
