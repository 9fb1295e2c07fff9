"""Takes what somebody wrote to us for a ground to write to them again, as far as the law does."""

from datetime import datetime

from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.people import consent, law
from warmbench.people.consent import Proof
from warmbench.people.models import Candidate, Channel, Consent, Purpose


@transaction.atomic
def note(
    candidate_id: int,
    *,
    evidence: str,
    inbound_id: int,
    at: datetime,
    now: datetime,
    channel: Channel = Channel.EMAIL,
) -> bool:
    """Write down that this person wrote to us of their own accord. Returns whether it was.

    It is not where a better ground is on record, or one that lasts longer where they live, and
    never where they said no.
    """
    person = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if person is None:
        return False
    home = Organisation.objects.values_list("default_country", flat=True).first() or ""
    terms = law.terms(person.country or home, person.region, channel, on=now.date())
    ground = Consent.Basis.INQUIRY
    if ground not in terms.grounds or not _is_better(person, channel, terms, at=at):
        return False
    proof = Proof(source="Their own word", how=Consent.How.MESSAGE, inbound_id=inbound_id, since=at)
    consent.record(
        candidate_id, basis=ground, evidence=evidence, channel=channel, proof=proof, now=now
    )
    return True


def _is_better(person: Candidate, channel: Channel, terms: law.Terms, *, at: datetime) -> bool:
    """Whether an inquiry of that moment would let us write for longer than what is on record."""
    had = (
        person.consents.filter(channel=channel, purpose__in=["", Purpose.NURTURE])
        .order_by("-at", "-pk")
        .first()
    )
    if had is None:
        return True
    if had.basis == Consent.Basis.WITHDRAWN:
        return False
    if had.basis not in terms.grounds:
        return True
    would_end = terms.ends(Consent.Basis.INQUIRY, at)
    by_law = terms.ends(had.basis, had.since or had.at)
    ends = min(filter(None, (by_law, had.expires_at)), default=None)
    if ends is None:
        return False
    return would_end is None or would_end > ends
