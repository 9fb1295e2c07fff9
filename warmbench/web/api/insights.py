"""What conversations say of people, over the API: texts brought in, facts found and decided."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from warmbench.accounts.models import Resource, User
from warmbench.core import clock
from warmbench.insight import asking, deciding, recording, search
from warmbench.insight.deciding import NotDecidedError
from warmbench.insight.models import Insight, Source
from warmbench.insight.recording import NotKeptError
from warmbench.insight.search import UnaskableError
from warmbench.insight.values import InvalidValueError
from warmbench.sourcing.models import Role
from warmbench.web import insight_access
from warmbench.web.api import numbers
from warmbench.web.api.insight_shapes import (
    Correction,
    Counted,
    Decision,
    FoundOut,
    FoundPage,
    InsightFilter,
    InsightOut,
    InsightPage,
    NewSource,
    SourceOut,
    SourcePage,
    insight_out,
    source_out,
)
from warmbench.web.api.keys import key_of, reads, writes
from warmbench.web.api.once import Writing
from warmbench.web.api.paging import After, Limit, Number, Typed, cut
from warmbench.web.api.problems import ConflictError, InvalidError
from warmbench.web.api.recruiters import recruiter_called
from warmbench.web.api.shapes import PROBLEMS

router = Router(tags=["Insights"])
READS, writing = reads(Resource.INSIGHTS), Writing(router, writes(Resource.INSIGHTS))
_ANSWERS = {200: InsightOut} | PROBLEMS


@router.get("", auth=READS, response={200: InsightPage} | PROBLEMS, summary="List facts")
def list_insights(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    asked: Query[InsightFilter],
    after: After = "",
    limit: Limit = 50,
) -> InsightPage:
    """Facts in the order in which they were noted, ``limit`` at a time."""
    wanted = {
        "candidate": numbers.now_of(asked.candidate_id),
        "source": asked.source_id,
        "kind": asked.kind,
        "topic": asked.topic,
        "polarity": asked.polarity,
        "state": asked.state,
        "at__gte": asked.since,
    }
    found = Insight.objects.filter(**{name: value for name, value in wanted.items() if value})
    shown, following = cut(found.select_related("tag", "decided_by"), after, limit)
    return InsightPage(items=[insight_out(one) for one in shown], next=following)


@router.get("/search", auth=READS, response={200: FoundPage} | PROBLEMS, summary="Search people")
def search_insights(
    request: HttpRequest,  # noqa: ARG001 - likewise
    q: Typed = "",
    after: Typed = "",
    limit: Limit = 50,
) -> FoundPage:
    """People of whom all is true that a line asks for: “FP&A managers who want remote”."""
    now = clock.now()
    query = asking.parse(q, today=now.date())
    try:
        page = search.find(query, now=now, after=after, limit=limit)
    except UnaskableError as error:
        raise InvalidError({"after": str(error)}) from error
    ids = [pk for hit in page.hits for pk in hit.insight_ids]
    facts = Insight.objects.select_related("tag", "decided_by").in_bulk(ids)
    return FoundPage(
        items=[
            FoundOut(
                candidate_id=hit.candidate_id,
                insights=[insight_out(facts[pk]) for pk in hit.insight_ids if pk in facts],
            )
            for hit in page.hits
        ],
        next=page.next or None,
        total=page.total,
        counts=[
            Counted(kind=kind, topic=topic, people=people)
            for (kind, topic), people in page.counts.items()
        ],
    )


@router.get("/sources", auth=READS, response={200: SourcePage} | PROBLEMS, summary="List texts")
def list_sources(
    request: HttpRequest,  # noqa: ARG001 - likewise
    candidate_id: Number | None = None,
    after: After = "",
    limit: Limit = 50,
) -> SourcePage:
    """Texts that were kept, without their words."""
    found = Source.objects.select_related("author").defer("text").prefetch_related("people")
    if candidate_id is not None:
        found = found.filter(people__candidate=numbers.now_of(candidate_id))
    shown, following = cut(found, after, limit)
    return SourcePage(items=[source_out(one) for one in shown], next=following)


@router.get(
    "/sources/{int:source_id}",
    auth=READS,
    response={200: SourceOut} | PROBLEMS,
    summary="A text",
)
def get_source(request: HttpRequest, source_id: int) -> SourceOut:  # noqa: ARG001 - likewise
    """One text, with its words: what facts point into."""
    return source_out(insight_access.source_for(source_id), with_words=True)


@writing("/sources", response={201: SourceOut} | PROBLEMS, summary="Bring a text in")
def add_source(request: HttpRequest, said: NewSource) -> Status[SourceOut]:
    """Keep a note, a transcript, an e-mail or a résumé about somebody, and have it read: facts are
    there a moment later. Under an ``external_id`` of yours it is kept once; without one,
    so are the same words of one day about the same people."""
    people = [numbers.candidate_for(pk).pk for pk in said.candidate_ids]
    author = (
        recruiter_called(said.author_email, field="author_email") if said.author_email else None
    )
    roles = set(Role.objects.filter(pk__in=said.role_ids).values_list("pk", flat=True))
    if len(roles) < len(set(said.role_ids)):
        raise InvalidError({"role_ids": "There is no role of one of these numbers."})
    key = key_of(request)
    mark = f"{key.pk}:{said.external_id}" if said.external_id else ""
    try:
        source = recording.keep(
            said.text,
            kind=said.kind,
            title=said.title.replace("\0", ""),
            said_on=said.said_on,
            basis=said.basis,
            people_ids=people,
            role_ids=sorted(roles),
            author_id=author.pk if author else None,
            author_name="" if author else key.name,
            origin="api",
            origin_id=mark.replace("\0", ""),
            language=said.language,
            now=clock.now(),
        )
    except NotKeptError as error:
        raise InvalidError({"text": str(error)}) from error
    # The answer that is kept for repetitions goes with the person.
    request.api_about = people[0]  # type: ignore[attr-defined]
    return Status(201, source_out(insight_access.source_for(source.pk)))


@router.get("/{int:insight_id}", auth=READS, response=_ANSWERS, summary="A fact")
def get_insight(request: HttpRequest, insight_id: int) -> InsightOut:  # noqa: ARG001 - likewise
    """One fact, with the words that it was read from."""
    return insight_out(_one(insight_id))


@writing("/{int:insight_id}/confirm", response=_ANSWERS, summary="Confirm a fact")
def confirm(request: HttpRequest, insight_id: int, said: Decision) -> InsightOut:  # noqa: ARG001
    """Let a fact hold on a recruiter's word."""
    user = _decider(insight_id, said.by_email)
    deciding.confirm([insight_id], by_id=user.pk, now=clock.now())
    return insight_out(_one(insight_id))


@writing("/{int:insight_id}/reject", response=_ANSWERS, summary="Reject a fact")
def reject(request: HttpRequest, insight_id: int, said: Decision) -> InsightOut:  # noqa: ARG001
    """Say that a fact is none. It is not proposed again from the same place. A stop that it led to
    stays until a person lifts it on the page."""
    user = _decider(insight_id, said.by_email)
    deciding.reject([insight_id], by_id=user.pk, now=clock.now())
    return insight_out(_one(insight_id))


@writing("/{int:insight_id}/correct", response=_ANSWERS, summary="Put a fact right")
def correct(request: HttpRequest, insight_id: int, said: Correction) -> InsightOut:  # noqa: ARG001
    """Let another value hold instead: the answer is the new fact, which is confirmed."""
    user = _decider(insight_id, said.by_email)
    value: dict[str, Any] = said.value
    try:
        made = deciding.correct(
            insight_id, value, polarity=said.polarity, by_id=user.pk, now=clock.now()
        )
    except NotDecidedError as error:
        raise ConflictError(str(error)) from error
    except InvalidValueError as error:
        raise InvalidError({"value": str(error)}) from error
    return insight_out(_one(made.pk))


@writing("/{int:insight_id}/undo", response=_ANSWERS, summary="Take a decision back")
def undo(request: HttpRequest, insight_id: int, said: Decision) -> InsightOut:  # noqa: ARG001
    """Take back what was decided about a fact. The answer to a correction is the fact that was
    put right."""
    before = _one(insight_id)
    user = _decider(insight_id, said.by_email)
    if not deciding.undo(insight_id, by_id=user.pk, now=clock.now()):
        raise ConflictError("Nothing was decided about it.")
    there = Insight.objects.filter(pk=insight_id).exists()
    return insight_out(_one(insight_id if there else before.corrects_id or insight_id))


def _one(insight_id: int) -> Insight:
    return insight_access.insight_for(insight_id)


def _decider(insight_id: int, email: str) -> User:
    """Who decides: somebody who may change whom it is about. Raises InvalidError and Http404."""
    user = recruiter_called(email, field="by_email")
    insight_access.insight_to_change(user, insight_id)
    return user
