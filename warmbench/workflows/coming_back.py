"""Something came back: it is put before the right recruiter."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.messaging.settling import AddressDied
from warmbench.nurture import personalisation, pool_warmth, triggers
from warmbench.nurture.personalisation import CheckInsAsked
from warmbench.people.rights import RightsAnswered, RightsRequested
from warmbench.signals import duties, reasons, record, talks, waking
from warmbench.signals.effects import RoleInterestTakenBack, RoleInterestVoiced
from warmbench.signals.follow_ups import FollowUpAsked, FollowUpsClosed
from warmbench.signals.record import SignalsRecorded, SignalsWithdrawn
from warmbench.sourcing import interest
from warmbench.sourcing.waves import AlertsMade


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
def put_talks_that_did_not_take_place_before_a_recruiter(event: SignalsRecorded) -> None:
    reasons.ask_about_talks(event.signal_ids, now=clock.now())


@on(SignalsRecorded)
def end_what_asks_for_a_talk_with_those_who_booked_one(event: SignalsRecorded) -> None:
    talks.answered(event.signal_ids, now=clock.now())


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
