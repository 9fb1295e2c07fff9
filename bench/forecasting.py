"""How long a look ahead takes, how much memory, and whether it is what then really happens.

    python -m bench.forecasting --people 10000 --days 180 --prove

Beside it: the live planner and claim living through the same days at the same moments, with
nothing written as a mail and nothing handed over. ``--prove`` compares who got what on which day.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bench import scratch, world

#: Zone, country, and the ISO codes of nothing else: holidays and clocks differ.
_PLACES = (
    ("Europe/Berlin", "DE"),
    ("Europe/London", "GB"),
    ("America/New_York", "US"),
    ("Europe/Paris", "FR"),
)
#: People stand somewhere on their way, and are due at some quarter of an hour of the coming month.
_ENROLL = """
INSERT INTO enrollment (
    candidate_id, sequence_id, version_id, round, state, position, cycle, next_step_at,
    last_step, waiting_for, exit_reason, started_at
)
SELECT c.id, v.sequence_id, v.id, 0, 'active', abs(hashint8(c.id)) %% v.steps, 0,
       %(now)s::timestamptz + make_interval(days => abs(hashint8(c.id * 7 + v.id)) %% v.wait,
                                            mins => 15 * (abs(hashint8(c.id * 3)) %% 32)),
       false, '', '', %(now)s
  FROM candidate c
  JOIN (SELECT v.id, v.sequence_id, count(*)::int AS steps, max(st.wait_days)::int AS wait
          FROM sequence_version v JOIN step st ON st.version_id = v.id GROUP BY 1, 2) v
    ON v.wait = 30 OR c.id %% 3 = 0
"""


def _sequences() -> None:
    """A monthly arc, and a check-in every ninety days for a third of the people."""
    from warmbench.messaging import templates
    from warmbench.messaging.models import Template
    from warmbench.nurture.models import ContentPiece, Sequence
    from warmbench.people.models import Tag

    def wording(what: str) -> Template:
        subject, body = f"{what} for {{{{ first_name }}}}", "Hello {{ first_name }},\n\nnews."
        compiled = templates.compile(subject=subject, body=body, look="letter")
        return Template.objects.create(
            digest=compiled.digest, look="letter", subject=subject, body=body,
            compiled=compiled.to_json(), required=list(compiled.required), created_at=world.NOW,
        )  # fmt: skip

    news = wording("News")
    for topic in (*Tag.objects.filter(kind__in=["specialty", "category"]), None):
        for kind in ("trends", "salary", "tip"):
            for n in range(3):
                piece = ContentPiece.objects.create(
                    key=f"{kind}-{topic.pk if topic else 0}-{n}", kind=kind, title=f"Piece {n}",
                    topic=topic, state="live", reviewed_on=world.NOW.date(),
                )  # fmt: skip
                piece.variants.create(label="A", subject="s", body="b", template=news)
    arc = Sequence.objects.create(key="arc", name="Monthly", state="active")
    version = arc.versions.create(number=1, repeat_from=0, created_at=world.NOW)
    for n, kind in enumerate(("trends", "salary", "tip", "trends", "salary", "tip")):
        version.steps.create(
            position=n, key=f"s{n}", kind="content", content_kind=kind, wait_days=30
        )
    check_in = Sequence.objects.create(key="check_in_90", name="Check-in", state="active")
    version = check_in.versions.create(number=1, repeat_from=0, created_at=world.NOW)
    version.steps.create(
        position=0, key="check_in", kind="check_in", wait_days=90, template=wording("A word")
    )


def _world(people: int, recruiters: int, cap: int) -> None:
    from warmbench.core import sql
    from warmbench.messaging.models import Sender

    world.tags()
    world.team(recruiters, cap=cap)
    # As they are on the first day: a distance of 90 to 180 seconds.
    Sender.objects.update(spacing_min=90, spacing_max=180)
    world.people(people)
    for n, (zone, country) in enumerate(_PLACES):
        sql.run(
            "UPDATE candidate SET time_zone = %s, country = %s WHERE id %% %s = %s",
            [zone, country, len(_PLACES), n],
        )
    _sequences()
    sql.run(_ENROLL, {"now": world.NOW})
    sql.run("VACUUM ANALYZE")


@contextmanager
def _measured(results: dict[str, float], what: str) -> Iterator[None]:
    began, at_work = time.perf_counter(), time.process_time()
    yield
    results[what] = time.perf_counter() - began
    # What is left of the difference is PostgreSQL, and whatever else the machine does.
    results[f"{what}, in Python"] = time.process_time() - at_work


def _look_ahead(days: int) -> int:
    from warmbench.nurture.forecast import asking, run
    from warmbench.nurture.forecast.asking import Question
    from warmbench.nurture.models import Forecast

    question = Question(scope=Forecast.Scope.EVERYTHING, days=days)
    asked = asking.note(question, by_id=None, now=world.NOW)
    run.run(asked.pk, clock=lambda: world.NOW)
    asked.refresh_from_db()
    if asked.state != Forecast.State.DONE:
        raise SystemExit(asked.error)
    print(
        f"{asked.result['people']:,} people, {asked.result['messages']:,} messages,"
        f" {asked.result['ticks']:,} moments; refused: {asked.result['refusals']}"
    )
    return asked.pk


def _live(days: int, on_week: Callable[[datetime], None]) -> None:
    """The same loop on the live tables."""
    from warmbench.nurture.forecast.assumptions import Assumptions
    from warmbench.nurture.forecast.engine import Course

    until = world.NOW + timedelta(days=days)
    Course(world.NOW, until, Assumptions(), on_week).run()


_DIFFERENCES = """
WITH foreseen AS (
    SELECT candidate_id, at::date AS day, touch, occurrence, piece_id FROM forecast_touch
     WHERE forecast_id = %(forecast)s AND touch <> '' AND refusal = ''
),
real AS (
    SELECT m.candidate_id, m.handed_at::date AS day, m.touch, m.occurrence, u.piece_id
      FROM message m
      LEFT JOIN content_use u ON u.message_id = m.id AND u.candidate_id = m.candidate_id
     WHERE m.state = 'sent'
)
SELECT (SELECT count(*) FROM (SELECT * FROM foreseen EXCEPT ALL SELECT * FROM real) f),
       (SELECT count(*) FROM (SELECT * FROM real EXCEPT ALL SELECT * FROM foreseen) r),
       (SELECT count(*) FROM real)
"""


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--recruiters", type=int, default=20)
    parser.add_argument("--cap", type=int, default=100, help="of each mailbox, a day")
    parser.add_argument("--prove", action="store_true", help="compare with what then happens")
    options = parser.parse_args()

    scratch.prepare()
    from warmbench.core import sql

    _world(options.people, options.recruiters, options.cap)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken: dict[str, float] = {}
    with _measured(taken, "forecast"):
        number = _look_ahead(options.days)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"forecast: {taken['forecast']:.1f} s, {taken['forecast, in Python']:.1f} s in Python")
    print(f"peak memory of the process: {peak / 1024:,.0f} MB, {(peak - before) / 1024:,.0f} more")
    if options.prove:
        with _measured(taken, "live"):
            _live(options.days, lambda _: None)
        in_python = taken["live, in Python"]
        print(f"live, the same moments: {taken['live']:.1f} s, {in_python:.1f} s in Python")
        print(f"ratio: {taken['live'] / taken['forecast']:.2f}")
        row = sql.run(_DIFFERENCES, {"forecast": number}).fetchone()
        print("foreseen and not sent, sent and not foreseen, sent:", *(row or ()))


if __name__ == "__main__":
    main()
