"""What somebody forbids: on every channel, or on the one that she names."""

import pytest

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
