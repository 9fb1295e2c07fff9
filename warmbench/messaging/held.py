"""Declares what the tables of messaging hold about candidates."""

from collections import defaultdict
from collections.abc import Sequence

from warmbench.accounts.models import Organisation
from warmbench.messaging import letters, reasons
from warmbench.messaging.models import Decision, Message
from warmbench.messaging.templates import UnrenderableError
from warmbench.people import holdings
from warmbench.people.holdings import Holding, Merging, Row


def _words(messages: Sequence[Message]) -> list[Row]:
    """The words of each message, and every verdict about it: why it was sent, or not."""
    organisation = Organisation.objects.first()
    verdicts: defaultdict[int | None, list[str]] = defaultdict(list)
    decisions = Decision.objects.filter(message_id__in=[one.pk for one in messages])
    for decision in decisions.order_by("at", "pk"):
        verdicts[decision.message_id].append(_ruling(decision))
    return [_of_message(one, organisation) | {"why": verdicts[one.pk]} for one in messages]


def _of_message(message: Message, organisation: Organisation | None) -> Row:
    unknown = {"subject": "", "words": ""}
    if message.template_id is None or organisation is None:
        return unknown
    try:
        # Its links are signed for nobody: a copy of one's data opens no doors.
        written = letters.words(
            letters.compiled(message.template_id),
            message.context,
            organisation=organisation,
            candidate_id=0,
            message_id=0,
        )
    except UnrenderableError:
        return unknown
    return {"subject": written.subject, "words": written.text}


def _ruling(decision: Decision) -> str:
    why = reasons.because(decision.reason) if decision.reason else "Nothing stood in the way."
    return (
        f"{decision.at.isoformat()} {decision.get_verdict_display()},"
        f" {decision.get_stage_display().lower()}: {why}"
    )


def _meanings(decisions: Sequence[Decision]) -> list[Row]:
    return [
        {"means": reasons.because(one.reason) if one.reason else "Nothing stood in the way."}
        for one in decisions
    ]


#: Of one touch in both records the one that is further goes on. The other stays on record under
#: an occurrence that nothing asks for; if it waits, it goes no more, and if a worker has it in
#: hand, it goes only if its first byte has left already.
ONE_TOUCH = Merging(
    rank="""
        array_position(ARRAY['cancelled', 'refused', 'failed', 'queued', 'sending', 'unknown',
                             'sent'], {t}.state::text)
    """,
    leaving="""
        occurrence = -1 - (t.id %% 2000000000)::int,
        state = CASE t.state WHEN 'queued' THEN 'cancelled' ELSE t.state END,
        reason = CASE t.state WHEN 'queued' THEN 'merged' ELSE t.reason END,
        state_at = CASE t.state WHEN 'queued' THEN %(now)s ELSE t.state_at END,
        not_before = NULL
    """,
    makes=(
        (
            "messaging.Withdrawal",
            """
            INSERT INTO withdrawal (message_id, reason, at)
            SELECT m.id, 'merged', %(now)s FROM message m
             WHERE m.candidate_id = %(kept)s AND m.state = 'sending' AND m.occurrence < 0
                ON CONFLICT (message_id) DO NOTHING
            RETURNING message_id
            """,
        ),
    ),
)

holdings.declare(
    Holding(
        label="messaging.Thread",
        title="Conversations with you",
        why="Which of your mails and ours belong together, and whether you wait for an answer.",
        silent=frozenset({"answer_id", "waited_since"}),
        # One that nobody could attribute is found by its mails, which are forgotten next.
        forget=(
            """
            DELETE FROM thread t
             WHERE t.candidate_id = ANY(%(ids)s::bigint[])
                OR t.candidate_id IS NULL AND t.id IN (
                       SELECT i.thread_id FROM inbound_mail i
                        WHERE lower(i.sender) = ANY(%(addresses)s::text[])
                           OR lower(i.envelope_from) = ANY(%(addresses)s::text[])
                   )
            """,
        ),
    ),
    Holding(
        label="messaging.InboundMail",
        title="Mails that came from you",
        why="As they came, and what we took from them.",
        # One that nobody could attribute may still be from the person: its sender tells.
        forget=(
            """
            DELETE FROM inbound_mail i
             WHERE i.candidate_id = ANY(%(ids)s::bigint[])
                OR i.candidate_id IS NULL AND (
                       lower(i.sender) = ANY(%(addresses)s::text[])
                       OR lower(i.envelope_from) = ANY(%(addresses)s::text[])
                       OR i.message_id IN (
                              SELECT id FROM message WHERE candidate_id = ANY(%(ids)s::bigint[])
                          )
                   )
            """,
            """
            UPDATE inbound_mail SET message_id = NULL
             WHERE message_id IN (
                       SELECT id FROM message WHERE candidate_id = ANY(%(ids)s::bigint[])
                   )
            """,
        ),
        silent=frozenset({"thread_id"}),
        audited_as="inbound_mail",
    ),
    Holding(
        label="messaging.PersonalDraft",
        title="Answers to you that are being written",
        why="What somebody here has begun to write to you and not sent yet.",
        merging=Merging(rank="{t}.updated_at"),
    ),
    Holding(
        label="messaging.Message",
        title="Messages",
        why="Every message to you with its words and why it was sent, and those that were not.",
        explain=_words,
        silent=frozenset({"template", "sequence_id", "sequence_version", "client"}),
        audited_as="message",
        is_locked_first=True,
        merging=ONE_TOUCH,
    ),
    Holding(
        label="messaging.Attempt",
        title="How messages were handed over",
        why="When, and what the mail server answered.",
        way=("message", "candidate_id"),
        silent=frozenset({"worker", "lease_until", "sender_id"}),
    ),
    Holding(
        label="messaging.Withdrawal",
        title="Messages that we took back",
        why="That one was not to be sent any more, and why.",
        way=("message", "candidate_id"),
    ),
    Holding(
        label="messaging.Return",
        title="What came back about messages",
        why="That one arrived, came back or was called spam.",
        silent=frozenset({"sender_id"}),
    ),
    Holding(
        label="messaging.Decision",
        title="Whether you may be written to",
        why="Each time it was asked, and the answer. We keep it to be able to say why.",
        # What stands elsewhere in full: her status, permission, messages.
        silent=frozenset({"inputs"}),
        explain=_meanings,
    ),
    Holding(
        label="messaging.BounceScore",
        title="Addresses that failed",
        why="How often lately, so that we stop in time.",
        tell=holdings.by_address("messaging.BounceScore", "address"),
        forget=("DELETE FROM bounce_score WHERE address = ANY(%(addresses)s::text[])",),
    ),
    Holding(
        label="messaging.ProviderEvent",
        title="What mail providers told us",
        why="Until it is looked at; what counts of it stands with your messages.",
        tell=holdings.by_address("messaging.ProviderEvent", "recipient"),
        forget=("DELETE FROM provider_event WHERE lower(recipient) = ANY(%(addresses)s::text[])",),
    ),
)
holdings.declare_empty(
    {
        "messaging.Inbox": "Mailboxes of people who work here.",
        "messaging.Template": "Wordings, before anybody's fields are filled in.",
        "messaging.Sender": "Mailboxes of people who work here.",
        "messaging.DomainVolume": "How much our own domains sent.",
        "messaging.Switch": "Stops of our own, with a recruiter's word on why.",
    }
)
