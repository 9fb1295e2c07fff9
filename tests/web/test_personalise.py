"""The page of a check-in before it goes, and its entry in Today."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import make
from tests.db.test_check_ins import note, talked, wording
from warmbench.accounts.models import Role, User
from warmbench.core import events
from warmbench.messaging.models import Message, Sender
from warmbench.nurture import enrollment, personalisation, planner
from warmbench.nurture.models import Personalisation, Step
from warmbench.people.models import Candidate

NOW = make.NOW

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
def ana(alice: User) -> Candidate:
    return begins(alice)


@pytest.fixture
def page(ana: Candidate) -> str:
    return f"/check-ins/{Personalisation.objects.get().pk}/"


def begins(alice: User, default: str = Step.Default.SEND) -> Candidate:
    """Somebody whose check-in waits for Alice's words."""
    ana = make.candidate(owner=alice)
    talked(ana, "the platform lead role")
    note("Hiring has picked up.")
    version = make.sequence(Step.Kind.CHECK_IN, Step.Kind.MESSAGE)
    version.steps.filter(position=0).update(
        template=wording(), edit_hours=24, if_not_edited=default
    )
    make.enrollment(ana, version)
    with events.held_back():
        planner.plan(now=NOW)
    personalisation.put_before_recruiters([ana.pk], now=NOW)
    return ana


def test_today_leads_to_the_letter(client: Client, page: str) -> None:
    shown = client.get("/").text
    assert f'href="{page}"' in shown
    assert "it goes as it is unless you change it" in shown
    assert "What came of it?" not in shown


def test_the_page_shows_the_letter_its_words_and_what_happens_without_you(
    client: Client, page: str
) -> None:
    shown = client.get(page).text
    assert "about the platform lead role" in shown
    assert "Hiring has picked up." in shown
    assert "Wednesday 4 March, 10:00" in shown
    assert "it goes as it is" in shown
    mail = client.get(f"{page}mail/")
    assert "Hiring has picked up." in mail.text
    assert mail.headers["Content-Security-Policy"].startswith("sandbox")


def test_it_says_when_it_does_not_go_by_itself(client: Client, alice: User) -> None:
    begins(alice, Step.Default.SKIP)
    page = f"/check-ins/{Personalisation.objects.get().pk}/"
    assert "it does not go" in client.get(page).text


def test_the_letter_follows_what_is_typed(client: Client, page: str) -> None:
    words = {"opening": "Do you remember <Lyon>?", "market_note": "", "own_note": "Say hello."}
    mail = client.post(f"{page}mail/", words).text
    assert "Do you remember &lt;Lyon&gt;?" in mail
    assert "Say hello." in mail
    assert "Hiring has picked up." not in mail
    assert Personalisation.objects.get().state == "waiting"


def test_send_lets_it_go_and_leads_back_to_today(client: Client, page: str) -> None:
    words = {"opening": "Do you remember Lyon?", "market_note": "", "own_note": ""}
    answer = client.post(page, words, follow=True)
    assert "goes as soon as it may" in answer.text
    assert page not in answer.text
    planner.plan(now=NOW)
    assert Message.objects.get().context["opening"] == "Do you remember Lyon?"
    assert "It was sent on its way" in client.get(page).text


def test_do_not_send_lets_it_not_go(client: Client, page: str) -> None:
    answer = client.post(f"{page}skip/", follow=True)
    assert "does not go; the sequence goes on" in answer.text
    planner.plan(now=NOW)
    assert not Message.objects.filter(state="queued").exists()
    assert "It does not go" in client.get(page).text


def test_who_comes_too_late_is_told_so(client: Client, ana: Candidate, page: str) -> None:
    enrollment.exit_all([ana.pk], reason="left_pool", now=NOW)
    answer = client.post(page, {"opening": "x"}, follow=True)
    assert "It is not before that step any more: nothing goes." in answer.text
    again = client.post(f"{page}skip/", follow=True)
    assert "The deadline is over" in again.text
    assert "Nothing to decide any more" in client.get(page).text


def test_what_is_too_long_is_said_beside_its_field(client: Client, page: str) -> None:
    answer = client.post(page, {"opening": "x" * 301})
    assert answer.status_code == 422
    assert "at most 300 characters" in answer.text
    assert Personalisation.objects.get().state == "waiting"


def test_what_the_wording_cannot_do_without_is_said_beside_its_field(
    client: Client, page: str
) -> None:
    words = make.template("Hello", "Hello. {{ opening }}")
    Step.objects.filter(kind="check_in").update(template=words)
    answer = client.post(page, {"opening": ""})
    assert answer.status_code == 422
    assert "The letter cannot do without it" in answer.text
    assert Personalisation.objects.get().state == "waiting"


def test_where_the_gate_says_no_the_page_says_so(client: Client, ana: Candidate, page: str) -> None:
    Candidate.objects.update(status=Candidate.Status.PLACED)
    assert "They have been placed." in client.get(page).text


def test_somebody_elses_letter_is_not_to_be_changed(page: str, browse: Browse) -> None:
    bob = make.user("Bob Stone")
    assert browse(bob).get(page).status_code == 403
    viewer = make.user("Vera Viewer", Role.VIEWER)
    assert browse(viewer).get(page).status_code == 403


def test_without_a_mailbox_it_says_what_is_lacking(
    client: Client, ana: Candidate, page: str
) -> None:
    Sender.objects.all().delete()
    assert "No mailbox writes for them" in client.get(page).text
    assert client.get(f"{page}mail/").status_code == 404


def test_a_text_is_shown_as_a_phone_shows_it(client: Client, alice: User) -> None:
    ana = make.candidate(owner=alice)
    make.phone(ana)
    make.text_sender(alice, is_default=True)
    version = make.sequence(Step.Kind.CHECK_IN)
    words = make.text_template("{{ opening | default: 'How are you?' }} {{ own_note }}")
    version.steps.update(template=words, edit_hours=4, channel="sms")
    row = Personalisation.objects.create(
        candidate=ana,
        step=version.steps.get(),
        touch="s/text",
        occurrence=0,
        fields={},
        words={"own_note": "Say hello."},
        asked_at=NOW,
        due_at=NOW,
    )
    shown = client.get(f"/check-ins/{row.pk}/").text
    assert "How are you? Say hello." in shown
    assert "sent in" in shown
    assert "Show it so" not in shown
