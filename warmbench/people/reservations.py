"""Who has a candidate to themselves for a while, so that two recruiters never approach one person.

Every change locks the candidate's row first: of two recruiters who reserve in the same second
one wins, and the other one is told who has the person. Notifications about requests are keyed
``reservation:<request>`` while they wait and ``reservation_answer:<request>`` afterwards.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind, User
from warmbench.accounts.notifications import WHO, Told
from warmbench.core import audit
from warmbench.people import candidates
from warmbench.people.models import Candidate, ReservationRequest

#: How long a reservation lasts if nobody says otherwise, and at most.
USUAL_DAYS, MOST_DAYS = 14, 90
#: How long whoever has a person may take to answer somebody who asks for them.
ANSWERED_WITHIN = timedelta(hours=48)
_NOUN = "reservation"
_WHY = Candidate._meta.get_field("reserved_for").max_length or 0  # noqa: SLF001 - Django's way


@dataclass(frozen=True, slots=True)
class Hold:
    """Who has a person to themselves, until when, and what for."""

    user_id: int
    until: datetime
    why: str


def of(candidate: Candidate, *, now: datetime) -> Hold | None:
    """Who has this person to themselves at this moment; None if nobody has."""
    user_id, until = candidate.reserved_by_id, candidate.reserved_until
    if user_id is None or until is None or until <= now:
        return None
    return Hold(user_id, until, candidate.reserved_for)


@transaction.atomic
def reserve(
    candidate_id: int,
    user_id: int,
    *,
    days: int = USUAL_DAYS,
    why: str,
    by_id: int | None,
    now: datetime,
) -> Hold:
    """Let a recruiter have a person to themselves for so many days, 90 at most.

    Returns who has the person afterwards: somebody else, if they were reserved already. Reserved
    again by the same recruiter, it lasts longer, never shorter. Raises Candidate.DoesNotExist.
    """
    candidate = _lock(candidate_id)
    held = of(candidate, now=now)
    if held is not None and held.user_id != user_id:
        return held
    until = now + timedelta(days=min(days, MOST_DAYS))
    if held is not None:
        until = max(until, held.until)
        why = why or held.why
    return _hold(candidate, Hold(user_id, until, why[:_WHY]), by_id=by_id, now=now)


@transaction.atomic
def take_over(
    candidate_id: int, user_id: int, *, why: str, by_id: int | None, now: datetime
) -> Hold:
    """Give a person to a recruiter whoever has them: for an administrator, who need not ask. Who
    loses them is told. Raises Candidate.DoesNotExist."""
    candidate = _lock(candidate_id)
    before = of(candidate, now=now)
    until = now + timedelta(days=USUAL_DAYS)
    taken = _hold(candidate, Hold(user_id, until, why[:_WHY]), by_id=by_id, now=now)
    waiting = _open(candidate_id)
    if waiting is not None:
        _close(waiting, ReservationRequest.State.REFUSED, by_id=by_id, now=now)
        _tell_asker(waiting, f"{_name(user_id)} has {WHO} now, by decision of the lead", now=now)
    if before is not None and before.user_id not in (user_id, by_id):
        title = f"{WHO} is reserved for {_name(user_id)} now, by decision of the lead"
        key = f"reservation_lost:{candidate_id}:{now.isoformat(timespec='seconds')}"
        _tell(before.user_id, title, candidate_id, key=key, now=now)
    return taken


@transaction.atomic
def release(candidate_id: int, *, by_id: int | None, now: datetime) -> bool:
    """End a reservation. Somebody who asked for the person has them then. Returns whether there
    was one. Raises Candidate.DoesNotExist."""
    candidate = _lock(candidate_id)
    if of(candidate, now=now) is None:
        return False
    _free([candidate_id])
    audit.record(by_id, "candidate.released", f"candidate:{candidate_id}", now=now)
    waiting = _open(candidate_id)
    if waiting is not None:
        _pass_on(waiting, candidate, ReservationRequest.State.GRANTED, by_id=by_id, now=now)
    return True


@transaction.atomic
def ask(
    candidate_id: int, *, by_id: int, note: str = "", now: datetime
) -> ReservationRequest | None:
    """Ask whoever has a person to let another recruiter approach them.

    None if nobody had them: they are the asker's at once. Otherwise the request that is open,
    which is somebody else's if they asked first. Raises Candidate.DoesNotExist.
    """
    candidate = _lock(candidate_id)
    held = of(candidate, now=now)
    if held is None or held.user_id == by_id:
        reserve(candidate_id, by_id, why=note, by_id=by_id, now=now)
        return None
    waiting = _open(candidate_id)
    if waiting is not None:
        return waiting
    asked = ReservationRequest.objects.create(
        candidate_id=candidate_id,
        by_id=by_id,
        of_id=held.user_id,
        note=note[:300],
        at=now,
        lapses_at=now + ANSWERED_WITHIN,
    )
    audit.record(by_id, "candidate.asked_for", f"candidate:{candidate_id}", now=now)
    title = f"{_name(by_id)} asks to approach {WHO}, whom you have reserved"
    _tell(held.user_id, title, candidate_id, body=note, key=f"{_NOUN}:{asked.pk}", now=now)
    return asked


def grant(request_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let the asker have the person. Returns whether it was still to be answered."""
    return _answer(request_id, ReservationRequest.State.GRANTED, by_id=by_id, now=now)


def refuse(request_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Keep the person. Returns whether it was still to be answered."""
    return _answer(request_id, ReservationRequest.State.REFUSED, by_id=by_id, now=now)


def withdraw(request_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Ask no longer. Returns whether it was still to be answered."""
    return _answer(request_id, ReservationRequest.State.WITHDRAWN, by_id=by_id, now=now)


def lapse_due(*, now: datetime) -> int:
    """Give people to whoever asked for them and was not answered in time, or asked for somebody
    who is free by now; and let go of what users have who are no longer active. Returns how many
    requests were settled. One transaction for each: whoever is at work on one holds up no other.
    """
    _let_go_of_leavers(now=now)
    waiting = ReservationRequest.objects.filter(state=ReservationRequest.State.OPEN)
    settled = 0
    for request_id in list(waiting.order_by("lapses_at", "pk").values_list("pk", flat=True)):
        settled += _lapse(request_id, now=now)
    return settled


def waiting_for(user_id: int, *, now: datetime) -> list[ReservationRequest]:
    """The requests that wait for this user: for people whom they have reserved, those that lapse
    first in front."""
    theirs = ReservationRequest.objects.filter(
        state=ReservationRequest.State.OPEN,
        candidate__reserved_by=user_id,
        candidate__reserved_until__gt=now,
    )
    return list(theirs.select_related("candidate", "by").order_by("lapses_at", "pk"))


def request_for(candidate_id: int) -> ReservationRequest | None:
    """The request for a person that waits for an answer."""
    return _open(candidate_id)


@notifications.still_so_by(_NOUN)
def still_wait_for_them(told: Collection[Told]) -> set[Told]:
    """Requests that are open, and whose candidate is still reserved by who was told."""
    ids = {one.pk for one in told}
    waiting = ReservationRequest.objects.filter(pk__in=ids, state=ReservationRequest.State.OPEN)
    holders = dict(waiting.values_list("pk", "candidate__reserved_by"))
    return {one for one in told if one.pk in holders and one.user_id in (None, holders[one.pk])}


@transaction.atomic
def _answer(
    request_id: int, state: ReservationRequest.State, *, by_id: int | None, now: datetime
) -> bool:
    found = _lock_request(request_id)
    if found is None:
        return False
    asked, candidate = found
    match state:
        case ReservationRequest.State.GRANTED:
            _pass_on(asked, candidate, state, by_id=by_id, now=now)
        case _:
            _close(asked, state, by_id=by_id, now=now)
    if state == ReservationRequest.State.REFUSED:
        title = f"{_name(by_id)} keeps {WHO}, whom you asked for"
        _tell_asker(asked, title, now=now)
    return True


@transaction.atomic
def _lapse(request_id: int, *, now: datetime) -> bool:
    found = _lock_request(request_id)
    if found is None:
        return False
    asked, candidate = found
    held = of(candidate, now=now)
    if not asked.by.is_active:
        _close(asked, ReservationRequest.State.WITHDRAWN, by_id=None, now=now)
    elif held is None or held.user_id == asked.by_id:
        _pass_on(asked, candidate, ReservationRequest.State.GRANTED, by_id=None, now=now)
    elif asked.lapses_at <= now:
        _pass_on(asked, candidate, ReservationRequest.State.LAPSED, by_id=None, now=now)
        title = f"{asked.by.name} has {WHO} now: the request was not answered in 48 hours"
        key = f"reservation_lost:{candidate.pk}:{now.isoformat(timespec='seconds')}"
        _tell(held.user_id, title, candidate.pk, key=key, now=now)
    else:
        return False
    return True


def _lock_request(request_id: int) -> tuple[ReservationRequest, Candidate] | None:
    """A request that waits for its answer and its candidate, who is locked; None if it does not
    wait any more."""
    about = ReservationRequest.objects.filter(pk=request_id).values_list("candidate", flat=True)
    # Whoever erased the candidate has deleted the request with them.
    people = candidates.lock(list(about))
    if not people:
        return None
    waiting = ReservationRequest.objects.filter(
        pk=request_id, state=ReservationRequest.State.OPEN
    ).select_related("by")
    asked = waiting.first()
    return None if asked is None else (asked, people[0])


def _pass_on(
    asked: ReservationRequest,
    candidate: Candidate,
    state: ReservationRequest.State,
    *,
    by_id: int | None,
    now: datetime,
) -> None:
    until = now + timedelta(days=USUAL_DAYS)
    held = of(candidate, now=now)
    if held is not None and held.user_id == asked.by_id:
        until = max(until, held.until)
    _hold(candidate, Hold(asked.by_id, until, asked.note[:_WHY]), by_id=by_id, now=now)
    _close(asked, state, by_id=by_id, now=now)
    _tell_asker(asked, f"{WHO} is reserved for you now, as you asked", now=now)


def _hold(candidate: Candidate, to: Hold, *, by_id: int | None, now: datetime) -> Hold:
    Candidate.objects.filter(pk=candidate.pk).update(
        reserved_by_id=to.user_id, reserved_until=to.until, reserved_for=to.why
    )
    # Not what for: the trail outlives the person's data.
    audit.record(
        by_id,
        "candidate.reserved",
        f"candidate:{candidate.pk}",
        now=now,
        detail={"for": to.user_id, "until": to.until.isoformat(timespec="minutes")},
    )
    return to


def _free(candidate_ids: Collection[int]) -> None:
    Candidate.objects.filter(pk__in=candidate_ids).update(
        reserved_by=None, reserved_until=None, reserved_for=""
    )


@transaction.atomic
def _let_go_of_leavers(*, now: datetime) -> None:
    gone = Candidate.objects.filter(reserved_by__is_active=False)
    ids = [one.pk for one in candidates.lock(list(gone.values_list("pk", flat=True)))]
    if ids:
        _free(ids)
        audit.record_each(None, "candidate.released", [f"candidate:{pk}" for pk in ids], now=now)


def _close(
    asked: ReservationRequest,
    state: ReservationRequest.State,
    *,
    by_id: int | None,
    now: datetime,
) -> None:
    ReservationRequest.objects.filter(pk=asked.pk).update(
        state=state, answered_at=now, answered_by=by_id
    )
    notifications.settle([f"{_NOUN}:{asked.pk}"], now=now)


def _tell_asker(asked: ReservationRequest, title: str, *, now: datetime) -> None:
    _tell(asked.by_id, title, asked.candidate_id, key=f"{_NOUN}_answer:{asked.pk}", now=now)


def _tell(
    user_id: int, title: str, candidate_id: int, *, key: str, now: datetime, body: str = ""
) -> None:
    notifications.tell(
        [user_id],
        kind=Kind.RESERVATION,
        title=title,
        body=body,
        path=f"/candidates/{candidate_id}/",
        about=candidate_id,
        key=key,
        now=now,
    )


def _open(candidate_id: int) -> ReservationRequest | None:
    waiting = ReservationRequest.objects.filter(
        candidate=candidate_id, state=ReservationRequest.State.OPEN
    )
    return waiting.select_related("by").first()


def _name(user_id: int | None) -> str:
    found = User.objects.filter(pk=user_id) if user_id else User.objects.none()
    return found.values_list("name", flat=True).first() or "Somebody"


def _lock(candidate_id: int) -> Candidate:
    return Candidate.objects.select_for_update(no_key=True).get(pk=candidate_id)
