"""Fetches what pages about connected systems are about, or the page that says there is none."""

from django.shortcuts import get_object_or_404

from warmbench.accounts.models import User
from warmbench.integrations.models import AtsConnection, ProfileUpload, SchedulingAccount
from warmbench.people.models import Conflict
from warmbench.web import access


def connection_for(pk: int) -> AtsConnection:
    """The connection to an ATS, with what its word counts for."""
    return get_object_or_404(AtsConnection.objects.select_related("truth"), pk=pk)


def account_for(pk: int) -> SchedulingAccount:
    """The account in which talks are booked, with whose it is."""
    return get_object_or_404(SchedulingAccount.objects.select_related("recruiter"), pk=pk)


def upload_for(pk: int) -> ProfileUpload:
    """The file of profiles."""
    return get_object_or_404(ProfileUpload, pk=pk)


def conflict_to_settle(user: User, pk: int) -> Conflict:
    """The conflict, for who may change the candidate whom it is about."""
    found = get_object_or_404(Conflict.objects.select_related("record"), pk=pk)
    access.candidate_to_change(user, found.record.candidate_id)
    return found
