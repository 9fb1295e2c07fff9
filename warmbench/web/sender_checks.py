"""The checks on a sender's page: ask them again, prove the mail server's signature, activate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations import examining
from warmbench.integrations.mail import dkim_copy, identity
from warmbench.integrations.mail.dkim_copy import CopyUnusableError
from warmbench.integrations.mail.dns_lookup import NotAnsweredError
from warmbench.messaging import sender_checks, senders
from warmbench.messaging.models import Sender
from warmbench.messaging.sender_checks import Findings
from warmbench.web import access, toasts
from warmbench.web.access import user_of
from warmbench.web.typed import typed

_LONGEST_MAIL = 200_000
_CHANGED_MEANWHILE = "Somebody changed the sender meanwhile. Check again."


@require_POST
@policy(Policy.OWNER)
def check(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Ask everything that receivers ask about a sender."""
    sender = access.sender_to_change(user_of(request), sender_id)
    return _checked(request, sender)


@require_POST
@policy(Policy.OWNER)
def activate(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Ask it all once more, and let the sender send if everything passes."""
    user = user_of(request)
    sender = access.sender_to_change(user, sender_id)
    found = examining.examine(sender)
    if senders.activate(sender_id, found, by_id=user.pk, now=clock.now()):
        return _back(request, sender_id, "It is active: what is due goes from now on.")
    return _back(request, sender_id, _why_not(found), is_error=True)


@require_POST
@policy(Policy.OWNER)
def show_copy(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Read from a mail that arrived how the mail server signs, and check again."""
    sender = access.sender_to_change(user_of(request), sender_id)
    source = typed(request.POST, "source", longest=_LONGEST_MAIL)
    try:
        seen = dkim_copy.read(source, sender, identity.lookup())
    except CopyUnusableError as error:
        return _back(request, sender_id, str(error), is_error=True)
    except NotAnsweredError as error:
        said = f"The DNS could not be asked: {error}. Try again in some minutes."
        return _back(request, sender_id, said, is_error=True)
    senders.note_signature(sender_id, seen.as_json(), now=clock.now())
    return _checked(request, access.sender_for(sender_id))


def _checked(request: HttpRequest, sender: Sender) -> HttpResponse:
    found = examining.examine(sender)
    if not senders.record_checks(sender.pk, found, now=clock.now()):
        return _back(request, sender.pk, _CHANGED_MEANWHILE, is_error=True)
    if found.passed:
        next_step = "" if sender.activated_at else " Activate it next."
        messages.success(request, f"Everything passes.{next_step}")
    # What does not is on the page that follows.
    return _page(request, sender.pk)


def _why_not(found: Findings) -> str:
    if found.passed:
        return _CHANGED_MEANWHILE
    if found.failed:
        return f"Not everything passes yet: {sender_checks.failures(found.checks)}."
    return "Not everything could be asked. See below what is missing."


def _back(
    request: HttpRequest, sender_id: int, said: str, *, is_error: bool = False
) -> HttpResponse:
    (messages.error if is_error else messages.success)(request, said)
    return _page(request, sender_id)


def _page(request: HttpRequest, sender_id: int) -> HttpResponse:
    address = reverse("sender", args=[sender_id])
    if toasts.is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


urlpatterns = [
    path("senders/<int:sender_id>/check/", check, name="sender-check"),
    path("senders/<int:sender_id>/activate/", activate, name="sender-activate"),
    path("senders/<int:sender_id>/copy/", show_copy, name="sender-copy"),
]
