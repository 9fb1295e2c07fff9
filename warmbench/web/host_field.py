"""The field in which a person enters the name of a mail server."""

import re
from typing import Any

from django import forms

_HOST = re.compile(r"[a-z\d]([a-z\d.-]{0,198}[a-z\d])?|[\da-f:]+", re.IGNORECASE | re.ASCII)


class HostField(forms.CharField):
    """A name or an address, without anything around it."""

    def __init__(self, *, example: str) -> None:
        super().__init__(label="Mail server", max_length=200, help_text=example)
        self.example = example

    def clean(self, value: Any) -> str:
        """What was entered, in lower case."""
        host = str(super().clean(value)).lower()
        if not _HOST.fullmatch(host):
            raise forms.ValidationError(f"Only the server's name, such as {self.example}.")
        return host
