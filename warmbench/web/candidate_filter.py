"""Which candidates a list is about, and in which order: as a form, and as an address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict

from warmbench.accounts.models import Organisation, User
from warmbench.messaging import unwritable
from warmbench.messaging.models import Message
from warmbench.messaging.unwritable import Obstacle
from warmbench.nurture.models import Pool, PoolMember
from warmbench.people import search
from warmbench.people.models import Candidate, Tag
from warmbench.signals.models import FollowUp, Warmth
from warmbench.web import heat, keyset
from warmbench.web.first_run import countries
from warmbench.web.keyset import Stretch

#: Further than this nobody counts: it would take longer than it is worth.
COUNTED = 10_000
EVERYBODY = ("", "Any")
WARMTHS = [EVERYBODY, *((str(least), f"{word} ({least}+)") for word, least in heat.WORDS.items())]
QUIET = [EVERYBODY, *((str(days), f"{days} days and more") for days in (30, 90, 180, 365))]
_LACKING = (Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY, Tag.Kind.GEOGRAPHY)
#: What lists can be sorted by, and its heading. A minus in front turns the order.
SORTS = {"name": "Name", "warmth": "Warmth", "conversation": "Last conversation", "added": "Added"}
#: The order one wants first when one clicks on a heading.
FIRST_ORDERS = {"name": "name", "warmth": "-warmth", "conversation": "-conversation"}


def _tags(kind: Tag.Kind) -> Callable[[], list[tuple[str, str]]]:
    def choices() -> list[tuple[str, str]]:
        tags = Tag.objects.filter(kind=kind, retired_at=None).order_by("name")
        return [EVERYBODY, *((str(pk), name) for pk, name in tags.values_list("pk", "name"))]

    return choices


def _owners() -> list[tuple[str, str]]:
    users = User.objects.order_by("name").values_list("pk", "name")
    named = [(str(pk), name) for pk, name in users]
    return [EVERYBODY, ("me", "Me"), ("nobody", "Nobody"), *named]


def _pools() -> list[tuple[str, str]]:
    pools = Pool.objects.filter(archived_at=None).order_by("name").values_list("pk", "name")
    return [EVERYBODY, *((str(pk), name) for pk, name in pools)]


class FilterForm(forms.Form):
    """What can be asked of the list. All of it may be left out."""

    q = forms.CharField(label="Search", required=False, max_length=200)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[EVERYBODY, *Candidate.Status.choices]
    )
    specialty = forms.ChoiceField(
        label="Specialty", required=False, choices=_tags(Tag.Kind.SPECIALTY)
    )
    owner = forms.ChoiceField(label="Recruiter", required=False, choices=_owners)
    seniority = forms.ChoiceField(
        label="Seniority", required=False, choices=_tags(Tag.Kind.SENIORITY)
    )
    country = forms.ChoiceField(
        label="Country", required=False, choices=lambda: [EVERYBODY, *countries()[1:]]
    )
    warmth = forms.ChoiceField(label="Warmth", required=False, choices=WARMTHS)
    pool = forms.ChoiceField(label="Pool", required=False, choices=_pools)
    tag = forms.CharField(label="Tags", required=False, max_length=400)
    quiet = forms.ChoiceField(label="Not written to for", required=False, choices=QUIET)
    waits = forms.ChoiceField(
        label="Follow-up",
        required=False,
        choices=[EVERYBODY, ("open", "Waits"), ("none", "None waits")],
    )
    reserved = forms.ChoiceField(
        label="Reserved",
        required=False,
        choices=[EVERYBODY, ("me", "For me"), ("any", "For anybody"), ("no", "For nobody")],
    )
    lacks = forms.ChoiceField(
        label="Lacks a",
        required=False,
        choices=[EVERYBODY, *((kind.value, kind.label) for kind in _LACKING)],
    )
    obstacle = forms.ChoiceField(
        label="Cannot be written to", required=False, choices=[EVERYBODY, *Obstacle.choices]
    )

    def clean_tag(self) -> list[list[int]]:
        """The tags that are meant: one of each group."""
        groups = []
        for group in self.cleaned_data["tag"].split(","):
            # A tag may have "or" in its name.
            names = [group] if search.tag_called(group) else group.split(" or ")
            tags = [(name.strip(), search.tag_called(name)) for name in names if name.strip()]
            if missing := [name for name, tag in tags if tag is None]:
                raise forms.ValidationError(f"There is no tag called “{missing[0]}”.")
            if tags:
                groups.append([tag.pk for _, tag in tags if tag])
        return groups


@dataclass(frozen=True)
class Chosen:
    """One filter that is set: what it says, and the address without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True)
class Filter:
    """A list that somebody asked for."""

    form: FilterForm
    values: Mapping[str, str]
    sort: str
    user: User
    now: datetime

    @classmethod
    def of(cls, asked: QueryDict, *, user: User, now: datetime) -> "Filter":
        """What an address or a form asks for. What it says wrongly, it does not ask for."""
        form = FilterForm(asked)
        form.is_valid()
        sort = asked.get("sort", "")
        known = sort.removeprefix("-") in SORTS
        return cls(
            form,
            {
                name: value
                for name in form.fields
                if (value := str(asked.get(name, "")).strip()) and name in form.cleaned_data
            },
            sort if known else "-warmth",
            user,
            now,
        )

    @property
    def is_set(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.values)

    @property
    def has_more(self) -> bool:
        """Whether one of the filters is set that are folded away."""
        return bool(self.values.keys() - {"q", "status", "specialty", "owner"})

    def address(self, **other: str | None) -> str:
        """The query of this list, with some parameters changed; None leaves one out."""
        sort = {} if self.sort == "-warmth" else {"sort": self.sort}
        asked = {**self.values, **sort, **other}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    def chosen(self) -> list[Chosen]:
        """The filters that are set, each with the way to take it away."""
        return [
            Chosen(
                label=str(self.form.fields[name].label),
                value=self._said(name),
                without=self.address(**{name: None}),
            )
            for name in self.values
        ]

    def headings(self) -> dict[str, tuple[str, str, str]]:
        """Per sort: its heading, the address of that order, and the order it is in now."""
        found = {}
        for name, title in SORTS.items():
            first = FIRST_ORDERS.get(name, f"-{name}")
            turned = name if first.startswith("-") else f"-{name}"
            now = "" if self.sort.removeprefix("-") != name else self.sort
            order = {"": "", name: "ascending", f"-{name}": "descending"}[now]
            found[name] = (title, self.address(sort=turned if now == first else first), order)
        return found

    @cached_property
    def people(self) -> QuerySet[Candidate]:
        """Everybody on the list, in no order."""
        asked: dict[str, Any] = {
            name: value for name, value in self.form.cleaned_data.items() if value
        }
        people = Candidate.objects.all()
        for name, value in asked.items():
            people = getattr(self, f"_by_{name}")(people, value)
        return people

    @cached_property
    def found(self) -> list[int]:
        """The ids of everybody on the list, up to one more than anybody counts."""
        return search.ids(self.people, most=COUNTED + 1)

    @property
    def is_long(self) -> bool:
        """Whether there are more on the list than anybody counts."""
        return len(self.found) > COUNTED

    def stretches(self) -> list[Stretch]:
        """Everybody on the list, in its order."""
        # Few are put in order once they are known; among many, whoever comes first in the
        # order is found before long.
        people = self.people if self.is_long else search.among(self.found)
        people = people.select_related("owner")
        name = self.sort.removeprefix("-")
        if name == "warmth":
            cold = people.filter(~Exists(Warmth.objects.filter(candidate=OuterRef("pk"))))
            warm = people.filter(warmth__isnull=False)
            lists = [
                Stretch(cold, F("pk"), keyset.number),
                Stretch(warm, F("warmth__rank"), keyset.number),
            ]
        elif name == "conversation":
            never = people.filter(last_conversation_on=None)
            spoken = people.filter(last_conversation_on__isnull=False)
            lists = [
                Stretch(never, F("pk"), keyset.number),
                Stretch(spoken, F("last_conversation_on"), keyset.day),
            ]
        elif name == "name":
            lists = [Stretch(people, search.name_key(), keyset.text)]
        else:
            # Ids are given in the order in which people come.
            lists = [Stretch(people, F("pk"), keyset.number)]
        return keyset.turned(lists) if self.sort.startswith("-") else lists

    def _said(self, name: str) -> str:
        field = self.form.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices)[self.values[name]])  # type: ignore[arg-type]
        return self.values[name]

    def _by_q(self, people: QuerySet[Candidate], typed: str) -> QuerySet[Candidate]:
        organisation = Organisation.objects.first()
        country = organisation.default_country if organisation else ""
        return search.find(people, typed, country=country)

    def _by_status(self, people: QuerySet[Candidate], status: str) -> QuerySet[Candidate]:
        return people.filter(status=status)

    def _by_tag(self, people: QuerySet[Candidate], groups: list[list[int]]) -> QuerySet[Candidate]:
        for group in groups:
            people = people.filter(facet__tag_ids__overlap=group)
        return people

    def _by_quiet(self, people: QuerySet[Candidate], days: str) -> QuerySet[Candidate]:
        since = self.now - timedelta(days=int(days))
        lately = Message.objects.filter(candidate=OuterRef("pk"), handed_at__gte=since)
        return people.filter(~Exists(lately))

    def _by_waits(self, people: QuerySet[Candidate], waits: str) -> QuerySet[Candidate]:
        entries = FollowUp.objects.filter(state=FollowUp.State.OPEN)
        if waits == "open":
            return people.filter(pk__in=entries.values("candidate"))
        return people.filter(~Exists(entries.filter(candidate=OuterRef("pk"))))

    def _by_reserved(self, people: QuerySet[Candidate], whom: str) -> QuerySet[Candidate]:
        now_reserved = Q(reserved_by__isnull=False, reserved_until__gt=self.now)
        if whom == "no":
            return people.exclude(now_reserved)
        people = people.filter(now_reserved)
        return people.filter(reserved_by=self.user.pk) if whom == "me" else people

    def _by_lacks(self, people: QuerySet[Candidate], kind: str) -> QuerySet[Candidate]:
        tags = list(Tag.objects.filter(kind=kind).values_list("pk", flat=True))
        return people.exclude(facet__tag_ids__overlap=tags)

    def _by_specialty(self, people: QuerySet[Candidate], pk: str) -> QuerySet[Candidate]:
        return people.filter(facet__tag_ids__contains=[int(pk)])

    _by_seniority = _by_specialty

    def _by_owner(self, people: QuerySet[Candidate], owner: str) -> QuerySet[Candidate]:
        if owner == "nobody":
            return people.filter(owner=None)
        return people.filter(owner=self.user.pk if owner == "me" else int(owner))

    def _by_country(self, people: QuerySet[Candidate], country: str) -> QuerySet[Candidate]:
        return people.filter(country=country)

    def _by_warmth(self, people: QuerySet[Candidate], least: str) -> QuerySet[Candidate]:
        return heat.at_least(people, int(least), now=self.now)

    def _by_pool(self, people: QuerySet[Candidate], pk: str) -> QuerySet[Candidate]:
        present = PoolMember.objects.filter(pool=int(pk), left_at=None)
        return people.filter(pk__in=present.values("candidate"))

    def _by_obstacle(self, people: QuerySet[Candidate], obstacle: str) -> QuerySet[Candidate]:
        return unwritable.because_of(Obstacle(obstacle), people, now=self.now)
