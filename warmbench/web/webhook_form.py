"""The form in which an administrator enters a webhook."""

from typing import Any

from django import forms
from django.http import QueryDict

from warmbench.accounts.models import Detail, Kind, Team, User, Webhook
from warmbench.accounts.webhooks import Entry
from warmbench.web.called_form import CalledForm

_EVERYBODY = "all"


def _whose() -> list[tuple[str, Any]]:
    people = User.objects.filter(is_active=True).order_by("name", "pk")
    return [
        (_EVERYBODY, "Everybody here"),
        ("One team", [(f"team:{one.pk}", one.name) for one in Team.objects.order_by("name")]),
        ("One person", [(f"user:{one.pk}", one.name) for one in people]),
    ]


class WebhookForm(CalledForm):
    """A webhook: where it is, what it reads, and what it is told."""

    name = forms.CharField(max_length=80, help_text="For you: #recruiting, or Alice's chat.")
    style = forms.ChoiceField(
        label="What reads it",
        choices=Webhook.Style.choices,
        initial=Webhook.Style.TEXT,
        widget=forms.RadioSelect,
    )
    whose = forms.ChoiceField(
        label="Whose news", choices=_whose, help_text="What they are told, the webhook is told."
    )
    kinds = forms.MultipleChoiceField(
        label="Which news",
        choices=Kind.choices,
        initial=[Kind.REPLY, Kind.ROLE_INTEREST, Kind.CALL],
        widget=forms.CheckboxSelectMultiple,
    )
    detail = forms.ChoiceField(
        label="What it says about a candidate",
        choices=Detail.choices,
        initial=Detail.NOBODY,
        widget=forms.RadioSelect,
        help_text="Everybody in the channel reads it, and the program keeps it.",
    )
    when_quiet = forms.BooleanField(label="Also in quiet hours", required=False)

    def __init__(self, data: QueryDict | None, *, webhook: Webhook | None = None) -> None:
        known = webhook.host if webhook else None
        super().__init__(data, initial=_shown(webhook) if webhook else None, known=known)
        if known is not None:
            self.fields["url"].help_text = (
                f"It is at {known}. Leave it blank to keep it; it is not shown, because"
                " whoever knows it may write there."
            )

    def entry(self) -> Entry:
        """What was entered. An address that was left blank stays as it is."""
        said = self.cleaned_data
        kind, _, pk = said["whose"].partition(":")
        return Entry(
            name=said["name"],
            url=said["url"] or None,
            style=said["style"],
            kinds=said["kinds"],
            detail=said["detail"],
            user_id=int(pk) if kind == "user" else None,
            team_id=int(pk) if kind == "team" else None,
            when_quiet=said["when_quiet"],
        )


def _shown(webhook: Webhook) -> dict[str, Any]:
    shown = {name: getattr(webhook, name) for name in ("name", "style", "kinds", "detail")}
    whose = _EVERYBODY
    if webhook.user_id:
        whose = f"user:{webhook.user_id}"
    elif webhook.team_id:
        whose = f"team:{webhook.team_id}"
    return shown | {"whose": whose, "when_quiet": webhook.when_quiet}
