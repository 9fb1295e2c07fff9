"""Background jobs that ask other people's machines."""

import logging

from procrastinate.contrib.django import app

from warmbench.core import clock
from warmbench.core.fence import attempt
from warmbench.integrations import examining
from warmbench.messaging import senders

logger = logging.getLogger(__name__)


@app.periodic(cron="37 * * * *")
@app.task(name="integrations.check_senders", queueing_lock="integrations.check_senders")
def check_senders(timestamp: int) -> None:
    """Check the active senders that were not checked for a day, or whose checks fail."""
    for sender in senders.due_for_checks(now=clock.now()):
        found = attempt(examining.examine, sender)
        if isinstance(found, Exception):
            logger.error("sender not checked", exc_info=found, extra={"sender": sender.pk})
        else:
            senders.record_checks(sender.pk, found, now=clock.now())
