"""One dated thing that a candidate did or that changed about them."""

import re

from django.db import models

from warmbench.people.models import Candidate


class Signal(models.Model):
    """One dated thing that a candidate did or that changed about them."""

    class Kind(models.TextChoices):
        CLICKED = "clicked", "Clicked a link"
        REPLIED = "replied", "Replied"
        PREFERENCES_UPDATED = "preferences_updated", "Updated their preferences"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        ADDRESS_DEAD = "address_dead", "Address no longer works"
        COMPLAINED = "complained", "Called a message spam"
        MOVED = "moved", "Moved on"
        NOT_FOR_ME = "not_for_me", "Said what does not fit"
        OPENED = "opened", "Opened a message"
        ABSENT = "absent", "Is away"
        WENT_QUIET = "went_quiet", "Went quiet"
        BOOKED = "booked", "Booked a talk"
        CALLED_OFF = "called_off", "Called a talk off"
        NOT_THERE = "not_there", "Did not come to a talk"
        PROMOTED = "promoted", "Has another position"
        LEARNED = "learned", "Has new skills"
        RELOCATED = "relocated", "Lives somewhere else"

    class Grade(models.TextChoices):
        CERTAIN = "certain", "Certainly the person"
        LIKELY = "likely", "Likely the person"

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    grade = models.CharField(max_length=7, choices=Grade)
    at = models.DateTimeField()
    message_id = models.BigIntegerField(null=True)
    #: What it was about, in a word: the title of the piece, the status chosen.
    topic = models.CharField(max_length=200, blank=True)
    #: Makes recording twice a no-op, e.g. ``click:481/2:2027-03-16``.
    key = models.CharField(max_length=80)
    #: How often it was said, for what changes nothing when it is said again.
    times = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "signal"
        constraints = [models.UniqueConstraint(fields=["candidate", "key"], name="signal_once")]
        indexes = [models.Index(fields=["candidate", "-at"], name="signal_latest")]

    @property
    def link(self) -> int | None:
        """Which link of its message was followed, by its position from 0; None for no click."""
        found = re.fullmatch(r"click:\d+/(\d+):.*", self.key)
        return int(found[1]) if found else None
