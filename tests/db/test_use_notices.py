"""Nobody is ranked before they were told, where the law asks for it, nor who does not want it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from warmbench.accounts.models import Organisation
from warmbench.messaging import letters, outbox
from warmbench.messaging.models import Message
from warmbench.people import erasure, merging
from warmbench.people.models import Candidate
from warmbench.shortlists import informing, jobs, lawful
from warmbench.shortlists.lawful import Wait
from warmbench.shortlists.models import PendingNotice, RankingRefusal, UseNotice
from warmbench.signals import objection

#: 3 March 2026, a Tuesday, 4 in the morning in New York.
NOW = make.NOW
DAY = timedelta(days=1)
#: Ten business days after it is Tuesday the 17th; from the day after on they may be ranked.
FREE_AT = datetime(2026, 3, 18, 4, 0, tzinfo=UTC)


def living_in(city: str = "", region: str = "", country: str = "US", **fields: object) -> Candidate:
    one = make.candidate(country=country, time_zone="America/New_York", **fields)  # type: ignore[arg-type]
    Candidate.objects.filter(pk=one.pk).update(city=city, region=region)
    return one


@pytest.fixture(autouse=True)
def agency(db: None) -> Organisation:
    return make.organisation()


@pytest.fixture
def new_yorker() -> Candidate:
    return living_in("Brooklyn", "NY")


class TestWhoMustWait:
    def test_nobody_waits_where_no_law_asks_for_it(self) -> None:
        there = [living_in("Austin", "TX"), living_in("London", "", "GB"), make.candidate()]
        assert lawful.who_must_wait([one.pk for one in there], now=NOW) == {}

    def test_a_new_yorker_waits_until_told_and_ten_business_days_more(
        self, new_yorker: Candidate
    ) -> None:
        ids = [new_yorker.pk]
        assert lawful.who_must_wait(ids, now=NOW) == {new_yorker.pk: Wait("US-NYC", None)}
        assert lawful.tell(ids, "US-NYC", words="letter", now=NOW) == 1
        waits = {new_yorker.pk: Wait("US-NYC", FREE_AT)}
        assert lawful.who_must_wait(ids, now=FREE_AT - DAY) == waits
        assert lawful.who_must_wait(ids, now=FREE_AT) == {}

    def test_in_illinois_it_is_enough_to_be_told(self) -> None:
        one = living_in("Chicago", "IL")
        lawful.tell([one.pk], "US-IL", words="letter", now=NOW)
        assert lawful.who_must_wait([one.pk], now=NOW) == {}

    def test_somewhere_in_the_states_all_laws_have_to_be_met(self) -> None:
        one = living_in()
        lawful.tell([one.pk], "US-NYC", words="letter", now=NOW)
        assert lawful.who_must_wait([one.pk], now=NOW) == {one.pk: Wait("US-IL", None)}
        lawful.tell([one.pk], "US-IL", words="letter", now=NOW)
        assert lawful.who_must_wait([one.pk], now=NOW) == {one.pk: Wait("US-NYC", FREE_AT)}

    def test_people_of_unknown_country_live_where_the_organisation_is(self) -> None:
        one = living_in(country="")
        assert lawful.who_must_wait([one.pk], now=NOW) == {}
        Organisation.objects.update(default_country="US")
        assert lawful.who_must_wait([one.pk], now=NOW) == {one.pk: Wait("US-NYC", None)}

    def test_the_first_time_counts(self, new_yorker: Candidate) -> None:
        lawful.tell([new_yorker.pk], "US-NYC", words="letter", now=NOW)
        assert lawful.tell([new_yorker.pk], "US-NYC", words="again", now=NOW + DAY) == 0
        assert UseNotice.objects.get().told_at == NOW

    def test_a_postcode_decides_nothing(self, new_yorker: Candidate) -> None:
        Candidate.objects.filter(pk=new_yorker.pk).update(city="10115 Austin", region="TX")
        assert lawful.who_must_wait([new_yorker.pk], now=NOW) == {}

    def test_many_are_asked_about_by_few_questions(
        self, django_assert_max_num_queries: Callable[[int], object]
    ) -> None:
        ids = [living_in("Brooklyn", "NY").pk for _ in range(8)]
        with django_assert_max_num_queries(3):  # type: ignore[attr-defined]
            assert len(lawful.who_must_wait(ids, now=NOW)) == 8


def test_whose_data_nobody_told_them_of_goes_to_no_manager() -> None:
    told, untold = make.candidate(), make.candidate(told=False)
    far = make.candidate(told=False, country="US")
    ids = [told.pk, untold.pk, far.pk]
    assert lawful.who_must_not_be_shown(ids, now=NOW) == {untold.pk}


class TestTheLetter:
    @pytest.fixture(autouse=True)
    def box(self) -> None:
        make.sender(is_default=True)

    def test_goes_through_the_outbox_and_counts_once_it_has_gone(
        self, new_yorker: Candidate
    ) -> None:
        assert informing.send([new_yorker.pk], now=NOW).queued == 1
        letter = Message.objects.get()
        assert (letter.purpose, letter.state) == ("notice", "queued")
        assert PendingNotice.objects.get().laws == "US-NYC"
        # Pressed again while it waits, nothing happens.
        assert informing.send([new_yorker.pk], now=NOW).queued == 0
        assert informing.note_sent(now=NOW) == 0
        Message.objects.update(state="sending", not_before=None, handed_at=NOW)
        assert informing.note_sent(now=NOW) == 0
        Message.objects.update(state="sent")
        jobs.note_notices(0)
        assert not PendingNotice.objects.exists()
        told = UseNotice.objects.get()
        assert (told.told_at, told.may_rank_from) == (NOW, FREE_AT)
        assert told.words == f"message:{letter.pk}"
        assert informing.send([new_yorker.pk], now=NOW).queued == 0

    def test_says_what_is_looked_at_and_by_which_law(self, new_yorker: Candidate) -> None:
        informing.send([new_yorker.pk, living_in().pk], now=NOW)
        one, both = Message.objects.order_by("candidate")
        words = letters.words(
            letters.compiled(one.template_id or 0),
            one.context,
            organisation=Organisation.objects.get(),
            candidate_id=one.candidate_id,
            message_id=one.pk,
        )
        assert "It does not see your name" in " ".join(words.text.split())
        assert "Local Law 144" in words.text
        assert "Illinois" not in words.text
        assert one.template_id != both.template_id

    def test_that_did_not_go_may_be_sent_anew(self, new_yorker: Candidate) -> None:
        informing.send([new_yorker.pk], now=NOW)
        outbox.cancel(new_yorker.pk, reason="stopped", now=NOW)
        assert informing.note_sent(now=NOW) == 0
        assert not UseNotice.objects.exists()
        later = NOW + 3 * DAY
        assert informing.send([new_yorker.pk], now=later).queued == 1
        assert list(Message.objects.order_by("pk").values_list("occurrence", flat=True)) == [0, 1]

    def test_is_held_up_by_what_holds_up_every_message(self) -> None:
        one = living_in("Brooklyn", "NY", consented=False)
        sent = informing.send([one.pk], now=NOW)
        assert sent.queued == 0
        assert sum(sent.held_up.values()) == 1
        assert not Message.objects.exclude(state="refused").exists()
        assert lawful.who_must_wait([one.pk], now=NOW)

    def test_does_not_go_to_whom_no_law_concerns_or_who_refused(
        self, new_yorker: Candidate
    ) -> None:
        lawful.refuse(new_yorker.pk, now=NOW)
        assert informing.send([make.candidate().pk, new_yorker.pk], now=NOW).queued == 0


class TestNoRanking:
    def test_is_kept_until_taken_back(self, new_yorker: Candidate) -> None:
        assert lawful.refuse(new_yorker.pk, now=NOW)
        assert not lawful.refuse(new_yorker.pk, now=NOW + DAY)
        assert lawful.who_refused([new_yorker.pk]) == {new_yorker.pk}
        assert lawful.allow_again(new_yorker.pk, now=NOW)
        assert not lawful.allow_again(new_yorker.pk, now=NOW)
        assert lawful.who_refused([new_yorker.pk]) == set()
        assert not lawful.refuse(new_yorker.pk + 1, now=NOW)

    def test_is_part_of_an_objection(self, new_yorker: Candidate) -> None:
        objection.take_up(
            new_yorker.pk, channel="by mail", words="Stop", evidence="A mail", now=NOW
        )
        assert lawful.who_refused([new_yorker.pk]) == {new_yorker.pk}

    def test_holds_for_a_merged_record(self, new_yorker: Candidate) -> None:
        other = living_in("Brooklyn", "NY")
        lawful.refuse(other.pk, now=NOW)
        lawful.refuse(new_yorker.pk, now=NOW)
        merging.merge(new_yorker.pk, other.pk, by_id=None, now=NOW)
        assert lawful.who_refused([new_yorker.pk]) == {new_yorker.pk}

    def test_goes_with_the_person(self, new_yorker: Candidate) -> None:
        lawful.refuse(new_yorker.pk, now=NOW)
        erasure.erase([new_yorker.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        assert not RankingRefusal.objects.exists()


def test_the_overview_counts_who_has_to_be_told(new_yorker: Candidate) -> None:
    make.sender(is_default=True)
    told, going = living_in("Chicago", "IL"), living_in("Chicago", "IL")
    lawful.tell([told.pk], "US-IL", words="letter", now=NOW)
    informing.send([going.pk], now=NOW)
    found = {one.law.code: one for one in lawful.overview(now=NOW) or []}
    assert set(found) == {"US-NYC", "US-IL"}
    illinois = found["US-IL"]
    assert (illinois.people, illinois.ready, illinois.on_its_way, illinois.untold) == (2, 1, 1, 0)
    assert found["US-NYC"].untold == 1
    assert lawful.untold("US-NYC", now=NOW) == [new_yorker]
    assert lawful.untold("US-IL", now=NOW) == []
    assert lawful.untold("US-CO", now=NOW) == []
