"""The form in which a person enters a number that sends texts."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms

from warmbench.accounts.models import User
from warmbench.integrations.sms import twilio
from warmbench.messaging.models import Sender
from warmbench.messaging.models.sender import is_this_machine
from warmbench.messaging.senders import Mailbox
from warmbench.people import phones
from warmbench.people.models import Channel
from warmbench.people.phones import Phone
from warmbench.web.any_sender_form import AnySenderForm

_SERVICE = re.compile(r"MG[0-9a-f]{32}", re.ASCII)


class TextSenderForm(AnySenderForm):
    """A number: whose it is, its account, what its texts say they are from, and its pace."""

    channel = Channel.SMS
    shown = (
        *("from_name", "from_address", "is_default", "host", "username", "brand", "us_brand"),
        *("us_campaign", "daily_cap", "ramp_from", "ramp_days", "spacing_min", "spacing_max"),
    )
    taken = "Another sender has this number."

    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody in particular (a number of the team)",
        help_text="Whose candidates hear from this number.",
    )
    from_name = forms.CharField(label="Name", max_length=120, help_text="What your team calls it.")
    from_address = forms.CharField(
        label="Number",
        max_length=60,
        help_text="With its country code, such as +44 20 7946 0018; or a messaging service, MG….",
    )
    is_default = forms.BooleanField(
        label="Texts everybody whose recruiter has no number", required=False
    )
    brand = forms.CharField(
        label="Brand",
        max_length=40,
        help_text="The first text to everybody begins with it, so that they know who writes.",
    )
    username = forms.RegexField(
        r"^AC[0-9a-f]{32}\Z",
        label="Account SID",
        error_messages={"invalid": "AC and 32 digits or letters from a to f."},
    )
    password = forms.CharField(
        label="Auth token",
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    host = forms.CharField(
        label="Address of the API",
        max_length=200,
        initial=twilio.API,
        help_text="Another one than Twilio's is for its simulators.",
    )
    us_brand = forms.CharField(
        label="Brand id", max_length=40, required=False, help_text="As registered for 10DLC."
    )
    us_campaign = forms.CharField(label="Campaign id", max_length=40, required=False)
    daily_cap = forms.IntegerField(label="Texts a day", min_value=1, max_value=10_000, initial=100)
    spacing_min = forms.IntegerField(
        label="Seconds apart, at least", min_value=0, max_value=3600, initial=10
    )
    spacing_max = forms.IntegerField(
        label="Seconds apart, at most", min_value=0, max_value=3600, initial=30
    )

    def __init__(self, *args: Any, user: User, sender: Sender | None = None, **kw: Any) -> None:
        super().__init__(*args, user=user, sender=sender, **kw)
        if sender is None:
            self.fields["password"].required = True
        else:
            kept = "A token is stored. Leave this blank to keep it."
            self.fields["password"].help_text = kept

    def clean_from_address(self) -> str:
        """A number as networks write it, or a messaging service, that no other sender has."""
        entered = str(self.cleaned_data["from_address"])
        if not _SERVICE.fullmatch(entered):
            found = phones.phone(entered)
            if not isinstance(found, Phone):
                raise forms.ValidationError("A number with its country code, such as +44 …")
            entered = found.e164
        return self.unique(entered)

    def clean_host(self) -> str:
        """An address that the token may be sent to: by HTTPS, or on this machine."""
        host = str(self.cleaned_data["host"]).rstrip("/")
        try:
            parts = urlsplit(host)
            name = parts.hostname or ""
        except ValueError as error:
            raise forms.ValidationError("This is no web address.") from error
        is_bare = not (parts.path or parts.query or parts.fragment or parts.username)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(name))
        if not name or not is_bare or not is_safe:
            raise forms.ValidationError("Only https:// and a name, such as https://api.twilio.com.")
        return host

    def clean(self) -> dict[str, Any]:
        """What only makes sense together."""
        said, sender = super().clean(), self.sender
        if bool(said.get("us_brand")) != bool(said.get("us_campaign")):
            missing = "us_campaign" if said.get("us_brand") else "us_brand"
            self.add_error(missing, "American networks ask for both.")
        # Otherwise whoever may edit a sender could have its token sent to a server of theirs.
        is_other = sender and any(said.get(n) != getattr(sender, n) for n in ("host", "username"))
        if is_other and not said.get("password"):
            self.add_error("password", "The account is another one: enter its token again.")
        return said

    def mailbox(self) -> Mailbox:
        """What was entered. A token that was left blank stays as it is."""
        said = self.said()
        said["password"] = said["password"] or None
        return Mailbox(**said, channel=Channel.SMS, port=443, security=Sender.Security.TLS)
