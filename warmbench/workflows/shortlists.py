"""What is known of people on shortlists changes: what became of them is kept."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.shortlists import outcomes
from warmbench.shortlists.sharing import ShortlistShared
from warmbench.sourcing.applications import ApplicationsChanged


@on(ApplicationsChanged)
def keep_what_became_of_people_on_shortlists(event: ApplicationsChanged) -> None:
    outcomes.follow(event.candidate_ids, now=clock.now())


@on(ShortlistShared)
def keep_what_became_of_people_before_their_list_was_shared(event: ShortlistShared) -> None:
    outcomes.follow_list(event.shortlist_id, now=clock.now())
