"""People are erased everywhere, recognised when they come again, and never written to."""

import io
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from tests import make
from tests.db.planting import (
    Planted,
    everything_stored,
    found_in,
    listed,
    row_of,
    uploaded,
)
from tests.make import NOW
from warmbench.core import postgres_binaries, sql
from warmbench.core.events import react_now
from warmbench.core.models import AuditEntry
from warmbench.messaging import delivery, invariants
from warmbench.messaging.claim import claim
from warmbench.messaging.handover import Kind, Recording, Rejected
from warmbench.messaging.models import Attempt, Message
from warmbench.messaging.settling import settle
from warmbench.people import (
    consent,
    editing,
    erasure,
    hashes,
    holdings,
    import_files,
    import_run,
    import_staging,
    imports,
    journal,
)
from warmbench.people.candidates import CandidatesChanged
from warmbench.people.consent import CandidateSuppressed
from warmbench.people.editing import NotAnAddressError
from warmbench.people.models import (
    Candidate,
    CandidateImport,
    Channel,
    Consent,
    ContactPoint,
    ImportRejection,
    RightsRequest,
    Suppression,
    SuppressionHash,
)
from warmbench.signals import follow_ups, record, wishes
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

Reason = erasure.Reason


@pytest.fixture(autouse=True)
def _a_folder_of_our_own(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Files of other tests that run now are none of ours; our staged rows are none of theirs."""
    settings.INSTANCE_FOLDER = tmp_path
    yield
    if "transactional_db" in request.fixturenames:
        staged = sql.run(
            r"SELECT relname FROM pg_class WHERE relname ~ '^import_(stage|match)_\d+$'"
        ).fetchall()
        for (table,) in staged:
            sql.run(f"DROP TABLE {table}")


def erase(*ids: int) -> list[int]:
    return erasure.erase(ids, reason=Reason.REQUEST, by_id=None, now=NOW)


class TestNoTableIsForgotten:
    """A table about candidates is exported and erased; any other says why it is neither."""

    def test_every_model_is_known(self) -> None:
        declared = {one.label for one in holdings.everything()}
        unknown = {
            model._meta.label
            for model in apps.get_models()
            if model._meta.label not in declared
            and model._meta.label not in holdings.declared_empty()
        }
        assert unknown == set(), "Declare it in the held.py of its package."

    def test_what_points_at_a_candidate_is_told_with_its_purpose(self) -> None:
        silent = [one.label for one in holdings.everything() if not one.why]
        assert silent == [], "Say in the held.py of its package what it is held for."

    def test_nothing_that_points_at_a_candidate_is_called_empty(self) -> None:
        pointing = {one.label for one in holdings.everything()}
        assert pointing.isdisjoint(holdings.declared_empty())

    def test_no_table_points_at_candidates_behind_djangos_back(self, db: None) -> None:
        columns = sql.run(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name IN ('candidate_id', 'candidate_ids')"
            r" AND table_name !~ '^import_(stage|match)_\d+$'"
        )
        known = {one.table for one in holdings.everything()}
        assert {table for (table,) in columns} <= known


def test_a_dump_has_none_of_the_planted_words(db: None) -> None:
    planted = Planted()
    there = found_in(everything_stored(), planted.words)
    assert len(there) >= 25

    assert erase(planted.who.pk) == [planted.who.pk]

    connection.check_constraints()
    assert found_in(everything_stored(), planted.words) == []
    assert listed(planted)


def test_a_real_dump_and_the_folder_have_none_of_them_either(transactional_db: None) -> None:
    planted = Planted()
    waiting, done = uploaded(row_of(planted)), uploaded(row_of(planted), source="CRM")
    CandidateImport.objects.filter(pk=done).update(state=CandidateImport.State.DONE)
    imports.check(waiting, now=NOW)
    rejected = [planted.word(), "no address", planted.email]
    ImportRejection.objects.create(of_id=waiting, line=3, reason="…", cells=rejected)

    erase(planted.who.pk)

    dump = subprocess.run(
        [str(programs() / "pg_dump"), connection.settings_dict["NAME"]],
        env={"PGHOST": connection.settings_dict["HOST"], "PGUSER": "warmbench"},
        capture_output=True,
        check=True,
    ).stdout.decode(errors="replace")
    assert "suppression_hash" in dump
    assert found_in(dump, planted.words) == []
    kept = "".join(path.read_text() for path in (settings.INSTANCE_FOLDER / "imports").iterdir())
    assert found_in(kept, planted.words) == []
    assert "ben@example.com" in kept


def programs() -> Path:
    server = settings.EMBEDDED_POSTGRES
    assert server is not None
    account = postgres_binaries.account_for(server.cluster)
    return postgres_binaries.programs("", account=account, copies=server.folder.parent)


@transaction.atomic
def erasing(statement: str) -> None:
    """What an erasure could do by mistake."""
    sql.run("SELECT begin_erasure()")
    sql.run(statement)


class TestTheDoorToHistories:
    """Append-only stays append-only, for whoever is not erasing and for what is not erased."""

    def test_it_is_shut_outside_of_an_erasure(self, db: None) -> None:
        who = make.candidate()
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(candidate=who).delete()
        AuditEntry.objects.create(at=NOW, action="x", subject="x:1", detail={"a": 1})
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.update(detail={})

    def test_it_closes_with_the_transaction(self, transactional_db: None) -> None:
        who = make.candidate()
        with transaction.atomic():
            sql.run("SELECT begin_erasure()")
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(candidate=who).delete()

    def test_it_lets_nobody_rewrite_or_delete_what_was_done(self, db: None) -> None:
        AuditEntry.objects.create(at=NOW, action="x", subject="x:1", detail={"a": 1})
        for change in (
            "UPDATE audit_entry SET action = 'y'",
            "DELETE FROM audit_entry",
            """UPDATE audit_entry SET detail = '{"b": 2}'""",
        ):
            with pytest.raises(DatabaseError):
                erasing(change)

    def test_it_lets_an_erasure_empty_a_detail(self, db: None) -> None:
        AuditEntry.objects.create(at=NOW, action="x", subject="x:1", detail={"a": 1})
        erasing("UPDATE audit_entry SET detail = '{}'")
        assert AuditEntry.objects.get().detail == {}

    def test_only_erasing_opens_it(self) -> None:
        package = Path(erasure.__file__).parents[1]
        openers = [p.name for p in package.rglob("*.py") if "begin_erasure()" in p.read_text()]
        assert sorted(openers) == ["0003_erasure.py", "erasure.py"]


class TestWhatIsLeft:
    def test_who_did_what_stays_without_a_word(self, db: None) -> None:
        who = make.candidate()
        consent.suppress(who.pk, reason=Suppression.Reason.MANUAL, evidence="Ana told Bob", now=NOW)
        erase(who.pk)
        entries = AuditEntry.objects.filter(subject=f"candidate:{who.pk}").order_by("pk")
        assert [(e.action, e.detail) for e in entries] == [
            ("candidate.suppressed", {}),
            ("candidate.erased", {"reason": "request"}),
        ]

    def test_that_their_request_was_answered_stays_without_their_name(self, db: None) -> None:
        who, bob = make.candidate(), make.user()
        asked = RightsRequest.objects.create(
            candidate=who, kind="erasure", words="Please", received_at=NOW, deadline=NOW
        )
        erasure.erase([who.pk], reason=Reason.REQUEST, by_id=bob.pk, now=NOW)
        asked.refresh_from_db()
        assert (asked.candidate, asked.words, asked.answer) == (None, "", "Erased.")
        assert (asked.state, asked.done_by, asked.done_at) == ("done", bob, NOW)

    def test_the_hashes_are_no_plain_hashes(self, db: None, settings: Settings) -> None:
        erase(make.candidate(email="ana@example.com").pk)
        assert hashes.reason_against("ana@example.com", "email")
        settings.ERASURE_KEY = "another"
        assert not hashes.reason_against("ana@example.com", "email")

    def test_the_others_keep_all_they_have(self, db: None) -> None:
        ana, ben = make.candidate(), make.candidate()
        make.signal(ben)
        make.follow_up(ben)
        before = {one.label: holdings.rows(one, ben.pk) for one in holdings.everything()}
        erase(ana.pk)
        assert before == {one.label: holdings.rows(one, ben.pk) for one in holdings.everything()}

    def test_promises_are_still_kept(self, db: None) -> None:
        make.organisation()
        box = make.sender(make.user())
        ana, ben = make.candidate(), make.candidate()
        for who in (ana, ben):
            make.message(who, box)
        delivery.deliver(lambda _: Recording(), worker="w", clock=lambda: NOW)
        box.refresh_from_db()
        assert box.sent_on_day == 2
        erase(ana.pk)
        box.refresh_from_db()
        # Its room for today is spent, whoever it was spent on.
        assert box.sent_on_day == 2
        assert invariants.broken() == {}

    def test_erasing_twice_is_erasing_once(self, db: None) -> None:
        who = make.candidate()
        assert erase(who.pk, who.pk) == [who.pk]
        assert erase(who.pk) == []

    def test_many_are_erased_at_once(self, db: None) -> None:
        people = [make.candidate().pk for _ in range(30)]
        assert erase(*people) == people
        assert not Candidate.objects.exists()
        assert SuppressionHash.objects.count() == 30


class TestOthersWithTheSameAddress:
    """It is the same reader: nobody writes there, though the other record is theirs to keep."""

    def test_are_stopped(self, db: None) -> None:
        ana = make.candidate(email="family@example.com")
        ben = make.candidate(email="family@example.com")
        assert erasure.sharing([ana.pk]) == [ben.pk]
        erase(ana.pk)
        stop = Suppression.objects.get(candidate=ben)
        assert (stop.reason, stop.address) == ("erased", "")
        assert ContactPoint.objects.filter(address="family@example.com").count() == 1

    def test_keep_what_they_said_about_it(self, db: None) -> None:
        ana = make.candidate(email="family@example.com")
        ben = make.candidate(email="family@example.com")
        for who, reason in ((ana, "unsubscribed"), (ben, "complained")):
            Suppression.objects.create(
                candidate=who, address="family@example.com", reason=reason, at=NOW
            )
        consent.mark_address_dead("family@example.com", evidence="550", now=NOW)
        erase(ana.pk)
        left = Suppression.objects.filter(address="family@example.com")
        assert sorted(left.values_list("reason", flat=True)) == ["address_dead", "complained"]
        erase(ben.pk)
        assert not Suppression.objects.exists()

    def test_lose_it_from_a_stop_if_they_have_it_no_more(self, db: None) -> None:
        ana, ben = make.candidate(email="ana@example.com"), make.candidate()
        Suppression.objects.create(
            candidate=ben, address="ana@example.com", reason="unsubscribed", at=NOW
        )
        erase(ana.pk)
        assert Suppression.objects.get(candidate=ben).address == ""


CSV = (
    "id,first_name,last_name,email,phone\n"
    "17,Ana,Moreau,Ana@Example.com,\n"
    "18,Ben,Okafor,ben@example.com,\n"
)


def loaded(content: str, source: str = "Old ATS") -> dict[str, int]:
    of = imports.run(uploaded(content, source=source), clock=lambda: NOW)
    return {name: n for name, n in of.counts.items() if n and isinstance(n, int)}


class TestWhoComesAgain:
    def test_the_same_file_does_not_bring_them_back(self, transactional_db: None) -> None:
        make.organisation()
        assert loaded(CSV) == {"new": 2}
        ana = Candidate.objects.get(first_name="Ana")
        erase(ana.pk)

        again = uploaded(CSV)
        dry = imports.check(again, now=NOW)
        assert (dry.erased, dry.rejected, dry.new) == (1, 0, 0)
        imports.discard(again)
        assert loaded(CSV) == {"unchanged": 1, "erased": 1}

        assert [who.first_name for who in Candidate.objects.all()] == ["Ben"]
        stored = everything_stored()
        assert "moreau" not in stored.lower()
        # The file names her once more, and it has done its work.
        assert CandidateImport.objects.latest("pk").path == ""

    @pytest.mark.parametrize(
        "row",
        [
            "17,Ana,Moreau,,",
            ",A.,M.,ANA@example.com,",
            ",Ana,Moreau,other@example.com,+49 151 12345678",
            ',Ana,Moreau,"other@example.com; ana@example.com",',
        ],
        ids=["by the id", "by the address", "by the number", "by one of two addresses"],
    )
    def test_they_are_known_by_any_of(self, transactional_db: None, row: str) -> None:
        make.organisation()
        loaded(CSV.replace("Example.com,", "Example.com,+4915112345678"))
        erase(Candidate.objects.get(first_name="Ana").pk)
        assert loaded(CSV.splitlines()[0] + "\n" + row + "\n") == {"erased": 1}

    def test_who_is_known_by_name_alone_is_recognised_too(self, transactional_db: None) -> None:
        make.organisation()
        content = "name,employer\nAna Moreau,Contoso\nBen Okafor,Contoso\n"
        loaded(content)
        erase(Candidate.objects.get(first_name="Ana").pk)
        assert loaded(content) == {"unchanged": 1, "erased": 1}

    def test_an_import_under_way_leaves_them_out(self, transactional_db: None) -> None:
        make.organisation()
        loaded(CSV)
        ana = Candidate.objects.get(first_name="Ana")
        under_way = uploaded(CSV, source="CRM")
        # Looked through while she was still there ...
        imports.check(under_way, now=NOW)
        of = CandidateImport.objects.get(pk=under_way)
        import_run._stage(of, now=NOW, on_progress=lambda _: None)
        # ... and erased before it is loaded.
        sql.run("SELECT pg_advisory_lock(%s, %s::int)", [0x57A2C, under_way])
        erase(ana.pk)
        sql.run("SELECT pg_advisory_unlock(%s, %s::int)", [0x57A2C, under_way])
        of = imports.run(under_way, clock=lambda: NOW)
        assert not Candidate.objects.filter(first_name="Ana").exists()
        assert of.counts["unchanged"] == 1

    def test_a_recruiter_cannot_add_the_address(self, db: None) -> None:
        erase(make.candidate(email="ana@example.com").pk)
        ben = make.candidate()
        with pytest.raises(NotAnAddressError, match="erased on 3 March 2026"):
            editing.add_address(
                ben.pk, "Ana@example.com", channel=Channel.EMAIL, by_id=None, now=NOW
            )

    def test_an_address_whose_stop_a_restore_kept_stops_whoever_has_it(self, db: None) -> None:
        digest = hashes.of_address("ana@example.com", "email")
        hashes.put([digest], hashes.Reason.STOPPED, at=NOW)
        ben = make.candidate()
        editing.add_address(ben.pk, "ana@example.com", channel=Channel.EMAIL, by_id=None, now=NOW)
        assert Suppression.objects.get(candidate=ben).reason == "do_not_contact"

    def test_a_file_with_such_an_address_is_loaded_and_stopped(
        self, transactional_db: None
    ) -> None:
        make.organisation()
        hashes.put([hashes.of_address("ana@example.com", "email")], hashes.Reason.STOPPED, at=NOW)
        assert loaded(CSV) == {"new": 2}
        stops = Suppression.objects.filter(candidate__first_name="Ana")
        assert set(stops.values_list("reason", flat=True)) == {"imported"}


class TestFilesThatAreKept:
    """What was uploaded is personal data, too."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
    def test_a_row_is_written_over_and_the_others_stay_in_their_places(
        self, transactional_db: None, encoding: str
    ) -> None:
        make.organisation()
        ana = make.candidate(email="ana@example.com")
        note = '"two\nlines, é"'
        content = (
            "name,email,city,employer\r\n"
            f"Zoé,zoe@example.com,Paris,{note}\r\n"
            f"Ana,ana@example.com,Paris,{note}\r\n"
            f"Ben,ben@example.com,Berlin,{note}\r\n"
        )
        of = imports.upload(io.BytesIO(content.encode(encoding)), "p", "CRM", by_id=None, now=NOW)
        imports.save_mapping(of.pk, of.mapping, imports.Options(), now=NOW)
        before = import_staging.path_of(of).read_bytes()

        erase(ana.pk)

        after = import_staging.path_of(of).read_bytes()
        assert len(before) == len(after)
        text = after.decode(encoding)
        assert "Ana" not in text
        assert text.count("\n") == content.count("\n")
        assert imports.run(of.pk, clock=lambda: NOW).counts["new"] == 2
        ben = Candidate.objects.get(first_name="Ben")
        assert ben.employer == "two lines, é"

    @pytest.mark.parametrize("columns", [1, 2])
    def test_narrow_files_bring_in_nobody_called_dashes(
        self, transactional_db: None, columns: int
    ) -> None:
        make.organisation()
        ana = make.candidate(email="ana@example.com")
        rows = [["email", "name"], ["ana@example.com", "Ana"], ["ben@example.com", "Ben"]]
        content = "".join(",".join(cells[:columns]) + "\n" for cells in rows)
        of = CandidateImport.objects.get(pk=uploaded(content))
        erase(ana.pk)
        assert imports.run(of.pk, clock=lambda: NOW).counts["new"] == 1
        assert Candidate.objects.count() == 1

    def test_what_is_half_loaded_goes_on_where_it_stood(self, transactional_db: None) -> None:
        make.organisation()
        rows = "".join(f"P{n},p{n}@example.com,Berlin\n" for n in range(6))
        of = CandidateImport.objects.get(pk=uploaded("name,email,city\n" + rows))
        ana = make.candidate(email="p1@example.com")

        def clock() -> datetime:
            if Candidate.objects.count() >= 2:
                raise InterruptedError
            return NOW

        with pytest.raises(InterruptedError):
            imports.run(of.pk, clock=clock, chunk=2)
        of.refresh_from_db()
        assert 0 < of.rows_done < 6
        erase(ana.pk)
        imports.run(of.pk, clock=lambda: NOW, chunk=2)
        names = sorted(Candidate.objects.values_list("first_name", flat=True))
        assert names == ["P0", "P2", "P3", "P4", "P5"]

    def test_a_loaded_file_goes_as_a_whole(self, transactional_db: None) -> None:
        make.organisation()
        loaded(CSV)
        of = CandidateImport.objects.get()
        path = import_staging.path_of(of)
        assert path.exists()
        erase(Candidate.objects.get(first_name="Ana").pk)
        of.refresh_from_db()
        assert not path.exists()
        assert (of.path, of.layout["sample"]) == ("", [])

    def test_rejected_rows_about_them_go_and_others_stay(self, transactional_db: None) -> None:
        make.organisation()
        ana = make.candidate(email="ana@example.com")
        Candidate.objects.filter(pk=ana.pk).update(first_name="Ana", last_name="Moreau")
        of = CandidateImport.objects.get(pk=uploaded(CSV))
        for line, cells in enumerate(
            [["x", "ana@example.com"], ["Moreau, Ana", "ana@@"], ["Diana", "diana@example.com"]]
        ):
            ImportRejection.objects.create(of=of, line=line, reason="…", cells=cells)
        erase(ana.pk)
        assert [row.cells[0] for row in ImportRejection.objects.all()] == ["Diana"]

    def test_they_are_dropped_after_their_days(self, transactional_db: None) -> None:
        make.organisation()
        loaded(CSV)
        done, waiting = CandidateImport.objects.get(), uploaded(CSV)
        paths = [import_staging.path_of(of) for of in CandidateImport.objects.all()]
        ImportRejection.objects.create(of=done, line=9, reason="…", cells=["x"])
        assert import_files.drop_old(before=NOW) == 0
        assert import_files.drop_old(before=NOW + timedelta(seconds=1)) == 2
        assert not any(path.exists() for path in paths)
        assert not ImportRejection.objects.exists()
        assert not CandidateImport.objects.filter(pk=waiting).exists()
        done.refresh_from_db()
        assert done.counts["new"] == 2
        assert import_files.drop_old(before=NOW + timedelta(seconds=1)) == 0

    def test_a_file_that_is_being_worked_on_is_left_for_another_day(
        self, transactional_db: None
    ) -> None:
        make.organisation()
        at_work = uploaded(CSV)
        holder = threading.Thread(target=_hold, args=[at_work])
        holder.start()
        _held.wait(5)
        assert import_files.drop_old(before=NOW + timedelta(days=1)) == 0
        _free.set()
        holder.join()
        assert CandidateImport.objects.filter(pk=at_work).exists()


_held, _free = threading.Event(), threading.Event()


def _hold(import_id: int) -> None:
    with transaction.atomic():
        import_staging.take(import_id)
        _held.set()
        _free.wait(5)
    connection.close()


class TestWhileTheyAreAtWork:
    """Workers hold rows of people; an erasure waits for them, and none of them brings any back."""

    def test_a_claimed_message_is_not_handed_over(self, transactional_db: None) -> None:
        make.organisation()
        box = make.sender(make.user())
        ana = make.candidate(email="ana@example.com")
        make.message(ana, box)
        channel = ErasingChannel(ana.pk)
        delivery.deliver(lambda _: channel, worker="w", clock=channel.clock)
        assert channel.mails == []
        assert not Message.objects.exists()
        assert not Attempt.objects.exists()

    def test_a_dead_address_that_is_told_too_late_is_not_kept(self, transactional_db: None) -> None:
        make.organisation()
        box = make.sender(make.user())
        ana = make.candidate(email="ana@example.com")
        make.message(ana, box)
        claimed = claim(worker="w", now=NOW)
        erase(ana.pk)
        settle(claimed, [Rejected(550, "No ana@example.com", Kind.ADDRESS_DEAD)], now=NOW)
        assert "ana@example.com" not in everything_stored()

    def test_it_waits_for_whoever_holds_them(self, transactional_db: None) -> None:
        ana = make.candidate()
        make.organisation()
        make.message(ana, make.sender(make.user()))
        release = threading.Event()

        def work() -> None:
            with transaction.atomic():
                list(Message.objects.select_for_update(no_key=True))
                release.wait(3)
            connection.close()

        worker = threading.Thread(target=work)
        worker.start()
        timer = threading.Timer(1.5, release.set)
        timer.start()
        assert erase(ana.pk) == [ana.pk]
        worker.join()

    def test_who_could_not_be_erased_is_not_written_down_as_erased(
        self,
        transactional_db: None,
        settings: Settings,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A restore would erase them, years later."""
        settings.JOURNAL = tmp_path / "journal.jsonl"
        monkeypatch.setattr(erasure, "_TRIES", 1)
        ana, ben = (make.candidate(email="family@example.com") for _ in range(2))

        def erase() -> None:
            try:
                erasure.erase([ana.pk], reason=Reason.REQUEST, by_id=None, now=NOW)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as thread, transaction.atomic():
            # Somebody else is at work on whoever has the same address, and does not end.
            Candidate.objects.select_for_update(no_key=True).get(pk=ben.pk)
            with pytest.raises(erasure.HinderedError):
                thread.submit(erase).result()
        assert Candidate.objects.filter(pk=ana.pk).exists()
        assert list(journal.lines()) == []

    def test_what_is_still_to_be_reacted_to_finds_nobody(self, transactional_db: None) -> None:
        make.organisation()
        ana = make.candidate()
        erase(ana.pk)
        react_now(CandidatesChanged(candidate_ids=[ana.pk]))
        react_now(CandidateSuppressed(candidate_ids=[ana.pk], reason="manual"))
        record.dead_addresses([ana.pk], now=NOW)
        asked = follow_ups.ask_for(
            ana.pk,
            FollowUp.Reason.REPLIED,
            evidence=[Evidence(NOW, "Replied")],
            value=1,
            due_at=NOW,
            now=NOW,
        )
        assert asked is None
        assert wishes.stop(ana.pk, message_id=1, now=NOW) is False
        connection.check_constraints()


class ErasingChannel(Recording):
    """Somebody is erased after the claim, before the first byte."""

    def __init__(self, candidate_id: int) -> None:
        super().__init__()
        self._candidate_id = candidate_id
        self._asked = 0

    def clock(self) -> datetime:
        self._asked += 1
        if self._asked == 2:
            erase(self._candidate_id)
        return NOW
