"""The pages about a role's alerts: the simulator, what came of each, the timeline, the call."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.messaging import delivery
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import Sender
from warmbench.people.models import Candidate, Tag
from warmbench.signals import feedback
from warmbench.signals.feedback import About, NotForMe
from warmbench.signals.models import FollowUp, Signal
from warmbench.sourcing import alerts, escalations, interest, waves, writing
from warmbench.sourcing.models import Alert, AlertCampaign, Escalation, Role
from warmbench.web import role_fates

NOW = make.NOW
DAY = timedelta(days=1)
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    alice = make.user("Alice Meyer")
    make.sender(alice, is_default=True)
    return alice


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


@pytest.fixture
def skills(db: None) -> list[Tag]:
    return [make.tag(name) for name in ("Go", "Kubernetes", "Terraform", "AWS")]


def work(now: datetime = NOW) -> None:
    """Do what the workers do at a moment."""
    channel = Recording()
    while waves.advance(now=now):
        pass
    while writing.write_due(now=now):
        pass
    while escalations.run_due(now=now):
        pass
    while delivery.deliver(lambda _: channel, worker="w", clock=lambda: now):
        pass


def clicked(alert: Alert) -> None:
    heard = make.signal(alert.candidate, Signal.Kind.CLICKED, at=NOW, message=alert.message)
    interest.engaged([heard.pk], now=NOW)


def _told_as(alert: Alert) -> Alert:
    """Somebody else who was told of the same."""
    ana = make.candidate()
    values = {
        field.attname: getattr(alert, field.attname)
        for field in Alert._meta.concrete_fields
        if not field.primary_key
    }
    sent = make.sent(ana, Sender.objects.earliest("pk"))
    return Alert(**values | {"candidate_id": ana.pk, "message_id": sent.pk})


class TestTheSimulator:
    def test_it_says_whom_alerts_would_reach_and_why_others_not(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        make.candidate(*skills, owner=alice)
        make.candidate(*skills[:2], owner=alice, consented=False)
        make.candidate(skills[0], owner=alice, status=Candidate.Status.PLACED)
        role = make.role(*skills, owner=alice)

        page = client.get(f"/roles/{role.pk}/simulator/?at=1").text

        assert "From 1 matched skill<" in page
        assert "<dt>would be told</dt><dd>3</dd>" in page
        assert '<dt>may be written to now</dt><dd class="t-good">1</dd>' in page
        assert "They have been placed." in page
        assert "No permission to write to them is on record." in page
        assert "None was sent at this level within a year." in page
        assert "Start alerts at 1 skill<" in page

    def test_the_slider_asks_for_the_numbers_alone(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice)
        page = client.get(f"/roles/{role.pk}/simulator/?at=4", headers=HTMX).text
        assert "<html" not in page
        assert "From 4 matched skills" in page
        assert 'id="bars" hx-swap-oob="true"' in page
        assert '<a href="?at=4" aria-current="true">' in page
        assert "From 4 matched skills" in client.get(f"/roles/{role.pk}/simulator/?at=9").text

    def test_who_fails_a_must_is_counted_apart(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        manager = make.tag("Manager", Tag.Kind.SENIORITY)
        junior = make.tag("Individual contributor", Tag.Kind.SENIORITY)
        make.candidate(*skills, junior, owner=alice)
        role = make.role(*skills, owner=alice, seniority=manager, musts=["seniority"])
        page = client.get(f"/roles/{role.pk}/simulator/").text
        assert "have another seniority, which is a must" in page
        assert "<dt>out, although their skills fit</dt><dd>1</dd>" in page
        assert "It reaches nobody. Try fewer skills." in page
        assert " disabled>" in page

    def test_it_shows_what_earlier_alerts_brought(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice)
        make.campaign(role)
        work()
        clicked(Alert.objects.select_related("candidate").get())

        page = client.get(f"/roles/{role.pk}/simulator/?at=2").text

        assert "1 sent within a year at this level" in page
        assert "<b>100 %</b><span>clicked or answered" in page
        assert "without those who were told already" in page
        assert "It reaches nobody who was not told already." in page
        assert "Go on with 2 skills" in page

    def test_with_many_people_it_says_that_it_reckons(
        self, client: Client, skills: list[Tag], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.sourcing.simulator.SAMPLE", 2)
        for _ in range(4):
            make.candidate(*skills)
        page = client.get(f"/roles/{make.role(*skills).pk}/simulator/").text
        assert "reckoned from 2 of 4 people" in page

    def test_without_skills_there_is_nothing_to_try(self, client: Client) -> None:
        page = client.get(f"/roles/{make.role().pk}/simulator/").text
        assert "Name a few first." in page
        one = client.get(f"/roles/{make.role(make.tag('Go')).pk}/simulator/").text
        assert 'type="range"' not in one

    def test_only_its_recruiter_starts_alerts_and_only_while_it_is_open(
        self, alice: User, client: Client, browse: Browse, skills: list[Tag]
    ) -> None:
        make.candidate(*skills)
        role = make.role(*skills, owner=alice)
        bob = browse(make.user("Bob Lind"))
        assert "Alice Meyer or an administrator" in bob.get(f"/roles/{role.pk}/simulator/").text
        said = {"threshold": 3, "strong_from": 4, "wave_size": 5}
        assert bob.post(f"/roles/{role.pk}/alerts/start/", said).status_code == 403

        Role.objects.filter(pk=role.pk).update(state="draft")
        assert "Only of an open role" in client.get(f"/roles/{role.pk}/simulator/").text
        page = client.post(f"/roles/{role.pk}/alerts/start/", said, follow=True).text
        assert "Open the role first." in page
        assert not AlertCampaign.objects.exists()


class TestStarting:
    def test_alerts_start_with_what_was_chosen(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        role = make.role(*skills, owner=alice)
        said = {"threshold": 3, "strong_from": 4, "wave_size": 5}
        page = client.post(f"/roles/{role.pk}/alerts/start/", said, follow=True).text
        assert "The alerts have started." in page
        assert "Alerts from 3 matched skills" in page
        assert "The first wave is being chosen" in page
        campaign = AlertCampaign.objects.get()
        assert (campaign.threshold, campaign.strong_from, campaign.wave_size) == (3, 4, 5)
        assert campaign.started_by == alice

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            (
                {"threshold": 3, "strong_from": 2, "wave_size": 5},
                "Strong match from: A strong match needs at least as many skills.",
            ),
            ({"threshold": "x"}, "Threshold: Enter a whole number."),
            ({"threshold": 3, "wave_size": 0}, "People in one wave: Ensure"),
        ],
    )
    def test_what_makes_no_sense_is_said(
        self, client: Client, skills: list[Tag], said: dict[str, object], sentence: str
    ) -> None:
        role = make.role(*skills)
        page = client.post(f"/roles/{role.pk}/alerts/start/", said, follow=True).text
        assert sentence in page
        assert not AlertCampaign.objects.exists()


class TestWhatCameOfThem:
    @pytest.fixture
    def role(self, alice: User, skills: list[Tag]) -> Role:
        """A role of which a strong match, a match and one who may not hear of it know."""
        make.candidate(*skills, owner=alice)
        make.candidate(*skills[:2], owner=alice)
        make.candidate(*skills[:3], owner=alice, status=Candidate.Status.PLACED)
        role = make.role(*skills, owner=alice)
        make.campaign(role)
        work()
        return role

    def test_each_stands_there_with_its_fate(self, client: Client, role: Role) -> None:
        strong, placed = (
            Alert.objects.get(level="strong", state="written"),
            Alert.objects.get(state="refused"),
        )
        page = client.get(f"/roles/{role.pk}/alerts/").text
        assert "Strong match" in page
        assert strong.candidate.name in page
        assert placed.candidate.name in page
        assert "They have been placed." in page
        assert f'href="/messages/{strong.message_id}/"' in page
        assert "Text message on Thu 5 Mar, 10:00, if nothing is heard" in page
        assert "Whether a mail was opened is not known here" in page

    def test_a_click_stands_first_and_what_followed_is_not_needed(
        self, client: Client, role: Role
    ) -> None:
        clicked(Alert.objects.get(level="strong", state="written"))
        page = client.get(f"/roles/{role.pk}/alerts/?kind=engaged").text
        assert "Clicked or answered" in page
        assert "Text message not needed. They clicked or answered." in page
        assert page.count("data-item") == 1

    def test_what_does_not_fit_is_said_in_their_words(self, client: Client, role: Role) -> None:
        alert = Alert.objects.get(level="strong", state="written")
        said = [NotForMe(About.PAY, words="too little")]
        feedback.take_down(alert.candidate_id, said, message_id=alert.message_id or 0, now=NOW)
        page = client.get(f"/roles/{role.pk}/alerts/?who={alert.candidate_id}").text
        assert "Not for them: pay too little" in page
        assert page.count("data-item") == 1
        assert "Everybody</a>" in page
        theirs = client.get(f"/candidates/{alert.candidate_id}/").text
        assert "not for them: pay too little" in theirs

    def test_who_said_no_is_counted_by_the_database(self, client: Client, role: Role) -> None:
        """The ids of a hundred thousand alerts would be a question of megabytes."""

        def longest() -> int:
            with CaptureQueriesContext(connection) as asked:
                assert role_fates.said_no(role) == 1
            return max(len(one["sql"]) for one in asked)

        alert = Alert.objects.get(level="strong", state="written")
        said = [NotForMe(About.PAY)]
        feedback.take_down(alert.candidate_id, said, message_id=alert.message_id or 0, now=NOW)
        before = longest()
        for _ in range(20):
            Alert.objects.bulk_create([_told_as(alert)])
        assert longest() == before

    def test_what_was_taken_back_is_not_held_against_the_role(
        self, client: Client, role: Role
    ) -> None:
        alert = Alert.objects.get(level="strong", state="written")
        message = alert.message_id or 0
        said = [NotForMe(About.PAY, words="too little")]
        feedback.take_down(alert.candidate_id, said, message_id=message, now=NOW)
        feedback.take_down(alert.candidate_id, [], message_id=message, now=NOW + DAY)
        assert "Not for them" not in client.get(f"/roles/{role.pk}/alerts/").text

    def test_a_call_that_was_asked_for_is_said(self, client: Client, role: Role) -> None:
        work(NOW + 2 * DAY)
        page = client.get(f"/roles/{role.pk}/alerts/").text
        assert "Text message, 5 Mar, 10:00: A recruiter was asked to call." in page
        assert Escalation.objects.get().state == "done"
        timeline = client.get(f"/roles/{role.pk}/timeline/").text
        assert "A recruiter was asked to call" in timeline

    def test_a_text_that_was_written_is_linked(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        make.text_sender(alice)
        role = make.role(*skills, owner=alice)
        ana = make.candidate(*skills, owner=alice)
        make.phone(ana)
        make.campaign(role)
        work()
        work(NOW + 2 * DAY)
        text = Escalation.objects.get().message_id
        assert f'<a href="/messages/{text}/">A text was written.</a>' in (
            client.get(f"/roles/{role.pk}/alerts/").text
        )
        assert "A text was written to" in client.get(f"/roles/{role.pk}/timeline/").text

    def test_what_waits_in_the_outbox_says_until_when(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice)
        make.campaign(role)
        waves.advance(now=NOW)
        page = client.get(f"/roles/{role.pk}/alerts/?kind=waiting").text
        assert "Waits for its time" in page
        writing.write_due(now=NOW)
        page = client.get(f"/roles/{role.pk}/alerts/?kind=waiting").text
        assert "In the outbox" in page
        assert "not before" in page
        assert "None of these" in client.get(f"/roles/{role.pk}/alerts/?kind=sent").text

    def test_waves_are_counted_once_there_are_several(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        for _ in range(3):
            make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice)
        make.campaign(role, wave_size=2)
        work()
        assert "Next wave: <b>Wednesday 4 March, 10:00</b>" in (
            client.get(f"/roles/{role.pk}/alerts/").text
        )
        work(NOW + DAY)
        page = client.get(f"/roles/{role.pk}/alerts/").text
        assert '<caption class="sr">Waves</caption>' in page
        timeline = client.get(f"/roles/{role.pk}/timeline/").text
        assert "Wave 1: 2 people chosen" in timeline
        assert "Wave 2: 1 person chosen" in timeline
        assert "1 strong match." in timeline

    def test_before_they_start_it_leads_to_the_simulator(
        self, client: Client, browse: Browse, alice: User, skills: list[Tag]
    ) -> None:
        role = make.role(*skills, owner=alice)
        assert "Open the simulator" in client.get(f"/roles/{role.pk}/alerts/").text
        bob = browse(make.user("Bob Lind"))
        assert "Its recruiter can start them." in bob.get(f"/roles/{role.pk}/alerts/").text
        draft = make.role(*skills, state="draft")
        assert "Only people who fit an open role" in client.get(f"/roles/{draft.pk}/alerts/").text


class TestPausingAndEnding:
    @pytest.fixture
    def role(self, alice: User, skills: list[Tag]) -> Role:
        make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice)
        make.campaign(role)
        waves.advance(now=NOW)
        return role

    def test_what_follows_is_said_before(self, client: Client, role: Role) -> None:
        address = f"/roles/{role.pk}/alerts/"
        pause = client.get(f"{address}pause/", headers=HTMX).text
        assert "1 alert on its way is held back until they go on." in pause
        assert "<html" not in pause
        assert "It takes back 1 alert on its way." in client.get(f"{address}end/").text
        assert AlertCampaign.objects.get().state == "running"

    def test_they_pause_go_on_and_end(self, client: Client, role: Role) -> None:
        address = f"/roles/{role.pk}/alerts/"
        page = client.post(f"{address}pause/", follow=True).text
        assert "The alerts are paused." in page
        assert "Let them go on" in page
        assert "1 alert on its way goes on." in client.get(f"{address}resume/").text
        page = client.post(f"{address}resume/", follow=True).text
        assert "The alerts go on." in page
        page = client.post(f"{address}end/", follow=True).text
        assert "The alerts have ended." in page
        assert "Start them again" in page
        assert Alert.objects.get().state == "withdrawn"
        timeline = client.get(f"/roles/{role.pk}/timeline/").text
        for title in ("Alerts started", "Alerts paused", "Alerts go on", "Alerts ended"):
            assert title in timeline

    def test_what_cannot_be_done_is_said(
        self, client: Client, role: Role, skills: list[Tag]
    ) -> None:
        address = f"/roles/{role.pk}/alerts/"
        assert "That cannot be done now." in client.post(f"{address}resume/", follow=True).text
        assert client.get(f"{address}nonsense/").status_code == 404
        other = make.role(*skills)
        assert client.get(f"/roles/{other.pk}/alerts/pause/").status_code == 404
        alerts.stop(role.pk, by_id=None, now=NOW)
        assert "That cannot be done now." in client.post(f"{address}pause/", follow=True).text

    def test_on_hold_they_cannot_go_on_before_the_role_does(
        self, client: Client, role: Role
    ) -> None:
        alerts.pause(role.pk, by_id=None, now=NOW)
        Role.objects.filter(pk=role.pk).update(state="on_hold")
        page = client.get(f"/roles/{role.pk}/alerts/").text
        assert "Let them go on" not in page
        answer = client.post(f"/roles/{role.pk}/alerts/resume/", follow=True)
        assert "That cannot be done now." in answer.text

    def test_nothing_on_its_way_is_said_plainly(self, client: Client, skills: list[Tag]) -> None:
        role = make.role(*skills)
        make.campaign(role)
        for action in ("pause", "end"):
            assert "None is on its way." in client.get(f"/roles/{role.pk}/alerts/{action}/").text
        alerts.pause(role.pk, by_id=None, now=NOW)
        assert "None waits" in client.get(f"/roles/{role.pk}/alerts/resume/").text


class TestTheTimeline:
    def test_it_begins_empty_and_tells_what_people_did(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        role = make.role(*skills, owner=alice)
        assert "Nothing happened yet" in client.get(f"/roles/{role.pk}/timeline/").text
        sent = {"title": "Platform lead", "urgency": "high", "owner": alice.pk}
        sent |= {f"skill-{skill.pk}": "required" for skill in skills}
        client.post(f"/roles/{role.pk}/edit/", sent)
        page = client.get(f"/roles/{role.pk}/timeline/").text
        assert "Changed: company, title, urgency" in page
        assert "By Alice Meyer." in page

    def test_what_it_does_not_know_is_left_out(self, client: Client, skills: list[Tag]) -> None:
        role = make.role(*skills)
        audit.record(None, "role.embalmed", f"role:{role.pk}", now=NOW)
        audit.record(None, "role.created", f"role:{role.pk}", now=NOW, detail={"via": "a file"})
        page = client.get(f"/roles/{role.pk}/timeline/").text
        assert "embalmed" not in page
        assert "Via a file." in page

    def test_what_is_old_is_a_click_away(
        self, client: Client, alice: User, skills: list[Tag], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.web.role_timeline._AT_ONCE", 1)
        make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice)
        make.campaign(role)
        work()
        clicked(Alert.objects.select_related("candidate").get())
        page = client.get(f"/roles/{role.pk}/timeline/").text
        assert "Show older (2)" in page
        everything = client.get(f"/roles/{role.pk}/timeline/?shown=9").text
        assert "clicked or answered" in everything

    def test_of_very_many_answers_the_latest_are_read(
        self, client: Client, alice: User, skills: list[Tag], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.web.role_timeline._MOST", 1)
        for _ in range(2):
            make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice)
        make.campaign(role)
        waves.advance(now=NOW)
        first, second = Alert.objects.order_by("pk")[:2]
        for alert, at in ((first, NOW - DAY), (second, NOW)):
            Alert.objects.filter(pk=alert.pk).update(engaged_at=at)
        page = client.get(f"/roles/{role.pk}/timeline/").text
        assert f"{second.candidate.name} clicked or answered" in page
        assert f"{first.candidate.name} clicked or answered" not in page


class TestOneCandidate:
    def test_the_roles_that_fit_stand_on_their_page(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        for number in range(4):
            make.role(*skills, title=f"Role {number}", deadline=NOW + DAY if number else None)
        page = client.get(f"/candidates/{ana.pk}/").text
        assert "Roles that fit" in page
        assert "1 more" in page
        assert page.count("Not told of it") == 4
        assert "Lacks" not in page.split("Roles that fit")[1].split("Timeline")[0]

    def test_of_very_many_the_best_stand_there_and_the_rest_are_counted(
        self, client: Client, alice: User, skills: list[Tag], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.web.fits._FOLDED", 2)
        ana = make.candidate(*skills, owner=alice)
        for _ in range(7):
            make.role(*skills)
        page = client.get(f"/candidates/{ana.pk}/").text
        assert page.count("Not told of it") == 5
        assert "2 more fit, none of them better than these." in page

    def test_what_they_were_told_of_stands_there_too(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        ana = make.candidate(*skills, owner=alice)
        role = make.role(*skills, owner=alice, title="Platform lead")
        make.campaign(role)
        work()
        clicked(Alert.objects.select_related("candidate").get())
        page = client.get(f"/candidates/{ana.pk}/").text
        assert "Clicked or answered 3 Mar" in page

        Role.objects.filter(pk=role.pk).update(state="filled")
        page = client.get(f"/candidates/{ana.pk}/").text
        assert "Told of earlier (1)" in page
        assert "Platform lead" in page

    def test_without_a_role_that_fits_it_says_so(self, client: Client, skills: list[Tag]) -> None:
        ana = make.candidate()
        assert "Roles that fit" not in client.get(f"/candidates/{ana.pk}/").text
        make.role(*skills)
        assert "fits now. As soon as one does" in client.get(f"/candidates/{ana.pk}/").text


class TestTheCall:
    def hot(self, alice: User, skills: list[Tag]) -> Candidate:
        """Somebody who was told of a hot role a day ago and said nothing."""
        ana = make.candidate(*skills, owner=alice)
        make.phone(ana, "+442079460123")
        make.campaign(make.role(*skills, owner=alice, deadline=NOW + 5 * DAY))
        work()
        work(NOW + DAY)
        return ana

    def test_the_number_the_words_and_the_time_stand_beside_it(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        ana = self.hot(alice, skills)
        assert FollowUp.objects.get().reason == "call"
        for address in (f"/candidates/{ana.pk}/drawer/", f"/candidates/{ana.pk}/"):
            page = client.get(address).text
            assert 'href="tel:+442079460123"' in page
            assert "+44 20 7946 0123" in page
        assert "this is Alice Meyer. I mailed you about a role: Platform engineer" in page
        assert "Best <b>" in page
        assert client.get("/").text.count('href="tel:') == 1

    def test_without_a_number_or_a_zone_it_says_so(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        ana = make.candidate(owner=alice, time_zone="", country="")
        made = make.follow_up(ana, reason=FollowUp.Reason.CALL)
        made.evidence = [{**made.evidence[0], "about": f"role:{make.role(*skills).pk}"}]
        made.save(update_fields=["evidence"])
        page = client.get(f"/candidates/{ana.pk}/").text
        assert "No number of theirs is known." in page
        assert "Nobody knows what time it is where they live." in page

    def test_elsewhere_both_clocks_are_said(
        self, client: Client, alice: User, skills: list[Tag]
    ) -> None:
        ana = make.candidate(owner=alice, time_zone="America/New_York", country="US")
        made = make.follow_up(ana, reason=FollowUp.Reason.CALL)
        made.evidence = [{**made.evidence[0], "about": f"role:{make.role(*skills).pk}"}]
        made.save(update_fields=["evidence"])
        assert "(10:00 where they are)" in client.get(f"/candidates/{ana.pk}/").text
