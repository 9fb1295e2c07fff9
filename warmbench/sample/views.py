"""The control that skips the sample's clock ahead."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.sample import skipping

#: Days that the control offers.
SPANS = {"1", "7", "30"}


@require_POST
@policy(Policy.RECRUITER)
def skip_ahead(request: HttpRequest) -> HttpResponse:
    """Live through a day, a week or a month of the sample."""
    days = request.POST.get("days", "")
    if days in SPANS:
        now = skipping.skip(int(days))
        messages.success(request, f"It is now {now:%A, %-d %B %Y} in the sample.")
    following = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = "/"
    return redirect(following)
