"""The preferences page: prefilled with what is known, kept at once, acted upon."""

from datetime import date, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from tests import make
from tests.make import NOW
from tests.web.public.forms import filled
from tests.web.public.pages import (
    LATER,
    assert_leaves_no_trace,
    may_be_written_to,
    page_of,
    rows,
)
from warmbench.accounts.models import Organisation
from warmbench.core import tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging.letters import LINKS_LAST
from warmbench.messaging.models import Message
from warmbench.people import consent, facts
from warmbench.people.candidates import PauseReason
from warmbench.people.models import (
    Candidate,
    CandidateFact,
    CandidateTag,
    Channel,
    Consent,
    ContactPoint,
    Suppression,
    Tag,
    UnmatchedSkill,
)
from warmbench.signals import preferences, wishes
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.preferences import Answers


def path_of(mail: Message) -> str:
    return page_of(mail, Purpose.PREFERENCE)


def save(reader: Client, mail: Message, **changes: str | list[str]) -> HttpResponse:
    """Change what is named, leave the rest of the page as it is, and save."""
    path = path_of(mail)
    answer = reader.post(path, filled(reader.get(path), **changes))
    assert isinstance(answer, HttpResponse)
    return answer


def held(candidate: Candidate) -> dict[str, object]:
    found = facts.current(candidate.pk)
    return {kind: fact.value for (kind, _), fact in found.items() if fact.value is not None}


class TestTheWayThingsStand:
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_is_shown_and_nothing_is_changed(
        self, ana: Candidate, mail: Message, reader: Client, method: str
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(status=Candidate.Status.OPEN)
        before = rows()

        response = getattr(reader, method)(path_of(mail))

        assert response.status_code == 200
        assert_leaves_no_trace(response)
        assert rows() == before
        if method == "get":
            form = filled(response)
            assert (form["status"], form["pause"], form["rhythm"]) == (["open"], ["keep"], [""])

    def test_can_be_another_one(self, ana: Candidate, mail: Message, reader: Client) -> None:
        response = save(reader, mail, status="searching")

        assert response.status_code == 200
        assert b"Thank you" in response.content
        assert_leaves_no_trace(response)
        ana.refresh_from_db()
        assert (ana.status, ana.status_since, ana.paused_at) == ("searching", LATER, None)
        signal = Signal.objects.get()
        assert (signal.kind, signal.grade) == ("preferences_updated", "certain")
        assert (signal.topic, signal.message_id) == ("Searching", mail.pk)
        assert not CandidateFact.objects.exists(), "nothing else was said"

    def test_stays_if_it_is_ours_to_give(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(status=Candidate.Status.PLACED)
        assert "status" not in filled(reader.get(path_of(mail)))

        save(reader, mail, status="searching")

        ana.refresh_from_db()
        assert ana.status == "placed"
        assert Signal.objects.get().topic == "Searching"

    def test_is_one_signal_a_day_however_often_it_is_said(
        self, mail: Message, reader: Client
    ) -> None:
        for status in ("passive", "searching", "searching"):
            save(reader, mail, status=status)

        assert Signal.objects.get().topic == "Searching"

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"status": "placed"},
            {"status": "open", "pause": "12"},
            {"pause": "3"},
            {"status": "open"},
            {"status": "open", "pause": "until"},
            {"status": "open", "pause": "until", "until": "2026-03-03"},
            {"status": "open", "pause": "until", "until": "2199-01-01"},
            {"status": "open", "pause": "until", "until": "soon"},
            {"status": "open", "pause": "keep", "amount": "plenty"},
            {"status": "open", "pause": "keep", "amount": "1", "currency": "XXX"},
            {"status": "open", "pause": "keep", "rhythm": "12"},
            {"status": "open", "pause": "keep", "kinds": "reengage"},
            {"status": "open", "pause": "keep", "remote": "moon"},
            {"status": "open", "pause": "keep", "places": "a\0b"},
        ],
    )
    def test_is_asked_again_after_what_is_no_answer(
        self, ana: Candidate, mail: Message, reader: Client, data: dict[str, str]
    ) -> None:
        response = reader.post(path_of(mail), data)

        assert response.status_code == 200
        assert b"errorlist" in response.content
        assert b"Nothing has been saved" in response.content
        assert not Signal.objects.exists()
        assert not CandidateFact.objects.exists()


class TestAPause:
    @pytest.mark.parametrize(("months", "days"), [("3", 93), ("6", 186)])
    def test_lasts_for_months(
        self, ana: Candidate, mail: Message, reader: Client, months: str, days: int
    ) -> None:
        response = save(reader, mail, pause=months)

        ana.refresh_from_db()
        assert ana.paused_until == LATER + timedelta(days=days)
        assert ana.pause_reason == PauseReason.ASKED
        until = f"{ana.paused_until:%-d %B %Y}"
        assert f"no messages until {until}" in Signal.objects.get().topic
        assert f"We will not write before {ana.paused_until:%-d %b %Y}" in str(response.content)

    def test_lasts_until_a_day_where_she_lives(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        response = save(reader, mail, pause="until", until="2026-06-14")

        ana.refresh_from_db()
        assert ana.paused_until is not None
        assert ana.paused_until.isoformat() == "2026-06-13T22:00:00+00:00", "midnight in Berlin"
        assert b"We will not write before 14 Jun 2026" in response.content

    def test_of_somebody_without_a_clock_ends_where_we_work(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(time_zone="")
        Organisation.objects.update(default_time_zone="America/New_York")
        response = save(reader, mail, pause="until", until="2026-06-14")
        assert b"We will not write before 14 Jun 2026" in response.content

    def test_is_told_and_kept_while_a_person_answers_her(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(paused_at=NOW, pause_reason=PauseReason.REPLIED)
        response = save(reader, mail, pause="until", until="2026-06-14")
        assert b"We will not write before 14 Jun 2026" in response.content

    def test_is_kept_unless_told_otherwise(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        save(reader, mail, pause="6")
        assert "as you asked" in reader.get(path_of(mail)).content.decode()

        save(reader, mail, status="open")
        ana.refresh_from_db()
        assert ana.paused_until is not None

        save(reader, mail, pause="3")
        ana.refresh_from_db()
        assert ana.paused_until == LATER + timedelta(days=93)

        save(reader, mail, pause="0")
        ana.refresh_from_db()
        assert ana.paused_at is None

    def test_for_another_reason_is_not_ended(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        Candidate.objects.filter(pk=ana.pk).update(paused_at=NOW, pause_reason=PauseReason.REPLIED)

        save(reader, mail, pause="3")

        ana.refresh_from_db()
        assert (ana.paused_at, ana.paused_until) == (NOW, None)


class TestWishes:
    def test_are_kept_with_whose_word_it_is_and_where_it_stands(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        save(
            reader,
            mail,
            status="open",
            amount="98.000",
            currency="EUR",
            places="Lyon, Freiburg\nAustin, TX",
            remote="hybrid",
            rhythm="2",
        )

        assert held(ana) == {
            "pay": {"amount": "98000", "currency": "EUR", "period": "year"},
            "places": [
                {"words": "Lyon", "city": "Lyon", "region": "", "country": "FR"},
                {"words": "Freiburg", "city": "Freiburg", "region": "", "country": "DE"},
                {"words": "Austin, TX", "city": "Austin", "region": "TX", "country": "US"},
            ],
            "remote": "hybrid",
            "rhythm": {"months": 2},
        }
        for fact in CandidateFact.objects.all():
            assert (fact.source, fact.at, fact.message_id) == ("candidate", LATER, mail.pk)
            assert fact.evidence == f"Preferences page, message {mail.pk}"
        assert Signal.objects.get().topic == (
            "Open to offers, at least €98,000 a year, Lyon or Freiburg or Austin, TX, hybrid,"
            " at most once in 2 months"
        )

    def test_are_there_again_on_the_next_visit(self, mail: Message, reader: Client) -> None:
        wishes = {"amount": "650", "currency": "CHF", "period": "day", "places": "Basel, Bern"}
        save(reader, mail, **wishes, remote="any", rhythm="3", kinds=["tip"])

        form = filled(reader.get(path_of(mail)))

        assert [form[name][0] for name in wishes] == ["650", "CHF", "day", "Basel\nBern"]
        assert (form["remote"], form["rhythm"], form["kinds"]) == (["any"], ["3"], ["tip"])

    def test_that_are_the_same_are_not_said_again(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        for _ in range(3):
            save(reader, mail, amount="98000", places="Lyon", rhythm="2")
        assert CandidateFact.objects.count() == 3

    def test_can_be_taken_back(self, ana: Candidate, mail: Message, reader: Client) -> None:
        save(reader, mail, amount="98000", places="Lyon", rhythm="2", kinds=["tip"])
        save(
            reader,
            mail,
            amount="",
            places="",
            rhythm="",
            kinds=["trends", "salary", "tip", "spotlight"],
        )

        assert held(ana) == {}
        ana.refresh_from_db()
        assert ana.gap_days is None

    def test_for_fewer_messages_act_at_once(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        save(reader, mail, rhythm="3")
        ana.refresh_from_db()
        assert ana.gap_days == 91

    def test_begin_with_the_currency_of_the_country(self, mail: Message, reader: Client) -> None:
        assert filled(reader.get(path_of(mail)))["currency"] == ["EUR"]
        Candidate.objects.update(country="CH")
        assert filled(reader.get(path_of(mail)))["currency"] == ["CHF"]

    def test_say_which_places_nobody_knows(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        response = save(reader, mail, places="Lyon, by the sea")

        assert "do not know “by the sea”" in response.content.decode()
        places = held(ana)["places"]
        assert isinstance(places, list)
        assert [place["country"] for place in places] == ["FR", ""]

    def test_for_nothing_to_read_are_wishes(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        save(reader, mail, kinds=[])
        assert held(ana)["topics"] == {"kinds": [], "specialties": []}

    def test_for_other_fields_are_kept(self, ana: Candidate, mail: Message, reader: Client) -> None:
        technology = make.tag("Technology", Tag.Kind.CATEGORY)
        cloud = make.tag("Cloud", Tag.Kind.SPECIALTY, technology)
        data = make.tag("Data", Tag.Kind.SPECIALTY, technology)
        CandidateTag.objects.create(
            candidate=ana, tag=cloud, is_primary=True, source="a file", added_at=NOW
        )
        assert filled(reader.get(path_of(mail)))["specialties"] == [str(cloud.pk)]

        save(reader, mail, specialties=[str(data.pk)])

        assert held(ana)["topics"] == {
            "kinds": ["trends", "salary", "tip", "spotlight"],
            "specialties": [data.pk],
        }
        assert filled(reader.get(path_of(mail)))["specialties"] == [str(data.pk)]


class TestSkills:
    def test_that_the_tree_knows_become_tags_that_outrank_files(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        java, rust = make.tag("Java"), make.tag("Rust")
        CandidateTag.objects.create(
            candidate=ana, tag=java, source="Old ATS", confidence=0.9, added_at=NOW
        )

        save(reader, mail, skills="java; Rust,  rust\nRUST")

        tags = CandidateTag.objects.order_by("tag__name").values_list(
            "tag", "source", "confidence", "added_at"
        )
        assert list(tags) == [
            (java.pk, "candidate", 1.0, LATER),
            (rust.pk, "candidate", 1.0, LATER),
        ]
        assert held(ana)["skills"] == {"words": ["java", "Rust", "rust", "RUST"]}

    def test_that_nobody_knows_wait_for_a_decision_and_are_shown(
        self, mail: Message, reader: Client
    ) -> None:
        response = save(reader, mail, skills="eBPF wizardry")

        assert UnmatchedSkill.objects.get().text == "eBPF wizardry"
        assert b"eBPF wizardry" in response.content

    def test_are_not_more_than_anybody_gains_at_once(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        save(reader, mail, skills=",".join(f"skill {n}" for n in range(100)))
        assert UnmatchedSkill.objects.count() == preferences.MOST_SKILLS


class TestStopping:
    def test_is_one_button_away(self, ana: Candidate, mail: Message, reader: Client) -> None:
        page = reader.get(path_of(mail)).content.decode()
        path = page.split('action="/u/')[1].split('"')[0]

        assert reader.post(f"/u/{path}").status_code == 200
        assert not may_be_written_to(ana)

    def test_offers_each_channel_to_those_who_have_a_number(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        assert b"only=" not in reader.get(path_of(mail)).content
        ContactPoint.objects.create(
            candidate=ana, channel=Channel.SMS, address="+4915112345678", added_at=NOW
        )
        page = reader.get(path_of(mail)).content
        assert page.count(b"only=email") == page.count(b"only=sms") == 1

    @pytest.mark.parametrize(("channel", "other"), [("email", "sms"), ("sms", "email")])
    def test_can_be_about_one_channel(
        self, ana: Candidate, mail: Message, reader: Client, channel: str, other: str
    ) -> None:
        ContactPoint.objects.create(
            candidate=ana, channel=Channel.SMS, address="+4915112345678", added_at=NOW
        )
        consent.record(
            ana.pk, basis=Consent.Basis.CONSENT, evidence="A form", channel=Channel.SMS, now=NOW
        )

        path = page_of(mail, Purpose.UNSUBSCRIBE, f"?page&only={channel}")
        answers = {reader.post(path).content for _ in range(3)}

        assert len(answers) == 1
        assert b"You will get no more" in answers.pop()
        stop = Suppression.objects.get()
        assert stop.channel == channel
        assert stop.address == {"email": "ana@example.com", "sms": "+4915112345678"}[channel]
        assert not may_be_written_to(ana, channel)
        assert may_be_written_to(ana, other)
        assert Signal.objects.get().times == 3
        page = reader.get(path_of(mail))
        assert b"are stopped." in page.content
        assert f"only={channel}".encode() not in page.content

        reader.post(page_of(mail, Purpose.UNSUBSCRIBE))
        assert not may_be_written_to(ana, other)
        assert b"You will not hear from us again" in reader.get(path_of(mail)).content

    def test_by_a_mail_program_is_about_everything(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        reader.post(page_of(mail, Purpose.UNSUBSCRIBE, "?only=sms"))
        assert Suppression.objects.get().channel == ""

    def test_closes_the_page(self, ana: Candidate, mail: Message, reader: Client) -> None:
        consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)

        response = reader.post(path_of(mail), {"status": "open", "pause": "keep"})

        assert b"You will not hear from us again" in response.content
        assert not Signal.objects.exists()


class TestTheLink:
    def test_ends_after_ninety_days_but_not_the_way_out(
        self, ana: Candidate, mail: Message, reader: Client
    ) -> None:
        path = path_of(mail)
        with time_machine.travel(NOW + LINKS_LAST):
            page = reader.get(path)
            refused = reader.post(path, {"status": "searching", "pause": "keep"})

        assert page.status_code == 200
        assert b"This link has ended" in page.content
        assert page.content.count(b'action="/u/') == 1
        ana.refresh_from_db()
        assert ana.status == "passive"
        assert b"Alice Meyer will send you a new one" in refused.content

    def test_that_ended_can_be_asked_for_anew_once_a_day(
        self, mail: Message, reader: Client
    ) -> None:
        path = path_of(mail)
        with time_machine.travel(NOW + LINKS_LAST):
            for _ in range(3):
                reader.post(path)

        asked = FollowUp.objects.get()
        assert asked.reason == FollowUp.Reason.PREFERENCES
        assert [e["text"] for e in asked.evidence] == ["Asked for a new link to their preferences"]

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_of_nobody_is_not_there(self, mail: Message, reader: Client, method: str) -> None:
        forged = path_of(mail)[:-2]
        unknown = f"/p/{tokens.sign(Purpose.PREFERENCE, 4711, 12)}"

        assert getattr(reader, method)(forged).status_code == 404
        assert getattr(reader, method)(unknown).status_code == 200
        assert not Signal.objects.exists()

    def test_of_somebody_who_was_erased_meanwhile_is_lost(self, db: None) -> None:
        answers = Answers(status=Candidate.Status.OPEN, pause_until=date(2026, 6, 1))
        preferences.take_down(4711, answers, message_id=1, now=NOW)

        assert wishes.ask_for_link(4711, now=NOW) is None
        assert not Signal.objects.exists()
