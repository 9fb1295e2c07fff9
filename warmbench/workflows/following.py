"""Somebody, or what we think of them, has changed."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.messaging.settling import AddressDied
from warmbench.nurture import permissions, pool_warmth, pools
from warmbench.nurture.pools import JoinedPool, LeftPool, PoolChanged
from warmbench.people import duplicates
from warmbench.people.candidates import CandidatesChanged, CandidatesHandedOver
from warmbench.people.consent import CandidateSuppressed, PermissionChanged
from warmbench.people.merging import CandidatesMerged, CandidatesParted
from warmbench.people.notices import CandidatesInformed
from warmbench.people.tag_edits import TagTreeChanged
from warmbench.people.tagging import CandidateTagged
from warmbench.signals import follow_ups, notices, recounting, warmth
from warmbench.signals.follow_ups import FollowUpAsked, FollowUpsClosed
from warmbench.signals.policies import WarmthPolicyAdopted
from warmbench.signals.record import SignalsRecorded, SignalsWithdrawn


@on(CandidatesChanged)
def let_changed_candidates_join_and_leave_pools(event: CandidatesChanged) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


@on(CandidatesChanged)
def look_for_other_records_of_changed_candidates(event: CandidatesChanged) -> None:
    # Of many at once, a file's, the night finds them.
    if len(event.candidate_ids) < duplicates.MANY:
        duplicates.find(event.candidate_ids, now=clock.now())


@on(CandidatesMerged)
def count_what_both_records_of_somebody_did(event: CandidatesMerged) -> None:
    warmth.recount([event.kept_id], now=clock.now())


@on(CandidatesParted)
def count_what_each_of_two_people_did(event: CandidatesParted) -> None:
    warmth.recount([event.kept_id, event.returned_id], now=clock.now())


@on(CandidateTagged)
def let_tagged_candidates_join_and_leave_pools(event: CandidateTagged) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


@on(PermissionChanged)
def let_pools_follow_what_candidates_permit(event: PermissionChanged) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


@on(PermissionChanged)
def call_off_requests_for_a_permission_that_was_given_or_refused(
    event: PermissionChanged,
) -> None:
    permissions.call_off_settled(event.candidate_ids, now=clock.now())


@on(CandidatesInformed)
def call_off_requests_to_tell_people_who_know_by_now(event: CandidatesInformed) -> None:
    notices.call_off(event.candidate_ids, now=clock.now())


@on(SignalsRecorded)
def let_pools_follow_what_people_did(event: SignalsRecorded) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


@on(FollowUpAsked)
def let_pools_follow_who_waits_for_a_recruiter(event: FollowUpAsked) -> None:
    pools.refresh(follow_ups.whom([event.follow_up_id]), now=clock.now())


@on(FollowUpsClosed)
def let_pools_follow_who_waits_no_longer(event: FollowUpsClosed) -> None:
    pools.refresh(follow_ups.whom(event.follow_up_ids), now=clock.now())


@on(SignalsWithdrawn)
def let_pools_follow_what_turned_out_not_to_be_theirs(event: SignalsWithdrawn) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


@on(TagTreeChanged)
def recount_pools_whose_rules_name_the_tree(_: TagTreeChanged) -> None:
    pools.recount(now=clock.now())


@on(CandidateSuppressed)
def let_suppressed_candidates_leave_pools(event: CandidateSuppressed) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


@on(AddressDied)
def let_unreachable_candidates_leave_pools(event: AddressDied) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


@on(CandidatesHandedOver)
def let_follow_ups_go_along_to_the_new_owner(event: CandidatesHandedOver) -> None:
    follow_ups.move(event.candidate_ids, to_id=event.to_id)


@on(JoinedPool)
def measure_new_members_as_their_pool_does(event: JoinedPool) -> None:
    pool_warmth.follow(event.pool_id, event.candidate_ids, now=clock.now())


@on(LeftPool)
def measure_those_who_left_as_their_pool_does_no_longer(event: LeftPool) -> None:
    pool_warmth.follow(event.pool_id, event.candidate_ids, now=clock.now())


@on(WarmthPolicyAdopted)
def count_warmth_anew_by_a_new_policy(event: WarmthPolicyAdopted) -> None:
    pool_warmth.follow_policy(event.scope, now=clock.now())
    while recounting.step(event.scope, now=clock.now()):
        pass


@on(WarmthPolicyAdopted)
def recount_pools_that_ask_for_high_interest(event: WarmthPolicyAdopted) -> None:
    if not event.scope:
        pools.recount_interest(now=clock.now())


@on(PoolChanged)
def recount_a_pool_that_was_edited(event: PoolChanged) -> None:
    pools.recount(pool_id=event.pool_id, now=clock.now())
