"""The pages about who approaches whom: reservations, requests, employers that are off limits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.people import off_limits, reservations
from warmbench.people.models import Candidate, OffLimits, ReservationRequest
from warmbench.web import reservations as pages

pytestmark = pytest.mark.usefixtures("at_noon")
Browse = Callable[[User], Client]


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ben(alice: User) -> User:
    return make.user("Ben Okafor")


@pytest.fixture
def ana(alice: User) -> Candidate:
    made = make.candidate(owner=alice)
    Candidate.objects.filter(pk=made.pk).update(employer="Contoso GmbH")
    return made


def shown(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def said(browser: Client, address: str, data: dict[str, str] | None = None) -> str:
    return browser.post(address, data or {}, follow=True).content.decode()


def test_a_recruiter_reserves_prolongs_and_lets_go(
    browse: Browse, alice: User, ana: Candidate
) -> None:
    browser, page = browse(alice), f"/candidates/{ana.pk}/"
    assert "Reserve</a>" in shown(browser, page)
    told = said(browser, f"{page}reserve/", {"why": "Platform lead", "days": "14"})
    assert "is reserved for you until 17 March" in told
    assert "Reserved for <strong>you</strong>" in told
    assert "Platform lead" in told
    assert "Reserve</a>" not in told
    said(browser, f"{page}reserve/", {"why": "", "days": "30"})
    ana.refresh_from_db()
    assert ana.reserved_until == NOW + timedelta(days=30)
    assert "not reserved any more" in said(browser, f"{page}let-go/")


def test_the_second_recruiter_gets_one_clear_sentence(
    browse: Browse, alice: User, ben: User, ana: Candidate
) -> None:
    reservations.reserve(ana.pk, alice.pk, why="", by_id=None, now=NOW)
    told = said(browse(ben), f"/candidates/{ana.pk}/reserve/", {"why": "", "days": "7"})
    assert "Alice Meyer has them reserved until 17 March, 10:00. Ask for them" in told


def test_asked_granted_and_seen_by_both(
    browse: Browse, alice: User, ben: User, ana: Candidate
) -> None:
    reservations.reserve(ana.pk, alice.pk, why="", by_id=None, now=NOW)
    page = f"/candidates/{ana.pk}/"
    assert "Ask for them" in shown(browse(ben), page)
    assert "yours on 5 March, 10:00" in said(browse(ben), f"{page}ask/", {"note": "Her <wish>"})
    asked = ReservationRequest.objects.get()
    assert "You asked for them" in shown(browse(ben), page)
    before = shown(browse(alice), page)
    assert "Let Ben Okafor have them" in before
    assert "Her &lt;wish&gt;" in before
    assert [one.pk for one in pages.waiting_for(alice, now=NOW)] == [asked.pk]
    assert f"Keep {ana.name}" in shown(browse(alice), "/")
    assert f"Keep {ana.name}" not in shown(browse(ben), "/")
    assert browse(make.user("Cara")).post(f"/reservations/{asked.pk}/").status_code == 403
    told = said(browse(alice), f"/reservations/{asked.pk}/", {"answer": "grant"})
    assert "Reserved for <strong>Ben Okafor</strong>" in told
    answered = said(browse(ben), f"/reservations/{asked.pk}/", {"answer": "grant"})
    assert "That was answered already." in answered


def test_whoever_asked_may_only_withdraw(
    browse: Browse, alice: User, ben: User, ana: Candidate
) -> None:
    reservations.reserve(ana.pk, alice.pk, why="", by_id=None, now=NOW)
    asked = reservations.ask(ana.pk, by_id=ben.pk, now=NOW)
    assert asked is not None
    said(browse(ben), f"/reservations/{asked.pk}/", {"answer": "grant"})
    asked.refresh_from_db()
    assert asked.state == ReservationRequest.State.WITHDRAWN


def test_only_an_administrator_takes_over(
    browse: Browse, alice: User, ben: User, ana: Candidate
) -> None:
    reservations.reserve(ana.pk, alice.pk, why="", by_id=None, now=NOW)
    address = f"/candidates/{ana.pk}/take-over/"
    assert browse(ben).post(address).status_code == 403
    assert browse(ben).post(f"/candidates/{ana.pk}/let-go/").status_code == 403
    admin = make.user("Dora Admin", Role.ADMIN)
    assert "is reserved for you" in said(browse(admin), address, {"why": "Client call"})


def test_an_employer_is_put_on_the_list_and_ended(
    browse: Browse, alice: User, ben: User, ana: Candidate
) -> None:
    browser = browse(alice)
    assert "Nobody is off limits" in shown(browser, "/off-limits/")
    found = shown(browser, "/off-limits/preview/?employer=contoso&domain=")
    assert "Contoso GmbH" in found
    assert '<b class="num">1</b>' in found
    entered = {"employer": "Contoso", "reason": "Our <client>", "since": "2026-03-03"}
    told = said(browser, "/off-limits/new/", entered | {"domain": "www.contoso.example"})
    assert "It concerns 1 person" in told
    assert "Our &lt;client&gt;" in told
    entry = OffLimits.objects.get()
    assert (entry.key, entry.domain) == ("contoso", "contoso.example")
    assert "Contoso is off limits" in shown(browser, f"/candidates/{ana.pk}/").replace(
        "<strong>", ""
    ).replace("</strong>", "")
    assert "In force" in shown(browser, "/off-limits/")
    assert browse(ben).post(f"/off-limits/{entry.pk}/end/").status_code == 403
    assert "not off limits any more" in said(browser, f"/off-limits/{entry.pk}/end/")
    assert "In force" not in shown(browser, "/off-limits/")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"employer": "..."}, "Enter the employer"),
        ({"domain": "no domain"}, "This is no domain"),
        ({"domain": "gmail.com"}, "Everybody may have an address there"),
        ({"until": "2026-03-01"}, "The last day comes before the first"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said(
    browse: Browse, alice: User, wrong: dict[str, str], sentence: str
) -> None:
    entered = {"employer": "Contoso", "reason": "Client", "since": "2026-03-03"} | wrong
    answer = browse(alice).post("/off-limits/new/", entered)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not OffLimits.objects.exists()


def test_one_person_is_an_exception_and_no_longer(
    browse: Browse, alice: User, ana: Candidate
) -> None:
    entry = off_limits.add("Contoso", reason="Client", since=NOW.date(), by_id=alice.pk, now=NOW)
    browser, address = browse(alice), f"/off-limits/{entry.pk}/exceptions/{ana.pk}/"
    told = said(browser, address, {"reason": "She wrote to us"})
    assert "An exception from" in told
    assert ana.name in shown(browser, f"/off-limits/{entry.pk}/")
    assert "holds for" in said(browser, f"{address}end/")
    assert "Nobody is an exception." in shown(browser, f"/off-limits/{entry.pk}/")
