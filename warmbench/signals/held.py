"""Declares what the tables of signals hold about candidates."""

from collections.abc import Sequence

from warmbench.messaging.models import Message
from warmbench.people import holdings
from warmbench.people.holdings import Holding, Merging, Row
from warmbench.signals import policies, scoring
from warmbench.signals.models import Hit, Signal


def _sentences(signals: Sequence[Signal]) -> list[Row]:
    policy = policies.in_force()
    return [
        {"in words": scoring.sentence(one), "counts for": scoring.weight(one, policy)}
        for one in signals
    ]


def _hits(candidate_id: int) -> list[Row]:
    # By the messages: hits are found by nothing else.
    messages = Message.objects.filter(candidate=candidate_id)
    found = Hit.objects.filter(message_id__in=messages.values("pk")).order_by("pk")
    return holdings.told(found, HITS)


HITS = Holding(
    label="signals.Hit",
    title="Links that were opened",
    why="Each request for a link in a message to you, and whether we take it for yours or for"
    " a machine's. Of the browser we keep a hash, of the address only its network.",
    tell=_hits,
    forget=(
        """
        DELETE FROM hit
         WHERE message_id IN (SELECT id FROM message WHERE candidate_id = ANY(%(ids)s::bigint[]))
        """,
    ),
    merging=Merging(
        found_by="t.message_id IN (SELECT id FROM message WHERE candidate_id = %(gone)s)"
    ),
)
holdings.declare(
    HITS,
    Holding(
        label="signals.Signal",
        title="What you did",
        why="Clicks, replies and answers, and what each counts for in the score below.",
        explain=_sentences,
        merging=Merging(staying="times = t.times + o.times"),
    ),
    Holding(
        label="signals.Warmth",
        title="Score",
        why="How much you took an interest lately; it halves as time passes. It orders"
        " whom a recruiter calls first. Nothing is decided by it alone.",
        # Counted anew from all signals.
        merging=Merging(stays_behind=True),
    ),
    Holding(
        label="signals.ScopedWarmth",
        title="Score within a pool",
        why="The same, measured as one pool of people does it.",
    ),
    Holding(
        label="signals.FollowUp",
        title="What recruiters were asked to do",
        why="And what came of it, with their notes.",
        merging=Merging(
            staying="""
                evidence = t.evidence || o.evidence,
                value = greatest(t.value, o.value),
                due_at = least(t.due_at, o.due_at),
                snoozed_until = CASE WHEN NOT t.snoozed_until IS NULL
                                          AND NOT o.snoozed_until IS NULL
                                THEN least(t.snoozed_until, o.snoozed_until) END,
                owner_id = coalesce(t.owner_id, o.owner_id)
            """,
            leaving="state = 'done', outcome = 'withdrawn', done_at = %(now)s",
        ),
        audited_as="follow_up",
    ),
)
holdings.declare_empty({"signals.WarmthPolicy": "What each kind of signal is worth."})
