"""Tests of a content piece's page: its words, its state, its checks, who would get it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.nurture import checking, checks, pieces
from warmbench.nurture.checks import Unchecked
from warmbench.nurture.models import ContentCheck, ContentPiece, Step
from warmbench.nurture.pieces import Terms, Wording
from warmbench.people.models import Tag

State = ContentPiece.State


@pytest.fixture
def alice(client: Client, db: None) -> User:
    make.organisation()
    user = make.user()
    client.force_login(user)
    return user


def path(piece: ContentPiece, more: str = "") -> str:
    return f"/sequences/content/{piece.pk}/{more}"


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def draft(*wordings: Wording) -> ContentPiece:
    words = wordings or (Wording("A", "Hello", "Hello {{ first_name }}"),)
    terms = Terms(title="News", kind="trends", wordings=words)
    return pieces.create(terms, by_id=None, now=clock.now())


def find(piece: ContentPiece, kind: str, *, is_passed: bool, findings: list[Any]) -> None:
    """What a worker would store."""
    ContentCheck.objects.create(
        piece=piece,
        kind=kind,
        digest=checking.digest(piece, checking.wordings_of(piece.pk)),
        is_passed=is_passed,
        score=0.5,
        findings=findings,
        at=clock.now(),
    )


def move(client: Client, piece: ContentPiece, to: str) -> str:
    said = {"to": to, "revision": piece.revision}
    answer = client.post(path(piece, "move/"), said, follow=True)
    piece.refresh_from_db()
    return " ".join(answer.content.decode().split())


def test_it_is_read_with_samples_in_each_look(client: Client, alice: User) -> None:
    piece = draft()
    assert "Hello Ana" in shown(client, path(piece, "?look=text"))
    light = client.get(path(piece, "mail/"))
    dark = client.get(path(piece, "mail/?w=A&look=dark"))
    assert "Hello Ana" in light.content.decode()
    assert light.headers["Content-Security-Policy"].startswith("sandbox; ")
    assert "@media all" in dark.content.decode()
    assert "prefers-color-scheme: dark" not in light.content.decode()


def test_each_wording_has_its_place(client: Client, alice: User) -> None:
    piece = draft(Wording("A", "One", "Hi"), Wording("B", "Two", "Ho", is_retired=True))
    page = shown(client, path(piece, "?w=B&look=text"))
    assert "<b>Two</b>" in page
    assert "retired" in page
    assert client.get(path(piece, "mail/?w=Z")).status_code == 404


def test_words_that_cannot_be_sent_say_why(client: Client, alice: User) -> None:
    piece = draft(Wording("A", "Hello", "Hi\n\n{{ frist_name }}"))
    page = shown(client, path(piece))
    assert "Body, line 3" in page
    assert "It cannot go live yet." in page
    assert client.get(path(piece, "mail/")).status_code == 404
    piece.variants.all().delete()
    assert "It has no words" in shown(client, path(piece))
    assert client.get(path(piece, "mail/")).status_code == 404


def test_it_says_how_stale_it_is_where_it_is_used_and_what_was_done(
    client: Client, alice: User
) -> None:
    piece = make.piece(title="Old news", expires_on=clock.now().date() + timedelta(days=400))
    sequence = make.sequence(Step.Kind.CONTENT).sequence
    page = shown(client, path(piece))
    assert ">Stale<" in page
    assert sequence.name in page
    move(client, piece, "reviewed")
    page = shown(client, path(piece))
    assert ">Stale<" not in page
    assert f"{alice.name} looked it over" in page


def test_a_draft_goes_through_review_to_live_and_out_again(client: Client, alice: User) -> None:
    piece = draft()
    assert "It waits for somebody" in move(client, piece, "review")
    assert "It is a draft again." in move(client, piece, "draft")
    move(client, piece, "review")
    make.checked(piece)
    assert "people are given it from now on" in move(client, piece, "live")
    assert piece.state == State.LIVE
    assert "nobody is given it any more" in move(client, piece, "retire")
    assert "That cannot be done with it now: it is retired." in move(client, piece, "reviewed")
    assert "That cannot be done" in move(client, piece, "nonsense")
    page = shown(client, path(piece))
    for done in ("asked for a review", "made it a draft", "let it go live", "retired it"):
        assert done in page


def test_nobody_brings_words_live_that_they_have_not_seen(client: Client, alice: User) -> None:
    piece = draft()
    assert f'name="revision" value="{piece.revision}"' in shown(client, path(piece))
    terms = Terms(title="News", kind="trends", wordings=(Wording("A", "Hello", "Other words"),))
    now = clock.now()
    pieces.save(piece.pk, terms, revision=piece.revision, by_id=alice.pk, now=now)
    make.checked(piece)
    assert "Alice Meyer changed it since you looked" in move(client, piece, "live")
    assert piece.state == State.DRAFT
    assert "from now on" in move(client, piece, "live")


def test_new_words_of_a_live_piece_are_marked_until_they_are_sent(
    client: Client, alice: User
) -> None:
    piece = draft()
    make.checked(piece)
    move(client, piece, "live")
    assert "is not what is sent" not in shown(client, path(piece))
    piece.variants.update(body="Hi")
    assert "is not what is sent" in shown(client, path(piece))


def test_it_does_not_go_live_unchecked(client: Client, alice: User) -> None:
    piece = draft()
    assert "has not been checked" in move(client, piece, "live")
    assert piece.state == State.DRAFT
    assert "Check now" in shown(client, path(piece))
    answer = client.post(path(piece, "checks/ask/"), follow=True).content.decode()
    assert "checking=1" in answer
    assert "checking=2" in shown(client, path(piece, "checks/?checking=1"))
    assert "hx-get" not in shown(client, path(piece, "checks/?checking=40"))
    make.checked(piece)
    assert "hx-get" not in shown(client, path(piece, "checks/?checking=2"))


def test_a_failed_check_says_what_it_found_and_a_person_may_overrule_it(
    client: Client, alice: User
) -> None:
    piece = draft()
    piece.topic = make.tag("DevOps", Tag.Kind.SPECIALTY)
    piece.save(update_fields=["topic"])
    phrase: dict[str, Any] = {
        "variant": "A",
        "part": "body",
        "phrase": "exciting times",
        "instead": "Say what.",
    }
    vague = {"variant": "A", "part": "body", "instead": "No sentence has a number."}
    find(piece, "generic", is_passed=False, findings=[phrase, vague])
    near = [{"tag": 1, "name": "Nursing", "score": 0.9, "is_claimed": False}]
    nearest = [{"variant": "A", "nearest": near}]
    find(piece, "relevance", is_passed=False, findings=nearest)
    page = shown(client, path(piece))
    assert "exciting times" in page
    assert "No sentence has a number." in page
    assert "Nearest to Nursing" in page
    asked = path(piece, "checks/overrule/")

    for one in checks.standing(piece):
        assert not isinstance(one, Unchecked)
        empty = client.post(asked, {"check": one.pk, "why": " "}, follow=True)
        assert "Say why" in empty.content.decode()
        client.post(asked, {"check": one.pk, "why": "It is about both"})
    assert "overruled by" in shown(client, path(piece))
    assert "from now on" in move(client, piece, "live")


def test_a_check_of_other_words_cannot_be_overruled(client: Client, alice: User) -> None:
    piece = draft()
    find(piece, "generic", is_passed=False, findings=[])
    check = piece.checks.get()
    piece.variants.update(body="Other words")
    answer = client.post(
        path(piece, "checks/overrule/"), {"check": check.pk, "why": "Fine"}, follow=True
    )
    assert "have to be checked anew" in answer.content.decode()


def test_it_says_whether_somebody_would_get_it(client: Client, alice: User) -> None:
    ana = make.candidate(owner=alice, country="GB")
    piece = make.piece(title="First")
    asked = path(piece, f"why/?person={ana.last_name}")
    assert "would get this piece now" in shown(client, asked)
    other = make.piece(title="Better")
    type(other).objects.filter(pk=other.pk).update(reviewed_on=clock.now().date())
    as_part = client.get(asked, headers={"HX-Request": "true"}).content.decode()
    assert "Better</a> instead" in as_part
    assert "<html" not in as_part
    type(other).objects.update(state=State.RETIRED)
    assert "would get no piece" in shown(client, asked)
    assert "Nobody is called so" in shown(client, path(piece, "why/?person=Zzz"))
    assert ana.name not in shown(client, path(piece, "why/"))
    assert ana.name in shown(client, path(piece, f"why/?candidate={ana.pk}"))


def test_viewers_read_and_change_nothing(client: Client, alice: User) -> None:
    piece = make.piece()
    client.force_login(make.user("Vera Vogt", Role.VIEWER))
    assert "Duplicate" not in shown(client, path(piece))
    assert client.post(path(piece, "move/"), {"to": "retire"}).status_code == 403
