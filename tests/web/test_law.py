"""The pages about the law: what is open, what was weighed, what applies where."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.people import balancing, consent, notices
from warmbench.people.balancing import Weighing
from warmbench.people.models import BalancingTest, Candidate, Consent, Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def today() -> object:
    """The pages look at the clock."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(client: Client) -> User:
    make.organisation()
    user = make.user("Nadia Quist", Role.ADMIN)
    client.force_login(user)
    return user


def unaware(*, days: int, source: str = "Old ATS", owner: User | None = None) -> Candidate:
    made = make.candidate(owner=owner, told=False)
    at = NOW - timedelta(days=days)
    Candidate.objects.filter(pk=made.pk).update(added_at=at, source=source)
    return made


def test_the_page_shows_what_applies_where_and_what_it_rests_on(
    client: Client, admin: User
) -> None:
    page = client.get(reverse("law")).text
    for said in ("not legal advice", "Germany", "UWG § 7", "Rhode Island", "to be confirmed"):
        assert said in page
    assert "There is none on record." in page
    assert '<a href="/law/" aria-current="page"' in page


def test_a_new_version_of_the_balancing_test_takes_the_place_of_the_last(
    client: Client, admin: User
) -> None:
    balancing.adopt(Weighing("Old", "Old", "Old"), by_id=admin.pk, now=NOW)
    assert client.post(reverse("law-weigh"), {"interest": "New"}).status_code == 422
    said = {"interest": "We find people work.", "necessity": "None is milder.", "balance": "Few."}
    client.post(reverse("law-weigh"), said)
    test = BalancingTest.objects.get(version=2)
    assert (test.interest, test.by) == ("We find people work.", admin)
    page = client.get(reverse("law")).text
    assert "Version 2" in page
    assert "Nadia Quist" in page
    assert "Old" not in page


def test_who_waits_is_shown_by_source_and_by_urgency(client: Client, admin: User) -> None:
    late, warned = unaware(days=40), unaware(days=22, source="Fair & co")
    notices.set_aside(now=NOW)
    weak = make.candidate()
    consent.record(weak.pk, basis=Consent.Basis.LEGITIMATE_INTEREST, evidence="Weighed", now=NOW)
    page = client.get(reverse("law")).text
    assert page.index(late.name) < page.index(warned.name)
    assert "1 set aside" in page
    assert "The first stops on 9 March." in page
    assert "source=Fair%20%26%20co" in page
    assert "obstacle=consent_first" in page
    assert "obstacle=notice_overdue" in page


def test_nobody_waits(client: Client, admin: User) -> None:
    page = client.get(reverse("law")).text
    assert "Nobody waits for it." in page
    assert "The law stands in nobody" in page


def test_a_source_is_settled_in_one_go(client: Client, admin: User) -> None:
    unaware(days=22), unaware(days=29)
    there = reverse("law-told")
    assert "everybody who came from “old ats”" in client.get(f"{there}?source=Old ATS").text.lower()
    assert client.post(there, {"source": "Old ATS", "kind": "known"}).status_code == 422
    evidence = "Privacy notice in the application form, version 3"
    answer = client.post(
        there, {"source": "Old ATS", "kind": "known", "evidence": evidence}, follow=True
    )
    assert "Noted of 2 people." in answer.text
    assert set(Notice.objects.values_list("kind", "evidence", "by")) == {
        ("known", evidence, admin.pk)
    }


def test_one_person_is_told_by_her_recruiter(client: Client) -> None:
    make.organisation()
    alice = make.user()
    client.force_login(alice)
    ana = unaware(days=22, owner=alice)
    page = reverse("candidate", args=[ana.pk])
    there = reverse("candidate-told", args=[ana.pk])
    assert there in client.get(page).text

    assert client.post(there, {"kind": "told"}).status_code == 422
    client.post(there, {"kind": "told", "evidence": "On the phone"})

    told = ana.notices.get()
    assert (told.kind, told.evidence, told.by) == ("told", "On the phone", alice)
    shown = client.get(page).text
    assert there not in shown
    assert "On the phone" in shown
    again = client.post(there, {"kind": "told", "evidence": "Again"}, follow=True)
    assert "was noted before" in again.text


def test_the_law_is_named_where_it_stands_in_the_way(client: Client) -> None:
    make.organisation()
    alice = make.user()
    make.sender(alice)
    client.force_login(alice)
    ana = make.candidate(owner=alice, consented=False)
    consent.record(ana.pk, basis=Consent.Basis.LEGITIMATE_INTEREST, evidence="Weighed", now=NOW)
    page = client.get(reverse("candidate", args=[ana.pk])).text
    assert "They have to agree before they hear from us" in page
    assert "UWG § 7 (2) no. 2" in page


def test_permission_is_recorded_with_how_it_came_about(client: Client) -> None:
    make.organisation()
    alice = make.user()
    client.force_login(alice)
    ana = make.candidate(owner=alice, consented=False)
    there = reverse("candidate-permission", args=[ana.pk])
    said = {"basis": "inquiry", "evidence": "Asked about the role", "how": "message"}
    assert client.post(there, {**said, "since": "2026-03-04"}).status_code == 422
    client.post(there, {**said, "since": "2026-02-10", "channel": "sms"})
    kept = ana.consents.get()
    assert (kept.basis, kept.channel, kept.how, kept.by) == ("inquiry", "sms", "message", alice)
    assert kept.since is not None
    assert kept.since.date().isoformat() == "2026-02-10"
