"""The demo's mail catcher: everything that was sent, as candidates would have it in their inbox."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import wraps
from typing import TypeVar, cast

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import fence
from warmbench.integrations.models import CaughtMail
from warmbench.people.models import Candidate, ContactPoint
from warmbench.web import access
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import typed

_SHOWN = 50
#: Its links lead to our own pages, in windows that are as free as a mail program's would be.
_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
#: Links of ours, whichever port the demo had when it wrote them.
_OURS = re.compile(r"https?://(?:127\.0\.0\.1|localhost)(?::\d+)?(?=/(?:[cupn]|me)/)")
_WAY_OUT = re.compile(rf"<{_OURS.pattern}(/u/[\w-]+)>")
#: What tells us which message a bounce is about tells a reader nothing.
_TAG = re.compile(r"\+\w+@")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def in_demo_only(view: View) -> View:
    """Let there be no such page outside the demo, where nothing catches mails."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(View, guarded)


@dataclass(frozen=True)
class Opened:
    """A caught mail taken apart."""

    headers: list[tuple[str, str]]
    html: str
    text: str
    #: The path of the one-click way out; blank if it names none of ours.
    way_out: str


@require_GET
@policy(Policy.SIGNED_IN)
@in_demo_only
def show_all(request: HttpRequest) -> HttpResponse:
    """The inbox of everybody, the newest first."""
    wanted = typed(request.GET, "q")
    found = CaughtMail.objects.defer("raw").order_by("-pk")
    if wanted:
        found = found.filter(Q(rcpt_to__icontains=wanted) | Q(subject__icontains=wanted))
    page = Paginator(found, _SHOWN).get_page(request.GET.get("page"))
    addresses = [mail.rcpt_to for mail in page.object_list]
    points = ContactPoint.objects.filter(address__in=addresses).select_related("candidate")
    people: dict[str, Candidate] = {point.address: point.candidate for point in points}
    rows = [
        (mail, people.get(mail.rcpt_to), _TAG.sub("@", mail.mail_from)) for mail in page.object_list
    ]
    context = {"page": page, "rows": rows, "q": wanted}
    return render(request, "mail/rows.html" if is_htmx(request) else "mail/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
@in_demo_only
def show(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail: as it looks, as plain text, or as it came over the wire."""
    mail = access.caught_mail_for(mail_id)
    opened = _opened(mail)
    form = request.GET.get("as", "")
    if form not in {"text", "raw"}:
        form = "" if opened.html else "text"
    context = {
        "mail": mail,
        "opened": opened,
        "form": form,
        "raw": bytes(mail.raw).decode(errors="replace") if form == "raw" else "",
        "older": CaughtMail.objects.filter(pk__lt=mail_id).order_by("-pk").values("pk").first(),
        "newer": CaughtMail.objects.filter(pk__gt=mail_id).order_by("pk").values("pk").first(),
    }
    return render(request, "mail/mail.html", context)


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
@in_demo_only
def body(request: HttpRequest, mail_id: int) -> HttpResponse:  # noqa: ARG001
    """The HTML of a mail, for the frame on its page."""
    html = _opened(access.caught_mail_for(mail_id)).html
    if not html:
        raise Http404
    # In the frame itself our pages do not open: they let nobody frame them.
    in_new_windows = _HEAD.sub(lambda head: f'{head[0]}<base target="_blank">', html, count=1)
    to_here = _OURS.sub(settings.PUBLIC_URL, in_new_windows)
    return HttpResponse(to_here, headers={"Content-Security-Policy": _POLICY})


def _opened(mail: CaughtMail) -> Opened:
    opened = mail.opened()
    headers = [(name, str(value)) for name, value in opened.items()]
    return Opened(headers, _part(opened, "html"), _part(opened, "plain"), _way_out(opened))


def _part(opened: EmailMessage, kind: str) -> str:
    part = opened.get_body([kind])
    if part is None:
        return ""
    # Anything on this machine can speak to the catcher, and say that it speaks Klingon.
    content = fence.attempt(part.get_content)
    return content if isinstance(content, str) else ""


def _way_out(opened: EmailMessage) -> str:
    named = _WAY_OUT.search(str(opened.get("List-Unsubscribe", "")))
    return named[1] if named else ""


urlpatterns = [
    path("mail/", show_all, name="mail"),
    path("mail/<int:mail_id>/", show, name="caught-mail"),
    path("mail/<int:mail_id>/body/", body, name="caught-mail-body"),
]
