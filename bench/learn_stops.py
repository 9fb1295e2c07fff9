"""Learns the judge of who wants to be left alone, and writes it into the package.

Run it again after an example has changed: ``python -m bench.learn_stops``. With ``--measure`` it
learns without each document of the development set in turn, and says how that one is judged.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

from bench.insights import HERE, documents, taken_apart
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


def _reading(path: Path, gold: dict[str, Any]) -> Any:
    from warmbench.insight import documents as readers

    return taken_apart(readers.read(path.name, path.read_bytes()).text, gold)


def spoken(path: Path, gold: dict[str, Any]) -> Iterator[Example]:
    """The sentences of one document, and what they ask for."""
    from warmbench.insight.extractors import stops

    asked = [fact for fact in gold["facts"] if fact["kind"] == "stop"]
    for piece in stops.heard(_reading(path, gold)):
        fact = next((f for f in asked if _overlap(f["quote"], piece.text)), None)
        if fact is None and not any(_overlap(f["quote"], piece.unit.text) for f in asked):
            yield Example(piece.text, "free")
        elif fact is not None and not fact.get("optional"):
            yield Example(piece.text, fact["value"]["tier"])


def _overlap(quote: str, text: str) -> bool:
    return quote in text or text in quote


def _learnt(folder: list[list[Example]]) -> Judge:
    return learn([*written(), *(each for one in folder for each in one)])


def measure() -> None:
    """How documents are judged of which nothing is learnt."""
    from warmbench.insight.extractors import stops

    read = list(documents(HERE / "development"))
    folder = [list(spoken(path, gold)) for path, gold in read]
    counts: Counter[str] = Counter()
    for fold in range(_FOLDS):
        judge = _learnt([one for at, one in enumerate(folder) if at % _FOLDS != fold])
        for path, gold in read[fold::_FOLDS]:
            reading = _reading(path, gold)
            pieces = stops.heard(reading)
            found = list(stops.judged(reading, pieces, judge)) if pieces else []
            _count(
                path.name,
                gold,
                [
                    (one.value["tier"], one.confidence, reading.text[one.start : one.end])
                    for one in found
                ],
                counts,
            )
    for what, number in sorted(counts.items()):
        print(f"{what}: {number}")


def _count(
    name: str,
    gold: dict[str, Any],
    found: list[tuple[str, float, str]],
    counts: Counter[str],
) -> None:
    """Count a document, and print it if it is judged wrongly."""
    asked = [fact for fact in gold["facts"] if fact["kind"] == "stop"]
    meant = {fact["value"]["tier"] for fact in asked if not fact.get("optional")}
    tiers = {tier for tier, _, _ in found}
    counts["documents with a stop"] += bool(meant)
    counts["of them found"] += bool(meant) and bool(found)
    counts["of them in the tier that was meant"] += bool(meant) and meant <= tiers
    counts["documents without"] += not asked
    counts["of those a stop for good invented"] += not asked and "hard" in tiers
    counts["of those a pause invented"] += not asked and "pause" in tiers
    if (meant and not meant <= tiers) or (not asked and found):
        print(f"{name}: meant {sorted(meant)}")
        for tier, sure, text in found:
            print(f"    {tier} {sure:.2f} {text[:300]}")


def main() -> None:
    """Learn, and write what was learnt."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
    django.setup()
    if "--measure" in sys.argv:
        measure()
        return
    from warmbench.insight import extractors

    folder = [list(spoken(path, gold)) for path, gold in documents(HERE / "development")]
    write(_learnt(folder), "stops", Path(extractors.__file__).parent)


if __name__ == "__main__":
    main()
