"""Reads what Greenhouse Harvest v3 answers: candidates, applications, jobs."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from warmbench.integrations.ats import our_tags
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.protocol import Reading
from warmbench.integrations.ats.things import Application, Person, Role
from warmbench.people import cells

#: Where a person opens a record; the API does not say.
_PAGES = "https://app.greenhouse.io"

#: What responses say; a query says ``active`` for ``in_process``, and a webhook does, too.
_OUTCOMES = {
    "in_process": "active",
    "active": "active",
    "rejected": "rejected",
    "hired": "hired",
    # A prospect that became an application of its own: over, and nobody was turned down.
    "converted": "withdrawn",
}
_IDENTITY = ("first_name", "last_name", "email_addresses", "phone_numbers")
_STATES = {"open": "open", "draft": "draft", "closed": "closed"}
#: Whom we write to is somewhere else at work: their own address goes first.
_EMAIL_ORDER = {"personal": 0, "other": 1, "work": 2}
_PHONE_ORDER = {"mobile": 0, "home": 1, "work": 2, "other": 3}
_PLACE_ORDER = {"home": 0, "other": 1, "work": 2}
_NEXT = re.compile(r'<([^<>]*)>\s*(?:;[^,]*?)?;\s*rel="?next"?', re.IGNORECASE)


def person_of(said: Mapping[str, Any], reading: Reading) -> Person:
    """A candidate. One whom the keys may not see whole has only some of the keys: the rest
    stays blank, which erases nothing."""
    tags = _texts(said.get("tags"))
    pages = _values(said, "social_media_addresses") + _values(said, "website_addresses")
    return Person(
        external_id=id_of(said.get("id")),
        changed_at=moment(said.get("updated_at")),
        first_name=text(said.get("first_name")),
        last_name=text(said.get("last_name")),
        emails=tuple(_values(said, "email_addresses", _EMAIL_ORDER)),
        phones=tuple(_values(said, "phone_numbers", _PHONE_ORDER, without="skype")),
        job_title=text(said.get("title")),
        employer=text(said.get("company")),
        location=next(iter(_values(said, "addresses", _PLACE_ORDER)), ""),
        profile_url=next((page for page in pages if "linkedin.com/" in page.lower()), ""),
        skills=tuple(_skills(said, reading.skill_fields)),
        tags=our_tags.theirs(tags),
        # The flag is the other way round. A tag of ours says the same where it was refused.
        opted_out=True if our_tags.has(tags, reading.opt_out_tag) else _may_not(said),
        url=f"{_PAGES}/people/{id_of(said.get('id'))}",
    )


def is_anonymised(said: Mapping[str, Any]) -> bool:
    """Whether everything was taken out by which somebody could be known. The record stays, and
    nothing else marks it: a candidate without a name cannot be made. Of one whom the keys may not
    see whole the fields are missing, and not empty."""
    return all(name in said and not said[name] for name in _IDENTITY) and "message" not in said


def application_of(said: Mapping[str, Any]) -> Application:
    """An application. Stages have ids of their own in every job there: their names are what a
    mapping can choose from, so the name stands for the id."""
    outcome = _OUTCOMES.get(text(said.get("status")), "active")
    stage = text(said.get("stage_name"))
    return Application(
        external_id=id_of(said.get("id")),
        person_id=id_of(said.get("candidate_id")),
        role_id=id_of(said.get("job_id")),
        outcome=outcome,
        stage_id=stage,
        stage=stage,
        is_prospect=said.get("prospect") is True,
        applied_at=moment(said.get("created_at")),
        ended_at=moment(said.get("rejected_at")) if outcome != "active" else None,
        owner_id=id_of(said.get("recruiter_id")),
        changed_at=moment(said.get("updated_at")),
    )


def role_of(
    said: Mapping[str, Any], posts: Iterable[Mapping[str, Any]], offices: Mapping[str, str]
) -> Role:
    """A job with its posts. Its description is what is public: a job's notes are for colleagues.

    A confidential job is known by its number only, and never open here: all colleagues see roles,
    and candidates may be told of open ones.
    """
    number = id_of(said.get("id"))
    if said.get("confidential") is True:
        changed_at = moment(said.get("updated_at"))
        title = f"Confidential job {number}"
        return Role(external_id=number, title=title, state="draft", changed_at=changed_at)
    # The live post first, and of several the oldest.
    ordered = sorted(posts, key=lambda post: (post.get("live") is not True, post.get("id") or 0))
    post = ordered[0] if ordered else {}
    places = [offices.get(id_of(one), "") for one in _list(said.get("office_ids"))]
    return Role(
        external_id=number,
        title=text(said.get("name")) or text(post.get("title")),
        state=_STATES.get(text(said.get("status")), "closed"),
        description=_html(post.get("content")),
        places=tuple(place for place in dict.fromkeys(places) if place),
        apply_url=text(post.get("public_url")) if post.get("live") is True else "",
        changed_at=moment(said.get("updated_at")),
    )


def place_of(office: Mapping[str, Any]) -> str:
    """Where an office is, or at least how it is called."""
    location = office.get("location")
    if isinstance(location, Mapping):
        location = location.get("name")
    return text(location) or text(office.get("name"))


def next_page(answer: Answer) -> str:
    """The address of the next page, exactly as it was given; blank on the last one, whose Link
    header is there and empty."""
    found = _NEXT.search(answer.headers.get("Link", ""))
    return found[1] if found else ""


def moment(said: Any) -> datetime | None:
    """A moment in UTC; None for what is none."""
    if not isinstance(said, str):
        return None
    try:
        read = datetime.fromisoformat(said)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def written(at: datetime) -> str:
    """A moment as filters take it: UTC, with milliseconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def text(said: Any) -> str:
    """A text on one line; blank for what is none."""
    return " ".join(said.split()) if isinstance(said, str) else ""


def _html(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""


def id_of(said: Any) -> str:
    """An id as text; blank for what is none."""
    # Numbers beyond 2^32; a bool is an int to Python.
    return str(said) if isinstance(said, int | str) and not isinstance(said, bool) else ""


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _texts(said: Any) -> list[str]:
    return [text(one) for one in _list(said) if text(one)]


def _values(
    said: Mapping[str, Any],
    name: str,
    order: Mapping[str, int] | None = None,
    *,
    without: str = "",
) -> list[str]:
    """The values of a list of ``{value, type}``, blanks and doubles left out."""
    given = [one for one in _list(said.get(name)) if isinstance(one, Mapping)]
    given = [one for one in given if not without or one.get("type") != without]
    if order:
        given.sort(key=lambda one: order.get(text(one.get("type")), len(order)))
    return [one for one in dict.fromkeys(text(one.get("value")) for one in given) if one]


def _may_not(said: Mapping[str, Any]) -> bool | None:
    may = said.get("can_email")
    return not may if isinstance(may, bool) else None


def _skills(said: Mapping[str, Any], fields: Iterable[str]) -> list[str]:
    custom = said.get("custom_fields")
    if not isinstance(custom, Mapping):
        return []
    found: list[str] = []
    for name in fields:
        field = custom.get(name)
        value = field.get("value") if isinstance(field, Mapping) else None
        found += cells.skills(value) if isinstance(value, str) else _texts(value)
    return list(dict.fromkeys(found))
