"""Makes a restored database safe: nothing is sent twice, and whoever said stop has said it still.

A backup knows neither what was sent after it nor who opted out. So all sending stops until a
person releases it; what people said since is taken from the journal; and what came due since
is taken for sent.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from warmbench.accounts import notifications
from warmbench.accounts.models import Organisation
from warmbench.core import audit, epoch, sql
from warmbench.messaging import set_aside, switches, voices
from warmbench.messaging.models import Switch
from warmbench.nurture import cadence, courses, pools, readers
from warmbench.nurture.courses import Course, Due, Place
from warmbench.nurture.moves import SHORTEST_CYCLE
from warmbench.people import consent, erasure, hashes, journal, recall
from warmbench.people.consent import Proof
from warmbench.people.journal import Kind, Line
from warmbench.people.models import Channel, Consent, Suppression
from warmbench.signals import objection
from warmbench.sourcing.restoration import take_for_sent as take_alerts_for_sent

#: Why sending is stopped. It stands on the page about stops.
WHY = "A backup was restored. Look up what was sent since, then release this."
_SAID = "Said on {day}, after the backup that was restored"
#: No id of the time that was lost is given to anybody else: it may stand in a mail, signed.
_SKIPPED_IDS = 1_000_000
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was done to a restored database."""

    epoch: int
    stopped: int
    withdrawn: int
    erased: int
    #: Touches that may have been sent, and now wait for a person to look them up.
    unknown: int


def after_restore(*, now: datetime, lines: Iterable[Line] | None = None) -> Aftermath:
    """Make a restored database safe. May be called again: what is done already is not done twice.

    ``lines`` are those of the journal, unless others are given.
    """
    # Users may have been mailed already what waits in the backup.
    notifications.let_go_of_what_waits(now=now)
    switches.engage(Switch.Scope.EVERYTHING, by_id=None, reason=WHY, now=now)
    _skip_ids()
    counts = _obey(journal.lines() if lines is None else lines, now=now)
    # Who came to match a rule since was enrolled, too, and may have had the first message.
    pools.recount(now=now)
    unknown = _take_for_sent(now=now)
    number = epoch.begin_anew()
    journal.note_restore(number, now=now)
    made = Aftermath(number, counts["stopped"], counts["withdrawn"], counts["erased"], unknown)
    detail: dict[str, object] = {**counts, "unknown": unknown}
    audit.record(None, "database.restored", f"epoch:{number}", detail=detail, now=now)
    return made


def _obey(lines: Iterable[Line], *, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    to_erase: set[int] = set()
    erased_points: dict[str, datetime] = {}
    for found in recall.recall(line for line in lines if line.kind != Kind.RESTORED):
        line = found.line
        if line.kind == Kind.ERASED:
            to_erase |= found.is_them
            erased_points |= dict.fromkeys(line.points, datetime.fromisoformat(line.at))
            for candidate_id in found.same_address:
                counts["stopped"] += _stop(candidate_id, Suppression.Reason.ERASED, line, now=now)
        elif line.kind == Kind.WITHDRAWN:
            counts["withdrawn"] += sum(_withdraw(pk, line) for pk in found.is_them)
        else:
            counts["stopped"] += _obey_stop(found, now=now)
    hashes.put_dated(erased_points, hashes.Reason.ERASED)
    erased = sorted(to_erase)
    for at in range(0, len(erased), _BATCH):
        part = erased[at : at + _BATCH]
        gone = erasure.erase(part, reason=erasure.Reason.REQUEST, by_id=None, now=now)
        counts["erased"] += len(gone)
    return counts


def _obey_stop(found: recall.Recalled, *, now: datetime) -> int:
    line = found.line
    # Whoever comes with an address that nobody here has now is stopped at once.
    hashes.put(found.unknown, hashes.Reason.STOPPED, at=datetime.fromisoformat(line.at))
    reason = Suppression.Reason(line.kind)
    people = sorted(found.is_them | found.same_address)
    return sum(_stop(pk, reason, line, now=now) for pk in people)


def _stop(candidate_id: int, reason: Suppression.Reason, line: Line, *, now: datetime) -> bool:
    known = Suppression.objects.filter(
        candidate=candidate_id, reason=reason, channel__in=["", line.channel]
    )
    # One that was taken back says nothing about what was said after that.
    holds = Q(releases=None, released_by=None) | Q(at__gte=datetime.fromisoformat(line.at))
    if known.filter(holds).exists():
        return False
    evidence = _SAID.format(day=line.at[:10])
    if reason == Suppression.Reason.OBJECTED:
        return objection.obey(candidate_id, evidence=evidence, now=now)
    channel = Channel(line.channel) if line.channel else None
    return consent.suppress(
        candidate_id, reason=reason, evidence=evidence, channel=channel, now=now
    )


def _withdraw(candidate_id: int, line: Line) -> bool:
    at = datetime.fromisoformat(line.at)
    channel = Channel(line.channel or Channel.EMAIL)
    later = Consent.objects.filter(
        candidate=candidate_id, channel=channel, purpose=line.purpose, at__gte=at
    )
    if later.exists():
        # Written down then, or given anew since.
        return False
    consent.record(
        candidate_id,
        basis=Consent.Basis.WITHDRAWN,
        evidence=_SAID.format(day=line.at[:10]),
        channel=channel,
        purpose=line.purpose,
        proof=Proof(),
        now=at,
    )
    return True


def _take_for_sent(*, now: datetime) -> int:
    if not Organisation.objects.exists():
        return 0
    all_voices = voices.voices()
    after = 0
    while due := _due_after(after, now=now):
        people = readers.load({one.candidate_id for one, _ in due})
        known = courses.courses({one.version_id for one, _ in due})
        drafts = [
            known[touch.version_id].draft(touch, people[touch.candidate_id], all_voices)
            for one, at in due
            for touch in _first_messages(known[one.version_id], one, within=now - at)
        ]
        set_aside.enter([draft for draft in drafts if draft.sender_id is not None], now=now)
        after = due[-1][0].enrollment_id
    take_alerts_for_sent(now=now)
    return set_aside.all_queued(now=now)


def _first_messages(course: Course, due: Due, *, within: timedelta) -> list[Due]:
    """The first messages that she may have come to so long after a step was due, whichever way its
    branches led and however quick her segment is: the step itself, if it is one."""
    messages: list[Due] = []
    soonest: dict[Place, timedelta] = {}
    ahead = [(Place(due.position, due.cycle), timedelta())]
    while ahead:
        place, waited = ahead.pop()
        if waited > within or waited >= soonest.get(place, timedelta.max):
            continue
        is_known = place in soonest
        soonest[place] = waited
        skips = due.skips if place.cycle == due.cycle else ()
        at = replace(due, position=place.position, cycle=place.cycle, skips=skips)
        if course.reaches_her(at) and not course.was_done(at):
            if not is_known:
                messages.append(at)
        elif not due.is_last_step:
            ahead += [(to, waited + _wait(course, place, to)) for to in course.onwards(at)]
    return messages


def _wait(course: Course, place: Place, to: Place) -> timedelta:
    wait = cadence.quickest(course, to.position)
    return max(wait, SHORTEST_CYCLE) if to.cycle > place.cycle else wait


def _due_after(after: int, *, now: datetime) -> list[tuple[Due, datetime]]:
    values = {"now": now, "after": after, "limit": _BATCH}
    rows = sql.run(sql.load(__file__, "due_by_id"), values)
    return [(Due(*row), at) for *row, at in rows]


@transaction.atomic
def _skip_ids() -> None:
    # Before anybody gets one: links in mails of the lost time name candidates and messages that
    # the database does not know, and must not come to mean others.
    sql.run(
        "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass,"
        " coalesce(last_value, 0) + %(skipped)s)"
        "  FROM pg_sequences"
        " WHERE schemaname = 'public' AND data_type = 'bigint'::regtype"
        "   AND sequencename NOT LIKE 'procrastinate%%'",
        {"skipped": _SKIPPED_IDS},
    ).fetchall()
