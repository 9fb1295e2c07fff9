"""The pages about people and rankings: who has to be told first, and how somebody was ranked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people.models import RightsRequest
from warmbench.shortlists import disputing, informing, lawful
from warmbench.shortlists.informing import Sent
from warmbench.shortlists.use_laws import LAWS
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import typed


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """Who has to be told that rankings are used, by law, and how long it takes until they may be
    ranked."""
    now = clock.now()
    overview = lawful.overview(now=now)
    laws = [(one, lawful.untold(one.law.code, now=now)) for one in overview or []]
    asked = {one.law.code for one in overview or []}
    context = {
        "section": "law",
        "now": now,
        "is_counted": overview is not None,
        "laws": laws,
        "to_come": [law for law in LAWS.values() if overview is not None and law.code not in asked],
        "most": informing.MOST,
    }
    return render(request, "ranking_notices/page.html", context)


@require_POST
@policy(Policy.RECRUITER)
def send(request: HttpRequest) -> HttpResponse:
    """Put the letter into the outbox for those under one law who have not been told."""
    law, now = typed(request.POST, "law"), clock.now()
    if law not in LAWS:
        return back(request, "ranking-notices", said="Choose whom to tell.", is_error=True)
    people = lawful.untold(law, now=now, limit=informing.MOST)
    sent = informing.send([one.pk for one in people], now=now)
    return back(request, "ranking-notices", said=_said(sent), is_error=not sent.queued)


@require_GET
@policy(Policy.RECRUITER)
def rankings(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """How somebody was ranked, for who answers what they ask about it."""
    candidate = access.candidate_for(candidate_id)
    asked = RightsRequest.objects.filter(candidate=candidate, kind=RightsRequest.Kind.DISPUTE)
    context = {
        "section": "candidates",
        "candidate": candidate,
        "rankings": disputing.of(candidate.pk),
        "disputes": [one for one in asked.order_by("-received_at") if _is_open(one)],
        "may_change": access.may_change_candidate(user_of(request), candidate),
        "is_refused": bool(lawful.who_refused([candidate.pk])),
        "wait": lawful.who_must_wait([candidate.pk], now=clock.now()).get(candidate.pk),
        "page_of": reverse("candidate", args=[candidate.pk]),
    }
    return render(request, "candidate/rankings.html", context)


def _is_open(asked: RightsRequest) -> bool:
    return asked.state == RightsRequest.State.OPEN and disputing.is_about_ranking(asked)


def _said(sent: Sent) -> str:
    held_up = "".join(f" {count:,} not: {why}" for why, count in sent.held_up.most_common(3))
    if not sent.queued:
        return f"Nobody is told.{held_up}" if held_up else "Nobody waits for it."
    people = "person is" if sent.queued == 1 else "people are"
    return f"{sent.queued:,} {people} told as soon as it may go.{held_up}"


urlpatterns = [
    path("fairness/notices/", show, name="ranking-notices"),
    path("fairness/notices/send/", send, name="ranking-notices-send"),
    path("candidates/<int:candidate_id>/rankings/", rankings, name="candidate-rankings"),
]
