"""How soon a changed person is in the right pools, and how long asking everybody takes.

    python -m bench.membership --candidates 1000000 --pools 50

The straightforward way to keep a pool true is to recount it whenever somebody changes; that
stands beside it, in the same run.
"""

import argparse
import random
import resource
from datetime import timedelta
from itertools import cycle

from bench import scratch, world

_VARY = """
UPDATE candidate SET
       status = (ARRAY['passive', 'passive', 'passive', 'open', 'searching', 'applied',
                       'placed', 'hired'])[1 + abs(hashint8(id * 7)) %% 8],
       country = (ARRAY['DE', 'DE', 'AT', 'CH', 'FR', ''])[1 + abs(hashint8(id * 11)) %% 6],
       source = (ARRAY['Old ATS', 'Fair', 'Website', 'Referral'])[1 + abs(hashint8(id * 13)) %% 4],
       last_conversation_on = CASE WHEN abs(hashint8(id * 17)) %% 3 > 0
                                   THEN last_conversation_on END
"""
#: What teams ask for, with gaps for names that are drawn.
_RULES = (
    """status in (passive, open) and specialty = "{specialty}" and consent for email
       and seniority in ("{seniority}", Executive)""",
    """status in (passive, open) and specialty = "{specialty}" and not skill = "{third}"
       and skill any of ("{skill}", "{other}") and months since last conversation >= {months}""",
    """silver medallist and specialty = "{specialty}"
       and months since last conversation >= {months}""",
    """category = Technology and country in (DE, AT) and seniority = "{seniority}"
       and stage at least interviewed and consent for email
       and not skill any of ("{skill}", "{other}")""",
    """status = passive and skill all of ("{skill}", "{other}") and has email
       and not suppressed""",
    """source = "Old ATS" and status != placed and specialty in ("{specialty}", "{another}")
       and (no last conversation or months since last conversation > {months})""",
)


def _pools(count: int) -> None:
    """So many pools, a third of them with a sequence."""
    from warmbench.nurture import pools
    from warmbench.nurture.models import Sequence
    from warmbench.people.models import Tag

    draw = random.Random(7)
    names = {
        kind: list(Tag.objects.filter(kind=kind).values_list("name", flat=True))
        for kind in ("specialty", "seniority", "skill")
    }
    sequence = Sequence.objects.create(key="bench", name="Bench", state="active")
    version = sequence.versions.create(number=1, created_at=world.NOW)
    version.steps.create(position=0, key="s", kind="content", wait_days=0, content_kind="trends")
    for number, text in zip(range(count), cycle(_RULES), strict=False):
        # Everybody knows the first skills, few the last ones.
        skills = [names["skill"][int(700 * draw.random() ** 3)] for _ in range(3)]
        rule = text.format(
            specialty=draw.choice(names["specialty"]),
            another=draw.choice(names["specialty"]),
            seniority=draw.choice(names["seniority"]),
            skill=skills[0],
            other=skills[1],
            third=skills[2],
            months=draw.randint(3, 12),
        )
        pools.create(
            pools.Terms(
                name=f"Pool {number}",
                entry_rule=rule,
                exit_rule="status in (placed, hired)" if number % 2 else "",
                sequence_ids=() if number % 3 else (sequence.pk,),
            ),
            by_id=None,
            now=world.NOW,
        )


def _live(times: int, candidates: int) -> tuple[float, float]:
    """Milliseconds for somebody who changes pools, and for somebody who does not."""
    from warmbench.core import sql
    from warmbench.nurture import pools

    draw = random.Random(11)
    first = sql.run("SELECT min(id) FROM candidate").fetchone()[0]
    statuses = cycle(["applied", "passive", "open"])

    def changed() -> None:
        pools.refresh([who], now=world.NOW)

    moved, stayed = [], []
    for _ in range(times):
        who = first + draw.randrange(candidates)
        sql.run("UPDATE candidate SET status = %s WHERE id = %s", [next(statuses), who])
        moved.append(scratch.median_ms(changed, 1))
        stayed.append(scratch.median_ms(changed, 1))
    return sorted(moved)[times // 2], sorted(stayed)[times // 2]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--pools", type=int, default=50)
    parser.add_argument("--times", type=int, default=300, help="how many people change")
    options = parser.parse_args()

    scratch.prepare()
    from warmbench.core import sql
    from warmbench.nurture import entering, membership, pools, rules
    from warmbench.nurture.models import Pool

    world.tags()
    world.team(8)
    with scratch.timed(f"{options.candidates:,} people"):
        world.people(options.candidates)
        sql.run(_VARY)
    _pools(options.pools)
    sql.run("VACUUM ANALYZE")
    print(f"statement of {options.pools} pools: {len(membership.current().of_people):,} characters")

    with scratch.timed("first recount, which fills the pools"):
        found = pools.recount(now=world.NOW)
    print(f"  {found.repaired.joined.total():,} joined, {found.repaired.enrolled:,} enrolled")
    sql.run("VACUUM ANALYZE")
    with scratch.timed("recount that finds nothing to repair"):
        found = pools.recount(now=world.NOW)
    assert not found.repaired, found
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {found.people:,} people, {memory} MB at most")

    moved, stayed = _live(options.times, options.candidates)
    print(f"one changed person (median of {options.times}): {moved:.2f} ms;"
          f" {stayed:.2f} ms when nothing follows")  # fmt: skip
    found = pools.recount(now=world.NOW)
    print(f"live and recount differ: {found.repaired or 'nowhere'}")

    pool = Pool.objects.order_by("pk")[1]
    one_pool = scratch.median_ms(lambda: pools.recount(now=world.NOW, pool_id=pool.pk), 3)
    print(f"full recount of one pool: {one_pool:,.0f} ms, {one_pool / moved:,.0f} times as long")
    with scratch.timed("a month later: recount that moves people"):
        found = pools.recount(now=world.NOW + timedelta(days=30))
    print(f"  {found.repaired.joined.total():,} joined, {found.repaired.left.total():,} left")
    for text in (pool.entry_rule, "status = passive"):
        rule = rules.parse(text)
        count = entering.preview(rule, now=world.NOW).count
        ms = scratch.median_ms(lambda rule=rule: entering.preview(rule, now=world.NOW), 3)
        print(f"preview of {count:,} people: {ms:,.0f} ms")
        terms = pools.Terms(name=pool.name, entry_rule=text)
        joins, leaves = pools.effect(pool.pk, terms, now=world.NOW)
        ms = scratch.median_ms(lambda terms=terms: pools.effect(pool.pk, terms, now=world.NOW), 3)
        print(f"effect of an edit, {joins:,} join and {leaves:,} leave: {ms:,.0f} ms")


if __name__ == "__main__":
    main()
