"""Shows a step as one person would get it at some moment: chosen, filled in and judged, but never
queued. Also of steps that nobody has published yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from warmbench.accounts.models import Organisation
from warmbench.messaging import fields, footers, letters, outbox, templates, texts, voices
from warmbench.messaging.models import Sender
from warmbench.messaging.outbox import Draft
from warmbench.messaging.templates import (
    Compiled,
    Look,
    Rendered,
    TemplateError,
    UnrenderableError,
    Urls,
)
from warmbench.messaging.verdict import Verdict
from warmbench.messaging.voices import Voices
from warmbench.nurture import check_ins, conditions, content, courses, readers
from warmbench.nurture.content import Chosen
from warmbench.nurture.models import ContentPiece, Sequence, Step
from warmbench.nurture.outline import StepOutline
from warmbench.nurture.readers import Reader
from warmbench.people.models import Channel

#: Links of ours that a message may have, and what each of them does.
OURS: Mapping[str, str] = {
    "unsubscribe": "It opens the page on which they stop hearing from us. Nothing is stopped"
    " before they confirm it there.",
    "preferences": "It opens their own page, on which they choose what they hear, how often, and"
    " put right what we noted.",
    "my_data": "It opens the page on which they see everything that we hold about them.",
    "not_for_me": "It opens the page on which they say what does not fit about a role.",
}


@dataclass(frozen=True)
class Letter:
    """The words of a mail, where its links lead, and what stands in it only as a sample."""

    words: Rendered
    links: tuple[str, ...]
    #: Fields that nobody knows of her: without them the mail would wait.
    missing: tuple[str, ...] = ()
    #: What it was made of.
    template: Compiled | None = None
    context: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Preview:
    """What one person would get of one step."""

    #: What the last gate would say if it were due then; None for a step that reaches nobody.
    verdict: Verdict | None
    sender: Sender | None = None
    #: The content piece that would be chosen; None for other steps, and when nothing is left.
    piece: ContentPiece | None = None
    #: None when nothing would be written: there is no piece left, or no mailbox.
    letter: Letter | None = None
    #: Why the words cannot be used, for their author.
    mistake: str = ""
    #: Whether the condition of a branch holds; None for other steps.
    holds: bool | None = None


def of_step(
    step: StepOutline, sequence: Sequence, candidate_id: int, *, at: datetime
) -> Preview | None:
    """What the candidate would get of the step if it were due ``at`` that moment, by what is
    known today; None if there is no such person."""
    people = readers.load([candidate_id])
    if candidate_id not in people:
        return None
    reader = people[candidate_id]
    if step.kind == Step.Kind.BRANCH:
        holds = conditions.ask({step.condition: [candidate_id]}, now=at).holds(
            step.condition, candidate_id
        )
        return Preview(None, holds=holds)
    if step.kind not in courses.PURPOSES:
        return Preview(None)
    return _of_touch(step, sequence, reader, at=at)


def for_trial(letter: Letter, page: str) -> Rendered:
    """The same words with links that lead to ``page`` alone, which then says what each would do:
    ``link`` names one of the letter's own by its position, ``ours`` one of ``OURS``. Raises
    UnrenderableError."""
    if letter.template is None or letter.context is None:
        raise UnrenderableError("It has no words of its own.")
    urls = Urls(
        **{name: f"{page}&ours={name}" for name in OURS},
        clicks=[f"{page}&link={at}" for at in range(len(letter.template.links))],
    )
    footer = footers.write(letter.context, Organisation.objects.get())
    return templates.render(letter.template, letter.context, footer, urls)


def _of_touch(step: StepOutline, sequence: Sequence, reader: Reader, *, at: datetime) -> Preview:
    all_voices = voices.voices()
    sender_id = all_voices.sender_for(reader, step.channel)
    draft = Draft(
        candidate_id=reader.candidate_id,
        purpose=courses.PURPOSES[step.kind],
        touch=f"{sequence.key}/{step.key}",
        occurrence=0,
        sender_id=sender_id,
        sequence_id=sequence.pk,
        channel=step.channel,
    )
    (considered,) = outbox.consider([draft], now=at)
    sender = Sender.objects.select_related("owner").filter(pk=sender_id or 0).first()
    shown = Preview(considered.verdict, sender)
    chosen = None
    if step.kind == Step.Kind.CONTENT:
        chosen = _choose(step, reader, all_voices, at=at)
        if chosen is None:
            return shown
        shown = replace(shown, piece=_piece(chosen))
    try:
        template = letters.compiled(chosen.template_id) if chosen else _compiled(step)
    except TemplateError as error:
        return replace(shown, mistake=str(error))
    if sender is None:
        return shown
    context = {**all_voices.context(reader, sender.pk, now=at), **considered.notice}
    if step.kind == Step.Kind.CHECK_IN:
        context |= check_ins.words([reader], now=at)[reader.candidate_id]
        if roles := check_ins.roles([reader.candidate_id], now=at).get(reader.candidate_id):
            context |= roles.fields
    if sender.is_text:
        context |= texts.introductions([reader.candidate_id], sender.brand, now=at)[
            reader.candidate_id
        ]
    return replace(shown, letter=fill_in(template, context))


def _compiled(step: StepOutline) -> Compiled:
    look: Look = "text" if step.channel == Channel.SMS else "letter"
    return templates.compile(subject=step.subject, body=step.body, look=look)


def _choose(
    step: StepOutline, reader: Reader, all_voices: Voices, *, at: datetime
) -> Chosen | None:
    return content.shelf(today=at.date()).choose(step.content_kind, reader, all_voices)


def _piece(chosen: Chosen) -> ContentPiece:
    pieces = ContentPiece.objects.select_related("topic", "seniority", "place")
    return pieces.get(pk=chosen.piece_id)


def fill_in(compiled: Compiled, context: Mapping[str, str]) -> Letter | None:
    """The words with these values, and with samples for what is missing; None if they cannot be
    written."""
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
    return Letter(words, tuple(filter(None, targets)), tuple(missing), compiled, filled)
