"""Background jobs that ask other people's machines."""

import logging

from procrastinate.contrib.django import app

from warmbench.core import clock
from warmbench.core.fence import attempt
from warmbench.integrations import examining
from warmbench.integrations.ats import hearing, wanted, writes
from warmbench.integrations.language_models import spending
from warmbench.integrations.profiles import comparing, uploads
from warmbench.integrations.scheduling import hearing as booked
from warmbench.integrations.subscriptions import keeping
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


@app.periodic(cron="53 2 * * *")
@app.task(name="integrations.forget_deliveries", queueing_lock="integrations.forget_deliveries")
def forget_deliveries(timestamp: int) -> None:
    """Every night: delete what programs were told a month ago."""
    keeping.forget(now=clock.now())


@app.periodic(cron="47 * * * *")
@app.task(name="integrations.tell_ats", queueing_lock="integrations.tell_ats")
def tell_ats(timestamp: int) -> None:
    """Find opt-outs that an ATS does not know of, and delete what was told long ago."""
    now = clock.now()
    if found := wanted.overlooked_opt_outs(now=now):
        logger.warning("opt-outs were overlooked", extra={"opt_outs": found})
    writes.forget(now=now)
    hearing.forget(now=now)


@app.task(name="integrations.compare_profiles")
def compare_profiles(*, upload_id: int) -> None:
    """Compare a file of profiles with what is known of our candidates."""
    done = attempt(comparing.compare_upload, upload_id, now=clock.now())
    if isinstance(done, Exception):
        logger.error("profiles not compared", exc_info=done, extra={"upload": upload_id})
        uploads.fail(upload_id)


@app.periodic(cron="49 2 * * *")
@app.task(name="integrations.forget_profiles", queueing_lock="integrations.forget_profiles")
def forget_profiles(timestamp: int) -> None:
    """Every night: delete files of profiles, and rows of them that are nobody's."""
    uploads.forget(now=clock.now())


@app.periodic(cron="51 2 * * *")
@app.task(name="integrations.forget_bookings", queueing_lock="integrations.forget_bookings")
def forget_bookings(timestamp: int) -> None:
    """Every night: delete what systems for booking told a month ago."""
    booked.forget(now=clock.now())


@app.periodic(cron="57 2 * * *")
@app.task(name="integrations.forget_model_calls", queueing_lock="integrations.forget_model_calls")
def forget_model_calls(timestamp: int) -> None:
    """Every night: delete what is known of questions to a language model a year ago."""
    spending.forget(now=clock.now())
