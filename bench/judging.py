"""How well visits of people are told from those of machines, on days whose truth is known.

    python -m bench.judging                 # the ten days for measuring
    python -m bench.judging --tuning        # the five for choosing rules by

Beside the product's judge, over the same hits: a list of words in user agents, which is what most
tools do, and Mautic's rule, by which two of three make a machine: less than two seconds after
sending, an address on a list, an agent on a list. Its list of addresses is ours of data centres,
which is more than it comes with. `mail_days` says what the days are made of.
"""

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import django

from bench.mail_days import MEASURING, MESSAGES, TUNING, MailDay, generate
from bench.mail_log import DayHit
from warmbench.cli import start

#: Goals of D28.
RECALL, DISCARDED = 0.97, 0.01
_WORDS = re.compile(
    r"bot|crawl|spider|slurp|preview|scan|monitor|fetch|facebookexternalhit|whatsapp|curl|wget"
    r"|python|java/|libwww|httpclient|go-http|^$",
    re.IGNORECASE,
)
_MAUTIC = timedelta(seconds=2)

#: A verdict on each hit of a day, in their order: human, likely, unsure or machine.
Judge = Callable[[MailDay], Sequence[str]]


def by_agent(day: MailDay) -> list[str]:
    """Whoever calls itself a machine is one."""
    return ["machine" if _WORDS.search(hit.raw_agent) else "human" for hit in day.hits]


def two_of_three(day: MailDay) -> list[str]:
    """As Mautic's BotRatioHelper counts."""
    from warmbench.signals import data_centres

    listed = data_centres.known()
    handed = {mail.id: mail.handed_at for mail in day.mails}

    def signs(hit: DayHit) -> int:
        return (
            (hit.at - handed[hit.message] < _MAUTIC)
            + (hit.network in listed)
            + bool(_WORDS.search(hit.raw_agent))
        )

    return ["machine" if signs(hit) >= 2 else "human" for hit in day.hits]


def ours(day: MailDay) -> list[str]:
    """The product's judge, which sees what is stored and nothing else."""
    from warmbench.signals.judge import HitFacts, MessageFacts, judge

    hits = [
        HitFacts(
            message=hit.message,
            candidate=hit.candidate,
            kind=hit.kind,
            link=hit.link,
            method=hit.method,
            at=hit.at,
            agent=hit.agent,
            network=hit.network,
            system=hit.system,
            has_language=hit.has_language,
            flags=hit.flags,
        )
        for hit in day.hits
    ]
    mails = {mail.id: MessageFacts(mail.handed_at, mail.links) for mail in day.mails}
    return [str(verdict.kind) for verdict in judge(hits, mails)]


class Tally:
    """Verdicts counted by what the visitor was."""

    def __init__(self) -> None:
        self._counts: defaultdict[tuple[bool, str], Counter[str]] = defaultdict(Counter)

    def add(self, judged: Iterable[tuple[DayHit, str]]) -> None:
        """Count hits with their verdicts."""
        for hit, verdict in judged:
            self._counts[hit.is_machine, hit.visitor][verdict] += 1

    def share(self, verdict: str, *, of_machines: bool) -> float:
        """The share of machines' hits, or of people's, with this verdict."""
        counted = sum(
            (count for (is_machine, _), count in self._counts.items() if is_machine == of_machines),
            Counter(),
        )
        return counted[verdict] / max(1, counted.total())

    @property
    def line(self) -> str:
        """The four figures that count."""
        return (
            f"{self.share('machine', of_machines=True):>10.4f}"
            f"{self.share('unsure', of_machines=True):>10.4f}"
            f"{self.share('machine', of_machines=False):>10.4f}"
            f"{self.share('unsure', of_machines=False):>10.4f}"
        )

    def tell_kinds(self) -> None:
        """One line for each kind of visitor."""
        for (is_machine, visitor), counts in sorted(self._counts.items()):
            of = counts.total()
            as_person = counts["human"] + counts["likely"]
            print(
                f"  {'machine' if is_machine else 'person '}  {visitor:<20} {of:>8,}"
                f"{counts['machine'] / of:>10.4f}{counts['unsure'] / of:>10.4f}"
                f"{as_person / of:>10.4f}"
            )


@dataclass
class Measured:
    """The verdicts of one judge: on all days, on clicks alone, and on each day by itself."""

    together: Tally = field(default_factory=Tally)
    clicks: Tally = field(default_factory=Tally)
    apart: list[Tally] = field(default_factory=list)
    seconds: float = 0.0


def measure(judge: Judge, days: Sequence[MailDay]) -> Measured:
    """What a judge says of these days."""
    found = Measured()
    for day in days:
        began = time.perf_counter()
        verdicts = judge(day)
        found.seconds += time.perf_counter() - began
        found.apart.append(Tally())
        pairs = list(zip(day.hits, verdicts, strict=True))
        found.together.add(pairs)
        found.apart[-1].add(pairs)
        found.clicks.add(pair for pair in pairs if pair[0].kind == "click")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--tuning", action="store_true", help="the days for choosing rules by")
    asked = parser.parse_args()
    start.configure()
    django.setup()
    days = [
        generate(seed, messages=asked.messages) for seed in (TUNING if asked.tuning else MEASURING)
    ]
    hits = sum(len(day.hits) for day in days)
    print(
        f"{len(days)} days, {hits:,} hits, {min(len(day.hits) for day in days):,} on the quietest"
    )
    print(f"{'':<26}{'machines':>20}{'people':>20}")
    print(f"{'':<26}{'found':>10}{'unsure':>10}{'lost':>10}{'unsure':>10}")
    for name, baseline in (("words in agents", by_agent), ("two of three", two_of_three)):
        print(f"{name:<26}{measure(baseline, days).together.line}")
    found = measure(ours, days)
    together = found.together
    print(f"{'this judge':<26}{together.line}   {found.seconds / hits * 1e6:.0f} µs a hit")
    print(f"{'this judge, clicks alone':<26}{found.clicks.line}")
    for day, tally in zip(days, found.apart, strict=True):
        print(f"  seed {day.seed:<19}{tally.line}")
    print(f"{'':<40}{'machine':>10}{'unsure':>10}{'person':>10}")
    together.tell_kinds()
    if (
        together.share("machine", of_machines=True) < RECALL
        or together.share("machine", of_machines=False) > DISCARDED
    ):
        raise SystemExit(f"Missed: {RECALL} of machines found, {DISCARDED} of people lost.")


if __name__ == "__main__":
    main()
