"""Whether somebody's place on a shortlist depends on who they are: names, pronouns, age, breaks,
postcodes and pictures are changed in the texts, and nobody's place may change.

    python -m bench.fairness --roles 4 --seed 901

For each role of an invented world (bench.fit_world) everybody's texts are read and ranked; then
everybody gets, by chance, another name, a birth date, and so on, one change at a time, and all are
read and ranked anew. Printed is in how many cases the score, the place, or the list is another,
with the first of them. Exit code 1 if any place changed.
"""

import argparse
import os
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bench import counterfactuals, fit_world
from bench.counterfactuals import Change, Texts
from bench.fit_world import Case

if TYPE_CHECKING:
    from warmbench.shortlists.verdict import Judged

#: All people, the best first, and who of them is listed.
Ranking: TypeAlias = "tuple[Sequence[Judged], list[str]]"
_SHOWN = 5
_KINDS = ("resume", "note", "email", "transcript", "debrief")


@dataclass(slots=True)
class Outcome:
    """What one kind of change did."""

    people: int = 0
    scores: int = 0
    places: int = 0
    lists: int = 0
    roles: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody whom a change moved."""

    change: str
    role: str
    key: str
    place: tuple[int, int]
    score: tuple[float, float]
    #: The requirements of which something else is found, and the features that differ.
    about: tuple[str, ...]


def main() -> None:
    """Measure, print, and fail if anybody's place changed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--roles", type=int, default=4)
    asked.add_argument("--seed", type=int, default=901)
    asked.add_argument("--people", type=int, default=60, help="of each role, at most")
    asked.add_argument("--only", default="", help="one change, by its name")
    said = asked.parse_args()
    _begin()
    cases = fit_world.world(seed=said.seed, roles=said.roles)
    chosen = {
        name: change
        for name, change in counterfactuals.changes().items()
        if not said.only or name == said.only
    }
    outcomes, moved = measure(cases, chosen, most=said.people, seed=said.seed)
    print(f"{'change':24}{'people':>8}{'scores':>8}{'places':>8}{'lists':>8}")
    for name, one in outcomes.items():
        print(f"{name:24}{one.people:8}{one.scores:8}{one.places:8}{one.lists:5}/{one.roles}")
    for each in moved[:_SHOWN]:
        print(each)
    if any(one.places for one in outcomes.values()):
        raise SystemExit(1)


def measure(
    cases: Sequence[Case], changes: Mapping[str, Change], *, most: int, seed: int
) -> tuple[dict[str, Outcome], list[Moved]]:
    """What each change does to the scores and places of the people of these roles."""
    outcomes, moved = defaultdict[str, Outcome](Outcome), list[Moved]()
    for case in cases:
        # Those who fit, and as many others as there is time for.
        people = sorted(case.candidates, key=lambda one: (not one.fits, one.key))[:most]
        texts = {one.key: one.texts for one in people}
        before = {"": _ranked(case, texts)}
        for name, change in changes.items():
            dice = random.Random(f"{seed}:{case.key}:{name}")
            now = _ranked(case, {key: change(one, dice) for key, one in texts.items()})
            # A note says “he” somewhere already: what other pronouns do is held against that.
            spoken = name.startswith("note says")
            base = before.setdefault("spoken", now) if spoken else before[""]
            _compare(name, case, base, now, outcomes[name], moved)
    return outcomes, moved


def _begin() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
    django.setup()


def _ranked(case: Case, texts: Mapping[str, Texts]) -> Ranking:
    from warmbench.insight.kinds import SourceKind
    from warmbench.shortlists import choosing
    from warmbench.shortlists import texts as read
    from warmbench.shortlists.requirements import from_json

    days = {one.key: one.dates for one in case.candidates}
    dossiers = []
    for key, said in texts.items():
        parts = [
            read.of_text(text, kind=SourceKind(_kind(name)), key=key, said_on=days[key][name])
            for name, text in said.items()
        ]
        dossiers.append(read.joined(parts, key=key))
    spec = from_json(case.spec_json)
    ranked = choosing.ranking(spec, dossiers, today=fit_world.TODAY)
    return ranked, [one.judged.key for one in choosing.listing(spec, ranked).listed]


def _kind(name: str) -> str:
    return next(kind for kind in _KINDS if name.startswith(kind))


def _compare(
    name: str, case: Case, before: Ranking, now: Ranking, outcome: Outcome, moved: list[Moved]
) -> None:
    (was, was_listed), (now_is, is_listed) = before, now
    places = {one.key: at for at, one in enumerate(was)}
    known = {one.key: one for one in was}
    outcome.roles += 1
    outcome.lists += was_listed != is_listed
    for at, one in enumerate(now_is):
        old = known[one.key]
        outcome.people += 1
        outcome.scores += old.score != one.score
        outcome.places += places[one.key] != at
        if old.score != one.score:
            about = _differences(old, one)
            place, score = (places[one.key], at), (old.score, one.score)
            moved.append(Moved(name, case.key, one.key, place, score, about))


def _differences(old: "Judged", new: "Judged") -> tuple[str, ...]:
    found = [
        f"{was.key}: {was.sentence!r} → {now.sentence!r}"
        for was, now in zip(old.evidence, new.evidence, strict=True)
        if (was.standing, was.share) != (now.standing, now.share)
    ]
    found += [
        f"{name}: {value:.3f} → {new.features[name]:.3f}"
        for name, value in old.features.items()
        if value != new.features[name]
    ]
    found += [str(one) for one in set(old.conflicts) ^ set(new.conflicts)]
    return tuple(found)


if __name__ == "__main__":
    main()
