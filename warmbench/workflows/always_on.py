"""Something about somebody changed: it is noticed, and put before whom it matters to."""

# It tells what profiles say: whoever notices has to know it.
import warmbench.integrations.profiles.known  # noqa: F401
from warmbench.core import clock
from warmbench.core.events import on
from warmbench.insight.deciding import InsightsDecided
from warmbench.insight.recording import InsightsRecorded
from warmbench.people.candidates import CandidatesChanged, CandidatesHandedOver
from warmbench.people.merging import CandidatesMerged, CandidatesParted
from warmbench.people.tagging import CandidateTagged
from warmbench.shortlists import budget, noticing, relevance
from warmbench.shortlists.noticing import PersonChanged
from warmbench.shortlists.profiles import ProfileApproved
from warmbench.signals.record import SignalsRecorded


@on(CandidatesChanged)
def notice_what_is_other_about_people(event: CandidatesChanged) -> None:
    noticing.compare(event.candidate_ids, now=clock.now())


@on(CandidateTagged)
def notice_what_people_can_do_now(event: CandidateTagged) -> None:
    noticing.compare(event.candidate_ids, now=clock.now())


@on(InsightsRecorded)
def notice_what_was_said_of_changes(event: InsightsRecorded) -> None:
    noticing.compare(event.candidate_ids, now=clock.now())


@on(InsightsDecided)
def let_changes_follow_what_people_decided(event: InsightsDecided) -> None:
    noticing.compare(event.candidate_ids, now=clock.now())


@on(SignalsRecorded)
def notice_signs_that_somebody_moved_on(event: SignalsRecorded) -> None:
    noticing.compare(noticing.told_by_signals(event.signal_ids), now=clock.now())


@on(CandidatesMerged)
def take_two_records_of_somebody_for_no_change(event: CandidatesMerged) -> None:
    noticing.compare([event.kept_id], now=clock.now())


@on(CandidatesParted)
def take_two_people_who_were_one_for_no_change(event: CandidatesParted) -> None:
    noticing.compare([event.kept_id, event.returned_id], now=clock.now())


@on(PersonChanged)
def put_changes_before_whom_they_matter_to(event: PersonChanged) -> None:
    now = clock.now()
    # In one go: what is put before somebody else in between would take its room.
    for user_id in relevance.judge(event.change_ids, now=now):
        budget.fill(user_id, now=now)


@on(ProfileApproved)
def look_who_is_apt_for_a_profile(event: ProfileApproved) -> None:
    relevance.refresh(event.profile_id, now=clock.now())


@on(CandidatesHandedOver)
def let_changes_wait_for_the_new_owner(event: CandidatesHandedOver) -> None:
    budget.move(event.candidate_ids, event.to_id)
