"""Automatic answers are told from people's, and their days are read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import replies
from warmbench.messaging.inbound import absences, auto_replies, days, mail, not_now
from warmbench.messaging.inbound.auto_replies import AutoKind, AutoReply

WEDNESDAY = date(2027, 3, 10)


def found_in(headers: str, body: str) -> AutoReply | None:
    return auto_replies.find(mail.read(f"{headers}\n\n{body}".encode()), today=WEDNESDAY)


class TestAutoReplies:
    def test_are_found_as_well_as_measured(self) -> None:
        found = replies.autos_on("test")
        assert found.found >= 0.95
        assert found.people_taken <= 1
        assert found.kinds >= 0.92
        assert found.days >= 0.87
        assert found.wrong_days <= 0.08
        assert found.addresses >= 0.9

    def test_whoever_says_it_is_no_machine_is_believed(self) -> None:
        assert found_in("Auto-Submitted: no\nSubject: Out of office", "Away until 3 May.") is None

    def test_precedence_alone_makes_nobody_a_machine(self) -> None:
        assert found_in("Precedence: bulk\nSubject: Re: a role", "Yes, call me.") is None

    def test_a_reply_to_an_automatic_reply_is_a_persons(self) -> None:
        head = "Subject: Re: Automatic reply: a role\nReturn-Path: <>"
        assert found_in(head, "I'm back. Shall we talk?") is None

    def test_tells_the_new_address_from_a_colleagues(self) -> None:
        head = (
            "Auto-Submitted: auto-replied\nSubject: Goodbye\nFrom: Ana Ruiz <ana@old.example.com>"
        )
        body = "I have left the company. I'm at ana.ruiz@example.org; ask bob@old.example.com here."
        found = found_in(head, body)
        assert found
        assert found.kind is AutoKind.LEFT_COMPANY
        assert found.new_address == "ana.ruiz@example.org"
        assert found.colleague == "bob@old.example.com"
        assert "left the company" in found.sentence

    def test_a_past_day_and_one_far_ahead_are_none(self) -> None:
        for day in ("2 March", "1 May 2031"):
            found = found_in("Auto-Submitted: auto-replied", f"Out of office until {day}.")
            assert found
            assert found.until is None


class TestFirstDayBack:
    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("I'm back on Monday 15 March.", date(2027, 3, 15)),
            ("Out of the office until Friday, March 19th.", date(2027, 3, 20)),
            ("I will not return until 22 March.", date(2027, 3, 22)),
            ("Away 12-16 April", date(2027, 4, 17)),
            ("Ich bin vom 11. bis einschließlich 19. März im Urlaub.", date(2027, 3, 20)),
            ("Ab dem 29.03.2027 bin ich wieder erreichbar.", date(2027, 3, 29)),
            ("Je suis absent du 11 au 19 mars inclus.", date(2027, 3, 20)),
            ("Regreso el próximo 22 de marzo", date(2027, 3, 22)),
            ("Ik ben afwezig van 11 t/m 19 maart.", date(2027, 3, 20)),
            ("Sono in ferie dall'11 al 19 marzo.", date(2027, 3, 20)),
            ("Estarei ausente de 11 a 19 de março.", date(2027, 3, 20)),
            ("Urlop od 11 do 19 marca", date(2027, 3, 20)),
            ("On maternity leave until September", date(2027, 9, 1)),
            ("I'm away all week", date(2027, 3, 15)),
            ("I'm on leave since 1 March", None),
            ("I may march to a different tune, 020 7946 0188", None),
        ],
    )
    def test_is_read_in_every_language(self, text: str, day: date | None) -> None:
        assert absences.first_day_back(text, today=WEDNESDAY) == day

    def test_the_place_says_which_number_is_the_month(self) -> None:
        text = "Back 04/05"
        assert absences.first_day_back(text, today=WEDNESDAY, american=True) == date(2027, 4, 5)
        assert absences.is_american("PTO until 04/05 (Austin, TX)", "")
        assert not absences.is_american("Regards from Leeds", "Wed, 10 Mar 2027 10:00:00 +0000")


class TestNotNow:
    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("Ask me in May", date(2027, 5, 1)),
            ("after March", date(2027, 4, 1)),
            ("in six months", date(2027, 9, 10)),
            ("Mitte Mai", date(2027, 5, 15)),
            ("à la rentrée", date(2027, 9, 1)),
            ("eind mei", date(2027, 5, 31)),
            ("za pół roku", date(2027, 9, 10)),
            ("next week", date(2027, 3, 15)),
            ("when the project is over", None),
            ("I started two years ago", None),
        ],
    )
    def test_the_day_to_ask_again_is_read(self, text: str, day: date | None) -> None:
        assert not_now.until(text, today=WEDNESDAY) == day


class TestDays:
    @given(st.text(max_size=300), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
    def test_any_text_on_any_day_can_be_read(self, text: str, today: date) -> None:
        assert all(day.first <= day.last for day in days.find(text, today=today))

    @given(
        st.lists(
            st.sampled_from(
                [
                    "until",
                    "back",
                    "on",
                    "31",
                    "30.",
                    "2/29",
                    "feb",
                    "may",
                    "2027",
                    "in",
                    "six",
                    "months",
                    "q4",
                    "-",
                    "to",
                    "und",
                    "le",
                    "the",
                    "12th",
                ]
            ),
            max_size=12,
        ),
        st.dates(date(2020, 1, 1), date(2060, 1, 1)),
    )
    def test_any_heap_of_dates_can_be_read(self, words: list[str], today: date) -> None:
        text = " ".join(words)
        assert all(day.first <= day.last for day in days.find(text, today=today))
        assert (not_now.until(text, today=today) or date.max) > today

    def test_a_hostile_megabyte_does_not_hang_it(self) -> None:
        for text in ("until 3 may 2027 " * 60_000, "1/2/" * 250_000, "the 12th of " * 80_000):
            days.find(text, today=WEDNESDAY)
