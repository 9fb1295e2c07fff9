"""Lever read into the database: a simulated account over real sockets, and what becomes of it."""

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests import make
from tests.contract.clocks import Clock
from tests.make import NOW
from warmbench.core.vault import Secret
from warmbench.integrations.ats import connections, oauth, opening, pulling
from warmbench.integrations.ats.errors import AuthError
from warmbench.integrations.models import AtsConnection, AtsStream
from warmbench.people.models import Candidate, CandidateRecord
from warmbench.simulators import Limits, Simulator, World, running
from warmbench.simulators.greenhouse import Greenhouse as SimulatedGreenhouse
from warmbench.simulators.lever import Lever as SimulatedLever
from warmbench.sourcing.models import Application

pytestmark = pytest.mark.django_db(transaction=True)

_OURS = ("client_id", "client_secret")
BACK = "https://warmbench.example.com/connections/back/"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def world(clock: Clock) -> World:
    return World(candidates=0, roles=2, clock=clock)


@pytest.fixture
def lever(world: World) -> Iterator[Simulator]:
    make.organisation()
    with running("lever", world, limits=Limits()) as simulator:
        yield simulator


def connected(lever: Simulator, pasted: dict[str, str], clock: Clock) -> AtsConnection:
    return connections.make("lever", "Lever", pasted, lever.addresses, by_id=None, now=clock())


def pull(clock: Clock) -> None:
    turns = 0
    while pulling.pull_next(clock=clock, opened=opening.opened):
        turns += 1
        assert turns < 50, list(AtsStream.objects.values("kind", "problem", "next_at"))


def test_who_is_deleted_there_with_their_last_opportunity_is_not_relied_on_any_more(
    lever: Simulator, world: World, clock: Clock
) -> None:
    ana = world.add(first_name="Ana", last_name="Lopez", emails=["ana@example.com"])
    world.add(first_name="Ben", last_name="Vogel", emails=["ben@example.com"])
    world.apply(ana, next(iter(world.roles)))
    connection = connected(lever, lever.credentials, clock)
    connections.start(connection.pk, by_id=None, now=clock())
    pull(clock)
    assert Candidate.objects.count() == 2
    assert Candidate.objects.get(first_name="Ana").status == "applied"

    clock.now += timedelta(minutes=10)
    world.delete(ana)
    clock.now += timedelta(minutes=10)
    pull(clock)
    fates = dict(CandidateRecord.objects.values_list("candidate__first_name", "fate"))
    assert fates == {"Ana": "deleted", "Ben": ""}
    assert not Application.objects.filter(candidate__first_name="Ana").exists()


class TestSigningIn:
    """The code grant, with a browser that is sent there and back."""

    def begun(self, lever: Simulator, clock: Clock) -> tuple[AtsConnection, httpx.URL]:
        pasted = {"client_id": "our-client", "client_secret": "our-secret"}
        connection = connected(lever, pasted, clock)
        address = oauth.begin(connection, BACK, user_id=5, clock=clock)
        return connection, httpx.URL(address)

    def test_the_browser_is_sent_there_with_a_state_that_only_its_user_may_bring_back(
        self, lever: Simulator, clock: Clock
    ) -> None:
        connection, url = self.begun(lever, clock)
        asked = dict(url.params)
        assert str(url).startswith(lever.addresses["auth"] + "/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == "our-client"
        assert asked["redirect_uri"] == BACK
        assert "offline_access" in asked["scope"].split()
        assert asked["audience"] == "https://api.lever.co/v1/"
        assert "our-secret" not in str(url)
        assert oauth.connection_of(asked["state"], user_id=5) == connection.pk
        for state, user_id in ((asked["state"], 6), (asked["state"] + "x", 5), ("", 5)):
            with pytest.raises(AuthError):
                oauth.connection_of(state, user_id=user_id)

    @pytest.mark.parametrize("vendor", ["lever", "greenhouse"])
    def test_whoever_signed_in_is_read_with_tokens_that_are_renewed(
        self, vendor: str, clock: Clock
    ) -> None:
        make.organisation()
        world = World(candidates=5, roles=1, clock=clock)
        with running(vendor, world, limits=Limits()) as simulator:
            assert isinstance(simulator.vendor, SimulatedLever | SimulatedGreenhouse)
            pasted = {name: simulator.vendor.partner[name] for name in _OURS}
            connection = connections.make(
                vendor, "Theirs", pasted, simulator.addresses, by_id=None, now=clock()
            )
            url = oauth.begin(connection, BACK, user_id=5, clock=clock)
            back = httpx.URL(httpx.get(url, trust_env=False).headers["Location"])
            assert str(back).startswith(BACK)
            code, state = back.params["code"], back.params["state"]
            oauth.finish(connection, code, state, user_id=5, clock=clock)
            connection.refresh_from_db()
            first = json.loads(connection.tokens)
            assert first["access"]
            assert first["refresh"]
            assert "partner" not in repr(connection.tokens)
            with opening.opened(connection, clock=clock) as client:
                assert client.find_out().users
                clock.now += timedelta(hours=2)
                assert client.find_out().users
            connection.refresh_from_db()
            second = json.loads(connection.tokens)
            assert first["access"] != second["access"]
            assert first["refresh"] != second["refresh"]
            # A code works once.
            with pytest.raises(AuthError):
                oauth.finish(connection, code, state, user_id=5, clock=clock)

    def test_an_answer_belongs_to_one_connection(self, lever: Simulator, clock: Clock) -> None:
        _, url = self.begun(lever, clock)
        other = connections.make("lever", "Other", {}, {}, by_id=None, now=clock())
        with pytest.raises(AuthError, match="another connection"):
            oauth.finish(other, "code", url.params["state"], user_id=5, clock=clock)

    def test_a_code_that_is_none_stores_nothing(self, lever: Simulator, clock: Clock) -> None:
        connection, url = self.begun(lever, clock)
        with pytest.raises(AuthError):
            oauth.finish(connection, "nonsense", url.params["state"], user_id=5, clock=clock)
        connection.refresh_from_db()
        assert connection.tokens == ""

    def test_without_a_client_of_ours_nobody_is_sent_anywhere(
        self, lever: Simulator, clock: Clock
    ) -> None:
        connection = connected(lever, {"api_key": Secret("k")}, clock)
        with pytest.raises(AuthError, match="id and the secret"):
            oauth.begin(connection, BACK, user_id=5, clock=clock)
