"""Shortlists on our own pages: who may see and do what, and what stands there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.people import erasure
from warmbench.people.models import Candidate
from warmbench.shortlists import answers, looks, making, outcomes, profiles, sharing
from warmbench.shortlists.models import (
    Answer,
    Look,
    Outcome,
    ProfileVersion,
    ShareLink,
    Shortlist,
    ShortlistEntry,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

DAY = timedelta(days=1)
EVIL = "<script>alert(1)</script>"
Browse = Callable[[User], Client]


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def bob(db: None) -> User:
    return make.user("Bob Klein")


@pytest.fixture
def version(alice: User) -> ProfileVersion:
    role = make.role(owner=alice, title="Platform engineer", company="Contoso")
    return make.profile(make.tag("Go"), make.tag("Rust"), role=role, owner=alice)


@pytest.fixture
def people(alice: User) -> list[Candidate]:
    names = [("Ana", "Silva"), ("Ben", "Ode"), ("Chen", "Li")]
    made = [make.candidate(owner=alice) for _ in names]
    for person, (one, two) in zip(made, names, strict=True):
        person.first_name, person.last_name = one, two
        person.save(update_fields=["first_name", "last_name"])
    return made


@pytest.fixture
def draft(version: ProfileVersion, people: list[Candidate]) -> Shortlist:
    ana, ben, chen = people
    return make.shortlist(version, ana, ben, left=(chen,))


@pytest.fixture
def desk(alice: User, browse: Browse) -> Client:
    """Alice's browser."""
    return browse(alice)


def there(shortlist: Shortlist, what: str = "", *ids: int) -> str:
    return reverse(f"shortlist{what}", args=[shortlist.pk, *ids])


def entry(one: Candidate) -> ShortlistEntry:
    return ShortlistEntry.objects.get(candidate=one)


def shared(shortlist: Shortlist) -> ShareLink:
    return sharing.share(shortlist.pk, reader="Dr Weber", by_id=None, now=NOW).link


def said(client: Client, address: str) -> str:
    return client.get(address).content.decode()


class TestTheList:
    def test_says_how_to_begin(self, desk: Client) -> None:
        page = said(desk, "/shortlists/")
        assert "No shortlists yet" in page
        assert "Choose a role" in page

    def test_tells_what_was_answered(
        self, desk: Client, draft: Shortlist, people: list[Candidate]
    ) -> None:
        link = shared(draft)
        answers.answer(entry(people[0]).pk, "pass", link_id=link.pk, now=NOW)
        answers.answer(entry(people[0]).pk, "star", link_id=link.pk, now=NOW + DAY)
        page = said(desk, "/shortlists/")
        assert "1 star · 1 open" in page
        assert "Contoso" in page

    def test_is_narrowed_by_words_state_role_and_profile(
        self, desk: Client, draft: Shortlist
    ) -> None:
        for asked in ("q=platform", "state=draft", f"role={draft.role_id}",
                      f"profile={draft.version.profile_id}"):  # fmt: skip
            assert there(draft) in said(desk, f"/shortlists/?{asked}")
        for asked in ("q=nobody", "state=closed", "role=99999", "profile=99999"):
            assert "No shortlist matches" in said(desk, f"/shortlists/?{asked}")

    def test_only_the_rows_are_asked_for_while_typing(self, desk: Client, draft: Shortlist) -> None:
        page = desk.get("/shortlists/?q=platf", headers={"HX-Request": "true"}).content.decode()
        assert there(draft) in page
        assert "<html" not in page


class TestTheDocument:
    def test_says_who_is_on_it_why_and_who_is_not(self, desk: Client, draft: Shortlist) -> None:
        page = said(desk, there(draft))
        for words in ("Ana Silva", "Knows Go.", "built it in Go", "Very sure", "90&nbsp;%"):
            assert words in page
        assert "Why not the next ones" in page
        assert "Does not want to work there." in page
        assert "Who is better on what" in page

    def test_says_how_often_it_was_right_only_of_its_own_engine(
        self, desk: Client, draft: Shortlist
    ) -> None:
        assert "Too few were this sure" in said(desk, there(draft))

    def test_says_that_nobody_fits_and_what_the_nearest_lack(
        self, desk: Client, version: ProfileVersion, people: list[Candidate]
    ) -> None:
        empty = make.shortlist(version, left=tuple(people))
        page = said(desk, there(empty))
        assert "Nobody fits well enough." in page
        assert "Who came nearest" in page
        assert "What you can do" in page
        assert "Chen Li" in page

    def test_counts_who_was_left_out_and_why(self, desk: Client, draft: Shortlist) -> None:
        Shortlist.objects.filter(pk=draft.pk).update(left_out={"placed": 3, "law": 1})
        page = said(desk, there(draft))
        assert "were placed or hired within a year" in page
        assert "the law asks for it where they live" in page

    def test_says_that_the_profile_went_on(self, desk: Client, draft: Shortlist) -> None:
        profile = draft.version.profile_id
        spec = profiles.spec_of(draft.version)
        profiles.edit(profile, spec, seen=None, by_id=None, now=NOW, note="Again")
        profiles.approve(profile, seen=None, by_id=draft.made_by_id or 0, now=NOW)
        assert "Version 2 of the profile was approved since" in said(desk, there(draft))

    def test_who_was_erased_is_missed_and_not_named(
        self, desk: Client, draft: Shortlist, people: list[Candidate]
    ) -> None:
        shared(draft)
        erasure.erase([people[0].pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        page = said(desk, there(draft))
        assert "Ana Silva" not in page
        assert "1 person who was on it is no longer with us" in page

    def test_shows_words_as_what_they_are(
        self, desk: Client, draft: Shortlist, people: list[Candidate]
    ) -> None:
        link = shared(draft)
        answers.answer(entry(people[0]).pk, "pass", words=EVIL, link_id=link.pk, now=NOW)
        outcomes.record(entry(people[1]).pk, "drop_out", words=EVIL, now=NOW)
        page = said(desk, there(draft))
        assert EVIL not in page
        assert page.count("&lt;script&gt;alert(1)") == 2

    def test_notes_who_looked_and_for_how_long(
        self, desk: Client, draft: Shortlist, people: list[Candidate], alice: User
    ) -> None:
        at = there(draft, "-look", entry(people[0]).pk)
        assert desk.post(at).status_code == 204
        Look.objects.update(opened_at=NOW - timedelta(minutes=1))
        assert desk.post(at, {"seconds": "12"}).status_code == 204
        assert desk.post(at, {"seconds": "nonsense"}).status_code == 204
        look = Look.objects.get()
        assert (look.by_id, look.seconds) == (alice.pk, 12)

    def test_nobody_of_another_list_is_on_it(
        self, desk: Client, draft: Shortlist, version: ProfileVersion, people: list[Candidate]
    ) -> None:
        other = make.shortlist(version, people[2])
        theirs = other.entries.get().pk
        for what in ("-look", "-take-off", "-put-back", "-answer", "-outcome"):
            assert desk.post(there(draft, what, theirs)).status_code == 404


class TestADraft:
    def test_somebody_is_taken_off_with_a_reason_and_put_back(
        self, desk: Client, draft: Shortlist, people: list[Candidate]
    ) -> None:
        ana = entry(people[0])
        page = desk.post(there(draft, "-take-off", ana.pk), {"why": " "}, follow=True)
        assert b"Say why" in page.content
        page = desk.post(there(draft, "-take-off", ana.pk), {"why": "On holiday"}, follow=True)
        assert b"Ana Silva is off the list." in page.content
        assert b"On holiday" in page.content
        page = desk.post(there(draft, "-put-back", ana.pk), follow=True)
        assert b"Ana Silva is back on the list." in page.content
        assert entry(people[0]).removed_at is None

    def test_is_made_anew_with_so_many_people(self, desk: Client, draft: Shortlist) -> None:
        page = desk.post(there(draft, "-anew"), {"size": "3"}, follow=True)
        assert b"It was made anew" in page.content
        page = desk.post(there(draft, "-anew"), {"size": "99"}, follow=True)
        assert b"between 1 and 8 people" in page.content

    def test_is_thrown_away(self, desk: Client, draft: Shortlist) -> None:
        page = desk.post(there(draft, "-throw-away"), follow=True)
        assert b"The draft is gone." in page.content
        assert not Shortlist.objects.exists()

    def test_takes_neither_answers_nor_an_end(
        self, desk: Client, draft: Shortlist, people: list[Candidate]
    ) -> None:
        ana = entry(people[0]).pk
        for what, ids in (("-answer", [ana]), ("-outcome", [ana]), ("-close", [])):
            page = desk.post(there(draft, what, *ids), {"verdict": "star", "kind": "hire"},
                             follow=True)  # fmt: skip
            assert b"notice--error" in page.content
        assert not Answer.objects.exists()


class TestASharedList:
    def share(self, desk: Client, draft: Shortlist, **more: str) -> str:
        form = {"reader": "Dr Weber", "until": "2026-12-24"} | more
        return desk.post(there(draft, "-share"), form).content.decode()

    def test_has_a_link_that_is_shown_once(self, desk: Client, draft: Shortlist) -> None:
        until = (NOW + 20 * DAY).date().isoformat()
        page = self.share(desk, draft, until=until)
        link = ShareLink.objects.get()
        token = page.split("/s/")[1].split("/")[0]
        assert sharing.link_of(token) == link
        assert not link.shows_terms
        assert link.expires_at.date().isoformat() == until
        assert token not in said(desk, there(draft))
        assert "not opened yet" in said(desk, there(draft))

    def test_says_what_is_wrong_with_the_form(self, desk: Client, draft: Shortlist) -> None:
        assert "This day is over" in self.share(desk, draft, until="2020-01-01")
        assert "This field is required." in self.share(desk, draft, reader="")
        assert not ShareLink.objects.exists()

    def test_stays_as_it_is(self, desk: Client, draft: Shortlist, people: list[Candidate]) -> None:
        shared(draft)
        ana = entry(people[0]).pk
        for what, ids in (("-take-off", [ana]), ("-put-back", [ana]), ("-anew", []),
                          ("-throw-away", [])):  # fmt: skip
            page = desk.post(there(draft, what, *ids), {"why": "No"}, follow=True)
            assert b"was shared and stays as it is" in page.content
        assert entry(people[0]).removed_at is None

    def test_a_link_is_taken_back_once(self, desk: Client, draft: Shortlist) -> None:
        link = shared(draft)
        page = desk.post(there(draft, "-link-revoke", link.pk), follow=True)
        assert b"leads nowhere any more" in page.content
        assert b"It had ended." in desk.post(there(draft, "-link-revoke", link.pk),
                                             follow=True).content  # fmt: skip

    def test_is_closed_once(self, desk: Client, draft: Shortlist) -> None:
        shared(draft)
        assert b"It is closed." in desk.post(there(draft, "-close"), follow=True).content
        assert b"It is closed already." in desk.post(there(draft, "-close"), follow=True).content
        form = {"reader": "Dr Weber", "until": (NOW + DAY).date().isoformat()}
        page = desk.post(there(draft, "-share"), form, follow=True)
        assert b"This list is closed: make another one." in page.content

    def test_keeps_what_a_manager_said_on_the_phone(
        self, desk: Client, draft: Shortlist, people: list[Candidate], alice: User
    ) -> None:
        shared(draft)
        ana = entry(people[0]).pk
        desk.post(there(draft, "-look", ana))
        form = {"verdict": "star", "requirement": "skill:go", "words": "Just whom we want"}
        page = desk.post(there(draft, "-answer", ana), form, follow=True).content.decode()
        assert "Kept of Ana Silva: Star." in page
        assert "because of Go." in page
        assert "told to Alice Meyer" in page
        again = desk.post(there(draft, "-answer", ana), {"verdict": "pass"}, follow=True)
        assert b"Said before" in again.content
        answered = Answer.objects.values_list("verdict", flat=True).order_by("pk")
        assert list(answered) == ["star", "pass"]
        assert looks.unseen(Answer.objects.values_list("pk", flat=True)) == set(
            Answer.objects.values_list("pk", flat=True)
        )

    def test_keeps_what_became_of_somebody_until_it_is_taken_back(
        self, desk: Client, draft: Shortlist, people: list[Candidate]
    ) -> None:
        shared(draft)
        ana = entry(people[0]).pk
        form = {"kind": "drop_out", "requirement": "skill:go", "words": "Had never used it"}
        page = desk.post(there(draft, "-outcome", ana), form, follow=True)
        assert b"Ana Silva: fell out late." in page.content
        again = desk.post(there(draft, "-outcome", ana), form, follow=True)
        assert b"That is known already." in again.content
        assert b"notice--error" in desk.post(
            there(draft, "-outcome", ana), {"kind": "x"}, follow=True
        ).content  # fmt: skip
        back = there(draft, "-outcome-take-back", Outcome.objects.get().pk)
        assert b"It is taken back." in desk.post(back, follow=True).content
        assert not Outcome.objects.exists()

    def test_what_an_ats_says_is_put_right_there(
        self, desk: Client, draft: Shortlist, people: list[Candidate]
    ) -> None:
        shared(draft)
        outcomes.record(entry(people[0]).pk, "hire", source="ats", now=NOW)
        back = there(draft, "-outcome-take-back", Outcome.objects.get().pk)
        assert b"put it right there" in desk.post(back, follow=True).content
        assert Outcome.objects.exists()


class TestWhoMay:
    def test_others_read_and_change_nothing(
        self, draft: Shortlist, people: list[Candidate], bob: User, browse: Browse
    ) -> None:
        link, ana = shared(draft), entry(people[0]).pk
        outcomes.record(ana, "hire", now=NOW)
        for user in (bob, make.user("Vera Voss", Role.VIEWER)):
            client = browse(user)
            page = said(client, there(draft))
            assert "Ana Silva" in page
            assert "Take back" not in page
            assert "Said on the phone" not in page
            for what, ids in (
                ("-anew", []), ("-throw-away", []), ("-share", []), ("-close", []),
                ("-take-off", [ana]), ("-put-back", [ana]), ("-answer", [ana]),
                ("-outcome", [ana]), ("-link-revoke", [link.pk]),
                ("-outcome-take-back", [Outcome.objects.get().pk]),
            ):  # fmt: skip
                assert client.post(there(draft, what, *ids)).status_code == 403

    def test_who_is_not_signed_in_reads_nothing(self, draft: Shortlist) -> None:
        for address in ("/shortlists/", there(draft)):
            assert Client().get(address).headers["Location"].startswith("/sign-in/")


class TestMakingOne:
    def test_by_the_profile_of_a_role(self, desk: Client, version: ProfileVersion) -> None:
        role_id = version.profile.role_id
        assert "Make a shortlist" in said(desk, f"/roles/{role_id}/")
        response = desk.post(reverse("role-shortlist", args=[role_id]))
        made = Shortlist.objects.get()
        assert response.headers["Location"] == there(made)
        assert "Shortlists" in said(desk, f"/roles/{role_id}/")

    def test_by_a_standing_profile(self, desk: Client, alice: User) -> None:
        version = make.profile(make.tag("Go"), owner=alice)
        address = reverse("profile-shortlist", args=[version.profile_id])
        assert desk.post(address, {"size": "3"}).status_code == 302
        assert Shortlist.objects.get().version == version
        assert b"between 1 and 8" in desk.post(address, {"size": "9"}).content

    def test_says_what_is_missing(self, desk: Client, alice: User, bob: User) -> None:
        role = make.role(owner=alice)
        page = desk.post(reverse("role-shortlist", args=[role.pk])).content.decode()
        assert "This role has no profile yet." in page
        waiting = make.profile(make.tag("Go"), owner=alice, is_approved=False)
        page = desk.post(reverse("profile-shortlist", args=[waiting.profile_id])).content.decode()
        assert "Nobody has approved this profile yet" in page
        theirs = make.profile(make.tag("Rust"), owner=bob)
        page = desk.post(reverse("profile-shortlist", args=[theirs.profile_id])).content.decode()
        assert "Whoever looks after the profile" in page
        assert not Shortlist.objects.exists()


def test_a_candidates_page_says_on_which_lists_they_stand(
    desk: Client, draft: Shortlist, people: list[Candidate]
) -> None:
    ana, ben, chen = people
    making.remove(entry(ben).pk, why="On holiday", by_id=None, now=NOW)
    link = shared(draft)
    answers.answer(entry(ana).pk, "star", link_id=link.pk, now=NOW)
    outcomes.record(entry(ana).pk, "hire", now=NOW)
    for one, words in ((ana, "place 1"), (ben, "taken off"), (chen, "near, not on it")):
        page = said(desk, f"/candidates/{one.pk}/")
        assert "On shortlists" in page
        assert words in page
    page = said(desk, f"/candidates/{ana.pk}/")
    assert "Star" in page
    assert "Hired" in page
