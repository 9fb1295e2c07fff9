"""Has texts read by the model that is switched on: each once, after our own extractors."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core.fence import attempt
from warmbench.core.pauses import pause
from warmbench.insight import outside
from warmbench.insight.models import Source
from warmbench.insight.recording import HinderedError
from warmbench.integrations.language_models import account, reader, spending
from warmbench.integrations.language_models.client import Client
from warmbench.integrations.language_models.errors import (
    ModelError,
    OverBudgetError,
    RefusedError,
    SetupError,
    ThrottledError,
    UnusableError,
)
from warmbench.integrations.language_models.reader import TooLongError
from warmbench.integrations.models import ModelProvider, ModelReading
from warmbench.messaging import standing
from warmbench.people.models import Candidate

logger = logging.getLogger(__name__)

State = ModelReading.State
#: How long whoever took a text up is left alone with it: several questions at their slowest.
_LEASE = timedelta(minutes=15)
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
#: A text is asked about so often, if answers to it are of no use.
_TRIES = 3
#: A text that our own extractors have not read yet is looked at again so much later.
_NOT_YET = timedelta(minutes=1)
_NOT_READ_FOR = timedelta(hours=1)
_OURS = "Something went wrong here: the log of the worker says what."


def wish(source_id: int, *, now: datetime) -> bool:
    """Have a text read by the model that is on. Returns whether it will be; asked again, it is
    read once all the same."""
    provider = account.the_one()
    if provider is None or not provider.is_on:
        return False
    row = ModelReading(
        source_id=source_id, version=account.version(provider), asked_at=now, next_at=now
    )
    ModelReading.objects.bulk_create([row], ignore_conflicts=True)
    return True


def read_next(
    *,
    clock: Callable[[], datetime],
) -> bool:
    """Have the text read that waits longest. Returns whether one was due.

    One at a time, by whichever process: so nobody spends what another has spent. Facts are noted
    in the same commit that says that the text was read: killed before it, the model is asked
    again, and nothing is noted twice.
    """
    if standing.is_held_here():
        return False
    taken = _take_up(clock())
    if taken is None:
        return False
    provider, row = taken
    outcome = attempt(_read, provider, row, clock=clock)
    if isinstance(outcome, Exception):
        _failed(provider, row, outcome, now=clock())
    ModelProvider.objects.filter(pk=provider.pk).update(lease_until=None)
    return True


@transaction.atomic
def _take_up(now: datetime) -> tuple[ModelProvider, ModelReading] | None:
    provider = ModelProvider.objects.select_for_update(no_key=True, skip_locked=True).first()
    if provider is None or not provider.is_on:
        return None
    if any(until and until > now for until in (provider.lease_until, provider.rests_until)):
        return None
    waiting = ModelReading.objects.filter(state=State.WAITING, next_at__lte=now)
    row = waiting.select_for_update(no_key=True, skip_locked=True).order_by("next_at").first()
    if row is None:
        return None
    provider.lease_until = row.next_at = now + _LEASE
    provider.save(update_fields=["lease_until"])
    row.tries = min(row.tries + 1, 30_000)
    row.save(update_fields=["next_at", "tries"])
    return provider, row


def _read(
    provider: ModelProvider,
    row: ModelReading,
    *,
    clock: Callable[[], datetime],
) -> None:
    if row.version != account.version(provider):
        _close(row, State.LEFT, "Another model was to read it.")
        return
    apart = outside.taken_apart(row.source_id)
    if apart is None:
        _wait_for_ours(row, now=clock())
        return
    names = [*map(_names, apart.people), *([one] for one in apart.recruiters)]
    with Client(account.access(provider), clock=clock) as client:
        try:
            answer = reader.ask(client, provider, apart.reading, names, clock=clock)
        except TooLongError as error:
            _close(row, State.LEFT, str(error))
            return
    now = clock()
    with transaction.atomic():
        new = outside.add(
            row.source_id,
            apart,
            answer.found,
            reader=provider.model,
            version=row.version,
            now=now,
        )
        row.proposed, row.known = len(new), len(answer.found) - len(new)
        row.dropped = dict(answer.dropped)
        _close(row, State.DONE, "")
    ModelProvider.objects.filter(pk=provider.pk).update(problem="", failures=0, worked_at=now)


def _names(person: Candidate) -> list[str]:
    whole = f"{person.first_name} {person.last_name}".strip()
    return [one for one in (whole, person.name, person.first_name, person.last_name) if one]


def _close(row: ModelReading, state: ModelReading.State, problem: str) -> None:
    # The row goes with its text, should somebody erase that meanwhile.
    ModelReading.objects.filter(pk=row.pk).update(
        state=state,
        next_at=None,
        problem=problem[:300],
        proposed=row.proposed,
        known=row.known,
        dropped=row.dropped,
    )


def _wait_for_ours(row: ModelReading, *, now: datetime) -> None:
    """Our own extractors go first, and without them there is nothing to be read."""
    source = Source.objects.filter(pk=row.source_id).first()
    is_waiting = source is not None and source.state == Source.State.WAITING
    if not is_waiting or now - row.asked_at > _NOT_READ_FOR:
        _close(row, State.LEFT, "Our own extractors did not read it.")
        return
    ModelReading.objects.filter(pk=row.pk).update(next_at=now + _NOT_YET, tries=0)


def _failed(provider: ModelProvider, row: ModelReading, error: Exception, *, now: datetime) -> None:
    if not isinstance(error, ModelError | HinderedError):
        logger.error("text not read by the model", exc_info=error, extra={"source": row.source_id})
    why = str(error) if isinstance(error, ModelError | HinderedError) else _OURS
    is_about_the_text = not isinstance(error, ModelError) or isinstance(
        error, UnusableError | RefusedError
    )
    if is_about_the_text and row.tries >= _TRIES:
        _close(row, State.GIVEN_UP, why)
        return
    until = _until(provider, error, now=now)
    tries = row.tries if is_about_the_text else max(0, row.tries - 1)
    ModelReading.objects.filter(pk=row.pk).update(next_at=until, tries=tries, problem=why[:300])
    if isinstance(error, ModelError):
        ModelProvider.objects.filter(pk=provider.pk).update(
            problem=why[:300],
            failures=min(provider.failures + 1, 30_000),
            rests_until=None if isinstance(error, UnusableError) else until,
        )


def _until(provider: ModelProvider, error: Exception, *, now: datetime) -> datetime:
    if isinstance(error, ThrottledError):
        return error.until
    if isinstance(error, OverBudgetError):
        return spending.next_month(now)
    if isinstance(error, SetupError):
        return now + _LONGEST
    return now + pause(_SHORTEST, provider.failures, longest=_LONGEST)
