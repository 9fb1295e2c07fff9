"""The form around the requirements of a profile: title, level, place, pay, start, and what keeps
people out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from warmbench.people import pay, wanted_places
from warmbench.shortlists.requirements import LEVELS, Requirement, Spec
from warmbench.sourcing.fit import PayRange
from warmbench.sourcing.models import Role
from warmbench.web.candidate_forms import DayInput
from warmbench.web.role_form import PayField, amount_typed, places_typed
from warmbench.web.role_profile_words import LEVEL_NAMES

_CONFLICTS = (("level", "Level"), ("place", "Place"), ("pay", "Pay"), ("start", "Start"))


class ProfileForm(forms.Form):
    """What a profile says beside its requirements."""

    title = forms.CharField(
        label="Title of the role",
        max_length=160,
        error_messages={"required": "Give the role a title."},
    )
    company = forms.CharField(
        label="Client",
        max_length=160,
        required=False,
        help_text="Its own people are never put forward to it.",
    )
    lowest_level = forms.ChoiceField(
        label="From", choices=[("", "Any"), *LEVEL_NAMES.items()], required=False
    )
    highest_level = forms.ChoiceField(
        label="To", choices=[("", "Any"), *LEVEL_NAMES.items()], required=False
    )
    places = forms.CharField(
        max_length=1000, required=False, help_text="One or several: “Hamburg; Lyon, France”."
    )
    remote = forms.ChoiceField(
        label="Where the work is done",
        choices=[("", "Does not matter"), *Role.Remote.choices],
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
    start_from = forms.DateField(label="Not before", required=False, widget=DayInput())
    start_until = forms.DateField(label="Not after", required=False, widget=DayInput())
    hard = forms.MultipleChoiceField(
        label="Who is known not to fit these is out",
        choices=_CONFLICTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Elsewhere a conflict is a trade-off, which the shortlist names.",
    )
    note = forms.CharField(
        label="Why this is other than before",
        max_length=300,
        required=False,
        help_text="For whoever approves it, and for whoever reads its versions later.",
    )

    use_required_attribute = False

    def __init__(self, *args: Any, before: Spec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = before

    def clean(self) -> dict[str, Any]:
        """What was said, where its ends are in order."""
        said: dict[str, Any] = self.cleaned_data
        low, high = said.get("lowest_level"), said.get("highest_level")
        if low and high and LEVELS.index(low) > LEVELS.index(high):
            self.add_error("highest_level", "This is below the lowest level.")
        self._check_pay(said)
        first, last = said.get("start_from"), said.get("start_until")
        if isinstance(first, date) and isinstance(last, date) and first > last:
            self.add_error("start_until", "This is before the first day.")
        return said

    def _check_pay(self, said: Mapping[str, Any]) -> None:
        least, most = said.get("pay_min"), said.get("pay_max")
        if least is None and most is None:
            return
        if least is not None and most is not None and least > most:
            self.add_error("pay_max", "This is less than the lowest pay.")
        if not said.get("pay_currency"):
            self.add_error("pay_currency", "Say in which currency.")
        if not said.get("pay_period"):
            self.add_error("pay_period", "Say for how long.")

    def spec(self, requirements: tuple[Requirement, ...]) -> Spec:
        """What was entered, with these requirements."""
        said = self.cleaned_data
        least, most = said["pay_min"], said["pay_max"]
        is_paid = least is not None or most is not None
        as_before = said["places"] == places_typed(self.before.places)
        places = self.before.places if as_before else tuple(wanted_places.read(said["places"]))
        return Spec(
            title=said["title"],
            requirements=requirements,
            lowest_level=said["lowest_level"],
            highest_level=said["highest_level"],
            places=places,
            remote=said["remote"],
            pay=PayRange(least, most, said["pay_currency"], said["pay_period"])
            if is_paid
            else None,
            start_from=said["start_from"],
            start_until=said["start_until"],
            company=said["company"],
            hard=frozenset(said["hard"]),
        )


def initial_of(spec: Spec, *, note: str) -> dict[str, Any]:
    """What the form shows of what a profile says."""
    least, most = (spec.pay.lowest, spec.pay.highest) if spec.pay else (None, None)
    return {
        "title": spec.title,
        "company": spec.company,
        "lowest_level": spec.lowest_level,
        "highest_level": spec.highest_level,
        "places": places_typed(spec.places),
        "remote": spec.remote,
        "pay_min": amount_typed(least),
        "pay_max": amount_typed(most),
        "pay_currency": spec.pay.currency if spec.pay else "",
        "pay_period": spec.pay.period if spec.pay else "",
        "start_from": spec.start_from,
        "start_until": spec.start_until,
        "hard": sorted(spec.hard),
        "note": note,
    }
