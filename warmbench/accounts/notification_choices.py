"""Keeps how each user wants to be told of what, and when they want to be left alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from warmbench.accounts.models import (
    Detail,
    Kind,
    NotificationChoice,
    NotificationTimes,
    User,
    Way,
)
from warmbench.accounts.quiet_hours import Hours
from warmbench.core import audit

#: How everybody is told who has not chosen: at once what somebody waits for, or what a deadline
#: runs on; the rest once a day. What comes in masses, after an import say, stands in the queue
#: of Today anyway, and would bury the rest.
USUAL: dict[Kind, Way] = {
    Kind.REPLY: Way.AT_ONCE,
    Kind.ROLE_INTEREST: Way.AT_ONCE,
    Kind.CALL: Way.AT_ONCE,
    Kind.RESERVATION: Way.AT_ONCE,
    Kind.RIGHTS: Way.AT_ONCE,
    Kind.TROUBLE: Way.AT_ONCE,
    Kind.HIGH_INTEREST: Way.DIGEST,
    Kind.PREFERENCES: Way.DIGEST,
    Kind.RETURNED: Way.DIGEST,
    Kind.COMPLAINED: Way.DIGEST,
    Kind.LEFT: Way.DIGEST,
    Kind.MOVED: Way.DIGEST,
    Kind.STEP: Way.DIGEST,
    Kind.OFFER: Way.AT_ONCE,
    Kind.APT: Way.DIGEST,
    Kind.CHORES: Way.NEVER,
}


@dataclass(frozen=True)
class Choices:
    """How one user wants to be told."""

    hours: Hours
    detail: Detail = Detail.FIRST_NAME
    ways: Mapping[str, Way] = field(default_factory=dict)

    def way(self, kind: str) -> Way:
        """How they are told of this kind of thing."""
        return self.ways.get(kind) or USUAL[Kind(kind)]


def of(users: Collection[User]) -> dict[int, Choices]:
    """How each of these users wants to be told, by their id; two questions for all of them."""
    ids = [user.pk for user in users]
    times = NotificationTimes.objects.in_bulk(ids)
    ways: dict[int, dict[str, Way]] = {pk: {} for pk in ids}
    for one in NotificationChoice.objects.filter(user__in=ids):
        ways[one.user_id][one.kind] = Way(one.way)
    found = {}
    for user in users:
        theirs = times.get(user.pk) or NotificationTimes(user=user)
        hours = Hours.of(theirs, user.time_zone)
        found[user.pk] = Choices(hours, Detail(theirs.detail), ways[user.pk])
    return found


@transaction.atomic
def choose(
    user_id: int, *, ways: Mapping[str, Way], hours: Hours, detail: Detail, now: datetime
) -> bool:
    """Keep how a user wants to be told from now on. Returns whether that is different.

    What waits already is asked about again when it is due.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    before = of([user])[user_id]
    changed = [kind for kind, way in ways.items() if before.way(kind) != way]
    other_times = (hours, detail) != (before.hours, before.detail)
    if not changed and not other_times:
        return False
    for kind in changed:
        NotificationChoice.objects.update_or_create(
            user_id=user_id, kind=kind, defaults={"way": ways[kind]}
        )
    if other_times:
        NotificationTimes.objects.update_or_create(
            user_id=user_id,
            defaults={
                "quiet_from": hours.quiet_from,
                "quiet_until": hours.quiet_until,
                "working_days": sorted(hours.days),
                "digest_at": hours.digest_at,
                "detail": detail,
            },
        )
    what: dict[str, object] = {"kinds": changed, "times": other_times}
    audit.record(user_id, "notifications.chosen", f"user:{user_id}", detail=what, now=now)
    return True
