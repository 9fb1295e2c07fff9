"""Measures what is learnt from answers of managers whose weights are not those of a profile.

python -m bench.learning --seeds 201-204

For each role of a world a manager is drawn whose weights are other than the profile's: each up to
three times as much, or a third. They are shown lists of five from pools of the role, made by the
engine with the weights of the moment. What somebody is worth to them is the sum of what they
showed of each requirement, by their own weights: no formula of the engine. They err in one of ten,
and name what they miss most in half of their passes. After 3, 6 and 12 lists the proposal that
there is, is adopted, and people whom nobody has judged are ranked: how near are the weights, and
how well does the ranking agree with the manager's. Beside it the profile as it was, and managers
who answer by the throw of a coin: from those nothing is to be learnt.
"""

import argparse
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import mean
from typing import TYPE_CHECKING

from warmbench.cli import start

if TYPE_CHECKING:
    from warmbench.shortlists.answered import Past
    from warmbench.shortlists.requirements import Spec

#: After so many lists it is looked at what was learnt.
AFTER = (3, 6, 12)
_SIZE, _ERRS, _NAMES = 5, 0.1, 0.5
#: True weights are up to so many times those of the profile, or so many times less.
_FACTOR = 3.0
#: People who are none of the near ones are dealt into pools of so many.
_POOL = 15


@dataclass(frozen=True)
class Figures:
    """One profile after so many lists."""

    after: int
    #: How far logarithms of weights are from the true ones on average, within each tier.
    away: float
    #: Of fresh lists: pairs in the manager's order, and how many of the five the manager wants.
    agreement: float
    precision: float
    #: How far weights were moved from where they began.
    moved: float
    is_proposed: bool
    #: The pairs that the engine would have in the manager's order if it knew the true weights.
    most: float


class Manager:
    """Somebody who knows what they want, and is not always sure."""

    def __init__(self, dice: random.Random, spec: "Spec", *, is_random: bool) -> None:
        self.dice, self.is_random = dice, is_random
        self.wants = {
            one.key: one.weight * math.exp(dice.uniform(-1, 1) * math.log(_FACTOR))
            for one in spec.requirements
        }

    def spec(self, spec: "Spec") -> "Spec":
        """The profile as they mean it."""
        return replace(
            spec,
            requirements=tuple(
                replace(one, weight=min(3.0, self.wants[one.key])) for one in spec.requirements
            ),
        )

    def answer(self, one: "Past", *, worth: float, least: float) -> "Past":
        """What they say of somebody who is worth so much to them."""
        from warmbench.shortlists.answered import Said

        yes = worth >= least
        if self.is_random or self.dice.random() < _ERRS:
            yes = self.dice.random() < 0.5
        about = ""
        if not yes and self.dice.random() < _NAMES:
            about = self._missed(one)
        said = Said(yes, 1.0, "check" if yes else "pass", about)
        return replace(one, said=said, is_listed=True)

    def _missed(self, one: "Past") -> str:
        shown = [each for each in one.judged.evidence if each.tier != "dealbreaker"]
        if self.is_random:
            return self.dice.choice(shown).key
        return max(shown, key=lambda each: (self.wants[each.key] * (1 - each.share), each.key)).key


def measure(seed: int, roles: int, *, is_random: bool) -> Iterator[Figures]:
    """Every profile of a world, after each number of lists."""
    from bench import fit_dossiers, fit_world
    from warmbench.shortlists import choosing, requirements
    from warmbench.shortlists.answered import Past

    for case in fit_world.world(seed, roles=roles, empty=0.0):
        spec = requirements.from_json(case.spec_json)
        if sum(one.tier != "dealbreaker" for one in spec.requirements) < 4:
            continue
        today = fit_world.TODAY
        people = [fit_dossiers.of_facts(one, today=today) for one in case.candidates]
        ranked = choosing.ranking(spec, people, today=today, is_quick=True)
        near = [one for one in ranked if not one.conflicts and any(e.share for e in one.evidence)]
        pasts = [Past(n, one, is_listed=False) for n, one in enumerate(near, start=1)]
        dice = random.Random(f"{case.key}:{is_random}")
        yield from _life(dice, spec, pasts, is_random=is_random)


def _life(
    dice: random.Random, spec: "Spec", people: "list[Past]", *, is_random: bool
) -> Iterator[Figures]:
    from warmbench.shortlists import lessons, likelihood, replay
    from warmbench.shortlists.answered import PastList

    model = likelihood.usual()
    manager = Manager(dice, spec, is_random=is_random)
    truth = manager.spec(spec)
    worth = {one.entry_id: _worth(truth, one) for one in people}
    dice.shuffle(people)
    fresh, shown = people[: len(people) // 3], people[len(people) // 3 :]
    if len(fresh) < 2 * _SIZE or len(shown) < 2 * _SIZE:
        return
    # They want to see the better third of those who come near.
    least = sorted(worth.values())[-len(worth) // 3]
    now, lists, counted = spec, [], 0
    yield _figures(0, now, spec, truth, fresh, worth, least)
    for number in range(1, max(AFTER) + 1):
        pool = dice.sample(shown, min(_POOL, len(shown)))
        pool.sort(key=lambda one: -replay.score(now, model, one))
        told = [manager.answer(one, worth=worth[one.entry_id], least=least)
                for one in pool[:_SIZE]]  # fmt: skip
        lists.append(PastList(number, number, _numbered(told, number)))
        if number in AFTER:
            found = lessons.learn(now, model, lists[counted:])
            is_proposed = found.is_proposed
            if is_proposed:
                now, counted = lessons.applied(now, found), len(lists)
            yield replace(_figures(number, now, spec, truth, fresh, worth, least),
                          is_proposed=is_proposed)  # fmt: skip


def _worth(truth: "Spec", of: "Past") -> float:
    from warmbench.shortlists.requirements import USUAL_WEIGHTS

    shares = {one.key: one.share for one in of.judged.evidence}
    asked = [one for one in truth.requirements if one.tier != "dealbreaker"]
    return sum(one.weight * USUAL_WEIGHTS[one.tier] * shares[one.key] for one in asked)


def _numbered(told: "Sequence[Past]", number: int) -> "tuple[Past, ...]":
    """The same person may be on several lists: each time as another entry."""
    return tuple(replace(one, entry_id=1000 * number + n) for n, one in enumerate(told))


def _figures(
    after: int,
    now: "Spec",
    first: "Spec",
    truth: "Spec",
    fresh: "Sequence[Past]",
    worth: dict[int, float],
    least: float,
) -> Figures:
    from warmbench.shortlists import likelihood, replay

    model = likelihood.usual()
    scores = {one.entry_id: replay.score(now, model, one) for one in fresh}
    best_scores = {one.entry_id: replay.score(truth, model, one) for one in fresh}
    best = sorted(scores, key=lambda pk: (-scores[pk], pk))[:_SIZE]
    return Figures(
        after,
        away=_away(now, truth),
        agreement=_agreement(scores, worth),
        precision=mean(worth[pk] >= least for pk in best),
        moved=_away(now, first),
        is_proposed=False,
        most=_agreement(best_scores, worth),
    )


def _agreement(scores: dict[int, float], worth: dict[int, float]) -> float:
    pairs = [
        (worth[a] - worth[b]) * (scores[a] - scores[b])
        for a, b in combinations(scores, 2)
        if worth[a] != worth[b]
    ]
    return mean(1.0 if one > 0 else 0.5 if one == 0 else 0.0 for one in pairs)


def _away(one: "Spec", other: "Spec") -> float:
    """How far apart weights are: within a tier only their proportions count."""
    logs: defaultdict[str, list[float]] = defaultdict(list)
    for a, b in zip(one.requirements, other.requirements, strict=True):
        if a.tier != "dealbreaker":
            logs[b.tier].append(math.log(a.weight / b.weight))
    away = [abs(log - mean(of)) for of in logs.values() for log in of]
    return mean(away)


def report(found: Sequence[Figures]) -> str:
    """The figures as a table."""
    lines = ["lists  profiles  proposed  weights off  moved  pairs right  at most  precision at 5"]
    for after in (0, *AFTER):
        of = [one for one in found if one.after == after]
        lines.append(
            f"{after:5}  {len(of):8}  {sum(one.is_proposed for one in of):8}"
            f"  {mean(one.away for one in of):11.3f}  {mean(one.moved for one in of):5.3f}"
            f"  {mean(one.agreement for one in of):11.3f}"
            f"  {mean(one.most for one in of):7.3f}"
            f"  {mean(one.precision for one in of):14.3f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, and print a table for managers who mean it and for coins."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="201-202")
    parser.add_argument("--roles", type=int, default=15)
    asked = parser.parse_args()
    start.configure()
    import django

    django.setup()
    first, _, last = asked.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    for is_random in (False, True):
        found = [one for seed in seeds for one in measure(seed, asked.roles, is_random=is_random)]
        print(
            "Managers who answer by a coin" if is_random else "Managers with weights of their own"
        )
        print(report(found), flush=True)


if __name__ == "__main__":
    main()
