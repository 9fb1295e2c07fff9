"""Reads what Lever's Data API v1 answers: opportunities and their contacts, postings."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from warmbench.integrations.ats import our_tags
from warmbench.integrations.ats.protocol import Reading
from warmbench.integrations.ats.things import Application, Person, Role
from warmbench.people import cells

_STATES = {"published": "open", "internal": "open", "closed": "closed"}
_WORKPLACES = {"onsite": "on_site", "hybrid": "hybrid", "remote": "remote"}
_PERIODS = ("year", "month", "week", "day", "hour")
#: What stands between a title and an employer in a headline.
_AT = (" at ", " @ ", " bei ", " chez ", " presso ", " en ", " bij ")


def person_of(
    contact: Mapping[str, Any],
    opportunities: Sequence[Mapping[str, Any]],
    reading: Reading,
    now: datetime,
) -> Person:
    """Somebody: who they are as their contact says, and what all their opportunities say of
    consent and tags. The strictest of those counts."""
    newest_first = sorted(opportunities, key=moved_at, reverse=True)
    everything = [contact, *newest_first]
    first_name, last_name = cells.person_name(_first(everything, "name"))
    title, employer = _headline(_first(everything, "headline"))
    tags = [tag for one in newest_first for tag in _texts(one.get("tags"))]
    links = [link for one in everything for link in _texts(one.get("links"))]
    origins = [*(_texts(one.get("sources")) for one in newest_first)]
    return Person(
        external_id=id_of(contact.get("id")),
        changed_at=max(
            filter(None, (moment(one.get("updatedAt")) for one in everything)), default=None
        ),
        first_name=first_name,
        last_name=last_name,
        emails=_each_once(mail for one in everything for mail in _texts(one.get("emails"))),
        phones=_each_once(phone for one in everything for phone in _phones(one)),
        job_title=title,
        employer=employer,
        location=next((place for one in everything if (place := _place(one))), ""),
        profile_url=next((link for link in links if "linkedin.com/" in link.lower()), ""),
        tags=our_tags.theirs(tags),
        origin=next((one[0] for one in origins if one), _first(newest_first, "origin")),
        owner_id=next((owner for one in newest_first if (owner := id_of(one.get("owner")))), ""),
        opted_out=_opted_out(everything, our_tags.has(tags, reading.opt_out_tag), now),
        permitted_until=min(_ends_of_permission(everything, now), default=None),
        url=next((page for one in newest_first if (page := _page(one))), ""),
    )


def application_of(
    said: Mapping[str, Any],
    stages: Mapping[str, str],
    hired: Collection[str],
    reading: Reading,
    person: Person | None = None,
) -> Application:
    """An opportunity. ``stages``: names by id; ``hired``: the archive reasons that say so."""
    applied = next((one for one in _list(said.get("applications")) if isinstance(one, dict)), {})
    archived = _mapping(said.get("archived"))
    reason = id_of(archived.get("reason"))
    stage_id = id_of(said.get("stage"))
    role_id = id_of(applied.get("posting"))
    return Application(
        external_id=id_of(said.get("id")),
        person_id=contact_id(said),
        role_id=role_id,
        outcome=_outcome(reason, hired, reading),
        stage_id=stage_id,
        stage=stages.get(stage_id, ""),
        # An opportunity without an application stands in no process for a posting.
        is_prospect=not role_id,
        applied_at=moment(applied.get("createdAt")) or moment(said.get("createdAt")),
        ended_at=moment(archived.get("archivedAt")) if reason else None,
        owner_id=id_of(said.get("owner")),
        changed_at=moment(said.get("updatedAt")),
        person=person,
    )


def role_of(said: Mapping[str, Any], requisitions: Iterable[Mapping[str, Any]]) -> Role:
    """A posting, with what the requisitions behind it say: held, filled, and what it pays.

    A confidential posting is known by its id only, and never open here.
    """
    posting_id, changed_at = id_of(said.get("id")), moment(said.get("updatedAt"))
    if said.get("confidentiality") == "confidential":
        title = f"Confidential posting {posting_id[:8]}"
        return Role(external_id=posting_id, title=title, state="draft", changed_at=changed_at)
    behind = list(requisitions)
    categories = _mapping(said.get("categories"))
    places = [*_texts(categories.get("allLocations")), text(categories.get("location"))]
    pay = _mapping(said.get("salaryRange"))
    if not pay:
        bands = (_mapping(one.get("compensationBand")) for one in behind)
        pay = next((band for band in bands if band), {})
    urls = _mapping(said.get("urls"))
    is_public = said.get("state") == "published"
    return Role(
        external_id=posting_id,
        title=text(said.get("text")),
        state=_state(said, behind),
        description=_description(_mapping(said.get("content"))),
        places=_each_once(places),
        remote=_WORKPLACES.get(text(said.get("workplaceType")), ""),
        pay_min=_amount(pay.get("min")),
        pay_max=_amount(pay.get("max")),
        pay_currency=text(pay.get("currency")),
        pay_period=_period(text(pay.get("interval"))),
        apply_url=(text(urls.get("apply")) or text(urls.get("show"))) if is_public else "",
        owner_id=id_of(said.get("owner")) or id_of(said.get("hiringManager")),
        changed_at=changed_at,
    )


def contact_of(opportunity: Mapping[str, Any]) -> dict[str, Any]:
    """The contact of an opportunity: whole where it came along, else its id only."""
    contact = opportunity.get("contact")
    return contact if isinstance(contact, dict) else {"id": id_of(contact)}


def contact_id(opportunity: Mapping[str, Any]) -> str:
    """Whose opportunity it is."""
    return id_of(opportunity.get("contact"))


def id_of(said: Any) -> str:
    """An id, of a thing that may be there as its id or whole; blank for none."""
    if isinstance(said, Mapping):
        said = said.get("id")
    return said if isinstance(said, str) else ""


def moment(said: Any) -> datetime | None:
    """A moment from milliseconds since 1970, which old forms hold as text."""
    if isinstance(said, str) and said.isdecimal() and len(said) < 15:
        said = int(said)
    if not isinstance(said, int) or isinstance(said, bool) or not 0 < said < 10**14:
        return None
    return datetime.fromtimestamp(said / 1000, UTC)


def milliseconds(at: datetime) -> int:
    """A moment as Lever takes it."""
    return round(at.timestamp() * 1000)


def text(said: Any) -> str:
    """A text on one line; blank for what is none."""
    return " ".join(said.split()) if isinstance(said, str) else ""


def _opted_out(said: Iterable[Mapping[str, Any]], is_tagged: bool, now: datetime) -> bool | None:  # noqa: FBT001
    answers = [True] if is_tagged else []
    for one in said:
        to_keep, to_write = _permissions(one)
        for permission in (to_keep, to_write):
            ends = moment(permission.get("expiresAt"))
            if permission.get("allowed") is False or (ends and ends <= now):
                answers.append(True)
        if to_write.get("allowed") is True:
            answers.append(False)
    return any(answers) if answers else None


def _ends_of_permission(said: Iterable[Mapping[str, Any]], now: datetime) -> list[datetime]:
    ends = (moment(given.get("expiresAt")) for one in said for given in _permissions(one))
    return [end for end in ends if end and end > now]


def _permissions(said: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """To keep the data, and to write to the person: who may not even be kept is not written to.
    Every part of it may be missing, or be there for another purpose only."""
    given = _mapping(said.get("dataProtection"))
    return _mapping(given.get("store")), _mapping(given.get("contact"))


def _outcome(reason: str, hired: Collection[str], reading: Reading) -> str:
    if not reason:
        return "active"
    if reason in hired:
        return "hired"
    return reading.outcomes.get(reason, "rejected")


def _state(said: Mapping[str, Any], requisitions: Sequence[Mapping[str, Any]]) -> str:
    state = _STATES.get(text(said.get("state")), "draft")
    statuses = {text(one.get("status")) for one in requisitions}
    if state == "open" and statuses == {"onHold"}:
        return "on_hold"
    if state == "closed" and requisitions and all(map(_is_filled, requisitions)):
        return "filled"
    return state


def _is_filled(requisition: Mapping[str, Any]) -> bool:
    # "unlimited" stands for a number, too.
    total, hired = requisition.get("headcountTotal"), requisition.get("headcountHired")
    return isinstance(total, int) and isinstance(hired, int) and hired >= total > 0


def _description(content: Mapping[str, Any]) -> str:
    lists = [one for one in _list(content.get("lists")) if isinstance(one, Mapping)]
    parts = [
        _html(content.get("descriptionHtml")) or _html(content.get("description")),
        *(f"<h3>{text(one.get('text'))}</h3><ul>{_html(one.get('content'))}</ul>" for one in lists),
        _html(content.get("closingHtml")) or _html(content.get("closing")),
    ]
    return "\n".join(filter(None, parts))


def _headline(said: str) -> tuple[str, str]:
    """Title and employer. A headline is what somebody typed, or a list of employers."""
    for between in _AT:
        title, found, employer = said.partition(between)
        if found:
            return title.strip(), employer.split(",")[0].strip()
    return ("", said.split(",", maxsplit=1)[0].strip()) if "," in said else (said, "")


def _place(said: Mapping[str, Any]) -> str:
    # A text in an opportunity, an object with a name in a contact.
    location = said.get("location")
    return text(location.get("name")) if isinstance(location, Mapping) else text(location)


def _phones(said: Mapping[str, Any]) -> list[str]:
    given = [one for one in _list(said.get("phones")) if isinstance(one, Mapping)]
    given.sort(key=lambda one: one.get("type") != "mobile")
    return [phone for one in given if (phone := text(one.get("value")))]


def _page(said: Mapping[str, Any]) -> str:
    return text(_mapping(said.get("urls")).get("show"))


def moved_at(said: Mapping[str, Any]) -> tuple[bool, int]:
    """By what opportunities are put in order: one that is open, then the latest."""
    # One that is not archived before those that are; then whichever something happened to last.
    moments = [said.get(name) for name in ("updatedAt", "lastInteractionAt", "createdAt")]
    return (not said.get("archived"), max((at for at in moments if isinstance(at, int)), default=0))


def _period(interval: str) -> str:
    return next((period for period in _PERIODS if period in interval.lower()), "")


def _amount(said: Any) -> str:
    return str(said) if isinstance(said, int | float) and not isinstance(said, bool) else ""


def _first(said: Iterable[Mapping[str, Any]], name: str) -> str:
    return next((found for one in said if (found := text(one.get(name)))), "")


def _each_once(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in said if one))


def _texts(said: Any) -> list[str]:
    return [text(one) for one in _list(said) if text(one)]


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _mapping(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _html(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""
