"""The one way in which every client speaks HTTP: kept connections, tokens, limits, and errors
that say what is to be done about them."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

import httpx

from warmbench.integrations import outgoing
from warmbench.integrations.ats import answers
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.errors import (
    AuthError,
    ForbiddenError,
    GoneError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.protocol import Keys

#: Seconds for one call with its whole answer, and bytes of an answer.
PATIENCE = 30.0
MOST = 16 * 1024 * 1024
#: Nothing in a client sleeps longer than this.
LONGEST_SLEEP = timedelta(seconds=1)
#: The first guess where nothing says how long to wait; it doubles each time, up to the last.
_FIRST_GUESS, _LAST_GUESS = timedelta(seconds=1), timedelta(minutes=5)
_TIMES_ASKED = 3
_PACKINGS = frozenset({"", "identity", "gzip"})
#: We were not heard to the end, came too early, or it is out of order and says so.
_NOTHING_DONE = frozenset({408, 425, 503})

Params = Mapping[str, str | int | Sequence[str]]


class Access(Protocol):
    """How a client gets in: where paths begin, and what every call carries."""

    def base(self) -> str:
        """The address that paths are added to."""
        ...

    def headers(self) -> Mapping[str, str]:
        """What a call carries. Asks for a token if there is none that is good."""
        ...

    def renew(self) -> bool:
        """What was carried is refused: get another. False if there is nothing to get."""
        ...


class Resets(Enum):
    """What a vendor means by ``X-RateLimit-Reset``."""

    EPOCH = "seconds since 1970"
    SECONDS = "seconds left"
    NEVER = "it does not say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one vendor wants to be asked, and how it says no."""

    label: str
    resets: Resets = Resets.NEVER
    #: Calls a second, and how many at once after a rest; None: as fast as it answers.
    pace: tuple[float, int] | None = None
    #: The part of the limit that readers leave to writers and to everybody else.
    reserve: float = 0.0
    #: Whether an answer says that the token is not good any more.
    is_expired: Callable[[Answer], bool] = lambda answer: answer.status == httpx.codes.UNAUTHORIZED
    #: Whether an answer says that enough was asked for now.
    is_over: Callable[[Answer], bool] = lambda answer: answer.status == 429
    #: Whether it says that our keys may not see or do this.
    is_forbidden: Callable[[Answer], bool] = lambda answer: answer.status == 403
    #: What an error says in the vendor's words.
    words: Callable[[Any], str] = answers.words
    headers: Mapping[str, str] = field(default_factory=dict)


class Session:
    """Speaks to one vendor with one connection's keys.

    Every method may raise AtsError, with a sentence in which there is nothing secret and nothing
    personal; nothing that goes over the wire is logged.
    """

    def __init__(
        self,
        keys: Keys,
        manners: Manners,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._keys, self._manners, self._sleep = keys, manners, sleep
        self._client = httpx.Client(
            transport=transport or outgoing.GuardedTransport(patience=PATIENCE, most=MOST),
            trust_env=False,
            follow_redirects=False,
            timeout=PATIENCE,
            headers={
                "User-Agent": "Warmbench",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                **manners.headers,
            },
        )
        self._bucket = _Bucket(*manners.pace) if manners.pace else None
        #: Set by the client, once it knows how to get in.
        self.access: Access = _NoAccess()
        self._closed_until: datetime | None = None
        self._reserved_until: datetime | None = None
        self._guess = _FIRST_GUESS

    def get(self, path: str, params: Params | None = None, *, is_once: bool = False) -> Answer:
        """Read. ``path`` begins with a slash, or is a whole address below the base. ``is_once``:
        reading takes something away, so that it is not done again by itself."""
        return self._asked(_Call("GET", path, params=params, is_once=is_once))

    def find(
        self, path: str, body: Any, params: Params | None = None, *, method: str = "POST"
    ) -> Answer:
        """Read by POST, or as the vendor wants it: a search whose question is too long for an
        address."""
        return self._asked(_Call(method, path, params=params, json=body))

    def write(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Write JSON. Raises UnclearError if it may have happened though no answer came."""
        call = _Call(method, path, params, json=body, is_write=True, headers=headers or {})
        return self._asked(call)

    def knock(
        self,
        method: str,
        address: str,
        *,
        params: Params | None = None,
        form: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
        expect: Collection[int] = (),
    ) -> Answer:
        """Ask for a token, or for the way to one: carries no token, is not asked again. A 400,
        401 or 403 is an AuthError. ``expect``: other statuses than 2xx that are an answer."""
        call = _Call(method, address, params, form=form, basic=basic, is_knock=True)
        return self._judged(call, self._once(call, {}), frozenset(expect))

    def close(self) -> None:
        """Let connections go."""
        self._client.close()

    def _asked(self, call: "_Call") -> Answer:
        for _ in range(_TIMES_ASKED):
            answer = self._once(call, self.access.headers())
            if self._manners.is_expired(answer):
                # Once: a second token that is refused as well will not get better.
                answer = self._renewed(call, answer)
            if not self._is_wait_over(answer):
                break
        return self._judged(call, answer, frozenset())

    def _renewed(self, call: "_Call", answer: Answer) -> Answer:
        if not self.access.renew():
            raise AuthError(f"{self._manners.label} does not take our keys any more.")
        answer = self._once(call, self.access.headers())
        if self._manners.is_expired(answer):
            raise AuthError(f"{self._manners.label} does not take our keys any more.")
        return answer

    def _once(self, call: "_Call", carried: Mapping[str, str]) -> Answer:
        self._wait(call)
        for is_last in (False, True):
            try:
                answer = self._sent(call, carried)
                break
            except (httpx.RemoteProtocolError, httpx.ReadError) as error:
                # A kept connection that the other side let go just now says nothing.
                if is_last or call.is_write or call.is_knock or call.is_once:
                    raise self._broken(call, error) from error
            except httpx.HTTPError as error:
                raise self._broken(call, error) from error
            except httpx.InvalidURL as error:
                raise RefusedError("It sends us to what is no address.") from error
            except outgoing.RefusedError as error:
                raise RefusedError(str(error)) from error
            except outgoing.UnreachableError as error:
                raise UnreachableError(str(error)) from error
        if call.is_knock:
            # The door has limits of its own, which say nothing about the house.
            self._keys.on_call(answer.status, None, None)
        else:
            self._note_limits(answer)
        return answer

    def _sent(self, call: "_Call", carried: Mapping[str, str]) -> Answer:
        request = self._client.build_request(
            call.method,
            call.address(self.access),
            params=call.params,
            json=call.json,
            data=call.form,
            headers={**carried, **call.headers},
        )
        auth = httpx.BasicAuth(*call.basic) if call.basic else None
        response = self._client.send(request, auth=auth, stream=True)
        try:
            if response.headers.get("Content-Encoding", "").lower().strip() not in _PACKINGS:
                # Packed twice, a few bytes become gigabytes before the first of them is counted.
                raise httpx.DecodingError("The answer is packed in a way that was not asked for.")
            body = bytearray()
            for part in response.iter_bytes():
                body += part
                if len(body) > MOST:
                    raise httpx.ReadError("The answer has no end.")
        finally:
            response.close()
        return Answer(response.status_code, response.headers, bytes(body))

    def _broken(self, call: "_Call", error: Exception) -> Exception:
        label = self._manners.label
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            return UnreachableError(f"{label} cannot be reached.")
        if call.is_write:
            return UnclearError(f"{label} did not say whether it wrote this down.")
        if isinstance(error, httpx.TimeoutException):
            return UnreachableError(f"{label} did not answer within {PATIENCE:.0f} seconds.")
        return UnreachableError(f"The connection to {label} broke.")

    def _judged(self, call: "_Call", answer: Answer, expected: frozenset[int]) -> Answer:
        label, status = self._manners.label, answer.status
        if status in expected:
            return answer
        if 200 <= status < 300:
            if answer.is_readable:
                return answer
            if call.is_write:
                raise UnclearError(f"{label} took this, and its answer cannot be read.")
            raise UnreachableError(f"The answer of {label} cannot be read.")
        if status < 400:
            raise UnreachableError(
                f"{label} sends us to another address ({status}), and we do not follow. "
                "Is the address of the connection right?"
            )
        if self._manners.is_over(answer):
            raise ThrottledError(f"{label} asks us to wait.", until=self._until(answer))
        if status >= 500 or status in _NOTHING_DONE:
            if call.is_write and status not in _NOTHING_DONE:
                raise UnclearError(f"{label} failed ({status}), and may have written this down.")
            raise UnreachableError(f"{label} is out of order ({status}).")
        raise self._refusal(call, answer)

    def _refusal(self, call: "_Call", answer: Answer) -> Exception:
        label, status = self._manners.label, answer.status
        said = self._manners.words(answer.json_or_none)
        shown = answers.without_personal_data(
            said, [*call.values(), *self._keys.credentials.values()]
        )
        why = f": {shown}" if shown else "."
        if status == httpx.codes.UNAUTHORIZED or (call.is_knock and status in {400, 403}):
            return AuthError(f"{label} does not take our keys ({status}){why}")
        if self._manners.is_forbidden(answer):
            return ForbiddenError(f"{label} does not let our keys do this ({status}){why}")
        if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
            if not answer.is_readable:
                # The page of a machine in between: read as an answer, it would end people here.
                return UnreachableError(f"The answer of {label} cannot be read ({status}).")
            return GoneError(f"{label} has no such record.")
        return RefusedError(f"{label} refused this ({status}){why}", status=status, said=said)

    def _wait(self, call: "_Call") -> None:
        now = self._keys.clock()
        until = self._closed_until
        if until is None and not (call.is_write or call.is_knock):
            until = self._reserved_until
        if until and until > now and not self._is_slept(until, now):
            raise ThrottledError(f"Enough was asked of {self._manners.label} for now.", until=until)
        if until:
            self._closed_until = self._reserved_until = None
        if self._bucket:
            self._sleep(self._bucket.take())

    def _is_wait_over(self, answer: Answer) -> bool:
        """Whether a short wait was asked for, and has been waited."""
        if not self._manners.is_over(answer):
            self._guess = _FIRST_GUESS
            return False
        now = self._keys.clock()
        self._closed_until = self._until(answer)
        self._guess = min(self._guess * 2, _LAST_GUESS)
        return self._is_slept(self._closed_until, now)

    def _is_slept(self, until: datetime, now: datetime) -> bool:
        if until - now > LONGEST_SLEEP:
            return False
        self._sleep(max((until - now).total_seconds(), 0.0))
        self._closed_until = None
        return True

    def _until(self, answer: Answer) -> datetime:
        now = self._keys.clock()
        asked = answers.wait_of(answer.headers)
        if asked is None:
            asked = self._until_reset(answer.headers, now)
        return now + (asked or self._guess)

    def _until_reset(self, headers: httpx.Headers, now: datetime) -> timedelta | None:
        if self._manners.resets is Resets.EPOCH:
            return answers.until_epoch(headers, now)
        is_left = self._manners.resets is Resets.SECONDS
        return answers.seconds_left(headers) if is_left else None

    def _note_limits(self, answer: Answer) -> None:
        limit = answers.number(answer.headers, "X-RateLimit-Limit")
        remaining = answers.number(answer.headers, "X-RateLimit-Remaining")
        self._keys.on_call(answer.status, limit, remaining)
        if limit is None or remaining is None or self._manners.resets is Resets.NEVER:
            return
        now = self._keys.clock()
        wait = self._until_reset(answer.headers, now)
        if wait is None:
            return
        if remaining <= 0:
            self._closed_until = now + wait
        elif remaining <= limit * self._manners.reserve:
            self._reserved_until = now + wait


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    params: Params | None = None
    json: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    basic: tuple[str, str] | None = None
    is_write: bool = False
    is_knock: bool = False
    is_once: bool = False

    def address(self, access: Access) -> str:
        """Where it goes. Raises RefusedError for an address of another host than the base's:
        our token would go along with it."""
        if self.is_knock:
            return self.path
        base = access.base()
        if self.path.startswith("/"):
            return base.rstrip("/") + self.path
        ours, theirs = httpx.URL(base), httpx.URL(self.path)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise RefusedError("It sends us to another machine for the rest, and we do not go.")
        return self.path

    def values(self) -> list[str]:
        """All texts that we sent, which an error may repeat."""
        return answers.texts_in([self.json, dict(self.params or {}), dict(self.form or {})])


class _NoAccess:
    def base(self) -> str:
        raise AuthError("This connection has no keys.")

    def headers(self) -> Mapping[str, str]:
        raise AuthError("This connection has no keys.")

    def renew(self) -> bool:
        return False


class _Bucket:
    """Lets so many calls through a second, and some at once after a rest."""

    def __init__(self, a_second: float, burst: int) -> None:
        self._rate, self._burst = a_second, float(burst)
        self._left, self._at = float(burst), time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> float:
        """Take one; returns the seconds to wait for it."""
        # Pages are read ahead in another thread than the one that takes them in.
        with self._lock:
            at = time.monotonic()
            self._left = min(self._burst, self._left + (at - self._at) * self._rate) - 1
            self._at = at
            return max(-self._left / self._rate, 0.0)
