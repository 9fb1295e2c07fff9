"""What the forms of all senders have in common: whose one is, and that its pace makes sense."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet

from warmbench.accounts.models import Role, User
from warmbench.core.unique import TakenError
from warmbench.messaging.models import Sender
from warmbench.people.models import Channel


class AnySenderForm(forms.Form):
    """Whose a sender is, and how much it sends. Each kind has the other fields, and words for
    ``owner``, ``is_default``, ``daily_cap``, ``spacing_min`` and ``spacing_max``."""

    channel: ClassVar[Channel]
    #: What is shown of a sender, beside its owner.
    shown: ClassVar[tuple[str, ...]]
    #: What to say of an address that another sender has.
    taken: ClassVar[str]

    ramp_from = forms.IntegerField(
        label="On the first day", min_value=1, max_value=10_000, initial=20
    )
    ramp_days = forms.IntegerField(
        label="Days until the full number", min_value=0, max_value=365, initial=14
    )

    def __init__(self, *args: Any, user: User, sender: Sender | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.sender = sender
        self.user = user
        if user.is_admin:
            owner = self.fields["owner"]
            assert isinstance(owner, forms.ModelChoiceField)
            owner.queryset = self._possible_owners()
        else:
            # What is not asked cannot be answered: these are an administrator's to say.
            del self.fields["owner"], self.fields["is_default"]

    @classmethod
    def initial_of(cls, sender: Sender) -> dict[str, Any]:
        """What the form shows of a sender: everything but its secrets."""
        return {name: getattr(sender, name) for name in cls.shown} | {"owner": sender.owner_id}

    def unique(self, address: str) -> str:
        """The address. Raises ValidationError where another sender has it."""
        same = Sender.objects.filter(from_address=address)
        if (same.exclude(pk=self.sender.pk) if self.sender else same).exists():
            raise forms.ValidationError(self.taken)
        return address

    def clean(self) -> dict[str, Any]:
        """What only makes sense together."""
        said = self.cleaned_data
        if said.get("spacing_min", 0) > said.get("spacing_max", 3600):
            self.add_error("spacing_max", "This is less than the least.")
        if said.get("ramp_from", 0) > said.get("daily_cap", 10_000):
            self.add_error("ramp_from", "This is more than on a normal day.")
        return said

    def said(self) -> dict[str, Any]:
        """What was entered, with whose the sender is: only an administrator may say it."""
        said = dict(self.cleaned_data)
        if self.user.is_admin:
            owner = said.pop("owner")
            said["owner_id"] = owner.pk if owner else None
        elif self.sender:
            said |= {"owner_id": self.sender.owner_id, "is_default": self.sender.is_default}
        else:
            said["owner_id"] = self.user.pk
        return said

    def say(self, error: TakenError) -> None:
        """Show that somebody else was faster, beside what it is about if that is asked here."""
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def _possible_owners(self) -> QuerySet[User]:
        """Whoever has no sender of this channel yet, and the owner of this one."""
        # A second one of one recruiter would make it chance which of them writes.
        present = Q(pk=self.sender.owner_id if self.sender else None)
        taken = Sender.objects.filter(channel=self.channel).exclude(owner=None).values("owner_id")
        active = Q(is_active=True, role__in=[Role.RECRUITER, Role.ADMIN]) & ~Q(pk__in=taken)
        return User.objects.filter(present | active).order_by("name")
