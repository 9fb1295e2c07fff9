"""Roles from files: known again, updated, or rejected with a reason."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Organisation
from warmbench.core.models import AuditEntry
from warmbench.people.models import Tag
from warmbench.sourcing import role_files
from warmbench.sourcing.models import Role
from warmbench.sourcing.role_files import NotATableError, Report

pytestmark = pytest.mark.django_db

HEADER = (
    "Job ID;Job title;Client;Location;Salary from;Salary to;Currency;Period;Skills;Nice to have"
)
ROW = (
    "R-1;Backend engineer;Harbour Systems;Hamburg, Germany;70.000;85.000;EUR;yearly;Python, Go;SQL"
)


@pytest.fixture(autouse=True)
def tree() -> None:
    make.organisation()
    for name in ("Python", "Go", "SQL"):
        make.tag(name)
    make.tag("Software engineering", Tag.Kind.SPECIALTY)
    make.tag("Manager", Tag.Kind.SENIORITY)


@pytest.fixture
def load(tmp_path: Path) -> "Loader":
    return Loader(tmp_path / "roles.csv")


class Loader:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *lines: str, dry_run: bool = False, owner_id: int | None = None) -> Report:
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return role_files.bring_in(
            self.path,
            source="Careers",
            by_id=None,
            owner_id=owner_id,
            now=NOW,
            dry_run=dry_run,
        )


def test_a_row_becomes_a_role(load: Loader) -> None:
    alice = make.user()
    report = load(
        f"{HEADER};Department;Level;Remote policy;Priority;Due date;Must;Status;Colour",
        f"{ROW};Software engineering;Manager;hybrid;urgent;2026-03-31;place, pay;active;blue",
        owner_id=alice.pk,
    )

    assert (report.new, report.updated, report.rejected) == (1, 0, [])
    assert report.columns[0] == ("Job ID", "external_id")
    assert report.columns[-1] == ("Colour", None)
    role = Role.objects.get()
    assert (role.title, role.company, role.state) == ("Backend engineer", "Harbour Systems", "open")
    assert (role.source, role.external_id, role.owner) == ("Careers", "R-1", alice)
    assert (role.pay_min, role.pay_max) == (Decimal(70_000), Decimal(85_000))
    assert (role.remote, role.urgency, role.musts) == ("hybrid", "high", ["pay", "place"])
    assert role.places[0]["country"] == "DE"
    # The day lasts until its end in Berlin, where summer time has begun.
    assert role.deadline is not None
    assert role.deadline.isoformat() == "2026-03-31T21:59:00+00:00"
    assert {skill.tag.name: skill.is_required for skill in role.skills.select_related("tag")} == {
        "Python": True,
        "Go": True,
        "SQL": False,
    }
    assert AuditEntry.objects.filter(action="role.created", detail__via="file: Careers").exists()


def test_the_same_file_again_changes_nothing(load: Loader) -> None:
    load(HEADER, ROW)
    entries = AuditEntry.objects.count()

    report = load(HEADER, ROW)

    assert (report.new, report.updated, report.unchanged) == (0, 0, 1)
    assert AuditEntry.objects.count() == entries


def test_a_newer_file_updates_what_it_speaks_of_and_leaves_the_rest(load: Loader) -> None:
    load(HEADER, ROW)

    report = load("Job ID,Job title,Status", "R-1,Senior backend engineer,filled")

    assert (report.new, report.updated) == (0, 1)
    role = Role.objects.get()
    assert (role.title, role.state) == ("Senior backend engineer", "filled")
    assert (role.company, role.skills.count()) == ("Harbour Systems", 3)


def test_what_was_opened_here_stays_open_when_the_file_calls_it_a_draft(load: Loader) -> None:
    load(f"{HEADER};Status", f"{ROW};open")

    report = load(f"{HEADER};Status", f"{ROW};draft")

    assert report.unchanged == 1
    assert Role.objects.get().state == Role.State.OPEN


def test_each_bad_row_is_rejected_alone_with_its_reason(load: Loader, tmp_path: Path) -> None:
    report = load(
        f"{HEADER};Status;Level;Due date",
        f"{ROW};open;Manager;",
        f"{ROW.replace('R-1', '')};open;;",
        f"{ROW.replace('R-1', 'R-2').replace('EUR', 'XYZ')};open;;",
        f"{ROW.replace('R-1', 'R-3')};lost and found;;",
        f"{ROW.replace('R-1', 'R-4')};open;Wizard;",
        f"{ROW.replace('R-1', 'R-5')};open;;04/05/2026",
        f"{ROW.replace('R-1', 'R-6').replace('70.000', '99.000')};open;;",
        f"{ROW.replace('R-1', 'R-7').replace('70.000', 'a lot')};open;;",
        f"=cmd();{'x' * 200};;;;;;;Python;;;;",
    )

    assert report.new == 1
    assert {one.line: one.sentence for one in report.rejected} == {
        3: "Without an id of at most 120 characters it would be new each time.",
        4: report.rejected[1].sentence,
        5: "“lost and found” is no state. Write draft, open, on_hold, filled, closed.",
        6: "“Wizard” is no seniority of the tag tree.",
        7: "“04/05/2026” is no date that can only mean one day. Write 2026-12-31.",
        8: "The most that is paid is less than the least.",
        9: "“a lot” is no amount.",
        10: "The title is longer than 160 characters.",
    }
    assert report.rejected[1].sentence.startswith("The currency must be one of EUR")
    back = list(csv.reader("".join(role_files.rejected_csv(report)).splitlines()))
    assert back[0][-1] == "Why it was rejected"
    assert len(back) == 9
    assert back[-1][0] == "'=cmd()"


def test_skills_that_no_tag_knows_are_named(load: Loader) -> None:
    report = load(HEADER, ROW.replace("Python, Go", "Python, Alchemy"))

    assert report.unknown_skills == {"Alchemy": [2]}
    assert Role.objects.get().skills.count() == 2


def test_an_open_role_without_a_known_skill_stays_a_draft(load: Loader) -> None:
    report = load("ID,Title,Status,Skills", "R-1,Alchemist,open,Alchemy")

    assert report.without_skills == [2]
    assert Role.objects.get().state == Role.State.DRAFT


def test_a_dry_run_says_the_same_and_keeps_nothing(load: Loader) -> None:
    report = load(f"{HEADER};Status", f"{ROW};open", f"{ROW};filled", dry_run=True)

    assert (report.new, report.updated) == (1, 1)
    assert not Role.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("line", ["Title,Skills", "Job ID,Skills", "what,ever"])
def test_a_file_without_titles_or_ids_is_refused(load: Loader, line: str) -> None:
    with pytest.raises(NotATableError, match="The file has no column for"):
        load(line, "R-1,Python")


def test_no_name_of_a_column_means_two_things() -> None:
    names = [name for listed in role_files._NAMES.values() for name in listed]

    assert len(names) == len(set(names))


def test_a_deadline_at_the_end_of_time_is_one_bad_row_and_not_the_end_of_the_file(
    load: Loader,
) -> None:
    """West of Greenwich it is a moment that no clock holds."""
    Organisation.objects.update(default_time_zone="America/New_York")
    later = ROW.replace("R-1", "R-2")
    report = load(f"{HEADER};Due date", f"{ROW};9999-12-31", f"{later};2026-12-31")
    assert report.new == 1
    assert [one.sentence for one in report.rejected] == [
        "Choose a day between the years 1900 and 2199."
    ]
