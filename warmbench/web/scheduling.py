"""The pages about the accounts in which candidates book talks with recruiters."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import Role, User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.integrations.ats.errors import AtsError
from warmbench.integrations.models import Booking, SchedulingAccount, SchedulingEvent
from warmbench.integrations.scheduling import accounts, opening, vendors
from warmbench.integrations.scheduling.protocol import Vendor
from warmbench.web.access import user_of
from warmbench.web.connection_access import account_for
from warmbench.web.keys_form import KeysForm
from warmbench.web.toasts import back

_SHOWN = 20


class AccountForm(KeysForm):
    """Whose account it is, and what opens it."""

    recruiter = forms.ModelChoiceField(
        User.objects.none(), help_text="With whom candidates talk who book there."
    )

    def __init__(self, data: QueryDict | None, vendor: Vendor) -> None:
        super().__init__(data, vendor)
        recruiter = self.fields["recruiter"]
        assert isinstance(recruiter, forms.ModelChoiceField)
        working = User.objects.filter(is_active=True, scheduling=None)
        recruiter.queryset = working.exclude(role=Role.VIEWER).order_by("name")


@policy(Policy.ADMIN)
def connect(request: HttpRequest, scheduler: str) -> HttpResponse:
    """Try somebody's keys, and connect the account."""
    if scheduler not in vendors.all_of_them():
        raise Http404("There is no such system.")
    vendor = vendors.of(scheduler)
    form = AccountForm(request.POST if request.method == "POST" else None, vendor)
    mistake = ""
    if form.is_valid():
        try:
            made = accounts.connect(
                vendor.key,
                form.cleaned_data["recruiter"].pk,
                form.credentials(),
                form.addresses(),
                by_id=user_of(request).pk,
                clock=clock.now,
            )
            return redirect("scheduling", account_id=made.pk)
        except TakenError as error:
            form.add_error(error.field, str(error))
        except AtsError as error:
            mistake = str(error)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "vendor": vendor, "mistake": mistake}
    return render(request, "scheduling/connect.html", context, status=status)


@require_GET
@policy(Policy.ADMIN)
def show(request: HttpRequest, account_id: int) -> HttpResponse:
    """How an account does, and which of its links candidates get."""
    account = account_for(account_id)
    vendor = vendors.of(account.vendor)
    waiting = SchedulingEvent.objects.filter(account=account, processed_at=None)
    context = {
        "account": account,
        "vendor": vendor,
        "links": opening.links_of(account),
        "chosen": account.recruiter.booking_url,
        "is_heard": account.recruiter.booking_url == account.recruiter.heard_booking_url,
        "hook_url": "" if vendor.is_told_by_api else accounts.hook_url(account),
        "waiting": waiting.count(),
        "bookings": Booking.objects.filter(account=account)
        .select_related("candidate")
        .order_by("-booked_at")[:_SHOWN],
    }
    return render(request, "scheduling/show.html", context)


@require_POST
@policy(Policy.ADMIN)
def choose(request: HttpRequest, account_id: int) -> HttpResponse:
    """Send candidates to one of its links."""
    account = account_for(account_id)
    there = reverse("scheduling", args=[account.pk])
    url = request.POST.get("link", "")
    if not accounts.choose_link(account.pk, url, by_id=user_of(request).pk, now=clock.now()):
        return back(request, there, said="The account has no such link.", is_error=True)
    return back(request, there, said=f"Candidates of {account.recruiter.name} book there now.")


@require_POST
@policy(Policy.ADMIN)
def test(request: HttpRequest, account_id: int) -> HttpResponse:
    """Try the keys again, look which links there are, and have it call us."""
    account = account_for(account_id)
    there = reverse("scheduling", args=[account.pk])
    try:
        accounts.test(account.pk, clock=clock.now)
        account = accounts.call_us(account.pk, by_id=user_of(request).pk, clock=clock.now)
    except AtsError as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said=account.silence or f"{account} answers.")


@require_POST
@policy(Policy.ADMIN)
def end(request: HttpRequest, account_id: int) -> HttpResponse:
    """Disconnect an account, and forget its keys."""
    account = account_for(account_id)
    accounts.end(account.pk, by_id=user_of(request).pk, clock=clock.now)
    said = f"{account} of {account.recruiter.name} is disconnected; its keys are gone."
    return back(request, "connections", said=said)


def accounts_in_list() -> dict[str, Any]:
    """What the list of connections says about booking."""
    found = SchedulingAccount.objects.select_related("recruiter").order_by("recruiter__name")
    return {"accounts": list(found), "schedulers": list(vendors.all_of_them().values())}


urlpatterns = [
    path("connections/scheduling/<int:account_id>/", show, name="scheduling"),
    path("connections/scheduling/<int:account_id>/link/", choose, name="scheduling-link"),
    path("connections/scheduling/<int:account_id>/test/", test, name="scheduling-test"),
    path("connections/scheduling/<int:account_id>/end/", end, name="scheduling-end"),
    path("connections/scheduling/connect/<str:scheduler>/", connect, name="scheduling-new"),
]
