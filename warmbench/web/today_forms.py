"""The forms with which a recruiter works off entries of Today, and what follows from each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.utils import timezone

from warmbench.accounts.models import User
from warmbench.signals import outcomes
from warmbench.signals.models import FollowUp
from warmbench.sourcing import matching
from warmbench.sourcing.models import Role

Outcome = FollowUp.Outcome
Wakes = FollowUp.Wakes

#: Open roles that are offered beside those that fit.
_MOST_ROLES = 60
#: The latest moment at which an entry that waits for something comes back all the same.
_AT_THE_LATEST = timedelta(days=30)


@dataclass(frozen=True)
class Choice:
    """One answer that takes one key."""

    value: str
    label: str
    key: str
    #: What follows from it, where the label does not say.
    follows: str = ""
    #: The field that it needs: until, role or nothing.
    needs: str = ""


#: The keys of outcomes: the same for every entry, so that fingers learn them.
_KEYS = {
    Outcome.REACHED: "1",
    Outcome.LEFT_MESSAGE: "2",
    Outcome.INTERESTED: "3",
    Outcome.ROLE_INTEREST: "4",
    Outcome.NOT_NOW: "5",
    Outcome.NOT_INTERESTED: "6",
    Outcome.REFERRED: "7",
    Outcome.MOVED: "8",
    Outcome.WRONG_NUMBER: "9",
    Outcome.OTHER: "0",
}


def outcomes_of(reason: str) -> list[Choice]:
    """What may come of an entry for this reason, with what follows from it."""
    return [
        Choice(one.outcome, one.label, _KEYS[one.outcome], one.consequence, "".join(one.asks_for))
        for one in outcomes.of(reason)
    ]


def outcomes_of_several(reasons: Collection[str]) -> list[Choice]:
    """What may come of all of these entries at once: nothing that has to be asked of each."""
    common: list[Choice] | None = None
    for reason in reasons:
        here = [one for one in outcomes_of(reason) if not one.needs]
        common = here if common is None else [one for one in common if one in here]
    return common or []


DAYS = (
    Choice("tomorrow", "Tomorrow", "t"),
    Choice("monday", "Next Monday", "m"),
    Choice("week", "In a week", "w"),
    Choice("month", "In a month", "o"),
)
#: What brings an entry back before its date.
EVENTS = (
    Choice(Wakes.REPLY, "When they reply", "r"),
    Choice(Wakes.SIGNAL, "When they do anything", "a"),
    Choice(Wakes.ROLE, "When a role fits them", "f"),
)


class DoneForm(forms.Form):
    """What came of an entry, with what that needs."""

    outcome = forms.ChoiceField(error_messages={"required": "Say in a word what came of it."})
    note = forms.CharField(
        max_length=500, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    until = forms.DateField(
        label="Until which day",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    role = forms.TypedChoiceField(label="Which role", coerce=int, empty_value=None, required=False)

    def __init__(self, data: object = None, *, entry: FollowUp, now: datetime) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.choices = outcomes_of(entry.reason)
        asks = {one.needs for one in self.choices}
        self.fields["outcome"].choices = [(one.value, one.label) for one in self.choices]  # type: ignore[attr-defined]
        self.fields["until"].initial = timezone.localdate(now) + outcomes.NOT_NOW
        if "role" in asks:
            self.fields["role"].choices = roles_to_choose(entry, now=now)  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """Until when an entry is put away, or until what."""

    until = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (*DAYS, *EVENTS)] + [("day", "On a day")]
    )
    day = forms.DateField(
        label="On which day",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-for": "day"}),
    )
    latest = forms.DateField(
        label="At the latest on",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, data: object = None, *, now: datetime) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.today = timezone.localdate(now)
        self.fields["day"].initial = self.today + timedelta(days=2)
        self.fields["latest"].initial = self.today + _AT_THE_LATEST

    @property
    def wakes_on(self) -> FollowUp.Wakes:
        """What brings the entry back before the day."""
        until = self.cleaned_data["until"]
        return Wakes(until) if until in Wakes.values else Wakes.ANYTHING

    @property
    def choice(self) -> tuple[str, date | None]:
        """The choice as ``queue.wake_at`` takes it."""
        until = self.cleaned_data["until"]
        if until in {one.value for one in DAYS}:
            return until, None
        day = self.cleaned_data["day"] if until == "day" else self.cleaned_data["latest"]
        return "day", day or self.today + _AT_THE_LATEST

    def clean(self) -> dict[str, object]:
        """A day that is chosen must lie ahead."""
        fields: dict[str, object] = self.cleaned_data
        until = fields.get("until")
        named = "day" if until == "day" else "latest" if until in Wakes.values else ""
        if named and named not in self.errors:
            day = self.cleaned_data.get(named)
            if (day is None and named == "day") or (day is not None and day <= self.today):
                self.add_error(named, "Choose a day after today.")
        return fields


class NoteForm(forms.Form):
    """A remark on an entry that stays open."""

    note = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )


class HandOverForm(forms.Form):
    """To whom an entry is offered, and why."""

    to = forms.TypedChoiceField(coerce=int, error_messages={"required": "Choose who takes it on."})
    note = forms.CharField(
        label="A word to them",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-note": ""}),
    )
    at_once = forms.BooleanField(label="Give it to them at once, without asking", required=False)

    def __init__(self, data: object = None, *, colleagues: Sequence[User], user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["to"].choices = [(one.pk, one.name) for one in colleagues]  # type: ignore[attr-defined]
        if not user.is_admin:
            del self.fields["at_once"]


class SeveralForm(forms.Form):
    """What came of several entries."""

    outcome = forms.ChoiceField(error_messages={"required": "Say in a word what came of them."})
    note = forms.CharField(
        max_length=500, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: object = None, *, reasons: Collection[str]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.choices = outcomes_of_several(reasons)
        self.fields["outcome"].choices = [(one.value, one.label) for one in self.choices]  # type: ignore[attr-defined]


def roles_to_choose(entry: FollowUp, *, now: datetime) -> list[object]:
    """The open roles for a choice: first those that the person fits, the best first."""
    fitting = matching.roles_for([entry.candidate_id], now=now)[entry.candidate_id]
    fits = [(one.role_id, one.title) for one in fitting[:_MOST_ROLES]]
    known = {pk for pk, _ in fits}
    open_roles = Role.objects.filter(state=Role.State.OPEN).order_by("title", "pk")
    others = [
        (pk, title)
        for pk, title in open_roles.values_list("pk", "title")[: _MOST_ROLES + len(known)]
        if pk not in known
    ]
    choices: list[object] = [("", "Choose a role")]
    if fits:
        choices.append(("They fit", fits))
    if others:
        choices.append(("Other open roles", others[:_MOST_ROLES]))
    return choices
