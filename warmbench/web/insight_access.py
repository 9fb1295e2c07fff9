"""Fetches facts from conversations and the texts they stand in, for who may see or change them."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from warmbench.accounts.models import User
from warmbench.insight.models import Insight, Source
from warmbench.web import access


def insight_for(pk: int) -> Insight:
    """The fact, with whom it is about and where it stands. The whole team may read it."""
    facts = Insight.objects.select_related("candidate", "source__author", "decided_by")
    return get_object_or_404(facts.defer("source__text"), pk=pk)


def insight_to_change(user: User, pk: int) -> Insight:
    """The fact, for who may change its candidate."""
    one = insight_for(pk)
    if not access.may_change_candidate(user, one.candidate):
        raise PermissionDenied
    return one


def source_for(pk: int) -> Source:
    """The text, with who added it. The whole team may read it."""
    return get_object_or_404(Source.objects.select_related("author"), pk=pk)


def source_to_change(user: User, pk: int) -> Source:
    """The text, for who added it, who may change the person it is about first, or an
    administrator."""
    source = source_for(pk)
    if not may_change_source(user, source):
        raise PermissionDenied
    return source


def may_change_source(user: User, source: Source) -> bool:
    """Whether ``user`` may take the text away."""
    if user.is_admin or (user.is_recruiter and source.author_id == user.pk):
        return True
    first = source.people.order_by("position").select_related("candidate").first()
    return first is not None and access.may_change_candidate(user, first.candidate)


def changeable(user: User, facts: Collection[Insight]) -> set[int]:
    """The candidates of these facts whom ``user`` may change."""
    return set(access.candidates_to_change(user, {one.candidate_id for one in facts}))
