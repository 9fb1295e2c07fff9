"""The part of forms that takes an address which we call, and do not show again."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from warmbench.integrations import outgoing
from warmbench.integrations.outgoing import RefusedError


class CalledForm(forms.Form):
    """A name, and an address that is called."""

    name = forms.CharField(max_length=80)
    url = forms.CharField(
        label="Address",
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        initial: Mapping[str, Any] | None = None,
        known: str | None = None,
    ) -> None:
        """``known``: the host of the address that is stored, which a blank one leaves as it is."""
        super().__init__(data, initial=dict(initial or {}))
        if known is not None:
            self.fields["url"].required = False
            said = f"It is at {known}. Leave it blank to keep it; it is not shown."
            self.fields["url"].help_text = said

    def clean_url(self) -> str:
        """An address that may be called, as far as it can be told without asking anybody."""
        url = str(self.cleaned_data["url"]).strip()
        if url:
            try:
                outgoing.target_of(url)
            except RefusedError as error:
                raise forms.ValidationError(str(error)) from error
        return url
