"""The database that tests and installations run on."""

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from tests import make
from tests.db.test_imports import load
from tests.make import NOW
from warmbench.core import sql
from warmbench.people.models import CandidateImport, Suppression
from warmbench.signals import wishes

pytestmark = pytest.mark.django_db


def meets_somebody_at(table: str) -> None:
    """Let whoever writes first into a table wait for somebody who waits for them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE SEQUENCE met;
            CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('met') = 1 THEN RAISE deadlock_detected; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER meet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meet();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER meet;
            """
        )


def have_met() -> bool:
    return bool(sql.run("SELECT is_called FROM met").fetchall()[0][0])


@pytest.mark.skipif(bool(settings.DATABASE_URL), reason="Another server sorts as it likes.")
def test_text_is_sorted_the_same_on_every_machine() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datlocprovider, datcollate FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8")


def test_a_statement_of_ours_fails_as_one_of_djangos_does() -> None:
    with pytest.raises(OperationalError) as told:
        sql.run("DO $$ BEGIN RAISE deadlock_detected; END $$")
    assert isinstance(told.value.__cause__, DeadlockDetected)


@pytest.mark.parametrize("table", ["suppression", "signal"])
def test_who_opts_out_gives_way_to_others_and_is_heard(table: str) -> None:
    make.organisation()
    ana = make.candidate(email="ana@example.com")
    meets_somebody_at(table)

    assert wishes.stop(ana.pk, message_id=make.message(ana, make.sender()).pk, now=NOW)

    assert have_met()
    assert Suppression.objects.get().candidate == ana


def test_an_import_gives_way_to_others_and_comes_in() -> None:
    make.organisation()
    meets_somebody_at("candidate")

    assert load("Name,E-mail\nAna Moreau,ana@example.com\n") == {"new": 1}

    assert have_met()
    assert CandidateImport.objects.get().state == CandidateImport.State.DONE
