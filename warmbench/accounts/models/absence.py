"""When users are away, and who stands in for them."""

from django.db import models
from django.db.models import F, Q

from warmbench.accounts.models.staff import User


class Absence(models.Model):
    """Days on which a user is away; whoever covers for them has their queue meanwhile."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    #: Null: nobody; what comes in waits, or goes to whoever takes it.
    cover = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    #: Whole days where the user is, both included.
    first_day = models.DateField()
    last_day = models.DateField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "absence"
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(cover=None) | ~Q(cover=F("user")), name="absence_covered_by_another"
            ),
        ]
