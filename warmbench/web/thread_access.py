"""Fetches conversations for whoever may see or change them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from warmbench.accounts.models import User
from warmbench.messaging.models import Thread
from warmbench.people.models import Candidate
from warmbench.web import access


def thread_for(pk: int) -> Thread:
    """The conversation, with whose it is. The whole team may read it."""
    found = Thread.objects.select_related("candidate", "candidate__owner")
    return get_object_or_404(found, pk=pk)


def thread_of(candidate: Candidate, pk: int) -> Thread:
    """A conversation with this candidate."""
    return get_object_or_404(Thread, pk=pk, candidate=candidate)


def thread_to_change(user: User, pk: int) -> Thread:
    """The conversation, for who may change the candidate; anybody's while it is not known whose
    it is."""
    thread = thread_for(pk)
    if thread.candidate is not None and not access.may_change_candidate(user, thread.candidate):
        raise PermissionDenied
    return thread
