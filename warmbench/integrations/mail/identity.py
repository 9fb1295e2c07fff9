"""Checks what receivers check about a sender: SPF, DKIM, DMARC, MX, and TLS to its mail server."""

import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from django.conf import settings

from warmbench.integrations.mail import dkim_copy, dkim_keys, dkim_published, dns_dmarc, dns_spf
from warmbench.integrations.mail.dkim_copy import Signature
from warmbench.integrations.mail.dns_lookup import Dns, Lookup, NotAnsweredError
from warmbench.integrations.mail.dns_spf import Spf, SpfError
from warmbench.integrations.mail.postman import key_of, settings_of
from warmbench.integrations.mail.smtp import ClosedError, SmtpSettings, connect
from warmbench.messaging import sender_checks
from warmbench.messaging.models import Sender
from warmbench.messaging.models.sender import is_this_machine
from warmbench.messaging.sender_checks import Check, DnsRecord, Findings, Outcome, Subject

#: Somebody waits for the page: a server that needs longer cannot be asked now.
_TIMEOUT = 10.0
#: Who hands mail on under our own domain: the end of the server's name, and what they ask to be
#: included. Of other relays only their own pages know.
_RELAYS = {
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
}
_OTHER_PORTS = "Try port 587 with STARTTLS, or port 465 with TLS."
_NOTHING_TO_PROVE = (
    "Mail goes to this machine only, from a domain that is nobody's: there is nothing to prove."
)


def lookup() -> Lookup:
    """One round of questions to the DNS that this installation asks."""
    return Lookup(settings.DNS_SERVERS)


def examine(sender: Sender, *, dns: Dns) -> Findings:
    """Ask everything at once. It takes some seconds, and changes nothing."""
    about = sender_checks.identity(sender)
    if sender.is_local:
        passed = tuple(
            Check(one, Outcome.PASSED, _NOTHING_TO_PROVE) for one in sender_checks.OF_MAIL
        )
        return Findings(about, passed, sender.domain)
    questions: list[Callable[[], Check]] = [
        lambda: _asked(Subject.SPF, lambda: _spf(sender, dns)),
        lambda: _asked(Subject.DKIM, lambda: _dkim(sender, dns)),
        lambda: _asked(Subject.DMARC, lambda: _dmarc(sender, dns)),
        lambda: _asked(Subject.MX, lambda: _mx(sender, dns)),
        lambda: _tls(sender),
    ]
    with ThreadPoolExecutor(len(questions), "checks") as together:
        checks = tuple(together.map(lambda question: question(), questions))
    return Findings(about, checks, _org_domain(sender, dns))


def _asked(subject: Subject, question: Callable[[], Check]) -> Check:
    try:
        return question()
    except NotAnsweredError as error:
        said = f"This could not be asked: {error}."
        return Check(subject, Outcome.UNKNOWN, said, "Check again in some minutes.")


def _org_domain(sender: Sender, dns: Dns) -> str:
    try:
        return dns_dmarc.org_domain(sender.domain, dns)
    except NotAnsweredError:
        return ""


def _spf(sender: Sender, dns: Dns) -> Check:
    domain = sender.domain
    include = _include_for(sender)
    try:
        spf = dns_spf.read(domain, dns)
    except SpfError as error:
        todo = f"Mend the TXT record of {domain} that begins with v=spf1."
        return Check(Subject.SPF, Outcome.FAILED, str(error), todo)
    if spf is None:
        said = f"{domain} does not say which servers may send for it."
        todo = "Publish this record"
        if not include:
            todo += ", with what your mail provider tells you to include"
        record = DnsRecord(domain, f"v=spf1 {include or 'include:…'} ~all")
        return Check(Subject.SPF, Outcome.FAILED, said, f"{todo}.", record)
    if spf.lets_everybody:
        said = f"The record of {domain} lets everybody in the world send for it."
        todo = "End it with ~all or -all, and name your own servers only."
        return Check(Subject.SPF, Outcome.FAILED, said, todo)
    if not spf.lets_somebody:
        said = f"The record of {domain} lets no server send for it."
        todo = f"Add {include or 'what your mail provider tells you to include'} to it."
        return Check(Subject.SPF, Outcome.FAILED, said, todo)
    return _spf_of_relay(sender, spf, include, dns)


def _spf_of_relay(sender: Sender, spf: Spf, include: str, dns: Dns) -> Check:
    said = f"{sender.domain} has one sound record, which takes {spf.lookups} of 10 lookups."
    relay = include.removeprefix("include:")
    if relay not in _RELAYS.values():
        if any(spf.lets(address) for address in dns.addresses(sender.host)):
            return Check(Subject.SPF, Outcome.PASSED, f"{said} It lets {sender.host} send.")
        todo = f"{sender.host} is not named in it. If mail leaves from there, add a:{sender.host};"
        todo += " if from elsewhere, only who runs it can say what to include."
        return Check(Subject.SPF, Outcome.PASSED, said, todo)
    theirs = dns_spf.read(relay, dns)
    if relay in spf.included or (theirs and spf.covers(theirs)):
        return Check(Subject.SPF, Outcome.PASSED, f"{said} It lets {sender.host} send.")
    said = f"The record of {sender.domain} does not let {sender.host} send."
    return Check(Subject.SPF, Outcome.FAILED, said, f"Add {include} to it, before its end.")


def _include_for(sender: Sender) -> str:
    """What lets the sender's mail server send, where that can be known; else blank."""
    for ending, record in _RELAYS.items():
        if sender.host.endswith(f".{ending}"):
            return f"include:{record}"
    # A server of their own name usually sends by itself.
    ours = sender.host == sender.domain or sender.host.endswith(f".{sender.domain}")
    return f"a:{sender.host}" if ours else ""


def _dkim(sender: Sender, dns: Dns) -> Check:
    if sender.dkim_key:
        return _own_key(sender, dns)
    if not sender.seen_signature:
        return Check(
            Subject.DKIM,
            Outcome.UNKNOWN,
            "Warmbench does not sign, so your mail server has to, and only a mail that arrived"
            " shows whether it does.",
            "Send yourself a test, and paste its source below. Or let Warmbench sign: Change,"
            " Signature.",
        )
    return _servers_key(sender, dns)


def _own_key(sender: Sender, dns: Dns) -> Check:
    key = key_of(sender)
    record = dkim_keys.dns_record(key)
    wanted = dkim_published.tags(record.value)["p"]
    found = dkim_published.keys_at(key.domain, key.selector, dns)
    if not found:
        said = f"The key that Warmbench signs with is not published under {record.name}."
        return Check(Subject.DKIM, Outcome.FAILED, said, "Publish this record.", record)
    if len(found) > 1:
        said = f"There are {len(found)} keys under {record.name}, so receivers may take either."
        return Check(Subject.DKIM, Outcome.FAILED, said, "Leave only this record.", record)
    (published,) = found
    if flaw := dkim_published.flaw(published):
        said = f"The key under {record.name} cannot be used: {flaw}."
        return Check(Subject.DKIM, Outcome.FAILED, said, "Publish this record instead.", record)
    if published["p"] != wanted:
        said = f"Another key is published under {record.name} than Warmbench signs with."
        return Check(Subject.DKIM, Outcome.FAILED, said, "Publish this record instead.", record)
    said = f"The key that Warmbench signs with is published under {record.name}."
    return Check(Subject.DKIM, Outcome.PASSED, said)


def _servers_key(sender: Sender, dns: Dns) -> Check:
    seen = sender.seen_signature or {}
    signature = Signature(seen["domain"], seen["selector"], tuple(seen["headers"]))
    name = f"{signature.selector}._domainkey.{signature.domain}"
    keys = dkim_published.keys_at(signature.domain, signature.selector, dns)
    if not any(not dkim_published.flaw(key) for key in keys):
        return Check(
            Subject.DKIM,
            # Mail servers change their keys now and then, and take the old ones away.
            Outcome.UNKNOWN,
            f"The key that signed the test you pasted is no longer under {name}.",
            "Send yourself another test, and paste its source below.",
        )
    if missing := signature.leaves_out(dkim_copy.NEEDED):
        said = f"Your mail server signs, but leaves out {' and '.join(missing)} (RFC 8058)."
        todo = "Let Warmbench sign as well: Change, Signature."
        return Check(Subject.DKIM, Outcome.FAILED, said, todo)
    said = f"Your mail server signs as {signature.domain}, with the key under {name}."
    if unsigned := signature.leaves_out():
        said += f" It leaves {', '.join(unsigned)} unsigned, which is no harm to the rest."
    return Check(Subject.DKIM, Outcome.PASSED, said)


def _dmarc(sender: Sender, dns: Dns) -> Check:
    domain = sender.domain
    walk = dns_dmarc.walk(domain, dns)
    name = f"_dmarc.{domain}"
    record = DnsRecord(name, "v=DMARC1; p=none")
    if walk.record is None:
        count = len(dns_dmarc.texts_at(domain, dns))
        said = f"There is no DMARC record for {domain}."
        if count > 1:
            said = f"There are {count} DMARC records at {name}, so receivers use none of them."
        todo = "Leave one." if count > 1 else "Publish this record: p=none is enough to begin."
        return Check(Subject.DMARC, Outcome.FAILED, said, todo, None if count > 1 else record)
    policy = walk.record.policy_for(domain)
    if not policy:
        said = f"The DMARC record at _dmarc.{walk.record.domain} has no policy that can be used."
        todo = "Give it p=none, p=quarantine or p=reject."
        return Check(Subject.DMARC, Outcome.FAILED, said, todo)
    seen = sender.seen_signature or {}
    signs_as = domain if sender.dkim_key else str(seen.get("domain", domain))
    if signs_as != domain and walk.record.tags.get("adkim", "").lower() == "s":
        said = f"The DMARC record wants signatures of {domain} itself (adkim=s), and your mail"
        todo = f"Let the mail server sign as {domain}, or take adkim=s away."
        return Check(Subject.DMARC, Outcome.FAILED, f"{said} server signs as {signs_as}.", todo)
    # Return addresses are the sender's own with a tag: always of this domain.
    said = f"The record at _dmarc.{walk.record.domain} asks for p={policy}."
    return Check(
        Subject.DMARC,
        Outcome.PASSED,
        f"{said} From, signature and return address are all of {walk.org_domain}.",
    )


def _mx(sender: Sender, dns: Dns) -> Check:
    domain = sender.domain
    servers = dns.mx(domain)
    if not servers:
        said = f"{domain} does not say which server takes its mail: answers would find no way."
        todo = "Publish an MX record with what your mail provider names."
        return Check(Subject.MX, Outcome.FAILED, said, todo)
    if not any(servers):
        said = f"{domain} says that it takes no mail at all (RFC 7505): answers would be refused."
        todo = "Replace its MX record by what your mail provider names."
        return Check(Subject.MX, Outcome.FAILED, said, todo)
    reachable = [server for server in servers if server and dns.addresses(server)]
    if not reachable:
        said = f"The server that takes the mail of {domain}, {servers[0]}, has no address."
        return Check(Subject.MX, Outcome.FAILED, said, "Mend the MX record, or that name.")
    return Check(Subject.MX, Outcome.PASSED, f"Answers to {domain} go to {reachable[0]}.")


def _tls(sender: Sender) -> Check:
    if is_this_machine(sender.host):
        said = "The mail server is this machine: nobody listens on the way."
        return Check(Subject.TLS, Outcome.PASSED, said)
    return way_to(replace(settings_of(sender), username="", timeout=_TIMEOUT))


def way_to(server: SmtpSettings) -> Check:
    """Whether mail to a server travels encrypted, to whoever the certificate says it is."""
    where = f"{server.host}:{server.port}"
    if server.security == "none":
        said = f"Mail would go to {where} without encryption."
        return Check(Subject.TLS, Outcome.FAILED, said, _OTHER_PORTS)
    try:
        connect(server).close()
    except ClosedError as closed:
        return _without_tls(where, closed)
    said = f"{where} speaks TLS, with a certificate that is valid for it."
    return Check(Subject.TLS, Outcome.PASSED, said)


def _without_tls(where: str, closed: ClosedError) -> Check:
    match closed.__cause__:
        case ssl.SSLCertVerificationError(verify_message=why):
            said = f"The certificate of {where} is not valid: {why}."
            todo = "Use the name that stands in the certificate, or have the server's mended."
            return Check(Subject.TLS, Outcome.FAILED, said, todo)
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            said = f"{where} does not speak TLS in the way that is set."
            return Check(Subject.TLS, Outcome.FAILED, said, _OTHER_PORTS)
        case cause:
            why = (isinstance(cause, OSError) and cause.strerror) or str(closed)
            said = f"{where} could not be reached: {why}."
            todo = "Look at its name and port, and whether a firewall stands between."
            return Check(Subject.TLS, Outcome.UNKNOWN, said, todo)
