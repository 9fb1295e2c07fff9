"""The import wizard: seen before it happens, done once, and never lifting an opt-out."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.people import imports
from warmbench.people.models import Candidate, CandidateImport, ImportMapping
from warmbench.web import imports as pages
from warmbench.web.import_form import FIELDS

FILE = """\
Old ATS, March;;;;;

Name;E-Mail;Title;City;Skills;custom_17
Ines Duarte;ines@example.org;Platform engineer;Lisbon;underwater welding;x
Bo Li;bo@example.org;Buyer;Singapore;;y
=cmd();nobody at all;Manager;Lyon;;
"""
COLUMNS = {"0": "full_name", "1": "email", "2": "job_title", "3": "city", "4": "skills"}


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_FOLDER = tmp_path


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def uploaded(client: Client, text: str = FILE, source: str = "Old ATS") -> CandidateImport:
    file = SimpleUploadedFile("export.csv", text.encode())
    answer = client.post("/imports/new/", {"file": file, "source": source})
    of = CandidateImport.objects.latest("pk")
    assert answer.headers["Location"] == f"/imports/{of.pk}/columns/"
    return of


def answers(**more: str) -> dict[str, str]:
    chosen = {f"column-{index}": field for index, field in COLUMNS.items()}
    return chosen | {"basis": "relationship", "evidence": "Interviewed in 2025"} | more


def checked(client: Client, **more: str) -> CandidateImport:
    of = uploaded(client)
    answer = client.post(f"/imports/{of.pk}/columns/", answers(**more))
    assert answer.headers["Location"] == f"/imports/{of.pk}/check/"
    return of


def test_every_field_of_the_engine_can_be_chosen() -> None:
    offered = {field for _, group in FIELDS for field, _ in group}
    assert offered == set(imports_fields()) - {"ignore"}


def imports_fields() -> set[str]:
    from warmbench.people.columns import Field

    return set(Field)


def test_columns_are_guessed_with_their_values_and_how_sure(client: Client) -> None:
    page = shown(client, f"/imports/{uploaded(client).pk}/columns/")
    assert '<option value="email" selected>' in page
    assert "ines@example.org" in page
    assert "Sure" in page
    assert "Not known" in page
    assert "Line 3 has the column names" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a spreadsheet", "Save it as CSV"),
        (b"<html><body>Sign in</body></html>", ""),
    ],
)
def test_what_is_no_table_is_refused(client: Client, content: bytes, said: str) -> None:
    answer = client.post("/imports/new/", {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CandidateImport.objects.exists()


def test_a_file_must_be_chosen(client: Client) -> None:
    assert "Choose a file first." in client.post("/imports/new/").content.decode()


def test_a_name_with_a_path_is_only_a_name(client: Client) -> None:
    file = SimpleUploadedFile("../../etc/export.csv", FILE.encode())
    client.post("/imports/new/", {"file": file})
    of = CandidateImport.objects.get()
    assert of.file_name == "export.csv"
    assert ".." not in of.path


def test_what_would_happen_is_shown_and_does_not_happen(client: Client) -> None:
    of = checked(client)
    page = shown(client, f"/imports/{of.pk}/check/")
    assert "Load 2 people" in page
    assert "Existing relationship." in page
    assert "Interviewed in 2025" in page
    assert "An e-mail address needs an @." in page
    assert "underwater welding" in page
    assert "without a specialty" in page
    assert not Candidate.objects.exists()


def test_a_ground_needs_its_evidence(client: Client) -> None:
    of = uploaded(client)
    answer = client.post(f"/imports/{of.pk}/columns/", answers(evidence=" "))
    assert answer.status_code == 422
    assert "Say in a sentence" in answer.content.decode()


def test_without_a_ground_the_page_says_that_nobody_is_written_to(client: Client) -> None:
    of = checked(client, basis="", evidence="")
    assert "No ground was named." in shown(client, f"/imports/{of.pk}/check/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"column-0": "ignore", "column-1": "ignore"}, "Choose a column that says who it is"),
        ({"column-5": "job_title"}, "Only one column can be the job title"),
        ({"column-5": "is_staff"}, "no field “is_staff”"),
        ({"basis": "withdrawn"}, "Select a valid choice"),
        ({"owner": "0"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_imported_is_said(client: Client, wrong: dict[str, str], said: str) -> None:
    of = uploaded(client)
    answer = client.post(f"/imports/{of.pk}/columns/", answers(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_columns_are_remembered_for_their_source(client: Client) -> None:
    checked(client, **{"column-5": "notes"})
    assert ImportMapping.objects.get().source == "Old ATS"
    assert '<option value="Old ATS">' in shown(client, "/imports/new/")

    page = shown(client, f"/imports/{uploaded(client).pk}/columns/")
    assert '<option value="notes" selected>' in page


def test_a_file_is_read_in_another_way(client: Client) -> None:
    of = uploaded(client)
    there = f"/imports/{of.pk}/read-again/"
    client.post(there, {"delimiter": ",", "encoding": "cp1252", "header_line": "3"})
    of.refresh_from_db()
    assert of.layout["delimiter"] == ","
    answer = client.post(there, {"encoding": "klingon"}, follow=True)
    assert "notice--error" in answer.content.decode()


def test_a_file_is_thrown_away(client: Client, tmp_path: Path) -> None:
    of = uploaded(client)
    client.post(f"/imports/{of.pk}/discard/")
    assert not CandidateImport.objects.exists()


def test_nothing_is_loaded_before_anybody_looked(
    client: Client, jobs: Callable[[], object]
) -> None:
    of = uploaded(client)
    answer = client.post(f"/imports/{of.pk}/load/")
    assert answer.headers["Location"] == f"/imports/{of.pk}/columns/"
    assert not jobs()


def test_an_import_goes_where_it_stands(client: Client) -> None:
    of = uploaded(client)
    assert client.get(f"/imports/{of.pk}/").headers["Location"].endswith("/columns/")
    client.post(f"/imports/{of.pk}/columns/", answers())
    assert client.get(f"/imports/{of.pk}/").headers["Location"].endswith("/check/")
    client.post(f"/imports/{of.pk}/load/")
    for step in ("columns", "check"):
        assert client.get(f"/imports/{of.pk}/{step}/").headers["Location"] == f"/imports/{of.pk}/"


def test_a_large_file_is_looked_through_by_a_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch, jobs: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr(pages, "_AT_ONCE", 10)
    of = checked(client)
    assert jobs() == ["people.check_candidates"]
    assert "Waiting for a worker" in shown(client, f"/imports/{of.pk}/check/")

    base = f"/imports/{of.pk}/progress/"
    assert "?n=4" in shown(client, f"{base}?n=3")
    assert "Is one running?" in shown(client, f"{base}?n=30")
    assert "?n=1" in shown(client, f"{base}?n={'9' * 40}")
    imports.check(of.pk, now=make.NOW)
    assert client.get(base).headers["HX-Refresh"] == "true"


def test_the_bar_tells_how_far_it_is(client: Client) -> None:
    of = checked(client)
    client.post(f"/imports/{of.pk}/load/")
    assert "Getting ready to load" in shown(client, f"/imports/{of.pk}/")
    staged = {"rows": 4000, "line": 1, "complete": True}
    CandidateImport.objects.update(rows_done=1500, counts={"staged": staged, "new": 1500})
    assert "1,500 of 4,000 rows" in shown(client, f"/imports/{of.pk}/progress/")
    CandidateImport.objects.update(rows_done=0, counts={"staged": {**staged, "complete": False}})
    assert "Reading the file" in shown(client, f"/imports/{of.pk}/progress/")


def test_one_that_stopped_can_go_on(client: Client, jobs: Callable[[], list[str]]) -> None:
    of = checked(client)
    CandidateImport.objects.update(state="failed", error="It stopped.", rows_done=1)
    assert "It stopped after 1 rows." in shown(client, f"/imports/{of.pk}/")
    client.post(f"/imports/{of.pk}/load/")
    assert jobs() == ["people.load_candidates"]
    again = checked(client)
    assert "loaded halfway before" in shown(client, f"/imports/{again.pk}/check/")


def test_a_file_is_loaded_mended_and_brought_again(
    client: Client, jobs: Callable[[], list[str]]
) -> None:
    of = checked(client)
    client.post(f"/imports/{of.pk}/load/")
    assert jobs() == ["people.load_candidates"]
    imports.run(of.pk, clock=lambda: make.NOW)

    page = shown(client, f"/imports/{of.pk}/")
    assert "export.csv is loaded" in page
    assert "Download 1 row" in page
    assert Candidate.objects.count() == 2

    answer = client.get(f"/imports/{of.pk}/rejected.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="export-rejected.csv"'
    header, row = csv.reader(io.StringIO(text))
    assert header[0] == "Name"
    assert row[0] == "'=cmd()"

    mended = text.replace("'=cmd()", "Ana Moreau").replace("nobody at all", "ana@example.org")
    second = uploaded(client, mended)
    client.post(f"/imports/{second.pk}/columns/", answers())
    client.post(f"/imports/{second.pk}/load/")
    imports.run(second.pk, clock=lambda: make.NOW)
    assert Candidate.objects.filter(first_name="Ana").exists()
    assert "export.csv" in shown(client, "/imports/")


def test_a_viewer_reads_what_came_of_it_and_no_rows(client: Client) -> None:
    of = checked(client)
    viewer = signed_in(make.user("Vera View", Role.VIEWER))
    assert "It is not loaded yet." in shown(viewer, f"/imports/{of.pk}/")
    for path in ("/imports/new/", f"/imports/{of.pk}/columns/", f"/imports/{of.pk}/rejected.csv"):
        assert viewer.get(path).status_code == 403


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "No file yet" in shown(client, "/imports/")
