"""Turns people of invented worlds into dossiers, as facts that were noted or by reading texts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bench import fit_world
from warmbench.insight import documents, reading
from warmbench.insight.kinds import SourceKind
from warmbench.shortlists import nameless, texts
from warmbench.shortlists.dossier import Dossier


def of_facts(person: fit_world.Person, *, today: date) -> Dossier:
    """Their facts and record as a database has them, with the sentences of their texts."""
    reads = {
        name: reading.read(document.text, kind=kind, said_on=day)
        for name, document, kind, day in _documents(person)
    }
    told = [one for read in reads.values() for one in nameless.sentences(read)]
    kept = {"facts": person.facts, "record": person.record, "sentences": told}
    of = texts.of_json(kept, key=person.key, today=today)
    facts = of.facts
    for read in reads.values():
        facts = texts.with_careers(facts, read)
    return replace(of, facts=facts)


def of_texts(person: fit_world.Person) -> Dossier:
    """What is read in their texts, and nothing else."""
    parts = [
        texts.of_text(document.text, kind=kind, key=person.key, said_on=day)
        for _, document, kind, day in _documents(person)
    ]
    return texts.joined(parts, key=person.key)


def _documents(
    person: fit_world.Person,
) -> Iterable[tuple[str, documents.Document, SourceKind, date]]:
    for name, text in sorted(person.texts.items()):
        document = documents.read(f"{name}.txt", text.encode())
        kind = SourceKind.RESUME if name == "resume" else document.kind
        yield name, document, kind, person.dates[name]
