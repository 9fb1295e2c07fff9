"""The pages about employers that are off limits: the list, and who is an exception."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import off_limits
from warmbench.people.models import OffLimits, OffLimitsException
from warmbench.web import access, access_agreed, change_form
from warmbench.web.access import user_of
from warmbench.web.candidate_forms import DayInput
from warmbench.web.toasts import back

#: How many agreements that are over are shown, and how many spellings.
_SHOWN = 50


class AgreementForm(forms.Form):
    """An employer whose people are not approached."""

    employer = forms.CharField(
        max_length=160,
        widget=forms.TextInput({"autofocus": True, "autocomplete": "off"}),
        help_text="However it is spelled in records: case, accents and legal forms do not matter.",
    )
    domain = forms.CharField(
        label="Domain of their addresses",
        max_length=120,
        required=False,
        help_text="Such as example.com. Whoever has an address there works there, too.",
    )
    client = forms.CharField(
        label="Only for roles of this client",
        max_length=160,
        required=False,
        help_text="A client conflict: they do not hear of this client's roles, and of all else"
        " they do. Left empty, they hear nothing at all.",
    )
    reason = forms.CharField(max_length=300, help_text="What was agreed, and with whom.")
    since = forms.DateField(label="From", widget=DayInput())
    until = forms.DateField(
        label="To",
        widget=DayInput(),
        required=False,
        help_text="The last day. Left empty, it has no end.",
    )

    def clean_employer(self) -> str:
        """A name with a letter or a digit in it."""
        name: str = self.cleaned_data["employer"]
        if not off_limits.key(name):
            raise forms.ValidationError("Enter the employer's name.")
        return name

    def clean_domain(self) -> str:
        """A domain, out of whatever was pasted."""
        domain = off_limits.bare_domain(self.cleaned_data["domain"])
        if domain and not off_limits.is_domain(domain):
            raise forms.ValidationError("This is no domain. Write it like example.com.")
        if off_limits.is_free_mail(domain):
            raise forms.ValidationError("Everybody may have an address there.")
        return domain

    def clean(self) -> dict[str, Any] | None:
        """The last day does not come before the first."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day comes before the first.")
        return said


class ExceptionForm(forms.Form):
    """Why one person may be approached all the same."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.TextInput({"autofocus": True, "placeholder": "They wrote to us themselves"}),
    )


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """Every agreement: what holds, what is to come, what is over."""
    today = timezone.localdate(clock.now())
    everything = list(OffLimits.objects.select_related("by").order_by("employer", "pk"))
    context = {
        "holding": [one for one in everything if _holds(one, today)],
        "coming": [one for one in everything if one.ended_at is None and one.since > today],
        "over": [one for one in everything if _is_over(one, today)][:_SHOWN],
    }
    return render(request, "off_limits/list.html", context)


@change_form.form_page
@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Put an employer on the list."""
    now = clock.now()
    initial = {
        "since": timezone.localdate(now),
        "employer": request.GET.get("employer", "")[:160],
    }
    form = AgreementForm(change_form.sent(request), initial=initial)
    if form.is_valid():
        made = off_limits.add(**form.cleaned_data, by_id=user_of(request).pk, now=now)
        said = f"{made.employer} is off limits. Nothing that was queued goes to its people."
        if made.client:
            said = f"People of {made.employer} do not hear of roles of {made.client} any more."
        return back(request, reverse("off-limits-entry", args=[made.pk]), said=said)
    status = 422 if form.is_bound else 200
    return render(request, "off_limits/add.html", {"form": form}, status=status)


@require_GET
@policy(Policy.RECRUITER)
def preview(request: HttpRequest) -> HttpResponse:
    """Whom an agreement would concern, and which employers are called alike."""
    employer = request.GET.get("employer", "")[:160]
    domain = off_limits.bare_domain(request.GET.get("domain", "")[:120])
    domain = domain if off_limits.is_domain(domain) else ""
    found = off_limits.spellings(employer)
    context = {
        "concerns": off_limits.concerns(employer, domain),
        "meant": [one for one in found if one.is_meant][:_SHOWN],
        "alike": [one for one in found if not one.is_meant][:_SHOWN],
        "has_name": bool(off_limits.key(employer) or domain),
    }
    return render(request, "off_limits/preview.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def entry(request: HttpRequest, off_limits_id: int) -> HttpResponse:
    """One agreement, whom it concerns, and who is an exception."""
    found = access_agreed.off_limits_for(off_limits_id)
    exceptions = OffLimitsException.objects.filter(of=found).select_related("candidate", "by")
    context = {
        "entry": found,
        "concerns": off_limits.concerned_by(found),
        "exceptions": exceptions.order_by("-at", "-pk"),
        "may_change": access_agreed.may_change_off_limits(user_of(request), found),
        "is_over": _is_over(found, timezone.localdate(clock.now())),
    }
    return render(request, "off_limits/entry.html", context)


@require_POST
@policy(Policy.OWNER)
def end(request: HttpRequest, off_limits_id: int) -> HttpResponse:
    """Take an employer off the list."""
    user = user_of(request)
    found = access_agreed.off_limits_to_change(user, off_limits_id)
    ended = off_limits.end(found.pk, by_id=user.pk, now=clock.now())
    said = f"{found.employer} is not off limits any more." if ended else "It has ended already."
    return back(request, "off-limits", said=said, is_error=not ended)


@change_form.form_page
@policy(Policy.OWNER)
def make_exception(request: HttpRequest, off_limits_id: int, candidate_id: int) -> HttpResponse:
    """Let one person be approached all the same."""
    user = user_of(request)
    found = access_agreed.off_limits_to_change(user, off_limits_id)
    candidate = access.candidate_for(candidate_id)
    form = ExceptionForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="Make an exception",
            button="Make an exception",
            text=f"{found.employer} stays off limits for everybody else.",
        )
    why, now = form.cleaned_data["reason"], clock.now()
    off_limits.make_exception(found.pk, candidate.pk, reason=why, by_id=user.pk, now=now)
    return change_form.done(request, candidate, f"{candidate.name} is an exception now.")


@require_POST
@policy(Policy.OWNER)
def end_exception(request: HttpRequest, off_limits_id: int, candidate_id: int) -> HttpResponse:
    """Let the agreement hold for somebody again."""
    user = user_of(request)
    found = access_agreed.off_limits_to_change(user, off_limits_id)
    candidate = access.candidate_for(candidate_id)
    off_limits.end_exception(found.pk, candidate.pk, by_id=user.pk, now=clock.now())
    there = reverse("off-limits-entry", args=[found.pk])
    return back(request, there, said=f"The agreement holds for {candidate.name} again.")


def _holds(one: OffLimits, today: date) -> bool:
    return one.ended_at is None and one.since <= today and (one.until is None or one.until >= today)


def _is_over(one: OffLimits, today: date) -> bool:
    return one.ended_at is not None or (one.until is not None and one.until < today)


urlpatterns = [
    path("off-limits/", show_all, name="off-limits"),
    path("off-limits/new/", add, name="off-limits-new"),
    path("off-limits/preview/", preview, name="off-limits-preview"),
    path("off-limits/<int:off_limits_id>/", entry, name="off-limits-entry"),
    path("off-limits/<int:off_limits_id>/end/", end, name="off-limits-end"),
    path(
        "off-limits/<int:off_limits_id>/exceptions/<int:candidate_id>/",
        make_exception,
        name="off-limits-except",
    ),
    path(
        "off-limits/<int:off_limits_id>/exceptions/<int:candidate_id>/end/",
        end_exception,
        name="off-limits-no-exception",
    ),
]
