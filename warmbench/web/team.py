"""The pages about the team: who may sign in, what they may do, and everybody's own profile."""

from collections import defaultdict
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import absences, notification_choices, users
from warmbench.accounts.models import Organisation, Role, Team, User
from warmbench.accounts.policies import Policy, policy
from warmbench.accounts.users import Account, Identity, LastAdministratorError, Person
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.integrations.telling import mailing
from warmbench.messaging.models import Sender
from warmbench.people import candidates
from warmbench.people.models import Candidate, Channel, Specialism
from warmbench.web import absences as absence_pages
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.first_run import countries, time_zones
from warmbench.web.notification_form import NotificationForm
from warmbench.web.toasts import back
from warmbench.web.typed import typed

#: People per transaction when somebody's candidates are handed over.
_BATCH = 500
_LAST = "You are the only administrator: give somebody else that role first."


class ProfileForm(forms.Form):
    """What users say about themselves."""

    name = forms.CharField(max_length=150, help_text="Candidates see it under your messages.")
    title = forms.CharField(label="Position", max_length=150, required=False)
    booking_url = forms.URLField(
        label="Booking link",
        required=False,
        assume_scheme="https",
        help_text="Calendly, Chili Piper, or any page where candidates pick a time with you.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=time_zones,
        help_text="Pages show times in it, and your mailbox's day begins by it.",
    )

    def person(self) -> Person:
        """What was said."""
        return Person(**self.cleaned_data)


class AccountForm(ProfileForm):
    """What an administrator says about a user."""

    email = forms.EmailField(label="E-mail address", help_text="They sign in with it.")
    role = forms.ChoiceField(
        choices=[
            (Role.RECRUITER, "Recruiter: works with candidates, writes pools"),
            (Role.VIEWER, "Viewer: reads everything, changes nothing"),
            (Role.ADMIN, "Administrator: also users, senders and tags of everybody"),
        ],
        widget=forms.RadioSelect,
        initial=Role.RECRUITER,
    )
    is_auditor = forms.BooleanField(
        label="Auditor: sees how groups of people fare on shortlists",
        help_text="Counts of what people declared of themselves, never of one person. No role has"
        " it by itself.",
        required=False,
    )
    team = forms.CharField(max_length=100, required=False)
    field_order = (
        *("name", "email", "role", "is_auditor", "title"),
        *("team", "booking_url", "time_zone"),
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["name"].help_text = "Candidates see it under their messages."
        self.fields["booking_url"].help_text = "Where candidates pick a time with them."
        self.fields["time_zone"].help_text = ""
        self.fields["team"].widget.attrs |= {"list": "teams", "autocomplete": "off"}

    @staticmethod
    def initial_of(user: User) -> dict[str, Any]:
        """What the form shows of a user."""
        names = ("name", "email", "role", "is_auditor", "title", "booking_url", "time_zone")
        shown = {name: getattr(user, name) for name in names}
        return shown | {"team": user.team.name if user.team else ""}

    def clean_email(self) -> str:
        """An address that nobody else signs in with."""
        email = str(self.cleaned_data["email"]).lower()
        same = User.objects.filter(email=email)
        if (same.exclude(pk=self.user.pk) if self.user else same).exists():
            raise forms.ValidationError(users.ADDRESS_TAKEN)
        return email

    def account(self) -> Account:
        """What was said."""
        return Account(**self.cleaned_data)


class OrganisationForm(forms.Form):
    """Who the organisation is."""

    name = forms.CharField(max_length=200)
    postal_address = forms.CharField(
        help_text="The law wants it in every mail; it stands in the footer.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    website = forms.URLField(required=False, assume_scheme="https")
    privacy_url = forms.URLField(
        label="Address of your privacy notice", required=False, assume_scheme="https"
    )
    default_country = forms.ChoiceField(
        label="Country", choices=countries, help_text="For candidates of whom we know none."
    )
    default_time_zone = forms.ChoiceField(
        label="Time zone", choices=time_zones, help_text="For candidates of unknown place."
    )
    pixel_on = forms.BooleanField(
        label="Record opens of candidates who agree to it",
        help_text="Off unless you mean it. On their preferences page candidates are then asked;"
        " only mails to those who agree carry the picture. Who withdraws is recorded no more at"
        " once, also by old mails. Much of what loads pictures is no reader.",
        required=False,
    )

    def identity(self) -> Identity:
        """What was said."""
        return Identity(**self.cleaned_data)


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the team."""
    found = list(User.objects.select_related("team").order_by("name", "pk"))
    owned = candidates.owned(now=clock.now())
    people = {} if owned is None else dict.fromkeys((one.pk for one in found), 0) | owned
    mailboxes = set(
        Sender.objects.filter(channel=Channel.EMAIL)
        .exclude(owner=None)
        .values_list("owner_id", flat=True)
    )
    fields: defaultdict[int, list[str]] = defaultdict(list)
    chosen = Specialism.objects.order_by("tag__name").values_list("user_id", "tag__name")
    for user_id, name in chosen:
        fields[user_id].append(name)
    away = absences.away(now=clock.now())
    rows = [
        (one, people.get(one.pk), one.pk in mailboxes, away.get(one.pk), fields[one.pk])
        for one in found
        if one.is_active
    ]
    context = {
        "rows": rows,
        "former": [one for one in found if not one.is_active],
        "organisation": Organisation.objects.first(),
    }
    return render(request, "team/list.html", context)


@policy(Policy.ADMIN)
@sensitive_variables("password")
def add(request: HttpRequest) -> HttpResponse:
    """Add a user, and show their first password once."""
    organisation = Organisation.objects.first()
    zone = organisation.default_time_zone if organisation else "UTC"
    form = AccountForm(request.POST or None, initial={"time_zone": zone})
    if not form.is_valid():
        return _editor(request, form)
    try:
        user, password = users.add(form.account(), by_id=user_of(request).pk, now=clock.now())
    except TakenError as error:
        form.add_error(error.field, str(error))
        return _editor(request, form)
    return _password_page(request, user, password)


@policy(Policy.ADMIN)
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change a user."""
    user = access.user_for(user_id)
    form = AccountForm(request.POST or None, user=user, initial=AccountForm.initial_of(user))
    if not form.is_valid():
        return _editor(request, form)
    try:
        by_id = user_of(request).pk
        changed = users.change(user_id, form.account(), by_id=by_id, now=clock.now())
    except LastAdministratorError:
        form.add_error("role", _LAST)
        return _editor(request, form)
    except TakenError as error:
        form.add_error(error.field, str(error))
        return _editor(request, form)
    return back(request, "team", said="Changed." if changed else "Nothing was different.")


def _editor(request: HttpRequest, form: AccountForm) -> HttpResponse:
    user = form.user
    colleagues = User.objects.filter(is_active=True, role__in=[Role.RECRUITER, Role.ADMIN])
    context: dict[str, Any] = {"form": form, "person": user, "teams": Team.objects.order_by("name")}
    if user:
        context |= {
            "people": Candidate.objects.filter(owner=user).count(),
            "colleagues": colleagues.exclude(pk=user.pk).order_by("name"),
            **absence_pages.of(user, now=clock.now()),
        }
    return render(request, "team/edit.html", context, status=422 if form.errors else 200)


@require_POST
@policy(Policy.ADMIN)
def deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a user sign in no more, and give their candidates to a colleague."""
    user, by_id, now = access.user_for(user_id), user_of(request).pk, clock.now()
    colleagues = User.objects.filter(is_active=True, role__in=[Role.RECRUITER, Role.ADMIN])
    asked = typed(request.POST, "to")
    to = colleagues.filter(email=asked).exclude(pk=user_id).first() if asked else None
    if asked and not to:
        there = reverse("user", args=[user_id])
        return back(request, there, said="Choose who takes over.", is_error=True)
    try:
        users.deactivate(user_id, by_id=by_id, now=now)
    except LastAdministratorError:
        return back(request, reverse("user", args=[user_id]), said=_LAST, is_error=True)
    said = f"{user.name} cannot sign in any more."
    if to:
        ids = list(Candidate.objects.filter(owner=user).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            candidates.hand_over(part, to_id=to.pk, by_id=by_id, now=now)
        said += f" {to.name} has their {len(ids):,} candidates now."
    return back(request, "team", said=said)


@require_POST
@policy(Policy.ADMIN)
def reactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a user sign in again."""
    user = access.user_for(user_id)
    users.reactivate(user_id, by_id=user_of(request).pk, now=clock.now())
    return back(request, "team", said=f"{user.name} can sign in again.")


@require_POST
@policy(Policy.ADMIN)
@sensitive_variables("password")
def new_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a user another password, and show it once."""
    user = access.user_for(user_id)
    password = users.give_new_password(user_id, by_id=user_of(request).pk, now=clock.now())
    return _password_page(request, user, password)


def _password_page(request: HttpRequest, user: User, password: str) -> HttpResponse:
    context = {"person": user, "password": password}
    response = render(request, "team/password.html", context)
    # Neither this browser's history nor anything on the way shall keep it.
    response.headers["Cache-Control"] = "no-store"
    return response


@policy(Policy.SIGNED_IN)
def profile(request: HttpRequest) -> HttpResponse:
    """What users say about themselves."""
    user = user_of(request)
    form = ProfileForm(request.POST or None, initial=_said_of_oneself(user))
    if not form.is_valid():
        return profile_page(request, form=form)
    changed = users.change_oneself(user.pk, form.person(), now=clock.now())
    return back(request, "profile", said="Saved." if changed else "Nothing was different.")


def profile_page(
    request: HttpRequest,
    *,
    form: ProfileForm | None = None,
    choices: NotificationForm | None = None,
) -> HttpResponse:
    """The page of a user's own profile; one of its two forms may be on its way back."""
    user = user_of(request)
    chosen = notification_choices.of([user])[user.pk]
    context = {
        "form": form or ProfileForm(initial=_said_of_oneself(user)),
        "choices": choices or NotificationForm(None, user=user, choices=chosen),
        "carrier": mailing.mailbox_for(user),
        **absence_pages.of(user, now=clock.now()),
    }
    is_bound = any(one is not None and one.is_bound for one in (form, choices))
    return render(request, "team/profile.html", context, status=422 if is_bound else 200)


def _said_of_oneself(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in ("name", "title", "booking_url", "time_zone")}


@policy(Policy.ADMIN)
def organisation(request: HttpRequest) -> HttpResponse:
    """Who the organisation is."""
    present = access.organisation()
    names = list(OrganisationForm.base_fields)
    shown = {name: getattr(present, name) for name in names}
    form = OrganisationForm(request.POST or None, initial=shown)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "team/organisation.html", {"form": form}, status=status)
    by_id = user_of(request).pk
    changed = users.change_organisation(form.identity(), by_id=by_id, now=clock.now())
    return back(request, "team", said="Changed." if changed else "Nothing was different.")


urlpatterns = [
    path("team/", show_all, name="team"),
    path("team/new/", add, name="user-new"),
    path("team/organisation/", organisation, name="organisation"),
    path("team/<int:user_id>/", edit, name="user"),
    path("team/<int:user_id>/deactivate/", deactivate, name="user-deactivate"),
    path("team/<int:user_id>/reactivate/", reactivate, name="user-reactivate"),
    path("team/<int:user_id>/password/", new_password, name="user-password"),
    path("profile/", profile, name="profile"),
]
