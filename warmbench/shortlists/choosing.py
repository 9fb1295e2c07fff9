"""Chooses the few people who fit a profile, or nobody, and says why."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from warmbench.shortlists import (
    comparing,
    cut,
    evidence,
    explaining,
    features,
    gates,
    likelihood,
    meaning,
)
from warmbench.shortlists.dossier import Dossier
from warmbench.shortlists.likelihood import Model
from warmbench.shortlists.requirements import USUAL_WEIGHTS, Requirement, Spec, Tier
from warmbench.shortlists.verdict import (
    MOST,
    USUAL_SIZE,
    Evidence,
    Judged,
    Listed,
    Quote,
    Ranked,
    Reason,
    Standing,
)

#: On how many of ten lists somebody may stand who does not fit, unless somebody says otherwise.
USUAL_RISK = 0.2
#: So many people, the best by their facts and words, are looked at by the meaning of sentences.
_CLOSER = 25
_MOST_REASONS, _MOST_TRADE_OFFS, _MOST_QUESTIONS = 3, 5, 6


@dataclass(frozen=True, slots=True)
class _Case:
    judged: Judged
    digest: str


def choose(
    spec: Spec,
    dossiers: Iterable[Dossier],
    *,
    today: date,
    size: int = USUAL_SIZE,
    risk: float = USUAL_RISK,
    model: Model | None = None,
) -> Ranked:
    """At most ``size`` people (never more than 8) who stand out for the profile, or nobody.

    The same people in another order give the same list. ``risk`` is the share of lists, at most,
    on which somebody may stand who does not fit, as far as roles are like those that were learnt
    from. Names, faces and addresses are not part of what it is given.
    """
    using = model or likelihood.usual()
    return listing(
        spec, ranking(spec, dossiers, today=today, model=using), size=size, risk=risk, model=using
    )


def ranking(
    spec: Spec,
    dossiers: Iterable[Dossier],
    *,
    today: date,
    model: Model | None = None,
    is_quick: bool = False,
) -> tuple[Judged, ...]:
    """All people, the best first; those whom something keeps out come last.

    ``is_quick`` leaves out the meaning of sentences, the one thing that takes long.
    """
    using = model or likelihood.usual()
    people = {one.key: one for one in dossiers}
    cases = {key: _judge(spec, one, using, today, {}) for key, one in people.items()}
    if not is_quick:
        near = sorted(cases.values(), key=_order)[:_CLOSER]
        closer = [people[one.judged.key] for one in near if not one.judged.conflicts]
        meanings = meaning.of(spec, closer) if closer else {}
        if meanings:
            cases |= {one.key: _judge(spec, one, using, today, meanings) for one in closer}
    return tuple(one.judged for one in sorted(cases.values(), key=_order))


def listing(
    spec: Spec,
    ranked: Sequence[Judged],
    *,
    size: int = USUAL_SIZE,
    risk: float = USUAL_RISK,
    model: Model | None = None,
) -> Ranked:
    """The list that a ranking by ``ranking`` makes."""
    using = model or likelihood.usual()
    most = max(1, min(size, MOST))
    chosen = [
        one for one in ranked if not one.conflicts and cut.is_listed(using, one.score, risk=risk)
    ][:most]
    best_at = comparing.best_at(chosen)
    least = cut.least_score(using, risk=risk)
    return Ranked(
        listed=tuple(
            Listed(
                judged=one,
                reasons=_reasons(spec, one),
                would_change=comparing.would_change(spec, one, chosen, ranked, using, least),
                best_at=best_at[one.key],
            )
            for one in chosen
        ),
        left=comparing.left(spec, ranked, chosen, using, least),
        abstained="" if chosen else _abstained(ranked, using, risk),
        considered=len(ranked),
        engine=using.name,
        risk=risk,
    )


def _judge(
    spec: Spec, of: Dossier, model: Model, today: date, meanings: evidence.Meanings
) -> _Case:
    shown = evidence.judge(spec.requirements, of, today=today, meanings=meanings)
    gate = gates.judge(spec, of, shown, today=today)
    found = features.of(spec, shown, of, gate.shares, model.odds)
    score = likelihood.score(model, found)
    judged = Judged(
        key=of.key,
        score=score,
        confidence=likelihood.confidence(model, score),
        features=found,
        evidence=shown,
        conflicts=gate.conflicts,
        trade_offs=_trade_offs(gate, shown),
        questions=_questions(spec.requirements, shown, gate),
    )
    return _Case(judged, _digest(shown))


def _order(one: _Case) -> tuple[bool, float, float, str, str]:
    """The best first. Of equals, who shows more; then by what is known, so that neither order
    nor the name of a file decides."""
    judged = one.judged
    shares = sum(each.share for each in judged.evidence)
    return (bool(judged.conflicts), -judged.score, -round(shares, 4), one.digest, judged.key)


def _digest(shown: Sequence[Evidence]) -> str:
    """Tells people apart who are equally good, by what they show of the role and nothing else: a
    sentence that says nothing of it must not move anybody."""
    told = [(one.key, one.standing.value, one.share, len(one.quotes)) for one in shown]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _trade_offs(gate: gates.Gates, shown: Sequence[Evidence]) -> tuple[str, ...]:
    weak = [
        one.sentence
        for one in sorted(shown, key=lambda one: -USUAL_WEIGHTS[one.tier])
        if one.tier != Tier.DEALBREAKER and one.standing in {Standing.PARTLY, Standing.FAILED}
    ]
    return tuple(dict.fromkeys([*gate.trade_offs, *weak]))[:_MOST_TRADE_OFFS]


def _questions(
    asked: Sequence[Requirement], shown: Sequence[Evidence], gate: gates.Gates
) -> tuple[str, ...]:
    """What is unknown: of what is a must first, then of the terms, then of the rest."""
    pairs = [
        (one, each) for one, each in zip(asked, shown, strict=True) if one.tier != Tier.DEALBREAKER
    ]
    pairs.sort(key=lambda pair: -USUAL_WEIGHTS[pair[0].tier] * pair[0].weight)
    unknown = [
        (one.tier, explaining.question(one))
        for one, each in pairs
        if each.standing == Standing.UNKNOWN or explaining.leaves_years_open(each.sentence)
    ]
    musts = [question for tier, question in unknown if tier == Tier.MUST]
    others = [question for tier, question in unknown if tier != Tier.MUST]
    return tuple(dict.fromkeys([*musts, *gate.questions, *others]))[:_MOST_QUESTIONS]


def _reasons(spec: Spec, of: Judged) -> tuple[Reason, ...]:
    """The evidence that counts most, with its words."""
    weights = {one.key: one.weight * USUAL_WEIGHTS[one.tier] for one in spec.requirements}
    shown = [
        one
        for one in of.evidence
        if one.standing in {Standing.MET, Standing.PARTLY} and _quotes(one)
    ]
    shown.sort(key=lambda one: (-weights[one.key] * one.share, one.key))
    return tuple(Reason(one.key, one.sentence, _quotes(one)[:2]) for one in shown[:_MOST_REASONS])


def _quotes(one: Evidence) -> tuple[Quote, ...]:
    return tuple(quote for quote in one.quotes if quote.text)


def _abstained(ranked: Sequence[Judged], model: Model, risk: float) -> str:
    """Why nobody is listed."""
    if not ranked:
        return "There was nobody to choose from."
    free = [one for one in ranked if not one.conflicts]
    learnt = f"{len(model.best_misfits)} roles"
    if not free:
        about = Counter(one.conflicts[0].about for one in ranked)
        most = ", ".join(f"{name} ({count})" for name, count in about.most_common(3))
        return f"Nobody fits: something keeps out all {len(ranked)} people, first of all {most}."
    if len(model.best_misfits) < cut.FEW:
        return f"Nobody can be chosen yet: that takes {cut.FEW} roles to learn from, not {learnt}."
    share = cut.p_value(model, free[0].score)
    return (
        f"Nobody fits well enough. In {share:.0%} of the {learnt} that this was learnt from, the"
        f" best of those who did not fit looked as good as the best here; at most {risk:.0%} will"
        " do."
    )
