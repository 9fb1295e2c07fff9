"""Finds the touches and answers of which an ATS is to get a line, and overlooks none.

Rows get their numbers when they are written, and are seen when they are committed: one with a
smaller number may come into sight after one with a greater. So nothing is taken for read before
every transaction that was under way when it was seen is over. Until then it is read again, and
what was wanted is not wanted twice.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from warmbench.core import sql
from warmbench.integrations.ats import abilities, wanted
from warmbench.integrations.models import AtsConnection, AtsWrite
from warmbench.people.models import CandidateRecord
from warmbench.signals.models import Signal

#: What people said or did that is worth a line, and what the line calls it.
ANSWERS: Mapping[str, str] = {
    Signal.Kind.REPLIED: "replied",
    Signal.Kind.PREFERENCES_UPDATED: "updated their preferences",
    Signal.Kind.NOT_FOR_ME: "said that something does not fit",
    Signal.Kind.UNSUBSCRIBED: "wants no more messages",
}
#: In seconds by the clock of the database: a statement has its row's number a moment before its
#: transaction has one.
_SETTLES = 10.0
_STATES = (*AtsConnection.AT_WORK, AtsConnection.State.PAUSED)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place up to which all will have been seen once some transactions are over."""

    id: int
    #: Transactions with a smaller number may still add rows before it.
    until: int
    taken: float


@dataclass(slots=True)
class Reader:
    """How far one table was read."""

    #: Every row up to this one is there, and was looked at.
    done: int = 0
    mark: Mark | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> "Reader":
        """What was stored of it."""
        if not kept:
            return cls()
        return cls(kept["done"], Mark(**kept["mark"]) if kept["mark"] else None)

    def go_on(self, *, oldest: int, newest: int, seconds: float, last: int, most: int) -> None:
        """Note how far the table goes now; ``most``: no further, whatever is seen."""
        mark = self.mark
        if mark is not None and mark.until > newest:
            # Of another life of the database, whose transactions had other numbers.
            mark = None
        if mark is None:
            self.mark = Mark(last, newest, seconds)
        elif mark.until <= oldest and not mark.taken + _SETTLES > seconds >= mark.taken:
            self.done = max(self.done, min(mark.id, most))
            self.mark = Mark(last, newest, seconds)


def look(*, now: datetime) -> int:
    """Want a line for every touch that was handed over and every answer that came since it was
    looked last, in every connection. Returns how many lines."""
    live = AtsConnection.objects.filter(state__in=_STATES, writes_since__isnull=False)
    return sum(_look_at(pk, now=now) for pk in live.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _look_at(connection_id: int, *, now: datetime) -> int:
    locked = AtsConnection.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    found = locked.select_related("truth").defer("credentials", "tokens")
    connection = found.filter(pk=connection_id, state__in=_STATES).first()
    if connection is None or connection.writes_since is None:
        return 0
    kept = connection.activity_read
    touches = Reader.from_json(kept.get("touches"))
    answers = Reader.from_json(kept.get("answers"))
    values: dict[str, object] = {
        "connection": connection.pk,
        "source": connection.truth.name,
        "since": connection.writes_since,
        "rank": wanted.RANK[AtsWrite.Kind.ACTIVITY],
        "now": now,
    }
    [(oldest, newest, seconds, attempts, finished, signals)] = sql.run(
        sql.load(__file__, "how_far")
    )
    after = {"touches": touches.done, "answers": answers.done}
    moment = {"oldest": oldest, "newest": newest, "seconds": seconds}
    touches.go_on(**moment, last=attempts, most=finished)
    answers.go_on(**moment, last=signals, most=signals)
    count = 0
    if abilities.of(connection).activity.is_possible:
        count += _run("want_touches", values | {"after": after["touches"]})
        answered = {"after": after["answers"], "kinds": list(ANSWERS)}
        count += _run("want_answers", values | answered)
    if connection.mapping.get("tags_touched"):
        _tag_touched(connection, after["touches"], now=now)
    connection.activity_read = {"touches": asdict(touches), "answers": asdict(answers)}
    connection.save(update_fields=["activity_read"])
    return count


def _run(name: str, values: Mapping[str, object]) -> int:
    return sql.run(sql.load(__file__, name), values).rowcount


def _tag_touched(connection: AtsConnection, after: int, *, now: datetime) -> None:
    """Want the tag of those whom we wrote to, once for each record."""
    records = CandidateRecord.objects.filter(source=connection.truth.name)
    tagged = AtsWrite.objects.filter(connection=connection, key=wanted.TOUCHED)
    got = sql.run(
        """
        SELECT DISTINCT m.candidate_id
          FROM attempt a JOIN message m ON m.id = a.message_id AND m.state = 'sent'
         WHERE a.id > %(after)s AND a.outcome = 'accepted' AND a.claimed_at >= %(since)s
        """,
        {"after": after, "since": connection.writes_since},
    ).fetchall()
    new = records.filter(candidate__in=[pk for (pk,) in got]).exclude(
        external_id__in=tagged.values("external_id")
    )
    ids = list(new.values_list("candidate_id", flat=True))
    wanted.again(ids, AtsWrite.Kind.TAGS, wanted.TOUCHED, connection_id=connection.pk, now=now)
