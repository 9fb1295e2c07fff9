"""Keeps to what may be spent on a language model in a month, and knows what was."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from statistics import median, quantiles

from django.db import transaction
from django.db.models import Count, Q, Sum

from warmbench.integrations.language_models.errors import OverBudgetError
from warmbench.integrations.models import ModelCall, ModelProvider

#: How long calls are remembered.
KEPT = timedelta(days=400)
_MILLION = Decimal(1_000_000)
_PENNY = Decimal("0.000001")
#: Latencies are told of so many calls.
_LATEST = 500


@dataclass(frozen=True, slots=True)
class Figures:
    """What was asked in a month of UTC. Milliseconds are None as long as nobody answered."""

    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    cost: Decimal
    median_millis: int | None
    p95_millis: int | None


@transaction.atomic
def begin(provider_id: int, *, size: int, most_tokens: int, now: datetime) -> ModelCall:
    """Set aside what a question of ``size`` bytes with an answer of so many tokens can cost at
    most. Raises OverBudgetError where that is more than is left of this month's budget."""
    provider = ModelProvider.objects.select_for_update(no_key=True).get(pk=provider_id)
    # A token is a byte at least: nobody counts more of them.
    cost = price(provider, size, most_tokens)
    if cost > 0 and spent(provider.currency, now=now) + cost > provider.budget:
        raise OverBudgetError(
            f"This month's budget of {provider.budget} {provider.currency} is spent, or would be "
            f"by the next question. It rests until {next_month(now):%-d %B}."
        )
    return ModelCall.objects.create(
        model=provider.model, at=now, cost=cost, currency=provider.currency
    )


def end(
    call: ModelCall,
    provider: ModelProvider,
    *,
    millis: int,
    tokens_in: int | None,
    tokens_out: int | None,
    worked: bool,
) -> None:
    """Write down what a question cost. Where nobody counted, it is what was set aside."""
    call.millis, call.worked = millis, worked
    if tokens_in is not None and tokens_out is not None:
        call.tokens_in, call.tokens_out = tokens_in, tokens_out
        call.cost = price(provider, tokens_in, tokens_out)
    call.save(update_fields=["millis", "worked", "tokens_in", "tokens_out", "cost"])


def price(provider: ModelProvider, tokens_in: int, tokens_out: int) -> Decimal:
    """What so many tokens cost, rounded up to a millionth."""
    whole = tokens_in * Decimal(provider.price_in) + tokens_out * Decimal(provider.price_out)
    return (whole / _MILLION).quantize(_PENNY, ROUND_CEILING)


def free(call: ModelCall) -> None:
    """Give back what was set aside for a question that was certainly not answered."""
    call.cost, call.millis = Decimal(0), None
    call.save(update_fields=["cost", "millis"])


def spent(currency: str, *, now: datetime) -> Decimal:
    """What this month cost so far, with what is set aside."""
    this_month = ModelCall.objects.filter(at__gte=_month(now), currency=currency)
    total: Decimal | None = this_month.aggregate(total=Sum("cost"))["total"]
    return total or Decimal(0)


def figures(*, now: datetime) -> Figures:
    """What was asked this month, and how long answers took lately."""
    calls = ModelCall.objects.filter(at__gte=_month(now))
    found = calls.aggregate(
        calls=Count("pk"),
        failed=Count("pk", filter=Q(worked=False)),
        tokens_in=Sum("tokens_in", default=0),
        tokens_out=Sum("tokens_out", default=0),
        cost=Sum("cost", default=Decimal(0)),
    )
    answered = calls.filter(worked=True).order_by("-at").values_list("millis", flat=True)
    took = [one for one in answered[:_LATEST] if one is not None]
    slow = quantiles(took, n=20, method="inclusive")[-1] if len(took) > 1 else None
    return Figures(
        **found,
        median_millis=round(median(took)) if took else None,
        p95_millis=round(slow) if slow is not None else (took[0] if took else None),
    )


def next_month(now: datetime) -> datetime:
    """When the next month's budget begins."""
    return (_month(now) + timedelta(days=32)).replace(day=1)


def forget(*, now: datetime) -> int:
    """Delete calls of more than a year ago. Returns how many."""
    return ModelCall.objects.filter(at__lt=now - KEPT).delete()[0]


def _month(now: datetime) -> datetime:
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
