"""Keeps compiled wordings: the same words are one template, whoever writes them."""

from datetime import datetime

from warmbench.messaging import templates
from warmbench.messaging.models import Template
from warmbench.messaging.templates import Compiled, Look
from warmbench.people.models import Channel


def keep(*, subject: str, body: str, look: Look, now: datetime) -> Template:
    """The template of these words, made if it does not exist yet.

    Raises TemplateError with one sentence for the author.
    """
    compiled = templates.compile(subject=subject, body=body, look=look)
    return _kept(compiled, subject=subject, body=body, now=now)


def keep_personal(channel: str, *, now: datetime) -> Template:
    """The template of what recruiters write themselves on a channel."""
    compiled = templates.personal(is_text=channel == Channel.SMS)
    return _kept(compiled, subject="", body="", now=now)


def _kept(compiled: Compiled, *, subject: str, body: str, now: datetime) -> Template:
    template, _ = Template.objects.get_or_create(
        digest=compiled.digest,
        defaults={
            "look": compiled.look,
            "subject": subject,
            "body": body,
            "compiled": compiled.to_json(),
            "required": list(compiled.required),
            "created_at": now,
        },
    )
    return template
