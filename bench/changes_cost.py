"""What it costs to notice changes and to say for whom they matter: of an import, and of one person.

    WARMBENCH_INSTANCE=bench-changes python -m bench.changes_cost --people 10000 --profiles 30

Times hang on the machine and on what else it does. Beside them stands what does not: how many
statements it takes, and how many times as long as it takes to hold one person against one profile.
"""

import argparse
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench import scratch

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=60)
_ASKED = 6
_TIMES = 60


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--profiles", type=int, default=30)
    options = parser.parse_args()
    scratch.prepare()
    from bench import matching_world

    matching_world.tags()
    matching_world.people(options.people)
    _profiles(options.profiles)
    _an_import()
    _one_person()


def _profiles(count: int) -> None:
    from warmbench.accounts.models import Role, User
    from warmbench.people.models import Tag
    from warmbench.shortlists import profiles
    from warmbench.shortlists.requirements import Aspect, Requirement, Spec, Tier, key_for

    owner = User.objects.create_user(
        "bench@example.com", "secret", date_joined=NOW, name="Bench", role=Role.RECRUITER
    )
    draw, skills = random.Random(7), list(Tag.objects.filter(kind=Tag.Kind.SKILL).order_by("pk"))
    for number in range(count):
        asked = tuple(
            Requirement(
                key_for(Aspect.SKILL, one.name), Aspect.SKILL, Tier.MUST, one.name, tag_id=one.pk
            )
            for one in draw.sample(skills, _ASKED)
        )
        spec = Spec(f"Profile {number}", asked)
        made = profiles.create(spec.title, spec, by_id=owner.pk, now=NOW)
        profiles.approve(made.pk, seen=None, by_id=owner.pk, now=NOW)


def _statements(action: Callable[[], object]) -> tuple[float, int]:
    """How many seconds and how many statements it takes."""
    from django.db import connection

    count = 0

    def counted(execute: Callable[..., object], *args: object) -> object:
        nonlocal count
        count += 1
        return execute(*args)

    began = time.perf_counter()
    with connection.execute_wrapper(counted):
        action()
    return time.perf_counter() - began, count


def _an_import() -> None:
    from warmbench.people.models import Candidate
    from warmbench.shortlists import noticing

    ids = list(Candidate.objects.order_by("pk").values_list("pk", flat=True))
    for what, now in (("first snapshots", NOW), ("nothing new", NOW + timedelta(hours=1))):
        seconds, count = _statements(lambda now=now: noticing.compare(ids, now=now))  # type: ignore[misc]
        print(
            f"{what} of {len(ids):,} people: {seconds:.1f} s, {count} statements,"
            f" {1000 * seconds / len(ids):.2f} ms a person"
        )
    Candidate.objects.update(job_title="Head of Engineering", employer="Contoso GmbH")
    noticing.compare(ids, now=NOW + timedelta(hours=2))
    Candidate.objects.update(employer="Fabrikam Inc.")
    seconds, count = _statements(lambda: noticing.compare(ids, now=LATER))
    print(f"another employer of all: {seconds:.1f} s, {count} statements")


def _one_person() -> None:
    from warmbench.people.models import Candidate
    from warmbench.shortlists import choosing, people_known, profiles, relevance
    from warmbench.shortlists.models import Change, ProfileVersion

    ids = list(Candidate.objects.order_by("pk").values_list("pk", flat=True)[:_TIMES])
    changes = dict(
        Change.objects.filter(candidate__in=ids).order_by("pk").values_list("candidate", "pk")
    )
    spec = profiles.spec_of(ProfileVersion.objects.filter(is_current=True).order_by("pk")[0])
    known = people_known.dossiers(ids, now=LATER)
    walk = iter([known[pk] for pk in ids if pk in known] * 2)
    today = LATER.date()
    pure = scratch.median_ms(
        lambda: choosing.ranking(spec, [next(walk)], today=today, is_quick=True), _TIMES
    )
    turn = iter([pk for pk in ids if pk in changes] * 2)
    judged = scratch.median_ms(
        lambda: relevance.judge([changes[next(turn)]], now=LATER), min(_TIMES, len(changes))
    )
    _, count = _statements(lambda: relevance.judge([changes[next(turn)]], now=LATER))
    in_force = ProfileVersion.objects.filter(is_current=True).count()
    print(
        f"one person against {in_force} profiles: {judged:.1f} ms, {count} statements,"
        f" {judged / pure:.0f} times as long as against one without a database ({pure:.2f} ms)"
    )
    many = list(changes.values())
    seconds, count = _statements(lambda: relevance.judge(many, now=LATER))
    print(
        f"{len(many)} people at once: {1000 * seconds / len(many):.1f} ms each, {count} statements"
    )


if __name__ == "__main__":
    main()
