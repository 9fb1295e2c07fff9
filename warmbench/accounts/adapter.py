"""Bends django-allauth to our rules: nobody signs up, a session ends, a limit holds."""

import logging
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from warmbench.accounts.models import User

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth asks us."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and this password do not go together.",
        "enter_current_password": "This is not your present password.",
        "too_many_login_attempts": "Too many failed attempts. Try again in a quarter of an hour.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Users are made by an administrator, or on the first-run page."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign ``user`` in."""
        super().login(request, user)
        end_session_in_time(request, user)
        logger.info("signed in", extra={"user_id": user.pk})

    def authentication_failed(self, _request: HttpRequest, **_credentials: Any) -> None:
        """Leave a trace for whoever watches the logs, without what was typed."""
        logger.warning("sign-in failed")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Back to work."""
        return str(settings.LOGIN_REDIRECT_URL)

    def add_message(self, *_args: Any, **_details: Any) -> None:
        """Say nothing: our pages say what happened in their own words."""

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials: Any) -> str:
        # Upstream puts the Host header in front: whoever varies its port would start afresh.
        return str(credentials.get("email", "")).lower()


def end_session_in_time(request: HttpRequest, user: User) -> None:
    """Let the session end a fixed time after the sign-in, however busy it is in between."""
    assert user.last_login is not None, "Django notes the time before anybody is told"
    request.session.set_expiry(user.last_login + timedelta(seconds=settings.SESSION_COOKIE_AGE))
