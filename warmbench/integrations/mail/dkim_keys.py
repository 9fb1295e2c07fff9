"""Makes DKIM keys, and says what has to stand in the DNS for them."""

import base64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from warmbench.integrations.mail.dkim_signing import DkimKey, sign
from warmbench.messaging.sender_checks import DnsRecord


def new_key() -> str:
    """A fresh private key in PEM: RSA with 2048 bits, which every receiver understands."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def check(key: DkimKey, *, now: datetime) -> None:
    """Raise KeyUnusableError if mails cannot be signed with the key."""
    sign(b"From: a@example.com\r\n\r\n", key, now=now)


def dns_record(key: DkimKey) -> DnsRecord:
    """What the owner of the domain has to publish for a key that ``check`` has passed."""
    private = load_pem_private_key(key.pem.encode(), password=None)
    public = private.public_key()
    if isinstance(private, RSAPrivateKey):
        kind, form = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, form = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    value = f"v=DKIM1; k={kind}; p={base64.b64encode(form).decode()}"
    return DnsRecord(f"{key.selector}._domainkey.{key.domain}", value)
