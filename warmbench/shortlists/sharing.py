"""Shares shortlists with hiring managers: by a link that ends, and from then on frozen."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.shortlists.models import ShareLink, Shortlist, ShortlistEntry

State = Shortlist.State
#: So long a link leads somewhere, unless somebody says otherwise, and at most.
USUALLY, LONGEST = timedelta(days=14), timedelta(days=90)
#: 192 bits: nobody guesses it.
_TOKEN_BYTES = 24


@dataclass(frozen=True, kw_only=True)
class ShortlistShared(Event):
    """A shortlist went to a hiring manager, and is frozen."""

    shortlist_id: int


class ShareError(ValueError):
    """This list cannot be shared so. The message is for the person who tried."""


class Ended(StrEnum):
    """Why a link does not lead to a list any more."""

    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Shared:
    """A link that was just made. Its token is shown this once: nobody keeps it."""

    link: ShareLink
    token: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to."""

    link: ShareLink
    shortlist: Shortlist
    #: On the list, best first, and then who is not on it and why; without whom a recruiter took
    #: off before it was shared.
    entries: Sequence[ShortlistEntry]
    #: People who were on it when it was shared and whose data we do not have any more.
    gone: int


@dataclass(frozen=True, slots=True)
class Over:
    """A link that led to a list once."""

    link: ShareLink
    why: Ended


@transaction.atomic
def share(
    shortlist_id: int,
    *,
    reader: str,
    by_id: int | None,
    now: datetime,
    until: datetime | None = None,
    shows_terms: bool = False,
) -> Shared:
    """A link for somebody, by which they read a list and answer, without an account.

    The first one freezes the list: the database refuses to change it from then on. Each further
    one is another way to the same list. What people said of pay and of their other terms is left
    out unless ``shows_terms``. Raises ShareError.
    """
    ends = _checked_end(until, now=now)
    to = " ".join(reader.replace("\0", "").split())[:160]
    if not to:
        raise ShareError("Say who reads it: a link belongs to one person.")
    shortlist = Shortlist.objects.select_for_update(no_key=True).get(pk=shortlist_id)
    if shortlist.state == State.CLOSED:
        raise ShareError("This list is closed: make another one.")
    if shortlist.state == State.DRAFT:
        _freeze(shortlist, by_id=by_id, now=now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link = ShareLink.objects.create(
        shortlist=shortlist,
        reader=to,
        digest=_digest(token),
        made_by_id=by_id,
        made_at=now,
        expires_at=ends,
        shows_terms=shows_terms,
    )
    # Without the reader's name: the trail stays for years.
    detail: dict[str, object] = {"link": link.pk, "until": ends}
    audit.record(by_id, "shortlist.shared", _subject(shortlist_id), now=now, detail=detail)
    return Shared(link, token)


@transaction.atomic
def revoke(link_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a link lead nowhere from this commit on. Returns whether it led somewhere before. What
    was answered by it stays."""
    alive = ShareLink.objects.filter(pk=link_id, revoked_at=None, expires_at__gt=now)
    if not alive.update(revoked_at=now):
        return False
    link = ShareLink.objects.get(pk=link_id)
    about, detail = _subject(link.shortlist_id), {"link": link_id}
    audit.record(by_id, "shortlist.link_revoked", about, now=now, detail=dict(detail))
    return True


def open_(token: str, *, now: datetime) -> Opened | Over | None:
    """What a token leads to, and note that it was opened; why it does so no more; or None for a
    token that nobody ever made."""
    link = link_of(token)
    if link is None:
        return None
    if (why := ended(link, now=now)) is not None:
        return Over(link, why)
    ShareLink.objects.filter(pk=link.pk).update(
        first_opened_at=Coalesce(F("first_opened_at"), now),
        last_opened_at=Greatest(Coalesce(F("last_opened_at"), now), now),
    )
    entries = standing(link.shortlist_id)
    return Opened(link, link.shortlist, entries, gone(link.shortlist))


def link_of(token: str) -> ShareLink | None:
    """The link with this token, whether or not it still leads anywhere."""
    links = ShareLink.objects.select_related("shortlist__version__profile", "shortlist__role")
    return links.filter(digest=_digest(token)).first()


def ended(link: ShareLink, *, now: datetime) -> Ended | None:
    """Why a link leads nowhere any more; None while it does."""
    if link.revoked_at is not None:
        return Ended.REVOKED
    return Ended.EXPIRED if link.expires_at <= now else None


def standing(shortlist_id: int) -> list[ShortlistEntry]:
    """Who is on a list, best first, then who is named as why not; without whom a recruiter took
    off."""
    entries = ShortlistEntry.objects.filter(shortlist=shortlist_id, removed_at=None)
    rows = entries.select_related("candidate")
    return sorted(rows, key=lambda one: (one.place != ShortlistEntry.Place.LISTED, one.rank))


def gone(shortlist: Shortlist) -> int:
    """How many people were on it when it was shared whom we do not know any more."""
    if shortlist.state == State.DRAFT:
        return 0
    listed = shortlist.entries.filter(removed_at=None, place=ShortlistEntry.Place.LISTED)
    return max(shortlist.people - listed.count(), 0)


def _freeze(shortlist: Shortlist, *, by_id: int | None, now: datetime) -> None:
    listed = shortlist.entries.filter(removed_at=None, place=ShortlistEntry.Place.LISTED)
    shortlist.state, shortlist.shared_at, shortlist.people = State.SHARED, now, listed.count()
    if shortlist.people == 0 and not shortlist.abstained:
        raise ShareError("Nobody is left on this list: restore somebody, or make it anew.")
    shortlist.save(update_fields=["state", "shared_at", "people"])
    audit.record(by_id, "shortlist.frozen", _subject(shortlist.pk), now=now)
    publish(ShortlistShared(shortlist_id=shortlist.pk))


def _checked_end(until: datetime | None, *, now: datetime) -> datetime:
    ends = now + USUALLY if until is None else until
    if ends <= now:
        raise ShareError("This day is over: a link ends in the future.")
    if ends > now + LONGEST:
        raise ShareError(f"A link ends after {LONGEST.days} days at the latest.")
    return ends


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _subject(shortlist_id: int) -> str:
    return f"shortlist:{shortlist_id}"
