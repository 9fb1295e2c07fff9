"""Who declared what, who looked before deciding, what is told of a ranking, and how long for."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests import make, ranked
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.people import erasure, export
from warmbench.people.models import Candidate, RightsRequest
from warmbench.shortlists import declaring, disputing, fairness, jobs, keeping, looks
from warmbench.shortlists.impact import Count
from warmbench.shortlists.models import (
    Answer,
    Declaration,
    Look,
    RankingRecord,
    ShareLink,
    Shortlist,
    ShortlistEntry,
)
from warmbench.signals import own_rights

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
#: By then March 2026 is over, and counts.
LATER = datetime(2026, 4, 15, tzinfo=UTC)
KIND = RightsRequest.Kind


@pytest.fixture(autouse=True)
def agency(db: None) -> None:
    make.organisation()


@pytest.fixture
def ana() -> Candidate:
    return make.candidate(email="ana@example.com")


class TestDeclaring:
    def test_is_voluntary_and_may_be_changed_and_taken_back(self, ana: Candidate) -> None:
        declaring.declare(ana.pk, {"sex": "female", "ethnicity": "asian"}, now=NOW)
        declaring.declare(ana.pk, {"sex": "another", "ethnicity": ""}, now=NOW + DAY)
        assert declaring.declared(ana.pk) == {"sex": "another"}
        declaring.declare(ana.pk, {"sex": ""}, now=NOW + DAY)
        assert not Declaration.objects.exists()
        declaring.declare(ana.pk + 1, {"sex": "male"}, now=NOW)
        assert not Declaration.objects.exists()

    @pytest.mark.parametrize("said", [{"sex": "yes"}, {"age": "50"}])
    def test_takes_only_what_is_counted(self, ana: Candidate, said: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="no such category"):
            declaring.declare(ana.pk, said, now=NOW)

    def test_stands_in_the_persons_own_copy_and_in_no_other(self, ana: Candidate) -> None:
        declaring.declare(ana.pk, {"ethnicity": "pacific"}, now=NOW)
        assert "pacific" not in export.of(ana.pk, now=NOW).as_json()
        taken = own_rights.take_copy(ana.pk, now=NOW)
        assert taken is not None
        assert "pacific" in taken.as_json()

    def test_leaves_no_word_in_the_trail(self, ana: Candidate) -> None:
        before = AuditEntry.objects.count()
        declaring.declare(ana.pk, {"sex": "male"}, now=NOW)
        assert AuditEntry.objects.count() == before

    def test_goes_with_the_person(self, ana: Candidate) -> None:
        declaring.declare(ana.pk, {"sex": "male"}, now=NOW)
        erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        assert not Declaration.objects.exists()


def pool(shortlist: Shortlist, sex: str, people: int, listed: int) -> None:
    """People who declared their sex, the first of them on the list."""
    for number in range(people):
        one = make.candidate()
        if sex:
            declaring.declare(one.pk, {"sex": sex}, now=NOW)
        if number < listed:
            ranked.listed(shortlist, one, rank=number + 1)
        else:
            ranked.considered(shortlist, one)


class TestFairness:
    def test_counts_who_was_listed_of_who_was_considered(self) -> None:
        shortlist = ranked.shortlist()
        pool(shortlist, "female", 10, 1)
        pool(shortlist, "male", 10, 4)
        pool(shortlist, "", 5, 0)
        pool(ranked.shortlist(is_shared=False), "female", 5, 5)
        found = fairness.audit(2026, now=LATER)
        assert (found.lists, found.considered, found.listed) == (1, 25, 5)
        sex = found.parts[0].table
        groups = {one.names: one for one in sex.groups}
        assert groups["female",].count == Count(10, 10, 1)
        assert groups["female",].ratio == 0.25
        assert (sex.unknown, sex.total) == (5, 25)
        assert [one.names for _, one in found.adverse] == [("female",), ("female",)]
        assert fairness.years(now=LATER) == [2026]
        lines = found.as_csv().splitlines()
        assert lines[1].startswith("listed,By sex,Female,10,10,1,0.1000")
        assert any("impact ratio 0.25" in one for one in fairness.summary(found, "Northwind"))

    def test_never_shows_a_group_of_fewer_than_five(self) -> None:
        shortlist = ranked.shortlist()
        pool(shortlist, "female", 4, 1)
        pool(shortlist, "male", 10, 4)
        found = fairness.audit(2026, now=LATER)
        assert all(part.table.groups == () for part in found.parts)
        assert found.parts[0].table.hides
        assert "Female" not in found.as_csv()
        assert "left out" in " ".join(fairness.summary(found, "Northwind"))

    def test_does_not_count_a_month_that_is_not_over(self) -> None:
        pool(ranked.shortlist(), "female", 6, 1)
        assert fairness.audit(2026, now=NOW).considered == 0
        assert fairness.years(now=NOW) == []

    def test_who_was_taken_off_was_not_selected_and_who_is_erased_counts_as_unknown(self) -> None:
        shortlist = ranked.shortlist(is_shared=False)
        pool(shortlist, "male", 7, 2)
        first, second = ShortlistEntry.objects.order_by("rank")
        ShortlistEntry.objects.filter(pk=first.pk).update(removed_at=NOW, removed_why="On leave")
        Shortlist.objects.update(state="shared", shared_at=NOW)
        erasure.erase([second.candidate_id], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        found = fairness.audit(2026, now=LATER)
        assert (found.considered, found.listed) == (7, 1)
        sex = found.parts[0].table
        assert (sex.unknown, [one.count.chosen for one in sex.groups]) == (1, [0])


@pytest.fixture
def entry(ana: Candidate) -> ShortlistEntry:
    return ranked.listed(ranked.shortlist(), ana)


@pytest.fixture
def link(entry: ShortlistEntry) -> ShareLink:
    return ShareLink.objects.create(
        shortlist=entry.shortlist,
        reader="Dana",
        digest="d" * 64,
        made_at=NOW,
        expires_at=NOW + 14 * DAY,
    )


def answered(entry: ShortlistEntry, at: datetime, **by: object) -> Answer:
    return Answer.objects.create(entry=entry, verdict="star", at=at, **by)


class TestLooking:
    def test_is_one_look_within_half_an_hour(self, entry: ShortlistEntry, link: ShareLink) -> None:
        first = looks.opened(entry.pk, link_id=link.pk, now=NOW)
        again = looks.opened(entry.pk, link_id=link.pk, now=NOW + 60 * SECOND)
        assert first == again
        assert looks.opened(entry.pk, link_id=link.pk, now=NOW + DAY) != first
        assert looks.opened(entry.pk + 1, link_id=link.pk, now=NOW) is None

    def test_is_somebodys(self, entry: ShortlistEntry, link: ShareLink) -> None:
        with pytest.raises(ValueError, match="Somebody"):
            looks.opened(entry.pk, now=NOW)
        alice = make.user()
        looks.opened(entry.pk, by_id=alice.pk, now=NOW)
        looks.opened(entry.pk, link_id=link.pk, now=NOW)
        assert Look.objects.count() == 2

    def test_counts_seconds_up_and_never_beyond_the_clock(
        self, entry: ShortlistEntry, link: ShareLink
    ) -> None:
        looks.opened(entry.pk, link_id=link.pk, now=NOW)
        later = NOW + 40 * SECOND
        for told in (20, 999, 5, -3):
            assert looks.seconds(entry.pk, told, link_id=link.pk, now=later)
        assert Look.objects.get().seconds == 40
        assert not looks.seconds(entry.pk, 3, by_id=make.user().pk, now=later)

    def test_shows_which_decisions_were_made_unseen(
        self, entry: ShortlistEntry, link: ShareLink
    ) -> None:
        alice = make.user()
        never = answered(entry, NOW, by=alice)
        looks.opened(entry.pk, link_id=link.pk, now=NOW)
        at_once = answered(entry, NOW + 2 * SECOND, link=link)
        seen = answered(entry, NOW + 30 * SECOND, link=link)
        assert looks.unseen([never.pk, at_once.pk, seen.pk]) == {never.pk, at_once.pk}
        found = looks.figures(NOW, NOW + DAY)
        assert (found.answers, found.unseen, found.usual_seconds) == (3, 2, 30)
        assert found.unseen_share == pytest.approx(2 / 3)
        assert looks.figures(NOW + DAY, NOW + 2 * DAY).unseen_share == 0


class TestDisputing:
    def test_explains_in_words_that_can_be_checked(self, entry: ShortlistEntry) -> None:
        (one,) = disputing.of(entry.candidate_id)
        assert (one.place, one.considered, one.engine) == ("listed", 120, "test-1")
        assert one.spoke_for == ("Ran Kubernetes for six years, said in May.",)
        assert one.spoke_against == (
            "Does not want to move to Munich.",
            "Has not used AWS.",
            "Asks for 5 % more than the band.",
        )
        assert one.unknown == ("Have you used Terraform?",)
        assert one.kept_until == NOW.replace(year=2028)

    def test_says_what_was_missing_and_where_only_numbers_are_left(self, ana: Candidate) -> None:
        ranked.left(ranked.shortlist(), ana)
        ranked.considered(ranked.shortlist(NOW - DAY), ana)
        ranked.listed(ranked.shortlist(is_shared=False), ana)
        left, considered = disputing.of(ana.pk)
        assert left.spoke_against[0] == "AWS is a must, and they have not used it."
        assert (considered.place, considered.spoke_for) == ("considered", ())

    def test_reaches_a_person_within_a_month(self, ana: Candidate) -> None:
        asked = disputing.dispute(ana.pk, words="I do know AWS.", now=NOW)
        assert asked is not None
        assert (asked.kind, asked.words) == (KIND.DISPUTE, "About being ranked: I do know AWS.")
        assert asked.deadline == datetime(2026, 4, 3, 9, tzinfo=UTC)
        assert disputing.is_about_ranking(asked)
        assert disputing.dispute(ana.pk + 1, words="", now=NOW) is None

    def test_in_colorado_within_thirty_days(self, ana: Candidate) -> None:
        Candidate.objects.filter(pk=ana.pk).update(country="US", region="CO", city="Denver")
        asked = disputing.dispute(ana.pk, words="", now=NOW)
        assert asked is not None
        asked.refresh_from_db()
        assert asked.deadline == NOW + 30 * DAY

    def test_of_something_else_is_not_about_ranking(self, ana: Candidate) -> None:
        own_rights.dispute(ana.pk, words="My name is wrong.", now=NOW)
        assert not disputing.is_about_ranking(RightsRequest.objects.get())


class TestKeeping:
    def test_deletes_each_record_when_its_law_lets_it(self, ana: Candidate) -> None:
        shortlist = ranked.shortlist()
        for law in ("US-CA", "US-IL", "US-NYC", "EU", ""):
            ranked.considered(shortlist, ana, law=law)

        def left(years: int) -> list[str]:
            keeping.forget(now=NOW.replace(year=2026 + years) + DAY)
            return sorted(RankingRecord.objects.values_list("law", flat=True))

        assert len(left(1)) == 5
        assert left(2) == ["US-CA", "US-IL"]
        assert left(3) == ["US-CA", "US-IL"]
        assert left(4) == []

    def test_of_a_day_before_its_law_it_is_the_usual_time(self, ana: Candidate) -> None:
        ranked.considered(ranked.shortlist(), ana, law="US-CO")
        RankingRecord.objects.update(law="US-CO", at=NOW)
        assert keeping.forget(now=NOW.replace(year=2028) + DAY) == 1
        ranked.considered(ranked.shortlist(NOW.replace(year=2027)), ana, law="US-CO")
        assert keeping.forget(now=NOW.replace(year=2029) + DAY) == 0
        assert keeping.forget(now=NOW.replace(year=2030) + DAY) == 1

    def test_a_record_outlives_the_person_and_names_nobody(self, entry: ShortlistEntry) -> None:
        erasure.erase([entry.candidate_id], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        record = RankingRecord.objects.get()
        assert record.candidate_id is None
        assert all(isinstance(value, float) for value in record.features.values())
        assert "ana" not in json.dumps([record.features, record.engine, record.place]).lower()
        jobs.forget_records(0)


def test_an_auditor_is_nobody_by_role(ana: Candidate) -> None:
    assert not User(role="admin").is_auditor
