"""Tests of the content library's list and of its coverage."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.nurture.models import ContentPiece
from warmbench.people.models import Tag

PATH = "/sequences/content/"


@pytest.fixture
def alice(client: Client, db: None) -> User:
    make.organisation()
    user = make.user()
    client.force_login(user)
    return user


@pytest.fixture
def listed(client: Client, alice: User) -> Callable[[str], str]:
    def page(asked: str = "") -> str:
        return client.get(f"{PATH}?{asked}", headers={"HX-Request": "true"}).content.decode()

    return page


def old(piece: ContentPiece, **fields: object) -> ContentPiece:
    type(piece).objects.filter(pk=piece.pk).update(**fields)
    return piece


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_library_says_so_and_offers_a_beginning(client: Client, alice: User) -> None:
    page = shown(client, PATH)
    assert "The library is empty" in page
    assert "New piece" in page


def test_viewers_are_offered_nothing_to_write(client: Client, alice: User) -> None:
    client.force_login(make.user("Vera Vogt", Role.VIEWER))
    assert "New piece" not in shown(client, PATH)
    make.piece()
    assert "New piece" not in shown(client, PATH)


def test_the_list_is_narrowed_by_what_pieces_are_and_say(
    listed: Callable[[str], str], alice: User
) -> None:
    technology = make.tag("Technology", Tag.Kind.CATEGORY)
    devops = make.tag("DevOps", Tag.Kind.SPECIALTY, technology)
    make.variant(make.piece(devops, title="Kubernetes"), "B", body="All about clusters")
    make.piece(title="Wages", kind="salary", language="de", owner=alice)
    make.piece(title="Idea", state=ContentPiece.State.DRAFT)

    def titles(asked: str) -> set[str]:
        page = listed(asked)
        return {title for title in ("Kubernetes", "Wages", "Idea") if f">{title}</a>" in page}

    assert titles("") == {"Kubernetes", "Wages", "Idea"}
    assert titles("q=clusters") == {"Kubernetes"}
    assert titles("q=devops") == {"Kubernetes"}
    assert titles("kind=salary") == {"Wages"}
    assert titles("language=de") == {"Wages"}
    assert titles(f"owner={alice.pk}") == {"Wages"}
    assert titles(f"topic={technology.pk}") == {"Kubernetes"}
    assert titles(f"topic={devops.pk}") == {"Kubernetes"}
    assert titles("topic=none") == {"Wages", "Idea"}
    assert titles("state=draft") == {"Idea"}
    assert titles("kind=nonsense&state=nonsense&topic=x&owner=x") == {"Kubernetes", "Wages", "Idea"}
    assert "No piece matches" in listed("q=zzz")


def test_what_should_be_looked_at_is_marked(
    client: Client, listed: Callable[[str], str], alice: User
) -> None:
    today = clock.now().date()
    fresh: dict[str, Any] = {"reviewed_on": today}
    old(make.piece(title="Stale one"), reviewed_on=today - timedelta(days=91))
    make.piece(title="Short one", expires_on=today + timedelta(days=1), **fresh)
    make.piece(title="Over one", expires_on=today, **fresh)
    changed = make.piece(title="Changed one", **fresh)
    changed.variants.update(body="Other words")
    make.piece(title="Good one", **fresh)
    old(make.piece(title="Gone one"), state="retired", reviewed_on=today - timedelta(days=400))

    page = listed("")
    for mark in ("Stale", "Expires in 1 day", "Expired", "New words not sent yet"):
        assert page.count(f">{mark}</span>") == 1
    assert "Good one" not in listed("only=stale")
    assert "Stale one" in listed("only=stale")
    assert "Short one" in listed("only=expiring")
    assert "1 has not been looked at for 90 days" in " ".join(shown(client, PATH).split())


def test_long_lists_have_pages(listed: Callable[[str], str], alice: User) -> None:
    for n in range(42):
        make.piece(title=f"Piece no {n:02}")
    assert "Piece no 39" in listed("")
    assert "Piece no 41" not in listed("")
    assert "Piece no 41" in listed("page=2")


def test_a_list_costs_as_much_with_many_pieces_as_with_few(
    client: Client, alice: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _ in range(30):
        make.piece(make.tag("DevOps", Tag.Kind.SPECIALTY) if not Tag.objects.exists() else None)
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        shown(client, PATH)


def test_coverage_shows_what_steps_in_and_where_to_write_one(client: Client, alice: User) -> None:
    technology = make.tag("Technology", Tag.Kind.CATEGORY)
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY, technology)
    make.piece(technology)
    make.piece(technology, kind="tip", place=make.tag("Lyon", Tag.Kind.GEOGRAPHY))

    page = shown(client, f"{PATH}coverage/")

    assert page.count("a more general piece") == 1
    assert "nothing" in page
    assert f"{PATH}new/?kind=tip&amp;topic={devops.pk}" in page
    client.force_login(make.user("Vera Vogt", Role.VIEWER))
    assert f"{PATH}new/" not in shown(client, f"{PATH}coverage/")
