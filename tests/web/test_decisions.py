"""Decisions taken apart, and the question whether somebody would be written to on some day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import User
from warmbench.messaging import claim, gate, outbox
from warmbench.messaging.models import Decision, Message, Sender
from warmbench.messaging.outbox import Draft
from warmbench.people.models import Candidate

NOW = make.NOW

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Callable[[User], Client]) -> Client:
    make.sender(alice, is_default=True)
    return browse(alice)


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def decided(ana: Candidate) -> Decision:
    sender = Sender.objects.get()
    draft = Draft(
        ana.pk, Message.Purpose.CONTENT, "s/a", 0, sender.pk, template_id=make.template().pk
    )
    outbox.queue(outbox.consider([draft], now=NOW), now=NOW)
    claim.claim(worker="test", now=NOW)
    return Decision.objects.latest("pk")


def on_day(client: Client, ana: Candidate, **asked: str) -> str:
    return client.get(f"/candidates/{ana.pk}/on-a-day/", asked).text


class TestADecision:
    def test_it_shows_each_check_and_what_it_saw(self, client: Client, ana: Candidate) -> None:
        told = client.get(f"/decisions/{decided(ana).pk}/").text
        for name in ("Stops and opt-outs", "Permission", "Contact budget", "Hours and holidays"):
            assert name in told
        assert "Nothing in the last 30 days." in told
        assert f"by version {gate.POLICY} of the rules" in told

    def test_it_keeps_what_was_known_then(self, client: Client, ana: Candidate) -> None:
        found = decided(ana)
        Candidate.objects.filter(pk=ana.pk).update(status=Candidate.Status.PLACED)
        told = client.get(f"/decisions/{found.pk}/").text
        assert "Passive." in told
        assert "Refused" not in told

    def test_one_of_an_older_version_says_so(self, client: Client, ana: Candidate) -> None:
        found = decided(ana)
        Decision.objects.update(policy=gate.POLICY - 1)
        assert f"shown as version {gate.POLICY}" in client.get(f"/decisions/{found.pk}/").text

    def test_what_is_planned_to_go_is_asked_about_again(
        self, client: Client, ana: Candidate
    ) -> None:
        decided(ana)
        planned = Decision.objects.earliest("pk")
        told = client.get(f"/decisions/{planned.pk}/").text
        assert "is kept when the message is sent" in told

    def test_one_without_the_gate_says_who_decided(self, client: Client, ana: Candidate) -> None:
        found = decided(ana)
        Decision.objects.update(inputs=None, verdict="later", reason="outranked")
        assert "the sequence decided this" in client.get(f"/decisions/{found.pk}/").text

    def test_one_that_is_not_there_is_not_found(self, client: Client) -> None:
        assert client.get("/decisions/999999/").status_code == 404

    def test_the_candidates_page_leads_there(self, client: Client, ana: Candidate) -> None:
        found = decided(ana)
        assert f"/decisions/{found.pk}/" in client.get(f"/candidates/{ana.pk}/").text


class TestOnADay:
    def test_on_a_working_day_it_is_yes_from_the_morning_on(
        self, client: Client, ana: Candidate
    ) -> None:
        told = on_day(client, ana, on="2026-03-10")
        assert "Yes, on Tuesday, 10 March 2026" in told

    def test_on_a_sunday_it_is_no_and_says_when(self, client: Client, ana: Candidate) -> None:
        told = on_day(client, ana, on="2026-03-15")
        assert "No, not on Sunday, 15 March 2026" in told
        assert "The first moment would be Monday, 16 March 2026" in told

    def test_it_knows_of_the_budget_as_it_will_be_that_day(
        self, client: Client, ana: Candidate
    ) -> None:
        make.sent(ana, Sender.objects.get(), at=NOW - timedelta(days=1))
        soon = (NOW + timedelta(days=1)).date().isoformat()
        assert "They have heard from us recently" in on_day(client, ana, on=soon)
        assert "Yes, on" in on_day(client, ana, on="2026-03-17")

    def test_it_is_no_for_whoever_is_placed(self, client: Client, ana: Candidate) -> None:
        Candidate.objects.filter(pk=ana.pk).update(status=Candidate.Status.PLACED)
        assert "They have been placed." in on_day(client, ana, on="2026-03-10")

    @pytest.mark.parametrize("on", ["2020-01-01", "2099-01-01", "soon"])
    def test_another_day_is_not_answered(self, client: Client, ana: Candidate, on: str) -> None:
        told = on_day(client, ana, on=on)
        assert "Check by check</h2>" not in told

    def test_the_question_changes_nothing(self, client: Client, ana: Candidate) -> None:
        on_day(client, ana, on="2026-03-10", what="alert")
        assert not Decision.objects.exists()
        assert not Message.objects.exists()
