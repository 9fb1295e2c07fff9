"""Compares profiles with what their source said before, and with our records, and tells changes:
each once, never by an older file, and never by a blank."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from warmbench.core import audit
from warmbench.integrations.models import ProfileSnapshot, ProfileUpload
from warmbench.integrations.profiles import matching
from warmbench.integrations.profiles.files import FileSource
from warmbench.integrations.profiles.sources import Profile, ProfileSource
from warmbench.people import candidates, off_limits
from warmbench.people.import_drafts import Draft
from warmbench.people.models import Candidate, CandidateTag, Tag
from warmbench.people.vocabulary import Vocabulary
from warmbench.signals import record
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft

State, Kind = ProfileUpload.State, Signal.Kind

BATCH = 1_000
#: So many changes and strange rows a page can be expected to show.
MOST_SHOWN = 5_000


@dataclass
class Outcome:
    """What came of a source."""

    rows: int = 0
    matched: int = 0
    older: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    unmatched: list[dict[str, Any]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "rows": self.rows,
            "matched": self.matched,
            "older": self.older,
            "changes": len(self.changes),
            "unmatched": self.rows - self.matched,
        }


@dataclass(frozen=True, slots=True)
class _Change:
    kind: Signal.Kind
    was: str
    now: str

    def key(self) -> str:
        """The same change is the same, whoever tells it."""
        said = f"{self.kind}|{self.was}|{self.now}".casefold()
        return f"profile:{self.kind}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def compare_upload(upload_id: int, *, now: datetime) -> None:
    """Compare the file of an upload, and let its bytes go. Safe to repeat."""
    of = ProfileUpload.objects.get(pk=upload_id)
    if of.state != State.WAITING:
        return
    vocabulary = Vocabulary.load()
    outcome = compare(FileSource(of, vocabulary, now), vocabulary, now=now)
    of.state, of.content, of.counts = State.DONE, b"", outcome.counts
    of.changes, of.unmatched = outcome.changes[:MOST_SHOWN], outcome.unmatched[:MOST_SHOWN]
    of.layout = of.layout | {"sample": []}
    with transaction.atomic():
        of.save(update_fields=["state", "content", "counts", "changes", "unmatched", "layout"])
        detail: dict[str, object] = {**outcome.counts}
        audit.record(
            of.by_id, "profiles.compared", f"profile_upload:{of.pk}", now=now, detail=detail
        )


def compare(source: ProfileSource, vocabulary: Vocabulary, *, now: datetime) -> Outcome:
    """Compare all profiles of a source with what we know. Raises ClosedError."""
    outcome = Outcome()
    profiles = source.profiles()
    while batch := list(islice(profiles, BATCH)):
        _compare(batch, source, vocabulary, outcome, now=now)
    return outcome


@transaction.atomic
def _compare(
    batch: Sequence[Profile],
    source: ProfileSource,
    vocabulary: Vocabulary,
    outcome: Outcome,
    *,
    now: datetime,
) -> None:
    outcome.rows += len(batch)
    readable = [(one, one.draft) for one in batch if one.draft is not None]
    whose = matching.match([draft for _, draft in readable], source.name)
    by_person: dict[int, Draft] = {}
    strange = [(one, one.reason) for one in batch if one.draft is None]
    for (one, draft), match in zip(readable, whose, strict=True):
        if match.candidate_id is None:
            strange.append((one, match.reason))
        elif match.candidate_id in by_person:
            strange.append((one, "Another row of the file is about the same candidate."))
        else:
            by_person[match.candidate_id] = draft
    for one, reason in sorted(strange, key=lambda pair: pair[0].line):
        row = {"line": one.line, "reason": reason, "cells": list(one.cells)}
        outcome.unmatched.append(row)
    outcome.matched += len(by_person)
    people = {one.pk: one for one in candidates.lock(sorted(by_person))}
    snapshots = ProfileSnapshot.objects.filter(candidate__in=people, source=source.name)
    before = {one.candidate_id: one for one in snapshots}
    held = _skills_of(people)
    drafts: list[SignalDraft] = []
    for pk, person in people.items():
        said = _said(by_person[pk], vocabulary)
        last = before.get(pk)
        if last and last.taken_at > source.taken_at:
            outcome.older += 1
            continue
        known = _known(person, held.get(pk, set()), vocabulary)
        if last or source.taken_at >= person.added_at:
            found = _changes(said, last.fields if last else None, known)
            drafts += [_draft(change, pk, source) for change in found]
        _keep(person, source, said, last)
    for signal in record.record(drafts, now=now):
        words = f"{Signal.Kind(signal.kind).label}: {signal.topic}"
        outcome.changes.append({"candidate": signal.candidate_id, "text": words})


def _said(draft: Draft, vocabulary: Vocabulary) -> dict[str, Any]:
    """What a profile says of somebody's work; nothing of what it leaves blank."""
    level = vocabulary.seniority_of(draft.job_title) if draft.job_title else None
    skills = sorted(
        found.tag_id for found in draft.tags if vocabulary.tags[found.tag_id].kind == Tag.Kind.SKILL
    )
    said = {
        "employer": draft.employer,
        "job_title": draft.job_title,
        "seniority": level,
        "city": draft.place.city,
        "country": draft.place.country_code,
        "skills": {str(pk): vocabulary.tags[pk].name for pk in skills},
    }
    return {name: value for name, value in said.items() if value}


def _known(person: Candidate, skills: set[int], vocabulary: Vocabulary) -> dict[str, Any]:
    """What our own record says of the same."""
    said = {
        "employer": person.employer,
        "job_title": person.job_title,
        "seniority": vocabulary.seniority_of(person.job_title) if person.job_title else None,
        "city": person.city,
        "country": person.country,
        "skills": {str(pk): "" for pk in skills},
    }
    return {name: value for name, value in said.items() if value}


def _changes(
    said: Mapping[str, Any], last: Mapping[str, Any] | None, known: Mapping[str, Any]
) -> Iterator[_Change]:
    """What is new in what is said: against the same source's last word, and our record."""
    before = {**known, **(last or {})}
    if _is_other("employer", said, before, known, off_limits.key):
        # Whoever works elsewhere has another title anyway.
        yield _Change(Kind.MOVED, before["employer"], said["employer"])
    elif _is_other("job_title", said, before, known, str.casefold) and _is_up(said, before):
        yield _Change(Kind.PROMOTED, before["job_title"], said["job_title"])
    if before.get("skills") and (last is None or last.get("skills")):
        had = before["skills"].keys() | known.get("skills", {}).keys()
        if new := said.get("skills", {}).keys() - had:
            names = sorted(said["skills"][pk] for pk in new)
            yield _Change(Kind.LEARNED, "", ", ".join(names))
    place = "country" if "city" not in said or "city" not in before else "city"
    if _is_other(place, said, before, known, str.casefold):
        yield _Change(Kind.RELOCATED, before[place], said[place])


def _is_other(
    name: str,
    said: Mapping[str, Any],
    before: Mapping[str, Any],
    known: Mapping[str, Any],
    plain: Any,
) -> bool:
    """Whether something is said that is neither what was said, nor what we have."""
    if not said.get(name) or not before.get(name):
        return False
    new = plain(said[name])
    return new not in {plain(before[name]), plain(known.get(name) or "")}


def _is_up(said: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether a title tells of a higher level; levels rise with their numbers."""
    return bool(said.get("seniority")) and said["seniority"] > (before.get("seniority") or 0)


def _draft(change: _Change, candidate_id: int, source: ProfileSource) -> SignalDraft:
    was = f" (was {change.was})" if change.was else ""
    return SignalDraft(
        candidate_id=candidate_id,
        kind=change.kind,
        grade=Signal.Grade.LIKELY,
        at=source.taken_at,
        key=change.key(),
        topic=f"{change.now}{was}, by {source.name}"[:200],
    )


def _keep(
    person: Candidate,
    source: ProfileSource,
    said: Mapping[str, Any],
    last: ProfileSnapshot | None,
) -> None:
    fields = {**(last.fields if last else {}), **said}
    if "employer" in said and last and last.fields.get("employer") != said["employer"]:
        # The old title is not one of the new employer.
        kept = {k: v for k, v in fields.items() if k not in {"job_title", "seniority"}}
        fields = {**kept, **said}
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    ProfileSnapshot.objects.update_or_create(
        candidate=person,
        source=source.name,
        defaults={"taken_at": source.taken_at, "fields": fields, "digest": digest},
    )


def _skills_of(people: Mapping[int, Candidate]) -> dict[int, set[int]]:
    rows = CandidateTag.objects.filter(candidate__in=people, tag__kind=Tag.Kind.SKILL)
    found: dict[int, set[int]] = {}
    for candidate_id, tag_id in rows.values_list("candidate_id", "tag_id"):
        found.setdefault(candidate_id, set()).add(tag_id)
    return found
