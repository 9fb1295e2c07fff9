"""Splits text into the word pieces that the sentence encoder was trained on."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

#: The model never saw longer texts.
MAX_PIECES = 128

_BEGIN, _END, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
#: Of longer "words" nothing can be made.
_LONGEST_WORD = 100
#: Ideographs are words by themselves: (first, last).
_IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))


def pieces(text: str) -> list[int]:
    """The numbers of the pieces, between the marks for begin and end, at most ``MAX_PIECES``.

    It is WordPiece as BERT has it, without case: the longest known beginning first (Wu et al.,
    “Google's neural machine translation system”, 2016, section 4.1).
    """
    known = _known()
    found = [known[_BEGIN]]
    for word in _words(text):
        found += _pieces_of(word)
        if len(found) >= MAX_PIECES - 1:
            break
    return [*found[: MAX_PIECES - 1], known[_END]]


def is_ordinary(word: str) -> bool:
    """Whether a word in small letters is common enough to be one piece."""
    return word in _known()


@lru_cache(maxsize=65_536)
def _pieces_of(word: str) -> tuple[int, ...]:
    known = _known()
    if len(word) > _LONGEST_WORD:
        return (known[_UNKNOWN],)
    found: list[int] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = known.get(f"##{word[start:end]}" if start else word[:end])
            if piece is not None:
                found.append(piece)
                start = end
                break
        else:
            return (known[_UNKNOWN],)
    return tuple(found)


def _words(text: str) -> Iterator[str]:
    # Cut before the work: of more letters the model would see nothing.
    plain = unicodedata.normalize("NFD", text[: MAX_PIECES * 40].lower())
    word: list[str] = []
    for letter in plain:
        category = unicodedata.category(letter)
        if (
            category == "Mn"
            or letter in "\0\ufffd"
            or (category[0] == "C" and letter not in "\t\n\r")
        ):
            continue
        if _stands_alone(letter, category):
            yield from _joined(word)
            yield letter
        elif letter.isspace():
            yield from _joined(word)
        else:
            word.append(letter)
    yield from _joined(word)


def _joined(word: list[str]) -> Iterator[str]:
    if word:
        yield "".join(word)
        word.clear()


def _stands_alone(letter: str, category: str) -> bool:
    if letter.isascii():
        return letter.isprintable() and not letter.isalnum() and letter != " "
    number = ord(letter)
    return category[0] == "P" or any(first <= number <= last for first, last in _IDEOGRAPHS)


@cache
def _known() -> dict[str, int]:
    """The vocabulary of BERT without case (Google, 2018, Apache License 2.0)."""
    source = files("warmbench.insight").joinpath("data", "wordpieces.txt")
    return {piece: number for number, piece in enumerate(source.read_text("utf-8").splitlines())}
