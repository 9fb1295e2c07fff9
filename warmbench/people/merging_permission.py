"""Sees to it that no permission grows when two records of one person become one, or part again."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import product

from warmbench.people import consent
from warmbench.people.models import Channel, Consent, Purpose, Suppression

#: On which channel, and for what, somebody withdrew their permission.
Withdrawn = frozenset[tuple[str, str]]

_EVIDENCE = "Withdrawn in another record of the same person"


def withdrawn(candidate_ids: Collection[int]) -> Withdrawn:
    """What the latest word of any of these records is a withdrawal of, each read by itself."""
    found: set[tuple[str, str]] = set()
    for candidate_id in candidate_ids:
        said = Consent.objects.filter(candidate=candidate_id).order_by("at", "pk")
        found |= _withdrawn(list(said))
    return frozenset(found)


def keep_withdrawn(candidate_id: int, before: Withdrawn, *, now: datetime) -> None:
    """Withdraw for somebody what had been withdrawn, and is not any more by the latest word."""
    lost = before - withdrawn([candidate_id])
    said = Consent.objects.filter(candidate=candidate_id)
    latest = said.order_by("-at").values_list("at", flat=True).first()
    for channel, purpose in sorted(lost):
        consent.record(
            candidate_id,
            basis=Consent.Basis.WITHDRAWN,
            channel=Channel(channel),
            purpose=purpose,
            evidence=_EVIDENCE,
            # Whatever its clock said: the last word counts.
            now=max(now, latest or now),
        )


def stops(candidate_id: int) -> list[Suppression]:
    """The stops that hold for this person, but for those of single addresses that died."""
    found = Suppression.objects.filter(candidate=candidate_id, releases=None, released_by=None)
    return list(found.exclude(reason=Suppression.Reason.ADDRESS_DEAD).order_by("pk"))


def stop_all(candidate_ids: Iterable[int], held: Sequence[Suppression], *, now: datetime) -> None:
    """Let these stops hold for all of these people."""
    for candidate_id, stop in product(candidate_ids, held):
        consent.suppress(
            candidate_id,
            reason=Suppression.Reason(stop.reason),
            evidence=stop.evidence,
            by_id=stop.by_id,
            address=stop.address,
            channel=Channel(stop.channel) if stop.channel else None,
            now=now,
        )


def _withdrawn(said: Sequence[Consent]) -> set[tuple[str, str]]:
    """As the last gate reads it: the latest word for a purpose, or for all of them."""
    found = set()
    for channel, purpose in product(Channel.values, Purpose.values):
        words = [one for one in said if one.channel == channel and _speaks_for(one, purpose)]
        if words and words[-1].basis == Consent.Basis.WITHDRAWN:
            found.add((channel, purpose))
    return found


def _speaks_for(word: Consent, purpose: str) -> bool:
    if purpose == Purpose.PIXEL and not word.purpose:
        # No other consent implies this one, but a withdrawal of everything ends it.
        return word.basis == Consent.Basis.WITHDRAWN
    return word.purpose in {"", purpose}
