"""Every mail is of one domain: From, signature and return address (rules.md D3)."""

import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import dkim
import pytest

from tests import make
from tests.contract.mail_server import MailServer
from tests.contract.zones import Zones
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.integrations.mail import dkim_keys, dns_dmarc, trial
from warmbench.integrations.mail.dkim_signing import SIGNED_HEADERS
from warmbench.integrations.mail.postman import Postman, key_of
from warmbench.messaging import delivery, outbox
from warmbench.messaging.models import Message, Sender
from warmbench.messaging.outbox import Draft

pytestmark = pytest.mark.django_db

#: Where the DNS says that the organisation of the mailboxes ends.
ZONES = Zones.of('_dmarc.northwind.example. IN TXT "v=DMARC1; p=none"')


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture(params=["northwind.example", "mail.eu.northwind.example"])
def box(request: pytest.FixtureRequest, alice: User) -> Sender:
    """Alice's mailbox, which signs."""
    made = make.sender(alice)
    Sender.objects.filter(pk=made.pk).update(
        from_address=f"alice@{request.param}",
        dkim_selector="wb",
        dkim_key=dkim_keys.new_key(),
    )
    made.refresh_from_db()
    return made


def domains(mail: bytes, mail_from: str) -> dict[str, str]:
    """The domains that a receiver reads from a mail."""
    parsed = BytesParser(EmailMessage, policy=policy.default).parsebytes(mail)
    (author,) = parsed["From"].addresses
    (signature,) = parsed.get_all("DKIM-Signature", [])
    signed_as = re.search(r"\bd=([^;\s]+)", str(signature))
    assert signed_as
    return {
        "From": author.domain,
        "d=": signed_as[1],
        "MAIL FROM": mail_from.rpartition("@")[2],
        "Reply-To": parsed["Reply-To"].addresses[0].domain,
        "Message-ID": str(parsed["Message-ID"]).strip("<>").rpartition("@")[2],
    }


def is_genuine(mail: bytes, box: Sender) -> bool:
    record = dkim_keys.dns_record(key_of(box))

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name.decode().rstrip(".") == record.name
        return record.value.encode()

    return bool(dkim.verify(mail, dnsfunc=dns))


def check(mail: bytes, mail_from: str, box: Sender) -> None:
    found = domains(mail, mail_from)
    assert {dns_dmarc.org_domain(one, ZONES) for one in found.values()} == {"northwind.example"}
    # More than DMARC's relaxed alignment asks for: a domain that wants it strict is kept too.
    assert set(found.values()) == {box.domain}
    assert is_genuine(mail, box)


@pytest.mark.parametrize("purpose", list(Message.Purpose))
def test_every_kind_of_message_is_of_one_domain(
    purpose: Message.Purpose, alice: User, box: Sender
) -> None:
    ana = make.candidate(owner=alice)
    draft = Draft(
        candidate_id=ana.pk,
        purpose=purpose,
        touch=f"test/{purpose}",
        occurrence=0,
        sender_id=box.pk,
        template_id=make.template().pk,
        context={"first_name": "Ana", "recruiter_name": "Alice Meyer"},
    )
    outbox.queue(outbox.consider([draft], now=NOW), now=NOW)
    postman = Postman(lambda: NOW)
    with MailServer() as server:
        Sender.objects.filter(pk=box.pk).update(port=server.port)
        handed_over = delivery.deliver(postman.channel_for, worker="w", clock=lambda: NOW)
        postman.close()

    assert handed_over == 1
    (mail,) = server.mails
    (mail_from,) = [said for said in server.commands if said.startswith("MAIL FROM")]
    check(mail, re.findall(r"<(.+?)>", mail_from)[0], box)


def test_a_test_mail_is_of_one_domain_and_signed_like_a_message(alice: User, box: Sender) -> None:
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    mail = trial.mail(box, alice, now=now)
    check(mail, box.from_address, box)
    head = mail.partition(b"\r\n\r\n")[0].decode()
    assert all(re.search(rf"^{name}: ", head, re.MULTILINE) for name in SIGNED_HEADERS)
