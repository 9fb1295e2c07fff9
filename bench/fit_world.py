"""Worlds of roles and candidates whose truth is known, to measure shortlists against.

python -m bench.fit_world OUT --seed 1 --roles 20

writes, for each role, a folder with ``role.txt``, ``role.json`` (requirements.to_json),
``candidates/KEY.txt`` (all that there is to read of somebody), ``details/KEY.json`` (texts and
their dates, facts, the record) and ``truth.json``. From a program:

    for case in fit_world.world(seed=1, roles=20): …

The same seed makes the same world. Who fits is decided by rules about what is true of a person
(bench.fit_truth); what an engine may read is only what somebody wrote down of it (bench.fit_seen).
Never tune an engine on a seed that it is measured on. Everybody in it is invented.
"""

import argparse
import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bench import fit_adverts, fit_lives, fit_people, fit_roles, fit_seen
from bench.fit_lives import Life
from bench.fit_truth import Role, judge
from warmbench.shortlists.requirements import to_json

#: The day on which a world is looked at.
TODAY = fit_lives.TODAY
#: In so many pools nobody fits: those who do were taken out.
_EMPTY = 0.3


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate: what there is to read, and the truth."""

    key: str
    #: By name: ``resume``, ``note1``, ``email2``, …
    texts: dict[str, str]
    #: The day of each text.
    dates: dict[str, date]
    #: In the format of docs/reference/insights.md, with ``document`` (the name of the text, None
    #: for a field of the record) and ``said_on``.
    facts: list[dict[str, Any]]
    #: ``city``, ``country``, ``wanted`` (as WantedPlace), ``remote``, ``floor``, ``free_from``.
    record: dict[str, Any]
    fits: bool
    #: 0 to 1; from 0.7 on for who fits.
    grade: float
    #: What is truly missing, in the words of bench.fit_truth.Verdict.
    misses: list[str]
    #: Why they are in the pool: ``fit``, ``other``, or a kind of near miss.
    kind: str
    #: Whether what can be read is enough to come to the truth.
    knowable: bool
    #: The parts of the truth, and what can be read anywhere (bench.fit_seen).
    parts: frozenset[str]
    seen: frozenset[str]
    #: The truth, for tests and for looking into errors; no engine may read it.
    life: Life


@dataclass(frozen=True, slots=True)
class Case:
    """A role and its pool."""

    key: str
    role_text: str
    spec_json: dict[str, Any]
    candidates: list[Person]
    #: Whether those who fit were taken out of the pool.
    is_emptied: bool
    #: What the manager means, for tests and for looking into errors; no engine may read it.
    role: Role

    @property
    def fitting(self) -> list[Person]:
        """Those who fit."""
        return [one for one in self.candidates if one.fits]


def world(seed: int, roles: int = 20, *, empty: float = _EMPTY) -> list[Case]:
    """So many roles, in turn of all fields of work; in a share of ``empty`` nobody fits."""
    order = list(fit_lives.families())
    random.Random(f"{seed}:order").shuffle(order)
    cases = [_case(f"{seed}:{n}", order[n % len(order)]) for n in range(roles)]
    dice = random.Random(f"{seed}:empty")
    gone = set(dice.sample(range(roles), round(roles * empty)))
    return [emptied(case) if n in gone else case for n, case in enumerate(cases)]


def emptied(case: Case) -> Case:
    """The same role and pool without those who fit; nobody else is another than before."""
    left = [one for one in case.candidates if not one.fits]
    return replace(case, candidates=left, is_emptied=True)


def _case(seed: str, family: str) -> Case:
    dice = random.Random(seed)
    while True:
        role = fit_roles.role(dice, family)
        pool = fit_people.pool(dice, role)
        if any(judge(life, role).fits for life, _, _ in pool):
            break
    text, quotes = fit_adverts.write(dice, role)
    people = [_person(dice, f"c{n:03}", one, role) for n, one in enumerate(pool, start=1)]
    spec = to_json(fit_roles.spec(role, quotes))
    return Case(seed.replace(":", "-"), text, spec, people, is_emptied=False, role=role)


def _person(dice: random.Random, key: str, drawn: fit_people.Drawn, role: Role) -> Person:
    life, kind, always = drawn
    verdict = judge(life, role)
    seen = fit_seen.see(dice, life, always)
    return Person(
        key=key,
        texts=seen.texts,
        dates=seen.dates,
        facts=seen.facts,
        record=seen.record,
        fits=verdict.fits,
        grade=verdict.grade,
        misses=list(verdict.misses),
        kind=kind,
        knowable=fit_seen.knowable(life, role, verdict, seen),
        parts=seen.parts,
        seen=seen.seen,
        life=life,
    )


def write(cases: list[Case], folder: Path) -> None:
    """Write a world as files, a folder a role."""
    for case in cases:
        here = folder / case.key
        here.mkdir(parents=True, exist_ok=True)
        (here / "role.txt").write_text(case.role_text, "utf-8")
        _json(here / "role.json", case.spec_json)
        for part in ("candidates", "details"):
            (here / part).mkdir(exist_ok=True)
        for one in case.candidates:
            (here / "candidates" / f"{one.key}.txt").write_text(_joined(one), "utf-8")
            days = {name: day.isoformat() for name, day in one.dates.items()}
            body = {"texts": one.texts, "dates": days, "facts": one.facts, "record": one.record}
            _json(here / "details" / f"{one.key}.json", body)
        truth = {
            one.key: {
                "fits": one.fits,
                "grade": one.grade,
                "misses": one.misses,
                "kind": one.kind,
                "knowable": one.knowable,
            }
            for one in case.candidates
        }
        _json(here / "truth.json", {"is_emptied": case.is_emptied, "candidates": truth})


def _joined(one: Person) -> str:
    # The record is what a recruiter would see above the texts.
    record = one.record
    lines = [f"{name}: {said}" for name, said in _fields(record).items() if said]
    texts = [
        f"--- {name}, {one.dates[name]} ---\n\n{text}"
        for name, text in sorted(one.texts.items(), key=lambda item: one.dates[item[0]])
    ]
    return "\n\n".join(["\n".join(lines), *texts]) + "\n"


def _fields(record: dict[str, Any]) -> dict[str, str]:
    floor = record["floor"]
    return {
        "City": ", ".join(part for part in (record["city"], record["country"]) if part),
        "Would work in": "; ".join(place["words"] for place in record["wanted"]),
        "Work from": record["remote"],
        "Pay from": f"{floor['amount']} {floor['currency']} a {floor['period']}" if floor else "",
        "Free from": record["free_from"] or "",
    }


def _json(path: Path, body: object) -> None:
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")


def figures(cases: list[Case]) -> dict[str, Any]:
    """How large a world is, how rare they are who fit, and how much of the truth is unseen."""
    people = [one for case in cases for one in case.candidates]
    fitting = [one for one in people if one.fits]
    others = [one for one in people if not one.fits]
    read = sum(len(one.seen & one.parts) for one in people)
    near = [one for one in others if one.kind not in {"fit", "other"}]
    return {
        "roles": len(cases),
        "nobody fits": sum(not case.fitting for case in cases),
        "people": len(people),
        "fit": len(fitting),
        "share that fits": round(len(fitting) / len(people), 4),
        "near misses": dict(Counter(one.kind for one in near).most_common()),
        "miss one thing": sum(len(one.misses) == 1 for one in others),
        "truth unseen": round(1 - read / sum(len(one.parts) for one in people), 3),
        "fit, and it can be read": round(sum(o.knowable for o in fitting) / len(fitting), 3),
        "do not fit, but look as if": sum(not one.knowable for one in others),
        "texts": sum(len(one.texts) for one in people),
    }


def main() -> None:
    """Write a world, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--roles", type=int, default=20)
    asked = parser.parse_args()
    cases = world(asked.seed, asked.roles)
    write(cases, asked.folder)
    for name, figure in figures(cases).items():
        print(f"{name:28} {figure}")


if __name__ == "__main__":
    main()
