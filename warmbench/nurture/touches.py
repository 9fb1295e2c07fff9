"""What becomes of messages that are due to people: composed, put off or refused, and queued."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from warmbench.core import sql
from warmbench.core.standstill import still
from warmbench.messaging import gate, outbox, voices
from warmbench.messaging.models import Template
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse
from warmbench.messaging.voices import Voices
from warmbench.nurture import arbitration, check_ins, content, personalisation, readers
from warmbench.nurture.check_ins import Roles
from warmbench.nurture.courses import Due
from warmbench.nurture.models import Step
from warmbench.nurture.moves import Moves
from warmbench.nurture.personalisation import Asked, Go, Skip, Wait
from warmbench.nurture.readers import Reader
from warmbench.people.models import Channel

#: How soon to look again at somebody who waits for what only a person can give.
LOOK_AGAIN = timedelta(days=1)

_ROLE = re.compile(r"\brole_(\d)\b")


def decide(due: Sequence[Due], moves: Moves, *, now: datetime) -> "Touches":
    """What becomes of these steps, which all reach their people. The last gate is asked about all
    of them together, and of what is due to one person, what matters more goes first."""
    known, all_voices = moves.courses, voices.voices()
    people = readers.load({one.candidate_id for one in due})
    due = arbitration.in_turn(due, known, now=now)
    drafts = [known[one.version_id].draft(one, people[one.candidate_id], all_voices) for one in due]
    considered = outbox.consider(drafts, now=now)
    letters = [
        one
        for one, said in zip(due, considered, strict=True)
        if isinstance(said.verdict, Allow)
        and known[one.version_id].step(one).kind == Step.Kind.CHECK_IN
    ]
    said_besides = _Besides.of([people[one.candidate_id] for one in letters], now=now)
    touches = Touches(moves, people, all_voices, said_besides, now)
    contest = arbitration.contest(due, known, now=now)
    for one, said in zip(due, considered, strict=True):
        settled = contest.settle(one, known[one.version_id], said)
        went = touches.take(one, settled)
        contest.note(one, known[one.version_id], settled.verdict, went=went)
    touches.show_recruiters()
    return touches


@dataclass(frozen=True, slots=True)
class _Besides:
    """What check-ins say besides what every message may: found for all of them together."""

    words: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[int, Roles] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Sequence[Reader], *, now: datetime) -> "_Besides":
        if not people:
            return cls()
        ids = {one.candidate_id for one in people}
        return cls(check_ins.words(people, now=now), check_ins.roles(ids, now=now))


class _Letter(NamedTuple):
    """A check-in that could go now: its recruiter may have the last word."""

    due: Due
    allowed: Considered
    draft: Draft


@dataclass(slots=True)
class Touches:
    """Decides about messages one by one, and writes what came of all of them at once."""

    moves: Moves
    people: Mapping[int, Reader]
    voices: Voices
    besides: _Besides
    now: datetime
    _shelf: content.Shelf = field(init=False)
    _required: dict[int, list[str]] = field(init=False)
    _said: list[Considered] = field(default_factory=list)
    _letters: list[_Letter] = field(default_factory=list)
    #: Position in ``_said`` → (candidate, piece).
    _given: dict[int, tuple[int, int]] = field(default_factory=dict)
    #: Position in ``_said`` → the roles that go along.
    _carried: dict[int, Roles] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._shelf = content.shelf(today=self.now.date())
        self._required = _required_fields()

    def take(self, due: Due, considered: Considered) -> bool:
        """Decide what becomes of one enrollment, given the verdict on its touch. Returns whether
        a message goes."""
        match considered.verdict:
            case Allow():
                return self._compose(due, considered)
            case Refuse(reason) if self._step(due).channel != Channel.EMAIL:
                # It says nothing about mails: the sequence goes on, and those are asked about.
                self._said.append(considered)
                self.moves.go_on(due, outcome=reason)
            case Refuse(reason) if reason in gate.FINAL:
                self._said.append(considered)
                self.moves.exit(due, reason)
            case Refuse(reason, rule):
                self._wait(due, considered, Later(self.now + LOOK_AGAIN, reason, rule))
            case Later() as later:
                self._wait(due, considered, later)
        return False

    def show_recruiters(self) -> None:
        """Ask about the check-ins whether they go now, or wait for their recruiter's words."""
        asked = [
            Asked(self._step(one.due), one.draft, self.people[one.due.candidate_id].owner_id)
            for one in self._letters
        ]
        if not asked:
            return
        answers = personalisation.consider(asked, now=self.now)
        for (due, allowed, _), answer in zip(self._letters, answers, strict=True):
            match answer:
                case Go(draft):
                    # Its recruiter may have left out what other words cannot do without.
                    if not self._waits_for_a_word(due, allowed, draft):
                        self._queue(due, replace(allowed, draft=draft))
                case Wait(until):
                    later = Later(until, Reason.PERSONALISE)
                    self._wait(due, replace(allowed, verdict=later), later)
                case Skip(reason):
                    self._said.append(replace(allowed, verdict=Refuse(reason)))
                    self.moves.go_on(due, outcome=reason)

    def write(self) -> None:
        """Write messages, decisions, content uses, and the roles that go along."""
        messages = outbox.queue(self._said, now=self.now)
        uses = [
            {"candidate_id": candidate, "piece_id": piece, "message_id": messages[at]}
            for at, (candidate, piece) in self._given.items()
            if at in messages
        ]
        if uses:
            values = {"uses": sql.records(uses), "now": self.now}
            sql.run(sql.load(__file__, "use_content"), values)
        along = {messages[at]: roles for at, roles in self._carried.items() if at in messages}
        check_ins.carry(along, now=self.now)

    def _step(self, due: Due) -> Step:
        return self.moves.courses[due.version_id].step(due)

    def _compose(self, due: Due, allowed: Considered) -> bool:
        step = self._step(due)
        reader = self.people[due.candidate_id]
        piece = self._choose(step, reader) if step.kind == Step.Kind.CONTENT else None
        template_id = piece.template_id if piece else step.template_id
        if template_id is None:
            self._said.append(replace(allowed, verdict=Refuse(Reason.NO_CONTENT)))
            self.moves.go_on(due, outcome=Reason.NO_CONTENT)
            return False
        # The gate allowed a draft only if it has a sender.
        context = self.voices.context(reader, allowed.draft.sender_id or 0, now=self.now)
        if step.kind == Step.Kind.CHECK_IN:
            context |= self._besides(due, step)
        draft = replace(allowed.draft, template_id=template_id, context=context)
        if self._waits_for_a_word(due, allowed, draft):
            return False
        if piece:
            # She may be due twice in one batch.
            reader.had.append(piece.piece_id)
            self._given[len(self._said)] = (due.candidate_id, piece.piece_id)
        if step.kind == Step.Kind.CHECK_IN:
            self._letters.append(_Letter(due, allowed, draft))
            return step.edit_hours is None
        self._queue(due, replace(allowed, draft=draft))
        return True

    def _choose(self, step: Step, reader: Reader) -> content.Chosen | None:
        return self._shelf.choose(step.content_kind, reader, self.voices)

    def _besides(self, due: Due, step: Step) -> dict[str, str]:
        roles = self._along(due, step)
        words = self.besides.words.get(due.candidate_id, {})
        return {**words, **(roles.fields if roles else {})}

    def _along(self, due: Due, step: Step) -> Roles | None:
        """The roles that go along with a check-in: no more than its wording has places for."""
        roles = self.besides.roles.get(due.candidate_id)
        if roles is None or step.template is None:
            return None
        places = _places(step.template)
        return Roles(roles.told[:places]) if places else None

    def _waits_for_a_word(self, due: Due, allowed: Considered, draft: Draft) -> bool:
        required = self._required[draft.template_id or 0]
        missing = next((name for name in required if name not in draft.context), "")
        if missing:
            wait = Later(self.now + LOOK_AGAIN, Reason.MISSING_FIELD)
            self._wait(due, replace(allowed, verdict=wait), wait, what=f"missing: {missing}")
        return bool(missing)

    def _queue(self, due: Due, allowed: Considered) -> None:
        step = self._step(due)
        if step.kind == Step.Kind.CHECK_IN and (roles := self._along(due, step)):
            self._carried[len(self._said)] = roles
        self._said.append(allowed)
        self.moves.go_on(due, outcome="queued")

    def _wait(self, due: Due, asked: Considered, later: Later, *, what: str = "") -> None:
        waiting_for = what or str(later.reason)
        if due.waiting_for != waiting_for:
            # Said once, not every day that it stays so.
            self._said.append(replace(asked, verdict=later))
        self.moves.wait(due, later, waiting_for=waiting_for)


def _places(template: Template) -> int:
    """How many roles a wording tells of: ``role_1``, ``role_2`` and so on, without a gap."""
    named = {int(found) for found in _ROLE.findall(template.body)}
    return next(places for places in range(len(named) + 1) if places + 1 not in named)


@still
def _required_fields() -> dict[int, list[str]]:
    return dict(Template.objects.values_list("pk", "required"))
