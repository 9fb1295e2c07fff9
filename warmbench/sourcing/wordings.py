"""What candidates are told of a role: its wordings, and the fields that a role brings into them."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from warmbench.messaging import wording
from warmbench.messaging.models import Template
from warmbench.people import pay
from warmbench.people.pay import Period
from warmbench.people.places import plausible_zones
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing.models import Alert, Role, RoleSkill

_DATA = Path(__file__).parent / "data" / "alerts.yaml"
_ENGLISH = Locale("en")
#: A longer summary nobody reads in a mail.
_LONGEST_SUMMARY = 1500


class Wording(StrEnum):
    """The wordings that there are: one for each level, and the text that follows."""

    NORMAL = Alert.Level.NORMAL.value
    STRONG = Alert.Level.STRONG.value
    HOT = Alert.Level.HOT.value
    TEXT = "text"


def templates(wordings: Iterable[str], *, now: datetime) -> dict[str, Template]:
    """The template of each of these wordings."""
    written = _written()
    return {
        name: wording.keep(
            subject=written[name].get("subject", ""),
            body=written[name]["body"],
            look="text" if name == Wording.TEXT else "letter",
            now=now,
        )
        for name in set(wordings)
    }


def fields(role: Role) -> dict[str, str]:
    """What every reader is told of a role. The client's name is not among it."""
    values = {
        "role_title": role.title,
        "company_type": role.company_type,
        "role_place": _place(role),
        "role_pay": _pay(role),
        "role_summary": textwrap.shorten(role.summary, _LONGEST_SUMMARY, placeholder=" …"),
        "apply_link": role.apply_url,
    }
    return {name: value for name, value in values.items() if value}


def fields_for(
    matched: Sequence[int], skills: Sequence[RoleSkill], *, deadline: str = ""
) -> dict[str, str]:
    """What one reader is told besides: which of her skills the role asks for, and how far she
    fits. ``skills`` are those of the role with their tags, ``matched`` the tags that she has."""
    hers = [one for one in skills if one.tag_id in set(matched)]
    required = {one.tag_id for one in skills if one.is_required}
    names = [one.tag.name for one in sorted(hers, key=lambda one: not one.is_required)]
    values = {
        "matched_skills": listed(names),
        "why_fits": _why(names, has_all=bool(required) and required <= set(matched)),
        "deadline": deadline,
    }
    return {name: value for name, value in values.items() if value}


def deadline(role: Role, zone: str, country: str, region: str = "") -> str:
    """The day of the client's deadline where somebody lives: ``Friday, 13 March``."""
    if role.deadline is None:
        return ""
    # Of several the earliest: nobody is promised too much time.
    days = [role.deadline.astimezone(ZoneInfo(one)).date() for one in _zones(zone, country, region)]
    return format_date(min(days), "EEEE, d MMMM", locale=_ENGLISH)


def listed(names: Sequence[str]) -> str:
    """``Go, Kubernetes and AWS``."""
    return format_list(list(names), locale="en_GB") if names else ""


def _zones(zone: str, country: str, region: str) -> tuple[str, ...]:
    return (zone,) if zone else plausible_zones(country, region) or ("UTC",)


def _why(names: Sequence[str], *, has_all: bool) -> str:
    if not names:
        return ""
    known = f"It asks for {listed(names)}, which you know"
    return f"{known}; nothing that it requires is missing." if has_all else f"{known}."


def _place(role: Role) -> str:
    """``Lyon or Paris, hybrid``; ``remote``; ``remote or Lyon``."""
    places = [_name(WantedPlace(**one)) for one in role.places]
    names = " or ".join(name for name in dict.fromkeys(places) if name)
    if role.remote == Role.Remote.REMOTE:
        return f"remote, {names}" if names else "remote"
    if role.remote and names:
        return f"{names}, {role.get_remote_display().lower()}"
    return names


def _name(place: WantedPlace) -> str:
    country = str(_ENGLISH.territories.get(place.country, ""))
    return place.city or place.region or country or place.words


def _pay(role: Role) -> str:
    """``€85,000 to €95,000 a year``, ``from €85,000 a year``; blank if it is not known."""
    lowest, highest = (
        pay.written(str(amount), role.pay_currency, _ENGLISH) if amount is not None else ""
        for amount in (role.pay_min, role.pay_max)
    )
    if not lowest and not highest:
        return ""
    if lowest and highest:
        said = lowest if lowest == highest else f"{lowest} to {highest}"
    else:
        said = f"from {lowest}" if lowest else f"up to {highest}"
    return f"{said} {Period(role.pay_period).label}"


@cache
def _written() -> Mapping[str, Mapping[str, str]]:
    written: Mapping[str, Mapping[str, str]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return written
