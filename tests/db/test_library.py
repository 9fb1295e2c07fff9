"""Sequences come from files, and may come again."""

from pathlib import Path

import pytest

from tests.make import NOW
from warmbench.nurture import library
from warmbench.nurture.models import Sequence, Step

SEQUENCE = """
sequences:
  - key: short
    name: Short
    description: Two steps
    repeat_from: hello
    steps:
      - {key: hello, kind: message, wait_days: 0, subject: Hello, body: Hello there}
      - {key: news, kind: content, wait_days: 30, content_kind: trends}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sequences.yaml"
    path.write_text(SEQUENCE)
    return path


def test_loading_twice_changes_nothing(db: None, file: Path) -> None:
    library.load_sequences(file, now=NOW)
    [again] = library.load_sequences(file, now=NOW)
    assert again.versions.count() == 1
    assert again.versions.get().repeat_from == 0
    assert Step.objects.count() == 2


def test_an_edited_step_makes_a_new_version(db: None, file: Path) -> None:
    library.load_sequences(file, now=NOW)
    file.write_text(SEQUENCE.replace("Hello there", "Good morning"))
    [sequence] = library.load_sequences(file, now=NOW)
    assert list(sequence.versions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_an_unknown_repeat_is_named(db: None, file: Path) -> None:
    file.write_text(SEQUENCE.replace("repeat_from: hello", "repeat_from: nowhere"))
    with pytest.raises(library.LibraryError, match="no step nowhere"):
        library.load_sequences(file, now=NOW)


def test_a_paused_sequence_stays_paused(db: None, file: Path) -> None:
    library.load_sequences(file, now=NOW)
    Sequence.objects.update(state=Sequence.State.PAUSED)
    library.load_sequences(file, now=NOW)
    assert Sequence.objects.get().state == Sequence.State.PAUSED


@pytest.mark.parametrize("text", ["[]", "sequences: [{key: x}]", "other: 1", "sequences: ["])
def test_a_sequence_file_that_cannot_be_read_says_so(db: None, file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(library.LibraryError):
        library.load_sequences(file, now=NOW)
