"""The pages about records of one person: found, compared, merged, parted, and said to be two."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.core import tokens
from warmbench.core.tokens import Purpose
from warmbench.nurture.models import PoolMember, Step
from warmbench.people import consent, duplicates, merging
from warmbench.people.models import Candidate, CandidateMerge, DuplicatePair, Suppression
from warmbench.signals.models import Hit

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


def pair(owner: User | None) -> tuple[Candidate, Candidate]:
    """Two records with one address, of whom the second knows more."""
    ana = make.candidate(owner=owner, email="ana@example.com")
    other = make.candidate(owner=owner, email="ana@example.com")
    Candidate.objects.filter(pk=other.pk).update(
        employer="Contoso", job_title="Nurse", last_name="Moreau-Roux"
    )
    duplicates.find_all(now=NOW)
    return ana, other


def test_pairs_are_listed_with_what_they_have(alice: User, browse: Browse) -> None:
    ana, other = pair(alice)
    page = browse(alice).get("/candidates/duplicates/").content.decode()
    assert "the same e-mail address" in page
    assert f"/candidates/{ana.pk}/merge/{other.pk}/" in page
    assert "1 pair to look at" in page
    assert "/candidates/duplicates/" in browse(alice).get("/candidates/").content.decode()


def test_what_is_others_can_be_seen_and_not_merged(alice: User, browse: Browse) -> None:
    ana, other = pair(alice)
    bob = browse(make.user("Bob Stone"))
    assert "With other recruiters" in bob.get("/candidates/duplicates/").content.decode()
    assert bob.get(f"/candidates/{ana.pk}/merge/{other.pk}/").status_code == 403
    assert bob.post(f"/candidates/{ana.pk}/merge/{other.pk}/go/").status_code == 403
    Candidate.objects.filter(pk=ana.pk).update(owner=None)
    # Both have to be theirs to change.
    assert bob.post(f"/candidates/{ana.pk}/merge/{other.pk}/go/").status_code == 403
    viewer = browse(make.user("Vera Ito", Role.VIEWER))
    assert "Compare" not in viewer.get("/candidates/duplicates/").content.decode()


def test_both_stand_side_by_side_with_what_would_happen(alice: User, browse: Browse) -> None:
    ana, other = pair(alice)
    consent.suppress(other.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)
    version = make.sequence(Step.Kind.MESSAGE)
    for who in (ana, other):
        make.enrollment(who, version)
    PoolMember.objects.create(pool=make.pool("status = passive"), candidate=other, joined_at=NOW)
    make.signal(other)
    page = browse(alice).get(f"/candidates/{ana.pk}/merge/{other.pk}/").content.decode()
    for words in (
        "Contoso",
        "Moreau-Roux",
        "kept beside it",
        "Unsubscribed in the second record: that holds for both.",
        "goes on once, where they are further",
        "They stay in 1 pool.",
        "1 signal go over",
    ):
        assert words in page, words
    assert Candidate.objects.count() == 2
    nothing = browse(alice).get(f"/candidates/{ana.pk}/merge/{ana.pk}/")
    assert nothing.headers["Location"] == f"/candidates/{ana.pk}/"


def test_a_merge_is_listed_and_undone(alice: User, browse: Browse) -> None:
    ana, other = pair(alice)
    client = browse(alice)
    merged = client.post(f"/candidates/{ana.pk}/merge/{other.pk}/go/", follow=True)
    assert "are one now" in merged.content.decode()
    done = CandidateMerge.objects.get()
    assert (done.kept, done.gone_id, done.by) == (ana, other.pk, alice)
    page = client.get("/candidates/merges/").content.decode()
    assert "Moreau-Roux" in page
    assert f"/candidates/merges/{done.pk}/undo/" in page
    assert client.get(f"/candidates/{other.pk}/").headers["Location"] == f"/candidates/{ana.pk}/"

    undone = client.post(f"/candidates/merges/{done.pk}/undo/", follow=True)
    assert "two records again" in undone.content.decode()
    assert "Undone" in client.get("/candidates/merges/").content.decode()
    assert client.get(f"/candidates/{other.pk}/").status_code == 200
    again = client.post(f"/candidates/merges/{done.pk}/undo/", follow=True)
    assert "undone already" in again.content.decode()


def test_two_people_are_not_asked_about_again(alice: User, browse: Browse) -> None:
    ana, other = pair(alice)
    page = browse(alice).post(f"/candidates/{ana.pk}/merge/{other.pk}/distinct/", follow=True)
    assert "are two people" in page.content.decode()
    assert "No duplicates" in page.content.decode()
    assert DuplicatePair.objects.get().decided_by == alice


def test_a_candidate_is_merged_with_whoever_is_looked_for(alice: User, browse: Browse) -> None:
    ana, other = pair(alice)
    eve = make.candidate(email="eve.adler@example.com")
    client = browse(alice)
    assert f"/candidates/{ana.pk}/merge/" in client.get(f"/candidates/{ana.pk}/").content.decode()
    page = client.get(f"/candidates/{ana.pk}/merge/").content.decode()
    assert f"/candidates/{ana.pk}/merge/{other.pk}/" in page
    found = client.get(f"/candidates/{ana.pk}/merge/?q=eve.adler@").content.decode()
    assert f"/candidates/{ana.pk}/merge/{eve.pk}/" in found
    nobody = client.get(f"/candidates/{ana.pk}/merge/?q=nobody@nowhere.example").content.decode()
    assert "Nobody was found." in nobody


def test_a_record_that_went_meanwhile_is_said_so(alice: User, browse: Browse) -> None:
    ana, other = pair(alice)
    merging.merge(ana.pk, other.pk, by_id=alice.pk, now=NOW)
    assert browse(alice).post(f"/candidates/{ana.pk}/merge/{other.pk}/go/").status_code == 404


@pytest.mark.parametrize("after", ["", "x", "4-", "-1", "4-9999999999999999999999", "²-1"])
def test_addresses_of_pages_that_never_were_show_the_first(
    alice: User, browse: Browse, after: str
) -> None:
    pair(alice)
    page = browse(alice).get("/candidates/duplicates/", {"after": after}).content.decode()
    assert "the same e-mail address" in page
    assert browse(alice).get("/candidates/merges/", {"after": after}).status_code == 200


def test_long_lists_go_on(alice: User, browse: Browse) -> None:
    people = [make.candidate(owner=alice, email=f"a{n // 2}@example.com") for n in range(54)]
    duplicates.find_all(now=NOW)
    client = browse(alice)
    first = client.get("/candidates/duplicates/")
    second = client.get(f"/candidates/duplicates/?after={first.context['after']}")
    assert (len(first.context["pairs"]), len(second.context["pairs"])) == (25, 2)
    for n in range(0, 54, 2):
        merging.merge(people[n].pk, people[n + 1].pk, by_id=None, now=NOW, via="Greenhouse")
    first = client.get("/candidates/merges/")
    assert "Greenhouse" in first.content.decode()
    second = client.get("/candidates/merges/", {"after": first.context["after"]})
    assert (len(first.context["merges"]), len(second.context["merges"])) == (25, 2)


class TestOldLinks:
    """What was signed for the record that went acts on the one that is kept."""

    @pytest.fixture
    def ana(self, alice: User) -> tuple[Candidate, int, int]:
        kept, gone = make.candidate(owner=alice), make.candidate(owner=alice)
        sent = make.sent(gone, make.sender(alice))
        merging.merge(kept.pk, gone.pk, by_id=None, now=NOW)
        return kept, gone.pk, sent.pk

    def test_the_way_out_stops_at_once(self, ana: tuple[Candidate, int, int]) -> None:
        kept, gone_id, message_id = ana
        token = tokens.sign(Purpose.UNSUBSCRIBE, gone_id, message_id)
        assert Client().post(f"/u/{token}").status_code == 200
        assert Suppression.objects.get(candidate=kept).reason == "unsubscribed"

    def test_the_other_pages_open(self, ana: tuple[Candidate, int, int]) -> None:
        kept, gone_id, message_id = ana
        page = Client().get(f"/u/{tokens.sign(Purpose.UNSUBSCRIBE, gone_id, message_id)}")
        assert page.status_code == 200
        for purpose, path in ((Purpose.PREFERENCE, "p"), (Purpose.MY_DATA, "me")):
            token = tokens.sign(purpose, gone_id, message_id)
            page = Client().get(f"/{path}/{token}")
            assert page.status_code == 200, path
        assert kept.first_name in page.content.decode()

    def test_a_click_counts_for_the_kept_one(self, ana: tuple[Candidate, int, int]) -> None:
        kept, _, message_id = ana
        assert Client().get(f"/c/{tokens.sign(Purpose.CLICK, message_id, 0)}").status_code == 302
        assert Hit.objects.get().candidate_id == kept.pk
