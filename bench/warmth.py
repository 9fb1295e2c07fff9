"""How fast warmth is added to, counted anew by another policy, and listed; and that cooling writes
nothing.

    python -m bench.warmth --people 1000000

With ten signals each. Adding stands beside the bare INSERT of the same signals, in the same run.
"""

import argparse
import random
import statistics
import threading
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from bench import scratch, world

_SIGNALS = """
INSERT INTO signal (candidate_id, kind, grade, at, topic, key)
SELECT c.id,
       (ARRAY['clicked', 'clicked', 'clicked', 'clicked', 'replied', 'preferences_updated',
              'unsubscribed', 'absent'])[1 + abs(hashint8(c.id * 13 + n)) %% 8],
       (ARRAY['certain', 'likely'])[1 + abs(hashint8(c.id * 17 + n)) %% 2],
       -- Most signs are old; some people were heard from this week.
       %(now)s - interval '1 minute' * (abs(hashint8(c.id * 7 + n)) %% 1000000),
       '', 'bench:' || n
  FROM candidate c, generate_series(1, %(each)s) n
 WHERE c.id BETWEEN %(first)s AND %(last)s
"""
_BATCH = 500


def _fill(each: int) -> None:
    from warmbench.core import sql

    [(first, last)] = sql.run("SELECT min(id), max(id) FROM candidate").fetchall()
    for start in range(first, last + 1, 50_000):
        values = {"first": start, "last": start + 49_999, "each": each, "now": world.NOW}
        sql.run(_SIGNALS, values)
    sql.run("VACUUM ANALYZE signal")


def _drafts(people: list[int], batch: int, draw: random.Random) -> list[object]:
    from warmbench.signals.models import Signal
    from warmbench.signals.record import SignalDraft

    return [
        SignalDraft(
            candidate_id=pk,
            kind=Signal.Kind.CLICKED,
            grade=Signal.Grade.LIKELY,
            at=world.NOW,
            key=f"added:{batch}",
        )
        for pk in draw.sample(people, _BATCH)
    ]


def _adding(people: list[int], batches: int) -> tuple[float, float]:
    """Signals a second: as they are recorded, and by the bare INSERT."""
    from django.db import transaction

    from warmbench.core import sql
    from warmbench.core.events import held_back
    from warmbench.signals import record

    draw = random.Random(5)
    statement = sql.load(record.__file__, "record_signals")
    recorded, bare = [], []
    for batch in range(batches):
        drafts = _drafts(people, batch, draw)
        began = time.perf_counter()
        with held_back():
            record.record(drafts, now=world.NOW)  # type: ignore[arg-type]
        recorded.append(time.perf_counter() - began)
        ids = [d.candidate_id for d in drafts]  # type: ignore[attr-defined]
        values = {
            "candidates": ids,
            "kinds": ["clicked"] * _BATCH,
            "grades": ["likely"] * _BATCH,
            "ats": [world.NOW] * _BATCH,
            "messages": [None] * _BATCH,
            "topics": [""] * _BATCH,
            "keys": [f"bare:{batch}"] * _BATCH,
        }
        began = time.perf_counter()
        with transaction.atomic():
            sql.run(statement, values).fetchall()
        bare.append(time.perf_counter() - began)
        # Not to be counted: they were written behind warmth's back.
        sql.run("DELETE FROM signal WHERE key = %s", [f"bare:{batch}"])
    return _BATCH / statistics.median(recorded), _BATCH / statistics.median(bare)


def _count() -> tuple[int, float, float]:
    """Steps and seconds of a whole count, and the longest step."""
    from warmbench.signals import recounting

    steps, longest, began = 0, 0.0, time.perf_counter()
    while True:
        since = time.perf_counter()
        if not recounting.step("", now=world.NOW):
            return steps, time.perf_counter() - began, longest
        steps, longest = steps + 1, max(longest, time.perf_counter() - since)


class _Listener(threading.Thread):
    """Records one signal after the other while everybody is counted."""

    def __init__(self, people: list[int]) -> None:
        super().__init__(daemon=True)
        self.people = people
        self.taken: list[float] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        from django.db import connection

        from warmbench.core.events import held_back
        from warmbench.signals import record
        from warmbench.signals.models import Signal
        from warmbench.signals.record import SignalDraft

        draw, number = random.Random(9), 0
        while not self.stopped.wait(0.02):
            number += 1
            draft = SignalDraft(
                candidate_id=draw.choice(self.people),
                kind=Signal.Kind.CLICKED,
                grade=Signal.Grade.CERTAIN,
                at=world.NOW,
                key=f"listened:{number}",
            )
            began = time.perf_counter()
            with held_back():
                record.record([draft], now=world.NOW)
            self.taken.append(time.perf_counter() - began)
        connection.close()


def _written() -> int:
    """Rows of warmth that were ever written, as PostgreSQL counts them."""
    from warmbench.core import sql

    sql.run("SELECT pg_stat_force_next_flush()")
    [(rows,)] = sql.run(
        "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'warmth'"
    ).fetchall()
    return int(rows)


def _reading() -> None:
    from warmbench.signals import warmth
    from warmbench.signals.models import Warmth
    from warmbench.web import heat

    before = _written()
    top = list(Warmth.objects.order_by("-rank").values_list("candidate_id", flat=True)[:50])
    ms = scratch.median_ms(
        lambda: warmth.of(
            list(Warmth.objects.order_by("-rank").values_list("candidate_id", flat=True)[:50]),
            now=world.NOW,
        ),
        50,
    )
    print(f"the warmest 50 with their numbers: {ms:.2f} ms")
    ms = scratch.median_ms(lambda: heat.of(top, now=world.NOW), 10)
    print(f"the same with why: {ms:.1f} ms")
    year = [warmth.of(top, now=world.NOW + timedelta(days=days)) for days in range(0, 365, 30)]
    assert all(b[pk] <= a[pk] for a, b in pairwise(year) for pk in top)
    assert list(Warmth.objects.order_by("-rank").values_list("candidate_id", flat=True)[:50]) == top
    print(f"a year of cooling: {_written() - before} rows written")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=10, help="signals of each person")
    parser.add_argument("--batches", type=int, default=40)
    options = parser.parse_args()

    scratch.prepare()
    from warmbench.core import sql
    from warmbench.people.models import Candidate
    from warmbench.signals import policies, scoring, warmth, what_if
    from warmbench.signals.models import Signal, Warmth, WarmthPolicy

    world.tags()
    world.team(8)
    with scratch.timed(f"{options.people:,} people, {options.people * options.each:,} signals"):
        world.people(options.people)
        _fill(options.each)
    people = list(Candidate.objects.order_by("pk").values_list("pk", flat=True))

    WarmthPolicy.objects.update(counted_at=None)
    steps, seconds, _ = _count()
    print(f"first count: {seconds:.1f} s in {steps} steps, {Warmth.objects.count():,} rows")
    sql.run("VACUUM ANALYZE warmth")

    recorded, bare = _adding(people, options.batches)
    print(f"adding: {recorded:,.0f} signals/s with their warmth, {bare:,.0f}/s bare:"
          f" {bare / recorded:.2f} times as long")  # fmt: skip
    _reading()

    other = replace(scoring.FIRST, weights={"replied": 50.0, "clicked": 15.0}, half_life_days=45)
    before = _written()
    began = time.perf_counter()
    found = what_if.compare(scoring.FIRST, other, now=world.NOW)
    looked = "everybody" if found.is_exact else f"{found.looked_at:,} of {found.people:,}"
    print(f"what if: {time.perf_counter() - began:.2f} s, {looked};"
          f" {_written() - before} rows written")  # fmt: skip

    policies.adopt("", other, "bench", by_id=None, now=world.NOW)
    listener = _Listener(people)
    listener.start()
    steps, seconds, longest = _count()
    listener.stopped.set()
    listener.join()
    taken = sorted(listener.taken)
    print(f"recount by another policy: {seconds:.1f} s in {steps} steps, the longest"
          f" {longest * 1000:.0f} ms")  # fmt: skip
    print(f"  {len(taken)} signals came meanwhile: median {statistics.median(taken) * 1000:.1f} ms,"
          f" longest {taken[-1] * 1000:.0f} ms")  # fmt: skip
    policy = policies.in_force()
    some = random.Random(3).sample(people, min(2_000, len(people)))
    shown = warmth.of(some, now=world.NOW)
    for pk in some:
        heard = Signal.objects.filter(candidate=pk)
        assert shown[pk] == scoring.shown(scoring.total(heard, policy, now=world.NOW)), pk
    print(f"numbers of {len(some):,} people by rows and by their signals: the same")


if __name__ == "__main__":
    main()
