"""Where users say, on their profile, how they want to be told."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from warmbench.accounts import notification_choices
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.web.access import user_of
from warmbench.web.notification_form import NotificationForm
from warmbench.web.team import profile_page
from warmbench.web.toasts import back


@require_POST
@policy(Policy.SIGNED_IN)
def choose(request: HttpRequest) -> HttpResponse:
    """Keep how somebody wants to be told."""
    user = user_of(request)
    chosen = notification_choices.of([user])[user.pk]
    form = NotificationForm(request.POST, user=user, choices=chosen)
    if not form.is_valid():
        return profile_page(request, choices=form)
    changed = notification_choices.choose(
        user.pk,
        ways=form.ways(),
        hours=form.hours(),
        detail=form.chosen_detail(),
        now=clock.now(),
    )
    there = reverse("profile") + "#notifications"
    return back(request, there, said="Saved." if changed else "Nothing was different.")


urlpatterns = [path("profile/notifications/", choose, name="notification-choices")]
