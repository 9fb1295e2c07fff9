"""The rows of shortlists."""

from warmbench.shortlists.models.changes import (
    Aptness,
    Change,
    ChangeBudget,
    ChangeNotice,
    Snapshot,
)
from warmbench.shortlists.models.lists import (
    Answer,
    Look,
    Outcome,
    ShareLink,
    Shortlist,
    ShortlistEntry,
)
from warmbench.shortlists.models.oversight import (
    PendingNotice,
    RankingRefusal,
)
from warmbench.shortlists.models.profiles import (
    ProfileVersion,
    RoleProfile,
    WeightProposal,
)
from warmbench.shortlists.models.records import (
    Declaration,
    RankingRecord,
    UseNotice,
)

__all__ = [
    "Answer",
    "Aptness",
    "Change",
    "ChangeBudget",
    "ChangeNotice",
    "Declaration",
    "Look",
    "Outcome",
    "PendingNotice",
    "ProfileVersion",
    "RankingRecord",
    "RankingRefusal",
    "RoleProfile",
    "ShareLink",
    "Shortlist",
    "ShortlistEntry",
    "Snapshot",
    "UseNotice",
    "WeightProposal",
]
