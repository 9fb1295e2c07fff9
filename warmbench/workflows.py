"""What happens when.

Every automatic reaction in Warmbench is a function here: read this file from top to bottom
and you know the product. Reactions are jobs. They may run late or twice, so each one asks
for a state of the world ("there is an open follow-up"), never for a change to it. What the
law requires is not here: it happens in the transaction that records its cause.
"""

from warmbench.accounts.first_run import InstallationCreated
from warmbench.core import clock
from warmbench.core.events import on
from warmbench.messaging import alarms
from warmbench.messaging.inboxes import InboxUnreadable
from warmbench.messaging.senders import SenderPaused
from warmbench.messaging.settling import AddressDied
from warmbench.messaging.switches import SendingStopped
from warmbench.nurture import (
    permissions,
    personalisation,
    pool_warmth,
    pools,
    shipped,
    snippets,
    taking_out,
    triggers,
)
from warmbench.nurture.personalisation import CheckInsAsked
from warmbench.nurture.pools import JoinedPool, LeftPool, PoolChanged
from warmbench.people import tag_tree
from warmbench.people.candidates import (
    CandidatesChanged,
    CandidatesHandedOver,
    CandidateStatusChanged,
)
from warmbench.people.consent import CandidateSuppressed, PermissionChanged
from warmbench.people.notices import CandidatesInformed
from warmbench.people.off_limits import OffLimitsEnded
from warmbench.people.rights import RightsAnswered, RightsRequested
from warmbench.people.tag_edits import TagTreeChanged
from warmbench.people.tagging import CandidateTagged
from warmbench.signals import (
    assignment,
    duties,
    follow_ups,
    notices,
    reasons,
    record,
    recounting,
    replying,
    telling,
    waking,
)
from warmbench.signals.effects import RoleInterestTakenBack, RoleInterestVoiced
from warmbench.signals.follow_ups import FollowUpAsked, FollowUpsClosed
from warmbench.signals.offers import FollowUpOffered, OfferEnded
from warmbench.signals.policies import WarmthPolicyAdopted
from warmbench.signals.record import SignalsRecorded, SignalsWithdrawn
from warmbench.sourcing import alerts, interest, matching
from warmbench.sourcing.roles import RoleChanged
from warmbench.sourcing.waves import AlertsMade

# Somebody begins.


@on(InstallationCreated)
def give_a_new_team_its_tag_tree_and_its_sequences(_: InstallationCreated) -> None:
    tag_tree.load_default(now=clock.now())
    shipped.give_sequences(now=clock.now())
    snippets.load(snippets.SHIPPED, now=clock.now())


# Something came back: put it before the right recruiter.


@on(SignalsRecorded)
def put_replies_before_a_recruiter(event: SignalsRecorded) -> None:
    reasons.ask_about_replies(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def put_high_interest_before_a_recruiter(event: SignalsRecorded) -> None:
    reasons.ask_about_high_interest(event.candidate_ids, now=clock.now())


@on(SignalsRecorded)
def put_high_interest_by_the_rule_of_a_pool_before_a_recruiter(event: SignalsRecorded) -> None:
    pool_warmth.ask_about_high_interest(event.candidate_ids, now=clock.now())


@on(SignalsRecorded)
def put_those_who_return_from_a_long_silence_before_a_recruiter(event: SignalsRecorded) -> None:
    reasons.ask_about_returns(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def put_those_who_say_they_are_open_before_a_recruiter(event: SignalsRecorded) -> None:
    reasons.ask_about_preferences(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def tell_a_recruiter_whose_warm_candidate_left(event: SignalsRecorded) -> None:
    reasons.ask_about_lost(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def let_a_recruiter_find_out_where_somebody_works_now(event: SignalsRecorded) -> None:
    reasons.ask_about_dead_addresses(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def let_a_recruiter_find_out_who_moved_on(event: SignalsRecorded) -> None:
    reasons.ask_about_moves(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def put_those_who_went_quiet_before_a_recruiter(event: SignalsRecorded) -> None:
    reasons.ask_about_silence(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def tell_a_recruiter_who_called_a_message_spam(event: SignalsRecorded) -> None:
    reasons.tell_of_complaints(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def put_those_who_took_an_interest_in_a_role_before_a_recruiter(event: SignalsRecorded) -> None:
    interest.engaged(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def bring_back_what_waits_for_what_people_do_next(event: SignalsRecorded) -> None:
    waking.by_signals(event.signal_ids, now=clock.now())


@on(AlertsMade)
def bring_back_what_waits_for_a_role_that_fits(event: AlertsMade) -> None:
    waking.by_role(event.candidate_ids, now=clock.now())


@on(RoleInterestVoiced)
def let_an_interest_that_was_voiced_end_what_follows_an_alert(event: RoleInterestVoiced) -> None:
    interest.voiced(event.candidate_id, event.role_id, by_id=event.by_id, now=clock.now())


@on(RoleInterestTakenBack)
def take_back_an_interest_that_was_not_voiced(event: RoleInterestTakenBack) -> None:
    interest.forget([event.candidate_id], now=clock.now())


@on(FollowUpAsked)
def let_those_who_take_an_interest_begin_what_follows_it(event: FollowUpAsked) -> None:
    triggers.follow(event.follow_up_id, now=clock.now())


@on(FollowUpsClosed)
def take_back_what_began_with_an_interest_that_was_none(event: FollowUpsClosed) -> None:
    triggers.take_back(event.follow_up_ids, now=clock.now())


@on(SignalsWithdrawn)
def take_back_an_interest_that_was_none(event: SignalsWithdrawn) -> None:
    interest.forget(event.candidate_ids, now=clock.now())


@on(AddressDied)
def note_that_an_address_died(event: AddressDied) -> None:
    record.dead_addresses(event.candidate_ids, now=clock.now())


@on(RightsRequested)
def put_what_people_ask_about_their_data_before_a_recruiter(event: RightsRequested) -> None:
    duties.ask_about_rights(event.request_id, now=clock.now())


@on(RightsAnswered)
def put_down_what_is_answered(event: RightsAnswered) -> None:
    duties.put_down_rights(event.request_id, now=clock.now())


@on(CheckInsAsked)
def put_check_ins_before_their_recruiter_until_they_go(event: CheckInsAsked) -> None:
    personalisation.put_before_recruiters(event.candidate_ids, now=clock.now())


# A user has to know.


@on(FollowUpAsked)
def find_a_recruiter_and_tell_them_who_is_to_be_followed_up(event: FollowUpAsked) -> None:
    now = clock.now()
    # In one go: what somebody has got is news for nobody else.
    assignment.give(event.follow_up_id, now=now)
    telling.of_follow_up(event.follow_up_id, now=now)


@on(FollowUpOffered)
def ask_a_recruiter_to_take_on_what_is_offered(event: FollowUpOffered) -> None:
    telling.of_offer(event.follow_up_id, now=clock.now())


@on(OfferEnded)
def tell_what_became_of_an_offer(event: OfferEnded) -> None:
    telling.of_answer(event, now=clock.now())


@on(FollowUpsClosed)
def let_what_is_done_need_no_reading(event: FollowUpsClosed) -> None:
    telling.settle(event.follow_up_ids, now=clock.now())


@on(FollowUpsClosed)
def let_conversations_rest_that_were_dealt_with(event: FollowUpsClosed) -> None:
    replying.let_rest(event.follow_up_ids)


@on(SendingStopped)
def tell_administrators_that_sending_was_stopped(event: SendingStopped) -> None:
    alarms.of_stop(event.switch_id, now=clock.now())


@on(SenderPaused)
def tell_administrators_that_a_mailbox_was_paused(event: SenderPaused) -> None:
    alarms.of_pause(event.sender_id, now=clock.now())


@on(InboxUnreadable)
def tell_administrators_that_an_inbox_cannot_be_read(event: InboxUnreadable) -> None:
    alarms.of_inbox(event.inbox_id, now=clock.now())


# Somebody must not, or need not, hear from us.


@on(CandidateSuppressed)
def take_suppressed_candidates_out_of_sequences(event: CandidateSuppressed) -> None:
    taking_out.take_out(event.candidate_ids, now=clock.now())


@on(CandidateStatusChanged)
def take_candidates_who_are_spoken_for_out_of_sequences(event: CandidateStatusChanged) -> None:
    taking_out.take_out(event.candidate_ids, now=clock.now())


@on(CandidateSuppressed)
def call_off_approaches_to_suppressed_candidates(event: CandidateSuppressed) -> None:
    note = "They are not to be written to any more."
    follow_ups.call_off(event.candidate_ids, reasons.APPROACHES, note=note, now=clock.now())


# Somebody may hear of a role.


@on(RoleChanged)
def let_alerts_follow_a_role_that_was_edited(event: RoleChanged) -> None:
    alerts.follow(event.role_id, now=clock.now())


@on(CandidatesChanged)
def let_changed_candidates_hear_of_roles_that_fit_them_now(event: CandidatesChanged) -> None:
    alerts.late_comers(event.candidate_ids, now=clock.now())


@on(CandidatesChanged)
def count_tags_again_while_many_people_come_in(event: CandidatesChanged) -> None:
    now = clock.now()
    if len(event.candidate_ids) >= matching.MANY:
        matching.recount(now=now, unless_since=now - matching.COUNTS_HOLD)


@on(CandidateTagged)
def let_tagged_candidates_hear_of_roles_that_fit_them_now(event: CandidateTagged) -> None:
    alerts.late_comers(event.candidate_ids, now=clock.now())


@on(PermissionChanged)
def tell_those_of_roles_who_may_be_told_now(event: PermissionChanged) -> None:
    alerts.ask_again(event.candidate_ids, now=clock.now())


@on(CandidateStatusChanged)
def tell_those_of_roles_who_are_no_longer_spoken_for(event: CandidateStatusChanged) -> None:
    alerts.ask_again(event.candidate_ids, now=clock.now())


@on(OffLimitsEnded)
def tell_those_of_roles_who_are_no_longer_off_limits(event: OffLimitsEnded) -> None:
    alerts.ask_again(event.candidate_ids, now=clock.now())


@on(CandidatesInformed)
def tell_those_of_roles_who_know_by_now_that_we_have_their_data(event: CandidatesInformed) -> None:
    alerts.ask_again(event.candidate_ids, now=clock.now())


# Somebody, or what we think of them, has changed.


@on(CandidatesChanged)
def let_changed_candidates_join_and_leave_pools(event: CandidatesChanged) -> None:
    pools.refresh(event.candidate_ids, now=clock.now())


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
