"""An imported file, how its columns were understood, and the rows that could not be used."""

from django.conf import settings
from django.db import models


class CandidateImport(models.Model):
    """One file of candidates on its way in. ``rows_done`` and ``offset`` move in the same
    transaction as the rows themselves, so a killed import goes on where it stood."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    #: The name of the source ("Old ATS"): mappings are remembered for it, facts are credited to it.
    source = models.CharField(max_length=80)
    file_name = models.CharField(max_length=200)
    #: Where the raw file is kept, relative to the data folder.
    path = models.CharField(max_length=300)
    size = models.BigIntegerField()
    layout = models.JSONField(default=dict)
    #: Column index → target field.
    mapping = models.JSONField(default=dict)
    #: Answers that hold for the whole file: basis of consent, owner, default country.
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows_done = models.IntegerField(default=0)
    offset = models.BigIntegerField(default=0)
    #: created, updated, unchanged, rejected, ...
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "candidate_import"


class ImportRejection(models.Model):
    """A row that was not imported: why, and its cells, to be fixed and imported again."""

    of = models.ForeignKey(CandidateImport, models.CASCADE, related_name="rejections")
    line = models.IntegerField()
    reason = models.CharField(max_length=300)
    cells = models.JSONField()

    class Meta:
        db_table = "import_rejection"
        indexes = [models.Index(fields=["of", "line"], name="import_rejection_line")]


class ImportMapping(models.Model):
    """How the columns of a source were understood the last time."""

    source = models.CharField(max_length=80, unique=True)
    #: Column name → target field.
    fields = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "import_mapping"
