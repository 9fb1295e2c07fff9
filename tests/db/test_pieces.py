"""Content pieces are written by people, and go out in the words that were looked over."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging.models import Message, Template
from warmbench.nurture import content, pieces, planner
from warmbench.nurture.models import ContentPiece, Step
from warmbench.nurture.pieces import NotReadyError, PieceError, StalePieceError, Terms, Wording
from warmbench.people.models import Tag

State = ContentPiece.State
LATER = NOW + timedelta(days=5)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


def terms(*wordings: Wording, **said: Any) -> Terms:
    words = wordings or (Wording("A", "Hello", "Hello there, [read on](https://example.com/a)"),)
    return Terms(**{"title": "News", "kind": "trends", "wordings": words} | said)


def live(alice: User, *wordings: Wording, **said: Any) -> ContentPiece:
    return go_live(pieces.create(terms(*wordings, **said), by_id=alice.pk, now=NOW), alice)


def go_live(piece: ContentPiece, by: User, *, now: datetime = NOW) -> ContentPiece:
    make.checked(piece)
    pieces.go_live(piece.pk, by_id=by.pk, now=now)
    piece.refresh_from_db()
    return piece


def save(piece: ContentPiece, said: Terms) -> list[str]:
    found = pieces.save(piece.pk, said, revision=piece.revision, by_id=None, now=LATER)
    piece.refresh_from_db()
    return found


def sent_subjects() -> set[str]:
    shelf = content.shelf(today=LATER.date())
    templates = [one for some in shelf.pieces.values() for piece in some for one in piece.templates]
    return {Template.objects.get(pk=pk).subject for pk in templates}


def test_a_new_piece_is_a_draft_that_nobody_is_given(alice: User) -> None:
    piece = pieces.create(terms(), by_id=alice.pk, now=NOW)
    assert (piece.state, piece.key) == (State.DRAFT, "news")
    assert not sent_subjects()
    again = pieces.create(terms(), by_id=alice.pk, now=NOW)
    assert again.key == "news-2"
    assert pieces.create(terms(title="!"), by_id=None, now=NOW).key == "piece"


def test_a_piece_that_goes_live_is_sent_and_was_looked_over_that_day(alice: User) -> None:
    piece = pieces.create(terms(), by_id=alice.pk, now=NOW)
    pieces.ask_for_review(piece.pk, by_id=alice.pk, now=NOW)
    go_live(piece, alice, now=LATER)
    assert (piece.state, piece.reviewed_on) == (State.LIVE, LATER.date())
    assert sent_subjects() == {"Hello"}
    told = AuditEntry.objects.filter(subject=f"piece:{piece.pk}").order_by("pk")
    actions = list(told.values_list("action", flat=True))
    assert actions == ["piece.created", "piece.state", "piece.live"]


def test_new_words_of_a_live_piece_wait_until_it_goes_live_again(alice: User) -> None:
    piece = live(alice)
    assert save(piece, terms(Wording("A", "Good morning", "Hi"))) == ["wordings"]
    assert pieces.is_unsent(piece.variants.get())
    assert sent_subjects() == {"Hello"}
    go_live(piece, alice, now=LATER)
    assert not pieces.is_unsent(piece.variants.get())
    assert sent_subjects() == {"Good morning"}


def test_a_message_that_was_sent_keeps_the_words_it_was_sent_with(alice: User) -> None:
    piece = live(alice)
    make.sender(alice, is_default=True)
    make.enrollment(make.candidate(owner=alice), make.sequence(Step.Kind.CONTENT))
    planner.plan(now=NOW)
    save(piece, terms(Wording("A", "Good morning", "Hi")))
    go_live(piece, alice, now=LATER)
    template = Message.objects.get().template
    assert template
    assert template.subject == "Hello"


def test_nobody_can_change_words_that_were_sent(alice: User) -> None:
    words = make.template()
    with pytest.raises(IntegrityError, match="a template never changes"), transaction.atomic():
        Template.objects.filter(pk=words.pk).update(body="Other words")


def test_a_live_piece_that_is_for_other_people_now_is_a_draft_again(alice: User) -> None:
    piece, devops = live(alice), make.tag("DevOps", Tag.Kind.SPECIALTY)
    said = pieces.terms_of(piece)
    assert save(piece, replace(said, title="Other", owner_id=alice.pk)) == ["title", "owner_id"]
    assert piece.state == State.LIVE
    save(piece, replace(pieces.terms_of(piece), topic_id=devops.pk))
    assert piece.state == State.DRAFT


def test_saving_the_same_again_changes_nothing(alice: User) -> None:
    piece = live(alice)
    revision = piece.revision
    assert save(piece, pieces.terms_of(piece)) == []
    assert piece.revision == revision


def test_nobody_undoes_in_silence_what_somebody_else_changed(alice: User) -> None:
    piece = live(alice)
    old = piece.revision
    save(piece, terms(title="Mine"))
    with pytest.raises(StalePieceError):
        pieces.save(piece.pk, terms(title="Yours"), revision=old, by_id=None, now=NOW)
    piece.refresh_from_db()
    assert piece.title == "Mine"


def test_wordings_come_retire_and_are_forgotten_if_nobody_had_them(alice: User) -> None:
    first, second = Wording("A", "One", "Hi"), Wording("B", "Two", "Ho")
    piece = live(alice, first)
    save(piece, terms(first, second, Wording("C", "Three", "Hm")))
    assert sent_subjects() == {"One"}
    save(piece, terms(first, second))
    assert piece.variants.count() == 2
    go_live(piece, alice, now=LATER)
    assert sent_subjects() == {"One", "Two"}
    save(piece, terms(replace(first, is_retired=True), second))
    assert sent_subjects() == {"Two"}


def test_a_wording_that_was_sent_is_not_forgotten(alice: User) -> None:
    first, second = Wording("A", "One", "Hi"), Wording("B", "Two", "Ho")
    piece = live(alice, first, second)
    assert save(piece, terms(second)) == []
    assert piece.variants.count() == 2


def test_a_live_piece_is_never_left_without_words(alice: User) -> None:
    first, second = Wording("A", "One", "Hi"), Wording("B", "Two", "Ho")
    piece = live(alice, first)
    with pytest.raises(PieceError, match="go live with another one"):
        save(piece, terms(replace(first, is_retired=True), second))
    assert sent_subjects() == {"One"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (terms(Wording("A", "Hi", "One\n\n{{ frist_name }}")), "Wording A: Body, line 3"),
        (terms(Wording("A", "", "Hi")), "Wording A: Subject: there is nothing in it"),
        (terms(Wording("A", "Hi", "Hi", is_retired=True)), "no wording"),
        (terms(expires_on=NOW.date()), "expired"),
    ],
)
def test_what_cannot_be_sent_may_be_kept_but_does_not_go_live(
    alice: User, said: Terms, why: str
) -> None:
    piece = pieces.create(said, by_id=alice.pk, now=NOW)
    with pytest.raises(NotReadyError, match=why):
        pieces.go_live(piece.pk, by_id=alice.pk, now=NOW)
    piece.refresh_from_db()
    assert piece.state == State.DRAFT


def test_words_that_were_not_checked_do_not_go_live(alice: User) -> None:
    piece = pieces.create(terms(), by_id=alice.pk, now=NOW)
    with pytest.raises(NotReadyError, match="has not been checked"):
        pieces.go_live(piece.pk, by_id=alice.pk, now=NOW)
    assert not sent_subjects()


def test_a_copy_is_a_draft_of_its_own(alice: User) -> None:
    words = Wording("A", "One", "Hi", is_retired=True), Wording("B", "Two", "Ho")
    made = pieces.duplicate(live(alice, *words).pk, by_id=alice.pk, now=NOW)
    assert (made.title, made.state, made.owner_id) == ("Copy of News", State.DRAFT, alice.pk)
    assert pieces.terms_of(made).wordings == (Wording("A", "Two", "Ho"),)


def test_a_piece_moves_only_where_it_may(alice: User) -> None:
    piece = live(alice)
    asked: dict[str, Any] = {"by_id": alice.pk, "now": NOW}
    assert not pieces.ask_for_review(piece.pk, **asked)
    assert pieces.retire(piece.pk, **asked)
    assert not pieces.retire(piece.pk, **asked)
    assert not pieces.confirm(piece.pk, **asked)
    assert not sent_subjects()
    assert pieces.take_back(piece.pk, **asked)
    assert pieces.ask_for_review(piece.pk, **asked)
    assert pieces.take_back(piece.pk, **asked)
    assert not pieces.take_back(piece.pk, **asked)


def test_a_live_piece_is_looked_over_without_being_changed(alice: User) -> None:
    piece = live(alice)
    assert pieces.confirm(piece.pk, by_id=alice.pk, now=LATER)
    piece.refresh_from_db()
    assert piece.reviewed_on == LATER.date()


def test_the_next_wording_has_the_next_letter() -> None:
    assert pieces.next_label([]) == "A"
    assert pieces.next_label("AB") == "C"
