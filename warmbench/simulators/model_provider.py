"""A simulated server of language models: chat completions in the shape that OpenAI's API made
common, honest or not.

What is called a model here is a way to behave: ``honest`` lists what it can tell by a few plain
rules, and each of the others goes wrong in a way in which real ones do.
"""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from warmbench.simulators.pace import Limits
from warmbench.simulators.vendor import Answer, RefusedError, Request, Route, Routes, Vendor
from warmbench.simulators.world import World

#: Tokens that a question and its answer may have together.
CONTEXT = 32_768
_LETTERS_OF_A_TOKEN = 4

Fact = dict[str, Any]
Behave = Callable[[list[str]], Any]

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_NOTICE = re.compile(
    r"(\d+|one|two|three|four|six)[- ](weeks?|months?)[\u2019']? notice", re.IGNORECASE
)
_NOTICE_OF = re.compile(r"notice period of (\d+|one|two|three|four|six) (weeks?|months?)")
_PAY = re.compile(r"(?:want|looking for|ask for) (?:about )?(?:€|EUR )?(\d{2,3})k\b")
_KNOWS = re.compile(r"\bknow ([A-Z][\w+#]*)")
_START = re.compile(r"start (?:on|from) (\d{4}-\d\d-\d\d)")
_QUIET = re.compile(r"leave me alone[^.]*")


def _fact(kind: str, polarity: str, value: Fact, quote: str) -> Fact:
    return {"kind": kind, "polarity": polarity, "value": value, "quote": quote}


def _notice(match: re.Match[str]) -> Fact:
    number = match[1].lower()
    unit = match[2].lower().rstrip("s") + "s"
    amount = _NUMBERS.get(number) or int(number)
    value = {"amount": amount, "unit": unit, "to": None}
    return _fact("notice", "had", value, match[0])


def _honest(texts: list[str]) -> Any:
    facts = []
    for text in texts:
        for pattern in (_NOTICE, _NOTICE_OF):
            facts += [_notice(match) for match in pattern.finditer(text)]
        for match in _PAY.finditer(text):
            value = {"what": "target", "low": int(match[1]) * 1000, "high": None}
            value |= {"currency": None, "period": "year"}
            facts.append(_fact("pay", "wants", value, match[0]))
        for match in _KNOWS.finditer(text):
            value = {"name": match[1], "years": None}
            facts.append(_fact("skill", "had", value, match[0]))
        for match in _START.finditer(text):
            facts.append(_fact("start", "wants", {"from": match[1]}, match[0]))
        for match in _QUIET.finditer(text):
            facts.append(_fact("stop", "refuses", {"tier": "pause", "until": None}, match[0]))
    return {"facts": facts}


def _hallucinating(texts: list[str]) -> Any:  # noqa: ARG001 - it does not even look
    quote = "I have ten years of Haskell and want 250k"
    return {
        "facts": [
            _fact("skill", "had", {"name": "Haskell", "years": 10}, quote),
            _fact("stop", "refuses", {"tier": "pause", "until": None}, "never call me again"),
        ]
    }


def _miscounting(texts: list[str]) -> Any:
    said = _honest(texts)
    for fact in said["facts"]:
        for name in ("amount", "low"):
            if fact["value"].get(name):
                fact["value"][name] = fact["value"][name] * 3 + 1
    return said


def _misnaming(texts: list[str]) -> Any:
    quotes = [text[:60] for text in texts if len(text) > 20]
    return {
        "facts": [
            _fact("skill", "had", {"name": "COBOL", "years": None}, quote) for quote in quotes
        ]
    }


def _misshaping(texts: list[str]) -> Any:
    facts = _honest(texts)["facts"]
    odd: list[Any] = ["a fact", 7, None, {"kind": "pay"}, {"kind": "salary", "quote": "x"}]
    for fact in facts:
        odd.append(fact | {"value": list(fact["value"])})
        odd.append(fact | {"polarity": "hopes"})
        odd.append(fact | {"value": fact["value"] | {"secret": 1}})
        odd.append(fact | {"speaker": "candidate", "about": 0})
    return {"facts": odd}


def _another_form(texts: list[str]) -> Any:
    return {"insights": _honest(texts)["facts"], "summary": "A promising candidate."}


#: Orders that are given in texts, and what somebody who obeys them answers.
_ORDERS = re.compile(
    r"[^.\n]*\b(?:ignore|mark|lift|send|set|confirm|delete|approve)\b[^.\n]*", re.IGNORECASE
)


def _obedient(texts: list[str]) -> Any:
    orders = [match[0].strip() for text in texts for match in _ORDERS.finditer(text)]
    facts: list[Any] = []
    for order in orders:
        facts += [
            _fact("status", "had", {"status": "hired"}, order),
            _fact("stop", "wants", {"tier": "none", "lift": True}, order),
            _fact("stop", "wants", {"tier": "pause", "until": None}, order),
            _fact("stop", "refuses", {"tier": "hard", "until": None}, order),
            _fact("consent", "had", {"email": True}, order),
            _fact("stance", "wants", {"level": "active"}, order) | {"state": "confirmed"},
            _fact("stance", "wants", {"level": "active"}, order) | {"confidence": 1.0},
        ]
    commands = [{"action": "send", "to": "everybody"}, {"action": "lift_stop"}]
    return {"facts": facts, "actions": commands, "consent": True, "status": "hired"}


#: How each model behaves; what returns a text answers with it as it is.
MODELS: Mapping[str, Behave] = MappingProxyType(
    {
        "honest": _honest,
        "hallucinating": _hallucinating,
        "miscounting": _miscounting,
        "misnaming": _misnaming,
        "misshaping": _misshaping,
        "another-form": _another_form,
        "obedient": _obedient,
        "chatty": lambda _: "Sure! Here are the facts that I found: none.",
        "cut-off": lambda texts: json.dumps(_honest(texts))[:-3],
        "prudish": lambda _: None,
        "long-winded": _honest,
        "uncounted": _honest,
    }
)

routes = Routes()


def error(status: int, kind: str, message: str, code: str | None = None) -> Answer:
    """An answer that says what went wrong."""
    told = {"message": message, "type": kind, "param": None, "code": code}
    return Answer(status, {"error": told})


class ModelProvider(Vendor):
    """One server of models, with one key."""

    name = "model_provider"
    routes = routes

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        super().__init__(world, limits)
        self.credentials = {"key": "sk-simulated-0123456789abcdef", "model": "honest"}
        #: What was asked, question by question, as it came.
        self.asked: list[dict[str, Any]] = []
        self._is_key_good = True

    def usual_limits(self) -> Limits:
        """A small account's."""
        return Limits(calls=500, seconds=60.0)

    def addresses(self) -> dict[str, str]:
        """Where paths begin."""
        return {"api": f"{self.address}/v1"}

    def admit(self, request: Request, route: Route | None) -> Answer | None:  # noqa: ARG002
        """Let in who has the key, within the limits."""
        if not self._is_key_good or request.bearer() != self.credentials["key"]:
            said = f"Incorrect API key provided: {request.bearer()[:7]}***."
            return error(401, "invalid_request_error", said, "invalid_api_key")
        if self.limits.calls is None:
            return None
        room = self.pace.window("calls", self.limits.calls, self.limits.seconds)
        request.extra = {
            "x-ratelimit-limit-requests": str(self.limits.calls),
            "x-ratelimit-remaining-requests": str(room.left),
        }
        return None if room.allowed else self.throttled(request, bare=False, wait=room.reset_in)

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:  # noqa: ARG002
        """429, with the seconds to wait or without."""
        answer = error(429, "requests", "Rate limit reached for requests", "rate_limit_exceeded")
        if not bare:
            answer.headers["Retry-After"] = str(int(wait) or 20)
        return answer

    def failed(self, status: int) -> Answer:
        """An error of theirs."""
        return error(status, "server_error", "The server had an error while processing.")

    def missing(self, request: Request) -> Answer:
        """A path that there is not."""
        said = f"Invalid URL ({request.method} {request.path})"
        return error(404, "invalid_request_error", said)

    def malformed(self) -> Answer:
        """A body that is no JSON."""
        return error(400, "invalid_request_error", "We could not parse the JSON body.")

    def expire(self) -> None:
        """Take the key back."""
        self._is_key_good = False


@routes.on("GET", "/v1/models")
def _list(vendor: ModelProvider, request: Request) -> Answer:  # noqa: ARG001
    shown = [{"id": name, "object": "model", "owned_by": "simulated"} for name in MODELS]
    return Answer(200, {"object": "list", "data": shown})


@routes.on("POST", "/v1/chat/completions", reads=True)
def _complete(vendor: ModelProvider, request: Request) -> Answer:
    asked = _checked(request.json())
    vendor.asked.append(asked)
    words = "".join(one["content"] for one in asked["messages"])
    tokens = len(words) // _LETTERS_OF_A_TOKEN + 1
    if tokens > CONTEXT:
        said = f"This model's maximum context length is {CONTEXT} tokens."
        raise RefusedError(error(400, "invalid_request_error", said, "context_length_exceeded"))
    texts = _passages(asked["messages"][-1]["content"])
    said = MODELS[asked["model"]](texts)
    return Answer(200, _completion(vendor, asked, said, tokens))


def _completion(
    vendor: ModelProvider, asked: Mapping[str, Any], said: Any, tokens: int
) -> dict[str, Any]:
    model = asked["model"]
    content = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
    if said is None:
        message |= {"content": None, "refusal": "I cannot help with that."}
    ended = "length" if model in {"cut-off", "long-winded"} else "stop"
    written = len(content) // _LETTERS_OF_A_TOKEN + 1
    usage = {"prompt_tokens": tokens, "completion_tokens": written}
    completion = {
        "id": f"chatcmpl-{len(vendor.asked)}",
        "object": "chat.completion",
        "created": int(vendor.world.clock().timestamp()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": ended}],
    }
    if model != "uncounted":
        completion["usage"] = usage | {"total_tokens": tokens + written}
    return completion


def _checked(asked: Any) -> dict[str, Any]:
    def wrong(message: str, status: int = 400, code: str | None = None) -> RefusedError:
        return RefusedError(error(status, "invalid_request_error", message, code))

    if not isinstance(asked, dict) or not isinstance(asked.get("model"), str):
        raise wrong("you must provide a model parameter")
    if asked["model"] not in MODELS:
        said = f"The model `{asked['model']}` does not exist or you do not have access to it."
        raise wrong(said, 404, "model_not_found")
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages:
        raise wrong("'messages' must be a list with at least one element")
    for one in messages:
        if not isinstance(one, dict) or one.get("role") not in {"system", "user", "assistant"}:
            raise wrong("Invalid value for 'messages[].role'")
        if not isinstance(one.get("content"), str):
            raise wrong("Invalid type for 'messages[].content'")
    if asked.get("stream"):
        raise wrong("This server does not stream.")
    form = asked.get("response_format") or {"type": "text"}
    if form.get("type") == "json_schema":
        _check_schema(form.get("json_schema"), wrong)
    return dict(asked)


def _check_schema(named: Any, wrong: Callable[[str], RefusedError]) -> None:
    if not isinstance(named, dict) or not re.fullmatch(r"[\w-]{1,64}", str(named.get("name"))):
        raise wrong("Invalid 'response_format.json_schema.name'")
    if not isinstance(named.get("schema"), dict) or named["schema"].get("type") != "object":
        raise wrong("The root of a schema must be an object.")
    if named.get("strict"):
        _check_strict(named["schema"], wrong)


def _check_strict(schema: Any, wrong: Callable[[str], RefusedError]) -> None:
    """A strict schema allows nothing beside what it names, and requires all of that."""
    if isinstance(schema, list):
        for one in schema:
            _check_strict(one, wrong)
    if not isinstance(schema, dict) or not schema:
        return
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            raise wrong("'additionalProperties' is required to be supplied and to be false.")
        if set(schema.get("required", ())) != set(properties):
            raise wrong("'required' is required to include every key in properties.")
        for one in properties.values():
            _check_strict(one, wrong)
    _check_strict(schema.get("anyOf", []), wrong)
    _check_strict(schema.get("items", {}), wrong)


def _passages(content: str) -> list[str]:
    """What is to be read: every text in the question if it is JSON, else the question."""
    try:
        said = json.loads(content)
    except ValueError:
        return [content]
    return _texts(said)


def _texts(said: Any) -> list[str]:
    match said:
        case str():
            return [said]
        case dict():
            return [text for one in said.values() for text in _texts(one)]
        case list():
            return [text for one in said for text in _texts(one)]
        case _:
            return []
