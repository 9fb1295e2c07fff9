"""Fetches reservations and agreements about employers, for whoever may see or change them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from warmbench.accounts import absences
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.people.models import Candidate, OffLimits, ReservationRequest
from warmbench.web import access


def may_speak_for(user: User, holder_id: int | None) -> bool:
    """Whether ``user`` may let somebody go who is reserved for this one, and answer who asks for
    them: as they themselves, as who stands in for them, or as an administrator."""
    if holder_id is None or not user.is_recruiter:
        return False
    return user.is_admin or holder_id in (
        user.pk,
        *absences.covered_by(user, now=clock.now()),
    )


def candidate_reserved_for(user: User, pk: int) -> Candidate:
    """The candidate, for who has them reserved or may speak for that one."""
    candidate = access.candidate_for(pk)
    if candidate.reserved_by_id is not None and not may_speak_for(user, candidate.reserved_by_id):
        raise PermissionDenied
    return candidate


def asked_reservation(user: User, pk: int) -> ReservationRequest:
    """The request for a candidate, for who asked and for who may answer it."""
    asked = get_object_or_404(ReservationRequest.objects.select_related("candidate", "by"), pk=pk)
    is_theirs = asked.by_id == user.pk or may_speak_for(user, asked.candidate.reserved_by_id)
    if not is_theirs:
        raise PermissionDenied
    return asked


def off_limits_for(pk: int) -> OffLimits:
    """The agreement about an employer. The whole team may read it."""
    return get_object_or_404(OffLimits.objects.select_related("by"), pk=pk)


def off_limits_to_change(user: User, pk: int) -> OffLimits:
    """The agreement, for who wrote it down or an administrator."""
    found = off_limits_for(pk)
    if not may_change_off_limits(user, found):
        raise PermissionDenied
    return found


def may_change_off_limits(user: User, found: OffLimits) -> bool:
    """Whether ``user`` may end the agreement and make exceptions: it only ever sends more."""
    return user.is_admin or (user.is_recruiter and found.by_id == user.pk)
