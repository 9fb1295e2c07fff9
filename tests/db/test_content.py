"""What may be sent stands in the library, the best of each shelf first."""

import random
from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.messaging import voices
from warmbench.nurture import content, readers
from warmbench.nurture.models import ContentPiece, ContentUse
from warmbench.people.models import Tag
from warmbench.signals.models import Signal

TODAY = NOW.date()
State = ContentPiece.State

pytestmark = pytest.mark.django_db


def shelved() -> list[int]:
    return [piece.piece_id for some in content.shelf(today=TODAY).pieces.values() for piece in some]


@pytest.mark.parametrize("seed", range(3))
def test_the_best_of_a_shelf_comes_first_in_whatever_order_they_were_written(seed: int) -> None:
    manager = make.tag("Manager", Tag.Kind.SENIORITY)
    lyon = make.tag("Lyon", Tag.Kind.GEOGRAPHY)
    before = TODAY - timedelta(days=1)
    wanted = [
        {"seniority": manager, "place": lyon, "reviewed_on": before},
        {"seniority": manager},
        {"place": lyon, "reviewed_on": before},
        {"reviewed_on": TODAY},
        {"reviewed_on": before},
    ]
    order = list(range(len(wanted)))
    random.Random(seed).shuffle(order)
    made = {n: make.piece(None, **wanted[n]).pk for n in order}  # type: ignore[arg-type]
    assert shelved() == [made[n] for n in range(len(wanted))]


def test_of_two_alike_the_older_one_comes_first() -> None:
    first, second = make.piece(), make.piece()
    assert shelved() == [first.pk, second.pk]


@pytest.mark.parametrize("state", [State.DRAFT, State.REVIEW, State.RETIRED])
def test_only_live_pieces_are_given(state: State) -> None:
    make.piece(state=state)
    assert not shelved()


def test_a_piece_is_given_until_the_day_it_expires() -> None:
    make.piece(expires_on=TODAY)
    last = make.piece(expires_on=TODAY + timedelta(days=1))
    assert shelved() == [last.pk]


def test_a_piece_needs_a_wording_that_may_go_out() -> None:
    make.piece().variants.update(is_retired=True)
    make.piece().variants.update(template=None)
    assert not shelved()


def test_a_retired_piece_counts_among_what_somebody_read() -> None:
    devops = make.tag("DevOps", Tag.Kind.SPECIALTY)
    old = make.piece(devops, state=State.RETIRED)
    assert content.shelf(today=TODAY).abouts == {old.pk: devops.pk}


def test_what_people_read_and_clicked_in_is_asked_at_once() -> None:
    alice = make.user()
    box = make.sender(alice)
    ana, ben = make.candidate(owner=alice), make.candidate(owner=alice)
    first, second = make.piece(), make.piece()
    mail = make.sent(ana, box, at=NOW)
    ContentUse.objects.create(candidate=ana, piece=first, message=mail, at=NOW)
    ContentUse.objects.create(candidate=ana, piece=second, at=NOW)
    make.signal(ana, Signal.Kind.CLICKED, message=mail)
    found = readers.load([ana.pk, ben.pk])
    assert (found[ana.pk].had, found[ana.pk].clicked) == ([first.pk, second.pk], [first.pk])
    assert (found[ben.pk].had, found[ben.pk].clicked) == ([], [])


def test_nobody_shares_what_they_read_with_somebody_else() -> None:
    ana, ben = make.candidate(), make.candidate()
    found = readers.load([ana.pk, ben.pk])
    found[ana.pk].had.append(1)
    assert found[ben.pk].had == []


def test_the_same_question_has_the_same_answer() -> None:
    make.organisation()
    piece = make.piece()
    make.variant(piece, "B", body="Another one")
    ana = make.candidate()
    [reader] = readers.load([ana.pk]).values()
    answers = {
        content.shelf(today=TODAY).choose("trends", reader, voices.voices()) for _ in range(3)
    }
    assert len(answers) == 1
