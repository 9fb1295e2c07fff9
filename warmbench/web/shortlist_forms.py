"""The form with which a recruiter shares a shortlist."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from warmbench.shortlists import sharing
from warmbench.web.candidate_forms import DayInput


class ShareForm(forms.Form):
    """Who reads a list, until when, and whether they see what people said of their terms."""

    reader = forms.CharField(
        label="Who reads it",
        max_length=160,
        help_text="Their answers stand under this name. One link for one person.",
    )
    until = forms.DateField(label="Until the end of", widget=DayInput)
    shows_terms = forms.BooleanField(
        label="Show what people said of pay, place, level and start",
        required=False,
        help_text="Left out unless you tick it: ask them first.",
    )

    @classmethod
    def usual(cls, *, now: datetime) -> dict[str, Any]:
        """What stands in it at first."""
        return {"until": timezone.localdate(now + sharing.USUALLY)}

    def ends(self) -> datetime:
        """The last moment of the chosen day, where the recruiter is."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], time(23, 59, 59)))
