"""The part of forms that takes what a vendor gave somebody: keys, and where they open something."""

from collections.abc import Mapping
from typing import Any, Protocol

from django import forms
from django.http import QueryDict

from warmbench.integrations import outgoing
from warmbench.integrations.ats.protocol import KeyField
from warmbench.integrations.outgoing import RefusedError

_KEY, _ADDRESS = "key-", "address-"


class Vendor(Protocol):
    """What the form needs to know of a vendor."""

    @property
    def label(self) -> str:
        """Its name."""
        ...

    @property
    def fields(self) -> tuple[KeyField, ...]:
        """What a person pastes."""
        ...

    @property
    def addresses(self) -> Mapping[str, str]:
        """The usual addresses by name."""
        ...

    @property
    def hosts(self) -> tuple[str, ...]:
        """Keys are sent to these hosts, and to what is below them, alone."""
        ...


class KeysForm(forms.Form):
    """What a vendor asks for, and where it is."""

    def __init__(
        self, data: QueryDict | None, vendor: Vendor, *, known: Mapping[str, str] | None = None
    ) -> None:
        """``known``: the addresses of what has its keys already, which are not asked for again."""
        self._vendor = vendor
        shown = {**vendor.addresses, **(known or {})}
        super().__init__(data, initial={f"{_ADDRESS}{name}": url for name, url in shown.items()})
        for one in vendor.fields:
            self.fields[f"{_KEY}{one.name}"] = forms.CharField(
                label=one.label,
                help_text=one.help if known is None else f"{one.help} Blank: as it is.".strip(),
                max_length=500,
                required=one.is_required and known is None,
                widget=forms.PasswordInput(attrs={"autocomplete": "off"})
                if one.is_secret
                else forms.TextInput(attrs={"autocomplete": "off"}),
            )
        for name in vendor.addresses:
            self.fields[f"{_ADDRESS}{name}"] = forms.CharField(
                label=name.capitalize() if len(vendor.addresses) > 1 else "Address",
                max_length=300,
            )

    def keys(self) -> list[forms.BoundField]:
        """The fields that are not addresses."""
        return [field for field in self if not field.name.startswith(_ADDRESS)]

    def elsewhere(self) -> list[forms.BoundField]:
        """The fields for other addresses than the usual ones."""
        return [field for field in self if field.name.startswith(_ADDRESS)]

    def clean(self) -> dict[str, Any]:
        """Addresses of the vendor alone: keys are sent there."""
        said: dict[str, Any] = self.cleaned_data
        for name in self._vendor.addresses:
            address = said.get(f"{_ADDRESS}{name}", "")
            if address and (wrong := self._fault(address)):
                self.add_error(f"{_ADDRESS}{name}", wrong)
        return said

    def _fault(self, address: str) -> str:
        try:
            target = outgoing.target_of(address)
        except RefusedError as error:
            return str(error)
        if outgoing.may_be_this_machine() and target.ip is not None and target.ip.is_loopback:
            return ""
        hosts = self._vendor.hosts
        if any(target.host == host or target.host.endswith(f".{host}") for host in hosts):
            return ""
        return f"Keys are sent only to addresses of {self._vendor.label}: {', '.join(hosts)}."

    def credentials(self) -> dict[str, str]:
        """What was pasted; nothing for fields that were left blank."""
        return with_prefix(_KEY, self.cleaned_data)

    def addresses(self) -> dict[str, str]:
        """The addresses that are not the vendor's usual ones."""
        said = with_prefix(_ADDRESS, self.cleaned_data)
        usual = self._vendor.addresses
        return {name: url for name, url in said.items() if url != usual[name]}


def with_prefix(prefix: str, said: Mapping[str, Any]) -> dict[str, str]:
    """What was said in fields that begin so, by the rest of their names; no blanks."""
    return {
        name.removeprefix(prefix): value
        for name, value in said.items()
        if name.startswith(prefix) and value
    }
