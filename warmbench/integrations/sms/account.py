"""Checks a sender of texts: that Twilio lets us in, and that the number is the account's own."""

from contextlib import closing

import httpx

from warmbench.integrations.sms.twilio import TwilioChannel, account_of
from warmbench.messaging import sender_checks
from warmbench.messaging.models import Sender
from warmbench.messaging.sender_checks import Check, Findings, Outcome, Subject

_UNAUTHORIZED, _NOT_FOUND = 401, 404


def examine(sender: Sender) -> Findings:
    """Ask Twilio about the account and its number. It takes a second, and changes nothing."""
    with closing(TwilioChannel(account_of(sender))) as channel:
        checks = (_account(channel), _number(channel, sender))
    return Findings(sender_checks.identity(sender), checks)


def _account(channel: TwilioChannel) -> Check:
    subject = Subject.ACCOUNT
    try:
        answer = channel.ask()
    except httpx.HTTPError as error:
        return _unasked(subject, type(error).__name__)
    if answer.status_code in {_UNAUTHORIZED, _NOT_FOUND}:
        said = "Twilio does not know this account with this token."
        return Check(subject, Outcome.FAILED, said, "Enter both as Twilio's console shows them.")
    if not answer.is_success:
        return _unasked(subject, f"status {answer.status_code}")
    status = str(_field(answer, "status"))
    if status != "active":
        said = f"Twilio says that the account is {status or 'in no known state'}."
        return Check(subject, Outcome.FAILED, said, "Ask Twilio why.")
    return Check(subject, Outcome.PASSED, "Twilio lets us in, and the account is active.")


def _number(channel: TwilioChannel, sender: Sender) -> Check:
    subject, address = Subject.NUMBER, sender.from_address
    if address.startswith("MG"):
        # Which numbers it has, only the first text shows: another API of Twilio's knows them.
        return Check(subject, Outcome.PASSED, "The messaging service chooses its number itself.")
    try:
        answer = channel.ask("IncomingPhoneNumbers.json", PhoneNumber=address)
    except httpx.HTTPError as error:
        return _unasked(subject, type(error).__name__)
    if not answer.is_success:
        return _unasked(subject, f"status {answer.status_code}")
    owned = _field(answer, "incoming_phone_numbers")
    for one in owned if isinstance(owned, list) else []:
        if isinstance(one, dict) and one.get("phone_number") == address:
            return _able(one)
    said = f"{address} is not a number of this account."
    return Check(subject, Outcome.FAILED, said, "Enter one that Twilio's console lists.")


def _able(number: dict[str, object]) -> Check:
    abilities = number.get("capabilities")
    if isinstance(abilities, dict) and abilities.get("sms") is False:
        said = "The number takes calls only."
        return Check(Subject.NUMBER, Outcome.FAILED, said, "Choose one that can send texts.")
    return Check(Subject.NUMBER, Outcome.PASSED, "The number is the account's own.")


def _unasked(subject: Subject, why: str) -> Check:
    said = f"Twilio could not be asked ({why})."
    return Check(subject, Outcome.UNKNOWN, said, "Check again in some minutes.")


def _field(answer: httpx.Response, name: str) -> object:
    try:
        told = answer.json()
    except ValueError:
        return None
    return told.get(name) if isinstance(told, dict) else None
