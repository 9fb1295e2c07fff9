"""Each check of a sender says what receivers would say, and what to publish, exactly."""

from datetime import date
from functools import cache
from pathlib import Path
from ssl import SSLContext
from typing import Any

import pytest

from tests.contract.mail_server import Drop, MailServer
from tests.contract.zones import Zones
from tests.make import NOW
from warmbench.integrations.mail import dkim_copy, dkim_keys, identity
from warmbench.integrations.mail.dkim_copy import CopyUnusableError
from warmbench.integrations.mail.dkim_signing import SIGNED_HEADERS
from warmbench.integrations.mail.postman import key_of
from warmbench.integrations.mail.smtp import Security, SmtpSettings
from warmbench.messaging import sender_checks
from warmbench.messaging.models import Sender
from warmbench.messaging.sender_checks import Check, DnsRecord, Outcome, Subject

PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN


@cache
def key() -> str:
    return dkim_keys.new_key()


def sender(**fields: Any) -> Sender:
    """A sender whose server is this machine, so that nobody outside is connected to."""
    usual = {
        "from_name": "Alice Meyer",
        "from_address": "alice@northwind.io",
        "host": "127.0.0.1",
        "dkim_selector": "wb",
        "dkim_key": key(),
        "ramp_started_on": date(2026, 1, 1),
        "created_at": NOW,
    }
    return Sender(**(usual | fields))


def published(box: Sender) -> str:
    """What the owner of the domain of a sender would publish, as a zone."""
    record = dkim_keys.dns_record(key_of(box))
    return f"""
    northwind.io. IN TXT "v=spf1 mx ip4:192.0.2.0/24 -all"
    {record.name}. IN TXT "{record.value[:200]}" "{record.value[200:]}"
    _dmarc.northwind.io. IN TXT "v=DMARC1; p=none"
    northwind.io. IN MX 10 mx.northwind.io.
    mx.northwind.io. IN A 192.0.2.1
    """


def look(box: Sender, zone: str, *silent: str) -> dict[Subject, Check]:
    found = identity.examine(box, dns=Zones.of(zone, *silent))
    assert [check.subject for check in found.checks] == list(sender_checks.OF_MAIL)
    return {check.subject: check for check in found.checks}


def test_a_domain_with_everything_passes() -> None:
    box = sender()
    found = identity.examine(box, dns=Zones.of(published(box)))
    assert found.passed
    assert not found.failed
    assert found.org_domain == "northwind.io"
    assert "PRIVATE" not in repr(found)


def test_a_domain_with_nothing_is_told_what_to_publish() -> None:
    box = sender()
    found = look(box, "")
    assert {one: check.outcome for one, check in found.items()} == {
        Subject.SPF: FAILED,
        Subject.DKIM: FAILED,
        Subject.DMARC: FAILED,
        Subject.MX: FAILED,
        Subject.TLS: PASSED,
    }
    assert found[Subject.DKIM].record == dkim_keys.dns_record(key_of(box))
    assert found[Subject.DMARC].record == DnsRecord("_dmarc.northwind.io", "v=DMARC1; p=none")
    assert found[Subject.SPF].record == DnsRecord("northwind.io", "v=spf1 include:… ~all")


def test_what_it_says_to_publish_is_enough() -> None:
    box = sender(host="smtp.gmail.com")
    told = identity.examine(box, dns=Zones.of("")).checks
    records = [check.record for check in told if check.record]
    zone = "".join(
        f'{one.name}. IN TXT "{one.value[:200]}" "{one.value[200:]}"\n' for one in records
    )
    relay = '_spf.google.com. IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"\n'
    after = look(box, zone + relay)
    for subject in (Subject.SPF, Subject.DKIM, Subject.DMARC):
        assert after[subject].outcome is PASSED, after[subject].said


def test_nobody_answering_is_neither_yes_nor_no() -> None:
    box = sender()
    names = ["northwind.io", "wb._domainkey.northwind.io", "_dmarc.northwind.io"]
    found = identity.examine(box, dns=Zones.of(published(box), *names))
    assert {check.outcome for check in found.checks} == {UNKNOWN, PASSED}
    assert not found.passed
    assert not found.failed
    assert found.org_domain == ""


def test_nobodys_mail_on_this_machine_has_nothing_to_prove() -> None:
    dns = Zones.of("")
    for address in ("a@northwind.example", "a@b.test", "a@example.com", "a@mail.example.org"):
        assert identity.examine(sender(from_address=address), dns=dns).passed
    assert not dns.asked


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("a@northwind.io", "127.0.0.1"),
        ("a@example.io", "localhost"),
        ("a@myexample.com", "::1"),
        ("a@example.com.northwind.io", "127.0.0.1"),
        ("a@test", "127.0.0.1.northwind.io"),
        ("a@northwind.example", "smtp.gmail.com"),
        ("a@northwind.example", "10.0.0.1"),
        ("a@northwind.example", "localhost.northwind.io"),
    ],
)
def test_everybody_else_has(address: str, host: str) -> None:
    assert not sender(from_address=address, host=host).is_local


class TestSpf:
    def check(self, record: str, more: str = "", **fields: str) -> Check:
        zone = f'northwind.io. IN TXT "{record}"\n{more}'
        return look(sender(**fields), zone)[Subject.SPF]

    def test_a_broken_record_says_what_is_wrong(self) -> None:
        found = self.check("v=spf1 ip4:300.0.0.1 -all")
        assert found.outcome is FAILED
        assert "ip4:300.0.0.1" in found.said

    def test_the_whole_world_is_too_many(self) -> None:
        assert "everybody in the world" in self.check("v=spf1 +all").said

    def test_nobody_is_too_few(self) -> None:
        assert "lets no server" in self.check("v=spf1 -all").said

    def test_a_known_relay_must_be_let(self) -> None:
        relay = '_spf.google.com. IN TXT "v=spf1 ip4:203.0.113.0/24 ~all"'
        host = "smtp.gmail.com"
        without = self.check("v=spf1 ip4:192.0.2.1 ~all", relay, host=host)
        assert (without.outcome, without.todo) == (
            FAILED,
            "Add include:_spf.google.com to it, before its end.",
        )
        for record in ("v=spf1 include:_spf.google.com ~all", "v=spf1 ip4:203.0.113.0/24 ~all"):
            assert self.check(record, relay, host=host).outcome is PASSED

    def test_of_other_servers_it_says_what_cannot_be_known(self) -> None:
        address = "smtp.northwind.io. IN A 192.0.2.5"
        host = "smtp.northwind.io"
        named = self.check("v=spf1 ip4:192.0.2.0/24 ~all", address, host=host)
        assert "It lets smtp.northwind.io send" in named.said
        other = self.check("v=spf1 ip4:198.51.100.0/24 ~all", address, host=host)
        assert other.outcome is PASSED
        assert "add a:smtp.northwind.io" in other.todo

    def test_a_server_of_their_own_is_named_in_the_record(self) -> None:
        found = look(sender(host="smtp.northwind.io"), "")[Subject.SPF]
        assert found.record == DnsRecord("northwind.io", "v=spf1 a:smtp.northwind.io ~all")


class TestDkim:
    NAME = "wb._domainkey.northwind.io."

    def check(self, *texts: str) -> Check:
        lines = [f'{self.NAME} IN TXT "{text[:200]}" "{text[200:]}"' for text in texts]
        return look(sender(), "\n".join(lines))[Subject.DKIM]

    def good(self) -> str:
        return dkim_keys.dns_record(key_of(sender())).value

    def test_the_key_may_be_written_as_its_owner_likes(self) -> None:
        value = self.good().partition("p=")[2]
        assert self.check(f"k=rsa; p={value[:90]} {value[90:]};").outcome is PASSED
        assert self.check(f"v=DKIM1; t=s; s=email; h=sha256; p={value}").outcome is PASSED

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            (("p=MII", "p=MIX"), "Another key"),
            (("v=DKIM1; k=rsa;", "v=DKIM1; t=y:s;"), "marked as a test"),
            (("k=rsa;", "k=rsa; h=sha1;"), "SHA-256"),
            (("k=rsa;", "k=rsa; s=other;"), "not for e-mail"),
            (("v=DKIM1", "v=DKIM2"), "not published"),
        ],
    )
    def test_a_key_that_does_not_hold_is_named(
        self, change: tuple[str, str], complaint: str
    ) -> None:
        found = self.check(self.good().replace(*change))
        assert found.outcome is FAILED
        assert complaint in found.said
        assert found.record
        assert found.record.value == self.good()

    def test_a_withdrawn_key_is_named(self) -> None:
        assert "withdrawn" in self.check("v=DKIM1; p=").said

    def test_two_keys_are_too_many(self) -> None:
        assert "2 keys" in self.check(self.good(), "v=DKIM1; p=AAAA").said

    def test_other_texts_do_not_matter(self) -> None:
        assert self.check(self.good(), "hello", "x=1; y=2").outcome is PASSED


class TestTheServersSignature:
    SEEN = {
        "domain": "northwind.io",
        "selector": "s1",
        "headers": [h.lower() for h in SIGNED_HEADERS],
    }
    KEY = 's1._domainkey.northwind.io. IN TXT "v=DKIM1; p=AAAA"'

    def check(self, zone: str = KEY, **seen: object) -> Check:
        box = sender(dkim_key="", dkim_selector="", seen_signature={**self.SEEN, **seen})
        return look(box, zone)[Subject.DKIM]

    def test_nobody_knows_before_a_mail_has_arrived(self) -> None:
        found = look(sender(dkim_key="", dkim_selector=""), "")[Subject.DKIM]
        assert found.outcome is UNKNOWN
        assert "Send yourself a test" in found.todo

    def test_a_mail_that_arrived_proves_it(self) -> None:
        assert self.check().outcome is PASSED

    def test_a_key_that_is_gone_asks_for_another_test(self) -> None:
        assert self.check("").outcome is UNKNOWN
        assert self.check('s1._domainkey.northwind.io. IN TXT "p="').outcome is UNKNOWN

    def test_the_way_out_must_be_signed(self) -> None:
        found = self.check(headers=["from", "to", "subject", "list-unsubscribe"])
        assert found.outcome is FAILED
        assert "leaves out List-Unsubscribe-Post" in found.said

    def test_the_rest_is_only_told(self) -> None:
        found = self.check(headers=["from", "list-unsubscribe", "list-unsubscribe-post"])
        assert found.outcome is PASSED
        assert "Subject" in found.said


class TestDmarc:
    def check(self, zone: str, **fields: object) -> Check:
        return look(sender(**fields), zone)[Subject.DMARC]

    def test_the_organisations_record_is_enough(self) -> None:
        zone = '_dmarc.northwind.io. IN TXT "v=DMARC1; p=reject"'
        found = self.check(zone, from_address="alice@mail.northwind.io")
        assert found.outcome is PASSED
        assert "all of northwind.io" in found.said

    def test_two_records_are_none(self) -> None:
        line = '_dmarc.northwind.io. IN TXT "v=DMARC1; p=none; x={}"\n'
        found = self.check(line.format(1) + line.format(2))
        assert found.outcome is FAILED
        assert "2 DMARC records" in found.said

    def test_a_policy_is_needed(self) -> None:
        assert "no policy" in self.check('_dmarc.northwind.io. IN TXT "v=DMARC1"').said

    def test_strict_alignment_wants_the_very_domain(self) -> None:
        zone = '_dmarc.northwind.io. IN TXT "v=DMARC1; p=none; adkim=s"'
        seen = TestTheServersSignature.SEEN | {"domain": "mail.northwind.io"}
        assert self.check(zone).outcome is PASSED
        relayed = self.check(zone, dkim_key="", seen_signature=seen)
        assert relayed.outcome is FAILED
        assert "adkim=s" in relayed.said


class TestMx:
    def check(self, zone: str) -> Check:
        return look(sender(), zone)[Subject.MX]

    def test_a_domain_that_takes_no_mail_gets_no_answers(self) -> None:
        assert "takes no mail at all" in self.check("northwind.io. IN MX 0 .").said

    def test_a_server_needs_an_address(self) -> None:
        zone = "northwind.io. IN MX 10 mx.northwind.io."
        assert "has no address" in self.check(zone).said
        assert self.check(zone + "\nmx.northwind.io. IN A 192.0.2.1").outcome is PASSED

    def test_one_that_works_is_enough(self) -> None:
        zone = """
        northwind.io. IN MX 10 gone.northwind.io.
        northwind.io. IN MX 20 mx.northwind.io.
        mx.northwind.io. IN AAAA 2001:db8::1
        """
        assert "mx.northwind.io" in self.check(zone).said


class TestTls:
    def way(
        self, port: int, security: Security, authority: Path | None, host: str = "127.0.0.1"
    ) -> Check:
        ca_file = str(authority / "ca.pem") if authority else None
        return identity.way_to(
            SmtpSettings(host=host, port=port, security=security, ca_file=ca_file, timeout=5)
        )

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_valid_certificate_passes(
        self, security: Security, tls: SSLContext, authority: Path
    ) -> None:
        with MailServer(tls=tls, tls_at_once=security == "tls") as server:
            assert self.way(server.port, security, authority).outcome is PASSED
        assert not server.mails

    def test_an_unknown_authority_fails(self, tls: SSLContext) -> None:
        with MailServer(tls=tls) as server:
            found = self.way(server.port, "starttls", None)
        assert found.outcome is FAILED
        assert "certificate" in found.said

    def test_somebody_elses_certificate_fails(self, tls: SSLContext, authority: Path) -> None:
        with MailServer(tls=tls) as server:
            found = self.way(server.port, "starttls", authority, host="localhost")
        assert found.outcome is FAILED
        assert "localhost" in found.said

    def test_a_server_without_starttls_fails(self, authority: Path) -> None:
        with MailServer() as server:
            found = self.way(server.port, "starttls", authority)
        assert found.outcome is FAILED
        assert "465" in found.todo

    def test_tls_on_the_wrong_port_fails(self, tls: SSLContext, authority: Path) -> None:
        with MailServer(tls=tls) as server:
            assert self.way(server.port, "tls", authority).outcome is FAILED

    def test_a_server_that_is_not_there_cannot_be_asked(self, authority: Path) -> None:
        with MailServer(says={"greeting": Drop()}) as server:
            assert self.way(server.port, "starttls", authority).outcome is UNKNOWN

    def test_nothing_goes_unencrypted_to_another_machine(self) -> None:
        assert (
            look(sender(host="smtp.northwind.io", security="none"), "")[Subject.TLS].outcome
            is FAILED
        )


class TestACopyThatArrived:
    ZONE = '_dmarc.northwind.io. IN TXT "v=DMARC1; p=none"'
    HEADERS = "From:To:Subject:Date:Message-ID:List-Unsubscribe:List-Unsubscribe-Post"

    def mail(self, *signatures: str, results: str = "", author: str = "alice@northwind.io") -> str:
        return "\n".join(
            [
                "Delivered-To: zoe@example.net",
                *([f"Authentication-Results: mx.example.net;\n {results}"] if results else []),
                *(f"DKIM-Signature: v=1; a=rsa-sha256; {one}" for one in signatures),
                f"From: Alice Meyer <{author}>",
                "Subject: Test",
                "",
                "This is a test",
            ]
        )

    def ours(self, domain: str = "northwind.io", headers: str = HEADERS) -> str:
        return f"c=relaxed/relaxed; d={domain};\n\ts=s1; h={headers};\n\tbh=AA==; b=AA\n\t AA=="

    def read(self, source: str) -> dkim_copy.Signature:
        return dkim_copy.read(source, sender(dkim_key=""), Zones.of(self.ZONE))

    def complaint(self, source: str) -> str:
        with pytest.raises(CopyUnusableError) as caught:
            self.read(source)
        return str(caught.value)

    def test_says_how_it_was_signed(self) -> None:
        found = self.read(self.mail(self.ours()))
        assert (found.domain, found.selector) == ("northwind.io", "s1")
        assert found.leaves_out(dkim_copy.NEEDED) == []
        assert "Feedback-ID" in found.leaves_out()

    def test_may_come_with_what_a_web_page_puts_before_it(self) -> None:
        source = "Original message\nMessage ID\t<1@northwind.io>\n\n" + self.mail(self.ours())
        assert self.read(source).selector == "s1"

    def test_a_signature_of_a_part_of_the_organisation_is_enough(self) -> None:
        assert self.read(self.mail(self.ours("mail.northwind.io"))).domain == "mail.northwind.io"

    def test_the_best_of_several_counts(self) -> None:
        weak = self.ours(headers="From").replace("s=s1", "s=s0")
        relay = self.ours("relay.test")
        assert self.read(self.mail(relay, weak, self.ours())).selector == "s1"

    def test_a_signature_of_the_relay_alone_does_not_help(self) -> None:
        said = self.complaint(self.mail(self.ours("relay.test"), self.ours("other.test")))
        assert "only one of other.test, relay.test" in said

    def test_without_a_signature_there_is_nothing_to_read(self) -> None:
        assert "no signature of northwind.io" in self.complaint(self.mail())

    def test_a_mail_of_somebody_else_proves_nothing(self) -> None:
        assert "not a mail from" in self.complaint(self.mail(self.ours(), author="eve@x.test"))
        assert "not a mail from" in self.complaint("")
        assert "not a mail from" in self.complaint("\n".join(["text"] * 50))

    def test_the_receivers_word_counts(self) -> None:
        failed = "dkim=fail (bad signature) header.d=northwind.io; spf=pass"
        assert "found the signature" in self.complaint(self.mail(self.ours(), results=failed))
        passed = f"{failed}; dkim=pass header.i=@northwind.io"
        assert self.read(self.mail(self.ours(), results=passed)).selector == "s1"
