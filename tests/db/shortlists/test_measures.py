"""Measures count what was said and what became of people, and read the source of every reason."""

from datetime import timedelta

import pytest

from tests import judged, make, said
from tests.make import NOW
from warmbench.accounts.models import Team, User
from warmbench.insight.kinds import Kind
from warmbench.people.models import Candidate
from warmbench.shortlists import answers, frozen, measures, outcomes, quoted
from warmbench.shortlists.measures import Asked, Share
from warmbench.shortlists.models import Change, ProfileVersion, Shortlist, ShortlistEntry
from warmbench.shortlists.verdict import Judged, Listed, Quote, Reason
from warmbench.sourcing.models import Application, Role

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PERIOD = Asked(NOW - DAY, NOW + 30 * DAY)


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


@pytest.fixture
def version(alice: User) -> ProfileVersion:
    return make.profile(make.tag("Go"), make.tag("Kafka"), owner=alice)


@pytest.fixture
def answered(version: ProfileVersion, alice: User) -> Shortlist:
    """Four people: a star, an interview, a pass, and one that nobody has looked at."""
    one = judged.shortlist(version, (0.9, 0.9), (0.8, 0.8), (0.2, 0.2), (0.1, 0.1))
    for number, verdict in enumerate(("star", "check", "pass")):
        entry = judged.entries(one)[number]
        at = NOW + (number + 1) * HOUR
        answers.answer(entry.pk, verdict, by_id=alice.pk, now=at)
    return one


def test_answers_and_outcomes_are_counted(answered: Shortlist) -> None:
    star, check, *_ = judged.entries(answered)
    for kind in ("interview", "offer", "hire"):
        outcomes.record(star.pk, kind, now=NOW + 5 * DAY)
    outcomes.record(check.pk, "interview", now=NOW + 5 * DAY)
    outcomes.record(check.pk, "drop_out", requirement="skill:kafka", now=NOW + 9 * DAY)
    found = measures.of(PERIOD)
    assert (found.lists, found.people) == (1, 4)
    assert (found.accepted, found.starred) == (Share(2, 3), Share(1, 3))
    assert found.interviewed == Share(2, 2)
    assert found.hired == Share(1, 4)
    assert found.late == Share(1, 2)
    assert found.mismatches == (("Kafka", 1),)
    # Who fell out late was wanted, and wrongly so.
    assert found.wanted == Share(1, 3)
    [band] = found.bands
    assert (band.low, band.high, band.stated, band.wanted) == (0.8, 0.9, 0.8, Share(1, 3))


def test_time_runs_from_sharing_to_the_first_and_the_last_answer(answered: Shortlist) -> None:
    found = measures.of(PERIOD)
    assert (found.first_hours, found.last_hours, found.answered_lists) == (1, 3, 1)


def test_figures_are_of_a_time_a_profile_a_recruiter_or_a_team(
    answered: Shortlist, alice: User
) -> None:
    team = Team.objects.create(name="North")
    User.objects.filter(pk=alice.pk).update(team=team)
    profile_id, made_by = answered.version.profile_id, answered.made_by_id
    assert made_by == alice.pk

    def lists(**whose: int) -> int:
        return measures.of(Asked(PERIOD.since, PERIOD.until, **whose)).lists

    assert lists(profile_id=profile_id, user_id=alice.pk, team_id=team.pk) == 1
    assert lists(profile_id=profile_id + 1) == 0
    assert lists(user_id=alice.pk + 1) == 0
    assert lists(team_id=team.pk + 1) == 0
    assert measures.of(Asked(NOW - 9 * DAY, NOW)).lists == 0


class TestAbstentions:
    @pytest.fixture
    def empty(self, alice: User) -> Shortlist:
        role = make.role(owner=alice)
        return make.shortlist(make.profile(make.tag("Rust"), role=role))

    def test_are_open_as_long_as_the_role_is(self, empty: Shortlist) -> None:
        found = measures.of(PERIOD)
        assert (found.abstained, found.wrongly) == (1, Share(0, 0))

    def test_are_right_where_nobody_of_ours_was_hired(self, empty: Shortlist) -> None:
        Role.objects.update(state=Role.State.FILLED)
        assert measures.of(PERIOD).wrongly == Share(0, 1)

    @pytest.mark.parametrize(("days", "wrong"), [(-10, 1), (10, 0)])
    def test_are_wrong_where_somebody_was_whom_we_had(
        self, empty: Shortlist, days: int, wrong: int
    ) -> None:
        Role.objects.update(state=Role.State.FILLED)
        one = make.candidate()
        Candidate.objects.filter(pk=one.pk).update(added_at=NOW + days * DAY)
        Application.objects.create(
            candidate=one,
            role=empty.role,
            source="greenhouse",
            external_id="a1",
            outcome=Application.Outcome.HIRED,
            seen_at=NOW,
        )
        assert measures.of(PERIOD).wrongly == Share(wrong, 1)


class TestReasons:
    @staticmethod
    def entry(version: ProfileVersion, *quotes: Quote) -> ShortlistEntry:
        one = make.candidate()
        Candidate.objects.filter(pk=one.pk).update(job_title="Platform engineer")
        made = make.shortlist(version, one)
        judged_ = Judged(str(one.pk), 1.0, 0.8, {}, ())
        told = frozen.told(Listed(judged_, (Reason("skill:go", "Knows Go.", quotes),), (), ()))
        made.entries.update(told=told)
        return made.entries.select_related("shortlist").get()

    def test_stand_in_the_text_that_they_were_read_from(self, version: ProfileVersion) -> None:
        entry = self.entry(version)
        fact = said.fact("built it in Go", Kind.SKILL, {"name": "Go"})
        [insight] = said.note(fact, about=entry.candidate)
        for text, number in ((insight.quote, insight.pk), ("built it in Rust", insight.pk)):
            quote = Quote(text, None, "note", number)
            told = entry.told
            told["listed"]["reasons"][0]["quotes"] = [
                {"text": quote.text, "said_on": None, "source": "note", "insight_id": number}
            ]
            entry.told = told
            found = quoted.check([entry])
            assert (found.valid, found.of) == (int(text == insight.quote), 1)

    def test_stand_on_record_or_in_any_text_of_theirs(self, version: ProfileVersion) -> None:
        record = Quote("Platform engineer", None, "record")
        entry = self.entry(version, record, Quote("ran all of the build farm", None, ""))
        assert quoted.check([entry]).valid == 0
        words = said.fact("ran all of\nthe build farm", Kind.TOPIC, {"name": "builds"})
        said.note(words, about=entry.candidate)
        assert quoted.check([entry]).valid == 1

    def test_without_words_are_broken(self, version: ProfileVersion) -> None:
        [broken] = quoted.check([self.entry(version)]).broken
        assert (broken.key, broken.text) == ("skill:go", "")

    def test_cannot_be_checked_where_their_source_is_gone(self, version: ProfileVersion) -> None:
        entry = self.entry(version, Quote("Built it", None, "note", 999_999))
        assert quoted.check([entry]).gone == 1

    def test_cannot_be_checked_where_the_record_changed_since(
        self, version: ProfileVersion
    ) -> None:
        entry = self.entry(version, Quote("Junior engineer", None, "record"))
        assert len(quoted.check([entry]).broken) == 1
        Change.objects.create(
            candidate=entry.candidate,
            kind=Change.Kind.PROMOTION,
            key="engineer",
            sentence="Promoted.",
            on_day=NOW.date(),
            at=NOW + HOUR,
            materiality=0.5,
        )
        found = quoted.check([entry])
        assert (found.gone, found.of) == (1, 0)
