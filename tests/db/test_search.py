"""Finding people by what is typed, and by what keeps us from writing to them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests import make
from warmbench.messaging import unwritable
from warmbench.messaging.unwritable import Obstacle
from warmbench.messaging.verdict import Reason
from warmbench.people import candidates, consent, search
from warmbench.people.consent import Proof
from warmbench.people.law import months_after
from warmbench.people.models import (
    Candidate,
    Channel,
    Consent,
    ContactPoint,
    Notice,
    Suppression,
    Tag,
)
from warmbench.web import verdicts

NOW = make.NOW

pytestmark = pytest.mark.django_db


def person(first: str, last: str, employer: str = "", email: str | None = "") -> Candidate:
    made = make.candidate(email=email)
    Candidate.objects.filter(pk=made.pk).update(first_name=first, last_name=last, employer=employer)
    return made


def found(typed: str) -> set[int]:
    people = search.find(Candidate.objects.all(), typed, country="DE")
    return set(people.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "typed",
    [
        "Müller",
        "muller",
        "MÜLL",
        "jo mül",
        "müller jörg",
        "estuario",
        "jörg estuário",
        "jm@EXAMPLE.org",
        "jm@exa",
        "+49 151 12345678",
        "0151 1234 5678",
        "00491511234",
    ],
)
def test_a_person_is_found_by_name_employer_address_and_number(typed: str) -> None:
    joerg = person("Jörg", "Müller", "Estuário Labs", "jm@example.org")
    ContactPoint.objects.create(
        candidate=joerg, channel=Channel.SMS, address="+4915112345678", added_at=NOW
    )
    person("Ana", "Moreau", "Northwind", "ana@example.org")

    assert found(typed) == {joerg.pk}


@pytest.mark.parametrize("typed", ["%", "_", "\\", "x' OR 1=1 --", "{{7*7}}", "م"])
def test_what_is_typed_is_taken_literally(typed: str) -> None:
    person("Ana", "Moreau")
    assert not found(typed)


def test_of_a_short_word_only_beginnings_are_looked_for() -> None:
    li, _elinor = person("Bo", "Li"), person("Elinor", "Wolf")
    assert found("li") == {li.pk}


def test_nothing_typed_leaves_everybody() -> None:
    ana = person("Ana", "Moreau")
    assert found("  ") == {ana.pk}


def test_a_tag_goes_by_its_aliases_but_not_once_it_is_retired() -> None:
    tag = make.tag("Kubernetes")
    tag.aliases.create(kind=Tag.Kind.SKILL, text="k8s", key="k8s")

    assert search.tag_called(" K8S ") == tag
    assert list(search.tags_named("kub")) == [tag]

    Tag.objects.filter(pk=tag.pk).update(retired_at=NOW)
    assert search.tag_called("kubernetes") is None
    assert not search.tags_named("kub")


def stop(one: Candidate) -> None:
    consent.suppress(one.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)


def stop_same_address(one: Candidate) -> None:
    address = one.contact_points.get().address
    other = make.candidate(email=address)
    consent.suppress(other.pk, reason=Suppression.Reason.COMPLAINED, address=address, now=NOW)
    Candidate.objects.filter(pk=other.pk).update(status=Candidate.Status.PLACED)


def place(one: Candidate) -> None:
    candidates.change_status(one.pk, Candidate.Status.PLACED, now=NOW)


def withdraw(one: Candidate) -> None:
    consent.record(one.pk, basis=Consent.Basis.WITHDRAWN, evidence="Said so", now=NOW)


def expire(one: Candidate) -> None:
    Consent.objects.create(
        candidate=one,
        channel=Channel.EMAIL,
        basis=Consent.Basis.CONSENT,
        evidence="For a year",
        at=NOW,
        expires_at=NOW,
    )


def tell_nobody(one: Candidate) -> None:
    Notice.objects.filter(candidate=one).delete()
    Candidate.objects.filter(pk=one.pk).update(added_at=NOW - timedelta(days=28))


def weigh(one: Candidate) -> None:
    ground = Consent.Basis.LEGITIMATE_INTEREST
    consent.record(one.pk, basis=ground, evidence="We weighed it", now=NOW)


def wrote_long_ago(one: Candidate) -> None:
    proof = Proof(since=months_after(NOW, -6))
    consent.record(one.pk, basis=Consent.Basis.INQUIRY, evidence="By mail", proof=proof, now=NOW)


def bury(one: Candidate) -> None:
    consent.mark_address_dead(one.contact_points.get().address, evidence="550", now=NOW)


def pause(one: Candidate) -> None:
    candidates.pause([one.pk], reason=candidates.PauseReason.ASKED, now=NOW)


@pytest.mark.parametrize(
    ("obstacle", "meet", "reason"),
    [
        (Obstacle.SUPPRESSED, stop, Reason.UNSUBSCRIBED),
        (Obstacle.SUPPRESSED, stop_same_address, Reason.COMPLAINED),
        (Obstacle.STATUS, place, Reason.PLACED),
        (Obstacle.WITHDRAWN, withdraw, Reason.CONSENT_WITHDRAWN),
        (Obstacle.NOTICE_OVERDUE, tell_nobody, Reason.NOTICE_OVERDUE),
        (Obstacle.CONSENT_FIRST, weigh, Reason.CONSENT_FIRST),
        (Obstacle.EXPIRED, expire, Reason.CONSENT_EXPIRED),
        (Obstacle.IMPLIED_EXPIRED, wrote_long_ago, Reason.IMPLIED_EXPIRED),
        (Obstacle.NO_ADDRESS, bury, Reason.NO_ADDRESS),
        (Obstacle.PAUSED, pause, Reason.PAUSED),
    ],
)
def test_the_list_and_the_gate_name_the_same_obstacle(
    obstacle: Obstacle, meet: Callable[[Candidate], None], reason: Reason
) -> None:
    make.organisation()
    make.sender(is_default=True)
    one = make.candidate()

    meet(one)

    one.refresh_from_db()
    said = verdicts.now_for([one], now=NOW)[one.pk].because
    assert said.startswith(verdicts.because(reason))
    everybody = Candidate.objects.all()
    under = {o for o in Obstacle if one in unwritable.because_of(o, everybody, now=NOW)}
    assert under == {obstacle}


def test_nobody_without_an_obstacle_is_on_any_of_these_lists() -> None:
    make.candidate()
    paused_before = make.candidate()
    candidates.pause(
        [paused_before.pk],
        reason=candidates.PauseReason.ABSENT,
        until=NOW,
        now=NOW - timedelta(days=3),
    )
    released = make.candidate()
    consent.suppress(released.pk, reason=Suppression.Reason.MANUAL, now=NOW)
    consent.release(released.suppressions.get().pk, by_id=make.user().pk, now=NOW)
    renewed = make.candidate()
    withdraw(renewed)
    consent.record(
        renewed.pk, basis=Consent.Basis.CONSENT, evidence="Again", now=NOW + timedelta(days=1)
    )

    everybody = Candidate.objects.all()
    for obstacle in Obstacle:
        assert not unwritable.because_of(obstacle, everybody, now=NOW + timedelta(days=2))


def test_somebody_without_permission_is_found() -> None:
    one = make.candidate(consented=False)
    everybody = Candidate.objects.all()
    assert list(unwritable.because_of(Obstacle.NO_CONSENT, everybody, now=NOW)) == [one]
