"""Looks in the DNS for the keys that signatures are checked with (RFC 6376 §3.6.1)."""

import re

from warmbench.integrations.mail.dns_lookup import Dns

_TAG = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=([^;]*)", re.IGNORECASE)


def keys_at(domain: str, selector: str, dns: Dns) -> list[dict[str, str]]:
    """The keys that stand under a selector of a domain, each with its tags; a withdrawn one
    has a blank ``p``. Raises NotAnsweredError."""
    texts = dns.txt(f"{selector}._domainkey.{domain}")
    found = [tags(text) for text in texts]
    return [key for key in found if "p" in key and key.get("v", "DKIM1") == "DKIM1"]


def tags(text: str) -> dict[str, str]:
    """The tags of a DKIM record or signature, without the white space that means nothing."""
    matches = (_TAG.match(part) for part in text.split(";"))
    return {match[1].lower(): re.sub(r"\s", "", match[2]) for match in matches if match}


def flaw(key: dict[str, str]) -> str:
    """Why receivers do not take signatures by a published key; blank if they do."""
    if not key["p"]:
        return "it is withdrawn: its p= is empty"
    if "h" in key and "sha256" not in key["h"].lower().split(":"):
        return "it does not allow SHA-256: its h= leaves it out"
    if not {"*", "email"} & set(key.get("s", "*").lower().split(":")):
        return "it is not for e-mail: its s= says so"
    if "y" in key.get("t", "").lower().split(":"):
        return "it is marked as a test (t=y), so receivers treat mail as if it were not signed"
    return ""
