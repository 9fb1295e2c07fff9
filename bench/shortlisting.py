"""How soon a role has its shortlist: from its profile to a few people, or to nobody, with reasons.

    python -m bench.shortlisting --candidates 1000000

People and roles are those of bench.matching: some twelve skills of 10,000 by Zipf's law. Beside it
stand, on the same database: finding the best 25 by skills alone, and holding everybody who has
enough skills against the profile. Writing the list down is part of it; the record of everybody who
was ranked is most of what is written.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from bench import matching_world, scratch
from bench.matching_world import THRESHOLD, Asking
from bench.world import NOW

#: Holding more people than these against a profile would take minutes, and says no more.
_MOST_JUDGED = 10_000
_RUNS = 3


def _ms(action: Callable[[], object]) -> float:
    """How long the action takes: the quickest of some runs, after one to warm up."""
    action()
    taken = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return min(taken) * 1000


def _spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):,.0f} (p95 {last:,.0f}, most {ordered[-1]:,.0f}) ms"


def _profiles(roles: Sequence[Asking]) -> dict[int, int]:
    """An approved profile for each role, as it is proposed."""
    from warmbench.accounts.models import User
    from warmbench.shortlists import profiles, proposing

    alice = User.objects.create_user("alice@example.com", date_joined=NOW, name="Alice")
    made = {}
    for role in roles:
        spec = proposing.from_role(role.role_id, today=NOW.date())
        profile = profiles.create(spec.title, spec, role_id=role.role_id, by_id=alice.pk, now=NOW)
        profiles.approve(profile.pk, seen=None, by_id=alice.pk, now=NOW)
        made[role.role_id] = profile.pk
    return made


def _parts(roles: Sequence[Asking], made: dict[int, int]) -> None:
    """What the time goes into."""
    from warmbench.shortlists import choosing, people_known, profiles, retrieval

    looked, gathered, ranked, sizes = [], [], [], []
    for role in roles:
        version = profiles.current(made[role.role_id])
        assert version is not None
        spec = profiles.spec_of(version)
        found = retrieval.find(spec, role_id=role.role_id, now=NOW)
        known = people_known.dossiers(found.ids, now=NOW).values()
        sizes.append(len(found.ids))
        looked.append(_ms(lambda: retrieval.find(spec, role_id=role.role_id, now=NOW)))  # noqa: B023
        gathered.append(_ms(lambda: people_known.dossiers(found.ids, now=NOW)))  # noqa: B023
        ranked.append(_ms(lambda: choosing.choose(spec, known, today=NOW.date())))  # noqa: B023
    print(
        f"people held against a profile: median {statistics.median(sizes):.0f}, most {max(sizes)}"
    )
    print(f"  finding them: {_spread(looked)}")
    print(f"  gathering what is known of them: {_spread(gathered)}")
    print(f"  ranking them: {_spread(ranked)}")


def _beside(roles: Sequence[Asking], made: dict[int, int]) -> None:
    """The list, beside the plain ways to one."""
    from warmbench.shortlists import choosing, making, people_known, profiles
    from warmbench.sourcing import matching

    def ours(role: Asking) -> object:
        return making.make(made[role.role_id], by_id=None, now=NOW)

    def by_skills(role: Asking) -> object:
        return matching.find(role.role_id, threshold=THRESHOLD, limit=25, now=NOW)

    def everybody(role: Asking) -> object:
        groups = matching.by_skills(role.role_id, threshold=THRESHOLD)
        ids = [person for _, people in groups for person in people]
        version = profiles.current(made[role.role_id])
        assert version is not None
        known = people_known.dossiers(ids, now=NOW).values()
        return choosing.choose(profiles.spec_of(version), known, today=NOW.date())

    lists = [_ms(lambda: ours(role)) for role in roles]  # noqa: B023
    plainly = [_ms(lambda: by_skills(role)) for role in roles]  # noqa: B023
    print(f"from role to list, written down: {_spread(lists)}")
    print(f"the best 25 by skills alone: {_spread(plainly)}")
    print(f"  ratio {statistics.median(lists) / statistics.median(plainly):.1f}")
    sizes = {
        role.role_id: matching.count(role.role_id, thresholds=[THRESHOLD])[THRESHOLD]
        for role in roles
    }
    many = [role for role in roles if _MOST_JUDGED / 10 <= sizes[role.role_id] <= _MOST_JUDGED][:5]
    if many:
        us = statistics.median(_ms(lambda: ours(role)) for role in many)  # noqa: B023
        began = time.perf_counter()
        for role in many:
            everybody(role)
        them = (time.perf_counter() - began) / len(many) * 1000
        print(
            f"{len(many)} roles for which {_MOST_JUDGED // 10:,} to {_MOST_JUDGED:,} have enough:"
        )
        print(f"  ours {us:,.0f} ms, everybody judged {them:,.0f} ms, ratio {them / us:.1f}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--roles", type=int, default=20, help="how many roles are measured")
    options = parser.parse_args()

    scratch.prepare()
    from warmbench.accounts.models import Organisation
    from warmbench.core import sql
    from warmbench.sourcing import matching

    Organisation.objects.create(
        name="Bench", postal_address="1 Quay Street", default_country="DE", created_at=NOW
    )
    matching_world.tags()
    with scratch.timed(f"{options.candidates:,} people"):
        matching_world.people(options.candidates)
    roles = matching_world.roles(options.roles, 0)
    matching.recount(now=NOW)
    sql.run("VACUUM ANALYZE tag_count")
    with scratch.timed(f"{options.roles} profiles proposed and approved"):
        made = _profiles(roles)
    _parts(roles, made)
    _beside(roles, made)


if __name__ == "__main__":
    main()
