"""What a message is rendered from."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Template(models.Model):
    """One compiled wording. Never changed: an edit makes a new row, so that every message
    can be shown exactly as it was sent."""

    class Look(models.TextChoices):
        LETTER = "letter", "Personal letter"
        ARTICLE = "article", "Article"
        #: No subject, no HTML.
        TEXT = "text", "Text message"
        #: A person's own words, as plain as a mail program writes them.
        PERSONAL = "personal", "A person's own words"

    digest = models.CharField(max_length=64, unique=True)
    look = models.CharField(max_length=8, choices=Look)
    #: Liquid.
    subject = models.CharField(max_length=300, blank=True)
    #: Markdown with Liquid, as the author wrote it.
    body = models.TextField()
    #: ``templates.Compiled`` as JSON.
    compiled = models.JSONField()
    #: Fields that stand somewhere without a fallback: without them the touch waits.
    required = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "template"
