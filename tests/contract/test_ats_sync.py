"""Reading each ATS as it really speaks: simulated vendors, over HTTP, into the database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from warmbench.integrations.ats import connections, pulling, streams
from warmbench.integrations.ats.protocol import Reading
from warmbench.integrations.models import AtsConnection, AtsRejection, AtsStream
from warmbench.people import truth
from warmbench.people.import_drafts import Options
from warmbench.people.models import Candidate, CandidateRecord, ContactPoint, Suppression
from warmbench.simulators import Limits, Simulator, World, running
from warmbench.sourcing.models import Application, Role

pytestmark = pytest.mark.django_db(transaction=True)

VENDORS = ["greenhouse", "lever", "bullhorn", "icims"]


class Clock:
    """Goes on by itself, and further when told to."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def on(self, **span: float) -> None:
        self.ahead += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=VENDORS)
def ats(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Simulator]:
    world = World(candidates=60, roles=5, clock=clock)
    with running(request.param, world, limits=Limits()) as simulator:
        yield simulator


@pytest.fixture
def connection(ats: Simulator, clock: Clock) -> AtsConnection:
    made = begun(ats, clock)
    pull(clock)
    made.refresh_from_db()
    return made


def begun(ats: Simulator, clock: Clock) -> AtsConnection:
    """A connection of which everything is still to be read."""
    make.organisation()
    made = connections.make(
        ats.vendor.name, "Ours", ats.credentials, ats.addresses, by_id=None, now=clock()
    )
    found = connections.test(made.pk, clock=clock)
    meant = {one.id: _meaning(one.name) for one in found.outcomes}
    reading = Reading(
        outcomes={there: ours for there, ours in meant.items() if ours},
        opt_out_field=next((one.id for one in found.fields if "opt-out" in one.name.lower()), ""),
    )
    connections.set_mapping(made.pk, reading, Options(), by_id=None, now=clock())
    connections.start(made.pk, by_id=None, now=clock())
    return made


def _meaning(name: str) -> str:
    words = {"hire": "hired", "placed": "hired", "reject": "rejected", "declin": "rejected"}
    return next((ours for word, ours in words.items() if word in name.lower()), "")


def pull(clock: Clock, **span: float) -> None:
    """Read all that is due, a while later."""
    clock.on(**span)
    for _ in range(60):
        if not pulling.pull_next(clock=clock):
            return
    raise AssertionError(problems())


def problems() -> list[tuple[str, str]]:
    return list(AtsStream.objects.exclude(problem="").values_list("kind", "problem"))


def person_of(world: World, number: int) -> Candidate:
    """Whom we know as this person, by an address that nobody else has."""
    for email in world.people[number].emails:
        if len(world.with_email(email)) == 1:
            point = ContactPoint.objects.filter(address=email.strip().lower()).first()
            if point is not None:
                return point.candidate
    raise AssertionError(f"Nobody here is person {number}.")


def somebody(world: World) -> int:
    """A person with an address of their own, and one open process."""
    for number, one in world.people.items():
        alone = one.emails and all(len(world.with_email(email)) == 1 for email in one.emails)
        states = [app.state for app in world.applications_of(number) if app.role is not None]
        if alone and not one.opted_out and states == ["active"] and "@" in one.emails[0]:
            return number
    raise AssertionError("There is nobody like that.")


def test_everything_comes_in(connection: AtsConnection, ats: Simulator, clock: Clock) -> None:
    assert problems() == []
    assert connection.state == AtsConnection.State.LIVE
    assert not truth.stale(now=clock())
    records = set(CandidateRecord.objects.values_list("external_id", flat=True))
    refused = AtsRejection.objects.filter(kind="candidates")
    assert len(records) + refused.count() >= len(ats.world.people) * 0.9
    assert refused.count() < 6, list(refused.values_list("reason", flat=True))
    assert Role.objects.filter(source="Ours").count() >= 4
    assert Application.objects.filter(source="Ours").count() > 20
    assert CandidateRecord.objects.exclude(standing="").exists()


def test_reading_everything_again_changes_nobody(
    connection: AtsConnection, ats: Simulator, clock: Clock
) -> None:
    before = list(Candidate.objects.order_by("pk").values())
    connections.resync(connection.pk, by_id=None, now=clock())
    pull(clock, minutes=31)
    assert problems() == []
    after = list(Candidate.objects.order_by("pk").values())
    assert after == before


def test_what_happens_there_is_known_here_with_the_next_window(
    connection: AtsConnection, ats: Simulator, clock: Clock
) -> None:
    world = ats.world
    who = somebody(world)
    person = person_of(world, who)
    assert person.status == "applied"
    world.edit(who, title="Head of nursing")
    application = next(one for one in world.applications_of(who) if one.role is not None)
    world.hire(application.number)
    pull(clock, minutes=31)
    person.refresh_from_db()
    assert problems() == []
    assert person.status == "placed"
    assert person.job_title == "Head of nursing"
    if ats.vendor.name == "lever":
        # It knows no such flag, but consent.
        world.edit(who, consent=False)
    else:
        world.opt_out(who)
    pull(clock, minutes=31)
    assert Suppression.objects.filter(candidate=person).exists()


def test_what_goes_wrong_on_the_way_loses_nobody(ats: Simulator, clock: Clock) -> None:
    made = begun(ats, clock)
    for fault in ("expire", "throttled", "broken", "truncated", "unavailable"):
        ats.faults.add(fault)
        pull(clock, minutes=3)
    for _ in range(6):
        pull(clock, minutes=9)
    assert problems() == []
    made.refresh_from_db()
    assert made.state == AtsConnection.State.LIVE
    records = CandidateRecord.objects.count() + AtsRejection.objects.filter(
        kind=streams.Kind.CANDIDATES
    ).count()  # fmt: skip
    assert records >= len(ats.world.people) * 0.9
