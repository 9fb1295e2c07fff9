"""Writes alerts whose time has come: asks the last gate, and puts what may go into the outbox."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core import sql
from warmbench.messaging import outbox, set_aside, voices
from warmbench.messaging.models import Message, Template
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse
from warmbench.messaging.voices import Recipient, Voices
from warmbench.people import off_limits
from warmbench.sourcing import alerts, calls, matching, precedence, waves, wordings
from warmbench.sourcing.alerts import DEADLINE_OVER, FITS_NO_MORE
from warmbench.sourcing.models import HOT, Alert, Escalation, Role, RoleSkill
from warmbench.sourcing.precedence import First

#: Alerts per transaction.
BATCH = 200
#: So long after the mail was handed over a strong match gets a text, and a hot one a call.
TEXT_AFTER = timedelta(hours=48)
CALL_AFTER = timedelta(hours=24)
#: It could not go before the client's deadline, and a recruiter was asked to call instead.
CALLED_INSTEAD = "called_instead"
#: How soon to look again at somebody who waits for what only a person can give.
_LOOK_AGAIN = timedelta(days=1)
#: By then what comes before an ordinary alert has gone, with the alert in it or without.
_AFTERWARDS = timedelta(hours=1)

#: Nobody can write as her recruiter now. That settles when a person sees to it.
_OF_THE_RECRUITER = frozenset({Reason.OWNER_CHANGED, Reason.OWNER_INACTIVE})

_ESCALATES: dict[str, tuple[Escalation.Kind, timedelta]] = {
    Alert.Level.STRONG: (Escalation.Kind.TEXT, TEXT_AFTER),
    Alert.Level.HOT: (Escalation.Kind.CALL, CALL_AFTER),
}


@dataclass(frozen=True, slots=True)
class _Due:
    alert_id: int
    candidate_id: int
    role_id: int
    matched: list[int]
    score: float
    threshold: int
    strong_from: int
    waiting_for: str
    #: How often it was written already, and could not go.
    occurrence: int
    zone: str
    country: str
    region: str
    #: Since when it waits.
    since: datetime


@dataclass(slots=True)
class _Batch:
    """Decides about due alerts one by one, and writes what came of all of them at once."""

    roles: dict[int, Role]
    skills: dict[int, list[RoleSkill]]
    templates: dict[str, Template]
    people: dict[int, Recipient]
    voices: Voices
    #: What people are about to get that comes before an ordinary alert.
    first: Mapping[int, First]
    now: datetime
    _said: list[Considered] = field(default_factory=list)
    #: What each alert becomes, and where in ``_said`` its message is.
    _rows: list[tuple[dict[str, object], int | None]] = field(default_factory=list)
    _escalations: list[Escalation] = field(default_factory=list)

    def level(self, due: _Due) -> Alert.Level:
        role = self.roles[due.role_id]
        return waves.level(role, len(due.matched), due.strong_from, now=self.now)

    def draft(self, due: _Due) -> Draft:
        return Draft(
            candidate_id=due.candidate_id,
            purpose=Message.Purpose.ALERT,
            touch=f"role:{due.role_id}/alert",
            occurrence=due.occurrence,
            sender_id=self.voices.sender_for(self.people[due.candidate_id]),
            valid_until=self.roles[due.role_id].deadline,
            client=off_limits.key(self.roles[due.role_id].company),
        )

    def take(self, due: _Due, considered: Considered) -> None:
        """Decide what becomes of one alert, given the last gate's verdict."""
        match considered.verdict:
            case Allow() if (first := self._before(due)) is not None:
                later = Later(max(first.at, self.now) + _AFTERWARDS, Reason.OUTRANKED)
                self._put_off(due, considered, replace(later, behind=first.touch))
            case Allow():
                self._compose(due, considered)
            case Refuse(reason) if reason in _OF_THE_RECRUITER:
                # It is asked again every day, and refused once, not every time.
                self._put_off(due, considered, Later(self.now + _LOOK_AGAIN, reason))
            case Refuse(reason):
                self._keep(due, Alert.State.REFUSED, str(reason), said=considered)
            case Later() as later:
                self._put_off(due, considered, later)

    def withdraw(self, due: _Due, reason: str) -> None:
        self._keep(due, Alert.State.WITHDRAWN, reason)

    def write(self) -> None:
        """Write messages, refusals, decisions, alerts and what follows them."""
        messages = outbox.queue(self._said, now=self.now)
        rows = [
            {**row, "message_id": None if at is None else messages.get(at)}
            for row, at in self._rows
        ]
        sql.run(sql.load(__file__, "alerts_move"), {"alerts": sql.records(rows), "now": self.now})
        # One that is written a second time may have had its escalation before.
        Escalation.objects.bulk_create(
            self._escalations,
            update_conflicts=True,
            unique_fields=["alert", "kind"],
            update_fields=["state", "due_at", "reason", "message", "state_at"],
        )

    def _before(self, due: _Due) -> First | None:
        first = self.first.get(due.candidate_id)
        if first is None or self.level(due) != Alert.Level.NORMAL:
            return None
        return first if first.goes_before(due.since, now=self.now) else None

    def _compose(self, due: _Due, allowed: Considered) -> None:
        level, role = self.level(due), self.roles[due.role_id]
        template = self.templates[level]
        person = self.people[due.candidate_id]
        by = wordings.deadline(role, due.zone, due.country, due.region)
        context = {
            # The gate allowed a draft only if it has a sender.
            **self.voices.context(person, allowed.draft.sender_id or 0, now=self.now),
            **wordings.fields(role),
            **wordings.fields_for(due.matched, self.skills[due.role_id], deadline=by),
        }
        missing = [name for name in template.required if name not in context]
        if missing:
            wait = Later(self.now + _LOOK_AGAIN, Reason.MISSING_FIELD)
            self._wait(due, allowed, wait, what=f"missing: {missing[0]}")
            return
        draft = replace(allowed.draft, template_id=template.pk, context=context)
        said = replace(allowed, draft=draft)
        self._keep(due, Alert.State.WRITTEN, "", said=said)
        if level in _ESCALATES:
            kind, after = _ESCALATES[level]
            self._escalations.append(
                Escalation(
                    alert_id=due.alert_id,
                    candidate_id=due.candidate_id,
                    kind=kind,
                    state=Escalation.State.WAITING,
                    due_at=self.now + after,
                    state_at=self.now,
                )
            )

    def _put_off(self, due: _Due, considered: Considered, later: Later) -> None:
        role = self.roles[due.role_id]
        if role.deadline is None or later.until < role.deadline:
            self._wait(due, considered, later)
        elif role.is_hot(now=self.now) and later.reason not in calls.LEFT_IN_PEACE:
            self._said.append(replace(considered, verdict=later))
            self.withdraw(due, CALLED_INSTEAD)
            self._escalations.append(calls.instead(due.alert_id, due.candidate_id, now=self.now))
            calls.ask(due.candidate_id, role, calls.cannot_go(role, later.reason), now=self.now)
        else:
            # Asked again when the role turns hot, and when the deadline is over.
            hot_at = role.deadline - HOT
            at = hot_at if hot_at > self.now else role.deadline
            self._wait(due, considered, replace(later, until=min(later.until, at)))

    def _wait(self, due: _Due, considered: Considered, later: Later, *, what: str = "") -> None:
        waiting_for = what or str(later.reason)
        if due.waiting_for != waiting_for:
            # Said once, not every time that it stays so.
            self._said.append(replace(considered, verdict=later))
        self._keep(due, Alert.State.WAITING, waiting_for, until=later.until)

    def _keep(
        self,
        due: _Due,
        state: Alert.State,
        reason: str,
        *,
        until: datetime | None = None,
        said: Considered | None = None,
    ) -> None:
        row: dict[str, object] = {
            "id": due.alert_id,
            "level": self.level(due),
            "matched": due.matched,
            "score": due.score,
            "state": state,
            "reason": reason,
            "next_try_at": until,
        }
        if said is not None:
            self._said.append(said)
        self._rows.append((row, None if said is None else len(self._said) - 1))


@transaction.atomic
def write_due(*, now: datetime, batch: int = BATCH) -> int:
    """Write the alerts that are due: hot ones first, then strong ones, then by their score, so
    that those share out the contact budget and the room of mailboxes. Returns how many alerts
    that were. Any number of workers may do so at once: nobody is in two batches.
    """
    due = _due(now=now, limit=batch, early=True)
    if not due:
        return 0
    due, unfit = _judged_anew(due, now=now)
    decided = _batch(due, now=now)
    in_time = []
    for one in due:
        deadline = decided.roles[one.role_id].deadline
        if deadline is not None and deadline <= now:
            decided.withdraw(one, DEADLINE_OVER)
        elif one.alert_id in unfit:
            decided.withdraw(one, FITS_NO_MORE)
        else:
            in_time.append(one)
    considered = outbox.consider([decided.draft(one) for one in in_time], now=now)
    for one, said in zip(in_time, considered, strict=True):
        decided.take(one, said)
    decided.write()
    return len(due)


@transaction.atomic
def take_for_sent(*, now: datetime, batch: int = BATCH) -> int:
    """Enter alerts that are due as messages that may have been sent: a restored database has
    forgotten it. Returns how many alerts that were; when there were some, there may be more."""
    due = _due(now=now, limit=batch, early=False)
    if not due:
        return 0
    decided = _batch(due, now=now)
    drafts = [decided.draft(one) for one in due]
    set_aside.enter([draft for draft in drafts if draft.sender_id is not None], now=now)
    entered = {"alerts": [one.alert_id for one in due], "now": now}
    sql.run(sql.load(__file__, "alerts_entered"), entered)
    return len(due)


def _due(*, now: datetime, limit: int, early: bool) -> list[_Due]:
    values = {"now": now, "hot_until": now + HOT, "limit": limit, "early": early}
    due = [_Due(*row) for row in sql.run(sql.load(__file__, "alerts_due"), values)]
    running = alerts.which_run({one.role_id for one in due})
    return [one for one in due if one.role_id in running]


def _judged_anew(due: Sequence[_Due], *, now: datetime) -> tuple[list[_Due], set[int]]:
    """What is due, with the skills and points that people have by now, and which of these alerts
    are for people who fit no more: they may have waited for weeks."""
    matches = matching.fits([(one.candidate_id, one.role_id) for one in due], now=now)
    judged, unfit = [], set()
    for one in due:
        match = matches.get((one.candidate_id, one.role_id))
        if match is None or match.failures or len(match.matched) < one.threshold:
            unfit.add(one.alert_id)
            judged.append(one)
        else:
            matched = [skill.tag_id for skill in match.matched]
            judged.append(replace(one, matched=matched, score=match.score))
    return judged, unfit


def _batch(due: Sequence[_Due], *, now: datetime) -> _Batch:
    roles = Role.objects.in_bulk({one.role_id for one in due})
    skills: defaultdict[int, list[RoleSkill]] = defaultdict(list)
    for skill in RoleSkill.objects.filter(role__in=roles).select_related("tag").order_by("pk"):
        skills[skill.role_id].append(skill)
    people = voices.recipients({one.candidate_id for one in due})
    levels = {
        waves.level(roles[one.role_id], len(one.matched), one.strong_from, now=now) for one in due
    }
    templates = wordings.templates(levels, now=now)
    first = precedence.before_alerts(people, now=now)
    return _Batch(roles, dict(skills), templates, people, voices.voices(), first, now)
