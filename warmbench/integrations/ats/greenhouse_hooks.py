"""Verifies what Greenhouse calls us with, and takes from it only which records to read again."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

from warmbench.integrations.ats.errors import NotTheirsError
from warmbench.integrations.ats.protocol import Call, Keys
from warmbench.integrations.ats.things import Fate, Gone, Told

#: The kinds of thing that we read, by the names under which a payload holds them.
_PEOPLE = frozenset({"candidate", "candidates", "person", "people"})
_APPLICATIONS = frozenset({"application", "applications"})
_ROLES = frozenset({"job", "jobs"})
#: Under these a merge holds the record that is there no more.
_MERGED = frozenset({"duplicate_candidate", "merged_candidate", "secondary_candidate"})
_KEPT = frozenset({"primary_candidate", "candidate", "person"})
_DEEPEST = 6


def hear(keys: Keys, call: Call) -> list[Told]:
    """What a call tells of. Raises NotTheirsError if its signature does not fit the bytes as they
    came. Two secrets may be pasted, with a space between, while one replaces the other."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    secrets = keys.credentials.get("webhook_secret", "").split()
    if not any(_is_signed(call.body, secret, headers.get("signature", "")) for secret in secrets):
        raise NotTheirsError("The signature of this call is not Greenhouse's.")
    try:
        said = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise NotTheirsError("This call is signed, and its words cannot be read.") from error
    action = said.get("action") if isinstance(said, dict) else None
    if not isinstance(action, str) or not action:
        raise NotTheirsError("This call is signed, and does not say what happened.")
    event_id = headers.get("greenhouse-event-id") or hashlib.sha256(call.body).hexdigest()
    return [_told(event_id[:160], action, said.get("payload"))]


def _is_signed(body: bytes, secret: str, signature: str) -> bool:
    algorithm, _, digest = signature.strip().partition(" ")
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    # Compared as bytes: a digest with letters that are none of ASCII would raise.
    return algorithm.lower() == "sha256" and hmac.compare_digest(
        wanted.encode(), digest.strip().lower().encode()
    )


def _told(event_id: str, action: str, payload: Any) -> Told:
    people = tuple(dict.fromkeys(_ids(payload, _PEOPLE | _MERGED, "candidate_id", "person_id")))
    # An application holds its jobs, too, which have not changed with it.
    roles: tuple[str, ...] = ()
    if action.startswith("job_"):
        roles = tuple(dict.fromkeys(_ids(payload, _ROLES, "job_id")))
    applications = tuple(dict.fromkeys(_ids(payload, _APPLICATIONS, "application_id")))
    own = _id_of(payload)
    gone: tuple[Gone, ...] = ()
    match action:
        case "delete_candidate":
            people = people or own
            gone = tuple(Gone(external_id=one, fate=Fate.DELETED) for one in people)
        case "candidate_anonymized":
            people = people or own
            gone = tuple(Gone(external_id=one, fate=Fate.ERASED) for one in people)
        case "merge_candidate":
            gone = tuple(_merged(payload))
        case "job_created" | "job_updated" | "job_approved" | "job_deleted":
            roles = roles or own
        case "delete_application":
            applications = applications or own
        case "update_candidate":
            people = people or own
        case _:
            pass
    lost = {one.external_id for one in gone}
    return Told(
        event_id=event_id,
        kind=action[:60],
        person_ids=tuple(one for one in people if one not in lost),
        application_ids=applications,
        role_ids=roles,
        gone=gone,
    )


def _merged(payload: Any) -> Iterator[Gone]:
    kept = list(_ids(payload, _KEPT))
    for one in _ids(payload, _MERGED):
        into = next((other for other in kept if other != one), "")
        yield Gone(external_id=one, fate=Fate.MERGED, into_id=into)


def _ids(said: Any, names: frozenset[str], *plain: str, depth: int = 0) -> Iterator[str]:
    """The ids of everything that stands under one of these names, at any depth, and of the
    fields that name one. Payloads of one vendor differ by event, and grow."""
    if depth > _DEEPEST:
        return
    if isinstance(said, list):
        for one in said:
            yield from _ids(one, names, *plain, depth=depth + 1)
    if not isinstance(said, Mapping):
        return
    for name, value in said.items():
        if name in plain:
            yield from _id_of({"id": value})
        if name in names:
            for one in value if isinstance(value, list) else [value]:
                yield from _id_of(one)
        yield from _ids(value, names, *plain, depth=depth + 1)


def _id_of(said: Any) -> tuple[str, ...]:
    number = said.get("id") if isinstance(said, Mapping) else None
    is_id = isinstance(number, int | str) and not isinstance(number, bool)
    return (str(number),) if is_id and str(number) else ()
