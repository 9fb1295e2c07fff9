"""Finds people by whatever was typed: the best matches first, and of equals the warmest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from warmbench.core import sql
from warmbench.people import search_words
from warmbench.people.search_words import Place, Word

#: So many matches are put in order exactly. Of more, the warmest come first that are among
#: ``_WARMEST`` of everybody: the rest is cold, and in no order that anybody could tell.
_SORTED = 2_000
_WARMEST = 3_000
#: The last questions, which ask for more than names and employers.
_NOT_NAMED = 2
#: With so many found by the very words, nobody is looked for by mistyped ones.
_ENOUGH = 5


@dataclass(frozen=True)
class Finding:
    """Who was found, the best first, and by which words."""

    candidate_ids: list[int]
    #: With what each of them was taken for, where somebody was only found so.
    words: list[Word]
    #: Whether a word had to be taken for another one.
    is_mended: bool = False


def find(typed: str, *, limit: int) -> Finding:
    """The people about whom all these words stand, at most ``limit``.

    Whole names come first, then beginnings of names, employers, titles, places and skills, and
    notes. Where few are found so, words may be mistyped.
    """
    words = search_words.read(typed)
    if not words:
        return Finding([], [])
    found = _in_order(words, limit=limit)
    if len(found) >= min(_ENOUGH, limit):
        return Finding(found, words)
    mended = search_words.mended(words, all_of_them=True)
    if not any(word.meant for word in mended):
        return Finding(found, words)
    more = _in_order(mended, limit=limit, known=found)
    return Finding([*found, *more], mended, is_mended=bool(more))


def _queries(words: Sequence[Word]) -> Iterator[str]:
    """What is asked one after the other, the best matches first; each also finds what the ones
    before it found."""
    anywhere = search_words.query(words)
    yield search_words.query(words, Place.NAME, whole=True)
    yield search_words.query(words, Place.NAME)
    if len(words) > 1:
        yield _with_one_in(words, anywhere, Place.NAME)
    yield _with_one_in(words, anywhere, Place.EMPLOYER)
    yield _with_one_in(words, anywhere, Place.TAG, Place.TITLE, Place.CITY)
    yield anywhere


def _with_one_in(words: Sequence[Word], anywhere: str, *places: Place) -> str:
    """All of the words anywhere, and one of them in one of these places."""
    asked = [part for word in words if (part := word.asked(*places))]
    if len(words) == 1 or not asked:
        return asked[0] if asked else ""
    return f"({anywhere}) & ({' | '.join(asked)})"


@transaction.atomic
def _in_order(words: Sequence[Word], *, limit: int, known: Sequence[int] = ()) -> list[int]:
    """Who has all these words, but for those who are known, up to ``limit`` with them."""
    # Of many words together everybody is expected to have one, and then all rows are read.
    sql.run("SELECT set_config('enable_seqscan', 'off', true)")
    queries = [query for query in _queries(words) if query]
    limit -= len(known)
    warm = _warm(queries, but=known)
    rows: list[tuple[int, int]] = []
    if len(warm) < limit:
        rows = _matches(queries, queries[-1], but=known, limit=limit)
        if not rows or rows[0][1] <= _SORTED:
            return [candidate_id for candidate_id, _ in rows]
    found: dict[int, None] = {}
    for at, query in enumerate(queries):
        found |= dict.fromkeys(pk for pk, first in warm.items() if first == at)
        # By name or employer also the cold ones, before those whom only the next question finds.
        if at < len(queries) - _NOT_NAMED and len(found) < limit:
            others = _matches([query], query, but=[*known, *found], limit=limit - len(found))
            found |= dict.fromkeys(candidate_id for candidate_id, _ in others)
    found |= dict.fromkeys(candidate_id for candidate_id, _ in rows)
    return list(found)[:limit]


def _warm(queries: Sequence[str], *, but: Sequence[int]) -> dict[int, int]:
    """Whom the last of these questions finds among the warmest of all, the warmest first, each
    with the first question that does."""
    values = {
        "query": queries[-1],
        "queries": list(queries),
        "but": list(but),
        "most": _WARMEST,
    }
    rows = sql.run(sql.load(__file__, "find_warm"), values).fetchall()
    return {candidate_id: at - 1 for candidate_id, at in rows}


def _matches(
    queries: list[str], query: str, *, but: Sequence[int], limit: int
) -> list[tuple[int, int]]:
    """Each with how many there are, of whom no more than one too many is counted."""
    values = {
        "query": query,
        "queries": queries,
        "but": list(but),
        "most": _SORTED + 1,
        "limit": limit,
    }
    rows = sql.run(sql.load(__file__, "find_matches"), values).fetchall()
    return [(candidate_id, count) for candidate_id, count in rows]
