"""Turns one row of an imported file into what it says about a candidate, or why it cannot."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b

from warmbench.people import addresses, cells, dates, phones
from warmbench.people.addresses import Address, Oddity
from warmbench.people.columns import Field
from warmbench.people.dates import Order, Unreadable
from warmbench.people.hashes import NO_STOPS, Stops
from warmbench.people.import_drafts import Draft, Options, Remark
from warmbench.people.models import Candidate
from warmbench.people.phones import Phone
from warmbench.people.places import locate
from warmbench.people.spreadsheet import Row
from warmbench.people.tag_words import Found
from warmbench.people.vocabulary import Vocabulary
from warmbench.people.words import is_nothing

#: Ids that a spreadsheet rounded ("1.23E+11") are the same for many people.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,2}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: What rejected_csv puts an apostrophe before, because spreadsheets would run it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = {
    Field.FIRST_NAME: 120,
    Field.LAST_NAME: 120,
    Field.EMPLOYER: 160,
    Field.JOB_TITLE: 160,
    Field.PROFILE_URL: 300,
    Field.EXTERNAL_ID: 120,
    Field.SOURCE: 80,
    Field.LAST_CONVERSATION_TOPIC: 200,
}
_LONGEST_PLACE = 120
_LONGEST_NOTE = 20_000
_MYSQL_NULL = "\\N"
_PLACES = (Field.CITY, Field.REGION, Field.COUNTRY, Field.LOCATION, Field.TIME_ZONE)


class UnusableRowError(ValueError):
    """The row cannot be imported. The message is the reason, for whoever mends it."""


class Reading:
    """Reads the rows of one file."""

    def __init__(  # noqa: PLR0913 - all that a row is read by
        self,
        mapping: Mapping[int, Field],
        *,
        source: str,
        options: Options,
        vocabulary: Vocabulary,
        owners: Mapping[str, int],
        orders: Mapping[int, Order],
        now: datetime,
        stops: Stops = NO_STOPS,
    ) -> None:
        """``owners`` are ids by e-mail address; ``orders`` belong to columns of dates."""
        #: Of every field: its columns, and how long a text of it may be.
        self._columns: dict[Field, list[tuple[int, int]]] = {one: [] for one in Field}
        for index, one in sorted(mapping.items()):
            self._columns[one].append((index, _LONGEST.get(one, _LONGEST_PLACE)))
        self._source = source
        self._options = options
        self._vocabulary = vocabulary
        self._owners = owners
        self._orders = orders
        self._stops = stops
        self._today = now.date()
        #: The tags that the rows read so far tell of.
        self.tags_named: set[int] = set()
        readers: tuple[tuple[Callable[[Draft, list[str]], None], tuple[Field, ...]], ...] = (
            (self._read_permission, (Field.DO_NOT_CONTACT, Field.CONSENT, Field.CONSENT_DATE)),
            (self._read_names, (Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME)),
            (self._read_emails, (Field.EMAIL,)),
            (self._read_place, _PLACES),
            (self._read_phones, (Field.PHONE,)),
            (self._read_work, (Field.EMPLOYER, Field.JOB_TITLE, Field.PROFILE_URL)),
            (self._read_standing, (Field.STATUS, Field.STAGE_REACHED, Field.OWNER_EMAIL)),
            (
                self._read_conversation,
                (
                    Field.LAST_CONVERSATION_DATE,
                    Field.LAST_CONVERSATION_TOPIC,
                    Field.LAST_CONVERSATION_NOTE,
                    Field.NOTES,
                ),
            ),
        )
        #: Only for what the file has columns for: most rows of most files are short.
        self._readers = [read for read, of in readers if any(map(self._columns.get, of))]

    def read(self, row: Row) -> Draft:
        """What the row says. Raises UnusableRowError."""
        draft = Draft(source=self._source)
        for read in self._readers:
            read(draft, row.cells)
        self._read_tags(draft, row.cells)
        self._read_identity(draft, row.cells)
        return draft

    def stopped(self, draft: Draft) -> str:
        """Why the person of a row must be left alone, on the word of those we do not know any
        more; blank for nearly everybody."""
        return self._stops.about(
            emails=draft.emails,
            phones=draft.phones,
            source=draft.source,
            external_id=draft.external_id,
        )

    def _text(self, of: Field, row: list[str]) -> str:
        for index, longest in self._columns[of]:
            if row[index] and (text := tidy(row[index], longest)):
                return text
        return ""

    def _texts(self, of: Field, row: list[str]) -> list[str]:
        return [unguarded(row[index]) for index, _ in self._columns[of] if row[index]]

    def _read_permission(self, draft: Draft, row: list[str]) -> None:
        for text in self._texts(Field.DO_NOT_CONTACT, row):
            said = cells.opted_out(text)
            if said is None:
                raise UnusableRowError(
                    "Whether this person may be contacted is neither answered with yes nor no."
                )
            draft.opted_out |= said
        for text in self._texts(Field.CONSENT, row):
            if is_nothing(text):
                continue
            given = cells.consented(text)
            draft.consent = {True: "yes", False: "no", None: "unclear"}[given]
            draft.consent_words = tidy(text, 60)
            if given is None:
                draft.remarks.append((Remark.CONSENT, draft.consent_words))
        draft.consented_on = self._date(Field.CONSENT_DATE, draft, row)
        if draft.consent == "" and draft.consented_on and not self._columns[Field.CONSENT]:
            draft.consent, draft.consent_words = "yes", draft.consented_on.isoformat()

    def _read_names(self, draft: Draft, row: list[str]) -> None:
        draft.first_name = self._text(Field.FIRST_NAME, row)
        last = (tidy(text, 120) for text in self._texts(Field.LAST_NAME, row))
        draft.last_name = " ".join(filter(None, last))[:120]
        whole = self._texts(Field.FULL_NAME, row)
        if whole and not (draft.first_name and draft.last_name):
            first, last_name = cells.person_name(whole[0])
            draft.first_name = draft.first_name or tidy(first, 120)
            draft.last_name = draft.last_name or tidy(last_name, 120)
        if "=?" in draft.first_name or "=?" in draft.last_name:
            raise UnusableRowError("The name is written in a code that could forge a message.")

    def _read_emails(self, draft: Draft, row: list[str]) -> None:
        faults = []
        for text in self._texts(Field.EMAIL, row):
            for found in addresses.emails(text):
                if isinstance(found, Address):
                    self._add_email(draft, found)
                else:
                    faults.append((found.fault, tidy(text, 120)))
        for fault, text in faults:
            # "anna@localhost" may be right where it comes from: the rest of the row is no worse.
            is_fatal = not draft.emails and fault is not addresses.Fault.NO_DOT
            if fault is addresses.Fault.INJECTION or is_fatal:
                raise UnusableRowError(f"The e-mail address cannot be used. {fault.sentence}")
            draft.remarks.append((Remark.EMAIL, text))

    def _add_email(self, draft: Draft, found: Address) -> None:
        if found.key in draft.emails:
            return
        draft.emails.append(found.key)
        if Oddity.SHARED in found.oddities:
            draft.shared.append(found.key)
        if found.name and not (draft.first_name or draft.last_name):
            first, last = cells.person_name(found.name)
            draft.first_name, draft.last_name = tidy(first, 120), tidy(last, 120)

    def _read_place(self, draft: Draft, row: list[str]) -> None:
        city, region, country, free, zone = (self._text(one, row) for one in _PLACES)
        if not (city or region or country or free or zone):
            return
        place = draft.place = locate(city, region, country, free, zone)
        if not place.country_code and (city or region or country or free):
            text = ", ".join(filter(None, (city, region, country))) or free
            draft.remarks.append((Remark.PLACE, text[:_LONGEST_PLACE]))
        elif not place.time_zone and place.country_code:
            draft.remarks.append((Remark.ZONE, place.country_code))

    def _read_phones(self, draft: Draft, row: list[str]) -> None:
        country = draft.place.country_code or self._options.default_country
        for text in self._texts(Field.PHONE, row):
            for found in phones.phones(text, country):
                if not isinstance(found, Phone):
                    draft.remarks.append((Remark.PHONE, tidy(text, 60)))
                elif found.e164 not in draft.phones:
                    draft.phones.append(found.e164)

    def _read_work(self, draft: Draft, row: list[str]) -> None:
        draft.employer = self._text(Field.EMPLOYER, row)
        draft.job_title = self._text(Field.JOB_TITLE, row)
        draft.profile_url = self._text(Field.PROFILE_URL, row)

    def _read_standing(self, draft: Draft, row: list[str]) -> None:
        if text := self._text(Field.STATUS, row):
            status = cells.status(text)
            if status is None:
                draft.remarks.append((Remark.STATUS, text))
            draft.status = status or ""
            # A list that says so in its status says it for the person.
            draft.opted_out |= status == Candidate.Status.DO_NOT_CONTACT
        if text := self._text(Field.STAGE_REACHED, row):
            stage = cells.stage(text)
            if stage is None:
                draft.remarks.append((Remark.STAGE, text))
            draft.stage = stage or ""
        if text := self._text(Field.OWNER_EMAIL, row):
            draft.owner_id = self._owners.get(text.lower())
            if draft.owner_id is None:
                draft.remarks.append((Remark.OWNER, text))

    def _read_conversation(self, draft: Draft, row: list[str]) -> None:
        draft.talked_on = self._date(Field.LAST_CONVERSATION_DATE, draft, row)
        draft.topic = self._text(Field.LAST_CONVERSATION_TOPIC, row)
        notes = self._texts(Field.LAST_CONVERSATION_NOTE, row) or self._texts(Field.NOTES, row)
        draft.note = "\n".join(filter(None, map(_whole, notes)))[:_LONGEST_NOTE]

    def _date(self, of: Field, draft: Draft, row: list[str]) -> date | None:
        for index, _ in self._columns[of]:
            if not row[index]:
                continue
            found = dates.read(unguarded(row[index]), self._orders.get(index, Order()))
            if isinstance(found, Unreadable) or (found is not None and found > self._today):
                draft.remarks.append((Remark.DATE, tidy(row[index], 40)))
            elif found is not None:
                return found
        return None

    def _read_tags(self, draft: Draft, row: list[str]) -> None:
        skills = self._words(Field.SKILLS, row)
        named = self._words(Field.SPECIALTY, row)
        for word in self._words(Field.TAGS, row):
            is_specialty = self._vocabulary.skill(word) is None and (
                self._vocabulary.specialty_of(word) is not None
            )
            (named if is_specialty else skills).append(word)
        read = self._vocabulary.read(
            title=draft.job_title,
            skills=skills,
            specialties=named,
            seniority=self._text(Field.SENIORITY, row),
            country=draft.place.country_code,
        )
        draft.tags, draft.unmatched = _each_once(read.tags), read.unmatched
        self.tags_named.update([found.tag_id for found in draft.tags])

    def _words(self, of: Field, row: list[str]) -> list[str]:
        whole = self._vocabulary.whole
        return [word for text in self._texts(of, row) for word in cells.skills(text, whole)]

    def _read_identity(self, draft: Draft, row: list[str]) -> None:
        draft.source = self._text(Field.SOURCE, row) or self._source
        draft.external_id = self._text(Field.EXTERNAL_ID, row)
        if _ROUNDED.fullmatch(draft.external_id):
            draft.remarks.append((Remark.EXTERNAL_ID, draft.external_id))
            draft.external_id = ""
        if draft.external_id or draft.emails or draft.phones:
            return
        name = f"{draft.first_name} {draft.last_name}".strip()
        if not name:
            raise UnusableRowError("Nothing in the row says who this is.")
        # The same row must mean the same person the next time, though only the name is known.
        words = f"{name}\n{draft.employer}".casefold()
        draft.external_id = f"name:{blake2b(words.encode(), digest_size=8).hexdigest()}"


def unguarded(text: str) -> str:
    """The cell without the apostrophe that keeps spreadsheets from running it."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS and text[1:2] else text


@lru_cache(maxsize=65536)
def tidy(text: str, longest: int) -> str:
    """A cell on one line, cut to a length, "" when it says that there is nothing in it."""
    text = " ".join(unguarded(text).split())
    if is_nothing(text) or text == _MYSQL_NULL:
        return ""
    if not text.isprintable():
        text = " ".join(_CONTROL.sub(" ", text).split())
    return text[:longest].rstrip()


def _whole(text: str) -> str:
    """A note, on as many lines as it has."""
    if is_nothing(text):
        return ""
    return "\n".join(_CONTROL.sub(" ", line).rstrip() for line in text.strip().splitlines())


def _each_once(tags: Iterable[Found]) -> tuple[Found, ...]:
    surest: dict[int, Found] = {}
    for found in tags:
        known = surest.get(found.tag_id)
        if known is None or found.confidence > known.confidence:
            surest[found.tag_id] = found
    # In the order in which the database keeps the tags of a person.
    return tuple(sorted(surest.values()))
