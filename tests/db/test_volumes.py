"""What each organisational domain hands over in 24 hours, and the line that never falls back."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.core import clock
from warmbench.messaging import jobs, volumes
from warmbench.messaging.models import Attempt, DomainVolume, Sender
from warmbench.messaging.volumes import Volume

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _small_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "BULK", 4)


def of(domain: str) -> Volume:
    (one,) = [one for one in volumes.by_domain(now=NOW) if one.domain == domain]
    return one


def test_the_last_day_is_counted() -> None:
    box = make.sender()
    make.attempts(box, NOW - DAY - HOUR, NOW - DAY + HOUR, NOW - HOUR, NOW)
    assert of("northwind.example").lately == 3


def test_what_may_have_arrived_counts_and_what_did_not_does_not() -> None:
    box = make.sender()
    for outcome in Attempt.Outcome:
        make.attempts(box, NOW, outcome=outcome)
    assert of("northwind.example").lately == 2


def test_mailboxes_of_one_organisation_count_together() -> None:
    for address, org_domain in (
        ("a@mail.northwind.test", "northwind.test"),
        ("b@northwind.test", "northwind.test"),
        ("c@mail.northwind.test", ""),
        ("d@southwind.test", ""),
    ):
        box = make.sender()
        Sender.objects.filter(pk=box.pk).update(from_address=address, org_domain=org_domain)
        box.refresh_from_db()
        make.attempts(box, NOW)
    found = [(one.domain, one.lately) for one in volumes.by_domain(now=NOW)]
    assert found == [("northwind.test", 3), ("southwind.test", 1)]


def test_what_was_sent_counts_for_the_domain_it_was_sent_from() -> None:
    box = make.sender()
    make.attempts(box, NOW)
    Sender.objects.filter(pk=box.pk).update(from_address="a@southwind.test")
    assert [one.domain for one in volumes.by_domain(now=NOW)] == ["northwind.example"]


def test_the_line_never_falls_back() -> None:
    make.attempts(make.sender(), *(NOW + n * HOUR for n in range(5)))
    reached = NOW + 3 * HOUR
    volumes.record_peaks(now=NOW + 5 * HOUR)
    later = NOW + 90 * DAY
    volumes.record_peaks(now=later)
    (one,) = volumes.by_domain(now=later)
    assert one == Volume("northwind.example", 0, 5, NOW + 4 * HOUR, reached)


def test_a_peak_between_two_looks_is_not_missed() -> None:
    # At the next look the first of them are older than a day.
    make.attempts(make.sender(), *(NOW + n * timedelta(minutes=1) for n in range(4)))
    volumes.record_peaks(now=NOW + DAY + timedelta(minutes=2))
    one = DomainVolume.objects.get()
    assert (one.peak, one.bulk_since) == (4, NOW + timedelta(minutes=3))


def test_what_lies_further_apart_than_a_day_is_no_peak() -> None:
    make.attempts(make.sender(), NOW - DAY - 2 * HOUR, NOW - DAY - 2 * HOUR, NOW - HOUR, NOW)
    volumes.record_peaks(now=NOW)
    assert DomainVolume.objects.get().peak == 2
    assert DomainVolume.objects.get().bulk_since is None


def test_a_lower_peak_changes_nothing() -> None:
    box = make.sender()
    make.attempts(box, NOW, NOW, NOW)
    volumes.record_peaks(now=NOW)
    later = NOW + 9 * DAY
    make.attempts(box, later, later)
    volumes.record_peaks(now=later)
    one = DomainVolume.objects.get()
    assert (one.peak, one.peak_at) == (3, NOW)


def test_the_page_is_ahead_of_the_job() -> None:
    box = make.sender()
    make.attempts(box, NOW)
    volumes.record_peaks(now=NOW)
    make.attempts(box, *[NOW] * 4)
    assert of("northwind.example") == Volume("northwind.example", 5, 5, NOW, NOW)


def test_the_job_writes_it_down() -> None:
    make.attempts(make.sender(), clock.now())
    jobs.record_peaks(timestamp=0)
    assert DomainVolume.objects.get().peak == 1
