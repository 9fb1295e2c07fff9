"""The pages on which users say when they are away, and which fields each recruiter looks after."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.make import NOW
from tests.web.test_team import signed_in
from warmbench.accounts.models import Absence, Role, User
from warmbench.core.models import AuditEntry
from warmbench.people.models import Specialism, Tag
from warmbench.web import access

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAYS = {"first_day": "2026-03-03", "last_day": "2026-03-06"}


@pytest.fixture
def today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def bob(alice: User) -> User:
    return make.user("Bob Brandt")


@pytest.fixture
def admin(alice: User) -> Client:
    return signed_in(make.user("Ada Min", Role.ADMIN))


class TestBeingAway:
    def test_one_says_so_oneself_and_the_team_sees_it(self, alice: User, bob: User) -> None:
        client = signed_in(alice)
        assert "Who stands in" in client.get("/profile/away/").text

        said = client.post("/profile/away/", DAYS | {"cover": bob.pk}, follow=True)

        assert "Put down: away from 3 March 2026 to 6 March 2026." in said.text
        assert "Bob Brandt stands in" in said.text
        assert "Away until 6 Mar, Bob Brandt stands in" in client.get("/team/").text
        assert "You stand in for Alice Meyer until 6 March." in signed_in(bob).get("/profile/").text

    def test_an_administrator_says_it_of_somebody(self, admin: Client, alice: User) -> None:
        admin.post(f"/team/{alice.pk}/away/", DAYS)
        absence = Absence.objects.get()
        assert (absence.user, absence.cover) == (alice, None)
        page = admin.get(f"/team/{alice.pk}/").text
        assert "nobody stands in" in page
        assert "Back already" in page

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"last_day": "2026-03-02"}, "The last day comes before the first."),
            ({"first_day": "2026-02-01", "last_day": "2026-02-02"}, "These days are over."),
            ({"first_day": "soon"}, "Enter a valid date."),
            ({"cover": "0"}, "Select a valid choice."),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_sentence(
        self, alice: User, wrong: dict[str, str], sentence: str
    ) -> None:
        answer = signed_in(alice).post("/profile/away/", DAYS | wrong)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert not Absence.objects.exists()

    def test_days_that_overlap_are_refused(self, alice: User) -> None:
        client = signed_in(alice)
        client.post("/profile/away/", DAYS)
        answer = client.post("/profile/away/", DAYS | {"last_day": "2026-03-04"})
        assert "Already put down as away from 3 March 2026 to 6 March 2026." in answer.text

    def test_whoever_is_back_says_so(self, alice: User, bob: User, admin: Client) -> None:
        days = {"first_day": NOW.date() - timedelta(days=2), "last_day": NOW.date()}
        absence = Absence.objects.create(user=alice, cover=bob, at=NOW, **days)
        path = f"/team/away/{absence.pk}/end/"
        assert signed_in(bob).post(path).status_code == 403
        assert "You are not away any more." in signed_in(alice).post(path, follow=True).text
        assert "over already" in admin.post(path, follow=True).text

    def test_whoever_stands_in_may_change_their_candidates(self, alice: User, bob: User) -> None:
        ana = make.candidate(owner=alice)
        entry = make.follow_up(ana)
        assert not access.may_change_candidate(bob, ana)
        assert access.candidates_to_change(bob, [ana.pk]) == []
        Absence.objects.create(
            user=alice, cover=bob, first_day=NOW.date(), last_day=NOW.date(), at=NOW
        )
        assert access.may_change_candidate(bob, ana)
        assert access.candidates_to_change(bob, [ana.pk]) == [ana.pk]
        assert access.follow_up_to_change(bob, entry.pk) == entry
        assert not access.may_change_candidate(make.user("Chen Wu"), ana)


class TestFields:
    @pytest.fixture
    def field(self) -> Tag:
        category = make.tag("Finance", Tag.Kind.CATEGORY)
        return make.tag("Accounting & controlling", Tag.Kind.SPECIALTY, category)

    def test_are_chosen_for_a_recruiter(self, admin: Client, alice: User, field: Tag) -> None:
        path = f"/team/{alice.pk}/specialties/"
        assert "Finance" in admin.get(path).text

        admin.post(path, {"specialties": [field.pk]})

        assert Specialism.objects.get().user == alice
        assert AuditEntry.objects.get(action="user.looks_after").subject == f"user:{alice.pk}"
        for page in (f"/team/{alice.pk}/", "/team/"):
            assert "Accounting &amp; controlling" in admin.get(page).text
        assert "You look after" in signed_in(alice).get("/profile/").text
        assert "checked" in admin.get(path).text
        assert (
            "Nothing was different."
            in admin.post(path, {"specialties": [field.pk]}, follow=True).text
        )
        admin.post(path)
        assert not Specialism.objects.exists()

    def test_that_there_are_not_are_refused(self, admin: Client, alice: User, field: Tag) -> None:
        answer = admin.post(f"/team/{alice.pk}/specialties/", {"specialties": ["0"]})
        assert answer.status_code == 422
