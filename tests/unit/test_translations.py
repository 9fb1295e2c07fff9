"""What candidates read is there in every language, whole, and as the code has it now.

When this fails: ``.venv/bin/python -m tests.translations``, then translate what it left empty.
"""

import re

import pytest
from babel.messages.catalog import Catalog

from tests import translations
from tests.translations import LANGUAGES, LOCALE
from warmbench.core import languages
from warmbench.messaging import reasons
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Reason
from warmbench.people.models import Candidate, CandidateFact, Consent, Tag
from warmbench.signals.models import Signal
from warmbench.web import public_words


@pytest.fixture(scope="module")
def words() -> Catalog:
    return translations.words()


def test_there_is_a_catalogue_for_every_language_but_english() -> None:
    assert {*LANGUAGES, languages.FALLBACK} == set(languages.LANGUAGES)
    assert {folder.name for folder in LOCALE.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryCatalogue:
    def test_has_every_word_that_there_is_and_no_other(self, language: str, words: Catalog) -> None:
        written = {message.id for message in translations.catalogue(language)}
        assert written == {message.id for message in words}

    def test_has_nothing_left_to_translate_and_nothing_doubtful(self, language: str) -> None:
        catalogue = translations.catalogue(language)
        texts = [message for message in catalogue if message.id]
        assert not [message.id for message in texts if not translations.is_whole(message)]
        assert not [message.id for message in texts if message.fuzzy]
        assert not catalogue.obsolete

    def test_is_compiled_as_it_is_written(self, language: str) -> None:
        path = translations.po_file(language)
        catalogue = translations.catalogue(language)
        assert path.with_suffix(".mo").read_bytes() == translations.compiled(catalogue)
        assert path.read_bytes() == translations.as_text(catalogue)

    def test_fills_in_what_the_original_fills_in(self, language: str) -> None:
        for message in translations.catalogue(language):
            original = _fields(translations.originals(message)[-1])
            ours = [_fields(text) for text in translations.strings(message)]
            assert ours[-1] == original, message.id
            # "One older message" need not say its number.
            assert all(fields <= original for fields in ours), message.id

    def test_ends_its_sentences_as_the_original_does(self, language: str) -> None:
        for message in translations.catalogue(language):
            if message.id:
                end = translations.originals(message)[0].rstrip()[-1]
                ours = translations.strings(message)[0].rstrip()[-1]
                assert (end in ".?!:") == (ours in ".?!:"), message.id

    def test_loads(self, language: str) -> None:
        with languages.spoken(language):
            assert str(public_words.STATUSES["open"]) != "open to the right offer"


def _fields(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (public_words.STATES, Message.State.values),
        (public_words.PURPOSES, Message.Purpose.values),
        (public_words.WHAT_FOR, Message.Purpose.values),
        (public_words.STATUSES, Candidate.Status.values),
        (public_words.STAGES, [stage for stage in Candidate.Stage.values if stage]),
        (public_words.GROUNDS, Consent.Basis.values),
        (public_words.KINDS_OF_TAG, Tag.Kind.values),
        (public_words.SIGNALS, Signal.Kind.values),
        (public_words.KINDS_OF_FACT, CandidateFact.Kind.values),
        (public_words.WHY_NOT, [str(reason) for reason in Reason]),
    ],
)
def test_every_term_of_ours_has_words_for_candidates(
    words: public_words.Words, codes: list[str]
) -> None:
    assert set(codes) <= set(words)


def test_whatever_a_recruiter_reads_as_a_reason_a_candidate_can_read_too() -> None:
    assert set(reasons.MEANINGS) <= set(public_words.WHY_NOT)
