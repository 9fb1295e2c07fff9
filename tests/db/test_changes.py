"""What changed about people, as far as our own data shows it; and what looks alike and is not."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.db.test_answers import Sent, comes_in
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.core.events import held_back, react_now
from warmbench.people import consent, off_limits, pay
from warmbench.people.models import Candidate, ContactPoint, Suppression
from warmbench.signals import changes, policies, preferences, scoring, warmth
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.preferences import Answers, Pay, Wishes

pytestmark = pytest.mark.django_db

Kind, Reason = Signal.Kind, FollowUp.Reason
AWAY = "I am out of the office until 16 March 2026 and will answer then."


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice, email="ana@contoso.example")


@pytest.fixture
def sent(ana: Candidate, alice: User) -> Sent:
    return Sent(ana, make.sender(alice))


def happens(action: Callable[[], object], *, now: datetime = NOW) -> None:
    """Do something, and let everything that reacts to it run in place."""
    with clock.pinned(now), held_back() as events:
        action()
        for event in events:  # Grows while reactions publish.
            react_now(event)


def written_from(sent: Sent, address: str, text: str = "Thank you, that interests me.") -> bytes:
    mail = sent.answer(text).replace(b"ana@example.com", address.encode())
    assert address.encode() in mail
    return mail


def reasons() -> list[str]:
    return sorted(FollowUp.objects.values_list("reason", flat=True))


# New work.


def test_a_reply_from_another_employer_is_news(ana: Candidate, sent: Sent) -> None:
    happens(lambda: comes_in(written_from(sent, "ana.moreau@fabrikam.example")))
    [moved] = Signal.objects.filter(kind=Kind.MOVED)
    assert (moved.grade, moved.topic) == ("likely", "writes from ana.moreau@fabrikam.example")
    assert reasons() == [Reason.MOVED, Reason.REPLIED]
    # A suggestion: nothing goes there before somebody has looked.
    assert ContactPoint.objects.get().address == "ana@contoso.example"
    # However much they write from there, it is news once.
    happens(lambda: comes_in(written_from(sent, "a.moreau@fabrikam.example", "One more thing.")))
    assert Signal.objects.filter(kind=Kind.MOVED).count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "ana@contoso.example",
        "ana@mail.contoso.example",
        "ana.moreau@gmail.com",
        "ana@northwind.example",
        "ana@old.example",
    ],
)
def test_where_we_knew_them_or_anybody_may_be_is_none(
    ana: Candidate, sent: Sent, address: str
) -> None:
    ContactPoint.objects.create(
        candidate=ana, channel="email", address="ana@old.example", standing="dead",
        position=2, added_at=NOW,
    )  # fmt: skip
    happens(lambda: comes_in(written_from(sent, address)))
    assert not Signal.objects.filter(kind=Kind.MOVED).exists()


def test_whose_mail_it_is_has_to_be_certain(ana: Candidate, sent: Sent) -> None:
    stranger = sent.answer("Hello there, I have a question.", to="box@northwind.example")
    mail = stranger.replace(b"ana@example.com", b"ana@fabrikam.example")
    happens(lambda: comes_in(mail))
    assert not Signal.objects.filter(kind=Kind.MOVED).exists()


# Absences.


def out_of_office(sent: Sent, text: str, subject: str = "Automatic reply: Salaries") -> bytes:
    mail = sent.answer(text, subject=subject, Auto_Submitted="auto-replied")
    return mail.replace(b"ana@example.com", b"ana@contoso.example")


def test_an_absence_stands_on_the_timeline_and_asks_nobody(ana: Candidate, sent: Sent) -> None:
    happens(lambda: comes_in(out_of_office(sent, AWAY)))
    [away] = Signal.objects.all()
    assert (away.kind, away.topic) == (Kind.ABSENT, "back on 17 March 2026")
    assert reasons() == []
    assert warmth.of([ana.pk], now=NOW) == {ana.pk: 0}
    # Each of our mails is answered so: it is one absence.
    happens(lambda: comes_in(out_of_office(sent, AWAY + " Greetings.")))
    assert Signal.objects.count() == 1


def test_a_long_leave_with_somebody_else_to_write_to_asks_a_recruiter(
    ana: Candidate, sent: Sent
) -> None:
    leave = "I am on parental leave until 1 October 2026."
    happens(lambda: comes_in(out_of_office(sent, leave)))
    assert reasons() == []
    named = f"{leave} Please write to ben@contoso.example instead."
    happens(lambda: comes_in(out_of_office(sent, named)))
    assert reasons() == [Reason.MOVED]


def test_who_left_the_company_asks_a_recruiter(ana: Candidate, sent: Sent) -> None:
    left = "Ana Moreau no longer works at Contoso. This mailbox is not read any more."
    happens(lambda: comes_in(out_of_office(sent, left)))
    assert reasons() == [Reason.MOVED]
    assert not Signal.objects.filter(kind=Kind.ABSENT).exists()


# Preferences.


def answers(ana: Candidate, wishes: Wishes, now: datetime, **more: object) -> None:
    said = Answers(status=Candidate.Status.PASSIVE, wishes=wishes, **more)  # type: ignore[arg-type]
    happens(lambda: preferences.take_down(ana.pk, said, message_id=0, now=now), now=now)


def wants(amount: int = 90_000, places: str = "Berlin") -> Wishes:
    return Wishes(pay=Pay(Decimal(amount), "EUR", pay.Period.YEAR), places=places)


def test_other_pay_and_places_matter_to_a_recruiter(ana: Candidate) -> None:
    answers(ana, wants(), NOW)
    # The first word on it is what we asked for, and no change of mind.
    assert reasons() == []
    answers(ana, wants(80_000, "Hamburg"), NOW + timedelta(days=3))
    [entry] = FollowUp.objects.all()
    assert entry.reason == Reason.PREFERENCES
    assert "other than before: pay, places" in entry.evidence[0]["text"]


@pytest.mark.parametrize(
    ("then", "more"),
    [
        (wants(), {}),
        (Wishes(), {}),
        (wants(80_000), {"pause_months": 6}),
    ],
    ids=["the same", "taken back", "and a pause"],
)
def test_what_is_no_change_of_mind_asks_nobody(
    ana: Candidate, then: Wishes, more: dict[str, object]
) -> None:
    answers(ana, wants(), NOW)
    answers(ana, then, NOW + timedelta(days=3), **more)
    assert reasons() == []


# Silence.


def warm(owner: User, *, replies: int = 2, ago: int = 40, **fields: object) -> Candidate:
    """Somebody who gave so many signs, the last one some days ago."""
    made = make.candidate(owner=owner)
    for _ in range(replies):
        make.signal(made, Kind.REPLIED, at=NOW - timedelta(days=ago))
    resting = {"paused_at": None, "paused_until": None, "pause_reason": ""}
    Candidate.objects.filter(pk=made.pk).update(**resting | fields)
    return made


def noticed(now: datetime = NOW) -> list[int]:
    before = set(Signal.objects.values_list("pk", flat=True))
    happens(lambda: changes.notice_silence(now=now), now=now)
    new = Signal.objects.filter(kind=Kind.WENT_QUIET).exclude(pk__in=before)
    return sorted(new.values_list("candidate", flat=True))


def test_who_was_warm_and_is_silent_is_put_before_their_recruiter(alice: User) -> None:
    ana = warm(alice)
    assert noticed() == [ana.pk]
    [entry] = FollowUp.objects.all()
    assert (entry.reason, entry.owner_id) == (Reason.COOLING, alice.pk)
    assert entry.evidence[0]["text"] == "Went quiet: the last sign was on 22 January 2026"


def test_each_once_in_half_a_year(alice: User) -> None:
    ana = warm(alice)
    assert noticed() == [ana.pk]
    FollowUp.objects.update(state="done", done_at=NOW)
    assert noticed() == []
    assert noticed(NOW + timedelta(days=1)) == []
    later = NOW + timedelta(days=181)
    for _ in range(2):
        make.signal(ana, Kind.REPLIED, at=later - timedelta(days=35))
    Candidate.objects.update(paused_at=None, paused_until=None)
    assert noticed(later) == [ana.pk]


@pytest.mark.parametrize(
    ("replies", "ago", "fields"),
    [
        (1, 40, {}),
        (2, 29, {}),
        (2, 103, {}),
        (2, 40, {"paused_at": NOW}),
        (2, 40, {"paused_at": NOW, "paused_until": NOW + timedelta(days=3)}),
        (2, 40, {"status": "placed"}),
        (2, 40, {"status": "do_not_contact"}),
        (2, 40, {"last_conversation_on": NOW.date() - timedelta(days=5)}),
    ],
    ids=["never warm", "heard from lately", "too long ago", "paused", "paused for now", "placed",
         "not to be contacted", "talked to"],
)  # fmt: skip
def test_others_are_left_alone(
    alice: User, replies: int, ago: int, fields: dict[str, object]
) -> None:
    warm(alice, replies=replies, ago=ago, **fields)
    assert noticed() == []


def test_nobody_is_put_forward_who_must_not_be_approached(alice: User) -> None:
    stopped, _, free = warm(alice), warm(alice, employer="Contoso"), warm(alice)
    consent.suppress(stopped.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
    off_limits.add("Contoso", reason="Client", since=date(2026, 1, 1), by_id=None, now=NOW)
    assert noticed() == [free.pk]


def test_who_waits_for_a_recruiter_anyway_is_not_put_forward_twice(alice: User) -> None:
    ana = warm(alice)
    make.follow_up(ana)
    assert noticed() == []


def test_a_machine_that_answers_for_them_is_no_sign(alice: User) -> None:
    ana = warm(alice)
    make.signal(ana, Kind.ABSENT, at=NOW - timedelta(days=2))
    assert noticed() == [ana.pk]


def test_five_a_night_for_each_recruiter_the_warmest_first(alice: User) -> None:
    ben = make.user("Ben Okafor")
    hers = [warm(alice, replies=2 + n) for n in range(7)]
    his = warm(ben)
    assert noticed() == sorted([*(one.pk for one in hers[2:]), his.pk])
    assert noticed(NOW + timedelta(days=1)) == sorted(one.pk for one in hers[:2])


def test_warm_at_any_moment_of_the_time_is_enough(alice: User) -> None:
    # 80 points 85 days ago; what was left of it 40 days ago, and a click, were 48.
    ana = warm(alice, replies=2, ago=85)
    make.signal(ana, Kind.CLICKED, at=NOW - timedelta(days=40))
    # 80 points 95 days ago were 71 when the time begins, and 103 days ago 59.
    ben = warm(alice, replies=2, ago=95)
    cold = warm(alice, replies=1, ago=85)
    make.signal(cold, Kind.CLICKED, at=NOW - timedelta(days=40))
    assert noticed() == sorted([ana.pk, ben.pk])


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from([Kind.REPLIED, Kind.CLICKED]), st.integers(0, 200))))
def test_they_are_those_whom_one_finds_day_by_day(
    alice: User, signs: list[tuple[Signal.Kind, int]]
) -> None:
    with transaction.atomic():
        ana = make.candidate(owner=alice)
        for kind, ago in signs:
            make.signal(ana, kind, at=NOW - timedelta(days=ago))
        Candidate.objects.update(paused_at=None, paused_until=None)
        heard = list(Signal.objects.filter(candidate=ana))
        policy = policies.in_force()
        peak = 0
        for days in range(91):
            then = NOW - timedelta(days=days)
            before = [one for one in heard if one.at <= then]
            peak = max(peak, scoring.shown(scoring.total(before, policy, now=then)))
        is_silent = all(ago >= 30 for _, ago in signs)
        assert bool(changes.notice_silence(now=NOW)) == (peak >= 60 and is_silent)
        transaction.set_rollback(True)
