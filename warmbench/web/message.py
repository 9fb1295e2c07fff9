"""The page of one message: exactly what was sent, how it went, and why it was."""

from collections import Counter
from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import segments, settling
from warmbench.messaging.models import Attempt, Decision, Message
from warmbench.signals.models import Hit
from warmbench.web import access, sent, verdicts, visits
from warmbench.web.access import user_of
from warmbench.web.toasts import back

#: The mail is shown as if it came from nowhere: it runs nothing, loads nothing, leads nowhere.
_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class Link:
    """One link of a message, and who followed it."""

    target: str
    people: int
    machines: int


class ResolveForm(forms.Form):
    """What became of a message of which that is unknown."""

    arrived = forms.TypedChoiceField(
        choices=[("yes", "It arrived"), ("no", "It did not")], coerce=lambda said: said == "yes"
    )


@require_GET
@policy(Policy.SIGNED_IN)
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message, with its attempts and verdicts."""
    found = access.message_for(message_id)
    rendered = sent.words(found)
    context = {
        "section": "candidates",
        "message": found,
        "candidate": found.candidate,
        "rendered": rendered,
        "subject": sent.subject(found),
        "segments": segments.count(rendered.text) if rendered and not rendered.html else None,
        "why": verdicts.because(found.reason) if found.reason else "",
        "told": sent.provenance([found])[found.pk],
        "attempts": _attempts(found),
        "links": _links(found),
        "visits": visits.of_message(found),
        "rulings": _rulings(found),
        "may_change": access.may_change_candidate(user_of(request), found.candidate),
    }
    return render(request, "message/page.html", context)


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
def body(request: HttpRequest, message_id: int) -> HttpResponse:  # noqa: ARG001
    """The mail itself, for the frame on the page."""
    rendered = sent.words(access.message_for(message_id))
    if rendered is None:
        raise Http404
    return HttpResponse(rendered.html, headers={"Content-Security-Policy": _POLICY})


@require_POST
@policy(Policy.OWNER)
def resolve(request: HttpRequest, message_id: int) -> HttpResponse:
    """Say what became of a message after all."""
    user = user_of(request)
    found = access.message_to_change(user, message_id)
    form = ResolveForm(request.POST)
    there = resolve_url("message", found.pk)
    if not form.is_valid():
        return back(request, there, said="Say whether it arrived.", is_error=True)
    arrived = form.cleaned_data["arrived"]
    resolved = settling.resolve(
        found.pk,
        has_arrived=arrived,
        by_id=user.pk,
        evidence=f"{user.name} says that it {'arrived' if arrived else 'did not arrive'}.",
        now=clock.now(),
    )
    said = "Noted." if resolved else "What became of it is known already."
    return back(request, there, said=said, is_error=not resolved)


def _attempts(found: Message) -> list[Attempt]:
    return list(found.attempts.order_by("claimed_at"))


def _rulings(found: Message) -> list[sent.Ruling]:
    same_touch = found.candidate.messages.filter(touch=found.touch)
    decisions = Decision.objects.filter(candidate_id=found.candidate_id, touch=found.touch)
    per_message, _ = sent.by_message(list(same_touch), decisions)
    return sent.rulings(per_message.get(found.pk, ()))


def _links(found: Message) -> list[Link]:
    people: Counter[int] = Counter()
    machines: Counter[int] = Counter()
    human = {Hit.Verdict.HUMAN, Hit.Verdict.LIKELY}
    for hit in Hit.objects.filter(message_id=found.pk):
        if hit.kind == Hit.Kind.CLICK:
            (people if hit.verdict in human else machines)[hit.link] += 1
    return [Link(target, people[at], machines[at]) for at, target in enumerate(sent.links(found))]


urlpatterns = [
    path("messages/<int:message_id>/", message, name="message"),
    path("messages/<int:message_id>/body/", body, name="message-body"),
    path("messages/<int:message_id>/resolve/", resolve, name="message-resolve"),
]
