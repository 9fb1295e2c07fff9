"""What a perfect reader would reach on a world who believes only what is written: the ceiling.

python -m bench.fit_ceiling --seed 1 --roles 40

This reader knows the truth of everything that can be read, and nothing of the rest: they put
forward whoever has each must in writing, with work behind it, and no conflict in writing. No engine
can do much better without luck; a conflict that nobody wrote down is what makes them wrong.
"""

import argparse

from bench.fit_lives import Life
from bench.fit_truth import Asked, Role, meets
from bench.fit_world import Case, Person, world

#: What of the truth tells of a conflict.
_TOLD_BY = {"place": "place", "remote": "mode", "pay": "pay", "start": "start",
            "refusal": "refusal"}  # fmt: skip


def would_put_forward(person: Person, role: Role) -> bool:
    """Whether a perfect reader would put somebody forward by what is written."""
    if role.mode != "remote" and "place" not in person.seen:
        return False
    musts = [one for one in role.asked if one.tier == "must"]
    if not all(_is_proven(person, one) for one in musts):
        return False
    others = [miss for miss in person.misses if ":" not in miss]
    return all(miss in _TOLD_BY and _TOLD_BY[miss] not in person.seen for miss in others)


def _is_proven(person: Person, asked: Asked) -> bool:
    life = person.life
    return meets(life, asked) and any(part <= person.seen for part in _proofs(life, asked))


def _proofs(life: Life, asked: Asked) -> list[set[str]]:
    name = asked.name
    match asked.aspect:
        case "skill" if name not in life.skills:
            return [{f"skill:{name}"}]
        case "skill":
            years = {f"years:{name}"} if asked.years else set()
            return [{f"skill:{name}", f"last:{name}"} | years]
        case "domain":
            return [{f"domain:{n}"} for n, job in enumerate(life.jobs) if job.domain == name]
        case "scope":
            return [{"scope"}]
        case "experience":
            return [{f"experience:{name}"}]
        case _:
            return [set()]


def ceiling(cases: list[Case]) -> dict[str, float]:
    """Precision, wrongly empty lists, and right abstentions where those who fit are taken out."""
    lists = [[p for p in case.candidates if would_put_forward(p, case.role)] for case in cases]
    told = [person for one in lists for person in one]
    return {
        "roles": len(cases),
        "put forward": len(told),
        "precision": sum(person.fits for person in told) / len(told),
        "wrongly empty": sum(not any(p.fits for p in one) for one in lists) / len(cases),
        "right abstentions": sum(all(p.fits for p in one) for one in lists) / len(cases),
    }


def main() -> None:
    """Print the ceiling of a world in which somebody fits every role."""
    parser = argparse.ArgumentParser(description="What a perfect reader would reach on a world.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--roles", type=int, default=40)
    asked = parser.parse_args()
    for name, figure in ceiling(world(asked.seed, asked.roles, empty=0)).items():
        print(f"{name:20} {figure:.3f}")


if __name__ == "__main__":
    main()
