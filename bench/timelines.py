"""Two years of what arrives about people, with what truly changed, to measure what is noticed.

python -m bench.timelines OUT --seed 1 --people 400

writes ``events.jsonl`` and ``truth.jsonl``. From a program:

    years = timelines.generate(seed=1, people=400)   # years.events, years.truth
    timelines.measure(years.truth, told)             # precision, recall, duplicates

An event is something that arrives, in the order of the days:

    {"day": "2024-09-02", "person": "p017", "source": "ats_sync",
     "record": {"title": …, "employer": …, "city": …, "tags": […], "since": …},
     "facts": [{"kind", "value", "polarity", "speaker", "quote", "confidence", …}],
     "as_of": "2024-01-15"}

``record`` has only the fields that this source sends, ``as_of`` is there of a file whose age is
known. ``source`` is ats_sync, csv_import, profile_upload, recruiter_note, reply, bounce,
out_of_office or merge. Facts are those of docs/reference/insights.md, without their places in a
text. ``since`` is the first day with the employer.

A truth says what changed and when that has to be told:

    {"person": "p017", "kind": "promotion", "what": "Senior Data Engineer", "required": true,
     "or": [], "day": …, "earliest": …, "latest": …}

``kind`` is one of warmbench.shortlists.models.Change.Kind, ``or`` other kinds that are as right.
Where ``required`` is false, to tell it is right and so is not to. A due day is told in the thirty
days before it or the week after it; an anniversary (of 3, 5 and 10 years; others need not be) in
the thirty days before it or the fortnight after it; all else within two days of its arrival.

What is no change: the first that is heard of somebody (record, first résumé, first wishes), the
same in other words, typing errors and their correction, imports of what is known, a stale file that
brings back an old title, a recruiter's guess, small steps of pay and teams, and merges.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench import fit_lives as lives
from bench.fit_lives import DIRECTOR
from bench.timeline_changes import CHANGES
from bench.timeline_people import DAYS, FIRST_DAY, Story, fact, record_of, scope, story, wish
from bench.timeline_variants import mistyped, varied


@dataclass(frozen=True, slots=True)
class Years:
    """What arrived, in the order of the days, and what truly changed."""

    events: list[dict[str, Any]]
    truth: list[dict[str, Any]]


def generate(seed: int, people: int = 400) -> Years:
    """The years of so many people; the same for the same seed."""
    stories = [_lived(random.Random(f"{seed}:{n}"), f"p{n:03}") for n in range(people)]
    events = [event for one in stories for event in one.events]
    truth = [change for one in stories for change in one.truth]
    last = (FIRST_DAY + timedelta(days=DAYS)).isoformat()
    return Years(
        sorted(events, key=lambda event: event["day"]),
        sorted((one for one in truth if one["latest"] < last), key=lambda one: one["day"]),
    )


def _lived(dice: random.Random, key: str) -> Story:
    one = story(dice, key)
    day = 120
    for _ in range(dice.choices((0, 1, 2, 3, 4), (22, 26, 26, 16, 10))[0]):
        day += dice.randint(0, 90)
        one.at(day, _change(one))
        day += 60
    for _ in range(dice.randint(2, 7)):
        one.at(dice.randint(85, DAYS - 1), _noise(one, dice.choice(_NOISE)))
    one.run()
    return one


def _change(one: Story) -> Callable[[int], None]:
    def act(day: int) -> None:
        for _ in range(20):
            if one.dice.choices(list(CHANGES), list(CHANGES.values()))[0](one, day):
                return

    return act


def _noise(one: Story, kind: Callable[[Story, int], None]) -> Callable[[int], None]:
    return lambda day: kind(one, day)


def _other_words(one: Story, day: int) -> None:
    field = one.dice.choice(("title", "employer", "city"))
    value = varied(one.dice, field, getattr(one.state, field))
    one.tell(day, one.dice.choice(("ats_sync", "csv_import")), {field: value}, [])


def _same_again(one: Story, day: int) -> None:
    one.tell(day, "csv_import", record_of(one.state), [])


def _typing_error(one: Story, day: int) -> None:
    field = one.dice.choice(("title", "employer"))
    value = getattr(one.state, field)
    one.tell(day, "ats_sync", {field: mistyped(one.dice, value)}, [])
    back = day + one.dice.randint(1, 20)
    one.at(back, lambda at: one.tell(at, "ats_sync", {field: getattr(one.state, field)}, []))


def _stale_file(one: Story, day: int) -> None:
    old = next(event for event in one.events if "title" in event["record"])
    known = {"as_of": old["day"]} if one.dice.random() < 0.5 else {}
    record = {name: old["record"][name] for name in ("title", "employer", "city")}
    one.tell(day, "csv_import", record, [], **known)
    back = day + one.dice.randint(1, 14)
    one.at(back, lambda at: one.tell(at, "ats_sync", record_of(one.state), []))


def _guess(one: Story, day: int) -> None:
    if one.state.rank >= DIRECTOR:
        return
    name = lives.families()[one.state.family].titles[one.state.rank + 1]
    quote = one.dice.choice((f"might be {name} by now", f"probably {name} soon"))
    told = fact("title", {"name": name, "current": True}, "had", quote, "recruiter_note", 0.5)
    one.tell(day, "recruiter_note", {}, [told])


def _fact_again(one: Story, day: int) -> None:
    skills = one.state.skills
    known = [t["value"].get("name") for e in one.events for t in e["facts"] if t["kind"] == "skill"]
    if not skills or (name := one.dice.choice(skills)) not in known:
        return
    word = lives.skill_words()[name]
    said = one.dice.choice(word.also or (name,))
    quote = one.dice.choice((f"solid in {said}", f"{said}, still daily"))
    told = fact("skill", {"name": said}, "had", quote, "recruiter_note")
    one.tell(day, "recruiter_note", {}, [told])


def _merge(one: Story, day: int) -> None:
    # Another record of the same person: tags by their other names, the employer without its form.
    words = lives.skill_words()
    known = {t["value"].get("name") for e in one.events for t in e["facts"] if t["kind"] == "skill"}
    tags = set(one.state.skills[:4])
    tags |= {words[name].also[0] for name in tags & known if words[name].also}
    employer = varied(one.dice, "employer", one.state.employer)
    one.tell(day, "merge", {"tags": sorted(tags), "employer": employer}, [])


def _small_step(one: Story, day: int) -> None:
    if one.state.people > 9 and any(t["kind"] == "scope" for e in one.events for t in e["facts"]):
        people = one.state.people + one.dice.choice((-1, 1))
        one.tell(day, "recruiter_note", {}, [scope(people, f"team of {people}", "recruiter_note")])
    elif pay := one.state.wishes.get("pay"):
        low = 500 * round(pay["low"] * one.dice.uniform(0.98, 1.02) / 500)
        told = wish("pay", pay | {"low": low}, "recruiter_note")
        one.tell(day, "recruiter_note", {}, [told])


def _holiday(one: Story, day: int) -> None:
    back = FIRST_DAY + timedelta(days=day + 12)
    one.tell(day, "out_of_office", {}, [], text=f"I am on holiday until {back:%-d %B}.")


def _small_talk(one: Story, day: int) -> None:
    told = fact("stance", {"level": one.dice.choice(("open", "later"))}, "wants",
                "would listen", "recruiter_note")  # fmt: skip
    one.tell(day, "recruiter_note", {}, [told])


_NOISE = (_other_words, _other_words, _same_again, _typing_error, _stale_file, _stale_file, _guess,
          _fact_again, _merge, _small_step, _holiday, _small_talk)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A change that was noticed."""

    person: str
    kind: str
    day: date


def measure(truth: Iterable[dict[str, Any]], told: Iterable[Told]) -> dict[str, Any]:
    """How much of what was told is so, how much of what is so was told, and what was told twice.

    What is told a second time of one change is a duplicate, and no right answer either.
    """
    open_ = [dict(one) for one in truth]
    found = Counter[str]()
    false = Counter[str]()
    for one in sorted(told, key=lambda one: one.day):
        fitting = [change for change in open_ if _is(one, change)]
        # One that has to be told goes before one that may.
        fresh = [c for c in sorted(fitting, key=lambda c: not c["required"]) if not c.get("told")]
        if fresh:
            fresh[0]["told"] = True
            found["right" if fresh[0]["required"] else "right too"] += 1
        else:
            found["twice" if fitting else "false"] += 1
            false[one.kind] += 1
    required = [change for change in open_ if change["required"]]
    right = found["right"] + found["right too"]
    return {
        "told": found.total(),
        "precision": right / found.total() if found else None,
        "recall": found["right"] / len(required) if required else None,
        "duplicates": found["twice"],
        "false by kind": dict(false),
        "missed by kind": dict(Counter(c["kind"] for c in required if not c.get("told"))),
    }


def _is(told: Told, change: dict[str, Any]) -> bool:
    return (
        told.person == change["person"]
        and told.kind in {change["kind"], *change["or"]}
        and change["earliest"] <= told.day.isoformat() <= change["latest"]
    )


def main() -> None:
    """Write the years, and print how much is in them."""
    parser = argparse.ArgumentParser(description="Write two years of what arrives about people.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=400)
    asked = parser.parse_args()
    years = generate(asked.seed, asked.people)
    asked.folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("events", years.events), ("truth", years.truth)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (asked.folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    print(len(years.events), "events", Counter(event["source"] for event in years.events))
    required = Counter(one["kind"] for one in years.truth if one["required"])
    print(required.total(), "changes", required)


if __name__ == "__main__":
    main()
