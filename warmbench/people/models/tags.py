"""The tag tree, and which tags a candidate carries on whose word."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from warmbench.people.models.candidate import Candidate


class Tag(models.Model):
    """A node of the tree: category → specialty → role family → role, or a skill below a
    specialty, a seniority, a region or country."""

    class Kind(models.TextChoices):
        CATEGORY = "category", "Category"
        SPECIALTY = "specialty", "Specialty"
        ROLE_FAMILY = "role_family", "Role family"
        ROLE = "role", "Role"
        SKILL = "skill", "Skill"
        SENIORITY = "seniority", "Seniority"
        GEOGRAPHY = "geography", "Geography"

    #: 32 bits, so that the tags of a candidate fit an intarray.
    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    #: ISO 3166-1 alpha-2 of a country, else blank.
    code = models.CharField(max_length=2, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "tag"
        constraints = [
            models.UniqueConstraint("kind", models.functions.Lower("name"), name="tag_unique")
        ]

    def __str__(self) -> str:
        return self.name


class TagAlias(models.Model):
    """Another way to write a tag. A tag's own name is among its aliases."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases")
    kind = models.CharField(max_length=12, choices=Tag.Kind)
    text = models.CharField(max_length=120)
    #: The text as ``tag_words.key`` normalises it.
    key = models.CharField(max_length=120)

    class Meta:
        db_table = "tag_alias"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="tag_alias_unique")]


class CandidateTag(models.Model):
    """One tag on a candidate, on whose word, since when and how sure."""

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="candidate_tags", db_index=False
    )
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+", db_index=False)
    #: Among several specialties: the one that content follows first.
    is_primary = models.BooleanField(default=False)
    source = models.CharField(max_length=80)
    confidence = models.FloatField(default=1.0)
    added_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "candidate_tag"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "tag"], name="candidate_tag_unique")
        ]
        indexes = [models.Index(fields=["tag"], name="candidate_tag_tag")]


class CandidateFacet(models.Model):
    """The tags of a candidate as one array, kept true by triggers on ``candidate_tag``.

    A narrow table, because a question over a million people is bound by the pages it reads.
    """

    candidate = models.OneToOneField(
        Candidate, models.CASCADE, primary_key=True, related_name="facet"
    )
    tag_ids = ArrayField(models.IntegerField(), default=list)

    class Meta:
        db_table = "candidate_facet"
        indexes = [
            GinIndex(OpClass("tag_ids", name="gin__int_ops"), name="candidate_facet_tag_ids")
        ]


class UnmatchedSkill(models.Model):
    """A skill somebody wrote that no tag or alias knows, waiting for a person's decision."""

    class Decision(models.TextChoices):
        WAITING = "", "Waiting"
        TAGGED = "tagged", "Made a tag or an alias"
        IGNORED = "ignored", "Ignored"

    key = models.CharField(max_length=120, unique=True)
    text = models.CharField(max_length=120)
    first_seen_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "unmatched_skill"


class CandidateUnmatchedSkill(models.Model):
    """Who wrote an unmatched skill, so that a decision reaches them too."""

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="unmatched_skills", db_index=False
    )
    skill = models.ForeignKey(UnmatchedSkill, models.CASCADE, related_name="candidates")
    source = models.CharField(max_length=80)

    class Meta:
        db_table = "candidate_unmatched_skill"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "skill"], name="candidate_unmatched_skill_unique"
            )
        ]


class BulkTagging(models.Model):
    """One tag put on, or taken off, many candidates at once, kept so that it can be undone."""

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+")
    added = models.BooleanField()
    #: Only those whose tags really changed.
    candidate_ids = ArrayField(models.BigIntegerField())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "bulk_tagging"
