"""Turns what ranking said of somebody into what is kept of it, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from warmbench.shortlists.requirements import Tier
from warmbench.shortlists.verdict import (
    Conflict,
    Evidence,
    Judged,
    Left,
    Listed,
    Quote,
    Reason,
    Standing,
)


def told(one: Judged | Listed | Left) -> dict[str, Any]:
    """What is kept of one person of a ranking, as JSON. ``heard`` reads it back."""
    match one:
        case Listed():
            return {"listed": _plain(asdict(one))}
        case Left():
            return {"left": _plain(asdict(one))}
        case Judged():
            return {"judged": _plain(asdict(one))}


def heard(kept: Mapping[str, Any]) -> Judged | Listed | Left:
    """The same person in what ``told`` wrote. Raises KeyError for anything else."""
    if "listed" in kept:
        one = kept["listed"]
        return Listed(
            judged=_judged(one["judged"]),
            reasons=tuple(
                Reason(each["key"], each["sentence"], _quotes(each["quotes"]))
                for each in one["reasons"]
            ),
            would_change=tuple(one["would_change"]),
            best_at=tuple(one["best_at"]),
        )
    if "left" in kept:
        one = kept["left"]
        return Left(_judged(one["judged"]), one["lacks"], one["sentence"])
    return _judged(kept["judged"])


def _judged(kept: Mapping[str, Any]) -> Judged:
    return Judged(
        key=kept["key"],
        score=kept["score"],
        confidence=kept["confidence"],
        features=dict(kept["features"]),
        evidence=tuple(_evidence(one) for one in kept["evidence"]),
        conflicts=tuple(Conflict(**one) for one in kept["conflicts"]),
        trade_offs=tuple(kept["trade_offs"]),
        questions=tuple(kept["questions"]),
    )


def _evidence(kept: Mapping[str, Any]) -> Evidence:
    return Evidence(
        key=kept["key"],
        name=kept["name"],
        tier=Tier(kept["tier"]),
        standing=Standing(kept["standing"]),
        share=kept["share"],
        sentence=kept["sentence"],
        quotes=_quotes(kept["quotes"]),
    )


def _quotes(kept: list[dict[str, Any]]) -> tuple[Quote, ...]:
    return tuple(
        Quote(
            one["text"],
            date.fromisoformat(one["said_on"]) if one["said_on"] else None,
            one["source"],
            one["insight_id"],
        )
        for one in kept
    )


def _plain(value: Any) -> Any:
    """The same in what JSON knows."""
    match value:
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case date():
            return value.isoformat()
        case Tier() | Standing():
            return str(value)
        case _:
            return value
