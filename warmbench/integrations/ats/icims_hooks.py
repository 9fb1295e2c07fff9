"""Hears what iCIMS tells by itself: packed JSON, known by a name and a password."""

import base64
import binascii
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from warmbench.integrations.ats.errors import NotTheirsError
from warmbench.integrations.ats.protocol import Call, Keys
from warmbench.integrations.ats.things import Told

#: Bytes of a call as it comes, and unpacked: a few kilobytes are usual, and some bytes can be
#: unpacked to gigabytes.
MOST_PACKED, MOST = 256 * 1024, 2 * 1024 * 1024
_PACKED = b"\x1f\x8b"
_LINK = re.compile(r"/(people|jobs|applicantworkflows)/(\d{1,18})(?=$|[/?#])")
#: It says of nothing when it happened. The same words within so many seconds are the same thing
#: told again; later, it may have happened again.
_SAME = 300


def hear(keys: Keys, call: Call) -> list[Told]:
    """What a call tells. Raises NotTheirsError for one that iCIMS did not make, or that is not of
    the form that it makes."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    _verify(keys, headers.get("authorization", ""))
    said = _json(_unpacked(call.body))
    ours = keys.credentials.get("customer_id", "")
    if str(said.get("customerId", ours)) != ours:
        raise NotTheirsError("This is about another customer of iCIMS.")
    told = _told(said, int(call.at.timestamp()) // _SAME)
    return [told] if told.person_ids or told.application_ids or told.role_ids else []


def _verify(keys: Keys, said: str) -> None:
    user, password = (keys.credentials.get(f"webhook_{one}", "") for one in ("user", "password"))
    if not user or not password:
        raise NotTheirsError("No name and password are entered that iCIMS calls us with.")
    kind, _, packed = said.partition(" ")
    try:
        given = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    # Compared as a whole, so that the time it takes says nothing about where they differ.
    is_theirs = hmac.compare_digest(given, f"{user}:{password}".encode())
    if kind.lower() != "basic" or not is_theirs:
        raise NotTheirsError("The name or the password of this call is not what was agreed.")


def _unpacked(body: bytes) -> bytes:
    if len(body) > MOST_PACKED:
        raise NotTheirsError("The call is too long.")
    if not body.startswith(_PACKED):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MOST)
    except zlib.error as error:
        raise NotTheirsError("The call cannot be unpacked.") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise NotTheirsError("The call is too long, or cut off.")
    return unpacked


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotTheirsError("The call is not JSON.") from error
    if not isinstance(said, dict):
        raise NotTheirsError("The call is not of the form that was agreed.")
    return said


def _told(said: Mapping[str, Any], when: int) -> Told:
    people, jobs, workflows = _linked(said)
    kind = str(said.get("eventType", ""))
    people |= _number(said.get("personId"))
    jobs |= _number(said.get("jobId"))
    if not workflows and (people and jobs):
        # Of what happens between a person and a job, the system id is the workflow's.
        workflows |= _number(said.get("systemId"))
    elif "job" in kind.lower() and not jobs:
        jobs |= _number(said.get("systemId"))
    canonical = json.dumps([when, said], sort_keys=True, separators=(",", ":"))
    return Told(
        event_id=hashlib.sha256(canonical.encode()).hexdigest(),
        kind=kind[:60],
        person_ids=tuple(sorted(people)),
        application_ids=tuple(sorted(workflows)),
        role_ids=tuple(sorted(jobs)),
    )


def _linked(said: Mapping[str, Any]) -> tuple[set[str], set[str], set[str]]:
    found: dict[str, set[str]] = {"people": set(), "jobs": set(), "applicantworkflows": set()}
    links = said.get("links")
    for link in links if isinstance(links, list) else []:
        url = link.get("url") if isinstance(link, dict) else None
        if match := _LINK.search(url if isinstance(url, str) else ""):
            found[match[1]].add(match[2])
    return found["people"], found["jobs"], found["applicantworkflows"]


def _number(said: Any) -> set[str]:
    """An id, which is a text in events, and a number elsewhere."""
    text = str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""
    return {text} if text.isascii() and text.isdecimal() and len(text) < 19 else set()
