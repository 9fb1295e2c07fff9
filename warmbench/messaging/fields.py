"""The fields that a template may use: plain strings, each with its meaning and a sample."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from urllib.parse import urlsplit


class Kind(Enum):
    """What a field's value is used as."""

    TEXT = "text"
    #: A web address that somebody entered; checked before it may become a link's target.
    LINK = "link"
    #: A link of ours, filled in for every message by the system.
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Field:
    """One allow-listed field."""

    name: str
    means: str
    sample: str
    kind: Kind = Kind.TEXT


_ALL = (
    Field("first_name", "The candidate's first name", "Ana"),
    Field("last_name", "The candidate's last name", "Moreau"),
    Field("full_name", "The candidate's whole name", "Ana Moreau"),
    Field("job_title", "The candidate's present job title", "Platform engineer"),
    Field("employer", "The candidate's present employer", "Harbour Freight Systems"),
    Field("specialty", "The candidate's primary specialty", "Cloud & DevOps"),
    Field("seniority", "The candidate's seniority", "Manager"),
    Field("city", "The city where the candidate lives", "Lyon"),
    Field("country", "The country where the candidate lives", "France"),
    Field("last_topic", "What the last conversation was about", "the platform lead role"),
    Field("last_talked", "When the last conversation was, in words", "in March"),
    Field(
        "opening",
        "What a check-in begins with: the last conversation, or what comes closest to it",
        "In March we talked about the platform lead role. How has that gone since?",
    ),
    Field("market_note", "A sentence on the market for the specialty", "Hiring has picked up."),
    Field("own_note", "What the recruiter adds to a check-in", "Say hello to Paul from me."),
    Field("recruiter_name", "The name of the recruiter who writes", "Alice Meyer"),
    Field("recruiter_first_name", "The first name of the recruiter who writes", "Alice"),
    Field("recruiter_phone", "The phone number of the recruiter who writes", "+44 20 7946 0018"),
    Field("organisation", "The name of your organisation", "Northwind Talent"),
    Field("language", "The code of the language that the candidate reads", "en"),
    Field("month", "The month in which the message is sent", "November"),
    Field("role_title", "The title of the role that it is about", "Platform lead"),
    Field(
        "company_type", "What kind of company the role is with", "a family-owned logistics group"
    ),
    Field("role_place", "Where the work is", "Lyon or remote"),
    Field("role_pay", "What the role pays", "€85,000 to €95,000 a year"),
    Field("role_summary", "What candidates are told of the role", "You build the platform team."),
    Field(
        "matched_skills",
        "The skills that the role asks for and the candidate has",
        "Kubernetes and Go",
    ),
    Field(
        "why_fits",
        "How far the candidate fits, in a sentence",
        "You bring all of what they ask for.",
    ),
    *(
        one
        for at in (1, 2, 3)
        for one in (
            Field(
                f"role_{at}",
                "A role that goes along with a check-in: title, place, pay and why",
                "Platform lead, Lyon, €85,000 to €95,000 a year. It asks for Go, which you know.",
            ),
            Field(
                f"role_{at}_link",
                "Where one can read on about that role",
                f"https://jobs.example/{at}",
                Kind.LINK,
            ),
        )
    ),
    Field("deadline", "By when the client wants candidates", "Friday, 13 March"),
    Field("apply_link", "Where one can apply for the role", "https://jobs.example/7", Kind.LINK),
    Field("booking_link", "The recruiter's booking page", "https://cal.example/alice", Kind.LINK),
    Field("preference_link", "Her own preference page", "https://example.test/p/1", Kind.OURS),
    Field("unsubscribe_link", "Her own unsubscribe page", "https://example.test/u/1", Kind.OURS),
    Field(
        "not_for_me_link", "Where she says what does not fit", "https://example.test/n/1", Kind.OURS
    ),
)

#: Every field by its name, in the order in which an editor offers them.
FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _ALL})

#: A value for each field, to try a template out with.
SAMPLES: Mapping[str, str] = MappingProxyType({field.name: field.sample for field in _ALL})


def nearest(name: str) -> str | None:
    """The field that an author who wrote ``name`` probably meant."""
    close = difflib.get_close_matches(name.lower(), FIELDS, n=1, cutoff=0.6)
    return close[0] if close else None


def is_given(value: object) -> bool:
    """Whether a field's value would show: a blank one would leave "Hi ," behind."""
    return isinstance(value, str) and bool(value) and not value.isspace()


def is_web_address(value: str) -> bool:
    """Whether a link may lead there: http or https, a host, no credentials, no line breaks."""
    if not value.isprintable() or any(mark in value for mark in ' <>"\\'):
        return False
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        return False
    return "@" not in parts.netloc
