"""Turns what somebody typed into questions to the words about people, mistyped words included.

Each word about a person stands behind a letter that says where: ``PLACES``. A tag is its number.
So one index answers for names, employers, skills and notes together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from rapidfuzz.distance import OSA

from warmbench.core import sql

#: Of one letter only names, and whole words elsewhere, are looked for: nearly everybody has some
#: word that begins with it.
_SHORT = 1
#: From so many letters on, a part of a word is looked for, too.
PART = 3
#: So many letters, and one of them may be wrong; with so many, two.
_ONE_WRONG, _TWO_WRONG = 4, 8
#: Words that a mistyped one is taken for, at most: the nearest.
_MOST_MEANT = 12
#: Tags that begin with what was typed, at most: the shortest.
_MOST_TAGS = 60
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class Place(StrEnum):
    """Where a word stands about a person: the letter that it is behind."""

    NAME = "n"
    EMPLOYER = "e"
    TITLE = "t"
    CITY = "c"
    TAG = "s"
    NOTE = "x"


#: Where words stand as they were written.
_WRITTEN = (Place.NAME, Place.EMPLOYER, Place.TITLE, Place.CITY, Place.NOTE)


@dataclass(frozen=True)
class Word:
    """One word that was typed, and all that it may stand for."""

    #: As it was typed, and in its other spellings: “juergen” and “jurgen”.
    spellings: tuple[str, ...]
    #: The numbers of tags of whose names a word begins with it.
    tags: tuple[int, ...] = ()
    #: Words that it may be mistyped for.
    meant: tuple[str, ...] = field(default=(), compare=False)

    def asked(self, *places: Place, whole: bool = False) -> str:
        """The question for it in these places, as a part of a tsquery; blank if there is none."""
        parts = []
        for place in places:
            if place is Place.TAG:
                parts += [_lexeme(place, str(tag)) for tag in self.tags]
                continue
            for one in self.spellings:
                ends = whole or (len(one) <= _SHORT and place is not Place.NAME)
                parts.append(_lexeme(place, one) + ("" if ends else ":*"))
            parts += [_lexeme(place, one) for one in self.meant]
        return f"({' | '.join(parts)})" if parts else ""


def read(typed: str) -> list[Word]:
    """The words that were typed, each with its spellings and the tags that begin so."""
    # Both at once: what "ü" is without its dots, and what it is often written as.
    plain, written_out = sql.run(
        "SELECT search_tokens(%s), search_tokens(%s)", [typed, typed.lower().translate(_UMLAUTS)]
    ).fetchall()[0]
    words = []
    for one, other in zip(plain, written_out, strict=True):
        spellings = dict.fromkeys([one, other, _folded(one)])
        words.append(tuple(spelling for spelling in spellings if spelling))
    tags = _tags_beginning([one[0] for one in words])
    return [Word(one, tags.get(one[0], ())) for one in words]


def query(words: Sequence[Word], *places: Place, whole: bool = False) -> str:
    """Asks for people who have all these words in these places, or anywhere."""
    asked = [word.asked(*(places or Place), whole=whole) for word in words]
    return " & ".join(asked) if all(asked) else ""


def mended(words: Iterable[Word], *, all_of_them: bool) -> list[Word]:
    """The same words, those that may be mistyped with what they may be mistyped for.

    With ``all_of_them`` every word is doubted, else only one that nothing begins with.
    """
    found = []
    for word in words:
        doubted = all_of_them or not _is_known(word)
        spellings = word.spellings if doubted else ()
        meant = tuple(dict.fromkeys(chain.from_iterable(map(like, spellings))))[:_MOST_MEANT]
        tags = _tags_called(meant) if meant else ()
        found.append(Word(word.spellings, tuple(dict.fromkeys((*word.tags, *tags))), meant))
    return found


def like(typed: str) -> tuple[str, ...]:
    """Words that this one may be mistyped for, the nearest first: one letter is wrong, missing,
    doubled or has changed places, and two in words of eight letters and more."""
    # A word may have lost the letters that made it a long one.
    wrong = 2 if len(typed) >= _TWO_WRONG - 1 else 1 if len(typed) >= _ONE_WRONG - 1 else 0
    if not wrong or not typed.isalpha():
        return ()
    rows = sql.run(sql.load(__file__, f"search_like_{wrong}"), _pieces(typed, wrong))
    near = {}
    for (word,) in rows:
        apart = OSA.distance(typed, word, score_cutoff=wrong)
        if 0 < apart <= _wrong_letters(max(len(word), len(typed))):
            near[word] = apart
    # Hardly anybody mistypes the first letter.
    first = typed[0]
    ranked = sorted(near, key=lambda word: (near[word], word[0] != first, word))
    return tuple(ranked[:_MOST_MEANT])


def within(part: str) -> list[str]:
    """The words that have this inside, and do not begin with it."""
    rows = sql.run(
        "SELECT DISTINCT word FROM search_word WHERE word LIKE %s AND word NOT LIKE %s",
        [f"%_{part}%", f"{part}%"],
    )
    return [word for (word,) in rows]


def _pieces(typed: str, wrong: int) -> dict[str, object]:
    """What ``sql/search_like_*.sql`` ask for: of a word in which so many letters are wrong, one of
    so many pieces and one more is still as it was."""
    size = len(typed)
    swapped = [typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :] for at in range(size - 1)]
    end = size - size // 2 if wrong == 1 else 3 if size >= _TWO_WRONG else 2
    # What is asked for inside of words takes three letters for the index.
    begin = size // 2 if wrong == 1 else min(size // 3, size - end - PART)
    return {
        "begins": f"{typed[:begin]}%",
        "ends": f"{typed[size - end :][::-1]}%",
        "has": f"%{typed[begin : size - end]}%",
        "least": size - wrong,
        "most": size + wrong,
        "swapped": swapped,
    }


def _wrong_letters(length: int) -> int:
    return 0 if length < _ONE_WRONG else 1 if length < _TWO_WRONG else 2


def _is_known(word: Word) -> bool:
    """Whether anything about anybody, or a tag, begins with it."""
    if word.tags:
        return True
    rows = sql.run(
        "SELECT EXISTS (SELECT FROM search_word WHERE word LIKE ANY(%s::text[]))",
        [[f"{one}%" for one in word.spellings]],
    )
    return len(word.spellings[0]) < PART or bool(rows.fetchall()[0][0])


def _tags_beginning(words: Sequence[str]) -> dict[str, tuple[int, ...]]:
    rows = sql.run(sql.load(__file__, "search_tags"), {"words": list(words), "most": _MOST_TAGS})
    return {word: tuple(tags) for word, tags in rows}


def _tags_called(words: Sequence[str]) -> tuple[int, ...]:
    """The tags in whose names or aliases one of these words stands."""
    rows = sql.run(
        "SELECT DISTINCT tag_id FROM tag_alias WHERE string_to_array(key, ' ') && %s::text[]"
        " LIMIT %s",
        [list(words), _MOST_TAGS],
    )
    return tuple(tag for (tag,) in rows)


def _folded(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _lexeme(place: Place, word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{place}{escaped}'"
