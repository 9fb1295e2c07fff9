"""How every client speaks HTTP: what goes wrong, and what it is called."""

import gzip
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.contract.ats_keys import Kept, keys_for
from tests.contract.clocks import NOW, Clock
from warmbench.integrations import outgoing
from warmbench.integrations.ats import grants, tokens
from warmbench.integrations.ats.errors import (
    AtsError,
    AuthError,
    ForbiddenError,
    GoneError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.protocol import Keys, OAuth
from warmbench.integrations.ats.session import Manners, Resets, Session
from warmbench.integrations.ats.tokens import Bearer

BASE = "https://api.example.com/v1"
Answering = Callable[[httpx.Request], httpx.Response]


class Open:
    """A way in that needs no token."""

    def base(self) -> str:
        return BASE

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": "Bearer secret-token"}

    def renew(self) -> bool:
        return False


class Scene:
    """A session, what it asked, how long it slept, and what it counted."""

    def __init__(self, answer: Answering, **manners: Any) -> None:
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []
        self.counted: list[tuple[int, int | None, int | None]] = []
        self.clock, self.kept = Clock(), Kept()

        def noted(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return answer(request)

        pasted = {"client_id": "us", "client_secret": "hush"}
        addresses = {"auth": "https://door.example.com", "api": BASE}
        self.keys: Keys = keys_for(
            pasted, addresses, clock=self.clock, kept=self.kept, calls=self.counted
        )
        self.session = Session(
            self.keys,
            Manners(label="Vendor", **manners),
            transport=httpx.MockTransport(noted),
            sleep=self._sleep,
        )
        self.session.access = Open()

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += timedelta(seconds=seconds)


def always(status: int, body: Any = None, **headers: str) -> Answering:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(status, content=content, headers=named)


def breaking(error: type[Exception]) -> Answering:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error("it broke")

    return answer


class TestReading:
    def test_an_answer_is_its_json(self) -> None:
        scene = Scene(always(200, {"id": 1}, X_Request_Id="r-1"))
        answer = scene.session.get("/things", {"ids": "1,2", "tag": ["a", "b"]})
        assert (answer.thing, answer.request_id) == ({"id": 1}, "r-1")
        [asked] = scene.asked
        assert str(asked.url) == f"{BASE}/things?ids=1%2C2&tag=a&tag=b"
        assert asked.headers["Authorization"] == "Bearer secret-token"
        assert scene.counted == [(200, None, None)]

    def test_an_address_is_followed_as_it_is(self) -> None:
        scene = Scene(always(200, []))
        scene.session.get(f"{BASE}/things?cursor=ab%3D%3D")
        assert scene.asked[0].url.raw_path == b"/v1/things?cursor=ab%3D%3D"

    @pytest.mark.parametrize(
        "address",
        [
            "https://api.example.org/v1/x", "http://api.example.com/v1/x",
            "https://api.example.com:444/v1/x", "https://api.example.com@evil.test/v1",
            "https://[", "", "https://api.example.com:x/v1", "https://api.example.com/\0",
        ],
    )  # fmt: skip
    def test_our_token_goes_to_no_other_machine(self, address: str) -> None:
        scene = Scene(always(200, []))
        with pytest.raises(AtsError):
            scene.session.get(address)
        assert not [one for one in scene.asked if one.url.host != "api.example.com"]

    def test_a_zipped_answer_is_unpacked_so_far(self, monkeypatch: pytest.MonkeyPatch) -> None:
        zipped = gzip.compress(json.dumps(["x" * 100_000]).encode())
        scene = Scene(always(200, zipped, Content_Encoding="gzip"))
        assert len(scene.session.get("/x").json_or_none[0]) == 100_000
        monkeypatch.setattr("warmbench.integrations.ats.session.MOST", 50_000)
        with pytest.raises(UnreachableError):
            scene.session.get("/x")

    @pytest.mark.parametrize("said", ["gzip, gzip", "br", "zstd", "deflate", "gzip,"])
    def test_an_answer_packed_otherwise_is_not_unpacked(self, said: str) -> None:
        twice = gzip.compress(gzip.compress(b"0" * 10_000_000))

        class Stream(httpx.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                yield twice

        def answer(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=Stream(), headers={"Content-Encoding": said})

        with pytest.raises(UnreachableError):
            Scene(answer).session.get("/x")
        with pytest.raises(UnclearError):
            Scene(answer).session.write("POST", "/x", {})

    def test_what_is_handed_out_once_is_asked_for_once(self) -> None:
        scene = Scene(breaking(httpx.RemoteProtocolError))
        with pytest.raises(UnreachableError):
            scene.session.get("/queue", is_once=True)
        assert len(scene.asked) == 1

    @pytest.mark.parametrize("body", [b"<html>Log in</html>", b'{"id": 1', b"\xff", b"[" * 200_000])
    def test_what_is_no_json_is_no_answer(self, body: bytes) -> None:
        with pytest.raises(UnreachableError, match="cannot be read"):
            Scene(always(200, body)).session.get("/x")

    @pytest.mark.parametrize("body", [b"[1]", b'{"a": 1}', b"null", b""])
    def test_json_of_another_form_is_no_empty_list(self, body: bytes) -> None:
        answer = Scene(always(200, body)).session.get("/x")
        with pytest.raises(UnreachableError):
            _ = answer.things

    def test_a_kept_connection_that_broke_is_no_trouble(self) -> None:
        breaks = iter([True, False])

        def answer(_: httpx.Request) -> httpx.Response:
            if next(breaks):
                raise httpx.RemoteProtocolError("Server disconnected")
            return httpx.Response(200, json=[])

        assert Scene(answer).session.get("/x").things == []

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (httpx.ConnectError, "cannot be reached"),
            (httpx.ReadTimeout, "did not answer"),
            (httpx.ReadError, "broke"),
            (outgoing.UnreachableError, "it broke"),
        ],
    )
    def test_no_answer_is_tried_again_later(self, error: type[Exception], said: str) -> None:
        with pytest.raises(UnreachableError, match=said):
            Scene(breaking(error)).session.get("/x")

    def test_a_machine_of_our_own_is_refused(self) -> None:
        with pytest.raises(RefusedError):
            Scene(breaking(outgoing.RefusedError)).session.get("/x")


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (301, UnreachableError), (302, UnreachableError), (307, UnreachableError),
            (400, RefusedError), (401, AuthError), (403, ForbiddenError), (404, GoneError),
            (408, UnreachableError), (410, GoneError), (422, RefusedError),
            (425, UnreachableError), (500, UnreachableError),
            (502, UnreachableError), (503, UnreachableError),
        ],
    )  # fmt: skip
    def test_each_status_says_what_is_to_be_done(self, status: int, error: type[Exception]) -> None:
        with pytest.raises(error) as raised:
            Scene(always(status, {"message": "no"}, Location="https://evil.test/")).session.get(
                "/x"
            )
        assert type(raised.value) is error

    @pytest.mark.parametrize("status", [404, 410])
    def test_the_page_of_a_machine_in_between_ends_nobody(self, status: int) -> None:
        with pytest.raises(UnreachableError, match="cannot be read"):
            Scene(always(status, b"<html>No such host</html>")).session.get("/people/1")
        with pytest.raises(GoneError):
            Scene(always(status, b"")).session.get("/people/1")

    def test_a_refusal_is_in_the_vendors_words_without_what_we_sent(self) -> None:
        said = (
            "Ana Lopez (ana@example.com, +49 170 1234567) is no valid value for name; "
            "call us\r\n" + "it is so " * 50
        )
        scene = Scene(always(422, {"errors": [{"message": said}]}))
        with pytest.raises(RefusedError) as raised:
            scene.session.write("PATCH", "/people/1", {"name": "Ana Lopez", "why": ["no"]})
        shown = str(raised.value)
        assert shown.startswith("Vendor refused this (422): … (…, …) is no valid value for name;")
        assert len(shown) < 220
        assert raised.value.status == 422
        assert raised.value.said.startswith("Ana Lopez")

    def test_nothing_of_a_call_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, "warmbench")
        scene = Scene(always(400, {"message": "ana@example.com"}))
        with pytest.raises(RefusedError):
            scene.session.write("POST", "/x", {"email": "ana@example.com"})
        ours = [one for one in caplog.records if one.name.startswith("warmbench")]
        assert ours == []


class TestWriting:
    @pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ReadError, httpx.WriteError])
    def test_who_does_not_know_whether_it_happened_says_so(self, error: type[Exception]) -> None:
        scene = Scene(breaking(error))
        with pytest.raises(UnclearError):
            scene.session.write("POST", "/notes", {"body": "x"})
        assert len(scene.asked) == 1

    @pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout])
    def test_what_never_left_did_not_happen(self, error: type[Exception]) -> None:
        with pytest.raises(UnreachableError):
            Scene(breaking(error)).session.write("POST", "/notes", {"body": "x"})

    @pytest.mark.parametrize("status", [500, 502, 504])
    def test_a_failure_over_there_may_have_written(self, status: int) -> None:
        with pytest.raises(UnclearError):
            Scene(always(status)).session.write("POST", "/notes", {})

    @pytest.mark.parametrize("status", [408, 425, 503])
    def test_out_of_order_is_not_written(self, status: int) -> None:
        with pytest.raises(UnreachableError):
            Scene(always(status)).session.write("POST", "/notes", {})

    def test_a_write_that_was_taken_with_words_that_nobody_reads_is_unclear(self) -> None:
        with pytest.raises(UnclearError):
            Scene(always(201, b'{"id":')).session.write("POST", "/notes", {})

    def test_nothing_is_an_answer_to_a_write(self) -> None:
        answer = Scene(always(204, b"")).session.write("DELETE", "/tags/1")
        assert (answer.status, answer.json_or_none) == (204, None)


class TestLimits:
    @pytest.mark.parametrize(
        ("resets", "headers", "seconds"),
        [
            (Resets.NEVER, {"Retry_After": "30"}, 30),
            (Resets.EPOCH, {"Retry_After": "30", "X_RateLimit_Reset": "9"}, 30),
            (Resets.EPOCH, {"X_RateLimit_Reset": str(int(NOW.timestamp()) + 25)}, 25),
            (Resets.SECONDS, {"X_RateLimit_Reset": "60"}, 60),
            (Resets.EPOCH, {"X_RateLimit_Reset": "1", "Date": "Thu, 01 Jan 1970 00:00:00 GMT"}, 1),
        ],
    )
    def test_a_wait_is_read_as_the_vendor_means_it(
        self, resets: Resets, headers: dict[str, str], seconds: int
    ) -> None:
        scene = Scene(always(429, {}, **headers), resets=resets)
        if seconds <= 1:
            with pytest.raises(ThrottledError):
                scene.session.get("/x")
            assert max(scene.slept) == seconds
            return
        with pytest.raises(ThrottledError) as raised:
            scene.session.get("/x")
        assert raised.value.until == NOW + timedelta(seconds=seconds)
        assert scene.slept == []
        with pytest.raises(ThrottledError):
            scene.session.get("/x")
        assert len(scene.asked) == 1

        scene.clock.now += timedelta(seconds=seconds)
        with pytest.raises(ThrottledError):
            scene.session.get("/x")
        assert len(scene.asked) == 2

    @pytest.mark.parametrize("said", ["soon", "9" * 5000, "-1", "", "١٢"])
    def test_a_wait_that_cannot_be_meant_is_guessed(self, said: str) -> None:
        headers = {b"Retry-After": said.encode()}
        scene = Scene(lambda _: httpx.Response(429, headers=list(headers.items())))
        with pytest.raises(ThrottledError) as raised:
            scene.session.get("/x")
        assert scene.slept == [1.0]
        assert NOW < raised.value.until < NOW + timedelta(minutes=1)

    def test_a_pace_is_kept_by_short_sleeps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scene = Scene(always(200, []), pace=(8.0, 4))

        def seconds() -> float:
            return scene.clock.now.timestamp()

        clock = SimpleNamespace(monotonic=seconds)
        monkeypatch.setattr("warmbench.integrations.ats.session.time", clock)
        scene.session = Session(
            scene.keys,
            Manners(label="Vendor", pace=(8.0, 4)),
            transport=httpx.MockTransport(always(200, [])),
            sleep=scene._sleep,
        )
        scene.session.access = Open()
        for _ in range(40):
            scene.session.get("/x")
        assert scene.slept[:4] == [0, 0, 0, 0]
        assert scene.slept[4:] == pytest.approx([1 / 8] * 36, abs=1e-5)

    def test_readers_stop_at_the_reserve_and_writers_do_not(self) -> None:
        reset = str(int(NOW.timestamp()) + 20)
        headers = {"X_RateLimit_Limit": "100", "X_RateLimit_Remaining": "20"}
        scene = Scene(
            always(200, {}, X_RateLimit_Reset=reset, **headers), resets=Resets.EPOCH, reserve=0.2
        )
        scene.session.get("/x")
        scene.session.write("POST", "/x", {})
        with pytest.raises(ThrottledError) as raised:
            scene.session.get("/x")
        assert raised.value.until == NOW + timedelta(seconds=20)
        assert scene.counted[0] == (200, 100, 20)
        scene.clock.now += timedelta(seconds=20)
        scene.session.get("/x")

    def test_a_limit_that_is_used_up_is_not_tried(self) -> None:
        headers = {"X_RateLimit_Limit": "100", "X_RateLimit_Remaining": "0"}
        scene = Scene(always(200, {}, X_RateLimit_Reset="20", **headers), resets=Resets.SECONDS)
        scene.session.get("/x")
        with pytest.raises(ThrottledError):
            scene.session.write("POST", "/x", {})


DOOR = OAuth(authorize_path="/authorize", token_path="/token", scopes=("a",), is_basic=True)


class TestTokens:
    """A door that gives a token for each knock, and takes only the last one."""

    def scene(self, **said: Any) -> Scene:
        self.given = 0

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.host == "door.example.com":
                self.given += 1
                told = {"access_token": f"t{self.given}", "expires_in": 3600, **said}
                return httpx.Response(200, json=told)
            is_good = request.headers["Authorization"] == f"Bearer t{self.given}"
            return httpx.Response(200 if is_good else 401, json=[])

        scene = Scene(answer)
        form = {"grant_type": "client_credentials"}
        scene.session.access = Bearer(
            scene.keys, BASE, lambda _: grants.granted(scene.session, DOOR, scene.keys, form)
        )
        return scene

    def test_one_token_serves_until_shortly_before_its_end(self) -> None:
        scene = self.scene()
        for minutes in (0, 30, 58):
            scene.clock.now = NOW + timedelta(minutes=minutes)
            scene.session.get("/x")
        assert self.given == 1
        scene.clock.now = NOW + timedelta(minutes=59, seconds=30)
        scene.session.get("/x")
        assert self.given == 2

    def test_a_token_that_is_refused_is_renewed_once(self) -> None:
        scene = self.scene()
        scene.session.get("/x")
        self.given += 1  # Somewhere else another one was given out.
        assert scene.session.get("/x").things == []
        assert self.given == 3

    def test_a_token_that_is_refused_again_and_again_is_for_a_person(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            told = {"access_token": "t", "expires_in": 3600}
            is_door = request.url.host == "door.example.com"
            return httpx.Response(200, json=told) if is_door else httpx.Response(401, json={})

        scene = Scene(answer)
        scene.session.access = Bearer(
            scene.keys, BASE, lambda _: grants.granted(scene.session, DOOR, scene.keys, {})
        )
        with pytest.raises(AuthError):
            scene.session.get("/x")
        assert len(scene.asked) == 4

    @pytest.mark.parametrize("status", [400, 401, 403])
    def test_a_closed_door_is_for_a_person(self, status: int) -> None:
        said = {"error": "invalid_client", "error_description": "No client hush."}
        scene = Scene(always(status, said))
        with pytest.raises(AuthError) as raised:
            grants.granted(scene.session, DOOR, scene.keys, {})
        assert "hush" not in str(raised.value)
        assert f"({status})" in str(raised.value)

    def test_keys_go_as_the_door_wants_them(self) -> None:
        told = {"access_token": "t", "expires_at": "2026-11-22T13:00:00+0000"}
        scene = Scene(always(200, told))
        stored = grants.granted(scene.session, DOOR, scene.keys, {"a": "b"})
        assert stored == {"access": "t", "until": "2026-11-22T12:59:00+00:00"}
        [asked] = scene.asked
        assert asked.headers["Authorization"].startswith("Basic ")
        assert asked.content == b"a=b"
        assert asked.url.query == b""
        in_form = OAuth(authorize_path="/a", token_path="/t", scopes=())
        grants.granted(scene.session, in_form, scene.keys, {"a": "b"})
        assert scene.asked[1].content == b"a=b&client_id=us&client_secret=hush"
        assert "Authorization" not in scene.asked[1].headers

    @pytest.mark.parametrize(
        ("said", "minutes"),
        [
            ({"expires_at": "2026-11-22T13:00:00Z"}, 59),
            ({"expires_at": "2026-11-22T13:00:00.000+0000"}, 59),
            ({"expires_at": "2026-11-22T13:00:00"}, 59),
            ({"expires_in": 600}, 9),
            # A clock is wrong, or nothing is said: an hour, and a 401 says otherwise.
            ({"expires_at": "2020-01-01T00:00:00Z"}, 59),
            ({"expires_at": "soon"}, 59),
            ({"expires_in": -5}, 59),
            ({}, 59),
        ],
    )
    def test_an_end_is_understood_in_each_form(self, said: dict[str, Any], minutes: int) -> None:
        stored = grants.stored_form({"access_token": "t", **said}, NOW)
        assert stored["until"] == (NOW + timedelta(minutes=minutes)).isoformat()
        assert tokens.is_good(stored, NOW)
        assert not tokens.is_good(stored, NOW + timedelta(minutes=minutes))

    def test_an_answer_without_a_token_is_none(self) -> None:
        with pytest.raises(UnreachableError):
            grants.stored_form({"access_token": ""}, NOW)

    def test_what_a_refresh_leaves_out_stays(self) -> None:
        scene = Scene(always(200, {"access_token": "t2", "expires_in": 3600}))
        stored = {"access": "t1", "until": NOW.isoformat(), "refresh": "r1"}
        renewed = grants.refreshed(scene.session, DOOR, scene.keys, stored)
        assert (renewed["access"], renewed["refresh"]) == ("t2", "r1")
        assert scene.asked[0].content == b"grant_type=refresh_token&refresh_token=r1"

    def test_a_knock_is_made_once_and_its_limits_are_its_own(self) -> None:
        headers = {"X_RateLimit_Limit": "60", "X_RateLimit_Remaining": "0"}
        scene = Scene(
            always(200, {"access_token": "t"}, X_RateLimit_Reset="60", **headers),
            resets=Resets.SECONDS,
        )
        grants.granted(scene.session, DOOR, scene.keys, {})
        assert scene.counted == [(200, None, None)]
        scene.session.get("/x")
