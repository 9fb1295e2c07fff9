"""The database that tests and installations run on."""

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.skipif(bool(settings.DATABASE_URL), reason="Another server sorts as it likes.")
@pytest.mark.django_db
def test_text_is_sorted_the_same_on_every_machine() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datlocprovider, datcollate FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8")
