"""Shows what alerts about a role would do at each threshold, before any of them goes out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from warmbench.core import sql
from warmbench.messaging import gate, standing
from warmbench.messaging.known import SenderState, Standing, Touch
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Allow, Reason
from warmbench.people import off_limits
from warmbench.people.models import Purpose
from warmbench.sourcing import matching
from warmbench.sourcing.fit import Criterion
from warmbench.sourcing.models import Alert, Role

#: Of more people with as many skills, every second, third, … is looked at.
SAMPLE = 300
#: How far back alerts to a person are counted, and what alerts brought.
MONTH, EARLIER = timedelta(days=30), timedelta(days=365)

#: Only the hour stands against it: it goes when the day begins where she lives.
_HOURS = frozenset({Reason.WINDOW, Reason.QUIET_HOURS})


@dataclass(frozen=True, slots=True)
class Brought:
    """What alerts of the last year brought that were made at one threshold, of all roles."""

    sent: int = 0
    engaged: int = 0
    replied: int = 0
    not_for_them: int = 0


@dataclass(frozen=True, slots=True)
class Simulated:
    """What alerts about a role would do at one threshold. All but ``matching`` is reckoned from
    the people who were looked at, where these are not all."""

    threshold: int
    #: With so many skills at least, and no alert about the role yet.
    matching: int
    looked_at: int
    #: Without a failure: who would be told.
    reached: int
    #: With failures, by what they fail; who fails two is in both.
    failures: Mapping[Criterion, int]
    #: Of those reached: may be written to now, or as soon as it is day where they live.
    mailable: int
    #: Of those reached, the others, by what stands against it.
    blocked: Mapping[Reason, int]
    #: Alerts a person whom it reaches, within 30 days, with this one.
    alerts_each: float
    brought: Brought

    @property
    def is_estimate(self) -> bool:
        """Whether not everybody was looked at."""
        return self.looked_at < self.matching


@dataclass(frozen=True, slots=True)
class _Person:
    """One who was looked at, and as how many people they count."""

    counts: float
    failures: frozenset[Criterion]
    #: None: mailable.
    blocked: Reason | None
    alerts: int


def simulate(role_id: int, thresholds: Collection[int], *, now: datetime) -> list[Simulated]:
    """What each threshold would do, the lowest first.

    Asks about people, not about mailboxes: their caps spread the alerts over days. Raises
    Role.DoesNotExist.
    """
    least = max(1, min(thresholds, default=1))
    people = _by_size(matching.by_skills(role_id, threshold=least, leave_out_alerted=True))
    looked_at = _look(role_id, people, now=now)
    brought = _brought(now=now)
    return [
        _add_up(
            threshold,
            sum(len(ids) for size, ids in people.items() if size >= threshold),
            [one for size, seen in looked_at.items() if size >= threshold for one in seen],
            brought.get(threshold, Brought()),
        )
        for threshold in sorted(thresholds)
    ]


def _by_size(groups: Iterable[tuple[Sequence[int], Sequence[int]]]) -> dict[int, list[int]]:
    """People by how many of the skills they have."""
    people: dict[int, list[int]] = {}
    for tags, ids in groups:
        people.setdefault(len(tags), []).extend(ids)
    return people


def _look(
    role_id: int, people: Mapping[int, list[int]], *, now: datetime
) -> dict[int, list[_Person]]:
    """Some of the people with as many skills, by that number."""
    # Evenly over the ids: who came in together is alike.
    chosen = {size: sorted(ids)[:: -(-len(ids) // SAMPLE)] for size, ids in people.items()}
    everybody = [pk for ids in chosen.values() for pk in ids]
    failures = {
        pk: frozenset(failure.criterion for failure in match.failures)
        for pk, match in matching.explain(role_id, everybody, now=now).items()
    }
    fit = [pk for pk, failed in failures.items() if not failed]
    company = Role.objects.values_list("company", flat=True).get(pk=role_id)
    stopped = blocked(fit, client=off_limits.key(company), now=now)
    alerts = _alerts(everybody, now=now)
    return {
        size: [
            _Person(len(people[size]) / len(ids), failures[pk], stopped.get(pk), alerts.get(pk, 0))
            for pk in ids
            # Whoever is erased meanwhile is nobody.
            if pk in failures
        ]
        for size, ids in chosen.items()
    }


def blocked(candidate_ids: Sequence[int], *, client: str, now: datetime) -> dict[int, Reason]:
    """What the last gate has against an alert to each of these, if anything."""
    purpose = Message.Purpose.ALERT
    touch = Touch(purpose, permission=gate.permission_for(purpose), client=client)
    people = standing.of(candidate_ids, now=now, purpose=Purpose.ALERT, counting_queued=True)
    switches = standing.switches(now=now)
    verdicts = {
        pk: gate.judge(touch, person, _their_mailbox(person, now=now), switches, now=now)
        for pk, person in people.items()
    }
    return {
        pk: verdict.reason
        for pk, verdict in verdicts.items()
        if not isinstance(verdict, Allow) and verdict.reason not in _HOURS
    }


def _their_mailbox(person: Standing, *, now: datetime) -> SenderState:
    """A mailbox of their recruiter with room for one more."""
    return SenderState(
        sender_id=0,
        owner_id=person.owner_id,
        owner_is_active=True,
        is_paused=False,
        room=1,
        next_day=now,
    )


def _alerts(candidate_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """How many alerts these people got, or are to get, within a month."""
    recent = Alert.objects.filter(
        candidate__in=candidate_ids,
        made_at__gt=now - MONTH,
        state__in=[Alert.State.WAITING, Alert.State.WRITTEN, Alert.State.MERGED],
    )
    return dict(recent.values_list("candidate").annotate(Count("pk")))


def _brought(*, now: datetime) -> dict[int, Brought]:
    rows = sql.run(sql.load(__file__, "simulate_brought"), {"since": now - EARLIER})
    return {threshold: Brought(*counts) for threshold, *counts in rows}


def _add_up(
    threshold: int, matching_people: int, seen: Sequence[_Person], brought: Brought
) -> Simulated:
    failures: defaultdict[Criterion, float] = defaultdict(float)
    blocked: defaultdict[Reason, float] = defaultdict(float)
    reached = alerts = 0.0
    for person in seen:
        for criterion in person.failures:
            failures[criterion] += person.counts
        if person.failures:
            continue
        reached += person.counts
        alerts += person.counts * (person.alerts + 1)
        if person.blocked is not None:
            blocked[person.blocked] += person.counts
    stopped = {reason: round(count) for reason, count in blocked.items()}
    return Simulated(
        threshold=threshold,
        matching=matching_people,
        looked_at=len(seen),
        reached=round(reached),
        failures={criterion: round(count) for criterion, count in failures.items()},
        mailable=max(round(reached) - sum(stopped.values()), 0),
        blocked=stopped,
        alerts_each=alerts / reached if reached else 0.0,
        brought=brought,
    )
