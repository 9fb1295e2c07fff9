"""Reads everything that happened between us and one person, as one list, newest first."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Decision, InboundMail, Message
from warmbench.nurture.models import Enrollment, PoolMember
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, Channel
from warmbench.signals import scoring
from warmbench.signals.judge_rules import Rule
from warmbench.signals.models import Hit, Signal
from warmbench.web import sent, verdicts
from warmbench.web.sent import Ruling

#: As much of each kind as is read: years of anybody's life with us.
MOST = 500
#: Entries shown at once.
AT_ONCE = 40


Detail = dict[str, Any]
#: Users by id.
Names = dict[int, str]


@dataclass(frozen=True)
class Entry:
    """One thing that happened, as ``candidate/timeline.html`` reads it."""

    at: datetime
    #: message, refusal, signal, note, import, change or wait: how it looks.
    kind: str
    title: str
    text: str = ""
    quote: str = ""
    message: Message | None = None
    rulings: list[Ruling] = field(default_factory=list)
    #: What machines did with a message, in words.
    machines: list[str] = field(default_factory=list)
    #: A mail that came in.
    mail_id: int | None = None
    #: Something did not fall due on a moment but on a day.
    is_day: bool = False


def of(candidate: Candidate, *, shown: int = AT_ONCE) -> tuple[list[Entry], int]:
    """The newest entries, and how many older ones there are."""
    names = dict(User.objects.values_list("pk", "name"))
    entries = [
        *_messages(candidate),
        *_signals(candidate),
        *_mails(candidate),
        *_follow_ups(candidate, names),
        *_permission(candidate, names),
        *_trail(candidate, names),
        *_pools(candidate),
        *_conversation(candidate),
        _beginning(candidate),
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    # Only what is shown is filled with words: each takes a rendering.
    return [_told(entry) for entry in entries[:shown]], max(0, len(entries) - shown)


def _told(entry: Entry) -> Entry:
    if entry.message is None or entry.title:
        return entry
    return replace(entry, title=sent.subject(entry.message))


def _messages(candidate: Candidate) -> Iterator[Entry]:
    found = candidate.messages.select_related("sender", "template").order_by("-queued_at", "-pk")
    messages = list(found[:MOST])
    decisions = Decision.objects.filter(candidate_id=candidate.pk).order_by("-at", "-pk")[:MOST]
    per_message, waiting = sent.by_message(messages, decisions)
    told = sent.provenance(messages)
    machines = _machines(messages)
    for message in messages:
        refused = message.state == Message.State.REFUSED
        title = f"{message.get_purpose_display()} was not sent" if refused else ""
        yield Entry(
            message.handed_at or message.state_at,
            "refusal" if refused or message.state == Message.State.CANCELLED else "message",
            title,
            text=_why(message) or told[message.pk],
            message=message,
            rulings=sent.rulings(per_message.get(message.pk, ())),
            machines=machines.get(message.pk, []),
        )
    yield from _waits(waiting)


def _why(message: Message) -> str:
    states = Message.State
    if message.state in {states.REFUSED, states.CANCELLED}:
        return verdicts.because(message.reason)
    return message.reason if message.state in {states.FAILED, states.UNKNOWN} else ""


def _waits(decisions: Iterable[Decision]) -> Iterator[Entry]:
    """Touches that are still put off, each with all that stood in its way."""
    per_touch: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        per_touch[decision.touch].append(decision)
    names = sent.step_names(per_touch)
    for touch, about in per_touch.items():
        rulings = sent.rulings(about)
        last = rulings[-1]
        title = f"{names[touch]} was put off"
        yield Entry(last.at, "wait", title, text=last.reason, rulings=rulings)


def _machines(messages: Sequence[Message]) -> dict[int, list[str]]:
    """What was not taken for the person, per message: how often, and by which rules."""
    hits = Hit.objects.filter(message_id__in=[message.pk for message in messages])
    kinds = (Hit.Verdict.MACHINE, Hit.Verdict.UNSURE, Hit.Verdict.WAITING)
    titles = {rule.value: f"{rule.label.lower()} {rule.weight}" for rule in Rule}
    count: defaultdict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for hit in hits.filter(verdict__in=kinds):
        why = [titles.get(rule, rule.replace("_", " ")) for rule in hit.rules]
        back = ["taken back"] if hit.taken_back_at else []
        count[hit.message_id][str(hit.get_verdict_display()), ", ".join(why + back)] += 1
    return {
        pk: [
            f"{times} visit{'s' * (times != 1)}: {verdict.lower()}{rules and f' ({rules})'}"
            for (verdict, rules), times in counted.most_common()
        ]
        for pk, counted in count.items()
    }


def _signals(candidate: Candidate) -> Iterator[Entry]:
    for signal in candidate.signals.exclude(key__contains=":mail:").order_by("-at")[:MOST]:
        grade = str(signal.get_grade_display())
        about = "" if signal.kind == Signal.Kind.UNSUBSCRIBED else f"{grade}."
        yield Entry(signal.at, "signal", scoring.sentence(signal), text=about)


def _mails(candidate: Candidate) -> Iterator[Entry]:
    """The mails that came in, with what they were taken for: their signals are told here."""
    for mail in candidate.inbound_mails.defer("raw").order_by("-received_at")[:MOST]:
        wants = mail.corrected_intent or mail.intent
        title = str(mail.get_kind_display()) if mail.kind else "A mail that is not read yet"
        if wants:
            title += f": {_lower(InboundMail.Intent(wants).label)}"
        until = f"Until {mail.until:%-d %B %Y}." if mail.until else ""
        is_against = mail.kind in _AGAINST
        yield Entry(
            mail.received_at,
            "refusal" if is_against else "signal",
            title,
            text=mail.problem if mail.state == InboundMail.State.OPEN else until,
            quote=mail.new_text,
            mail_id=mail.pk,
        )


#: Kinds of mail after which there is nothing more to send.
_AGAINST = {
    InboundMail.Kind.BOUNCE,
    InboundMail.Kind.COMPLAINT,
    InboundMail.Kind.UNSUBSCRIBE,
}


def _follow_ups(candidate: Candidate, names: Names) -> Iterator[Entry]:
    for entry in candidate.follow_ups.order_by("-asked_at")[:MOST]:
        who, by = names.get(entry.owner_id or 0), names.get(entry.done_by_id or 0)
        asked = f"Follow-up asked of {who}" if who else "Follow-up asked"
        reason = _lower(entry.get_reason_display())
        yield Entry(entry.asked_at, "change", f"{asked}: {reason}")
        if entry.done_at:
            closed = f"Follow-up closed by {by}" if by else "Follow-up closed"
            outcome = _lower(entry.get_outcome_display())
            kind = "note" if by else "change"
            yield Entry(entry.done_at, kind, f"{closed}: {outcome}", quote=entry.note)


def _permission(candidate: Candidate, names: Names) -> Iterator[Entry]:
    for notice in candidate.notices.order_by("-at"):
        who = names.get(notice.by_id or 0, "")
        title = f"That we have their data: {_lower(notice.get_kind_display())}"
        text = _sourced(notice.evidence, f"by {who}" if who else "")
        yield Entry(notice.at, "change", title, text=text)
    for consent in candidate.consents.order_by("-at")[:MOST]:
        basis = str(consent.get_basis_display()).lower()
        title = f"Permission for {Channel(consent.channel).within_a_sentence}: {basis}"
        yield Entry(consent.at, "change", title, text=_sourced(consent.evidence, consent.source))
    for stop in candidate.suppressions.order_by("-at")[:MOST]:
        by = names.get(stop.by_id or 0, "")
        what = str(stop.get_reason_display())
        if stop.releases_id:
            yield Entry(stop.at, "change", f"Stop released{f' by {by}' if by else ''}")
        else:
            title = f"Messages stopped{f' by {by}' if by else ''}: {_lower(what)}"
            yield Entry(stop.at, "refusal", title, text=_sourced(stop.evidence, stop.address))


def _trail(candidate: Candidate, names: Names) -> Iterator[Entry]:
    trail = AuditEntry.objects.filter(subject=f"candidate:{candidate.pk}").order_by("-at")
    for entry in trail[:MOST]:
        said = _said(entry, candidate, names)
        if said is not None:
            by = names.get(entry.actor_id or 0, "")
            yield Entry(entry.at, "change", said, text=f"By {by}." if by else "")


def _said(entry: AuditEntry, candidate: Candidate, names: Names) -> str | None:
    """An entry of the trail in words; None for what stands elsewhere on the timeline."""
    last = candidate.last_conversation_on
    if last is not None and entry.detail.get("on") == last.isoformat():
        return None
    say = _TRAIL.get(entry.action)
    return say(entry.detail, names) if say else None


def _status_changed(detail: Detail, _: Names) -> str:
    statuses = dict(Candidate.Status.choices)
    was, now = statuses.get(detail["from"], "?"), statuses.get(detail["to"], "?")
    return f"Status changed from {_lower(was)} to {_lower(now)}"


def _paused(detail: Detail, _: Names) -> str:
    return f"Paused ({_lower(dict(PauseReason.choices).get(detail['reason'], 'no reason'))})"


def _corrected(detail: Detail, _: Names) -> str:
    return f"Corrected: {', '.join(detail['facts']).replace('_', ' ')}"


#: What stands in the audit trail about a person, as a sentence. The rest has rows of its own.
_TRAIL: dict[str, Callable[[Detail, Names], str]] = {
    "candidate.status_changed": _status_changed,
    "candidate.paused": _paused,
    "candidate.resumed": lambda _detail, _names: "Resumed",
    "candidate.handed_over": lambda detail, names: (
        f"Handed over to {names.get(detail['to'] or 0, 'nobody')}"
    ),
    "candidate.sequence_held": lambda detail, _names: f"{detail['name']} held",
    "candidate.sequence_resumed": lambda detail, _names: f"{detail['name']} goes on",
    "candidate.corrected": _corrected,
    "candidate.address_added": lambda _detail, _names: "An address was added",
    "candidate.conversation_recorded": lambda detail, _names: (
        f"Conversation recorded, of {detail['on']}"
    ),
}


def _pools(candidate: Candidate) -> Iterator[Entry]:
    for member in PoolMember.objects.filter(candidate=candidate).select_related("pool")[:MOST]:
        yield Entry(member.joined_at, "change", f"Joined the pool {member.pool.name}")
        if member.left_at:
            yield Entry(member.left_at, "change", f"Left the pool {member.pool.name}")
    for enrollment in candidate.enrollments.select_related("sequence")[:MOST]:
        name = enrollment.sequence.name
        yield Entry(enrollment.started_at, "change", f"Enrolled in {name}")
        if enrollment.ended_at:
            finished = enrollment.state == Enrollment.State.FINISHED
            why = verdicts.because(enrollment.exit_reason) if enrollment.exit_reason else ""
            end = f"Finished {name}" if finished else f"Taken out of {name}"
            yield Entry(enrollment.ended_at, "change", end, text=why)


def _conversation(candidate: Candidate) -> Iterator[Entry]:
    on = candidate.last_conversation_on
    if on is None:
        return
    topic = candidate.last_conversation_topic
    # Last in its day, so that what followed from it stands above it.
    at = datetime.combine(on, time(0), UTC) + timedelta(minutes=1)
    title = f"Conversation about {topic}" if topic else "Conversation"
    yield Entry(at, "note", title, quote=candidate.last_conversation_note, is_day=True)


def _beginning(candidate: Candidate) -> Entry:
    source = f" from {candidate.source}" if candidate.source else ""
    return Entry(candidate.added_at, "import", f"Added{source}")


def _sourced(text: str, source: str) -> str:
    return f"{text} ({source})" if text and source else text or source


def _lower(label: object) -> str:
    text = str(label)
    return text[:1].lower() + text[1:]
