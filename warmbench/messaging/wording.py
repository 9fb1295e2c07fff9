"""Keeps compiled wordings: the same words are one template, whoever writes them."""

from datetime import datetime

from warmbench.messaging import templates
from warmbench.messaging.models import Template
from warmbench.messaging.templates import Look


def keep(*, subject: str, body: str, look: Look, now: datetime) -> Template:
    """The template of these words, made if it does not exist yet.

    Raises TemplateError with one sentence for the author.
    """
    compiled = templates.compile(subject=subject, body=body, look=look)
    template, _ = Template.objects.get_or_create(
        digest=compiled.digest,
        defaults={
            "look": look,
            "subject": subject,
            "body": body,
            "compiled": compiled.to_json(),
            "required": list(compiled.required),
            "created_at": now,
        },
    )
    return template
