"""Loads staged rows into the database, a chunk a transaction, each with its checkpoint."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from warmbench.core import sql
from warmbench.core.events import publish
from warmbench.people import journal, spreadsheet, tagging, unmatched
from warmbench.people.candidates import (
    EVENT_SIZE,
    CandidatesChanged,
    CandidatesHandedOver,
    CandidateStatusChanged,
)
from warmbench.people.consent import CandidateSuppressed
from warmbench.people.import_drafts import WAYS, Options
from warmbench.people.import_staging import ERASED, HARMLESS, ask, path_of, run
from warmbench.people.models import CandidateImport, ImportRejection, Suppression
from warmbench.people.spreadsheet import Layout, Mark
from warmbench.people.tag_words import Found
from warmbench.people.tagging import Drafts

#: So much may wait to be sorted into the indexes of words and tags: see ``sort_in``.
_PENDING = "64MB"

#: Rows that are counted and not kept, by their reason: what they are counted as.
_NOT_TO_MEND = {HARMLESS: "left_out", ERASED: "erased"}
#: Staged columns of which the last row that says something counts.
_TEXTS = ("first_name", "last_name", "employer", "job_title", "profile_url", "stage")
_TOLD = (
    *("source", "external_id", *_TEXTS, "city", "region", "country", "time_zone", "status"),
    *("owner_id", "talked_on", "topic", "note", "consent", "consent_words", "consented_on"),
    *("opted_out", "primary_tag"),
)
#: People of whom there is one row, and whom nobody knew: nearly everybody, the first time.
_FRESH = """(
    SELECT s.* FROM import_stage s
     WHERE s.n > %(done)s::int AND s.n <= %(until)s::int AND s.reason = ''
       AND NOT EXISTS (SELECT FROM import_match m WHERE m.n = s.n)
)"""
_TOLD_NEW = "(SELECT * FROM import_told WHERE is_new)"


@dataclass
class Loaded:
    """What one chunk came to."""

    counts: Counter[str] = field(default_factory=Counter)
    added: list[int] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    suppressed: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms staged rows are loaded."""

    #: Whose tables they stand in: see ``import_staging.named``.
    import_id: int
    source: str
    #: What the evidence of a consent or a stop begins with.
    this: str
    options: Options
    #: The tags that the rows name.
    tag_ids: Sequence[int]
    by_id: int | None = None


class Loader:
    """Loads staged rows, wherever they come from."""

    def __init__(self, terms: Terms, *, now: datetime) -> None:
        self._terms = terms
        self._now = now
        options, this = terms.options, terms.this
        self._values: dict[str, object] = {
            "now": now,
            "source": terms.source,
            "owner": options.owner_id,
            "basis": options.basis,
            "evidence": f"{this}: {options.evidence}"[:300],
            "said": f"{this}: ",
            "stop": f"{this}: opted out there",
            "by": terms.by_id,
            "tag_sources": [source or terms.source for source, _ in WAYS],
            "confidences": [confidence for _, confidence in WAYS],
        }
        allowed = sql.run("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        self._may_skip_checks: bool = allowed.fetchall()[0][0]

    def add(self, done: int, until: int) -> Loaded:
        """Add those who are simply new, whose row comes after ``done`` and not after ``until``.

        In the caller's transaction, and with nothing that another chunk could wait for: two
        chunks may be at this at the same time. Doing it again adds them again.
        """
        span = self._span(done, until)
        loaded = Loaded()
        _plan_for_these_values()
        self._hold_what_they_name(span)
        # What waits there is sorted in all at once, which takes a third of the time.
        sql.run(f"SET LOCAL gin_pending_list_limit = '{_PENDING}'")
        with self._unchecked():
            loaded.added = [pk for (pk,) in self._ask("add_candidates", span, fresh=_FRESH)]
            loaded.counts["new"] = len(loaded.added)
            if loaded.added:
                self._ask("add_points", span, fresh=_FRESH)
                self._ask("add_consents", span, fresh=_FRESH)
                self._ask("add_tags", span, fresh=_FRESH)
            if loaded.added and self._may_skip_checks:
                self._ask("add_facets", span, fresh=_FRESH)
                self._ask("add_words", span, fresh=_FRESH)
        return loaded

    def complete(self, loaded: Loaded, done: int, until: int) -> None:
        """Do the rest for these rows, in the same transaction: one chunk after the other."""
        span = self._span(done, until)
        if loaded.added:
            self._suppress(loaded, span, fresh=_FRESH)
            self._record_unmatched(span, fresh=_FRESH)
            # Here, because two chunks that add at the same time would each add the same words.
            sql.run("SELECT learn_words(%(ids)s::bigint[])", {"ids": loaded.added})
        self._tell_known(loaded, span)
        self._reject(loaded, span)
        journal.note(sorted(loaded.suppressed), journal.Kind.IMPORTED, now=self._now)
        _announce(loaded)

    def compare(self, done: int, until: int) -> Loaded:
        """What both together would come to. Who is simply new is only counted, everything else is
        really done: the caller rolls it back."""
        span = self._span(done, until)
        loaded = Loaded()
        _plan_for_these_values()
        counted = self._ask("count_fresh", span, fresh=_FRESH)
        loaded.counts["new"] = counted.fetchall()[0][0]
        self._tell_known(loaded, span)
        self._reject(loaded, span)
        return loaded

    def _span(self, done: int, until: int) -> dict[str, object]:
        return self._values | {"done": done, "until": until}

    @contextmanager
    def _unchecked(self) -> Iterator[None]:
        """Insert without asking, for every single row, whether the row that it points to exists.

        The question takes longer than the row. Here new people were inserted a statement ago,
        tags and owners are held, and what triggers would do is done. Where the database does
        not let us, it asks.
        """
        if not self._may_skip_checks:
            yield
            return
        sql.run("SET LOCAL session_replication_role = replica")
        yield
        sql.run("SET LOCAL session_replication_role = origin")

    def _hold_what_they_name(self, span: dict[str, object]) -> None:
        self._ask("hold_owners", span, fresh=_FRESH)
        tagging.hold_tags(self._terms.tag_ids)

    def _tell_known(self, loaded: Loaded, span: dict[str, object]) -> None:
        texts = ", ".join(
            f"coalesce((array_agg({one} ORDER BY n DESC) FILTER (WHERE {one} <> ''))[1], '')"
            f" AS {one}"
            for one in _TEXTS
        )
        query = sql.load(__file__, "import_tell")
        query = query.replace("/* columns */", ", ".join(_TOLD)).replace("/* texts */", texts)
        run(query, self._terms.import_id, span)
        known, new, rows = sql.run(
            "SELECT count(*) FILTER (WHERE NOT is_new), count(*) FILTER (WHERE is_new),"
            " coalesce(sum(rows), 0)::int FROM import_told"
        ).fetchall()[0]
        if rows:
            added, changed = self._write_told(loaded, span)
            loaded.added += added
            loaded.changed |= changed
            loaded.counts.update(
                new=new,
                merged=rows - known - new,
                updated=len(changed),
                unchanged=known - len(changed),
            )
        sql.run("DROP TABLE import_told")

    def _write_told(self, loaded: Loaded, span: dict[str, object]) -> tuple[set[int], set[int]]:
        """Returns who is new, and of the others who changed."""
        added = {pk for (pk,) in self._ask("add_candidates", span, fresh=_TOLD_NEW)}
        changed = self._change_facts(span)
        changed |= {pk for (pk,) in self._ask("change_points", span)}
        changed |= {pk for (pk,) in self._ask("change_consents", span)}
        changed |= self._suppress(loaded, span, fresh="import_told")
        self._record_unmatched(span, fresh="import_told")
        changed |= self._tag()
        changed -= added
        # Who only has another address or tag is another now, too.
        sql.run(
            "UPDATE candidate SET changed_at = %(now)s"
            " WHERE id = ANY(%(ids)s::bigint[]) AND changed_at <> %(now)s",
            {"now": self._now, "ids": list(changed)},
        )
        return added, changed

    def _change_facts(self, span: dict[str, object]) -> set[int]:
        if not self._ask("compare", span).rowcount:
            return set()
        self._ask("lock", span)
        # Before the lock was there, somebody may have written "do not contact".
        self._ask("compare", span)
        by_status: defaultdict[str, list[int]] = defaultdict(list)
        by_owner: defaultdict[int | None, list[int]] = defaultdict(list)
        changed = set()
        for candidate_id, status, owner_id, new_status, new_owner in self._ask("change", span):
            changed.add(candidate_id)
            if new_status:
                by_status[status].append(candidate_id)
            if new_owner:
                by_owner[owner_id].append(candidate_id)
        for status, ids in by_status.items():
            for piece in _pieces(ids):
                publish(CandidateStatusChanged(candidate_ids=piece, status=status))
        for owner_id, ids in by_owner.items():
            for piece in _pieces(ids):
                publish(CandidatesHandedOver(candidate_ids=piece, to_id=owner_id))
        return changed

    def _tag(self) -> set[int]:
        drafts = Drafts()
        lacking = self._ask("lacking_tags", self._values)
        for candidate_id, tag_ids, ways, primary in lacking:
            found = zip(tag_ids, ways, strict=True)
            tags = [
                Found(tag_id, WAYS[way - 1][0], WAYS[way - 1][1], tag_id == primary)
                for tag_id, way in found
            ]
            drafts.add(candidate_id, tags, source=self._terms.source)
        return set(tagging.apply(drafts, now=self._now, announce=False))

    def _suppress(self, loaded: Loaded, span: dict[str, object], *, fresh: str) -> set[int]:
        stopped = {pk for (pk,) in self._ask("suppress", span, fresh=fresh)}
        loaded.suppressed |= stopped
        return stopped

    def _record_unmatched(self, span: dict[str, object], *, fresh: str) -> None:
        rows = self._ask("untagged", span, fresh=fresh).fetchall()
        people, texts = [pk for pk, _ in rows], [text for _, text in rows]
        unmatched.record(people, texts, source=self._terms.source, now=self._now)

    def _reject(self, loaded: Loaded, span: dict[str, object]) -> None:
        loaded.suppressed |= {pk for (pk,) in self._ask("suppress_addresses", span)}

    def _ask(
        self, name: str, span: dict[str, object], *, fresh: str = ""
    ) -> psycopg.Cursor[sql.Row]:
        return ask(name, self._terms.import_id, span, fresh=fresh)


class FileLoader(Loader):
    """Loads the chunks of one import of a file, and keeps the rows that cannot be loaded."""

    def __init__(self, of: CandidateImport, *, now: datetime) -> None:
        this = f"Import {of.pk} ({of.source}, {of.file_name})"[:200]
        options, tag_ids = Options.from_json(of.options), of.counts["staged"]["tags"]
        super().__init__(Terms(of.pk, of.source, this, options, tag_ids, of.by_id), now=now)
        self._of = of

    def _reject(self, loaded: Loaded, span: dict[str, object]) -> None:
        super()._reject(loaded, span)
        rejections = []
        for line, place, reason, cells in self._ask("rejected", span):
            if reason in _NOT_TO_MEND:
                loaded.counts[_NOT_TO_MEND[reason]] += 1
                continue
            loaded.counts["rejected"] += 1
            kept = cells or self._cells_at(line, place)
            rejections.append(
                ImportRejection(of=self._of, line=line, reason=reason[:300], cells=kept)
            )
        ImportRejection.objects.bulk_create(rejections, batch_size=1000)

    def _cells_at(self, line: int, place: int) -> list[str]:
        layout = Layout.from_json(self._of.layout)
        mark = Mark(line - 1, place)
        return next(spreadsheet.rows(path_of(self._of), layout, after=mark)).cells


def sort_in() -> None:
    """Do what large loads put off: tell the planner how the tables have grown, and sort new
    people into the indexes of words and tags. Until then, questions to those are slower."""
    sql.run(
        "ANALYZE candidate, contact_point, consent, candidate_tag, candidate_facet, candidate_words"
    )
    ask("sort_in", 0, {})


def _plan_for_these_values() -> None:
    # A plan for chunks of any kind would look at a million people one by one.
    sql.run("SET LOCAL plan_cache_mode = force_custom_plan")


def _announce(loaded: Loaded) -> None:
    for ids in _pieces(sorted({*loaded.added, *loaded.changed})):
        publish(CandidatesChanged(candidate_ids=ids))
    for ids in _pieces(sorted(loaded.suppressed)):
        publish(CandidateSuppressed(candidate_ids=ids, reason=Suppression.Reason.IMPORTED))


def _pieces(ids: Sequence[int]) -> Iterator[list[int]]:
    return (list(ids[at : at + EVENT_SIZE]) for at in range(0, len(ids), EVENT_SIZE))
