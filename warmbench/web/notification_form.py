"""The form in which users say how they want to be told of what, and when not."""

from typing import Any

from django import forms

from warmbench.accounts.models import Detail, Kind, User, Way
from warmbench.accounts.notification_choices import Choices
from warmbench.accounts.quiet_hours import Hours

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _clock_field(label: str, help_text: str = "") -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=widget, help_text=help_text)


class NotificationForm(forms.Form):
    """How somebody wants to be told: of each kind, and when."""

    quiet_from = _clock_field("Quiet from", "By the clock of your time zone.")
    quiet_until = _clock_field("until", "The same time twice: no quiet hours.")
    digest_at = _clock_field("Digest at", "On working days.")
    working_days = forms.TypedMultipleChoiceField(
        label="Working days",
        choices=list(enumerate(_DAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="On other days nothing is mailed.",
    )
    detail = forms.ChoiceField(
        label="What a mail says about a candidate",
        choices=Detail.choices,
        widget=forms.RadioSelect,
        help_text="Mails lie about in mailboxes and on phones; the page is behind your password.",
    )

    def __init__(self, data: Any, *, user: User, choices: Choices) -> None:
        hours = choices.hours
        shown: dict[str, Any] = {
            "quiet_from": hours.quiet_from,
            "quiet_until": hours.quiet_until,
            "digest_at": hours.digest_at,
            "working_days": sorted(hours.days),
            "detail": choices.detail,
        }
        # A name of its own: the page has another form beside this one.
        super().__init__(data, initial=shown, prefix="tell")
        self.zone = user.time_zone
        for kind in Kind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=Way.choices, initial=choices.way(kind)
            )

    def kinds(self) -> list[forms.BoundField]:
        """The fields of the kinds of news, the most urgent first."""
        return [self[kind.value] for kind in Kind]

    def ways(self) -> dict[str, Way]:
        """How they want to be told of each kind."""
        return {kind.value: Way(self.cleaned_data[kind.value]) for kind in Kind}

    def hours(self) -> Hours:
        """When they work."""
        said = self.cleaned_data
        return Hours(
            self.zone,
            said["quiet_from"],
            said["quiet_until"],
            frozenset(said["working_days"]),
            said["digest_at"],
        )

    def chosen_detail(self) -> Detail:
        """How much their mails say."""
        return Detail(self.cleaned_data["detail"])
