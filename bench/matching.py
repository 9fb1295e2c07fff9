"""How soon it is known who fits a role, who fits best and why, and which roles fit a person.

    python -m bench.matching --candidates 1000000

People have some twelve skills of 10,000, by Zipf's law: few skills are common and most are rare. Of
forty roles, half ask for none of the ten commonest skills. Beside it stand, in the same run: the
plain statement over rows of tags, posting lists in memory (the limit; with pyroaring, where it is
installed), and judging everybody who has enough skills.
"""

import argparse
import math
import random
import statistics
import time
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from bench import matching_world, scratch
from bench.matching_world import THRESHOLD, Asking
from bench.world import NOW

#: The statement that one would write at first.
_PLAIN = """
SELECT array_agg(candidate_id) FROM (
    SELECT candidate_id FROM candidate_tag
     WHERE tag_id = ANY(%(skills)s)
     GROUP BY candidate_id
    HAVING count(*) >= %(least)s
) found
"""
#: Judging more than these one by one would take minutes, and says no more.
_MOST_JUDGED = 10_000


def _measure(name: str, roles: Sequence[Asking], action: Callable[[Asking], object]) -> float:
    """Print how long the action takes for each role, warm; returns the median of the processors'
    milliseconds, which other work on the machine lengthens least."""
    taken: dict[str, list[_Time]] = {"specific": [], "popular": []}
    for role in roles:
        taken[role.kind].append(_timed(partial(action, role)))
    every = [one for times in taken.values() for one in times]
    print(f"{name}: {_spread([one.wall for one in every])} ms")
    cells = [
        f"{kind} {_spread([one.processor for one in times])}"
        for kind, times in {"all": every, **taken}.items()
        if times
    ]
    print(f"  of the processors: {'; '.join(cells)} ms")
    return statistics.median(one.processor for one in every)


class _Time(NamedTuple):
    """Milliseconds of a run."""

    wall: float
    #: Of this process and of its database backend.
    processor: float


def _timed(action: Callable[[], object]) -> _Time:
    """How long the action takes: the quickest of three runs after one to warm up."""
    action()
    runs = []
    for _ in range(3):
        began, used = time.perf_counter(), _processor_ms()
        action()
        runs.append(_Time((time.perf_counter() - began) * 1000, _processor_ms() - used))
    return min(runs)


def _processor_ms() -> float:
    """What this process and its database backend have used; on Linux alone also the latter."""
    own = time.process_time() * 1000
    try:
        return own + int(Path(f"/proc/{_backend()}/schedstat").read_text().split()[0]) / 1e6
    except FileNotFoundError:
        return own


@cache
def _backend() -> int:
    from warmbench.core import sql

    (pid,) = sql.run("SELECT pg_backend_pid()").fetchall()[0]
    return int(pid)


def _spread(times: Sequence[float]) -> str:
    ms = sorted(times)
    return f"{statistics.median(ms):,.1f} (p95 {ms[math.ceil(len(ms) * 0.95) - 1]:,.1f})"


def _posting_lists(roles: Sequence[Asking]) -> tuple[str, dict[int, Any]]:
    """Who has each of the skills of these roles, in memory, and what it is kept in."""
    from warmbench.core import sql

    rows = sql.run(
        "SELECT tag_id, array_agg(candidate_id) FROM candidate_tag"
        " WHERE tag_id = ANY(%s) GROUP BY tag_id",
        [sorted({tag for role in roles for tag in role.skills})],
    )
    try:
        bitmap = import_module("pyroaring").BitMap
    except ImportError:
        return "plain Python", {tag: array("l", people) for tag, people in rows}
    return "pyroaring", {tag: bitmap(people) for tag, people in rows}


def _at_least(lists: Sequence[Any], least: int) -> int:
    """How many people are in so many of the lists at least."""
    if isinstance(lists[0], array):
        counted = Counter(person for one in lists for person in one)
        return sum(times >= least for times in counted.values())
    # who[k]: people who are in k lists at least, of those that were read.
    who = [type(lists[0])() for _ in range(least + 1)]
    for one in lists:
        for k in range(least, 1, -1):
            who[k] = who[k] | (who[k - 1] & one)
        who[1] = who[1] | one
    return len(who[least])


def _sets(roles: Sequence[Asking]) -> None:
    """Who has enough skills: our statement, the plain one, and memory."""
    from warmbench.core import sql
    from warmbench.sourcing import matching

    def plain(role: Asking) -> list[int]:
        rows = sql.run(_PLAIN, {"skills": role.skills, "least": THRESHOLD}).fetchall()
        return rows[0][0] or []

    def ours(role: Asking) -> list[tuple[list[int], list[int]]]:
        return matching.by_skills(role.role_id, threshold=THRESHOLD)

    kept_in, lists = _posting_lists(roles)

    def memory(role: Asking) -> int:
        return _at_least([lists[tag] for tag in role.skills if tag in lists], THRESHOLD)

    sizes = []
    for role in roles:
        found = sorted(person for _, people in ours(role) for person in people)
        assert found == sorted(plain(role)), role
        assert len(found) == memory(role), role
        sizes.append(len(found))
    print(f"people found: median {statistics.median(sizes):,.0f}, most {max(sizes):,}")
    us = _measure("matching set", roles, ours)
    plainly = _measure("GROUP BY … HAVING (plain way)", roles, plain)
    limit = _measure(f"posting lists in memory, {kept_in} (limit)", roles, memory)
    print(f"ratio to the plain way {plainly / us:.1f}, to the limit {limit / us:.3f}")
    _measure("counted, for 3, 4 and 5 skills", roles,
             lambda role: matching.count(role.role_id, thresholds=[3, 4, 5]))  # fmt: skip


def _ranked(roles: Sequence[Asking]) -> None:
    """The best of them with their reasons, beside judging everybody."""
    from warmbench.sourcing import matching

    def ours(role: Asking) -> list[matching.Match]:
        return matching.find(role.role_id, threshold=THRESHOLD, limit=25, now=NOW)

    def everybody(role: Asking) -> list[matching.Match]:
        groups = matching.by_skills(role.role_id, threshold=THRESHOLD)
        ids = [person for _, people in groups for person in people]
        judged = matching.explain(role.role_id, ids, now=NOW).values()
        fitting = [match for match in judged if not match.failures]
        fitting.sort(key=lambda match: (-match.score, match.candidate_id))
        return fitting[:25]

    _measure("best 25, explained", roles, ours)
    sizes = {
        role.role_id: matching.count(role.role_id, thresholds=[THRESHOLD])[THRESHOLD]
        for role in roles
    }
    judged = [role for role in roles if sizes[role.role_id] <= _MOST_JUDGED]
    for role in judged:
        assert ours(role) == everybody(role), role
    many = [role for role in judged if sizes[role.role_id] >= _MOST_JUDGED / 10]
    if many:
        print(f"{len(many)} of the roles that many people have enough skills for:")
        us = _measure("best 25, explained", many, ours)
        them = _measure("everybody judged", many, everybody)
        print(f"ratio to judging everybody {them / us:.1f}")


def _one_person(candidates: int, times: int) -> None:
    """Which of all open roles fit somebody who changed."""
    from warmbench.sourcing import matching

    draw = random.Random(11)
    who = [1 + draw.randrange(candidates) for _ in range(times)]
    fitting = [len(matching.roles_for([pk], now=NOW)[pk]) for pk in who]
    taken = [_timed(partial(matching.roles_for, [pk], now=NOW)) for pk in who]
    print(f"one person against all open roles: {_spread([one.wall for one in taken])} ms")
    print(f"  of the processors: {_spread([one.processor for one in taken])} ms")
    print(f"  {statistics.mean(fitting):.1f} roles fit on average, {max(fitting)} at most")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--roles", type=int, default=40, help="how many roles are measured")
    parser.add_argument("--open", type=int, default=2_000, help="how many roles are open")
    options = parser.parse_args()

    scratch.prepare()
    from warmbench.core import sql
    from warmbench.sourcing import matching, simulator

    matching_world.tags()
    with scratch.timed(f"{options.candidates:,} people"):
        matching_world.people(options.candidates)
    (carried,) = sql.run("SELECT avg(cardinality(tag_ids)) - 1 FROM candidate_facet").fetchall()[0]
    roles = matching_world.roles(options.roles, options.open - options.roles)
    print(f"{carried:.1f} skills a person; {options.open:,} open roles")
    with scratch.timed("tags counted anew"):
        matching.recount(now=NOW)
    sql.run("VACUUM ANALYZE tag_count")
    _sets(roles)
    _ranked(roles)
    _measure("simulated, for 3, 4 and 5 skills", roles,
             lambda role: simulator.simulate(role.role_id, [3, 4, 5], now=NOW))  # fmt: skip
    _one_person(options.candidates, 100)


if __name__ == "__main__":
    main()
