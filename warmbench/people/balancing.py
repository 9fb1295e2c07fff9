"""Keeps the balancing tests that a legitimate interest rests on: GDPR Art. 6 (1) (f)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from warmbench.core import audit
from warmbench.people.models import BalancingTest


@dataclass(frozen=True, slots=True)
class Weighing:
    """What was weighed: our interest, that there is no milder way, and theirs."""

    interest: str
    necessity: str
    balance: str


def current() -> BalancingTest | None:
    """The test that holds now; None before the first one."""
    return BalancingTest.objects.order_by("-version").first()


@transaction.atomic
def adopt(weighing: Weighing, *, by_id: int | None, now: datetime) -> BalancingTest:
    """Let a new version hold from now on. Earlier ones stay, for what was recorded under them.

    Raises ValueError where a part is blank.
    """
    parts = (weighing.interest, weighing.necessity, weighing.balance)
    if not all(part.strip() for part in parts):
        raise ValueError("A balancing test has three parts, and none of them is blank.")
    # Two administrators at once: the unique version makes the second one try again.
    latest = BalancingTest.objects.aggregate(latest=Max("version"))["latest"] or 0
    made = BalancingTest.objects.create(
        version=latest + 1,
        interest=weighing.interest.strip(),
        necessity=weighing.necessity.strip(),
        balance=weighing.balance.strip(),
        by_id=by_id,
        at=now,
    )
    detail: dict[str, object] = {"version": made.version}
    audit.record(
        by_id, "balancing_test.adopted", f"balancing_test:{made.pk}", detail=detail, now=now
    )
    return made
