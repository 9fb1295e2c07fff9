"""What the pages of proposals show: weights, what was said, and past lists played again."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from warmbench.people.models import Candidate
from warmbench.shortlists import learning
from warmbench.shortlists.lessons import Change, Learnt
from warmbench.shortlists.models import Answer, ShortlistEntry, WeightProposal
from warmbench.shortlists.replay import Moved
from warmbench.shortlists.requirements import Tier
from warmbench.web.role_profile_words import TIERS

#: The lightest and the heaviest weight, at the ends of the picture.
_LIGHTEST, _HEAVIEST = math.log(0.05), math.log(3.0)
#: Answers that a page shows.
_SHOWN = 40


@dataclass(frozen=True)
class Row:
    """One requirement: its weight before and after, as numbers and on a line from 0 to 100."""

    change: Change
    tier: str
    #: Where the old and the new weight lie, and where the interval begins and how wide it is.
    was: float
    now: float
    start: float
    width: float


@dataclass(frozen=True)
class Voice:
    """An answer that names a requirement."""

    answer: Answer
    requirement: str


@dataclass(frozen=True)
class Again:
    """A past list as it would have been."""

    moved: Moved
    came: list[Candidate]
    went: list[Candidate]


def rows(found: Learnt, *, is_proposed: bool) -> list[Row]:
    """Those requirements whose weight is proposed, or the others."""
    return [_row(one) for one in found.changes if one.is_proposed is is_proposed]


def voices(found: Learnt) -> list[Voice]:
    """The answers that name requirements, the newest first; whoever was erased since is not among
    them."""
    names = {pk: one.told.name for one in found.changes for pk in one.told.answer_ids}
    answers = Answer.objects.filter(pk__in=list(names)).select_related(
        "entry__candidate", "entry__shortlist", "link", "by"
    )
    return [Voice(one, names[one.pk]) for one in answers.order_by("-at", "-pk")[:_SHOWN]]


def again(found: Learnt) -> list[Again]:
    """The lists that would have had other people on them."""
    if found.replay is None:
        return []
    moved = found.replay.moved
    people = _people([pk for one in moved for pk in (*one.came, *one.went)])
    return [Again(one, _those(people, one.came), _those(people, one.went)) for one in moved]


def named(found: Learnt, keys: Collection[str]) -> list[str]:
    """The names of requirements, in the order of the profile."""
    return [one.told.name for one in found.changes if one.told.key in keys]


def block(profile_id: int) -> dict[str, object]:
    """What ``role_profiles/learning.html`` shows on the page of a profile."""
    waiting = learning.open_proposal(profile_id)
    found = learning.found_in(waiting) if waiting else None
    return {
        "proposal": waiting,
        "found": found,
        "rows": rows(found, is_proposed=True) if found else [],
        "musts": named(found, found.musts) if found else [],
        "too_mild": named(found, found.too_mild) if found else [],
        "so_far": "" if waiting else learning.so_far(profile_id),
        "decided": learning.decided(profile_id)[:5],
    }


def page(proposal: WeightProposal) -> dict[str, object]:
    """What ``role_profiles/proposal.html`` shows."""
    found = learning.found_in(proposal)
    return {
        "proposal": proposal,
        "found": found,
        "rows": rows(found, is_proposed=True),
        "others": rows(found, is_proposed=False),
        "musts": named(found, found.musts),
        "too_mild": named(found, found.too_mild),
        "again": again(found),
        "voices": voices(found),
        "is_open": proposal.state == WeightProposal.State.OPEN and proposal.version.is_current,
    }


def _row(one: Change) -> Row:
    weight = one.weight
    start, end = _place(weight.low), _place(weight.high)
    return Row(
        change=one,
        tier=TIERS[Tier(one.told.tier)][0],
        was=_place(weight.before),
        now=_place(weight.after),
        start=start,
        width=end - start,
    )


def _place(weight: float) -> float:
    """Halves and doubles are equally far from the weight that they are of."""
    return round(100 * (math.log(weight) - _LIGHTEST) / (_HEAVIEST - _LIGHTEST), 1)


def _people(entry_ids: Sequence[int]) -> dict[int, Candidate]:
    rows = ShortlistEntry.objects.filter(pk__in=entry_ids).select_related("candidate")
    return {one.pk: one.candidate for one in rows}


def _those(people: Mapping[int, Candidate], entry_ids: Sequence[int]) -> list[Candidate]:
    """Who was erased since is nobody's business any more."""
    return [people[pk] for pk in entry_ids if pk in people]
