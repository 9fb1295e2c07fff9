"""Why somebody was written to, and why not, over the API."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from warmbench.accounts.models import Resource
from warmbench.messaging.models import Decision
from warmbench.web import access, verdicts
from warmbench.web.api import numbers
from warmbench.web.api.keys import reads
from warmbench.web.api.paging import After, Limit, Next, Number, cut
from warmbench.web.api.problems import InvalidError
from warmbench.web.api.shapes import PROBLEMS

router = Router(tags=["Decisions"])
READS = reads(Resource.DECISIONS)


class DecisionOut(Schema):
    """One verdict of the last gate."""

    id: int
    candidate_id: int
    message_id: int | None
    touch: str
    stage: Decision.Stage
    verdict: Decision.Verdict
    reason: str
    because: str
    rule: str
    until: datetime | None
    at: datetime


class DecisionPage(Schema):
    """Some decisions, the newest first."""

    items: list[DecisionOut]
    next: Next


@router.get("", auth=READS, response={200: DecisionPage} | PROBLEMS, summary="List decisions")
def list_decisions(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    candidate_id: Number | None = None,
    message_id: Number | None = None,
    verdict: Decision.Verdict | None = None,
    after: After = "",
    limit: Limit = 50,
) -> DecisionPage:
    """Why a candidate got a message, did not, or not yet, the newest first. Name the candidate or
    the message."""
    candidate_id = numbers.now_of(candidate_id)
    if message_id is not None:
        whose = access.message_for(message_id).candidate_id
        if candidate_id not in {None, whose}:
            raise InvalidError({"candidate_id": "The message went to somebody else."})
        candidate_id = whose
    if candidate_id is None:
        raise InvalidError({"candidate_id": "Name a candidate, or a message."})
    access.candidate_for(candidate_id)
    wanted = {"candidate_id": candidate_id, "message_id": message_id, "verdict": verdict}
    found = Decision.objects.filter(**{name: value for name, value in wanted.items() if value})
    shown, following = cut(found, after, limit, newest_first=True)
    return DecisionPage(items=[_out(one) for one in shown], next=following)


def _out(one: Decision) -> DecisionOut:
    return DecisionOut(
        id=one.pk,
        candidate_id=one.candidate_id,
        message_id=one.message_id,
        touch=one.touch,
        stage=Decision.Stage(one.stage),
        verdict=Decision.Verdict(one.verdict),
        reason=one.reason,
        because=verdicts.because(one.reason, one.rule) if one.reason else "",
        rule=one.rule,
        until=one.until,
        at=one.at,
    )
