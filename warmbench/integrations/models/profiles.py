"""Profiles of people whom we know, as files and networks tell them, to see what changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from warmbench.people.models import Candidate


class ProfileUpload(models.Model):
    """A file of profiles. Its bytes go when they were compared, its rows without a candidate some
    days later."""

    class State(models.TextChoices):
        MAPPING = "mapping", "Columns to be matched"
        WAITING = "waiting", "Being compared"
        DONE = "done", "Compared"
        FAILED = "failed", "Failed"

    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    #: When the profiles were as the file says.
    taken_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.MAPPING)
    content = models.BinaryField()
    #: ``people.spreadsheet.Layout``, and what each column is (``people.columns.Field``).
    layout = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict, blank=True)
    #: Rows, matched, changed, older, unmatched: how many.
    counts = models.JSONField(default=dict, blank=True)
    #: What was told: ``{"candidate": id, "text": …}``.
    changes = models.JSONField(default=list, blank=True)
    #: The rows that are nobody's: ``{"line": …, "reason": …, "cells": […]}``.
    unmatched = models.JSONField(default=list, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "profile_upload"
        indexes = [
            models.Index(
                fields=["made_at"], condition=~Q(state="done"), name="profile_upload_unfinished"
            )
        ]


class ProfileSnapshot(models.Model):
    """What a source last said of a candidate, and when that was so."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=60)
    taken_at = models.DateTimeField()
    #: employer, job_title, seniority, city, country, skills: what was said of them ever.
    fields = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "profile_snapshot"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "source"], name="profile_snapshot_one_each"
            )
        ]
