"""The forms with which a recruiter changes one candidate. Each names its fields itself."""

from datetime import UTC, datetime, time

from django import forms
from django.utils import timezone

from warmbench.core import clock
from warmbench.people import search
from warmbench.people.models import Candidate, Channel, Consent, Suppression, Tag
from warmbench.web import queue
from warmbench.web.first_run import countries, time_zones

_FOCUS: dict[str, object] = {"autofocus": True}


class DayInput(forms.DateInput):
    """The browser's own calendar, which reads and writes ISO dates only."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class StatusForm(forms.Form):
    """Where the candidate stands."""

    status = forms.ChoiceField(choices=Candidate.Status.choices, widget=forms.Select(attrs=_FOCUS))
    evidence = forms.CharField(
        label="How do you know?",
        max_length=120,
        required=False,
        help_text="A word for whoever asks later, such as “said so on the phone”.",
    )


class PauseForm(forms.Form):
    """For how long nothing is sent by itself."""

    until = forms.DateField(
        label="Until",
        required=False,
        help_text="Leave it blank to pause until somebody resumes it.",
        widget=DayInput(_FOCUS),
    )

    def clean_until(self) -> datetime | None:
        """The moment at which it ends."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        now = clock.now()
        if day <= timezone.localdate(now):
            raise forms.ValidationError("Choose a day after today.")
        return queue.wake_at("day", day, now=now)


class ConversationForm(forms.Form):
    """What was talked about."""

    on = forms.DateField(label="When", widget=DayInput())
    topic = forms.CharField(
        label="What about",
        max_length=200,
        required=False,
        help_text="The next check-in begins with it: “when we last spoke about …”.",
        widget=forms.TextInput(attrs=_FOCUS),
    )
    note = forms.CharField(
        label="Notes",
        max_length=10_000,
        required=False,
        help_text="For the team only. Nothing of it is ever sent.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean_on(self) -> object:
        """Nobody has talked tomorrow."""
        day = self.cleaned_data["on"]
        if day > timezone.localdate(clock.now()):
            raise forms.ValidationError("That is still to come.")
        return day


class OwnerForm(forms.Form):
    """Who looks after the candidate."""

    to = forms.ChoiceField(label="Recruiter", widget=forms.Select(attrs=_FOCUS))

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            *((str(one.pk), one.name) for one in queue.recruiters()),
            ("nobody", "Nobody"),
        ]


class FactsForm(forms.Form):
    """The plain facts about a candidate."""

    #: Short fields, side by side.
    in_pairs = True

    first_name = forms.CharField(max_length=120, required=False)
    last_name = forms.CharField(max_length=120, required=False)
    job_title = forms.CharField(max_length=160, required=False)
    employer = forms.CharField(max_length=160, required=False)
    city = forms.CharField(max_length=120, required=False)
    region = forms.CharField(max_length=120, required=False)
    country = forms.ChoiceField(choices=lambda: [("", "Unknown"), *countries()[1:]], required=False)
    time_zone = forms.ChoiceField(
        choices=lambda: [("", "As the place tells"), *time_zones()], required=False
    )
    stage_reached = forms.ChoiceField(
        label="Furthest stage with us", choices=Candidate.Stage.choices, required=False
    )
    profile_url = forms.URLField(
        label="Profile", max_length=300, required=False, assume_scheme="https"
    )


class AddressForm(forms.Form):
    """Another way to reach the candidate."""

    channel = forms.ChoiceField(
        label="What is it",
        choices=[(Channel.EMAIL, "E-mail address"), (Channel.SMS, "Phone number")],
    )
    address = forms.CharField(
        label="Address or number", max_length=254, widget=forms.TextInput(attrs=_FOCUS)
    )
    is_first = forms.BooleanField(label="Use this one first", required=False, initial=True)


class ConsentForm(forms.Form):
    """On what ground we may write."""

    basis = forms.ChoiceField(
        label="On what ground",
        choices=Consent.Basis.choices,
        widget=forms.Select(attrs=_FOCUS),
    )
    channel = forms.ChoiceField(
        label="For what", choices=Channel.choices, initial=Channel.EMAIL, required=False
    )
    how = forms.ChoiceField(
        label="How was it said",
        choices=[one for one in Consent.How.choices if one[0] not in {"", Consent.How.IMPORT}],
        initial=Consent.How.CALL,
        required=False,
    )
    evidence = forms.CharField(
        label="Evidence",
        max_length=300,
        help_text="Who said it, where, in which words. It is kept for ever.",
    )
    since = forms.DateField(
        label="Of which day",
        required=False,
        help_text="When they wrote to us, or when you last did business, if not today.",
        widget=DayInput(),
    )

    def clean_since(self) -> datetime | None:
        """The moment from which a ground that grows old is counted."""
        day = self.cleaned_data["since"]
        if day is None:
            return None
        if day > timezone.localdate(clock.now()):
            raise forms.ValidationError("That is still to come.")
        return datetime.combine(day, time(0), UTC)


class StopForm(forms.Form):
    """Why nothing more is sent."""

    reason = forms.ChoiceField(
        label="Why",
        choices=[
            (Suppression.Reason.MANUAL, "We hold back. It can be taken back later"),
            (Suppression.Reason.DO_NOT_CONTACT, "They asked us to. Nobody can take it back"),
        ],
        initial=Suppression.Reason.MANUAL,
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label="In a sentence",
        max_length=300,
        widget=forms.TextInput(attrs=_FOCUS),
    )


class TagForm(forms.Form):
    """A tag by its name."""

    tag = forms.CharField(max_length=120)

    def clean_tag(self) -> Tag:
        """The tag that is meant."""
        name = self.cleaned_data["tag"]
        tag = search.tag_called(name)
        if tag is None:
            raise forms.ValidationError(f"There is no tag called “{name}”.")
        return tag
