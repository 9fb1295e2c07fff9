"""Keeps roles: what is wanted, of whom, and whether it still is."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.core.unique import told_who_was_faster
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing import alerts
from warmbench.sourcing.models import Role, RoleSkill
from warmbench.sourcing.role_check import Draft, InvalidRoleError, Skill, check, check_origin

__all__ = [
    "Draft",
    "InvalidRoleError",
    "MoveError",
    "RoleChanged",
    "RoleEnded",
    "RoleOpened",
    "Skill",
    "change_state",
    "create",
    "draft_of",
    "edit",
    "moves",
]

State = Role.State
#: Nobody is wanted for it any more.
ENDED = (State.FILLED, State.CLOSED)
#: What somebody is told who names a role as another one of the same source is named.
TAKEN = "Another role of this source has this id already."

#: What is stored as it was entered; places, musts and skills are stored in other shapes.
_COLUMNS = tuple(
    field.name for field in fields(Draft) if field.name not in {"places", "musts", "skills"}
)

_one_each = told_who_was_faster({"role_once": ("external_id", TAKEN)})


@dataclass(frozen=True, kw_only=True)
class RoleOpened(Event):
    """People are wanted for a role from now on, or again."""

    role_id: int


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """Something else is wanted, or the role is on hold."""

    role_id: int


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Event):
    """A role is filled or closed."""

    role_id: int


class MoveError(ValueError):
    """A role cannot become this from what it is. The message is for the person who tried."""


@_one_each
@transaction.atomic
def create(
    draft: Draft,
    *,
    by_id: int | None,
    now: datetime,
    source: str = "",
    external_id: str = "",
    via: str = "",
) -> Role:
    """A new role, as a draft: nobody is matched or told before it is opened.

    ``source`` and ``external_id`` say what it is called where it came from, ``via`` by which
    file or key it was brought. Raises InvalidRoleError, and TakenError for another role's id.
    """
    draft = _tidy(draft)
    check(draft)
    check_origin(source, external_id)
    role = Role.objects.create(
        **_columns(draft),
        state=State.DRAFT,
        state_at=now,
        source=source,
        external_id=external_id,
        created_at=now,
        changed_at=now,
    )
    RoleSkill.objects.bulk_create(_row(role.pk, skill) for skill in draft.skills)
    audit.record(by_id, "role.created", _subject(role.pk), now=now, detail=_told(via))
    return role


@transaction.atomic
def edit(
    role_id: int,
    draft: Draft,
    *,
    by_id: int | None,
    now: datetime,
    via: str = "",
    base: Draft | None = None,
) -> bool:
    """Say something else about a role. Returns False if nothing is different.

    With ``base``, only that counts in which the draft differs from it: what somebody else
    changed since it was read stays. Raises InvalidRoleError.
    """
    draft = _tidy(draft)
    check(draft, known_owner_id=Role.objects.values_list("owner_id", flat=True).get(pk=role_id))
    role = Role.objects.select_for_update(no_key=True).get(pk=role_id)
    if role.state == State.OPEN:
        _check_can_open(bool(draft.skills))
    wanted = _columns(draft)
    if base is not None:
        before = _columns(base)
        wanted = {name: value for name, value in wanted.items() if value != before[name]}
    changed = {name: value for name, value in wanted.items() if getattr(role, name) != value}
    is_same = base is not None and base.skills == draft.skills
    has_other_skills = not is_same and _set_skills(role_id, draft.skills)
    if not changed and not has_other_skills:
        return False
    Role.objects.filter(pk=role_id).update(**changed, changed_at=now)
    fields = sorted([*changed, *(["skills"] if has_other_skills else [])])
    detail = {"fields": fields} | _told(via)
    audit.record(by_id, "role.edited", _subject(role_id), now=now, detail=detail)
    publish(RoleChanged(role_id=role_id))
    return True


@transaction.atomic
def change_state(
    role_id: int, state: str, *, by_id: int | None, now: datetime, note: str = "", via: str = ""
) -> bool:
    """Open a role, put it on hold, or say that it is filled or closed. Returns False if it is
    that already.

    What is queued about a role that is not open any more is cancelled in the same transaction.
    Raises MoveError, and InvalidRoleError for a role that nobody could match.
    """
    role = Role.objects.select_for_update(no_key=True).get(pk=role_id)
    if state not in State.values:
        raise MoveError(f"“{state[:40]}” is no state. Choose among {', '.join(State.values)}.")
    before, after = State(role.state), State(state)
    if before == after:
        return False
    if after == State.DRAFT:
        raise MoveError("A role cannot become a draft again. Put it on hold instead.")
    if after == State.OPEN:
        _check_can_open(role.skills.exists())
    Role.objects.filter(pk=role_id).update(state=after, state_at=now, changed_at=now)
    detail: dict[str, object] = {"from": before.value, "to": after.value} | _told(via)
    if note:
        detail["note"] = note.replace("\0", "")
    audit.record(by_id, "role.state", _subject(role_id), now=now, detail=detail)
    _tell_campaign(role_id, after, by_id=by_id, now=now)
    publish(_fact(role_id, after))
    return True


def moves(role: Role) -> list[State]:
    """What a role can become from what it is."""
    return [state for state in State if state not in {State.DRAFT, role.state}]


def draft_of(role: Role) -> Draft:
    """What was entered about a role, to enter it again with changes."""
    plain = {name: getattr(role, name) for name in _COLUMNS}
    wanted = role.skills.order_by("-is_required", "pk")
    return Draft(
        **plain
        | {
            "places": tuple(WantedPlace(**place) for place in role.places),
            "musts": tuple(role.musts),
            "skills": tuple(Skill(one.tag_id, one.is_required, one.quote) for one in wanted),
        }
    )


def _tidy(draft: Draft) -> Draft:
    """The draft without spaces around its words, and without a unit of pay that is not said."""
    tidied = replace(
        draft,
        title=" ".join(draft.title.split()),
        company=" ".join(draft.company.split()),
        company_type=" ".join(draft.company_type.split()),
        description=draft.description.strip(),
        summary=draft.summary.strip(),
        apply_url=draft.apply_url.strip(),
        musts=tuple(sorted(set(draft.musts))),
    )
    if draft.pay_min is None and draft.pay_max is None:
        return replace(tidied, pay_currency="", pay_period="")
    return tidied


def _check_can_open(has_skills: bool) -> None:  # noqa: FBT001 - it is what is asked
    if not has_skills:
        sentence = "Name at least one skill: an open role is matched with people by its skills."
        raise InvalidRoleError({"skills": sentence})


def _columns(draft: Draft) -> dict[str, object]:
    plain: dict[str, object] = {name: getattr(draft, name) for name in _COLUMNS}
    if draft.deadline is not None:
        plain["deadline"] = draft.deadline.astimezone(UTC)
    places = [place.to_json() for place in draft.places]
    return plain | {"places": places, "musts": list(draft.musts)}


def _row(role_id: int, skill: Skill) -> RoleSkill:
    return RoleSkill(
        role_id=role_id, tag_id=skill.tag_id, is_required=skill.is_required, quote=skill.quote
    )


def _set_skills(role_id: int, wanted: Iterable[Skill]) -> bool:
    """Store the skills of a role. Returns whether they were others before."""
    rows = {skill.tag_id: _row(role_id, skill) for skill in wanted}
    known = {row.tag_id: row for row in RoleSkill.objects.filter(role=role_id)}
    gone = known.keys() - rows.keys()
    new = [row for tag_id, row in rows.items() if tag_id not in known]
    other = [
        row
        for tag_id, row in rows.items()
        if tag_id in known
        and (row.is_required, row.quote) != (known[tag_id].is_required, known[tag_id].quote)
    ]
    RoleSkill.objects.filter(role=role_id, tag__in=gone).delete()
    RoleSkill.objects.bulk_create(new)
    for row in other:
        about = RoleSkill.objects.filter(role=role_id, tag=row.tag_id)
        about.update(is_required=row.is_required, quote=row.quote)
    return bool(gone or new or other)


def _tell_campaign(role_id: int, state: State, *, by_id: int | None, now: datetime) -> None:
    """In the same transaction: nobody hears of a role that was filled a moment before."""
    if state == State.OPEN:
        alerts.resume(role_id, by_id=by_id, now=now)
    elif state == State.ON_HOLD:
        alerts.pause(role_id, by_id=by_id, now=now)
    else:
        alerts.stop(role_id, by_id=by_id, now=now)


def _subject(role_id: int) -> str:
    return f"role:{role_id}"


def _told(via: str) -> dict[str, object]:
    return {"via": via} if via else {}


def _fact(role_id: int, state: State) -> Event:
    if state == State.OPEN:
        return RoleOpened(role_id=role_id)
    return RoleEnded(role_id=role_id) if state in ENDED else RoleChanged(role_id=role_id)
