"""Keeps the keys of other programs: made, found by their secret, revoked."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from warmbench.accounts.models import ApiKey
from warmbench.core import audit
from warmbench.core.unique import told_who_was_faster

#: Every secret begins so: scanners for leaked secrets know ours by it.
_BEGINNING = "wbk_"
#: Nobody remembers a key for longer: whoever still needs it makes another one.
LASTS = timedelta(days=365)
#: How exactly the last use is known: writing it down each time would lock a row each time.
_EXACTLY = timedelta(minutes=1)
#: What an administrator is told who gives a key the name of another one.
NAME_TAKEN = "Another key has this name, perhaps a revoked one."

_one_name_each = told_who_was_faster({"api_key_name_key": ("name", NAME_TAKEN)})


@_one_name_each
@transaction.atomic
def make(name: str, scope: str, *, by_id: int | None, now: datetime) -> tuple[ApiKey, str]:
    """A new key, and its secret, which is stored nowhere in readable form.

    Raises TakenError for another key's name.
    """
    secret = _BEGINNING + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=secret[:12],
        digest=_digest(secret),
        scope=ApiKey.Scope(scope),
        made_by_id=by_id,
        made_at=now,
        expires_at=now + LASTS,
    )
    detail: dict[str, object] = {"name": name, "scope": scope}
    audit.record(by_id, "api_key.made", f"api_key:{key.pk}", now=now, detail=detail)
    return key, secret


def find(secret: str, *, now: datetime) -> ApiKey | None:
    """The key with this secret, None for a revoked or expired one. Its use is written down."""
    living = ApiKey.objects.filter(revoked_at=None, expires_at__gt=now)
    key = living.filter(digest=_digest(secret)).first()
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


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
