"""How the library is doing: what is old, what is clicked, what to renew next, what is missing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from warmbench.core import sql
from warmbench.nurture.models import ContentPiece
from warmbench.nurture.shares import Share, share
from warmbench.people.models import Tag

#: A piece that nobody has looked at for longer is stale.
STALE = timedelta(days=90)
#: So much of the library is renewed in a quarter: between a fifth and three tenths.
QUARTERLY = 0.25
#: What was sent longer ago says little about what is read now.
LOOK_BACK = timedelta(days=365)
#: Gaps are counted over so long.
GAPS_SINCE = timedelta(days=90)

_MOST_GAPS = 15
#: What a reason to renew weighs, in months since a piece was looked at.
_WEAK, _EXPIRING, _MOST_USED = 3.0, 3.0, 2.0
_MONTH = 30
#: A piece that brings so much of what is sent is much used.
_MUCH = 2.0
_EXPIRES_SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Performance:
    """What one piece brought: of the messages that were sent with it, how many were clicked by the
    person, and how many answered. Opens are not counted: most mails have no
    pixel, and machines load those that are there."""

    sent: int
    clicks: Share
    replies: Share


NOTHING = Performance(0, share(0, 0), share(0, 0))


@dataclass(frozen=True)
class Renewal:
    """A piece that should be looked at this quarter, and why, a sentence each."""

    piece: ContentPiece
    reasons: list[str]


@dataclass(frozen=True)
class Quarter:
    """What is to be renewed in a quarter, and how far that is."""

    since: date
    #: How many pieces should be looked at, and how many were since the quarter began.
    due: int
    done: int
    #: The next ones, most urgent first.
    pieces: list[Renewal] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether the share of this quarter was looked at."""
        return self.done >= self.due


@dataclass(frozen=True, slots=True)
class Gap:
    """What the library has nothing for: people whose step was passed over for it."""

    kind: str
    specialty: Tag | None
    seniority: Tag | None
    people: int
    times: int


def live(*, today: date) -> "QuerySet[ContentPiece]":
    """The pieces that somebody may be given on a day."""
    return ContentPiece.objects.filter(state=ContentPiece.State.LIVE).filter(
        Q(expires_on=None) | Q(expires_on__gt=today)
    )


def is_stale(piece: ContentPiece, *, today: date) -> bool:
    """Whether nobody has looked at it for longer than ``STALE``."""
    return piece.reviewed_on < today - STALE


def stale(*, today: date) -> "QuerySet[ContentPiece]":
    """The live pieces that are stale, the oldest first."""
    old = live(today=today).filter(reviewed_on__lt=today - STALE)
    return old.select_related("topic", "seniority").order_by("reviewed_on", "title")


def performance(*, now: datetime) -> dict[int, Performance]:
    """By the id of the piece, for what was sent within ``LOOK_BACK``."""
    rows = sql.run(sql.load(__file__, "content_performance"), {"since": now - LOOK_BACK})
    return {
        piece_id: Performance(sent, share(clicked, sent), share(replied, sent))
        for piece_id, sent, clicked, replied in rows.fetchall()
    }


def quarter(performances: Mapping[int, Performance], *, today: date) -> Quarter:
    """A quarter of the library, to be looked at until the quarter of the year ends.

    Next are those whose reasons weigh most: each month since somebody looked at it counts one,
    three that it is clicked less than the rest beyond chance, three that it expires soon, and up
    to two how much it is used. What was looked at since the quarter began is not on the list.
    """
    since = date(today.year, today.month - (today.month - 1) % 3, 1)
    pieces = list(live(today=today).select_related("topic", "seniority"))
    due = math.ceil(QUARTERLY * len(pieces))
    waiting = [piece for piece in pieces if piece.reviewed_on < since]
    weighed = [_weighed(piece, performances, pieces, today=today) for piece in waiting]
    weighed.sort(key=lambda one: (-one[0], one[1].piece.reviewed_on, one[1].piece.pk))
    done = len(pieces) - len(waiting)
    # When the share is done, it says what would be next.
    most = due - done if done < due else due
    return Quarter(since, due, done, [renewal for _, renewal in weighed[:most]])


def gaps(*, now: datetime) -> list[Gap]:
    """What people were passed over for within ``GAPS_SINCE``, those that concern most first."""
    asked = {"since": now - GAPS_SINCE, "most": _MOST_GAPS}
    rows = sql.run(sql.load(__file__, "content_gaps"), asked).fetchall()
    tags = Tag.objects.in_bulk({tag for row in rows for tag in row[1:3] if tag})
    return [
        Gap(kind, tags.get(specialty), tags.get(seniority), people, times)
        for kind, specialty, seniority, people, times in rows
    ]


def _weighed(
    piece: ContentPiece,
    performances: Mapping[int, Performance],
    pieces: list[ContentPiece],
    *,
    today: date,
) -> tuple[float, Renewal]:
    """How urgent it is to look at a piece, and why."""
    days = (today - piece.reviewed_on).days
    weight, reasons = days / _MONTH, [f"Nobody has looked at it for {days} days."]
    mine = performances.get(piece.pk, NOTHING)
    others = [performances.get(each.pk, NOTHING) for each in pieces if each.pk != piece.pk]
    rest = share(sum(one.clicks.hits for one in others), sum(one.sent for one in others))
    if mine.sent and mine.clicks.high < rest.low:
        weight += _WEAK
        reasons.append(
            f"{_percent(mine.clicks)} of its readers click, {_percent(rest)} of all others."
        )
    if piece.expires_on and piece.expires_on <= today + _EXPIRES_SOON:
        weight += _EXPIRING
        reasons.append(f"It expires on {piece.expires_on:%-d %B %Y}.")
    sent = mine.sent + rest.of
    usual = sent / len(pieces) if pieces else 0
    most = max([mine.sent, *(one.sent for one in others)], default=0)
    weight += _MOST_USED * mine.sent / most if most else 0
    if usual and mine.sent >= _MUCH * usual:
        reasons.append(f"It is much used: {mine.sent:,} of {sent:,} messages with content.")
    return weight, Renewal(piece, reasons)


def _percent(one: Share) -> str:
    return f"{one.value:.1%}".replace("%", " %")
