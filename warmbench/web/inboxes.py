"""The pages about inboxes: the mailboxes that are read, and what keeps us from reading them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.core.vault import UnsealError
from warmbench.integrations.mail import collecting, providers
from warmbench.integrations.mail.imap import ImapError
from warmbench.messaging import inboxes
from warmbench.messaging.models import Inbox
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.inbox_form import InboxForm


@require_GET
@policy(Policy.ADMIN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the inboxes, and the other ways in which mail comes in."""
    context = {
        "inboxes": Inbox.objects.defer("password").order_by("host", "username", "folder"),
        "reception_port": settings.RECEPTION_PORT,
        "providers": [name for name in providers.NAMES if providers.is_on(name)],
    }
    return render(request, "inboxes/list.html", context)


@sensitive_post_parameters("password")
@policy(Policy.ADMIN)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new inbox."""
    form = InboxForm(request.POST or None)
    if not form.is_valid():
        return _form(request, form)
    try:
        inbox = inboxes.create(form.entry(), by_id=user_of(request).pk, now=clock.now())
    except TakenError as error:
        form.add_error(error.field, str(error))
        return _form(request, form)
    _try(request, inbox)
    return redirect("inboxes")


@sensitive_post_parameters("password")
@policy(Policy.ADMIN)
def edit(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Change an inbox's settings."""
    inbox = access.inbox_for(inbox_id)
    form = InboxForm(request.POST or None, inbox=inbox)
    if not form.is_valid():
        return _form(request, form, inbox)
    try:
        changed = inboxes.change(inbox_id, form.entry(), by_id=user_of(request).pk, now=clock.now())
    except TakenError as error:
        form.add_error(error.field, str(error))
        return _form(request, form, inbox)
    if changed:
        _try(request, access.inbox_for(inbox_id))
    else:
        messages.info(request, "Nothing was different.")
    return redirect("inboxes")


@require_POST
@policy(Policy.ADMIN)
def check(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Try now whether an inbox can be read, and let it be read at once."""
    _try(request, access.inbox_for(inbox_id))
    return redirect("inboxes")


@require_POST
@policy(Policy.ADMIN)
def pause(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Stop reading an inbox."""
    access.inbox_for(inbox_id)
    if inboxes.set_active(inbox_id, is_active=False, by_id=user_of(request).pk, now=clock.now()):
        messages.success(request, "Paused. What comes in meanwhile is read when you resume it.")
    return redirect("inboxes")


@require_POST
@policy(Policy.ADMIN)
def resume(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Go on reading an inbox."""
    access.inbox_for(inbox_id)
    if inboxes.set_active(inbox_id, is_active=True, by_id=user_of(request).pk, now=clock.now()):
        messages.success(request, "It is read again, from where that ended.")
    return redirect("inboxes")


def _try(request: HttpRequest, inbox: Inbox) -> None:
    try:
        collecting.look(inbox)
    except (ImapError, UnsealError) as error:
        messages.error(request, f"It cannot be read. {error}")
        return
    inboxes.hurry(inbox.pk, now=clock.now())
    reads = "It is read now." if inbox.is_active else "It is paused."
    messages.success(request, f"{inbox.host} lets us in. {reads}")


def _form(request: HttpRequest, form: InboxForm, inbox: Inbox | None = None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "inboxes/edit.html", {"form": form, "inbox": inbox}, status=status)


urlpatterns = [
    path("inboxes/", show_all, name="inboxes"),
    path("inboxes/new/", add, name="inbox-new"),
    path("inboxes/<int:inbox_id>/edit/", edit, name="inbox-edit"),
    path("inboxes/<int:inbox_id>/check/", check, name="inbox-check"),
    path("inboxes/<int:inbox_id>/pause/", pause, name="inbox-pause"),
    path("inboxes/<int:inbox_id>/resume/", resume, name="inbox-resume"),
]
