"""Acts on mails and texts that came in: what each means for whoever wrote it, in one commit."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import F

from warmbench.core import audit, sql
from warmbench.core.deadlocks import gives_way
from warmbench.core.fence import attempt
from warmbench.messaging import outbox, returns, threads
from warmbench.messaging.inbound import intents, matching
from warmbench.messaging.inbound.auto_replies import AutoKind, AutoReply
from warmbench.messaging.inbound.bounces import Bounce, Failure
from warmbench.messaging.inbound.complaints import Complaint
from warmbench.messaging.inbound.fenced import Reader, UnreadableError
from warmbench.messaging.inbound.kind import Loop
from warmbench.messaging.inbound.matching import Found
from warmbench.messaging.inbound.optouts import Tier
from warmbench.messaging.inbound.understanding import Letter, Understanding
from warmbench.messaging.inbound.words import Words
from warmbench.messaging.models import InboundMail, Message, Return
from warmbench.messaging.returns import Told
from warmbench.messaging.verdict import Reason
from warmbench.people import consent
from warmbench.people.models import Candidate, Channel, Suppression
from warmbench.signals import changes, heeding

#: Of the database's advisory locks.
_LOCK = 7_046_102

logger = logging.getLogger(__name__)

#: A mail that ends whoever reads it is not tried for ever.
MAX_TRIES = 3
#: Mails that are read before somebody else may have a turn.
BATCH = 50

State, Kind, Intent = InboundMail.State, InboundMail.Kind, InboundMail.Intent


def process(reader: Reader, *, now: datetime) -> int:
    """Read mails that wait, the oldest first, and do what each asks for.

    Returns how many that were; none while another worker is at it. One that cannot be read is
    left to a person.
    """
    with _alone() as may:
        return _process(reader, now=now) if may else 0


def _process(reader: Reader, *, now: datetime) -> int:
    waiting = InboundMail.objects.filter(state=State.WAITING).order_by("received_at", "pk")
    ids = list(waiting.values_list("pk", flat=True)[:BATCH])
    for mail_id in ids:
        outcome = attempt(take, mail_id, reader, now=now)
        if isinstance(outcome, Exception):
            logger.error("inbound mail failed", exc_info=outcome, extra={"inbound_mail": mail_id})
    return len(ids)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else reads mails now: two would count each other's tries."""
    [(may,)] = sql.run("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchall()
    try:
        yield may
    finally:
        if may:
            sql.run("SELECT pg_advisory_unlock(%s)", [_LOCK])


def take(mail_id: int, reader: Reader, *, now: datetime) -> None:
    """Read one mail and act on it, unless somebody did."""
    # Counted before it is read, and committed: it may be the end of this process.
    counted = InboundMail.objects.filter(pk=mail_id, state=State.WAITING)
    if not counted.update(tries=F("tries") + 1):
        return
    mail = InboundMail.objects.get(pk=mail_id)
    if mail.tries > MAX_TRIES:
        _leave_to_a_person(mail, "It could not be read, in three tries.")
        return
    try:
        read = reader.understand(
            bytes(mail.raw), envelope_to=mail.envelope_to, now=mail.received_at
        )
    except UnreadableError as error:
        _leave_to_a_person(mail, str(error))
        return
    _act_once(mail_id, read, now=now)


@gives_way
@transaction.atomic
def _act_once(mail_id: int, read: Understanding, *, now: datetime) -> None:
    mail = InboundMail.objects.select_for_update(no_key=True).defer("raw").get(pk=mail_id)
    if mail.state == State.WAITING:
        act(mail, read, now=now)


def act(mail: InboundMail, read: Understanding, *, now: datetime) -> None:
    """Do what a mail asks for, and note what it was. In the caller's transaction."""
    found = matching.find(read, now=now)
    mail.sender, mail.subject = read.sender, read.subject
    mail.candidate_id, mail.message, mail.match = found.candidate_id, found.message, ""
    if found.match:
        mail.match = found.match
    mail.state = State.DONE
    match read.kind:
        case Loop(reason):
            mail.kind, mail.rules = Kind.LOOP, [reason]
        case Bounce() as bounce:
            _bounced(mail, bounce, found, now=now)
        case Complaint() as complaint:
            _complained(mail, complaint, found, now=now)
        case Letter(words):
            written(mail, words, found, now=now, asks_to_stop=read.asks_to_stop)
    mail.save(
        update_fields=[
            "sender", "subject", "candidate", "message", "match", "state", "problem", "kind",
            "rules", "new_text", "intent", "confidence", "until",
        ]
    )  # fmt: skip
    threads.place(mail)


@transaction.atomic
def correct(
    mail_id: int, intent: InboundMail.Intent, *, by_id: int, now: datetime, candidate_id: int
) -> None:
    """Close a mail by a person's word on what it wants and whose it is, and act on that.

    What had been guessed stays beside it, to learn from.
    """
    mail = InboundMail.objects.select_for_update(no_key=True).defer("raw").get(pk=mail_id)
    is_of_a_machine = intent == Intent.OUT_OF_OFFICE
    guessed = {mail.candidate_id, *who_has_the_address(mail)}
    heeding.take_back(
        mail, guessed - {None if is_of_a_machine else candidate_id}, by_id=by_id, now=now
    )
    mail.candidate = Candidate.objects.get(pk=candidate_id)
    mail.match = InboundMail.Match.PERSON
    _withdraw_answers_to_others(mail, now=now)
    if intent == Intent.UNSUBSCRIBE:
        heeding.stop(mail, candidate_id, now=now)
    elif is_of_a_machine:
        heeding.hold(candidate_id, mail.until, now=now)
    elif intent == Intent.LEFT_COMPANY:
        heeding.note_a_change(mail, candidate_id, now=now)
    else:
        heeding.replied(mail, [candidate_id], intent, now=now)
        heeding.note_inquiry(mail, candidate_id, intent, now=now)
    mail.corrected_intent = intent if intent != mail.intent else ""
    _close(mail, by_id=by_id, now=now, detail={"intent": str(intent), "guessed": mail.intent})
    threads.place(mail)


@transaction.atomic
def close(mail_id: int, *, by_id: int, now: datetime) -> None:
    """Close a mail that asks for nothing."""
    mail = InboundMail.objects.select_for_update(no_key=True).defer("raw").get(pk=mail_id)
    _close(mail, by_id=by_id, now=now, detail={})
    if mail.thread_id:
        threads.close(mail.thread_id, by_id=by_id, now=now)


def _close(mail: InboundMail, *, by_id: int, now: datetime, detail: dict[str, object]) -> None:
    mail.state, mail.looked_at, mail.looked_at_by_id = State.CLOSED, now, by_id
    mail.save(
        update_fields=[
            "state", "looked_at", "looked_at_by", "corrected_intent", "candidate", "match",
        ]
    )  # fmt: skip
    audit.record(by_id, "inbound_mail.closed", f"inbound_mail:{mail.pk}", now=now, detail=detail)


def _withdraw_answers_to_others(mail: InboundMail, *, now: datetime) -> None:
    """Take back what answers this mail, and quotes it, to somebody else than who wrote it."""
    answers = Message.objects.filter(answers_id=mail.pk).exclude(candidate=mail.candidate_id)
    outbox.withdraw(answers.values_list("pk", flat=True), reason=Reason.TAKEN_BACK, now=now)


def _leave_to_a_person(mail: InboundMail, why: str) -> None:
    waiting = InboundMail.objects.filter(pk=mail.pk, state=State.WAITING)
    waiting.update(state=State.OPEN, problem=why[:200])


def _ask_a_person(mail: InboundMail, why: str) -> None:
    mail.state, mail.problem = State.OPEN, why


# What came back about a message of ours.


def _bounced(mail: InboundMail, bounce: Bounce, found: Found, *, now: datetime) -> None:
    mail.kind = Kind.BOUNCE
    sent_to = found.message.address if found.message else ""
    failure = _about(bounce, sent_to)
    mail.rules, mail.new_text = [failure.rule], failure.diagnostic
    if not (found.is_sure and found.message):
        mail.candidate = mail.message = None
        mail.match = ""
        _ask_a_person(mail, "It says that a message failed, but not which of ours it was.")
        return
    told = Told(
        Return.Kind.BOUNCED,
        source="mail",
        event_id=mail.digest,
        at=mail.received_at,
        text=f"{failure.status} {failure.diagnostic}".strip(),
        verdict=Return.Verdict(failure.verdict.value),
        is_final=failure.is_final,
    )
    returns.record(found.message, told, now=now)


def _about(bounce: Bounce, address: str) -> Failure:
    """The failure of this address, or else the first: our messages have one recipient."""
    named = (
        failure
        for failure in bounce.failures
        if address and address in {failure.address.lower(), failure.original.lower()}
    )
    return next(named, bounce.failures[0])


def _complained(mail: InboundMail, complaint: Complaint, found: Found, *, now: datetime) -> None:
    mail.kind, mail.new_text = Kind.COMPLAINT, complaint.feedback_type
    if found.is_sure and found.message:
        told = Told(
            Return.Kind.COMPLAINED,
            source="mail",
            event_id=mail.digest,
            at=mail.received_at,
            text=complaint.feedback_type,
        )
        returns.record(found.message, told, now=now)
        heeding.complained(mail, found.message.candidate_id, now=now)
        return
    # Whoever it was, the report names an address, and a stop too many does no harm.
    people = matching.of_addresses(complaint.recipients)
    for candidate_id, address in people:
        consent.suppress(
            candidate_id,
            reason=Suppression.Reason.COMPLAINED,
            evidence=f"Complaint in mail {mail.pk}",
            address=address,
            now=now,
        )
        heeding.complained(mail, candidate_id, now=now)
    mail.candidate_id, mail.message, mail.match = None, None, ""
    if not people:
        _ask_a_person(mail, "Somebody called a message spam, and it does not say who.")
    elif len(people) == 1:
        mail.candidate_id, mail.match = people[0][0], InboundMail.Match.ADDRESS


# What people, and their mail programs, write.


def written(
    mail: InboundMail, words: Words, found: Found, *, asks_to_stop: bool = False, now: datetime
) -> None:
    """Do what a mail's or a text's words ask for, and note that on it. Its row is the caller's to
    save."""
    mail.new_text = words.new_text
    # The button of a mail program is pressed by a machine, and only ever for the person.
    if words.auto and not asks_to_stop:
        _answered_by_a_machine(mail, words.auto, found, now=now)
        return
    intent, tier = words.intent, Tier.STOP if asks_to_stop else words.opt_out.tier
    mail.intent, mail.confidence = Intent(intent.name), intent.confidence
    mail.rules, mail.until = [*words.opt_out.rules, *intent.evidence][:20], intent.until
    concerned = found.candidate_ids if tier is Tier.NO else _who_wants_to_stop(mail, found)
    if tier is Tier.STOP and concerned:
        mail.kind, mail.intent, mail.confidence = Kind.UNSUBSCRIBE, Intent.UNSUBSCRIBE, 1.0
        for candidate_id in concerned:
            heeding.stop(mail, candidate_id, now=now)
        return
    mail.kind = Kind.REPLY
    # Also of whom we only guess: it costs nothing to hold still until somebody has looked.
    heeding.replied(mail, concerned, Intent(intent.name), now=now)
    if found.is_sure and found.candidate_id is not None:
        changes.new_domain(mail, found.candidate_id, now=now)
    if not concerned:
        _ask_a_person(mail, "It is not known whom it comes from.")
    elif tier is not Tier.NO:
        _ask_a_person(mail, "It may ask us to stop. Nothing is sent until you have said.")
    elif len(concerned) > 1:
        _ask_a_person(mail, "Several people have this address: it is not known who wrote.")
    elif not found.is_sure:
        _ask_a_person(mail, "It comes from a known address, but answers no message of ours.")
    elif intent.confidence < intents.SURE:
        _ask_a_person(mail, "It is not certain what it wants.")
    else:
        heeding.note_inquiry(mail, concerned[0], Intent(intent.name), now=now)


def _who_wants_to_stop(mail: InboundMail, found: Found) -> Sequence[int]:
    """Everybody whom it may be: a stop too many does no harm, one that is not heard does."""
    if mail.channel == Channel.SMS:
        return found.candidate_ids
    concerned = sorted({*who_has_the_address(mail), *found.candidate_ids})
    if len(concerned) == 1 and not found.candidate_ids:
        mail.candidate_id, mail.match = concerned[0], InboundMail.Match.ADDRESS
    return concerned


def who_has_the_address(mail: InboundMail) -> list[int]:
    """Everybody who has the address, or the number, that a mail or a text came from."""
    if mail.channel == Channel.SMS:
        return list(matching.by_number(mail.sender, now=mail.received_at).candidate_ids)
    return [candidate_id for candidate_id, _ in matching.of_addresses([mail.sender])]


def _answered_by_a_machine(
    mail: InboundMail, auto: AutoReply, found: Found, *, now: datetime
) -> None:
    """Never a sign of interest, and never the end of a sequence (rules.md D21)."""
    mail.kind, mail.rules, mail.until = Kind.AUTO_REPLY, [auto.rule], auto.until
    if found.candidate_id is None:
        return
    if auto.kind in {AutoKind.OUT_OF_OFFICE, AutoKind.ON_LEAVE}:
        mail.intent = Intent.OUT_OF_OFFICE
        heeding.hold(found.candidate_id, auto.until, now=now)
        changes.absence(mail, found.candidate_id, auto.until, now=now)
    has_left = auto.kind in {AutoKind.LEFT_COMPANY, AutoKind.NEW_ADDRESS}
    if has_left:
        mail.intent = Intent.LEFT_COMPANY
    # Whoever is on leave for long and names somebody else may not come back to that desk.
    if has_left or (auto.kind == AutoKind.ON_LEAVE and auto.colleague):
        heeding.note_a_change(mail, found.candidate_id, now=now, new_address=auto.new_address)
