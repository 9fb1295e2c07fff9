"""Asks a model about one text, stretch by stretch, within the budget, and keeps what the text
shows."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from warmbench.insight.found import Found, Reading
from warmbench.integrations.language_models import asking, client, grounding, spending
from warmbench.integrations.language_models.client import Client, Reply
from warmbench.integrations.language_models.errors import (
    ModelError,
    UnusableError,
)
from warmbench.integrations.language_models.redaction import Redactor
from warmbench.integrations.models import ModelCall, ModelProvider


class TooLongError(ValueError):
    """The text is longer than a model is given."""


@dataclass
class Answer:
    """What a model found in a text, as far as the text shows it."""

    found: list[Found] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    millis: int = 0


def ask(
    asked: Client,
    provider: ModelProvider,
    reading: Reading,
    people: Sequence[Sequence[str]],
    *,
    clock: Callable[[], datetime],
) -> Answer:
    """Put the text to the model. ``people``: everybody whose name must not leave, each by all of
    their names. Raises ModelError, and TooLongError before anything has left."""
    redactor = Redactor(people, reading.country)
    shown = asking.passages(reading, redactor)
    if sum(len(one.hidden.text) for one in shown) > asking.MOST:
        raise TooLongError(f"It is longer than {asking.MOST:,} characters.")
    answer = Answer()
    for group in asking.stretches(shown):
        messages = asking.messages(reading, group)
        reply = _paid(asked, provider, messages, clock=clock)
        facts = reply.said.get("facts")
        if not isinstance(facts, list):
            raise UnusableError("The answer is not of the form that was agreed.")
        left = grounding.ground(facts, reading, group, redactor)
        answer.found += left.found
        answer.dropped.update({str(reason): many for reason, many in left.dropped.items()})
        answer.millis += reply.millis
    return answer


def _paid(
    asked: Client,
    provider: ModelProvider,
    messages: Sequence[dict[str, str]],
    *,
    clock: Callable[[], datetime],
) -> Reply:
    """One question, paid for: what it can cost is set aside before it leaves."""
    form: dict[str, Any] = asking.response_format()
    size = len(client.question(provider.model, messages, form, most_tokens=asking.MOST_TOKENS))
    call = spending.begin(provider.pk, size=size, most_tokens=asking.MOST_TOKENS, now=clock())
    try:
        reply = asked.ask(messages, form, most_tokens=asking.MOST_TOKENS)
    except UnusableError as error:
        _end(call, provider, 0, error.tokens_in, error.tokens_out, worked=False)
        raise
    except ModelError as error:
        # A lost answer may have been written, and may be paid for.
        if error.is_free:
            spending.free(call)
        raise
    _end(call, provider, reply.millis, reply.tokens_in, reply.tokens_out, worked=True)
    return reply


def _end(
    call: ModelCall,
    provider: ModelProvider,
    millis: int,
    tokens_in: int | None,
    tokens_out: int | None,
    *,
    worked: bool,
) -> None:
    spending.end(
        call,
        provider,
        millis=millis,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        worked=worked,
    )
