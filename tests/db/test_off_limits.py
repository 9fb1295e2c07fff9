"""Nobody of an employer that is off limits is approached, from the commit on."""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.db.test_races import Watched
from tests.make import NOW
from warmbench.messaging import claim, delivery, outbox
from warmbench.messaging.models import Decision, Message, Sender
from warmbench.messaging.outbox import Draft
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse, Verdict
from warmbench.people import off_limits
from warmbench.people.models import Candidate, ContactPoint, OffLimits
from warmbench.sourcing import alerts, simulator, waves, writing
from warmbench.sourcing.models import Alert

TODAY = NOW.date()


@pytest.fixture
def box(db: None) -> int:
    make.organisation()
    return make.sender(make.user()).pk


def works_at(employer: str, **fields: str) -> Candidate:
    made = make.candidate(**fields)  # type: ignore[arg-type]
    Candidate.objects.filter(pk=made.pk).update(employer=employer)
    return made


def agreed(employer: str = "Contoso GmbH", **more: object) -> OffLimits:
    usual = {"reason": "Our client", "since": TODAY, "by_id": None, "now": NOW}
    return off_limits.add(employer, **usual | more)  # type: ignore[arg-type]


def verdict(
    who: Candidate, box: int, *, purpose: str = "content", now: datetime = NOW, client: str = ""
) -> Verdict:
    drafts = [Draft(who.pk, purpose, "x", 0, box, client=client)]
    [considered] = outbox.consider(drafts, now=now)
    return considered.verdict


@pytest.mark.parametrize(
    "spelling",
    [
        "Contoso", "CONTOSO", "Contoso GmbH", "contoso gmbh & co. kg", "Contoso G.m.b.H.",
        "The Contoso Company, Inc.", "Contoso S.A.", "Cóntoso S. à r.l.", "Contoso A/S",
        "Contoso Sp. z o.o.", "Contoso (Ltd.)",
    ],
)  # fmt: skip
def test_spellings_of_one_employer_are_one(spelling: str) -> None:
    assert off_limits.key(spelling) == "contoso"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Contoso", "Contoso Bank"),
        ("Contoso", "Fabrikam Contoso"),
        ("SE", "AG"),
        ("Marks & Spencer", "Marks"),
        ("Müller", "Miller"),
        ("3M", "4M"),
    ],
)
def test_other_employers_stay_others(one: str, other: str) -> None:
    assert off_limits.key(one) != off_limits.key(other)
    assert off_limits.key(one) != ""


def test_joined_names_are_spelled_either_way() -> None:
    assert off_limits.key("Marks & Spencer plc") == off_limits.key("Marks and Spencer")
    assert off_limits.key("  ") == ""


def test_its_people_hear_nothing(box: int) -> None:
    ana, ben = works_at("Contoso AG"), works_at("Fabrikam")
    agreed()
    assert verdict(ana, box) == Refuse(Reason.OFF_LIMITS)
    assert verdict(ben, box) == Allow()


def test_nor_does_whoever_has_a_work_address_there(box: int) -> None:
    ana = make.candidate(email="ana@mail.contoso.example")
    ben = make.candidate(email="ben@notcontoso.example")
    cara = make.candidate()
    ContactPoint.objects.create(
        candidate=cara, channel="email", address="cara@contoso.example", position=1, added_at=NOW
    )
    agreed(domain="@Contoso.Example")
    assert verdict(ana, box) == Refuse(Reason.OFF_LIMITS)
    assert verdict(ben, box) == Allow()
    # Also where we write to an address of her own.
    assert verdict(cara, box) == Refuse(Reason.OFF_LIMITS)


def test_its_days_are_those_of_the_organisation(box: int) -> None:
    ana = works_at("Contoso")
    agreed(since=date(2026, 3, 4), until=date(2026, 3, 5))
    # Berlin is an hour ahead. Tuesday is free; Wednesday begins at eleven at night, in UTC.
    assert verdict(ana, box) == Allow()
    # Friday begins at 23:00 on Thursday; office hours at eight.
    friday = Later(datetime(2026, 3, 6, 8, tzinfo=UTC), Reason.OFF_LIMITS)
    for now in (datetime(2026, 3, 3, 23, tzinfo=UTC), datetime(2026, 3, 5, 22, 59, tzinfo=UTC)):
        assert verdict(ana, box, now=now) == friday
    assert verdict(ana, box, now=datetime(2026, 3, 6, 9, tzinfo=UTC)) == Allow()


def test_one_person_may_be_an_exception(box: int) -> None:
    ana = works_at("Contoso")
    entry = agreed()
    version = standing_version(ana)
    assert off_limits.make_exception(entry.pk, ana.pk, reason="They asked us", by_id=None, now=NOW)
    assert not off_limits.make_exception(entry.pk, ana.pk, reason="", by_id=None, now=NOW)
    assert verdict(ana, box) == Allow()
    assert off_limits.end_exception(entry.pk, ana.pk, by_id=None, now=NOW)
    assert verdict(ana, box) == Refuse(Reason.OFF_LIMITS)
    # What a worker has claimed meanwhile is asked about anew.
    assert standing_version(ana) > version


def test_of_several_agreements_the_longest_holds(box: int) -> None:
    ana = works_at("Contoso")
    agreed(until=TODAY + timedelta(days=1))
    assert isinstance(verdict(ana, box), Later)
    entry = agreed()
    assert verdict(ana, box) == Refuse(Reason.OFF_LIMITS)
    assert off_limits.end(entry.pk, by_id=None, now=NOW)
    assert isinstance(verdict(ana, box), Later)
    assert not off_limits.end(entry.pk, by_id=None, now=NOW)


def test_a_conflict_concerns_one_clients_roles(box: int) -> None:
    ana = works_at("Contoso")
    agreed(client="Fabrikam Inc.")
    assert verdict(ana, box) == Allow()
    told = verdict(ana, box, purpose="alert", client=off_limits.key("Fabrikam, Inc"))
    assert told == Refuse(Reason.CLIENT_CONFLICT)
    assert verdict(ana, box, purpose="alert", client="northwind") == Allow()


def test_nobody_hears_of_a_role_of_who_employs_them(box: int) -> None:
    ana, ben = works_at("Fabrikam GmbH"), works_at("Contoso")
    for who, told in ((ana, Refuse(Reason.CLIENT_CONFLICT)), (ben, Allow())):
        assert verdict(who, box, purpose="alert", client=off_limits.key("FABRIKAM")) == told
        assert verdict(who, box) == Allow()
        assert verdict(who, box, purpose="alert") == Allow()


def test_an_alert_is_refused_when_it_is_planned_and_when_it_is_sent(box: int) -> None:
    owner = Sender.objects.get(pk=box).owner
    skills = [make.tag(name) for name in ("Go", "Kafka", "Linux")]
    people = [make.candidate(*skills, owner=owner) for _ in range(3)]
    before, at_hand, free = people
    Candidate.objects.filter(pk=before.pk).update(employer="Contoso")
    Candidate.objects.filter(pk=at_hand.pk).update(employer="Litware")
    role = make.role(*skills, company="Fabrikam Inc.")
    agreed(client="fabrikam")
    make.campaign(role)
    assert waves.advance(now=NOW)
    assert writing.write_due(now=NOW)
    states = dict(Alert.objects.values_list("candidate", "reason"))
    assert states[before.pk] == Reason.CLIENT_CONFLICT
    assert Message.objects.get(candidate=free).client == "fabrikam"

    agreed("Litware", client="Fabrikam")
    claimed = claim.claim(worker="w", now=NOW)
    assert [one.candidate_id for one in claimed] == [free.pk]
    refused = Message.objects.get(candidate=at_hand)
    assert (refused.state, refused.reason) == ("refused", Reason.CLIENT_CONFLICT)
    kept = Decision.objects.get(candidate_id=at_hand.pk, stage="claim").inputs
    assert kept is not None
    assert kept["person"]["conflicts"] == {"fabrikam": ""}

    # When it is over, whoever could not be told is asked about again.
    off_limits.end(OffLimits.objects.get(employer="Contoso GmbH").pk, by_id=None, now=NOW)
    assert alerts.ask_again([before.pk], now=NOW) == 1


def test_the_simulator_counts_them_apart(box: int) -> None:
    skill = make.tag("Go")
    for employer in ("Contoso", "Litware", "Fabrikam"):
        who = make.candidate(skill)
        Candidate.objects.filter(pk=who.pk).update(employer=employer)
    agreed()
    agreed("Litware", client="Secret Client AG")
    [seen] = simulator.simulate(make.role(skill).pk, [1], now=NOW)
    assert seen.blocked == {Reason.OFF_LIMITS: 1, Reason.CLIENT_CONFLICT: 1}
    assert seen.mailable == 1


def test_it_is_told_beforehand_whom_it_concerns(box: int) -> None:
    for employer in ("Contoso", "Contoso GmbH", "contoso ag", "Contoso Bank AG", "Fabrikam"):
        works_at(employer)
    works_at("", email="x@contoso.example")
    assert off_limits.concerns("Contoso") == 3
    assert off_limits.concerns("Contoso", "contoso.example") == 4
    found = off_limits.spellings("Contoso SE")
    assert [(one.employer, one.is_meant) for one in found][-1] == ("Contoso Bank AG", False)
    assert {one.employer for one in found if one.is_meant} == {
        "Contoso", "Contoso GmbH", "contoso ag",
    }  # fmt: skip
    assert off_limits.spellings(" ") == []


def test_entries_are_ended_and_never_changed(box: int) -> None:
    entry = agreed()
    rows = OffLimits.objects.filter(pk=entry.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(key="fabrikam")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    rows.update(ended_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        agreed(until=TODAY - timedelta(days=1))


def standing_version(who: Candidate) -> int:
    return Candidate.objects.values_list("standing_version", flat=True).get(pk=who.pk)


def _end_exception(n: int, who: Candidate) -> object:
    entry = OffLimits.objects.get(employer=f"Employer {n}")
    return off_limits.end_exception(entry.pk, who.pk, by_id=None, now=NOW)


AGREED: dict[str, Callable[[int, Candidate], object]] = {
    "employer": lambda n, _: agreed(f"EMPLOYER {n}, Inc."),
    "domain": lambda n, _: agreed(f"Another {n}", domain=f"e{n}.example"),
    "the record": lambda _, who: Candidate.objects.filter(pk=who.pk).update(employer="Contoso"),
    "the end of an exception": _end_exception,
}


def _wait_for_the_first(channels: list[Watched]) -> None:
    for _ in range(1_000):
        if any(channel.turns for channel in channels):
            return
        time.sleep(0.01)


@pytest.mark.parametrize("by", AGREED)
def test_no_hand_over_begins_after_it_was_agreed(transactional_db: None, by: str) -> None:
    """Under two senders, for one employer after another."""
    make.organisation()
    box = make.sender(make.user(), cap=100_000)
    people = [works_at(f"Employer {n}", email=f"p@e{n}.example") for n in range(50)]
    for n, who in enumerate(people):
        make.message(who, box)
        if AGREED[by] is _end_exception:
            entry = agreed(f"Employer {n}")
            off_limits.make_exception(entry.pk, who.pk, reason="", by_id=None, now=NOW)
    if by == "the record":
        agreed("Contoso")
    ticks = count()
    channels = [Watched(ticks), Watched(ticks)]
    committed: dict[str, int] = {}

    def agree() -> None:
        # On a busy machine all of it could be agreed before the first mail leaves.
        _wait_for_the_first(channels)
        for n, who in random.sample(list(enumerate(people)), len(people)):
            with transaction.atomic():
                AGREED[by](n, who)
            committed[f"p@e{n}.example"] = next(ticks)
            time.sleep(random.random() / 50)
        connection.close()

    def send(channel: Watched) -> None:
        while delivery.deliver(lambda _: channel, worker="w", clock=lambda: NOW, batch=4):
            pass
        connection.close()

    threads = [threading.Thread(target=agree)]
    threads += [threading.Thread(target=send, args=[channel]) for channel in channels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    turns = {address: turn for channel in channels for address, turn in channel.turns.items()}
    assert [address for address, turn in turns.items() if committed[address] < turn] == []
    assert turns
    assert Message.objects.filter(state="sent").count() == len(turns)
    assert not Message.objects.filter(state="sending").exists()
