"""The rules of law: their file, what they answer, and what the last gate makes of them."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from importlib import resources
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from tests.unit.test_gate import ANA, BOX, NOW
from warmbench.messaging import gate, windows
from warmbench.messaging.known import Standing, Touch
from warmbench.messaging.models import Message, Switch
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse, Verdict
from warmbench.people import law, law_rules
from warmbench.people.law import months_after
from warmbench.people.law_rules import Clock, Hours, LawError
from warmbench.people.models import Candidate, Channel, Consent, Purpose, Suppression

DAY = date(2026, 11, 22)
FILE = resources.files("warmbench.people").joinpath("data", "law.yaml").read_text()
#: The file as of the version that it names. Changed both? Then raise ``gate.POLICY`` as well.
PRINTS = {3: "766ee48bb277b2ae"}


@pytest.fixture
def raw() -> dict[str, Any]:
    """The file as it is, to be spoilt."""
    return deepcopy(yaml.safe_load(FILE))


@pytest.fixture
def choice(settings: Settings) -> Iterator[Settings]:
    """Settings whose choice of countries counts."""
    law_rules.book.cache_clear()
    law.terms_for.cache_clear()
    yield settings
    law_rules.book.cache_clear()
    law.terms_for.cache_clear()


class TestTheFile:
    def test_every_change_of_it_is_a_new_version(self) -> None:
        """Decisions keep the version: raise it, and gate.POLICY, and note the new print here."""
        version = yaml.safe_load(FILE)["version"]
        assert version <= gate.POLICY
        assert sha256(FILE.encode()).hexdigest()[:16] == PRINTS[version]

    def test_every_rule_says_where_it_is_written_and_since_when(self) -> None:
        for rule in law_rules.book().rules:
            assert rule.source
            assert rule.says.endswith(".")
            assert rule.since <= DAY

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"name": "X"}, "no name for a rule"),
            ({"kind": "wishes"}, "cannot be read"),
            ({"where": ["Atlantis"]}, "no place called"),
            ({"where": ["US-ZZ"]}, "no place called"),
            ({"channel": "pigeon"}, "cannot be read"),
            ({"purpose": "fun"}, "cannot be read"),
            ({"value": {"withdrawn": 1}}, "cannot be read"),
            ({"value": {}}, "cannot be read"),
            ({"from": None}, "needs a date"),
            ({"source": " "}, "needs a date"),
            ({"says": "No full stop"}, "needs a date"),
            ({"until": date(2000, 1, 1)}, "ends before it begins"),
            ({"name": "mail-any-ground"}, "says again"),
            ({"kind": "hours", "value": {"mon-fri": "20:00-08:00"}}, "cannot be read"),
            ({"kind": "notice", "value": {"warn": 28, "stop": 21, "decide": 30}}, "cannot be read"),
            ({"kind": "retention", "value": 0}, "cannot be read"),
            ({"kind": "pixel", "value": "always"}, "cannot be read"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, raw: dict[str, Any], change: dict[str, Any], said: str
    ) -> None:
        (rule,) = [rule for rule in raw["rules"] if rule["name"] == "de-mail-consent-first"]
        rule.update(change)
        with pytest.raises(LawError, match=said):
            law_rules.read(raw)

    def test_two_rules_for_one_place_and_day_are_refused(self, raw: dict[str, Any]) -> None:
        (rule,) = [rule for rule in raw["rules"] if rule["name"] == "ca-casl"]
        raw["rules"].append({**rule, "name": "ca-again"})
        with pytest.raises(LawError, match="says again"):
            law_rules.read(raw)

    def test_of_two_rules_for_one_place_the_later_one_counts(
        self, raw: dict[str, Any], choice: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (rule,) = [rule for rule in raw["rules"] if rule["name"] == "ca-casl"]
        newer = {**rule, "name": "ca-new", "from": date(2027, 1, 1), "value": {"consent": None}}
        # Whichever of them stands first in the file.
        for rules in ([*raw["rules"], newer], [newer, *raw["rules"]]):
            book = law_rules.read({**raw, "rules": rules})
            with monkeypatch.context() as patch:
                patch.setattr(law_rules, "book", lambda book=book: book)
                law.terms_for.cache_clear()
                assert law.terms("CA", on=DAY).grounds_by == "ca-casl"
                assert law.terms("CA", on=date(2027, 1, 1)).grounds_by == "ca-new"


class TestGrounds:
    @pytest.mark.parametrize("country", ["DE", "AT"])
    def test_mail_needs_consent_first_in_germany_and_austria(self, country: str) -> None:
        assert law.needs_consent_first(country, on=DAY)
        assert dict(law.terms(country, on=DAY).grounds) == {"consent": None, "inquiry": 6}

    @pytest.mark.parametrize("country", ["FR", "GB", "CH", "US", "IN"])
    def test_elsewhere_any_ground_is_good_enough(self, country: str) -> None:
        assert not law.needs_consent_first(country, on=DAY)

    @pytest.mark.parametrize("country", ["DE", "FR", "US", "CA", "", "JP"])
    def test_a_text_needs_consent_everywhere(self, country: str) -> None:
        assert set(law.terms(country, channel=Channel.SMS, on=DAY).grounds) == {"consent"}

    def test_implied_consent_in_canada_ends(self) -> None:
        canada = law.terms("CA", on=DAY)
        began = datetime(2024, 8, 31, 12, tzinfo=UTC)
        assert canada.ends("relationship", began) == datetime(2026, 8, 31, 12, tzinfo=UTC)
        assert canada.ends("inquiry", began) == datetime(2025, 2, 28, 12, tzinfo=UTC)
        assert canada.ends("consent", began) is None
        assert "legitimate_interest" not in canada.grounds

    def test_a_rule_does_not_hold_before_its_day(self) -> None:
        assert not law.needs_consent_first("CA", on=date(2014, 6, 30))
        assert law.needs_consent_first("CA", on=date(2014, 7, 1))

    def test_of_an_unknown_country_the_strictest_holds(self) -> None:
        everywhere = law.terms("", on=DAY)
        assert dict(everywhere.grounds) == {"consent": None, "inquiry": 6}
        assert everywhere.notice == Clock(21, 28, 30)
        assert law.retention_months("", on=DAY) == 12

    def test_an_organisation_may_ask_for_consent_in_more_countries(self, choice: Settings) -> None:
        choice.CONSENT_FIRST = ["PL", "-DE"]
        assert law.needs_consent_first("PL", on=DAY)
        assert law.needs_consent_first("AT", on=DAY)
        assert not law.needs_consent_first("DE", on=DAY)
        assert "your own choice" in law.cited("own-consent-first-pl")

    @pytest.mark.parametrize("choices", [["Poland"], ["-FR"], ["-CA"]])
    def test_no_choice_switches_the_law_off(self, raw: dict[str, Any], choices: list[str]) -> None:
        with pytest.raises(LawError, match="WARMBENCH_CONSENT_FIRST"):
            law_rules.read(raw, choices)


class TestHours:
    @pytest.mark.parametrize(
        ("region", "weekday", "span"),
        [
            ("Florida", 0, (time(8), time(20))),
            ("CT", 0, (time(9), time(20))),
            ("Texas", 5, (time(9), time(21))),
            ("Texas", 6, (time(12), time(21))),
            ("Rhode Island", 4, (time(9), time(18))),
            ("Rhode Island", 5, (time(10), time(17))),
            ("California", 6, (time(8), time(21))),
            # Not said which: what suits all of them.
            ("", 0, (time(9), time(18))),
            ("", 6, (time(12), time(17))),
            ("Nowhere", 0, (time(9), time(18))),
        ],
    )
    def test_of_texts_in_the_united_states(
        self, region: str, weekday: int, span: tuple[time, time]
    ) -> None:
        hours = law.terms("US", region, Channel.SMS, on=DAY).hours
        assert hours is not None
        assert hours[weekday] == span

    @pytest.mark.parametrize("country", ["US", "DE", ""])
    def test_mail_has_none(self, country: str) -> None:
        assert law.terms(country, on=DAY).hours is None

    @settings(deadline=None)
    @given(
        st.lists(
            st.none() | st.tuples(st.integers(0, 11), st.integers(12, 23)), min_size=7, max_size=7
        ),
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001
        st.sampled_from(["America/New_York", "America/Los_Angeles", "Pacific/Honolulu"]),
    )
    def test_only_ever_narrow_our_own(
        self, spans: list[tuple[int, int] | None], at: datetime, zone: str
    ) -> None:
        allowed: Hours = tuple(s and (time(s[0]), time(s[1])) for s in spans)
        now = at.replace(tzinfo=UTC)
        opens = windows.next_open(now, (zone,), "US", windows.SMS, allowed)
        if opens is None:
            return
        ours = windows.next_open(now, (zone,), "US", windows.SMS)
        assert ours is not None
        assert opens >= ours
        here = opens.astimezone(ZoneInfo(zone))
        lawful = allowed[here.weekday()]
        assert lawful is not None
        assert lawful[0] <= here.time() < lawful[1]
        assert windows.DAYTIME.start <= here.time() < windows.DAYTIME.end

    def test_the_gate_says_when_the_law_closes_earlier_than_we_do(self) -> None:
        # Half past six in the evening in Providence.
        now = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
        person = replace(
            ANA, country="US", region="RI", time_zone="America/New_York", address="+14015550100"
        )
        box = replace(BOX, is_registered_in_us=True)
        verdict = gate.judge(Touch("content", "sms"), person, box, frozenset(), now=now)
        tomorrow_at_nine = datetime(2026, 3, 4, 14, tzinfo=UTC)
        assert verdict == Later(
            tomorrow_at_nine, Reason.QUIET_HOURS, law.terms("US", "RI", "sms", on=DAY).hours_by
        )
        elsewhere = replace(person, region="NY")
        assert gate.judge(Touch("content", "sms"), elsewhere, box, frozenset(), now=now) == Allow()

    def test_our_own_evening_is_no_matter_of_law(self) -> None:
        now = datetime(2026, 3, 4, 2, tzinfo=UTC)
        person = replace(ANA, country="US", region="NY", time_zone="America/New_York")
        verdict = gate.judge(Touch("content", "sms"), person, BOX, frozenset(), now=now)
        assert isinstance(verdict, Later)
        assert verdict.reason == Reason.WINDOW


class TestNotice:
    @pytest.mark.parametrize(
        ("country", "asks"),
        [("DE", True), ("NO", True), ("GB", True), ("CH", True), ("US", False), ("IN", False)],
    )
    def test_is_asked_for_in_europe(self, country: str, asks: bool) -> None:
        assert (law.terms(country, on=DAY).notice is not None) == asks

    @pytest.mark.parametrize(("days", "is_late"), [(27, False), (28, True), (400, True)])
    def test_all_use_stops_on_the_twenty_eighth_day(self, days: int, is_late: bool) -> None:
        unaware = replace(ANA, obtained_at=NOW - timedelta(days=days))
        late = Refuse(Reason.NOTICE_OVERDUE, "gdpr-notice")
        assert _judge(unaware) == (late if is_late else Allow())
        assert _judge(replace(unaware, obtained_at=None)) == Allow()
        assert _judge(replace(unaware, country="US", basis="relationship")) == Allow()

    def test_a_first_message_names_the_source_where_the_law_asks_for_it(self) -> None:
        unaware = replace(ANA, source="Old ATS", obtained_at=NOW - timedelta(days=40))
        touch = Touch("welcome")
        assert gate.notice(touch, unaware, now=NOW) == {
            "notice_source": "Old ATS",
            "notice_since": "2026-01",
        }
        for person in (
            replace(unaware, obtained_at=None),
            replace(unaware, country="US"),
            # Without knowing it ourselves we cannot say it, and it does not count.
            replace(unaware, source=""),
        ):
            assert gate.notice(touch, person, now=NOW) == {}


def test_retention_and_what_a_message_must_say() -> None:
    assert [law.retention_months(c, on=DAY) for c in ("FR", "DE", "GB", "US")] == [24, 12, 12, None]
    assert all(law.pixel_needs_consent(c, on=DAY) for c in ("FR", "US", ""))
    assert law.way_out("CA", on=DAY).link_days == 60
    assert law.way_out("US", on=DAY).within_days == 10
    assert law.way_out("", on=DAY).within_days == 2
    assert "every 30 days" in law.way_out("US", Channel.SMS, on=DAY).hint
    assert "a second way to reach us" in law.identity("CA", on=DAY)
    assert "postal address" in law.identity("DE", on=DAY)


def test_a_rule_of_an_earlier_version_is_cited_no_more() -> None:
    assert law.cited("de-mail-consent-first").endswith("(UWG § 7 (2) no. 2).")
    assert law.cited("once-upon-a-time") == law.source("once-upon-a-time") == law.cited("") == ""


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(-30, 30))  # noqa: DTZ001
def test_months_later_is_as_the_database_counts(at: datetime, months: int) -> None:
    later = months_after(at, months)
    assert (later.year * 12 + later.month) - (at.year * 12 + at.month) == months
    assert later.day <= at.day
    assert later.day == at.day or (later + timedelta(days=1)).day == 1


# C27, over everything that is known of a person, for each channel and purpose.

SUPPRESSED = {"": None} | {
    reason: gate._SUPPRESSED.get(reason, Refuse(Reason.SUPPRESSED)).reason
    for reason in Suppression.Reason
    if reason != Suppression.Reason.ADDRESS_DEAD
}
STATUSES = dict.fromkeys(("passive", "open", "searching")) | {
    "do_not_contact": Reason.DO_NOT_CONTACT,
    "placed": Reason.PLACED,
    "hired": Reason.HIRED,
    "applied": Reason.APPLIED,
}
COUNTRIES = ("DE", "CA", "FR", "US")
LATE = NOW - timedelta(days=29)
LONG_AGO = NOW - timedelta(days=3 * 366)


def _judge(person: Standing) -> Verdict:
    return gate.judge(Touch("content"), person, BOX, frozenset(), now=NOW)


def _permitted(country: str, channel: str, basis: str) -> Reason | None:
    """What permission comes to, of grounds that were alive three years ago: told twice."""
    if not basis:
        return Reason.NO_CONSENT
    if basis == "consent":
        return None
    if channel == "sms":
        return Reason.CONSENT_FIRST
    if country == "DE":
        return Reason.IMPLIED_EXPIRED if basis == "inquiry" else Reason.CONSENT_FIRST
    if country == "CA":
        return Reason.CONSENT_FIRST if basis == "legitimate_interest" else Reason.IMPLIED_EXPIRED
    return None


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("purpose", list(Message.Purpose))
def test_suppression_then_law_then_status_then_permission_then_recruiter_then_campaign(
    channel: str, purpose: str
) -> None:
    stop = (Switch.Scope.EVERYTHING, 0)
    bases = ["", *Consent.Basis]
    for suppressed, status, basis, country, is_told, is_others, is_stopped, kind in product(
        SUPPRESSED, STATUSES, bases, COUNTRIES, *[(True, False)] * 3, (Purpose.NURTURE, "alert")
    ):
        person = replace(
            ANA,
            suppressed=suppressed,
            status=status,
            basis=basis,
            basis_since=LONG_AGO,
            country=country,
            obtained_at=None if is_told else LATE,
            owner_id=8 if is_others else 7,
        )
        is_overdue = not is_told and country in {"DE", "FR"}
        ranked = (
            SUPPRESSED[suppressed],
            Reason.CONSENT_WITHDRAWN if basis == "withdrawn" else None,
            Reason.NOTICE_OVERDUE if is_overdue else None,
            STATUSES[status],
            _permitted(country, channel, basis),
            Reason.OWNER_CHANGED if is_others and purpose in {"check_in", "alert"} else None,
            Reason.STOPPED if is_stopped else None,
        )
        expected = next((reason for reason in ranked if reason), None)
        touch = Touch(purpose, channel, permission=kind)
        switches = frozenset([stop] if is_stopped else [])
        verdict = gate.judge(touch, person, BOX, switches, now=NOW)
        assert expected == (None if isinstance(verdict, Allow) else verdict.reason), (person, touch)


def test_every_status_and_every_basis_is_in_the_matrix() -> None:
    assert set(STATUSES) == set(Candidate.Status)
    assert set(Reason) >= {r for r in (*SUPPRESSED.values(), *STATUSES.values()) if r}
