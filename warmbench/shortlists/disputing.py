"""Tells people how they were ranked, in plain words, and lets them have a person look again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from warmbench.people import rights
from warmbench.people.corrections import THEIR_PAGE
from warmbench.people.models import RightsRequest
from warmbench.shortlists import frozen, keeping, lawful
from warmbench.shortlists.models import RankingRecord, Shortlist, ShortlistEntry
from warmbench.shortlists.verdict import Judged, Left, Listed, Standing

#: Colorado SB 26-189: an explanation within 30 days. GDPR Art. 12 (3), which ``rights`` goes by,
#: gives a month, and a month may have 31.
_THIRTY_DAYS = timedelta(days=30)
_COLORADO = "US-CO"
#: How the words of such a dispute begin, so that whoever answers it sees what it is about.
ABOUT = "About being ranked"
#: As many rankings as one page shows, the latest first.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Explained:
    """One ranking of somebody, in words that they can check."""

    record_id: int
    #: What it was for: the role as candidates hear of it, or the kind of role.
    profile: str
    version: int
    at: datetime
    #: ``listed``, ``left`` or ``considered``.
    place: str
    considered: int
    engine: str
    #: What spoke for them, what against them or was missing, and what nobody knows.
    spoke_for: tuple[str, ...]
    spoke_against: tuple[str, ...]
    unknown: tuple[str, ...]
    #: What a person decided then; blank if nobody did, or not yet.
    decision: str
    decided_at: datetime | None
    kept_until: datetime


def of(candidate_id: int) -> list[Explained]:
    """How somebody was ranked, by lists that went to a hiring manager, the latest first: from the
    record, and from what was frozen then. Drafts are nobody's decision yet, and are not told."""
    records = list(
        RankingRecord.objects.filter(candidate=candidate_id)
        .exclude(shortlist__state=Shortlist.State.DRAFT)
        .select_related("version__profile__role", "shortlist")
        .order_by("-at", "-pk")[:_MOST]
    )
    lists = [one.shortlist_id for one in records if one.shortlist_id]
    entries = ShortlistEntry.objects.filter(candidate=candidate_id, shortlist__in=lists)
    told = {one.shortlist_id: one for one in entries}
    return [_explained(one, told.get(one.shortlist_id or 0)) for one in records]


@transaction.atomic
def dispute(
    candidate_id: int, *, words: str, now: datetime, channel: str = THEIR_PAGE
) -> RightsRequest | None:
    """Have a person look again at how somebody was ranked. Returns the request, which waits
    before a recruiter with its deadline; None for somebody we do not know."""
    said = f"{ABOUT}: {words.strip()}" if words.strip() else f"{ABOUT}."
    kind = RightsRequest.Kind.DISPUTE
    asked = rights.ask(candidate_id, kind, channel=channel, words=said, now=now)
    if asked is None:
        return None
    laws = lawful.laws_of([candidate_id]).get(candidate_id, ())
    latest = asked.received_at + _THIRTY_DAYS
    if latest < asked.deadline and any(law.code == _COLORADO for law in laws):
        asked.deadline = latest
        asked.save(update_fields=["deadline"])
    return asked


def is_about_ranking(request: RightsRequest) -> bool:
    """Whether somebody asks about how they were ranked."""
    return request.kind == RightsRequest.Kind.DISPUTE and ABOUT in request.words


def _explained(record: RankingRecord, entry: ShortlistEntry | None) -> Explained:
    spoke_for, against, unknown = _words(entry.told if entry is not None else {})
    was_removed = entry is not None and entry.removed_at is not None
    return Explained(
        record_id=record.pk,
        profile=_title(record),
        version=record.version.number,
        at=record.at,
        place="left" if was_removed else record.place,
        considered=record.shortlist.considered if record.shortlist else 0,
        engine=record.engine,
        spoke_for=spoke_for,
        spoke_against=against,
        unknown=unknown,
        decision=record.decision,
        decided_at=record.decided_at,
        kept_until=keeping.kept_until(record.law, record.at),
    )


def _title(record: RankingRecord) -> str:
    # A profile's own name is for the team, and may name the client: its role's title does not.
    profile = record.version.profile
    return profile.role.title if profile.role else profile.name


def _words(
    told: Mapping[str, Any],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What spoke for somebody, against them, and was not known, from what was frozen. Nothing
    where only the record is left: it has numbers, and no words."""
    if not told:
        return (), (), ()
    match frozen.heard(told):
        case Listed(judged, reasons):
            return tuple(one.sentence for one in reasons), _against(judged), judged.questions
        case Left(judged, _, sentence):
            against = dict.fromkeys((sentence, *_against(judged)))
            return _for(judged), tuple(against), judged.questions
        case Judged() as judged:
            return _for(judged), _against(judged), judged.questions


def _for(judged: Judged) -> tuple[str, ...]:
    return _sentences(judged, (Standing.MET, Standing.PARTLY))


def _against(judged: Judged) -> tuple[str, ...]:
    conflicts = (one.sentence for one in judged.conflicts)
    failed = _sentences(judged, (Standing.FAILED,))
    return tuple(dict.fromkeys((*conflicts, *failed, *judged.trade_offs)))


def _sentences(judged: Judged, standings: Sequence[Standing]) -> tuple[str, ...]:
    return tuple(one.sentence for one in judged.evidence if one.standing in standings)
