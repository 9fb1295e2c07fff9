"""Pools and who belongs to them, over the API."""

from datetime import datetime

from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Router, Schema

from warmbench.accounts.models import Resource
from warmbench.nurture.models import Pool, PoolMember
from warmbench.web import access
from warmbench.web.api.keys import reads
from warmbench.web.api.paging import After, Limit, Next, cut
from warmbench.web.api.shapes import PROBLEMS

router = Router(tags=["Pools"])
READS = reads(Resource.POOLS)


class PoolOut(Schema):
    """A pool."""

    id: int
    name: str
    purpose: str
    owner_email: str
    entry_rule: str
    exit_rule: str
    members: int
    sequence_ids: list[int]


class PoolPage(Schema):
    """Some pools, in the order in which they were made."""

    items: list[PoolOut]
    next: Next


class MemberOut(Schema):
    """That somebody is, or was, in a pool."""

    candidate_id: int
    joined_at: datetime
    left_at: datetime | None


class MemberPage(Schema):
    """Some members, in the order in which they joined."""

    items: list[MemberOut]
    next: Next


@router.get("", auth=READS, response={200: PoolPage} | PROBLEMS, summary="List pools")
def list_pools(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    after: After = "",
    limit: Limit = 50,
) -> PoolPage:
    """The pools that are not archived, each with its rules and how many belong to it."""
    present = Count("members", filter=Q(members__left_at=None), distinct=True)
    pools = Pool.objects.filter(archived_at=None).select_related("owner")
    shown, following = cut(
        pools.annotate(present=present).prefetch_related("sequences"), after, limit
    )
    items = [
        PoolOut(
            id=one.pk,
            name=one.name,
            purpose=one.purpose,
            owner_email=one.owner.email if one.owner else "",
            entry_rule=one.entry_rule,
            exit_rule=one.exit_rule,
            members=one.present,  # type: ignore[attr-defined]
            sequence_ids=sorted(sequence.pk for sequence in one.sequences.all()),
        )
        for one in shown
    ]
    return PoolPage(items=items, next=following)


@router.get(
    "/{int:pool_id}/members",
    auth=READS,
    response={200: MemberPage} | PROBLEMS,
    summary="Who belongs to a pool",
)
def list_members(
    request: HttpRequest,  # noqa: ARG001 - likewise
    pool_id: int,
    was: bool = False,  # noqa: FBT001, FBT002 - likewise
    after: After = "",
    limit: Limit = 50,
) -> MemberPage:
    """Who belongs to a pool; with ``was``, also who did and left."""
    access.pool_for(pool_id)
    members = PoolMember.objects.filter(pool=pool_id)
    shown, following = cut(members if was else members.filter(left_at=None), after, limit)
    items = [
        MemberOut(candidate_id=one.candidate_id, joined_at=one.joined_at, left_at=one.left_at)
        for one in shown
    ]
    return MemberPage(items=items, next=following)
