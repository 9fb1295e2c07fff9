"""The page on which people check how visits are judged, and say otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import unseen
from warmbench.messaging.models import Message
from warmbench.signals import judging, visits
from warmbench.signals.judge import POLICY
from warmbench.signals.judge_rules import Rule
from warmbench.signals.models import Hit
from warmbench.web import access, sent
from warmbench.web.access import user_of
from warmbench.web.toasts import back

#: Of the visits of which nobody knows, and which a person may.
_UNSURE = 25
_TONES = {"human": "good", "likely": "good", "unsure": "care", "machine": "stop", "": "later"}
_KNOWN = {rule.value: rule for rule in Rule}


@dataclass(frozen=True)
class Shown:
    """One visit, in words."""

    hit: Hit
    what: str
    #: A word of the design system.
    tone: str
    rules: list[Rule]
    #: The score in hundredths.
    score: int | None


class OverruleForm(forms.Form):
    """What a visit was."""

    said = forms.ChoiceField(
        choices=[*Hit.SAID, ("", "What the rules say")], required=False, label="It was"
    )


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """How visits were judged lately, by rule and by network, and those that nobody knows."""
    newest = Hit.objects.aggregate(newest=Max("pk"))["newest"] or 0
    latest = Hit.objects.filter(pk__gt=newest - visits.MOST, verdict=Hit.Verdict.UNSURE)
    found = list(latest.order_by("-pk")[:_UNSURE])
    messages = Message.objects.select_related("candidate").in_bulk(
        {hit.message_id for hit in found}
    )
    summary = visits.summary(now=clock.now())
    context = {
        "summary": summary,
        "people": summary.verdicts["human"] + summary.verdicts["likely"],
        "rules": list(Rule),
        "policy": POLICY,
        "unsure": [
            (one, messages[one.hit.message_id])
            for one in described(found)
            if one.hit.message_id in messages
        ],
    }
    return render(request, "visits/page.html", context)


@require_POST
@policy(Policy.OWNER)
def overrule(request: HttpRequest, hit_id: int) -> HttpResponse:
    """Say what a visit was, whatever the rules say."""
    user = user_of(request)
    hit = get_object_or_404(Hit, pk=hit_id)
    message = access.message_to_change(user, hit.message_id)
    there = resolve_url("message", message.pk)
    form = OverruleForm(request.POST)
    if not form.is_valid():
        return back(request, there, said="Say whether it was a person.", is_error=True)
    done = judging.overrule(hit.pk, form.cleaned_data["said"], by_id=user.pk, now=clock.now())
    said = "Noted, and counted so." if done else "It is being judged: try again in a moment."
    return back(request, there, said=said, is_error=not done)


def of_message(message: Message) -> list[Shown]:
    """Every visit to a message in words, the latest first."""
    found = Hit.objects.filter(message_id=message.pk).order_by("-at", "-pk")
    return list(described(found, links=sent.links(message)))


def described(hits: Iterable[Hit], *, links: list[str] | None = None) -> Iterable[Shown]:
    """Visits in words; with the addresses of their message's links, if those are known."""
    for hit in hits:
        yield Shown(
            hit,
            _what(hit, links or []),
            _TONES[hit.verdict],
            [_KNOWN[name] for name in hit.rules if name in _KNOWN],
            None if hit.score is None else round(100 * hit.score),
        )


def _what(hit: Hit, links: list[str]) -> str:
    if hit.kind == Hit.Kind.OPEN:
        return "Loaded the picture"
    if hit.link == unseen.HIDDEN_LINK:
        return "Followed the link that no reader sees"
    target = links[hit.link] if hit.link < len(links) else ""
    return f"Followed {target}" if target else f"Followed link {hit.link + 1}"


urlpatterns = [
    path("visits/", show, name="visits"),
    path("visits/<int:hit_id>/overrule/", overrule, name="visit-overrule"),
]
