"""The form in which an administrator enters which program is told what."""

from typing import Any

from django import forms
from django.http import QueryDict

from warmbench.integrations.models import Happening, Subscription
from warmbench.integrations.subscriptions.keeping import Entry
from warmbench.web.called_form import CalledForm


class SubscriptionForm(CalledForm):
    """A program: where it is, and what it is told."""

    name = forms.CharField(max_length=80, help_text="For you: which program it is.")
    kinds = forms.MultipleChoiceField(
        label="What it is told",
        choices=Happening.choices,
        initial=[Happening.STATUS_CHANGED, Happening.OPTED_OUT, Happening.SIGNAL_RECORDED],
        widget=forms.CheckboxSelectMultiple,
    )
    with_names = forms.BooleanField(
        label="Also the names of candidates",
        required=False,
        help_text="Without that it is told numbers, and asks the API for the rest with its key.",
    )

    def __init__(self, data: QueryDict | None, *, subscription: Subscription | None = None) -> None:
        known = subscription.host if subscription else None
        super().__init__(data, initial=_shown(subscription) if subscription else None, known=known)

    def entry(self) -> Entry:
        """What was entered. An address that was left blank stays as it is."""
        said = self.cleaned_data
        return Entry(
            name=said["name"],
            url=said["url"] or None,
            kinds=said["kinds"],
            with_names=said["with_names"],
        )


def _shown(subscription: Subscription) -> dict[str, Any]:
    return {name: getattr(subscription, name) for name in ("name", "kinds", "with_names")}


class ReplayForm(forms.Form):
    """Since when what failed is told again."""

    since = forms.DateTimeField(
        label="Tell again what failed since",
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": "60"}
        ),
    )
