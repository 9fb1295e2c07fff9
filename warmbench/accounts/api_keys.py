"""Keeps the keys of other programs: made, found by their secret, revoked."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from warmbench.accounts.models import ApiKey, Resource
from warmbench.core import audit
from warmbench.core.unique import told_who_was_faster

#: Every secret begins so: scanners for leaked secrets know ours by it.
_BEGINNING = "wbk_"
#: Nobody remembers a key for longer: whoever still needs it makes another one.
LASTS = timedelta(days=365)
#: How long the secret before goes on opening, so that a program can be given the new one.
OVERLAP = timedelta(hours=24)
#: Every scope that there is. Decisions and exports are only ever read.
SCOPES = tuple(
    f"{resource}:{what}"
    for resource in Resource.values
    for what in ("read", "write")
    if what == "read"
    or resource not in {Resource.DECISIONS, Resource.EXPORTS, Resource.SIGNALS, Resource.POOLS}
)
#: How exactly the last use is known: writing it down each time would lock a row each time.
_EXACTLY = timedelta(minutes=1)
#: What an administrator is told who gives a key the name of another one.
NAME_TAKEN = "Another key has this name, perhaps a revoked one."

_one_name_each = told_who_was_faster({"api_key_name_key": ("name", NAME_TAKEN)})


@_one_name_each
@transaction.atomic
def make(
    name: str, scope: str, *, by_id: int | None, now: datetime, scopes: Collection[str] = ()
) -> tuple[ApiKey, str]:
    """A new key, and its secret, which is stored nowhere in readable form. With ``scopes`` it is
    let at nothing else, and ``scope`` says nothing.

    Raises TakenError for another key's name, and ValueError for a scope that there is not.
    """
    if unknown := set(scopes) - set(SCOPES):
        raise ValueError(f"There is no scope called {min(unknown)}.")
    secret = _new_secret()
    key = ApiKey.objects.create(
        name=name,
        prefix=secret[:12],
        digest=_digest(secret),
        scope=ApiKey.Scope(scope),
        scopes=sorted(scopes),
        made_by_id=by_id,
        made_at=now,
        expires_at=now + LASTS,
    )
    detail: dict[str, object] = {"name": name, "scope": scope, "scopes": sorted(scopes)}
    audit.record(by_id, "api_key.made", f"api_key:{key.pk}", now=now, detail=detail)
    return key, secret


@transaction.atomic
def rotate(key_id: int, *, by_id: int | None, now: datetime) -> str | None:
    """Give a key another secret and another year. The one that it had opens for ``OVERLAP`` yet.
    Returns the new one; None for a key that is revoked."""
    keys = ApiKey.objects.select_for_update(no_key=True).filter(pk=key_id, revoked_at=None)
    key = keys.first()
    if key is None:
        return None
    secret = _new_secret()
    key.old_digest, key.old_until = key.digest, min(key.expires_at, now + OVERLAP)
    key.digest, key.prefix, key.expires_at = _digest(secret), secret[:12], now + LASTS
    key.save(update_fields=["old_digest", "old_until", "digest", "prefix", "expires_at"])
    audit.record(by_id, "api_key.rotated", f"api_key:{key_id}", now=now)
    return secret


def find(secret: str, *, now: datetime) -> ApiKey | None:
    """The key with this secret, None for a revoked or expired one. Its use is written down."""
    living = ApiKey.objects.filter(revoked_at=None, expires_at__gt=now)
    digest = _digest(secret)
    key = living.filter(Q(digest=digest) | Q(old_digest=digest, old_until__gt=now)).first()
    if key is not None:
        before = Q(last_used_at=None) | Q(last_used_at__lte=now - _EXACTLY)
        ApiKey.objects.filter(before, pk=key.pk).update(last_used_at=now)
    return key


@transaction.atomic
def revoke(key_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a key open nothing any more. Returns whether it did."""
    if not ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now):
        return False
    audit.record(by_id, "api_key.revoked", f"api_key:{key_id}", now=now)
    return True


def _new_secret() -> str:
    return _BEGINNING + secrets.token_urlsafe(32)


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
