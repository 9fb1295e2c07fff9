"""Files of profiles tell who changed jobs: each change once, never by an older file or a blank."""

import csv
import json
from datetime import datetime, timedelta
from io import StringIO

import pytest

from tests import make
from tests.contract.booking import happens
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.integrations.models import ProfileSnapshot, ProfileUpload
from warmbench.integrations.profiles import comparing, files, uploads
from warmbench.integrations.profiles.sources import ClosedError, LinkedIn
from warmbench.people import erasure, merging
from warmbench.people.imports import MappingError
from warmbench.people.models import Candidate, Tag
from warmbench.people.spreadsheet import NotATableError
from warmbench.signals.models import FollowUp, Signal

pytestmark = pytest.mark.django_db

Kind = Signal.Kind
DAY = timedelta(days=1)
HEADER = "First name,Last name,Email,Profile URL,Company,Job title,Location,Skills"


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    made = make.candidate(owner=alice, email="ana@example.com")
    Candidate.objects.filter(pk=made.pk).update(
        first_name="Ana",
        last_name="Moreau",
        employer="Contoso GmbH",
        job_title="Software Engineer",
        city="Berlin",
        country="DE",
        profile_url="https://www.linkedin.com/in/ana-moreau/",
        added_at=NOW - 100 * DAY,
    )
    made.refresh_from_db()
    return made


def compare(
    text: str | bytes, *, at: datetime = NOW, source: str = "LinkedIn Recruiter"
) -> ProfileUpload:
    """Take a file, and compare it as its columns are guessed."""
    content = text.encode() if isinstance(text, str) else text
    of = files.upload(content, "export.csv", source, at, by_id=None, now=NOW + 900 * DAY)
    files.save_mapping(of.pk, of.mapping, now=NOW)
    ProfileUpload.objects.filter(pk=of.pk).update(state="waiting")
    happens(lambda: comparing.compare_upload(of.pk, now=NOW + 900 * DAY), now=NOW + 900 * DAY)
    of.refresh_from_db()
    return of


def row(
    company: str = "Contoso",
    title: str = "Software Engineer",
    place: str = "Berlin, Germany",
    skills: str = "",
    url: str = "linkedin.com/in/ana-moreau?trk=x",
    email: str = "",
) -> str:
    return f'{HEADER}\nAna,Moreau,{email},{url},{company},{title},"{place}","{skills}"\n'


def said(who: Candidate) -> list[tuple[str, str]]:
    found = Signal.objects.filter(candidate=who).order_by("pk")
    return list(found.values_list("kind", "topic"))


class TestChanges:
    def test_another_employer_is_to_be_verified(self, ana: Candidate) -> None:
        of = compare(row("Fabrikam"))
        assert said(ana) == [(Kind.MOVED, "Fabrikam (was Contoso GmbH), by LinkedIn Recruiter")]
        assert FollowUp.objects.get().reason == FollowUp.Reason.MOVED
        assert of.counts == {
            "rows": 1,
            "matched": 1,
            "older": 0,
            "changes": 1,
            "unmatched": 0,
        }
        ana.refresh_from_db()
        assert ana.employer == "Contoso GmbH"

    def test_another_spelling_is_no_change(self, ana: Candidate) -> None:
        compare(row("CONTOSO Ltd.", place="Berlin"))
        assert said(ana) == []

    def test_a_change_is_told_once_whoever_tells_it(self, ana: Candidate) -> None:
        compare(row("Fabrikam"))
        compare(row("Fabrikam"), at=NOW + DAY)
        compare(row("Fabrikam"), at=NOW + DAY, source="Enrichment")
        assert len(said(ana)) == 1
        compare(row("Litware"), at=NOW + 2 * DAY)
        assert len(said(ana)) == 2

    def test_an_older_file_undoes_nothing(self, ana: Candidate) -> None:
        compare(row("Fabrikam"), at=NOW)
        of = compare(row("Tailspin"), at=NOW - 10 * DAY)
        assert of.counts["older"] == 1
        assert len(said(ana)) == 1
        assert ProfileSnapshot.objects.get().fields["employer"] == "Fabrikam"

    def test_a_file_from_before_we_knew_them_is_no_news(self, ana: Candidate) -> None:
        compare(row("Tailspin"), at=NOW - 200 * DAY)
        assert said(ana) == []
        compare(row("Fabrikam"), at=NOW)
        assert [kind for kind, _ in said(ana)] == [Kind.MOVED]

    def test_a_blank_says_nothing(self, ana: Candidate) -> None:
        compare(row("Fabrikam"))
        compare(row("", "", ""), at=NOW + DAY)
        compare(row("Fabrikam"), at=NOW + 2 * DAY)
        assert len(said(ana)) == 1

    def test_what_a_recruiter_put_right_is_no_news(self, ana: Candidate) -> None:
        compare(row("Fabrikam"))
        Candidate.objects.filter(pk=ana.pk).update(employer="Litware")
        compare(row("Litware Inc."), at=NOW + DAY)
        assert len(said(ana)) == 1

    def test_a_higher_title_at_the_same_employer_is_a_promotion(self, ana: Candidate) -> None:
        for level in ("Individual contributor", "Manager"):
            tag = make.tag(level, Tag.Kind.SENIORITY)
        tag.aliases.create(kind=Tag.Kind.SENIORITY, text="head of", key="head of")
        compare(row(title="Head of Engineering"))
        assert [kind for kind, _ in said(ana)] == [Kind.PROMOTED]
        assert not FollowUp.objects.exists()

    def test_new_skills_and_another_place_are_told(self, ana: Candidate) -> None:
        make.tag("Go")
        make.tag("Rust")
        compare(row(skills="Go"))
        assert said(ana) == []
        compare(row(skills="Go; Rust", place="Lyon, France"), at=NOW + DAY)
        found = dict(said(ana))
        assert found[Kind.LEARNED] == "Rust, by LinkedIn Recruiter"
        assert found[Kind.RELOCATED].startswith("Lyon (was Berlin)")

    def test_none_of_it_warms(self, ana: Candidate) -> None:
        compare(row("Fabrikam"))
        ana.refresh_from_db()
        assert not Signal.objects.exclude(grade=Signal.Grade.LIKELY).exists()
        assert ana.paused_at is None


class TestMatching:
    def test_by_name_and_employer_if_only_one_has_them(self, ana: Candidate) -> None:
        of = compare(row(title="Engineer", url=""))
        assert of.counts["matched"] == 1
        other = make.candidate()
        Candidate.objects.filter(pk=other.pk).update(
            first_name="ANA", last_name="MOREAU", employer="Contoso"
        )
        of = compare(row(url=""), at=NOW + DAY)
        assert "several" in of.unmatched[0]["reason"]

    def test_by_address_and_never_by_name_alone(self, ana: Candidate) -> None:
        assert compare(row("Fabrikam", url="", email="ANA@example.com")).counts["matched"] == 1
        of = compare(row("Tailspin", url=""), at=NOW + DAY)
        assert of.counts["matched"] == 0
        assert Candidate.objects.count() == 1

    def test_who_is_two_candidates_is_nobody(self, ana: Candidate) -> None:
        make.candidate(email="bea@example.com")
        of = compare(row("Fabrikam", email="bea@example.com"))
        assert "several" in of.unmatched[0]["reason"]

    def test_what_is_nobodys_comes_back_as_a_file(self, ana: Candidate) -> None:
        text = f"{HEADER}\n=cmd,Roe,x@example.org,,Fabrikam,Lead,,\n"
        of = compare(text)
        rows = list(csv.reader(StringIO("".join(uploads.unmatched(of)))))
        assert rows[0] == [*HEADER.split(","), "Line", "Reason"]
        assert rows[1][:3] == ["'=cmd", "Roe", "x@example.org"]
        assert rows[1][-2] == "2"
        uploads.forget(now=of.made_at + 8 * DAY)
        of.refresh_from_db()
        assert of.unmatched == []

    def test_two_rows_about_one_person_are_one(self, ana: Candidate) -> None:
        text = row("Fabrikam") + row("Tailspin").splitlines()[1] + "\n"
        of = compare(text)
        assert of.counts["matched"] == 1
        assert len(said(ana)) == 1


class TestFiles:
    @pytest.mark.parametrize("day", ["12 Mar 2024", "7-Feb-22"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_connections_with_their_preamble(self, ana: Candidate, day: str, mark: str) -> None:
        text = (
            f"{mark}Notes:\r\n"
            '"When exporting your connection data, you may notice that some of the email '
            'addresses are missing."\r\n\r\n'
            "First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\n"
            f"Ana,Moreau,https://www.linkedin.com/in/ana-moreau,,Fabrikam,Lead,{day}\r\n"
            f"Jo,Roe,https://www.linkedin.com/in/jo-roe,,Contoso,Nurse,{day}\r\n"
        )
        of = compare(text, source="Connections")
        assert (of.counts["rows"], of.counts["matched"]) == (2, 1)
        assert said(ana)[0][1].startswith("Fabrikam")

    def test_the_template_of_recruiter_with_semicolons(self, ana: Candidate) -> None:
        text = (
            "First name;Last name;Email;Phone number;Job title;Company;Location;"
            "Pipeline stage;Note;Note visibility;Tags\n"
            "Ana;Moreau;ana@example.com;;Lead;Fabrikam;Berlin;Contacted;=x;Public;a\n"
        )
        of = compare(text)
        assert of.counts["matched"] == 1
        assert "phone" not in of.mapping.values()
        assert said(ana)[0][0] == Kind.MOVED

    def test_json_of_data_enrichment(self, ana: Candidate) -> None:
        one = {
            "full_name": "Ana Moreau",
            "email": "ana@example.com",
            "job_title": "Lead",
            "company": "Fabrikam",
            "skills": [{"name": "Go"}, "Rust", 7],
            "deep": {"more": {"less": 1}},
            "none": None,
        }
        of = compare(json.dumps({"profiles": [one], "total": 1}), source="Enrichment")
        assert of.counts["matched"] == 1
        assert said(ana)[0][0] == Kind.MOVED

    @pytest.mark.parametrize("content", [b"", b"[", b"{}", b"[1, 2]", b"[" * 90_000])
    def test_what_is_no_table_is_not_kept(self, alice: User, content: bytes) -> None:
        with pytest.raises(NotATableError):
            files.upload(content, "x.csv", "X", NOW, by_id=None, now=NOW)
        assert not ProfileUpload.objects.exists()

    def test_a_persons_word_on_columns_is_remembered(self, ana: Candidate) -> None:
        text = "Wer,Wo,Was\nAna Moreau,Fabrikam,x\n"
        of = files.upload(text.encode(), "a.csv", "Ours", NOW, by_id=None, now=NOW)
        with pytest.raises(MappingError):
            files.save_mapping(of.pk, {"0": "employer"}, now=NOW)
        with pytest.raises(MappingError):
            files.save_mapping(of.pk, {"0": "status", "1": "employer"}, now=NOW)
        files.save_mapping(of.pk, {"0": "full_name", "1": "employer"}, now=NOW)
        again = files.upload(text.encode(), "a.csv", "Ours", NOW, by_id=None, now=NOW)
        assert again.mapping["0"] == "full_name"
        assert again.mapping["1"] == "employer"

    def test_the_bytes_go_once_they_were_compared(self, ana: Candidate) -> None:
        of = compare(row("Fabrikam"))
        assert not bytes(of.content)
        assert of.layout["sample"] == []
        assert not uploads.start(of.pk)


def test_linkedin_is_closed_and_says_so() -> None:
    source = LinkedIn(NOW)
    assert source.closed().count(".") == 1
    with pytest.raises(ClosedError):
        list(source.profiles())


@pytest.mark.parametrize("is_merged", [False, True])
def test_files_forget_who_is_erased(ana: Candidate, *, is_merged: bool) -> None:
    compare(row("Fabrikam"))
    if is_merged:
        kept = make.candidate()
        merging.merge(kept.pk, ana.pk, by_id=None, now=NOW)
        ana = kept
    waiting = files.upload(
        row(email="ana@example.com").encode(), "b.csv", "X", NOW, by_id=None, now=NOW
    )
    erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
    assert not ProfileUpload.objects.filter(pk=waiting.pk).exists()
    assert ProfileUpload.objects.get().changes == []
    assert not ProfileSnapshot.objects.exists()
