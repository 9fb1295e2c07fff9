"""Learns the weights of the judges of replies from the examples, and writes them into the package.

Run it again after an example or a rule has changed: ``python -m bench.learn_replies``. It takes a
minute and always writes the same.
"""

import csv
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from warmbench.messaging.inbound import intents, linear, optouts

EXAMPLES = Path(__file__).parents[1] / "tests" / "data" / "replies"
PACKAGE = Path(linear.__file__).parent
ROUNDS = 12
RATE = 0.5
#: Each round takes this share off a weight that was used, so that no single word decides.
SHRINK = 1e-2

Example = tuple[dict[str, float], str]


def fit(examples: Sequence[Example], *, shrink: float = SHRINK) -> linear.Model:
    """A multinomial logistic regression by stochastic gradient descent with AdaGrad."""
    classes = tuple(sorted({label for _, label in examples}))
    seen = Counter(name for features, _ in examples for name in features)
    known = {name for name, times in seen.items() if times > 1}
    weights = {name: [0.0] * len(classes) for name in sorted(known)}
    weights["(always)"] = [0.0] * len(classes)
    steps = {name: [1e-8] * len(classes) for name in weights}
    rows = [
        ([(n, v) for n, v in f.items() if n in known] + [("(always)", 1.0)], classes.index(label))
        for f, label in examples
    ]
    order = random.Random(3)  # the same each time
    for _ in range(ROUNDS):
        order.shuffle(rows)
        for features, right in rows:
            _step(features, right, weights, steps, shrink)
    return linear.Model(classes, {name: tuple(each) for name, each in weights.items()})


def _step(
    features: list[tuple[str, float]],
    right: int,
    weights: dict[str, list[float]],
    steps: dict[str, list[float]],
    shrink: float,
) -> None:
    scores = [0.0] * len(weights["(always)"])
    for name, value in features:
        for place, weight in enumerate(weights[name]):
            scores[place] += weight * value
    highest = max(scores)
    shares = [math.exp(score - highest) for score in scores]
    total = sum(shares)
    errors = [share / total - (place == right) for place, share in enumerate(shares)]
    for name, value in features:
        row, taken = weights[name], steps[name]
        for place, error in enumerate(errors):
            slope = error * value + shrink * row[place]
            taken[place] += slope * slope
            row[place] -= RATE * slope / (1 + math.sqrt(taken[place]))


def write(model: linear.Model, name: str) -> None:
    """The model as a file beside the judges; weights too small to matter are left out."""
    with (PACKAGE / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["feature", *model.classes])
        for feature, weights in sorted(model.weights.items()):
            if max(map(abs, weights)) >= 0.1:
                rows.writerow([feature, *(f"{w:.2f}".replace("-0.00", "0") for w in weights)])


def read(name: str) -> list[dict[str, str]]:
    """The records of one file of examples."""
    return [json.loads(line) for line in (EXAMPLES / name).read_text("utf-8").splitlines()]


def more_examples() -> list[dict[str, str]]:
    """The records that only serve to learn from."""
    written = yaml.safe_load((Path(__file__).parent / "reply_examples.yaml").read_text("utf-8"))
    return [{"text": text, "class": name} for name, texts in written.items() for text in texts]


def optout_examples() -> list[Example]:
    """What the judge of opting out weighs of each text, and whether it asks to stop."""
    answers = [*read("classes_dev.jsonl"), *more_examples()]
    texts = [(each["text"], each["class"] == "unsubscribe") for each in answers]
    texts += [(each["text"], bool(each["stop"])) for each in read("optouts_dev.jsonl")]
    written = yaml.safe_load((Path(__file__).parent / "optout_examples.yaml").read_text("utf-8"))
    texts += [
        (str(text), wish == "stop")
        for wish, languages in written.items()
        for language in languages.values()
        for text in language
    ]
    return [(optouts.features(text), "stop" if stops else "no") for text, stops in texts]


def intent_examples(records: Iterable[dict[str, str]]) -> list[Example]:
    """What the judge of intents weighs of each text, and what the text wants."""
    found = []
    for record in records:
        text = record["text"]
        opt_out = optouts.judge(text, channel="mail")
        found.append((intents.features(text, intents.signs_of(text), opt_out), record["class"]))
    return found


def main() -> None:
    """Learn everything anew."""
    examples = intent_examples([*read("classes_dev.jsonl"), *more_examples()])
    write(fit(examples), "intent_weights")
    write(fit(optout_examples(), shrink=SHRINK / 10), "optout_weights")


if __name__ == "__main__":
    main()
