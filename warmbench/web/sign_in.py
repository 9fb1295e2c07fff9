"""The pages for signing in and out, and for changing one's password."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path

from warmbench.accounts.adapter import end_session_in_time
from warmbench.accounts.first_run import needs_first_run
from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy

STRENGTH_HELP = "At least 8 characters, and not one that everybody uses."


class SignInForm(LoginForm):  # type: ignore[misc]
    """An address and a password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        _without_placeholders(self)


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The present password and the next one, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Present password"
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = STRENGTH_HELP
        self.fields["password2"].label = "New password, once more"
        _without_placeholders(self)


def _without_placeholders(form: Form) -> None:
    # They only repeat the label, and look like something that was filled in.
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInView(LoginView):  # type: ignore[misc]
    """Asks for an address and a password."""

    form_class = SignInForm

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        """The page, or the first-run page while nobody could sign in."""
        if needs_first_run():
            return redirect("first-run")
        response: HttpResponseBase = super().dispatch(request)
        return response

    def form_valid(self, form: object) -> HttpResponse:
        """Signed in, or told why not."""
        response: HttpResponse = super().form_valid(form)
        if isinstance(self.request.user, User):
            # allauth's form has just set an expiry of its own.
            end_session_in_time(self.request, self.request.user)
        return response


class PasswordView(PasswordChangeView):  # type: ignore[misc]
    """Changes the password of who knows the present one."""

    form_class = PasswordForm

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        """The page, but not for somebody who was let in without a password, as in the demo."""
        if not (isinstance(request.user, User) and request.user.has_usable_password()):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request)
        return response


# The names are allauth's: it looks for them itself. Its other pages are left out on purpose:
# nobody signs up, and addresses are changed by an administrator.
urlpatterns = [
    path(
        "sign-in/",
        policy(Policy.PUBLIC)(SignInView.as_view(template_name="sign_in.html")),
        name="account_login",
    ),
    path(
        "sign-out/",
        policy(Policy.PUBLIC)(LogoutView.as_view(template_name="sign_out.html")),
        name="account_logout",
    ),
    path(
        "sign-in/switched-off/",
        policy(Policy.PUBLIC)(AccountInactiveView.as_view(template_name="switched_off.html")),
        name="account_inactive",
    ),
    path(
        "password/",
        policy(Policy.SIGNED_IN)(PasswordView.as_view(template_name="password.html")),
        name="account_change_password",
    ),
]
