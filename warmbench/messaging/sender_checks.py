"""What has to be proved about a sender before it may send, and what was found out about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from warmbench.messaging.models import Sender
from warmbench.people.models import Channel


class Subject(StrEnum):
    """What is checked: rules.md D1; of a sender of texts, its account and its registration."""

    SPF = "SPF"
    DKIM = "DKIM"
    DMARC = "DMARC"
    MX = "MX"
    TLS = "TLS"
    ACCOUNT = "Account"
    NUMBER = "Number"

    @property
    def means(self) -> str:
        """The question behind it, for somebody who never heard the word."""
        return _MEANINGS[self]


_MEANINGS = {
    Subject.SPF: "Which servers may send for the domain",
    Subject.DKIM: "The key that signatures are checked with",
    Subject.DMARC: "That From, signature and return address belong together",
    Subject.MX: "Where answers to the domain go",
    Subject.TLS: "That the way to the mail server is encrypted",
    Subject.ACCOUNT: "Whether the provider lets us in",
    Subject.NUMBER: "Whether the number, or the messaging service, is the account's own",
}
#: What has to be proved about a mailbox, and what about a sender of texts.
OF_MAIL = (Subject.SPF, Subject.DKIM, Subject.DMARC, Subject.MX, Subject.TLS)
OF_TEXTS = (Subject.ACCOUNT, Subject.NUMBER)


class Outcome(StrEnum):
    """How a check went. Nobody is stopped or let go for what could not be asked."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record that receivers look up: what has to be published, and under which name."""

    name: str
    value: str
    kind: str = "TXT"


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to one of the questions, in a sentence, and what to do about it."""

    subject: Subject
    outcome: Outcome
    said: str
    todo: str = ""
    #: What to publish, exactly, where that can be known.
    record: DnsRecord | None = None

    def as_json(self) -> dict[str, object]:
        """The check as it is kept on the sender."""
        return {
            "subject": self.subject,
            "outcome": self.outcome,
            "said": self.said,
            "todo": self.todo,
            "record": [self.record.name, self.record.value, self.record.kind]
            if self.record
            else None,
        }


#: What identifies a sender to receivers: with another one of these, nothing is proved.
_IDENTITY = ("from_address", "host", "port", "security", "dkim_selector", "dkim_key")
_IDENTITY_OF_TEXTS = ("from_address", "host", "username")


def identity_fields(channel: str) -> frozenset[str]:
    """The settings that the checks of a sender of this channel are about."""
    return frozenset(_IDENTITY_OF_TEXTS if channel == Channel.SMS else _IDENTITY)


def identity(sender: Sender) -> tuple[object, ...]:
    """What the checks are about."""
    names = _IDENTITY_OF_TEXTS if sender.is_text else _IDENTITY
    return tuple(getattr(sender, name) for name in names)


@dataclass(frozen=True, slots=True)
class Findings:
    """What all the checks of one moment found."""

    #: The identity that was checked. It holds the private key.
    about: tuple[object, ...] = field(repr=False)
    checks: tuple[Check, ...]
    #: The organisational domain (RFC 9989); blank if the DNS could not be asked.
    org_domain: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything is proved: each question was asked, and each answer is good."""
        return all_pass(self.checks)

    @property
    def failed(self) -> bool:
        """Whether something is wrong for certain."""
        return any(check.outcome is Outcome.FAILED for check in self.checks)


def kept(sender: Sender) -> list[Check]:
    """What the last checks found."""
    return [
        Check(
            Subject(row["subject"]),
            Outcome(row["outcome"]),
            row["said"],
            row["todo"],
            DnsRecord(*row["record"]) if row["record"] else None,
        )
        for row in sender.checks
    ]


def all_pass(checks: Iterable[Check]) -> bool:
    """Whether each of the questions was asked, and has a good answer."""
    passed = {check.subject for check in checks if check.outcome is Outcome.PASSED}
    return passed in (set(OF_MAIL), set(OF_TEXTS))


def failures(checks: Iterable[Check]) -> str:
    """The names of what fails, such as ``SPF, DMARC``."""
    return ", ".join(check.subject for check in checks if check.outcome is Outcome.FAILED)
