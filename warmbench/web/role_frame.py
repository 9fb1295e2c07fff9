"""What the head of every page about a role shows, and what its lists say of it in a few words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from warmbench.accounts.policies import may_change
from warmbench.core import languages
from warmbench.people import pay
from warmbench.shortlists.models import Shortlist
from warmbench.sourcing import roles
from warmbench.sourcing.models import HOT, Alert, AlertCampaign, Role

#: What a button says that brings a role into a state, and its icon.
_MOVES = {
    Role.State.OPEN: ("Open it", "check"),
    Role.State.ON_HOLD: ("Put it on hold", "snooze"),
    Role.State.FILLED: ("It is filled", "check"),
    Role.State.CLOSED: ("Close it", "stops"),
}


@dataclass(frozen=True)
class Move:
    """What can be done about the state of a role."""

    state: str
    label: str
    icon: str


def of(request: HttpRequest, role: Role, *, tab: str, now: datetime) -> dict[str, Any]:
    """What ``roles/role.html`` reads on each of its tabs."""
    due, due_state = due_words(role, now=now)
    return {
        "section": "roles",
        "tab": tab,
        "role": role,
        "campaign": campaign_of(role),
        "may_change": may_change(request.user, role.owner_id),
        "moves": moves(role),
        "is_hot": is_hot(role, now=now),
        "due": due,
        "due_state": due_state,
        "pay": pay_words(role),
        "places": place_words(role),
        "shortlists_made": Shortlist.objects.filter(role=role).count(),
        "alerts_made": Alert.objects.filter(role=role).count(),
        "now": now,
    }


def campaign_of(role: Role) -> AlertCampaign | None:
    """The plan of a role's alerts, if there is one."""
    return getattr(role, "campaign", None)


def moves(role: Role) -> list[Move]:
    """What a role can become, in the order of the page."""
    return [Move(state.value, *_MOVES[state]) for state in roles.moves(role)]


def is_hot(role: Role, *, now: datetime) -> bool:
    """Whether people are still wanted for it, and soon."""
    return role.state == Role.State.OPEN and role.is_hot(now=now)


def due_words(role: Role, *, now: datetime) -> tuple[str, str]:
    """By when the client wants candidates, as one says it, and how urgent that is."""
    if role.deadline is None:
        return "", ""
    day, today = timezone.localdate(role.deadline), timezone.localdate(now)
    if role.state not in {Role.State.OPEN, Role.State.DRAFT}:
        return f"wanted by {day.day} {day:%B %Y}", ""
    if role.deadline < now:
        return _over((today - day).days), "over"
    return _ahead(day, today), "soon" if (day - today).days <= HOT.days else ""


def _over(days: int) -> str:
    return f"wanted {days} day{'s' * (days != 1)} ago" if days else "wanted today"


def _ahead(day: date, today: date) -> str:
    left = (day - today).days
    if left <= 1:
        return "wanted by tomorrow" if left else "wanted today"
    if left <= HOT.days:
        return f"wanted by {day:%A}, {left} days left"
    return f"wanted by {day.day} {day:%B}{f' {day:%Y}' if day.year != today.year else ''}"


def pay_words(role: Role) -> str:
    """What is paid, in a few words; blank if it is not said."""
    locale = languages.locale(languages.FALLBACK)
    amounts = [
        pay.written(str(amount), role.pay_currency, locale)
        for amount in (role.pay_min, role.pay_max)
        if amount is not None
    ]
    if not amounts:
        return ""
    period = pay.Period(role.pay_period).label
    if len(amounts) == 2:
        return f"{amounts[0]} to {amounts[1]} {period}"
    return f"{'from' if role.pay_min is not None else 'up to'} {amounts[0]} {period}"


def place_words(role: Role) -> str:
    """Where the work is done, in a few words; blank if it is not said."""
    places = " or ".join(place["words"] for place in role.places)
    remote = str(role.get_remote_display()).lower() if role.remote else ""
    if places and role.remote in {Role.Remote.HYBRID, Role.Remote.REMOTE}:
        return f"{places}, {remote}"
    return places or remote.capitalize()
