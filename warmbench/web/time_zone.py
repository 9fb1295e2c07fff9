"""Shows every date and time as it is where the signed-in user is."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from warmbench.accounts.models import User


def activate_users_zone(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: pages of a signed-in user are made in that user's time zone."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # Candidates' pages look at no session, and nor does this on their behalf.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return get_response(request)
        user = request.user
        if not isinstance(user, User) or not user.is_authenticated:
            return get_response(request)
        with timezone.override(ZoneInfo(user.time_zone)):
            return get_response(request)

    return middleware
