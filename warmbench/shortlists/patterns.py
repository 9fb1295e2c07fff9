"""Finds what hired people of a kind of role had more often than rejected ones, with the numbers.

It is proposed to a draft, never applied. Nothing is looked at that stands for who somebody is: no
names, schools, places, gaps, ages or years of life, and no languages that are spoken at home. How
long people stayed with employers is left out, too: it tells parents from others.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from django.db import transaction

from warmbench.people import off_limits
from warmbench.people.tag_words import key
from warmbench.shortlists import people_known, profiles, titles
from warmbench.shortlists.dossier import Dossier, Known
from warmbench.shortlists.models import Answer, Outcome, ProfileVersion, RoleProfile
from warmbench.shortlists.requirements import (
    MOST_REQUIREMENTS,
    Aspect,
    Requirement,
    Spec,
    Tier,
    key_for,
)
from warmbench.sourcing.models import Application, Role

#: Fewer hired people show no pattern.
FEWEST = 5
#: The chance, all comparisons together, that a pattern is none.
_CHANCE = 0.05
#: As many people, the latest, are looked at.
_MOST = 2000
#: Titles of roles so near are of one kind.
_NEAR = 0.75
_KINDS = {
    "skill": Aspect.SKILL,
    "title": Aspect.TITLE,
    "domain": Aspect.DOMAIN,
    "employer": Aspect.EMPLOYER,
}
#: From so many people led on.
_LED = (5, 10, 25)
_ANY = "0"
#: Words of schools, and of what belongs to somebody's life and not to their work.
_PRIVATE = frozenset(
    {
        *("university", "universitat", "universite", "college", "school", "hochschule", "academy"),
        *("institute", "schule", "alumni", "church", "mosque", "synagogue", "temple", "union"),
        *("women", "woman", "female", "male", "men", "lgbt", "lgbtq", "veteran", "army", "navy"),
        *("parent", "maternity", "mother", "father", "disability", "disabled", "religion"),
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose process for such a role is over: what was known of them before it was."""

    is_hired: bool
    #: By kind, what they had; a kind of which nothing is known is missing.
    had: Mapping[Aspect, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something that the hired had more often than the rejected, or less often."""

    aspect: Aspect
    #: In one spelling, and as people read it.
    folded: str
    name: str
    tier: Tier
    #: How many had it, of how many of whom anything of the kind is known.
    hired_with: int
    hired: int
    rejected_with: int
    rejected: int
    #: Fisher's exact probability, times how many were tried (Bonferroni).
    chance: float
    tag_id: int | None = None

    @property
    def numbers(self) -> str:
        """What it rests on: "8 of 9 hired, 4 of 31 rejected"."""
        return (
            f"{self.hired_with} of {self.hired} hired,"
            f" {self.rejected_with} of {self.rejected} rejected"
        )

    @property
    def key(self) -> str:
        """The key that it has as a requirement."""
        return key_for(self.aspect, self.name)

    @property
    def requirement(self) -> Requirement:
        """As a profile would ask for it, with the numbers in the place of a quote."""
        one = Requirement(
            self.key, self.aspect, self.tier, self.name, tag_id=self.tag_id, quote=self.numbers
        )
        if self.aspect != Aspect.SCOPE:
            return one
        return replace(one, what="people", at_least=Decimal(self.folded))


@dataclass(frozen=True, slots=True)
class Found:
    """The patterns of a kind of role, and what they were looked for in."""

    patterns: tuple[Pattern, ...] = ()
    hired: int = 0
    rejected: int = 0
    tried: int = 0


class PatternError(ValueError):
    """This pattern is not there, or has no room. The message is for the person who tried."""


def of_profile(profile_id: int, *, now: datetime) -> Found:
    """The patterns of the profile's kind of role that it does not ask for yet."""
    profile = RoleProfile.objects.get(pk=profile_id)
    spec = profiles.spec_of(profiles.newest(profile_id))
    ends = _ends(profile, spec, now=now)
    hired = sum(is_hired for is_hired, _ in ends.values())
    if hired < FEWEST:
        return Found(hired=hired, rejected=len(ends) - hired)
    known = people_known.dossiers(ends, now=now)
    client = off_limits.key(spec.company)
    people: list[Person] = []
    names: dict[tuple[Aspect, str], str] = {}
    tags: dict[tuple[Aspect, str], int] = {}
    for pk, dossier in sorted(known.items()):
        is_hired, day = ends[pk]
        had: defaultdict[Aspect, set[str]] = defaultdict(set)
        for aspect, folded, fact in _had(dossier, day, client):
            had[aspect].add(folded)
            names.setdefault((aspect, folded), _name(aspect, folded, fact))
            if fact.tag_id is not None:
                tags[aspect, folded] = fact.tag_id
        people.append(Person(is_hired, {one: frozenset(all_) for one, all_ in had.items()}))
    found = compare(people)
    asked = {each for one in spec.requirements for each in _spellings(one)}
    return replace(
        found,
        patterns=tuple(
            replace(
                one, name=names[one.aspect, one.folded], tag_id=tags.get((one.aspect, one.folded))
            )
            for one in found.patterns
            if (one.aspect, one.folded) not in asked
        ),
    )


def compare(people: Sequence[Person]) -> Found:
    """What sets the hired apart, the surest first.

    By kind only people count of whom something of that kind is known: who was hired is better
    known. A pattern takes five hired people who have it; an anti-pattern five rejected ones, and
    nobody hired, of five at least.
    """
    hired = sum(one.is_hired for one in people)
    tables = []
    for aspect in (*_KINDS.values(), Aspect.SCOPE):
        known = [one for one in people if aspect in one.had]
        of = [sum(one.is_hired is side for one in known) for side in (True, False)]
        for value in sorted({each for one in known for each in one.had[aspect]} - {_ANY}):
            had = [
                sum(one.is_hired is side and value in one.had[aspect] for one in known)
                for side in (True, False)
            ]
            if max(had) >= FEWEST and min(of) >= 1:
                tables.append((aspect, value, had, of))
    patterns = [_pattern(*one, tried=len(tables)) for one in tables]
    kept = sorted(filter(None, patterns), key=lambda one: (one.chance, one.aspect, one.folded))
    return Found(_without_echoes(kept), hired, len(people) - hired, len(tables))


@transaction.atomic
def take(profile_id: int, wanted: str, *, by_id: int, now: datetime) -> ProfileVersion:
    """Put a pattern into the draft of the profile, as a requirement with its numbers; somebody
    still has to approve it. Raises PatternError, ProfileError."""
    newest = profiles.newest(profile_id)
    spec = profiles.spec_of(newest)
    found = {one.key: one for one in of_profile(profile_id, now=now).patterns}
    if wanted not in found:
        raise PatternError("This is no pattern any more, or the profile asks for it already.")
    if len(spec.requirements) >= MOST_REQUIREMENTS:
        raise PatternError(f"A profile has at most {MOST_REQUIREMENTS} requirements.")
    one = found[wanted].requirement
    other = replace(spec, requirements=(*spec.requirements, one))
    note = newest.note if newest.approved_at is None else ""
    said = f"{note} {one.name}: {one.quote}.".strip()
    seen = profiles.mark(newest)
    return profiles.edit(profile_id, other, seen=seen, by_id=by_id, now=now, note=said[:300])


def fisher(with_: int, of: int, others_with: int, others: int) -> float:
    """Fisher's exact probability, two-sided: of all tables with these sums, those that are no
    likelier than this one (R. A. Fisher, "Statistical Methods for Research Workers", § 21.02)."""
    had, size = with_ + others_with, of + others
    ways = math.comb(size, had)
    likely = {
        k: math.comb(of, k) * math.comb(others, had - k)
        for k in range(max(0, had - others), min(of, had) + 1)
    }
    return sum(each for each in likely.values() if each <= likely[with_]) / ways


def _pattern(
    aspect: Aspect, value: str, had: Sequence[int], of: Sequence[int], *, tried: int
) -> Pattern | None:
    (hired_with, rejected_with), (hired, rejected) = had, of
    chance = min(1.0, tried * fisher(hired_with, hired, rejected_with, rejected))
    if chance > _CHANCE:
        return None
    if hired_with / hired > rejected_with / rejected:
        if hired_with < FEWEST:
            return None
        # Where somebody worked says less of what they can do than what they did there.
        tier = Tier.NICE if aspect == Aspect.EMPLOYER else Tier.SHOULD
    elif hired_with or hired < FEWEST or aspect == Aspect.SCOPE:
        return None
    else:
        tier = Tier.DEALBREAKER
    return Pattern(aspect, value, value, tier, hired_with, hired, rejected_with, rejected, chance)


def _without_echoes(found: Sequence[Pattern]) -> tuple[Pattern, ...]:
    """Of "five led" and "ten led" only what tells more."""
    scopes = [one for one in found if one.aspect == Aspect.SCOPE]
    return tuple(one for one in found if one.aspect != Aspect.SCOPE or one is scopes[0])


def _ends(profile: RoleProfile, spec: Spec, *, now: datetime) -> dict[int, tuple[bool, date]]:
    """Of everybody whose process for such a role is over: whether they were hired, and the day from
    which on what is known of them may come of it. Once hired, somebody counts as that."""
    found: dict[int, tuple[bool, date]] = {}
    outcomes = Application.Outcome
    over = Application.objects.filter(
        role__in=_alike(profile, spec),
        is_prospect=False,
        outcome__in=(outcomes.HIRED, outcomes.REJECTED),
    )
    rows = over.order_by("-seen_at", "-pk").values_list(
        "candidate", "outcome", "applied_at", "ended_at", "changed_there_at", "seen_at"
    )
    for pk, outcome, applied, *ends in rows[:_MOST]:
        at = next(filter(None, (applied, *ends)))
        _end(found, pk, is_hired=outcome == outcomes.HIRED, day=at.date())
    ours = {"entry__shortlist__version__profile": profile}
    for pk, kind, made in Outcome.objects.filter(
        **ours, kind__in=(Outcome.Kind.HIRE, Outcome.Kind.DROP_OUT)
    ).values_list("entry__candidate", "kind", "entry__shortlist__made_at"):
        _end(found, pk, is_hired=kind == Outcome.Kind.HIRE, day=made.date())
    passed = Answer.objects.filter(**ours).order_by("entry", "-at", "-pk").distinct("entry")
    for one in passed.select_related("entry__shortlist"):
        if one.verdict == Answer.Verdict.PASS:
            made = one.entry.shortlist.made_at
            _end(found, one.entry.candidate_id, is_hired=False, day=made.date())
    return {pk: end for pk, end in found.items() if end[1] <= now.date()}


def _end(found: dict[int, tuple[bool, date]], pk: int, *, is_hired: bool, day: date) -> None:
    was_hired, before = found.get(pk, (False, day))
    found[pk] = (was_hired or is_hired, min(before, day))


def _alike(profile: RoleProfile, spec: Spec) -> list[int]:
    """The role of the profile, and those whose titles name the same work."""
    rows = Role.objects.values_list("pk", "title")
    return [
        pk
        for pk, title in rows
        if pk == profile.role_id or titles.likeness(spec.title, title) >= _NEAR
    ]


def _had(of: Dossier, day: date, client: str) -> Iterator[tuple[Aspect, str, Known]]:
    """What was known of somebody before a day, in one spelling each. Being hired by the client is
    what came of it, and no reason for it."""
    for fact in of.facts:
        if fact.polarity != "had" or fact.said_on is None or fact.said_on > day:
            continue
        if fact.kind == "scope" and fact.value.get("what") == "people":
            # That something of the kind is known counts, too, however small it is.
            yield Aspect.SCOPE, _ANY, fact
            yield from ((Aspect.SCOPE, str(led), fact) for led in _LED if _led(fact) >= led)
            continue
        folded = key(str(fact.value.get("name") or ""))
        aspect = _KINDS.get(fact.kind)
        if aspect is None or not folded or is_private(folded):
            continue
        if aspect == Aspect.EMPLOYER and off_limits.key(folded) == client:
            continue
        yield aspect, folded, fact


def is_private(folded: str) -> bool:
    """Whether a word stands for who somebody is, rather than for what they can do."""
    return bool(_PRIVATE & set(folded.split())) or folded in _spoken()


@cache
def _spoken() -> Collection[str]:
    """The names of the languages that people speak, in English."""
    return {key(str(name)) for name in Locale("en").languages.values()}


def _led(fact: Known) -> float:
    try:
        return float(str(fact.value.get("amount") or 0))
    except ValueError:
        return 0.0


def _name(aspect: Aspect, folded: str, fact: Known) -> str:
    if aspect == Aspect.SCOPE:
        return f"led {folded} people or more"
    return str(fact.value["name"])


def _spellings(one: Requirement) -> Iterable[tuple[Aspect, str]]:
    if one.aspect == Aspect.SCOPE and one.what == "people":
        return [(one.aspect, str(led)) for led in _LED]
    return [(one.aspect, key(name)) for name in (one.name, *one.also)]
