"""Keeps what people write to us, and what recruiters note of talks, as texts to be read."""

from datetime import datetime

from django.db import transaction

from warmbench.insight import recording, removing, stopping
from warmbench.insight.kinds import Kind as FactKind
from warmbench.insight.kinds import SourceKind
from warmbench.insight.models import Source
from warmbench.insight.recording import NotKeptError
from warmbench.messaging.models import InboundMail
from warmbench.people.candidates import Conversation
from warmbench.people.models import Candidate
from warmbench.signals import promises

#: By which doors texts come here.
REPLY, TALK = "reply", "talk"
Kind, Match = InboundMail.Kind, InboundMail.Match
#: Anybody can write any address into a mail: such a guess waits for a person.
_SURE = frozenset({Match.TOKEN, Match.REFERENCE, Match.NUMBER, Match.PERSON})
_NOT_THEIRS = (
    "A message that stopped ours to them was somebody else's. Lift the stop if there is no other"
    " reason for it."
)
_OF_MACHINES = frozenset({InboundMail.Intent.OUT_OF_OFFICE, InboundMail.Intent.LEFT_COMPANY})


@transaction.atomic
def keep_mail(mail_id: int, *, now: datetime) -> Source | None:
    """Keep what is new in a mail or a text of somebody's, once. None if it is not certain who
    wrote it, or no person did.

    If a person says that somebody else wrote it, nothing of it is about the first one any more.
    """
    mails = InboundMail.objects.select_for_update(no_key=True).defer("raw")
    mail = mails.filter(pk=mail_id).first()
    if mail is None:
        return None
    known = Source.objects.filter(origin=REPLY, origin_id=str(mail_id)).first()
    if known is not None:
        if mail.candidate_id is None or known.people.filter(candidate=mail.candidate_id).exists():
            return known
        _take_from_another(known, now=now)
    if not (_is_written(mail) and mail.candidate_id and mail.match in _SURE):
        return None
    return _keep(
        mail.new_text,
        kind=SourceKind.EMAIL,
        title=mail.subject,
        said_on=mail.received_at,
        basis=Source.Basis.OWN_WORDS,
        candidate_id=mail.candidate_id,
        origin=(REPLY, str(mail_id)),
        author_id=None,
        now=now,
    )


def keep_talk(candidate_id: int, *, by_id: int | None, now: datetime) -> Source | None:
    """Keep the note of the last talk with somebody, once. None if there is none any more."""
    person = Candidate.objects.filter(pk=candidate_id).first()
    if person is None or person.last_conversation_on is None:
        return None
    talk, on = Conversation.of(person), person.last_conversation_on
    mark = _mark(candidate_id, on.isoformat(), talk.mark)
    return _keep(
        _new_in(talk.note, candidate_id, on.isoformat(), mark),
        kind=SourceKind.NOTE,
        title=person.last_conversation_topic,
        said_on=datetime(on.year, on.month, on.day, tzinfo=now.tzinfo),
        basis=Source.Basis.CONVERSATION,
        candidate_id=candidate_id,
        origin=(TALK, mark),
        author_id=by_id,
        now=now,
    )


def drop_talk(candidate_id: int, *, on: str, mark: str, now: datetime) -> bool:
    """Take the note of a talk away that was none. Returns whether there was one. What stops
    somebody stays, with its words, until a person lifts it."""
    known = Source.objects.filter(origin=TALK, origin_id=_mark(candidate_id, on, mark)).first()
    try:
        return known is not None and removing.remove(known.pk, by_id=None, now=now)
    except removing.NotRemovedError:
        return False


def _mark(candidate_id: int, on: str, mark: str) -> str:
    return f"{candidate_id}:{on}:{mark}"


def _new_in(note: str, candidate_id: int, on: str, mark: str) -> str:
    """What a note says more than those of the day before it: of one day there is one note, which
    grows. What was rejected in it would be proposed anew, and stops would act twice."""
    known = Source.objects.filter(origin=TALK, origin_id__startswith=_mark(candidate_id, on, ""))
    for text in known.exclude(origin_id=mark).order_by("pk").values_list("text", flat=True):
        if note == text or note.startswith(f"{text}\n"):
            note = note[len(text) :].lstrip("\n")
    return note


def _take_from_another(source: Source, *, now: datetime) -> None:
    """Take away what somebody else wrote than was thought. Whom it stopped may want to hear from
    us: a person looks."""
    stops = source.insights.filter(kind=FactKind.STOP).order_by("pk")
    stopped = {one.candidate_id for one in stops if stopping.effect(one, now=now).is_there}
    recording.take_away(source.pk, by_id=None, now=now)
    for candidate_id in sorted(stopped):
        promises.promise(
            candidate_id, on=now.date(), note=_NOT_THEIRS, about=f"source:{source.pk}", now=now
        )


def _keep(  # noqa: PLR0913 - each is one thing to be kept beside the words
    text: str,
    *,
    kind: SourceKind,
    title: str,
    said_on: datetime,
    basis: Source.Basis,
    candidate_id: int,
    origin: tuple[str, str],
    author_id: int | None,
    now: datetime,
) -> Source | None:
    try:
        return recording.keep(
            # Mails may be longer than any conversation; what they begin with counts.
            text[: recording.MOST],
            kind=kind,
            title=title,
            said_on=said_on.date(),
            basis=basis,
            people_ids=[candidate_id],
            origin=origin[0],
            origin_id=origin[1],
            author_id=author_id,
            now=now,
        )
    except NotKeptError:
        # There is nothing in it, or whoever wrote it was erased a moment ago.
        return None


def _is_written(mail: InboundMail) -> bool:
    """Whether a person wrote it, as it was judged or as somebody said who looked."""
    if mail.kind == Kind.AUTO_REPLY:
        return bool(mail.corrected_intent) and mail.corrected_intent not in _OF_MACHINES
    return mail.kind in {Kind.REPLY, Kind.UNSUBSCRIBE}
