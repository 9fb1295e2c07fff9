"""Tells each recruiter once a week who became apt for what: never the people themselves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind, User
from warmbench.shortlists.models import Aptness, RoleProfile
from warmbench.sourcing.models import Role

#: A digest looks back so far.
WEEK = timedelta(days=7)
_NOUN = "apt"
#: So many profiles are named in a notification.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class ForProfile:
    """Who became apt for one profile, the likeliest first."""

    profile: RoleProfile
    people: Sequence[Aptness]


def became_apt(*, since: datetime, user: User | None = None) -> list[ForProfile]:
    """Who became apt since then, by profile: whoever was found when a profile was approved was apt
    before. With ``user``, people and profiles of theirs only."""
    found: dict[int, list[Aptness]] = {}
    rows = _rows(since=since)
    if user is not None:
        rows = rows.filter(Q(candidate__owner=user) | Q(profile__owner=user))
    for row in rows.select_related("profile__role", "candidate", "version"):
        found.setdefault(row.profile_id, []).append(row)
    listed = [ForProfile(rows[0].profile, rows) for rows in found.values()]
    return sorted(listed, key=lambda one: (-len(one.people), one.profile.name, one.profile.pk))


def tell(*, now: datetime) -> int:
    """Tell every recruiter who of theirs, or for which profiles of theirs somebody, became apt
    within a week. Once a week, however often it is called. Returns how many had not been told."""
    monday = now.date() - timedelta(days=now.weekday())
    told = 0
    recruiters = User.objects.filter(pk__in=notifications.recruiters()).order_by("pk")
    for user in recruiters:
        listed = became_apt(since=now - WEEK, user=user)
        people = {row.candidate_id for one in listed for row in one.people}
        if not people:
            continue
        count = len(people)
        told += notifications.tell(
            [user.pk],
            kind=Kind.APT,
            title=f"{count} {'person' if count == 1 else 'people'} became apt this week",
            body=_body(listed),
            path="/changes/apt/",
            key=f"{_NOUN}:{monday:%Y%m%d}",
            now=now,
        )
    return told


def _rows(*, since: datetime) -> QuerySet[Aptness]:
    alive = Aptness.objects.filter(is_apt=True, since__gte=since, profile__retired_at=None)
    alive = alive.filter(Q(profile__role=None) | Q(profile__role__state=Role.State.OPEN))
    return alive.filter(since__gt=F("version__approved_at")).order_by("-confidence", "pk")


def _body(listed: Sequence[ForProfile]) -> str:
    """Which profiles, with how many; no names: mails lie about in mailboxes."""
    counts = Counter({one.profile.name: len(one.people) for one in listed})
    named = [f"{name}: {count}" for name, count in counts.most_common(_NAMED)]
    more = len(counts) - len(named)
    return "; ".join([*named, *([f"and {more} more profiles"] if more > 0 else [])])
