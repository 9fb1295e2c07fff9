"""Texts are handed to Twilio once, and each of its answers means what it means."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.contract import twilio_server
from tests.contract.twilio_server import BROKEN, SECRET, SID, SLOW, Twilio
from warmbench.integrations.sms import codes, signature, twilio
from warmbench.integrations.sms.codes import Meaning
from warmbench.integrations.sms.twilio import Account, TwilioChannel
from warmbench.messaging.handover import Accepted, Deferred, Kind, Rejected, Scope, Uncertain

TEXT = json.dumps({"body": "Hello Ana", "callback": "https://warm.example/t/x"}).encode()


@pytest.fixture
def server() -> Iterator[Twilio]:
    with twilio_server.running() as running:
        yield running


@pytest.fixture
def channel(server: Twilio) -> Iterator[TwilioChannel]:
    made = TwilioChannel(Account(SID, SECRET, server.address))
    yield made
    made.close()


def test_a_text_is_handed_over_with_its_callback(server: Twilio, channel: TwilioChannel) -> None:
    ending = channel.hand_over("+15550001111", "+442079460018", TEXT)
    assert isinstance(ending, Accepted)
    assert ending.text.startswith("SM")
    assert server.texts == [
        {
            "To": "+442079460018",
            "From": "+15550001111",
            "Body": "Hello Ana",
            "StatusCallback": "https://warm.example/t/x",
        }
    ]


def test_a_messaging_service_chooses_the_number(server: Twilio, channel: TwilioChannel) -> None:
    channel.hand_over("MG" + "1" * 32, "+442079460018", TEXT)
    assert server.texts[0]["MessagingServiceSid"] == "MG" + "1" * 32
    assert "From" not in server.texts[0]


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        ("+15005550001", (Rejected, Kind.ADDRESS_DEAD)),
        ("+15005550004", (Rejected, Kind.OPTED_OUT)),
        ("+15005550009", (Rejected, Kind.ADDRESS_DEAD)),
        ("+15005550010", (Deferred, Scope.SENDER)),
        ("+15005550011", (Deferred, Scope.SENDER)),
        ("+15005550012", (Uncertain, None)),
        ("+15005550013", (Rejected, Kind.OTHER)),
        ("+15005550014", (Rejected, Kind.POLICY)),
    ],
)
def test_errors_mean_what_they_mean(
    channel: TwilioChannel, number: str, ending: tuple[type, object]
) -> None:
    answer = channel.hand_over("+15550001111", number, TEXT)
    about = getattr(answer, "kind", getattr(answer, "scope", None))
    assert (type(answer), about) == ending


def test_a_lost_answer_is_uncertain_and_never_asked_again(
    server: Twilio, channel: TwilioChannel
) -> None:
    assert isinstance(channel.hand_over("+15550001111", BROKEN, TEXT), Uncertain)
    assert len(server.texts) == 1


def test_an_answer_that_does_not_come_is_uncertain(
    server: Twilio, channel: TwilioChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "_PATIENCE", httpx.Timeout(0.2))
    assert isinstance(channel.hand_over("+15550001111", SLOW, TEXT), Uncertain)
    assert len(server.texts) == 1


def test_who_cannot_be_reached_has_taken_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with closing(TwilioChannel(Account(SID, SECRET, address))) as channel:
        ending = channel.hand_over("+1555", "+1556", TEXT)
    assert ending == Deferred(0, "Twilio could not be reached.", Scope.SENDER)


def test_a_wrong_secret_is_the_senders_trouble(server: Twilio) -> None:
    with closing(TwilioChannel(Account(SID, "wrong", server.address))) as channel:
        ending = channel.hand_over("+15550001111", "+442079460018", TEXT)
    assert isinstance(ending, Deferred)
    assert ending.scope is Scope.SENDER
    assert server.texts == []


def test_a_code_that_nobody_knows_is_never_tried_again() -> None:
    assert codes.means(12345) is codes.means(None) is codes.means("x") is Meaning.UNKNOWN
    assert codes.means("30003") is Meaning.TRANSIENT


def test_only_who_knows_the_secret_can_sign() -> None:
    form = {"To": ["+1555"], "Body": ["STOP"]}
    url = "https://warm.example/texts/in"
    made = signature.sign("secret", url, form)
    assert signature.is_genuine(["old", "secret"], url, form, made)
    assert not signature.is_genuine(["old"], url, form, made)
    assert not signature.is_genuine([], url, form, made)
    assert not signature.is_genuine([""], url, form, signature.sign("", url, form))
    assert not signature.is_genuine(["secret"], url, {**form, "Body": ["START"]}, made)
    assert not signature.is_genuine(["secret"], url + "?x", form, made)
    assert not signature.is_genuine(["secret"], url, form, "ünïcode")


def test_the_signature_is_the_one_of_twilios_description() -> None:
    """The example of its documentation, with the token 12345."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": ["CA1234567890ABCDE"], "Caller": ["+14158675309"], "Digits": ["1234"],
        "From": ["+14158675309"], "To": ["+18005551212"],
    }  # fmt: skip
    assert signature.sign("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
