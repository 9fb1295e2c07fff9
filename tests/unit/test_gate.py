"""The last gate, as a function of what is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.messaging import budget, gate, ramp
from warmbench.messaging.known import SenderState, Standing, Touch
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse, Verdict

#: A Tuesday, ten o'clock in Berlin.
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
ANA = Standing(
    candidate_id=1,
    version=0,
    status="passive",
    owner_id=7,
    country="DE",
    region="",
    time_zone="Europe/Berlin",
    is_paused=False,
    paused_until=None,
    suppressed="",
    basis="consent",
    basis_expires_at=None,
    address="ana@example.com",
    recent=(),
)
BOX = SenderState(
    sender_id=3,
    owner_id=7,
    owner_is_active=True,
    is_paused=False,
    room=10,
    next_day=NOW + timedelta(hours=14),
)
CONTENT = Touch("content")


def judge(person: Standing = ANA, box: SenderState | None = BOX, touch: Touch = CONTENT,
          switches: frozenset[tuple[str, int]] = frozenset()) -> Verdict:  # fmt: skip
    return gate.judge(touch, person, box, switches, now=NOW)


def test_nothing_in_the_way_is_allowed() -> None:
    assert judge() == Allow()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"suppressed": "unsubscribed"}, Reason.UNSUBSCRIBED),
        ({"suppressed": "imported"}, Reason.SUPPRESSED),
        ({"status": "placed"}, Reason.PLACED),
        ({"status": "hired"}, Reason.HIRED),
        ({"status": "applied"}, Reason.APPLIED),
        ({"status": "do_not_contact"}, Reason.DO_NOT_CONTACT),
        ({"basis": ""}, Reason.NO_CONSENT),
        ({"basis": "withdrawn"}, Reason.CONSENT_WITHDRAWN),
        ({"basis_expires_at": NOW}, Reason.CONSENT_EXPIRED),
        ({"address": ""}, Reason.NO_ADDRESS),
        ({"is_read_by_another": True}, Reason.SAME_READER),
    ],
)
def test_refusals(change: dict[str, object], reason: Reason) -> None:
    assert judge(replace(ANA, **change)) == Refuse(reason)  # type: ignore[arg-type]


def test_suppression_comes_before_everything_else() -> None:
    person = replace(ANA, suppressed="complained", status="placed", basis="", address="")
    assert judge(person, None) == Refuse(Reason.COMPLAINED)


def test_a_text_needs_consent_in_so_many_words() -> None:
    text = Touch("content", "sms")
    for basis in ("legitimate_interest", "relationship", "inquiry"):
        verdict = judge(replace(ANA, basis=basis), touch=text)
        assert verdict == Refuse(Reason.CONSENT_FIRST, "sms-consent")
    assert judge(touch=text) == Allow()


def test_a_check_in_speaks_for_the_owner_of_today() -> None:
    moved = replace(ANA, owner_id=8)
    assert judge(moved, touch=Touch("check_in")) == Refuse(Reason.OWNER_CHANGED)
    assert judge(moved) == Allow()


@pytest.mark.parametrize(
    ("switch", "is_stopped"),
    [
        (("everything", 0), True),
        (("sender", 3), True),
        (("sender", 4), False),
        (("recruiter", 7), True),
        (("recruiter", 8), False),
        (("sequence", 5), True),
        (("sequence", 6), False),
    ],
)
def test_switches_stop_what_they_name(switch: tuple[str, int], is_stopped: bool) -> None:
    verdict = judge(touch=Touch("content", sequence_id=5), switches=frozenset([switch]))
    assert isinstance(verdict, Later if is_stopped else Allow)


def test_the_verdict_names_the_first_moment_at_which_nothing_stands_in_the_way() -> None:
    # The budget is free again on Saturday; the window opens on Monday at nine in Berlin.
    person = replace(ANA, recent=(NOW - timedelta(days=3),))
    assert judge(person) == Later(datetime(2026, 3, 9, 8, tzinfo=UTC), Reason.BUDGET)


def test_three_touches_in_thirty_days_are_enough() -> None:
    recent = tuple(NOW - timedelta(days=days) for days in (8, 16, 29))
    assert isinstance(judge(replace(ANA, recent=recent)), Later)
    assert judge(replace(ANA, recent=(*recent[:2], NOW - timedelta(days=30)))) == Allow()


def test_who_asked_to_hear_less_often_is_waited_for_longer_than_our_own_budget() -> None:
    quiet = replace(ANA, recent=(NOW - timedelta(days=3),), quiet_until=NOW + timedelta(days=57))
    # The 29th of April is a Wednesday.
    assert judge(quiet) == Later(datetime(2026, 4, 29, 9, tzinfo=UTC), Reason.RHYTHM)
    assert judge(replace(quiet, recent=(), quiet_until=NOW)) == Allow()


def test_a_full_mailbox_waits_for_its_next_day_and_then_for_the_morning() -> None:
    verdict = judge(box=replace(BOX, room=0))
    assert verdict == Later(datetime(2026, 3, 4, 8, tzinfo=UTC), Reason.SENDER_CAP)


def test_a_pause_ends_by_itself_or_by_a_person() -> None:
    until = NOW + timedelta(days=2)
    assert judge(replace(ANA, is_paused=True, paused_until=until)) == Later(until, Reason.PAUSED)
    assert judge(replace(ANA, is_paused=True, paused_until=NOW)) == Allow()
    assert isinstance(judge(replace(ANA, is_paused=True)), Later)


moments = st.lists(
    st.timedeltas(timedelta(0), timedelta(days=60)).map(lambda ago: NOW - ago), max_size=6
)


@given(moments)
def test_whatever_was_sent_the_budget_holds_at_the_moment_it_names(sent: list[datetime]) -> None:
    recent = tuple(sorted((at for at in sent if NOW - at < budget.SPAN), reverse=True))
    at = max(budget.free_at(recent) or NOW, NOW)
    for span, limit in budget.BUDGET:
        assert sum(at - one < span for one in recent) < limit


@given(st.integers(0, 40), st.integers(1, 500), st.integers(0, 500), st.integers(0, 60))
def test_a_ramp_only_rises_and_ends_at_the_cap(day: int, cap: int, first: int, days: int) -> None:
    start = NOW.date()

    def at(day: int) -> int:
        return ramp.cap_on(
            start + timedelta(days=day),
            ramp_started_on=start,
            ramp_from=first,
            ramp_days=days,
            daily_cap=cap,
        )

    assert at(day) <= at(day + 1) <= cap
    assert at(days) == cap


ALERT = Touch("alert", permission="alert")


def test_one_role_in_a_week_whatever_the_budget_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "BUDGET", ())
    person = replace(ANA, alerted_at=NOW - timedelta(days=6))
    assert judge(person, touch=ALERT) == Later(NOW + timedelta(days=1), Reason.ALERT_GAP)
    assert judge(replace(ANA, alerted_at=NOW - timedelta(days=7)), touch=ALERT) == Allow()
    assert judge(person) == Allow()


def test_a_text_is_not_counted_against_the_alert_that_it_follows() -> None:
    mailed = NOW - timedelta(days=2)
    person = replace(ANA, recent=(mailed,), alerted_at=mailed)
    text = Touch("alert", "sms", permission="alert", follows_at=mailed)
    assert judge(person, touch=text) == Allow()
    assert judge(person, touch=replace(text, follows_at=None)) != Allow()
    assert judge(person, touch=Touch("content", "sms")) != Allow()


def test_a_text_is_counted_against_everything_else() -> None:
    mailed = NOW - timedelta(days=2)
    text = Touch("alert", "sms", permission="alert", follows_at=mailed)
    for recent in ((NOW - timedelta(days=1), mailed), (mailed, NOW - timedelta(days=4))):
        verdict = judge(replace(ANA, recent=recent, alerted_at=mailed), touch=text)
        assert isinstance(verdict, Later)
        assert verdict.reason == Reason.BUDGET


def test_her_own_wish_for_fewer_messages_holds_for_a_text_that_follows_too() -> None:
    mailed = NOW - timedelta(days=2)
    person = replace(ANA, recent=(mailed,), quiet_until=mailed + timedelta(days=61))
    verdict = judge(person, touch=Touch("alert", "sms", follows_at=mailed))
    assert isinstance(verdict, Later)
    assert verdict.reason == Reason.RHYTHM


def test_what_was_withdrawn_is_refused_with_its_reason() -> None:
    touch = replace(ALERT, withdrawn="role_ended")
    assert judge(touch=touch) == Refuse(Reason.ROLE_ENDED)


def test_an_alert_speaks_for_the_owner_of_today() -> None:
    assert judge(replace(ANA, owner_id=8), touch=ALERT) == Refuse(Reason.OWNER_CHANGED)


def test_alerts_need_permission_for_alerts() -> None:
    assert gate.permission_for("alert") == "alert"
    assert {gate.permission_for(one) for one in ("welcome", "content", "check_in")} == {"nurture"}


@given(moments, st.integers(0, 5))
def test_following_a_touch_never_makes_it_later(sent: list[datetime], which: int) -> None:
    recent = tuple(sorted(sent, reverse=True))
    person = replace(ANA, recent=recent)
    follows_at = recent[which] if which < len(recent) else None
    free = budget.free_at(budget.counted(Touch("alert", follows_at=follows_at), person))
    all_of_them = budget.free_at(recent)
    assert free is None or (all_of_them is not None and free <= all_of_them)


ANSWER = Touch("personal", answers_at=NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "placed"},
        {"status": "hired"},
        {"status": "applied"},
        {"is_paused": True},
        {"is_paused": True, "paused_until": NOW + timedelta(days=9)},
        {"recent": (NOW - timedelta(hours=2), NOW - timedelta(days=2), NOW - timedelta(days=3))},
        {"quiet_until": NOW + timedelta(days=50)},
    ],
)
def test_a_person_may_answer_whoever_wrote_to_us(change: dict[str, object]) -> None:
    person = replace(ANA, **change)  # type: ignore[arg-type]
    assert judge(person, touch=ANSWER) == Allow()
    # Of our own accord we would not, and after thirty days an answer is just that.
    for touch in (Touch("personal"), replace(ANSWER, answers_at=NOW - timedelta(days=30))):
        assert judge(person, touch=touch) != Allow()
    assert judge(person, touch=Touch("content", answers_at=ANSWER.answers_at)) != Allow()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"suppressed": "unsubscribed"}, Reason.UNSUBSCRIBED),
        ({"suppressed": "complained"}, Reason.COMPLAINED),
        ({"status": "do_not_contact"}, Reason.DO_NOT_CONTACT),
        ({"basis": "withdrawn"}, Reason.CONSENT_WITHDRAWN),
        ({"basis": ""}, Reason.NO_CONSENT),
        ({"address": ""}, Reason.NO_ADDRESS),
    ],
)
def test_no_answer_goes_against_a_stop_or_the_law(
    change: dict[str, object], reason: Reason
) -> None:
    assert judge(replace(ANA, **change), touch=ANSWER) == Refuse(reason)  # type: ignore[arg-type]


def test_an_answer_waits_for_a_stop_and_for_its_mailbox() -> None:
    held = [
        judge(touch=ANSWER, switches=frozenset([("everything", 0)])),
        judge(box=replace(BOX, is_paused=True), touch=ANSWER),
        judge(box=None, touch=ANSWER),
        judge(box=replace(BOX, room=0), touch=ANSWER),
    ]
    assert all(isinstance(one, Later) for one in held)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # Sunday evening in Berlin, half past eight and half past nine.
        (datetime(2026, 3, 8, 19, 30, tzinfo=UTC), None),
        (datetime(2026, 3, 8, 20, 30, tzinfo=UTC), datetime(2026, 3, 9, 6, tzinfo=UTC)),
        # Christmas, five in the morning.
        (datetime(2026, 12, 25, 4, tzinfo=UTC), datetime(2026, 12, 25, 6, tzinfo=UTC)),
    ],
)
def test_an_answer_goes_in_waking_hours_of_any_day(now: datetime, opens: datetime | None) -> None:
    touch = Touch("personal", answers_at=now - timedelta(hours=1))
    verdict = gate.judge(touch, ANA, BOX, frozenset(), now=now)
    assert verdict == (Later(opens, Reason.WINDOW) if opens else Allow())


#: When the reservation, or the agreement, is over.
OVER = NOW + timedelta(days=10)


@pytest.mark.parametrize(
    ("by", "owner", "box", "purpose", "waits"),
    [
        (8, 7, 7, "content", True),
        (8, 7, 7, "check_in", True),
        (7, 7, 7, "content", False),
        # What comes from the whole team goes on, unless it is her own recruiter who speaks.
        (8, 7, None, "content", False),
        (8, 7, None, "check_in", True),
        (8, 7, None, "alert", True),
        (7, 7, None, "alert", False),
        (8, None, None, "alert", False),
        # Whoever has her writes, whosoever candidate she is.
        (8, 7, 8, "content", False),
    ],
)
def test_nobody_but_who_has_her_reserved_approaches_her(
    by: int, owner: int | None, box: int | None, purpose: str, waits: bool
) -> None:
    her = replace(ANA, owner_id=owner, reserved_by=by, reserved_until=OVER)
    verdict = judge(her, replace(BOX, owner_id=box), Touch(purpose))
    assert verdict == (Later(OVER, Reason.RESERVED) if waits else Allow())
    assert judge(replace(her, reserved_until=NOW), replace(BOX, owner_id=box)) == Allow()


def test_a_reservation_holds_for_answers_too() -> None:
    her = replace(ANA, reserved_by=8, reserved_until=OVER)
    answer = Touch("personal", answers_at=NOW - timedelta(hours=1))
    # The tenth day from now, at any hour of the day: a Friday.
    assert judge(her, touch=answer) == Later(OVER, Reason.RESERVED)


def test_an_employer_that_is_off_limits_is_so_for_good_or_until_a_day() -> None:
    assert judge(replace(ANA, off_limits="Contoso")) == Refuse(Reason.OFF_LIMITS)
    for_now = replace(ANA, off_limits="Contoso", off_limits_until=OVER)
    assert judge(for_now) == Later(OVER, Reason.OFF_LIMITS)
    assert judge(replace(for_now, off_limits_until=NOW)) == Allow()


def test_whoever_wrote_to_us_is_answered_wherever_they_work() -> None:
    answer = Touch("personal", answers_at=NOW - timedelta(hours=1))
    assert judge(replace(ANA, off_limits="Contoso"), touch=answer) == Allow()


def test_a_conflict_concerns_the_roles_of_that_client_alone() -> None:
    her = replace(ANA, conflicts={"fabrikam": "", "northwind": OVER.isoformat()})
    alert = Touch("alert", permission="alert")
    assert judge(her, touch=replace(alert, client="fabrikam")) == Refuse(Reason.CLIENT_CONFLICT)
    northwind = judge(her, touch=replace(alert, client="northwind"))
    assert northwind == Later(OVER, Reason.CLIENT_CONFLICT)
    assert judge(her, touch=replace(alert, client="contoso")) == Allow()
    assert judge(her) == Allow()


def test_what_is_agreed_comes_after_her_own_word_and_before_permission() -> None:
    her = replace(ANA, off_limits="Contoso", basis="")
    assert judge(her) == Refuse(Reason.OFF_LIMITS)
    assert judge(replace(her, suppressed="unsubscribed")) == Refuse(Reason.UNSUBSCRIBED)


def test_nobody_hears_from_us_while_we_cannot_know_who_was_placed() -> None:
    stale = frozenset([gate.STALE_TRUTH])
    held = judge(switches=stale)
    assert isinstance(held, Later)
    assert held.reason == Reason.STALE_TRUTH
    # What is final is said all the same.
    assert judge(replace(ANA, status="placed"), switches=stale) == Refuse(Reason.PLACED)


def test_who_wrote_to_us_is_answered_whatever_an_ats_knows() -> None:
    assert judge(touch=ANSWER, switches=frozenset([gate.STALE_TRUTH])) == judge(touch=ANSWER)
