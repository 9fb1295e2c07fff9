"""Measures how well answers are read: ``python -m bench.replies`` (figures: docs/benchmarks.md).

The texts of ``test`` are those that no rule was chosen by (tests/data/replies/README.md). It
prints figures only, never a text.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from email.header import Header
from pathlib import Path
from typing import Any

from warmbench.messaging.inbound import auto_replies, intents, mail, not_now, optouts, quotes, words

DATA = Path(__file__).parents[1] / "tests" / "data" / "replies"


@dataclass(frozen=True)
class Quotes:
    """How well new text is told from quotes."""

    mails: int
    exact: float
    f1: float
    #: Mails in which words of the person were lost, and those in which some of the quote stayed.
    lost: int
    leaked: int
    #: Mails with our own footer in their quote, and how many of these would stop anything.
    with_footer: int
    stopped_by_footer: int


@dataclass(frozen=True)
class OptOuts:
    """How well wishes to stop are told from texts that look like them."""

    asks: int
    innocent: int
    stopped: float
    stopped_or_asked: float
    falsely_stopped: float
    falsely_asked: float


@dataclass(frozen=True)
class Autos:
    """How well automatic answers and their days are read."""

    machines: int
    found: float
    people: int
    people_taken: int
    kinds: float
    #: Among absences: the right day or rightly none; a wrong day.
    days: float
    wrong_days: float
    addresses: float


@dataclass(frozen=True)
class Intents:
    """How well it is judged what replies want."""

    texts: int
    accuracy: float
    macro_f1: float
    by_language: dict[str, float]
    #: Of those that the judge is sure of.
    sure_precision: float
    coverage: float
    #: Of “not now”: the right day, or rightly none.
    days: float


def records(name: str) -> list[dict[str, Any]]:
    """The records of one of the files."""
    text = (DATA / name).read_text("utf-8")
    if name.endswith(".json"):
        found: list[dict[str, Any]] = json.loads(text)
        return found
    return [json.loads(line) for line in text.splitlines()]


def quotes_on(part: str) -> Quotes:
    """The figures of new text, on ``dev`` or ``test``."""
    exact = lost = leaked = footers = stopped = 0
    scores = []
    listed = records(f"quotes_{part}.json")
    for each in listed:
        read = mail.read((DATA / f"quotes_{part}" / each["file"]).read_bytes())
        text = quotes.new_text(read)
        new, wanted = " ".join(text.split()), " ".join(each["new_text"].split())
        exact += new == wanted
        scores.append(_f1(new.split(), wanted.split()))
        lost += any(" ".join(piece.split()) not in new for piece in each["must_contain"])
        leaked += any(" ".join(piece.split()) in new for piece in each["must_not_contain"])
        if each["quotes_our_footer"]:
            footers += 1
            asked = optouts.judge(each["new_text"], channel="mail").tier
            found = words.read(read, today=date(2027, 1, 1)).opt_out.tier
            stopped += found is not optouts.Tier.NO and found is not asked
    return Quotes(
        len(listed), exact / len(listed), sum(scores) / len(scores), lost, leaked, footers, stopped
    )


def _f1(got: list[str], wanted: list[str]) -> float:
    if not got and not wanted:
        return 1.0
    common = sum((Counter(got) & Counter(wanted)).values())
    return 2 * common / (len(got) + len(wanted))


def optouts_on(part: str) -> OptOuts:
    """The figures of wishes to stop."""
    counts: Counter[tuple[bool, str]] = Counter()
    for each in records(f"optouts_{part}.jsonl"):
        tier = optouts.judge(each["text"], channel=each["channel"]).tier
        counts[each["stop"], tier.value] += 1
    asks = sum(number for (stop, _), number in counts.items() if stop)
    innocent = counts.total() - asks
    return OptOuts(
        asks=asks,
        innocent=innocent,
        stopped=counts[True, "stop"] / asks,
        stopped_or_asked=1 - counts[True, "no"] / asks,
        falsely_stopped=counts[False, "stop"] / innocent,
        falsely_asked=counts[False, "ask"] / innocent,
    )


def autos_on(part: str) -> Autos:
    """The figures of automatic answers."""
    counts: Counter[str] = Counter()
    for each in records(f"auto_{part}.jsonl"):
        sent = date.fromisoformat(each["sent"])
        found = auto_replies.find(auto_mail(each), today=sent)
        if each["kind"] == "human":
            counts["people"] += 1
            counts["people taken"] += found is not None
            continue
        counts["machines"] += 1
        if found is None:
            continue
        counts["found"] += 1
        counts["kind"] += found.kind.value == each["kind"].replace("other_auto", "other")
        if each["kind"] in {"out_of_office", "on_leave"}:
            # A notice that was not turned off names a past day: that is none.
            until = date.fromisoformat(each["until"]) if each["until"] else None
            until = until if until and until > sent else None
            counts["absences"] += 1
            counts["days"] += found.until == until
            counts["wrong days"] += found.until not in {None, until}
        if each["new_address"] or found.new_address:
            counts["with address"] += 1
            counts["addresses"] += found.new_address == (each["new_address"] or "")
    return Autos(
        machines=counts["machines"],
        found=counts["found"] / counts["machines"],
        people=counts["people"],
        people_taken=counts["people taken"],
        kinds=counts["kind"] / counts["machines"],
        days=counts["days"] / counts["absences"],
        wrong_days=counts["wrong days"] / counts["absences"],
        addresses=counts["addresses"] / counts["with address"],
    )


def auto_mail(record: dict[str, Any]) -> mail.Mail:
    """The mail that a record of ``auto_*`` describes."""
    fields = {**record["headers"], "Subject": Header(record["subject"], "utf-8").encode()}
    fields |= {"Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return mail.read(f"{head}\n{record['body']}".encode())


def intents_on(part: str) -> Intents:
    """The figures of intents."""
    judged = []
    days = Counter[bool]()
    for each in records(f"classes_{part}.jsonl"):
        today = date.fromisoformat(each["today"])
        judged.append((each, words.judge(each["text"], channel="mail", today=today).intent))
        if each["class"] == "not_now":
            wanted = date.fromisoformat(each["until"]) if each["until"] else None
            days[not_now.until(each["text"], today=today) == wanted] += 1
    right = [(each["lang"], each["class"] == intent.name) for each, intent in judged]
    sure = [each["class"] == i.name for each, i in judged if i.confidence >= intents.SURE]
    languages = sorted({language for language, _ in right})
    return Intents(
        texts=len(judged),
        accuracy=sum(good for _, good in right) / len(right),
        macro_f1=_macro_f1([(each["class"], intent.name) for each, intent in judged]),
        by_language={
            language: sum(good for lang, good in right if lang == language)
            / sum(lang == language for lang, _ in right)
            for language in languages
        },
        sure_precision=sum(sure) / len(sure),
        coverage=len(sure) / len(judged),
        days=days[True] / days.total(),
    )


def _macro_f1(pairs: list[tuple[str, str]]) -> float:
    scores = []
    for name in {wanted for wanted, _ in pairs}:
        both = sum(wanted == got == name for wanted, got in pairs)
        named = sum((wanted == name) + (got == name) for wanted, got in pairs)
        scores.append(2 * both / named)
    return sum(scores) / len(scores)


def naive_quotes(part: str) -> tuple[float, float]:
    """Exact and F1 of the rule that everybody writes first: drop “>” and what says “wrote:”."""
    exact, scores = 0, []
    listed = records(f"quotes_{part}.json")
    for each in listed:
        read = mail.read((DATA / f"quotes_{part}" / each["file"]).read_bytes())
        lines = [
            line
            for line in read.text.splitlines()
            if not line.startswith(">") and not line.rstrip().endswith("wrote:")
        ]
        new, wanted = " ".join(" ".join(lines).split()), " ".join(each["new_text"].split())
        exact += new == wanted
        scores.append(_f1(new.split(), wanted.split()))
    return exact / len(listed), sum(scores) / len(scores)


def milliseconds_per_mail() -> float:
    """How long one ordinary mail takes, taking it apart included."""
    raws = [
        (DATA / "quotes_dev" / each["file"]).read_bytes() for each in records("quotes_dev.json")
    ]
    words.read(mail.read(raws[0]), today=date(2027, 1, 1))
    began = time.process_time()
    for raw in raws:
        words.read(mail.read(raw), today=date(2027, 1, 1))
    return (time.process_time() - began) / len(raws) * 1000


def main() -> None:
    """Print all figures, of the texts that rules were made with and of those that they were not."""
    for part in ("dev", "test"):
        print(f"\n{part}")
        for figures in (quotes_on(part), optouts_on(part), autos_on(part), intents_on(part)):
            print(" ", figures)
        print("  quotes by the naive rule, exact and F1:", naive_quotes(part))
    print(f"\n{milliseconds_per_mail():.1f} ms of processor per mail")


if __name__ == "__main__":
    main()
