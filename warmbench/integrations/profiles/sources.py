"""Where profiles come from, behind one small protocol: files, and networks that let us in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warmbench.people.import_drafts import Draft


@dataclass(frozen=True, slots=True)
class Profile:
    """One person as a source has them; or why a row of it is nobody."""

    line: int
    cells: tuple[str, ...]
    draft: Draft | None
    reason: str = ""


class ProfileSource(Protocol):
    """Somebody who has profiles of people."""

    @property
    def name(self) -> str:
        """What its profiles are credited to."""
        ...

    @property
    def taken_at(self) -> datetime:
        """When the profiles were as it has them."""
        ...

    def closed(self) -> str:
        """Why it cannot be asked, in one sentence; blank if it can."""
        ...

    def profiles(self) -> Iterator[Profile]:
        """All of them, each once. Raises ClosedError if it cannot be asked."""
        ...


class ClosedError(RuntimeError):
    """A source that cannot be asked. The message is its sentence."""


@dataclass(frozen=True, slots=True)
class LinkedIn:
    """Recruiter System Connect. LinkedIn opens it to partners alone, one child application for
    each customer, and nothing is known of its answers but what partners are told: without that
    it stays closed, and nothing is read off its pages instead."""

    taken_at: datetime
    name: str = "LinkedIn"

    def closed(self) -> str:
        """See the protocol."""
        return (
            "LinkedIn lets partners alone ask for profiles, and no keys of a partner are here: "
            "export them at LinkedIn, and upload the file."
        )

    def profiles(self) -> Iterator[Profile]:
        """See the protocol."""
        raise ClosedError(self.closed())
