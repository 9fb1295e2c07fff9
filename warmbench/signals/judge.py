"""Tells the visits of people from those of machines, each in the light of all others. Pure.

Rules and weights stand in ``judge_rules``. What happens minutes later may turn a person into a
machine; whatever order visits are told in, the verdicts are the same.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from warmbench.signals import data_centres
from warmbench.signals.data_centres import Networks
from warmbench.signals.judge_rules import CERTAIN, MACHINE_FROM, Rule, kind_of, score
from warmbench.signals.models import Hit

K = TypeVar("K", bound=Hashable)

#: Raised whenever a rule, a weight or a number here changes: ``warmbench hits judge-again``.
POLICY = 2

#: A mail that was handed over this moment has not been read yet.
READING_TIME, FRESH = timedelta(seconds=10), timedelta(seconds=60)
#: On a phone that was in the hand already.
PHONE_TIME = timedelta(seconds=5)
#: A scanner follows everything at once; a person one link, or two.
BURST, NO_TIME, BURST_LINKS = timedelta(seconds=10), timedelta(seconds=2), 3
#: Within so long after a person a service looks at what they followed, or just before it.
SECOND_LOOK, BESIDE = timedelta(seconds=30), timedelta(seconds=1)
#: So many people do not follow links from one network within a minute.
CROWD, CROWD_SIZE = timedelta(seconds=60), 5
#: For so long whatever comes from the same program and network belongs to the scanner.
SHADOW = timedelta(minutes=15)
PHONES = frozenset({"ios", "android"})
#: In so many mails a visitor must have been caught before it is one in others as well.
CAUGHT_IN = 3


@dataclass(frozen=True, slots=True)
class HitFacts:
    """What is known about one visit."""

    message: int
    candidate: int
    kind: str
    link: int
    method: str
    at: datetime
    agent: str
    network: str
    system: str
    has_language: bool
    flags: Sequence[str] = ()
    #: What a person said it was, ``human`` or ``machine``: that holds, whatever rules say.
    said: str = ""
    #: The rules that fired when it was judged before, of a visit that is only told because it
    #: casts light on others: then the rest of its message need not be at hand.
    found: tuple[Rule, ...] | None = None


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What is known about a message: when a mail server took it, and how many links it has."""

    handed_at: datetime | None
    links: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who was it, how sure are we, and which rules said so."""

    kind: Hit.Verdict
    score: float
    rules: tuple[Rule, ...] = ()


def judge(
    hits: Sequence[HitFacts],
    messages: Mapping[int, MessageFacts],
    *,
    clouds: Networks | None = None,
) -> list[Verdict]:
    """A verdict on each visit, in their order, in the light of all of them.

    A message that is not among ``messages`` is judged without what is known of it. ``clouds``
    are the networks of data centres; by default those of the list that comes with us.
    """
    fired = [set(hit.found or ()) | _alone(hit, clouds) for hit in hits]
    _add_soon(hits, messages, fired)
    whole = [i for i, hit in enumerate(hits) if hit.found is None]
    for message, of_message in _groups(hits, lambda hit: hit.message, whole):
        facts = messages.get(message)
        _add_bursts(hits, of_message, facts.links if facts else BURST_LINKS, fired)
        _add_second_looks(hits, of_message, fired)
    for network, of_network in _groups(hits, lambda hit: hit.network):
        if network:
            _add_crowds(hits, of_network, fired)
    for (_, network), of_visitor in _groups(hits, lambda hit: (hit.agent, hit.network)):
        # One alone has nobody to stand in the shadow of, and is most of them.
        if network and len(of_visitor) > 1:
            _add_shadows(hits, of_visitor, fired)
    return [_verdict(hit, rules) for hit, rules in zip(hits, fired, strict=True)]


def _verdict(hit: HitFacts, fired: set[Rule]) -> Verdict:
    rules = tuple(sorted(fired, key=lambda rule: (-rule.weight, rule)))
    total = score(rules)
    if hit.said:
        return Verdict(Hit.Verdict(hit.said), float(hit.said == Hit.Verdict.MACHINE), rules)
    return Verdict(kind_of(total), total, rules)


def _alone(hit: HitFacts, clouds: Networks | None) -> set[Rule]:
    """What a visit tells by itself."""
    is_click = hit.kind == Hit.Kind.CLICK
    told = {
        Rule.NOT_A_VISIT: hit.method != "GET",
        Rule.HONEYPOT: "honeypot" in hit.flags,
        Rule.PROVIDER_SAYS: "provider_bot" in hit.flags,
        Rule.AHEAD: "prefetch" in hit.flags,
        Rule.NAMED_ITSELF: hit.system == "bot" or (is_click and hit.system == "proxy"),
        Rule.PICTURE_PROXY: not is_click and hit.system == "proxy",
        # Programs that show mail name no language when they load a picture.
        Rule.NO_LANGUAGE: is_click and not hit.has_language,
        Rule.DATA_CENTRE: hit.system != "proxy"
        and hit.network in (data_centres.known() if clouds is None else clouds),
    }
    return {rule for rule, is_so in told.items() if is_so}


def _add_soon(
    hits: Sequence[HitFacts], messages: Mapping[int, MessageFacts], fired: Sequence[set[Rule]]
) -> None:
    for hit, rules in zip(hits, fired, strict=True):
        facts = messages.get(hit.message)
        if facts is None or facts.handed_at is None:
            continue
        if hit.at < facts.handed_at + (PHONE_TIME if hit.system in PHONES else READING_TIME):
            rules.add(Rule.TOO_SOON)
        elif hit.at < facts.handed_at + FRESH and hit.kind == Hit.Kind.CLICK:
            rules.add(Rule.FRESH)


def _add_bursts(
    hits: Sequence[HitFacts], by_time: Sequence[int], links: int, fired: Sequence[set[Rule]]
) -> None:
    """Whatever is part of following several links of a message within seconds.

    Each visitor is seen by itself, or else a person would be part of the scan that runs while
    they read; those who came once are seen together, for one scanner may look like many.
    """
    clicks = [i for i in by_time if _is_followed(hits[i])]
    once = []
    for _, of_visitor in _groups(hits, lambda hit: (hit.agent, hit.network), clicks):
        if len(of_visitor) > 1:
            _add_burst(hits, of_visitor, links, fired)
        else:
            once += of_visitor
    once.sort(key=lambda i: hits[i].at)
    _add_burst(hits, once, links, fired)
    for window in _windows(hits, once, SECOND_LOOK):
        if len(window) >= BURST_LINKS and len({hits[i].link for i in window}) > 1:
            _all_get(Rule.EVERY_TIME_ANOTHER, window, fired)


def _is_followed(hit: HitFacts) -> bool:
    """Whether somebody, or something, went where a link leads; not what a browser does itself."""
    return hit.kind == Hit.Kind.CLICK and "prefetch" not in hit.flags


def _add_burst(
    hits: Sequence[HitFacts], by_time: Sequence[int], links: int, fired: Sequence[set[Rule]]
) -> None:
    for window in _windows(hits, by_time, BURST):
        found = {hits[i].link for i in window}
        # Thumbs are fast, and no scanner is known to call itself a phone throughout.
        if all(hits[i].system in PHONES for i in window):
            continue
        if len(found) >= BURST_LINKS:
            _all_get(Rule.ALL_AT_ONCE, window, fired)
        elif len(found) >= max(links, 2):
            _all_get(Rule.IN_A_ROW, window, fired)
        if any("honeypot" in hits[i].flags for i in window):
            others = [i for i in window if "honeypot" not in hits[i].flags]
            _all_get(Rule.BESIDE_HONEYPOT, others, fired)
    for window in _windows(hits, by_time, NO_TIME):
        if len({hits[i].link for i in window}) >= BURST_LINKS:
            _all_get(Rule.IN_NO_TIME, window, fired)


def _add_second_looks(
    hits: Sequence[HitFacts], by_time: Sequence[int], fired: Sequence[set[Rule]]
) -> None:
    """Of two who fetch the same link at once and cannot be one person: the likelier machine. If
    nothing speaks for either, who checks a link comes before the person whom it lets through,
    and who looks at what was followed comes later."""
    weight = {i: score(fired[i]) for i in by_time}
    for place, first in enumerate(by_time):
        for second in by_time[place + 1 :]:
            apart = hits[second].at - hits[first].at
            if apart > SECOND_LOOK:
                break
            if not _are_two(hits[first], hits[second]):
                continue
            is_beside = apart <= BESIDE
            if is_beside or _have_two_systems(hits[first], hits[second]):
                is_first = (weight[first], is_beside) > (weight[second], False)
                rule = Rule.BESIDE_CLICK if is_beside else Rule.SECOND_SYSTEM
                fired[first if is_first else second].add(rule)


def _are_two(one: HitFacts, other: HitFacts) -> bool:
    return (
        _is_followed(one)
        and _is_followed(other)
        and one.link == other.link
        and one.agent != other.agent
        and one.network != other.network
    )


def _have_two_systems(one: HitFacts, other: HitFacts) -> bool:
    return bool(one.system and other.system) and one.system != other.system


def _add_crowds(
    hits: Sequence[HitFacts], by_time: Sequence[int], fired: Sequence[set[Rule]]
) -> None:
    """Many people's links, from one network within a minute."""
    if len(by_time) < CROWD_SIZE:
        return
    for rule, groups in (
        (Rule.MANY_READERS, [by_time]),
        (Rule.ONE_PROGRAM, [g for _, g in _groups(hits, lambda hit: hit.agent, by_time)]),
    ):
        for group in groups:
            for window in _crowds(hits, group):
                _all_get(rule, window, fired)


def _crowds(hits: Sequence[HitFacts], by_time: Sequence[int]) -> Iterator[Sequence[int]]:
    """The parts of a group in which many people's links were followed within a minute."""
    there: Counter[int] = Counter()
    first = done = 0
    for last, position in enumerate(by_time):
        there[hits[position].candidate] += 1
        while hits[by_time[first]].at < hits[position].at - CROWD:
            _take_one(there, hits[by_time[first]].candidate)
            first += 1
        if len(there) >= CROWD_SIZE:
            yield by_time[max(first, done) : last + 1]
            done = last + 1


def _add_shadows(
    hits: Sequence[HitFacts], by_time: Sequence[int], fired: Sequence[set[Rule]]
) -> None:
    """What came from the same program and network as a machine, shortly before or after it.

    What is found so casts a shadow itself: a scanner that returns every ten minutes stays one.
    """
    before = -1
    while before != (now := sum(len(fired[i]) for i in by_time)):
        before = now
        for _, of_message in _groups(hits, lambda hit: hit.message, by_time):
            _spread(hits, of_message, _is_machine, Rule.SAME_VISITOR, fired)
        _add_often_caught(hits, by_time, fired)
        _spread(hits, by_time, _is_certain, Rule.SEEN_ELSEWHERE, fired, elsewhere=True)


def _spread(
    hits: Sequence[HitFacts],
    by_time: Sequence[int],
    casts: Callable[[HitFacts, set[Rule]], bool],
    rule: Rule,
    fired: Sequence[set[Rule]],
    *,
    elsewhere: bool = False,
) -> None:
    """Give a rule to whatever is near one that casts, and to what is near that, to the end.

    ``elsewhere`` leaves out what belongs to the same message as the one that casts.
    """
    waiting = deque(i for i in by_time if casts(hits[i], fired[i]))
    casting = set(waiting)
    left = [i for i in by_time if i not in casting]
    times = [hits[i].at for i in left]
    while waiting and left:
        caster = hits[waiting.popleft()]
        first = bisect_left(times, caster.at - SHADOW)
        last = bisect_right(times, caster.at + SHADOW)
        stay = []
        for position in left[first:last]:
            if elsewhere and hits[position].message == caster.message:
                stay.append(position)
                continue
            fired[position].add(rule)
            if casts(hits[position], fired[position]):
                waiting.append(position)
        if len(stay) < last - first:
            left[first:last] = stay
            times[first:last] = [hits[i].at for i in stay]


def _add_often_caught(
    hits: Sequence[HitFacts], by_time: Sequence[int], fired: Sequence[set[Rule]]
) -> None:
    """Whatever is near the machines of several other messages."""
    caught = [i for i in by_time if _is_machine(hits[i], fired[i])]
    if len({hits[i].message for i in caught}) < CAUGHT_IN:
        return
    there: Counter[int] = Counter()
    first = last = 0
    for position in by_time:
        hit = hits[position]
        while last < len(caught) and hits[caught[last]].at <= hit.at + SHADOW:
            there[hits[caught[last]].message] += 1
            last += 1
        while first < last and hits[caught[first]].at < hit.at - SHADOW:
            _take_one(there, hits[caught[first]].message)
            first += 1
        if len(there) - (hit.message in there) >= CAUGHT_IN:
            fired[position].add(Rule.SEEN_ELSEWHERE)


def _take_one(there: Counter[int], key: int) -> None:
    there[key] -= 1
    if not there[key]:
        del there[key]


def _is_machine(hit: HitFacts, fired: set[Rule]) -> bool:
    """Whether it casts a shadow. What a browser loads ahead is no word about who uses it."""
    if hit.said:
        return hit.said == Hit.Verdict.MACHINE
    return score(fired - {Rule.AHEAD}) >= MACHINE_FROM


def _is_certain(hit: HitFacts, fired: set[Rule]) -> bool:
    """Whether what this visitor did makes it a machine in other mails as well."""
    if hit.said:
        return False
    return Rule.SEEN_ELSEWHERE in fired or not CERTAIN.isdisjoint(fired)


def _windows(
    hits: Sequence[HitFacts], by_time: Sequence[int], length: timedelta
) -> Iterator[Sequence[int]]:
    """For each visit those that came up to so long before it, with itself."""
    first = 0
    for last, position in enumerate(by_time):
        while hits[by_time[first]].at < hits[position].at - length:
            first += 1
        if first < last:
            yield by_time[first : last + 1]


def _groups(
    hits: Sequence[HitFacts],
    key: Callable[[HitFacts], K],
    positions: Iterable[int] | None = None,
) -> list[tuple[K, list[int]]]:
    """Positions by what is the same of them, each group by time."""
    groups: defaultdict[K, list[int]] = defaultdict(list)
    for position in range(len(hits)) if positions is None else positions:
        groups[key(hits[position])].append(position)
    for group in groups.values():
        group.sort(key=lambda i: hits[i].at)
    return list(groups.items())


def _all_get(rule: Rule, positions: Iterable[int], fired: Sequence[set[Rule]]) -> None:
    for position in positions:
        fired[position].add(rule)
