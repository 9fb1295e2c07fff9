"""Lets the sample's clients want people: roles that are opened, told of, and filled in time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from warmbench.accounts.models import User
from warmbench.people import wanted_places
from warmbench.people.models import Tag
from warmbench.people.vocabulary import Vocabulary
from warmbench.sourcing import alerts, roles
from warmbench.sourcing.models import Role
from warmbench.sourcing.roles import Draft, Skill

_DATA = Path(__file__).parent / "data" / "roles.yaml"
#: In smaller waves than usual: of so small a pool, one would be nearly everybody.
_THRESHOLD, _STRONG_FROM, _WAVE = 3, 5, 5


@dataclass
class Clients:
    """What the clients want, and when. ``owners``: category → who looks after it."""

    owners: Mapping[str, User]
    #: When the sample begins for whoever looks at it.
    until: datetime
    _wanted: list[dict[str, Any]] = field(init=False)
    _open: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._wanted = yaml.safe_load(_DATA.read_text(encoding="utf-8"))["roles"]

    def act(self, *, now: datetime) -> None:
        """Open the roles whose day has come, and end those whose time is over."""
        for wanted in [one for one in self._wanted if self._opened(one) <= now]:
            self._wanted.remove(wanted)
            self._begin(wanted, now=now)
        for role_id, wanted in list(self._open.items()):
            ended = wanted.get("ended")
            if ended and self._opened(wanted) + timedelta(days=ended["after"]) <= now:
                del self._open[role_id]
                roles.change_state(role_id, ended["as"], by_id=self._owner(wanted).pk, now=now)

    def _begin(self, wanted: Mapping[str, Any], *, now: datetime) -> None:
        by_id = self._owner(wanted).pk
        role = roles.create(self._draft(wanted), by_id=by_id, now=now)
        if wanted.get("state") == Role.State.DRAFT:
            return
        roles.change_state(role.pk, Role.State.OPEN, by_id=by_id, now=now)
        alerts.start(
            role.pk,
            threshold=_THRESHOLD,
            strong_from=_STRONG_FROM,
            wave_size=_WAVE,
            by_id=by_id,
            now=now,
        )
        self._open[role.pk] = dict(wanted)

    def _opened(self, wanted: Mapping[str, Any]) -> datetime:
        return self.until - timedelta(days=wanted["opened"])

    def _owner(self, wanted: Mapping[str, Any]) -> User:
        specialty = Tag.objects.select_related("parent").get(
            kind=Tag.Kind.SPECIALTY, name=wanted["specialty"]
        )
        return self.owners[specialty.parent.name if specialty.parent else ""]

    def _draft(self, wanted: Mapping[str, Any]) -> Draft:
        vocabulary = Vocabulary.load()
        paid = wanted.get("pay", {})
        days = wanted.get("deadline")
        return Draft(
            title=wanted["title"],
            company=wanted["company"],
            company_type=wanted["company_type"],
            summary=wanted["summary"].strip(),
            specialty_id=vocabulary.find(Tag.Kind.SPECIALTY, wanted["specialty"]),
            seniority_id=vocabulary.find(Tag.Kind.SENIORITY, wanted["seniority"])
            if "seniority" in wanted
            else None,
            places=tuple(wanted_places.read(wanted["places"])),
            remote=wanted["remote"],
            pay_min=Decimal(paid["min"]) if paid else None,
            pay_max=Decimal(paid["max"]) if paid else None,
            pay_currency=paid.get("currency", ""),
            pay_period=paid.get("period", ""),
            urgency=wanted.get("urgency", Role.Urgency.NORMAL),
            deadline=self._opened(wanted) + timedelta(days=days) if days else None,
            apply_url="https://northwind.example/apply",
            owner_id=self._owner(wanted).pk,
            skills=tuple(
                Skill(tag_id, is_required)
                for names, is_required in ((wanted["required"], True), (wanted["nice"], False))
                for name in names
                if (tag_id := vocabulary.skill(name))
            ),
        )
