"""Everybody gets everything that is held about them, readable by people and by machines."""

import csv
import io
import json
import time
import zipfile

import pytest

from tests import make
from tests.db.planting import Planted, everything_stored, found_in
from tests.make import NOW
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Decision, ProviderEvent
from warmbench.people import export, holdings
from warmbench.people.models import Candidate, ContactPoint

pytestmark = pytest.mark.django_db


def test_it_holds_every_planted_word() -> None:
    planted = Planted()
    there = found_in(everything_stored(), planted.words)
    told = export.of(planted.who.pk, now=NOW, is_for_themselves=True).as_json()
    left_out = [word for word in there if word not in told]
    machines = {"worker", "sequence_id", "envelope_to"}
    # What only our machines are interested in, and says nothing about the person.
    silent = {
        str(getattr(row, name))
        for one in holdings.everything()
        for row in one.model._default_manager.all()
        for name in one.silent | machines
        if hasattr(row, name)
    }
    assert [word for word in left_out if not any(word in kept for kept in silent)] == []
    assert len(there) >= 40


def test_messages_come_with_their_words_and_why_they_were_sent() -> None:
    make.organisation()
    ana, box = make.candidate(), make.sender(make.user())
    message = make.sent(ana, box, links=1)
    Decision.objects.create(
        candidate_id=ana.pk, message_id=message.pk, touch=message.touch, stage="planning",
        verdict="later", reason="window", at=NOW, policy=1,
    )  # fmt: skip
    (told,) = section(ana, "message")
    assert told["subject"] == "Salaries for Ana"
    assert "Hello Ana" in told["words"]
    assert told["state"] == "Accepted by the mail server"
    (why,) = told["why"]
    assert why.startswith(f"{NOW.isoformat()} Later, when it was planned: It is outside working")


def test_what_providers_tell_is_found_however_they_spell_the_address() -> None:
    ana = make.candidate(email="ana@example.com")
    for number, recipient in enumerate(("Ana@Example.com", "ben@example.com")):
        ProviderEvent.objects.create(
            source="postmark",
            event_id=str(number),
            kind=ProviderEvent.Kind.BOUNCED,
            recipient=recipient,
            at=NOW,
            received_at=NOW,
        )
    assert [one["recipient"] for one in section(ana, "provider_event")] == ["Ana@Example.com"]


def test_scores_come_with_what_they_are_made_of() -> None:
    make.organisation()
    ana = make.candidate()
    make.signal(ana)
    (score,) = section(ana, "warmth")
    assert score["points"] == 20
    (signal,) = section(ana, "signal")
    assert (signal["in words"], signal["counts for"]) == ("Clicked in “Salaries”", 20)


def test_it_names_who_looked_and_who_changed_what() -> None:
    alice, ana = make.user("Alice Meyer"), make.candidate()
    AuditEntry.objects.create(
        at=NOW, actor_id=alice.pk, action="candidate.seen", subject=f"candidate:{ana.pk}"
    )
    follow_up = make.follow_up(ana)
    AuditEntry.objects.create(at=NOW, action="follow_up.done", subject=f"follow_up:{follow_up.pk}")
    told = section(ana, "audit_entry")
    assert [(row["by"], row["what"]) for row in told] == [
        ("Alice Meyer", "candidate.seen"),
        ("Warmbench itself", "follow_up.done"),
    ]


def test_nobody_elses_data_is_in_it() -> None:
    make.organisation()
    ana, ben = make.candidate(), make.candidate(email="ben@example.com")
    make.signal(ben, topic="Bens own topic")
    assert "ben@example.com" not in export.of(ana.pk, now=NOW).as_json()
    assert "Bens own topic" not in export.of(ana.pk, now=NOW).as_json()


def test_each_section_says_what_it_is_for() -> None:
    planted = Planted()
    sections = export.of(planted.who.pk, now=NOW).sections
    assert all(one.title and one.why and one.rows for one in sections)


def test_the_archive_has_a_table_for_each_section_and_the_whole() -> None:
    planted = Planted()
    told = export.of(planted.who.pk, now=NOW)
    with zipfile.ZipFile(io.BytesIO(told.as_zip())) as archive:
        names = {f"{one.name}.csv" for one in told.sections} | {"data.json"}
        assert set(archive.namelist()) == names
        assert json.loads(archive.read("data.json")) == json.loads(told.as_json())
        for one in told.sections:
            text = archive.read(f"{one.name}.csv").decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(text)))
            assert len(rows) == len(one.rows) + 1
            assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("name", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_spreadsheet_runs_what_somebody_is_called(name: str) -> None:
    ana = make.candidate()
    Candidate.objects.filter(pk=ana.pk).update(first_name=name)
    ContactPoint.objects.create(candidate=ana, channel="sms", address="+4930123456", added_at=NOW)
    with zipfile.ZipFile(io.BytesIO(export.of(ana.pk, now=NOW).as_zip())) as archive:
        text = archive.read("candidate.csv").decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["first_name"] == f"'{name}"
        points = archive.read("contact_point.csv").decode("utf-8-sig")
        assert "'+4930123456" in points


def test_somebody_with_a_long_history_waits_seconds_not_minutes() -> None:
    make.organisation()
    ana, box = make.candidate(), make.sender(make.user())
    for n in range(300):
        message = make.sent(ana, box, at=NOW.replace(year=2000 + n % 20))
        Decision.objects.create(
            candidate_id=ana.pk, message_id=message.pk, touch="x", stage="claim",
            verdict="allow", at=NOW, policy=1,
        )  # fmt: skip
    began = time.perf_counter()
    assert export.of(ana.pk, now=NOW).as_zip()
    assert time.perf_counter() - began < 60


def section(who: Candidate, name: str) -> list[holdings.Row]:
    return next(one.rows for one in export.of(who.pk, now=NOW).sections if one.name == name)
