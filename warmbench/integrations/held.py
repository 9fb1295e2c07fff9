"""Declares what the tables of integrations hold about candidates."""

from warmbench.people import holdings
from warmbench.people.holdings import Holding

holdings.declare(
    Holding(
        label="integrations.CaughtMail",
        title="Mails that the demo caught",
        why="Nobody outside ever got them.",
        tell=holdings.by_address("integrations.CaughtMail", "rcpt_to"),
        forget=(
            """
            DELETE FROM caught_mail
             WHERE string_to_array(replace(lower(rcpt_to), ' ', ''), ',') && %(addresses)s::text[]
            """,
        ),
    ),
)
