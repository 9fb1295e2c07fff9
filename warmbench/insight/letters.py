"""Says how alike texts are in their letters: the TF-IDF of the letter sequences of their words."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

_LENGTHS = (2, 3, 4)
_WORD = re.compile(r"[\w+#.]+")


class Letters:
    """The letters of some labels, ready to be compared with texts."""

    def __init__(self, labels: Sequence[str]) -> None:
        sequences = [_sequences(label) for label in labels]
        seen = Counter(one for counts in sequences for one in counts)
        self._count = len(labels)
        self._rarity = {one: math.log((1 + self._count) / (1 + n)) + 1 for one, n in seen.items()}
        self._unseen = math.log(1 + self._count) + 1
        rows: defaultdict[str, list[int]] = defaultdict(list)
        weights: defaultdict[str, list[float]] = defaultdict(list)
        for row, counts in enumerate(sequences):
            for one, weight in self._weighed(counts).items():
                rows[one].append(row)
                weights[one].append(weight)
        self._where = {
            one: (np.array(found), np.array(weights[one], np.float32))
            for one, found in rows.items()
        }

    def likeness(self, text: str) -> Scores:
        """How like each label is to the text, from 0 to 1 (the cosine)."""
        found = np.zeros(self._count, np.float32)
        for one, weight in self._weighed(_sequences(text)).items():
            if one in self._where:
                rows, weights = self._where[one]
                found[rows] += weights * weight
        return found

    def _weighed(self, counts: Counter[str]) -> dict[str, float]:
        weights = {
            one: (1 + math.log(n)) * self._rarity.get(one, self._unseen)
            for one, n in counts.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {one: weight / length for one, weight in weights.items()}


def _sequences(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for word in _WORD.findall(text.lower()):
        padded = f" {word} "
        for length in _LENGTHS:
            found.update(padded[at : at + length] for at in range(max(1, len(padded) - length + 1)))
    return found
