"""Profiles and shortlists over the API: read, made, and what managers answered."""

import json
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts import api_keys
from warmbench.people.models import Candidate
from warmbench.shortlists import answers, outcomes, profiles, sharing
from warmbench.shortlists.models import ProfileVersion, Shortlist


@pytest.fixture
def version(db: None) -> ProfileVersion:
    make.organisation()
    return make.profile(make.tag("Go"))


@pytest.fixture
def people(db: None) -> list[Candidate]:
    return [make.candidate(), make.candidate()]


@pytest.fixture
def shortlist(version: ProfileVersion, people: list[Candidate]) -> Shortlist:
    return make.shortlist(version, people[0], left=(people[1],))


def key(scope: str) -> dict[str, str]:
    _, secret = api_keys.make(scope, "read", by_id=None, now=NOW, scopes=[scope])
    return {"Authorization": f"Bearer {secret}"}


def ask(client: Client, path: str, headers: dict[str, str], body: Any = None) -> Any:
    path = f"/api/v1/shortlists{path}"
    if body is None:
        return client.get(path, headers=headers)
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def test_profiles_are_read_with_the_version_in_force(
    client: Client, version: ProfileVersion
) -> None:
    headers = key("shortlists:read")
    (one,) = ask(client, "/profiles", headers).json()["items"]
    assert (one["version"], one["has_draft"], one["role_id"]) == (1, False, None)
    assert one["spec"]["requirements"][0]["key"] == "skill:go"
    spec = profiles.spec_of(version)
    profiles.create("Draft", spec, by_id=None, now=NOW)
    (_, draft) = ask(client, "/profiles", headers).json()["items"]
    assert (draft["version"], draft["spec"], draft["has_draft"]) == (None, None, True)
    assert ask(client, f"/profiles/{one['id']}", headers).json() == one
    assert ask(client, "/profiles?role_id=1", headers).json()["items"] == []
    assert ask(client, "/profiles/4711", headers).status_code == 404


def test_a_list_is_made_by_a_profile(client: Client, version: ProfileVersion) -> None:
    headers = key("shortlists:write")
    made = ask(client, "", headers, {"profile_id": version.profile_id, "size": 3})
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["number"]) == ("draft", 1)
    assert made.json()["abstained"]
    listed = ask(client, f"?profile_id={version.profile_id}&state=draft", headers).json()
    assert [one["id"] for one in listed["items"]] == [made.json()["id"]]
    assert ask(client, f"/{made.json()['id']}", headers).json() == made.json()
    profiles.retire(version.profile_id, by_id=None, now=NOW)
    refused = ask(client, "", headers, {"profile_id": version.profile_id})
    assert (refused.status_code, refused.json()["detail"]) == (409, "This profile is retired.")
    assert ask(client, "", headers, {"profile_id": 4711}).status_code == 404
    wrong = ask(client, "", headers, {"profile_id": version.profile_id, "size": 9})
    assert wrong.status_code == 422


def test_who_is_on_a_list_comes_with_answers_and_outcomes(
    client: Client, shortlist: Shortlist, people: list[Candidate]
) -> None:
    link = sharing.share(shortlist.pk, reader="Dr Weber", by_id=None, now=NOW).link
    entry = shortlist.entries.get(candidate=people[0])
    answers.answer(
        entry.pk, "star", requirement="skill:go", words="Call her", link_id=link.pk, now=NOW
    )
    outcomes.record(entry.pk, "interview", now=NOW)
    answer = ask(client, f"/{shortlist.pk}/people", key("shortlists:read")).json()
    listed, left = answer["items"]
    assert answer["gone"] == 0
    assert (listed["candidate_id"], listed["answer"], listed["requirement"], listed["words"]) == (
        people[0].pk,
        "star",
        "skill:go",
        "Call her",
    )
    assert listed["outcomes"] == ["interview"]
    assert listed["reasons"][0]["quotes"] == ["built it in Go"]
    assert (left["place"], left["answer"], left["why_not"]) == (
        "left",
        None,
        "Does not want to work there.",
    )


def test_a_key_for_something_else_reads_no_lists(client: Client, shortlist: Shortlist) -> None:
    assert ask(client, f"/{shortlist.pk}", key("roles:write")).status_code == 403
    assert ask(client, "", key("shortlists:read"), {"profile_id": 1}).status_code == 403
