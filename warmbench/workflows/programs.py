"""Programs that subscribed are told."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.insight.recording import InsightsRecorded
from warmbench.integrations.models import Happening
from warmbench.integrations.subscriptions import happenings
from warmbench.nurture.enrollment import Enrolled
from warmbench.nurture.pools import JoinedPool, LeftPool
from warmbench.people.candidates import CandidatesChanged, CandidateStatusChanged
from warmbench.people.consent import CandidateSuppressed, PermissionChanged
from warmbench.people.erasure import CandidatesErased
from warmbench.people.merging import CandidatesMerged
from warmbench.shortlists.answers import ShortlistAnswered
from warmbench.shortlists.outcomes import OutcomeKnown
from warmbench.shortlists.profiles import ProfileApproved
from warmbench.shortlists.sharing import ShortlistShared
from warmbench.signals.follow_ups import FollowUpAsked, FollowUpsClosed
from warmbench.signals.record import SignalsRecorded
from warmbench.sourcing.roles import RoleChanged, RoleEnded, RoleOpened
from warmbench.sourcing.waves import AlertsMade


@on(CandidatesChanged)
def tell_programs_who_changed(event: CandidatesChanged) -> None:
    happenings.of_candidates(Happening.CANDIDATE_CHANGED, event.candidate_ids, now=clock.now())


@on(CandidateStatusChanged)
def tell_programs_where_somebody_stands(event: CandidateStatusChanged) -> None:
    about = {"status": event.status}
    happenings.of_candidates(
        Happening.STATUS_CHANGED, event.candidate_ids, about=about, now=clock.now()
    )


@on(CandidateSuppressed)
def tell_programs_who_must_not_be_written_to(event: CandidateSuppressed) -> None:
    about = {"reason": event.reason}
    happenings.of_candidates(Happening.OPTED_OUT, event.candidate_ids, about=about, now=clock.now())


@on(PermissionChanged)
def tell_programs_whose_permission_changed(event: PermissionChanged) -> None:
    happenings.of_candidates(Happening.PERMISSION_CHANGED, event.candidate_ids, now=clock.now())


@on(CandidatesMerged)
def tell_programs_whose_records_became_one(event: CandidatesMerged) -> None:
    about = {"into": event.kept_id}
    happenings.of_candidates(Happening.MERGED, [event.gone_id], about=about, now=clock.now())


@on(CandidatesErased)
def tell_programs_who_was_erased(event: CandidatesErased) -> None:
    happenings.of_candidates(Happening.ERASED, event.candidate_ids, now=clock.now())


@on(JoinedPool)
def tell_programs_who_joined_a_pool(event: JoinedPool) -> None:
    about = {"pool_id": event.pool_id}
    happenings.of_candidates(
        Happening.POOL_JOINED, event.candidate_ids, about=about, now=clock.now()
    )


@on(LeftPool)
def tell_programs_who_left_a_pool(event: LeftPool) -> None:
    about = {"pool_id": event.pool_id}
    happenings.of_candidates(Happening.POOL_LEFT, event.candidate_ids, about=about, now=clock.now())


@on(Enrolled)
def tell_programs_who_began_a_sequence(event: Enrolled) -> None:
    about = {"sequence_id": event.sequence_id}
    happenings.of_candidates(
        Happening.ENROLLMENT_BEGUN, event.candidate_ids, about=about, now=clock.now()
    )


@on(SignalsRecorded)
def tell_programs_who_did_something(event: SignalsRecorded) -> None:
    about = {"signal_ids": event.signal_ids}
    happenings.of_candidates(
        Happening.SIGNAL_RECORDED, event.candidate_ids, about=about, now=clock.now()
    )


@on(InsightsRecorded)
def tell_programs_what_was_noted_from_a_conversation(event: InsightsRecorded) -> None:
    about = {"insight_ids": event.insight_ids}
    happenings.of_candidates(
        Happening.INSIGHT_RECORDED, event.candidate_ids, about=about, now=clock.now()
    )


@on(FollowUpAsked)
def tell_programs_who_is_to_be_followed_up(event: FollowUpAsked) -> None:
    happenings.of_follow_ups(Happening.FOLLOW_UP_ASKED, [event.follow_up_id], now=clock.now())


@on(FollowUpsClosed)
def tell_programs_what_came_of_follow_ups(event: FollowUpsClosed) -> None:
    happenings.of_follow_ups(Happening.FOLLOW_UP_CLOSED, event.follow_up_ids, now=clock.now())


@on(RoleOpened)
def tell_programs_of_a_role_that_is_open(event: RoleOpened) -> None:
    happenings.of_role(Happening.ROLE_OPENED, event.role_id, now=clock.now())


@on(RoleChanged)
def tell_programs_of_a_role_that_was_edited(event: RoleChanged) -> None:
    happenings.of_role(Happening.ROLE_CHANGED, event.role_id, now=clock.now())


@on(RoleEnded)
def tell_programs_of_a_role_that_ended(event: RoleEnded) -> None:
    happenings.of_role(Happening.ROLE_ENDED, event.role_id, now=clock.now())


@on(AlertsMade)
def tell_programs_who_is_to_hear_of_a_role(event: AlertsMade) -> None:
    about = {"role_id": event.role_id}
    happenings.of_candidates(
        Happening.ALERTS_MADE, event.candidate_ids, about=about, now=clock.now()
    )


@on(ProfileApproved)
def tell_programs_which_profile_was_approved(event: ProfileApproved) -> None:
    about = {"profile_id": event.profile_id, "version_id": event.version_id}
    happenings.of_shortlist(Happening.PROFILE_APPROVED, about, now=clock.now())


@on(ShortlistShared)
def tell_programs_which_list_was_shared(event: ShortlistShared) -> None:
    about = {"shortlist_id": event.shortlist_id}
    happenings.of_shortlist(Happening.SHORTLIST_SHARED, about, now=clock.now())


@on(ShortlistAnswered)
def tell_programs_what_a_manager_answered(event: ShortlistAnswered) -> None:
    about = {"answer_id": event.answer_id}
    happenings.of_entry(Happening.SHORTLIST_ANSWERED, event.entry_id, about=about, now=clock.now())


@on(OutcomeKnown)
def tell_programs_what_became_of_somebody(event: OutcomeKnown) -> None:
    about = {"kind": event.kind}
    happenings.of_entry(Happening.OUTCOME_KNOWN, event.entry_id, about=about, now=clock.now())
