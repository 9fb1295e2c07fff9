"""Answers propose other weights; nothing changes what lists are made by before a person adopts."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import judged, make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.people import erasure
from warmbench.shortlists import cut, learning, likelihood, outcomes, profiles
from warmbench.shortlists.learning import LearningError
from warmbench.shortlists.models import ProfileVersion, WeightProposal
from warmbench.shortlists.requirements import to_json

KAFKA = "skill:kafka"
DAY = timedelta(days=1)


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


@pytest.fixture
def version(db: None, alice: User) -> ProfileVersion:
    return make.profile(make.tag("Go"), make.tag("Kafka"), owner=alice)


def weight(of: ProfileVersion, key: str = KAFKA) -> float:
    return {one.key: one.weight for one in profiles.spec_of(of).requirements}[key]


def propose(version: ProfileVersion) -> WeightProposal:
    made = learning.propose(version.profile_id, now=NOW)
    assert made is not None
    return made


def test_answers_come_to_a_proposal_that_says_why(version: ProfileVersion, alice: User) -> None:
    judged.kafka_decides(version, alice)
    proposal = propose(version)
    found = learning.found_in(proposal)
    kafka = found.changes[1]
    assert kafka.is_proposed
    assert kafka.weight.low > kafka.weight.before == 1
    assert (kafka.told.named_against, kafka.told.named_for) == (8, 8)
    assert (found.told, found.lists) == (16, 4)
    assert found.replay is not None
    assert found.replay.after.loss < found.replay.before.loss
    assert learning.open_proposal(version.profile_id) == proposal


def test_the_same_answers_make_the_same_proposal_once(version: ProfileVersion, alice: User) -> None:
    judged.kafka_decides(version, alice)
    assert propose(version) == propose(version)
    assert WeightProposal.objects.count() == 1


def test_newer_answers_make_another_one(version: ProfileVersion, alice: User) -> None:
    judged.kafka_decides(version, alice)
    first = propose(version)
    judged.kafka_decides(version, alice, lists=1)
    second = propose(version)
    first.refresh_from_db()
    assert first.state == WeightProposal.State.OVERTAKEN
    assert second.state == WeightProposal.State.OPEN


def test_few_answers_propose_nothing(version: ProfileVersion, alice: User) -> None:
    judged.kafka_decides(version, alice, lists=1)
    assert learning.propose(version.profile_id, now=NOW) is None
    assert "it takes 6 on 2 lists" in learning.learnt_of(version.profile_id).why_not


def test_adopting_makes_a_version_that_names_the_proposal(
    version: ProfileVersion, alice: User
) -> None:
    judged.kafka_decides(version, alice)
    proposal = propose(version)
    made = learning.adopt(proposal.pk, by_id=alice.pk, now=NOW + DAY)
    assert made == profiles.current(version.profile_id)
    assert made.number == 2
    assert made.approved_by == alice
    assert f"proposal {proposal.pk}: " in made.note
    assert weight(made) > weight(version)
    assert AuditEntry.objects.filter(action="profile.proposal_adopted").count() == 1
    assert learning.decided(version.profile_id)[0].decided_by == alice


def test_what_was_adopted_does_not_count_again(version: ProfileVersion, alice: User) -> None:
    judged.kafka_decides(version, alice)
    learning.adopt(propose(version).pk, by_id=alice.pk, now=NOW)
    assert learning.propose(version.profile_id, now=NOW) is None
    assert learning.learnt_of(version.profile_id).told == 0


def test_only_one_decides(version: ProfileVersion, alice: User) -> None:
    judged.kafka_decides(version, alice)
    proposal = propose(version)
    learning.adopt(proposal.pk, by_id=alice.pk, now=NOW)
    with pytest.raises(LearningError):
        learning.adopt(proposal.pk, by_id=alice.pk, now=NOW)
    with pytest.raises(LearningError):
        learning.dismiss(proposal.pk, why="No", by_id=alice.pk, now=NOW)


def test_nothing_is_adopted_over_what_somebody_else_wrote(
    version: ProfileVersion, alice: User
) -> None:
    judged.kafka_decides(version, alice)
    proposal = propose(version)
    spec = profiles.spec_of(version)
    profiles.edit(version.profile_id, spec, seen=None, by_id=alice.pk, now=NOW)
    with pytest.raises(LearningError, match="writing a draft"):
        learning.adopt(proposal.pk, by_id=alice.pk, now=NOW)
    profiles.approve(version.profile_id, seen=None, by_id=alice.pk, now=NOW)
    with pytest.raises(LearningError, match="another one by now"):
        learning.adopt(proposal.pk, by_id=alice.pk, now=NOW)
    assert learning.open_proposal(version.profile_id) is None
    assert propose(version).version == profiles.current(version.profile_id)


def test_a_retired_profile_learns_nothing(version: ProfileVersion, alice: User) -> None:
    judged.kafka_decides(version, alice)
    proposal = propose(version)
    profiles.retire(version.profile_id, by_id=alice.pk, now=NOW)
    with pytest.raises(LearningError, match="retired"):
        learning.adopt(proposal.pk, by_id=alice.pk, now=NOW)
    assert learning.propose(version.profile_id, now=NOW) is None


def test_a_draft_alone_learns_nothing(alice: User) -> None:
    draft = make.profile(make.tag("Go"), is_approved=False)
    assert learning.propose(draft.profile_id, now=NOW) is None
    assert "approved" in learning.learnt_of(draft.profile_id).why_not


def test_what_was_dismissed_comes_again_with_more_answers(
    version: ProfileVersion, alice: User
) -> None:
    judged.kafka_decides(version, alice)
    proposal = propose(version)
    with pytest.raises(LearningError, match="Say why"):
        learning.dismiss(proposal.pk, why=" ", by_id=alice.pk, now=NOW)
    learning.dismiss(proposal.pk, why="One manager only", by_id=alice.pk, now=NOW)
    assert learning.propose(version.profile_id, now=NOW) is None
    judged.kafka_decides(version, alice, lists=1)
    assert learning.propose(version.profile_id, now=NOW) is None
    judged.kafka_decides(version, alice, lists=1)
    assert learning.propose(version.profile_id, now=NOW) is not None


def test_outcomes_weigh_more_than_answers_but_withdrawing_says_nothing(
    version: ProfileVersion, alice: User
) -> None:
    lists = judged.kafka_decides(version, alice, lists=3)
    before = learning.learnt_of(version.profile_id).changes[1].weight
    hired = judged.entries(lists[0])[0]
    withdrew = judged.entries(lists[1])[0]
    outcomes.record(withdrew.pk, "drop_out", words=outcomes.WITHDREW, source="ats", now=NOW)
    assert learning.learnt_of(version.profile_id).changes[1].weight == before
    outcomes.record(hired.pk, "hire", now=NOW)
    after = learning.learnt_of(version.profile_id).changes[1].weight
    assert after.after > before.after


def test_who_was_erased_teaches_nothing_more(version: ProfileVersion, alice: User) -> None:
    lists = judged.kafka_decides(version, alice)
    entry = judged.entries(lists[0])[0]
    reason = erasure.Reason.REQUEST
    erasure.erase([entry.candidate_id], reason=reason, by_id=alice.pk, now=NOW)
    assert learning.learnt_of(version.profile_id).told == 15


def test_own_lists_count_for_the_cut_once_a_person_adopted_them(
    version: ProfileVersion, alice: User
) -> None:
    judged.kafka_decides(version, alice, lists=cut.FEW)
    proposal = propose(version)
    assert len(learning.found_in(proposal).misfits) == cut.FEW
    assert learning.model_of(version.profile_id) == likelihood.usual()
    learning.adopt(proposal.pk, by_id=alice.pk, now=NOW)
    model = learning.model_of(version.profile_id)
    assert len(model.own_misfits) == cut.FEW
    assert model.name.endswith(f"+p{proposal.pk}")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 7),
            st.sampled_from(["pass", "check", "star", "hire", "drop_out", "propose", "dismiss"]),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_no_sequence_of_answers_changes_what_lists_are_made_by(
    version: ProfileVersion, alice: User, acts: list[tuple[int, str, bool]]
) -> None:
    lists = [
        judged.shortlist(version, (0.9, 0.1), (0.1, 0.9), (0.5, 0.5), (0.7, 0.4)) for _ in range(2)
    ]
    people = [entry for one in lists for entry in judged.entries(one)]
    for who, act, is_named in acts:
        about = KAFKA if is_named else ""
        match act:
            case "hire" | "drop_out":
                outcomes.record(people[who].pk, act, requirement=about, now=NOW)
            case "propose":
                learning.propose(version.profile_id, now=NOW)
            case "dismiss":
                if waiting := learning.open_proposal(version.profile_id):
                    learning.dismiss(waiting.pk, why="No", by_id=alice.pk, now=NOW)
            case verdict:
                judged.say(people[who], verdict, about, by=alice)
    learning.propose(version.profile_id, now=NOW)
    now = profiles.current(version.profile_id)
    assert now == version
    assert to_json(profiles.spec_of(now)) == version.spec
    assert profiles.draft(version.profile_id) is None
    assert learning.model_of(version.profile_id) == likelihood.usual()
    opened = WeightProposal.objects.filter(profile=version.profile_id, state="open")
    assert opened.count() <= 1
