"""Shortlists of invented people, as they stand once they are shared."""

from datetime import datetime
from itertools import count

from tests import make
from warmbench.people.models import Candidate
from warmbench.shortlists import frozen
from warmbench.shortlists.models import (
    ProfileVersion,
    RankingRecord,
    RoleProfile,
    Shortlist,
    ShortlistEntry,
)
from warmbench.shortlists.requirements import Tier
from warmbench.shortlists.verdict import (
    Conflict,
    Evidence,
    Judged,
    Left,
    Listed,
    Quote,
    Reason,
    Standing,
)

_number = count(1)


def shortlist(at: datetime = make.NOW, *, is_shared: bool = True) -> Shortlist:
    """A list of a standing profile, shared in the moment in which it was made."""
    profile = RoleProfile.objects.create(name=f"Platform engineer {next(_number)}", made_at=at)
    version = ProfileVersion.objects.create(
        profile=profile,
        number=1,
        spec={"requirements": []},
        made_at=at,
        approved_at=at,
        is_current=True,
    )
    state = Shortlist.State.SHARED if is_shared else Shortlist.State.DRAFT
    return Shortlist.objects.create(
        version=version,
        state=state,
        number=1,
        made_at=at,
        shared_at=at if is_shared else None,
        engine="test-1",
        risk=0.2,
        considered=120,
    )


def judged(candidate: Candidate) -> Judged:
    """What a ranking said of somebody who knows Kubernetes, and perhaps no Terraform."""
    return Judged(
        key=str(candidate.pk),
        score=1.5,
        confidence=0.8,
        features={"musts": 0.9},
        evidence=(
            Evidence(
                "kubernetes",
                "Kubernetes",
                Tier.MUST,
                Standing.MET,
                0.9,
                "Ran Kubernetes for six years, said in May.",
                (Quote("six years of Kubernetes", None, "note"),),
            ),
            Evidence("aws", "AWS", Tier.SHOULD, Standing.FAILED, 0.0, "Has not used AWS."),
        ),
        conflicts=(Conflict("place", "Does not want to move to Munich."),),
        trade_offs=("Asks for 5 % more than the band.",),
        questions=("Have you used Terraform?",),
    )


def listed(shortlist: Shortlist, candidate: Candidate, *, rank: int = 1) -> ShortlistEntry:
    """Somebody on the list, with the record of it."""
    one = judged(candidate)
    told = Listed(one, (Reason("kubernetes", one.evidence[0].sentence, one.evidence[0].quotes),),
                  (), ())  # fmt: skip
    return _entry(shortlist, candidate, ShortlistEntry.Place.LISTED, frozen.told(told), rank)


def left(shortlist: Shortlist, candidate: Candidate, *, rank: int = 1) -> ShortlistEntry:
    """Somebody who is named as not on it, with the record of it."""
    told = Left(judged(candidate), "aws", "AWS is a must, and they have not used it.")
    return _entry(shortlist, candidate, ShortlistEntry.Place.LEFT, frozen.told(told), rank)


def considered(
    shortlist: Shortlist,
    candidate: Candidate,
    *,
    place: str = "considered",
    score: float = 0.5,
    law: str = "",
) -> RankingRecord:
    """The record of somebody who was considered, and of whom nothing was told."""
    return RankingRecord.objects.create(
        shortlist=shortlist,
        candidate=candidate,
        version=shortlist.version,
        engine=shortlist.engine,
        place=place,
        score=score,
        confidence=0.5,
        features={"musts": 0.5},
        law=law,
        at=shortlist.made_at,
    )


def _entry(
    shortlist: Shortlist, candidate: Candidate, place: str, told: dict[str, object], rank: int
) -> ShortlistEntry:
    considered(shortlist, candidate, place=place, score=1.5)
    return ShortlistEntry.objects.create(
        shortlist=shortlist,
        candidate=candidate,
        place=place,
        rank=rank,
        confidence=0.8,
        score=1.5,
        told=told,
    )
