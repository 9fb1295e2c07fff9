"""Says when candidates wrote to us last, and where an answer to that reaches them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from warmbench.core import sql
from warmbench.messaging.known import Standing


def last(candidate_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these people wrote to us last, by id; nobody who did not.

    What is not yet known to be theirs does not count, nor what asks for silence, nor what came
    before they asked us to pause.
    """
    if not candidate_ids:
        return {}
    rows = sql.run(sql.load(__file__, "last_written"), {"ids": list(candidate_ids)})
    return dict(rows.fetchall())


def addresses(mail_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """Where answers to these mails and texts go, by the candidate and the mail. Nothing where they
    wrote from an address that is not on their record, or on another one, too: their first one is
    meant then, whatever a mail says of where it comes from."""
    if not mail_ids:
        return {}
    rows = sql.run(sql.load(__file__, "answered_at"), {"mails": list(mail_ids)})
    return {(candidate_id, mail_id): address for candidate_id, mail_id, address in rows}


def at(address: str | None, person: Standing) -> Standing:
    """The same person, reached at this address if there is one."""
    return replace(person, address=address, is_read_by_another=False) if address else person
