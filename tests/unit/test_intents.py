"""What a reply wants is judged, with an honest word on how sure that is."""

import pickle
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bench import replies
from warmbench.messaging.inbound import intents, likeness, mail, words
from warmbench.messaging.inbound.intents import Intent
from warmbench.messaging.inbound.optouts import Tier
from warmbench.messaging.models.inbound import InboundMail

TODAY = date(2027, 3, 10)


def intent(text: str) -> Intent:
    return words.judge(text, channel="mail", today=TODAY).intent


class TestIntents:
    def test_are_judged_as_well_as_measured(self) -> None:
        found = replies.intents_on("test")
        assert found.accuracy >= 0.85
        assert found.macro_f1 >= 0.85
        assert found.sure_precision >= 0.94
        assert found.coverage >= 0.7
        assert found.days >= 0.85

    def test_have_the_names_that_are_stored(self) -> None:
        assert set(likeness.learnt("wants").classes) == set(InboundMail.Intent.values)

    def test_say_what_they_go_by(self) -> None:
        said = "not for me but my colleague ana might like it"
        found = intent(said)
        assert found.name == "referral"
        assert found.evidence
        assert all(each.strip("\u201c\u201d") in said for each in found.evidence)

    def test_not_now_has_its_day(self) -> None:
        found = intent("Not at the moment, please ask me again in six months.")
        assert found.name == "not_now"
        assert found.until == date(2027, 9, 10)

    def test_whoever_asks_to_stop_is_not_asked_for_more(self) -> None:
        found = words.judge("Stop.", channel="sms", today=TODAY)
        assert found.opt_out.tier is Tier.STOP
        assert found.intent.name == "unsubscribe"

    def test_of_a_text_without_words_nothing_is_sure(self) -> None:
        for text in ("", "\u2026", "\U0001f914"):
            assert intent(text).confidence < intents.SURE

    @settings(deadline=None)  # the first one loads what was learnt
    @given(st.text(max_size=300))
    def test_any_text_can_be_judged(self, text: str) -> None:
        found = intent(text)
        assert found.name in InboundMail.Intent.values
        assert 0 <= found.confidence <= 1


class TestWords:
    def test_an_automatic_answer_asks_for_nothing(self) -> None:
        raw = b"Auto-Submitted: auto-replied\n\nOut of office until 15 March. Unsubscribe"
        found = words.read(mail.read(raw), today=TODAY)
        assert found.auto
        assert found.opt_out.tier is Tier.NO
        assert found.intent.name == "out_of_office"
        assert found.intent.until == date(2027, 3, 16)

    def test_the_subject_counts_where_the_mail_is_empty(self) -> None:
        found = words.read(mail.read(b"Subject: unsubscribe\n\n"), today=TODAY)
        assert found.opt_out.tier is Tier.STOP

    def test_can_go_from_one_process_to_another(self) -> None:
        found = words.read(mail.read(b"Subject: Re: a role\n\nYes, call me."), today=TODAY)
        assert pickle.loads(pickle.dumps(found)) == found

    @settings(deadline=None)  # the first one loads what was learnt
    @given(st.binary(max_size=400))
    def test_any_mail_can_be_read(self, raw: bytes) -> None:
        assert words.read(mail.read(raw), today=TODAY).intent.name in InboundMail.Intent.values
