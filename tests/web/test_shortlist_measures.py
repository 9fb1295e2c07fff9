"""The page that says how right shortlists were."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import judged, make
from warmbench.accounts.models import User
from warmbench.shortlists import outcomes
from warmbench.shortlists.models import ProfileVersion

NOW = make.NOW
pytestmark = pytest.mark.usefixtures("at_noon")
HERE = "/shortlists/measures/"


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Callable[[User], Client]) -> Client:
    return browse(alice)


@pytest.fixture
def version(alice: User) -> ProfileVersion:
    version = make.profile(make.tag("Go"), make.tag("Kafka"), owner=alice)
    for one in judged.kafka_decides(version, alice):
        outcomes.record(judged.entries(one)[0].pk, "interview", now=NOW)
    return version


def test_without_lists_it_says_when_figures_begin(client: Client) -> None:
    assert "Figures begin with the first list that is shared." in client.get(HERE).text


def test_every_share_has_its_count_and_interval(client: Client, version: ProfileVersion) -> None:
    page = client.get(HERE).text
    assert "8 of 16; 28" in page
    assert "4 of 8" in page
    assert '<circle class="spread-now"' in page


def test_reasons_whose_words_stand_nowhere_are_named(
    client: Client, version: ProfileVersion
) -> None:
    page = client.get(HERE).text
    assert "Words that stand nowhere" in page
    assert "<q>uses Kafka</q>" in page
    assert "0 of 32" in page


def test_a_time_and_a_profile_may_be_chosen(client: Client, version: ProfileVersion) -> None:
    day = NOW.date()
    before, then = day - timedelta(days=9), day - timedelta(days=1)
    assert "Figures begin" in client.get(f"{HERE}?since={before}&until={then}").text
    asked = f"{HERE}?since={day}&until={day}&profile={version.profile_id}"
    assert "on 4 lists" in client.get(asked).text


def test_what_is_no_day_is_said(client: Client) -> None:
    page = client.get(HERE, {"since": "soon", "until": "later", "team": "999"})
    assert page.status_code == 422
    assert "These are no two days" in page.text
