"""What somebody forbids: on every channel, or on the one that she names."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.messaging import standing
from warmbench.people import consent
from warmbench.people.models import Candidate, Channel, Suppression

UNSUBSCRIBED = Suppression.Reason.UNSUBSCRIBED


@pytest.fixture
def ana(db: None) -> Candidate:
    make.organisation()
    return make.candidate()


def stopped_on(ana: Candidate) -> list[str]:
    """The channels on which the last gate finds a suppression."""
    return [
        str(channel)
        for channel in Channel
        if standing.of([ana.pk], now=NOW, channel=channel, counting_queued=False)[ana.pk].suppressed
    ]


def test_a_stop_holds_on_every_channel(ana: Candidate) -> None:
    assert consent.suppress(ana.pk, reason=UNSUBSCRIBED, now=NOW)
    assert stopped_on(ana) == ["email", "sms"]


@pytest.mark.parametrize("channel", list(Channel))
def test_a_stop_of_one_channel_leaves_the_other(ana: Candidate, channel: Channel) -> None:
    assert consent.suppress(ana.pk, reason=UNSUBSCRIBED, channel=channel, now=NOW)
    assert stopped_on(ana) == [channel]


def test_a_stop_of_one_channel_can_become_one_of_all_and_not_the_other_way_round(
    ana: Candidate,
) -> None:
    sms = Channel.SMS
    assert consent.suppress(ana.pk, reason=UNSUBSCRIBED, channel=sms, now=NOW)
    assert not consent.suppress(ana.pk, reason=UNSUBSCRIBED, channel=sms, now=NOW)
    assert consent.suppress(ana.pk, reason=UNSUBSCRIBED, now=NOW)
    assert not consent.suppress(ana.pk, reason=UNSUBSCRIBED, channel=sms, now=NOW)
    assert stopped_on(ana) == ["email", "sms"]
    assert Suppression.objects.count() == 2


@pytest.mark.usefixtures("work")
def test_two_with_one_address_who_leave_in_the_same_moment_do_not_wait_for_each_other(
    transactional_db: None,
) -> None:
    make.organisation()
    people = [make.candidate(email="shared@example.com") for _ in range(2)]

    def leave(number: int) -> None:
        try:
            consent.suppress(
                people[number % 2].pk,
                reason=list(Suppression.Reason)[number // 2],
                address="shared@example.com",
                now=NOW,
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(leave, range(2 * len(Suppression.Reason))))

    assert Suppression.objects.count() == 2 * len(Suppression.Reason)


def test_somebody_unknown_cannot_be_stopped(db: None) -> None:
    assert not consent.suppress(4711, reason=UNSUBSCRIBED, now=NOW)
    assert not Suppression.objects.exists()
