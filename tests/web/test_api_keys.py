"""What keys are let at, how often, and once: over the API, and on the pages that make them."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make, said
from tests.make import NOW
from tests.web.test_api import Program, operations
from warmbench.accounts import api_answers, api_keys
from warmbench.accounts.models import ApiAnswer, ApiKey
from warmbench.accounts.models import Role as Job
from warmbench.core.models import AuditEntry
from warmbench.insight.kinds import Kind
from warmbench.people import erasure
from warmbench.people.models import Candidate
from warmbench.sourcing.models import Role
from warmbench.web.api import description
from warmbench.web.api.keys import MOST
from warmbench.web.api.urls import api

pytestmark = pytest.mark.django_db

SCOPES = description.scopes(api)


def program(*scopes: str, scope: str = "write") -> Program:
    n = ApiKey.objects.count()
    return Program(api_keys.make(f"Key {n}", scope, scopes=scopes, by_id=None, now=NOW)[1])


@pytest.fixture(autouse=True)
def _here() -> Any:
    make.organisation()
    with time_machine.travel(NOW, tick=False):
        yield


def ask_as(who: Program, name: str, path: str = "/roles", body: Any = None) -> HttpResponse:
    answer: Any = who.client.generic(
        "POST",
        f"/api/v1{path}",
        json.dumps(body if body is not None else {"title": "A"}),
        "application/json",
        headers={"authorization": f"Bearer {who.secret}", "idempotency-key": name},
    )
    return answer  # type: ignore[no-any-return]


class TestScopes:
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.sets(st.sampled_from(api_keys.SCOPES), min_size=1))
    def test_let_a_key_do_what_they_name_and_nothing_else(self, named: set[str]) -> None:
        ApiKey.objects.all().delete()
        asking = program(*named)
        for (path, method), scope in SCOPES.items():
            resource, what = scope.split(":")
            may = scope in named or (what == "read" and f"{resource}:write" in named)
            where = re.sub(r"{\w+_id}", "0", path).replace("{what}", "signals")
            answer = asking.ask(method, where, {})
            assert (answer.status_code != 403) == may, (method, path)
            if not may:
                said = json.loads(answer.content)["detail"]
                assert said.endswith(f"lacks the scope {scope}.")

    def test_cover_every_operation(self) -> None:
        assert len(SCOPES) == len(operations())
        assert set(SCOPES.values()) == set(api_keys.SCOPES)
        schema = api.get_openapi_schema()["paths"]
        for (path, method), scope in SCOPES.items():
            operation = schema[f"/api/v1{path}"][method.lower()]
            assert operation["description"].endswith(f"Asks for the scope `{scope}`.")
            assert operation["summary"]

    @pytest.mark.parametrize(("scope", "may_write"), [("read", False), ("write", True)])
    def test_need_not_be_named_by_keys_of_before(self, scope: str, may_write: bool) -> None:
        key = ApiKey.objects.get(digest=api_keys._digest(program(scope=scope).secret))
        for resource, what in (one.split(":") for one in api_keys.SCOPES):
            assert key.may(resource, writes=what == "write") == (may_write or what == "read")
        assert key.may_write == may_write
        assert key.reach.endswith("everything")

    def test_must_be_there(self) -> None:
        with pytest.raises(ValueError, match="no scope called exports:write"):
            program("exports:write")


class TestRotation:
    def test_lets_the_old_secret_open_for_a_day(self) -> None:
        old = program(scope="read")
        key = ApiKey.objects.get()
        secret = api_keys.rotate(key.pk, by_id=None, now=NOW)
        assert secret is not None
        new = Program(secret)

        with time_machine.travel(NOW + timedelta(hours=23), tick=False):
            assert old.get("/roles") == new.get("/roles")
        with time_machine.travel(NOW + timedelta(hours=24), tick=False):
            old.send("get", "/roles", None, 401)
            new.get("/roles")

    def test_never_makes_a_key_open_that_is_over_or_revoked(self) -> None:
        old = program(scope="read")
        key = ApiKey.objects.get()
        ApiKey.objects.update(expires_at=NOW)
        api_keys.rotate(key.pk, by_id=None, now=NOW)
        old.send("get", "/roles", None, 401)
        api_keys.revoke(key.pk, by_id=None, now=NOW)
        assert api_keys.rotate(key.pk, by_id=None, now=NOW) is None


class TestRateLimit:
    def test_is_told_with_every_answer(self) -> None:
        asking = program(scope="read")
        answers = [asking.ask("get", "/roles"), asking.ask("post", "/roles", {})]
        assert [one.status_code for one in answers] == [200, 403]
        assert answers[0].headers["RateLimit-Policy"] == f'"key";q={MOST};w=60'
        left = [one.headers["RateLimit"] for one in answers]
        assert left == [f'"key";r={MOST - 1};t=60', f'"key";r={MOST - 2};t=60']
        assert "RateLimit" not in Program("wbk_nobody").ask("get", "/roles").headers

    def test_says_when_to_go_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("warmbench.web.api.keys.MOST", 1)
        asking = program(scope="read")
        asking.get("/roles")
        with time_machine.travel(NOW + timedelta(seconds=20), tick=False):
            answer = asking.ask("get", "/roles")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "40"
        assert answer.headers["RateLimit"] == '"key";r=0;t=40'


class TestIdempotency:
    def test_repeats_the_answer_and_does_nothing_twice(self) -> None:
        asking = program()
        first, again = ask_as(asking, '"a-1"'), ask_as(asking, "a-1")

        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert Role.objects.count() == 1
        with time_machine.travel(NOW + timedelta(hours=24), tick=False):
            assert ask_as(asking, "a-1").status_code == 201
        assert Role.objects.count() == 2

    def test_is_each_programs_own(self) -> None:
        ask_as(program(), "a-1")
        ask_as(program(), "a-1")
        assert Role.objects.count() == 2

    def test_refuses_another_request_of_the_same_name(self) -> None:
        asking = program()
        ask_as(asking, "a-1")
        other = ask_as(asking, "a-1", body={"title": "B"})
        assert other.status_code == 422
        assert "used for another request" in json.loads(other.content)["detail"]
        assert ask_as(asking, "a-1", path="/candidates").status_code == 422

    @pytest.mark.parametrize("name", ["", "a b", "ä", "x" * 256, '"', 'a"b'])
    def test_refuses_a_name_that_is_none(self, name: str) -> None:
        assert ask_as(program(), name).status_code == 422
        assert not ApiAnswer.objects.exists()

    def test_keeps_no_refusal(self) -> None:
        asking = program()
        assert ask_as(asking, "a-1", body={"title": ""}).status_code == 422
        assert not ApiAnswer.objects.exists()

    def test_is_forgotten_after_a_day(self) -> None:
        ask_as(program(), "a-1")
        assert api_answers.forget(now=NOW + timedelta(hours=23)) == 0
        assert api_answers.forget(now=NOW + timedelta(hours=24)) == 1

    def test_goes_with_the_person(self) -> None:
        asking = program()
        made = ask_as(asking, "a-1", "/candidates", {"emails": ["ana@example.com"]})
        pk = json.loads(made.content)["id"]
        assert ApiAnswer.objects.get().candidate_id == pk
        erasure.erase([pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        assert not ApiAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_does_it() -> None:
    asking = program()
    ready = threading.Barrier(4)

    def ask(_: int) -> tuple[int, bytes]:
        ready.wait()
        answer = ask_as(Program(asking.secret), "a-1")
        connection.close()
        return answer.status_code, answer.content

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(4)))

    assert Role.objects.count() == 1
    assert len(answers) == 1
    assert answers.pop()[0] == 201


#: What nobody but we ourselves may say: whose it is, who did it, when, and what was found out.
OURS: dict[str, Any] = {
    "id": 7,
    "pk": 7,
    "organisation": 2,
    "organisation_id": 2,
    "owner_id": 1,
    "owner": 1,
    "by_id": 1,
    "made_by": 1,
    "is_admin": True,
    "scope": "write",
    "warmth": 100,
    "standing_version": 0,
    "paused_at": None,
    "status_since": "2020-01-01T00:00:00Z",
    "added_at": "2020-01-01T00:00:00Z",
    "suppressed": False,
    "source_id": 1,
}
WRITES = [
    (path, method)
    for (path, method), scope in SCOPES.items()
    if scope.endswith(":write") and not path.endswith("/resume") and "{enrollment_id}" not in path
]


@pytest.mark.parametrize(("path", "method"), WRITES)
def test_no_field_of_ours_can_be_written(path: str, method: str) -> None:
    """S12: an unknown field is refused by name, and nothing is done."""
    ana = make.candidate()
    before = Candidate.objects.values().get()
    ids = {
        "candidate_id": ana.pk,
        "follow_up_id": make.follow_up(ana).pk,
        "role_id": make.role().pk,
        "insight_id": said.note(said.fact("at sea", Kind.TOPIC, {}), about=ana)[0].pk,
    }
    where = re.sub(r"{(\w+_id)}", lambda found: str(ids[found[1]]), path)
    asking = program()
    for name, value in OURS.items():
        answer = asking.send(method, where, {name: value}, 422)
        told = {one["field"]: one["detail"] for one in answer["errors"]}
        assert told[name] == "Extra inputs are not permitted.", (path, name)
    assert Candidate.objects.values().get() == before


class TestPages:
    @pytest.fixture
    def admin(self) -> Client:
        client = Client()
        client.force_login(make.user("Root", Job.ADMIN))
        return client

    def test_scopes_are_chosen(self, admin: Client) -> None:
        form = {"name": "ATS", "scope": "chosen", "scopes": ["roles:read", "candidates:write"]}
        shown = admin.post("/team/api-keys/new/", form)
        assert shown.status_code == 200
        key = ApiKey.objects.get()
        assert (key.scopes, key.may_write) == (["candidates:write", "roles:read"], True)
        listed = admin.get("/team/api-keys/").content.decode()
        assert "Candidates (write), Roles and who fits them (read)" in listed

        form = {"name": "Other", "scope": "chosen"}
        refused = admin.post("/team/api-keys/new/", form)
        assert refused.status_code == 422
        assert "Choose what it may do." in refused.content.decode()
        form["scopes"] = "pools:write"
        assert admin.post("/team/api-keys/new/", form).status_code == 422

    def test_a_key_gets_another_secret(self, admin: Client) -> None:
        old = program(scope="read")
        key = ApiKey.objects.get()
        shown = admin.post(f"/team/api-keys/{key.pk}/rotate/").content.decode()
        found = re.search(r"wbk_[\w-]{40,}", shown)
        assert found
        assert Program(found[0]).get("/roles") == old.get("/roles")
        assert "The secret before opens until" in admin.get("/team/api-keys/").content.decode()
        assert AuditEntry.objects.filter(action="api_key.rotated").count() == 1

        api_keys.revoke(key.pk, by_id=None, now=NOW)
        admin.post(f"/team/api-keys/{key.pk}/rotate/")
        assert ApiKey.objects.get().digest == api_keys._digest(found[0])
