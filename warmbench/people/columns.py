"""Guesses which column of an imported file holds what, from its name and from its values."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz, process

from warmbench.people import cells, dates
from warmbench.people.places import country_code, zone_name
from warmbench.people.words import is_nothing, plain, words


class Field(StrEnum):
    """What a column can be imported as."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    PHONE = "phone"
    EMPLOYER = "employer"
    JOB_TITLE = "job_title"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"
    LOCATION = "location"
    TIME_ZONE = "time_zone"
    STATUS = "status"
    OWNER_EMAIL = "owner_email"
    EXTERNAL_ID = "external_id"
    SOURCE = "source"
    SKILLS = "skills"
    SPECIALTY = "specialty"
    SENIORITY = "seniority"
    PROFILE_URL = "profile_url"
    LAST_CONVERSATION_DATE = "last_conversation_date"
    LAST_CONVERSATION_TOPIC = "last_conversation_topic"
    LAST_CONVERSATION_NOTE = "last_conversation_note"
    STAGE_REACHED = "stage_reached"
    CONSENT = "consent"
    CONSENT_DATE = "consent_date"
    DO_NOT_CONTACT = "do_not_contact"
    NOTES = "notes"
    TAGS = "tags"
    IGNORE = "ignore"


#: Several columns may be imported as one of these. A second last name is joined to the first.
MANY = frozenset(
    {
        Field.EMAIL,
        Field.PHONE,
        Field.SKILLS,
        Field.SPECIALTY,
        Field.NOTES,
        Field.TAGS,
        Field.DO_NOT_CONTACT,
        Field.IGNORE,
    }
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for, how sure that is (0 to 1), and the reason in a sentence."""

    field: Field
    confidence: float
    why: str


class Kind(StrEnum):
    """What the values of a column look like."""

    EMAIL = "e-mail addresses"
    PHONE = "phone numbers"
    LINK = "links"
    DATE = "dates"
    NUMBER = "numbers"
    ANSWER = "yes or no"
    COUNTRY = "countries"
    ZONE = "time zones"
    SALUTATION = "salutations"


_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"(?:tel:)?[+(0][\d\s()./+-]{6,}(?:\s*(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.|(?:\w+\.)?(?:linkedin|xing)\.com/)\S+", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?[\d.,' ]*\d")
_ORDINAL = re.compile(r"\s*\d+(?:st|nd|rd|th)?$|^\d+(?:st|nd|rd|th)?\s+")
_CANDIDATE = re.compile(r"\bcand\b")

#: Values that a field needs, to be what the name of the column promises.
_NEEDS: dict[Field, frozenset[Kind]] = {
    Field.EMAIL: frozenset({Kind.EMAIL}),
    Field.PHONE: frozenset({Kind.PHONE, Kind.NUMBER}),
    Field.COUNTRY: frozenset({Kind.COUNTRY}),
    Field.TIME_ZONE: frozenset({Kind.ZONE}),
    Field.PROFILE_URL: frozenset({Kind.LINK}),
    Field.OWNER_EMAIL: frozenset({Kind.EMAIL}),
    Field.LAST_CONVERSATION_DATE: frozenset({Kind.DATE}),
    Field.CONSENT_DATE: frozenset({Kind.DATE}),
    Field.CONSENT: frozenset({Kind.ANSWER, Kind.DATE}),
    Field.DO_NOT_CONTACT: frozenset({Kind.ANSWER, Kind.DATE}),
}
#: Fields of ordinary words: a column full of addresses or dates is none of them.
_WORDS = frozenset(
    {
        Field.FIRST_NAME,
        Field.LAST_NAME,
        Field.FULL_NAME,
        Field.EMPLOYER,
        Field.JOB_TITLE,
        Field.CITY,
        Field.REGION,
        Field.SPECIALTY,
        Field.SENIORITY,
        Field.STAGE_REACHED,
        Field.STATUS,
        Field.LAST_CONVERSATION_TOPIC,
    }
)
_NO_WORDS = frozenset({Kind.EMAIL, Kind.PHONE, Kind.LINK, Kind.DATE, Kind.NUMBER, Kind.SALUTATION})
#: Names that mean the whole name, or the part that no other column has.
_EITHER_NAME = frozenset({"name", "nom", "naam", "nombre"})
_SECOND_LAST_NAMES = frozenset({"segundo apellido", "apellido materno"})
#: What a loosely similar name must not decide: a wrong yes here writes to people who never
#: agreed, or stops writing to those who did.
_NEVER_LOOSELY = frozenset({Field.CONSENT, Field.CONSENT_DATE, Field.STATUS})
_LEAST = 0.35
_LONGEST_NAME = 100
_SHARE = 0.5


def guess(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    remembered: Mapping[str, str] | None = None,
) -> dict[int, Guess]:
    """What each column most likely is. Every column gets a guess; IGNORE is one.

    ``remembered`` is what a person decided for the same column names before: it wins.
    """
    guesses = {
        index: _for_column(name, [row[index] for row in sample if index < len(row)])
        for index, name in enumerate(header)
    }
    for index, name in enumerate(header):
        if name and remembered and name in remembered:
            guesses[index] = Guess(Field(remembered[name]), 1.0, "As the last time.")
    _settle_names(header, guesses)
    _leave_out_strangers(guesses)
    _keep_the_best(header, guesses)
    return guesses


def is_column_name(text: str) -> bool:
    """Whether the cell is a column name we know, which tells a header row from others."""
    if len(text) > _LONGEST_NAME:
        return False
    name = _spelled_out(text)
    return name in words().columns or name in words().sensitive or _bare(name) in words().columns


def _for_column(name: str, values: list[str]) -> Guess:
    filled = [value.strip() for value in values if not is_nothing(value)]
    shares = _shares(filled)
    named = _by_name(name)
    if named is None:
        return _by_values(shares)
    if named.field is Field.IGNORE or not filled:
        return named
    judged = _judged(named, shares)
    if judged.confidence >= _LEAST:
        return judged
    other = _by_values(shares)
    return other if other.field is not Field.IGNORE else replace(judged, field=Field.IGNORE)


def _by_name(name: str) -> Guess | None:
    """What the name alone says; None when it says nothing."""
    known = words().columns
    text = _spelled_out(name)
    bare = _bare(text)
    if _mentions(text, words().sensitive):
        return Guess(Field.IGNORE, 1.0, "Protected or private: never imported.")
    for candidate, least in ((text, 0.98), (bare, 0.92)):
        if candidate in known:
            field, place = known[candidate]
            return Guess(Field(field), least - place * 0.002, f"Named “{name}”.")
    if _mentions(text, words().other_people):
        return Guess(Field.IGNORE, 0.8, "Seems to be about somebody else than the candidate.")
    return _by_similar_name(name, bare) or _by_name_within(name, text)


def _by_similar_name(name: str, bare: str) -> Guess | None:
    if len(bare) < 5:
        return None  # One wrong letter in four makes a different word.
    found = process.extractOne(
        bare, _long_names(), scorer=fuzz.token_sort_ratio, score_cutoff=84, processor=None
    )
    if found is None:
        return None
    match, score, _ = found
    field = Field(words().columns[match][0])
    if field in _NEVER_LOOSELY:
        return None
    return Guess(field, round(0.75 * score / 100, 2), f"“{name}” is close to “{match}”.")


def _by_name_within(name: str, text: str) -> Guess | None:
    """A known name among other words. Only where the values can confirm it."""
    held = [known for known in _long_names() if f" {known} " in f" {text} "]
    match = max(held, key=len, default="")
    field = Field(words().columns[match][0]) if match else Field.IGNORE
    if field not in _NEEDS or field in _NEVER_LOOSELY:
        return None
    return Guess(field, 0.5, f"“{name}” speaks of “{match}”.")


@lru_cache(maxsize=1)
def _long_names() -> tuple[str, ...]:
    return tuple(name for name in words().columns if len(name) >= 5)


def _spelled_out(name: str) -> str:
    """The name in its plain form, without numbers and abbreviations: "Cand. ID" is the
    "candidate id"."""
    return _CANDIDATE.sub("candidate", _ORDINAL.sub("", plain(name)))


def _bare(text: str) -> str:
    """The name without the words that only say which of several: "work email" → "email"."""
    kept = [word for word in text.split() if word not in words().qualifiers]
    return " ".join(kept) or text


def _mentions(text: str, vocabulary: frozenset[str]) -> bool:
    padded = f" {text} "
    return any(f" {word} " in padded for word in vocabulary)


def _judged(named: Guess, shares: dict[Kind, float]) -> Guess:
    """The guess by name, in the light of the values."""
    needs = _NEEDS.get(named.field)
    if needs is not None:
        share = sum(shares[kind] for kind in needs)
        if share >= _SHARE:
            return named
        in_words = named.field in {Field.OWNER_EMAIL, Field.COUNTRY} and not shares[Kind.NUMBER]
        factor = 0.75 if share > 0.15 or in_words else 0.3
        what = " or ".join(sorted(needs))
        return replace(
            named,
            confidence=round(named.confidence * factor, 3),
            why=f"{named.why} But its values are hardly {what}.",
        )
    worst = max(_NO_WORDS, key=lambda kind: shares[kind])
    if named.field in _WORDS and shares[worst] > _SHARE:
        return replace(
            named,
            confidence=round(named.confidence * 0.3, 3),
            why=f"{named.why} But its values are {worst}.",
        )
    return named


def _by_values(shares: dict[Kind, float]) -> Guess:
    for kind, field, least, confidence in (
        (Kind.EMAIL, Field.EMAIL, 0.6, 0.6),
        (Kind.LINK, Field.PROFILE_URL, 0.6, 0.5),
        (Kind.ZONE, Field.TIME_ZONE, 0.7, 0.6),
        (Kind.PHONE, Field.PHONE, 0.7, 0.5),
        (Kind.COUNTRY, Field.COUNTRY, 0.9, 0.5),
    ):
        if shares[kind] >= least:
            return Guess(field, confidence, f"Its values are {kind}.")
    return Guess(Field.IGNORE, 0.2, "Neither its name nor its values are known.")


def _shares(values: list[str]) -> dict[Kind, float]:
    """For each kind, the share of the values that are of it. A value may be of several."""
    order = dates.order_of(values)

    def is_date(value: str) -> bool:
        read = dates.read(value, order)
        return read is not dates.Unreadable.NOT_A_DATE and read is not None

    def is_phone(value: str) -> bool:
        return bool(_PHONE.fullmatch(value)) and not is_date(value)

    tests: dict[Kind, Callable[[str], bool]] = {
        Kind.EMAIL: lambda value: bool(_EMAIL.search(value)),
        Kind.PHONE: is_phone,
        Kind.LINK: lambda value: bool(_LINK.match(value)),
        Kind.DATE: is_date,
        Kind.NUMBER: lambda value: bool(_NUMBER.fullmatch(value)) and not is_phone(value),
        Kind.ANSWER: lambda value: cells.opted_out(value) is not None,
        Kind.COUNTRY: lambda value: bool(country_code(value)),
        Kind.ZONE: lambda value: "/" in value and bool(zone_name(value)),
        Kind.SALUTATION: lambda value: plain(value) in words().salutations,
    }
    total = len(values) or 1
    return {kind: sum(map(test, values)) / total for kind, test in tests.items()}


def _settle_names(header: Sequence[str], guesses: dict[int, Guess]) -> None:
    """ "Name" beside "First name" is the last name; beside both it says nothing new."""
    fields = {guess.field for guess in guesses.values()}
    for index, this in guesses.items():
        if this.field is not Field.FULL_NAME:
            continue
        either = plain(header[index]) in _EITHER_NAME
        if {Field.FIRST_NAME, Field.LAST_NAME} <= fields:
            guesses[index] = Guess(Field.IGNORE, 0.9, "First and last name have their columns.")
        elif Field.FIRST_NAME in fields and either:
            guesses[index] = Guess(Field.LAST_NAME, 0.9, "Stands beside the first name.")
        elif Field.LAST_NAME in fields and either:
            guesses[index] = Guess(Field.FIRST_NAME, 0.9, "Stands beside the last name.")


def _leave_out_strangers(guesses: dict[int, Guess]) -> None:
    """Addresses in a column of unknown name may be anybody's, where others are named."""
    for field in (Field.EMAIL, Field.PHONE):
        of_field = {index: guess for index, guess in guesses.items() if guess.field is field}
        if max((guess.confidence for guess in of_field.values()), default=0) <= 0.6:
            continue
        for index, this in of_field.items():
            if this.confidence <= 0.6:
                why = f"{this.why} But nothing says that they are the candidate's."
                guesses[index] = Guess(Field.IGNORE, 0.4, why)


def _keep_the_best(header: Sequence[str], guesses: dict[int, Guess]) -> None:
    best: dict[Field, int] = {}
    for index in sorted(guesses, key=lambda index: (-guesses[index].confidence, index)):
        this = guesses[index]
        if this.field in MANY or plain(header[index]) in _SECOND_LAST_NAMES:
            continue
        if this.field in best:
            why = f"“{header[best[this.field]]}” is taken for the {this.field.replace('_', ' ')}."
            guesses[index] = Guess(Field.IGNORE, 0.5, why)
        else:
            best[this.field] = index
