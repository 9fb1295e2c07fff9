"""The pages of what changed about people, and of who became apt."""

from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.people.models import Candidate
from warmbench.shortlists import budget
from warmbench.shortlists.models import Aptness, Change, ChangeNotice, ProfileVersion

pytestmark = pytest.mark.usefixtures("at_noon")
State = ChangeNotice.State
HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def version(alice: User) -> ProfileVersion:
    return make.profile(make.tag("Rust"), owner=alice, title="Systems engineer")


def changed(
    alice: User, version: ProfileVersion | None = None, *, days: int = 0, **fields: object
) -> Change:
    """Something that changed about somebody, so many days ago; with a profile, shown to Alice."""
    given: dict[str, object] = {
        "candidate": make.candidate(owner=alice),
        "kind": Change.Kind.PROMOTION,
        "key": "0:4",
        "sentence": "Is Senior Engineer now (before: Engineer).",
        "quote": "they made me senior",
        "on_day": NOW.date(),
        "at": NOW - timedelta(days=days),
        "materiality": 0.8,
    }
    change = Change.objects.create(**given | fields)
    if version:
        ChangeNotice.objects.create(
            change=change,
            profile=version.profile,
            recipient=alice,
            before=0.41,
            after=0.83,
            weight=0.3,
            state=State.SHOWN,
            made_at=NOW,
            shown_at=NOW,
            state_at=NOW,
        )
    return change


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_today_says_who_changed_in_which_words_and_for_which_profile(
    client: Client, alice: User, version: ProfileVersion
) -> None:
    change = changed(alice, version)
    shown = page(client, "/")
    for words in ("What changed", change.candidate.name, change.sentence, "they made me senior"):
        assert words in shown
    assert "Systems engineer <b>41 → 83 %</b>" in shown


def test_today_says_nothing_of_changes_where_there_are_none(client: Client) -> None:
    assert "What changed" not in page(client, "/")


def test_what_waits_for_room_does_not_stand_on_today(
    client: Client, alice: User, version: ProfileVersion
) -> None:
    changed(alice, version)
    ChangeNotice.objects.update(state=State.WAITING, shown_at=None)
    assert "What changed" not in page(client, "/")
    assert "they made me senior" in page(client, "/changes/")


@pytest.mark.parametrize(
    ("judged", "kept", "word"),
    [
        ("useful", "useful", "Useful"),
        ("useless", "useless", "Not useful"),
        ("done", "", "Dealt with"),
    ],
)
def test_a_word_on_its_use_is_kept_and_taken_back(
    client: Client, alice: User, version: ProfileVersion, judged: str, kept: str, word: str
) -> None:
    change = changed(alice, version)
    answer = client.post(f"/changes/{change.pk}/{judged}/", headers=HTMX)
    assert word in answer.content.decode()
    notice = ChangeNotice.objects.get()
    assert (notice.state, notice.judged) == (State.DONE, kept)
    client.post(f"/changes/{change.pk}/undo/")
    assert ChangeNotice.objects.get().state == State.SHOWN


def test_without_htmx_the_page_says_what_was_noted(
    client: Client, alice: User, version: ProfileVersion
) -> None:
    change = changed(alice, version)
    answer = client.post(f"/changes/{change.pk}/useful/", {"next": "/"}, follow=True)
    assert "Noted: useful." in answer.content.decode()


def test_a_word_on_what_is_another_s_is_refused(
    client: Client, alice: User, version: ProfileVersion
) -> None:
    change = changed(alice, version)
    ChangeNotice.objects.update(recipient=make.user("Bob Stone"))
    answer = client.post(f"/changes/{change.pk}/useful/", follow=True)
    assert "not put before you" in answer.content.decode()
    assert ChangeNotice.objects.get().state == State.SHOWN
    assert client.post(f"/changes/{change.pk}/splendid/").status_code == 404
    assert client.post("/changes/999/useful/", headers=HTMX).status_code == 404
    answer = client.post(f"/changes/{change.pk}/undo/", follow=True)
    assert "nothing to take back" in answer.content.decode()


def test_changes_are_found_by_kind_profile_and_person(
    client: Client, alice: User, version: ProfileVersion
) -> None:
    one = changed(alice, version)
    other = changed(alice, kind=Change.Kind.SKILL, key="go", sentence="Has a new skill: Go.")
    everything = page(client, "/changes/")
    assert one.sentence in everything
    assert other.sentence in everything
    for query in ("kind=promotion", f"profile={version.profile_id}", f"person={one.candidate_id}"):
        shown = page(client, f"/changes/?{query}")
        assert one.sentence in shown
        assert other.sentence not in shown
    assert "Nothing like that" in page(client, "/changes/?kind=tenure")


def test_long_lists_come_in_pages(client: Client, alice: User) -> None:
    for day in range(27):
        changed(alice, days=day, sentence=f"Change number {day}.")
    first = page(client, "/changes/")
    assert "Change number 24." in first
    assert "Change number 25." not in first
    after = Change.objects.get(sentence="Change number 24.")
    later = client.get("/changes/", {"after": f"{after.at.isoformat()}_{after.pk}"})
    shown = later.content.decode()
    assert "Change number 26." in shown
    assert "Change number 24." not in shown
    assert "Change number 0." in page(client, "/changes/?after=nonsense")
    assert "Change number 0." in page(client, "/changes/?after=2026-03-03T09:00:00_1")


def test_nothing_yet_says_what_is_looked_at(client: Client) -> None:
    assert "Nothing has changed yet" in page(client, "/changes/")


def test_everybody_chooses_how_many_they_want(client: Client, alice: User) -> None:
    assert "Saved." in client.post("/changes/budget/", {"most": 5}, follow=True).content.decode()
    assert budget.of(alice.pk) == 5
    again = client.post("/changes/budget/", {"most": 5}, follow=True).content.decode()
    assert "Nothing was different." in again
    wrong = client.post("/changes/budget/", {"most": 500}, follow=True).content.decode()
    assert "Choose a number" in wrong


def test_the_page_of_a_person_says_what_changed_about_them(client: Client, alice: User) -> None:
    change = changed(alice)
    shown = page(client, f"/candidates/{change.candidate_id}/")
    assert change.sentence in shown
    assert "What changed" not in page(client, f"/candidates/{make.candidate(owner=alice).pk}/")


def apt(version: ProfileVersion, candidate: Candidate, days: float = 1) -> None:
    Aptness.objects.create(
        profile=version.profile,
        candidate=candidate,
        version=version,
        confidence=0.83,
        score=1.0,
        is_apt=True,
        since=NOW + timedelta(days=days),
        judged_at=NOW,
    )


def test_who_became_apt_stands_by_profile(
    client: Client, alice: User, version: ProfileVersion
) -> None:
    ana = make.candidate(owner=make.user("Bob Stone"))
    apt(version, ana)
    shown = page(client, "/changes/apt/")
    assert ana.name in shown
    assert "83\N{NO-BREAK SPACE}%" in shown
    assert ana.name in page(client, "/changes/apt/?mine=1")
    version.profile.owner = None
    version.profile.save(update_fields=["owner"])
    assert "Nobody became apt" in page(client, "/changes/apt/?mine=1")


def test_viewers_look_and_say_nothing(alice: User, version: ProfileVersion) -> None:
    change = changed(alice, version)
    viewer = Client()
    viewer.force_login(make.user("Vera Lind", Role.VIEWER))
    assert change.sentence in page(viewer, "/changes/")
    assert viewer.post(f"/changes/{change.pk}/useful/").status_code == 403
