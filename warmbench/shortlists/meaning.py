"""Finds sentences that say what a requirement asks for in other words than its own."""

from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np

from warmbench.insight import encoder
from warmbench.insight.encoder import Vectors
from warmbench.shortlists import evidence, wording
from warmbench.shortlists.dossier import Dossier
from warmbench.shortlists.requirements import Aspect, Requirement, Spec

#: Sentences of one person that are looked at, and the fewest words of one: others are headings.
_MOST, _FEWEST_WORDS = 16, 4
#: Longer ones are cut.
_LONGEST = 400
#: Vectors that are remembered: 1.5 kB each.
_REMEMBERED = 30_000
_known: dict[str, Vectors] = {}
_learning = Lock()


def of(spec: Spec, people: Sequence[Dossier]) -> dict[tuple[str, str], float]:
    """How like in meaning requirements of experience and sentences about these people are.

    Some 6 ms for each sentence that is seen for the first time. Sentences, never whole texts.
    """
    names = [name for one in spec.requirements for name in _names(one)]
    if not names:
        return {}
    sentences = list(dict.fromkeys(one for person in people for one in _chosen(names, person)))
    if not sentences:
        return {}
    asked, said = _vectors(names), _vectors(sentences)
    likeness = asked @ said.T
    return {
        (name, sentence): round(float(likeness[row, column]), 4)
        for row, name in enumerate(names)
        for column, sentence in enumerate(sentences)
    }


def _names(one: Requirement) -> Iterable[str]:
    return (one.name, *one.also) if one.aspect == Aspect.EXPERIENCE else ()


def _chosen(names: Sequence[str], person: Dossier) -> list[str]:
    """The sentences that may tell of it: those that share most words with it, then the longest."""
    asked = [wording.words_of(name) for name in names]
    told = {one for one, _ in evidence.told_by(person) if len(one.split()) >= _FEWEST_WORDS}

    def nearness(sentence: str) -> tuple[float, int, str]:
        plain = wording.without_pronouns(sentence)
        said = wording.words_of(plain)
        return (-max(wording.shared(one, said) for one in asked), -len(plain), plain)

    return sorted(told, key=nearness)[:_MOST]


def _vectors(texts: Sequence[str]) -> Vectors:
    with _learning:
        missing = [text for text in dict.fromkeys(texts) if text not in _known]
        if len(_known) + len(missing) > _REMEMBERED:
            _known.clear()
            missing = list(dict.fromkeys(texts))
        if missing:
            found = encoder.vectors([wording.without_pronouns(text)[:_LONGEST] for text in missing])
            _known.update(zip(missing, found, strict=True))
        return np.stack([_known[text] for text in texts])
