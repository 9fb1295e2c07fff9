"""Candidates, over the API: found, read, added, changed, and stopped."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from warmbench.accounts.models import Organisation, Resource
from warmbench.core import audit, clock
from warmbench.nurture.models import PoolMember
from warmbench.people import (
    adding,
    bulk_tagging,
    candidates,
    consent,
    editing,
    handing_over,
    looks,
    search,
)
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, Channel, ContactPoint, Suppression, Tag
from warmbench.signals import warmth
from warmbench.web import access, queue
from warmbench.web.api import numbers
from warmbench.web.api.candidate_shapes import (
    CandidateChange,
    CandidateFilter,
    CandidateOut,
    CandidatePage,
    NewAddress,
    NewCandidate,
    Pause,
    StatusChange,
    Stop,
    TagChange,
    address_lists,
    tag_lists,
)
from warmbench.web.api.keys import key_of, reads, via, writes
from warmbench.web.api.once import Writing
from warmbench.web.api.paging import After, Limit, cut
from warmbench.web.api.problems import ConflictError, InvalidError
from warmbench.web.api.recruiters import recruiter_called
from warmbench.web.api.shapes import PROBLEMS
from warmbench.web.candidate_forms import FactsForm

#: Pauses that a program may end. Others end with the candidate, or with a person here who looked.
_ENDED_BY_PROGRAMS = frozenset(
    {PauseReason.REPLIED, PauseReason.BOOKED, PauseReason.RECRUITER, PauseReason.ABSENT}
)

router = Router(tags=["Candidates"])
READS, writing = reads(Resource.CANDIDATES), Writing(router, writes(Resource.CANDIDATES))
_ANSWERS = {200: CandidateOut} | PROBLEMS
#: Facts that the API takes as they are named in ``people.editing``.
_FACTS = frozenset(editing.FACTS)


@router.get("", auth=READS, response={200: CandidatePage} | PROBLEMS, summary="List candidates")
def list_candidates(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    asked: Query[CandidateFilter],
    after: After = "",
    limit: Limit = 50,
) -> CandidatePage:
    """Candidates in the order in which they came, ``limit`` at a time. Filters narrow it down
    together; what nobody is called finds nobody."""
    shown, following = cut(_found(asked), after, limit)
    return CandidatePage(items=_shown(shown), next=following)


@writing("", response={201: CandidateOut} | PROBLEMS, summary="Add a candidate")
def add_candidate(request: HttpRequest, said: NewCandidate) -> Status[CandidateOut]:
    """Add somebody whom nobody here knows. Whoever is known by an address or by the id of the
    source is answered with `409` and their number. It gives no permission to write to them."""
    key, now = key_of(request), clock.now()
    facts, owner_id = _facts(said, {}), _owner(said)
    tags = _tags(said.tags, "tags")
    addresses = [(Channel.EMAIL, one) for one in said.emails]
    addresses += [(Channel.SMS, one) for one in said.phones]
    if not any(facts.get(name) for name in ("first_name", "last_name")) and not addresses:
        raise InvalidError({"last_name": "Give a name, or an address."})
    for name in ("source", "external_id"):
        if "\0" in getattr(said, name):
            raise InvalidError({name: "It has a character that cannot be stored."})
    candidate = adding.add(
        facts,
        addresses=addresses,
        source=said.source or key.name,
        external_id=said.external_id,
        owner_id=owner_id,
        by_id=None,
        now=now,
    )
    for tag in tags:
        bulk_tagging.add(tag.pk, [candidate.pk], by_id=None, now=now)
    return Status(201, _one(request, candidate.pk))


@router.get("/{int:candidate_id}", auth=READS, response=_ANSWERS, summary="A candidate")
def get_candidate(request: HttpRequest, candidate_id: int) -> CandidateOut:
    """One candidate. That somebody looked is for the candidate to see. Whose record went up in
    another one is answered, here and everywhere, under the number that they have now."""
    candidate_id = numbers.candidate_for(candidate_id).pk
    with audit.acting(via(key_of(request))):
        looks.note(candidate_id, by_id=None, now=clock.now())
    return _one(request, candidate_id)


@writing("/{int:candidate_id}", response=_ANSWERS, summary="Correct a candidate", method="PATCH")
def change_candidate(
    request: HttpRequest, candidate_id: int, said: CandidateChange
) -> CandidateOut:
    """Put facts right, and leave the rest. Null empties a field."""
    candidate, now = numbers.candidate_for(candidate_id), clock.now()
    owner_id = _owner(said)
    before = {name: getattr(candidate, name) for name in _FACTS}
    if facts := _facts(said, before):
        editing.correct(candidate.pk, facts, by_id=None, now=now)
    if "owner_email" in said.model_fields_set:
        handing_over.give([candidate.pk], to_id=owner_id, by_id=None, now=now)
    return _one(request, candidate.pk)


@writing("/{int:candidate_id}/addresses", response=_ANSWERS, summary="Add an address")
def add_address(request: HttpRequest, candidate_id: int, said: NewAddress) -> CandidateOut:
    """Note another address or number of theirs."""
    candidate_id = numbers.candidate_for(candidate_id).pk
    editing.add_address(
        candidate_id,
        said.address,
        channel=said.channel,
        is_first=said.is_first,
        by_id=None,
        now=clock.now(),
        source=key_of(request).name,
    )
    return _one(request, candidate_id)


@writing("/{int:candidate_id}/status", response=_ANSWERS, summary="Give another status")
def change_status(request: HttpRequest, candidate_id: int, said: StatusChange) -> CandidateOut:
    """Say where they stand. Who was placed a second ago gets nothing more."""
    candidate_id = numbers.candidate_for(candidate_id).pk
    candidates.change_status(
        candidate_id, said.status, evidence=said.evidence.replace("\0", ""), now=clock.now()
    )
    return _one(request, candidate_id)


@writing("/{int:candidate_id}/tags", response=_ANSWERS, summary="Put tags on, and take tags off")
def change_tags(request: HttpRequest, candidate_id: int, said: TagChange) -> CandidateOut:
    """Put tags on them, and take tags off. All of them must be known."""
    candidate_id = numbers.candidate_for(candidate_id).pk
    added, removed, now = _tags(said.add, "add"), _tags(said.remove, "remove"), clock.now()
    for tag in added:
        bulk_tagging.add(tag.pk, [candidate_id], by_id=None, now=now)
    for tag in removed:
        bulk_tagging.remove(tag.pk, [candidate_id], by_id=None, now=now)
    return _one(request, candidate_id)


@writing("/{int:candidate_id}/pause", response=_ANSWERS, summary="Hold automation still")
def pause(request: HttpRequest, candidate_id: int, said: Pause) -> CandidateOut:
    """Send them nothing by itself, until a day or until somebody resumes it. A pause that lasts
    longer stays as it is."""
    candidate_id = numbers.candidate_for(candidate_id).pk
    now, until = clock.now(), None
    if said.until is not None:
        if not timezone.localdate(now) < said.until <= _last_day(now):
            raise InvalidError({"until": "Choose a day after today, within ten years."})
        until = queue.wake_at("day", said.until, now=now)
    candidates.pause([candidate_id], reason=PauseReason.RECRUITER, until=until, now=now)
    return _one(request, candidate_id)


@writing("/{int:candidate_id}/resume", response=_ANSWERS, summary="Let automation go on")
def resume(request: HttpRequest, candidate_id: int) -> CandidateOut:
    """End the pause. One that they asked for themselves goes on, and so does one that a person
    here is to look at: the answer is `409` then."""
    candidate_id, now = numbers.candidate_for(candidate_id).pk, clock.now()
    for one in candidates.lock([candidate_id]):
        is_paused = candidates.is_paused(one, now=now)
        if is_paused and one.pause_reason not in _ENDED_BY_PROGRAMS:
            raise ConflictError(
                "No program ends this pause: they asked for it, or somebody here is to look first."
            )
    candidates.resume([candidate_id], now=now)
    return _one(request, candidate_id)


@writing("/{int:candidate_id}/stop", response=_ANSWERS, summary="Never write to them again")
def stop(request: HttpRequest, candidate_id: int, said: Stop) -> CandidateOut:
    """Opt them out. From the answer on nothing begins to go to them. The API takes no stop back."""
    candidate_id = numbers.candidate_for(candidate_id).pk
    consent.suppress(
        candidate_id,
        reason=Suppression.Reason(said.reason),
        evidence=f"{key_of(request).name}: {said.evidence}".replace("\0", "")[:300],
        channel=said.channel,
        now=clock.now(),
    )
    return _one(request, candidate_id)


def _found(asked: CandidateFilter) -> QuerySet[Candidate]:
    people: QuerySet[Candidate] = Candidate.objects.select_related("owner")
    columns = {
        "status": asked.status,
        "owner__email__iexact": asked.owner_email,
        "changed_at__gte": asked.changed_since,
    }
    people = people.filter(**{name: value for name, value in columns.items() if value})
    if asked.source or asked.external_id:
        called = candidates.called(source=asked.source, external_id=asked.external_id)
        people = people.filter(called)
    if asked.email:
        address = asked.email.strip().lower()
        points = ContactPoint.objects.filter(channel=Channel.EMAIL, address=address)
        people = people.filter(pk__in=points.values("candidate"))
    if asked.tag:
        tag = search.tag_called(asked.tag)
        people = people.filter(facet__tag_ids__contains=[tag.pk]) if tag else people.none()
    if asked.pool_id:
        present = PoolMember.objects.filter(pool=asked.pool_id, left_at=None)
        people = people.filter(pk__in=present.values("candidate"))
    return search.find(people, asked.q, country=_country()) if asked.q else people


def _one(request: HttpRequest, candidate_id: int) -> CandidateOut:
    # An answer that is kept goes with the person.
    request.api_about = candidate_id  # type: ignore[attr-defined]
    return _shown([access.candidate_for(candidate_id)])[0]


def _shown(people: Iterable[Candidate]) -> list[CandidateOut]:
    listed, now = list(people), clock.now()
    pks = [one.pk for one in listed]
    addresses, tags, scores = address_lists(pks), tag_lists(pks), warmth.of(pks, now=now)
    stops = Suppression.objects.filter(
        candidate__in=pks, channel="", releases=None, released_by=None
    )
    stopped = set(stops.values_list("candidate", flat=True))
    return [
        CandidateOut(
            **{
                name: getattr(one, name)
                for name in CandidateOut.model_fields
                if hasattr(one, name) and name != "warmth"
            },
            owner_email=one.owner.email if one.owner else "",
            addresses=addresses.get(one.pk, []),
            tags=tags.get(one.pk, []),
            warmth=scores[one.pk],
            is_paused=candidates.is_paused(one, now=now),
            is_stopped=one.pk in stopped or one.status == Candidate.Status.DO_NOT_CONTACT,
        )
        for one in listed
    ]


def _facts(said: CandidateChange, known: Mapping[str, str]) -> dict[str, str]:
    """The facts that are said, by the rules of the page on which people say them."""
    given = {
        name: value or ""
        for name, value in said.model_dump(mode="json", exclude_unset=True).items()
        if name in _FACTS
    }
    form = FactsForm({**known, **given})
    if faults := {name: str(form.errors[name][0]) for name in form.errors if name in given}:
        raise InvalidError(faults)
    return {name: form.cleaned_data[name] for name in given}


def _owner(said: CandidateChange) -> int | None:
    email = said.owner_email
    return recruiter_called(email, field="owner_email").pk if email else None


def _tags(names: Iterable[str], field: str) -> list[Tag]:
    found = [(name, search.tag_called(name.replace("\0", ""))) for name in names]
    if missing := [name for name, tag in found if tag is None]:
        raise InvalidError({field: f"There is no tag called “{missing[0]}”."})
    return [tag for _, tag in found if tag]


def _country() -> str:
    organisation = Organisation.objects.first()
    return organisation.default_country if organisation else ""


def _last_day(now: datetime) -> date:
    return now.date().replace(year=now.year + 10, day=28)
