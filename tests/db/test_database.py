"""The database that tests and installations run on."""

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from warmbench.core import sql

pytestmark = pytest.mark.django_db


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
