"""Somebody may hear of a role."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.people.candidates import CandidatesChanged, CandidateStatusChanged
from warmbench.people.consent import PermissionChanged
from warmbench.people.notices import CandidatesInformed
from warmbench.people.off_limits import OffLimitsEnded
from warmbench.people.tagging import CandidateTagged
from warmbench.sourcing import alerts, matching
from warmbench.sourcing.roles import RoleChanged


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
