"""Files of candidates, loaded: whatever is in them, however often, wherever it stops."""

import csv
import io
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from tests import make
from tests.make import NOW
from warmbench.core import events, sql
from warmbench.people import (
    candidates,
    consent,
    import_load,
    import_staging,
    imports,
    merging,
    tag_edits,
    tagging,
)
from warmbench.people.candidates import CandidatesChanged, CandidatesHandedOver
from warmbench.people.consent import CandidateSuppressed
from warmbench.people.import_staging import path_of
from warmbench.people.imports import DryRun, MappingError, NotATableError, Options
from warmbench.people.models import (
    Candidate,
    CandidateFacet,
    CandidateImport,
    CandidateTag,
    CandidateUnmatchedSkill,
    Channel,
    Consent,
    ContactPoint,
    ImportRejection,
    Suppression,
    Tag,
    UnmatchedSkill,
)
from warmbench.people.tag_words import BY_HAND, Found
from warmbench.people.tagging import Drafts

pytestmark = pytest.mark.django_db

State = CandidateImport.State
Status = Candidate.Status


def uploaded(
    content: str | bytes,
    *,
    source: str = "Old ATS",
    mapping: dict[str, str] | None = None,
    **options: Any,
) -> CandidateImport:
    raw = content.encode() if isinstance(content, str) else content
    of = imports.upload(io.BytesIO(raw), "people.csv", source, by_id=None, now=NOW)
    if mapping or options:
        said = of.mapping | (mapping or {})
        return imports.save_mapping(of.pk, said, Options(**options), now=NOW)
    return of


def load(
    content: str | bytes, *, now: datetime = NOW, chunk: int = 10_000, **answers: Any
) -> dict[str, int]:
    """Import, and return what was counted."""
    of = imports.run(uploaded(content, **answers).pk, clock=lambda: now, chunk=chunk)
    assert of.state == State.DONE
    return counted(of)


def counted(of: CandidateImport) -> dict[str, int]:
    return {name: count for name, count in of.counts.items() if isinstance(count, int) and count}


def check(content: str | bytes, **answers: Any) -> DryRun:
    return imports.check(uploaded(content, **answers).pk, now=NOW)


def written(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()


def only() -> Candidate:
    return Candidate.objects.get()


def addresses(of: Candidate, channel: Channel = Channel.EMAIL) -> list[str]:
    points = of.contact_points.filter(channel=channel).order_by("position", "pk")
    return list(points.values_list("address", flat=True))


def world() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is known about people, with ids that name the people."""
    name = "candidate__first_name"
    return {
        "people": sorted(
            Candidate.objects.values_list(
                "first_name",
                "last_name",
                "status",
                "owner",
                "source",
                "external_id",
                "employer",
                "job_title",
                "city",
                "country",
                "time_zone",
                "stage_reached",
                "last_conversation_on",
                "last_conversation_topic",
                "profile_url",
            ),
            key=str,
        ),
        "points": sorted(ContactPoint.objects.values_list(name, "channel", "address")),
        "tags": sorted(
            CandidateTag.objects.values_list(
                name, "tag__name", "source", "confidence", "is_primary"
            )
        ),
        "consents": sorted(Consent.objects.values_list(name, "basis", "source")),
        "stops": sorted(Suppression.objects.values_list(name, "address", "reason"), key=str),
        "unknown": sorted(CandidateUnmatchedSkill.objects.values_list(name, "skill__key")),
    }


def facets_hold() -> bool:
    carried = {facet.candidate_id: facet.tag_ids for facet in CandidateFacet.objects.all()}
    return carried == {
        pk: sorted(CandidateTag.objects.filter(candidate=pk).values_list("tag_id", flat=True))
        for pk in Candidate.objects.values_list("pk", flat=True)
    }


@pytest.fixture(autouse=True)
def _apart(settings: Settings, tmp_path: Path) -> None:
    """The files of these tests are theirs."""
    settings.INSTANCE_FOLDER = tmp_path


@pytest.fixture
def tree() -> None:
    """A tree as small as the tests need it."""
    specialty = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    family = make.tag("Operations", Tag.Kind.ROLE_FAMILY, specialty)
    make.tag("DevOps engineer", Tag.Kind.ROLE, family)
    for level in ("Individual contributor", "Manager", "Director", "Executive"):
        make.tag(level, Tag.Kind.SENIORITY)
    for skill in ("Python", "Kubernetes", "Terraform"):
        make.tag(skill, Tag.Kind.SKILL, specialty)
    germany = make.tag("Germany", Tag.Kind.GEOGRAPHY)
    Tag.objects.filter(pk=germany.pk).update(code="DE")


FULL = """\
Candidate ID,First name,Last name,E-mail,Mobile,Employer,Job title,Skills,City,Country,Status
1,Ana,Moreau,ana@example.com,+44 20 7946 0018,Acme,DevOps Engineer,"Python; Foozling",Berlin,DE,Open
2,Ben,Okafor,ben@example.com,,Beta,Controller,,London,UK,Passive
3,Chen,Li,,+44 20 7946 0019,Gamma,,Kubernetes,,,
"""


# What is in the file comes in.


def test_people_come_in_with_all_that_the_file_tells(tree: None) -> None:
    assert load(FULL) == {"new": 3}
    ana = Candidate.objects.get(first_name="Ana")
    assert (ana.last_name, ana.employer, ana.status) == ("Moreau", "Acme", Status.OPEN)
    assert (ana.source, ana.external_id) == ("Old ATS", "1")
    assert (ana.city, ana.country, ana.time_zone) == ("Berlin", "DE", "Europe/Berlin")
    assert addresses(ana) == ["ana@example.com"]
    assert addresses(ana, Channel.SMS) == ["+442079460018"]
    tags = dict(ana.candidate_tags.values_list("tag__name", "source"))
    assert tags["Python"] == tags["Germany"] == "Old ATS"
    assert tags["Cloud & DevOps"] == "job title"
    assert ana.candidate_tags.get(is_primary=True).tag.name == "Cloud & DevOps"
    assert facets_hold()
    assert list(UnmatchedSkill.objects.values_list("text", flat=True)) == ["Foozling"]


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t"), ("utf-8", "|")],
)
def test_files_come_as_they_are(encoding: str, delimiter: str) -> None:
    rows = [
        ["Candidate report", "", "", "", ""],
        ["", "", "", "", ""],
        ["Vorname", "Nachname", "E-Mail", "Firma", "Bemerkung"],
        ["Jürgen", "Müller", "juergen@example.com", "Weiß & Söhne", 'sagt "ja"\nund kommt'],
        ["Zoë", "Łuk", "zoe@example.com", "Öl AG", ""],
        ["Gesamt", "2"],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    text = out.getvalue().replace("Ł", "L") if encoding == "cp1252" else out.getvalue()
    assert load(text.encode(encoding)) == {"new": 2, "left_out": 1}
    juergen = Candidate.objects.get(first_name="Jürgen")
    assert juergen.employer == "Weiß & Söhne"
    assert juergen.last_conversation_note == 'sagt "ja"\nund kommt'


def test_fifty_columns_and_ragged_rows() -> None:
    header = ["First name", "E-mail", *[f"Custom field {n}" for n in range(48)]]
    rows = [
        ["Ana", "ana@example.com"],
        *[[f"Ben {n}", f"ben{n}@example.com", *["x"] * 48] for n in range(9)],
        ["Cem", "cem@example.com", *["x"] * 60],
    ]
    assert load(written(rows, header)) == {"new": 10, "rejected": 1}


def test_every_text_survives_the_way() -> None:
    odd = 'tab\t "quote" back\\slash {brace} \\N NULL \\x01 comma, é ß 漢字 😀'
    load(written([[odd, "a@example.com", odd]], ["Employer", "E-mail", "Last conversation note"]))
    assert only().employer == " ".join(odd.split())
    assert only().last_conversation_note == odd.replace("\t", " ")


def test_what_cannot_be_read_is_no_table() -> None:
    with pytest.raises(NotATableError):
        uploaded(b"PK\x03\x04 a workbook")
    assert not list(django_settings.INSTANCE_FOLDER.glob("imports/*"))
    assert not CandidateImport.objects.exists()


def test_the_raw_file_is_kept_for_its_owner_only() -> None:
    of = uploaded(FULL)
    path = path_of(of)
    assert path.read_text() == FULL
    assert path.stat().st_mode & 0o077 == 0


# Again, and newer.


def test_importing_twice_changes_nothing(tree: None) -> None:
    make.user()
    load(FULL, basis="legitimate_interest", evidence="Met at a fair.")
    before = world(), list(Candidate.objects.order_by("pk").values())
    again = load(FULL, now=NOW + timedelta(days=1), basis="legitimate_interest", evidence="Fair.")
    assert again == {"unchanged": 3}
    assert (world(), list(Candidate.objects.order_by("pk").values())) == before


def test_a_changed_value_updates_and_a_blank_one_erases_nothing(tree: None) -> None:
    load(FULL)
    newer = """\
Candidate ID,First name,Employer,Skills,Job title
1,Ana,Beta,Terraform,
2,,,,
"""
    assert load(newer, now=NOW + timedelta(days=1)) == {"updated": 1, "unchanged": 1}
    ana = Candidate.objects.get(external_id="1")
    assert (ana.employer, ana.job_title, ana.last_name) == ("Beta", "DevOps Engineer", "Moreau")
    assert ana.changed_at == NOW + timedelta(days=1)
    assert {"Python", "Terraform"} <= set(ana.candidate_tags.values_list("tag__name", flat=True))
    assert Candidate.objects.get(external_id="2").changed_at == NOW


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Candidate ID,Employer", "1,Other"),
        ("E-mail,Employer", "ANA@Example.com,Other"),
        ("Mobile,First name,Last name,Employer", "0044 2079460018,Ana,Moreau,Other"),
        ("Mobile,Employer", "+442079460018,Other"),
    ],
)
def test_people_are_recognised_by_id_address_or_number(header: str, row: str) -> None:
    load(FULL)
    assert load(f"{header}\n{row}\n") == {"updated": 1}
    assert Candidate.objects.get(first_name="Ana").employer == "Other"


def test_an_id_says_nothing_about_another_source() -> None:
    load(FULL)
    assert load("Candidate ID,First name\n1,Zed\n", source="Other ATS") == {"new": 1}


def test_a_number_that_many_share_tells_nobody() -> None:
    switchboard = "+44 20 7946 0000"
    rows = [
        ["1", "Ana", "Moreau", "ana@example.com", switchboard],
        ["2", "Ben", "Okafor", "ben@example.com", switchboard],
        ["3", "Cem", "Arslan", "jobs@example.com", switchboard],
        ["4", "Dana", "Weiss", "jobs@example.com", ""],
    ]
    header = ["Candidate ID", "First name", "Last name", "E-mail", "Mobile"]
    assert load(written(rows, header)) == {"new": 4}
    assert load(written(rows, header)) == {"unchanged": 4}
    assert check(f"Mobile,Employer\n{switchboard},Acme\n").rejected == 1


def test_an_address_that_the_source_corrects_comes_first() -> None:
    load("Candidate ID,E-mail\n1,old@example.com\n")
    assert load("Candidate ID,E-mail\n1,new@example.com\n") == {"updated": 1}
    assert addresses(only()) == ["new@example.com", "old@example.com"]
    assert load("Candidate ID,E-mail\n1,new@example.com\n") == {"unchanged": 1}


def test_an_address_that_a_recruiter_noted_stays_first() -> None:
    load("Candidate ID,E-mail\n1,old@example.com\n")
    ContactPoint.objects.update(source=BY_HAND)
    load("Candidate ID,E-mail\n1,new@example.com\n")
    assert addresses(only()) == ["old@example.com", "new@example.com"]


def test_somebody_who_moved_leaves_nothing_of_the_old_place_behind() -> None:
    load("E-mail,City,State,Country\na@example.com,Austin,Texas,USA\n")
    assert only().time_zone == "America/Chicago"
    load("E-mail,City,State,Country\na@example.com,Berlin,,Germany\n")
    assert (only().city, only().region, only().country) == ("Berlin", "", "DE")
    assert only().time_zone == "Europe/Berlin"


def test_an_older_conversation_does_not_hide_a_newer_one() -> None:
    header = "E-mail,Last contacted,Topic\n"
    load(header + "a@example.com,2026-02-01,the new role\n")
    assert load(header + "a@example.com,2025-02-01,the old role\n") == {"unchanged": 1}
    assert only().last_conversation_on == date(2026, 2, 1)
    assert only().last_conversation_topic == "the new role"


def test_only_a_name_is_recognised_when_it_comes_again() -> None:
    rows = "First name,Last name,Employer\nAna,Moreau,Acme\nAna,Moreau,Beta\n"
    assert load(rows) == {"new": 2}
    assert load(rows) == {"unchanged": 2}


# Several rows of one person.


def test_rows_of_one_person_become_one() -> None:
    rows = """\
Candidate ID,First name,E-mail,Mobile,Employer
1,Ana,ana@example.com,,Acme
,,ana@example.com,+44 20 7946 0018,
,,,+44 20 7946 0018,Beta
"""
    assert load(rows) == {"new": 1, "merged": 2}
    assert only().employer == "Beta"
    assert addresses(only()) == ["ana@example.com"]
    assert load(rows) == {"unchanged": 1, "merged": 2}


def test_a_row_between_two_candidates_is_for_a_person_to_decide() -> None:
    load("Candidate ID,E-mail\n1,ana@example.com\n2,ben@example.com\n")
    found = load("Candidate ID,E-mail\n1,ben@example.com\n")
    assert found == {"rejected": 1}
    reason = ImportRejection.objects.get().reason
    one, two = Candidate.objects.order_by("external_id").values_list("pk", flat=True)
    assert reason == (
        f"The id is that of candidate {one}, the e-mail address that of candidate {two}."
    )


def test_an_address_of_two_candidates_names_them_both() -> None:
    for _ in range(2):
        make.candidate(email="twin@example.com")
    found = check("E-mail,Employer\ntwin@example.com,Acme\n")
    assert found.rejected == 1
    assert found.reasons[0].what.startswith("Candidates … and … both have this e-mail address")


def test_a_row_that_says_nothing_about_who_it_is_is_rejected() -> None:
    assert load("E-mail,Employer,City\n,Acme,Berlin\nana@example.com,,\n") == {
        "new": 1,
        "rejected": 1,
    }


def in_any_number(texts: list[str], most: int) -> st.SearchStrategy[str]:
    """So many of them in one cell, or none."""
    return st.lists(st.sampled_from(texts), max_size=most, unique=True).map("; ".join)


mixed_up = st.tuples(
    st.sampled_from(["", "1", "2", "3"]),
    in_any_number(["a@example.com", "b@example.com", "c@example.com", "jobs@example.com"], 3),
    in_any_number(["+442079460018", "+442079460019"], 2),
    st.sampled_from(["", "Ana", "Ben"]),
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(mixed_up, min_size=1, max_size=7),
    known=st.lists(mixed_up, max_size=3),
    source=st.sampled_from(["Old ATS", "Other ATS"]),
    data=st.data(),
)
def test_the_order_of_rows_and_their_repetition_do_not_matter(
    rows: list[tuple[str, ...]], known: list[tuple[str, ...]], source: str, data: st.DataObject
) -> None:
    header = ["Candidate ID", "E-mail", "Mobile", "First name"]
    mapping = {"0": "external_id", "1": "email", "2": "phone", "3": "first_name"}
    repeated = rows + data.draw(st.lists(st.sampled_from(rows), max_size=3))
    outcomes = []
    for one in (rows, data.draw(st.permutations(repeated))):
        with transaction.atomic():
            load(written(known, header), mapping=mapping, source=source)
            load(written(one, header), mapping=mapping, chunk=3)
            before, refused = world(), rejected()
            outcomes.append((who(), {(cells, reason) for _, cells, reason in refused}))
            again = load(written(one, header), mapping=mapping, chunk=5)
            assert set(again) <= {"unchanged", "merged", "rejected"}
            assert rejected() == refused
            assert world() == before
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


def rejected() -> list[tuple[int, tuple[str, ...], str]]:
    """Of the last import, the lines that were rejected, with their cells and the reasons."""
    of = CandidateImport.objects.latest("pk")
    rows = ImportRejection.objects.filter(of=of).values_list("line", "cells", "reason")
    # New people have other numbers each time, and of a rejected row's addresses one more may
    # have become somebody's.
    named = re.compile(r"\d+( and \d+)*")
    return sorted((line, tuple(cells), named.sub("…", why)) for line, cells, why in rows)


def who() -> set[tuple[str, frozenset[str]]]:
    """People, as what tells them apart."""
    return {
        (one.external_id, frozenset(one.contact_points.values_list("address", flat=True)))
        for one in Candidate.objects.all()
    }


TWINS = "Candidate ID,E-mail\n1,ana@example.com\n2,ben@example.com\n"


def test_an_address_of_somebody_else_sends_the_row_back_even_beside_ones_own() -> None:
    load(TWINS)
    rows = "Candidate ID,E-mail,Employer\n1,ana@example.com; ben@example.com,Acme\n"
    for _ in range(2):
        assert load(rows) == {"rejected": 1}
    assert addresses(Candidate.objects.get(external_id="1")) == ["ana@example.com"]


def test_an_address_that_rows_bring_to_two_candidates_is_nobodys() -> None:
    load(TWINS)
    rows = "Candidate ID,E-mail\n1,us@example.com\n2,us@example.com\n,us@example.com\n"
    for _ in range(2):
        assert load(rows) == {"rejected": 3}
        assert [reason for _, _, reason in rejected()] == [
            "Rows of candidates … have the same e-mail address.",
            "Rows of candidates … have the same e-mail address.",
            "Candidates … both have this e-mail address: merge them first.",
        ]


def test_a_row_without_a_name_ties_nobody_to_another_name() -> None:
    rows = """\
First name,Mobile,E-mail
Ana,+44 20 7946 0018,
,+44 20 7946 0018,jobs@example.com
Ben,,jobs@example.com
"""
    for found in ({"new": 2, "rejected": 1}, {"unchanged": 2, "rejected": 1}):
        assert load(rows) == found
    assert set(Candidate.objects.values_list("first_name", flat=True)) == {"Ana", "Ben"}


def test_who_goes_by_several_names_is_not_told_by_one_of_them() -> None:
    rows = """\
Candidate ID,First name,Mobile
1,Bob,+44 20 7946 0018
1,Robert,
,Bob,+44 20 7946 0018
"""
    for found in (
        {"new": 1, "merged": 1, "rejected": 1},
        {"unchanged": 1, "merged": 1, "rejected": 1},
    ):
        assert load(rows) == found
    assert rejected()[0][2] == "Somebody with this phone number or address goes by several names."


def test_a_name_that_the_file_corrects_tells_nobody_any_more() -> None:
    load("Candidate ID,First name,Mobile\n1,Anna,+44 20 7946 0018\n")
    rows = "Candidate ID,First name,Mobile\n1,Ana,\n,Anna,+44 20 7946 0018\n"
    assert load(rows) == {"updated": 1, "new": 1}
    assert load(rows) == {"unchanged": 2}


def test_of_several_ids_of_a_person_the_same_one_is_kept_in_any_order() -> None:
    rows = ["2,b,ana@example.com", "1,b,ana@example.com", "0,c,ana@example.com"]
    for order in (rows, rows[::-1]):
        with transaction.atomic():
            assert load("\n".join(["Candidate ID,Source,E-mail", *order])) == {
                "new": 1,
                "merged": 2,
            }
            assert (only().source, only().external_id) == ("b", "1")
            transaction.set_rollback(True)


def test_a_long_chain_of_rows_is_one_person() -> None:
    rows = [["Acme", f"p{n}@example.com; p{n + 1}@example.com"] for n in range(2_000)]
    random.Random(1).shuffle(rows)
    assert load(written(rows, ["Employer", "E-mail"])) == {"new": 1, "merged": 1_999}
    assert len(addresses(only())) == 2_001


def test_an_address_without_a_dot_is_not_kept() -> None:
    rows = "First name,E-mail\nAnna,anna@localhost\nBen,ben@example.com\n"
    assert check(rows).remarks[0].rows == 1
    assert load(rows) == {"new": 2}
    assert list(ContactPoint.objects.values_list("address", flat=True)) == ["ben@example.com"]


# What must never be undone.


def test_an_opt_out_in_the_file_is_for_ever() -> None:
    assert load("E-mail,Unsubscribed\na@example.com,yes\n") == {"new": 1}
    stop = Suppression.objects.get()
    assert (stop.candidate_id, stop.address, stop.reason) == (
        only().pk,
        "a@example.com",
        Suppression.Reason.IMPORTED,
    )
    assert load("E-mail,Unsubscribed,Opt-in\na@example.com,no,yes\n")["updated"] == 1
    assert Suppression.objects.get() == stop
    assert load("E-mail,Unsubscribed\na@example.com,yes\n") == {"unchanged": 1}


@pytest.mark.parametrize("stopped", [Status.DO_NOT_CONTACT, Status.PLACED])
def test_no_file_leads_back_from_an_end(stopped: Status) -> None:
    ana = make.candidate(email="a@example.com", status=stopped)
    consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
    load("E-mail,Status,Employer\na@example.com,Actively looking,Acme\n")
    assert only().status == stopped
    assert only().employer == "Acme"
    assert Suppression.objects.filter(released_by=None).count() == 1


def test_a_status_of_do_not_contact_stops_everything() -> None:
    ana = make.candidate(email="a@example.com")
    before = ana.standing_version
    with events.held_back() as published:
        load("E-mail,Status\na@example.com,Do not contact\n")
    assert only().status == Status.DO_NOT_CONTACT
    assert only().standing_version > before
    assert [event.reason for event in published if isinstance(event, CandidateSuppressed)] == [
        Suppression.Reason.IMPORTED
    ]


def test_an_answer_that_is_neither_yes_nor_no_is_for_a_person() -> None:
    assert load("E-mail,Do not contact\na@example.com,maybe\n") == {"rejected": 1}
    assert not Candidate.objects.exists()


def test_an_opt_out_counts_even_when_it_is_open_whose_it_is() -> None:
    for _ in range(2):
        make.candidate(email="twin@example.com")
    assert load("E-mail,Unsubscribed\ntwin@example.com,yes\n") == {"rejected": 1}
    stop = Suppression.objects.get()
    assert (stop.candidate_id, stop.address) == (None, "twin@example.com")


# Consent.


def grounds(of: Candidate) -> list[str]:
    return list(of.consents.order_by("at", "pk").values_list("basis", flat=True))


def test_the_ground_for_a_whole_file_is_kept_with_its_evidence() -> None:
    load("E-mail\na@example.com\n", basis="relationship", evidence="Placed with us before.")
    said = Consent.objects.get()
    assert said.basis == Consent.Basis.RELATIONSHIP
    assert said.evidence.endswith("(Old ATS, people.csv): Placed with us before.")


def test_a_ground_without_evidence_is_none() -> None:
    with pytest.raises(ValueError, match="sentence"):
        Options(basis="consent")
    with pytest.raises(MappingError):
        imports.save_mapping(
            uploaded("E-mail\na@example.com\n").pk, {"0": "email"}, {"basis": "consent"}, now=NOW
        )


def test_a_stronger_ground_is_not_replaced_by_a_weaker_one() -> None:
    load("E-mail,Opt-in\na@example.com,yes\n")
    weaker: dict[str, Any] = {"basis": "legitimate_interest", "evidence": "They applied."}
    assert load("E-mail\na@example.com\n", **weaker) == {"unchanged": 1}
    assert grounds(only()) == ["consent"]


def test_a_refusal_in_the_file_withdraws_once() -> None:
    ground: dict[str, Any] = {"basis": "legitimate_interest", "evidence": "They applied."}
    load("E-mail\na@example.com\n", **ground)
    rows = "E-mail,Opt-in\na@example.com,no\n"
    assert load(rows, now=NOW + timedelta(days=1), **ground) == {"updated": 1}
    assert load(rows, now=NOW + timedelta(days=2), **ground) == {"unchanged": 1}
    assert grounds(only()) == ["legitimate_interest", "withdrawn"]
    # Nor does the next file without the column bring it back.
    load("E-mail\na@example.com\n", now=NOW + timedelta(days=3), **ground)
    assert grounds(only()) == ["legitimate_interest", "withdrawn"]


@pytest.mark.parametrize(
    ("given_on", "counts"), [("", False), ("2026-02-01", False), ("2026-03-02", True)]
)
def test_only_consent_given_after_a_withdrawal_overcomes_it(given_on: str, counts: bool) -> None:
    ana = make.candidate(email="a@example.com", consented=False)
    withdrawn = NOW - timedelta(days=10)
    consent.record(ana.pk, basis=Consent.Basis.WITHDRAWN, evidence="By mail", now=withdrawn)
    load(f"E-mail,Opt-in,Consent date\na@example.com,yes,{given_on}\n")
    assert (grounds(ana)[-1] == "consent") is counts


def test_an_unclear_answer_gives_no_consent() -> None:
    found = check("E-mail,Opt-in\na@example.com,ask me\n")
    assert found.remarks[0].what.startswith("This is neither a yes nor a no.")
    load("E-mail,Opt-in\na@example.com,ask me\n", basis="consent", evidence="They agreed.")
    assert not Consent.objects.exists()


# Owners, tags, unknown words.


def test_owners_are_found_by_their_address() -> None:
    alice, bob = make.user("Alice Meyer"), make.user("Bob Stone")
    header = "E-mail,Owner email\n"
    with events.held_back() as published:
        load(
            f"{header}a@example.com,{alice.email.upper()}\nb@example.com,x@example.org\n",
            owner_id=bob.pk,
        )
        load(f"{header}a@example.com,{bob.email}\nb@example.com,\n", owner_id=alice.pk)
    owners = dict(ContactPoint.objects.values_list("address", "candidate__owner"))
    assert owners == {"a@example.com": bob.pk, "b@example.com": bob.pk}
    handed = [one for one in published if isinstance(one, CandidatesHandedOver)]
    assert [one.to_id for one in handed] == [bob.pk]


def test_a_tag_that_a_recruiter_took_off_stays_off(tree: None) -> None:
    from warmbench.people import bulk_tagging

    load(FULL)
    python = Tag.objects.get(name="Python")
    ana = Candidate.objects.get(first_name="Ana")
    bulk_tagging.remove(python.pk, [ana.pk], by_id=make.user().pk, now=NOW)
    assert load(FULL) == {"unchanged": 3}
    assert not ana.candidate_tags.filter(tag=python).exists()


def test_a_tag_by_hand_is_surer_than_a_file(tree: None) -> None:
    ana = make.candidate(email="ana@example.com")
    manager = Tag.objects.get(name="Manager")
    drafts = Drafts()
    drafts.add(ana.pk, [Found(manager.pk, BY_HAND, 1.0)], source=BY_HAND)
    tagging.apply(drafts, now=NOW)
    load("E-mail,Seniority\nana@example.com,Director\n")
    assert ana.candidate_tags.get(tag__kind="seniority").tag == manager


def test_the_name_of_a_tag_is_taken_whole(tree: None) -> None:
    for name in ("SAP FI/CO", "Ear, nose & throat"):
        make.tag(name, Tag.Kind.SKILL, Tag.objects.get(kind=Tag.Kind.SPECIALTY))
    load('E-mail,Skills\na@example.com,"Python, sap fi/co, Ear, nose & throat"\n')
    tags = only().candidate_tags.filter(tag__kind=Tag.Kind.SKILL)
    assert set(tags.values_list("tag__name", flat=True)) == {
        "Python",
        "SAP FI/CO",
        "Ear, nose & throat",
    }
    assert not UnmatchedSkill.objects.exists()


def test_words_that_no_tag_knows_wait_for_a_decision(tree: None) -> None:
    load(FULL)
    load("E-mail,Skills\nben@example.com,foozling\n")
    assert UnmatchedSkill.objects.get().candidates.count() == 2


def test_events_tell_of_everybody_and_are_never_long() -> None:
    rows = [[f"p{n}@example.com"] for n in range(5_200)]
    with events.held_back() as published:
        load(written(rows, ["E-mail"]))
    told = [event for event in published if isinstance(event, CandidatesChanged)]
    assert [len(event.candidate_ids) for event in told] == [5_000, 200]
    assert {pk for event in told for pk in event.candidate_ids} == set(
        Candidate.objects.values_list("pk", flat=True)
    )


# Looking first.


def test_a_dry_run_counts_and_changes_nothing(tree: None) -> None:
    load(FULL)
    rows = (
        FULL
        + """\
1,Ana,Moreau,ana@example.com,,Beta,,,,,
4,Dana,Weiss,dana@example.com,12,Delta,DevOps Engineer,Barzing; Foozling,Atlantis,,Wobbling
5,Eve,,eve@,,,,,,,
6,,,fay@example.com,,,,,,,Do not contact
"""
    )
    before = world()
    found = check(rows)
    assert (found.rows, found.new, found.updated, found.unchanged) == (7, 2, 1, 2)
    assert (found.merged, found.rejected, found.opted_out, found.suppressed) == (1, 1, 1, 0)
    assert found.reasons[0].lines == (7,)
    assert [(one.what, one.rows) for one in found.unknown_skills] == [
        ("Foozling", 2),
        ("Barzing", 1),
    ]
    assert [one.what for one in found.unknown_places] == ["Atlantis"]
    assert found.missing == {"geography": 3, "seniority": 2, "specialty": 2} | found.missing
    assert any("Wobbling" in one.what for one in found.remarks)
    assert not any("12" in one.what for one in found.remarks)
    assert world() == before
    assert load(rows) == {"new": 2, "updated": 1, "unchanged": 2, "merged": 1, "rejected": 1}


def test_the_last_dry_run_can_be_looked_up() -> None:
    of = uploaded(FULL)
    assert imports.dry_run(of) is None
    found = imports.check(of.pk, now=NOW)
    of.refresh_from_db()
    assert imports.dry_run(of) == found
    assert imports.run(of.pk, clock=lambda: NOW).state == State.DONE


# Columns.


def test_columns_are_remembered_for_their_source() -> None:
    rows = "Wer,Wo erreichbar\nAna Moreau,ana@example.com\n"
    of = uploaded(
        rows, source="Haus", mapping={"0": "full_name", "1": "email"}, first_in_dates="day"
    )
    assert uploaded(rows, source="Haus").mapping == of.mapping
    assert imports.guesses(of)[0].why == "As the last time."
    assert uploaded(rows, source="Other").mapping["0"] != "full_name"


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ({"0": "first_name", "1": "first_name"}, "Only one column"),
        ({"0": "ignore", "1": "employer"}, "Choose a column"),
        ({"7": "email"}, "no column 7"),
        ({"0": "shoe_size"}, "no field"),
    ],
)
def test_columns_that_make_no_sense_are_refused(mapping: dict[str, str], why: str) -> None:
    of = uploaded("A,B\nAna,Moreau\n")
    with pytest.raises(MappingError, match=why):
        imports.save_mapping(of.pk, mapping, {}, now=NOW)


def test_a_file_can_be_laid_out_by_hand() -> None:
    of = uploaded("x|E-mail\n1|a@example.com\n")
    again = imports.read_again(of.pk, delimiter="|", header_line=1)
    assert list(again.layout["header"]) == ["x", "E-mail"]
    imports.run(of.pk, clock=lambda: NOW)
    with pytest.raises(MappingError):
        imports.read_again(of.pk, delimiter=",")


def test_a_file_can_be_thrown_away(django_capture_on_commit_callbacks: Any) -> None:
    of = uploaded(FULL)
    path = path_of(of)
    with django_capture_on_commit_callbacks(execute=True):
        imports.discard(of.pk)
    assert not path.exists()
    assert not CandidateImport.objects.exists()


def test_dates_are_read_as_the_whole_column_is_written() -> None:
    rows = [[f"p{n}@example.com", "03/04/2025"] for n in range(300)]
    rows.append(["z@example.com", "31/12/2025"])
    load(written(rows, ["E-mail", "Last contacted"]))
    days = Candidate.objects.values_list("last_conversation_on", flat=True).distinct()
    assert set(days) == {date(2025, 4, 3), date(2025, 12, 31)}
    assert check("E-mail,Last contacted\na@example.com,03/04/2025\n").remarks
    load("E-mail,Last contacted\na@example.com,03/04/2025\n", first_in_dates="month")
    assert ContactPoint.objects.get(address="a@example.com").candidate.last_conversation_on == (
        date(2025, 3, 4)
    )


# Rejected rows.


def test_rejected_rows_can_be_mended_and_imported_again() -> None:
    of = uploaded(
        "First name,E-mail,Mobile,Employer\n"
        "=cmd(),ana@,+44 20 7946 0018,@Acme\n-x,ben@,+44 20 7946 0019,'Quoted'\n",
        mapping={"1": "email"},
    )
    imports.run(of.pk, clock=lambda: NOW)
    text = "".join(imports.rejected_csv(of.pk))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:4] == ["First name", "E-mail", "Mobile", "Employer"]
    assert rows[1][:4] == ["'=cmd()", "ana@", "'+44 20 7946 0018", "'@Acme"]
    assert "nothing after the @" in rows[1][4]
    assert not any(cell[:1] in set("=+-@\t\r") for row in rows for cell in row)
    assert load(text.replace("ana@", "ana@example.com").replace("ben@", "ben@example.com")) == {
        "new": 2
    }
    ana, ben = Candidate.objects.order_by("pk")
    assert (ana.first_name, ana.employer) == ("=cmd()", "@Acme")
    assert (ben.first_name, ben.employer) == ("-x", "'Quoted'")
    assert addresses(ana, Channel.SMS) == ["+442079460018"]


# Stopped, and gone on with.

MANY = [
    [
        f"{n}",
        f"Person {n}",
        f"p{n}@example.com",
        "Python; Nothing known" if n % 3 else "Terraform",
        "yes" if n % 50 == 0 else "no",
    ]
    for n in range(3_000)
]
MANY += [[f"{n}", f"Person {n}", f"second{n}@example.com", "", ""] for n in range(0, 3_000, 10)]
MANY += [["", "", "broken@", "", ""] for _ in range(20)]
MANY_HEADER = ["Candidate ID", "First name", "E-mail", "Skills", "Unsubscribed"]
MANY_COUNTS = {"new": 3_000, "merged": 300, "rejected": 20}

CHILD = """
import sys
from pathlib import Path
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.INSTANCE_FOLDER = Path(sys.argv[4])
import django
django.setup()
from warmbench.people import imports
from datetime import datetime
now = datetime.fromisoformat(sys.argv[3])
def tell(progress):
    print(progress.stage, progress.done, flush=True)
imports.run(int(sys.argv[2]), clock=lambda: now, on_progress=tell, chunk=300)
"""


def killed(import_id: int, *, after: int) -> bool:
    """Run an import in a process, and kill it after so many chunks. False: it was through."""
    name = connection.settings_dict["NAME"]
    command = [sys.executable, "-c", CHILD, str(name), str(import_id), NOW.isoformat()]
    command.append(str(django_settings.INSTANCE_FOLDER))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as child:
        assert child.stdout is not None
        for _ in range(after):
            if not child.stdout.readline():
                assert child.wait(60) == 0
                return False
        time.sleep(random.random() * 0.05)
        child.kill()
    return True


def test_a_killed_import_goes_on_where_it_stood(transactional_db: None, tree: None) -> None:
    expected_of = uploaded(written(MANY, MANY_HEADER), source="Twin")
    of = uploaded(written(MANY, MANY_HEADER))
    kills = 0
    # While it reads, while it loads, and once more.
    for after in (6, 13, 5):
        kills += killed(of.pk, after=after)
        of.refresh_from_db()
        assert Candidate.objects.count() == of.counts.get("new", 0)
    assert kills >= 2
    of = imports.run(of.pk, clock=lambda: NOW)
    assert of.state == State.DONE
    assert counted(of) == MANY_COUNTS
    assert Candidate.objects.count() == 3_000
    assert ContactPoint.objects.count() == 3_300
    assert Suppression.objects.values("candidate").distinct().count() == 60
    assert ImportRejection.objects.count() == 20
    assert facets_hold()
    # The same file, never disturbed, knows everybody.
    assert counted(imports.run(expected_of.pk, clock=lambda: NOW))["unchanged"] == 3_000


def test_what_is_gone_on_with_is_decided_as_if_never_stopped() -> None:
    rows = """\
Candidate ID,First name,E-mail,Mobile
7,Bob,,+44 20 7946 0018
7,Robert,,
,Bob,,+44 20 7946 0018
,,ana@example.com,
8,,ana@example.com,
"""
    for at in range(1, 6):
        with transaction.atomic():
            of = uploaded(rows)

            def stop(progress: imports.Progress, at: int = at) -> None:
                if (progress.stage, progress.done) == ("loading", at):
                    raise ConnectionError

            with pytest.raises(ConnectionError):
                imports.run(of.pk, clock=lambda: NOW, on_progress=stop, chunk=1)
            of = imports.run(of.pk, clock=lambda: NOW, chunk=1)
            assert counted(of) == {"new": 2, "merged": 2, "rejected": 1}
            assert [line for line, _, _ in rejected()] == [4]
            transaction.set_rollback(True)


def test_a_crash_of_the_database_loses_only_what_can_be_read_again(tree: None) -> None:
    of = uploaded(written(MANY, MANY_HEADER))

    class StoppedError(Exception):
        pass

    def stop(progress: imports.Progress) -> None:
        if progress.stage == "loading" and progress.done >= 1_000:
            raise StoppedError

    with pytest.raises(StoppedError):
        imports.run(of.pk, clock=lambda: NOW, on_progress=stop, chunk=500)
    # What a crash does to tables that are not in the write-ahead log.
    sql.run(f"TRUNCATE import_stage_{of.pk}, import_match_{of.pk}")
    of = imports.run(of.pk, clock=lambda: NOW, chunk=500)
    assert of.state == State.DONE
    assert Candidate.objects.count() == 3_000
    assert ContactPoint.objects.count() == 3_300


def test_tags_that_are_merged_meanwhile_are_read_anew(tree: None) -> None:
    of = uploaded(written(MANY[:1_000], MANY_HEADER))
    python, terraform = Tag.objects.get(name="Python"), Tag.objects.get(name="Terraform")

    def merge(progress: imports.Progress) -> None:
        if progress.stage == "loading" and progress.done == 200:
            tag_edits.merge(python.pk, into_id=terraform.pk, by_id=None, now=NOW)

    of = imports.run(of.pk, clock=lambda: NOW, on_progress=merge, chunk=200)
    assert counted(of)["new"] == 1_000
    assert CandidateTag.objects.filter(tag=terraform).count() == 1_000


def test_two_imports_at_once_make_nobody_twice(transactional_db: None, tree: None) -> None:
    both = [
        uploaded(written(MANY[shift : 1_000 + shift], MANY_HEADER), source=f"S{shift}").pk
        for shift in (0, 100)
    ]

    def go(pk: int) -> None:
        imports.run(pk, clock=lambda: NOW, chunk=100)
        connection.close()

    threads = [threading.Thread(target=go, args=(pk,)) for pk in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Candidate.objects.count() == 1_100
    assert ContactPoint.objects.count() == 1_100


def test_an_import_that_is_done_stays_done() -> None:
    of = uploaded(FULL)
    for _ in range(2):
        of = imports.run(of.pk, clock=lambda: NOW)
    assert counted(of) == {"new": 3}


def test_the_page_leaves_it_to_a_worker(work: Callable[[], None], tree: None) -> None:
    of = uploaded(FULL)
    imports.start_check(of.pk)
    work()
    of.refresh_from_db()
    found = imports.dry_run(of)
    assert found is not None
    assert found.new == 3
    imports.start(of.pk)
    of.refresh_from_db()
    assert of.state == State.RUNNING
    work()
    of.refresh_from_db()
    assert of.state == State.DONE
    assert Candidate.objects.count() == 3


# The quick way in.


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """A database user as on a server of somebody else, without the rights of ours."""
    sql.run("CREATE ROLE ordinary")
    sql.run("GRANT ALL ON SCHEMA public TO ordinary")
    sql.run("GRANT ALL ON ALL TABLES IN SCHEMA public TO ordinary")
    sql.run("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ordinary")
    sql.run("SET LOCAL ROLE ordinary")
    yield
    sql.run("SET LOCAL ROLE NONE")


def test_it_makes_no_difference_who_the_database_takes_us_for(
    tree: None, request: pytest.FixtureRequest
) -> None:
    rows = FULL + "4,Dana,Weiss,dana@example.com,,,,Foozling,,,Do not contact\n"
    with transaction.atomic():
        load(rows, basis="relationship", evidence="Known to us.")
        quick = world()
        transaction.set_rollback(True)
    request.getfixturevalue("ordinary_user")
    load(rows, basis="relationship", evidence="Known to us.")
    assert facets_hold()
    assert quick == world()


def test_every_trigger_that_is_left_out_is_made_up_for() -> None:
    rows = sql.run(
        """
        SELECT tgrelid::regclass::text, tgname FROM pg_trigger
         WHERE NOT tgisinternal AND (tgtype & 4) <> 0
           AND tgrelid = ANY (ARRAY['candidate', 'contact_point', 'consent', 'candidate_tag',
                                    'candidate_facet']::regclass[])
        """
    )
    assert set(rows) == {
        ("candidate", "candidate_facet_begin"),  # import_add_facets.sql
        ("candidate", "candidate_words_begin"),  # import_add_words.sql
        ("candidate_tag", "candidate_facet_insert"),  # import_add_facets.sql
        ("consent", "consent_changes_standing"),  # No message to a new person is under way.
    }


def test_what_was_looked_at_and_never_loaded_is_dropped() -> None:
    of = uploaded(FULL)
    imports.check(of.pk, now=NOW)
    assert import_staging.forget(before=NOW) == 0
    assert import_staging.forget(before=NOW + timedelta(days=1)) == 1
    assert counted(imports.run(of.pk, clock=lambda: NOW)) == {"new": 3}


def test_what_large_loads_put_off_is_done_in_the_end(request: pytest.FixtureRequest) -> None:
    load(FULL)
    import_load.sort_in()
    request.getfixturevalue("ordinary_user")
    import_load.sort_in()


def test_the_owner_who_left_is_nobody(tree: None) -> None:
    alice = make.user("Alice Meyer")
    of = uploaded(f"E-mail,Owner email\na@example.com,{alice.email}\n", owner_id=alice.pk)
    imports.check(of.pk, now=NOW)
    alice.delete()
    imports.run(of.pk, clock=lambda: NOW)
    assert only().owner is None


def test_candidates_who_were_erased_meanwhile_stay_away(tree: None) -> None:
    load(FULL)
    of = uploaded(FULL)

    def erase(progress: imports.Progress) -> None:
        if progress.stage == "comparing" and progress.done == 3:
            Candidate.objects.get(first_name="Ana").delete()

    of = imports.run(of.pk, clock=lambda: NOW, on_progress=erase)
    assert counted(of) == {"unchanged": 2, "rejected": 1}
    assert "removed" in ImportRejection.objects.get().reason


def test_a_record_that_goes_up_in_another_meanwhile_is_that_one(tree: None) -> None:
    load(FULL)
    gone, kept = Candidate.objects.get(first_name="Ana"), make.candidate()
    of = uploaded(FULL.replace("Ana,", "Anna,"))

    def merge(progress: imports.Progress) -> None:
        if progress.stage == "comparing" and progress.done == 3:
            merging.merge(kept.pk, gone.pk, by_id=None, now=NOW)

    of = imports.run(of.pk, clock=lambda: NOW, on_progress=merge)
    assert "rejected" not in counted(of)
    assert Candidate.objects.get(pk=kept.pk).first_name == "Anna"


def test_a_recruiters_word_in_the_last_second_counts() -> None:
    load("E-mail,Status\na@example.com,Passive\n")
    candidates.change_status(only().pk, Status.DO_NOT_CONTACT, now=NOW)
    load("E-mail,Status\na@example.com,Open\n")
    assert only().status == Status.DO_NOT_CONTACT
