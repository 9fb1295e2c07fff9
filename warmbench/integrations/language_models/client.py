"""Speaks to a language model as most servers understand it: POST …/chat/completions, as OpenAI's
API has it, with an answer that is JSON."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
from django.conf import settings

from warmbench.integrations import outgoing
from warmbench.integrations.ats import answers
from warmbench.integrations.language_models.errors import (
    RefusedError,
    SetupError,
    ThrottledError,
    UnreachableError,
    UnusableError,
)

#: Seconds for a whole answer, of which a model writes every word; bytes of it.
PATIENCE, MOST = 90.0, 512 * 1024
#: How long it is left alone that asks for it, and does not say how long.
USUAL_WAIT = timedelta(minutes=1)
#: A count of tokens beyond is a mistake of the other side.
_MOST_TOKENS = 10_000_000
_OUT_OF_ORDER = frozenset({408, 425})


@dataclass(frozen=True, slots=True)
class Access:
    """Where a model is, what opens it, and what it is called there."""

    address: str
    key: str
    model: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answered. Tokens are None where it does not count them."""

    said: dict[str, Any]
    millis: int
    tokens_in: int | None
    tokens_out: int | None


class Client:
    """Asks one model. What goes wrong is a ModelError."""

    def __init__(
        self,
        access: Access,
        *,
        clock: Callable[[], datetime],
        patience: float = PATIENCE,
    ) -> None:
        self._access, self._clock, self._patience = access, clock, patience
        guarded = outgoing.GuardedTransport(
            patience=patience, most=MOST, inside=settings.MODEL_NETWORKS
        )
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if access.key:
            headers["Authorization"] = f"Bearer {access.key}"
        self._http = httpx.Client(
            transport=guarded,
            trust_env=False,
            follow_redirects=False,
            timeout=patience,
            headers={**headers, "User-Agent": "Warmbench"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(
        self, messages: Sequence[dict[str, str]], form: dict[str, Any], *, most_tokens: int
    ) -> Reply:
        """Ask once, and return the JSON object that was answered. Nothing is asked again by
        itself: each question costs."""
        body = question(self._access.model, messages, form, most_tokens=most_tokens)
        began = time.monotonic()
        status, headers, content = self._sent(body)
        millis = int((time.monotonic() - began) * 1000)
        self._judge(status, headers, content, sent=[one["content"] for one in messages])
        return _reply(content, millis)

    def _sent(self, body: bytes) -> tuple[int, httpx.Headers, bytes]:
        url = f"{self._access.address.rstrip('/')}/chat/completions"
        try:
            with self._http.stream(
                "POST", url, content=body, headers={"Content-Type": "application/json"}
            ) as answer:
                if answer.headers.get("Content-Encoding", "identity").strip() != "identity":
                    raise UnusableError("Its answer is packed in a way that was not asked for.")
                read = bytearray()
                for part in answer.iter_raw():
                    read += part
                    if len(read) > MOST:
                        raise UnusableError("Its answer has no end.")
                return answer.status_code, answer.headers, bytes(read)
        except outgoing.RefusedError as error:
            raise SetupError(str(error)) from error
        except outgoing.UnreachableError as error:
            raise UnreachableError(str(error)) from error
        except httpx.ConnectError as error:
            raise UnreachableError("The model cannot be reached.") from error
        except httpx.TimeoutException as error:
            said = f"The model did not answer within {self._patience:.0f} seconds."
            raise UnreachableError(said) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise UnreachableError("The connection to the model broke.") from error

    def _judge(
        self, status: int, headers: httpx.Headers, content: bytes, *, sent: Sequence[str]
    ) -> None:
        if 200 <= status < 300:
            return
        if status < 400:
            raise SetupError(
                f"It sends us to another address ({status}), and we do not follow. Is the "
                "address right?"
            )
        if status == 429:
            wait = answers.wait_of(headers) or USUAL_WAIT
            raise ThrottledError("The model asks us to wait.", until=self._clock() + wait)
        if status >= 500 or status in _OUT_OF_ORDER:
            raise UnreachableError(f"The model is out of order ({status}).")
        said = answers.words(answers.Answer(status, headers, content).json_or_none)
        shown = answers.without_personal_data(said, [*sent, self._access.key])
        why = f": {shown}" if shown else "."
        if status in {401, 403}:
            raise SetupError(f"The key is not taken ({status}){why}")
        if status == httpx.codes.NOT_FOUND:
            raise SetupError(f"There is no such model or address ({status}){why}")
        raise RefusedError(f"The model refused this ({status}){why}")


def question(
    model: str, messages: Sequence[dict[str, str]], form: dict[str, Any], *, most_tokens: int
) -> bytes:
    """What goes over the wire: all of it."""
    return json.dumps(
        {
            "model": model,
            "messages": list(messages),
            "temperature": 0,
            "max_tokens": most_tokens,
            "stream": False,
            "response_format": form,
        },
        ensure_ascii=False,
    ).encode()


def _reply(content: bytes, millis: int) -> Reply:
    answer = _object(content, "The answer is no JSON, or was cut off.")
    tokens = answer.get("usage")
    counts = tokens if isinstance(tokens, dict) else {}
    paid = _count(counts.get("prompt_tokens")), _count(counts.get("completion_tokens"))
    try:
        choice = answer["choices"][0]
        message, ended = choice["message"], choice.get("finish_reason")
        said = message["content"]
        refused = message.get("refusal")
    except (LookupError, TypeError, AttributeError):
        raise UnusableError("The answer is not of the form that was agreed.", *paid) from None
    if refused or ended == "content_filter":
        raise UnusableError("The model refused to read it.", *paid)
    if ended == "length":
        raise UnusableError("The answer was cut off: it is longer than we let it be.", *paid)
    if not isinstance(said, str):
        raise UnusableError("The answer is not of the form that was agreed.", *paid)
    try:
        found = _object(said.encode(errors="replace"), "What it says is no JSON.")
    except UnusableError as error:
        raise UnusableError(str(error), *paid) from None
    return Reply(found, millis, *paid)


def _object(content: bytes, wrong: str) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise UnusableError(wrong) from None
    if not isinstance(said, dict):
        raise UnusableError(wrong)
    return said


def _count(said: Any) -> int | None:
    is_count = isinstance(said, int) and not isinstance(said, bool)
    return said if is_count and 0 <= said <= _MOST_TOKENS else None
