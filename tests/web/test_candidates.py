"""The list of candidates: found, filtered, sorted, turned page by page, changed in bulk."""

import base64
import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.web.conftest import TooLate
from warmbench.accounts.models import Role, User
from warmbench.nurture.models import PoolMember
from warmbench.people import consent, search, tag_edits
from warmbench.people.models import BulkTagging, Candidate, Suppression, Tag
from warmbench.signals.models import Signal
from warmbench.web import candidate_filter
from warmbench.web import candidates as page_of_candidates

NOW = make.NOW
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


def named(*names: str, owner: User | None = None) -> list[Candidate]:
    made = []
    for name in names:
        one = make.candidate(owner=owner)
        Candidate.objects.filter(pk=one.pk).update(first_name="", last_name=name)
        made.append(one)
    return made


def shown(client: Client, query: str = "") -> list[int]:
    """The people on the page, in its order."""
    page = client.get(f"/candidates/{query}").text
    return [int(pk) for pk in re.findall(r'href="/candidates/(\d+)/" data-open', page)]


def walk(client: Client, query: str, rel: str) -> list[list[int]]:
    """Page after page, as one clicks on Next or Back."""
    pages = []
    while True:
        page = client.get(f"/candidates/{query}").text
        pages.append([int(pk) for pk in re.findall(r'href="/candidates/(\d+)/" data-open', page)])
        link = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        if not link:
            return pages
        query = link[1].replace("&amp;", "&")


def test_an_empty_installation_is_led_to_the_import(client: Client) -> None:
    assert "No candidates yet" in client.get("/candidates/").text


def test_the_address_keeps_the_filter(client: Client) -> None:
    specialty = make.tag("Welding", Tag.Kind.SPECIALTY)
    ana = make.candidate(specialty)
    make.candidate()

    answer = client.get(f"/candidates/?q=&specialty={specialty.pk}&status=", headers=HTMX)

    assert answer.headers["HX-Push-Url"] == f"/candidates/?specialty={specialty.pk}"
    assert "<html" not in answer.text
    assert shown(client, f"?specialty={specialty.pk}") == [ana.pk]


def test_each_filter_leaves_those_it_means(client: Client, alice: User) -> None:
    manager = make.tag("Manager", Tag.Kind.SENIORITY)
    kubernetes = make.tag("Kubernetes")
    one = make.candidate(
        manager, kubernetes, owner=alice, status=Candidate.Status.OPEN, country="PT"
    )
    other, nobodys = make.candidate(owner=make.user("Bob Lind")), make.candidate()
    pool = make.pool("status is passive")
    PoolMember.objects.create(pool=pool, candidate=one, joined_at=NOW)
    PoolMember.objects.create(pool=pool, candidate=other, joined_at=NOW, left_at=NOW)
    make.signal(one, Signal.Kind.REPLIED)
    consent.suppress(one.pk, reason=Suppression.Reason.MANUAL, now=NOW)

    for query in (
        "status=open",
        f"seniority={manager.pk}",
        "country=PT",
        "owner=me",
        f"owner={alice.pk}",
        f"pool={pool.pk}",
        "warmth=40",
        "tag=kubernetes",
        "obstacle=suppressed",
        f"q=moreau&status=open&owner=me&tag=Kubernetes&pool={pool.pk}",
    ):
        assert shown(client, f"?{query}") == [one.pk], query
    assert shown(client, "?owner=nobody") == [nobodys.pk]
    assert not shown(client, "?warmth=60")


def test_what_an_address_says_wrongly_it_does_not_ask_for(client: Client) -> None:
    ana = make.candidate()
    for query in ("status=?", "specialty=x", "pool=9", "owner=9", "after=zzz", "sort=password"):
        assert shown(client, f"?{query}") == [ana.pk], query


def test_an_unknown_tag_is_named(client: Client) -> None:
    make.candidate()
    assert "There is no tag called “juggling”." in client.get("/candidates/?tag=juggling").text


def test_each_filter_can_be_taken_away(client: Client) -> None:
    page = client.get("/candidates/?q=ana&status=open&sort=name").text
    assert 'href="?status=open&amp;sort=name"' in page
    assert 'href="?q=ana&amp;sort=name"' in page
    assert "Nobody matches" in page


def test_people_are_sorted_by_name_as_one_reads_it(client: Client) -> None:
    otto, anna, oezil = named("Otto", "de Anna", "Özil")
    assert shown(client, "?sort=name") == [anna.pk, otto.pk, oezil.pk]
    assert shown(client, "?sort=-name") == [oezil.pk, otto.pk, anna.pk]


def test_people_are_sorted_by_warmth_and_the_cold_come_last(client: Client) -> None:
    cold, mild, hot = named("A", "B", "C")
    make.signal(mild)
    make.signal(hot, Signal.Kind.REPLIED)
    assert shown(client) == [hot.pk, mild.pk, cold.pk]
    assert shown(client, "?sort=warmth") == [cold.pk, mild.pk, hot.pk]


def test_people_are_sorted_by_when_we_spoke_and_when_they_came(client: Client) -> None:
    never, long_ago, lately = named("A", "B", "C")
    for one, on in ((long_ago, date(2025, 1, 1)), (lately, date(2026, 3, 1))):
        Candidate.objects.filter(pk=one.pk).update(last_conversation_on=on)
    assert shown(client, "?sort=-conversation") == [lately.pk, long_ago.pk, never.pk]
    assert shown(client, "?sort=-added") == [lately.pk, long_ago.pk, never.pk]
    assert shown(client, "?sort=added") == [never.pk, long_ago.pk, lately.pk]


@pytest.mark.parametrize("sort", ["-warmth", "warmth", "name", "-name", "-conversation", "added"])
def test_pages_neither_repeat_nor_lose_anybody(
    client: Client, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_candidates, "PAGE", 3)
    everybody = named(*"ABCABCABCA")
    for one in everybody[:5]:
        make.signal(one, at=NOW - timedelta(days=one.pk % 3))
        Candidate.objects.filter(pk=one.pk).update(last_conversation_on=date(2026, 1, 1))

    there = walk(client, f"?sort={sort}", "next")

    assert [len(page) for page in there] == [3, 3, 3, 1]
    assert sorted(pk for page in there for pk in page) == sorted(one.pk for one in everybody)
    last = client.get(f"/candidates/?sort={sort}").text
    for _ in range(3):
        link = re.search(r'rel="next" href="([^"]+)"', last)
        assert link
        last = client.get("/candidates/" + link[1].replace("&amp;", "&")).text
    back_link = re.search(r'rel="prev" href="([^"]+)"', last)
    assert back_link
    back = walk(client, back_link[1].replace("&amp;", "&"), "prev")
    assert back == there[2::-1]


def test_a_row_says_why_nothing_is_sent(client: Client, alice: User) -> None:
    make.candidate(consented=False)
    placed = make.candidate(status=Candidate.Status.PLACED)
    page = client.get("/candidates/").text
    assert page.count("No permission to write to them is on record.") == 1
    # The status says it already.
    assert placed.name in page
    assert "They have been placed." not in page


def test_more_people_cost_no_more_questions(client: Client) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/candidates/")
        return len(asked)

    make.candidate(make.tag("Welding", Tag.Kind.SPECIALTY))
    few = questions()
    for _ in range(10):
        make.candidate(make.tag(f"Skill {_}"))
    assert questions() == few


def bulk(client: Client, **fields: object) -> dict[str, str]:
    """What the toast says after a bulk change."""
    answer = client.post("/candidates/bulk/", fields, headers=HTMX)
    toast: dict[str, str] = json.loads(answer.headers["HX-Trigger"])["toast"]
    return toast


def test_people_are_tagged_in_bulk_and_the_toast_undoes_it(client: Client, alice: User) -> None:
    make.tag("Kubernetes")
    ana, ben, chen = (make.candidate(owner=alice) for _ in range(3))

    toast = bulk(client, do="tag", tag="kubernetes", id=[ana.pk, ben.pk])

    assert toast["text"] == "2 people tagged Kubernetes."
    assert shown(client, "?tag=kubernetes&sort=added") == [ana.pk, ben.pk]
    undone = client.post(toast["undo"], headers=HTMX)
    assert undone.headers["HX-Refresh"] == "true"
    assert "Undone for 2 people." in client.get("/candidates/").text
    assert not shown(client, "?tag=kubernetes")
    client.post(toast["undo"], headers=HTMX)
    assert "it was undone already" in client.get("/candidates/").text
    assert not chen.candidate_tags.exists()


@pytest.mark.parametrize("do", ["tag", "untag"])
def test_a_tag_that_is_merged_away_in_this_moment_is_not_changed_in_bulk(
    client: Client, too_late: TooLate, do: str
) -> None:
    gone, into = make.tag("Welding"), make.tag("Joining")
    ana = make.candidate()

    told = too_late(
        lambda: tag_edits.merge(gone.pk, into.pk, by_id=None, now=make.NOW),
        lambda: bulk(client, do=do, tag="Welding", id=[ana.pk])["text"],
    )

    assert "was merged into another one meanwhile" in told
    assert not ana.candidate_tags.exists()


def test_a_tag_is_taken_off_in_bulk(client: Client) -> None:
    ana = make.candidate(make.tag("Kubernetes"))
    assert bulk(client, do="untag", tag="Kubernetes", id=[ana.pk])["text"] == (
        "1 person no longer tagged Kubernetes."
    )
    assert "None of them has" in bulk(client, do="untag", tag="Kubernetes", id=[ana.pk])["text"]


def test_everybody_on_the_list_can_be_changed_at_once(client: Client) -> None:
    make.tag("Kubernetes")
    for status in (Candidate.Status.OPEN, Candidate.Status.OPEN, Candidate.Status.PASSIVE):
        make.candidate(status=status)
    bulk(client, do="tag", tag="Kubernetes", everybody="1", list="?status=open")
    assert len(BulkTagging.objects.get().candidate_ids) == 2


def test_what_belongs_to_colleagues_is_left_alone(client: Client, alice: User) -> None:
    make.tag("Kubernetes")
    bob = make.user("Bob Lind")
    his, mine = make.candidate(owner=bob), make.candidate(owner=alice)

    toast = bulk(client, do="tag", tag="Kubernetes", id=[his.pk, mine.pk])

    assert toast["text"].endswith("1 belong to colleagues and stay as they are.")
    assert not his.candidate_tags.exists()


def test_an_administrator_may_change_everybody(browse: Browse) -> None:
    make.organisation()
    make.tag("Kubernetes")
    his = make.candidate(owner=make.user("Bob Lind"))
    bulk(browse(make.user("Ada", Role.ADMIN)), do="tag", tag="Kubernetes", id=[his.pk])
    assert his.candidate_tags.exists()


def test_the_toast_takes_a_hand_over_in_bulk_back(
    client: Client, alice: User, browse: Browse
) -> None:
    bob = make.user("Bob Lind")
    ana, ben = make.candidate(owner=alice), make.candidate()
    undo = bulk(client, do="give", to=bob.pk, id=[ana.pk, ben.pk])["undo"]
    assert browse(bob).post(undo).status_code == 403

    answer = client.post(undo, headers=HTMX)

    assert answer.headers["HX-Refresh"] == "true"
    for one in (ana, ben):
        one.refresh_from_db()
    assert (ana.owner, ben.owner) == (alice, None)
    assert "Undone for 2 people." in client.get("/candidates/").text
    assert "nothing to undo" in client.post(undo, follow=True).text


def test_a_hand_over_of_nobody_has_no_way_back(client: Client, alice: User) -> None:
    ana = make.candidate(owner=alice)
    toast = bulk(client, do="give", to=alice.pk, id=[ana.pk])
    assert toast["text"] == "All of them were with Alice Meyer already."
    assert "undo" not in toast


def test_without_scripts_the_notice_takes_a_bulk_change_back(client: Client) -> None:
    make.tag("Kubernetes")
    ana = make.candidate()

    page = client.post(
        "/candidates/bulk/", {"do": "tag", "tag": "Kubernetes", "id": [ana.pk]}, follow=True
    ).text

    [undo] = set(re.findall(r'action="(/candidates/bulk/\d+/undo/)"', page))
    client.post(undo)
    assert not ana.candidate_tags.exists()


def test_people_are_handed_over_in_bulk(client: Client, alice: User) -> None:
    bob = make.user("Bob Lind")
    ana = make.candidate(owner=alice)
    assert bulk(client, do="give", to=bob.pk, id=[ana.pk])["text"] == "1 person now with Bob Lind."
    ana.refresh_from_db()
    assert ana.owner == bob


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "tag", "tag": "Kubernetes"}, "Select somebody first."),
        ({"do": "tag", "tag": "", "id": ["1"]}, "Name a tag."),
        ({"do": "tag", "tag": "juggling", "id": ["1"]}, "There is no tag called “juggling”."),
        ({"do": "give", "id": ["1"]}, "Choose a recruiter."),
        ({"do": "delete", "id": ["1"]}, "Select a valid choice"),
        ({"do": "give", "to": "99", "id": ["x"]}, "Select a valid choice"),
    ],
)
def test_a_bulk_change_says_what_is_missing(
    client: Client, fields: dict[str, object], said: str
) -> None:
    toast = bulk(client, **fields)
    assert said in toast["text"]
    assert toast["level"] == "error"


def test_without_scripts_a_bulk_change_leads_back_to_the_list(client: Client, alice: User) -> None:
    make.tag("Kubernetes")
    ana = make.candidate(owner=alice)
    answer = client.post(
        "/candidates/bulk/",
        {"do": "tag", "tag": "Kubernetes", "id": ana.pk, "list": "?owner=me"},
        follow=True,
    )
    assert answer.redirect_chain == [("/candidates/?owner=me", 302)]
    assert "1 person tagged Kubernetes." in answer.text


def test_a_retired_tag_is_not_given(client: Client, alice: User) -> None:
    tag = make.tag("Kubernetes")
    Tag.objects.filter(pk=tag.pk).update(retired_at=NOW)
    ana = make.candidate(owner=alice)
    assert "There is no tag" in bulk(client, do="tag", tag="Kubernetes", id=[ana.pk])["text"]


def test_only_its_author_undoes_a_bulk_change(client: Client, browse: Browse) -> None:
    make.tag("Kubernetes")
    ana = make.candidate()
    undo = bulk(client, do="tag", tag="Kubernetes", id=[ana.pk])["undo"]
    assert browse(make.user("Bob Lind")).post(undo).status_code == 403
    assert browse(make.user("Ada", Role.ADMIN)).post(undo).status_code == 302


def test_tags_are_offered_for_what_is_typed(client: Client) -> None:
    make.tag("Kubernetes")
    make.tag("Welding")
    assert '<option value="Kubernetes">' in client.get("/candidates/tags/?tag=kub").text
    assert "option" not in client.get("/candidates/tags/?tag=").text


def test_a_viewer_selects_nobody(browse: Browse) -> None:
    make.organisation()
    make.candidate()
    page = browse(make.user("Vic", Role.VIEWER)).get("/candidates/").text
    assert 'class="pick"' not in page
    assert 'name="do"' not in page


def test_a_very_long_list_is_estimated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_filter, "COUNTED", 2)
    monkeypatch.setattr(page_of_candidates, "COUNTED", 2)
    named("A", "B", "C")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE candidate")
    assert "About 3 people" in client.get("/candidates/").text
    assert "More than 2 people" in client.get("/candidates/?status=passive").text


@pytest.mark.parametrize(
    "edge",
    [
        "[0,5,1]",
        '["0","a",1]',
        '[0,"a\\u0000",1]',
        '[0,"a","b"]',
        '[9,"a",1]',
        '[0,"a",1e999]',
        "[0]",
        "{}",
        "no json",
    ],
)
@pytest.mark.parametrize("sort", ["name", "-warmth", "-conversation"])
def test_an_edge_that_no_page_named_leads_to_the_beginning(
    client: Client, edge: str, sort: str
) -> None:
    (one,) = named("A")
    name = base64.urlsafe_b64encode(edge.encode()).decode().rstrip("=")
    assert shown(client, f"?sort={sort}&after={name}") == [one.pk]


def test_a_tag_that_is_retired_meanwhile_is_not_given(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = make.tag("Kubernetes")
    ana = make.candidate(owner=alice)

    def found_before_it_was_retired(_: str) -> Tag:
        Tag.objects.filter(pk=tag.pk).update(retired_at=NOW)
        return tag

    monkeypatch.setattr(search, "tag_called", found_before_it_was_retired)
    assert "is retired" in bulk(client, do="tag", tag="Kubernetes", id=[ana.pk])["text"]
    answer = client.post(f"/candidates/{ana.pk}/tags/", {"tag": "Kubernetes"}, headers=HTMX)
    assert "is retired" in answer.headers["HX-Trigger"]
