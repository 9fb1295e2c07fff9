"""The pages about what people wrote to us, and what nobody but a person can say of it."""

from typing import Any
from urllib.parse import parse_qsl

import nh3
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging.inbound import mail as mails
from warmbench.messaging.models import InboundMail
from warmbench.people import search
from warmbench.people.models import Candidate, Channel
from warmbench.signals import answers
from warmbench.web import access, threads
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx
from warmbench.web.typed import typed

_SHOWN = 40
_OFFERED = 8
#: As much of a mail "as it came" as anybody reads.
_MOST_RAW = 200_000
#: Cleaning takes ever longer the deeper tags stand in each other (rules.md S3).
_MOST_TAGS = 20_000
#: A stranger's mail runs nothing, loads nothing and leads nowhere.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_CLEANER = nh3.Cleaner(
    tags=nh3.ALLOWED_TAGS - {"img", "map", "area"},
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
)

State = InboundMail.State
#: What the list may be narrowed to.
_SHELVES: dict[str, tuple[str, dict[str, str]]] = {
    "": ("For a person to look at", {"state": State.OPEN}),
    "replies": ("Replies", {"kind": InboundMail.Kind.REPLY}),
    "automatic": ("Automatic answers", {"kind": InboundMail.Kind.AUTO_REPLY}),
    "failures": ("Delivery failures", {"kind": InboundMail.Kind.BOUNCE}),
    "all": ("Everything", {}),
}


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The mails that came in, one by one: first those that wait for a person."""
    shelf = request.GET.get("shelf", "")
    _, narrowed = _SHELVES.get(shelf, _SHELVES[""])
    found = InboundMail.objects.defer("raw").filter(**narrowed).select_related("candidate")
    page = Paginator(found.order_by("-received_at", "-pk"), _SHOWN).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "shelf": shelf if shelf in _SHELVES else "",
        "boxes": threads.boxes(user_of(request)),
        "to_look_at": InboundMail.objects.filter(state=State.OPEN).count(),
        "shelves": [(name, label) for name, (label, _) in _SHELVES.items()],
    }
    return render(request, "replies/mails.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail: what is new in it, what it was taken for, and the whole of it."""
    mail = access.inbound_mail_for(mail_id)
    if is_htmx(request):
        return render(request, "replies/people.html", _people(request, mail))
    if mail.channel == Channel.SMS:
        context = _about(mail) | _people(request, mail) | {"told": _told(mail)}
        return render(request, "replies/text.html", context)
    read = mails.read(bytes(mail.raw))
    form = request.GET.get("as", "")
    if form not in {"text", "raw"}:
        form = "" if _can_be_shown(read.html) else "text"
    context = {
        "mail": mail,
        "read": read,
        "form": form,
        "has_html": _can_be_shown(read.html),
        "raw": bytes(mail.raw[:_MOST_RAW]).decode(errors="replace") if form == "raw" else "",
        **_about(mail),
        **_people(request, mail),
    }
    return render(request, "replies/mail.html", context)


def _about(mail: InboundMail) -> dict[str, Any]:
    return {
        "intents": InboundMail.Intent.choices,
        "confidence": None if mail.confidence is None else round(100 * mail.confidence),
    }


def _told(mail: InboundMail) -> list[tuple[str, str]]:
    """What the provider told of a text, field by field."""
    return parse_qsl(bytes(mail.raw).decode(errors="replace"), keep_blank_values=True)


def _people(request: HttpRequest, mail: InboundMail) -> dict[str, Any]:
    """Whose it may be: as it was found, else by its address, or by what somebody types."""
    wanted = typed(request.GET, "q")
    if wanted:
        people = list(search.find(Candidate.objects.all(), wanted)[:_OFFERED])
    elif mail.candidate:
        people = [mail.candidate]
    else:
        ids = answers.who_has_the_address(mail)
        people = list(Candidate.objects.filter(pk__in=ids)[:_OFFERED])
    return {"people": people, "q": wanted, "mail": mail}


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
def body(request: HttpRequest, mail_id: int) -> HttpResponse:  # noqa: ARG001
    """The HTML of a mail without anything that could act, for the frame on its page."""
    mail = access.inbound_mail_for(mail_id)
    html = mails.read(bytes(mail.raw)).html if mail.channel == Channel.EMAIL else ""
    if not _can_be_shown(html):
        raise Http404
    return HttpResponse(_CLEANER.clean(html), headers={"Content-Security-Policy": _POLICY})


def _can_be_shown(html: str) -> bool:
    return bool(html.strip()) and html.count("<") <= _MOST_TAGS


@require_POST
@policy(Policy.RECRUITER)
def decide(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Say whose a mail is and what it wants, and have that done."""
    mail = access.inbound_mail_for(mail_id)
    if mail.state == State.WAITING:
        return _not_yet(request)
    whose, wants = request.POST.get("candidate", ""), request.POST.get("intent", "")
    if not (whose.isascii() and whose.isdigit() and len(whose) < 18):
        return _again(request, mail, "Choose whose mail it is first.")
    if wants not in InboundMail.Intent:
        return _again(request, mail, "Choose what it wants first.")
    if mail.candidate_id and mail.state != State.OPEN:
        # It is known whose it is: only who looks after them may say otherwise.
        access.candidate_to_change(user_of(request), mail.candidate_id)
    candidate = access.candidate_to_change(user_of(request), int(whose))
    intent = InboundMail.Intent(wants)
    answers.correct(
        mail.pk, intent, by_id=user_of(request).pk, now=clock.now(), candidate_id=candidate.pk
    )
    return back(request, "replies", said=f"Noted for {candidate.name}: {intent.label.lower()}.")


def _again(request: HttpRequest, mail: InboundMail, said: str) -> HttpResponse:
    return back(request, resolve_url("reply", mail.pk), said=said, is_error=True)


def _not_yet(request: HttpRequest) -> HttpResponse:
    """Put off what somebody says of a mail: it may ask us to stop, and is to be read first."""
    return back(request, "replies", said="It is being read; look again in a moment.")


@require_POST
@policy(Policy.RECRUITER)
def close(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Put a mail away that asks for nothing."""
    mail = access.inbound_mail_for(mail_id)
    if mail.state == State.WAITING:
        return _not_yet(request)
    answers.close(mail.pk, by_id=user_of(request).pk, now=clock.now())
    return back(request, "replies", said="Put away. Nothing else was changed.")


urlpatterns = [
    path("replies/mails/", show_all, name="reply-mails"),
    path("replies/<int:mail_id>/", show, name="reply"),
    path("replies/<int:mail_id>/body/", body, name="reply-body"),
    path("replies/<int:mail_id>/decide/", decide, name="reply-decide"),
    path("replies/<int:mail_id>/close/", close, name="reply-close"),
]
