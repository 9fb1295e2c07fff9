"""Finds the DMARC record of a domain, and the organisation it belongs to, by the DNS (RFC 9989)."""

import re
from dataclasses import dataclass

from warmbench.integrations.mail.dns_lookup import Dns

#: RFC 9989 §4.10: whoever invents names with many parts must not cost receivers many questions.
_MOST_LABELS = 8
_VERSION = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
_POLICIES = {"none", "quarantine", "reject"}
_REPORT_TO = re.compile(r"\s*mailto:[^\s@]+@[\w.-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One DMARC record, and the domain it was found at."""

    domain: str
    tags: dict[str, str]

    def policy_for(self, domain: str) -> str:
        """What it asks for mail of ``domain`` that is not proved: none, quarantine or reject;
        blank if receivers cannot use it."""
        tags = self.tags
        asked = (tags.get("sp") if domain != self.domain else None) or tags.get("p", "")
        sound = all(tags.get(tag, "none").lower() in _POLICIES for tag in ("sp", "np"))
        if sound and asked.lower() in _POLICIES:
            return asked.lower()
        # Without a usable policy, one that at least asks for reports counts as "none".
        return "none" if _REPORT_TO.match(tags.get("rua", "")) else ""


@dataclass(frozen=True, slots=True)
class Walk:
    """What the walk up the tree of names found."""

    org_domain: str
    #: The record that receivers apply; None if there is none.
    record: Record | None


def walk(domain: str, dns: Dns) -> Walk:
    """The organisational domain of ``domain``, and the DMARC record that holds for it.

    RFC 9989 §4.10 instead of a list of public suffixes: the records in the DNS say where an
    organisation ends. Where there are none, the domain is one by itself. Raises
    NotAnsweredError.
    """
    found: list[Record] = []
    for name in _names(domain):
        tags = at(name, dns)
        if tags is None:
            continue
        found.append(Record(name, tags))
        if tags.get("psd", "").lower() in {"y", "n"}:
            break
    org_domain = _org_domain(domain, found)
    by_domain = {record.domain: record for record in found}
    suffix = next((one for one in found if one.tags.get("psd", "").lower() == "y"), None)
    return Walk(org_domain, by_domain.get(domain) or by_domain.get(org_domain) or suffix)


def org_domain(domain: str, dns: Dns) -> str:
    """The organisational domain of ``domain``. Raises NotAnsweredError."""
    return walk(domain, dns).org_domain


def at(domain: str, dns: Dns) -> dict[str, str] | None:
    """The tags of the one record at a domain; None without one, and with several."""
    texts = texts_at(domain, dns)
    if len(texts) != 1:
        return None
    pairs = (part.partition("=") for part in texts[0].split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def texts_at(domain: str, dns: Dns) -> list[str]:
    """All DMARC records at a domain. With more than one, receivers use none."""
    return [text for text in dns.txt(f"_dmarc.{domain}") if _VERSION.match(text)]


def _names(domain: str) -> list[str]:
    labels = domain.split(".")
    shorter = labels[1:] if len(labels) < _MOST_LABELS else labels[-(_MOST_LABELS - 1) :]
    return [domain, *(".".join(shorter[at:]) for at in range(len(shorter)))]


def _org_domain(domain: str, found: list[Record]) -> str:
    for record in found:
        psd = record.tags.get("psd", "").lower()
        if psd == "n":
            return record.domain
        if psd == "y" and record.domain != domain:
            # One name below the suffix: the part of ours that stands before it.
            below = domain.removesuffix(f".{record.domain}").rpartition(".")[2]
            return f"{below}.{record.domain}"
    return found[-1].domain if found else domain
