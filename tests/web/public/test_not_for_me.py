"""“Not for me”: a page behind one click, a fact behind one post."""

import pytest
import time_machine
from django.test import Client

from tests.make import NOW
from tests.web.public.forms import filled
from tests.web.public.pages import LATER, assert_leaves_no_trace, page_of, rows
from warmbench.core.tokens import Purpose
from warmbench.messaging.letters import LINKS_LAST
from warmbench.messaging.models import Message
from warmbench.people import facts
from warmbench.people.models import Candidate, CandidateFact, Suppression
from warmbench.signals import feedback, warmth
from warmbench.signals.models import FollowUp, Signal


def path_of(mail: Message) -> str:
    return page_of(mail, Purpose.NOT_FOR_ME)


def held(candidate: Candidate) -> dict[str, object]:
    found = facts.current(candidate.pk, [CandidateFact.Kind.NOT_FOR_ME])
    return {topic: fact.value for (_, topic), fact in found.items() if fact.value is not None}


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_click_shows_the_page_and_changes_nothing(
    mail: Message, reader: Client, method: str
) -> None:
    before = rows()
    response = getattr(reader, method)(path_of(mail))
    assert response.status_code == 200
    assert_leaves_no_trace(response)
    assert rows() == before


def test_what_does_not_fit_is_kept_at_once(ana: Candidate, mail: Message, reader: Client) -> None:
    response = reader.post(
        path_of(mail),
        {"about": ["level", "place"], "level": "too_junior", "words_place": "Only the south"},
    )

    assert b"It counts from now on" in response.content
    assert held(ana) == {
        f"level:{mail.pk}": {"about": "level", "is": "too_junior", "words": ""},
        f"place:{mail.pk}": {"about": "place", "is": "", "words": "Only the south"},
    }
    fact = CandidateFact.objects.earliest("pk")
    assert (fact.source, fact.message_id, fact.at) == ("candidate", mail.pk, LATER)
    signal = Signal.objects.get()
    assert (signal.kind, signal.topic, signal.grade) == ("not_for_me", "level, place", "certain")
    assert not FollowUp.objects.exists()
    assert warmth.of([ana.pk], now=LATER)[ana.pk] == 0, "a no is no interest"


@pytest.mark.parametrize("about", list(feedback.About))
def test_one_tick_is_enough(
    ana: Candidate, mail: Message, reader: Client, about: feedback.About
) -> None:
    reader.post(path_of(mail), {"about": str(about)})
    assert list(held(ana)) == [f"{about}:{mail.pk}"]


def test_it_stands_there_again_and_can_be_changed(
    ana: Candidate, mail: Message, reader: Client
) -> None:
    path = path_of(mail)
    reader.post(path, {"about": ["level", "pay"], "level": "too_senior", "words_pay": "90k"})
    form = filled(reader.get(path))
    assert (form["about"], form["level"]) == (["level", "pay"], ["too_senior"])
    assert form["words_pay"] == ["90k"]

    reader.post(path, filled(reader.get(path), about=["pay"]))

    assert list(held(ana)) == [f"pay:{mail.pk}"]
    assert Signal.objects.get().topic == "pay"


def test_all_of_it_can_be_taken_back(ana: Candidate, mail: Message, reader: Client) -> None:
    reader.post(path_of(mail), {"about": ["pay"]})
    response = reader.post(path_of(mail), {})

    assert b"Nothing stands against it any more" in response.content
    assert held(ana) == {}
    assert not Signal.objects.exists()


def test_a_hundred_times_is_one_change(mail: Message, reader: Client) -> None:
    for _ in range(20):
        reader.post(path_of(mail), {"about": ["employer"]})
    assert CandidateFact.objects.count() == Signal.objects.count() == 1


def test_of_two_messages_each_keeps_its_own(ana: Candidate, mail: Message, reader: Client) -> None:
    other = mail.pk + 1
    feedback.take_down(
        ana.pk, [feedback.NotForMe(feedback.About.EMPLOYER)], message_id=other, now=NOW
    )
    reader.post(path_of(mail), {"about": ["employer"]})
    assert set(held(ana)) == {f"employer:{mail.pk}", f"employer:{other}"}
    assert Signal.objects.count() == 2


@pytest.mark.parametrize("data", [{"about": "weather"}, {"about": "level", "level": "x"}])
def test_what_is_no_answer_is_not_kept(mail: Message, reader: Client, data: dict[str, str]) -> None:
    assert reader.post(path_of(mail), data).status_code == 200
    assert not CandidateFact.objects.exists()


def test_after_ninety_days_there_is_a_new_link_to_ask_for(mail: Message, reader: Client) -> None:
    with time_machine.travel(NOW + LINKS_LAST):
        page = reader.get(path_of(mail))
        asked = reader.post(path_of(mail), {"about": "pay"})
    assert b"This link has ended" in page.content
    assert b"will send you a new one" in asked.content
    assert not CandidateFact.objects.exists()


def test_whoever_stopped_everything_is_told_so(
    ana: Candidate, mail: Message, reader: Client
) -> None:
    Suppression.objects.create(candidate=ana, reason="unsubscribed", at=NOW)
    assert b"You will not hear from us again" in reader.get(path_of(mail)).content


def test_somebody_who_is_gone_says_nothing(db: None) -> None:
    feedback.take_down(4711, [feedback.NotForMe(feedback.About.PAY)], message_id=1, now=NOW)
    assert not CandidateFact.objects.exists()
