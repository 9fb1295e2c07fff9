"""Reads records again that somebody or something told of, and takes them in as they are now."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from warmbench.integrations.ats import opening
from warmbench.integrations.ats.errors import UnreachableError
from warmbench.integrations.ats.protocol import Ats
from warmbench.integrations.ats.taking import HinderedError, Taking
from warmbench.integrations.ats.things import Gone
from warmbench.integrations.models import AtsConnection


class Opened(Protocol):
    """Opens the client of a connection."""

    def __call__(
        self, connection: AtsConnection, *, clock: Callable[[], datetime]
    ) -> AbstractContextManager[Ats]:
        """See the class."""
        ...


def take_in(
    connection: AtsConnection,
    *,
    people_ids: Sequence[str] = (),
    application_ids: Sequence[str] = (),
    role_ids: Sequence[str] = (),
    gone: Sequence[Gone] = (),
    now: datetime,
    opened: Opened = opening.opened,
) -> None:
    """Read these records again, and take them in by the same path as whole windows: roles, then
    people, then applications, then what is there no more. Told twice, or in another order, it ends
    in the same state. Raises AtsError: try again."""
    if connection.state not in AtsConnection.AT_WORK:
        return
    with opened(connection, clock=lambda: now) as client:
        taking = Taking(connection, client, clock=lambda: now)
        try:
            taking.read_roles(role_ids)
            taking.read_people(people_ids)
            taking.read_applications(application_ids)
            taking.confirm_gone(gone)
        except HinderedError as error:
            sentence = "Others are at work on the same people here: it is tried again."
            raise UnreachableError(sentence) from error
