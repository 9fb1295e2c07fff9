"""Reads roles and people from files, for rankings without a database."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from warmbench.core.documents import UnreadableError
from warmbench.insight import documents, extraction, reading, slots
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.people import pay, wanted_places
from warmbench.people.places import locate
from warmbench.people.wanted_places import WantedPlace
from warmbench.shortlists import adverts, careers, impersonal, nameless
from warmbench.shortlists.dossier import Dossier, Known
from warmbench.shortlists.requirements import Spec, SpecError, from_json
from warmbench.sourcing import descriptions
from warmbench.sourcing.fit import PayFloor

#: Sentences of one person that are kept.
_MOST_SENTENCES = 150
_REMOTE = {"remote": "remote", "hybrid": "hybrid", "onsite": "on_site", "on_site": "on_site"}
_SOURCES = {
    SourceKind.RESUME: "résumé",
    SourceKind.NOTE: "note",
    SourceKind.TRANSCRIPT: "transcript",
    SourceKind.DEBRIEF: "debrief",
    SourceKind.EMAIL: "email",
}
_DAYS = {"days": 1, "weeks": 7, "months": 30}
#: Where these stand in a file, it holds facts and no text.
_OURS = frozenset({"facts", "sentences", "record"})


def role(name: str, raw: bytes, *, today: date) -> Spec:
    """The profile in a file: JSON as ``requirements.to_json`` writes it, or a description as text,
    PDF or Word. Raises SpecError, one sentence for whoever gave it."""
    if name.lower().endswith(".json"):
        kept = _json(raw)
        if not isinstance(kept, Mapping):
            raise SpecError("This JSON is no role profile: it has to be an object.")
        return from_json(kept)
    try:
        text = descriptions.read(name, raw)
    except descriptions.DescriptionError as error:
        raise SpecError(str(error)) from error
    return adverts.spec_of(text, today=today)


def person(name: str, raw: bytes, *, key: str, today: date) -> Dossier:
    """What a file tells of one person: JSON with facts and sentences, or any text that ``insight
    extract`` reads. Raises UnreadableError, one sentence for whoever gave it."""
    if name.lower().endswith(".json"):
        kept = _json(raw)
        if isinstance(kept, Mapping) and _OURS & set(kept):
            return of_json(kept, key=key, today=today)
    document = documents.read(name, raw)
    return of_text(document.text, kind=document.kind, key=key, said_on=today)


def of_text(text: str, *, kind: SourceKind, key: str, said_on: date) -> Dossier:
    """The dossier of a text about one person, said on a day."""
    read = reading.read(text, kind=kind, said_on=said_on)
    names = nameless.names_of(read)
    if (rest := impersonal.text_of(read)) != read.text:
        read = reading.read(rest, kind=kind, said_on=said_on)
    found = [one for one in extraction.extract(read) if one.about == 0]
    facts = with_careers([_known(one, read) for one in found], read)
    return dossier_of(facts, nameless.sentences(read, names=names)[:_MOST_SENTENCES], key=key)


def with_careers(facts: Sequence[Known], read: Reading) -> tuple[Known, ...]:
    """The facts, skills with the years and the last use that the stations of a résumé tell, where
    the words beside them say nothing of it."""
    names = [str(one.value.get("name") or "") for one in facts if _is_had(one)]
    uses = careers.uses(read, names)
    return tuple(
        _used(one, uses[str(one.value.get("name"))])
        if _is_had(one) and str(one.value.get("name")) in uses
        else one
        for one in facts
    )


def _is_had(one: Known) -> bool:
    return one.kind == Kind.SKILL and one.polarity == Polarity.HAD


def _used(one: Known, use: careers.Use) -> Known:
    told: dict[str, Any] = {"years": use.years, "last_used": str(use.last)}
    return replace(one, value=told | dict(one.value))


def joined(parts: Sequence[Dossier], *, key: str) -> Dossier:
    """One dossier of what several texts tell about one person."""
    facts = [fact for one in parts for fact in one.facts]
    told = (sentence for one in parts for sentence in one.sentences)
    return dossier_of(facts, told, key=key)


def of_json(kept: Mapping[str, Any], *, key: str, today: date) -> Dossier:
    """The dossier of what a program sends: ``facts`` in the format of docs/reference/insights.md,
    ``sentences``, and ``record``. Raises UnreadableError."""
    try:
        facts = tuple(_of_fact(one, today) for one in kept.get("facts") or ())
        told = [str(one) for one in kept.get("sentences") or ()]
        record = dict(kept.get("record") or {})
        return _with_record(dossier_of(facts, told, key=key), record)
    except (TypeError, ValueError, ArithmeticError, AttributeError, KeyError) as error:
        raise UnreadableError(f"This JSON tells nothing of a person: {error}") from error


def dossier_of(facts: Sequence[Known], sentences: Iterable[str], *, key: str) -> Dossier:
    """A dossier whose places, pay and start are those that the facts tell."""
    home = _home(facts)
    wanted = _wanted(facts)
    return Dossier(
        key=key,
        facts=tuple(facts),
        sentences=tuple(dict.fromkeys(sentences)),
        city=home.city if home else "",
        region=home.region if home else "",
        country=home.country if home else "",
        wanted=wanted,
        remote=_remote(facts),
        floor=_floor(facts),
        free_from=_free_from(facts),
        refused_employers=frozenset(
            str(one.value.get("name", ""))
            for one in facts
            if one.kind == Kind.EMPLOYER and one.polarity == Polarity.REFUSES
        ),
    )


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("This is not JSON that can be read.") from error


def _known(found: Found, read: Reading) -> Known:
    return Known(
        kind=str(found.kind),
        value=found.value,
        polarity=str(found.polarity),
        quote=read.text[found.start : found.end],
        said_on=read.said_on,
        source=_SOURCES.get(read.kind, str(read.kind)),
        confidence=found.confidence,
        is_first_hand=found.speaker == Speaker.CANDIDATE,
    )


def _of_fact(kept: Mapping[str, Any], today: date) -> Known:
    return Known(
        kind=str(kept["kind"]),
        value=dict(kept.get("value") or {}),
        polarity=str(kept.get("polarity") or Polarity.HAD),
        quote=str(kept.get("quote") or ""),
        said_on=slots.day(kept.get("said_on")) or slots.day(kept.get("date")) or today,
        source=str(kept.get("source") or "").replace("resume", "résumé"),
        confidence=float(kept.get("confidence", 0.9)),
        is_first_hand=str(kept.get("speaker") or "") == Speaker.CANDIDATE,
    )


def _with_record(of: Dossier, record: dict[str, Any]) -> Dossier:
    """The dossier with what a record says: it counts more than what was read."""
    floor = record.get("floor")
    wanted = record.get("wanted") or ()
    return replace(
        of,
        city=str(record.get("city") or of.city),
        region=str(record.get("region") or of.region),
        country=str(record.get("country") or of.country),
        wanted=tuple(_place(one) for one in wanted) or of.wanted,
        remote=str(record.get("remote") or of.remote),
        floor=PayFloor(
            Decimal(str(floor["amount"])),
            str(floor.get("currency", "")),
            str(pay.Period(floor.get("period", "year"))),
        )
        if floor
        else of.floor,
        free_from=slots.day(record.get("free_from")) or of.free_from,
        refused_employers=of.refused_employers
        | frozenset(map(str, record.get("refused_employers") or ())),
    )


def _place(kept: str | Mapping[str, str]) -> WantedPlace:
    if isinstance(kept, str):
        return next(iter(wanted_places.read(kept)), WantedPlace(kept))
    return WantedPlace(**kept)


def _newest(facts: Iterable[Known]) -> list[Known]:
    return sorted(facts, key=lambda one: (one.said_on or date.min, one.confidence), reverse=True)


def _of(facts: Iterable[Known], kind: Kind, *polarities: str) -> list[Known]:
    return _newest(one for one in facts if one.kind == kind and one.polarity in polarities)


def _home(facts: Sequence[Known]) -> WantedPlace | None:
    for one in _of(facts, Kind.PLACE, Polarity.HAD):
        if (found := _located(one)).country:
            return found
    return None


def _located(one: Known) -> WantedPlace:
    """The place that a fact names."""
    name, country = str(one.value.get("name") or ""), str(one.value.get("country") or "")
    if not name:
        return WantedPlace(country, country=country)
    found = locate(city=name, country=country) if country else locate(free_text=name)
    return WantedPlace(name, found.city, found.region, found.country_code or country)


def _wanted(facts: Sequence[Known]) -> tuple[WantedPlace, ...]:
    """Where they would work; who says nothing of it is taken to stay where they live."""
    said = [_located(one) for one in _of(facts, Kind.PLACE, Polarity.WANTS, Polarity.PLANS)]
    return tuple(dict.fromkeys(said))


def _remote(facts: Sequence[Known]) -> str:
    for one in _of(facts, Kind.REMOTE, Polarity.WANTS):
        return _REMOTE.get(str(one.value.get("mode")), "")
    return ""


def _floor(facts: Sequence[Known]) -> PayFloor | None:
    """What a move has to pay: what they would not go below, else what they aim at."""
    asked = _of(facts, Kind.PAY, Polarity.WANTS)
    for what in ("floor", "target"):
        for one in asked:
            low = one.value.get("low", one.value.get("high"))
            currency = str(one.value.get("currency") or "")
            if one.value.get("what") == what and low and currency:
                period = str(one.value.get("period") or pay.Period.YEAR)
                return PayFloor(Decimal(str(low)), currency, period)
    return None


def _free_from(facts: Sequence[Known]) -> date | None:
    """The first day on which they could start: as they say, else after their notice."""
    days = [slots.day(one.value.get("from")) for one in _of(facts, Kind.START, Polarity.WANTS)]
    told = next((day for day in days if day is not None), None)
    return told or next(_after_notice(facts), None)


def _after_notice(facts: Sequence[Known]) -> Iterator[date]:
    for one in _of(facts, Kind.NOTICE, Polarity.HAD):
        amount, unit = one.value.get("amount"), str(one.value.get("unit"))
        if one.said_on is not None and isinstance(amount, int | float) and unit in _DAYS:
            yield one.said_on + timedelta(days=int(amount * _DAYS[unit]))
