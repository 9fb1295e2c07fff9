"""Finds whom the number of a candidate means that a program has kept."""

from warmbench.people import merged
from warmbench.people.models import Candidate
from warmbench.web import access


def candidate_for(candidate_id: int) -> Candidate:
    """The candidate of this number, also of a record that went up in another. Raises Http404."""
    return access.candidate_for(merged.now_is(candidate_id))


def now_of(candidate_id: int | None) -> int | None:
    """The number that somebody has now whom a list is asked about; None if it is about all."""
    return None if candidate_id is None else merged.now_is(candidate_id)
