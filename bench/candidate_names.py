"""Fills our sentences with amounts, dates, lengths of time and skills, to learn what they are."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from warmbench.insight.kinds import SourceKind

TEMPLATES = Path(__file__).with_name("candidate_templates.txt")
FILLS = Path(__file__).with_name("candidate_fills.yaml")
LISTS = Path(__file__).with_name("span_templates.yaml")
SOURCES = {
    "n": (SourceKind.NOTE,),
    "c": (SourceKind.EMAIL, SourceKind.TRANSCRIPT),
    "q": (SourceKind.TRANSCRIPT,),
    "r": (SourceKind.RESUME,),
    "d": (SourceKind.DEBRIEF,),
    "": (SourceKind.NOTE, SourceKind.NOTE, SourceKind.DEBRIEF),
}
#: What each mark stands for: with which list it is filled, and in which sense.
MARKS = {
    "cur": ("pay", "current"),
    "tar": ("pay", "target"),
    "flo": ("pay", "floor"),
    "mon": ("pay", ""),
    "ppl": ("people", "people"),
    "bud": ("large", "budget"),
    "rev": ("large", "revenue"),
    "usr": ("users", "users"),
    "big": ("large", ""),
    "num": ("people", ""),
    "sta": ("moments", "start"),
    "ves": ("moments", "vesting"),
    "bon": ("moments", "bonus"),
    "par": ("moments", "parental_leave"),
    "con": ("moments", "contract_end"),
    "nbf": ("moments", "not_before"),
    "rel": ("moments", "relocation"),
    "sab": ("moments", "sabbatical"),
    "exa": ("moments", "exam"),
    "pro": ("moments", "project_end"),
    "oth": ("moments", "other"),
    "day": ("moments", ""),
    "ntc": ("lengths", "notice"),
    "len": ("lengths", ""),
    "s+": ("skills", "had"),
    "s?": ("skills", "wants"),
    "s!": ("skills", "refuses"),
    "s-": ("skills", "lacks"),
    "s0": ("skills", ""),
}
_TOLD = re.compile(rf"\{{({'|'.join(map(re.escape, MARKS))})\}}|\{{([TEPNMLRV])\}}")
_OTHERS = {
    "T": "titles",
    "E": "companies",
    "P": "towns",
    "N": "people",
    "L": "tongues",
    "R": "crews",
    "V": "things",
}

Filled = tuple[str, SourceKind, list[tuple[int, int, str]]]


def filled(dice: random.Random, count: int) -> Iterator[Filled]:
    """Texts, of which kind they are, and which places in them have which sense."""
    fills = yaml.safe_load(FILLS.read_text("utf-8"))
    lists = {
        name: value.split("; ")
        for name, value in yaml.safe_load(LISTS.read_text("utf-8")).items()
        if isinstance(value, str)
    }
    language = "en"
    for line in TEMPLATES.read_text("utf-8").splitlines():
        if line.startswith("@"):
            language = line[1:]
        elif line and not line.startswith("#"):
            for _ in range(count):
                yield _one(line, fills[language], lists, dice)


def _one(
    line: str, fills: dict[str, str], lists: dict[str, list[str]], dice: random.Random
) -> Filled:
    head, bar, rest = line.partition("|")
    mark, body = (head, rest) if bar and head in SOURCES else ("", line)
    body, kind = body.replace("\\n", "\n"), dice.choice(SOURCES[mark])
    if mark == "q":
        question, _, answer = body.partition("||")
        body = f"Recruiter: {question}\nAna Ruiz: {answer}"
    elif kind == SourceKind.TRANSCRIPT:
        body = f"Ana Ruiz: {body}"
    text = ""
    if mark in {"", "n", "d"} and dice.random() < 0.5:
        opening = dice.choice(lists["openings"]).replace("{M}", "Ana Ruiz")
        text = opening + dice.choice(["\n", "\n\n", " "])
    # In one text all amounts are of one kind: in thousands, for a day, for a month.
    amounts = fills[dice.choice(["years", "years", "years", "months", "days"])].split("; ")
    places, end = [], 0
    for found in _TOLD.finditer(body):
        text += body[end : found.start()]
        end = found.end()
        if found[1]:
            which, sense = MARKS[found[1]]
            names = amounts if which == "pay" else _list(which, fills, lists)
            name = dice.choice(names)
            places.append((len(text), len(text) + len(name), sense))
        else:
            name = (
                "Ana Ruiz"
                if found[2] == "M"
                else dice.choice(_list(_OTHERS[found[2]], fills, lists))
            )
        text += name
    text += body[end:]
    if mark in {"", "n", "d"}:
        text += dice.choice(["", ".", "\n", ". "])
    return text, kind, places


def _list(name: str, fills: dict[str, str], lists: dict[str, list[str]]) -> list[str]:
    return fills[name].split("; ") if name in fills else lists[name]
