"""Turns people of invented worlds into dossiers, as facts that were noted or by reading texts."""

from collections.abc import Iterable, Iterator
from datetime import date

from bench import fit_world
from warmbench.insight import documents, reading
from warmbench.insight.kinds import SourceKind
from warmbench.shortlists import nameless, texts
from warmbench.shortlists.dossier import Dossier


def of_facts(person: fit_world.Person, *, today: date) -> Dossier:
    """Their facts and record as a database has them, with the sentences of their texts."""
    kept = {
        "facts": person.facts,
        "record": person.record,
        "sentences": list(_sentences(person)),
    }
    return texts.of_json(kept, key=person.key, today=today)


def of_texts(person: fit_world.Person) -> Dossier:
    """What is read in their texts, and nothing else."""
    parts = [
        texts.of_text(document.text, kind=kind, key=person.key, said_on=day)
        for document, kind, day in _documents(person)
    ]
    return texts.joined(parts, key=person.key)


def _sentences(person: fit_world.Person) -> Iterator[str]:
    for document, kind, day in _documents(person):
        yield from nameless.sentences(reading.read(document.text, kind=kind, said_on=day))


def _documents(
    person: fit_world.Person,
) -> Iterable[tuple[documents.Document, SourceKind, date]]:
    for name, text in sorted(person.texts.items()):
        document = documents.read(f"{name}.txt", text.encode())
        kind = SourceKind.RESUME if name == "resume" else document.kind
        yield document, kind, person.dates[name]
