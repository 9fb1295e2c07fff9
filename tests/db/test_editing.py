"""Correcting what is known about a person."""

import pytest

from tests import make
from warmbench.core.models import AuditEntry
from warmbench.people import editing
from warmbench.people.editing import NotAnAddressError
from warmbench.people.models import Candidate, Channel

NOW = make.NOW

pytestmark = pytest.mark.django_db


def test_facts_are_put_right_and_the_trail_names_but_does_not_repeat_them() -> None:
    one = make.candidate()

    changed = editing.correct(
        one.pk, {"employer": "Globex", "first_name": "Ana"}, by_id=None, now=NOW
    )

    assert changed == ["employer"]
    entry = AuditEntry.objects.get(action="candidate.corrected")
    assert entry.detail == {"facts": ["employer"]}


def test_nothing_different_leaves_no_trace() -> None:
    one = make.candidate()
    assert not editing.correct(one.pk, {"first_name": "Ana"}, by_id=None, now=NOW)
    assert not AuditEntry.objects.exists()


def test_a_blank_zone_follows_from_the_place() -> None:
    one = make.candidate(time_zone="", country="")
    editing.correct(
        one.pk, {"city": "Lisbon", "country": "PT", "time_zone": ""}, by_id=None, now=NOW
    )
    assert Candidate.objects.get(pk=one.pk).time_zone == "Europe/Lisbon"


def test_status_and_owner_have_their_own_ways() -> None:
    with pytest.raises(ValueError, match="owner_id"):
        editing.correct(make.candidate().pk, {"owner_id": "1"}, by_id=None, now=NOW)


def add(one: Candidate, text: str, channel: Channel, *, is_first: bool = False) -> bool:
    return editing.add_address(
        one.pk, text, channel=channel, by_id=None, now=NOW, is_first=is_first
    )


def addresses(one: Candidate) -> list[str]:
    points = one.contact_points.order_by("channel", "position", "pk")
    return list(points.values_list("address", flat=True))


def test_an_address_is_normalised_and_known_the_second_time() -> None:
    one = make.candidate(email="old@example.org")

    assert add(one, " New@Example.ORG ", Channel.EMAIL)
    assert not add(one, "new@example.org", Channel.EMAIL)
    assert add(one, "0151 12345678", Channel.SMS)

    assert addresses(one) == ["old@example.org", "new@example.org", "+4915112345678"]


def test_an_address_can_go_first_also_when_it_is_known() -> None:
    one = make.candidate(email="old@example.org")
    add(one, "new@example.org", Channel.EMAIL, is_first=True)
    assert addresses(one) == ["new@example.org", "old@example.org"]

    add(one, "old@example.org", Channel.EMAIL, is_first=True)
    assert addresses(one) == ["old@example.org", "new@example.org"]


@pytest.mark.parametrize(("text", "channel"), [("nobody", Channel.EMAIL), ("12", Channel.SMS)])
def test_what_is_no_address_is_refused_with_a_sentence(text: str, channel: Channel) -> None:
    with pytest.raises(NotAnAddressError, match=r"\.$"):
        add(make.candidate(), text, channel)
