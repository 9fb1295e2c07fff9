"""Tells whether we know what the systems know whose word counts: who was placed, who left."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from warmbench.people.models import TruthSource


def stale(*, now: datetime) -> QuerySet[TruthSource]:
    """The systems that we rely on and have not heard from in full for longer than their patience,
    or ever. While there is one, nobody is written to."""
    late = Q(confirmed_at=None) | Q(confirmed_at__lte=now - F("patience"))
    return TruthSource.objects.filter(late, is_relied_on=True).order_by("name")


def heard(source: TruthSource) -> str:
    """When we last heard from a system in full, as a sentence."""
    if source.confirmed_at is None:
        return f"Not everything was read from {source.name} yet."
    at = f"{source.confirmed_at:%-d %B %Y, %H:%M} UTC"
    return f"{source.name} was last heard from in full on {at}."
