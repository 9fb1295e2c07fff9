"""Tells whose name a label or a sentence names."""

import re
from collections.abc import Sequence

from warmbench.insight.reading.words import named, plain

#: Short names that are words as well are no sign of a person within a sentence.
_SHORTEST = 2


def tokens(name: str) -> tuple[str, ...]:
    """The parts of a name in plain letters, without titles: “Dr. Lucía Ruiz” → lucia, ruiz."""
    parts = plain(name).replace("'", "").split()
    return tuple(part for part in parts if part not in named("titles")) or tuple(parts)


def is_of(label: str, name: str) -> bool:
    """Whether a label may stand for a name: all of it, a part of it, or its first letters."""
    said, whole = tokens(label), tokens(name)
    if not said or not whole:
        return False
    if set(said) <= set(whole) or (len(whole) > 1 and set(whole) <= set(said)):
        return True
    # “Ana R.”, “A. Ruiz”, “AR”, “A.R.”
    if len(said) == 1 and len(said[0]) >= 2 and len(whole) >= 2:
        return said[0] == "".join(part[0] for part in whole)
    if len(said) == len(whole):
        return all(_agrees(one, other) for one, other in zip(said, whole, strict=True))
    return len(said) == 1 and len(said[0]) == 1 and said[0] == whole[0][0]


def _agrees(said: str, whole: str) -> bool:
    return said == whole or (len(said) == 1 and whole.startswith(said))


def one_of(label: str, names: Sequence[str]) -> int | None:
    """Which of the names a label stands for. None if none or several."""
    exact = [number for number, name in enumerate(names) if tokens(label) == tokens(name)]
    if exact:
        return exact[0]
    found = [number for number, name in enumerate(names) if is_of(label, name)]
    return found[0] if len(found) == 1 else None


def patterns(names: Sequence[str]) -> tuple[re.Pattern[str] | None, ...]:
    """For each person what finds their name in a text. What two of them share does not count."""
    owned: dict[str, set[int]] = {}
    for number, name in enumerate(names):
        for part in re.findall(r"\w[\w'\u2019-]+", name):
            if plain(part) not in named("titles"):
                owned.setdefault(part, set()).add(number)
    found: list[re.Pattern[str] | None] = []
    for number in range(len(names)):
        own = [re.escape(part) for part, whose in owned.items() if whose == {number}]
        own = [part for part in own if len(part) > _SHORTEST or own == [part]]
        own += [part.upper() for part in own if part.isalpha() and len(part) > _SHORTEST]
        found.append(re.compile(rf"\b(?:{'|'.join(own)})\b") if own else None)
    return tuple(found)
