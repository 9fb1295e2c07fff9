"""Tells the hits of people from those of mail scanners, by rules that a page can name. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from warmbench.signals.models import Hit

#: A mail that was handed over this moment has not been read yet.
READING_TIME = timedelta(seconds=10)
#: A scanner follows everything at once; a person one link, or two.
BURST = timedelta(seconds=10)
BURST_LINKS = 3
#: For so long whatever comes from the same program and network belongs to the scanner.
SHADOW = timedelta(minutes=15)


class Rule(StrEnum):
    """Why a hit is not taken for a person's. Stored with the hit and shown by this name."""

    NOT_A_VISIT = "not_a_visit"
    TOO_SOON = "too_soon"
    ALL_AT_ONCE = "all_at_once"
    SAME_VISITOR = "same_visitor"
    NO_LANGUAGE = "no_language"

    @property
    def means(self) -> str:
        """The rule in words."""
        return _MEANING[self]


_MEANING = {
    Rule.NOT_A_VISIT: "It asked about the page without opening it.",
    Rule.TOO_SOON: "It came within seconds of the mail being handed over.",
    Rule.ALL_AT_ONCE: "All links, or three and more, were followed within seconds.",
    Rule.SAME_VISITOR: "The same program on the same network had just behaved like a machine.",
    Rule.NO_LANGUAGE: "It named no language, which every browser does.",
}


@dataclass(frozen=True, slots=True)
class HitFacts:
    """What is known about one hit."""

    link: int
    method: str
    at: datetime
    agent: str
    network: str
    has_language: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who was it, and which rules said so; a person's hit has none."""

    kind: Hit.Verdict
    rules: tuple[Rule, ...] = ()


def judge(
    hits: Sequence[HitFacts], *, handed_at: datetime | None, links_in_message: int
) -> list[Verdict]:
    """A verdict on each hit of one message, in their order, in the light of all of them.

    A hit that comes later may turn an earlier verdict from person to machine, never back:
    judging again with more hits only ever takes credit away.
    """
    tripped: list[set[Rule]] = [set() for _ in hits]
    for position, hit in enumerate(hits):
        if hit.method != "GET":
            tripped[position].add(Rule.NOT_A_VISIT)
        if handed_at is not None and hit.at < handed_at + READING_TIME:
            tripped[position].add(Rule.TOO_SOON)
    for position in _in_bursts(hits, links_in_message):
        tripped[position].add(Rule.ALL_AT_ONCE)
    for position in _in_the_shadow(hits, {i for i, rules in enumerate(tripped) if rules}):
        tripped[position].add(Rule.SAME_VISITOR)
    return [_verdict(hit, rules) for hit, rules in zip(hits, tripped, strict=True)]


def _verdict(hit: HitFacts, tripped: set[Rule]) -> Verdict:
    if not hit.has_language:
        # By itself it proves little: shown as unsure, worth nothing.
        kind = Hit.Verdict.MACHINE if tripped else Hit.Verdict.UNSURE
        return Verdict(kind, tuple(sorted(tripped | {Rule.NO_LANGUAGE})))
    return Verdict(Hit.Verdict.MACHINE, tuple(sorted(tripped))) if tripped else _HUMAN


_HUMAN = Verdict(Hit.Verdict.HUMAN)


def _in_bursts(hits: Sequence[HitFacts], links_in_message: int) -> set[int]:
    """The hits that are part of following three links, or all there are, within seconds."""
    enough = min(BURST_LINKS, max(links_in_message, 2))
    by_time = _by_time(hits, range(len(hits)))
    found: set[int] = set()
    first = 0
    for last, position in enumerate(by_time):
        while hits[by_time[first]].at < hits[position].at - BURST:
            first += 1
        window = by_time[first : last + 1]
        if len({hits[i].link for i in window}) >= enough:
            found.update(window)
    return found


def _in_the_shadow(hits: Sequence[HitFacts], tripped: set[int]) -> set[int]:
    """The hits that came from where a machine's came, shortly before or after one of those.

    A hit found so casts a shadow itself: a scanner that returns every ten minutes stays one.
    """
    visitors: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, hit in enumerate(hits):
        if hit.network:
            visitors[hit.agent, hit.network].append(position)
    found: set[int] = set()
    for of_one in visitors.values():
        for run in _runs(hits, _by_time(hits, of_one)):
            if not tripped.isdisjoint(run):
                found.update(set(run) - tripped)
    return found


def _runs(hits: Sequence[HitFacts], by_time: Sequence[int]) -> Iterable[list[int]]:
    run: list[int] = []
    for position in by_time:
        if run and hits[position].at - hits[run[-1]].at > SHADOW:
            yield run
            run = []
        run.append(position)
    yield run


def _by_time(hits: Sequence[HitFacts], positions: Iterable[int]) -> list[int]:
    return sorted(positions, key=lambda i: hits[i].at)
