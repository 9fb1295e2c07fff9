"""A text is judged by the examples that it is like, the same way each time."""

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

    def test_only_the_beginning_of_a_long_mail_is_looked_at(self) -> None:
        text = "The role sounds good. " * 400
        assert len(text) > likeness.MAX_CHARACTERS > meaning.MAX_CHARACTERS
        beginning = text[: likeness.MAX_CHARACTERS]
        assert likeness.features(text) == likeness.features(beginning)
        assert (meaning.vectors([text]) == meaning.vectors([beginning])).all()


class TestMeaning:
    def test_is_near_across_languages(self) -> None:
        one, same, other = meaning.vectors(
            ["Please delete my data", "Bitte löschen Sie meine Daten", "The train is late again"]
        )
        assert one @ same > one @ other + 0.3
