"""What programs send and get of profiles and shortlists, as the API documents it."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from warmbench.shortlists import frozen
from warmbench.shortlists.models import (
    Answer,
    ProfileVersion,
    RoleProfile,
    Shortlist,
    ShortlistEntry,
)
from warmbench.shortlists.verdict import MOST, USUAL_SIZE, Left, Listed
from warmbench.web.api.paging import Next
from warmbench.web.api.shapes import Strict


class ProfileOut(Schema):
    """What a kind of role asks for."""

    id: int
    name: str
    role_id: Annotated[int | None, Field(description="Null: it stands by itself.")]
    owner_email: str
    version: Annotated[
        int | None, Field(description="The one in force; null while nobody has approved one.")
    ]
    spec: Annotated[
        dict[str, Any] | None,
        Field(description="What that version asks for, as `warmbench shortlist rank` reads it."),
    ]
    approved_at: datetime | None
    has_draft: bool
    retired_at: datetime | None


class ProfilePage(Schema):
    """Some profiles, in the order in which they were made."""

    items: list[ProfileOut]
    next: Next


class NewShortlist(Strict):
    """By which profile a list is to be made."""

    profile_id: Annotated[int, Field(ge=1, le=2**62)]
    size: Annotated[int, Field(ge=1, le=MOST)] = USUAL_SIZE


class ShortlistOut(Schema):
    """A list, without the people on it."""

    id: int
    profile_id: int
    role_id: int | None
    version: Annotated[int, Field(description="Of the profile that it was made by.")]
    number: int
    state: Shortlist.State
    made_at: datetime
    shared_at: datetime | None
    closed_at: datetime | None
    engine: str
    risk: float
    considered: Annotated[int, Field(description="People held against the profile.")]
    left_out: Annotated[
        dict[str, int], Field(description="People near it who were not ranked, by the reason.")
    ]
    abstained: Annotated[str, Field(description="Why nobody is on it; empty if somebody is.")]


class ShortlistPage(Schema):
    """Some lists, the newest first."""

    items: list[ShortlistOut]
    next: Next


class ReasonOut(Schema):
    """Why somebody is on a list, with words that show it."""

    requirement: str
    sentence: str
    quotes: list[str]


class PersonOut(Schema):
    """Somebody on a list, or somebody who is named as why not."""

    entry_id: int
    candidate_id: int
    name: str
    place: ShortlistEntry.Place
    rank: int
    confidence: float
    reasons: list[ReasonOut]
    trade_offs: list[str]
    questions: list[str]
    why_not: Annotated[str, Field(description="Of who is not on it: the one thing it takes.")]
    answer: Annotated[
        Answer.Verdict | None, Field(description="The last answer; null if there is none.")
    ]
    requirement: Annotated[str, Field(description="What that answer is about.")]
    words: str
    answered_at: datetime | None
    outcomes: list[str]


class PeopleOut(Schema):
    """The people of one list."""

    items: list[PersonOut]
    gone: Annotated[int, Field(description="People who were on it and were erased since.")]


def profile_out(one: RoleProfile, current: ProfileVersion | None, *, has_draft: bool) -> ProfileOut:
    """A profile as the API shows it."""
    return ProfileOut(
        id=one.pk,
        name=one.name,
        role_id=one.role_id,
        owner_email=one.owner.email if one.owner else "",
        version=current.number if current else None,
        spec=current.spec if current else None,
        approved_at=current.approved_at if current else None,
        has_draft=has_draft,
        retired_at=one.retired_at,
    )


def shortlist_out(one: Shortlist) -> ShortlistOut:
    """A list as the API shows it."""
    same = {name: getattr(one, name) for name in ShortlistOut.model_fields if hasattr(one, name)}
    version = one.version
    return ShortlistOut(**same | {"profile_id": version.profile_id, "version": version.number})


def person_out(one: ShortlistEntry, answer: Answer | None, outcomes: list[str]) -> PersonOut:
    """Somebody on a list as the API shows them."""
    told = frozen.heard(one.told)
    judged = told.judged if isinstance(told, Listed | Left) else told
    reasons = told.reasons if isinstance(told, Listed) else ()
    return PersonOut(
        entry_id=one.pk,
        candidate_id=one.candidate_id,
        name=str(one.candidate),
        place=ShortlistEntry.Place(one.place),
        rank=one.rank,
        confidence=round(one.confidence, 3),
        reasons=[
            ReasonOut(
                requirement=each.key,
                sentence=each.sentence,
                quotes=[quote.text for quote in each.quotes],
            )
            for each in reasons
        ],
        trade_offs=list(judged.trade_offs),
        questions=list(judged.questions),
        why_not=told.sentence if isinstance(told, Left) else "",
        answer=Answer.Verdict(answer.verdict) if answer else None,
        requirement=answer.requirement if answer else "",
        words=answer.words if answer else "",
        answered_at=answer.at if answer else None,
        outcomes=outcomes,
    )
