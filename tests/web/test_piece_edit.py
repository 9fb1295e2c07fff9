"""Tests of the pages on which content pieces are written: nothing that was typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.nurture import pieces
from warmbench.nurture.models import ContentPiece
from warmbench.nurture.pieces import Terms, Wording
from warmbench.people.models import Candidate, Tag

NEW = "/sequences/content/new/"
LOOK = "/sequences/content/look/"
State = ContentPiece.State


@pytest.fixture
def alice(client: Client, db: None) -> User:
    make.organisation()
    user = make.user()
    client.force_login(user)
    return user


def sent(**said: Any) -> dict[str, Any]:
    first = {"wording": "A", "subject-A": "Hello", "body-A": "Hi {{ first_name }}\r\n\r\nAna"}
    return {"title": "News", "kind": "trends", "language": "en", "look": "light"} | first | said


def draft(alice: User, *wordings: Wording) -> ContentPiece:
    words = wordings or (Wording("A", "Hello", "Hi"),)
    terms = Terms(title="News", kind="trends", wordings=words)
    return pieces.create(terms, by_id=alice.pk, now=clock.now())


def edit(piece: ContentPiece) -> str:
    return f"/sequences/content/{piece.pk}/edit/"


def zoe(alice: User) -> None:
    """Somebody whose job nobody knows."""
    Candidate.objects.filter(pk=make.candidate(owner=alice).pk).update(first_name="Zoe")


def test_a_new_piece_begins_with_what_was_asked_for(client: Client, alice: User) -> None:
    devops = make.tag("DevOps", Tag.Kind.SPECIALTY)
    page = client.get(NEW, {"kind": "tip", "topic": str(devops.pk)}).content.decode()
    assert '<option value="tip" selected>' in page
    assert f'<option value="{devops.pk}" selected>' in page
    assert "{{ recruiter_first_name }}" in page


def test_a_piece_is_kept_as_a_draft_and_checked(
    client: Client, alice: User, jobs: Callable[[], list[str]]
) -> None:
    technology = make.tag("Technology", Tag.Kind.CATEGORY)
    devops = make.tag("DevOps", Tag.Kind.SPECIALTY, technology)
    family = make.tag("Reliability", Tag.Kind.ROLE_FAMILY, devops)
    sre = make.tag("SRE", Tag.Kind.ROLE, family)
    lyon, manager = make.tag("Lyon", Tag.Kind.GEOGRAPHY), make.tag("Manager", Tag.Kind.SENIORITY)
    said = sent(
        topic=sre.pk, place="lyon", seniority=manager.pk, owner=alice.pk, expires_on="2031-01-31"
    )
    answer = client.post(NEW, said)
    piece = ContentPiece.objects.get()
    assert answer.status_code == 302
    assert (piece.topic, piece.place, piece.seniority, piece.owner) == (sre, lyon, manager, alice)
    assert piece.variants.get().body == "Hi {{ first_name }}\n\nAna"
    assert "nurture.check_piece" in jobs()
    page = client.get(edit(piece)).content.decode()
    assert "Reliability: SRE" in page
    assert 'value="2031-01-31"' in page
    assert 'value="Lyon"' in page


def test_what_cannot_be_used_is_shown_again_with_all_that_was_typed(
    client: Client, alice: User
) -> None:
    answer = client.post(NEW, sent(title="", place="Atlantis", **{"body-A": "My long work"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the piece a title." in page
    assert "No place is called “Atlantis”" in page
    assert "My long work" in page
    assert not ContentPiece.objects.exists()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"subject-A": "x" * 201}, "Wording A cannot be kept"),
        ({"body-A": "x" * 20_001}, "Wording A cannot be kept"),
        ({"wording": []}, "one wording at least"),
    ],
)
def test_words_that_are_too_long_or_missing_are_refused(
    client: Client, alice: User, said: dict[str, Any], why: str
) -> None:
    answer = client.post(NEW, sent(**said))
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_words_with_a_mistake_are_kept_all_the_same(client: Client, alice: User) -> None:
    piece = draft(alice)
    body = "Hi\n\n{{ frist_name }}"
    client.post(edit(piece), sent(revision=1, **{"body-A": body}))
    assert piece.variants.get().body == body
    assert "Body, line 3" in client.get(edit(piece)).content.decode()


def test_wordings_are_added_and_removed_without_saving(client: Client, alice: User) -> None:
    piece = draft(alice)
    page = client.post(edit(piece), sent(revision=1, title="Typed", add="1")).content.decode()
    assert 'name="subject-B" value="Hello"' in page
    assert 'value="Typed"' in page
    both = sent(revision=1, wording=["A", "B", "?"], **{"subject-B": "Two", "body-B": "Ho"})
    page = client.post(edit(piece), both | {"drop": "B"}).content.decode()
    assert "subject-B" not in page
    assert piece.variants.count() == 1
    client.post(edit(piece), both)
    assert list(piece.variants.order_by("label").values_list("label", flat=True)) == ["A", "B"]


def test_no_piece_has_more_wordings_than_anybody_compares(client: Client, alice: User) -> None:
    said = sent(wording=list("ABCDEFGH"), add="1", **{f"body-{one}": one for one in "ABCDEFGH"})
    page = client.post(NEW, said).content.decode()
    assert 'id="subject-F"' in page
    assert 'id="subject-G"' not in page
    assert "Another wording" not in page


def test_a_wording_that_was_sent_is_retired_and_not_removed(client: Client, alice: User) -> None:
    piece = make.piece()
    make.variant(piece, "B")
    page = client.get(edit(piece)).content.decode()
    assert "Retired: nobody new" in page
    assert "Remove wording" not in page
    said = sent(wording=["A", "B"], revision=1, **{"subject-B": "x", "body-B": "y"})
    client.post(edit(piece), said | {"retired-B": "1"})
    assert piece.variants.get(label="B").is_retired


def test_a_live_piece_is_not_left_without_words(client: Client, alice: User) -> None:
    piece = make.piece()
    answer = client.post(edit(piece), sent(revision=1) | {"retired-A": "1"})
    assert answer.status_code == 422
    assert "All wordings that are sent would be retired." in answer.content.decode()


def test_nobody_undoes_in_silence_what_somebody_else_changed(client: Client, alice: User) -> None:
    piece = draft(alice)
    client.force_login(make.user("Bob Brandt"))
    client.post(edit(piece), sent(title="Of Bob", revision=1))
    client.force_login(alice)
    answer = client.post(edit(piece), sent(title="Of Alice", revision=1))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bob Brandt changed the piece" in page
    assert "Of Alice" in page
    piece.refresh_from_db()
    assert piece.title == "Of Bob"
    client.post(edit(piece), sent(title="Of Alice", revision=piece.revision))
    piece.refresh_from_db()
    assert piece.title == "Of Alice"


def test_what_was_saved_is_said(client: Client, alice: User) -> None:
    def said(piece: ContentPiece, **fields: Any) -> str:
        piece.refresh_from_db()
        asked = sent(revision=piece.revision, **fields)
        return client.post(edit(piece), asked, follow=True).content.decode()

    piece = draft(alice)
    assert "Kept." in said(piece)
    assert "Nothing was different." in said(piece)
    make.checked(piece)
    pieces.go_live(piece.pk, by_id=alice.pk, now=clock.now())
    assert "Kept." in said(piece, title="Other")
    assert "New words are not sent before" in said(piece, title="Other", **{"body-A": "Ho"})
    assert "so it is a draft until" in said(piece, title="Other", kind="tip", **{"body-A": "Ho"})


def test_a_piece_goes_live_from_its_form_once_it_may(client: Client, alice: User) -> None:
    piece = draft(alice)
    asked = sent(revision=1, live="1")
    page = client.post(edit(piece), asked, follow=True).content.decode()
    assert "It does not go out yet." in page
    make.checked(piece)
    page = client.post(edit(piece), asked | {"revision": "2"}, follow=True).content.decode()
    assert "people are given it from now on" in page


def test_a_copy_is_gone_on_with(client: Client, alice: User) -> None:
    piece = make.piece(title="Good")
    answer = client.post(f"/sequences/content/{piece.pk}/duplicate/", follow=True)
    assert "Edit Copy of Good" in answer.content.decode()


def test_a_topic_that_is_in_no_tree_any_more_stays(client: Client, alice: User) -> None:
    gone = make.tag("Telex", Tag.Kind.SPECIALTY)
    piece = make.piece(gone, place=make.tag("Atlantis", Tag.Kind.GEOGRAPHY))
    Tag.objects.update(retired_at=make.NOW)
    page = client.get(edit(piece)).content.decode()
    assert f'<option value="{gone.pk}" selected>' in page
    client.post(edit(piece), sent(revision=1, topic=gone.pk, place="Atlantis"))
    piece.refresh_from_db()
    assert piece.topic == gone
    assert piece.place


def test_a_role_without_a_family_can_be_chosen(client: Client, alice: User) -> None:
    lone = make.tag("Archivist", Tag.Kind.ROLE)
    assert f'<option value="{lone.pk}">Archivist' in client.get(NEW).content.decode()


class TestTheLivePreview:
    def frame(self, client: Client, page: str) -> str:
        src = page.split("<iframe", 1)[1].split('src="', 1)[1].split('"', 1)[0]
        answer = client.get(src.replace("&amp;", "&"))
        assert answer.status_code == 200
        return answer.content.decode()

    def test_it_shows_words_that_nobody_saved(self, client: Client, alice: User) -> None:
        page = client.post(LOOK, sent(look="dark")).content.decode()
        mail = self.frame(client, page)
        assert "Hi Ana" in mail
        assert "@media all" in mail
        assert not ContentPiece.objects.exists()

    def test_it_shows_the_plain_text(self, client: Client, alice: User) -> None:
        page = client.post(LOOK, sent(look="text")).content.decode()
        assert "Hi Ana" in page
        assert "<iframe" not in page

    def test_it_shows_what_one_person_would_get(self, client: Client, alice: User) -> None:
        make.sender(alice, is_default=True)
        zoe(alice)
        body = {"body-A": "Hi {{ first_name }}, {{ job_title }}"}
        page = client.post(LOOK, sent(person="Zoe", **body)).content.decode()
        assert "As Zoe" in page
        assert "Unknown: the candidate's present job title" in page.replace("&#x27;", "'")
        assert "Hi Zoe, Platform engineer" in self.frame(client, page)
        assert "Nobody is called so" in client.post(LOOK, sent(person="Xyz")).content.decode()

    def test_nobody_needs_a_mailbox_to_see_it(self, client: Client, alice: User) -> None:
        zoe(alice)
        page = client.post(LOOK, sent(person="Zoe")).content.decode()
        assert "Hi Ana" in self.frame(client, page)

    def test_mistakes_stand_beside_their_wording(self, client: Client, alice: User) -> None:
        broken = sent(wording=["A", "B"], shown="B", **{"subject-B": "x", "body-B": "{{ x }}"})
        page = client.post(LOOK, broken).content.decode()
        assert '<div id="problems-B" hx-swap-oob="true"><ul' in page
        assert '<div id="problems-A" hx-swap-oob="true"></div>' in page

    def test_without_words_there_is_nothing_to_show(self, client: Client, alice: User) -> None:
        assert "<iframe" not in client.post(LOOK, sent(wording=[])).content.decode()

    def test_without_scripts_a_button_shows_it(self, client: Client, alice: User) -> None:
        page = client.post(NEW, sent(**{"try": "1"})).content.decode()
        assert "Hi Ana" in self.frame(client, page)

    @pytest.mark.parametrize("asked", ["words=unknown", ""])
    def test_words_are_forgotten_after_a_while(
        self, client: Client, alice: User, asked: str
    ) -> None:
        assert client.get(f"/sequences/content/words/?{asked}").status_code == 404

    def test_a_mail_that_cannot_be_written_for_somebody_says_so(
        self, client: Client, alice: User
    ) -> None:
        make.sender(alice, is_default=True)
        zoe(alice)
        Candidate.objects.update(city="Llanfair" * 12)
        long = {"body-A": "{{ city }} " * 1500}
        page = client.post(LOOK, sent(person="Zoe", **long)).content.decode()
        assert "With these values the mail cannot be written." in page
