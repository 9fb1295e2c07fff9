"""Keeps the policies by which warmth is measured: versions that never change, and which of them is
in force."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.signals import scoring
from warmbench.signals.models import WarmthPolicy
from warmbench.signals.scoring import Policy

#: Of the database's advisory locks: two policies never get one number.
_LOCK = 0x77_61_72_6D


@dataclass(frozen=True, kw_only=True)
class WarmthPolicyAdopted(Event):
    """What signals are worth is something else now: a scope has to be counted anew."""

    scope: str


def in_force(scope: str = "") -> Policy:
    """By which policy people of a scope are measured now.

    Asked of the database each time: one row by its key, and no process ever has an old one. A
    scope without a policy of its own is measured as everybody is.
    """
    return own(scope) or (own("") if scope else None) or scoring.FIRST


def own(scope: str) -> Policy | None:
    """The policy of a scope's own, if it has one now."""
    return read(newest) if (newest := latest(scope)) and newest.weights else None


def of_scopes() -> dict[str, Policy]:
    """Every scope that is measured in a way of its own, with its policy."""
    found = WarmthPolicy.objects.exclude(scope="").order_by("scope", "-version").distinct("scope")
    return {row.scope: read(row) for row in found if row.weights}


def latest(scope: str) -> WarmthPolicy | None:
    """The newest version of a scope, which is in force if it has any weights."""
    return WarmthPolicy.objects.filter(scope=scope).order_by("-version").first()


def read(row: WarmthPolicy) -> Policy:
    """What a row says."""
    return Policy(
        scope=row.scope,
        version=row.version,
        weights={kind: float(worth) for kind, worth in row.weights.items()},
        half_life_days=row.half_life_days,
        interest_count=row.interest_count,
        interest_days=row.interest_days,
        interest_of=row.interest_of,
    )


def history(scopes: Iterable[str]) -> list[WarmthPolicy]:
    """All versions of these scopes, the newest first."""
    found = WarmthPolicy.objects.filter(scope__in=list(scopes)).select_related("by")
    return list(found.order_by("-at", "-version", "-pk"))


@transaction.atomic
def adopt(
    scope: str, policy: Policy, note: str, *, by_id: int | None, now: datetime
) -> WarmthPolicy | None:
    """Measure a scope by this policy from now on, as its next version.

    None if it is measured so already. New signals count by it from the commit on; who was warm
    before is counted anew by the job that ``WarmthPolicyAdopted`` asks for, and until then when
    read. Adopting an old version again makes a new one of it. Raises ValueError for a policy by
    which nobody would ever be warm.
    """
    weights = {kind: worth for kind, worth in policy.weights.items() if worth}
    if not weights:
        raise ValueError("By this policy nobody would ever be warm.")
    _number_next()
    newest = latest(scope)
    before = newest.version if newest else in_force(scope).version if not scope else 0
    asked = replace(policy, scope=scope, version=before, weights=weights)
    standing = own(scope) if newest else (in_force() if not scope else None)
    if standing is not None and standing == asked:
        return None
    return _write(asked, before + 1, note, by_id=by_id, now=now)


@transaction.atomic
def give_up(scope: str, note: str, *, by_id: int | None, now: datetime) -> WarmthPolicy | None:
    """Measure a scope no longer in a way of its own. None if it was not. Its versions are kept."""
    _number_next()
    standing = own(scope)
    if not scope or standing is None:
        return None
    ended = replace(standing, weights={})
    return _write(ended, standing.version + 1, note, by_id=by_id, now=now)


def _write(
    policy: Policy, version: int, note: str, *, by_id: int | None, now: datetime
) -> WarmthPolicy:
    made = WarmthPolicy.objects.create(
        scope=policy.scope,
        version=version,
        weights=dict(policy.weights),
        half_life_days=policy.half_life_days,
        interest_count=policy.interest_count,
        interest_days=policy.interest_days,
        interest_of=policy.interest_of,
        note=note[:300],
        by_id=by_id,
        at=now,
    )
    action = "warmth_policy.adopted" if policy.weights else "warmth_policy.given_up"
    detail: dict[str, object] = {"scope": policy.scope, "version": version}
    audit.record(by_id, action, f"warmth_policy:{made.pk}", now=now, detail=detail)
    publish(WarmthPolicyAdopted(scope=policy.scope))
    return made


def _number_next() -> None:
    sql.run("SELECT pg_advisory_xact_lock(%s::bigint)", [_LOCK])
