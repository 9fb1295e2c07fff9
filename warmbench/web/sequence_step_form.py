"""The forms in which the editor of sequences takes what is said about one step, and its wait.

A draft may be unfinished or wrong. So these forms keep whatever is typed, and what forbids to
publish it is said beside it (``nurture.outline.problems``).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify

from warmbench.messaging import fields as message_fields
from warmbench.messaging import segments
from warmbench.messaging.fields import Field
from warmbench.messaging.segments import Segments
from warmbench.nurture.models import ContentPiece, Step
from warmbench.nurture.outline import FIELDS, MAX_HOURS, MAX_KEY, Outline, StepOutline, fresh_key
from warmbench.nurture.rules import MAX_LENGTH
from warmbench.people.models import Channel
from warmbench.web import sequence_plan

#: More than anything that could be published: what is too long is said, not cut off.
_LONGEST_BODY = 60_000
_LONGEST_LINE = 1_000
#: Fields that only alerts of roles have a value for, and those that only check-ins have.
_ALERTS = frozenset(
    {
        *("role_title", "company_type", "role_place", "role_pay", "role_summary"),
        *("matched_skills", "why_fits", "deadline", "apply_link", "not_for_me_link"),
    }
)
_CHECK_IN = frozenset(("opening", "market_note", "own_note", "role_1", "role_2", "role_3"))
#: How a rule is typed.
CODE = {
    "rows": 3,
    "class": "code",
    "spellcheck": "false",
    "autocapitalize": "off",
    "autocomplete": "off",
}


class StepForm(forms.Form):
    """What can be said about a step of one kind."""

    key = forms.CharField(
        label="Name",
        max_length=MAX_KEY,
        required=False,
        help_text="It names the step for ever, once it has been published.",
    )
    channel = forms.ChoiceField(label="Goes by", choices=Channel.choices)
    edit_hours = forms.IntegerField(
        label="Hours in which its recruiter may change it first",
        min_value=1,
        max_value=MAX_HOURS,
        required=False,
        help_text="Blank: nobody is asked, it goes as it is.",
    )
    if_not_edited = forms.ChoiceField(
        label="If nobody has looked by then", choices=Step.Default.choices
    )
    subject = forms.CharField(
        max_length=_LONGEST_LINE,
        required=False,
        widget=forms.TextInput(attrs={"data-takes-fields": ""}),
    )
    body = forms.CharField(
        label="Text",
        max_length=_LONGEST_BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 12, "class": "words", "spellcheck": "true", "data-takes-fields": ""}
        ),
        help_text="In Markdown: an empty line begins a paragraph, [words](address) make a link.",
    )
    content_kind = forms.ChoiceField(
        label="Kind of piece", choices=[("", "Choose"), *ContentPiece.Kind.choices], required=False
    )
    condition = forms.CharField(
        label="For whom this holds goes on with the next step",
        max_length=2 * MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs=CODE),
        help_text="For example: days since last click <= 30",
    )
    otherwise = forms.ChoiceField(label="Everybody else goes on with", required=False)
    task = forms.ChoiceField(
        label="What is asked of the recruiter",
        choices=[("", "Choose"), *Step.Task.choices],
        required=False,
    )
    words = forms.CharField(
        label="In these words",
        max_length=_LONGEST_LINE,
        required=False,
        help_text="For your team. The candidate does not get it.",
    )

    def __init__(
        self, data: QueryDict | None, outline: Outline, step: StepOutline, *, is_published: bool
    ) -> None:
        self.outline, self.step = outline, step
        shown = {name: getattr(step, name) for name in self.base_fields}
        super().__init__(data, initial=shown, auto_id=f"id_{slugify(step.key)}_%s")
        mine = set(FIELDS.get(step.kind, ()))
        if not is_published:
            mine.add("key")
        for name in set(self.fields) - mine:
            del self.fields[name]
        if step.channel == Channel.SMS:
            self.fields.pop("subject", None)
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = (
                f"problem-{slugify(step.key)}-{name} id_{slugify(step.key)}_{name}_helptext"
            )
        if otherwise := self.fields.get("otherwise"):
            assert isinstance(otherwise, forms.ChoiceField)
            otherwise.choices = self._ways_out()

    def _ways_out(self) -> list[tuple[str, str]]:
        titles = sequence_plan.titles_of(self.outline)
        at = self.outline.position(self.step.key) or 0
        later = [(one.key, titles[one.key]) for one in self.outline.steps[at + 1 :]]
        present = self.step.otherwise
        if present and present not in dict(later):
            later.append((present, f"{titles.get(present, present)} (not a later step)"))
        return [("", "Nothing: the sequence ends for them"), *later]

    def clean_key(self) -> str:
        """A name that no other step has."""
        typed = str(self.cleaned_data["key"])
        if typed == self.step.key:
            return typed
        key = slugify(typed).replace("-", "_")[:MAX_KEY]
        if not key:
            raise forms.ValidationError("Give it a name of letters or digits.")
        taken = {step.key for step in self.outline.steps if step is not self.step}
        if key in taken:
            raise forms.ValidationError("Another step has this name.")
        return key

    def values(self) -> dict[str, Any]:
        """What was said and can be kept, by the names of the step."""
        return {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
        }


def renamed(outline: Outline, key: str, to: str) -> Outline:
    """The outline with another key for a step that was never published, wherever it is named."""
    steps = tuple(
        replace(
            step,
            key=to if step.key == key else step.key,
            otherwise=to if step.otherwise == key else step.otherwise,
        )
        for step in outline.steps
    )
    again = to if outline.repeat_from == key else outline.repeat_from
    return replace(outline, steps=steps, repeat_from=again)


def blank(kind: str, outline: Outline, at: int) -> StepOutline:
    """A step of a kind as it is put into a plan: at such a distance as is usual."""
    wait = _USUAL_WAIT.get(kind, 0) if at or kind == Step.Kind.WAIT else 0
    return StepOutline(
        key=fresh_key(outline, str(kind)),
        kind=kind,
        wait_days=wait,
        task=Step.Task.CALL.value if kind == Step.Kind.FOLLOW_UP else "",
    )


_USUAL_WAIT: Mapping[str, int] = {
    Step.Kind.WAIT: 14,
    Step.Kind.MESSAGE: 30,
    Step.Kind.CONTENT: 30,
    Step.Kind.CHECK_IN: 30,
    Step.Kind.PREFERENCE: 30,
}


def digest(step: StepOutline) -> str:
    """Says which state of a step, its place and its wait apart, a form was filled from."""
    said = {name: value for name, value in asdict(step).items() if name != "wait_days"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


def offered(step: StepOutline) -> tuple[tuple[str, Field], ...]:
    """The fields that a step of this kind may put into its words, and how they are written."""
    only_check_ins = _CHECK_IN if step.kind != Step.Kind.CHECK_IN else frozenset()
    return tuple(
        (f"{{{{ {one.name} }}}}", one)
        for one in message_fields.FIELDS.values()
        if one.name not in _ALERTS | only_check_ins
    )


def parts(step: StepOutline) -> Segments | None:
    """What a text costs, with its fields counted as they are written; None for mails."""
    if step.channel != Channel.SMS:
        return None
    return segments.count(segments.plainer(step.body))
