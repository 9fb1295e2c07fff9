"""Learns the judge of who wants to be left alone, and writes it into the package.

Run it again after an example has changed: ``python -m bench.learn_stops``. With ``--measure`` it
learns without each document of the development set in turn, and says how that one is judged.
"""

import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import django

from bench.insights import HERE, documents
from bench.learn_replies import Example, _written, families, learn, write
from warmbench.messaging.inbound.likeness import Judge

#: Fewer words of an answer to a mail ("stop") mean nothing in a note.
_FEWEST_WORDS = 4
_FOLDS = 6


def written() -> Iterator[Example]:
    """The examples that were written for it, and those of mails that ask to stop."""
    for wish, texts in _written("examples/contact.yaml").items():
        for text in str(texts).splitlines():
            yield Example(text, wish)
    for each in families("train"):
        if len(each.text.split()) >= _FEWEST_WORDS:
            yield Example(each.text, "hard" if each.wants == "stop" else "free")


def spoken(path: Path, gold: dict[str, Any]) -> Iterator[Example]:
    """The sentences of one document, and what they ask for."""
    from warmbench.insight import documents as readers
    from warmbench.insight.extractors import stops
    from warmbench.insight.kinds import SourceKind

    reading = readers.reading_of(
        readers.read(path.name, path.read_bytes()),
        kind=SourceKind(gold["kind"]),
        said_on=date.fromisoformat(gold["date"]),
        people=gold["people"],
        recruiters=gold.get("recruiters", ()),
    )
    asked = [fact for fact in gold["facts"] if fact["kind"] == "stop"]
    for piece in stops.heard(reading):
        fact = next((f for f in asked if _overlap(f["quote"], piece.text)), None)
        if fact is None and not any(_overlap(f["quote"], piece.unit.text) for f in asked):
            yield Example(piece.text, "free")
        elif fact is not None and not fact.get("optional"):
            yield Example(piece.text, fact["value"]["tier"])


def _overlap(quote: str, text: str) -> bool:
    return quote in text or text in quote


def all_spoken() -> list[list[Example]]:
    """The sentences of the development set, document by document."""
    return [list(spoken(path, gold)) for path, gold in documents(HERE / "development")]


def _learnt(folder: list[list[Example]]) -> Judge:
    return learn([*written(), *(each for one in folder for each in one)])


def measure() -> None:
    """How documents are judged of which nothing is learnt."""
    folder = all_spoken()
    for fold in range(_FOLDS):
        judge = _learnt([one for at, one in enumerate(folder) if at % _FOLDS != fold])
        for document in folder[fold::_FOLDS]:
            for each, told in zip(
                document, judge.probabilities([one.text for one in document]), strict=True
            ):
                if each.wants != "free" or told["free"] < 0.8:
                    print(
                        f"{each.wants:5} hard {told['hard']:.2f} pause {told['pause']:.2f}",
                        end="  ",
                    )
                    print(each.text[:110])


def main() -> None:
    """Learn, and write what was learnt."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
    django.setup()
    if "--measure" in sys.argv:
        measure()
        return
    from warmbench.insight import extractors

    write(_learnt(all_spoken()), "stops", Path(extractors.__file__).parent)


if __name__ == "__main__":
    main()
