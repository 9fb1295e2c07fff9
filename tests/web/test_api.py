"""The API: what programs with a key read and change, and how they are refused."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts import api_keys
from warmbench.accounts.models import ApiKey
from warmbench.accounts.models import Role as Job
from warmbench.core.models import AuditEntry
from warmbench.people.models import Tag
from warmbench.sourcing import roles
from warmbench.sourcing.models import Role
from warmbench.sourcing.roles import Draft
from warmbench.web.api.keys import MOST
from warmbench.web.api.urls import api

pytestmark = pytest.mark.django_db

ROLE = {
    "title": "Backend engineer",
    "company": "Harbour Systems",
    "company_type": "a family-owned logistics group",
    "specialty": "software engineering",
    "seniority": "Manager",
    "places": ["Hamburg, Germany"],
    "remote": "hybrid",
    "pay_min": "70000",
    "pay_max": 85000,
    "pay_currency": "EUR",
    "pay_period": "year",
    "urgency": "high",
    "deadline": "2026-03-31T12:00:00+02:00",
    "apply_url": "https://jobs.example.com/7",
    "musts": ["pay"],
    "required_skills": ["python", "Go"],
    "nice_skills": ["SQL"],
}


class Program:
    """Another program, with a key."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        # A browser would need a CSRF token; a program has none.
        self.client = Client(enforce_csrf_checks=True)

    def ask(self, method: str, path: str, body: Any = None) -> HttpResponse:
        answer: Any = self.client.generic(
            method.upper(),
            f"/api/v1{path}",
            b"" if body is None else json.dumps(body),
            "application/json",
            headers={"authorization": f"Bearer {self.secret}"},
        )
        return answer  # type: ignore[no-any-return]

    def get(self, path: str) -> Any:
        answer = self.ask("get", path)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def send(self, method: str, path: str, body: Any, status: int = 200) -> Any:
        answer = self.ask(method, path, body)
        assert answer.status_code == status, answer.content
        if status >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
        return json.loads(answer.content)


@pytest.fixture(autouse=True)
def tree() -> dict[str, Tag]:
    make.organisation()
    make.tag("Software engineering", Tag.Kind.SPECIALTY)
    make.tag("Manager", Tag.Kind.SENIORITY)
    return {name: make.tag(name) for name in ("Python", "Go", "SQL")}


@pytest.fixture
def writer() -> Program:
    return Program(api_keys.make("Careers page", "write", by_id=None, now=NOW)[1])


@pytest.fixture
def reader() -> Program:
    return Program(api_keys.make("Dashboard", "read", by_id=None, now=NOW)[1])


def test_a_role_is_made_read_changed_and_filled(writer: Program, reader: Program) -> None:
    made = writer.send("post", "/roles", ROLE | {"external_id": "7", "state": "open"}, 201)

    role = Role.objects.get()
    assert (role.pk, role.state) == (made["id"], "open")
    assert (role.source, role.external_id) == ("Careers page", "7")
    assert made["required_skills"] == ["Go", "Python"]
    assert made["nice_skills"] == ["SQL"]
    assert made["specialty"] == "Software engineering"
    assert made["places"][0] | {"region": ""} == {
        "words": "Hamburg, Germany",
        "city": "Hamburg",
        "region": "",
        "country": "DE",
    }
    assert made["pay_min"] == "70000.00"
    assert made["deadline"] == "2026-03-31T10:00:00Z"
    assert reader.get(f"/roles/{made['id']}") == made

    changed = writer.send("patch", f"/roles/{made['id']}", {"title": "Go engineer", "summary": ""})
    assert changed["title"] == "Go engineer"
    assert changed["required_skills"] == made["required_skills"]
    writer.send("patch", f"/roles/{made['id']}", {"deadline": None, "nice_skills": []})
    role.refresh_from_db()
    assert role.deadline is None
    assert role.skills.count() == 2

    filled = writer.send("post", f"/roles/{made['id']}/state", {"state": "filled", "note": "Done"})
    assert filled["state"] == "filled"


def test_what_others_change_in_the_same_moment_stays(
    writer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = writer.send("post", "/roles", ROLE, 201)
    read = roles.draft_of

    def read_and_then_changed(role: Role) -> Draft:
        draft = read(role)
        others = replace(draft, pay_max=Decimal(90_000), skills=draft.skills[:2])
        assert roles.edit(role.pk, others, by_id=None, now=NOW)
        return draft

    monkeypatch.setattr(roles, "draft_of", read_and_then_changed)
    changed = writer.send("patch", f"/roles/{made['id']}", {"title": "Go engineer"})
    assert (changed["title"], changed["pay_max"]) == ("Go engineer", "90000.00")
    assert changed["nice_skills"] == []


def test_the_trail_names_the_key(writer: Program) -> None:
    made = writer.send("post", "/roles", ROLE, 201)
    writer.send("patch", f"/roles/{made['id']}", {"title": "Go engineer"})
    writer.send("post", f"/roles/{made['id']}/state", {"state": "open"})

    entries = AuditEntry.objects.filter(subject=f"role:{made['id']}", action__startswith="role.")
    assert {entry.detail["via"] for entry in entries} == {"API key: Careers page"}
    assert entries.count() == 3


def test_roles_come_page_by_page(writer: Program, reader: Program) -> None:
    made = [writer.send("post", "/roles", {"title": f"Role {n}"}, 201)["id"] for n in range(5)]

    first = reader.get("/roles?limit=2")
    second = reader.get(f"/roles?limit=2&after={first['next']}")
    last = reader.get(f"/roles?limit=2&after={second['next']}")

    pages = [first, second, last]
    assert [role["id"] for page in pages for role in page["items"]] == made
    assert last["next"] is None
    assert reader.get("/roles?state=open")["items"] == []


def test_a_role_is_found_by_what_its_source_calls_it(writer: Program, reader: Program) -> None:
    writer.send("post", "/roles", {"title": "A", "source": "ATS", "external_id": "1"}, 201)
    writer.send("post", "/roles", {"title": "B", "source": "ATS", "external_id": "2"}, 201)

    found = reader.get("/roles?source=ATS&external_id=2")["items"]
    assert [role["title"] for role in found] == ["B"]


def test_who_fits_comes_with_reasons(
    writer: Program, reader: Program, tree: dict[str, Tag]
) -> None:
    ana = make.candidate(tree["Python"], tree["Go"])
    make.candidate(tree["SQL"])
    body = {
        "title": "Backend engineer",
        "required_skills": ["Python", "Go"],
        "nice_skills": ["SQL"],
    }
    role = writer.send("post", "/roles", body, 201)

    found = reader.get(f"/roles/{role['id']}/matches?threshold=2")["items"]

    assert [match["candidate_id"] for match in found] == [ana.pk]
    assert found[0]["name"] == str(ana)
    assert sorted(found[0]["matched"]) == ["Go", "Python"]
    assert found[0]["missing"] == ["SQL"]


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({}, "title", "Field required."),
        ({"title": ""}, "title", "Give the role a title."),
        ({"title": "A", "colour": "blue"}, "colour", "Extra inputs are not permitted."),
        ({"title": "A", "required_skills": ["Pyton"]}, "required_skills", "perhaps Python?"),
        ({"title": "A", "specialty": "Magic"}, "specialty", "is no specialty of the tag tree"),
        ({"title": "A", "owner_email": "who@example.com"}, "owner_email", "No recruiter signs in"),
        ({"title": "A", "pay_min": 5}, "pay_currency", "Say in which currency"),
        ({"title": "A", "pay_min": "NaN"}, "pay_min", "."),
        ({"title": "A", "pay_min": "1e30"}, "pay_min", "."),
        ({"title": "A", "remote": "moon"}, "remote", "."),
        ({"title": "A", "deadline": "soon"}, "deadline", "is no date"),
        ({"title": "A", "state": "open"}, "required_skills", "Name at least one skill"),
        ({"title": "A\u0000B"}, "title", "cannot be stored"),
        ({"title": ["A"]}, "title", "valid string"),
        ({"title": "\ud800"}, "title", "."),
        ({"title": "A", "places": ["\0"]}, "places", "A place must have a name."),
        ({"title": "A", "external_id": "\0"}, "external_id", "none that cannot be stored"),
        ({"title": "A", "source": "\0"}, "source", "none that cannot be stored"),
        ({"title": "A", "deadline": "2026-02-30"}, "deadline", "is no date"),
        ({"title": "A", "deadline": "0000-00-00T99:99"}, "deadline", "is no date"),
        ({"title": "A", "deadline": "9999-12-31T23:59Z"}, "deadline", "Choose a day between"),
        ({"title": "A", "deadline": "9999-12-31T23:59-12:00"}, "deadline", "Choose a day"),
        ({"title": "A", "deadline": "0001-01-01T00:00+14:00"}, "deadline", "Choose a day"),
        ({"title": "A", "description": "x" * 30_001}, "description", "longer than 30,000"),
        ({"title": "A", "nice_skills": ["\0", "x" * 200]}, "required_skills", "No tag is called"),
        ({"title": "A", "seniority": "\0"}, "seniority", "is no seniority"),
        ({"title": "A", "pay_max": 10**15, "pay_currency": "EUR"}, "pay_max", "no amount"),
        ([1], "body", "."),
    ],
)
def test_what_is_wrong_is_told_by_field(
    writer: Program, body: Any, field: str, sentence: str
) -> None:
    said = writer.send("post", "/roles", body, 422)

    assert said["status"] == 422
    told = {one["field"]: one["detail"] for one in said["errors"]}
    assert sentence in told[field]
    assert not Role.objects.exists()


def test_other_refusals_are_sentences_too(writer: Program) -> None:
    role = writer.send("post", "/roles", {"title": "A", "external_id": "1"}, 201)
    path = f"/roles/{role['id']}"

    twice = writer.send("post", "/roles", {"title": "B", "external_id": "1"}, 409)
    assert twice["detail"] == "Another role of this source has this id already."
    writer.send("post", f"{path}/state", {"state": "closed"})
    assert "draft again" in writer.send("post", f"{path}/state", {"state": "draft"}, 409)["detail"]
    assert writer.send("get", "/roles/4711", None, 404)["detail"].endswith(".")
    answer = writer.client.post(
        "/api/v1/roles",
        b"{",
        "application/json",
        headers={"authorization": f"Bearer {writer.secret}"},
    )
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body of the request is no JSON."


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/roles?source=%00", 422),
        ("/roles?limit=0", 422),
        ("/roles?limit=101", 422),
        ("/roles?after=-1", 422),
        ("/roles?state=lost", 422),
        ("/roles/99999999999999999999", 404),
        ("/roles/4711/matches", 404),
    ],
)
def test_odd_questions_are_refused_too(reader: Program, path: str, status: int) -> None:
    assert reader.send("get", path, None, status)["detail"]


def test_a_note_is_kept_without_what_cannot_be_stored(writer: Program) -> None:
    made = writer.send("post", "/roles", ROLE, 201)

    writer.send("post", f"/roles/{made['id']}/state", {"state": "open", "note": "by\0phone"})
    assert AuditEntry.objects.get(action="role.state").detail["note"] == "byphone"


def test_a_body_of_megabytes_is_not_read(writer: Program) -> None:
    said = writer.send("post", "/roles", {"title": "x" * 3_000_000}, 413)
    assert said["detail"] == "The body of the request is too large."


def operations() -> list[tuple[str, str]]:
    """Every operation, from the schema that describes them all."""
    paths = api.get_openapi_schema()["paths"]
    return [
        (
            method,
            re.sub(r"{\w+_id}", "1", path.removeprefix("/api/v1")).replace("{what}", "signals"),
        )
        for path, methods in paths.items()
        for method in methods
    ]


class TestKeys:
    @pytest.mark.parametrize(("method", "path"), operations())
    def test_open_every_operation_and_nothing_else_does(
        self, method: str, path: str, reader: Program
    ) -> None:
        stranger = Program("wbk_no-such-key")

        said = stranger.send(method, path, {}, 401)
        assert "Authorization: Bearer" in said["detail"]
        administrator = Client()
        administrator.force_login(make.user("Root", Job.ADMIN))
        answer = administrator.generic(method.upper(), f"/api/v1{path}", "{}", "application/json")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        if method != "get":
            refused = reader.send(method, path, {}, 403)
            assert refused["detail"] == "The key “Dashboard” may only read."

    def test_open_nothing_once_their_year_is_over(self, reader: Program) -> None:
        made = ApiKey.objects.get().made_at

        with time_machine.travel(made + timedelta(days=364), tick=False):
            assert reader.get("/roles")["items"] == []
        with time_machine.travel(made + timedelta(days=365), tick=False):
            reader.send("get", "/roles", None, 401)

    def test_open_nothing_once_they_are_revoked(self, reader: Program) -> None:
        assert reader.get("/roles")["items"] == []

        assert api_keys.revoke(ApiKey.objects.get().pk, by_id=None, now=NOW)
        assert not api_keys.revoke(ApiKey.objects.get().pk, by_id=None, now=NOW)
        reader.send("get", "/roles", None, 401)

    def test_are_stored_as_a_hash(self, reader: Program) -> None:
        key = ApiKey.objects.get()

        assert reader.secret.startswith(key.prefix)
        row = " ".join(str(value) for value in vars(key).values())
        assert reader.secret not in row
        assert len(key.digest) == 64

    def test_say_when_they_were_used_last(self, reader: Program) -> None:
        with time_machine.travel(NOW, tick=False):
            reader.get("/roles")
        with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
            reader.get("/roles")
        assert ApiKey.objects.get().last_used_at == NOW

    def test_ask_so_often_and_no_more(self, reader: Program) -> None:
        with time_machine.travel(NOW, tick=False):
            for _ in range(MOST):
                reader.get("/roles?limit=1")
            said = reader.send("get", "/roles", None, 429)
            assert said["detail"] == "A key may ask 300 times a minute. Wait a minute."
        with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
            reader.get("/roles")


class TestPages:
    @pytest.fixture
    def admin(self) -> Client:
        client = Client()
        client.force_login(make.user("Root", Job.ADMIN))
        return client

    def test_a_key_is_made_shown_once_and_revoked(self, admin: Client) -> None:
        shown = admin.post("/team/api-keys/new/", {"name": "ATS", "scope": "write"})

        key = ApiKey.objects.get()
        secret = next(
            word
            for word in shown.content.decode().replace("<", " ").replace(">", " ").split()
            if word.startswith(key.prefix) and len(word) > 20
        )
        assert shown.headers["Cache-Control"] == "no-store"
        assert Program(secret).get("/roles") == {"items": [], "next": None}
        listed = admin.get("/team/api-keys/").content.decode()
        assert key.prefix in listed
        assert secret not in listed

        admin.post(f"/team/api-keys/{key.pk}/revoke/")
        assert "Revoked" in admin.get("/team/api-keys/").content.decode()
        assert AuditEntry.objects.filter(subject=f"api_key:{key.pk}").count() == 2

    def test_two_keys_have_two_names(self, admin: Client) -> None:
        admin.post("/team/api-keys/new/", {"name": "ATS", "scope": "read"})
        again = admin.post("/team/api-keys/new/", {"name": "ATS", "scope": "read"})

        assert again.status_code == 422
        assert "Another key has this name" in again.content.decode()

    def test_the_documentation_asks_no_other_server(self, admin: Client) -> None:
        page = admin.get("/api/v1/docs").content.decode()

        assert "/static/ninja/swagger-ui-bundle" in page
        assert "https://" not in page
        schema = admin.get("/api/v1/openapi.json").json()
        assert "/api/v1/roles/{role_id}/matches" in schema["paths"]
        assert Client().get("/api/v1/openapi.json").status_code == 302
