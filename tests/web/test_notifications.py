"""The bell, what stands behind it, and how everybody says how they want to be told."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.make import NOW
from warmbench.accounts import notification_choices, notifications
from warmbench.accounts.models import Detail, Kind, Notification, User, Way
from warmbench.accounts.notifications import WHO
from warmbench.signals.models import FollowUp
from warmbench.web.notification_form import NotificationForm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def browser(alice: User, browse: Browse) -> Client:
    return browse(alice)


def said(user: User, **different: object) -> dict[str, object]:
    """What the form would send, unchanged but for this."""
    chosen = notification_choices.of([user])[user.pk]
    form = NotificationForm(None, user=user, choices=chosen)
    values = {name: form[name].initial for name in form.fields}
    return {f"tell-{name}": value for name, value in (values | different).items()}


class TestTheBell:
    def test_it_shows_how_much_is_unread_on_every_page(self, alice: User, browser: Client) -> None:
        assert "Notifications, " not in browser.get("/").text
        make.notification(alice)
        make.notification(alice, read_at=NOW)
        assert 'aria-label="Notifications, 1 unread"' in browser.get("/profile/").text

    def test_strangers_have_none(self, client: Client) -> None:
        assert "bell" not in client.get("/sign-in/").text


class TestTheList:
    def test_it_says_the_whole_name_and_the_evidence(self, alice: User, browser: Client) -> None:
        ana = make.candidate()
        make.notification(alice, title=f"{WHO} replied", body="Replied: Yes", candidate_id=ana.pk)
        page = browser.get("/notifications/").text
        assert f"{ana.name} replied" in page
        assert "Replied: Yes" in page

    def test_it_is_empty_at_first_and_says_what_will_come(self, browser: Client) -> None:
        assert "Nothing yet" in browser.get("/notifications/").text

    def test_the_unread_stand_first(self, alice: User, browser: Client) -> None:
        make.notification(alice, title="Old news", read_at=NOW, told_at=NOW)
        make.notification(alice, title="Fresh news", told_at=NOW - timedelta(days=2))
        page = browser.get("/notifications/").text
        assert page.index("Fresh news") < page.index("Old news")

    def test_nobody_sees_what_others_are_told(self, alice: User, browse: Browse) -> None:
        one = make.notification(alice, title="For Alice")
        bob = browse(make.user("Bob Other"))
        assert "For Alice" not in bob.get("/notifications/").text
        assert bob.get(f"/notifications/{one.pk}/").status_code == 404
        one.refresh_from_db()
        assert one.read_at is None

    def test_what_is_dealt_with_says_so(self, alice: User, browser: Client) -> None:
        entry = make.follow_up(make.candidate(owner=alice))
        make.notification(alice, key=f"follow_up:{entry.pk}")
        assert "Dealt with" not in browser.get("/notifications/").text
        FollowUp.objects.update(state=FollowUp.State.DONE)
        assert "Dealt with" in browser.get("/notifications/").text

    def test_opening_one_leads_there_and_marks_it_read(self, alice: User, browser: Client) -> None:
        one = make.notification(alice, path="/candidates/7/", mail_due_at=NOW)
        answer = browser.get(f"/notifications/{one.pk}/")
        assert (answer.status_code, answer["Location"]) == (302, "/candidates/7/")
        one.refresh_from_db()
        assert (one.read_at, one.mail_due_at) == (NOW, None)

    def test_all_can_be_marked_read_at_once(self, alice: User, browser: Client) -> None:
        make.notification(alice)
        bobs = make.notification(make.user("Bob Other"))
        browser.post("/notifications/read/")
        assert list(Notification.objects.filter(read_at=None)) == [bobs]

    def test_a_long_list_has_pages_and_few_questions(
        self, alice: User, browser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for n in range(90):
            make.notification(
                alice,
                title=f"{WHO} replied",
                candidate_id=make.candidate().pk,
                key=f"follow_up:{n}",
            )
        with django_assert_max_num_queries(16):
            page = browser.get("/notifications/?page=2").text
        assert "Page 2 of 3" in page

    def test_a_name_is_text_and_nothing_else(self, alice: User, browser: Client) -> None:
        ana = make.candidate()
        type(ana).objects.update(first_name="<script>alert(1)</script>")
        make.notification(alice, title=f"{WHO} replied", candidate_id=ana.pk)
        assert "<script>alert" not in browser.get("/notifications/").text


class TestChoosing:
    def test_the_form_shows_what_is_usual(self, alice: User, browser: Client) -> None:
        page = browser.get("/profile/").text
        assert "How I am told" in page
        assert 'value="19:00"' in page
        assert "No mail can reach you" in page
        make.sender(is_default=True)
        assert "No mail can reach you" not in browser.get("/profile/").text

    def test_what_is_chosen_is_kept(self, alice: User, browser: Client) -> None:
        answer = browser.post(
            "/profile/notifications/",
            said(
                alice,
                reply=Way.ALWAYS,
                chores=Way.DIGEST,
                quiet_from="18:00",
                working_days=["0", "1", "2"],
                detail=Detail.NOBODY,
            ),
        )
        assert answer["Location"] == "/profile/#notifications"
        chosen = notification_choices.of([alice])[alice.pk]
        assert (chosen.way(Kind.REPLY), chosen.way(Kind.CHORES)) == (Way.ALWAYS, Way.DIGEST)
        assert chosen.way(Kind.CALL) == Way.AT_ONCE
        assert chosen.hours.quiet_from == time(18)
        assert chosen.hours.days == {0, 1, 2}
        assert chosen.detail == Detail.NOBODY

    def test_choosing_leaves_the_rest_of_the_profile_alone(
        self, alice: User, browser: Client
    ) -> None:
        browser.post("/profile/notifications/", said(alice, reply=Way.APP) | {"name": "Eve"})
        alice.refresh_from_db()
        assert alice.name == "Alice Meyer"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("quiet_from", "25:00"), ("working_days", []), ("reply", "loudly"), ("detail", "")],
    )
    def test_what_cannot_be_is_said_where_it_stands(
        self, alice: User, browser: Client, field: str, value: object
    ) -> None:
        answer = browser.post("/profile/notifications/", said(alice, **{field: value}))
        assert answer.status_code == 422
        assert f"id_tell-{field}_error" in answer.text
        # The other form on the page is as it was.
        assert 'value="Alice Meyer"' in answer.text
        assert not notifications.unread_count(alice.pk)

    def test_nobody_chooses_from_another_site(self, alice: User) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(alice)
        assert strict.post("/profile/notifications/", said(alice)).status_code == 403
        assert strict.post("/notifications/read/").status_code == 403
