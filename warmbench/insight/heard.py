"""Keeps what people write to us, and what recruiters note of talks, as texts to be read."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from warmbench.insight import recording
from warmbench.insight.kinds import SourceKind
from warmbench.insight.models import Source
from warmbench.insight.recording import NotKeptError
from warmbench.messaging.models import InboundMail
from warmbench.people.models import Candidate

#: By which doors texts come here.
REPLY, TALK = "reply", "talk"
Kind, Match = InboundMail.Kind, InboundMail.Match
#: Anybody can write any address into a mail: such a guess waits for a person.
_SURE = frozenset({Match.TOKEN, Match.REFERENCE, Match.NUMBER, Match.PERSON})
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
        recording.take_away(known.pk, by_id=None, now=now)
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
    note, on = person.last_conversation_note, person.last_conversation_on
    mark = sha256(note.encode()).hexdigest()[:16]
    return _keep(
        note,
        kind=SourceKind.NOTE,
        title=person.last_conversation_topic,
        said_on=datetime(on.year, on.month, on.day, tzinfo=now.tzinfo),
        basis=Source.Basis.CONVERSATION,
        candidate_id=candidate_id,
        origin=(TALK, f"{candidate_id}:{on.isoformat()}:{mark}"),
        author_id=by_id,
        now=now,
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
