"""What programs send and get: the shapes of roles and matches, as the API documents them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from warmbench.sourcing.models import Role
from warmbench.web.api.paging import Next

Text = Annotated[str, StringConstraints(max_length=100_000)]
Words = Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=100)]
Amount = Annotated[Decimal, Field(max_digits=20)]


class Strict(Schema):
    """Refuses fields that it does not know: a mistyped one would be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class RoleChange(Strict):
    """What may be said about a role. What is left out stays as it is."""

    title: Text | None = None
    company: Annotated[Text | None, Field(description="The client. Never shown to candidates.")] = (
        None
    )
    company_type: Annotated[
        Text | None, Field(description="What candidates read instead of the company.")
    ] = None
    description: Text | None = None
    summary: Text | None = None
    specialty: Annotated[Text | None, Field(description="By its name in the tag tree.")] = None
    seniority: Annotated[Text | None, Field(description="By its name in the tag tree.")] = None
    places: Annotated[Words | None, Field(examples=[["Hamburg, Germany"]])] = None
    remote: Role.Remote | None = None
    pay_min: Amount | None = None
    pay_max: Amount | None = None
    pay_currency: Annotated[Text | None, Field(examples=["EUR"])] = None
    pay_period: Annotated[Text | None, Field(description="year, month, day or hour.")] = None
    urgency: Role.Urgency | None = None
    deadline: Annotated[
        Text | None, Field(description="A day or a moment, as ISO 8601 writes it.")
    ] = None
    apply_url: Text | None = None
    musts: Annotated[
        list[Role.Must] | None, Field(description="Somebody known to lack it is no match.")
    ] = None
    owner_email: Annotated[Text | None, Field(description="A recruiter's address.")] = None
    required_skills: Annotated[
        Words | None, Field(description="By names or aliases of the tag tree.")
    ] = None
    nice_skills: Words | None = None


class NewRole(RoleChange):
    """A role to be made."""

    title: Text
    source: Annotated[
        str, StringConstraints(max_length=80), Field(description="Blank: the key's name.")
    ] = ""
    external_id: Annotated[
        str,
        StringConstraints(max_length=120),
        Field(description="What it is called there. A second role of the same id is refused."),
    ] = ""
    state: Annotated[Role.State, Field(description="draft, or open to open it at once.")] = (
        Role.State.DRAFT
    )


class StateChange(Strict):
    """What becomes of a role."""

    state: Role.State
    note: Annotated[str, StringConstraints(max_length=120)] = ""


class PlaceOut(Schema):
    """A place, as it was written and as we understand it."""

    words: str
    city: str
    region: str
    country: str


class RoleOut(Schema):
    """A role."""

    id: int
    state: str
    state_at: datetime
    title: str
    company: str
    company_type: str
    description: str
    summary: str
    specialty: str
    seniority: str
    places: list[PlaceOut]
    remote: str
    pay_min: Decimal | None
    pay_max: Decimal | None
    pay_currency: str
    pay_period: str
    urgency: str
    deadline: datetime | None
    apply_url: str
    musts: list[str]
    owner_email: str
    required_skills: list[str]
    nice_skills: list[str]
    source: str
    external_id: str
    created_at: datetime
    changed_at: datetime


class RolePage(Schema):
    """Some roles, the oldest first."""

    items: list[RoleOut]
    next: Next


class MatchOut(Schema):
    """How well somebody fits, and why. Whether they may be written to is not part of it."""

    candidate_id: int
    name: str
    score: float
    matched: list[str]
    missing: list[str]
    questions: list[str]


class Matches(Schema):
    """Who fits a role, best first."""

    items: list[MatchOut]


class Fault(Schema):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(Schema):
    """What is wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Field(examples=["There is nothing of this number here."])]
    errors: Annotated[list[Fault] | None, Field(description="Field by field, at 422.")] = None


#: What every operation may answer instead.
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), Problem)
