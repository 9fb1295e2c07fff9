"""A text is judged by the examples that it is like, the same way each time, in little time."""

import time

import pytest

from warmbench.messaging.inbound import likeness, meaning


class TestLearnt:
    @pytest.mark.parametrize("name", ["stops", "wants"])
    def test_classes_share_what_is_likely(self, name: str) -> None:
        judge = likeness.learnt(name)
        for found in judge.probabilities(["Take me off your list", "Ja, gern", "?"]):
            assert set(found) == set(judge.classes)
            assert sum(found.values()) == pytest.approx(1, abs=1e-5)

    def test_the_same_text_is_judged_alike_alone_and_among_others(self) -> None:
        judge = likeness.learnt("stops")
        alone = judge.probabilities(["Bitte löschen Sie meine Daten"])[0]
        among = judge.probabilities(["Yes!", "Bitte löschen Sie meine Daten", "What?"])[1]
        assert among["stop"] == pytest.approx(alone["stop"], abs=1e-4)

    def test_reasons_are_words_of_the_text(self) -> None:
        found = likeness.learnt("stops").reasons("Please unsubscribe me", "stop")
        assert any("unsubscribe" in each for each in found)

    def test_an_ordinary_mail_takes_no_time(self) -> None:
        judge = likeness.learnt("wants")
        text = (
            "Thank you for your message. The role sounds good, but I start elsewhere in May. " * 3
        )
        judge.probabilities([text])
        began = time.process_time()
        for _ in range(10):
            judge.probabilities([text])
        assert (time.process_time() - began) / 10 < 0.05


class TestMeaning:
    def test_is_near_across_languages(self) -> None:
        one, same, other = meaning.vectors(
            ["Please delete my data", "Bitte löschen Sie meine Daten", "The train is late again"]
        )
        assert one @ same > one @ other + 0.3
