"""What users are told, how each of them wants to be told, and the mails that told them."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmbench.accounts.models.staff import User


class Kind(models.TextChoices):
    """What somebody can be told of, the most urgent first."""

    REPLY = "reply", "Somebody replied"
    ROLE_INTEREST = "role_interest", "Interest in a role"
    CALL = "call", "A call to make"
    RESERVATION = "reservation", "Who may approach a candidate: asked for, given, taken"
    RIGHTS = "rights", "A request about personal data"
    TROUBLE = "trouble", "Something stopped: sending, a mailbox, an inbox, a webhook"
    HIGH_INTEREST = "high_interest", "High interest"
    PREFERENCES = "preferences", "Changed preferences"
    RETURNED = "returned", "A click after a long silence"
    COMPLAINED = "complained", "A message was called spam"
    LEFT = "left", "Somebody warm unsubscribed"
    MOVED = "moved", "A new job, or an address that no longer works"
    STEP = "step", "A step of a sequence"
    OFFER = "offer", "A follow-up that a colleague offers, takes or gives back"
    APT = "apt", "Once a week, who became apt for what"
    CHORES = "chores", "Other follow-ups"


class Way(models.TextChoices):
    """How somebody is told of one kind of thing."""

    ALWAYS = "always", "By mail at once, day and night"
    AT_ONCE = "at_once", "By mail at once"
    DIGEST = "digest", "In the daily digest"
    APP = "app", "Only in Warmbench"
    NEVER = "never", "Not at all"


class Detail(models.TextChoices):
    """How much about a candidate leaves Warmbench."""

    NOBODY = "nobody", "No name: only what happened"
    FIRST_NAME = "first_name", "The first name, and what happened"
    EVERYTHING = "everything", "The full name, what happened, and the evidence for it"


class StaffMail(models.Model):
    """One mail to one user about what they are told. The address is not kept here: it is read
    from the user's row, so that there is no other place to put one."""

    class State(models.TextChoices):
        SENDING = "sending", "Being handed over"
        SENT = "sent", "Handed over"
        FAILED = "failed", "Not taken"
        UNKNOWN = "unknown", "Perhaps taken"

    user = models.ForeignKey(User, models.CASCADE, related_name="staff_mails")
    state = models.CharField(max_length=7, choices=State, default=State.SENDING)
    #: How many things it tells of.
    items = models.PositiveSmallIntegerField()
    #: The mailbox it went out through.
    sender_id = models.BigIntegerField(null=True)
    #: What the mail server said, or why there is none.
    said = models.CharField(max_length=300, blank=True)
    claimed_at = models.DateTimeField()
    #: From then on its worker is taken for dead.
    lease_until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_mail"
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state="sending"), name="staff_mail_under_way"
            ),
            models.Index(fields=["claimed_at"], name="staff_mail_latest"),
        ]


class Notification(models.Model):
    """One thing that one user is told. What happens again moves the same row up.

    No name stands in it: the title has a place for it, which is filled when somebody reads.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    #: What it is about, ``noun:id``: whether it is still so is asked by the noun.
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=500, blank=True)
    #: Which of our pages it leads to.
    path = models.CharField(max_length=200, blank=True)
    #: Not a foreign key: accounts knows nothing of candidates. ``people.held`` erases by it.
    candidate_id = models.BigIntegerField(null=True)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    #: When a mail about it is due; null if none is.
    mail_due_at = models.DateTimeField(null=True)
    #: When a mail about it was last begun: the next one keeps its distance.
    mailed_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(StaffMail, models.SET_NULL, null=True, related_name="notifications")
    #: How often in a row no server took a mail about it.
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "notification"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["user", "-told_at"], name="notification_latest"),
            models.Index(fields=["key"], name="notification_key"),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="notification_to_mail",
            ),
            models.Index(
                fields=["candidate_id"],
                condition=Q(candidate_id__isnull=False),
                name="notification_candidate",
            ),
        ]


class NotificationChoice(models.Model):
    """How a user wants to be told of one kind of thing, where that is not the usual way."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="notification_choices", db_index=False
    )
    kind = models.CharField(max_length=16, choices=Kind)
    way = models.CharField(max_length=7, choices=Way)

    class Meta:
        db_table = "notification_choice"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_once")
        ]


class NotificationTimes(models.Model):
    """When a user wants to be left alone, by the clock of their own zone, and how much their
    mails say."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="notification_times"
    )
    #: Quiet from one time until the other, over midnight if need be; never, if they are the same.
    quiet_from = models.TimeField(default=time(19))
    quiet_until = models.TimeField(default=time(8))
    #: As ``date.weekday`` counts them; none means Monday to Friday.
    working_days = ArrayField(models.PositiveSmallIntegerField(), default=list)
    digest_at = models.TimeField(default=time(8))
    detail = models.CharField(max_length=10, choices=Detail, default=Detail.FIRST_NAME)

    class Meta:
        db_table = "notification_times"
