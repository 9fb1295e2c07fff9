"""Where recruiters write to candidates: the composer, what it keeps, when it goes, and Undo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import headers, personal, threads
from warmbench.messaging.models import InboundMail, Message, Thread
from warmbench.messaging.personal import AnsweredError, Letter, NotSentError
from warmbench.messaging.templates import MAX_TEXT
from warmbench.nurture import check_ins, readers
from warmbench.people.models import Candidate, Channel, ContactPoint
from warmbench.signals import replying
from warmbench.web import access, thread_access
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx, undone


class LetterForm(forms.Form):
    """What a recruiter writes. Blank words are a draft that is thrown away."""

    subject = forms.CharField(max_length=personal.MAX_SUBJECT, required=False)
    text = forms.CharField(max_length=personal.MAX_WORDS, required=False, strip=False)
    channel = forms.ChoiceField(choices=Channel.choices, required=False)
    answers = forms.IntegerField(min_value=1, required=False)
    seen = forms.IntegerField(min_value=0, max_value=9999, required=False)
    closes = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Snippet:
    """Words that can be put into a letter at a click."""

    name: str
    label: str
    text: str


def composer(
    candidate: Candidate,
    user: User,
    *,
    now: datetime,
    thread: Thread | None = None,
    channel: str = Channel.EMAIL,
) -> dict[str, Any]:
    """What ``replies/composer.html`` needs to write to this person, in a thread or to begin one."""
    channel = thread.channel if thread else channel
    mail = _answered(thread)
    draft = personal.draft_of(user.pk, candidate.pk, thread.pk if thread else None, channel).first()
    touch = personal.touch_of(mail.pk if mail else None, thread.pk if thread else None)
    letter = Letter(
        candidate_id=candidate.pk,
        by_id=user.pk,
        text=draft.text if draft else "",
        channel=channel,
        subject=draft.subject if draft else "",
        thread_id=thread.pk if thread else None,
        answers_id=mail.pk if mail else None,
        seen=personal.seen(candidate.pk, touch),
    )
    box = personal.sender_of(user.pk, channel, letter.thread_id)
    when = _when(letter, candidate, now=now)
    to = when["goes"].to
    return {
        "candidate": candidate,
        "letter": letter,
        "draft": draft,
        "box": box,
        **when,
        "wrote_from": mail.sender if mail and to and mail.sender.lower() != to else "",
        "mailto": "" if box else _mailto(candidate, channel, thread),
        "signature": user.name if channel == Channel.EMAIL else "",
        "longest": MAX_TEXT if channel == Channel.SMS else personal.MAX_WORDS,
        "snippets": _snippets(candidate, user, now=now) if box else [],
        "is_undecided": mail is not None and mail.state == InboundMail.State.OPEN,
        "draft_url": _url("draft", letter),
        "send_url": _url("send", letter),
        "discard_url": _url("discard", letter),
    }


def may_take_back(message: Message) -> bool:
    """Whether a person wrote this message and it has not left yet."""
    is_own = message.purpose == Message.Purpose.PERSONAL
    return is_own and message.state == Message.State.QUEUED


@require_safe
@policy(Policy.OWNER)
def write(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """The page on which a recruiter writes to somebody who has not written to us."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    wanted = request.GET.get("channel", "")
    channel = Channel.SMS if wanted == Channel.SMS else Channel.EMAIL
    context = composer(candidate, user, now=clock.now(), channel=channel)
    return render(request, "replies/write.html", context | {"section": "candidates"})


@require_POST
@policy(Policy.OWNER)
def draft(request: HttpRequest, candidate_id: int, thread_id: int | None = None) -> HttpResponse:
    """Keep what somebody has typed so far, and say when it would go."""
    candidate, thread, letter = _typed(request, candidate_id, thread_id)
    now = clock.now()
    if letter is None:
        return HttpResponse(status=422)
    personal.keep(letter, now=now)
    if not is_htmx(request):
        return back(request, _page(candidate, thread), said="Kept as a draft.")
    context = {
        **_when(letter, candidate, now=now),
        "candidate": candidate,
        "kept_at": now if letter.text.strip() else None,
    }
    return render(request, "replies/when.html", context)


@require_POST
@policy(Policy.OWNER)
def discard(request: HttpRequest, candidate_id: int, thread_id: int | None = None) -> HttpResponse:
    """Throw away what somebody has typed."""
    candidate, thread, letter = _typed(request, candidate_id, thread_id)
    if letter is not None:
        personal.forget(letter)
    return back(request, _page(candidate, thread), said="The draft is gone.")


@require_POST
@policy(Policy.OWNER)
def send(request: HttpRequest, candidate_id: int, thread_id: int | None = None) -> HttpResponse:
    """Send what somebody has typed: it waits half a minute, in which it can be taken back."""
    candidate, thread, letter = _typed(request, candidate_id, thread_id)
    page, now = _page(candidate, thread), clock.now()
    if letter is None:
        return back(request, page, said="That is too long to be sent.", is_error=True)
    closes = bool(request.POST.get("closes"))
    try:
        message = replying.send(letter, closes=closes, now=now)
    except NotSentError as error:
        # Also of who was too late: nothing that somebody wrote is ever lost.
        personal.keep(letter, now=now)
        there = f"{page}#answered" if isinstance(error, AnsweredError) else page
        return back(request, there, said=str(error), is_error=True)
    undo = reverse("answer-undo", args=[message.pk]) if may_take_back(message) else ""
    return back(request, _page_of(message), said=_said(message, now=now), undo=undo)


@require_POST
@policy(Policy.OWNER)
def undo(request: HttpRequest, message_id: int) -> HttpResponse:
    """Take back what has not left yet: it is a draft again."""
    user = user_of(request)
    message = access.message_to_change(user, message_id)
    is_own = message.purpose == Message.Purpose.PERSONAL
    taken = is_own and replying.take_back(message.pk, by_id=user.pk, now=clock.now())
    said = "Taken back. It is a draft again." if taken else "It is too late: it is on its way."
    return undone(request, _page_of(message), said=said, is_error=not taken)


def _typed(
    request: HttpRequest, candidate_id: int, thread_id: int | None
) -> tuple[Candidate, Thread | None, Letter | None]:
    """Whom it is to, where, and what was typed; no letter where nobody could have typed that."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    thread = thread_access.thread_of(candidate, thread_id) if thread_id else None
    form = LetterForm(request.POST)
    if not form.is_valid():
        return candidate, thread, None
    given = form.cleaned_data
    channel = thread.channel if thread else given["channel"] or Channel.EMAIL
    answers = InboundMail.objects.filter(
        pk=given["answers"] or 0, candidate=candidate, thread_id=thread_id
    )
    letter = Letter(
        candidate_id=candidate.pk,
        by_id=user.pk,
        text=given["text"],
        channel=channel,
        subject=given["subject"],
        thread_id=thread_id,
        answers_id=answers.values_list("pk", flat=True).first() if thread else None,
        seen=given["seen"] or 0,
    )
    return candidate, thread, letter


def _when(letter: Letter, candidate: Candidate, *, now: datetime) -> dict[str, Any]:
    goes = personal.when(letter, now=now)
    zone = ZoneInfo(candidate.time_zone) if candidate.time_zone else None
    return {"goes": goes, "there": goes.at.astimezone(zone).time() if goes.at and zone else None}


def _answered(thread: Thread | None) -> InboundMail | None:
    """What an answer in this thread answers: what they wrote there last."""
    if thread is None:
        return None
    mails = InboundMail.objects.defer("raw").filter(thread_id=thread.pk)
    return mails.order_by("-received_at", "-pk").first()


def _mailto(candidate: Candidate, channel: str, thread: Thread | None) -> str:
    """How to write to them from one's own mail program; blank where there is no address."""
    points = candidate.contact_points.exclude(standing=ContactPoint.Standing.DEAD)
    address = points.filter(channel=channel).order_by("position").values_list("address", flat=True)
    first = address.first()
    if not first:
        return ""
    if channel == Channel.SMS:
        return f"sms:{quote(first, safe='+')}"
    subject = f"Re: {headers.bare_subject(thread.subject)}" if thread and thread.subject else ""
    return f"mailto:{quote(first, safe='@')}" + (f"?subject={quote(subject)}" if subject else "")


def _snippets(candidate: Candidate, user: User, *, now: datetime) -> list[Snippet]:
    known = readers.load([candidate.pk])
    words = check_ins.words(list(known.values()), now=now).get(candidate.pk, {})
    found = [
        Snippet("opening", "Opening line", words.get("opening", "")),
        Snippet("market", "Note on the market", words.get("market_note", "")),
        Snippet("booking", "Booking link", user.booking_url),
    ]
    return [one for one in found if one.text]


def _said(message: Message, *, now: datetime) -> str:
    if message.not_before and message.not_before > now + personal.UNDO_WITHIN:
        return "It waits until their day begins, and can be taken back until then."
    return "It goes in 30 seconds."


def _page(candidate: Candidate, thread: Thread | None) -> str:
    if thread is not None:
        return resolve_url("thread", thread.pk)
    return resolve_url("candidate-write", candidate.pk)


def _page_of(message: Message) -> str:
    thread_id = threads.of_message(message)
    return resolve_url("thread", thread_id) if thread_id else resolve_url("message", message.pk)


def _url(action: str, letter: Letter) -> str:
    if letter.thread_id:
        return reverse(f"answer-{action}", args=[letter.candidate_id, letter.thread_id])
    return reverse(f"letter-{action}", args=[letter.candidate_id])


_FIRST = "candidates/<int:candidate_id>/write/"
_IN_THREAD = "candidates/<int:candidate_id>/threads/<int:thread_id>/"
urlpatterns = [
    path(_FIRST, write, name="candidate-write"),
    path(f"{_FIRST}draft/", draft, name="letter-draft"),
    path(f"{_FIRST}discard/", discard, name="letter-discard"),
    path(f"{_FIRST}send/", send, name="letter-send"),
    path(f"{_IN_THREAD}draft/", draft, name="answer-draft"),
    path(f"{_IN_THREAD}discard/", discard, name="answer-discard"),
    path(f"{_IN_THREAD}send/", send, name="answer-send"),
    path("messages/<int:message_id>/take-back/", undo, name="answer-undo"),
]
