"""Looks for promises that were not kept."""

import logging
from collections import defaultdict

from warmbench.core import sql

logger = logging.getLogger(__name__)


def broken() -> dict[str, list[int]]:
    """The messages of which a promise was not kept, by promise. Empty, or there is a bug."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for promise, message_id in sql.run(sql.load(__file__, "broken_invariants")):
        found[promise].append(message_id)
    return dict(found)


def report() -> None:
    """Write what is broken to the log, as an error for somebody to see."""
    for promise, message_ids in broken().items():
        logger.error("promise not kept", extra={"promise": promise, "messages": message_ids[:20]})
