"""The forms with which a recruiter answers what candidates ask about their data."""

from datetime import date, datetime, time

from django import forms
from django.http import QueryDict
from django.utils import timezone

from warmbench.core import clock
from warmbench.people.models import RightsRequest
from warmbench.web.candidate_forms import DayInput

_FOCUS = {"autofocus": True}


class RequestForm(forms.Form):
    """What somebody asks, and since when."""

    kind = forms.ChoiceField(
        label="What do they ask for",
        # An objection cannot wait for an answer: it has a form of its own.
        choices=[
            one for one in RightsRequest.Kind.choices if one[0] != RightsRequest.Kind.OBJECTION
        ],
        widget=forms.RadioSelect,
    )
    received_on = forms.DateField(
        label="When it reached us",
        widget=DayInput(),
        help_text="The month begins on that day, whoever got it.",
    )
    channel = forms.CharField(
        label="How it reached us", max_length=80, help_text="By mail, on the phone, in a letter …"
    )
    words = forms.CharField(
        label="In their words",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_received_on(self) -> date:
        """The day, which is not to come."""
        day: date = self.cleaned_data["received_on"]
        if day > timezone.localdate(clock.now()):
            raise forms.ValidationError("That day is still to come.")
        return day

    def received_at(self, *, now: datetime) -> datetime:
        """The moment from which the month counts: of an earlier day its beginning."""
        day = self.cleaned_data["received_on"]
        began = datetime.combine(day, time(0), timezone.get_current_timezone())
        return now if day == timezone.localdate(now) else began


class AnswerForm(forms.Form):
    """What came of a request."""

    outcome = forms.ChoiceField(
        label="What came of it",
        choices=[
            (RightsRequest.State.DONE, "It is done"),
            (RightsRequest.State.REFUSED, "It is refused, and they know why"),
        ],
        initial=RightsRequest.State.DONE,
        widget=forms.RadioSelect,
    )
    how = forms.CharField(
        label="In a sentence", max_length=300, widget=forms.TextInput(attrs=_FOCUS)
    )


class ObjectionForm(forms.Form):
    """What somebody objects to, in whose words."""

    evidence = forms.CharField(
        label="Evidence",
        max_length=300,
        help_text="When they said it, where, in which words.",
        widget=forms.TextInput(attrs=_FOCUS),
    )


class EraseForm(forms.Form):
    """That somebody is really to be erased."""

    name = forms.CharField(
        label="Type their name",
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict | None, *, name: str) -> None:
        super().__init__(data)
        self._expected = name
        self.fields["name"].help_text = f"As it stands above: {name}"

    def clean_name(self) -> str:
        """The name, if it is theirs."""
        typed = " ".join(self.cleaned_data["name"].split())
        if typed.casefold() != " ".join(self._expected.split()).casefold():
            raise forms.ValidationError("This is not the name of this person.")
        return typed
