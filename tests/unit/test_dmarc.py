"""DMARC records, and organisations, are found as RFC 9989 finds them."""

import pytest

from tests.contract.zones import Zones
from warmbench.integrations.mail import dns_dmarc
from warmbench.integrations.mail.dns_dmarc import Record


def zones(**records: str) -> Zones:
    """Records by the domain they stand at, with ``_`` for its dots."""
    lines = [f'_dmarc.{at.replace("_", ".")}. IN TXT "{text}"' for at, text in records.items()]
    return Zones.of("\n".join(lines))


def org(domain: str, **records: str) -> str:
    return dns_dmarc.org_domain(domain, zones(**records))


def test_the_record_nearest_to_the_root_names_the_organisation() -> None:
    both = {"mail_example_com": "v=DMARC1; p=none", "example_com": "v=DMARC1; p=none"}
    assert org("a.mail.example.com", **both) == "example.com"
    assert org("example.com", example_com="v=DMARC1; p=reject") == "example.com"


def test_a_domain_without_records_is_an_organisation_by_itself() -> None:
    assert org("a.mail.example.com") == "a.mail.example.com"


def test_a_record_can_say_that_an_organisation_ends_here() -> None:
    records = {
        "mail_example_com": "v=DMARC1; p=none; psd=n",
        "example_com": "v=DMARC1; p=none",
    }
    assert org("a.mail.example.com", **records) == "mail.example.com"


def test_below_a_public_suffix_begins_an_organisation() -> None:
    assert org("a.mail.example.com", com="v=DMARC1; p=none; psd=y") == "example.com"
    assert org("example.bank", bank="v=DMARC1; p=none; psd=y") == "example.bank"
    # A suffix that sends mail itself is its own organisation.
    assert org("gov.test", gov_test="v=DMARC1; p=none; psd=y") == "gov.test"


def test_a_long_name_costs_eight_questions() -> None:
    asked = zones()
    assert dns_dmarc.org_domain("a.b.c.d.e.f.g.h.i.j.mail.example.com", asked)
    assert asked.asked == [
        f"_dmarc.{name} TXT"
        for name in (
            "a.b.c.d.e.f.g.h.i.j.mail.example.com",
            "g.h.i.j.mail.example.com",
            "h.i.j.mail.example.com",
            "i.j.mail.example.com",
            "j.mail.example.com",
            "mail.example.com",
            "example.com",
            "com",
        )
    ]


def test_the_walk_ends_where_a_record_says_so() -> None:
    asked = zones(example_com="v=DMARC1; p=none; psd=n")
    dns_dmarc.walk("mail.example.com", asked)
    assert asked.asked == ["_dmarc.mail.example.com TXT", "_dmarc.example.com TXT"]


def test_the_domains_own_record_holds_before_the_organisations() -> None:
    found = dns_dmarc.walk(
        "mail.example.com",
        zones(mail_example_com="v=DMARC1; p=reject", example_com="v=DMARC1; p=none"),
    )
    assert found.org_domain == "example.com"
    assert found.record == Record("mail.example.com", {"v": "DMARC1", "p": "reject"})


def test_without_its_own_the_organisations_record_holds() -> None:
    found = dns_dmarc.walk("a.mail.example.com", zones(example_com="v=DMARC1; p=quarantine"))
    assert found.record
    assert found.record.policy_for("a.mail.example.com") == "quarantine"


def test_without_either_the_suffixs_record_holds() -> None:
    found = dns_dmarc.walk("mail.example.bank", zones(bank="v=DMARC1; p=reject; psd=y"))
    assert found.org_domain == "example.bank"
    assert found.record
    assert found.record.domain == "bank"


def test_two_records_at_one_name_are_none() -> None:
    two = Zones.of(
        '_dmarc.example.com. IN TXT "v=DMARC1; p=none"\n'
        '_dmarc.example.com. IN TXT "v=DMARC1; p=reject"\n'
        '_dmarc.example.com. IN TXT "unrelated"'
    )
    assert dns_dmarc.walk("example.com", two).record is None
    assert len(dns_dmarc.texts_at("example.com", two)) == 2


@pytest.mark.parametrize(
    "text", ["p=none; v=DMARC1", "v=dmarc1; p=none", "v=DMARC2; p=none", "v=DMARC10; p=none", ""]
)
def test_what_is_no_dmarc_record_is_passed_over(text: str) -> None:
    assert dns_dmarc.walk("example.com", zones(example_com=text)).record is None


@pytest.mark.parametrize(
    ("text", "domain", "policy"),
    [
        ("v=DMARC1; p=none", "example.com", "none"),
        ("v = DMARC1 ; P = Reject ;", "example.com", "reject"),
        ("v=DMARC1; p=reject; sp=none", "mail.example.com", "none"),
        ("v=DMARC1; p=reject; sp=none", "example.com", "reject"),
        ("v=DMARC1; p=reject; t=y; pct=20; unknown=x", "example.com", "reject"),
        ("v=DMARC1; p=later", "example.com", ""),
        ("v=DMARC1", "example.com", ""),
        ("v=DMARC1; p=reject; sp=later", "example.com", ""),
        ("v=DMARC1; rua=mailto:reports@example.com", "example.com", "none"),
        ("v=DMARC1; p=later; rua=mailto:reports@example.com!10m", "example.com", "none"),
        ("v=DMARC1; rua=reports@example.com", "example.com", ""),
    ],
)
def test_the_policy_is_what_receivers_apply(text: str, domain: str, policy: str) -> None:
    found = dns_dmarc.walk(domain, zones(example_com=text)).record
    assert found
    assert found.policy_for(domain) == policy
