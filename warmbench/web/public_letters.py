"""Reads the messages to one candidate for their own page: what each was, and why it came or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from warmbench.messaging.models import Decision, Message
from warmbench.nurture.models import ContentUse, Enrollment
from warmbench.nurture.models import Sequence as NurtureSequence
from warmbench.web import public_words as words
from warmbench.web import sent

#: Messages that are read at once: two years of anybody's life with us.
MOST = 60


@dataclass(frozen=True, slots=True)
class Ruling:
    """One verdict of the last gate in plain words."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One message as its reader may be told about it."""

    at: datetime
    title: str
    state: str
    #: ``sent`` or not: how it looks.
    arrived: bool
    #: Sentences on why it was to be sent.
    why: list[str]
    #: What was checked before it went, or why it did not go.
    rulings: list[Ruling]


def of(candidate_id: int, *, most: int = MOST) -> tuple[list[SentLetter], int]:
    """The latest messages to somebody, and how many older ones there are."""
    found = Message.objects.filter(candidate=candidate_id)
    in_order = found.select_related("template", "sender").order_by("-queued_at", "-pk")
    messages = list(in_order[:most])
    decisions = Decision.objects.filter(
        candidate_id=candidate_id, message_id__in=[message.pk for message in messages]
    )
    rulings: dict[int, list[Decision]] = {}
    for decision in decisions.order_by("at", "pk"):
        rulings.setdefault(decision.message_id or 0, []).append(decision)
    why = _why(candidate_id, messages)
    letters = [
        SentLetter(
            at=message.handed_at or message.state_at,
            title=_title(message),
            state=str(words.STATES[message.state]),
            arrived=message.state == Message.State.SENT,
            why=why[message.pk],
            rulings=[_ruling(decision) for decision in rulings.get(message.pk, [])],
        )
        for message in messages
    ]
    return letters, max(0, found.count() - most)


def _title(message: Message) -> str:
    rendered = sent.words(message)
    return rendered.subject if rendered else str(words.PURPOSES[message.purpose])


def _why(candidate_id: int, messages: Sequence[Message]) -> dict[int, list[str]]:
    sequences = NurtureSequence.objects.in_bulk({m.sequence_id for m in messages if m.sequence_id})
    enrollments = Enrollment.objects.filter(candidate=candidate_id).order_by("started_at")
    since = {one.sequence_id: one.started_at for one in enrollments}
    uses = ContentUse.objects.filter(message__in=messages).select_related("piece__topic")
    pieces = {use.message_id: use.piece for use in uses}
    said: dict[int, list[str]] = {}
    for message in messages:
        told = [str(words.WHAT_FOR[message.purpose])]
        sequence = sequences.get(message.sequence_id or 0)
        if sequence:
            told.append(_part_of(sequence.name, since.get(sequence.pk)))
        piece = pieces.get(message.pk)
        if piece and piece.topic:
            told.append(_("Chosen because it is about %(topic)s.") % {"topic": piece.topic.name})
        elif piece:
            told.append(_("Chosen because it is for everybody, and you had not had it yet."))
        if message.state in {Message.State.REFUSED, Message.State.CANCELLED}:
            told.append(words.why_not(message.reason))
        said[message.pk] = told
    return said


def _part_of(name: str, since: datetime | None) -> str:
    if since is None:
        return _("Part of the series “%(name)s”.") % {"name": name}
    day = formats.date_format(timezone.localtime(since), "DATE_FORMAT")
    return _("Part of the series “%(name)s”, which you have been in since %(day)s.") % {
        "name": name,
        "day": day,
    }


def _ruling(decision: Decision) -> Ruling:
    stage = (
        _("When it was planned: %(verdict)s")
        if decision.stage == Decision.Stage.PLANNING
        else _("In the moment of sending: %(verdict)s")
    )
    if decision.verdict == Decision.Verdict.ALLOW:
        verdict = _("nothing stood in the way.")
    elif decision.until:
        until = formats.date_format(timezone.localtime(decision.until), "SHORT_DATETIME_FORMAT")
        verdict = _("not before %(moment)s. %(reason)s") % {
            "moment": until,
            "reason": words.why_not(decision.reason),
        }
    else:
        verdict = words.why_not(decision.reason)
    return Ruling(decision.at, stage % {"verdict": verdict})
