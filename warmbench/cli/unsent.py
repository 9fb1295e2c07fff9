"""Counts whom messages do not reach, by the reason: now, lately, and until somebody acts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from warmbench.messaging import reasons, unwritable
from warmbench.messaging.models import Decision
from warmbench.messaging.unwritable import Obstacle
from warmbench.nurture.models import Enrollment
from warmbench.people import gaps
from warmbench.people.models import Candidate, Tag

#: How far back decisions are summed up ...
LATELY = timedelta(days=7)
#: ... and how many of them at most: weeks of a team, read at once.
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some people hear nothing, how many they are, and what can be done."""

    people: int
    reason: str
    meaning: str
    todo: str = ""


def unwritable_people(*, now: datetime) -> list[Cause]:
    """Everybody whom no mail may go to now, each under what stands in the way first."""
    counted = (
        (unwritable.because_of(obstacle, Candidate.objects.all(), now=now).count(), obstacle)
        for obstacle in Obstacle
    )
    return [
        Cause(people, obstacle.value, f"{obstacle.label}.", reasons.remedy(obstacle.value))
        for people, obstacle in counted
        if people
    ]


def untagged() -> list[Cause]:
    """Who lacks a tag that nobody is enrolled without."""
    return [
        Cause(
            people,
            f"no {kind}",
            f"They have no {'primary ' if kind == Tag.Kind.SPECIALTY else ''}{kind}, and"
            " are on no sequence.",
            "The page Missing tags, under Pools, suggests one for many of them.",
        )
        for kind, people in gaps.counts().items()
        if people
    ]


def waiting() -> list[Cause]:
    """Enrollments whose step is due, or held, and what they wait for."""
    live = Enrollment.objects.exclude(waiting_for="").filter(ended_at=None)
    counted = live.values_list("waiting_for").annotate(people=Count("pk")).order_by("-people")
    return [
        Cause(people, reason, reasons.because(reason), reasons.remedy(reason))
        for reason, people in counted
    ]


def decided(*, now: datetime) -> list[tuple[str, Cause]]:
    """What the last gate put off or refused lately, and to how many people, by its reason."""
    # By primary key: it is in the order of time, and dates have no index of their own.
    latest = Decision.objects.aggregate(latest=Max("pk"))["latest"] or 0
    lately = Decision.objects.filter(pk__gt=latest - MOST, at__gte=now - LATELY).exclude(
        verdict=Decision.Verdict.ALLOW
    )
    people = Count("candidate_id", distinct=True)
    counted = lately.values_list("verdict", "reason").annotate(people=people)
    return [
        (
            str(Decision.Verdict(verdict).label),
            Cause(count, reason, reasons.because(reason), reasons.remedy(reason)),
        )
        for verdict, reason, count in counted.order_by("verdict", "-people")
    ]
