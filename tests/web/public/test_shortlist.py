"""The hiring manager's page: what it shows, what it hides, and how it takes answers."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from time_machine import Traveller

from tests import make
from tests.make import NOW
from tests.web.public.pages import LATER
from warmbench.accounts.models import User
from warmbench.people import erasure
from warmbench.people.models import Candidate
from warmbench.shortlists import answers, frozen, looks, making, sharing
from warmbench.shortlists.models import Answer, Look, Shortlist, ShortlistEntry
from warmbench.shortlists.sharing import Shared
from warmbench.web.public_frame import MOST_PER_TOKEN

DAY = timedelta(days=1)
EVIL = "<script>alert(1)</script>"
WISH = "Wants at least 95,000 EUR a year; the role pays up to 90,000 EUR a year."
ASK = "Wants at least 95,000 EUR a year: how much more can it be?"


@pytest.fixture
def people(alice: User) -> list[Candidate]:
    names = [("Ana", "Silva"), ("Ben", "Ode"), ("Chen", "Li")]
    made = [make.candidate(owner=alice, email=f"{one.lower()}@example.com") for one, _ in names]
    for person, (one, two) in zip(made, names, strict=True):
        person.first_name, person.last_name = one, two
        person.save(update_fields=["first_name", "last_name"])
    return made


@pytest.fixture
def draft(alice: User, people: list[Candidate]) -> Shortlist:
    ana, ben, chen = people
    made = make.shortlist(make.profile(make.tag("Go"), owner=alice), ana, ben, left=(chen,))
    entry = made.entries.get(candidate=ana)
    entry.told["listed"]["judged"] |= {"trade_offs": [WISH], "questions": [ASK, "When?"]}
    entry.save(update_fields=["told"])
    frozen.heard(entry.told)
    return made


@pytest.fixture
def shared(draft: Shortlist) -> Shared:
    return share(draft)


def share(draft: Shortlist, **more: object) -> Shared:
    return sharing.share(draft.pk, reader="Dr Weber", by_id=None, now=NOW, **more)  # type: ignore[arg-type]


def at(shared: Shared) -> str:
    return f"/s/{shared.token}/"


def entry(one: Candidate) -> int:
    return ShortlistEntry.objects.get(candidate=one).pk


def say(reader: Client, shared: Shared, one: Candidate, **more: str) -> HttpResponse:
    form = {"entry": str(entry(one)), "verdict": "star"} | more
    return reader.post(at(shared), form)  # type: ignore[return-value]


def words(reader: Client, shared: Shared) -> str:
    return reader.get(at(shared)).content.decode()


class TestAList:
    def test_shows_who_is_on_it_and_why(self, reader: Client, shared: Shared) -> None:
        page = words(reader, shared)
        for one in ("Ana Silva", "Ben Ode", "Knows Go.", "built it in Go", "Dr Weber", "Very sure"):
            assert one in page

    def test_names_nobody_who_is_not_on_it(self, reader: Client, shared: Shared) -> None:
        page = words(reader, shared)
        assert "Chen" not in page
        assert "Does not want to work there." not in page

    def test_gives_no_address_no_wish_of_pay_and_no_warmth(
        self, reader: Client, shared: Shared
    ) -> None:
        page = words(reader, shared)
        for one in ("@example.com", "95,000", "When?", "Reach", "/candidates/", "/source"):
            assert one not in page

    def test_shows_their_terms_where_the_recruiter_shared_them(
        self, reader: Client, draft: Shortlist
    ) -> None:
        page = words(reader, share(draft, shows_terms=True))
        for one in (WISH, ASK, "When?"):
            assert one in page

    def test_asks_for_no_account_and_sets_no_cookie(self, reader: Client, shared: Shared) -> None:
        response = reader.get(at(shared))
        assert not response.cookies
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert not re.findall(r"<script(?![^>]*theme)", response.content.decode())

    def test_that_it_was_opened_is_noted_and_a_preview_of_it_is_not(
        self, reader: Client, shared: Shared
    ) -> None:
        reader.head(at(shared))
        assert not Look.objects.exists()
        reader.get(at(shared))
        reader.get(at(shared))
        assert Look.objects.filter(link=shared.link).count() == 2
        shared.link.refresh_from_db()
        assert shared.link.first_opened_at == LATER

    def test_says_that_somebody_was_erased(
        self, reader: Client, shared: Shared, people: list[Candidate]
    ) -> None:
        erasure.erase([people[0].pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        page = words(reader, shared)
        assert "Ana" not in page
        assert "1 person who was on it" in page

    def test_says_that_nobody_fits(
        self, reader: Client, alice: User, people: list[Candidate]
    ) -> None:
        version = make.profile(make.tag("Rust"), owner=alice)
        page = words(reader, share(make.shortlist(version, left=tuple(people))))
        assert "Nobody fits well enough" in page
        assert "Ana" not in page


class TestAnAnswer:
    def test_is_kept_and_thanked_for(
        self, reader: Client, shared: Shared, people: list[Candidate]
    ) -> None:
        ana, ben = people[:2]
        response = say(reader, shared, ana, requirement="skill:go", words="Just whom we want")
        assert response.status_code == 303
        page = reader.get(response.headers["Location"]).content.decode()
        assert "Noted: star." in page
        kept = Answer.objects.get()
        assert (kept.verdict, kept.requirement, kept.words) == (
            "star", "skill:go", "Just whom we want",
        )  # fmt: skip
        assert kept.link == shared.link
        say(reader, shared, ben, verdict="pass")
        assert "You answered for everybody." in words(reader, shared)

    def test_can_be_changed_and_both_stay(
        self, reader: Client, shared: Shared, people: list[Candidate]
    ) -> None:
        say(reader, shared, people[0])
        say(reader, shared, people[0], verdict="check")
        assert Answer.objects.count() == 2
        assert "Your answer: <b>Interview</b>" in words(reader, shared)

    def test_of_somebody_else_is_told_where_it_counts(
        self, reader: Client, shared: Shared, draft: Shortlist, people: list[Candidate]
    ) -> None:
        say(reader, shared, people[0])
        other = sharing.share(draft.pk, reader="Ms Braun", by_id=None, now=NOW)
        answers.answer(
            entry(people[0]), "pass", link_id=other.link.pk, now=LATER + timedelta(minutes=1)
        )
        assert "Since you answered, Ms Braun said: pass." in words(reader, shared)

    def test_needs_a_verdict(self, reader: Client, shared: Shared, people: list[Candidate]) -> None:
        for verdict in ("", "hire", EVIL):
            response = say(reader, shared, people[0], verdict=verdict)
            assert response.status_code == 422
            assert b"Choose pass, interview or star." in response.content
        response = say(reader, shared, people[0], requirement="skill:cobol")
        assert b"This role does not ask for that." in response.content
        assert not Answer.objects.exists()

    def test_about_somebody_of_another_list_is_refused(
        self, reader: Client, shared: Shared, alice: User, people: list[Candidate]
    ) -> None:
        other = make.shortlist(make.profile(make.tag("Rust"), owner=alice), people[2])
        sharing.share(other.pk, reader="Ms Braun", by_id=None, now=NOW)
        for wrong in (other.entries.get().pk, entry_left(people[2], other), 999_999, "x"):
            response = reader.post(at(shared), {"entry": wrong, "verdict": "star"})
            assert response.status_code == 422
        assert not Answer.objects.exists()

    def test_is_shown_as_what_it_is(
        self, reader: Client, shared: Shared, people: list[Candidate]
    ) -> None:
        say(reader, shared, people[0], words=EVIL)
        page = words(reader, shared)
        assert EVIL not in page
        assert "&lt;script&gt;" in page

    def test_after_reading_is_no_rubber_stamp(
        self,
        reader: Client,
        shared: Shared,
        people: list[Candidate],
        clock: Traveller,
    ) -> None:
        reader.get(at(shared))
        clock.move_to(LATER + timedelta(minutes=2))
        say(reader, shared, people[0])
        assert not looks.unseen([Answer.objects.get().pk])


def entry_left(one: Candidate, but: Shortlist) -> int:
    return ShortlistEntry.objects.exclude(shortlist=but).get(candidate=one).pk


class TestAWayThatIsOver:
    @pytest.mark.parametrize("how", ["expired", "revoked", "closed"])
    def test_says_so_in_a_sentence_and_names_nobody(
        self, reader: Client, shared: Shared, people: list[Candidate], clock: Traveller, how: str
    ) -> None:
        said = {
            "expired": "This link has expired.",
            "revoked": "This link was taken back.",
            "closed": "This shortlist is closed.",
        }[how]
        if how == "expired":
            clock.move_to(NOW + 15 * DAY)
        elif how == "revoked":
            sharing.revoke(shared.link.pk, by_id=None, now=LATER)
        else:
            making.close(shared.link.shortlist_id, by_id=None, now=LATER)
        for response in (reader.get(at(shared)), say(reader, shared, people[0])):
            assert response.status_code == 410
            assert said in response.content.decode()
            assert b"Ana" not in response.content
        assert not Answer.objects.exists()

    def test_that_never_was_leads_nowhere(self, reader: Client, shared: Shared) -> None:
        forged = f"/s/{shared.token[:-1]}{'A' if shared.token[-1] != 'A' else 'B'}/"
        assert reader.get(forged).status_code == 404
        assert reader.post(forged, {"verdict": "star"}).status_code == 404
        assert reader.get("/s/%00/").status_code == 404

    def test_nobody_asks_faster_than_people_do(self, reader: Client, shared: Shared) -> None:
        for _ in range(MOST_PER_TOKEN):
            reader.head(at(shared))
        assert reader.get(at(shared)).status_code == 429
