"""Forms that put facts right: for each kind its own few fields, filled with what was read."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms

from warmbench.insight import values
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.people import pay
from warmbench.web import insight_words as words
from warmbench.web.candidate_forms import DayInput

Fields = Callable[[], dict[str, forms.Field]]

_SENSES: Mapping[Kind, tuple[tuple[Polarity, str], ...]] = MappingProxyType(
    {
        Kind.PLACE: (
            (Polarity.WANTS, "Would work there"),
            (Polarity.REFUSES, "Would not work there"),
            (Polarity.HAD, "Lives there"),
            (Polarity.PLANS, "Moves there"),
        ),
        Kind.REMOTE: (
            (Polarity.WANTS, "Wants it"),
            (Polarity.REFUSES, "Does not want it"),
            (Polarity.HAD, "Has it now"),
        ),
        Kind.SKILL: (
            (Polarity.HAD, "Has it"),
            (Polarity.WANTS, "Wants to work with it"),
            (Polarity.REFUSES, "No more of it"),
            (Polarity.LACKS, "Lacks it"),
        ),
        Kind.CHANNEL: (
            (Polarity.WANTS, "Prefers it"),
            (Polarity.REFUSES, "Not by it"),
        ),
        **dict.fromkeys(
            (Kind.TITLE, Kind.SENIORITY, Kind.EMPLOYER, Kind.DOMAIN),
            (
                (Polarity.HAD, "Has or had it"),
                (Polarity.WANTS, "Wants it"),
                (Polarity.REFUSES, "Does not want it"),
            ),
        ),
    }
)


def _choice(label: str, choices: Mapping[str, str], *, required: bool = True) -> forms.Field:
    none = [] if required else [("", "Not said")]
    every = [(key, said[:1].upper() + said[1:]) for key, said in choices.items()]
    return forms.ChoiceField(label=label, choices=[*none, *every], required=required)


def _number(label: str, *, required: bool = True, most: int = 10**12) -> forms.Field:
    return forms.FloatField(
        label=label,
        required=required,
        min_value=0,
        max_value=most,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


def _day(label: str, *, required: bool = False) -> forms.Field:
    return forms.DateField(label=label, required=required, widget=DayInput())


def _day_or_year(said: str) -> None:
    if not values.is_day_or_year(said):
        raise forms.ValidationError("Write a year, or a day as 2026-03-05.")


def _name(label: str = "Name") -> forms.Field:
    return forms.CharField(label=label, max_length=120)


def _currency() -> forms.Field:
    choices = {code: code for code in pay.CURRENCIES}
    return _choice("Currency", choices, required=False)


def _flag(label: str) -> forms.Field:
    return forms.BooleanField(label=label, required=False)


#: The keys of a value, each with its field. See docs/reference/insights.md.
_FIELDS: Mapping[Kind, Fields] = MappingProxyType(
    {
        Kind.PAY: lambda: {
            "what": _choice("What", words.PAYS),
            "low": _number("From"),
            "high": _number("To", required=False),
            "currency": _currency(),
            "period": _choice("For", dict(pay.Period.choices), required=False),
        },
        Kind.NOTICE: lambda: {
            "amount": _number("How long", most=1000),
            "unit": _choice("In", {"days": "days", "weeks": "weeks", "months": "months"}),
            "to": _choice(
                "To the end of",
                {"month_end": "a month", "quarter_end": "a quarter"},
                required=False,
            ),
        },
        Kind.START: lambda: {"from": _day("From", required=True)},
        Kind.EVENT: lambda: {
            "what": _choice("What", words.EVENTS),
            "from": _day("From"),
            "until": _day("Until"),
        },
        Kind.PLACE: lambda: {
            "name": _name("Place"),
            "country": forms.RegexField(
                r"^[A-Za-z]{2}$",
                label="Country",
                required=False,
                help_text="Two letters, as DE.",
            ),
        },
        Kind.REMOTE: lambda: {
            "mode": _choice("How", words.MODES),
            "days": _number("Days a week on site", required=False, most=7),
        },
        Kind.TITLE: lambda: {"name": _name("Title"), "current": _flag("They are it now")},
        Kind.SENIORITY: lambda: {"level": _choice("Level", words.LEVELS)},
        Kind.SCOPE: lambda: {
            "what": _choice("What", words.SCOPES),
            "amount": _number("How many, or how much"),
            "currency": _currency(),
        },
        Kind.EMPLOYER: lambda: {
            "name": _name("Employer"),
            "current": _flag("They work there now"),
        },
        Kind.DOMAIN: lambda: {"name": _name("Field")},
        Kind.SKILL: lambda: {
            "name": _name("Skill"),
            "years": _number("Years", required=False, most=70),
            "strength": _choice("How well", words.STRENGTHS, required=False),
            "last_used": forms.CharField(
                label="Last used",
                required=False,
                help_text="A year, or a day as 2026-03-05.",
                validators=[_day_or_year],
            ),
        },
        Kind.MOTIVE: lambda: {"what": _choice("What would move them", words.MOTIVES)},
        Kind.CONSTRAINT: lambda: {"what": _choice("What binds them", words.CONSTRAINTS)},
        Kind.STANCE: lambda: {"level": _choice("Interest in a move", words.STANCES)},
        Kind.TOPIC: lambda: {"name": _name("What was talked about")},
        Kind.REFERRAL: lambda: {"name": _name("Whom they recommend")},
        Kind.STOP: lambda: {
            "tier": _choice("What they want", words.TIERS),
            "until": _day("Until"),
        },
        Kind.CHANNEL: lambda: {"name": _choice("How to reach them", words.CHANNELS)},
        Kind.TIME: lambda: {
            "from": forms.TimeField(label="From", required=False, widget=_Hour()),
            "to": forms.TimeField(label="To", required=False, widget=_Hour()),
            "days": forms.MultipleChoiceField(
                label="Days",
                required=False,
                choices=list(words.DAYS.items()),
                widget=forms.CheckboxSelectMultiple,
            ),
        },
    }
)


class _Hour(forms.TimeInput):
    """An hour of the day, as browsers ask for it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def can_be_corrected(kind: str) -> bool:
    """Whether facts of this kind say more than their quote."""
    return kind in _FIELDS


class CorrectForm(forms.Form):
    """What a fact should have said."""

    def __init__(self, one: Insight, data: Any = None) -> None:
        kind = Kind(one.kind)
        initial = {**one.value, "polarity": one.polarity}
        # Several may stand on a page: their fields need names of their own for labels.
        super().__init__(data, initial=initial, auto_id=f"id_{one.pk}_%s")
        self.fields.update(_FIELDS[kind]())
        if senses := _SENSES.get(kind):
            field = forms.ChoiceField(label="In which sense", choices=senses)
            self.fields["polarity"] = field
        wrong = self.errors if self.is_bound else {}
        first = next((name for name in self.fields if name in wrong), next(iter(self.fields)))
        self.fields[first].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Something has to be said, in an order that can be."""
        said = self.cleaned_data
        if {"from", "until"} <= set(self.fields) and not self.errors:
            begins, ends = said.get("from"), said.get("until")
            if not begins and not ends:
                raise forms.ValidationError("Name one day at least.")
            if begins and ends and ends < begins:
                raise forms.ValidationError("It cannot end before it begins.")
        low, high = said.get("low"), said.get("high")
        if low is not None and high is not None and high < low:
            self.add_error("high", "This is less than where it begins.")
        if {"from", "to"} <= set(self.fields) and not any(said.values()):
            raise forms.ValidationError("Name an hour or a day.")
        return said

    @property
    def value(self) -> dict[str, Any]:
        """The value, in the format of facts."""
        found: dict[str, Any] = {}
        for name, said in self.cleaned_data.items():
            if name == "polarity" or said in (None, "", [], False):
                continue
            found[name] = _plain(name, said)
        return found

    @property
    def polarity(self) -> Polarity | None:
        """The sense that was chosen; None where a kind has only one."""
        said = self.cleaned_data.get("polarity")
        return Polarity(said) if said else None


def _plain(name: str, said: Any) -> Any:
    if isinstance(said, date):
        return said.isoformat()
    if hasattr(said, "hour"):
        return f"{said:%H:%M}"
    if isinstance(said, float):
        return int(said) if said.is_integer() else said
    return said.upper() if name == "country" else said
