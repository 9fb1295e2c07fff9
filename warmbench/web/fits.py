"""Reads which open roles fit one person and why, and which they were told of."""

from dataclasses import dataclass
from datetime import datetime

from warmbench.people.models import Candidate
from warmbench.sourcing import matching
from warmbench.sourcing.matching import Match
from warmbench.sourcing.models import Alert, Role
from warmbench.web import role_fates, role_frame
from warmbench.web.role_fates import Fate

#: As many as are shown at once, below a fold, and of those that somebody was told of.
_SHOWN, _FOLDED, _TOLD = 3, 20, 20


@dataclass(frozen=True)
class Fit:
    """An open role that the person fits."""

    role: Role
    match: Match
    places: str
    pay: str
    due: str
    due_state: str
    is_hot: bool
    #: What they were told of it, if anything.
    fate: Fate | None


@dataclass(frozen=True)
class Fits:
    """Everything about one person and roles."""

    best: list[Fit]
    others: list[Fit]
    #: So many more fit, each worse than those above.
    left_out: int
    #: Alerts about roles that do not stand above: they ended, or the person fits no more.
    told: list[Fate]
    #: Whether there is any role that somebody could fit.
    has_roles: bool


def of(candidate: Candidate, *, now: datetime) -> Fits:
    """The open roles that fit, the best first, and what became of each alert."""
    fitting = matching.roles_for([candidate.pk], now=now)[candidate.pk]
    best = fitting[: _SHOWN + _FOLDED]
    found = Role.objects.select_related("owner").in_bulk([one.role_id for one in best])
    fates = _fates(candidate)
    fits = [
        _fit(found[one.role_id], one.match, fates, now=now) for one in best if one.role_id in found
    ]
    shown = {fit.role.pk for fit in fits}
    return Fits(
        fits[:_SHOWN],
        fits[_SHOWN:],
        left_out=len(fitting) - len(best),
        told=[fate for role_id, fate in fates.items() if role_id not in shown],
        has_roles=bool(fits) or Role.objects.filter(state=Role.State.OPEN).exists(),
    )


def _fit(role: Role, match: Match, fates: dict[int, Fate], *, now: datetime) -> Fit:
    due, due_state = role_frame.due_words(role, now=now)
    return Fit(
        role,
        match,
        places=role_frame.place_words(role),
        pay=role_frame.pay_words(role),
        due=due,
        due_state=due_state,
        is_hot=role_frame.is_hot(role, now=now),
        fate=fates.get(role.pk),
    )


def _fates(candidate: Candidate) -> dict[int, Fate]:
    made = Alert.objects.filter(candidate=candidate).select_related("role", "message", "candidate")
    newest = list(made.order_by("-made_at", "-pk")[:_TOLD])
    return {fate.alert.role_id: fate for fate in role_fates.of(newest)}
