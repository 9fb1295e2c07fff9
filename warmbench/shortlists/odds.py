"""Knows how often what evidence shows was truly so: learnt where the truth was known."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.shortlists.requirements import Aspect
from warmbench.shortlists.verdict import Evidence, Standing

Curve = tuple[tuple[float, float], ...]

#: Nothing is as sure as never or always.
LEAST, MOST = 0.02, 0.995


@dataclass(frozen=True, slots=True)
class Odds:
    """Shares of cases in which something was truly so."""

    #: By aspect, how often a requirement of which so much is shown was met. Rising.
    shown: Mapping[str, Curve]
    #: By aspect, how often one was met of which nothing was known, or that seemed to be missing.
    unknown: Mapping[str, float]
    missing: Mapping[str, float]
    #: How often the level was right, by how many steps their title stands above the role's.
    level: Mapping[str, float]
    #: By term (place, pay, start), how often it was no obstacle where it fitted so well. Rising.
    terms: Mapping[str, Curve]

    def met(self, aspect: Aspect, shown: Evidence) -> float:
        """How likely it is that somebody truly meets a requirement."""
        match shown.standing:
            case Standing.UNKNOWN:
                return self.unknown.get(aspect, 0.5)
            case Standing.FAILED:
                return self.missing.get(aspect, 0.1)
            case _:
                return at(self.shown.get(aspect, ((0.0, LEAST), (1.0, MOST))), shown.share)

    def of_level(self, steps: int | None, share: float) -> float:
        """How likely it is that somebody works at the right level, by the steps between titles and
        by how well the band fits."""
        told = "unknown" if steps is None else str(min(max(steps, -4), 4))
        return max(LEAST, self.level.get(told, 0.5) * (1.0 if share >= 0.5 or steps == 0 else 0.7))

    def of_term(self, name: str, share: float) -> float:
        """How likely it is that a term is no obstacle."""
        return at(self.terms.get(name, ((0.0, 0.1), (0.5, 0.9), (1.0, MOST))), share)


def at(curve: Curve, share: float) -> float:
    """The height of a rising curve, between its points in a straight line."""
    places = [one for one, _ in curve]
    right = bisect_right(places, share)
    if right == 0:
        return curve[0][1]
    if right == len(curve):
        return curve[-1][1]
    (x0, y0), (x1, y1) = curve[right - 1], curve[right]
    return y0 + (y1 - y0) * ((share - x0) / (x1 - x0) if x1 > x0 else 1.0)


def from_json(kept: Mapping[str, Any]) -> Odds:
    """The odds in what ``to_json`` wrote."""
    return Odds(
        shown={name: _curve(points) for name, points in kept["shown"].items()},
        unknown={name: float(share) for name, share in kept["unknown"].items()},
        missing={name: float(share) for name, share in kept["missing"].items()},
        level={name: float(share) for name, share in kept["level"].items()},
        terms={name: _curve(points) for name, points in kept["terms"].items()},
    )


def to_json(odds: Odds) -> dict[str, Any]:
    """How odds are kept."""
    return {
        "shown": {name: [list(point) for point in curve] for name, curve in odds.shown.items()},
        "unknown": dict(odds.unknown),
        "missing": dict(odds.missing),
        "level": dict(odds.level),
        "terms": {name: [list(point) for point in curve] for name, curve in odds.terms.items()},
    }


def _curve(points: Sequence[Sequence[float]]) -> Curve:
    return tuple((float(x), float(y)) for x, y in points)
