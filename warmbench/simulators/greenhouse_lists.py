"""Harvest v3's lists of what changes: candidates, applications, jobs, posts, notes, tags."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from warmbench.simulators import greenhouse_shapes as shapes
from warmbench.simulators.greenhouse_ids import Base, number
from warmbench.simulators.greenhouse_paging import Listing, page
from warmbench.simulators.records import Application, Person, Role
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

routes = Routes()

#: The words of queries, which are not those of answers.
_QUERY_STATUS = {"active", "rejected", "hired", "converted"}
#: Tags of one person have numbers of their own: the person's times this, and the tag's.
TAGS_EACH = 1000


def _created(row: Any) -> datetime | None:
    at: datetime = row.created_at
    return at


def _updated(row: Any) -> datetime | None:
    at: datetime = row.updated_at
    return at


def _descending(highest: int) -> range:
    return range(highest, 0, -1)


def _yes_or_no(of: Callable[[Any], bool]) -> Callable[["Greenhouse", str], Callable[[Any], bool]]:
    def made(_: "Greenhouse", value: str) -> Callable[[Any], bool]:
        wanted = {"true": True, "false": False}.get(value)
        if wanted is None:
            raise ValueError(value)
        return lambda row: of(row) is wanted

    return made


def _with_email(vendor: "Greenhouse", value: str) -> Callable[[Person], bool]:
    found = {one.number for one in vendor.world.with_email(value)}
    return lambda person: person.number in found


def _with_status(_: "Greenhouse", value: str) -> Callable[[Application], bool]:
    if value not in _QUERY_STATUS:
        raise ValueError(value)
    return lambda application: application.state == value


def _with_job_status(_: "Greenhouse", value: str) -> Callable[[Role], bool]:
    if value not in set(shapes.JOB_STATUS.values()):
        raise ValueError(value)
    return lambda role: shapes.JOB_STATUS[role.state] == value


def _of_people(vendor: "Greenhouse", text: str) -> Iterable[int]:
    person = number(text, Base.CANDIDATE)
    return [one.number for one in vendor.world.applications_of(person)]


def _of_jobs(vendor: "Greenhouse", text: str) -> Iterable[int]:
    role = number(text, Base.JOB)
    return [at for at, one in vendor.world.applications.items() if one.role == role]


def _notes_of(vendor: "Greenhouse", text: str) -> Iterable[int]:
    return [one.number for one in vendor.world.notes_of(number(text, Base.CANDIDATE))]


def _tags_of(_: "Greenhouse", text: str) -> Iterable[int]:
    person = number(text, Base.CANDIDATE)
    return [person * TAGS_EACH + at for at in range(TAGS_EACH)]


def _posts_of(_: "Greenhouse", text: str) -> Iterable[int]:
    return [number(text, Base.JOB)]


CANDIDATES = Listing(
    path="/v3/candidates",
    base=Base.CANDIDATE,
    numbers=lambda vendor: _descending(vendor.world.last_person),
    row=lambda vendor, at: vendor.world.people.get(at),
    shape=lambda _, person: shapes.candidate(person),
    dates={
        "created_at": _created,
        "updated_at": _updated,
        "last_activity_at": lambda person: person.last_activity_at,
    },
    filters={
        "email": _with_email,
        "tag": lambda _, value: lambda person: value in person.tags,
        "private": _yes_or_no(lambda person: person.is_private),
    },
    parents={},
)
APPLICATIONS = Listing(
    path="/v3/applications",
    base=Base.APPLICATION,
    numbers=lambda vendor: _descending(vendor.world.last_application),
    row=lambda vendor, at: vendor.world.applications.get(at),
    shape=shapes.application,
    dates={"created_at": _created, "updated_at": _updated, "last_activity_at": _updated},
    filters={
        "status": _with_status,
        "prospect": _yes_or_no(lambda application: application.role is None),
    },
    parents={"candidate_ids": _of_people, "job_ids": _of_jobs},
)
JOBS = Listing(
    path="/v3/jobs",
    base=Base.JOB,
    numbers=lambda vendor: _descending(max(vendor.world.roles, default=0)),
    row=lambda vendor, at: vendor.world.roles.get(at),
    shape=shapes.job,
    dates={
        "created_at": _created,
        "updated_at": _updated,
        "opened_at": lambda role: role.opened_at,
        "closed_at": lambda role: role.closed_at,
    },
    filters={
        "status": _with_job_status,
        "requisition_id": lambda _, value: lambda role: f"REQ-{role.number}" == value,
        "department_id": lambda vendor, value: (
            lambda role: str(vendor.department_id(role.department)) == value
        ),
        "office_id": lambda vendor, value: lambda role: str(vendor.office_id(role.city)) == value,
    },
    parents={},
)
JOB_POSTS = Listing(
    path="/v3/job_posts",
    base=Base.JOB_POST,
    numbers=JOBS.numbers,
    row=JOBS.row,
    shape=lambda _, role: shapes.job_post(role),
    dates={"created_at": _created, "updated_at": _updated},
    filters={"live": _yes_or_no(lambda role: role.state == "open")},
    parents={"job_ids": _posts_of},
)
NOTES = Listing(
    path="/v3/notes",
    base=Base.NOTE,
    numbers=lambda vendor: sorted(vendor.world.notes, reverse=True),
    row=lambda vendor, at: vendor.world.notes.get(at),
    shape=lambda _, note: shapes.note(note),
    dates={"created_at": _created, "updated_at": _updated},
    filters={},
    parents={"candidate_ids": _notes_of},
)
CANDIDATE_TAGS = Listing(
    path="/v3/candidate_tags",
    base=Base.TAG,
    numbers=lambda vendor: sorted(vendor.tags, reverse=True),
    row=lambda vendor, at: (at, vendor.tags[at]) if at in vendor.tags else None,
    shape=lambda _, row: {"id": Base.TAG + row[0], "name": row[1]},
    dates={},
    filters={},
    parents={},
)


def applied_tag(vendor: "Greenhouse", at: int) -> tuple[int, int, int] | None:
    """Number, person and tag of an applied tag; None if that person has no such tag."""
    person = vendor.world.people.get(at // TAGS_EACH)
    tag = at % TAGS_EACH
    if person is None or vendor.tags.get(tag) not in person.tags:
        return None
    return at, person.number, tag


def _all_applied(vendor: "Greenhouse") -> Iterable[int]:
    by_name = {name: at for at, name in vendor.tags.items()}
    for at in _descending(vendor.world.last_person):
        person = vendor.world.people.get(at)
        for tag in sorted((by_name[name] for name in person.tags) if person else (), reverse=True):
            yield at * TAGS_EACH + tag


APPLIED_TAGS = Listing(
    path="/v3/applied_candidate_tags",
    base=Base.APPLIED_TAG,
    numbers=_all_applied,
    row=applied_tag,
    shape=lambda _, row: {
        "id": Base.APPLIED_TAG + row[0],
        "candidate_id": Base.CANDIDATE + row[1],
        "candidate_tag_id": Base.TAG + row[2],
    },
    dates={},
    filters={},
    parents={"candidate_ids": _tags_of},
)


def _serve(listing: Listing) -> None:
    @routes.on("GET", listing.path)
    def handler(vendor: "Greenhouse", request: Request) -> Answer:
        return page(vendor, request, listing)


for _listing in (
    CANDIDATES,
    APPLICATIONS,
    JOBS,
    JOB_POSTS,
    NOTES,
    CANDIDATE_TAGS,
    APPLIED_TAGS,
):
    _serve(_listing)
