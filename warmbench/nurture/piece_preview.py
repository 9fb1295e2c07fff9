"""Shows the words of a content piece as a mail: with samples in it, or as one person's."""

from collections.abc import Mapping
from datetime import datetime

from warmbench.messaging import fields, templates, voices
from warmbench.nurture import preview
from warmbench.nurture.preview import Letter
from warmbench.people.models import Candidate


def of_words(
    subject: str, body: str, candidate: Candidate | None = None, *, now: datetime
) -> Letter | None:
    """These words for a candidate, with samples for what nobody knows of them, or with samples
    only. None if they cannot be written.

    Raises TemplateError with one sentence for their author.
    """
    compiled = templates.compile(subject=subject, body=body, look="article")
    context = _known(candidate, now=now) if candidate else fields.SAMPLES
    return preview.fill_in(compiled, context)


def _known(candidate: Candidate, *, now: datetime) -> Mapping[str, str]:
    """What fills a mail to the candidate. Where nobody writes to them yet, samples sign it."""
    reader = voices.recipients([candidate.pk])[candidate.pk]
    all_voices = voices.voices()
    sender_id = all_voices.sender_for(reader)
    if sender_id is None:
        return fields.SAMPLES
    return all_voices.context(reader, sender_id, now=now)
