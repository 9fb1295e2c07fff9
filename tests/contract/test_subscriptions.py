"""Programs are told over real connections: signed, again for three days, and again when asked."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from tests import make
from tests.contract import chat_server
from tests.contract.chat_server import Chat
from tests.make import NOW
from warmbench.accounts import notifications
from warmbench.accounts.models import Notification, Role
from warmbench.accounts.webhooks import Outcome
from warmbench.core import clock, sql
from warmbench.core.events import Event, react_now
from warmbench.insight.recording import InsightsRecorded
from warmbench.integrations.models import Delivery, Happening, Subscription
from warmbench.integrations.outgoing import Caller
from warmbench.integrations.subscriptions import calling, deliveries, happenings, keeping
from warmbench.integrations.subscriptions.keeping import Entry
from warmbench.messaging import standing
from warmbench.nurture.enrollment import Enrolled
from warmbench.nurture.pools import JoinedPool, LeftPool
from warmbench.people import erasure, export
from warmbench.people.candidates import CandidatesChanged, CandidateStatusChanged
from warmbench.people.consent import CandidateSuppressed, PermissionChanged
from warmbench.people.erasure import CandidatesErased
from warmbench.people.merging import CandidatesMerged
from warmbench.shortlists.answers import ShortlistAnswered
from warmbench.shortlists.outcomes import OutcomeKnown
from warmbench.shortlists.profiles import ProfileApproved
from warmbench.shortlists.sharing import ShortlistShared
from warmbench.signals import follow_ups
from warmbench.signals.follow_ups import FollowUpAsked, FollowUpsClosed
from warmbench.signals.record import SignalsRecorded
from warmbench.sourcing.models import Role as Opening
from warmbench.sourcing.roles import RoleChanged, RoleEnded, RoleOpened
from warmbench.sourcing.waves import AlertsMade

pytestmark = pytest.mark.django_db

State = Delivery.State
#: What is told of roles, profiles and lists, and of no candidate.
_OF_NOBODY = frozenset(
    {"role.opened", "role.changed", "role.ended", "profile.approved", "shortlist.shared"}
)


@pytest.fixture(autouse=True)
def _nothing_is_held(settings: Settings, tmp_path: object) -> None:
    settings.INSTANCE_FOLDER = tmp_path
    make.organisation()


@pytest.fixture
def program() -> Iterator[Chat]:
    with chat_server.running() as running:
        running.status, running.body = 202, b"taken"
        yield running


def subscribed(program: Chat, **fields: Any) -> tuple[Subscription, str]:
    usual = {"name": "ATS", "url": program.address, "kinds": list(Happening)}
    return keeping.create(Entry(**(usual | fields)), by_id=None, now=NOW)


def tell(status: str = "placed", *candidate_ids: int) -> Delivery:
    about = {"status": status}
    happenings.of_candidates(Happening.STATUS_CHANGED, candidate_ids, about=about, now=NOW)
    return Delivery.objects.latest("pk")


def call(at: datetime = NOW) -> bool:
    return calling.call_next(Caller(), clock=lambda: at)


def verified(secret: str, answer: tuple[dict[str, str], bytes]) -> Any:
    """What a program reads that checks calls with the library of Standard Webhooks. It asks the
    real clock, so that a call must have been made a moment ago."""
    headers, body = answer
    return Verifier(secret).verify(body, headers)


def test_a_call_is_what_the_library_of_standard_webhooks_takes(program: Chat) -> None:
    _, secret = subscribed(program)
    ana = make.candidate()
    delivery = tell("placed", ana.pk)

    assert call(clock.now())

    (answer,) = program.calls
    assert verified(secret, answer) == {
        "type": "candidate.status_changed",
        "timestamp": NOW.isoformat(),
        "data": {"status": "placed", "candidate_ids": [ana.pk]},
    }
    assert answer[0]["webhook-id"] == f"msg_{delivery.pk}"
    with pytest.raises(WebhookVerificationError):
        verified(secret, (answer[0], answer[1] + b" "))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.answer) == (State.DONE, 202, "")
    assert not call(clock.now())


def test_two_secrets_live_while_one_is_changed(program: Chat) -> None:
    made, old = subscribed(program)
    now = clock.now()
    new = keeping.rotate(made.pk, by_id=None, now=now)
    assert new != old

    tell()
    call(now)
    assert verified(old, program.calls[-1]) == verified(new, program.calls[-1])

    tell()
    Subscription.objects.update(old_until=now)
    call(now)
    assert verified(new, program.calls[-1])
    with pytest.raises(WebhookVerificationError):
        verified(old, program.calls[-1])
    row = sql.run("SELECT secret, old_secret FROM subscription").fetchall()[0]
    assert not {old, new} & set(row)


def test_names_are_told_only_where_they_are_wanted(program: Chat) -> None:
    ana = make.candidate()
    subscribed(program, name="Numbers")
    subscribed(program, name="Names", with_names=True)
    tell("open", ana.pk)

    assert call()
    assert call()

    read = [json.loads(body)["data"] for _, body in program.calls]
    assert [ana.name in json.dumps(one) for one in read] == [False, True]
    assert read[1]["candidates"] == [{"id": ana.pk, "name": ana.name}]
    stored = Delivery.objects.values_list("about", "candidate_ids")
    assert list(stored) == [({"status": "open"}, [ana.pk])] * 2


def test_nobody_is_told_what_they_did_not_subscribe_to(program: Chat) -> None:
    subscribed(program, kinds=[Happening.OPTED_OUT])
    assert happenings.of_candidates(Happening.STATUS_CHANGED, [1], now=NOW) == 0
    assert happenings.of_follow_ups(Happening.FOLLOW_UP_ASKED, [1], now=NOW) == 0
    assert happenings.of_role(Happening.ROLE_OPENED, 1, now=NOW) == 0
    assert happenings.of_candidates(Happening.OPTED_OUT, [1], now=NOW) == 1


def test_each_fact_is_told_by_its_kind(program: Chat) -> None:
    subscribed(program)
    ana, role = make.candidate(), make.role(make.tag("Go"))
    entry = make.follow_up(ana)
    who, role_is = [ana.pk], {"role_id": role.pk, "state": role.state}
    listed = make.shortlist(make.profile(make.tag("Rust")), ana).entries.get()
    on = listed.shortlist_id
    asked = {"follow_up_id": entry.pk, "reason": entry.reason}
    facts: list[tuple[Event, str, dict[str, Any]]] = [
        (CandidatesChanged(candidate_ids=who), "candidate.changed", {}),
        (
            CandidateStatusChanged(candidate_ids=who, status="open"),
            "candidate.status_changed",
            {"status": "open"},
        ),
        (
            CandidateSuppressed(candidate_ids=who, reason="manual"),
            "candidate.opted_out",
            {"reason": "manual"},
        ),
        (PermissionChanged(candidate_ids=who), "candidate.permission_changed", {}),
        (CandidatesMerged(kept_id=5, gone_id=ana.pk), "candidate.merged", {"into": 5}),
        (CandidatesErased(candidate_ids=who), "candidate.erased", {}),
        (JoinedPool(candidate_ids=who, pool_id=7), "pool.joined", {"pool_id": 7}),
        (LeftPool(candidate_ids=who, pool_id=7), "pool.left", {"pool_id": 7}),
        (Enrolled(candidate_ids=who, sequence_id=7), "enrollment.begun", {"sequence_id": 7}),
        (
            SignalsRecorded(candidate_ids=who, signal_ids=[9]),
            "signal.recorded",
            {"signal_ids": [9]},
        ),
        (
            InsightsRecorded(candidate_ids=who, insight_ids=[4], source_id=2),
            "insight.recorded",
            {"insight_ids": [4]},
        ),
        (FollowUpAsked(follow_up_id=entry.pk, owner_id=None), "follow_up.asked", asked),
        (
            FollowUpsClosed(follow_up_ids=[entry.pk]),
            "follow_up.closed",
            asked | {"outcome": ""},
        ),
        (RoleOpened(role_id=role.pk), "role.opened", role_is),
        (RoleChanged(role_id=role.pk), "role.changed", role_is),
        (RoleEnded(role_id=role.pk), "role.ended", role_is),
        (AlertsMade(candidate_ids=who, role_id=role.pk), "alert.made", {"role_id": role.pk}),
        (
            ProfileApproved(profile_id=3, version_id=4),
            "profile.approved",
            {"profile_id": 3, "version_id": 4},
        ),
        (ShortlistShared(shortlist_id=on), "shortlist.shared", {"shortlist_id": on}),
        (
            ShortlistAnswered(shortlist_id=on, entry_id=listed.pk, answer_id=6),
            "shortlist.answered",
            {"shortlist_id": on, "answer_id": 6},
        ),
        (
            OutcomeKnown(shortlist_id=on, entry_id=listed.pk, kind="hire"),
            "shortlist.outcome",
            {"shortlist_id": on, "kind": "hire"},
        ),
    ]
    assert {kind for _, kind, _ in facts} == set(Happening.values)
    for fact, kind, about in facts:
        Delivery.objects.all().delete()
        react_now(fact)
        told = Delivery.objects.get(kind=kind)
        assert told.about == about
        assert told.candidate_ids == ([] if kind in _OF_NOBODY else who)
    Opening.objects.all().delete()
    assert happenings.of_role(Happening.ROLE_OPENED, role.pk, now=NOW) == 0


def test_many_people_are_told_in_pieces(program: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST", 2)
    subscribed(program)
    assert happenings.of_candidates(Happening.CANDIDATE_CHANGED, [3, 1, 2, 3], now=NOW) == 2
    assert [one.candidate_ids for one in Delivery.objects.order_by("pk")] == [[1, 2], [3]]


def test_a_call_that_fails_is_made_again_for_three_days_and_then_given_up(program: Chat) -> None:
    made, _ = subscribed(program)
    root = make.user("Root", Role.ADMIN)
    delivery = tell()
    program.status, program.body = 500, b"out of order"
    at, tries, ids = NOW, 0, set()
    while True:
        delivery.refresh_from_db()
        if delivery.state != State.WAITING:
            break
        at = max(delivery.due_at, Subscription.objects.get(pk=made.pk).free_at)
        assert call(at)
        tries += 1
        ids.add(program.calls[-1][0]["webhook-id"])

    assert delivery.state == State.FAILED
    assert (delivery.status, delivery.answer) == (500, "It answered 500: out of order")
    assert tries == len(deliveries.PAUSES) + 1
    assert timedelta(days=3) <= at - NOW <= timedelta(days=3, hours=3)
    assert ids == {f"msg_{delivery.pk}"}
    made.refresh_from_db()
    assert not made.is_active
    assert made.disabled_at == at
    told = Notification.objects.get(user=root)
    assert "subscription ATS was switched off" in told.title
    assert notifications.still_so([notifications.Told(told.key)])
    keeping.set_active(made.pk, is_active=True, by_id=None, now=at)
    assert not notifications.still_so([notifications.Told(told.key)])


def test_one_that_is_away_is_not_called_for_each_thing(program: Chat) -> None:
    made, _ = subscribed(program)
    for _ in range(5):
        tell()
    program.status = 503
    assert call()
    assert not call()
    made.refresh_from_db()
    assert made.problem.startswith("It answered 503")
    assert made.failing_since == NOW

    program.status = 202
    later = NOW + timedelta(minutes=1)
    while call(later):
        pass
    assert not Delivery.objects.exclude(state=State.DONE).exists()
    made.refresh_from_db()
    assert Subscription.objects.filter(problem="", failing_since=None, failures=0).exists()


def test_how_long_the_other_side_asks_to_be_left_alone_counts(program: Chat) -> None:
    made, _ = subscribed(program)
    delivery = tell()
    program.status, program.headers = 429, {"Retry-After": "600"}
    call()
    delivery.refresh_from_db()
    made.refresh_from_db()
    assert made.free_at == delivery.due_at == NOW + timedelta(minutes=10)


def test_one_that_wants_nothing_more_is_switched_off_at_once(program: Chat) -> None:
    made, _ = subscribed(program)
    tell()
    waits = tell()
    program.status = 410
    call()
    made.refresh_from_db()
    waits.refresh_from_db()
    assert (made.is_active, waits.state) == (False, State.FAILED)
    assert not call(NOW + timedelta(days=1))


def test_what_failed_is_told_again_one_by_one_or_all_of_it(program: Chat) -> None:
    made, _ = subscribed(program)
    before, failed, done, waits = (tell() for _ in range(4))
    Delivery.objects.filter(pk__in=[before.pk, failed.pk]).update(state=State.FAILED, tries=9)
    Delivery.objects.filter(pk=before.pk).update(happened_at=NOW - timedelta(days=2))
    Delivery.objects.filter(pk=done.pk).update(state=State.DONE)
    at = NOW + timedelta(hours=1)

    assert deliveries.replay_failed(made.pk, since=NOW, by_id=None, now=at) == 1
    assert deliveries.replay(made.pk, done.pk, by_id=None, now=at)
    assert not deliveries.replay(made.pk, waits.pk, by_id=None, now=at)
    assert not deliveries.replay(made.pk + 1, before.pk, by_id=None, now=at)
    assert deliveries.replay_failed(made.pk, since=at, by_id=None, now=at) == 0

    while call(at):
        pass
    ids = {headers["webhook-id"] for headers, _ in program.calls}
    assert ids == {f"msg_{one.pk}" for one in (failed, done, waits)}


def test_a_dead_worker_holds_a_program_for_its_lease_only(program: Chat) -> None:
    subscribed(program)
    delivery = tell()
    assert deliveries.claim(now=NOW) == delivery
    assert deliveries.claim(now=NOW + timedelta(seconds=119)) is None
    assert deliveries.claim(now=NOW + timedelta(seconds=120)) == delivery


def test_a_worker_that_comes_late_takes_nothing_back(program: Chat) -> None:
    subscribed(program)
    delivery = tell()
    Delivery.objects.update(since=NOW - deliveries.FAILING_MAY_LAST)
    late = deliveries.claim(now=NOW)
    assert late is not None
    assert call(NOW + timedelta(minutes=3))
    failed = Outcome(worked=False, problem="It did not answer.")
    deliveries.record(late, failed, now=NOW + timedelta(minutes=4))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == (State.DONE, 202)


def test_a_paused_program_is_told_nothing(program: Chat) -> None:
    made, _ = subscribed(program)
    waits = tell()
    assert keeping.set_active(made.pk, is_active=False, by_id=None, now=NOW)
    assert not keeping.set_active(made.pk, is_active=False, by_id=None, now=NOW)
    assert happenings.of_candidates(Happening.STATUS_CHANGED, [1], now=NOW) == 0
    assert not call()
    waits.refresh_from_db()
    assert waits.state == State.FAILED


def test_a_program_that_is_removed_meanwhile_is_forgotten(program: Chat) -> None:
    made, _ = subscribed(program)
    delivery = tell()
    assert keeping.remove(made.pk, by_id=None, now=NOW)
    assert not keeping.remove(made.pk, by_id=None, now=NOW)
    outcome = Outcome(worked=True, status=200)
    assert not deliveries.record(delivery, outcome, now=NOW)


def test_nothing_is_told_that_nobody_can_sign(program: Chat) -> None:
    subscribed(program)
    delivery = tell()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subscription SET secret = 'not sealed'")
    assert call()
    delivery.refresh_from_db()
    assert (delivery.status, program.calls) == (0, [])
    assert "vault key" in delivery.answer


def test_an_address_inside_is_never_called() -> None:
    with chat_server.running() as program:
        made, _ = subscribed(program)
    delivery = tell()
    Subscription.objects.filter(pk=made.pk).update(url="https://10.0.0.7/")
    assert call()
    delivery.refresh_from_db()
    assert "not on the public internet" in delivery.answer


def test_nothing_is_told_while_all_sending_is_held(
    program: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(program)
    tell()
    monkeypatch.setattr(standing, "is_held_here", lambda: True)
    assert not call()
    assert program.calls == []


def test_a_test_says_how_it_went(program: Chat) -> None:
    made, secret = subscribed(program)
    assert calling.test(Caller(), made.pk, now=clock.now()).worked
    assert verified(secret, program.calls[-1])["type"] == "test"
    program.status = 404
    assert not calling.test(Caller(), made.pk, now=NOW).worked
    made.refresh_from_db()
    assert made.problem.startswith("It answered 404")


def test_settings_are_changed_without_the_secret(program: Chat) -> None:
    made, _ = subscribed(program)
    entry = Entry(name="CRM", kinds=[Happening.OPTED_OUT])
    assert keeping.change(made.pk, entry, by_id=None, now=NOW) == ["kinds", "name"]
    assert keeping.change(made.pk, entry, by_id=None, now=NOW) == []
    moved = Entry(name="CRM", kinds=[Happening.OPTED_OUT], url="https://other.example.com/x")
    assert keeping.change(made.pk, moved, by_id=None, now=NOW) == ["host", "url"]
    made.refresh_from_db()
    assert (made.host, made.url) == ("other.example.com", "https://other.example.com/x")


def test_the_erased_are_gone_from_what_was_told(program: Chat) -> None:
    subscribed(program)
    ana, ben = make.candidate(), make.candidate()
    alone, both, role = tell("open", ana.pk), tell("open", ana.pk, ben.pk), tell("open")
    sections = {one.name for one in export.of(ana.pk, now=NOW).sections}
    assert "delivery" in sections

    erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)

    assert not Delivery.objects.filter(pk=alone.pk).exists()
    both.refresh_from_db()
    assert both.candidate_ids == [ben.pk]
    assert Delivery.objects.filter(pk=role.pk).exists()


def test_what_was_told_is_kept_for_a_month(program: Chat) -> None:
    subscribed(program)
    tell()
    assert keeping.forget(now=NOW + timedelta(days=29)) == 0
    assert keeping.forget(now=NOW + timedelta(days=30)) == 1


def test_follow_ups_that_are_done_are_told_with_what_came_of_them(program: Chat) -> None:
    subscribed(program, kinds=[Happening.FOLLOW_UP_CLOSED])
    alice = make.user()
    entry = make.follow_up(make.candidate(owner=alice))
    follow_ups.done(entry.pk, outcome=follow_ups.Outcome.NOT_INTERESTED, by_id=alice.pk, now=NOW)
    happenings.of_follow_ups(Happening.FOLLOW_UP_CLOSED, [entry.pk], now=NOW)
    assert Delivery.objects.get().about["outcome"] == "not_interested"
