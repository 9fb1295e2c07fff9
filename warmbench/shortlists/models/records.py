"""What the law asks to keep of rankings, and what people declared of themselves for audits."""

from django.db import models

from warmbench.people.models import Candidate
from warmbench.shortlists.models.lists import Shortlist
from warmbench.shortlists.models.profiles import ProfileVersion


class Declaration(models.Model):
    """What somebody said of themselves for an audit. Ranking never sees it."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    #: ``sex`` or ``ethnicity``.
    category = models.CharField(max_length=20)
    value = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_declaration"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "category"], name="declaration_once")
        ]


class RankingRecord(models.Model):
    """One line of the record of decisions that the law asks for: who was ranked how, by what, and
    who decided. Kept for years, with no name in it, and with no link to somebody who was erased."""

    shortlist = models.ForeignKey(Shortlist, models.SET_NULL, null=True, related_name="records")
    candidate = models.ForeignKey(Candidate, models.SET_NULL, null=True, related_name="+")
    version = models.ForeignKey(ProfileVersion, models.PROTECT, related_name="+")
    engine = models.CharField(max_length=80)
    #: ``listed``, ``left``, ``considered``.
    place = models.CharField(max_length=10)
    score = models.FloatField()
    confidence = models.FloatField()
    features = models.JSONField()
    #: US state or country whose law holds for the person.
    law = models.CharField(max_length=8, blank=True)
    at = models.DateTimeField()
    #: What a person decided then: the last answer, by whom (``manager`` or ``user:7``), and when.
    decision = models.CharField(max_length=9, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ranking_record"
        indexes = [models.Index(fields=["at"], name="ranking_record_at")]


class UseNotice(models.Model):
    """That somebody was told that a ranking is used, where the law asks for it before use."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    law = models.CharField(max_length=8)
    told_at = models.DateTimeField()
    #: Ranked for others' decisions from then on, and not before.
    may_rank_from = models.DateTimeField()
    words = models.CharField(max_length=40)

    class Meta:
        db_table = "use_notice"
        constraints = [models.UniqueConstraint(fields=["candidate", "law"], name="use_notice_once")]
