"""How the sample's candidates behave: readers, fans, silent ones, and their mail scanners."""

import heapq
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from warmbench.core import tokens
from warmbench.core.tokens import Purpose
from warmbench.people.models import Candidate
from warmbench.signals import feedback, hits, preferences, record, wishes
from warmbench.signals.feedback import About, NotForMe
from warmbench.signals.hits import Visit
from warmbench.signals.models import Signal
from warmbench.signals.preferences import Answers
from warmbench.signals.record import SignalDraft

_BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Safari/605.1.15"
_SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0 Safari/537.36"
#: What does not fit about a role, to those who say so.
_MISFITS = (
    NotForMe(About.PLACE, words="too far"),
    NotForMe(About.PAY, words="I earn more where I am"),
    NotForMe(About.LEVEL, which_way="too_junior"),
)

_Kind = Literal["click", "scan", "unsubscribe", "preferences", "reply", "not_for_me"]


class Sent(NamedTuple):
    """A message that reached somebody."""

    message_id: int
    candidate_id: int
    at: datetime
    links: int
    #: Whether it tells of a role.
    is_alert: bool


class _Act(NamedTuple):
    at: datetime
    #: Keeps acts of one moment in order, and the heap from comparing the rest.
    number: int
    kind: _Kind
    sent: Sent
    link: int = 0


@dataclass
class Crowd:
    """Everybody who gets a message, and what they are going to do about it."""

    seed: int = 7
    _acts: list[_Act] = field(default_factory=list)
    _number: int = 0

    def read(self, messages: Iterable[Sent]) -> None:
        """Let people find messages in their mailboxes; some will act on them later."""
        for sent in messages:
            # One source for each message: what somebody does never depends on anybody else.
            source = random.Random(f"{self.seed}:{sent.candidate_id}:{sent.message_id}")  # noqa: S311
            self._decide(sent, _temper(self.seed, sent.candidate_id), source)

    def next_at(self) -> datetime | None:
        """When somebody acts next."""
        return self._acts[0].at if self._acts else None

    def forget(self, until: datetime) -> None:
        """Drop what would have been done before ``until``: it has been."""
        while self._acts and self._acts[0].at <= until:
            heapq.heappop(self._acts)

    def act(self, *, now: datetime) -> int:
        """Let everybody do what they had in mind until now. Returns how many acts that were."""
        done = 0
        while self._acts and self._acts[0].at <= now:
            _do(heapq.heappop(self._acts))
            done += 1
        return done

    def _decide(self, sent: Sent, temper: float, source: random.Random) -> None:
        if source.random() < 0.08:
            for link in range(sent.links):
                self._plan(sent, "scan", timedelta(seconds=1 + link), link)
        if sent.is_alert:
            # A role is another thing to read about than the market.
            temper = min(temper * 2 + 0.1, 0.6)
        if sent.links and source.random() < temper:
            after = _later(source)
            self._plan(sent, "click", after, source.randrange(sent.links))
            # Whoever likes what she reads comes back to it.
            while source.random() < temper:
                after += timedelta(days=source.uniform(1, 6))
                self._plan(sent, "click", after, source.randrange(sent.links))
        dice = source.random()
        if dice < 0.004:
            self._plan(sent, "unsubscribe", _later(source))
        elif dice < 0.004 + temper / 25:
            self._plan(sent, "reply", _later(source))
        elif dice < 0.004 + temper / 12:
            self._plan(sent, "preferences", _later(source))
        elif sent.is_alert and dice > 0.94:
            self._plan(sent, "not_for_me", _later(source))

    def _plan(self, sent: Sent, kind: _Kind, after: timedelta, link: int = 0) -> None:
        self._number += 1
        heapq.heappush(self._acts, _Act(sent.at + after, self._number, kind, sent, link))


def _temper(seed: int, candidate_id: int) -> float:
    """How likely somebody is to click: most hardly ever, a few nearly always."""
    return random.Random(f"{seed}:{candidate_id}").betavariate(0.5, 4)  # noqa: S311


def _later(source: random.Random) -> timedelta:
    return timedelta(minutes=source.triangular(3, 3 * 24 * 60, 40))


def _do(act: _Act) -> None:
    sent, now = act.sent, act.at
    match act.kind:
        case "click" | "scan":
            is_person = act.kind == "click"
            host = "198.51.100" if is_person else "203.0.113"
            visit = Visit(
                method="GET" if is_person else "HEAD",
                agent=_BROWSER if is_person else _SCANNER,
                address=f"{host}.{sent.candidate_id % 250}",
                has_language=is_person,
            )
            token = tokens.sign(Purpose.CLICK, sent.message_id, act.link)
            hits.record(token, visit, now=now)
        case "unsubscribe":
            wishes.stop(sent.candidate_id, message_id=sent.message_id, now=now)
        case "preferences":
            answers = Answers(status=Candidate.Status.OPEN)
            preferences.take_down(sent.candidate_id, answers, message_id=sent.message_id, now=now)
        case "not_for_me":
            about = _MISFITS[sent.message_id % len(_MISFITS)]
            feedback.take_down(sent.candidate_id, [about], message_id=sent.message_id, now=now)
        case "reply":
            draft = SignalDraft(
                candidate_id=sent.candidate_id,
                kind=Signal.Kind.REPLIED,
                grade=Signal.Grade.CERTAIN,
                at=now,
                key=f"reply:{sent.message_id}",
                message_id=sent.message_id,
            )
            record.record([draft], now=now)
