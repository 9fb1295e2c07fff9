"""How well changes of people are noticed: precision, recall and duplicates on years of invented
people with known truth, and how long it takes to say for whom one matters.

python -m bench.changes                      seeds 1 to 20, with what was missed and invented
python -m bench.changes --measuring          seeds 101 to 120: figures only
"""

import argparse
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import django

#: Facts below this are guesses: in Warmbench they wait until a person confirms them.
_SURE = 0.8
_RECORDS = frozenset({"ats_sync", "csv_import", "merge"})


@dataclass
class _Person:
    """What all sources have said of somebody so far, and the last snapshot."""

    record: dict[str, Any] = field(default_factory=dict)
    words: list[Any] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    body: Any = None
    next_day: date | None = None


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measuring", action="store_true")
    parser.add_argument("--people", type=int, default=400)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
    django.setup()
    seeds = range(101, 121) if options.measuring else range(1, 21)
    _print(seeds, options.people, is_quiet=options.measuring)


def _print(seeds: Iterable[int], people: int, *, is_quiet: bool) -> None:
    from bench import timelines

    started, events = time.perf_counter(), 0
    sums: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    required: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for seed in seeds:
        years = timelines.generate(seed=seed, people=people)
        events += len(years.events)
        told = [one for one, _ in notice(years.events)]
        figures = timelines.measure(years.truth, told)
        wanted = Counter(change["kind"] for change in years.truth if change["required"])
        sums["told"] += figures["told"]
        sums["right"] += round(figures["precision"] * figures["told"])
        sums["twice"] += figures["duplicates"]
        sums["found"] += round(figures["recall"] * wanted.total())
        required += wanted
        lines += Counter(one.kind for one in told)
        false += Counter(figures["false by kind"])
        missed += Counter(figures["missed by kind"])
        if not is_quiet:
            print(f"seed {seed}: {figures}")
    seconds = time.perf_counter() - started
    print(
        f"precision {sums['right'] / sums['told']:.3f}, recall"
        f" {sums['found'] / required.total():.3f}, duplicates {sums['twice']}, of"
        f" {required.total():,} changes in {events:,} events"
    )
    for kind in sorted(lines | required):
        right = lines[kind] - false[kind]
        kept = required[kind] - missed[kind]
        precision = right / lines[kind] if lines[kind] else 0.0
        recall = kept / required[kind] if required[kind] else 0.0
        print(f"{kind:15} precision {precision:.3f}  recall {recall:.3f}  of {required[kind]:,}")
    print(f"{seconds / events * 1000:.2f} ms an event")


def notice(events: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, Any]]:
    """What Warmbench notices in these events, a day after another: who, of which kind and when, and
    the change itself."""
    from bench.timelines import Told

    people: defaultdict[str, _Person] = defaultdict(_Person)
    last = None
    known: set[tuple[str, str, str]] = set()
    by_person: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        by_person[event["person"]].append(event)
        last = max(last or event["day"], event["day"])
    end = date.fromisoformat(last) if last else date.min
    for key, theirs in by_person.items():
        one = people[key]
        for event in [*theirs, None]:
            today = date.fromisoformat(event["day"]) if event else end
            for day, change in _until(one, today):
                if (key, change.kind, change.key) not in known:
                    known.add((key, change.kind, change.key))
                    yield Told(key, str(change.kind), day), change
            if event is None:
                break
            for change in _hear(one, event, today):
                if (key, change.kind, change.key) not in known:
                    known.add((key, change.kind, change.key))
                    yield Told(key, str(change.kind), today), change


def _until(one: _Person, today: date) -> Iterator[tuple[date, Any]]:
    """What the nights before a day tell."""
    while one.next_day is not None and one.next_day < today:
        night = one.next_day
        for change in _compare(one, night):
            yield night, change
        if one.next_day == night:
            one.next_day = night + timedelta(days=1)


def _hear(one: _Person, event: dict[str, Any], today: date) -> list[Any]:
    source, record = event["source"], event["record"]
    as_of = date.fromisoformat(event["as_of"]) if "as_of" in event else None
    if as_of is None and source in _RECORDS:
        one.record |= {
            name: record[name] for name in ("title", "employer", "since") if record.get(name)
        }
        if record.get("employer") and "since" not in record:
            one.record.pop("since", None)
    for tag in record.get("tags", ()):
        if tag not in one.tags:
            one.tags.add(tag)
            one.words.append(_word("skill", tag, on=as_of or today, source=source))
    if as_of is not None or source == "profile_upload":
        # Files of profiles have their day, and do not overwrite our record.
        one.words += _dated(record, as_of or today, source)
    one.words += [word for fact in event["facts"] for word in _of_fact(fact, event, today)]
    return _compare(one, today, is_merge=source == "merge")


def _dated(record: dict[str, Any], on: date, source: str) -> Iterator[Any]:
    for aspect in ("title", "employer"):
        if record.get(aspect):
            yield _word(aspect, record[aspect], on=on, source=source)


def _word(aspect: str, value: Any, topic: str = "", **more: Any) -> Any:
    from warmbench.shortlists.noted import Word

    return Word(aspect, value, topic, **more)


def _of_fact(  # noqa: C901 - a case for each kind
    fact: dict[str, Any], event: dict[str, Any], today: date
) -> Iterator[Any]:
    """A fact as ``shortlists.seen`` reads the row that it would be."""
    from warmbench.shortlists.news_words import speaks_of_news
    from warmbench.shortlists.noted import NOTE, OWN_WORD, RECORD

    value, kind, source = fact["value"], fact["kind"], event["source"]
    rank = OWN_WORD if fact["speaker"] == "candidate" else NOTE
    rank = RECORD if source == "profile_upload" else rank
    said = {"on": today, "rank": rank, "source": source, "quote": fact["quote"]}
    said["weak"] = fact["confidence"] < _SURE
    said["is_news"] = speaks_of_news(fact["quote"], of=str(value.get("name", "")))
    match kind, fact["polarity"]:
        case "employer", "had" if value.get("current") is False:
            if source in {"bounce", "out_of_office"}:
                yield _word("left", "an automatic answer says so.", **said)
        case (("title" | "employer"), "had") if value.get("current"):
            since = fact.get("valid_from")
            since = date.fromisoformat(since) if since and kind == "employer" else None
            yield _word(kind, value["name"], since=since, **said)
        case (("skill" | "domain"), "had"):
            yield _word(kind, value["name"], **said)
        case "scope", "had":
            yield _word("scope", value["amount"], value["what"], **said)
        case "achievement", "had":
            yield _word("achievement", fact["quote"], **said)
        case "pay", "wants":
            amount = {"amount": str(value["low"]), "currency": value.get("currency", "")}
            yield _word("wish", amount | {"period": value.get("period", "year")}, "pay", **said)
        case "remote", "wants":
            yield _word("wish", value["mode"], "remote", **said)
        case "place", "wants":
            yield _word("wish", [value["name"]], "places", **said)
        case "stance", "wants":
            yield _word("wish", value["level"], "stance", **said)
        case "start", "wants":
            yield _word("wish", value["from"], "start", **said)
        case "event", "plans":
            day = value.get("until") or value.get("from")
            yield _word("day", day, value["what"], **said)


def _compare(one: _Person, today: date, *, is_merge: bool = False) -> list[Any]:
    from warmbench.shortlists import snapshots

    words = list(one.words)
    since = one.record.get("since")
    if one.record.get("title"):
        words.append(_word("title", one.record["title"], source="record"))
    if one.record.get("employer"):
        day = date.fromisoformat(since) if since else None
        words.append(_word("employer", one.record["employer"], source="record", since=day))
    look = snapshots.rebased if is_merge else snapshots.compare
    found = look(one.body, words, today=today)
    one.body, one.next_day = found.body, found.next_day
    return list(found.changes)


if __name__ == "__main__":
    main()
