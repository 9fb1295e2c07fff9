"""How well the checks of content tell what is about its specialty, and what says nothing.

    python -m bench.content_checks           # measure
    python -m bench.content_checks --learn   # write the middle of what pieces say, and measure

Relevance: each shipped piece with its own claim, and with each specialty of every other category.
The middle and the slack are chosen on every second piece, and what is printed is of the others.
Beside it stands what words alone (TF-IDF) come to, with a slack chosen in the same way.

Generic language: the shipped pieces must pass, the texts of ``tests/data/pieces/generic.yaml`` must
not. Their author also wrote the list of phrases, after them: other people's texts are caught less
often.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench import scratch

DATA = Path(__file__).parents[1] / "tests" / "data" / "pieces"
SHIPPED = Path(__file__).parents[1] / "warmbench" / "nurture" / "data" / "content"
#: Of the claims that are right, one in so many may fail where the slack is chosen.
_ONE_IN = 20


@dataclass(frozen=True)
class Text:
    """Something to read, and what it is about."""

    name: str
    language: str
    body: str
    sentences: tuple[str, ...]
    #: Specialties that are right, and those that are certainly wrong.
    right: frozenset[int]
    wrong: tuple[int, ...]


Score = Callable[[Text], dict[int, float]]


def main() -> None:
    """Measure, and learn before that if asked to."""
    scratch.prepare()
    from bench.world import NOW
    from warmbench.people import tag_tree

    tag_tree.load_default(now=NOW)
    shipped, foreign = _shipped(), _foreign()
    if "--learn" in sys.argv:
        _write(_middle(shipped))
    claiming = [each for each in shipped if each.right]
    _measure_relevance(claiming, foreign)
    _measure_generic(shipped, foreign)


def _measure_relevance(shipped: Sequence[Text], foreign: Sequence[Text]) -> None:
    from warmbench.nurture import relevance

    known = relevance.specialties()

    def by_meaning(middle: Any) -> Score:
        def score(text: Text) -> dict[int, float]:
            found = relevance.nearest(text.sentences, known, seen_from=middle)
            return {one.tag_id: one.score for one in found}

        return score

    def by_words(text: Text) -> dict[int, float]:
        scores = relevance.in_words(text.sentences, known)
        return {one.tag_id: score for one, score in zip(known, scores, strict=True)}

    print(
        f"\nRelevance, {len(shipped)} shipped pieces that claim a topic, {len(known)} specialties"
    )
    for first in (0, 1):
        chosen = [*shipped[first::2], *foreign[first::2]]
        unseen, abroad = shipped[1 - first :: 2], foreign[1 - first :: 2]
        ways = (("meaning and words", by_meaning(_middle(chosen))), ("words alone", by_words))
        for name, score in ways:
            slack = _slack(chosen, score)
            for which, texts in (("English", unseen), ("other languages", abroad)):
                told = _told(texts, score, slack)
                print(f"half {first + 1}, {name}, slack {slack:.2f}, {which}: {told}")
    print(f"\nAs it is shipped, slack {relevance.SLACK:.2f}")
    for which, texts in (("English", shipped), ("other languages", foreign)):
        print(f"{which}: {_told(texts, by_meaning(None), relevance.SLACK)}")


def _slack(texts: Sequence[Text], score: Score) -> float:
    """The smallest slack, in hundredths, that lets nearly all right claims pass."""
    gaps = sorted(_gaps(texts, score)[0], reverse=True)
    return float(np.ceil(gaps[len(gaps) // _ONE_IN] * 100) / 100)


def _gaps(texts: Sequence[Text], score: Score) -> tuple[list[float], list[float]]:
    """How far right and wrong claims are from what is nearest."""
    right, wrong = [], []
    for text in texts:
        scores = score(text)
        best = max(scores.values())
        right.append(best - max(scores[one] for one in text.right))
        wrong += [best - scores[one] for one in text.wrong]
    return right, wrong


def _told(texts: Sequence[Text], score: Score, slack: float) -> str:
    right, wrong = _gaps(texts, score)
    caught, alarms = sum(gap > slack for gap in wrong), sum(gap > slack for gap in right)
    ranks = [_rank(text, score(text)) for text in texts]
    first, third = sum(rank == 0 for rank in ranks), sum(rank < 3 for rank in ranks)
    refused = [t.name for t, gap in zip(texts, right, strict=True) if gap > slack]
    return (
        f"nearest {first} and among the nearest three {third} of {len(texts)}; "
        f"wrong claims caught {caught} of {len(wrong)} ({caught / len(wrong):.1%}); "
        f"false alarms {alarms} of {len(right)} {refused or ''}"
    )


def _rank(text: Text, scores: dict[int, float]) -> int:
    order = sorted(scores, key=lambda one: -scores[one])
    return min(order.index(one) for one in text.right)


def _measure_generic(shipped: Sequence[Text], foreign: Sequence[Text]) -> None:
    from warmbench.nurture import checking, generic

    names = checking.names()
    print("\nGeneric language")
    for which, texts in (("shipped pieces", shipped), ("short texts that say something", foreign)):
        judged = [generic.judge(t.body, language=t.language, names=names) for t in texts]
        failed = [t.name for t, one in zip(texts, judged, strict=True) if not one.is_passed]
        lowest = min(one.score for one in judged)
        marked = sum(len(one.findings) for one in judged)
        print(
            f"{which}: {len(failed)} of {len(texts)} fail {failed or ''}; "
            f"lowest score {lowest:.2f}; phrases marked {marked}"
        )
    for language, bodies in _yaml("generic.yaml").items():
        found = [not generic.judge(b, language=language, names=names).is_passed for b in bodies]
        print(f"generic texts, {language}: {sum(found)} of {len(found)} caught")


def _shipped() -> list[Text]:
    """The pieces that Warmbench comes with."""
    from warmbench.nurture import prose
    from warmbench.nurture.content_files import SHIPPED

    texts = []
    for path in sorted(SHIPPED.glob("*.md")):
        _, head, body = path.read_text("utf-8").split("---\n", 2)
        about = yaml.safe_load(head)
        told = (about["title"], *(each.text for each in prose.sentences(body)))
        topic = about.get("specialty") or about.get("category") or ""
        texts.append(_text(path.stem, about["language"], body, told, topic))
    return texts


def _foreign() -> list[Text]:
    """Short texts in other languages."""
    from warmbench.nurture import prose

    return [
        _text(
            f"{one['language']}: {one['topic']}",
            one["language"],
            one["text"],
            tuple(each.text for each in prose.sentences(one["text"])),
            one["topic"],
        )
        for one in _yaml("specific.yaml")
    ]


def _text(name: str, language: str, body: str, told: tuple[str, ...], topic: str) -> Text:
    from warmbench.nurture import relevance
    from warmbench.people.models import Tag

    tag = Tag.objects.filter(name=topic, kind__in=["category", "specialty"]).first()
    if tag is None:
        return Text(name, language, body, told, frozenset(), ())
    category = tag if tag.kind == "category" else tag.parent
    others = Tag.objects.filter(kind="specialty").exclude(parent=category)
    wrong = tuple(others.order_by("pk").values_list("pk", flat=True))
    return Text(name, language, body, told, frozenset(relevance.claimed_by(tag)), wrong)


def _middle(texts: Sequence[Text]) -> Any:
    from warmbench.messaging.inbound import meaning

    return meaning.vectors([line for text in texts for line in text.sentences]).mean(0)


def _write(middle: Any) -> None:
    from warmbench.nurture import relevance

    file = BytesIO()
    np.savez(file, middle=middle.astype(np.float16))
    path = Path(relevance.__file__).parent / "data" / "middle.npz"
    path.write_bytes(file.getvalue())
    relevance.middle.cache_clear()
    print(f"written: {path.name}, {path.stat().st_size:,} bytes")


def _yaml(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text("utf-8"))


if __name__ == "__main__":
    main()
