"""The form in which a person enters a mailbox that is read."""

from typing import Any

from django import forms
from django.http import QueryDict

from warmbench.core import clock
from warmbench.messaging.inboxes import Entry
from warmbench.messaging.models import Inbox, Sender
from warmbench.messaging.models.sender import is_this_machine
from warmbench.web.host_field import HostField

_SHOWN = ("host", "port", "security", "username", "folder", "takes", "read_since")


class InboxForm(forms.Form):
    """A mailbox: its server, who signs in, and what of it is read."""

    host = HostField(example="imap.example.com")
    port = forms.IntegerField(min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(
        label="Encryption", choices=Sender.Security.choices, initial=Sender.Security.TLS
    )
    username = forms.CharField(
        label="User name", max_length=200, help_text="Often the whole address."
    )
    password = forms.CharField(
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="With two factors, an app password.",
    )
    folder = forms.CharField(max_length=200, initial="INBOX", help_text="Usually INBOX.")
    takes = forms.ChoiceField(
        label="What is copied of it",
        choices=Inbox.Takes.choices,
        initial=Inbox.Takes.OURS,
        widget=forms.RadioSelect,
    )
    read_since = forms.DateField(
        label="Mails since",
        # The one way in which browsers read it.
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Earlier ones are left alone.",
    )

    def __init__(self, data: QueryDict | None, *, inbox: Inbox | None = None) -> None:
        today = {"read_since": clock.now().date()}
        shown = {name: getattr(inbox, name) for name in _SHOWN} if inbox else today
        super().__init__(data, initial=shown)
        self.inbox = inbox
        if inbox:
            password = self.fields["password"]
            password.required = False
            password.help_text = "Leave it blank to keep the one that is stored."

    def clean(self) -> dict[str, Any]:
        """What only makes sense together."""
        said = self.cleaned_data
        if said.get("security") == Sender.Security.NONE and not is_this_machine(
            said.get("host", "")
        ):
            self.add_error("security", "Without encryption only from a server on this machine.")
        # Otherwise whoever may edit could have the password sent to a server of theirs.
        place = ("host", "port", "username", "security")
        if (
            self.inbox
            and not said.get("password")
            and any(said.get(name) != getattr(self.inbox, name) for name in place)
        ):
            self.add_error("password", "The server or the user is another one: enter it again.")
        return said

    def entry(self) -> Entry:
        """What was entered. A password that was left blank stays as it is."""
        said = self.cleaned_data
        shown = {name: said[name] for name in _SHOWN}
        return Entry(**shown, password=said["password"] or None)
