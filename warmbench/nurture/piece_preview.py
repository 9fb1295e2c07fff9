"""Shows the words of a content piece as a mail: with samples in it, or as one person's."""

from collections.abc import Mapping
from datetime import datetime

from warmbench.accounts.models import Organisation
from warmbench.messaging import fields, letters, templates, voices
from warmbench.messaging.templates import UnrenderableError
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
    missing = templates.missing(compiled, context)
    filled = {**context, **{name: fields.SAMPLES[name] for name in missing}}
    try:
        words = letters.words(
            compiled,
            filled,
            organisation=Organisation.objects.get(),
            # Signed for nobody: whoever tries the way out here is not the candidate.
            candidate_id=0,
            message_id=0,
        )
    except UnrenderableError:
        return None
    targets = [templates.target(compiled, at, filled) for at in range(len(compiled.links))]
    return Letter(words, tuple(filter(None, targets)), tuple(missing))


def _known(candidate: Candidate, *, now: datetime) -> Mapping[str, str]:
    """What fills a mail to the candidate. Where nobody writes to them yet, samples sign it."""
    reader = voices.recipients([candidate.pk])[candidate.pk]
    all_voices = voices.voices()
    sender_id = all_voices.sender_for(reader)
    if sender_id is None:
        return fields.SAMPLES
    return all_voices.context(reader, sender_id, now=now)
