"""The pages of auditors, and those that say who has to be told before being ranked."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests import make, ranked
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Message
from warmbench.people.models import Candidate
from warmbench.shortlists import declaring, disputing, lawful, looks
from warmbench.shortlists.models import Answer

NOW = make.NOW
#: By then March 2026 is over, and counts.
LATER = datetime(2026, 4, 15, tzinfo=UTC)

Browse = Callable[[User], Client]


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


class TestTheFigures:
    @pytest.fixture
    def auditor(self, alice: User, browse: Browse) -> Client:
        user = make.user("Avery Auditor", Role.VIEWER)
        User.objects.filter(pk=user.pk).update(is_auditor=True)
        return browse(User.objects.get(pk=user.pk))

    @pytest.fixture
    def counted(self, alice: User) -> None:
        shortlist = ranked.shortlist()
        for number in range(20):
            one = make.candidate()
            sex = "female" if number % 2 else "male"
            declaring.declare(one.pk, {"sex": sex}, now=NOW)
            if number in {0, 2, 3}:
                entry = ranked.listed(shortlist, one, rank=number + 1)
                looks.opened(entry.pk, by_id=alice.pk, now=NOW)
                Answer.objects.create(entry=entry, by=alice, verdict="star", at=NOW)
            else:
                ranked.considered(shortlist, one)

    def test_are_for_who_was_given_the_right(self, alice: User, browse: Browse) -> None:
        for role in Role:
            client = browse(make.user("Sam", role))
            for page in ("", "report/", "table/"):
                assert client.get(f"/fairness/{page}").status_code == 403

    def test_are_given_by_an_administrator(self, alice: User, browse: Browse) -> None:
        client = browse(make.user("Dana Admin", Role.ADMIN))
        page = client.get(f"/team/{alice.pk}/").text
        assert "Auditor: sees how groups of people fare" in page
        said = {"name": alice.name, "email": alice.email, "role": "recruiter"}
        said |= {"time_zone": "Europe/Berlin", "is_auditor": "on"}
        client.post(f"/team/{alice.pk}/", said)
        assert browse(alice).get("/fairness/").status_code == 200

    def test_show_rates_and_ratios(self, auditor: Client, counted: None) -> None:
        with clock.pinned(LATER):
            page = auditor.get("/fairness/").text
        words = " ".join(page.split())
        assert "Fairness of shortlists, 2026" in words
        assert "below four fifths by 1" in words
        assert "impact ratio 0.50" in words
        assert "Unseen, or within 3 seconds" in words

    def test_begin_with_nothing(self, auditor: Client) -> None:
        with clock.pinned(LATER):
            assert "Nothing to count yet" in auditor.get("/fairness/").text
            assert auditor.get("/fairness/?year=1999").status_code == 404
            assert auditor.get("/fairness/?year=x").status_code == 404

    def test_are_taken_along_on_record(self, auditor: Client, counted: None) -> None:
        with clock.pinned(LATER):
            report = auditor.get("/fairness/report/?year=2026")
            table = auditor.get("/fairness/table/?year=2026")
        assert "for an independent auditor" in report.text
        assert "<script" not in report.text
        assert table.text.splitlines()[1].startswith("listed,By sex,Female,10,10,1,")
        assert "fairness-2026.csv" in table.headers["Content-Disposition"]
        assert AuditEntry.objects.filter(action="fairness.exported").count() == 2

    def test_leave_out_whom_few_people_would_give_away(self, auditor: Client, alice: User) -> None:
        one = make.candidate()
        declaring.declare(one.pk, {"sex": "female"}, now=NOW)
        ranked.listed(ranked.shortlist(), one)
        with clock.pinned(LATER):
            page = auditor.get("/fairness/").text
        assert "Female" not in page
        assert "No group is large enough" in page


@pytest.mark.usefixtures("at_noon")
class TestWhoHasToBeTold:
    @pytest.fixture
    def new_yorker(self, alice: User) -> Candidate:
        make.sender(is_default=True)
        one = make.candidate(country="US", time_zone="America/New_York")
        Candidate.objects.filter(pk=one.pk).update(city="Brooklyn", region="NY")
        return one

    def test_stands_there_by_law_and_one_button_tells_them(
        self, alice: User, browse: Browse, new_yorker: Candidate
    ) -> None:
        client = browse(alice)
        page = client.get("/fairness/notices/").text
        assert "Local Law 144" in page
        assert new_yorker.name in page
        assert "Colorado" in page
        told = client.post("/fairness/notices/send/", {"law": "US-NYC"}, follow=True).text
        assert "1 person is told as soon as it may go." in told
        assert "Their letter is on its way" in told
        assert Message.objects.get().purpose == "notice"
        again = client.post("/fairness/notices/send/", {"law": "US-NYC"}, follow=True).text
        assert "Nobody waits for it." in again

    def test_shows_how_long_it_takes_still(
        self, alice: User, browse: Browse, new_yorker: Candidate
    ) -> None:
        lawful.tell([new_yorker.pk], "US-NYC", words="letter", now=NOW)
        client = browse(alice)
        assert "the last of them until 18 March 2026" in client.get("/fairness/notices/").text
        page = client.get(f"/candidates/{new_yorker.pk}/rankings/").text
        assert "They may be ranked from 18 March 2026" in page

    def test_says_what_holds_a_letter_up(
        self, alice: User, browse: Browse, new_yorker: Candidate
    ) -> None:
        Candidate.objects.update(status="hired")
        told = browse(alice).post("/fairness/notices/send/", {"law": "US-NYC"}, follow=True).text
        assert "Nobody is told. 1 not:" in told

    def test_is_of_a_law_that_there_is(self, alice: User, browse: Browse) -> None:
        told = browse(alice).post("/fairness/notices/send/", {"law": "US-ZZ"}, follow=True).text
        assert "Choose whom to tell." in told


@pytest.mark.usefixtures("at_noon")
class TestHowSomebodyWasRanked:
    def test_stands_beside_what_they_dispute(self, alice: User, browse: Browse) -> None:
        ana = make.candidate(owner=alice)
        ranked.left(ranked.shortlist(), ana)
        disputing.dispute(ana.pk, words="I know AWS.", now=NOW)
        client = browse(alice)
        there = f"/candidates/{ana.pk}/rankings/"
        assert there in client.get(f"/candidates/{ana.pk}/").text
        page = client.get(there).text
        assert "They want a person to look again" in page
        assert "AWS is a must, and they have not used it." in page
        assert "Answer by 3 April 2026." in page

    def test_says_that_they_want_none(self, alice: User, browse: Browse) -> None:
        ana = make.candidate()
        lawful.refuse(ana.pk, now=NOW)
        page = browse(alice).get(f"/candidates/{ana.pk}/rankings/").text
        assert "They want no ranking made of them" in page
        assert "Never ranked for others" in page

    def test_never_says_what_they_declared(self, alice: User, browse: Browse) -> None:
        ana = make.candidate(owner=alice)
        declaring.declare(ana.pk, {"ethnicity": "pacific", "sex": "another"}, now=NOW)
        client = browse(alice)
        for path in ("", "rankings/"):
            page = client.get(f"/candidates/{ana.pk}/{path}").text.lower()
            assert "pacific" not in page
            assert "or neither" not in page
