"""A system of record has to know."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.integrations.ats import wanted
from warmbench.nurture.pools import JoinedPool, LeftPool
from warmbench.people.candidates import CandidatesChanged, CandidateStatusChanged
from warmbench.people.consent import CandidateSuppressed, PermissionChanged


@on(CandidateSuppressed)
def let_the_ats_know_who_must_not_be_mailed(event: CandidateSuppressed) -> None:
    wanted.opt_outs(event.candidate_ids, now=clock.now())


@on(CandidateSuppressed)
def let_the_ats_know_who_wants_no_texts(event: CandidateSuppressed) -> None:
    wanted.text_opt_outs(event.candidate_ids, now=clock.now())


@on(PermissionChanged)
def let_the_ats_know_who_took_their_permission_back(event: PermissionChanged) -> None:
    wanted.opt_outs(event.candidate_ids, now=clock.now())


@on(PermissionChanged)
def let_the_ats_know_who_wants_texts_again(event: PermissionChanged) -> None:
    wanted.text_opt_outs(event.candidate_ids, now=clock.now())


@on(CandidatesChanged)
def let_the_ats_know_of_opt_outs_of_people_who_came_in(event: CandidatesChanged) -> None:
    wanted.opt_outs(event.candidate_ids, now=clock.now())


@on(CandidateStatusChanged)
def let_the_ats_know_where_somebody_stands(event: CandidateStatusChanged) -> None:
    wanted.statuses(event.candidate_ids, now=clock.now())


@on(JoinedPool)
def let_the_ats_know_who_joined_a_pool(event: JoinedPool) -> None:
    wanted.pool_tags(event.pool_id, event.candidate_ids, now=clock.now())


@on(LeftPool)
def let_the_ats_know_who_left_a_pool(event: LeftPool) -> None:
    wanted.pool_tags(event.pool_id, event.candidate_ids, now=clock.now())
