"""How well sentences are linked to the skills of ESCO, and which encoder does it better.

python -m bench.linking skills_en.csv     ESCO's own file of skills in English
python -m bench.linking skills_en.csv --encoders   also the encoder that answers are judged with
"""

import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import django
import numpy as np
import yaml

PAIRS = Path(__file__).with_suffix(".yaml")
TOP = 5


def precision(found: Sequence[str], meant: set[str]) -> float:
    """RP@5: how many of the five first are right, of as many as could be."""
    return sum(one in meant for one in found[:TOP]) / min(TOP, len(meant))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean: the bootstrap's percentiles."""
    dice = random.Random(1)
    means = sorted(sum(dice.choices(values, k=len(values))) / len(values) for _ in range(2_000))
    return means[50], means[1_949]


def show(name: str, ranked: Callable[[str], list[str]], pairs: list[dict[str, object]]) -> None:
    """Print what one way of linking gets right, by the style of the sentences."""
    for style in ("said", "vacancy"):
        of = [
            (ranked(str(one["text"])), set(one["skills"])) for one in pairs if one["style"] == style
        ]  # type: ignore[call-overload]
        values = [precision(found, meant) for found, meant in of]
        low, high = interval(values)
        first = sum(found[0] in meant for found, meant in of if found) / len(of)
        mean = sum(values) / len(values)
        print(
            f"{name:28} {style:8} n={len(of):3}  RP@5 {mean:.3f} ({low:.3f} to {high:.3f})"
            f"  first right {first:.2f}"
        )


def main() -> None:
    """Print what was measured."""
    django.setup()
    from warmbench.insight import encoder, skill_trees
    from warmbench.insight.linker import Linker, Node
    from warmbench.messaging.inbound import meaning

    nodes = skill_trees.read(Path(sys.argv[1]))
    # Labels, because the pairs name them.
    nodes = [Node(node.label, node.label, node.alternatives) for node in nodes]
    known = {node.id for node in nodes}
    pairs = [
        one | {"skills": [skill for skill in one["skills"] if skill in known]}
        for one in yaml.safe_load(PAIRS.read_text("utf-8"))["pairs"]
    ]
    pairs = [one for one in pairs if one["skills"]]
    print(f"{len(pairs)} sentences, {len(nodes)} skills")
    began = time.process_time()
    linker = Linker(nodes)
    print(f"{time.process_time() - began:.1f} s of processor to make the tree ready")
    began = time.process_time()
    links = {one["text"]: linker.link(one["text"], top=10, least=0) for one in pairs}
    print(f"{(time.process_time() - began) / len(pairs) * 1000:.0f} ms of processor a sentence")
    show("as built", lambda text: [one.id for one in links[text]], pairs)
    _sureness(pairs, links)
    if "--encoders" in sys.argv:
        labels = [node.label for node in nodes]
        for name, encode in (("MiniLM alone", encoder.vectors), ("USE alone", meaning.vectors)):
            of = np.vstack([encode(labels[at : at + 256]) for at in range(0, len(labels), 256)])

            def ranked(text: str, of: np.ndarray = of, encode: object = encode) -> list[str]:
                likeness = (encode([text]) @ of.T)[0]  # type: ignore[operator]
                return [labels[row] for row in np.argsort(-likeness)[:10]]

            show(name, ranked, pairs)


def _sureness(pairs: list[dict[str, object]], links: dict[str, list[object]]) -> None:
    """Print how many links of each score are right."""
    by: dict[int, list[bool]] = {}
    for one in pairs:
        for link in links[str(one["text"])][:TOP]:
            right = link.label in set(one["skills"])  # type: ignore[attr-defined, call-overload]
            by.setdefault(math.floor(link.score * 10), []).append(right)  # type: ignore[attr-defined]
    for tenth, rights in sorted(by.items()):
        print(f"    score {tenth / 10:.1f}: {sum(rights) / len(rights):.2f} right of {len(rights)}")


if __name__ == "__main__":
    main()
