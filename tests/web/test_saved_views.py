"""Views of the list of candidates: kept, shared, counted, and whose they are."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests import make
from warmbench.accounts import saved_views
from warmbench.accounts.models import DefaultView, Role, SavedView, User

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


def keep(client: Client, name: str, query: str, **also: str) -> None:
    client.post("/candidates/views/keep/", {"name": name, "list": query, **also})


def test_a_view_keeps_filters_and_order_and_nothing_else(client: Client) -> None:
    keep(client, "Passive  ones", "?status=passive&sort=name&after=xyz&status_=1&evil=%00")

    assert SavedView.objects.get().query == "status=passive&sort=name"
    page = client.get("/candidates/?status=passive&sort=name").text
    assert re.search(r'sort=name" aria-current="page">Passive ones', page)
    assert "Keep this view" not in page


def test_the_same_name_takes_the_place_of_the_view(client: Client) -> None:
    keep(client, "Mine", "?owner=me")
    keep(client, "Mine", "?owner=nobody", is_shared="1")

    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("owner=nobody", True)


def test_the_list_opens_with_the_view_that_was_chosen(client: Client) -> None:
    keep(client, "Mine", "?owner=me")
    view = SavedView.objects.get()

    client.post(f"/candidates/views/{view.pk}/begin/", {"do": "begin"})
    assert client.get("/candidates/").headers["Location"] == "/candidates/?owner=me"
    assert client.get("/candidates/?view=all").status_code == 200

    client.post(f"/candidates/views/{view.pk}/begin/", {"do": "stop"})
    assert client.get("/candidates/").status_code == 200


def test_a_view_says_how_many_are_on_it(client: Client, alice: User) -> None:
    make.candidate(owner=alice)
    make.candidate()
    keep(client, "Mine", "?owner=me")

    shown = client.get(f"/candidates/views/{SavedView.objects.get().pk}/count/").text
    assert ">1<" in shown


def test_only_shared_views_are_seen_by_others_and_only_their_owner_changes_them(
    client: Client, browse: Browse
) -> None:
    keep(client, "Private", "?owner=me")
    keep(client, "Common", "?owner=nobody", is_shared="1")
    private, common = SavedView.objects.order_by("name").reverse()
    bob, admin = browse(make.user("Bob Roth")), browse(make.user("Ada", Role.ADMIN))

    page = bob.get("/candidates/").text
    assert "Common" in page
    assert "Private" not in page
    assert bob.get(f"/candidates/views/{private.pk}/count/").status_code == 404
    assert bob.post(f"/candidates/views/{private.pk}/", {"do": "delete"}).status_code == 404
    assert bob.post(f"/candidates/views/{common.pk}/", {"do": "delete"}).status_code == 403
    assert admin.post(f"/candidates/views/{common.pk}/", {"do": "delete"}).status_code == 302
    assert list(SavedView.objects.all()) == [private]


def test_views_are_renamed_moved_and_deleted(client: Client, alice: User) -> None:
    for name in ("One", "Two"):
        keep(client, name, f"?q={name}")
    one, two = saved_views.visible_to(alice)

    client.post(f"/candidates/views/{two.pk}/", {"do": "up"})
    assert [view.name for view in saved_views.visible_to(alice)] == ["Two", "One"]
    client.post(f"/candidates/views/{two.pk}/", {"do": "save", "name": "One"})
    assert "called “One” already" in client.get("/candidates/views/").text
    client.post(f"/candidates/views/{two.pk}/", {"do": "save", "name": "First"})
    client.post(f"/candidates/views/{one.pk}/", {"do": "delete"})
    assert [view.name for view in saved_views.visible_to(alice)] == ["First"]


def test_a_view_that_is_no_longer_shared_opens_nobody_elses_list(client: Client) -> None:
    keep(client, "Common", "?owner=nobody", is_shared="1")
    bob = make.user("Bob Roth")
    view = SavedView.objects.get()
    saved_views.begin_with(bob, view)

    saved_views.rename(view, "Common", is_shared=False)

    assert DefaultView.objects.filter(user=bob).exists()
    assert saved_views.default_of(bob) is None
