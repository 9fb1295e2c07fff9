"""A verdict taken apart: every check says what it saw, and together they are the verdict."""

import json
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_gate import ANA, BOX, CONTENT, NOW
from warmbench.messaging import gate, inspection
from warmbench.messaging.inspection import Asked, Check
from warmbench.messaging.known import SenderState, Standing, Touch
from warmbench.messaging.models import Message, Switch
from warmbench.messaging.verdict import ALLOW, Allow, Later, Reason, Refuse, Verdict
from warmbench.people.models import Candidate, Consent, Suppression

moments = st.integers(-400, 60).map(lambda days: NOW + timedelta(days=days, hours=days % 24))
maybe_moments = st.none() | moments
people = st.builds(
    Standing,
    candidate_id=st.just(1),
    version=st.integers(0, 3),
    status=st.sampled_from(list(Candidate.Status)).map(str),
    owner_id=st.sampled_from([None, 7, 8]),
    country=st.sampled_from(["DE", "US", "FR", "CA", ""]),
    region=st.just(""),
    time_zone=st.sampled_from(["Europe/Berlin", "America/New_York", ""]),
    is_paused=st.booleans(),
    paused_until=maybe_moments,
    suppressed=st.just("") | st.sampled_from(list(Suppression.Reason)).map(str),
    basis=st.just("") | st.sampled_from(list(Consent.Basis)).map(str),
    basis_expires_at=maybe_moments,
    address=st.sampled_from(["", "ana@example.com", "+15550100"]),
    recent=st.lists(moments.filter(lambda at: at <= NOW), max_size=4).map(
        lambda some: tuple(sorted(some, reverse=True))
    ),
    quiet_until=maybe_moments,
    basis_since=maybe_moments,
    obtained_at=maybe_moments,
    source=st.sampled_from(["", "Fair"]),
    alerted_at=maybe_moments,
    is_read_by_another=st.booleans(),
    reserved_by=st.sampled_from([None, 7, 8]),
    reserved_until=moments,
    off_limits=st.sampled_from(["", "Contoso"]),
    off_limits_until=maybe_moments,
    conflicts=st.dictionaries(
        st.sampled_from(["fabrikam", "northwind"]), moments.map(datetime.isoformat) | st.just("")
    ),
)
senders = st.none() | st.builds(
    SenderState,
    sender_id=st.just(3),
    owner_id=st.sampled_from([None, 7]),
    owner_is_active=st.booleans(),
    is_paused=st.booleans(),
    room=st.integers(-2, 3),
    next_day=st.just(NOW + timedelta(hours=14)),
    is_registered_in_us=st.booleans(),
)
touches = st.builds(
    Touch,
    st.sampled_from(list(Message.Purpose)).map(str),
    channel=st.sampled_from(["email", "sms"]),
    sequence_id=st.sampled_from([None, 5]),
    valid_until=maybe_moments,
    permission=st.sampled_from(["nurture", "alert"]),
    follows_at=st.none(),
    withdrawn=st.sampled_from(["", Reason.ROLE_ENDED.value]),
    answers_at=maybe_moments,
    client=st.sampled_from(["", "fabrikam"]),
)
stops = st.frozensets(
    st.sampled_from([(Switch.Scope.EVERYTHING.value, 0), (Switch.Scope.SEQUENCE.value, 5)]),
    max_size=2,
)
cases = st.builds(Asked, touches, people, senders, stops)


def judged(asked: Asked) -> Verdict:
    return gate.judge(asked.touch, asked.person, asked.sender, asked.switches, now=NOW)


def kind_of(checks: list[Check]) -> str:
    """What the checks come to, by what their list says of itself."""
    if any(isinstance(one.verdict, Refuse) for one in checks):
        return "refuse"
    return "later" if any(isinstance(one.verdict, Later) for one in checks) else "allow"


@given(cases)
@settings(max_examples=300)
def test_the_checks_together_are_the_verdict(asked: Asked) -> None:
    checks = inspection.checks(asked, now=NOW)
    verdict = judged(asked)
    assert kind_of(checks) == type(verdict).__name__.lower()
    said = [one.verdict for one in checks if not isinstance(one.verdict, Allow)]
    if isinstance(verdict, Refuse):
        assert next(one for one in said if isinstance(one, Refuse)) == verdict
    elif isinstance(verdict, Later):
        assert verdict.reason in {one.reason for one in said}


@given(cases)
@settings(max_examples=300)
def test_what_the_gate_knew_is_kept_well_enough_to_judge_again(asked: Asked) -> None:
    kept = json.loads(json.dumps(inspection.to_json(asked), default=str))
    assert "example.com" not in json.dumps(kept)
    again = inspection.from_json(kept)
    if asked.touch.channel == "email":
        assert judged(again) == judged(asked)
    assert [one.name for one in inspection.checks(again, now=NOW)] == [
        one.name for one in inspection.checks(asked, now=NOW)
    ]


@given(cases)
def test_every_check_says_what_it_saw_in_a_sentence(asked: Asked) -> None:
    for one in inspection.checks(asked, now=NOW):
        assert one.saw.endswith((".", ")."))
        assert "None," not in one.saw
        assert one.because or isinstance(one.verdict, Allow)


def test_what_is_kept_of_an_ordinary_question_is_small() -> None:
    kept = inspection.to_json(Asked(CONTENT, ANA, BOX, frozenset()))
    assert len(json.dumps(kept, default=str)) < 350
    assert all(
        one.verdict == ALLOW
        for one in inspection.checks(Asked(CONTENT, ANA, BOX, frozenset()), now=NOW)
    )


@given(cases)
@settings(max_examples=50)
def test_what_an_answer_is_not_asked_says_so(asked: Asked) -> None:
    checks = inspection.checks(asked, now=NOW)
    skipped = [one for one in checks if one.is_skipped]
    assert bool(skipped) <= gate.is_answer(asked.touch, now=NOW)
    assert all("a person answers what they wrote on" in one.saw for one in skipped)
