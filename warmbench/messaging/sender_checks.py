"""What has to be proved about a sender before it may send, and what was found out about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from warmbench.messaging.models import Sender


class Subject(StrEnum):
    """What is checked: rules.md D1."""

    SPF = "SPF"
    DKIM = "DKIM"
    DMARC = "DMARC"
    MX = "MX"
    TLS = "TLS"

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
}


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
IDENTITY = ("from_address", "host", "port", "security", "dkim_selector", "dkim_key")


def identity(sender: Sender) -> tuple[object, ...]:
    """What the checks are about."""
    return tuple(getattr(sender, name) for name in IDENTITY)


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
    return {check.subject for check in checks if check.outcome is Outcome.PASSED} == set(Subject)


def failures(checks: Iterable[Check]) -> str:
    """The names of what fails, such as ``SPF, DMARC``."""
    return ", ".join(check.subject for check in checks if check.outcome is Outcome.FAILED)
