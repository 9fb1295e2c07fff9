"""Whoever waits for somebody who waits for them gives way, begins again, and is heard."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, connection

from tests import make
from tests.db.test_answers import InPlace
from tests.db.test_imports import load
from tests.make import NOW
from warmbench.core import sql
from warmbench.integrations.sms import callbacks
from warmbench.messaging import provider_events as kept
from warmbench.messaging.inbound import arrivals
from warmbench.messaging.models import Message, ProviderEvent
from warmbench.messaging.provider_events import Heard
from warmbench.people.models import CandidateImport, Suppression
from warmbench.signals import answers, provider_events, texts, wishes
from warmbench.signals.texts import Text

pytestmark = pytest.mark.django_db


def meets_somebody_at(table: str, *, times: int = 1) -> None:
    """Let whoever writes into a table wait for somebody who waits for them, so many times."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE SEQUENCE met;
            CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('met') <= {times} THEN RAISE deadlock_detected; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER meet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meet();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER meet;
            """
        )


def have_met() -> bool:
    return bool(sql.run("SELECT is_called FROM met").fetchall()[0][0])


ANAS = "+442079460018"


def by_the_link(text: Message) -> None:
    wishes.stop(text.candidate_id, message_id=text.pk, now=NOW)


def by_mail(text: Message) -> None:
    raw = b"From: ana@example.com\nMessage-ID: <1@example.com>\n\nPlease unsubscribe me.\n"
    arrivals.keep(raw, source="test", now=NOW)
    answers.process(InPlace(), now=NOW)


def by_text(text: Message) -> None:
    assert text.sender
    texts.take(Text("SM1", ANAS, "STOP", b""), text.sender, now=NOW)


def by_the_provider_of_texts(text: Message) -> None:
    form = {"MessageSid": ["SM1"], "MessageStatus": ["failed"], "ErrorCode": ["21610"]}
    callbacks.record_status(text, form, now=NOW)


def by_the_provider_of_mails(text: Message) -> None:
    complained = Heard(
        kind=ProviderEvent.Kind.COMPLAINED, source="postmark", event_id="1", at=NOW,
        recipient="ana@example.com",
    )  # fmt: skip
    kept.keep([complained], now=NOW)
    provider_events.process(now=NOW)


WAYS = [by_the_link, by_mail, by_text, by_the_provider_of_texts, by_the_provider_of_mails]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_wish_to_stop_is_heard_the_first_time(way: Callable[[Message], None]) -> None:
    make.organisation()
    ana = make.candidate(country="GB", email="ana@example.com")
    make.phone(ana, ANAS)
    text = make.text(ana, make.text_sender())
    meets_somebody_at("suppression")

    way(text)

    assert have_met()
    assert set(Suppression.objects.values_list("candidate", flat=True)) == {ana.pk}


def test_who_never_gets_through_is_told() -> None:
    make.organisation()
    ana = make.candidate(email="ana@example.com")
    meets_somebody_at("suppression", times=100)
    with pytest.raises(OperationalError, match="deadlock"):
        wishes.stop(ana.pk, message_id=make.message(ana, make.sender()).pk, now=NOW)


def test_an_import_gives_way_to_others_and_comes_in() -> None:
    make.organisation()
    meets_somebody_at("candidate")

    assert load("Name,E-mail\nAna Moreau,ana@example.com\n") == {"new": 1}

    assert have_met()
    assert CandidateImport.objects.get().state == CandidateImport.State.DONE
