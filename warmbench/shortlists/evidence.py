"""Holds one person against the requirements of a profile, each with what shows it."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from warmbench.shortlists import explaining, naming, recency, titles, wording
from warmbench.shortlists.dossier import Dossier, Known
from warmbench.shortlists.requirements import Aspect, Requirement, Strength, Tier
from warmbench.shortlists.verdict import Evidence, Quote, Standing

#: How like sentences are to requirements in meaning, by the pair of them; 0 where nobody looked.
Meanings = Mapping[tuple[str, str], float]

#: Less than this of a name's likeness is another thing.
_ALIKE = 0.6
#: From so much of it on, a requirement is met.
_ENOUGH = 0.5
#: What counts of evidence that is not as the profile asks for it: too old, on another's word.
_TOO_OLD, _SECOND_HAND = 0.4, 0.6
#: What was used last so many years ago is old, where a profile says nothing.
_LONG_AGO = 5
#: From so great a likeness on two names are one.
_THE_SAME = 0.999
#: The same where somebody said later that it is not so.
_IS_DISPUTED = 0.3
#: Of a skill whose years nobody knows, where years are asked for; the same of how well it is known.
_YEARS_UNKNOWN, _LEVEL_UNKNOWN = 0.75, 0.8
#: How well a skill is known, by what a fact says of it and what is asked for.
_STRENGTHS = {
    Strength.ANY: {"basic": 0.6, "working": 0.9, "strong": 1.0, "": 0.9},
    Strength.WORKING: {"basic": 0.4, "working": 1.0, "strong": 1.0, "": 0.85},
    Strength.STRONG: {"basic": 0.25, "working": 0.6, "strong": 1.0, "": _LEVEL_UNKNOWN},
}
#: What a sentence has to share with a requirement: nothing below, all above.
_FROM, _TO = 0.3, 0.75
#: How like a sentence and a requirement are in meaning: nothing below, all above.
_LIKE_FROM, _LIKE_TO = 0.3, 0.75
#: What evidence counts that no sentence about work backs, that one does, that more do.
_BACKED = (0.8, 0.9, 0.96, 1.0)
#: The same where there are no texts about them that could back anything.
_NO_TEXTS = 0.95
#: The same where they say elsewhere that they know it by name only.
_DISCLAIMED = (0.25, 0.4, 0.6)
#: A name that merely stands in a sentence: how much it shows.
_NAMED = 0.7
#: So sure a fact must be to speak against somebody.
_SURE_ENOUGH = 0.6
#: A dealbreaker keeps somebody out: it has to be as good as certain.
_SURELY = 0.6

_KINDS = {
    Aspect.SKILL: "skill",
    Aspect.TITLE: "title",
    Aspect.DOMAIN: "domain",
    Aspect.EMPLOYER: "employer",
    Aspect.SCOPE: "scope",
}
_NUMBER = re.compile(r"\d")
#: Facts whose words tell what somebody has done.
_TELLING = frozenset({"achievement", "scope", "title", "domain", "skill", "topic"})


@dataclass(frozen=True, slots=True)
class _Shown:
    """One fact or sentence that shows a requirement, and how much."""

    share: float
    #: What it falls short of: a few words each.
    short: tuple[str, ...]
    sentence: str
    quote: Quote
    said_on: date | None


def judge(
    asked: Sequence[Requirement],
    of: Dossier,
    *,
    today: date,
    meanings: Meanings | None = None,
) -> tuple[Evidence, ...]:
    """How the person stands to each requirement, in their order.

    One more fact in favour of a requirement never lowers its share.
    """
    return tuple(_judge(one, of, today, meanings or {}) for one in asked)


def _judge(asked: Requirement, of: Dossier, today: date, meanings: Meanings) -> Evidence:
    shown = sorted(_shown(asked, of, today, meanings), key=_best_first)
    against = _against(asked, of)
    if not shown:
        return _without(asked, against)
    upheld = [one for one in shown if not _is_refuted(one, against)]
    if not upheld and any(one.is_first_hand for one in against):
        return _without(asked, against)
    if not upheld:
        return _disputed(asked, shown[0], against)
    shown = upheld
    best = shown[0]
    share = min(max(best.share, 0.0), 1.0) * _backing(asked, of, shown)
    is_met = share >= _ENOUGH and not best.short
    standing = Standing.MET if is_met else Standing.PARTLY
    if asked.tier == Tier.DEALBREAKER:
        if share < _SURELY:
            return Evidence(
                asked.key, asked.name, asked.tier, Standing.UNKNOWN, share, best.sentence
            )
        standing = Standing.FAILED
    quotes = tuple(dict.fromkeys(one.quote for one in shown if one.quote.text))[:3]
    return Evidence(
        asked.key, asked.name, asked.tier, standing, round(share, 4), best.sentence, quotes
    )


def _backing(asked: Requirement, of: Dossier, shown: Sequence[_Shown]) -> float:
    """How much evidence counts by what stands behind it: a name in a list alone is little, and
    one that they know by name only is less."""
    if asked.aspect != Aspect.SKILL:
        return 1.0
    if not of.sentences:
        return _NO_TEXTS
    names = (asked.name, *asked.also)
    claimed = sum(
        not _is_list(one) and any(wording.is_claimed(name, one) for name in names)
        for one in of.sentences
    )
    days = {one.said_on for one in shown if one.said_on is not None}
    counted = _BACKED[min(claimed + len(days) - bool(days), len(_BACKED) - 1)]
    disclaimed = any(wording.is_disclaimed(name, one) for name in names for one in of.sentences)
    return counted * (_DISCLAIMED[min(claimed, len(_DISCLAIMED) - 1)] if disclaimed else 1.0)


def _is_list(sentence: str) -> bool:
    """Whether a line only lists names."""
    commas = sum(sentence.count(sign) for sign in ",;|\u00b7/")
    return commas >= 3 or len(sentence.split()) < 4


def _without(asked: Requirement, against: list[Known]) -> Evidence:
    """The evidence where nothing shows it: it is known that they lack it, or nothing is known."""
    if asked.tier == Tier.DEALBREAKER:
        sentence = explaining.unknown(asked)
        return Evidence(asked.key, asked.name, asked.tier, Standing.UNKNOWN, 0.0, sentence)
    if against:
        last = max(against, key=lambda one: (one.said_on or date.min, one.quote))
        sentence = explaining.lacking(asked, last)
        quotes = (_quote(last),)
        return Evidence(asked.key, asked.name, asked.tier, Standing.FAILED, 0.0, sentence, quotes)
    sentence = explaining.unknown(asked)
    return Evidence(asked.key, asked.name, asked.tier, Standing.UNKNOWN, 0.0, sentence)


def _disputed(asked: Requirement, best: _Shown, against: list[Known]) -> Evidence:
    """The evidence where one source shows it, and a later one says that they have it not: for a
    person to ask. It keeps nobody out, and counts little."""
    last = max(against, key=lambda one: (one.said_on or date.min, one.quote))
    sentence = f"{best.sentence} Disputed: {explaining.lacking(asked, last)}"
    share = 0.0 if asked.tier == Tier.DEALBREAKER else round(best.share * _IS_DISPUTED, 4)
    standing = Standing.UNKNOWN if asked.tier == Tier.DEALBREAKER else Standing.PARTLY
    quotes = tuple(dict.fromkeys((best.quote, _quote(last))))
    return Evidence(asked.key, asked.name, asked.tier, standing, share, sentence, quotes)


def _best_first(one: _Shown) -> tuple[Any, ...]:
    said = one.said_on.toordinal() if one.said_on else 0
    return (-one.share, len(one.short), -said, one.sentence, one.quote.text)


def _is_refuted(one: _Shown, against: list[Known]) -> bool:
    """Whether they said after it, or on no day that is known, that they have it not."""
    day = one.said_on or date.min
    return any((other.said_on or date.max) > day for other in against)


def _shown(asked: Requirement, of: Dossier, today: date, meanings: Meanings) -> Iterator[_Shown]:
    kind = _KINDS.get(asked.aspect)
    since = _told_last(asked, of)
    about = [
        (fact, alike)
        for fact in of.facts
        if fact.kind == kind and fact.polarity == "had" and (alike := _alike(asked, fact))
    ]
    if asked.aspect == Aspect.SKILL:
        about = _together(about, since)
    for fact, alike in about:
        yield _by_fact(asked, fact, alike, today)
    if asked.aspect == Aspect.SKILL and not about:
        yield from _named(asked, of, since)
    if asked.aspect == Aspect.EXPERIENCE:
        yield from _told(asked, of, meanings)


def _together(about: list[tuple[Known, float]], since: int | None) -> list[tuple[Known, float]]:
    """Facts about one skill, as they are to be read together.

    What is said of the skill itself goes before what is said of something like it, years that are
    stated before years that were counted, and when it was used last goes for all of them.
    """
    exact = [one for one in about if one[1] >= _THE_SAME]
    chosen = exact or about
    stated = [years for fact, _ in chosen if _NUMBER.search(fact.quote)
              and (years := _number(fact.value.get("years"))) is not None]  # fmt: skip
    last = max((str(fact.value["last_used"]) for fact, _ in chosen
                if fact.value.get("last_used")), default=None)  # fmt: skip
    common: dict[str, Any] = {}
    if stated:
        common["years"] = max(stated)
    if since is not None:
        last = str(since)
    if last is not None:
        common["last_used"] = last
    return [(replace(fact, value={**fact.value, **common}), alike) for fact, alike in chosen]


def _told_last(asked: Requirement, of: Dossier) -> int | None:
    """The last year in which they used a skill, where they say that it is long ago."""
    if asked.aspect != Aspect.SKILL:
        return None
    names = (asked.name, *asked.also)
    years = (wording.last_year(name, one) for name in names for one in of.sentences)
    return max((year for year in years if year is not None), default=None)


def _against(asked: Requirement, of: Dossier) -> list[Known]:
    """Facts that say that somebody has it not, or wants it no more."""
    kind = _KINDS.get(asked.aspect)
    return [
        fact
        for fact in of.facts
        if fact.kind == kind
        and fact.polarity in {"lacks", "refuses"}
        and fact.confidence >= _SURE_ENOUGH
        and _alike(asked, fact) >= 1.0
    ]


def _alike(asked: Requirement, fact: Known) -> float:
    """How far a fact is about what is asked for: 0, or from 0.6 to 1."""
    if asked.aspect == Aspect.SCOPE:
        return 1.0 if _amount(fact) is not None and fact.value.get("what") == asked.what else 0.0
    if asked.tag_id is not None and fact.tag_id == asked.tag_id:
        return 1.0
    said = str(fact.value.get("name") or "")
    names = (asked.name, *asked.also)
    match asked.aspect:
        case Aspect.SKILL:
            alike = naming.skill(names, said)
        case Aspect.TITLE:
            alike = max(titles.likeness(name, said) for name in names)
        case _:
            alike = naming.other(names, said)
    return alike if alike >= _ALIKE else 0.0


def _by_fact(asked: Requirement, fact: Known, alike: float, today: date) -> _Shown:
    short: list[str] = []
    share = (
        alike * recency.freshness(fact, today) * _certainty(fact) * _strength(asked, fact, short)
    )
    if recency.age(fact, today) > (asked.rule.max_age or _LONG_AGO) * 366:
        short.append("old")
        share *= _TOO_OLD
    if asked.rule.first_hand and not fact.is_first_hand:
        short.append("second_hand")
        share *= _SECOND_HAND
    if alike < _ENOUGH:
        short.append("other")
    sentence = explaining.shown(asked, fact, short)
    return _Shown(share, tuple(short), sentence, _quote(fact), fact.said_on)


def _strength(asked: Requirement, fact: Known, short: list[str]) -> float:
    """How much of what is asked for it is: years, level, amount. Adds what it falls short of."""
    if asked.aspect == Aspect.SCOPE:
        return _amounts(asked, fact, short)
    if asked.aspect != Aspect.SKILL:
        return 1.0
    level = str(fact.value.get("strength") or "")
    share = _STRENGTHS[asked.rule.strength].get(level, 0.9)
    years = _number(fact.value.get("years"))
    if not level and years is not None and asked.rule.strength != Strength.ANY:
        least = 2 if asked.rule.strength == Strength.WORKING else 5
        share = 1.0 if years >= least else max(0.35, float(years) / least)
    if share < 0.7:
        short.append("weak")
    if asked.at_least is None:
        return share
    if years is None:
        return share * _YEARS_UNKNOWN
    if years >= asked.at_least:
        return share
    short.append("years")
    return share * max(0.2, float(years / asked.at_least))


def _amounts(asked: Requirement, fact: Known, short: list[str]) -> float:
    amount = _amount(fact)
    if asked.at_least is None or amount is None or amount >= asked.at_least:
        return 1.0
    short.append("amount")
    return max(0.1, math.sqrt(float(amount / asked.at_least)) * 0.8)


def _amount(fact: Known) -> Decimal | None:
    return _number(fact.value.get("amount"))


def _number(said: Any) -> Decimal | None:
    if isinstance(said, int | float | str | Decimal) and not isinstance(said, bool):
        try:
            number = Decimal(str(said))
        except ArithmeticError:
            return None
        return number if number.is_finite() else None
    return None


def _certainty(fact: Known) -> float:
    return 1.0 if fact.is_first_hand else 0.4 + 0.6 * min(max(fact.confidence, 0.0), 1.0)


def _named(asked: Requirement, of: Dossier, since: int | None) -> Iterator[_Shown]:
    """Sentences that name the skill, for where no fact was read in them."""
    names = (asked.name, *asked.also)
    share = _NAMED * (_YEARS_UNKNOWN if asked.at_least is not None else 1.0)
    if since is not None:
        share *= _TOO_OLD
    for sentence in of.sentences:
        is_old = any(wording.last_year(name, sentence) for name in names)
        if not is_old and any(wording.is_claimed(name, sentence) for name in names):
            yield _Shown(share, (), explaining.named(asked), _words(sentence), None)


def _told(asked: Requirement, of: Dossier, meanings: Meanings) -> Iterator[_Shown]:
    """Sentences that tell of something done, by their words and by their meaning."""
    for sentence, fact in told_by(of):
        lexical = max(
            wording.shared(wording.words_of(name), wording.words_of(sentence))
            for name in (asked.name, *asked.also)
        )
        alike = max(meanings.get((name, sentence), 0.0) for name in (asked.name, *asked.also))
        share = told_share(lexical, alike)
        if share <= 0:
            continue
        if asked.rule.first_hand and (fact is None or not fact.is_first_hand):
            share *= _SECOND_HAND
        short = ("like",) if share < _ENOUGH else ()
        quote = _quote(fact) if fact else _words(sentence)
        yield _Shown(share, short, explaining.told(asked, short, quote), quote, quote.said_on)


def told_by(of: Dossier) -> Iterable[tuple[str, Known | None]]:
    """What is told of a person: sentences, and the words of facts."""
    for sentence in of.sentences:
        yield sentence, None
    for fact in of.facts:
        if fact.kind in _TELLING and fact.polarity == "had" and fact.quote:
            yield fact.quote, fact


def told_share(lexical: float, alike: float) -> float:
    """How much a sentence shows of what is asked for: by the words that they share, and by how
    like they are in meaning. More of either is never less."""
    like = min(max((alike - _LIKE_FROM) / (_LIKE_TO - _LIKE_FROM), 0.0), 1.0)
    both = 0.5 * lexical + 0.5 * like
    return min(max((both - _FROM) / (_TO - _FROM), 0.0), 1.0) * 0.95


def _quote(fact: Known) -> Quote:
    return Quote(fact.quote, fact.said_on, fact.source, fact.insight_id)


def _words(sentence: str) -> Quote:
    return Quote(sentence, None, "", None)
