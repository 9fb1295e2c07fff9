"""The form in which a person says what a role asks for, and what was read from its description."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from warmbench.accounts.models import Role as UserRole
from warmbench.accounts.models import User
from warmbench.people import pay, search, wanted_places
from warmbench.people.models import Tag
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing.models import Role
from warmbench.sourcing.proposals import LONGEST_QUOTE
from warmbench.sourcing.role_check import LONGEST_DESCRIPTION, LONGEST_SUMMARY
from warmbench.sourcing.roles import Draft, InvalidRoleError, Skill, draft_of
from warmbench.web.candidate_forms import DayInput

REQUIRED, NICE, OUT = "required", "nice", "out"
#: What a skill's row is called in the form, before the id of its tag.
_WISH, _QUOTE = "skill-", "skill-quote-"
#: What a field's quote is called, before the name of the field.
_READ = "read-"
_LONGEST_AMOUNT = 30
#: More fields than the form has tell of nobody's description.
_MOST_SKILLS = 200

#: What was read from a description and can be struck, with the fields that it fills. A title
#: cannot: without one there is no role.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "specialty": ("specialty",),
    "seniority": ("seniority",),
    "places": ("places",),
    "remote": ("remote",),
    "pay": ("pay_min", "pay_max", "pay_currency", "pay_period"),
}
#: Names of the draft that the form has under another one.
_FIELDS = {"specialty_id": "specialty", "seniority_id": "seniority", "owner_id": "owner"}


@dataclass(frozen=True)
class Wish:
    """A skill in the form: how much it is wanted, and the words it was read from."""

    tag: Tag
    wanted: str = REQUIRED
    quote: str = ""


class PayField(forms.Field):
    """An amount, as people type it."""

    widget = forms.TextInput(attrs={"maxlength": _LONGEST_AMOUNT, "inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        """The amount; None for nothing."""
        text = str(value or "").strip()[:_LONGEST_AMOUNT]
        if not text:
            return None
        found = pay.amount(text)
        if found is None:
            raise forms.ValidationError("Write an amount such as 85,000 or 85k.")
        return found


class LinesField(forms.CharField):
    """Text of several lines, as long as the browser counts it: there a line's end is one
    character, and on its way here it becomes two."""

    def to_python(self, value: Any) -> Any:
        """The text, with ends of lines as everywhere else here."""
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class RoleForm(forms.Form):
    """Everything about a role but its skills, which have rows of their own."""

    title = forms.CharField(max_length=160, error_messages={"required": "Give the role a title."})
    company = forms.CharField(
        label="Client",
        max_length=160,
        required=False,
        help_text="For your team only. Candidates are never told the name.",
    )
    company_type = forms.CharField(
        label="Kind of company",
        max_length=160,
        required=False,
        help_text="What candidates read instead: “a family-owned logistics group”.",
    )
    owner = forms.ModelChoiceField(
        label="Recruiter", queryset=User.objects.none(), required=False, empty_label="Nobody yet"
    )
    specialty = forms.ModelChoiceField(
        queryset=Tag.objects.none(), required=False, empty_label="Not said"
    )
    seniority = forms.ModelChoiceField(
        queryset=Tag.objects.none(), required=False, empty_label="Not said"
    )
    places = forms.CharField(
        max_length=1000,
        required=False,
        help_text="One or several: “Hamburg; Lyon, France”.",
    )
    remote = forms.ChoiceField(
        label="Where the work is done",
        choices=[("", "Not said"), *Role.Remote.choices],
        required=False,
    )
    pay_min = PayField(label="From", required=False)
    pay_max = PayField(label="To", required=False)
    pay_currency = forms.ChoiceField(
        label="Currency",
        choices=[("", "Currency"), *((c, c) for c in pay.CURRENCIES)],
        required=False,
    )
    pay_period = forms.ChoiceField(
        label="For", choices=[("", "Period"), *pay.Period.choices], required=False
    )
    musts = forms.MultipleChoiceField(
        label="Who does not fit these is out",
        choices=Role.Must.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only who is known not to fit. What nobody knows is a question to ask.",
    )
    urgency = forms.ChoiceField(choices=Role.Urgency.choices, initial=Role.Urgency.NORMAL)
    deadline = forms.DateField(
        label="Candidates wanted by",
        required=False,
        widget=DayInput(),
        help_text="In its last seven days the role is hot: its alerts go first, and calls follow.",
    )
    apply_url = forms.CharField(
        label="Apply link",
        max_length=300,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Candidates get it with their alert.",
    )
    summary = LinesField(
        label="What candidates read about it",
        max_length=LONGEST_SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A few sentences in your own words. Leave the client's name out.",
    )
    description = LinesField(
        label="The whole description",
        max_length=LONGEST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="For your team. Candidates do not get it.",
    )

    def __init__(
        self,
        *args: Any,
        role: Role | None = None,
        struck: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        self.struck = struck
        recruiters = User.objects.filter(
            role__in=[UserRole.RECRUITER, UserRole.ADMIN], is_active=True
        )
        present = User.objects.filter(pk=(role.owner_id or 0) if role else 0)
        self._offer("owner", (recruiters | present).order_by("name"))
        for kind in (Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY):
            known = getattr(role, f"{kind}_id") if role else None
            in_use = Tag.objects.filter(kind=kind, retired_at=None)
            self._offer(kind, (in_use | Tag.objects.filter(pk=known or 0)).order_by("name"))

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = choices

    def clean(self) -> dict[str, Any]:
        """What was said, without what was struck: that may be as wrong as it likes."""
        said: dict[str, Any] = self.cleaned_data
        for name in (name for group in self.struck for name in GROUPS[group]):
            self.errors.pop(name, None)
            said[name] = self.fields[name].clean("")
        return said

    def draft(self, wishes: Iterable[Wish]) -> Draft:
        """What was entered, with the skills that are not struck."""
        said = dict(self.cleaned_data)
        for name, field in _FIELDS.items():
            chosen = said.pop(field)
            said[name] = chosen.pk if chosen else None
        return Draft(
            **said
            | {
                "places": tuple(wanted_places.read(said["places"])),
                "deadline": self._deadline(said["deadline"]),
                "musts": tuple(said["musts"]),
                "skills": tuple(
                    Skill(wish.tag.pk, wish.wanted == REQUIRED, wish.quote)
                    for wish in wishes
                    if wish.wanted != OUT
                ),
            }
        )

    def _deadline(self, day: Any) -> datetime | None:
        """The end of the day, where the user is; the moment that was kept, if it is on it."""
        if day is None:
            return None
        known = self.role.deadline if self.role else None
        if known is not None and timezone.localdate(known) == day:
            return known
        here = timezone.get_current_timezone()
        return datetime.combine(day, time(23, 59), here)

    def take(self, error: InvalidRoleError) -> str:
        """Show what is wrong beside each field. Returns what is wrong with the skills."""
        for name, sentence in error.problems.items():
            field = _FIELDS.get(name, name)
            if field != "skills":
                self.add_error(field if field in self.fields else None, sentence)
        return error.problems.get("skills", "")


def initial_of(draft: Draft) -> dict[str, Any]:
    """What the form shows of a draft."""
    names = ("title", "company", "company_type", "description", "summary", "remote", "urgency")
    shown: dict[str, Any] = {name: getattr(draft, name) for name in names}
    return shown | {
        "specialty": draft.specialty_id,
        "seniority": draft.seniority_id,
        "owner": draft.owner_id,
        "places": places_typed(draft.places),
        "pay_min": amount_typed(draft.pay_min),
        "pay_max": amount_typed(draft.pay_max),
        "pay_currency": draft.pay_currency,
        "pay_period": draft.pay_period,
        "apply_url": draft.apply_url,
        "musts": list(draft.musts),
        "deadline": timezone.localdate(draft.deadline) if draft.deadline else None,
    }


def of_role(role: Role) -> tuple[dict[str, Any], list[Wish]]:
    """What the form shows of a role, and its skills."""
    draft = draft_of(role)
    return initial_of(draft), wishes_of(draft.skills)


def wishes_of(skills: Iterable[Skill]) -> list[Wish]:
    """The rows of these skills, without those that are in no tree any more."""
    wanted = list(skills)
    tags = Tag.objects.in_bulk([skill.tag_id for skill in wanted])
    return [
        Wish(tags[skill.tag_id], REQUIRED if skill.is_required else NICE, skill.quote)
        for skill in wanted
        if skill.tag_id in tags
    ]


def places_typed(places: Iterable[WantedPlace]) -> str:
    """Places as one would type them."""
    return "; ".join(place.words for place in places)


def amount_typed(amount: Decimal | None) -> str:
    """An amount as one would type it."""
    if amount is None:
        return ""
    return f"{amount:,.0f}" if amount == amount.to_integral() else f"{amount:,.2f}"


def wishes(said: QueryDict) -> list[Wish]:
    """The skills that a sent form names, in its order."""
    chosen = dict(_wishes(said))
    tags = Tag.objects.filter(pk__in=chosen, kind=Tag.Kind.SKILL).in_bulk()
    return [
        Wish(tags[pk], wanted, said.get(f"{_QUOTE}{pk}", "").replace("\0", "")[:LONGEST_QUOTE])
        for pk, wanted in chosen.items()
        if pk in tags
    ]


def _wishes(said: QueryDict) -> Iterator[tuple[int, str]]:
    rows = [name for name in said if name.startswith(_WISH) and not name.startswith(_QUOTE)]
    for name in rows[:_MOST_SKILLS]:
        pk, wanted = name.removeprefix(_WISH), said[name]
        if pk.isascii() and pk.isdigit() and len(pk) < 18 and wanted in {REQUIRED, NICE, OUT}:
            yield int(pk), wanted


def with_added(rows: list[Wish], name: str, *, wanted: str = REQUIRED) -> tuple[list[Wish], str]:
    """The rows with the skill of this name, and why it could not be added."""
    if not name:
        return rows, "Type the name of a skill first."
    tag = search.tag_called(name, kind=Tag.Kind.SKILL)
    if tag is None:
        near = [one.name for one in search.tags_named(name).filter(kind=Tag.Kind.SKILL)[:3]]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        return rows, f"No skill is called “{name}”.{hint}"
    if any(row.tag == tag and row.wanted != OUT for row in rows):
        return rows, f"{tag.name} is on the list already."
    others = [row for row in rows if row.tag != tag]
    return [*others, Wish(tag, wanted)], ""


def quotes(said: QueryDict) -> dict[str, str]:
    """The words that fields were read from, as a sent form carries them along."""
    names = ("title", *GROUPS)
    found = {name: said.get(f"{_READ}{name}", "").replace("\0", "") for name in names}
    return {name: quote[:LONGEST_QUOTE] for name, quote in found.items() if quote}


def struck(said: QueryDict) -> set[str]:
    """The proposals that a sent form strikes, by the names of their groups."""
    return GROUPS.keys() & set(said.getlist("strike"))
