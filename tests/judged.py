"""Shared lists of a profile whose people differ in what they have, and answers to them."""

from collections.abc import Sequence
from datetime import datetime

from tests import make
from warmbench.accounts.models import User
from warmbench.shortlists import answers, frozen, profiles, sharing
from warmbench.shortlists.models import ProfileVersion, Shortlist, ShortlistEntry
from warmbench.shortlists.verdict import Evidence, Judged, Listed, Quote, Reason, Standing

_FEATURES = {"title": 0.8, "words": 0.5, "level": 1.0, "step": 0.75, "terms": 0.5}


def shortlist(
    version: ProfileVersion, *shares: Sequence[float], at: datetime = make.NOW
) -> Shortlist:
    """A list that was shared; of its people each has so much of what the profile asks for."""
    made = make.shortlist(version, *(make.candidate() for _ in shares))
    for entry, theirs in zip(entries(made), shares, strict=True):
        judged = Judged(
            str(entry.candidate_id),
            1.0,
            0.8,
            _FEATURES,
            tuple(
                Evidence(
                    one.key,
                    one.name,
                    one.tier,
                    Standing.MET if share else Standing.FAILED,
                    share,
                    f"Knows {one.name}.",
                    (Quote(f"uses {one.name}", at.date(), "note"),),
                )
                for one, share in zip(profiles.spec_of(version).requirements, theirs, strict=True)
            ),
        )
        reasons = tuple(Reason(e.key, e.sentence, e.quotes) for e in judged.evidence[:3])
        told = frozen.told(Listed(judged, reasons, (), ()))
        ShortlistEntry.objects.filter(pk=entry.pk).update(told=told, confidence=0.8)
    sharing.share(made.pk, reader="Dr Weber", by_id=None, now=at)
    return Shortlist.objects.get(pk=made.pk)


def entries(of: Shortlist) -> list[ShortlistEntry]:
    """Who is on it, the first first."""
    return list(of.entries.order_by("place", "rank"))


def say(entry: ShortlistEntry, verdict: str, about: str = "", *, by: User, words: str = "") -> int:
    """An answer. Returns its id."""
    said = answers.answer(
        entry.pk, verdict, requirement=about, words=words, by_id=by.pk, now=make.NOW
    )
    return said.pk


def kafka_decides(version: ProfileVersion, by: User, lists: int = 4) -> list[Shortlist]:
    """Lists whose answers say that the second thing the profile asks for counts, not the first."""
    key = profiles.spec_of(version).requirements[1].key
    made = []
    for _ in range(lists):
        one = shortlist(version, (0.3, 0.9), (0.35, 0.8), (0.9, 0.1), (0.8, 0.2))
        made.append(one)
        for entry, verdict in zip(entries(one), ("star", "check", "pass", "pass"), strict=True):
            say(entry, verdict, key, by=by, words="Too little Kafka" if verdict == "pass" else "")
    return made
