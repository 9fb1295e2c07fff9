"""What is known of somebody: shown with its quotes, decided about, put right, and found again."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests import make, said
from tests.said import fact
from warmbench.accounts.models import Role, SavedView, User
from warmbench.core import clock
from warmbench.insight.kinds import Kind, Polarity, Speaker
from warmbench.insight.lessons import lessons
from warmbench.insight.models import Insight
from warmbench.people.models import Candidate, Suppression

HTMX = {"HX-Request": "true"}
WANTS, HAD, REFUSES = Polarity.WANTS, Polarity.HAD, Polarity.REFUSES
REMOTE = fact("from home", Kind.REMOTE, {"mode": "remote"}, WANTS)
PYTHON = fact("knows Python", Kind.SKILL, {"name": "Python", "years": 6})
STOP = fact("never again", Kind.STOP, {"tier": "hard"}, REFUSES)


def pay(words: str, low: int, **more: Any) -> dict[str, Any]:
    value = {"what": "target", "low": low, "currency": "EUR", "period": "year"}
    return fact(words, Kind.PAY, value, WANTS, **more)


@pytest.fixture
def alice(db: None, at_noon: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


@pytest.fixture
def client(alice: User, browse: Callable[[User], Client]) -> Client:
    return browse(alice)


@pytest.fixture
def clash(ana: Candidate) -> tuple[Insight, Insight]:
    """What she said herself, and what a manager said of her later."""
    (own,) = said.note(pay("85k is fine", 85000), about=ana, on=make.NOW.date() - timedelta(days=9))
    (other,) = said.note(pay("100k", 100000, speaker=Speaker.MANAGER), about=ana, kind="debrief")
    return own, other


class TestThePanel:
    def test_says_facts_in_few_words_with_quote_age_and_whose_word(
        self, client: Client, ana: Candidate
    ) -> None:
        long_ago = make.NOW - timedelta(days=300)
        said.note(REMOTE, about=ana, on=long_ago.date(), now=long_ago)
        html = client.get(f"/candidates/{ana.pk}/").text
        assert "Wants to work remotely" in html
        assert "<q>from home</q>" in html
        assert "Their own word" in html
        assert "Ageing, 10 months ago" in html

    def test_shows_contradictions_side_by_side(
        self, client: Client, ana: Candidate, clash: tuple[Insight, Insight]
    ) -> None:
        html = client.get(f"/candidates/{ana.pk}/known/", headers=HTMX).text
        assert html.count("This holds") == 2

    def test_one_side_holds_and_can_be_taken_back(
        self, client: Client, ana: Candidate, clash: tuple[Insight, Insight]
    ) -> None:
        own, other = clash
        answer = client.post(f"/facts/{own.pk}/holds/", headers=HTMX)
        assert states(own, other) == ["confirmed", "superseded"]
        assert [one.verdict for one in lessons()] == ["confirmed"]
        assert "facts-changed" in answer.headers["HX-Trigger"]
        assert "contradict" not in client.get(f"/candidates/{ana.pk}/known/").text

        client.post(json.loads(answer.headers["HX-Trigger"])["toast"]["undo"], headers=HTMX)
        assert states(own, other) == ["proposed", "proposed"]

    def test_one_that_was_confirmed_holds_also_against_what_came_later(
        self, client: Client, ana: Candidate, clash: tuple[Insight, Insight]
    ) -> None:
        own, other = clash
        client.post(f"/facts/{own.pk}/confirm/")
        assert states(own, other) == ["confirmed", "superseded"]
        after = make.NOW + timedelta(minutes=5)
        (new,) = said.note(pay("90k", 90000), about=ana, now=after)
        assert states(own, new) == ["confirmed", "proposed"]
        with clock.pinned(after):
            client.post(f"/facts/{own.pk}/holds/")
        assert states(own, new) == ["confirmed", "superseded"]

    def test_tells_who_begins_what_will_stand_here(self, client: Client, ana: Candidate) -> None:
        assert "Nothing yet" in client.get(f"/candidates/{ana.pk}/known/").text

    def test_says_first_that_somebody_wants_to_be_left_alone(
        self, client: Client, ana: Candidate
    ) -> None:
        (one,) = said.note(STOP, about=ana, kind="email")
        assert Suppression.objects.filter(candidate=ana).exists()
        html = client.get(f"/candidates/{ana.pk}/").text
        assert html.index("Messages to them were stopped at once") < html.index("What we know")

        client.post(f"/facts/{one.pk}/reject/")
        assert "still stopped by it" in client.get(f"/candidates/{ana.pk}/").text
        answer = client.post(f"/facts/{one.pk}/lift/", follow=True)
        assert "may hear from us again" in answer.text
        assert "Wants no contact" not in client.get(f"/candidates/{ana.pk}/").text


class TestDecisions:
    @pytest.mark.parametrize(("do", "state"), [("confirm", "confirmed"), ("reject", "rejected")])
    def test_are_made_in_one_step_and_taken_back_in_one(
        self, client: Client, ana: Candidate, do: str, state: str
    ) -> None:
        (one,) = said.note(REMOTE, about=ana)
        answer = client.post(f"/facts/{one.pk}/{do}/?bare", headers=HTMX)
        told = json.loads(answer.headers["HX-Trigger"])
        assert states(one) == [state]
        assert "Wants to work remotely" in told["toast"]["text"]
        assert told["decided"] == {"fact": one.pk, "stays": False}
        assert f'id="fact-{one.pk}" hx-swap-oob="true"' in answer.text

        client.post(told["toast"]["undo"], headers=HTMX)
        assert states(one) == ["proposed"]

    def test_made_twice_say_that_they_were_made_before(
        self, client: Client, ana: Candidate
    ) -> None:
        (one,) = said.note(REMOTE, about=ana)
        client.post(f"/facts/{one.pk}/confirm/", headers=HTMX)
        again = client.post(f"/facts/{one.pk}/confirm/", headers=HTMX)
        assert json.loads(again.headers["HX-Trigger"])["toast"]["level"] == "error"

    def test_lead_back_without_scripts(self, client: Client, ana: Candidate) -> None:
        (one,) = said.note(REMOTE, about=ana)
        answer = client.post(f"/facts/{one.pk}/confirm/", follow=True)
        assert answer.redirect_chain[-1][0] == f"/candidates/{ana.pk}/known/"
        assert "Confirmed: Wants to work remotely." in answer.text

    def test_are_for_who_may_change_the_person(
        self, ana: Candidate, browse: Callable[[User], Client]
    ) -> None:
        (one,) = said.note(REMOTE, about=ana)
        bob = browse(make.user("Bob Li"))
        assert bob.post(f"/facts/{one.pk}/confirm/").status_code == 403
        html = bob.get(f"/candidates/{ana.pk}/known/check/").text
        assert "Wants to work remotely" in html
        assert "/confirm/" not in html

    def test_a_fact_is_put_right_in_its_row(self, client: Client, ana: Candidate) -> None:
        (one,) = said.note(pay("90", 90), about=ana)
        there = f"/facts/{one.pk}/correct/?bare"
        row = {**HTMX, "HX-Target": f"fact-{one.pk}"}
        form = client.get(there, headers=row).text
        assert 'value="90"' in form
        given = {"what": "target", "low": "90000", "currency": "EUR", "period": "year"}
        answer = client.post(there, given, headers=row)
        made = Insight.objects.get(corrects=one)
        assert (made.value["low"], made.state) == (90000, "confirmed")
        assert states(one) == ["superseded"]
        assert f'hx-swap-oob="outerHTML:#fact-{one.pk}"' in answer.text
        assert answer.headers["HX-Reswap"] == "none"

        back = client.post(f"/facts/{made.pk}/undo/?bare", headers=HTMX)
        assert states(one) == ["proposed"]
        assert f'hx-swap-oob="outerHTML:#fact-{made.pk}"' in back.text

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"what": "target", "low": "9", "high": "3"}, "less than where it begins"),
            ({"what": "target", "low": ""}, "This field is required"),
            ({"what": "nonsense", "low": "1"}, "Select a valid choice"),
        ],
    )
    def test_what_is_no_value_is_asked_again(
        self, client: Client, ana: Candidate, given: dict[str, str], sentence: str
    ) -> None:
        (one,) = said.note(pay("90", 90), about=ana)
        answer = client.post(f"/facts/{one.pk}/correct/", given, headers=HTMX)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert states(one) == ["proposed"]


class TestFactsToCheck:
    def test_are_those_of_ones_own_people_first(self, client: Client, ana: Candidate) -> None:
        ben = make.candidate()
        said.note(REMOTE, about=ana)
        said.note(PYTHON, about=ben)
        mine, everybodys = client.get("/facts/").text, client.get("/facts/?whose=all").text
        assert "Wants to work remotely" in mine
        assert "Python, 6 years" not in mine
        assert "Python, 6 years" in everybodys
        assert "Python, 6 years" in client.get("/facts/?whose=nobody").text
        assert "Python, 6 years" not in client.get("/facts/?whose=all&about=0").text
        assert "Python, 6 years" in client.get("/facts/?whose=all&about=4").text

    def test_come_page_by_page(self, client: Client, ana: Candidate) -> None:
        several = [pay(f"{number}k is fine", number * 1000) for number in range(10, 50)]
        said.note(*several, about=ana)
        Insight.objects.update(state="proposed", superseded_by=None)
        first = client.get("/facts/").text
        more = re.search(r'hx-get="([^"]+after=[^"]+)"', first)
        assert more
        rest = client.get(more[1].replace("&amp;", "&"), headers=HTMX).text
        shown = [set(re.findall(r'id="fact-(\d+)"', html)) for html in (first, rest)]
        assert len(shown[0]) == 30
        assert len(shown[1]) == 10
        assert not shown[0] & shown[1]
        assert client.get("/facts/?after=x.y&about=77").status_code == 200

    def test_say_how_to_begin_where_there_are_none(self, client: Client) -> None:
        assert "Nothing was noted yet" in client.get("/facts/").text


class TestTheSearch:
    @pytest.fixture
    def eva(self, ana: Candidate) -> Candidate:
        """Ana wants to work from home and knows Python; Eva is found by one of both."""
        eva = make.candidate()
        said.note(REMOTE, PYTHON, about=ana)
        said.note(PYTHON, about=eva)
        return eva

    def test_finds_people_with_the_facts_that_show_it(
        self, client: Client, ana: Candidate, eva: Candidate
    ) -> None:
        html = client.get("/knowledge/?f=skill|python&f=remote|remote|wants").text
        assert f'href="/candidates/{ana.pk}/"' in html
        assert f'href="/candidates/{eva.pk}/"' not in html
        assert "<q>knows Python</q>" in html
        assert "<q>from home</q>" in html

    def test_understands_a_line_and_says_as_what(
        self, client: Client, ana: Candidate, eva: Candidate
    ) -> None:
        html = client.get("/knowledge/?q=wants remote&f=skill|python").text
        chips = re.findall(r'aria-label="Without ([^"]+)"', html)
        assert "On site or remote: wants remote" in chips
        assert any("Python" in one for one in chips)
        out = re.search(r'href="([^"]+)" aria-label="Without On site or remote', html)
        assert out
        wider = client.get(out[1].replace("&amp;", "&")).text
        assert f'href="/candidates/{eva.pk}/"' in wider

    def test_writes_names_as_they_are_written(self, client: Client, ana: Candidate) -> None:
        lead = fact("an FP&A lead", Kind.TITLE, {"name": "FP&A Lead", "current": True})
        said.note(lead, about=ana)
        html = client.get("/knowledge/").text
        assert ">FP&amp;A Lead</a>" in html
        html = client.get("/knowledge/?f=title|fp a lead").text
        assert "Without Title: FP&amp;A Lead" in html

    def test_narrows_down_by_what_is_known_of_those_found(
        self, client: Client, ana: Candidate, eva: Candidate
    ) -> None:
        html = client.get("/knowledge/?f=skill|python").text
        link = re.search(r'<li><a href="([^"]+)">Remote</a>', html)
        assert link
        assert f'href="/candidates/{eva.pk}/"' not in client.get(link[1].replace("&amp;", "&")).text

    def test_is_kept_as_a_view_of_its_own(
        self, client: Client, ana: Candidate, eva: Candidate
    ) -> None:
        given = {"page": "knowledge", "list": "f=skill|python&junk=1", "name": "Pythons"}
        answer = client.post("/candidates/views/keep/", given, follow=True)
        view = SavedView.objects.get()
        assert (view.page, view.query) == ("knowledge", "f=skill%7Cpython%7C%7C%7C%7C")
        assert answer.redirect_chain[-1][0] == f"/knowledge/?{view.query}"
        assert "Pythons" in answer.text
        assert "2" in client.get(f"/candidates/views/{view.pk}/count/").text
        assert "Pythons" not in client.get("/candidates/?view=all").text
        assert "of what the team knows" in client.get("/candidates/views/").text

    @pytest.mark.parametrize(
        "asked",
        [
            "f=nothing|x",
            "f=pay|target|wants|NaN|1e99|soon",
            "f=" + "|" * 30,
            "f=skill|\0&w=\0&q=\0",
            "after=x",
            "age=old&state=x&owner=y",
            "&".join(f"f=skill|s{number}" for number in range(30)),
            "w=%27%27%5C&w=|&w=!",
        ],
    )
    def test_takes_whatever_an_address_says(
        self, client: Client, ana: Candidate, eva: Candidate, asked: str
    ) -> None:
        assert client.get(f"/knowledge/?{asked}").status_code == 200

    def test_tells_who_begins_what_can_be_found(self, client: Client) -> None:
        assert "Nothing was noted yet" in client.get("/knowledge/").text

    def test_says_what_to_do_where_nobody_fits(
        self, client: Client, ana: Candidate, eva: Candidate
    ) -> None:
        html = client.get("/knowledge/?f=skill|python&f=skill|cobol").text
        assert "Take one condition away" in html


def test_viewers_read_and_decide_nothing(ana: Candidate, browse: Callable[[User], Client]) -> None:
    (one,) = said.note(REMOTE, about=ana)
    vera = browse(make.user("Vera Li", Role.VIEWER))
    assert "Wants to work remotely" in vera.get(f"/texts/{one.source_id}/").text
    assert "Wants to work remotely" in vera.get("/knowledge/").text
    html = vera.get("/facts/?whose=all").text
    assert "Wants to work remotely" in html
    assert "fact-keys" not in html
    assert vera.post(f"/facts/{one.pk}/reject/").status_code == 403


def states(*facts: Insight) -> list[str]:
    found = Insight.objects.in_bulk([one.pk for one in facts])
    return [str(found[one.pk].state) for one in facts]
