"""How fast a file of candidates is loaded: all of them new, then all of them known.

    python -m bench.importing --rows 100000

Beside it, in the same run: a plain COPY of the same rows into one table without any index,
which is the most that this database could do, and row by row through the ORM, as one would
write it first.
"""

import argparse
import csv
import os
import random
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warmbench.people.models import CandidateImport

os.environ.setdefault("WARMBENCH_INSTANCE", "bench-import")

from bench import scratch
from warmbench.core import sql

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
_HEADER = [
    "Candidate ID",
    "First name",
    "Last name",
    "E-mail",
    "Mobile",
    "Current employer",
    "Job title",
    "Skills",
    "City",
    "Country",
    "Status",
    "Owner email",
    "Stage",
    "Last contacted",
    "Topic",
    "Last conversation note",
    "Opt-in",
    "Opt-in date",
    "LinkedIn",
    "Unsubscribed",
]
_FIRST = [
    "Anna",
    "Bruno",
    "Chloé",
    "Dmitri",
    "Elif",
    "Farid",
    "Greta",
    "Hugo",
    "Inès",
    "Jonas",
    "Kaori",
    "Lena",
    "Mateo",
    "Nadia",
]
_LAST = [
    "Müller",
    "Smith",
    "García",
    "Nowak",
    "Rossi",
    "Dubois",
    "Kowalski",
    "Jansen",
    "Silva",
    "Ivanova",
    "Tanaka",
    "Öz",
]
_TITLES = [
    "Senior DevOps Engineer",
    "Financial Controller",
    "Registered Nurse",
    "Mechanical Engineer",
    "HR Manager",
    "Data Scientist",
    "Account Executive",
    "Head of Finance",
    "Backend Developer",
    "Risk Analyst",
]
_PLACES = [("Berlin", "Germany"), ("London", "UK"), ("Austin", "USA"), ("Lyon", "France")]


def write_file(path: Path, rows: int, *, prefix: str) -> None:
    """Invented people in 20 columns, with five skills each; nearly all cells are filled."""
    pick = random.Random(prefix)
    from warmbench.people.models import Tag

    skills = list(Tag.objects.filter(kind="skill").values_list("name", flat=True))
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(_HEADER)
        for n in range(rows):
            first, last = pick.choice(_FIRST), f"{pick.choice(_LAST)}-{pick.choice(_LAST)}"
            city, country = pick.choice(_PLACES)
            out.writerow(
                [
                    f"{prefix}{n}",
                    first,
                    last,
                    f"{prefix}.person{n}@mail{n % 50}.example.com",
                    f"+49 171 {hash((prefix, n)) % 9_000_000 + 1_000_000}",
                    f"Employer {n % 4000} GmbH",
                    pick.choice(_TITLES),
                    "; ".join(pick.sample(skills, 5)),
                    city,
                    country,
                    pick.choice(["Passive", "Open to offers", "Actively looking"]),
                    f"owner{n % 20}@example.com",
                    pick.choice(["Phone screen", "Interview", "", "Final round"]),
                    f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/2025",
                    f"the {pick.choice(_TITLES).lower()} role",
                    f"Talked about moving, call {n % 100} of the year.",
                    "yes",
                    "2025-06-01",
                    f"https://www.linkedin.com/in/{prefix}-{n}",
                    "no",
                ]
            )


def _plant() -> None:
    from warmbench.accounts.models import Role, User
    from warmbench.people import tag_tree

    tag_tree.load_default(now=NOW)
    for n in range(20):
        User.objects.create_user(
            f"owner{n}@example.com", date_joined=NOW, name=f"Owner {n}", role=Role.RECRUITER
        )


def _uploaded(path: Path) -> "CandidateImport":
    from warmbench.people import imports

    with path.open("rb") as file:
        return imports.upload(file, path.name, "bench", by_id=None, now=NOW)


@contextmanager
def _watched(what: str, rows: int) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    print(f"  {what}: {seconds:.2f} s, {seconds / rows * 1e6:.1f} µs per row")


def _whole_import(path: Path) -> None:
    """In a process of its own, so that its memory is the import's."""
    import django

    from warmbench.cli import start

    start.configure()
    django.setup()
    from warmbench.core import garbage
    from warmbench.people import imports

    garbage.collect_rarely()
    began = time.perf_counter()
    reached: dict[str, float] = {}
    first_peak = 0

    def watch(progress: imports.Progress) -> None:
        nonlocal first_peak
        reached[progress.stage] = time.perf_counter() - began
        first_peak = first_peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    of = imports.run(_uploaded(path).pk, clock=lambda: NOW, on_progress=watch)
    seconds = time.perf_counter() - began
    rows = of.rows_done
    counts = {name: count for name, count in of.counts.items() if isinstance(count, int)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{path.stem}: {rows / seconds:,.0f} rows/s in all ({seconds:.1f} s), {counts}")
    print(f"  peak memory {peak / 1024:.0f} MB; {first_peak / 1024:.0f} MB after the first chunk")
    stages = ", ".join(f"{stage} until {until:.1f} s" for stage, until in reached.items())
    print(f"  {stages}")


def _load_apart(path: Path, rows: int) -> None:
    """Each phase by itself, one after the other."""
    from django.db import transaction

    from warmbench.people import hashes, import_identity, import_load, import_run, import_staging
    from warmbench.people.import_chunks import Chunks, spans
    from warmbench.people.spreadsheet import Layout
    from warmbench.people.vocabulary import Vocabulary

    of = _uploaded(path)
    layout = Layout.from_json(of.layout)
    reading = import_run.reading_of(
        of, vocabulary=Vocabulary.load(), owners=import_run.owners(), now=NOW
    )
    with _watched("read the file", rows):
        numbered = list(import_staging.numbered(path, layout, after=layout.start, first=1))
    with _watched("understand the rows", rows):
        drafts = [reading.read(row) for _, _, row in numbered]
    with _watched("encode them", rows):
        for draft in drafts:
            import_staging.values_of(draft)
    lines = [import_staging.line_of(*one, reading) for one in numbered]
    of.counts = {"staged": {"tags": sorted(reading.tags_named), "stops": hashes.stamp()}}
    del drafts, numbered
    began = time.perf_counter()
    with _watched("copy them in", rows), transaction.atomic():
        import_staging.begin(of.pk)
        import_staging.copy_in(of.pk, lines)
    with _watched("decide who they are", rows):
        import_identity.resolve(of.pk)
    with _watched("load them", rows):
        chunks = spans(0, rows, import_staging.CHUNK)
        for _ in Chunks(of, chunks, clock=lambda: NOW).load():
            pass
    seconds = time.perf_counter() - began
    print(f"load alone: {rows / seconds:,.0f} rows/s ({seconds:.2f} s)")
    with _watched("put off until then: statistics, indexes of words and tags", rows):
        import_load.sort_in()
    import_staging.drop(of.pk)
    with transaction.atomic():
        import_staging.begin(of.pk)
        sql.run(f"CREATE TABLE plain (LIKE import_stage_{of.pk} INCLUDING DEFAULTS)")
        import_staging.drop(of.pk)
    began = time.perf_counter()
    with transaction.atomic():
        import_staging.copy_in(of.pk, lines, table="plain")
    plain = time.perf_counter() - began
    print(f"plain COPY: {rows / plain:,.0f} rows/s; the load takes {seconds / plain:.1f} times it")


def _row_by_row(path: Path, rows: int) -> None:
    from warmbench.people import import_run
    from warmbench.people.models import Candidate, CandidateTag, Consent, ContactPoint
    from warmbench.people.spreadsheet import Layout
    from warmbench.people.spreadsheet import rows as read_rows
    from warmbench.people.vocabulary import Vocabulary

    of = _uploaded(path)
    reading = import_run.reading_of(
        of, vocabulary=Vocabulary.load(), owners=import_run.owners(), now=NOW
    )
    began = time.perf_counter()
    for row in read_rows(path, Layout.from_json(of.layout)):
        draft = reading.read(row)
        known = ContactPoint.objects.filter(address__in=draft.emails).first()
        if known:
            continue
        made = Candidate.objects.create(
            first_name=draft.first_name,
            last_name=draft.last_name,
            employer=draft.employer,
            job_title=draft.job_title,
            city=draft.place.city,
            country=draft.place.country_code,
            time_zone=draft.place.time_zone,
            source="naive",
            status_since=NOW,
            added_at=NOW,
            changed_at=NOW,
        )
        for channel, addresses in (("email", draft.emails), ("sms", draft.phones)):
            for address in addresses:
                ContactPoint.objects.create(
                    candidate=made, channel=channel, address=address, added_at=NOW
                )
        Consent.objects.create(
            candidate=made, channel="email", basis="consent", evidence="file", at=NOW
        )
        for tag in draft.tags:
            CandidateTag.objects.create(
                candidate=made, tag_id=tag.tag_id, source="naive", added_at=NOW
            )
    seconds = time.perf_counter() - began
    print(f"row by row through the ORM: {rows / seconds:,.0f} rows/s")


def _apart(path: Path) -> None:
    child = get_context("spawn").Process(target=_whole_import, args=(path,))
    child.start()
    child.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    scratch.prepare()
    _plant()
    with TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.csv" for name in ("new", "apart", "naive")}
        for name, path in files.items():
            write_file(path, 500 if name == "naive" else rows, prefix=name)
        _load_apart(files["apart"], rows)
        _apart(files["new"])
        again = files["new"].rename(files["new"].with_name("again.csv"))
        _apart(again)
        _row_by_row(files["naive"], 500)


if __name__ == "__main__":
    main()
