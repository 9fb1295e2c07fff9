"""What kinds of roles ask for, in versions, and what is proposed for the next one."""

from django.db import models
from django.db.models import Q

from warmbench.accounts.models import User
from warmbench.sourcing.models import Role


class RoleProfile(models.Model):
    """What a kind of role asks for, in versions: of one role, or standing for all like it."""

    name = models.CharField(max_length=160)
    #: None: it stands by itself, for roles that come again.
    role = models.OneToOneField(Role, models.CASCADE, null=True, related_name="profile")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    #: From then on nobody is held against it any more.
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "role_profile"

    def __str__(self) -> str:
        return self.name


class ProfileVersion(models.Model):
    """What a profile said at one time. Once approved, the database refuses to change it."""

    profile = models.ForeignKey(RoleProfile, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    #: As ``requirements.to_json`` writes it.
    spec = models.JSONField()
    #: What is other than before, and why, in a person's words.
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    #: Shortlists are made by this one: the last that a person approved.
    is_current = models.BooleanField(default=False)

    class Meta:
        db_table = "profile_version"
        constraints = [
            models.UniqueConstraint(fields=["profile", "number"], name="profile_version_once"),
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(is_current=True),
                name="profile_version_one_current",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(approved_at__isnull=False),
                name="profile_version_current_is_approved",
            ),
            # What is not approved yet is edited in place: there is one of it.
            models.UniqueConstraint(
                fields=["profile"], condition=Q(approved_at=None), name="profile_version_one_draft"
            ),
        ]


class WeightProposal(models.Model):
    """What answers and outcomes say of a profile, for a person to adopt or not."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for a person"
        ADOPTED = "adopted", "Adopted"
        DISMISSED = "dismissed", "Dismissed"
        #: The profile went on without it, or newer answers made another one.
        OVERTAKEN = "overtaken", "Overtaken"

    profile = models.ForeignKey(RoleProfile, models.CASCADE, related_name="proposals")
    version = models.ForeignKey(ProfileVersion, models.CASCADE, related_name="+")
    #: By requirement: weight before and after, what speaks for it, and how sure that is.
    changes = models.JSONField()
    #: What past shortlists would have been.
    replay = models.JSONField()
    #: The last answer and outcome that were counted.
    counted = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "weight_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["profile"], condition=Q(state="open"), name="weight_proposal_one_open"
            )
        ]
