"""Reads what Twilio tells us by calling our addresses: what became of texts, and texts to us."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from warmbench.core.deadlocks import gives_way
from warmbench.integrations.sms import codes, signature
from warmbench.integrations.sms.codes import Meaning
from warmbench.messaging import returns, settling
from warmbench.messaging.inbound.optouts import Keyword
from warmbench.messaging.models import Message, Return, Sender
from warmbench.messaging.returns import Told
from warmbench.people.models import Channel
from warmbench.signals.texts import Text

Form = Mapping[str, Sequence[str]]

_FAILURES = {"undelivered", "failed"}
_VERDICTS = {
    Meaning.NUMBER_DEAD: Return.Verdict.ADDRESS_DEAD,
    Meaning.POLICY: Return.Verdict.POLICY,
    # Networks refuse all texts of a sender that is not set up: no number is to blame.
    Meaning.SENDER: Return.Verdict.POLICY,
    Meaning.TRANSIENT: Return.Verdict.TRANSIENT,
}
_KEYWORDS = {"STOP": Keyword.STOP, "START": Keyword.START, "HELP": Keyword.HELP}
_LONGEST_ID = 64


def is_genuine(senders: Sequence[Sender], url: str, form: Form, signed: str) -> bool:
    """Whether a call comes from the account of one of these senders; its last secret is believed
    as well, so that a new one can be entered at any moment."""
    secrets = [secret for one in senders for secret in (one.password, one.old_password)]
    return signature.is_genuine(secrets, url, form, signed)


def addressed(form: Form) -> list[Sender]:
    """The senders of the account that a form names; first the one that the text was sent to."""
    account = _one(form, "AccountSid")
    senders = Sender.objects.filter(channel=Channel.SMS, username=account) if account else []
    to = {_one(form, "To"), _one(form, "MessagingServiceSid")}
    return sorted(senders, key=lambda one: (one.from_address not in to, one.pk))


def text(form: Form, raw: bytes) -> Text | None:
    """The text that a form tells of; None if it tells of none."""
    sid, number = _one(form, "MessageSid"), _one(form, "From")
    if not sid or not number:
        return None
    said = _one(form, "Body").replace("\0", "")
    return Text(sid[:_LONGEST_ID], number, said, raw, _KEYWORDS.get(_one(form, "OptOutType")))


@gives_way
@transaction.atomic
def record_status(message: Message, form: Form, *, now: datetime) -> bool:
    """Write down what became of a text. Returns whether that is new: in whatever order and how
    often it is told, it changes nothing more."""
    status, sid = _one(form, "MessageStatus"), _one(form, "MessageSid")[:_LONGEST_ID]
    if not sid or status not in {"delivered", *_FAILURES}:
        return False
    if status == "delivered":
        delivered = Told(Return.Kind.DELIVERED, "twilio", f"{sid}:delivered", now)
        return returns.record(message, delivered, now=now)
    code = _one(form, "ErrorCode")
    meaning = codes.means(code)
    said = f"{status}, code {code}" if code else status
    failed = Told(
        Return.Kind.BOUNCED,
        "twilio",
        f"{sid}:failed",
        now,
        said,
        _VERDICTS.get(meaning),
        # That she opted out says nothing about her number.
        is_final=meaning is not Meaning.OPTED_OUT,
    )
    is_new = returns.record(message, failed, now=now)
    if is_new and meaning is Meaning.OPTED_OUT:
        settling.told_of_opt_out(message.candidate_id, message.address, said, now=now)
    return is_new


def _one(form: Form, name: str) -> str:
    values = form.get(name) or [""]
    return values[0]
