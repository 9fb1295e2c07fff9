"""Finds who fits a role, best first, with the reasons; and which open roles fit a person.

Fit is not permission: consent, suppression, warmth and status are never looked at here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core import sql, tallies
from warmbench.sourcing import criteria, knowledge
from warmbench.sourcing.criteria import POLICY
from warmbench.sourcing.fit import Asked, Failure, Match, MissingSkill, Part, SkillMatch
from warmbench.sourcing.models import AlertCampaign, Role, TagCount
from warmbench.sourcing.ranking import Groups, best

__all__ = [
    "COUNTS_HOLD",
    "MANY",
    "POLICY",
    "USUAL_THRESHOLD",
    "Failure",
    "Match",
    "MissingSkill",
    "Part",
    "RoleMatch",
    "SkillMatch",
    "by_skills",
    "count",
    "explain",
    "find",
    "recount",
    "roles_for",
    "sizes",
]

#: Matched skills from which somebody is told of a role, where its campaign says nothing else.
USUAL_THRESHOLD = AlertCampaign().threshold
#: So many people at once come in by an import: what is rare may be another after it.
MANY = 500
_SIZES = "role_sizes"
#: Not more often than this: counting a million people takes seconds.
COUNTS_HOLD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RoleMatch:
    """An open role that a person fits."""

    role_id: int
    title: str
    match: Match


def find(
    role_id: int,
    *,
    threshold: int,
    limit: int,
    now: datetime,
    leave_out_alerted: bool = False,
) -> list[Match]:
    """The people who fit a role best: with at least so many of its skills and without a failure.

    Best first; of equal scores, the older candidate. ``leave_out_alerted`` leaves out whom an alert
    of this role was made for. Raises Role.DoesNotExist.
    """
    asked = _asked(role_id)
    groups = _by_skills(asked, threshold, new_only=leave_out_alerted)
    return best(asked, groups, limit=limit, now=now)


def by_skills(role_id: int, *, threshold: int, leave_out_alerted: bool = False) -> Groups:
    """Everybody with at least so many of a role's skills, by the skills that they have of it: pairs
    of tags and people. Raises Role.DoesNotExist."""
    return _by_skills(_asked(role_id), threshold, new_only=leave_out_alerted)


def count(role_id: int, *, thresholds: Collection[int]) -> dict[int, int]:
    """How many people have at least so many of a role's skills, by threshold.

    Whether they fit otherwise is not asked: the musts are for ``find``. Raises Role.DoesNotExist.
    """
    asked = _asked(role_id)
    least = max(1, min(thresholds, default=1))
    rows = _ask("match_count", asked, least) if least <= len(asked.skills) else []
    return {
        threshold: sum(people for matched, people in rows if matched >= threshold)
        for threshold in thresholds
    }


def sizes(role_id: int, *, most: int, now: datetime) -> dict[int, int]:
    """``count`` for thresholds from one to so many. Where common skills bring many people, as it
    was some minutes ago. Raises Role.DoesNotExist."""
    skills = sorted(skill.tag_id for skill in _asked(role_id).skills)
    # By the skills as well: a role that asks for others is another question.
    return dict(tallies.at_once(_SIZES, role_id, most, *skills, now=now).answer)


@tallies.question(_SIZES)
def _count_sizes(role_id: int, most: int, *_: int, now: datetime) -> dict[int, int]:  # noqa: ARG001
    return count(role_id, thresholds=range(1, most + 1))


def explain(role_id: int, candidate_ids: Collection[int], *, now: datetime) -> dict[int, Match]:
    """How these people fit a role, whether or not they do. Raises Role.DoesNotExist."""
    asked = _asked(role_id)
    known = knowledge.known_of(candidate_ids, [skill.tag_id for skill in asked.skills])
    judge = criteria.Judge(asked, now=now)
    return {pk: judge.match(one) for pk, one in known.items()}


def fits(pairs: Collection[tuple[int, int]], *, now: datetime) -> dict[tuple[int, int], Match]:
    """How people fit roles, whether or not they do, by candidate and role: a few questions for
    all. Who or what is not there any more is not in the answer."""
    asked = knowledge.asked_by({role_id for _, role_id in pairs})
    tags = {skill.tag_id for one in asked.values() for skill in one.skills}
    known = knowledge.known_of({pk for pk, _ in pairs}, tags)
    judges = {pk: criteria.Judge(one, now=now) for pk, one in asked.items()}
    return {
        (pk, role_id): judges[role_id].match(known[pk])
        for pk, role_id in pairs
        if pk in known and role_id in judges
    }


def roles_for(candidate_ids: Collection[int], *, now: datetime) -> dict[int, list[RoleMatch]]:
    """The open roles that each of these people fits without a failure, the best first.

    Counted by the threshold of the role's campaign, or the usual one. Everybody is in the answer,
    also with no role.
    """
    fitting: dict[int, list[RoleMatch]] = {pk: [] for pk in candidate_ids}
    pairs = sql.run(
        sql.load(__file__, "match_roles"),
        {"ids": list(candidate_ids), "usual": USUAL_THRESHOLD},
    ).fetchall()
    if not pairs:
        return fitting
    matches = fits([(candidate_id, role_id) for candidate_id, role_id in pairs], now=now)
    wanted = {role_id for _, role_id in matches}
    titles = dict(Role.objects.filter(pk__in=wanted).values_list("pk", "title"))
    for (candidate_id, role_id), match in matches.items():
        if role_id in titles and not match.failures:
            fitting[candidate_id].append(RoleMatch(role_id, titles[role_id], match))
    for roles in fitting.values():
        roles.sort(key=lambda role: (-role.match.score, role.role_id))
    return fitting


@transaction.atomic
def recount(*, now: datetime, unless_since: datetime | None = None) -> bool:
    """Count anew how many people carry each tag; returns False if that was done
    ``unless_since``. Matches are right without it, and ranked by older counts."""
    # Two at once would wait for each other's rows in any order.
    sql.run("LOCK TABLE tag_count IN SHARE ROW EXCLUSIVE MODE")
    if unless_since and TagCount.objects.filter(counted_at__gt=unless_since).exists():
        return False
    sql.run(sql.load(__file__, "match_count_tags"), {"now": now})
    return True


def _asked(role_id: int) -> Asked:
    found = knowledge.asked_by([role_id]).get(role_id)
    if found is None:
        raise Role.DoesNotExist(f"There is no role {role_id}.")
    return found


def _by_skills(asked: Asked, threshold: int, *, new_only: bool) -> Groups:
    least = max(1, threshold)
    if least > len(asked.skills):
        return []
    rows = _ask("match_find", asked, least, role=asked.role_id, new_only=new_only)
    return [(matched, people) for matched, people in rows]


def _ask(name: str, asked: Asked, least: int, **more: object) -> list[sql.Row]:
    """Ask about those who have at least so many skills of a role."""
    tags = [skill.tag_id for skill in asked.skills]
    return sql.run(
        sql.load(__file__, name),
        {"skills": tags, "rare": _rarest(asked, least), "least": least, **more},
    ).fetchall()


def _rarest(asked: Asked, least: int) -> list[int]:
    """Of n skills the n - k + 1 rarest: whoever has k of them has one of these."""
    ranked = sorted(asked.skills, key=lambda skill: -skill.rarity)
    return [skill.tag_id for skill in ranked[: len(ranked) - least + 1]]
