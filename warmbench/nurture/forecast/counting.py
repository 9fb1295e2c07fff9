"""Counts what a forecast saw, inside its scratch."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from warmbench.accounts.models import Organisation
from warmbench.core import sql
from warmbench.messaging import ramp
from warmbench.messaging.models import Sender
from warmbench.nurture.forecast import coverage, shifts
from warmbench.nurture.forecast.results import PutOff, Result, SenderLoad, StepSeen, moment

#: product.md §2: a piece that nobody reviewed for so long is stale.
FRESH = timedelta(days=90)


def see(*, since: datetime) -> None:
    """Note what went, what was refused, and who heard nothing."""
    sql.run(sql.load(__file__, "see_touches"), {"since": since, "fresh_days": FRESH.days})
    sql.run("ANALYZE forecast_seen")
    sql.run(sql.load(__file__, "see_silent"), {"since": since})
    sql.run("ANALYZE forecast_seen")


def keep(forecast_id: int, *, schema: str) -> None:
    """Write it to the live table, in the caller's transaction; of an earlier try nothing stays."""
    for name in ("forget_touches", "keep_touches"):
        statement = sql.load(__file__, name).replace("{live}", schema)
        sql.run(statement, {"forecast": forecast_id})


def result(*, since: datetime, ticks: int, counts_everybody: bool) -> Result:
    """The counts of what was noted."""
    zone = Organisation.objects.get().default_time_zone
    of_time = {"since": since}
    same_piece, same_topic = sql.run(sql.load(__file__, "repeats")).fetchall()[0]
    return Result(
        people=_one("SELECT count(*) FROM forecast_person"),
        written_to=_one(f"SELECT count(DISTINCT candidate_id) {_SENT}"),
        messages=_one(f"SELECT count(*) {_SENT}"),
        counts_everybody=counts_everybody,
        ticks=ticks,
        days=_nested("sent_by_day", {"zone": zone}),
        senders=_senders(),
        refusals=_pairs(_REFUSED),
        put_off={
            reason: PutOff(touches, people)
            for reason, touches, people in sql.run(sql.load(__file__, "put_off"), of_time)
        },
        fallbacks=_levels(),
        same_piece=same_piece,
        same_topic=same_topic,
        silent=_pairs(_SILENT),
        steps=[_step(*row) for row in sql.run(sql.load(__file__, "first_dates"), of_time)],
        shifts=shifts.counted(since=since, zone=ZoneInfo(zone)),
        coverage=coverage.cells(zone=zone),
        missing_pieces=coverage.missing_pieces(),
    )


_SENT = "FROM forecast_seen WHERE touch <> '' AND refusal = ''"
_REFUSED = """
SELECT refusal, count(*) FROM forecast_seen WHERE touch <> '' AND refusal <> ''
 GROUP BY 1 ORDER BY 2 DESC, 1
"""
_SILENT = """
SELECT refusal, count(*) FROM forecast_seen WHERE touch = '' GROUP BY 1 ORDER BY 2 DESC, 1
"""


def _one(question: str) -> int:
    [(count,)] = sql.run(question).fetchall()
    return int(count)


def _pairs(question: str) -> dict[str, int]:
    return dict(sql.run(question).fetchall())


def _nested(name: str, values: dict[str, object]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for day, what, count in sql.run(sql.load(__file__, name), values):
        found.setdefault(day.isoformat(), {})[what] = count
    return found


def _levels() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    rows = sql.run(
        "SELECT content_kind, level, count(*) FROM forecast_seen"
        " WHERE level IN ('own', 'category', 'general') GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for kind, level, count in rows:
        found.setdefault(kind, {})[level] = count
    return found


def _step(*row: Any) -> StepSeen:
    *about, first, people, refused = row
    sequence_id, sequence_key, sequence, version, position, key, kind, content_kind = about
    return StepSeen(
        sequence_id=sequence_id,
        sequence_key=sequence_key,
        sequence=sequence,
        version=version,
        position=position,
        key=key,
        kind=kind,
        content_kind=content_kind,
        first=moment(first),
        people=people,
        refused=refused,
    )


def _senders() -> list[SenderLoad]:
    mailboxes = Sender.objects.in_bulk()
    days: defaultdict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for sender_id, day, count in sql.run(sql.load(__file__, "sent_by_sender")):
        days[sender_id][day.isoformat()] = (count, _cap(mailboxes[sender_id], day))
    return [SenderLoad(pk, str(mailboxes[pk]), found) for pk, found in sorted(days.items())]


def _cap(sender: Sender, day: date) -> int:
    return ramp.cap_on(
        day,
        ramp_started_on=sender.ramp_started_on,
        ramp_from=sender.ramp_from,
        ramp_days=sender.ramp_days,
        daily_cap=sender.daily_cap,
    )
