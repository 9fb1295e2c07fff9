"""Judges how well one person fits one role: points that add up, each with its reason.

Nothing here knows a name, a face or an age, or whether the person may be written to.
"""

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from warmbench.people import tag_words
from warmbench.sourcing import pay_fit, place_fit
from warmbench.sourcing.fit import (
    Asked,
    AskedSkill,
    Criterion,
    Evidence,
    Failure,
    Finding,
    Known,
    Match,
    MissingSkill,
    NotForThem,
    Part,
    SkillMatch,
)

#: Kept with each alert. Rises whenever ``judge`` could answer differently.
POLICY = 1

#: The most that each can bring, of 100. What is left, and what a role does not ask for, is the
#: skills'.
POINTS = {
    Criterion.SENIORITY: 8.0,
    Criterion.PLACE: 8.0,
    Criterion.PAY: 6.0,
    Criterion.RECENCY: 3.0,
}
#: A skill that is nice to have counts as much as half of one that is required.
NICE = 0.5
#: Evidence of a skill halves in so many days, down to half of what it was: skills fade, and do not
#: go away.
FADES_IN = timedelta(days=3 * 365)
#: What we last heard of somebody is worth half after so long.
HEARD_FADES_IN = timedelta(days=365)

#: From the lowest to the highest, as the default tag tree calls them.
LADDER = ("Individual contributor", "Manager", "Director", "Executive")
_NEXT_LEVEL = 0.4
_WHICH_WAY = {"too_junior": "too junior", "too_senior": "too senior"}
_UNKNOWN = 0.5


def room_for_skills(*, seniority: bool, place: bool, pay: bool) -> float:
    """How many points the skills of a role share that asks for these things as well."""
    asked = {Criterion.SENIORITY: seniority, Criterion.PLACE: place, Criterion.PAY: pay}
    return 100 - sum(points for name, points in POINTS.items() if asked.get(name, True))


def most_beside_skills(asked: Asked) -> float:
    """The most points that anybody can have beside the skills."""
    return 100 - sum(skill.points for skill in asked.skills)


def weight(evidence: Evidence, *, now: datetime) -> float:
    """How much the evidence of a skill counts, more than 0 and up to 1: how sure, how fresh."""
    age = max(now - evidence.since, timedelta(0))
    return min(max(evidence.confidence, 0.0), 1.0) * (0.5 + 0.5 * math.pow(0.5, age / FADES_IN))


def judge(asked: Asked, known: Known, *, now: datetime) -> Match:
    """How well a person fits a role, with a reason for every point and every failure.

    Adding up, so that one more skill never lowers a score. What is unknown brings some of its
    points and a question, and fails nobody. A known contradiction of a must fails, and so does
    what somebody refused.
    """
    return Judge(asked, now=now).match(known)


class Judge:
    """Judges many people by one role: what it found of one, it knows of all who are like that."""

    def __init__(self, asked: Asked, *, now: datetime) -> None:
        self._asked = asked
        self._now = now
        self._remembered: dict[Hashable, Finding | None] = {}

    def score(self, known: Known) -> float | None:
        """The points of somebody, without the reasons; None for who is out."""
        findings = self._findings(known)
        if self._failures(known, findings):
            return None
        return self._skill_points(known) + _points(findings)

    def match(self, known: Known) -> Match:
        """How well somebody fits, with all reasons. Its score is that of ``score``."""
        matched = tuple(self._matched(known))
        findings = self._findings(known)
        return Match(
            candidate_id=known.candidate_id,
            score=sum(skill.weight for skill in matched) + _points(findings),
            matched=matched,
            missing=tuple(_missing(self._asked, known)),
            questions=tuple(_questions(self._asked, findings)),
            failures=tuple(self._failures(known, findings)),
            parts=(
                _skills(self._asked, matched),
                *(_part(name, found) for name, found in findings.items()),
            ),
            policy=POLICY,
        )

    def _findings(self, known: Known) -> dict[Criterion, Finding]:
        declined = known.not_for_them
        place = (known.city, known.region, known.country, known.wanted, known.remote)
        like = {
            Criterion.SENIORITY: (known.seniorities, declined),
            Criterion.PLACE: (place, declined),
            Criterion.PAY: (known.floor, declined),
            Criterion.RECENCY: known.talked_on,
        }
        findings = {}
        for name, key in like.items():
            if (name, key) not in self._remembered:
                self._remembered[name, key] = self._look(name, known)
            if (found := self._remembered[name, key]) is not None:
                findings[name] = found
        return findings

    def _look(self, name: Criterion, known: Known) -> Finding | None:
        match name:
            case Criterion.SENIORITY:
                return _seniority(self._asked, known)
            case Criterion.PLACE:
                return place_fit.find(self._asked, known)
            case Criterion.PAY:
                return pay_fit.find(self._asked, known)
            case _:
                return _recency(known, today=self._now.date())

    def _failures(self, known: Known, findings: dict[Criterion, Finding]) -> list[Failure]:
        return [*_refusals(self._asked, known), *_contradictions(self._asked, findings)]

    def _skill_points(self, known: Known) -> float:
        return sum(
            skill.points * weight(known.skills[skill.tag_id], now=self._now)
            for skill in self._asked.skills
            if skill.tag_id in known.skills
        )

    def _matched(self, known: Known) -> Iterator[SkillMatch]:
        for skill in self._asked.skills:
            evidence = known.skills.get(skill.tag_id)
            if evidence is None:
                continue
            yield SkillMatch(
                skill.tag_id,
                skill.name,
                skill.is_required,
                evidence.source,
                evidence.since,
                evidence.confidence,
                skill.points * weight(evidence, now=self._now),
            )


def _points(findings: dict[Criterion, Finding]) -> float:
    return sum(POINTS[name] * found.share for name, found in findings.items())


def _missing(asked: Asked, known: Known) -> list[MissingSkill]:
    lacking = [skill for skill in asked.skills if skill.tag_id not in known.skills]
    lacking.sort(key=lambda skill: not skill.is_required)
    return [MissingSkill(skill.tag_id, skill.name, skill.is_required) for skill in lacking]


def _skills(asked: Asked, matched: Sequence[SkillMatch]) -> Part:
    best = sorted(matched, key=lambda skill: -skill.weight)
    named = ", ".join(skill.name for skill in best) or "none"
    return Part(
        Criterion.SKILLS,
        # In the order of the role's skills, whoever adds them up.
        sum(skill.weight for skill in matched),
        sum(skill.points for skill in asked.skills),
        f"{len(matched)} of {len(asked.skills)} skills: {named}.",
    )


def _part(name: Criterion, found: Finding) -> Part:
    return Part(name, POINTS[name] * found.share, POINTS[name], found.sentence)


def _seniority(asked: Asked, known: Known) -> Finding | None:
    wanted = asked.seniority
    if not wanted:
        return None
    if said := _wrong_level(wanted, known):
        return Finding(0, said, contradicts=True)
    if not known.seniorities:
        question = f"At which level do they work? The role is for: {wanted}."
        return Finding(_UNKNOWN, "Their level is not known.", question)
    if wanted in known.seniorities:
        return Finding(1, f"Their level is the role's: {wanted}.")
    levels = " or ".join(known.seniorities)
    sentence = f"Their level is {levels}; the role is for: {wanted}."
    steps = min(_steps(wanted, level) for level in known.seniorities)
    return Finding(_NEXT_LEVEL if steps == 1 else 0, sentence, contradicts=True)


def _wrong_level(wanted: str, known: Known) -> str:
    """What they said of a role of this level, or of one on the way to it."""
    for said in known.not_for_them:
        if said.about == "level" and said.seniority and _goes_for(said, wanted):
            which = _WHICH_WAY.get(said.which_way, "of the wrong level")
            return f"Said of a role for {said.seniority} that it is {which} for them."
    return ""


def _goes_for(said: NotForThem, wanted: str) -> bool:
    """Whether what is too junior for somebody, or too senior, is so at this level as well."""
    if said.seniority == wanted:
        return True
    this, that = _rank(wanted), _rank(said.seniority)
    if this is None or that is None:
        return False
    if said.which_way == "too_junior":
        return this < that
    return said.which_way == "too_senior" and this > that


def _rank(level: str) -> int | None:
    return LADDER.index(level) if level in LADDER else None


def _steps(one: str, other: str) -> int:
    """How far apart two levels are; a level of the team's own is far from all others."""
    first, second = _rank(one), _rank(other)
    return len(LADDER) if first is None or second is None else abs(first - second)


def _recency(known: Known, *, today: date) -> Finding:
    if known.talked_on is None:
        return Finding(0, "When somebody last talked to them is not known.")
    age = max(today - known.talked_on, timedelta(0))
    share = math.pow(0.5, age / HEARD_FADES_IN)
    return Finding(share, f"Last talked to on {known.talked_on:%-d %B %Y}.")


def _refusals(asked: Asked, known: Known) -> Iterator[Failure]:
    """What they said of this role, of its client, or of a skill that it cannot do without."""
    if not known.not_for_them:
        return
    required = {tag_words.key(s.name): s.name for s in asked.skills if s.is_required}
    for said in known.not_for_them:
        words = tag_words.key(said.words)
        if said.role_id == asked.role_id:
            sentence = f"Said of this role that it is not for them ({said.about})."
            yield Failure(Criterion.WISHES, sentence)
        elif said.about == "employer" and _is_client(asked, said.company, said.words):
            yield Failure(Criterion.WISHES, "Said that this employer is not for them.")
        elif said.about == "skill" and words in required:
            yield Failure(Criterion.WISHES, f"Said that {required[words]} is not for them.")


def _is_client(asked: Asked, *names: str) -> bool:
    client = tag_words.key(asked.company)
    return bool(client) and client in {tag_words.key(name) for name in names}


def _contradictions(asked: Asked, found: dict[Criterion, Finding]) -> Iterator[Failure]:
    for name, finding in found.items():
        if finding.refused or (finding.contradicts and name in asked.musts):
            yield Failure(name, finding.sentence)


def _questions(asked: Asked, found: dict[Criterion, Finding]) -> Iterable[str]:
    """What is unknown; what the role cannot do without comes first."""
    asking = [(name not in asked.musts, one.question) for name, one in found.items()]
    asking.sort(key=lambda one: one[0])
    return [question for _, question in asking if question]


def skill_points(
    skills: Sequence[tuple[int, str, bool, float]], room: float
) -> tuple[AskedSkill, ...]:
    """The skills of a role (tag, name, whether required, rarity) with the points that each may
    bring, ``room`` in all."""
    counts = [rarity * (1 if is_required else NICE) for _, _, is_required, rarity in skills]
    unit = room / sum(counts) if skills else 0
    return tuple(
        AskedSkill(*skill, unit * count) for skill, count in zip(skills, counts, strict=True)
    )
