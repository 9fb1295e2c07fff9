"""Somebody gets to read what is closest to her work, in her language, and nothing twice."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.messaging.voices import Voices
from warmbench.nurture import content
from warmbench.nurture.content import Piece, Shelf
from warmbench.nurture.readers import Reader
from warmbench.nurture.topics import Topics
from warmbench.people.models import Tag

TECHNOLOGY, DEVOPS, DATA, RELIABILITY, SRE = 1, 2, 3, 4, 5
FINANCE, CONTROLLING = 6, 7
MANAGER, DIRECTOR = 10, 11
EUROPE, FRANCE, LYON, PERU = 20, 21, 22, 23

_TREE: dict[int, tuple[Tag.Kind, int | None]] = {
    TECHNOLOGY: (Tag.Kind.CATEGORY, None),
    DEVOPS: (Tag.Kind.SPECIALTY, TECHNOLOGY),
    DATA: (Tag.Kind.SPECIALTY, TECHNOLOGY),
    RELIABILITY: (Tag.Kind.ROLE_FAMILY, DEVOPS),
    SRE: (Tag.Kind.ROLE, RELIABILITY),
    FINANCE: (Tag.Kind.CATEGORY, None),
    CONTROLLING: (Tag.Kind.SPECIALTY, FINANCE),
    MANAGER: (Tag.Kind.SENIORITY, None),
    DIRECTOR: (Tag.Kind.SENIORITY, None),
    EUROPE: (Tag.Kind.GEOGRAPHY, None),
    FRANCE: (Tag.Kind.GEOGRAPHY, EUROPE),
    LYON: (Tag.Kind.GEOGRAPHY, FRANCE),
    PERU: (Tag.Kind.GEOGRAPHY, None),
}
TREE = Topics(
    {tag: str(kind) for tag, (kind, _) in _TREE.items()},
    {tag: parent for tag, (_, parent) in _TREE.items()},
)
VOICES = Voices({}, {}, {tag: (str(kind), str(tag)) for tag, (kind, _) in _TREE.items()})
TOPICS = (None, TECHNOLOGY, DEVOPS, DATA, RELIABILITY, SRE, FINANCE, CONTROLLING)


def piece(pk: int, topic: int | None = None, **said: Any) -> Piece:
    about: dict[str, Any] = {"kind": "trends", "language": "en", "seniority_id": None}
    about |= {"place_id": None, "variants": [pk], "templates": [100 + pk]}
    return Piece(piece_id=pk, topic_id=topic, **about | said)


def shelf(*pieces: Piece) -> Shelf:
    return content.arrange(pieces, {one.piece_id: one.topic_id for one in pieces}, TREE)


def reader(*tags: int, primary: int | None = None, **said: Any) -> Reader:
    names = ("first_name", "last_name", "job_title", "employer", "city", "talked_about")
    about: dict[str, Any] = {"candidate_id": 1, "owner_id": None, "talked_on": None}
    about |= dict.fromkeys(names, "") | {"country": "GB", "said": None, "had": [], "clicked": []}
    primaries = [primary] if primary else []
    return Reader(**about | said, tags=list(tags), primary_specialties=primaries)


def chosen(what: Shelf, who: Reader, kind: str = "trends") -> int | None:
    found = what.choose(kind, who, VOICES)
    return found.piece_id if found else None


@st.composite
def pieces(draw: st.DrawFn) -> list[Piece]:
    return [
        piece(
            pk,
            draw(st.sampled_from(TOPICS)),
            kind=draw(st.sampled_from(["trends", "tip"])),
            language=draw(st.sampled_from(["en", "de", "fr"])),
            seniority_id=draw(st.sampled_from([None, None, MANAGER, DIRECTOR])),
            place_id=draw(st.sampled_from([None, None, EUROPE, FRANCE, PERU])),
            variants=[10 * pk + n for n in range(count)],
            templates=[1000 * pk + n for n in range(count)],
        )
        for pk, count in enumerate(draw(st.lists(st.integers(1, 3), max_size=24)), 1)
    ]


@st.composite
def readers(draw: st.DrawFn) -> Reader:
    tags = draw(st.lists(st.sampled_from(sorted(_TREE)), unique=True, max_size=6))
    specialties = [tag for tag in tags if _TREE[tag][0] == Tag.Kind.SPECIALTY]
    had = draw(st.lists(st.integers(1, 25), unique=True, max_size=10))
    return reader(
        *tags,
        primary=draw(st.sampled_from(specialties)) if specialties else None,
        country=draw(st.sampled_from(["GB", "DE", "AT", "NL"])),
        had=had,
        clicked=[one for one in had if draw(st.booleans())],
        candidate_id=draw(st.integers(1, 10**9)),
    )


@settings(max_examples=50)
@given(pieces(), readers())
def test_nobody_reads_a_piece_twice_or_one_that_is_not_for_them(
    stock: list[Piece], who: Reader
) -> None:
    what, places = shelf(*stock), TREE.places(who.tags)
    while found := what.choose("trends", who, VOICES):
        one = stock[found.piece_id - 1]
        assert one.piece_id not in who.had
        assert one.kind == "trends"
        assert one.seniority_id is None or one.seniority_id in who.tags
        assert one.place_id is None or one.place_id in places
        assert one.language in {who.language, "en"}
        assert found.template_id in one.templates
        who.had.append(one.piece_id)


@settings(max_examples=50)
@given(pieces(), readers())
def test_whoever_gets_nothing_has_had_all_that_is_for_them(stock: list[Piece], who: Reader) -> None:
    what = shelf(*stock)
    if what.choose("trends", who, VOICES) is None:
        path = {look.topic_id for look in what.looks("trends", who, VOICES)}
        for one in stock:
            is_hers = one.topic_id in path and one.language in {who.language, "en"}
            assert one.kind != "trends" or not is_hers or what.misfit(one, who)


@settings(max_examples=50)
@given(pieces(), readers())
def test_nothing_that_fits_stands_closer_than_what_is_chosen(
    stock: list[Piece], who: Reader
) -> None:
    what = shelf(*stock)
    if found := what.choose("trends", who, VOICES):
        for look in what.looks("trends", who, VOICES):
            if found.piece_id in {one.piece_id for one in look.pieces}:
                return
            assert all(what.misfit(one, who) for one in look.pieces)


def test_a_role_comes_before_its_family_the_specialty_the_category_and_everybody() -> None:
    what = shelf(*(piece(pk, topic) for pk, topic in enumerate(TOPICS[:7], 1)))
    who = reader(SRE, RELIABILITY, DEVOPS, primary=DEVOPS)
    read = []
    while (found := what.choose("trends", who, VOICES)) is not None:
        read.append(found.topic_id)
        who.had.append(found.piece_id)
    assert read == [SRE, RELIABILITY, DEVOPS, TECHNOLOGY, None]


def test_the_family_of_a_role_counts_also_where_nobody_tagged_it() -> None:
    assert chosen(shelf(piece(1, RELIABILITY), piece(2, DEVOPS)), reader(SRE, DEVOPS)) == 1


def test_a_piece_of_another_specialty_comes_before_what_is_for_everybody() -> None:
    who = reader(DEVOPS, CONTROLLING, primary=DEVOPS)
    assert chosen(shelf(piece(1), piece(2, CONTROLLING)), who) == 2


def test_the_first_piece_is_about_the_primary_specialty() -> None:
    what = shelf(piece(1, DEVOPS), piece(2, CONTROLLING))
    assert chosen(what, reader(DEVOPS, CONTROLLING, primary=CONTROLLING)) == 2
    assert chosen(what, reader(DEVOPS, CONTROLLING, primary=DEVOPS)) == 1


def test_who_clicks_in_one_field_reads_more_of_it() -> None:
    stock = [piece(pk, DEVOPS if pk % 2 else CONTROLLING) for pk in range(1, 41)]
    what, who = shelf(*stock), reader(DEVOPS, CONTROLLING, primary=DEVOPS)
    read = []
    for _ in range(12):
        found = what.choose("trends", who, VOICES)
        assert found
        read.append(found.topic_id)
        who.had.append(found.piece_id)
        if found.topic_id == CONTROLLING:
            who.clicked.append(found.piece_id)
    assert Counter(read)[CONTROLLING] > Counter(read)[DEVOPS] > 1
    assert read[:2] == [DEVOPS, CONTROLLING]


@settings(max_examples=50)
@given(st.lists(st.booleans(), min_size=30, max_size=30), st.integers(2, 5))
def test_each_field_is_read_about_once_before_any_is_read_about_twice(
    clicks: list[bool], count: int
) -> None:
    given_, clicked = dict.fromkeys(range(count), 0), dict.fromkeys(range(count), 0)
    for n, is_clicked in enumerate(clicks):
        first = content.turn(range(count), given_, clicked)[0]
        if n == 0:
            assert first == 0
        given_[first] += 1
        clicked[first] += is_clicked
        if n < count:
            assert max(given_.values()) == 1


def test_who_never_clicks_reads_about_all_in_turn() -> None:
    given_, order = {7: 0, 8: 0, 9: 0}, []
    for _ in range(6):
        first = content.turn([8, 7, 9], given_, dict.fromkeys(given_, 0))[0]
        given_[first] += 1
        order.append(first)
    assert order == [8, 7, 9, 8, 7, 9]


def test_her_own_language_comes_first_then_english_and_no_other() -> None:
    what = shelf(
        piece(1, DEVOPS, language="de"), piece(2, DEVOPS), piece(3, language="fr"),
        piece(4, language="de"),
    )  # fmt: skip
    who = reader(DEVOPS, country="DE")
    read = []
    while (found := chosen(what, who)) is not None:
        read.append(found)
        who.had.append(found)
    assert read == [1, 4, 2]


@pytest.mark.parametrize(("lives", "gets"), [(LYON, 1), (FRANCE, 1), (EUROPE, 2), (PERU, 2)])
def test_a_piece_about_a_place_is_for_those_who_live_in_it(lives: int, gets: int) -> None:
    assert chosen(shelf(piece(1, place_id=FRANCE), piece(2)), reader(lives)) == gets


def test_each_wording_of_a_piece_has_its_share_of_readers_and_each_reader_her_own() -> None:
    def wording(candidate_id: int, variants: dict[int, int]) -> int:
        words: dict[str, Any] = {"variants": list(variants), "templates": [*variants.values()]}
        what = shelf(piece(1, **words))
        found = what.choose("trends", reader(candidate_id=candidate_id), VOICES)
        assert found
        return found.template_id

    two, three = {1: 101, 2: 102}, {1: 101, 2: 102, 3: 103}
    before = {pk: wording(pk, two) for pk in range(900)}
    after = {pk: wording(pk, three) for pk in range(900)}
    assert all(250 < count < 350 for count in Counter(after.values()).values())
    assert {pk for pk in before if before[pk] != after[pk]} == {
        pk for pk, template in after.items() if template == 103
    }


def test_who_chose_fields_reads_about_those() -> None:
    what = shelf(piece(1, DEVOPS), piece(2, DATA))
    assert chosen(what, reader(DEVOPS, said={"topics": {"specialties": [DATA]}})) == 2
