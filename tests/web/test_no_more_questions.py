"""Pages about sequences ask the database as often with many rows as with few."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from warmbench.nurture import versions
from warmbench.nurture.models import Forecast, Sequence, Step
from warmbench.people.models import Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make.organisation()
    client = Client()
    client.force_login(make.user())
    return client


def questions(client: Client, *pages: str) -> dict[str, int]:
    """How many each page takes, opened once before, so that nothing is only asked at first."""
    counted = {}
    for page in pages:
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200, page
        counted[page] = len(asked)
    return counted


def test_lists_ask_no_more_for_longer_ones(client: Client) -> None:
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)
    piece = make.piece(devops)

    def more() -> None:
        version = make.sequence(Step.Kind.MESSAGE, Step.Kind.CONTENT)
        make.enrollment(make.candidate(), version)
        make.piece(devops)
        Forecast.objects.create(
            scope="sequence", sequence=version.sequence, since=make.NOW, days=9, asked_at=make.NOW
        )

    lists = (
        *("/sequences/", "/sequences/new/", "/sequences/forecasts/", "/sequences/market/"),
        *("/sequences/content/", "/sequences/content/coverage/", "/sequences/content/health/"),
        f"/sequences/content/{piece.pk}/",
    )
    more()
    few = questions(client, *lists)
    for _ in range(6):
        more()
    assert questions(client, *lists) == few


def test_a_sequence_asks_no_more_for_more_versions_and_steps(client: Client) -> None:
    version = make.sequence(Step.Kind.MESSAGE, Step.Kind.CONTENT)
    make.enrollment(make.candidate(), version)
    sequence = Sequence.objects.get()
    parts = ("", "versions/", "versions/move/", "people/", "edit/", "activate/", "preview/")
    pages = [f"/sequences/{sequence.pk}/{part}" for part in parts]

    def publish(number: int) -> None:
        written = versions.outline_of(versions.newest(sequence) or version)
        step = replace(written.steps[0], key=f"more-{number}", wait_days=9)
        written = replace(written, steps=(*written.steps, step))
        versions.apply(written, by_id=None, now=make.NOW)

    publish(0)
    few = questions(client, *pages)
    for number in range(1, 7):
        publish(number)
    assert questions(client, *pages) == few
