"""Synthetic mail days: who looked at our links and pictures, and whether that was a person.

    python -m bench.mail_days --seed 1          # what is in a day

Made from the published profiles of scanners, by somebody who had not seen the rules that judge
them; `mail_machines` and `mail_people` say what is published and what is invented. Days of the
seeds 1 to 5 are for choosing rules by. Those of 101 to 110 are for measuring, and draw their
mixture and delays from wider and other ranges, so that nobody is measured on what he was tuned on.

Written 2026-11-22. There is no public log of clicks with known truth to hold these days against.
"""

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from bench import mail_log
from bench.mail_log import MORNING, DayHit, Log, Mail, network, seconds
from bench.mail_machines import Gateway, Habits, Machines
from bench.mail_people import Company, Manners, Person, Readers, person

TUNING = range(1, 6)
MEASURING = range(101, 111)
#: Enough for ten thousand events.
MESSAGES = 8_000

#: Which networks each kind of gateway looks from, when it is not in the office itself.
_BLOCKS = {
    "defender": mail_log.MICROSOFT,
    "mimecast": mail_log.AMAZON + mail_log.UNLISTED,
    "proofpoint": mail_log.AMAZON + mail_log.UNLISTED,
    "barracuda": mail_log.UNLISTED + mail_log.AMAZON,
    "head": mail_log.UNLISTED,
}
#: From where to where each number of a day may be: for tuning, and for measuring.
_RANGES: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "at_work": ((0.45, 0.60), (0.35, 0.70)),
    "guarded": ((0.55, 0.75), (0.45, 0.85)),
    "in_office": ((0.10, 0.25), (0.05, 0.35)),
    "checks_clicks": ((0.30, 0.50), (0.20, 0.60)),
    "cloud_proxy": ((0.01, 0.03), (0.01, 0.05)),
    "traps": ((0.60, 0.90), (0.40, 0.95)),
    "pictures": ((0.30, 0.60), (0.20, 0.70)),
    "says_language": ((0.30, 0.60), (0.20, 0.70)),
    "follows_trap": ((0.60, 0.90), (0.50, 0.90)),
    "loads_picture": ((0.30, 0.60), (0.20, 0.70)),
    "slowness": ((0.80, 1.40), (0.60, 2.20)),
    "looks_at_mail": ((0.70, 0.90), (0.60, 0.95)),
    "looks_again": ((0.05, 0.10), (0.04, 0.14)),
    "clicks": ((0.16, 0.24), (0.14, 0.28)),
    "opens": ((0.30, 0.45), (0.25, 0.50)),
    "fast": ((0.04, 0.07), (0.03, 0.09)),
    "tabs": ((0.02, 0.04), (0.02, 0.05)),
    "doubles": ((0.02, 0.04), (0.01, 0.06)),
    "forwards": ((0.03, 0.06), (0.02, 0.08)),
    "returns": ((0.06, 0.12), (0.04, 0.15)),
    "odd": ((0.01, 0.02), (0.01, 0.03)),
    "shares": ((0.02, 0.04), (0.01, 0.06)),
    "echoes": ((0.01, 0.03), (0.01, 0.04)),
    "loads_ahead": ((0.01, 0.03), (0.01, 0.04)),
    "patience": ((60, 140), (35, 220)),
}


@dataclass(frozen=True, slots=True)
class MailDay:
    """The mails of a day, and every hit on them in the order of time, with its truth."""

    seed: int
    mails: list[Mail]
    hits: list[DayHit]


def generate(seed: int, *, messages: int = MESSAGES) -> MailDay:
    """The day of a seed: the same seed and size always give the same day."""
    rng = random.Random(seed)
    drawn = {name: rng.uniform(*ranges[seed not in TUNING]) for name, ranges in _RANGES.items()}
    log = Log()
    machines = Machines(rng, _habits(drawn), log)
    readers = Readers(rng, _manners(drawn), machines, log)
    mails = []
    for number, who in enumerate(_in_order_of_sending(rng, _people(rng, drawn, messages)), 1):
        mail = _mail(rng, drawn, number, who, share=number / messages)
        mails.append(mail)
        if who.company and who.company.gateway:
            machines.receive(mail, who.company.gateway)
        if mail.has_picture and who.mailbox == "gmail" and rng.random() < 0.35:
            machines.gmail_ahead(mail)
        if mail.has_picture and who.mailbox == "apple" and rng.random() < 0.9:
            machines.apple_ahead(mail)
        if rng.random() < 0.002:
            machines.crawl(mail)
        readers.read(mail, who)
    hits = sorted(log.hits, key=lambda hit: (hit.at, hit.message, hit.link, hit.visitor))
    return MailDay(seed, mails, hits)


def _habits(drawn: dict[str, float]) -> Habits:
    return Habits(**{name: drawn[name] for name in Habits.__dataclass_fields__})


def _manners(drawn: dict[str, float]) -> Manners:
    return Manners(**{name: drawn[name] for name in Manners.__dataclass_fields__})


def _people(rng: random.Random, drawn: dict[str, float], count: int) -> list[Person]:
    """Colleagues in companies of two to 150, the rest with mailboxes of their own."""
    carriers = [f"100.{64 + rng.randrange(64)}.{rng.randrange(256)}.0/24" for _ in range(40)]
    weights = [rng.uniform(0.5, 2) for _ in _BLOCKS]
    found: list[Person] = []
    while len(found) < count * drawn["at_work"]:
        company = _company(rng, drawn, weights)
        size = min(150, max(2, int(rng.paretovariate(0.8) * 2)))
        for _ in range(min(size, count - len(found))):
            found.append(person(rng, len(found) + 1, company, drawn["odd"], carriers))
    while len(found) < count:
        found.append(person(rng, len(found) + 1, None, drawn["odd"], carriers))
    return found


def _company(rng: random.Random, drawn: dict[str, float], weights: list[float]) -> Company:
    office = f"10.{100 + rng.randrange(100)}.{rng.randrange(256)}.0/24"
    if rng.random() < drawn["cloud_proxy"]:
        office = network(rng, mail_log.AMAZON)
    if rng.random() > drawn["guarded"]:
        return Company(office, None)
    kind = rng.choices(list(_BLOCKS), weights)[0]
    # Defender is nowhere but with Microsoft.
    stands_here = kind != "defender" and rng.random() < drawn["in_office"]
    checks = kind in {"defender", "mimecast", "proofpoint", "barracuda"}
    gateway = Gateway(
        kind,
        _BLOCKS[kind],
        office if stands_here else "",
        checks and rng.random() < drawn["checks_clicks"],
    )
    return Company(office, gateway)


def _in_order_of_sending(rng: random.Random, people: list[Person]) -> list[Person]:
    """Half of the companies at one go, as a list has them; everybody else anywhere."""
    offices = dict.fromkeys(one.company.network for one in people if one.company)
    together = {office: rng.random() for office in offices if rng.random() < 0.5}
    placed = []
    for one in people:
        anywhere = rng.random()
        office = one.company.network if one.company else ""
        placed.append((together.get(office, anywhere), one))
    return [one for _, one in sorted(placed, key=lambda pair: (pair[0], pair[1].candidate))]


def _mail(
    rng: random.Random, drawn: dict[str, float], number: int, who: Person, *, share: float
) -> Mail:
    handed_at = MORNING + timedelta(hours=9 * share) + seconds(rng.uniform(0, 30))
    links = rng.choices([1, 2, 3, 4, 5, 6], [15, 20, 30, 20, 10, 5])[0]
    has_trap = rng.random() < drawn["traps"]
    has_picture = rng.random() < drawn["pictures"]
    return Mail(number, who.candidate, handed_at, links, has_trap, has_picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    asked = parser.parse_args()
    day = generate(asked.seed, messages=asked.messages)
    counted = Counter((hit.is_machine, hit.visitor) for hit in day.hits)
    print(f"{len(day.mails):,} mails, {len(day.hits):,} hits")
    for (is_machine, visitor), count in sorted(counted.items()):
        print(f"  {'machine' if is_machine else 'person '}  {visitor:<20} {count:>7,}")


if __name__ == "__main__":
    main()
