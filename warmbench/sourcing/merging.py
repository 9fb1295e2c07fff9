"""Lets roles that somebody waits to hear of go along with a check-in, instead of one mail each."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warmbench.core import sql
from warmbench.messaging import gate, standing
from warmbench.messaging.known import Touch
from warmbench.messaging.models import Message
from warmbench.people import off_limits
from warmbench.people.models import Purpose
from warmbench.sourcing import alerts, matching, waves, wordings
from warmbench.sourcing.fit import Match
from warmbench.sourcing.models import HOT, Alert, Role, RoleSkill

#: More than this is a list, not a letter.
MOST = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A role that goes along: the alert that it stands for, and what is said of it."""

    alert_id: int
    role_id: int
    matched: list[int]
    score: float
    #: Title, place, pay and why, in one line.
    line: str
    #: Where one can read on; blank if nowhere.
    link: str


def mergeable(candidate_ids: Collection[int], *, now: datetime) -> dict[int, list[Told]]:
    """Up to three roles that each of these people waits to hear of, the best first. Who waits for
    none that fits is not in the answer: a check-in is never padded.

    Only ordinary matches, held against the role anew; strong and hot ones deserve a mail of their
    own. Nothing for whoever does not want, or may not get, word of roles. In the caller's
    transaction, which keeps the alerts locked.
    """
    if not candidate_ids:
        return {}
    values = {
        "ids": list(candidate_ids),
        "timely": sorted(str(reason) for reason in alerts.TIMELY),
        "hot_until": now + HOT,
    }
    rows = sql.run(sql.load(__file__, "alerts_mergeable"), values).fetchall()
    if not rows:
        return {}
    # Asked after the lock: a role may have ended while it was waited for.
    running = alerts.which_run({row[2] for row in rows})
    roles = Role.objects.in_bulk(running)
    rows = [row for row in rows if row[2] in running]
    permitted = _permitted({(row[1], roles[row[2]].company) for row in rows}, now=now)
    rows = [row for row in rows if (row[1], roles[row[2]].company) in permitted]
    matches = matching.fits([(who, role_id) for _, who, role_id, _, _ in rows], now=now)
    skills = _skills(running)
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for alert_id, who, role_id, threshold, strong_from in rows:
        match, role = matches.get((who, role_id)), roles[role_id]
        if match is None or match.failures or len(match.matched) < threshold:
            continue
        if waves.level(role, len(match.matched), strong_from, now=now) == Alert.Level.NORMAL:
            found[who].append(_told(alert_id, role, match, skills[role_id]))
    return {who: sorted(told, key=lambda one: -one.score)[:MOST] for who, told in found.items()}


def merge(carried: Mapping[int, Sequence[Told]], *, now: datetime) -> None:
    """Let these roles be told by these messages, given by their ids: the first one in it is its
    ``role_1``. In the transaction that queues the messages, and that asked for the roles."""
    rows = [
        {
            "id": one.alert_id,
            "message_id": message_id,
            "place": place,
            "matched": one.matched,
            "score": one.score,
        }
        for message_id, told in carried.items()
        for place, one in enumerate(told, start=1)
    ]
    if rows:
        values = {"alerts": sql.records(rows), "now": now}
        sql.run(sql.load(__file__, "alerts_merge"), values)


def _permitted(asked: Collection[tuple[int, str]], *, now: datetime) -> set[tuple[int, str]]:
    """Which of these people may be told of which client's roles: by their own word, by the law,
    and by what was agreed about their employer."""
    ids = {candidate_id for candidate_id, _ in asked}
    people = standing.of(ids, now=now, purpose=Purpose.ALERT, counting_queued=False)
    found = set()
    for candidate_id, company in asked:
        who = people[candidate_id]
        client = off_limits.key(company)
        touch = Touch(Message.Purpose.ALERT, permission=Purpose.ALERT, client=client)
        barred = gate.permission(touch, who, now=now) or gate.conflict(touch, who, now=now)
        if barred is None:
            found.add((candidate_id, company))
    return found


def _skills(role_ids: Collection[int]) -> Mapping[int, list[RoleSkill]]:
    found: defaultdict[int, list[RoleSkill]] = defaultdict(list)
    asked = RoleSkill.objects.filter(role__in=role_ids).select_related("tag")
    for skill in asked.order_by("pk"):
        found[skill.role_id].append(skill)
    return found


def _told(alert_id: int, role: Role, match: Match, skills: Sequence[RoleSkill]) -> Told:
    matched = [skill.tag_id for skill in match.matched]
    said = {**wordings.fields(role), **wordings.fields_for(matched, skills)}
    about = [said[name] for name in ("role_title", "role_place", "role_pay") if name in said]
    why = said.get("why_fits", "")
    line = " ".join(f"{', '.join(about)}. {why}".split())
    return Told(alert_id, role.pk, matched, match.score, line, said.get("apply_link", ""))
