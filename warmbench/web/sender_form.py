"""The form in which a person enters a mailbox that sends."""

from typing import Any

from django import forms

from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.core.tokens import Purpose, sign_address
from warmbench.integrations.mail import dkim_keys
from warmbench.integrations.mail.dkim_signing import DkimKey, KeyUnusableError
from warmbench.messaging import headers
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.models import Sender
from warmbench.messaging.models.sender import is_this_machine
from warmbench.messaging.senders import Mailbox
from warmbench.people.models import Channel
from warmbench.web.any_sender_form import AnySenderForm
from warmbench.web.host_field import HostField

#: No message of ours has a longer id: what fits with it fits with all.
_LARGEST_ID = 10**12


class SenderForm(AnySenderForm):
    """A mailbox: whose it is, its server, its signature and its pace."""

    channel = Channel.EMAIL
    shown = (
        *("from_name", "from_address", "is_default", "host", "port", "security", "username"),
        *("dkim_selector", "daily_cap", "ramp_from", "ramp_days", "spacing_min", "spacing_max"),
    )
    taken = "Another sender has this address."

    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody in particular (a mailbox of the team)",
        help_text="Whose candidates hear from this mailbox.",
    )
    from_name = forms.CharField(
        label="Name", max_length=120, help_text="What candidates see as the sender."
    )
    from_address = forms.EmailField(
        label="E-mail address", max_length=254, help_text="Answers come back to it."
    )
    is_default = forms.BooleanField(
        label="Writes to everybody whose recruiter has no mailbox", required=False
    )
    host = HostField(example="smtp.example.com")
    port = forms.IntegerField(min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(
        label="Encryption", choices=Sender.Security.choices, initial=Sender.Security.STARTTLS
    )
    username = forms.CharField(label="User name", max_length=200, required=False)
    password = forms.CharField(
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    dkim_selector = forms.RegexField(
        r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?\Z",
        label="DKIM selector",
        max_length=63,
        required=False,
        help_text="Leave it blank if your mail server signs by itself. Most do.",
        error_messages={"invalid": "Letters, digits, dots and hyphens, as in a name of the DNS."},
    )
    make_key = forms.BooleanField(label="Make a key for me", required=False)
    dkim_key = forms.CharField(
        label="DKIM private key",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "code", "autocomplete": "off"}),
        help_text="PEM, without a passphrase.",
    )
    daily_cap = forms.IntegerField(
        label="Messages a day", min_value=1, max_value=10_000, initial=100
    )
    restart_ramp = forms.BooleanField(label="Begin the first day again today", required=False)
    spacing_min = forms.IntegerField(
        label="Seconds apart, at least", min_value=0, max_value=3600, initial=90
    )
    spacing_max = forms.IntegerField(
        label="Seconds apart, at most", min_value=0, max_value=3600, initial=180
    )

    def __init__(self, *args: Any, user: User, sender: Sender | None = None, **kw: Any) -> None:
        super().__init__(*args, user=user, sender=sender, **kw)
        if sender is None:
            del self.fields["restart_ramp"]
        else:
            self.fields["password"].help_text = _kept(sender.password, "password")
            self.fields["dkim_key"].help_text += f" {_kept(sender.dkim_key, 'key')}"

    def clean_from_address(self) -> str:
        """An address that mail can come back to, and that no other sender has."""
        address = str(self.cleaned_data["from_address"]).lower()
        local, _, domain = address.rpartition("@")
        tag = sign_address(Purpose.UNSUBSCRIBE, _LARGEST_ID)
        try:
            headers.clean_address("From", address)
            headers.clean_address("From", f"{local}+{tag}@{domain}")
            headers.clean_list_id(f"{local}.{domain}")
        except HeaderError as error:
            raise forms.ValidationError(f"Mail cannot go from here: {error.reason}.") from error
        return self.unique(address)

    def clean_from_name(self) -> str:
        """A name that cannot become a header of its own."""
        name = str(self.cleaned_data["from_name"])
        try:
            headers.check("From", name)
        except HeaderError as error:
            raise forms.ValidationError(f"This cannot be a name: {error.reason}.") from error
        return name

    def clean(self) -> dict[str, Any]:
        """What only makes sense together."""
        said = super().clean()
        if said.get("security") == Sender.Security.NONE and not is_this_machine(
            said.get("host", "")
        ):
            self.add_error("security", "Without encryption only to a server on this machine.")
        if self._asks_for_password():
            self.add_error("password", "The server or the user is another one: enter it again.")
        self._clean_signature(said)
        return said

    def _asks_for_password(self) -> bool:
        # Otherwise whoever may edit a sender could have its password sent to a server of theirs.
        said, sender = self.cleaned_data, self.sender
        if sender is None or not sender.password or said.get("password"):
            return False
        if not said.get("username"):
            return False
        return any(said.get(name) != getattr(sender, name) for name in ("host", "port", "username"))

    def _clean_signature(self, said: dict[str, Any]) -> None:
        selector, pem = said.get("dkim_selector", ""), said.get("dkim_key", "").strip()
        stored = self.sender.dkim_key if self.sender else ""
        if said.get("make_key") and pem:
            self.add_error("make_key", "Either a new key, or the one below.")
        elif not selector:
            if pem or said.get("make_key"):
                self.add_error("dkim_selector", "A key needs a selector, such as “warmbench”.")
            said["dkim_key"] = ""
        elif said.get("make_key"):
            said["dkim_key"] = dkim_keys.new_key()
        elif not pem:
            said["dkim_key"] = None
            if not stored:
                self.add_error("dkim_key", "A selector needs a key: paste one, or have one made.")
        else:
            said["dkim_key"] = f"{pem}\n"
            key = DkimKey("example.com", selector, said["dkim_key"])
            try:
                dkim_keys.check(key, now=clock.now())
            except KeyUnusableError as error:
                self.add_error("dkim_key", str(error))

    def mailbox(self) -> Mailbox:
        """What was entered. Secrets that were left blank stay as they are."""
        said = self.said()
        said.pop("make_key")
        said.pop("restart_ramp", None)
        # Without a user name there is nothing to keep a password for.
        said["password"] = said["password"] or (None if said["username"] else "")
        return Mailbox(**said)


def _kept(secret: str, what: str) -> str:
    return f"A {what} is stored. Leave this blank to keep it." if secret else ""
