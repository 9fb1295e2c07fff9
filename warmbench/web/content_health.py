"""The page about the library's health: what to renew, what is clicked, what repeats, what lacks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import drop, health
from warmbench.nurture.drop import Drop
from warmbench.nurture.health import Gap, Performance
from warmbench.nurture.models import ContentPiece
from warmbench.nurture.shares import Share

#: With a million messages, counting takes seconds: what was counted is kept so long, in seconds.
_KEPT = 900
_MOST_STALE = 20
#: Drawn for at least so much, or a library without clicks would show large differences.
_LEAST_DRAWN = 0.02
#: The interval of a piece that was hardly sent is wide, and would make all others dots.
_TELLING = 30
#: A chart is drawn on so many units.
_WIDE = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A share as it is drawn: where it, and its interval, lie on ``_WIDE`` units."""

    share: Share
    at: int
    low: int
    high: int

    @property
    def percent(self) -> float:
        """The share in percent."""
        return self.share.value * 100

    @property
    def low_percent(self) -> float:
        """The lower end of its interval, in percent."""
        return self.share.low * 100

    @property
    def high_percent(self) -> float:
        """The upper end of its interval, in percent."""
        return self.share.high * 100


@dataclass(frozen=True)
class Row:
    """A piece and what it brought."""

    piece: ContentPiece
    sent: int
    clicks: Drawn
    replies: Drawn


@dataclass(frozen=True)
class Bar:
    """One month on the sequence: its number, its click share, and the bar from the top down."""

    month: int
    clicks: Drawn
    top: int


@dataclass(frozen=True)
class Missing:
    """Something that the library lacks, and where it is written."""

    gap: Gap
    kind: str
    url: str


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """How the library is doing."""
    now = clock.now()
    performances = _kept("performance", health.performance, now=now)
    fallen = _kept("drop", lambda *, now: drop.explain(since=now - health.LOOK_BACK), now=now)
    stale = health.stale(today=now.date())
    rows = _rows(performances)
    context: dict[str, Any] = {
        "section": "sequences",
        "live": health.live(today=now.date()).count(),
        "stale": stale[:_MOST_STALE],
        "stale_count": stale.count(),
        "more_stale": max(0, stale.count() - _MOST_STALE),
        "quarter": health.quarter(performances, today=now.date()),
        "rows": rows,
        "sent": sum(row.sent for row in rows),
        "repeats": sum((fallen.early_same.of, fallen.late_same.of)),
        "counted": sum((fallen.early.of, fallen.late.of)),
        "drop": fallen,
        "bars": _bars(fallen),
        "groups": _groups(fallen),
        "missing": [_missing(gap) for gap in health.gaps(now=now)],
        "gap_days": health.GAPS_SINCE.days,
        "look_back_days": health.LOOK_BACK.days,
    }
    return render(request, "content_health/page.html", context)


def _kept(name: str, count: Callable[..., T], *, now: datetime) -> T:
    """What was counted within the last minutes, or counts it."""
    turn = int(now.timestamp()) // _KEPT
    found = cache.get_or_set(f"content-health:{name}:{turn}", lambda: count(now=now), _KEPT)
    return cast("T", found)


def _rows(performances: Mapping[int, Performance]) -> list[Row]:
    """Every piece that was sent, the most used first."""
    pieces = ContentPiece.objects.select_related("topic", "seniority").in_bulk(performances)
    known = sorted(
        ((pieces[pk], one) for pk, one in performances.items() if pk in pieces),
        key=lambda pair: (-pair[1].sent, pair[0].title),
    )
    clicks = _most([one.clicks for _, one in known])
    replies = _most([one.replies for _, one in known])
    return [
        Row(piece, one.sent, _drawn(one.clicks, clicks), _drawn(one.replies, replies))
        for piece, one in known
    ]


def _most(shares: Sequence[Share]) -> float:
    """What the whole width of a chart stands for."""
    return max([_LEAST_DRAWN, *(one.high for one in shares if one.of >= _TELLING)])


def _drawn(one: Share, most: float) -> Drawn:
    at, low, high = (round(min(1.0, x / most) * _WIDE) for x in (one.value, one.low, one.high))
    return Drawn(one, at, low, high)


def _bars(fallen: Drop) -> list[Bar]:
    most = _most([month.clicks for month in fallen.months])
    drawn = [(month.number, _drawn(month.clicks, most)) for month in fallen.months]
    return [Bar(number, clicks, _WIDE - clicks.at) for number, clicks in drawn]


def _groups(fallen: Drop) -> list[tuple[str, str, Drawn]]:
    """The groups that explain the drop: when, which pieces, and their clicks."""
    groups = [
        ("Months 1 to 3", "Another kind or topic", fallen.early_other),
        ("Months 1 to 3", "Same kind and topic", fallen.early_same),
        ("Months 4 to 6", "Another kind or topic", fallen.late_other),
        ("Months 4 to 6", "Same kind and topic", fallen.late_same),
    ]
    most = _most([one for _, _, one in groups])
    return [(when, which, _drawn(one, most)) for when, which, one in groups]


def _missing(gap: Gap) -> Missing:
    asked: dict[str, str | int] = {"kind": gap.kind}
    if gap.specialty:
        asked["topic"] = gap.specialty.pk
    if gap.seniority:
        asked["seniority"] = gap.seniority.pk
    url = f"{reverse('piece-new')}?{urlencode(asked)}"
    return Missing(gap, ContentPiece.Kind(gap.kind).label, url)


urlpatterns = [path("sequences/content/health/", show, name="content-health")]
