"""Connects a language model, tries it, switches it on and off, and lets it go."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b

from django.db import transaction

from warmbench.core import audit
from warmbench.core.unique import told_who_was_faster
from warmbench.insight import reading
from warmbench.insight.kinds import SourceKind
from warmbench.integrations.language_models import asking, reader
from warmbench.integrations.language_models.client import Access, Client
from warmbench.integrations.models import ModelProvider, ModelReading

TAKEN = "A model is connected already. Disconnect that first."
#: Seconds that somebody waits for a trial on a page.
PATIENCE = 25.0
#: Invented: nobody's.
TRIAL = "Candidate: I have a notice period of three months, and I know Rust well."
_one = told_who_was_faster({"model_provider_is_the_one_key": ("model", TAKEN)})


class NotTriedError(ValueError):
    """It cannot be switched on before it worked once as it is now."""


def the_one() -> ModelProvider | None:
    """The model that is connected, with its key still sealed until it is asked for."""
    return ModelProvider.objects.first()


@_one
@transaction.atomic
def connect(
    address: str, key: str, model: str, *, by_id: int | None, now: datetime
) -> ModelProvider:
    """Keep where a model is. It is off, and has a budget of nothing. Raises TakenError."""
    made = ModelProvider.objects.create(
        address=address.rstrip("/"), key=key, model=model, made_by_id=by_id, made_at=now
    )
    _record(made, "connected", by_id=by_id, now=now)
    return made


@transaction.atomic
def change_budget(
    provider: ModelProvider,
    *,
    budget: Decimal,
    price_in: Decimal,
    price_out: Decimal,
    currency: str,
    by_id: int | None,
    now: datetime,
) -> None:
    """Say what it costs, and what may be spent in a month. If it rests, it is asked again."""
    ModelProvider.objects.filter(pk=provider.pk).update(
        budget=budget,
        price_in=price_in,
        price_out=price_out,
        currency=currency,
        rests_until=None,
        problem="",
    )
    _record(provider, "budget_changed", by_id=by_id, now=now, budget=f"{budget} {currency}")


@transaction.atomic
def switch(provider: ModelProvider, *, on: bool, by_id: int | None, now: datetime) -> None:
    """Let it read what is kept from now on, or not any more. Raises NotTriedError."""
    if on and not provider.found:
        raise NotTriedError("Test it first: it has not answered yet as it is now.")
    ModelProvider.objects.filter(pk=provider.pk).update(
        is_on=on, rests_until=None, failures=0, problem=""
    )
    _record(provider, "switched_on" if on else "switched_off", by_id=by_id, now=now)


def try_out(
    provider: ModelProvider,
    *,
    clock: Callable[[], datetime],
    patience: float = PATIENCE,
) -> dict[str, int]:
    """Ask it about one invented sentence. Returns how many facts it found of the text, and in how
    many milliseconds. Raises ModelError; it cannot be switched on then."""
    rows = ModelProvider.objects.filter(pk=provider.pk)
    taken = reading.read(
        TRIAL, kind=SourceKind.TRANSCRIPT, said_on=date(2026, 1, 5), people=("Candidate",)
    )
    rows.update(found={})
    with Client(access(provider), clock=clock, patience=patience) as client:
        answer = reader.ask(client, provider, taken, [["Candidate"]], clock=clock)
    found = {"facts": len(answer.found), "millis": answer.millis}
    rows.update(found=found, problem="", worked_at=clock(), rests_until=None, failures=0)
    return found


@transaction.atomic
def end(provider: ModelProvider, *, by_id: int | None, now: datetime) -> None:
    """Disconnect it and forget its key. What it proposed stays proposed."""
    ModelReading.objects.filter(state=ModelReading.State.WAITING).delete()
    _record(provider, "disconnected", by_id=by_id, now=now)
    ModelProvider.objects.filter(pk=provider.pk).delete()


def access(provider: ModelProvider) -> Access:
    """What a client needs to get in."""
    return Access(provider.address, provider.key, provider.model)


def version(provider: ModelProvider) -> str:
    """Names who reads, and what they are asked: another address, model or question is another."""
    told = f"{provider.address}\n{provider.model}\n{asking.VERSION}"
    return f"model-{blake2b(told.encode(), digest_size=12).hexdigest()}"


def _record(
    provider: ModelProvider, what: str, *, by_id: int | None, now: datetime, **detail: object
) -> None:
    audit.record(
        by_id, f"language_model.{what}", f"model_provider:{provider.pk}", now=now, detail=detail
    )
