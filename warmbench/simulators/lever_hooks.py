"""Lever's webhooks: made by the API, signed in the body, in a way that does not cover the data."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from warmbench.simulators import lever_shapes as shapes
from warmbench.simulators.lever_ids import ms, number, stage_id, uuid
from warmbench.simulators.lever_paging import missing, refuse
from warmbench.simulators.records import Change
from warmbench.simulators.sending import Delivery, Hook
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

routes = Routes()
Json = dict[str, Any]

#: These may be wanted for some origins only.
WITH_ORIGINS = frozenset(
    {"applicationCreated", "candidateHired", "candidateStageChange", "candidateArchiveChange"}
)
EVENTS = WITH_ORIGINS | {
    "candidateDeleted",
    "interviewCreated",
    "interviewUpdated",
    "interviewDeleted",
    "contactCreated",
    "contactUpdated",
}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def new_token() -> str:
    """48 hexadecimal digits."""
    return secrets.token_hex(24)


def deliveries(vendor: "Lever", change: Change) -> Iterator[Delivery]:
    """What each hook is told of a change: nothing, one event, or two."""
    for event, data, origin in _events(vendor, change):
        for hook in vendor.hooks:
            origins = hook.options.get("origins") or []
            if (hook.events and event not in hook.events) or (origins and origin not in origins):
                continue
            nonce = new_token()
            body = {
                "id": secrets.token_hex(16),
                "event": event,
                "triggeredAt": ms(change.at),
                "token": nonce,
                "data": data,
            }
            yield Delivery(hook=hook, event=event, data=body, id=nonce)


def signed(delivery: Delivery, *, wrong: bool) -> tuple[bytes, dict[str, str]]:
    """The bytes with the signature among them; the headers say who sends."""
    body = delivery.data
    key = f"{delivery.hook.secret}{'?' if wrong else ''}".encode()
    message = f"{body['token']}{body['triggeredAt']}".encode()
    signature = hmac.new(key, message, hashlib.sha256).hexdigest()
    text = json.dumps({**body, "signature": signature}, ensure_ascii=False)
    headers = {"Content-Type": "application/json", "User-Agent": "Lever-Webhooks"}
    return text.encode(), headers


def _events(vendor: "Lever", change: Change) -> Iterator[tuple[str, Json, str]]:
    noun, _, verb = change.what.partition(".")
    if noun == "person":
        if verb == "deleted":
            gone = vendor.world.gone[change.id].applications
            yield from (("candidateDeleted", _gone(at), "") for at in gone)
        else:
            event = "contactCreated" if verb == "created" else "contactUpdated"
            yield event, {"contactId": uuid("contact", change.id)}, ""
    elif change.what == "application.deleted":
        yield "candidateDeleted", _gone(change.id), ""
    elif noun == "application":
        yield from _of_opportunity(vendor, change, verb)


def _gone(at: int) -> Json:
    id_ = uuid("opportunity", at)
    return {"opportunityId": id_, "candidateId": id_}


def _of_opportunity(vendor: "Lever", change: Change, verb: str) -> Iterator[tuple[str, Json, str]]:
    one = vendor.world.applications[change.id]
    made = shapes.opportunity(vendor, one)
    data = {**_gone(one.number), "contactId": made["contact"]}
    origin = made["origin"]
    now = made["archived"]
    match verb:
        case "created" if one.role:
            about = {"applicationId": uuid("application", one.number)}
            yield "applicationCreated", {**data, **about}, origin
        case "moved":
            before = stage_id(change.before, is_lead=one.role is None)
            stages = {"toStageId": made["stage"], "fromStageId": before}
            yield "candidateStageChange", {**data, **stages}, origin
        case "hired" | "rejected":
            archived = {"toArchived": now, "fromArchived": None}
            if verb == "hired":
                yield "candidateHired", {**data, **archived}, origin
            yield "candidateArchiveChange", {**data, **archived}, origin
        case "unhired" | "unrejected":
            archived = {"toArchived": None, "fromArchived": {"archivedAt": ms(change.at)}}
            yield "candidateArchiveChange", {**data, **archived}, origin
        case _:
            return


@routes.on("GET", "/v1/webhooks")
def webhooks(vendor: "Lever", request: Request) -> Answer:  # noqa: ARG001
    """All webhooks, without their tokens, and without a word on whether there are more."""
    return Answer(200, {"data": [_shape(hook) for hook in vendor.hooks]})


@routes.on("POST", "/v1/webhooks")
def add_webhook(vendor: "Lever", request: Request) -> Answer:
    """A webhook. Its signature token is shown this once."""
    body = request.json()
    hook = vendor.subscribe("", at_once=True)
    vendor.hooks.remove(hook)
    _fill(hook, body if isinstance(body, dict) else {})
    vendor.hooks.append(hook)
    made = _shape(hook)
    made["configuration"]["signatureToken"] = hook.secret
    return Answer(201, {"data": made})


@routes.on("PUT", "/v1/webhooks")
def change_webhooks(vendor: "Lever", request: Request) -> Answer:
    """Change several."""
    body = request.json()
    for one in body.get("data", ()) if isinstance(body, dict) else ():
        _fill(_hook(vendor, str(one.get("id"))), one)
    return webhooks(vendor, request)


@routes.on("DELETE", "/v1/webhooks/{id}")
def remove_webhook(vendor: "Lever", request: Request) -> Answer:
    """A webhook less."""
    vendor.hooks.remove(_hook(vendor, request.params["id"]))
    return Answer(204)


def _hook(vendor: "Lever", id_: str) -> Hook:
    for hook in vendor.hooks:
        if hook.number == number("webhook", id_):
            return hook
    raise missing("Webhook")


def _fill(hook: Hook, body: Json) -> None:
    url, event = str(body.get("url") or hook.url), body.get("event") or next(iter(hook.events), "")
    parts = urlsplit(url)
    # Lever takes https only; on this machine there are no certificates.
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise refuse("url must begin with https.")
    if event not in EVENTS:
        raise refuse("event is not known.")
    conditions = (body.get("configuration") or {}).get("conditions") or {}
    if conditions.get("origins") and event not in WITH_ORIGINS:
        raise refuse("This event knows no conditions.")
    hook.url, hook.events = url, frozenset({event})
    hook.options = {"origins": conditions.get("origins") or []}


def _shape(hook: Hook) -> Json:
    return {
        "id": uuid("webhook", hook.number),
        "url": hook.url,
        "event": next(iter(hook.events), None),
        "configuration": {"conditions": {"origins": hook.options.get("origins") or []}},
    }
