"""The form in which a person says what signals are worth."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from warmbench.accounts.models import Organisation
from warmbench.signals.models import Signal
from warmbench.signals.scoring import HOTTEST, Interest, Policy

_Kind = Signal.Kind
#: What may warm, as one asks about it. What ends a conversation is left out: whether we may write
#: at all is not a question of warmth.
KINDS: dict[str, tuple[str, str]] = {
    _Kind.REPLIED: ("A reply", ""),
    _Kind.BOOKED: ("A booked talk", "They chose a time with a recruiter."),
    _Kind.PREFERENCES_UPDATED: ("Preferences updated", "The person told us what they want."),
    _Kind.CLICKED: ("A click", "One that may be a machine's counts for three quarters."),
    _Kind.NOT_FOR_ME: ("“Not for me”", "Somebody cared to say what does not fit."),
    _Kind.OPENED: ("An open", "Of those who agreed to the pixel. Machines open mails, too."),
}


class WarmthForm(forms.Form):
    """What each kind of signal is worth, how fast that is lost, what high interest is, and why."""

    half_life_days = forms.IntegerField(
        label="Half of it is gone after",
        min_value=1,
        max_value=365,
        help_text="Days. Warmth only cools while nothing is heard.",
    )
    interest_count = forms.IntegerField(
        label="High interest from", min_value=1, max_value=20, help_text="Occasions."
    )
    interest_days = forms.IntegerField(
        label="Within",
        min_value=1,
        max_value=365,
        help_text="Days. Clicks in one message within an hour are one occasion.",
    )
    interest_of = forms.ChoiceField(
        label="What counts towards it", choices=Interest.choices, required=False
    )
    note = forms.CharField(
        label="Why",
        max_length=300,
        required=False,
        help_text="Stands in the history, for whoever wonders later.",
    )

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        # Opens are there only where the organisation has the pixel on, and stay to be taken out
        # again where a policy counts them still.
        self.may_open = Organisation.objects.filter(pixel_on=True).exists()
        counted = policy.counts(_Kind.OPENED) or policy.weights.get(_Kind.OPENED)
        for kind, (label, help_text) in reversed(KINDS.items()):
            if kind != _Kind.OPENED or self.may_open or counted:
                self.fields[f"weight_{kind}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=HOTTEST, help_text=help_text
                )
                self.order_fields([f"weight_{kind}", *self.fields])
        if not (self.may_open or counted):
            del self.fields["interest_of"]

    @classmethod
    def initial_of(cls, policy: Policy) -> dict[str, Any]:
        """The fields as a policy fills them."""
        weights = {f"weight_{kind}": round(policy.weights.get(kind, 0)) for kind in KINDS}
        return weights | {
            "half_life_days": policy.half_life_days,
            "interest_count": policy.interest_count,
            "interest_days": policy.interest_days,
            "interest_of": policy.interest_of,
        }

    def weights(self) -> Iterator[BoundField]:
        """The fields of what signals are worth."""
        return (self[name] for name in self.fields if name.startswith("weight_"))

    def others(self) -> Iterator[BoundField]:
        """The other fields, but for the reason."""
        return (self[n] for n in self.fields if not n.startswith("weight_") and n != "note")

    def clean(self) -> dict[str, Any]:
        """Refuses what nobody could be measured by, and opens where there is no pixel."""
        said = super().clean() or {}
        worth = [value for name, value in said.items() if name.startswith("weight_") and value]
        if not worth and not self.errors:
            raise forms.ValidationError("By these numbers nobody would ever be warm.")
        if said.get("interest_of") == Interest.OPENS and not self.may_open:
            self.add_error("interest_of", "Opens are known only where the pixel is switched on.")
        return said

    def draft(self) -> Policy:
        """The policy that the form describes; valid forms only."""
        said = self.cleaned_data
        return Policy(
            scope=self.policy.scope,
            version=0,
            weights={kind: float(worth) for kind in KINDS if (worth := said.get(f"weight_{kind}"))},
            half_life_days=said["half_life_days"],
            interest_count=said["interest_count"],
            interest_days=said["interest_days"],
            interest_of=said.get("interest_of") or Interest.HUMAN,
        )
