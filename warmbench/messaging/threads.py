"""Keeps threads: which mails and texts of a candidate and ours belong together, which of them
wait for an answer, and what stands in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.messaging import headers
from warmbench.messaging.models import InboundMail, Message, Thread
from warmbench.people.models import Channel

#: The touch of a message that begins a thread, and of one that answers a mail: each with an id.
BEGINS, ANSWERS = "thread:", "answer:"
#: Whether a thread waits for nobody, as its index has it.
RESTS = ExpressionWrapper(Q(waiting_since=None), output_field=BooleanField())
#: As many entries as anybody reads of one thread.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class MailPlaced(Event):
    """What a person wrote stands in its thread, as it was judged or as a person says."""

    mail_id: int


Kind, Intent = InboundMail.Kind, InboundMail.Intent
#: What a person wrote.
_BY_A_PERSON = frozenset({Kind.REPLY, Kind.UNSUBSCRIBE})
#: Whoever says one of these waits for no answer.
_WANTS_NONE = frozenset({Intent.UNSUBSCRIBE, Intent.OUT_OF_OFFICE, Intent.LEFT_COMPANY})
#: Texts of one word, such as HELP, that were answered at once.
_ANSWERED_AT_ONCE = "keyword:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a thread: a mail or a text of theirs, or a message of ours."""

    at: datetime
    mail: InboundMail | None = None
    message: Message | None = None


@transaction.atomic
def place(mail: InboundMail) -> None:
    """Put what came in into its thread, and let that wait for an answer if it asks for one.

    For mails as they were judged, and again when a person says whose one is or what it wants.
    What no person wrote has no thread.
    """
    if mail.kind not in _BY_A_PERSON and mail.looked_at is None:
        return
    thread = _own(mail) or _of_message(mail) or _of_subject(mail) or _alone(mail) or _new(mail)
    is_new = mail.thread_id is None
    if is_new:
        thread.last_at = max(thread.last_at, mail.received_at)
    if not _waits(mail):
        thread.waiting_since = None
    elif is_new or not (thread.answer_id or thread.waited_since):
        thread.waiting_since = thread.waiting_since or mail.received_at
        thread.waited_since = thread.answer_id = None
    thread.save(
        update_fields=["candidate", "last_at", "waiting_since", "waited_since", "answer_id"]
    )
    if mail.thread_id not in {None, thread.pk}:
        _leave(mail)
    mail.thread_id = thread.pk
    InboundMail.objects.filter(pk=mail.pk).update(thread_id=thread.pk)
    publish(MailPlaced(mail_id=mail.pk))


def begin(candidate_id: int, *, channel: str, subject: str, now: datetime) -> Thread:
    """A thread that we begin."""
    return Thread.objects.create(
        candidate_id=candidate_id, channel=channel, subject=subject[:200], last_at=now
    )


@transaction.atomic
def answered(thread_id: int, message_id: int, *, now: datetime) -> None:
    """Note what was answered: it waits no more, unless that message does not go after all. That
    is seen to by a trigger, whoever finds it out."""
    thread = _locked(thread_id)
    thread.waited_since = thread.waiting_since or thread.waited_since
    thread.waiting_since, thread.answer_id, thread.last_at = None, message_id, now
    thread.save(update_fields=["waited_since", "waiting_since", "answer_id", "last_at"])


@transaction.atomic
def close(thread_id: int, *, by_id: int, now: datetime) -> bool:
    """Say that a thread needs no answer. Returns False if it waits for none."""
    thread = _locked(thread_id)
    if thread.waiting_since is None:
        return False
    thread.waited_since, thread.waiting_since, thread.answer_id = thread.waiting_since, None, None
    thread.save(update_fields=["waited_since", "waiting_since", "answer_id"])
    audit.record(by_id, "thread.closed", f"thread:{thread_id}", now=now)
    return True


@transaction.atomic
def reopen(thread_id: int, *, by_id: int, now: datetime) -> bool:
    """Take back that a thread was closed. Returns False if it was not, or was answered."""
    thread = _locked(thread_id)
    if thread.waiting_since is not None or thread.waited_since is None or thread.answer_id:
        return False
    thread.waiting_since, thread.waited_since = thread.waited_since, None
    thread.save(update_fields=["waited_since", "waiting_since"])
    audit.record(by_id, "thread.reopened", f"thread:{thread_id}", now=now)
    return True


@transaction.atomic
def rest(candidate_id: int, *, until: datetime) -> int:
    """Let what this person wrote up to then wait no more: somebody has dealt with it in another
    way. Returns how many threads that were."""
    waiting = Thread.objects.select_for_update(no_key=True).filter(
        candidate=candidate_id, waiting_since__isnull=False, last_at__lte=until
    )
    for thread in (found := list(waiting.order_by("pk"))):
        thread.waited_since, thread.waiting_since = thread.waiting_since, None
        thread.save(update_fields=["waited_since", "waiting_since"])
    return len(found)


def of_user(user: User) -> Q:
    """Threads with the people whom this recruiter looks after."""
    return Q(candidate__owner=user)


def of_others(user: User) -> Q:
    """Threads with the people of colleagues."""
    return Q(candidate__owner__isnull=False) & ~Q(candidate__owner=user)


def of_nobody() -> Q:
    """Threads with people who have no recruiter, and of whom it is not known who they are."""
    return Q(candidate=None) | Q(candidate__owner=None)


def in_order(whose: Q) -> QuerySet[Thread]:
    """These threads, with their people: those that wait first, what was written last first."""
    found = Thread.objects.filter(whose).select_related("candidate", "candidate__owner")
    return found.order_by(RESTS.asc(), "-last_at", "-pk")


def latest(thread_ids: Collection[int]) -> dict[int, InboundMail]:
    """What came in last in each of these threads, by their ids."""
    mails = InboundMail.objects.defer("raw").filter(thread_id__in=thread_ids)
    found = mails.order_by("thread_id", "-received_at", "-pk").distinct("thread_id")
    return {mail.thread_id: mail for mail in found if mail.thread_id}


def entries(thread: Thread) -> list[Entry]:
    """What was written in a thread, the oldest first."""
    mails = list(
        InboundMail.objects.defer("raw")
        .filter(thread_id=thread.pk)
        .order_by("-received_at", "-pk")[:MOST]
    )
    ours = [Entry(one.handed_at or one.queued_at, message=one) for one in _ours(thread, mails)]
    theirs = [Entry(mail.received_at, mail=mail) for mail in mails]
    return sorted(chain(ours, theirs), key=lambda entry: entry.at)


def with_person(candidate_id: int) -> QuerySet[Thread]:
    """All threads with one person, what was written last first."""
    return Thread.objects.filter(candidate=candidate_id).order_by("-last_at", "-pk")


def of_message(message: Message) -> int | None:
    """The thread that a message of ours stands in; None if nobody answered it and it answers
    nothing."""
    kind, _, number = message.touch.partition(":")
    if f"{kind}:" == BEGINS and number.isdigit():
        return int(number)
    named = Q(pk=message.answers_id) if message.answers_id else Q(message=message)
    if message.follows_id:
        named |= Q(message=message.follows_id)
    mails = InboundMail.objects.filter(named, thread_id__isnull=False).order_by("pk")
    return mails.values_list("thread_id", flat=True).first()


def _ours(thread: Thread, mails: Sequence[InboundMail]) -> list[Message]:
    """What they answered, what followed that as part of the same approach, and what a person
    wrote in this thread."""
    if thread.candidate_id is None:
        return []
    named = [mail.message_id for mail in mails if mail.message_id]
    belongs = (
        Q(pk__in=named)
        | Q(follows_id__in=named)
        | Q(answers_id__in=[mail.pk for mail in mails])
        | Q(touch=f"{BEGINS}{thread.pk}")
    )
    messages = Message.objects.filter(belongs, candidate=thread.candidate_id)
    sent = messages.exclude(state__in=[Message.State.REFUSED, Message.State.CANCELLED])
    return list(sent.select_related("sender", "template").order_by("pk")[:MOST])


def _waits(mail: InboundMail) -> bool:
    if mail.kind == Kind.UNSUBSCRIBE or any(r.startswith(_ANSWERED_AT_ONCE) for r in mail.rules):
        return False
    # A guess silences nobody: only a person's word on what it wants does.
    return mail.looked_at is None or (mail.corrected_intent or mail.intent) not in _WANTS_NONE


def _new(mail: InboundMail) -> Thread:
    return Thread.objects.create(
        candidate_id=mail.candidate_id,
        channel=mail.channel,
        subject=headers.bare_subject(mail.subject),
        last_at=mail.received_at,
    )


def _own(mail: InboundMail) -> Thread | None:
    """The thread that it is in, if that is with the same person."""
    if mail.thread_id is None:
        return None
    thread = _locked(mail.thread_id)
    return thread if thread.candidate_id == mail.candidate_id else None


def _alone(mail: InboundMail) -> Thread | None:
    """The thread that it is in, if that is about it alone: with somebody else now."""
    if mail.thread_id is None or _others(mail).exists():
        return None
    thread = _locked(mail.thread_id)
    thread.candidate_id = mail.candidate_id
    return thread


def _of_message(mail: InboundMail) -> Thread | None:
    """The thread of the message that it answers."""
    thread_id = of_message(mail.message) if mail.message else None
    found = Thread.objects.select_for_update(no_key=True).filter(pk=thread_id or 0)
    return found.filter(candidate=mail.candidate_id).first()


def _of_subject(mail: InboundMail) -> Thread | None:
    """The thread with the same person under the same subject; of texts, which have none, the
    one with this person."""
    if mail.candidate_id is None or (mail.message and mail.channel == Channel.EMAIL):
        return None
    theirs = Thread.objects.select_for_update(no_key=True).filter(
        candidate=mail.candidate_id, channel=mail.channel
    )
    subject = headers.bare_subject(mail.subject).casefold()
    if not subject and mail.channel == Channel.EMAIL:
        return None
    for one in theirs.order_by("-last_at", "-pk")[:MOST]:
        if headers.bare_subject(one.subject).casefold() == subject:
            return one
    return None


def _leave(mail: InboundMail) -> None:
    """Take a mail out of its thread, and the thread away if that was all there was."""
    if not _others(mail).exists():
        Thread.objects.filter(pk=mail.thread_id or 0).delete()


def _others(mail: InboundMail) -> QuerySet[InboundMail]:
    return InboundMail.objects.filter(thread_id=mail.thread_id).exclude(pk=mail.pk)


def _locked(thread_id: int) -> Thread:
    return Thread.objects.select_for_update(no_key=True).get(pk=thread_id)
