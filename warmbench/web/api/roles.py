"""Roles, over the API."""

from collections.abc import Collection, Iterable
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Status

from warmbench.accounts.models import Resource
from warmbench.core import clock
from warmbench.sourcing import matching, role_words, roles
from warmbench.sourcing.models import Role, RoleSkill
from warmbench.sourcing.role_words import Known, Said
from warmbench.sourcing.roles import Draft, InvalidRoleError
from warmbench.web import access
from warmbench.web.api.keys import key_of, reads, via, writes
from warmbench.web.api.once import Writing
from warmbench.web.api.paging import After, Limit, Typed, cut
from warmbench.web.api.shapes import (
    PROBLEMS,
    Matches,
    MatchOut,
    NewRole,
    PlaceOut,
    RoleChange,
    RoleOut,
    RolePage,
    StateChange,
)

router = Router(tags=["Roles"])
READS, writing = reads(Resource.ROLES), Writing(router, writes(Resource.ROLES))


@router.get("", auth=READS, response={200: RolePage} | PROBLEMS, summary="List roles")
def list_roles(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    state: Role.State | None = None,
    source: Typed = "",
    external_id: Typed = "",
    after: After = "",
    limit: Limit = 50,
) -> RolePage:
    """Roles in the order in which they were made, ``limit`` at a time."""
    wanted = {"state": state, "source": source, "external_id": external_id}
    known = Role.objects.select_related("owner", "specialty", "seniority")
    found = known.filter(**{name: value for name, value in wanted.items() if value})
    shown, following = cut(found, after, limit)
    return RolePage(items=_shown(shown), next=following)


@writing("", response={201: RoleOut} | PROBLEMS, summary="Make a role")
def make_role(request: HttpRequest, said: NewRole) -> Status[RoleOut]:
    """A new role: a draft, unless it is to be opened at once."""
    key = key_of(request)
    draft = _draft(said, None)
    now = clock.now()
    role = roles.create(
        draft,
        by_id=None,
        now=now,
        source=said.source or key.name if said.external_id else said.source,
        external_id=said.external_id,
        via=via(key),
    )
    if said.state != Role.State.DRAFT:
        roles.change_state(role.pk, said.state, by_id=None, now=now, via=via(key))
    return Status(201, _one(role.pk))


@router.get("/{int:role_id}", auth=READS, response={200: RoleOut} | PROBLEMS, summary="A role")
def get_role(request: HttpRequest, role_id: int) -> RoleOut:  # noqa: ARG001 - likewise
    """One role."""
    return _one(role_id)


@writing(
    "/{int:role_id}", response={200: RoleOut} | PROBLEMS, summary="Change a role", method="PATCH"
)
def change_role(request: HttpRequest, role_id: int, said: RoleChange) -> RoleOut:
    """Change what is said, and leave the rest. Null empties a field."""
    base = roles.draft_of(access.role_for(role_id))
    draft, by = _draft(said, base), via(key_of(request))
    roles.edit(role_id, draft, by_id=None, now=clock.now(), via=by, base=base)
    return _one(role_id)


@writing(
    "/{int:role_id}/state",
    response={200: RoleOut} | PROBLEMS,
    summary="Open, hold, fill or close a role",
)
def change_state(request: HttpRequest, role_id: int, said: StateChange) -> RoleOut:
    """Change the state. What is queued about a role that is not open any more is cancelled."""
    access.role_for(role_id)
    by = via(key_of(request))
    roles.change_state(role_id, said.state, by_id=None, now=clock.now(), note=said.note, via=by)
    return _one(role_id)


@router.get(
    "/{int:role_id}/matches", auth=READS, response={200: Matches} | PROBLEMS, summary="Who fits"
)
def list_matches(
    request: HttpRequest,  # noqa: ARG001 - likewise
    role_id: int,
    threshold: Annotated[int, Query(ge=1, le=60)] = 3,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Matches:
    """Who has at least ``threshold`` of the skills and lacks no must, best first, with reasons."""
    access.role_for(role_id)
    found = matching.find(role_id, threshold=threshold, limit=limit, now=clock.now())
    people = {one.pk: str(one) for one in access.candidates_of([m.candidate_id for m in found])}
    return Matches(
        items=[
            MatchOut(
                candidate_id=match.candidate_id,
                name=people[match.candidate_id],
                score=round(match.score, 1),
                matched=[skill.name for skill in match.matched],
                missing=[skill.name for skill in match.missing],
                questions=list(match.questions),
            )
            for match in found
            if match.candidate_id in people
        ]
    )


def _draft(said: RoleChange, base: Draft | None) -> Draft:
    given = said.model_dump(exclude_unset=True, exclude={"source", "external_id", "state"})
    values: dict[str, Said] = dict(given)
    known = Known.load()
    understood = role_words.understand(values, known, base=base)
    if understood.unknown_skills:
        sentence = role_words.unknown_sentence(understood.unknown_skills, known.vocabulary)
        raise InvalidRoleError({"skills": sentence})
    return understood.draft


def _one(role_id: int) -> RoleOut:
    return _shown([access.role_for(role_id)])[0]


def _shown(found: Iterable[Role]) -> list[RoleOut]:
    listed = list(found)
    skills = _skills([role.pk for role in listed])
    return [_out(role, skills.get(role.pk, [])) for role in listed]


def _skills(pks: Collection[int]) -> dict[int, list[tuple[str, bool]]]:
    """The names of the skills of each role, and whether it requires them."""
    found: dict[int, list[tuple[str, bool]]] = {}
    skills = RoleSkill.objects.filter(role__in=pks).order_by("-is_required", "tag__name")
    for role_id, name, is_required in skills.values_list("role", "tag__name", "is_required"):
        found.setdefault(role_id, []).append((name, is_required))
    return found


def _out(role: Role, skills: list[tuple[str, bool]]) -> RoleOut:
    same = {name: getattr(role, name) for name in RoleOut.model_fields if hasattr(role, name)}
    return RoleOut(
        **same
        | {
            "places": [PlaceOut(**place) for place in role.places],
            "specialty": role.specialty.name if role.specialty else "",
            "seniority": role.seniority.name if role.seniority else "",
            "owner_email": role.owner.email if role.owner else "",
            "required_skills": [name for name, is_required in skills if is_required],
            "nice_skills": [name for name, is_required in skills if not is_required],
        }
    )
