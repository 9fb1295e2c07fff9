"""Recognizes delivery failures: whom a mail did not reach, why, and what that means."""

import re
from dataclasses import dataclass
from itertools import islice

from warmbench.messaging.inbound import foreign, notices, verdicts
from warmbench.messaging.inbound import mail as mails
from warmbench.messaging.inbound.mail import Mail
from warmbench.messaging.inbound.parts import Headers
from warmbench.messaging.inbound.verdicts import Codes, Verdict

#: As much of a server's answer as a person wants to read.
MAX_DIAGNOSTIC = 500
MAX_FAILURES = notices.MAX_RECIPIENTS
#: How many reports may be wrapped in one another.
MAX_DEPTH = 2

#: What a report says of recipients that were reached, or may be (RFC 3464, 2.3.3).
_REACHED = {"delivered", "relayed", "expanded"}
_TYPE = re.compile(r"\s*[\w-]{1,30}\s*;\s*")


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that a mail did not reach."""

    #: The address that failed at last, and the one that the mail was sent to, if it is told.
    address: str
    original: str
    verdict: Verdict
    #: What decided, for the person who reads it: a rule of bounce_rules.yaml, or a code.
    rule: str
    status: str
    reply: int
    diagnostic: str
    #: Whether the server has given up. If not, it still tries, and will tell once more.
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that says that another one did not arrive."""

    #: At least one. Its address is blank if the mail does not name it.
    failures: tuple[Failure, ...]
    #: The headers of the mail that came back, as far as it did.
    returned: Headers


def find(mail: Mail, *, to_envelope: bool = False) -> Bounce | None:
    """The delivery failure that a mail reports; None if it is no such report.

    Whose mail failed is told best by the address that this one was delivered to
    (``mail.delivered_to``, D13): if that is one of our envelope senders, say ``to_envelope``. What
    is read here is for foreign formats and for the reason.
    """
    return _find(mail, to_envelope=to_envelope, depth=0)


def _find(mail: Mail, *, to_envelope: bool, depth: int) -> Bounce | None:
    if mail.feedback is not None:
        return None  # A complaint may come from the same kinds of senders.
    notice = notices.of(mail, to_envelope=to_envelope)
    told = _from_reports(mail, notice)
    if told is None and notice.is_from_a_server:
        told = _from_words(mail, notice) or _from_foreign(mail, notice)
        if told is None and depth < MAX_DEPTH and (found := _find_inside(mail, notice, depth)):
            return found
        if told is None and notice.says_it_failed:
            told = _from_returned(notice)
    return Bounce(tuple(told), notice.returned) if told else None


def _find_inside(mail: Mail, notice: notices.Notice, depth: int) -> Bounce | None:
    """What a report says that a gateway wrapped, instead of passing it on."""
    inner = mail.enclosed or (mails.read(notice.copy.encode()) if notice.copy else None)
    return _find(inner, to_envelope=False, depth=depth + 1) if inner else None


def _from_reports(mail: Mail, notice: notices.Notice) -> list[Failure] | None:
    """The failures in the reports for machines (RFC 3464); None if there is no such report."""
    reports = mail.reports or _written_out(mail, notice)
    failures = (
        failure
        for report in reports
        for fields in report
        if (failure := _from_fields(fields, notice, alone=len(report) < 3))
    )
    if told := list(islice(failures, MAX_FAILURES)):
        return told
    reached = any(_action(fields) in _REACHED for report in reports for fields in report)
    return [] if reached else None


def _written_out(mail: Mail, notice: notices.Notice) -> tuple[tuple[Headers, ...], ...]:
    """The report that a system wrote into its text; anybody else only quotes one."""
    if not notice.is_from_a_server or "final-recipient:" not in mail.text.lower():
        return ()
    return (mails.groups(mail.text.encode()),)


def _from_fields(fields: Headers, notice: notices.Notice, *, alone: bool) -> Failure | None:
    final, original = (_bare(fields.get(f"{each}-recipient")) for each in ("final", "original"))
    action = _action(fields)
    if not (final or original) or action in _REACHED:
        return None
    # With a source route (RFC 5321, appendix C) it is an address between machines.
    is_routed = ";@" in fields.get("final-recipient").replace(" ", "")
    address = final if "@" in final and not is_routed else original or final
    said = fields.text("diagnostic-code")
    status = fields.get("status").strip()
    words = notices.passage(notice.text, address) or (notice.text if alone else "")
    codes = verdicts.codes_in(said, status, words if not said else "")
    texts = (said, words) if said.strip() else (notice.text if alone else words,)
    return _failure(
        address, original, texts, codes, is_final=action != "delayed", said=said or words
    )


def _from_words(mail: Mail, notice: notices.Notice) -> list[Failure] | None:
    """The failures that a mail system tells of in words; None if it names nobody."""
    failed = mails.addresses(mail.headers.get("x-failed-recipients"))
    if not failed and not notice.says_it_failed:
        return None
    ours = {*mail.delivered_to, mail.sender}
    for name in ("from", "return-path", "reply-to", "sender", "errors-to"):
        ours.update(mails.addresses(notice.returned.get(name)))
    named = notices.recipients(notice, but=frozenset(each.lower() for each in ours))
    if failed:
        said = {address.lower(): words for address, words in named}
        named = [(each, said.get(each.lower(), notice.text)) for each in failed]
    return [_in_words(address, words, notice) for address, words in named] or None


def _from_foreign(mail: Mail, notice: notices.Notice) -> list[Failure] | None:
    """The failures that flufl.bounce finds, in mails that tell of a failure at all."""
    if not notice.says_it_failed:
        return None
    ours = {each.lower() for each in (*mail.delivered_to, mail.sender)}
    named = [each for each in foreign.recipients(mail) if each.lower() not in ours]
    return [_in_words(address, notice.text, notice) for address in named] or None


def _from_returned(notice: notices.Notice) -> list[Failure]:
    """Whom the mail that came back was written to; nobody by name if not even that is told."""
    addresses = mails.addresses(notice.returned.get("to")) or ("",)
    return [_in_words(address, notice.text, notice) for address in addresses]


def _in_words(address: str, words: str, notice: notices.Notice) -> Failure:
    return _failure(
        address,
        notices.original(words),
        (words,),
        verdicts.codes_in(words),
        is_final=not notice.says_it_is_late,
        said=words,
    )


def _failure(
    address: str, original: str, texts: tuple[str, ...], codes: Codes, *, is_final: bool, said: str
) -> Failure:
    judged = verdicts.judge(texts, codes)
    verdict = judged.verdict
    if not is_final and verdict is Verdict.ADDRESS_DEAD:
        verdict = Verdict.TRANSIENT
    return Failure(
        address,
        "" if original == address else original,
        verdict,
        judged.rule,
        codes.status,
        codes.reply,
        " ".join(said.split())[:MAX_DIAGNOSTIC],
        is_final,
    )


def _action(fields: Headers) -> str:
    return fields.get("action").partition("(")[0].strip().lower()


def _bare(value: str) -> str:
    """The address of a recipient field without its type and brackets."""
    kind = _TYPE.match(value)
    rest = value[kind.end() :].strip() if kind else value
    return next(iter(mails.addresses(rest)), rest.strip("<> "))
