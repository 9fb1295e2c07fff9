"""Says in clear sentences what is wrong with what somebody enters about a role."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from warmbench.accounts.models import User
from warmbench.people import pay, tagging, wanted_places
from warmbench.people.models import Tag
from warmbench.people.tagging import TagGoneError
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing.models import Role
from warmbench.sourcing.proposals import LONGEST_QUOTE

#: Nobody asks for more skills than these; with all of them nobody would be found.
MOST_SKILLS = 60
#: Ten pages: longer than any description of one role.
LONGEST_DESCRIPTION = 30_000
#: A role is told of in a few sentences, not in its whole description.
LONGEST_SUMMARY = 2_000
#: What the columns of the table hold.
_LONGEST = {
    "title": 160,
    "company": 160,
    "company_type": 160,
    "apply_url": 300,
    "description": LONGEST_DESCRIPTION,
    "summary": LONGEST_SUMMARY,
}
#: Years of deadlines. A moment at the edge of what a clock holds has no local day in some zones,
#: and would end every page that shows it.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_NAMES = {"company_type": "kind of company", "apply_url": "apply link"}
#: As many digits as the column of an amount holds before its point.
_MOST_PAY = Decimal(10) ** 10

_web_address = URLValidator(schemes=["http", "https"])

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that a role asks for."""

    tag_id: int
    is_required: bool = True
    #: The words of the description that it was taken from; blank where a person chose it.
    quote: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody enters about a role."""

    title: str
    company: str = ""
    company_type: str = ""
    description: str = ""
    summary: str = ""
    specialty_id: int | None = None
    seniority_id: int | None = None
    places: tuple[WantedPlace, ...] = ()
    remote: str = ""
    pay_min: Decimal | None = None
    pay_max: Decimal | None = None
    pay_currency: str = ""
    pay_period: str = ""
    urgency: str = Role.Urgency.NORMAL
    deadline: datetime | None = None
    apply_url: str = ""
    musts: tuple[str, ...] = ()
    owner_id: int | None = None
    skills: tuple[Skill, ...] = ()


class InvalidRoleError(ValueError):
    """What was entered cannot stand. ``problems`` has a sentence for each field that is wrong,
    by the field's name in ``Draft``."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def check(draft: Draft, *, known_owner_id: int | None = None) -> None:
    """Raise InvalidRoleError if the draft cannot be stored. Until the transaction ends, its tags
    are not merged away; so it comes before any lock on the role, which merging also takes.

    ``known_owner_id`` has the role already: whoever left the team may stay its owner.
    """
    problems: dict[str, str] = {}
    for field, sentence in _problems(draft, known_owner_id):
        problems.setdefault(field, sentence)
    if problems:
        raise InvalidRoleError(problems)


def check_origin(source: str, external_id: str) -> None:
    """Raise InvalidRoleError if this cannot be what a role is called where it came from."""
    said = {"source": (source, 80), "external_id": (external_id, 120)}
    problems = {
        field: f"Write at most {most} characters, and none that cannot be stored."
        for field, (text, most) in said.items()
        if len(text) > most or "\0" in text
    }
    if problems:
        raise InvalidRoleError(problems)


def _problems(draft: Draft, known_owner_id: int | None) -> Iterator[Problem]:
    yield from _of_words(draft)
    yield from _of_places(draft)
    yield from _of_pay(draft)
    yield from _of_choices(draft)
    yield from _of_tags(draft)
    owner_id = draft.owner_id
    if owner_id is not None and owner_id != known_owner_id and not _can_own(owner_id):
        yield "owner_id", "The owner must be a recruiter who works here."


def _of_words(draft: Draft) -> Iterator[Problem]:
    if not draft.title:
        yield "title", "Give the role a title."
    for field, most in _LONGEST.items():
        text: str = getattr(draft, field)
        name = _NAMES.get(field, field)
        if "\0" in text:
            yield field, f"The {name} contains a character that cannot be stored."
        if len(text) > most:
            yield field, f"The {name} is longer than {most:,} characters."
    if draft.apply_url and not _is_web_address(draft.apply_url):
        yield (
            "apply_url",
            "The apply link must be a whole web address, such as https://example.com.",
        )


def _of_places(draft: Draft) -> Iterator[Problem]:
    if len(draft.places) > wanted_places.MOST:
        yield "places", f"Name at most {wanted_places.MOST} places."
    if any(not place.words or "\0" in place.words for place in draft.places):
        yield "places", "A place must have a name."


def _of_pay(draft: Draft) -> Iterator[Problem]:
    amounts = {"pay_min": draft.pay_min, "pay_max": draft.pay_max}
    named = {field: amount for field, amount in amounts.items() if amount is not None}
    for field, amount in named.items():
        if not amount.is_finite() or not 0 < amount < _MOST_PAY:
            yield field, "This is no amount that somebody is paid."
            return
    if draft.pay_min is not None and draft.pay_max is not None and draft.pay_min > draft.pay_max:
        yield "pay_max", "The most that is paid is less than the least."
    if named and not draft.pay_currency:
        yield "pay_currency", "Say in which currency it is paid."
    elif named and draft.pay_currency not in pay.CURRENCIES:
        known = ", ".join(pay.CURRENCIES)
        yield "pay_currency", f"The currency must be one of {known}."
    if named and draft.pay_period not in pay.Period.values:
        choices = ", ".join(pay.Period.values)
        yield "pay_period", f"Say what the pay is for: {choices}."


def _of_choices(draft: Draft) -> Iterator[Problem]:
    if draft.remote and draft.remote not in Role.Remote.values:
        yield "remote", f"Choose where the work is done: {', '.join(Role.Remote.values)}."
    if draft.urgency not in Role.Urgency.values:
        yield "urgency", f"Choose how urgent it is: {', '.join(Role.Urgency.values)}."
    if unknown := set(draft.musts) - set(Role.Must.values):
        yield (
            "musts",
            f"“{min(unknown)}” cannot be a must. Choose among {', '.join(Role.Must.values)}.",
        )
    if draft.deadline is not None and draft.deadline.tzinfo is None:
        yield "deadline", "The deadline needs a time zone."
    elif draft.deadline is not None and not _FIRST_YEAR <= draft.deadline.year <= _LAST_YEAR:
        yield "deadline", f"Choose a day between the years {_FIRST_YEAR} and {_LAST_YEAR}."
    said = {
        Role.Must.SENIORITY: draft.seniority_id is not None,
        # Where everything is done from home, everybody is at the right place.
        Role.Must.PLACE: bool(draft.places),
        Role.Must.PAY: draft.pay_min is not None or draft.pay_max is not None,
    }
    for must, is_said in said.items():
        if must in draft.musts and not is_said:
            yield "musts", f"{must.label} cannot be a must while the role does not say it."


def _of_tags(draft: Draft) -> Iterator[Problem]:
    wanted = [skill.tag_id for skill in draft.skills]
    if len(wanted) > MOST_SKILLS:
        yield "skills", f"Name at most {MOST_SKILLS} skills."
        return
    above = [one for one in (draft.specialty_id, draft.seniority_id) if one is not None]
    with suppress(TagGoneError):  # Which one it is, is told below.
        tagging.hold_tags([*wanted, *above])
    tags = Tag.objects.in_bulk([*wanted, *above])
    for skill in draft.skills:
        tag = tags.get(skill.tag_id)
        if tag is None or tag.kind != Tag.Kind.SKILL:
            yield "skills", f"Skill {skill.tag_id} is not in the tag tree (any more)."
        elif wanted.count(tag.pk) > 1:
            yield "skills", f"“{tag.name}” is named twice."
        if len(skill.quote) > LONGEST_QUOTE:
            yield "skills", f"A skill's quote is longer than {LONGEST_QUOTE} characters."
    kinds = {
        "specialty_id": (draft.specialty_id, Tag.Kind.SPECIALTY),
        "seniority_id": (draft.seniority_id, Tag.Kind.SENIORITY),
    }
    for field, (tag_id, kind) in kinds.items():
        tag = tags.get(tag_id or 0)
        if tag_id is not None and (tag is None or tag.kind != kind):
            yield field, f"This is not a {kind.label.lower()} of the tag tree (any more)."


def _can_own(user_id: int) -> bool:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user is not None and user.is_recruiter


def _is_web_address(text: str) -> bool:
    try:
        _web_address(text)
    except ValidationError:
        return False
    return True
