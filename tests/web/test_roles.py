"""The pages about roles: the list, who fits, what follows from a change of state."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role as UserRole
from warmbench.accounts.models import User
from warmbench.people.models import Candidate, Tag
from warmbench.signals.models import FollowUp
from warmbench.sourcing import alerts, waves
from warmbench.sourcing.models import Alert, AlertCampaign, Role

NOW = make.NOW
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


@pytest.fixture
def skills(db: None) -> list[Tag]:
    return [make.tag(name) for name in ("Go", "Kubernetes", "Terraform", "AWS")]


def titles(page: str, *names: str) -> list[str]:
    """These titles, in the order in which they stand on the page."""
    return sorted((name for name in names if name in page), key=page.index)


class TestTheList:
    def test_without_roles_it_teaches_how_to_begin(self, client: Client, browse: Browse) -> None:
        page = client.get("/roles/").text
        assert "Paste a client" in page
        assert 'href="/roles/new/"' in page
        viewer = browse(make.user("Victor Viewer", UserRole.VIEWER))
        assert 'href="/roles/new/"' not in viewer.get("/roles/").text

    def test_what_is_hot_stands_first_and_what_is_over_last(self, client: Client) -> None:
        make.role(title="Closed one", state="closed", deadline=NOW + timedelta(days=1))
        make.role(title="Open one")
        make.role(title="Draft one", state="draft")
        make.role(title="Due in May", deadline=NOW + timedelta(days=70))
        make.role(title="Hot one", deadline=NOW + timedelta(days=3))

        page = client.get("/roles/").text

        names = ("Closed one", "Open one", "Draft one", "Due in May", "Hot one")
        assert titles(page, *names) == [names[4], names[3], names[1], names[2], names[0]]
        assert page.count("badge--hot") == 1

    def test_it_is_narrowed_by_state_and_searched(self, client: Client, alice: User) -> None:
        make.role(title="Platform engineer", company="Kontor", owner=alice)
        make.role(title="Nurse", state="filled")

        assert titles(client.get("/roles/?state=filled").text, "Platform engineer", "Nurse") == [
            "Nurse"
        ]
        for words in ("kontor", "meyer platform"):
            page = client.get("/roles/", {"q": words}, headers=HTMX).text
            assert titles(page, "Platform engineer", "Nurse") == ["Platform engineer"]
            assert "<html" not in page
        assert "No role matches" in client.get("/roles/?q=welder").text
        assert client.get("/roles/?state=nonsense&q=%00").status_code == 200

    def test_it_says_whom_alerts_reached(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        role = make.role(*skills, owner=alice)
        ana, ben = make.candidate(*skills, owner=alice), make.candidate(*skills, owner=alice)
        make.campaign(role)
        waves.advance(now=NOW)
        sender = make.sender(alice)
        told = Alert.objects.get(candidate=ana)
        told.state, told.next_try_at = Alert.State.WRITTEN, None
        told.message, told.engaged_at = make.sent(ana, sender), NOW
        told.save(update_fields=["state", "next_try_at", "message", "engaged_at"])

        page = client.get("/roles/").text

        assert 'from 2 skills<br><span class="muted small">1 waits</span>' in page
        assert '<td class="num" data-label="Reached">1</td>' in page
        assert '<b class="t-ember">1</b>' in page
        assert ben.last_name not in page

    @pytest.mark.parametrize(
        ("left", "state", "words"),
        [
            (timedelta(hours=3), "open", "wanted today"),
            (timedelta(hours=-1), "open", "wanted today"),
            (timedelta(days=1), "draft", "wanted by tomorrow"),
            (timedelta(days=5), "open", "wanted by Sunday, 5 days left"),
            (timedelta(days=30), "open", "wanted by 2 April<"),
            (timedelta(days=330), "open", "wanted by 27 January 2027"),
            (timedelta(days=-1), "open", "wanted 1 day ago"),
            (timedelta(days=-3), "open", "wanted 3 days ago"),
            (timedelta(days=-3), "filled", "wanted by 28 February 2026"),
        ],
    )
    def test_by_when_somebody_is_wanted_is_said_as_one_says_it(
        self, client: Client, left: timedelta, state: str, words: str
    ) -> None:
        make.role(deadline=NOW + left, state=state)
        assert words in client.get("/roles/").text


class TestWhoFits:
    def test_everybody_who_fits_stands_there_with_the_reasons(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        ana = make.candidate(*skills[:3], owner=alice)
        ben = make.candidate(skills[0])
        role = make.role(
            *skills[:3],
            nice=(skills[3],),
            pay_min=80000,
            pay_currency="EUR",
            pay_period="year",
        )

        page = client.get(f"/roles/{role.pk}/").text

        assert ana.name in page
        assert ben.name not in page
        assert "AWS" in page
        assert "nice to have" in page
        assert "What would a move have to pay" in page
        assert "from €80,000 a year" in page
        assert "Why" in page

    def test_whether_we_may_write_is_another_question(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        make.sender(alice, is_default=True)
        make.candidate(*skills, owner=alice)
        placed = make.candidate(*skills, owner=alice, status=Candidate.Status.PLACED)
        role = make.role(*skills, owner=alice)

        page = client.get(f"/roles/{role.pk}/").text

        assert placed.name in page
        assert "May be written to now" in page
        assert "They have been placed." in page

    def test_fewer_skills_let_more_people_in(self, client: Client, skills: list[Tag]) -> None:
        ben = make.candidate(skills[0])
        role = make.role(*skills)
        assert ben.name not in client.get(f"/roles/{role.pk}/").text
        assert ben.name in client.get(f"/roles/{role.pk}/?at=1").text
        assert client.get(f"/roles/{role.pk}/?at=99&shown=-4").status_code == 200

    def test_there_are_more_than_are_shown_at_once(self, client: Client, skills: list[Tag]) -> None:
        for _ in range(27):
            make.candidate(*skills)
        role = make.role(*skills)
        page = client.get(f"/roles/{role.pk}/").text
        assert page.count('class="score"') == 25
        assert f"?at=3&amp;shown={27}" in page
        assert client.get(f"/roles/{role.pk}/?at=3&shown=27").text.count('class="score"') == 27

    def test_somebody_is_looked_up_who_does_not_fit(
        self, client: Client, skills: list[Tag]
    ) -> None:
        ben = make.candidate(skills[0])
        role = make.role(*skills)
        page = client.get(f"/roles/{role.pk}/", {"who": ben.last_name}).text
        assert ben.name in page
        assert "Missing" in page
        assert "Nobody goes by that name" in client.get(f"/roles/{role.pk}/?who=Zoe").text

    def test_without_skills_or_matches_it_says_what_to_do(
        self, client: Client, skills: list[Tag]
    ) -> None:
        assert "It asks for no skills" in client.get(f"/roles/{make.role().pk}/").text
        assert "Nobody fits yet" in client.get(f"/roles/{make.role(*skills).pk}/").text

    def test_only_its_recruiter_is_offered_changes(
        self, alice: User, browse: Browse, skills: list[Tag]
    ) -> None:
        role = make.role(*skills, owner=alice)
        change = f'href="/roles/{role.pk}/edit/"'
        assert change in browse(alice).get(f"/roles/{role.pk}/").text
        assert change not in browse(make.user("Bob Lind")).get(f"/roles/{role.pk}/").text


class TestItsState:
    def told(self, skills: list[Tag]) -> Role:
        """A role whose alerts are about to go to two people."""
        role = make.role(*skills)
        make.candidate(*skills)
        make.candidate(*skills)
        make.campaign(role)
        waves.advance(now=NOW)
        return role

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            ("filled", "It takes back 2 alerts that wait."),
            ("closed", "It takes back 2 alerts that wait."),
            ("on_hold", "2 alerts on the way are held back."),
        ],
    )
    def test_what_follows_is_said_before(
        self, client: Client, skills: list[Tag], state: str, sentence: str
    ) -> None:
        role = self.told(skills)
        address = f"/roles/{role.pk}/state/{state}/"
        assert sentence in client.get(address).text
        fragment = client.get(address, headers=HTMX).text
        assert sentence in fragment
        assert "<html" not in fragment
        role.refresh_from_db()
        assert role.state == "open", "asking changes nothing"

    def test_a_role_is_filled_with_a_note(self, client: Client, skills: list[Tag]) -> None:
        role = self.told(skills)
        answer = client.post(f"/roles/{role.pk}/state/filled/", {"note": "Ana starts in May"})
        assert answer.headers["Location"] == f"/roles/{role.pk}/"
        page = client.get(f"/roles/{role.pk}/timeline/").text
        assert "Open → Filled" in page
        assert "Ana starts in May" in page

    def test_texts_and_calls_that_were_to_follow_are_counted(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        role = self.told(skills)
        first, second = Alert.objects.order_by("pk")
        for alert, kind in ((first, "text"), (second, "call")):
            alert.escalations.create(
                candidate_id=alert.candidate_id, kind=kind, due_at=NOW, state_at=NOW
            )
        call = make.follow_up(first.candidate, reason=FollowUp.Reason.CALL)
        call.evidence = [{**call.evidence[0], "about": f"role:{role.pk}"}]
        call.save(update_fields=["evidence"])

        page = client.get(f"/roles/{role.pk}/state/closed/").text

        assert "2 texts and calls that were to follow are dropped." in page
        assert "1 call that a recruiter was asked for is called off." in page

    def test_opening_again_lets_paused_alerts_go_on(
        self, client: Client, skills: list[Tag]
    ) -> None:
        role = self.told(skills)
        alerts.pause(role.pk, by_id=None, now=NOW)
        Role.objects.filter(pk=role.pk).update(state="on_hold")
        page = client.get(f"/roles/{role.pk}/state/open/").text
        assert "Its alerts go on where they were paused. 2 that wait can go." in page

    def test_what_ended_or_never_began_is_said_plainly(
        self, client: Client, skills: list[Tag]
    ) -> None:
        ended = self.told(skills)
        alerts.stop(ended.pk, by_id=None, now=NOW)
        assert "Nothing about it is on its way." in (
            client.get(f"/roles/{ended.pk}/state/on_hold/").text
        )
        Role.objects.filter(pk=ended.pk).update(state="filled")
        assert "Its alerts have ended." in client.get(f"/roles/{ended.pk}/state/open/").text
        draft = make.role(*skills, state="draft")
        assert "before you start its alerts" in client.get(f"/roles/{draft.pk}/state/open/").text
        assert "Nobody hears of it" in client.get(f"/roles/{draft.pk}/state/closed/").text

    def test_a_role_without_skills_is_not_opened(self, client: Client) -> None:
        role = make.role(state="draft")
        assert "name at least one first" in client.get(f"/roles/{role.pk}/state/open/").text
        page = client.post(f"/roles/{role.pk}/state/open/", follow=True).text
        assert "Name at least one skill" in page
        role.refresh_from_db()
        assert role.state == "draft"

    def test_a_state_that_is_none_or_the_same_is_told_apart(
        self, client: Client, skills: list[Tag]
    ) -> None:
        role = make.role(*skills)
        assert client.get(f"/roles/{role.pk}/state/draft/").status_code == 404
        assert (
            "It is open already." in client.get(f"/roles/{role.pk}/state/open/", follow=True).text
        )
        answer = client.post(f"/roles/{role.pk}/state/filled/", {"note": "x" * 200})
        assert answer.status_code == 422

    def test_nobody_fills_the_role_of_another(
        self, alice: User, browse: Browse, skills: list[Tag]
    ) -> None:
        role = make.role(*skills, owner=alice)
        bob = browse(make.user("Bob Lind"))
        assert bob.post(f"/roles/{role.pk}/state/filled/").status_code == 403
        assert not AlertCampaign.objects.exists()
