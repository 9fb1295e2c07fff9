"""A crowd for tests of the engine over months: people of all sorts, on sequences and in pools."""

from datetime import timedelta

from tests import make
from tests.make import NOW
from warmbench.core import sql
from warmbench.messaging.models import Sender
from warmbench.nurture.models import Enrollment, Pool, PoolMember, SequenceVersion, Step
from warmbench.people.models import (
    Candidate,
    CandidateTag,
    Channel,
    Consent,
    ContactPoint,
    Notice,
    Suppression,
    Tag,
)

CONTENT, MESSAGE, CHECK_IN = Step.Kind.CONTENT, Step.Kind.MESSAGE, Step.Kind.CHECK_IN
#: Zone and country. Of one nobody knows the zone; two change their clocks on other days.
PLACES = (
    ("Europe/Berlin", "DE"),
    ("Europe/London", "GB"),
    ("America/New_York", "US"),
    ("", "FR"),
    ("Australia/Sydney", "AU"),
)
#: Quarters of an hour after ``NOW`` at which steps are due first.
_TIMES = (0, 9)


def settle(people: int) -> list[int]:
    """An organisation with three recruiters, one of whom may send little a day, two sequences and
    two pools, and so many people. Some opted out, are placed, rest for a while, were never asked,
    lack tags or wish to hear from us less often. Returns their ids."""
    make.organisation()
    owners = [make.user(name) for name in ("Alice Meyer", "Bob Kern", "Charlie Roy")]
    boxes = [
        make.sender(owner, cap=cap) for owner, cap in zip(owners, (1000, 1000, 4), strict=True)
    ]
    Sender.objects.filter(pk=boxes[0].pk).update(is_default=True)
    tags = _tags()
    ids = _people(people, [*[owner.pk for owner in owners], None], tags)
    _corners(ids)
    arc = make.sequence(MESSAGE, *[CONTENT] * 7)
    check_in = make.sequence(CHECK_IN, wait_days=90, repeat_from=0)
    check_in.steps.update(wait_days=90)
    _enroll(arc, [pk for n, pk in enumerate(ids) if n % 7])
    _enroll(check_in, [pk for n, pk in enumerate(ids) if n % 3 == 0])
    _pools(arc, ids)
    sql.run("ANALYZE")
    return ids


def _tags() -> dict[Tag.Kind, list[Tag]]:
    technology = make.tag("Technology", Tag.Kind.CATEGORY)
    names = ("Cloud & DevOps", "Cybersecurity", "Data & machine learning")
    specialties = [make.tag(name, Tag.Kind.SPECIALTY, parent=technology) for name in names]
    for topic in (*specialties[:2], technology, None):
        for _ in range(2):
            make.piece(topic)
    make.piece(specialties[0], language="de")
    seniorities = [make.tag(name, Tag.Kind.SENIORITY) for name in ("Manager", "Director")]
    make.piece(specialties[1], seniority=seniorities[1])
    return {
        Tag.Kind.SPECIALTY: specialties,
        Tag.Kind.SENIORITY: seniorities,
        Tag.Kind.GEOGRAPHY: [make.tag("Europe", Tag.Kind.GEOGRAPHY)],
    }


def _people(count: int, owners: list[int | None], tags: dict[Tag.Kind, list[Tag]]) -> list[int]:
    made = Candidate.objects.bulk_create(
        Candidate(
            first_name="Ana" if n % 50 else "",
            last_name=f"Moreau {n}",
            status=Candidate.Status.PASSIVE,
            status_since=NOW,
            owner_id=owners[n % len(owners)],
            time_zone=PLACES[n % 5][0],
            country=PLACES[n % 5][1],
            last_conversation_on=(NOW - timedelta(days=n % 200)).date(),
            gap_days=62 if n % 40 == 5 else None,
            added_at=NOW,
            changed_at=NOW,
        )
        for n in range(count)
    )
    ids = [one.pk for one in made]
    ContactPoint.objects.bulk_create(
        ContactPoint(
            candidate_id=pk, channel=Channel.EMAIL, address=f"c{n}@example.com", added_at=NOW
        )
        for n, pk in enumerate(ids)
    )
    Consent.objects.bulk_create(
        Consent(
            candidate_id=pk,
            channel=Channel.EMAIL,
            basis=Consent.Basis.CONSENT,
            evidence="Met at a fair",
            at=NOW - timedelta(days=1),
            expires_at=NOW + timedelta(days=100) if n % 45 == 3 else None,
        )
        for n, pk in enumerate(ids)
        if n % 30
    )
    Notice.objects.bulk_create(Notice(candidate_id=pk, kind=Notice.Kind.TOLD, at=NOW) for pk in ids)
    CandidateTag.objects.bulk_create(
        CandidateTag(
            candidate_id=pk,
            tag=of_kind[n % len(of_kind)],
            source="test",
            added_at=NOW,
            is_primary=kind == Tag.Kind.SPECIALTY,
        )
        for n, pk in enumerate(ids)
        for kind, of_kind in tags.items()
        if n % 25 or kind != Tag.Kind.SENIORITY
    )
    return ids


def _corners(ids: list[int]) -> None:
    Candidate.objects.filter(pk__in=ids[11::60]).update(status=Candidate.Status.PLACED)
    Candidate.objects.filter(pk__in=ids[17::60]).update(paused_at=NOW)
    Candidate.objects.filter(pk__in=ids[23::60]).update(
        paused_at=NOW, paused_until=NOW + timedelta(days=50)
    )
    Suppression.objects.bulk_create(
        Suppression(candidate_id=pk, reason=Suppression.Reason.UNSUBSCRIBED, at=NOW)
        for pk in ids[29::60]
    )


def _enroll(version: SequenceVersion, ids: list[int]) -> None:
    steps = version.steps.count()
    Enrollment.objects.bulk_create(
        Enrollment(
            candidate_id=pk,
            version=version,
            sequence=version.sequence,
            position=n % min(steps, 3),
            next_step_at=NOW + timedelta(days=n % 30, minutes=15 * _TIMES[n % len(_TIMES)]),
            started_at=NOW,
        )
        for n, pk in enumerate(ids)
    )


def _pools(arc: SequenceVersion, ids: list[int]) -> None:
    """Time alone lets people into one of them, and out of the other."""
    late = make.pool("days since last conversation >= 150", arc.sequence)
    make.pool("days since last conversation <= 60")
    PoolMember.objects.bulk_create(
        PoolMember(pool=late, candidate_id=pk, joined_at=NOW) for pk in ids[150:160]
    )
    Pool.objects.update(counted_at=NOW)
