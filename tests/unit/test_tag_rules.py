"""Laws of what holds when sources contradict each other about a candidate."""

from hypothesis import given
from hypothesis import strategies as st

from warmbench.people.models import Tag
from warmbench.people.tag_rules import CONTESTED, Word, settle
from warmbench.people.tag_words import (
    BY_CANDIDATE,
    BY_HAND,
    CERTAIN,
    FROM_TITLE,
    GUESSED,
    INFERRED,
    PEOPLE,
    READ,
    STATED,
)

Kind = Tag.Kind
KIND_OF = {tag_id: CONTESTED[tag_id % len(CONTESTED)] for tag_id in range(1, 13)}
WAYS = [
    (BY_HAND, CERTAIN),
    (BY_CANDIDATE, CERTAIN),
    ("Old ATS", STATED),
    ("New ATS", STATED),
    # No import is so sure, but a later one may be.
    ("Sure ATS", CERTAIN),
    (FROM_TITLE, READ),
    (FROM_TITLE, GUESSED),
    (INFERRED, GUESSED),
]


def word(tag_id: int, way: tuple[str, float], *, is_primary: bool) -> Word:
    kind = KIND_OF[tag_id]
    return Word(tag_id, kind, way[0], way[1], is_primary and kind == Kind.SPECIALTY)


words = st.builds(
    word, st.sampled_from(sorted(KIND_OF)), st.sampled_from(WAYS), is_primary=st.booleans()
)
batches = st.lists(st.lists(words, max_size=6), max_size=5)


def after(new: list[Word], known: list[Word]) -> list[Word]:
    """What a candidate carries after a batch, as the database would have it."""
    settled = settle(new, known)
    carried = {word.tag_id: word for word in known if word not in settled.gone}
    for word in settled.kept:
        other = carried.get(word.tag_id)
        if other is None or (word.confidence, word.source in PEOPLE) > (
            other.confidence,
            other.source in PEOPLE,
        ):
            carried[word.tag_id] = word._replace(
                row_id=other.row_id if other else 100 + word.tag_id
            )
    first = settled.primary.tag_id if settled.primary else 0
    return [word._replace(is_primary=word.tag_id == first) for word in carried.values()]


def carried_after(history: list[list[Word]]) -> list[Word]:
    known: list[Word] = []
    for batch in history:
        known = after(batch, known)
    return known


@given(batches)
def test_everybody_has_one_seniority_and_one_primary_specialty(history: list[list[Word]]) -> None:
    known = carried_after(history)
    assert sum(word.kind == Kind.SENIORITY for word in known) <= 1
    has_specialty = any(word.kind == Kind.SPECIALTY for word in known)
    assert sum(word.is_primary for word in known) == has_specialty


@given(batches)
def test_the_same_batch_again_changes_nothing(history: list[list[Word]]) -> None:
    known = carried_after(history)
    assert not history or set(after(history[-1], known)) == set(known)


@given(batches)
def test_nothing_weaker_than_a_persons_word_ends_it(history: list[list[Word]]) -> None:
    by_hand = [word for word in carried_after(history) if word.source in PEOPLE]
    files = [word for word in history[-1] if word.source not in PEOPLE] if history else []
    kept = {word.tag_id: word for word in after(files, carried_after(history))}
    for word in by_hand:
        # A file may make it the primary one, where no person chose another.
        assert kept[word.tag_id]._replace(is_primary=word.is_primary) == word
        assert kept[word.tag_id].is_primary >= word.is_primary


@given(batches)
def test_where_people_say_that_they_live_no_file_puts_them_elsewhere(
    history: list[list[Word]],
) -> None:
    files = [[word for word in batch if word.source not in PEOPLE] for batch in history]
    home = Word(3, Kind.GEOGRAPHY, BY_CANDIDATE, CERTAIN)
    known = after([home], carried_after(files))
    for batch in files:
        known = after(batch, known)
    assert [word.tag_id for word in known if word.kind == Kind.GEOGRAPHY] == [home.tag_id]


@given(batches, st.sampled_from(PEOPLE))
def test_the_specialty_that_a_person_chose_stays_the_primary_one(
    history: list[list[Word]], by: str
) -> None:
    files = [[word for word in batch if word.source not in PEOPLE] for batch in history]
    chosen = Word(4, Kind.SPECIALTY, by, CERTAIN, is_primary=True)
    known = after([chosen], carried_after(history))
    for batch in files:
        known = after(batch, known)
    assert [word.tag_id for word in known if word.is_primary] == [chosen.tag_id]
