"""Whoever asks us to stop is heard, and who does not is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import replies
from warmbench.messaging.inbound import optouts, plain
from warmbench.messaging.inbound.optouts import Channel, Keyword, Tier

KEYWORDS = (
    *("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"),
    *("OPT-OUT", "ARRET", "ARRÊT", "BAJA", "STOPP", "ABMELDEN"),
)


def tier(text: str, channel: Channel = "mail") -> Tier:
    return optouts.judge(text, channel=channel).tier


class TestKeywords:
    @pytest.mark.parametrize("word", KEYWORDS)
    def test_act_however_they_are_written(self, word: str) -> None:
        for text in (word, word.lower(), f" {word}!!! ", f"{word} \U0001f6d1", f"please {word}."):
            found = optouts.judge(text, channel="sms")
            assert found.tier is Tier.STOP, text
            assert found.keyword is Keyword.STOP

    @pytest.mark.parametrize("word", ["START", "unstop", "Yes!"])
    def test_start_is_known_in_text_messages(self, word: str) -> None:
        assert optouts.judge(word, channel="sms").keyword is Keyword.START

    @pytest.mark.parametrize("word", ["HELP", "info", "Help?"])
    def test_help_is_known_in_text_messages(self, word: str) -> None:
        found = optouts.judge(word, channel="sms")
        assert found.keyword is Keyword.HELP
        assert found.tier is Tier.NO

    def test_mails_have_no_keywords_to_start_or_help(self) -> None:
        assert optouts.judge("help", channel="mail").keyword is None


class TestFreeText:
    def test_is_judged_as_well_as_measured(self) -> None:
        found = replies.optouts_on("test")
        assert found.stopped_or_asked >= 0.975
        assert found.falsely_stopped <= 0.045
        assert found.falsely_asked <= 0.175

    @pytest.mark.parametrize(
        "text",
        [
            "Please take me off your list.",
            "Löschen Sie bitte meine Daten.",
            "Merci de ne plus me contacter.",
            "No me contacten más.",
            "Verwijder mij uit jullie bestand.",
            "Non contattatemi più.",
            "Não me contactem mais.",
            "Proszę do mnie więcej nie pisać, proszę mnie usunąć z listy.",
        ],
    )
    def test_stops_at_once_in_eight_languages(self, text: str) -> None:
        assert tier(text) is Tier.STOP

    @pytest.mark.parametrize(
        "text",
        [
            "Unsubscribe rates went up after our last campaign.",
            "Can you stop by on Tuesday?",
            "Don't hesitate to contact me again.",
            "Bitte nicht vor März melden.",
            "Non scrivetemi prima di marzo.",
            "Not interested, thanks.",
        ],
    )
    def test_what_only_looks_like_it_does_not_stop(self, text: str) -> None:
        assert tier(text) is not Tier.STOP

    @pytest.mark.parametrize("rule", optouts.rules(), ids=lambda rule: rule.example)
    def test_each_rule_fits_what_it_was_written_for(self, rule: optouts.Rule) -> None:
        assert any(rule.pattern.search(line) for line in plain.sentences(plain.fold(rule.example)))
        assert tier(rule.example) is not Tier.NO

    def test_a_wish_is_found_in_the_middle_of_a_long_letter(self) -> None:
        story = "The garden is doing well and the children have grown. " * 12
        assert tier(story) is Tier.NO
        assert tier(f"{story}Please delete my data and stop writing to me. {story}") is Tier.STOP

    def test_says_which_rules_found_it(self) -> None:
        assert "remove_me" in optouts.judge("Please delete my data.", channel="mail").rules

    @settings(deadline=None)  # the first one loads what was learnt
    @given(st.text(max_size=300), st.sampled_from(["mail", "sms"]))
    def test_any_text_can_be_judged(self, text: str, channel: Channel) -> None:
        found = optouts.judge(text, channel=channel)
        assert (found.tier is Tier.NO) or found.rules

    def test_a_hostile_megabyte_does_not_hang_it(self) -> None:
        for text in ("do not " * 150_000, "a" * 1_000_000, "stop\n" * 200_000, "?" * 1_000_000):
            assert optouts.judge(text, channel="sms").tier in Tier
