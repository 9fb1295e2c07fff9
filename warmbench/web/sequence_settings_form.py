"""The form in which the editor of sequences takes who begins a sequence, who leaves it, and how
fast it goes for whom."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict

from warmbench.nurture import cadence as cadence_of
from warmbench.nurture.models import SequenceVersion
from warmbench.nurture.outline import MAX_CADENCE, MAX_DAYS, Cadence, Outline
from warmbench.nurture.rules import MAX_LENGTH
from warmbench.web import sequence_plan
from warmbench.web.sequence_step_form import CODE

#: What a new group is offered: a month becomes a quarter.
_SLOWER = 300


class SettingsForm(forms.Form):
    """Everything about a sequence but its steps."""

    name = forms.CharField(max_length=100)
    description = forms.CharField(
        label="What it is for",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    trigger = forms.ChoiceField(label="Begins when", choices=SequenceVersion.Trigger.choices)
    entry_rule = forms.CharField(
        label="Only for people for whom this holds",
        max_length=2 * MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs=CODE | {"rows": 2}),
        help_text="A rule such as pools have. Blank: for everybody whom it begins for.",
    )
    reentry_days = forms.IntegerField(
        label="May begin anew so many days after its end",
        min_value=0,
        max_value=MAX_DAYS,
        required=False,
        help_text="Blank: as its pools say.",
    )
    exit_rule = forms.CharField(
        label="Leaves as soon as this holds",
        max_length=2 * MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs=CODE | {"rows": 2}),
        help_text="Asked before each step. Blank: nobody. An opt-out ends it in any case.",
    )
    repeat_from = forms.ChoiceField(label="After the last step", required=False)

    def __init__(self, data: QueryDict | None, outline: Outline) -> None:
        shown = {name: getattr(outline, name) for name in self.base_fields}
        super().__init__(data, initial=shown)
        for field_name, field in self.fields.items():
            told = f"problem-{field_name} id_{field_name}_helptext"
            field.widget.attrs["aria-describedby"] = told
        again = self.fields["repeat_from"]
        assert isinstance(again, forms.ChoiceField)
        titles = sequence_plan.titles_of(outline)
        again.choices = [
            ("", "It ends"),
            *((key, f"Again from “{title}”") for key, title in titles.items()),
        ]
        if outline.repeat_from and outline.repeat_from not in titles:
            again.choices.append((outline.repeat_from, f"{outline.repeat_from} (not a step)"))

    def clean_description(self) -> str:
        """What was said, on one line: the box breaks it where it likes."""
        return " ".join(self.cleaned_data["description"].split())

    def applied(self, outline: Outline) -> Outline:
        """The outline with what was said."""
        said: dict[str, Any] = {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
        }
        return replace(outline, **said)


@dataclass(frozen=True)
class Row:
    """One group with a pace of its own, as the form shows it."""

    #: Its place in the form, and in the draft, which has no empty ones.
    at: int
    kept_at: int
    rule: str
    pace: int

    @property
    def example(self) -> str:
        """What the pace makes of a wait of 30 days."""
        return f"30 days → {sequence_plan.days(cadence_of.wait(30, self.pace).days)}"

    @property
    def problem_at(self) -> str:
        """Where a problem of its rule says that it is; blank for an empty one."""
        return f"cadence[{self.kept_at}].rule" if self.rule else ""


def rows(cadence: Iterable[Cadence], *, more: bool = False) -> list[Row]:
    """The groups in their order, and one to fill in if one more is wanted."""
    shown = [*cadence, *([Cadence(pace=_SLOWER)] if more else [])]
    made: list[Row] = []
    for at, one in enumerate(shown):
        kept = sum(bool(row.rule) for row in made)
        made.append(Row(at, kept, one.rule, one.pace))
    return made


def typed(said: QueryDict) -> list[Cadence]:
    """The groups that a sent form names, also those that say nothing."""
    pairs = zip(said.getlist("cadence_rule"), said.getlist("cadence_pace"), strict=False)
    return [
        Cadence(_rule(rule), int(pace) if _is_number(pace) else 100)
        for rule, pace in list(pairs)[: 2 * MAX_CADENCE]
    ]


def _rule(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()[: 2 * MAX_LENGTH]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def digest(outline: Outline) -> str:
    """Says which state of the settings a form was filled from."""
    said = {name: value for name, value in asdict(outline).items() if name not in {"steps", "key"}}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]
