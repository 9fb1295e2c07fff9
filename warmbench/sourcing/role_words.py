"""Understands what files and other programs say about a role, in words and numbers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from warmbench.accounts import users
from warmbench.accounts.models import Role as Job
from warmbench.accounts.models import User
from warmbench.people import cells, dates, pay, wanted_places
from warmbench.people.models import Tag
from warmbench.people.vocabulary import Vocabulary
from warmbench.people.wanted_places import WantedPlace
from warmbench.people.words import plain
from warmbench.sourcing.models import Role
from warmbench.sourcing.role_check import Draft, InvalidRoleError, Skill

#: What can be said about a role, by the field's name.
WORDS = ("title", "company", "company_type", "description", "summary", "apply_url")
FIELDS = (
    *WORDS,
    *("specialty", "seniority", "places", "remote", "pay_min", "pay_max", "pay_currency"),
    *("pay_period", "urgency", "deadline", "musts", "owner_email"),
    *("required_skills", "nice_skills"),
)

#: Other words for what can be chosen.
_CHOICES: dict[str, dict[str, str]] = {
    "remote": {
        **dict.fromkeys(("on site", "onsite", "office", "in office", "no"), Role.Remote.ON_SITE),
        **dict.fromkeys(("hybrid", "partly", "partial"), Role.Remote.HYBRID),
        **dict.fromkeys(("remote", "fully remote", "home", "yes"), Role.Remote.REMOTE),
    },
    "urgency": {
        **dict.fromkeys(("low",), Role.Urgency.LOW),
        **dict.fromkeys(("normal", "medium", "standard"), Role.Urgency.NORMAL),
        **dict.fromkeys(("high", "urgent", "critical"), Role.Urgency.HIGH),
    },
    "pay_period": {
        **dict.fromkeys(("year", "yearly", "annual", "annually", "per year", "pa"), "year"),
        **dict.fromkeys(("month", "monthly", "per month"), "month"),
        **dict.fromkeys(("day", "daily", "per day"), "day"),
        **dict.fromkeys(("hour", "hourly", "per hour"), "hour"),
    },
}
_LIST = re.compile(r"[,;|\n]+")

#: A text, a number, a list of texts, a moment, or nothing.
Said = str | Decimal | list[str] | datetime | None


@dataclass(frozen=True)
class Known:
    """What words are understood by. Load it once for many roles."""

    vocabulary: Vocabulary
    #: Recruiters by their address.
    owners: dict[str, int]
    zone: ZoneInfo

    @classmethod
    def load(cls) -> "Known":
        """The tag tree and the team as they are now."""
        recruiters = User.objects.filter(is_active=True, role__in=(Job.ADMIN, Job.RECRUITER))
        return cls(
            Vocabulary.load(),
            dict(recruiters.values_list("email", "pk")),
            users.zone_here(),
        )


@dataclass(frozen=True)
class Understood:
    """A draft, and the skills that no tag knows."""

    draft: Draft
    unknown_skills: tuple[str, ...] = ()


def understand(said: Mapping[str, Said], known: Known, *, base: Draft | None = None) -> Understood:
    """The draft that the words mean: with what ``base`` has, where they say nothing.

    A field that is there and empty empties the role's. Skills that no tag knows are left out
    and named. Raises InvalidRoleError for words that mean nothing.
    """
    draft = base or Draft(title="")
    reader = _Reader(known)
    changes: dict[str, object] = {}
    for field in said.keys() & set(FIELDS) - {"required_skills", "nice_skills"}:
        name, value = reader.read(field, said[field])
        changes[name] = value
    draft = replace(draft, **changes)  # type: ignore[arg-type]
    skills, unknown = reader.skills(said, draft.skills)
    if reader.problems:
        raise InvalidRoleError(reader.problems)
    return Understood(replace(draft, skills=skills), unknown)


class _Reader:
    def __init__(self, known: Known) -> None:
        self.known = known
        self.problems: dict[str, str] = {}

    def read(self, field: str, said: Said) -> tuple[str, object]:
        """The field of the draft that this one fills, and its value."""
        readers: dict[str, tuple[str, Callable[[str, Said], object]]] = {
            "specialty": ("specialty_id", self._specialty),
            "seniority": ("seniority_id", self._seniority),
            "owner_email": ("owner_id", self._owner),
            "places": (field, self._places),
            "pay_min": (field, self._amount),
            "pay_max": (field, self._amount),
            "pay_currency": (field, lambda _, told: _text(told).upper()),
            "deadline": (field, self._moment),
            "musts": (field, lambda _, told: tuple(map(plain, _listed(told)))),
            **dict.fromkeys(_CHOICES, (field, self._choice)),
        }
        name, reader = readers.get(field, (field, lambda _, told: _text(told)))
        return name, reader(field, said)

    def skills(
        self, said: Mapping[str, Said], present: tuple[Skill, ...]
    ) -> tuple[tuple[Skill, ...], tuple[str, ...]]:
        """The skills, required ones first, and what no tag knows."""
        unknown: list[str] = []
        kept = {skill.tag_id: skill for skill in present}
        chosen: dict[int, Skill] = {}
        for field, is_required in (("required_skills", True), ("nice_skills", False)):
            if field not in said:
                same = [one for one in present if one.is_required == is_required]
                for skill in same:
                    chosen.setdefault(skill.tag_id, skill)
                continue
            for word in self._skill_words(said[field]):
                tag_id = self.known.vocabulary.skill(word)
                if tag_id is None:
                    unknown.append(word)
                    continue
                quote = kept[tag_id].quote if tag_id in kept else ""
                chosen.setdefault(tag_id, Skill(tag_id, is_required, quote))
        return tuple(chosen.values()), tuple(dict.fromkeys(unknown))

    def _skill_words(self, said: Said) -> list[str]:
        if isinstance(said, list):
            return [word for one in said if (word := " ".join(one.split()))]
        return cells.skills(_text(said), self.known.vocabulary.whole)

    def _specialty(self, field: str, said: Said) -> int | None:
        name = _text(said)
        found = self.known.vocabulary.find(Tag.Kind.SPECIALTY, name)
        if name and found is None:
            self._unknown(field, name, Tag.Kind.SPECIALTY)
        return found

    def _seniority(self, field: str, said: Said) -> int | None:
        name, vocabulary = _text(said), self.known.vocabulary
        found = vocabulary.find(Tag.Kind.SENIORITY, name) or vocabulary.seniority_of(name)
        if name and found is None:
            self._unknown(field, name, Tag.Kind.SENIORITY)
        return found

    def _owner(self, field: str, said: Said) -> int | None:
        email = _text(said)
        owner = self.known.owners.get(email.lower())
        if email and owner is None:
            self.problems[field] = "No recruiter signs in with the owner's address."
        return owner

    def _places(self, _: str, said: Said) -> tuple[WantedPlace, ...]:
        text = "\n".join(said) if isinstance(said, list) else _text(said)
        return tuple(wanted_places.read(text))

    def _amount(self, field: str, said: Said) -> Decimal | None:
        if isinstance(said, Decimal):
            return said
        text = _text(said)
        amount = pay.amount(text) if text else None
        if text and amount is None:
            self.problems[field] = f"“{text[:40]}” is no amount."
        return amount

    def _choice(self, field: str, said: Said) -> str:
        text = _text(said)
        if not text:
            return Role.Urgency.NORMAL if field == "urgency" else ""
        found = _CHOICES[field].get(plain(text))
        if found is None:
            choices = ", ".join(dict.fromkeys(_CHOICES[field].values()))
            self.problems[field] = f"“{text[:40]}” is none of {choices}."
        return found or ""

    def _moment(self, field: str, said: Said) -> datetime | None:
        """A day lasts until its end, where the organisation is."""
        if isinstance(said, datetime):
            return said if said.tzinfo else said.replace(tzinfo=self.known.zone)
        text = _text(said)
        if not text:
            return None
        if "T" in text or ":" in text:
            try:
                return self._moment(field, datetime.fromisoformat(text))
            except ValueError:
                pass
        day = dates.read(text, dates.order_of([text]))
        if day is None or isinstance(day, dates.Unreadable):
            self.problems[field] = (
                f"“{text[:40]}” is no date that can only mean one day. Write 2026-12-31."
            )
            return None
        return datetime.combine(day, time(23, 59), self.known.zone)

    def _unknown(self, field: str, name: str, kind: Tag.Kind) -> None:
        near = self.known.vocabulary.nearest(name, kind=kind, limit=1)
        hint = f" Perhaps {near[0].name}?" if near else ""
        self.problems[field] = f"“{name[:80]}” is no {kind.label.lower()} of the tag tree.{hint}"


def unknown_sentence(words: Iterable[str], vocabulary: Vocabulary) -> str:
    """What somebody is told whose skills no tag knows."""
    told = []
    for word in words:
        near = vocabulary.nearest(word, limit=1)
        told.append(f"“{word[:80]}”" + (f" (perhaps {near[0].name}?)" if near else ""))
    return f"No tag is called {', '.join(told)}."


def _text(said: Said) -> str:
    if said is None:
        return ""
    return ", ".join(said) if isinstance(said, list) else str(said).strip()


def _listed(said: Said) -> list[str]:
    parts = said if isinstance(said, list) else _LIST.split(_text(said))
    return [part for one in parts if (part := one.strip())]
