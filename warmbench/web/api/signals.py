"""What candidates did, over the API."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from warmbench.accounts.models import Resource
from warmbench.signals.models import Signal
from warmbench.web.api import numbers
from warmbench.web.api.keys import reads
from warmbench.web.api.paging import After, Limit, Next, Number, Since, cut
from warmbench.web.api.shapes import PROBLEMS

router = Router(tags=["Signals"])
READS = reads(Resource.SIGNALS)


class SignalOut(Schema):
    """One dated thing that somebody did or that changed about them."""

    id: int
    candidate_id: int
    kind: Signal.Kind
    grade: Signal.Grade
    at: datetime
    message_id: int | None
    topic: str
    times: int


class SignalPage(Schema):
    """Some signals, in the order in which we learnt of them."""

    items: list[SignalOut]
    next: Next


@router.get("", auth=READS, response={200: SignalPage} | PROBLEMS, summary="List signals")
def list_signals(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    candidate_id: Number | None = None,
    kind: Signal.Kind | None = None,
    since: Since | None = None,
    after: After = "",
    limit: Limit = 50,
) -> SignalPage:
    """What people did, as it was judged: the clicks of machines are not among it."""
    wanted = {"candidate": numbers.now_of(candidate_id), "kind": kind, "at__gte": since}
    found = Signal.objects.filter(**{name: value for name, value in wanted.items() if value})
    shown, following = cut(found, after, limit)
    items = [
        SignalOut(
            id=one.pk,
            candidate_id=one.candidate_id,
            kind=Signal.Kind(one.kind),
            grade=Signal.Grade(one.grade),
            at=one.at,
            message_id=one.message_id,
            topic=one.topic,
            times=one.times,
        )
        for one in shown
    ]
    return SignalPage(items=items, next=following)
