"""Texts and facts over the API: brought in once, found, decided by whoever may."""

import json
from typing import Any

import pytest
from django.test import Client

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.accounts import api_keys
from warmbench.accounts.models import User
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight, Source
from warmbench.people.models import Candidate

PAY = fact("wants 90k", Kind.PAY, {"what": "target", "low": 90000}, Polarity.WANTS)
TEXT = {
    "kind": "note",
    "text": "Talked to her: wants 90k.",
    "said_on": "2026-03-01",
    "basis": "conversation",
    "external_id": "note-7",
}


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def key(*scopes: str) -> dict[str, str]:
    _, secret = api_keys.make("Notes", "read", by_id=None, now=NOW, scopes=scopes)
    return {"Authorization": f"Bearer {secret}"}


def ask(client: Client, path: str, headers: dict[str, str], body: Any = None) -> Any:
    path = f"/api/v1/insights{path}"
    if body is None:
        return client.get(path, headers=headers)
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def test_a_text_is_brought_in_once(client: Client, ana: Candidate) -> None:
    headers = key("insights:read", "insights:write")
    first = ask(client, "/sources", headers, TEXT | {"candidate_ids": [ana.pk]})
    again = ask(client, "/sources", headers, TEXT | {"candidate_ids": [ana.pk]})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Source.objects.get().author_name == "Notes"
    listed = ask(client, f"/sources?candidate_id={ana.pk}", headers).json()["items"]
    assert [(one["state"], one["text"]) for one in listed] == [("waiting", None)]
    whole = ask(client, f"/sources/{first.json()['id']}", headers).json()
    assert whole["text"] == TEXT["text"]


def test_what_cannot_be_kept_is_said_by_field(client: Client, ana: Candidate) -> None:
    headers = key("insights:write")
    wrong = TEXT | {"candidate_ids": [ana.pk], "said_on": "2036-01-01"}
    answer = ask(client, "/sources", headers, wrong)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "text"
    role = TEXT | {"candidate_ids": [ana.pk], "role_ids": [4711]}
    assert ask(client, "/sources", headers, role).status_code == 422


def test_facts_are_listed_and_found(client: Client, ana: Candidate) -> None:
    said.note(PAY, about=ana)
    headers = key("insights:read")
    (one,) = ask(client, f"?candidate_id={ana.pk}&kind=pay", headers).json()["items"]
    assert (one["quote"], one["topic"], one["state"]) == ("wants 90k", "target", "proposed")
    assert ask(client, f"/{one['id']}", headers).json() == one
    found = ask(client, "/search?q=up to 100k", headers).json()
    assert [hit["candidate_id"] for hit in found["items"]] == [ana.pk]
    assert found["total"] == 1
    assert ask(client, "/search?q=up to 80k", headers).json()["items"] == []
    assert ask(client, "/search?after=never", headers).status_code == 422


def test_a_decision_needs_somebody_who_may(client: Client, ana: Candidate, alice: User) -> None:
    (one,) = said.note(PAY, about=ana)
    headers = key("insights:write")
    bob = make.user("Bob Stone")
    refused = ask(client, f"/{one.pk}/confirm", headers, {"by_email": bob.email})
    assert refused.status_code == 403
    done = ask(client, f"/{one.pk}/confirm", headers, {"by_email": alice.email})
    assert (done.json()["state"], done.json()["decided_by_email"]) == ("confirmed", alice.email)
    undone = ask(client, f"/{one.pk}/undo", headers, {"by_email": alice.email})
    assert undone.json()["state"] == "proposed"
    assert ask(client, f"/{one.pk}/undo", headers, {"by_email": alice.email}).status_code == 409
    rejected = ask(client, f"/{one.pk}/reject", headers, {"by_email": alice.email})
    assert rejected.json()["state"] == "rejected"


def test_a_correction_is_another_fact(client: Client, ana: Candidate, alice: User) -> None:
    (one,) = said.note(PAY, about=ana)
    headers, by = key("insights:write"), {"by_email": alice.email}
    for wrong in ({"what": "salary"}, {"what": "target"}, {"low": 1, "odd": 2, "what": "target"}):
        answer = ask(client, f"/{one.pk}/correct", headers, by | {"value": wrong})
        assert answer.status_code == 422
    right = {"what": "target", "low": 95000, "currency": "EUR"}
    made = ask(client, f"/{one.pk}/correct", headers, by | {"value": right}).json()
    assert (made["value"], made["corrects_id"], made["state"]) == (right, one.pk, "confirmed")
    again = ask(client, f"/{one.pk}/correct", headers, by | {"value": right})
    assert again.status_code == 409
    back = ask(client, f"/{made['id']}/undo", headers, by).json()
    assert (back["id"], back["state"]) == (one.pk, "proposed")
    assert Insight.objects.count() == 1


def test_each_thing_needs_its_scope(client: Client, ana: Candidate) -> None:
    assert ask(client, "", key("candidates:read")).status_code == 403
