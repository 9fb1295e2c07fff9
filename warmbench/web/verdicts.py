"""Says what the last gate says, in sentences: whether we may write to somebody now, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warmbench.messaging import outbox, reasons, senders
from warmbench.messaging.models import Decision, Message
from warmbench.messaging.outbox import Draft
from warmbench.messaging.verdict import Allow, Later, Refuse
from warmbench.people.models import Candidate

#: A reason that the gate or the planner wrote down, as a sentence.
because = reasons.because
_BADGES = {
    Decision.Verdict.ALLOW: "allowed",
    Decision.Verdict.LATER: "later",
    Decision.Verdict.REFUSE: "refused",
}


@dataclass(frozen=True)
class Answer:
    """What the gate says about one person now."""

    #: allowed, later or refused.
    verdict: str
    #: Why not, or why not yet; blank when allowed.
    because: str = ""
    until: datetime | None = None


def badge(verdict: str) -> str:
    """The word of the design system for a stored verdict."""
    return _BADGES[Decision.Verdict(verdict)]


def now_for(
    people: Sequence[Candidate],
    *,
    now: datetime,
    purpose: Message.Purpose = Message.Purpose.CONTENT,
    client: str = "",
) -> dict[int, Answer]:
    """Whether we may write to each of these people at this moment, asked of the real gate; of a
    role of this client, by its key, if it is about one."""
    writes = senders.who_writes()
    drafts = [
        Draft(
            candidate_id=one.pk,
            purpose=purpose,
            touch="",
            occurrence=0,
            sender_id=writes.get(one.owner_id, writes.get(None)),
            client=client,
        )
        for one in people
    ]
    considered = outbox.consider(drafts, now=now)
    return {item.draft.candidate_id: answer(item.verdict) for item in considered}


def answer(verdict: Allow | Later | Refuse) -> Answer:
    """A verdict, for a page to say."""
    match verdict:
        case Allow():
            return Answer("allowed")
        case Later(until, reason, rule):
            return Answer("later", because(reason, rule), until)
        case Refuse(reason, rule):
            return Answer("refused", because(reason, rule))
