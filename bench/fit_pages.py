"""A text about somebody as it grows, with the facts that a reader finds in it."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: A reader overlooks one in eight, and is less sure of some than of others.
_FOUND = 0.87
_MARKS = re.compile(r"<([^<>]*)>")
#: A kind, a value and a polarity, as docs/reference/insights.md has them; None: nothing is found.
Fact = tuple[str, Mapping[str, Any], str] | None


@dataclass(slots=True)
class Page:
    """One text."""

    name: str
    #: ``resume``, ``note``, ``email`` or ``transcript``.
    kind: str
    said_on: date
    text: str = ""
    found: list[tuple[int, int, Fact]] = field(default_factory=list)

    def say(self, words: str, *facts: Fact, end: str = "\n") -> None:
        """Write words; what stands between < and > shows the facts, one after the other."""
        at = len(self.text)
        for mark, fact in zip(_MARKS.finditer(words), facts, strict=True):
            # Every mark before this one took two signs that are not in the text.
            before = 2 * words[: mark.start()].count("<")
            start = at + mark.start() - before
            self.found.append((start, start + len(mark[1]), fact))
        self.text += _MARKS.sub(r"\1", words) + end

    def facts(self, dice: random.Random) -> list[dict[str, Any]]:
        """What a good reader makes of it, in the format of docs/reference/insights.md."""
        speaker = "recruiter" if self.kind == "note" else "candidate"
        return [
            {
                "kind": fact[0],
                "value": dict(fact[1]),
                "polarity": fact[2],
                "speaker": speaker,
                "about": None,
                "quote": self.text[start:end],
                "start": start,
                "end": end,
                "confidence": round(dice.uniform(0.62, 0.97), 2),
                "extractor": fact[0],
                "valid_from": None,
                "valid_until": None,
                # Which text it is from, and the day of that.
                "document": self.name,
                "said_on": self.said_on.isoformat(),
            }
            for start, end, fact in self.found
            if fact is not None and dice.random() < _FOUND
        ]


def called(dice: random.Random, name: str, also: tuple[str, ...]) -> str:
    """A thing by its name, or now and then by another one."""
    return dice.choice(also) if also and dice.random() < 0.25 else name
