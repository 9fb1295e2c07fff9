"""Adds to dossiers what texts say of somebody's work, sentence by sentence and without names."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from django.db.models import Count

from warmbench.insight import reading
from warmbench.insight.kinds import SourceKind
from warmbench.insight.models import Source, SourcePerson
from warmbench.people.models import Candidate
from warmbench.shortlists import nameless
from warmbench.shortlists.dossier import Dossier

#: Taking a text apart takes milliseconds: of each person the last few are.
_TEXTS = 3
_SENTENCES = 150


def added(dossiers: Mapping[int, Dossier]) -> dict[int, Dossier]:
    """Those of the dossiers to which texts add something, with their sentences, the newest texts
    first. Texts about several people stay out: which sentence is whose, facts know."""
    alone = Source.objects.annotate(concerned=Count("people")).filter(concerned=1)
    rows = SourcePerson.objects.filter(
        candidate__in=list(dossiers), source__in=alone, source__state=Source.State.READ
    )
    texts: defaultdict[int, list[Source]] = defaultdict(list)
    for row in rows.select_related("source").order_by("-source__said_on", "-source"):
        texts[row.candidate_id].append(row.source)
    names = {one.pk: one.name for one in Candidate.objects.filter(pk__in=list(texts))}
    found = {}
    for pk, theirs in sorted(texts.items()):
        told: dict[str, None] = {}
        for source in theirs[:_TEXTS]:
            told.update(dict.fromkeys(_sentences(source, names.get(pk, ""))))
        if told:
            found[pk] = replace(dossiers[pk], sentences=tuple(told)[:_SENTENCES])
    return found


def _sentences(source: Source, name: str) -> list[str]:
    read = reading.read(
        source.text,
        kind=SourceKind(source.kind),
        said_on=source.said_on,
        people=[name] if name else [],
        language=source.language,
    )
    return nameless.sentences(read)
