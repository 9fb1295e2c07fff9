"""Loads what roles ask for, and what is known of people that roles may ask for."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from warmbench.core import sql
from warmbench.people.models import CandidateFact, Tag
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing import criteria
from warmbench.sourcing.fit import Asked, Evidence, Known, NotForThem, PayFloor, PayRange
from warmbench.sourcing.models import Role

Kind = CandidateFact.Kind


def asked_by(role_ids: Iterable[int]) -> dict[int, Asked]:
    """What each of these roles asks for, its skills in the order of their tags."""
    roles = Role.objects.filter(pk__in=list(role_ids)).select_related("seniority")
    skills: dict[int, list[tuple[int, str, bool, float]]] = defaultdict(list)
    rows = sql.run(sql.load(__file__, "match_asked_skills"), {"roles": [role.pk for role in roles]})
    for role_id, tag_id, name, is_required, people, among in rows:
        skills[role_id].append((tag_id, name, is_required, rarity(people, among)))
    return {role.pk: _asked(role, skills[role.pk]) for role in roles}


def rarity(people: int, among: int) -> float:
    """How much it says that somebody has a skill that so many have: never nothing."""
    return math.log(1 + (among + 1) / (people + 1))


def _asked(role: Role, skills: list[tuple[int, str, bool, float]]) -> Asked:
    places = tuple(WantedPlace(**place) for place in role.places)
    pay = _pay(role)
    room = criteria.room_for_skills(
        seniority=role.seniority is not None,
        place=bool(places or role.remote),
        pay=pay is not None,
    )
    return Asked(
        role_id=role.pk,
        company=role.company,
        skills=criteria.skill_points(skills, room),
        seniority=role.seniority.name if role.seniority else "",
        places=places,
        remote=role.remote,
        pay=pay,
        musts=frozenset(role.musts),
    )


def _pay(role: Role) -> PayRange | None:
    if role.pay_min is None and role.pay_max is None:
        return None
    return PayRange(role.pay_min, role.pay_max, role.pay_currency, role.pay_period)


def known_of(candidate_ids: Collection[int], tag_ids: Iterable[int]) -> dict[int, Known]:
    """What is known of these people, by their ids; of their skills, those among the tags."""
    levels = dict(Tag.objects.filter(kind=Tag.Kind.SENIORITY).values_list("pk", "name"))
    rows = sql.run(
        sql.load(__file__, "match_people"),
        {"ids": list(candidate_ids), "tags": [*tag_ids, *levels]},
    )
    told = rows.fetchall()
    about = {fact["role"] for *_, facts in told for fact in facts if fact["role"]}
    roles = Role.objects.select_related("seniority").in_bulk(about) if about else {}
    return {row[0]: _known(row, levels, roles) for row in told}


def _known(row: sql.Row, levels: Mapping[int, str], roles: Mapping[int, Role]) -> Known:
    candidate_id, city, region, country, talked_on, tags, facts = row
    said: dict[str, Any] = {}
    declined: list[NotForThem] = []
    for fact in facts:
        if fact["kind"] == Kind.NOT_FOR_ME:
            declined.append(_not_for_them(fact["value"], roles.get(fact["role"])))
        else:
            said[fact["kind"]] = fact["value"]
    floor = said.get(Kind.PAY)
    return Known(
        candidate_id=candidate_id,
        skills={
            tag_id: Evidence(source, datetime.fromtimestamp(since, UTC), confidence)
            for tag_id, source, since, confidence in tags
            if tag_id not in levels
        },
        seniorities=tuple(levels[tag_id] for tag_id, *_ in tags if tag_id in levels),
        city=city,
        region=region,
        country=country,
        wanted=tuple(WantedPlace(**place) for place in said.get(Kind.PLACES, ())),
        remote=said.get(Kind.REMOTE, ""),
        floor=PayFloor(Decimal(floor["amount"]), floor["currency"], floor["period"])
        if floor
        else None,
        talked_on=talked_on,
        not_for_them=tuple(declined),
    )


def _not_for_them(value: Mapping[str, str], role: Role | None) -> NotForThem:
    said = NotForThem(value["about"], value["is"], value["words"])
    if role is None:
        return said
    return NotForThem(
        said.about,
        said.which_way,
        said.words,
        role_id=role.pk,
        company=role.company,
        seniority=role.seniority.name if role.seniority else "",
        places=tuple(WantedPlace(**place) for place in role.places),
        pay=_pay(role),
    )
