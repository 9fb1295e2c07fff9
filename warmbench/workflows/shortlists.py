"""What is known of people on shortlists is kept, and what it says of profiles is proposed."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.shortlists import learning, outcomes
from warmbench.shortlists.answers import ShortlistAnswered
from warmbench.shortlists.models import Shortlist
from warmbench.shortlists.outcomes import OutcomeKnown
from warmbench.shortlists.profiles import ProfileApproved
from warmbench.shortlists.sharing import ShortlistShared
from warmbench.sourcing.applications import ApplicationsChanged


@on(ApplicationsChanged)
def keep_what_became_of_people_on_shortlists(event: ApplicationsChanged) -> None:
    outcomes.follow(event.candidate_ids, now=clock.now())


@on(ShortlistShared)
def keep_what_became_of_people_before_their_list_was_shared(event: ShortlistShared) -> None:
    outcomes.follow_list(event.shortlist_id, now=clock.now())


@on(ShortlistAnswered)
def propose_the_weights_that_an_answer_speaks_for(event: ShortlistAnswered) -> None:
    _propose(event.shortlist_id)


@on(OutcomeKnown)
def propose_the_weights_that_an_outcome_speaks_for(event: OutcomeKnown) -> None:
    _propose(event.shortlist_id)


@on(ProfileApproved)
def look_at_answers_anew_when_a_profile_changed(event: ProfileApproved) -> None:
    learning.propose(event.profile_id, now=clock.now())


def _propose(shortlist_id: int) -> None:
    """A draft that was thrown away meanwhile has no profile any more that would learn."""
    profile_id = (
        Shortlist.objects.filter(pk=shortlist_id)
        .values_list("version__profile_id", flat=True)
        .first()
    )
    if profile_id is not None:
        learning.propose(profile_id, now=clock.now())
