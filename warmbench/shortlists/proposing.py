"""Proposes a profile, from a role or a job description, for a person to look over and approve."""

from dataclasses import replace
from datetime import date

from warmbench.people.vocabulary import Vocabulary
from warmbench.people.wanted_places import WantedPlace
from warmbench.shortlists import adverts
from warmbench.shortlists.requirements import (
    LEVELS,
    MOST_REQUIREMENTS,
    Aspect,
    Requirement,
    Spec,
    SpecError,
    Tier,
    check,
    key_for,
)
from warmbench.sourcing import criteria
from warmbench.sourcing.fit import PayRange
from warmbench.sourcing.models import Role

#: What a role says by its musts, as a profile says it.
_HARD = {Role.Must.SENIORITY: "level", Role.Must.PLACE: "place", Role.Must.PAY: "pay"}


def from_text(text: str, *, today: date) -> Spec:
    """What a job description asks for, each requirement with the words that ask for it. Raises
    SpecError where there is no role in it."""
    return adverts.spec_of(text, today=today, vocabulary=Vocabulary.load())


def from_role(role_id: int, *, today: date) -> Spec:
    """What a role asks for: what a person entered, and what its description says beside that.

    Skills that a person chose are musts and nice-to-haves as they said; what only the description
    has is no must. Raises Role.DoesNotExist.
    """
    role = Role.objects.select_related("seniority").get(pk=role_id)
    read = _described(role, today=today)
    level = _level(role) or read.lowest_level
    entered = PayRange(role.pay_min, role.pay_max, role.pay_currency, role.pay_period)
    is_paid = role.pay_min is not None or role.pay_max is not None
    return check(
        replace(
            read,
            title=role.title,
            requirements=_requirements(role, read),
            lowest_level=level,
            highest_level=level,
            places=tuple(WantedPlace(**place) for place in role.places) or read.places,
            remote=role.remote or read.remote,
            pay=entered if is_paid else read.pay,
            company=role.company or read.company,
            hard=frozenset({"place", "start", *(_HARD[Role.Must(must)] for must in role.musts)}),
        )
    )


def _described(role: Role, *, today: date) -> Spec:
    if not role.description.strip():
        return Spec(title=role.title)
    try:
        return from_text(role.description, today=today)
    except SpecError:
        # A description that names no role describes this one all the same.
        return Spec(title=role.title)


def _level(role: Role) -> str:
    name = role.seniority.name if role.seniority else ""
    return LEVELS[criteria.LADDER.index(name)] if name in criteria.LADDER else ""


def _requirements(role: Role, read: Spec) -> tuple[Requirement, ...]:
    by_tag = {one.tag_id: one for one in read.requirements if one.tag_id is not None}
    chosen = role.skills.select_related("tag").order_by("-is_required", "pk")
    found: dict[str, Requirement] = {}
    for skill in chosen:
        tier = Tier.MUST if skill.is_required else Tier.NICE
        name = skill.tag.name
        one = by_tag.get(skill.tag_id) or Requirement(
            key_for(Aspect.SKILL, name), Aspect.SKILL, tier, name, tag_id=skill.tag_id
        )
        one = replace(one, tier=tier, quote=skill.quote or one.quote)
        found.setdefault(one.key, one)
    for one in read.requirements:
        # A skill that the description has, and that nobody chose for the role.
        is_left = bool(found) and one.aspect == Aspect.SKILL and one.tier != Tier.DEALBREAKER
        found.setdefault(one.key, replace(one, tier=Tier.NICE) if is_left else one)
    return tuple(list(found.values())[:MOST_REQUIREMENTS])
