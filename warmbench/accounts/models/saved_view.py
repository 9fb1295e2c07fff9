"""Lists of candidates that users keep, to come back to them by one click."""

from django.db import models

from warmbench.accounts.models.staff import User


class SavedView(models.Model):
    """A list of people under a name: its filters and its order, as the address has them."""

    class Page(models.TextChoices):
        """Which page shows it."""

        CANDIDATES = "candidates", "The list of candidates"
        KNOWLEDGE = "knowledge", "What the team knows"

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    page = models.CharField(max_length=10, choices=Page, default=Page.CANDIDATES)
    #: What stands behind the question mark of its address.
    query = models.CharField(max_length=2000, blank=True)
    #: Whether everybody here sees it; only its owner and administrators change it.
    is_shared = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "saved_view"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_names_differ")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a user's list of candidates opens."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="default_view")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        db_table = "default_view"
