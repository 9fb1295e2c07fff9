"""The rows that describe a person: who they are, what we know, what they permit."""

from warmbench.people.models.candidate import Candidate, Channel, ContactPoint
from warmbench.people.models.facts import CandidateFact
from warmbench.people.models.imports import CandidateImport, ImportMapping, ImportRejection
from warmbench.people.models.law import BalancingTest, Notice
from warmbench.people.models.merges import CandidateMerge, DuplicatePair
from warmbench.people.models.permission import Consent, Purpose, Suppression
from warmbench.people.models.rights import RightsRequest, SuppressionHash
from warmbench.people.models.search import CandidateWords, SearchWord
from warmbench.people.models.tags import (
    BulkTagging,
    CandidateFacet,
    CandidateTag,
    CandidateUnmatchedSkill,
    Tag,
    TagAlias,
    UnmatchedSkill,
)
from warmbench.people.models.team import (
    OffLimits,
    OffLimitsException,
    ReservationRequest,
    Specialism,
)
from warmbench.people.models.truth import CandidateRecord, Conflict, TruthSource

__all__ = [
    "BalancingTest",
    "BulkTagging",
    "Candidate",
    "CandidateFacet",
    "CandidateFact",
    "CandidateImport",
    "CandidateMerge",
    "CandidateRecord",
    "CandidateTag",
    "CandidateUnmatchedSkill",
    "CandidateWords",
    "Channel",
    "Conflict",
    "Consent",
    "ContactPoint",
    "DuplicatePair",
    "ImportMapping",
    "ImportRejection",
    "Notice",
    "OffLimits",
    "OffLimitsException",
    "Purpose",
    "ReservationRequest",
    "RightsRequest",
    "SearchWord",
    "Specialism",
    "Suppression",
    "SuppressionHash",
    "Tag",
    "TagAlias",
    "TruthSource",
    "UnmatchedSkill",
]
