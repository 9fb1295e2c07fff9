"""How well conversations are understood: precision and recall by field, on texts with known truth.

python -m bench.insights              the development set, with what was missed and invented
python -m bench.insights --measuring  the set kept for measuring: figures only
"""

import json
import math
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import django

HERE = Path(__file__).parent / "insight"
#: What has to agree, besides kind and sense, for a find to be the fact that was meant.
MATTERS = {
    "pay": ("what", "low", "high", "period"),
    "notice": ("amount", "unit"),
    "start": ("from",),
    "event": ("what", "from"),
    "remote": ("mode",),
    "seniority": ("level",),
    "scope": ("what", "amount"),
    "motive": ("what",),
    "constraint": ("what",),
    "stance": ("level",),
    "stop": ("tier",),
    "channel": ("name",),
    "time": ("from",),
    "place": ("name",),
    "title": ("name",),
    "employer": ("name",),
    "domain": ("name",),
    "skill": ("name",),
    "referral": ("name",),
    "topic": (),
    "achievement": (),
}


@dataclass
class Tally:
    """What became of the facts of one kind."""

    right: int = 0
    invented: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> tuple[int, int]:
        return self.right, self.right + len(self.invented)

    @property
    def recall(self) -> tuple[int, int]:
        return self.right, self.right + len(self.missed)


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def documents(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each text with its truth."""
    for gold in sorted(folder.glob("*.gold.json")):
        stem = gold.name.removesuffix(".gold.json")
        [text] = [one for one in folder.glob(f"{stem}.*") if not one.name.endswith(".gold.json")]
        yield text, json.loads(gold.read_text(encoding="utf-8"))


def taken_apart(text: str, gold: dict[str, Any]) -> Any:
    """A text in units, by what its truth says of it."""
    from warmbench.insight import reading
    from warmbench.insight.kinds import SourceKind

    return reading.read(
        text,
        kind=SourceKind(gold["kind"]),
        said_on=date.fromisoformat(gold["date"]),
        people=gold["people"],
        recruiters=gold.get("recruiters", ()),
    )


def _same(kind: str, meant: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether a value is the one that was meant, in the keys that matter."""
    return all(_alike(meant.get(key), found.get(key)) for key in MATTERS[kind])


def _alike(meant: Any, found: Any) -> bool:
    if meant is None:
        return True
    if found is None:
        return False
    if isinstance(meant, int | float):
        return math.isclose(float(meant), float(found), rel_tol=0.005)
    one, other = _plain(str(meant)), _plain(str(found))
    return one == other or (len(one) > 3 < len(other) and (one in other or other in one))


def _plain(text: str) -> str:
    words = re.findall(r"[\w+#.]+", text.casefold())
    return " ".join(word.strip(".") for word in words if word.strip("."))


def score(folder: Path) -> dict[str, Any]:
    """Everything that is measured on the texts of a folder."""
    from warmbench.insight import documents as readers
    from warmbench.insight.extraction import extract

    tallies: dict[str, Tally] = defaultdict(Tally)
    counts: Counter[str] = Counter()
    letters, seconds = 0, 0.0
    begun = time.process_time()
    for path, gold in documents(folder):
        # Lists, patterns and models load at the first text that needs them, once in a process.
        extract(taken_apart(readers.read(path.name, path.read_bytes()).text, gold))
    first = time.process_time() - begun
    for path, gold in documents(folder):
        document = readers.read(path.name, path.read_bytes())
        began = time.process_time()
        reading = taken_apart(document.text, gold)
        found = extract(reading)
        seconds += time.process_time() - began
        letters += len(reading.text)
        _compare(path.name, gold, reading, list(found), tallies, counts)
    return {
        "tallies": tallies,
        "counts": counts,
        "ms_per_kb": seconds / letters * 1e6,
        "loading": max(first - seconds, 0.0),
    }


def _compare(
    name: str,
    gold: dict[str, Any],
    reading: Any,
    found: list[Any],
    tallies: dict[str, Tally],
    counts: Counter[str],
) -> None:
    left = list(found)
    for fact in sorted(gold["facts"], key=lambda one: bool(one.get("optional"))):
        about = gold["people"].index(fact["about"]) if fact.get("about") else 0
        match = next(
            (
                one
                for one in left
                if one.kind == fact["kind"]
                and one.polarity == fact["polarity"]
                and one.about == about
                and _same(one.kind, fact["value"], one.value)
                and _near(reading.text[one.start : one.end], fact["quote"])
            ),
            None,
        )
        if match is not None:
            left.remove(match)
            if not fact.get("optional"):
                tallies[fact["kind"]].right += 1
            counts["speaker right"] += match.speaker == fact["speaker"]
            counts["speaker told"] += 1
        elif not fact.get("optional"):
            told = f"{name}: {fact['polarity']} {fact['value']} “{fact['quote']}”"
            tallies[fact["kind"]].missed.append(told)
        if fact["kind"] == "stop":
            counts["stops"] += 1
            counts["stops noticed"] += any(one.kind == "stop" for one in found)
    optional = [one for one in gold["facts"] if one.get("optional")]
    for one in left:
        quote = reading.text[one.start : one.end]
        if any(f["kind"] == one.kind and _near(quote, f["quote"]) for f in optional):
            continue
        told = (
            f"{name}: {one.polarity} {one.value} “{quote}” ({one.extractor}, {one.confidence:.2f})"
        )
        tallies[one.kind].invented.append(told)
    counts["documents"] += 1
    no_stop = not any(fact["kind"] == "stop" for fact in gold["facts"])
    counts["without a stop"] += no_stop
    counts["false hard stops"] += no_stop and any(
        one.kind == "stop" and one.value["tier"] == "hard" for one in found
    )
    for one in found:
        counts["quotes"] += 1
        counts["quotes valid"] += bool(reading.text[one.start : one.end].strip())
        counts["a recruiter's words taken for theirs"] += _is_misattributed(one, reading, gold)


def _near(quote: str, meant: str) -> bool:
    """Whether two quotes share a word, so that both point to the same place."""
    one, other = set(_plain(quote).split()), set(_plain(meant).split())
    return bool(one & other)


def _is_misattributed(found: Any, reading: Any, gold: dict[str, Any]) -> bool:
    """Whether words of our side in a talk are taken for the candidate's."""
    if gold["kind"] != "transcript" or found.speaker != "candidate":
        return False
    before = reading.text[: found.start]
    labels = re.findall(r"(?m)^(?:\[[\d:.]+\]\s*)?([^:\n]{2,40}):\s", before)
    return bool(labels) and any(
        labels[-1].strip() in {name, name.split()[0]}
        for name in (*gold.get("recruiters", ()), "Recruiter", "Interviewer")
    )


def main() -> None:
    """Print what was measured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
    django.setup()
    measuring = "--measuring" in sys.argv
    only = [one for one in sys.argv[1:] if not one.startswith("-")]
    result = score(HERE / ("measuring" if measuring else "development"))
    print(f"{'field':12} {'precision':>22} {'recall':>22}   right invented missed")
    for kind in MATTERS:
        tally = result["tallies"].get(kind)
        if tally is None or (only and kind not in only):
            continue
        print(f"{kind:12} {_share(*tally.precision)} {_share(*tally.recall)}", end="   ")
        print(f"{tally.right:5} {len(tally.invented):8} {len(tally.missed):6}")
        if not measuring and only:
            for told in tally.invented:
                print(f"    invented {told}")
            for told in tally.missed:
                print(f"    missed   {told}")
    for what, number in result["counts"].items():
        print(f"{what}: {number}")
    print(f"{result['ms_per_kb']:.0f} ms of processor for 1,000 letters", end=", ")
    print(f"and {result['loading']:.1f} s once to load what reading needs")


def _share(right: int, of: int) -> str:
    if not of:
        return f"{'-':>22}"
    low, high = wilson(right, of)
    return f"{right / of:.2f} ({low:.2f} to {high:.2f})".rjust(22)


if __name__ == "__main__":
    main()
