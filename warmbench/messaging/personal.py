"""Lets a recruiter write to a candidate themselves: an answer in a thread, or a first message.

It goes the way of every message: past the last gate, through the outbox, by the sender loop.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from babel.dates import format_date
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from warmbench.accounts.models import Organisation, User
from warmbench.core import audit, languages
from warmbench.core.deadlocks import gives_way
from warmbench.messaging import (
    footers,
    headers,
    letters,
    outbox,
    reasons,
    templates,
    threads,
    voices,
    wording,
    written,
)
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.inbound import mail as mails
from warmbench.messaging.models import InboundMail, Message, PersonalDraft, Sender
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.verdict import Allow, Later, Reason
from warmbench.people.models import Candidate, Channel

#: For so long it may be taken back.
UNDO_WITHIN = timedelta(seconds=30)
MAX_SUBJECT, MAX_WORDS = 150, 10_000
#: As much of what they wrote as stands beneath the answer, and as many Message-IDs of a thread.
_MOST_QUOTED, _MOST_IDS = 4_000, 12
#: What passes by itself. What a person has to lift first is not waited for in the queue.
_PASSES = frozenset(
    {Reason.WINDOW, Reason.QUIET_HOURS, Reason.SENDER_CAP, Reason.BUDGET, Reason.RHYTHM}
)

State = Message.State
#: How those ended that certainly did not go.
NOT_SENT = (State.REFUSED, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a recruiter writes to a candidate."""

    candidate_id: int
    by_id: int
    text: str
    channel: str = Channel.EMAIL
    subject: str = ""
    #: The thread that it goes on in; None begins one.
    thread_id: int | None = None
    #: The mail or text of theirs that it answers.
    answers_id: int | None = None
    #: How many messages of this touch there were when the recruiter began to write.
    seen: int = 0


@dataclass(frozen=True, slots=True)
class When:
    """When a letter would go, by the last gate: now, later, or not as things are."""

    considered: Considered | None
    #: Null if it does not go.
    at: datetime | None
    #: Why not now, in a sentence; blank if it goes now.
    because: str = ""

    @property
    def to(self) -> str:
        """The address, or number, that it would go to; blank if there is none."""
        asked = self.considered.asked if self.considered else None
        return asked.person.address if asked else ""


class NotSentError(ValueError):
    """It cannot go as things are: one sentence that says why. Nothing was sent or changed."""


class AnsweredError(NotSentError):
    """Somebody answered in the meantime."""

    def __init__(self, message: Message) -> None:
        self.message = message
        who = message.context.get("recruiter_name") or "Somebody"
        super().__init__(
            f"{who} answered this on {message.queued_at:%-d %B at %H:%M} UTC. Nothing was sent;"
            " your words are kept. Look at that answer, and send yours if it still adds something."
        )


def sender_of(by_id: int, channel: str, thread_id: int | None = None) -> Sender | None:
    """What a recruiter's own message goes from: their own mailbox. A text may also come from the
    number that the thread has been on, or from everybody's. None where there is none."""
    senders = Sender.objects.filter(channel=channel)
    own = senders.filter(owner=by_id).first()
    if own is not None or channel == Channel.EMAIL:
        return own
    of_thread = Message.objects.filter(
        inbound_mails__thread_id=thread_id or 0, channel=channel, sender__isnull=False
    )
    number = of_thread.order_by("-pk").values_list("sender_id", flat=True).first()
    return senders.filter(pk=number or 0).first() or senders.filter(is_default=True).first()


def seen(candidate_id: int, touch: str) -> int:
    """How many messages of this touch there are, those that did not go included."""
    return Message.objects.filter(candidate=candidate_id, touch=touch).count()


def touch_of(answers_id: int | None, thread_id: int | None) -> str:
    """What makes a personal message this touch and no other."""
    return f"{threads.ANSWERS}{answers_id}" if answers_id else f"{threads.BEGINS}{thread_id or 0}"


def when(letter: Letter, *, now: datetime) -> When:
    """When this would go if it were sent now. Asks the last gate, and changes nothing."""
    sender = sender_of(letter.by_id, letter.channel, letter.thread_id)
    if sender is None:
        return When(None, None, reasons.because(Reason.NO_SENDER))
    return _when(_draft(letter, sender), now=now)


@gives_way
@transaction.atomic
def send(letter: Letter, *, now: datetime) -> Message:
    """Put a recruiter's own words into the outbox, from where they go in 30 seconds, or when her
    day begins. Sent twice, it is one message.

    Raises AnsweredError where somebody else was faster, and NotSentError where the gate, the
    mailbox or the words stand in the way.
    """
    letter = replace(letter, text=_clean(letter.text), subject=" ".join(letter.subject.split()))
    # Two who answer at once: the second one waits here, and finds the first one's answer.
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=letter.candidate_id)
    if letter.thread_id is None and (begun := _begun(letter, now=now)):
        return begun
    touch = touch_of(letter.answers_id, letter.thread_id)
    earlier = list(Message.objects.filter(candidate=candidate, touch=touch).order_by("pk"))
    if faster := [one for one in earlier[letter.seen :] if one.state not in NOT_SENT]:
        if _is_the_same(faster[-1], letter):
            return faster[-1]
        raise AnsweredError(faster[-1])
    sender = sender_of(letter.by_id, letter.channel, letter.thread_id)
    if sender is None:
        raise NotSentError(reasons.because(Reason.NO_SENDER))
    goes = _when(_draft(letter, sender), now=now)
    if goes.considered is None or goes.at is None:
        raise NotSentError(goes.because)
    thread_id = letter.thread_id or _begin(letter, now=now)
    draft = replace(
        goes.considered.draft,
        touch=touch_of(letter.answers_id, thread_id),
        occurrence=len(earlier),
        template_id=wording.keep_personal(letter.channel, now=now).pk,
        context=_context(letter, sender, now=now),
        not_before=now + UNDO_WITHIN,
    )
    _try_out(draft, goes.considered.notice)
    queued = outbox.queue([replace(goes.considered, draft=draft)], now=now)
    threads.answered(thread_id, queued[0], now=now)
    forget(letter)
    audit.record(letter.by_id, "message.written", f"message:{queued[0]}", now=now)
    return Message.objects.get(pk=queued[0])


@transaction.atomic
def take_back(message_id: int, *, by_id: int, now: datetime) -> bool:
    """Take back what has not left yet: it is a draft of its author's again. Returns False if it
    is too late."""
    if not outbox.take_back(message_id, reason=Reason.TAKEN_BACK, now=now):
        return False
    message = Message.objects.get(pk=message_id)
    letter = Letter(
        candidate_id=message.candidate_id,
        by_id=by_id,
        text=message.context[templates.OWN_WORDS],
        channel=message.channel,
        subject=message.context.get(templates.OWN_SUBJECT, ""),
        thread_id=threads.of_message(message),
    )
    keep(letter, now=now)
    audit.record(by_id, "message.taken_back", f"message:{message_id}", now=now)
    return True


def keep(letter: Letter, *, now: datetime) -> None:
    """Keep what a recruiter has written so far, one draft for each thread."""
    if not letter.text.strip():
        forget(letter)
        return
    PersonalDraft.objects.update_or_create(  # type: ignore[misc]
        by_id=letter.by_id,
        candidate_id=letter.candidate_id,
        thread_id=letter.thread_id,
        channel=letter.channel,
        defaults={
            "subject": letter.subject[:200],
            "text": letter.text[:MAX_WORDS],
            "updated_at": now,
        },
    )


def forget(letter: Letter) -> None:
    """Throw a draft away."""
    draft_of(letter.by_id, letter.candidate_id, letter.thread_id, letter.channel).delete()


def draft_of(
    by_id: int, candidate_id: int, thread_id: int | None, channel: str
) -> QuerySet[PersonalDraft]:
    """What a recruiter is writing in a thread, or to begin one: one row or none."""
    return PersonalDraft.objects.filter(
        by=by_id, candidate=candidate_id, thread=thread_id, channel=channel
    )


def _when(draft: Draft, *, now: datetime) -> When:
    [considered] = outbox.consider([draft], now=now)
    verdict = considered.verdict
    if isinstance(verdict, Allow):
        return When(considered, now)
    because = reasons.because(verdict.reason, verdict.rule)
    if not isinstance(verdict, Later) or verdict.reason not in _PASSES:
        return When(considered, None, because)
    if verdict.until >= now + outbox.VALIDITY:
        day = f"{verdict.until:%-d %B}"
        return When(considered, None, f"{because} It could go on {day}: send it then.")
    return When(considered, verdict.until, because)


def _draft(letter: Letter, sender: Sender) -> Draft:
    wrote_at = written.last([letter.candidate_id]) if letter.answers_id else {}
    return Draft(
        candidate_id=letter.candidate_id,
        purpose=Message.Purpose.PERSONAL,
        touch=touch_of(letter.answers_id, letter.thread_id),
        occurrence=0,
        sender_id=sender.pk,
        channel=letter.channel,
        answers_id=letter.answers_id,
        answers_at=wrote_at.get(letter.candidate_id),
    )


def _try_out(draft: Draft, notice: Mapping[str, str]) -> None:
    """Raise NotSentError for what could not be written when its time comes: its author would be
    gone by then."""
    try:
        rendered = letters.words(
            letters.compiled(draft.template_id or 0),
            {**draft.context, **notice},
            organisation=Organisation.objects.get(),
            candidate_id=draft.candidate_id,
            message_id=0,
        )
        if draft.channel == Channel.EMAIL:
            headers.text("Subject", rendered.subject)
    except (templates.UnrenderableError, HeaderError) as error:
        raise NotSentError(f"It cannot be sent. {error}") from error


def _context(letter: Letter, sender: Sender, *, now: datetime) -> dict[str, str]:
    """The fields of the message: who it is from and to, and its words."""
    [person] = voices.recipients([letter.candidate_id]).values()
    who = User.objects.values_list("name", flat=True).get(pk=letter.by_id)
    context = voices.voices().context(person, sender.pk, now=now) | {"recruiter_name": who}
    mail = InboundMail.objects.filter(pk=letter.answers_id or 0).first()
    if letter.channel == Channel.SMS:
        return context | {templates.OWN_WORDS: letter.text}
    own = {templates.OWN_WORDS: signed(letter.text, who)}
    named = _references(mail) if mail else ()
    subject = headers.bare_subject(letter.subject or (mail.subject if mail else ""))
    if not subject:
        raise NotSentError("Write what it is about into the subject.")
    own[templates.OWN_SUBJECT] = f"Re: {subject}"[:MAX_SUBJECT] if named else subject[:MAX_SUBJECT]
    if named:
        own[letters.REFERENCES] = " ".join(named)
    if mail and mail.new_text.strip():
        own[templates.OWN_QUOTE] = mail.new_text.strip()[:_MOST_QUOTED]
        own[templates.OWN_QUOTED] = _quoted(mail, context)
    return context | own


def signed(text: str, name: str) -> str:
    """The words with the name of who wrote them at the end, unless that stands there already."""
    last = text.rstrip().rpartition("\n")[2].strip().casefold()
    names = {name.casefold(), name.split(" ", maxsplit=1)[0].casefold()}
    return text if last in names else f"{text.rstrip()}\n\n{name}"


def _quoted(mail: InboundMail, context: dict[str, str]) -> str:
    language = footers.language_of(context)
    with languages.spoken(language):
        # Of English, the one that most readers of ours write.
        locale = "en_GB" if language == "en" else language
        day = format_date(mail.received_at.date(), "long", locale=locale)
        name = context.get("full_name", mail.sender)
        return _("On %(day)s, %(name)s wrote:") % {"day": day, "name": name}


def _references(mail: InboundMail) -> tuple[str, ...]:
    """The Message-IDs of the thread (RFC 5322, 3.6.4), oldest first, theirs last. None of those
    that cannot stand in a header."""
    if mail.channel != Channel.EMAIL:
        return ()
    read = mails.read(bytes(mail.raw))
    named = dict.fromkeys((*read.references, *read.in_reply_to))
    ids = [*(one for one in named if one != read.message_id), read.message_id]
    return tuple(f"<{one}>" for one in ids if _may_stand(one))[-_MOST_IDS:]


def _may_stand(message_id: str) -> bool:
    try:
        headers.clean_message_id("References", f"<{message_id}>")
    except HeaderError:
        return False
    return True


def _clean(text: str) -> str:
    words = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if not words:
        raise NotSentError("There are no words in it.")
    if len(words) > MAX_WORDS:
        raise NotSentError(f"It is longer than {MAX_WORDS:,} characters.")
    return words


def _begin(letter: Letter, *, now: datetime) -> int:
    thread = threads.begin(
        letter.candidate_id, channel=letter.channel, subject=letter.subject, now=now
    )
    return thread.pk


def _begun(letter: Letter, *, now: datetime) -> Message | None:
    """The same first message, if it was sent a moment ago: somebody pressed the button twice."""
    lately = Message.objects.filter(
        candidate=letter.candidate_id,
        purpose=Message.Purpose.PERSONAL,
        touch__startswith=threads.BEGINS,
        queued_at__gt=now - timedelta(minutes=10),
    ).exclude(state__in=NOT_SENT)
    return next((one for one in lately if _is_the_same(one, letter)), None)


def _is_the_same(message: Message, letter: Letter) -> bool:
    kept = message.context.get(templates.OWN_WORDS, "")
    name = message.context.get("recruiter_name", "")
    return bool(kept) and kept in {letter.text, signed(letter.text, name)}
