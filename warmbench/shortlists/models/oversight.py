"""Who does not want to be ranked, and who is being told that rankings are used."""

from django.db import models

from warmbench.people.models import Candidate


class RankingRefusal(models.Model):
    """That somebody wants no ranking made of them. Taken back, the row goes; the trail stays."""

    candidate = models.OneToOneField(
        Candidate, models.CASCADE, primary_key=True, related_name="ranking_refusal"
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "ranking_refusal"


class PendingNotice(models.Model):
    """That a letter waits or travels that tells somebody that rankings are used."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(unique=True)
    #: The codes of the laws that want it, with commas between them.
    laws = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "pending_notice"
