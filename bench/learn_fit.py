"""Learns how often what evidence shows was truly so, how that and fit go together, and how good
people look who do not fit.

python -m bench.learn_fit --seeds 40 --how facts

Draws invented worlds (bench.fit_world), holds their people against their roles, and writes
warmbench/shortlists/data/fit_facts.json, or fit_texts.json for people of whom there are texts
alone: odds, weights, what scores were worth among the best of each role, and the best score of
those who did not fit, role by role. What scores are worth is learnt on roles that the weights were
not learnt on. Never measure on the same seeds: bench.shortlists has its own.
"""

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from warmbench.cli import start

Numbers = npt.NDArray[np.float64]

DATA = Path(__file__).parent.parent / "warmbench" / "shortlists" / "data"
#: Groups of roles; what scores are worth in one is learnt with weights from the others.
FOLDS = 5
#: The best who do not fit count so much: it is from them that those who fit have to stand out.
HARD, HARDER = 10, 2.0
#: How strongly weights are held back, and how many steps they take.
HELD_BACK, STEPS = 0.0002, 4000
#: Larger pools are left out: they take long, above all to read.
LARGEST = {"facts": 160, "texts": 100}
#: What is known of the best so many of each role tells what a score is worth.
BEST = 5
#: Odds are learnt from those who come near: so many of each role.
NEAR = 40
#: Shares of evidence that count as one, for odds.
BAND = 0.1


@dataclass(frozen=True)
class Seen:
    """One person held against one role, and the truth."""

    dossier: Any
    evidence: tuple[Any, ...]
    shares: dict[str, float]
    is_out: bool
    fits: bool
    misses: frozenset[str]


@dataclass(frozen=True)
class Role:
    """A role and its pool. ``names`` are those of its requirements in the truth."""

    spec: Any
    names: dict[str, str]
    people: tuple[Seen, ...]


@dataclass(frozen=True)
class Pool:
    """The people of one role whom nothing keeps out: their features, and whether they fit."""

    features: Numbers
    fits: npt.NDArray[np.bool_]


def drawn(seed: int, roles: int, how: str) -> list[Role]:
    """The roles of one seed, each with its pool, read as ``facts`` or ``texts``."""
    start.configure()
    import django

    django.setup()
    from bench import fit_dossiers, fit_world
    from warmbench.shortlists import requirements, texts

    found = []
    today: date = fit_world.TODAY
    for case in fit_world.world(seed, roles=roles):
        if len(case.candidates) > LARGEST[how]:
            continue
        truth = requirements.from_json(case.spec_json)
        if how == "facts":
            spec = truth
            people = [fit_dossiers.of_facts(one, today=today) for one in case.candidates]
        else:
            spec = texts.role("role.txt", case.role_text.encode(), today=today)
            people = [fit_dossiers.of_texts(one) for one in case.candidates]
        told = {one.key: one for one in case.candidates}
        found.append(held(spec, truth, people, told, today))
    return found


def held(spec: Any, truth: Any, people: Sequence[Any], told: dict[str, Any], today: date) -> Role:
    """People held against a role, as ranking does it: those who come near by sentences as well."""
    from warmbench.shortlists import evidence, gates, meaning

    shown = {one.key: evidence.judge(spec.requirements, one, today=today) for one in people}
    near = sorted(people, key=lambda one: (-_shown(shown[one.key]), one.key))[:NEAR]
    meanings = meaning.of(spec, near)
    for one in near:
        shown[one.key] = evidence.judge(spec.requirements, one, today=today, meanings=meanings)
    seen = []
    for one in people:
        gate = gates.judge(spec, one, shown[one.key], today=today)
        person = told[one.key]
        misses = frozenset(person.misses)
        seen.append(
            Seen(one, shown[one.key], gate.shares, bool(gate.conflicts), person.fits, misses)
        )
    names = {f"{one.aspect}:{one.name}": f"{one.aspect}:{one.name}" for one in truth.requirements}
    return Role(spec, names, tuple(seen))


def _shown(evidence: Iterable[Any]) -> float:
    """How much of the musts, or else of all, is shown."""
    from warmbench.shortlists.requirements import Tier

    listed = list(evidence)
    asked = [one.share for one in listed if one.tier == Tier.MUST] or [o.share for o in listed]
    return sum(asked) / len(asked) if asked else 0.0


def odds_of(roles: Sequence[Role]) -> Any:
    """How often what evidence shows was so, among those who come near."""
    from warmbench.shortlists import features
    from warmbench.shortlists.odds import Odds
    from warmbench.shortlists.requirements import Tier
    from warmbench.shortlists.verdict import Standing

    shown: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    unknown: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    missing: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    level: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    terms: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for role in roles:
        near = sorted(role.people, key=lambda one: -_shown(one.evidence))[:NEAR]
        for person in near:
            for asked, told in zip(role.spec.requirements, person.evidence, strict=True):
                name = f"{asked.aspect}:{asked.name}"
                if asked.tier != Tier.MUST or name not in role.names:
                    continue
                is_so = name not in person.misses
                if told.standing == Standing.UNKNOWN:
                    unknown[asked.aspect][is_so] += 1
                elif told.standing == Standing.FAILED:
                    missing[asked.aspect][is_so] += 1
                else:
                    shown[asked.aspect].append((told.share, is_so))
            steps = features.steps(role.spec, person.dossier)
            told_steps = "unknown" if steps is None else str(min(max(steps, -4), 4))
            level[told_steps]["level" not in person.misses] += 1
            places = {"place", "remote"}
            for term, against in (("place", places), ("pay", {"pay"}), ("start", {"start"})):
                terms[term].append((person.shares[term], not (against & person.misses)))
    return Odds(
        shown={name: _curve(pairs) for name, pairs in shown.items()},
        unknown={name: _share(counts) for name, counts in unknown.items()},
        missing={name: _share(counts) for name, counts in missing.items()},
        level=_peaked({name: _share(counts) for name, counts in level.items()}),
        terms={name: _curve(pairs) for name, pairs in terms.items()},
    )


def _share(counts: Counter[bool]) -> float:
    return round((counts[True] + 1) / (sum(counts.values()) + 2), 3)


def _peaked(level: dict[str, float]) -> dict[str, float]:
    """Further from the role is never better, above and below."""
    found = dict(level)
    for way in (1, -1):
        best = found.get("0", 0.9)
        for step in range(1, 5):
            best = min(best, found.get(str(way * step), best))
            found[str(way * step)] = best
    return found


def _curve(pairs: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float], ...]:
    """How often it was so by how much was shown, in bands and never falling."""
    bands: defaultdict[int, list[bool]] = defaultdict(list)
    for share, is_so in pairs:
        bands[round(share / BAND)].append(is_so)
    rising_pairs: list[list[float]] = []
    for band, told in sorted(bands.items()):
        rising_pairs.append([band * BAND, band * BAND, sum(told) + 0.5, len(told) + 1.0])
        while (
            len(rising_pairs) > 1
            and rising_pairs[-2][2] / rising_pairs[-2][3]
            >= rising_pairs[-1][2] / rising_pairs[-1][3]
        ):
            low, _, so, count = rising_pairs[-2]
            last = rising_pairs[-1]
            rising_pairs[-2:] = [[low, last[1], so + last[2], count + last[3]]]
    return tuple(
        (round((low + high) / 2, 3), round(min(max(so / count, 0.02), 0.995), 3))
        for low, high, so, count in rising_pairs
    )


def pools(roles: Sequence[Role], odds: Any) -> list[Pool]:
    """The features of everybody whom nothing keeps out."""
    from warmbench.shortlists import features

    found = []
    for role in roles:
        free = [one for one in role.people if not one.is_out]
        rows = [
            list(features.of(role.spec, one.evidence, one.dossier, one.shares, odds).values())
            for one in free
        ]
        table = np.array(rows, float).reshape(len(rows), len(features.NAMES))
        found.append(Pool(table, np.array([one.fits for one in free], bool)))
    return found


def weights(roles: Sequence[Pool]) -> Numbers:
    """The bias and the weights, none below 0, that tell fits best. Each role counts the same."""
    rows = np.vstack([one.features for one in roles if len(one.fits)])
    fits = np.concatenate([one.fits for one in roles if len(one.fits)]).astype(float)
    found = _descend(rows, fits, np.ones(len(fits)))
    for _ in range(2):
        counts = np.concatenate([_counts(one, found) for one in roles if len(one.fits)])
        found = _descend(rows, fits, counts)
    return found


def _counts(role: Pool, found: Numbers) -> Numbers:
    """How much each of a role counts: more, who does not fit and looks as if."""
    scores = scored(role, found)
    counts = np.ones(len(scores))
    counts[np.argsort(-scores)[:HARD]] = HARDER
    return counts


def _descend(rows: Numbers, fits: Numbers, counts: Numbers) -> Numbers:
    """Logistic regression with weights that are not below 0, by Adam."""
    found = np.zeros(rows.shape[1] + 1)
    found[0], found[1:] = -5.0, 1.0
    first, second = np.zeros_like(found), np.zeros_like(found)
    with_one = np.hstack([np.ones((len(rows), 1)), rows])
    for step in range(1, STEPS + 1):
        error = 1 / (1 + np.exp(-np.clip(with_one @ found, -30, 30))) - fits
        slope = with_one.T @ (error * counts) / counts.sum()
        slope[1:] += HELD_BACK * found[1:] / 10
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        rate = 0.05 if step < STEPS // 2 else 0.01
        found -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        found[1:] = np.maximum(found[1:], 0.0)
    return found


def scored(role: Pool, found: Numbers) -> Numbers:
    """The scores of a role's people."""
    scores: Numbers = found[0] + role.features @ found[1:]
    return scores


def rising(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """How likely a fit is by score, never less for more: pooled adjacent violators (Barlow et al.,
    “Statistical inference under order restrictions”, 1972), with one fit and one misfit more in
    each step, so that nothing is certain."""
    blocks: list[list[float]] = []
    for score, is_fit in sorted(pairs):
        blocks.append([score, score, float(is_fit), 1.0])
        while len(blocks) > 1 and blocks[-2][2] / blocks[-2][3] >= blocks[-1][2] / blocks[-1][3]:
            low, _, fits, count = blocks[-2]
            blocks[-2:] = [[low, blocks[-1][1], fits + blocks[-1][2], count + blocks[-1][3]]]
    steps = [((low + high) / 2, (fits + 0.5) / (count + 1)) for low, high, fits, count in blocks]
    best = 0.0
    found = []
    for at, share in steps:
        best = max(best, share)
        found.append((round(at, 3), round(best, 3)))
    return found


def learn(drawn_: Sequence[Role], *, risk: float = 0.2) -> dict[str, Any]:
    """What a file of the model holds."""
    from warmbench.shortlists import features
    from warmbench.shortlists import odds as odds_

    odds = odds_of(drawn_)
    roles = pools(drawn_, odds)

    told: list[tuple[float, bool]] = []
    worst: list[float] = []
    held: list[tuple[Numbers, npt.NDArray[np.bool_]]] = []
    for fold in range(FOLDS):
        found = weights([one for at, one in enumerate(roles) if at % FOLDS != fold])
        for role in (one for at, one in enumerate(roles) if at % FOLDS == fold):
            scores = scored(role, found)
            held.append((scores, role.fits))
            best = np.argsort(-scores)[:BEST]
            told += [(float(scores[at]), bool(role.fits[at])) for at in best]
            misfits = scores[~role.fits]
            worst.append(float(misfits.max()) if len(misfits) else -20.0)
    final = weights(roles)
    calibration = rising(told)
    return {
        "version": "2",
        "odds": odds_.to_json(odds),
        "bias": round(float(final[0]), 4),
        "weights": {
            name: round(float(value), 4)
            for name, value in zip(features.NAMES, final[1:], strict=True)
        },
        "calibration": calibration,
        "best_misfits": sorted(round(one, 3) for one in worst),
        "history": _history(held, worst, calibration, risk),
    }


def _history(
    held: Sequence[tuple[Numbers, npt.NDArray[np.bool_]]],
    worst: Sequence[float],
    calibration: Sequence[tuple[float, float]],
    risk: float,
) -> list[tuple[float, int, int]]:
    """How many of those who would have been listed fitted, by their confidence."""
    least = sorted(worst)[max(0, math.ceil(len(worst) * (1 - risk)) - 1)]
    at, share = zip(*calibration, strict=True)
    listed = [
        (float(np.interp(score, at, share)), bool(fits))
        for scores, fit in held
        for score, fits in sorted(zip(scores, fit, strict=True), key=lambda one: -one[0])[:BEST]
        if score > least
    ]
    steps = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)
    bands = list(zip(steps, (*steps[1:], 1.01), strict=True))
    return [
        (low, sum(fits for sure, fits in listed if low <= sure < high), count)
        for low, high in bands
        if (count := sum(low <= sure < high for sure, _ in listed))
    ]


def all_drawn(seeds: Sequence[int], roles: int, how: str, *, processes: int = 2) -> list[Role]:
    """The roles of some seeds, drawn by several processes."""
    with ProcessPoolExecutor(processes) as workers:
        jobs = [workers.submit(drawn, seed, roles, how) for seed in seeds]
        return [one for job in jobs for one in job.result()]


def main() -> None:
    """Learn, and write the model."""
    start.configure()
    import django

    django.setup()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--roles", type=int, default=8, help="of each seed")
    parser.add_argument("--how", choices=("facts", "texts"), default="facts")
    given = parser.parse_args()
    roles = all_drawn(range(1, given.seeds + 1), given.roles, given.how)
    kept = learn(roles)
    target = DATA / f"fit_{given.how}.json"
    target.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(kept["weights"], indent=1))
    print(f"{len(roles)} roles, {sum(len(one.people) for one in roles)} people; {kept['history']}")


if __name__ == "__main__":
    main()
