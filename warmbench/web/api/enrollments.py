"""Sequences and who is on them, over the API: the only way by which a program has somebody
written to, and it asks all that the page asks."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from warmbench.accounts.models import Resource
from warmbench.core import audit, clock
from warmbench.nurture import enrollment
from warmbench.nurture.enrollment import Verdict
from warmbench.nurture.models import Enrollment, Sequence
from warmbench.people.models import Candidate
from warmbench.web import access
from warmbench.web.api import numbers
from warmbench.web.api.keys import reads, writes
from warmbench.web.api.once import Writing
from warmbench.web.api.paging import After, Limit, Next, Number, cut
from warmbench.web.api.problems import ConflictError
from warmbench.web.api.shapes import PROBLEMS, Strict

router = Router(tags=["Enrollments"])
READS, writing = reads(Resource.ENROLLMENTS), Writing(router, writes(Resource.ENROLLMENTS))
Ids = Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(min_length=1, max_length=1_000)]


class SequenceOut(Schema):
    """A sequence that people can be on."""

    id: int
    name: str
    state: Sequence.State


class SequencePage(Schema):
    """Some sequences, in the order in which they were made."""

    items: list[SequenceOut]
    next: Next


class EnrollmentOut(Schema):
    """Somebody's way through a sequence."""

    id: int
    candidate_id: int
    sequence_id: int
    pool_id: int | None
    state: Enrollment.State
    position: Annotated[int, Field(description="How many steps are behind them.")]
    next_step_at: datetime | None
    waiting_for: str
    exit_reason: str
    started_at: datetime
    ended_at: datetime | None


class EnrollmentPage(Schema):
    """Some enrollments, in the order in which they began."""

    items: list[EnrollmentOut]
    next: Next


class NewEnrollments(Strict):
    """Who is to begin which sequence."""

    sequence_id: Annotated[int, Field(ge=1, le=2**62)]
    candidate_ids: Ids
    restart: Annotated[
        bool, Field(description="Whoever was on it before begins it anew, from the first step.")
    ] = False


class EnrolledOut(Schema):
    """What became of the wish to let somebody begin."""

    candidate_id: int
    verdict: Annotated[Verdict | None, Field(description="Null: there is nobody of this number.")]


class Enrolled(Schema):
    """What became of each of them."""

    items: list[EnrolledOut]


@router.get(
    "/sequences", auth=READS, response={200: SequencePage} | PROBLEMS, summary="List sequences"
)
def list_sequences(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    after: After = "",
    limit: Limit = 50,
) -> SequencePage:
    """The sequences that are not archived. Only active ones can be begun."""
    known = Sequence.objects.exclude(state=Sequence.State.ARCHIVED)
    shown, following = cut(known, after, limit)
    items = [
        SequenceOut(id=one.pk, name=one.name, state=Sequence.State(one.state)) for one in shown
    ]
    return SequencePage(items=items, next=following)


@router.get("", auth=READS, response={200: EnrollmentPage} | PROBLEMS, summary="List enrollments")
def list_enrollments(
    request: HttpRequest,  # noqa: ARG001 - likewise
    candidate_id: Number | None = None,
    sequence_id: Number | None = None,
    state: Enrollment.State | None = None,
    after: After = "",
    limit: Limit = 50,
) -> EnrollmentPage:
    """Who is, or was, on which sequence, and what comes next."""
    wanted = {"candidate": numbers.now_of(candidate_id), "sequence": sequence_id, "state": state}
    found = Enrollment.objects.filter(**{name: value for name, value in wanted.items() if value})
    shown, following = cut(found, after, limit)
    return EnrollmentPage(items=[_out(one) for one in shown], next=following)


@writing("", response={200: Enrolled} | PROBLEMS, summary="Let people begin a sequence")
def enroll(request: HttpRequest, said: NewEnrollments) -> Enrolled:  # noqa: ARG001 - likewise
    """Let people begin a sequence, as the page does: whoever is on it, was on it, is not to be
    written to, or is not let in by its rule does not begin, and is told why. Every message of it
    passes the last gate all the same."""
    sequence, now = access.sequence_for(said.sequence_id), clock.now()
    asked = list(dict.fromkeys(said.candidate_ids))
    there = Candidate.objects.filter(pk__in=asked).values_list("pk", flat=True)
    verdicts = enrollment.enroll(there, sequence, restart=said.restart, is_choosy=True, now=now)
    begun = [pk for pk, verdict in verdicts.items() if verdict is Verdict.ENROLLED]
    detail: dict[str, object] = {"people": len(begun), "restart": said.restart}
    audit.record(None, enrollment.BEGUN, f"sequence:{sequence.pk}", now=now, detail=detail)
    return Enrolled(items=[EnrolledOut(candidate_id=pk, verdict=verdicts.get(pk)) for pk in asked])


@writing(
    "/{int:enrollment_id}/hold",
    response={200: EnrollmentOut} | PROBLEMS,
    summary="Hold an enrollment",
)
def hold(request: HttpRequest, enrollment_id: int) -> EnrollmentOut:  # noqa: ARG001 - likewise
    """Stop their way where it is, until it is resumed."""
    found = _for(enrollment_id)
    if not enrollment.hold(found.candidate_id, found.sequence_id, by_id=None, now=clock.now()):
        raise ConflictError("It is not running.")
    return _out(_for(enrollment_id))


@writing(
    "/{int:enrollment_id}/resume",
    response={200: EnrollmentOut} | PROBLEMS,
    summary="Let an enrollment go on",
)
def resume(request: HttpRequest, enrollment_id: int) -> EnrollmentOut:  # noqa: ARG001 - likewise
    """Let go on what was held so."""
    found = _for(enrollment_id)
    if not enrollment.resume(found.candidate_id, found.sequence_id, by_id=None, now=clock.now()):
        raise ConflictError("It was not held by anybody, or its pool pauses them.")
    return _out(_for(enrollment_id))


@writing(
    "/{int:enrollment_id}/stop",
    response={200: EnrollmentOut} | PROBLEMS,
    summary="Take somebody off a sequence",
)
def stop(request: HttpRequest, enrollment_id: int) -> EnrollmentOut:  # noqa: ARG001 - likewise
    """Take them off the sequence for good. What is in the outbox already goes."""
    found, now = _for(enrollment_id), clock.now()
    is_over = found.ended_at is not None
    if is_over or not enrollment.leave(
        found.candidate_id, found.sequence_id, reason=enrollment.TAKEN_OFF, by_id=None, now=now
    ):
        raise ConflictError("It is over already.")
    return _out(_for(enrollment_id))


def _for(pk: int) -> Enrollment:
    return get_object_or_404(Enrollment, pk=pk)


def _out(one: Enrollment) -> EnrollmentOut:
    is_over = one.ended_at is not None
    return EnrollmentOut(
        id=one.pk,
        candidate_id=one.candidate_id,
        sequence_id=one.sequence_id,
        pool_id=one.pool_id,
        state=Enrollment.State(one.state),
        position=one.position,
        next_step_at=None if is_over else one.next_step_at,
        waiting_for=one.waiting_for,
        exit_reason=one.exit_reason,
        started_at=one.started_at,
        ended_at=one.ended_at,
    )
