"""Learns how features and fit go together, and how good people look who do not fit.

python -m bench.learn_fit --seeds 40

Draws invented worlds (bench.fit_world), holds their people against their roles, and writes
warmbench/shortlists/data/fit.json: weights, what scores were worth among the best of each role, and
the best score of those who did not fit, role by role. What scores are worth is learnt on roles that
the weights were not learnt on. Never measure on the same seeds: bench.shortlists has its own.
"""

import argparse
import json
import math
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from warmbench.cli import start

Numbers = npt.NDArray[np.float64]

TARGET = Path(__file__).parent.parent / "warmbench" / "shortlists" / "data" / "fit.json"
#: Groups of roles; what scores are worth in one is learnt with weights from the others.
FOLDS = 5
#: The best who do not fit count so much: it is from them that those who fit have to stand out.
HARD, HARDER = 20, 4.0
#: How strongly weights are held back, and how many steps they take.
HELD_BACK, STEPS = 0.002, 4000
#: Larger pools are left out: they take long, above all to read.
LARGEST = {"facts": 130, "texts": 80}
#: What is known of the best so many of each role tells what a score is worth.
BEST = 5


@dataclass(frozen=True)
class Pool:
    """The people of one role whom nothing keeps out: their features, and whether they fit."""

    key: str
    features: Numbers
    fits: npt.NDArray[np.bool_]
    #: Of all people, whether somebody fits.
    has_fits: bool


def pools(seed: int, roles: int, how: str) -> list[Pool]:
    """The roles of one seed, each with its pool, read as ``facts`` or ``texts``."""
    start.configure()
    import django

    django.setup()
    from bench import fit_dossiers, fit_world
    from warmbench.shortlists import choosing, features, requirements, texts

    found = []
    today: date = fit_world.TODAY
    for case in fit_world.world(seed, roles=roles):
        if len(case.candidates) > LARGEST[how]:
            continue
        if how == "facts":
            spec = requirements.from_json(case.spec_json)
            people = [fit_dossiers.of_facts(one, today=today) for one in case.candidates]
        else:
            spec = texts.role("role.txt", case.role_text.encode(), today=today)
            people = [fit_dossiers.of_texts(one) for one in case.candidates]
        fits = {one.key: one.fits for one in case.candidates}
        ranked = [one for one in choosing.ranking(spec, people, today=today) if not one.conflicts]
        rows = [[one.features[name] for name in features.NAMES] for one in ranked]
        table = np.array(rows, float).reshape(len(rows), len(features.NAMES))
        found.append(
            Pool(
                f"{how}-{case.key}",
                table,
                np.array([fits[one.key] for one in ranked], bool),
                any(fits.values()),
            )
        )
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


def learn(roles: Sequence[Pool], *, risk: float = 0.2) -> dict[str, Any]:
    """What ``fit.json`` holds."""
    from warmbench.shortlists import features

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
        "version": "1",
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


def drawn(seeds: Sequence[int], roles: int, how: str, *, processes: int = 2) -> list[Pool]:
    """The pools of some seeds, drawn by several processes."""
    with ProcessPoolExecutor(processes) as workers:
        jobs = [workers.submit(pools, seed, roles, how) for seed in seeds]
        return [one for job in jobs for one in job.result()]


def main() -> None:
    """Learn, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--roles", type=int, default=6, help="of each seed, known by facts")
    parser.add_argument("--text-roles", type=int, default=1, help="of each seed, read as texts")
    given = parser.parse_args()
    seeds = range(1, given.seeds + 1)
    roles = drawn(seeds, given.roles, "facts") + drawn(seeds, given.text_roles, "texts")
    kept = learn(roles)
    TARGET.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(kept["weights"], indent=1))
    print(f"{len(roles)} roles, {sum(len(one.fits) for one in roles)} people; {kept['history']}")


if __name__ == "__main__":
    main()
