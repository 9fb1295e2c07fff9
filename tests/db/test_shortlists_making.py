"""Lists are made of who comes near, by what is known of them, and of nobody who must not be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.insight import deciding
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight, Source
from warmbench.people import erasure, facts, holdings, merging
from warmbench.people.facts import Saying, Word
from warmbench.people.holdings import Holding
from warmbench.people.models import Candidate, CandidateFact, CandidateTag, Notice, Tag
from warmbench.people.tag_words import BY_CANDIDATE
from warmbench.shortlists import (
    lawful,
    making,
    people_known,
    profiles,
    retrieval,
    sentences_known,
)
from warmbench.shortlists.dossier import Dossier, Known
from warmbench.shortlists.making import MakeError
from warmbench.shortlists.models import (
    ProfileVersion,
    RankingRecord,
    Shortlist,
    ShortlistEntry,
)
from warmbench.shortlists.requirements import Aspect, Requirement, Spec, Tier
from warmbench.shortlists.retrieval import Found
from warmbench.sourcing.models import Application, Role

SKILLS = ("Go", "Rust", "Kafka", "Terraform")


@pytest.fixture
def skills(db: None) -> list[Tag]:
    make.organisation()
    return [make.tag(name) for name in SKILLS]


@pytest.fixture
def role(skills: list[Tag]) -> Role:
    return make.role(*skills)


@pytest.fixture
def version(role: Role, skills: list[Tag]) -> ProfileVersion:
    return make.profile(*skills, role=role, company=role.company)


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


def expert(skills: list[Tag], **fields: object) -> Candidate:
    """Somebody who has all of it, on a person's word."""
    made = make.candidate(*skills)
    CandidateTag.objects.filter(candidate=made).update(source="by hand")
    Candidate.objects.filter(pk=made.pk).update(job_title="Platform engineer", **fields)
    return Candidate.objects.get(pk=made.pk)


def find(version: ProfileVersion, **more: object) -> Found:
    spec, role_id = profiles.spec_of(version), version.profile.role_id
    return retrieval.find(spec, role_id=role_id, now=NOW, **more)  # type: ignore[arg-type]


def known(one: Candidate) -> Dossier:
    return people_known.dossiers([one.pk], now=NOW)[one.pk]


def of_kind(dossier: Dossier, kind: str) -> list[Known]:
    return [one for one in dossier.facts if one.kind == kind]


def holding(label: str) -> Holding:
    return next(one for one in holdings.everything() if one.label == label)


def listed(shortlist: Shortlist) -> list[int]:
    entries = shortlist.entries.filter(place="listed", removed_at=None)
    return list(entries.order_by("rank").values_list("candidate_id", flat=True))


# Who is looked at


def test_whoever_comes_near_is_found_and_nobody_else(
    version: ProfileVersion, skills: list[Tag]
) -> None:
    near = [make.candidate(*skills), make.candidate(*skills[1:])]
    make.candidate(make.tag("Cooking"))
    assert sorted(find(version).ids) == sorted(one.pk for one in near)


def test_who_is_left_out_is_counted_with_the_reason(
    version: ProfileVersion, role: Role, skills: list[Tag]
) -> None:
    free = expert(skills)
    expert(skills, status="placed")
    expert(skills, employer="Secret client")
    applied, refuses, untold = expert(skills), expert(skills), expert(skills)
    Application.objects.create(
        candidate=applied, role=role, source="ats", external_id="1", outcome="active", seen_at=NOW
    )
    lawful.refuse(refuses.pk, now=NOW)
    Notice.objects.filter(candidate=untold).delete()
    expert(skills, country="US", region="NY", city="New York")
    found = find(version)
    assert found.ids == [free.pk]
    assert found.left_out == {
        "placed": 1,
        "works_there": 1,
        "in_process": 1,
        "own_wish": 1,
        "not_informed": 1,
        "law": 1,
    }
    assert set(found.left_out) <= set(retrieval.OUT_WORDS)


def test_who_was_placed_long_ago_may_be_looked_at_again(
    version: ProfileVersion, skills: list[Tag]
) -> None:
    long_ago = NOW - timedelta(days=366)
    again = expert(skills, status="placed", status_since=long_ago)
    assert find(version).ids == [again.pk]


def test_prospects_are_in_no_process(
    version: ProfileVersion, role: Role, skills: list[Tag]
) -> None:
    one = expert(skills)
    Application.objects.create(
        candidate=one,
        role=role,
        source="ats",
        external_id="1",
        is_prospect=True,
        outcome="active",
        seen_at=NOW,
    )
    assert find(version).ids == [one.pk]


def test_people_are_found_by_what_was_read_of_them_too(version: ProfileVersion) -> None:
    one = make.candidate()
    said.note(fact("Kafka daily", Kind.SKILL, {"name": "Kafka"}), about=one)
    assert find(version).ids == [one.pk]


def test_people_are_found_by_the_words_of_a_title_that_no_tag_has(skills: list[Tag]) -> None:
    title = Requirement("title:x", Aspect.TITLE, Tier.MUST, "Chief Fermentation Officer")
    version = make.profile(requirements=(title,))
    one = make.candidate()
    Candidate.objects.filter(pk=one.pk).update(job_title="Chief fermentation officer")
    other = make.candidate()
    Candidate.objects.filter(pk=other.pk).update(job_title="Officer")
    assert find(version).ids == [one.pk]


def test_the_nearest_of_many_are_looked_at(version: ProfileVersion, skills: list[Tag]) -> None:
    whole = [make.candidate(*skills) for _ in range(3)]
    for _ in range(6):
        make.candidate(*skills[:2])
    assert set(find(version, most=3).ids) == {one.pk for one in whole}


def test_many_who_are_left_out_make_room_for_others(
    version: ProfileVersion, skills: list[Tag]
) -> None:
    for _ in range(9):
        expert(skills, status="placed")
    free = [make.candidate(*skills[:3]).pk for _ in range(2)]
    found = find(version, most=2)
    assert sorted(found.ids) == free


# What is known of them


def test_a_dossier_has_record_tags_and_facts_that_hold(skills: list[Tag]) -> None:
    ana = expert(skills, employer="Globex", city="Berlin")
    said.note(
        fact("leads nine people", Kind.SCOPE, {"what": "people", "amount": 9}),
        fact("worked in fintech", Kind.DOMAIN, {"name": "fintech"}),
        about=ana,
    )
    Insight.objects.update(confidence=0.95)
    dossier = known(ana)
    assert (dossier.key, dossier.city, dossier.country) == (str(ana.pk), "Berlin", "DE")
    assert [one.value["name"] for one in of_kind(dossier, "employer")] == ["Globex"]
    assert {one.tag_id for one in of_kind(dossier, "skill")} == {tag.pk for tag in skills}
    assert all(one.is_first_hand for one in of_kind(dossier, "skill"))
    (scope,) = of_kind(dossier, "scope")
    assert (scope.quote, scope.source, scope.is_first_hand) == ("leads nine people", "note", False)
    # Nobody confirmed it, and such facts wait for a person.
    assert scope.confidence < 0.6


def test_texts_about_somebody_are_evidence_without_their_name(skills: list[Tag]) -> None:
    ana = expert(skills, last_name="Unmistakable")
    said.keep("Ana Unmistakable moved a hospital into the cloud with nine people.", ana)
    said.keep("Both of them know a bank.", ana, make.candidate())
    Source.objects.update(state="read")
    told = sentences_known.added({ana.pk: known(ana)})[ana.pk]
    (sentence,) = told.sentences
    assert "moved a hospital into the cloud" in sentence
    assert "Unmistakable" not in sentence


def test_names_are_no_part_of_a_dossier(skills: list[Tag]) -> None:
    ana = expert(skills, last_name="Unmistakable")
    assert "Unmistakable" not in repr(known(ana))


def test_what_a_person_rejected_is_not_known(skills: list[Tag], alice: User) -> None:
    ana = make.candidate()
    said.note(fact("leads nine people", Kind.SCOPE, {"what": "people", "amount": 9}), about=ana)
    one = Insight.objects.get()
    deciding.confirm([one.pk], by_id=alice.pk, now=NOW)
    (scope,) = of_kind(known(ana), "scope")
    assert scope.is_first_hand
    assert scope.confidence >= 0.95
    deciding.reject([one.pk], by_id=alice.pk, now=NOW)
    assert of_kind(known(ana), "scope") == []


def test_a_stop_counts_once_a_person_said_it_is_one(alice: User, skills: list[Tag]) -> None:
    ana = make.candidate()
    said.note(fact("never again", Kind.STOP, {"tier": "hard"}, Polarity.REFUSES), about=ana)
    assert of_kind(known(ana), "stop") == []
    deciding.confirm([Insight.objects.get().pk], by_id=alice.pk, now=NOW)
    assert len(of_kind(known(ana), "stop")) == 1


def test_wishes_are_part_of_a_dossier(skills: list[Tag]) -> None:
    ana = make.candidate()
    floor = {"amount": "90000.00", "currency": "EUR", "period": "year"}
    for kind, value, topic in (
        (CandidateFact.Kind.REMOTE, "remote", ""),
        (CandidateFact.Kind.PAY, floor, ""),
        (CandidateFact.Kind.NOT_FOR_ME, {"about": "skill", "is": "", "words": "PHP"}, "skill"),
        (
            CandidateFact.Kind.NOT_FOR_ME,
            {"about": "employer", "is": "", "words": "Initech"},
            "employer",
        ),
    ):
        facts.say(ana.pk, [Saying(kind, value, topic)], Word(BY_CANDIDATE, "test"), now=NOW)
    dossier = known(ana)
    assert dossier.remote == "remote"
    assert dossier.floor is not None
    assert dossier.floor.amount == Decimal(90000)
    assert dossier.refused_employers == {"Initech"}
    (php,) = of_kind(dossier, "skill")
    assert (php.polarity, php.value) == ("refuses", {"name": "PHP"})


@pytest.mark.parametrize(
    ("told", "free"),
    [
        ((Kind.START, {"from": "2026-09-01"}, Polarity.WANTS), date(2026, 9, 1)),
        ((Kind.NOTICE, {"amount": 3, "unit": "months"}, Polarity.HAD), date(2026, 6, 4)),
        (
            (Kind.NOTICE, {"amount": 2, "unit": "weeks", "to": "month_end"}, Polarity.HAD),
            date(2026, 4, 1),
        ),
        (
            (Kind.NOTICE, {"amount": 6, "unit": "weeks", "to": "quarter_end"}, Polarity.HAD),
            date(2026, 7, 1),
        ),
        (
            (Kind.EVENT, {"what": "sabbatical", "until": "2026-12-01"}, Polarity.PLANS),
            date(2026, 12, 1),
        ),
        ((Kind.NOTICE, {"amount": 1, "unit": "moons"}, Polarity.HAD), None),
    ],
)
def test_the_first_free_day_follows_from_what_they_told(
    told: tuple[Kind, dict[str, object], Polarity],
    free: date | None,
    skills: list[Tag],
    alice: User,
) -> None:
    ana = make.candidate()
    kind, value, polarity = told
    said.note(fact("as she told us", kind, value, polarity), about=ana)
    deciding.confirm([Insight.objects.get().pk], by_id=alice.pk, now=NOW)
    assert known(ana).free_from == free


def test_hundreds_of_dossiers_take_a_few_questions(
    skills: list[Tag], django_assert_max_num_queries: object
) -> None:
    ids = [expert(skills).pk for _ in range(30)]
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert len(people_known.dossiers(ids, now=NOW)) == 30


# Lists


def test_a_list_names_its_version_and_keeps_what_was_said(
    version: ProfileVersion, skills: list[Tag], alice: User
) -> None:
    ana, ben = expert(skills), make.candidate(skills[0])
    made = making.make(version.profile_id, by_id=alice.pk, now=NOW)
    assert (made.version, made.number, made.state) == (version, 1, Shortlist.State.DRAFT)
    assert listed(made) == [ana.pk]
    entry = made.entries.get(candidate=ana)
    told = making.judged(entry)
    assert told.judged.key == str(ana.pk)  # type: ignore[union-attr]
    assert entry.reach == {"warmth": 0, "may_write": True, "why": ""}
    assert made.considered == 2
    assert {(one.candidate_id, one.place) for one in RankingRecord.objects.all()} >= {
        (ana.pk, "listed")
    }
    assert RankingRecord.objects.filter(candidate=ben).exists()
    assert AuditEntry.objects.filter(action="shortlist.made", actor_id=alice.pk).exists()


def test_nobody_is_listed_where_nobody_fits(version: ProfileVersion, skills: list[Tag]) -> None:
    make.candidate(skills[0])
    made = making.make(version.profile_id, by_id=None, now=NOW)
    assert listed(made) == []
    assert made.abstained


def test_the_same_data_makes_the_same_list(version: ProfileVersion, skills: list[Tag]) -> None:
    for _ in range(7):
        expert(skills)
    first, second = (making.make(version.profile_id, by_id=None, now=NOW) for _ in range(2))
    assert listed(first) == listed(second)
    assert (first.number, second.number) == (1, 2)
    assert len(listed(first)) == 5


def test_who_said_no_to_the_client_is_left_out(version: ProfileVersion, skills: list[Tag]) -> None:
    ana = expert(skills)
    no = {"about": "employer", "is": "", "words": "SECRET client"}
    facts.say(
        ana.pk,
        [Saying(CandidateFact.Kind.NOT_FOR_ME, no, "employer")],
        Word(BY_CANDIDATE, "test"),
        now=NOW,
    )
    made = making.make(version.profile_id, by_id=None, now=NOW)
    assert (listed(made), made.left_out) == ([], {"refused": 1})


def test_who_is_taken_off_stays_off_when_the_list_is_made_anew(
    version: ProfileVersion, skills: list[Tag], alice: User
) -> None:
    ana, ben = expert(skills), expert(skills)
    made = making.make(version.profile_id, by_id=alice.pk, now=NOW)
    entry = made.entries.get(candidate=ana)
    with pytest.raises(MakeError):
        making.remove(entry.pk, why=" ", by_id=alice.pk, now=NOW)
    assert making.remove(entry.pk, why="Moves to Peru", by_id=alice.pk, now=NOW)
    assert not making.remove(entry.pk, why="Moves to Peru", by_id=alice.pk, now=NOW)
    chen = expert(skills)
    anew = making.refresh(made.pk, by_id=alice.pk, now=NOW + timedelta(days=1))
    assert sorted(listed(anew)) == [ben.pk, chen.pk]
    assert anew.left_out == {"removed": 1}
    assert making.restore(entry.pk, by_id=alice.pk, now=NOW)
    assert not making.restore(entry.pk, by_id=alice.pk, now=NOW)
    assert ana.pk in listed(anew)


def test_a_full_list_takes_nobody_back(
    version: ProfileVersion, skills: list[Tag], alice: User
) -> None:
    for _ in range(9):
        expert(skills)
    made = making.make(version.profile_id, by_id=alice.pk, now=NOW, size=8)
    first = made.entries.get(place="listed", rank=1)
    making.remove(first.pk, why="On leave", by_id=alice.pk, now=NOW)
    making.refresh(made.pk, by_id=alice.pk, now=NOW, size=8)
    with pytest.raises(MakeError, match="at most"):
        making.restore(first.pk, by_id=alice.pk, now=NOW)


def test_a_list_made_anew_follows_the_version_in_force(
    version: ProfileVersion, skills: list[Tag], alice: User
) -> None:
    expert(skills)
    made = making.make(version.profile_id, by_id=alice.pk, now=NOW)
    spec = Spec(title="SRE", requirements=(make.requirement(skills[0]),))
    profiles.edit(version.profile_id, spec, seen=None, by_id=alice.pk, now=NOW)
    newer = profiles.approve(version.profile_id, seen=None, by_id=alice.pk, now=NOW)
    assert making.refresh(made.pk, by_id=alice.pk, now=NOW).version == newer


def test_no_list_is_made_of_what_nobody_approved(skills: list[Tag], alice: User) -> None:
    draft = make.profile(*skills, is_approved=False)
    with pytest.raises(MakeError, match="approved"):
        making.make(draft.profile_id, by_id=alice.pk, now=NOW)
    profiles.approve(draft.profile_id, seen=None, by_id=alice.pk, now=NOW)
    for wrong in ({"size": 9}, {"risk": 1.0}):
        with pytest.raises(MakeError):
            making.make(draft.profile_id, by_id=alice.pk, now=NOW, **wrong)
    profiles.retire(draft.profile_id, by_id=alice.pk, now=NOW)
    with pytest.raises(MakeError, match="retired"):
        making.make(draft.profile_id, by_id=alice.pk, now=NOW)


def test_a_draft_is_thrown_away_and_its_records_stay(
    version: ProfileVersion, skills: list[Tag], alice: User
) -> None:
    expert(skills)
    made = making.make(version.profile_id, by_id=alice.pk, now=NOW)
    with pytest.raises(MakeError, match="draft"):
        making.close(made.pk, by_id=alice.pk, now=NOW)
    making.throw_away(made.pk, by_id=alice.pk, now=NOW)
    assert not Shortlist.objects.exists()
    assert RankingRecord.objects.get().shortlist is None


def test_an_erased_person_leaves_a_record_without_them(
    version: ProfileVersion, skills: list[Tag]
) -> None:
    ana = expert(skills)
    making.make(version.profile_id, by_id=None, now=NOW)
    erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
    assert not ShortlistEntry.objects.exists()
    assert RankingRecord.objects.get().candidate is None


def test_entries_go_over_when_two_records_become_one(
    version: ProfileVersion, skills: list[Tag], alice: User
) -> None:
    ana, again, ben = expert(skills), make.candidate(), make.candidate()
    made = make.shortlist(version, ana, again, ben)
    merging.merge(again.pk, ana.pk, by_id=alice.pk, now=NOW)
    assert sorted(made.entries.values_list("candidate_id", flat=True)) == [again.pk, ben.pk]


@pytest.mark.django_db(transaction=True)
def test_two_lists_made_at_once_are_two_lists() -> None:
    make.organisation()
    skills = [make.tag(name) for name in SKILLS]
    people = {expert(skills).pk for _ in range(3)}
    profile = make.profile(*skills).profile

    def one(_: int) -> int:
        try:
            return making.make(profile.pk, by_id=None, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(one, range(2)))
    lists = Shortlist.objects.filter(pk__in=made)
    assert sorted(lists.values_list("number", flat=True)) == [1, 2]
    assert all(set(listed(each)) == people for each in lists)


def test_what_was_said_of_somebody_is_theirs_to_read(
    version: ProfileVersion, skills: list[Tag]
) -> None:
    ana = make.candidate()
    make.shortlist(version, ana)
    (row,) = holdings.rows(holding("shortlists.ShortlistEntry"), ana.pk)
    assert row["told"]["listed"]["reasons"]
    assert "score" not in row


def test_two_people_who_were_one_have_their_entries_again(
    version: ProfileVersion, skills: list[Tag], alice: User
) -> None:
    ana, ben = make.candidate(), make.candidate()
    made = make.shortlist(version, ana, ben)
    merged = merging.merge(ana.pk, ben.pk, by_id=alice.pk, now=NOW)
    assert made.entries.count() == 1
    merging.undo(merged.pk, by_id=alice.pk, now=NOW)
    assert set(made.entries.values_list("candidate_id", flat=True)) == {ana.pk, ben.pk}
