"""The inbox: conversations with candidates, those that wait for an answer first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import templates, threads
from warmbench.messaging.models import InboundMail, Message, Thread
from warmbench.messaging.threads import Entry
from warmbench.signals.models import FollowUp
from warmbench.web import access, answering, sent, thread_access
from warmbench.web.access import user_of
from warmbench.web.toasts import back, undone

_SHOWN = 40
#: As many pages of older ones as anybody leafs through.
_PAGES = 250
#: Whose conversations the inbox shows.
BOXES = {"": "Mine", "team": "Of colleagues", "nobody": "Without a recruiter"}


@dataclass(frozen=True)
class Row:
    """A conversation as the list shows it."""

    thread: Thread
    #: What came in last; None where only we have written.
    latest: InboundMail | None


@dataclass(frozen=True)
class Said:
    """One entry of a conversation, as ``replies/said.html`` reads it."""

    entry: Entry
    subject: str = ""
    text: str = ""
    #: Whether a person wrote it here, who may still take it back.
    is_personal: bool = False
    may_take_back: bool = False


@require_safe
@policy(Policy.SIGNED_IN)
def inbox(request: HttpRequest, box: str = "") -> HttpResponse:
    """The conversations: my own, the team's, or those of nobody."""
    return render(request, "replies/inbox.html", _list(request, box, now=clock.now()))


@require_safe
@policy(Policy.SIGNED_IN)
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """One conversation, beside the list that it stands in; whoever may answers it in place."""
    now, user = clock.now(), user_of(request)
    found = thread_access.thread_for(thread_id)
    entries = threads.entries(found)
    mails = [one.mail for one in entries if one.mail]
    may_change = found.candidate is not None and access.may_change_candidate(user, found.candidate)
    context = _list(request, _box_of(found, user), now=now) | {
        "thread": found,
        "said": [_said(one, may_change=may_change) for one in entries],
        "latest": mails[-1] if mails else None,
        "intents": list(enumerate(InboundMail.Intent.choices, start=1)),
        "percent": _percent(mails[-1]) if mails else None,
        "follow_up": _follow_up(found),
        "may_change": may_change,
    }
    if found.candidate is not None and may_change:
        context |= answering.composer(found.candidate, user, thread=found, now=now)
    return render(request, "replies/thread.html", context)


@require_POST
@policy(Policy.OWNER)
def close(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Say that a conversation needs no answer."""
    found = thread_access.thread_to_change(user_of(request), thread_id)
    closed = threads.close(found.pk, by_id=user_of(request).pk, now=clock.now())
    said = "It waits for no answer." if closed else "It waited for no answer any more."
    undo = reverse("thread-reopen", args=[found.pk]) if closed else ""
    return back(request, resolve_url("thread", found.pk), said=said, undo=undo)


@require_POST
@policy(Policy.OWNER)
def reopen(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Take back that a conversation needs no answer."""
    found = thread_access.thread_to_change(user_of(request), thread_id)
    opened = threads.reopen(found.pk, by_id=user_of(request).pk, now=clock.now())
    said = "It waits for an answer again." if opened else "There is nothing to take back."
    return undone(request, resolve_url("thread", found.pk), said=said, is_error=not opened)


def _list(request: HttpRequest, box: str, *, now: datetime) -> dict[str, Any]:
    user = user_of(request)
    number = _number(request.GET.get("page", ""))
    first = (number - 1) * _SHOWN
    # One more than is shown says whether there are older ones: to count all takes ten times longer.
    found = list(threads.in_order(_whose(box, user))[first : first + _SHOWN + 1])
    shown = found[:_SHOWN]
    latest = threads.latest([one.pk for one in shown])
    return {
        "newer": number - 1,
        "older": number + 1 if len(found) > _SHOWN else 0,
        "rows": [Row(one, latest.get(one.pk)) for one in shown],
        "box": box,
        "boxes": boxes(user),
        "now": now,
    }


def _number(given: str) -> int:
    return min(max(int(given), 1), _PAGES) if given.isdecimal() and len(given) < 6 else 1


def boxes(user: User) -> list[tuple[str, str, int]]:
    """What the page is divided into, each with how many conversations wait there."""
    return [(name, label, _waiting(name, user)) for name, label in BOXES.items()]


def _whose(box: str, user: User) -> Q:
    if box == "team":
        return threads.of_others(user)
    return threads.of_nobody() if box == "nobody" else threads.of_user(user)


def _waiting(box: str, user: User) -> int:
    return Thread.objects.filter(_whose(box, user), waiting_since__isnull=False).count()


def _box_of(found: Thread, user: User) -> str:
    owner_id = found.candidate.owner_id if found.candidate else None
    if owner_id is None:
        return "nobody"
    return "" if owner_id == user.pk else "team"


def _follow_up(found: Thread) -> FollowUp | None:
    asked = FollowUp.objects.filter(
        candidate=found.candidate_id, reason=FollowUp.Reason.REPLIED, state=FollowUp.State.OPEN
    )
    return asked.select_related("owner").first() if found.candidate_id else None


def _percent(mail: InboundMail) -> int | None:
    return None if mail.confidence is None else round(100 * mail.confidence)


def _said(entry: Entry, *, may_change: bool) -> Said:
    message = entry.message
    if message is None:
        return Said(entry)
    own = message.context.get(templates.OWN_WORDS, "")
    rendered = sent.words(message)
    return Said(
        entry,
        subject=rendered.subject if rendered else "",
        text=own or (rendered.text if rendered else ""),
        is_personal=message.purpose == Message.Purpose.PERSONAL,
        may_take_back=may_change and answering.may_take_back(message),
    )


urlpatterns = [
    path("replies/", inbox, name="replies"),
    path("replies/team/", inbox, {"box": "team"}, name="replies-team"),
    path("replies/nobody/", inbox, {"box": "nobody"}, name="replies-nobody"),
    path("replies/threads/<int:thread_id>/", thread, name="thread"),
    path("replies/threads/<int:thread_id>/close/", close, name="thread-close"),
    path("replies/threads/<int:thread_id>/reopen/", reopen, name="thread-reopen"),
]
