"""Says whether a mail in somebody's own mailbox is any business of ours."""

from datetime import datetime

from warmbench.core.fence import attempt
from warmbench.messaging.inbound import matching
from warmbench.messaging.inbound.understanding import understand


def is_ours(head: bytes, *, now: datetime) -> bool:
    """Whether a mail with this header answers a message of ours, or comes from a candidate to
    whom we wrote lately. Nothing of any other mail is stored."""
    read = attempt(understand, head, envelope_to="", now=now)
    if isinstance(read, Exception):
        # A person looks at it then, rather than nobody.
        return True
    return matching.find(read, now=now) is not matching.NOBODY
