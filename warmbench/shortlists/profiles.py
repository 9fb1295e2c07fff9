"""Keeps role profiles: what a kind of role asks for, in versions that people approve."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.core.unique import told_who_was_faster
from warmbench.shortlists import requirements
from warmbench.shortlists.models import ProfileVersion, RoleProfile
from warmbench.shortlists.requirements import Spec, SpecError, Tier

#: What somebody is told who makes a profile for a role that has one.
TAKEN = "This role has a profile already."
_one_each = told_who_was_faster({"role_profile_role_id_key": ("role", TAKEN)})


@dataclass(frozen=True, kw_only=True)
class ProfileApproved(Event):
    """From now on shortlists of a profile are made by another version of it."""

    profile_id: int
    version_id: int


class ProfileError(ValueError):
    """This cannot be done with the profile. The message is for the person who tried."""


class ChangedMeanwhileError(ProfileError):
    """Somebody else changed the profile since it was read."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this profile meanwhile: look at it once more.")


def spec_of(version: ProfileVersion) -> Spec:
    """What a version says."""
    return requirements.from_json(version.spec)


def current(profile_id: int) -> ProfileVersion | None:
    """The version that shortlists are made by: the last that a person approved. None if none."""
    return ProfileVersion.objects.filter(profile=profile_id, is_current=True).first()


def draft(profile_id: int) -> ProfileVersion | None:
    """What is being written and not approved yet; there is one at most."""
    return ProfileVersion.objects.filter(profile=profile_id, approved_at=None).first()


def newest(profile_id: int) -> ProfileVersion:
    """What an editor begins from: the draft, else what is in force. Raises
    ProfileVersion.DoesNotExist."""
    return draft(profile_id) or ProfileVersion.objects.get(profile=profile_id, is_current=True)


def mark(version: ProfileVersion) -> str:
    """What tells whether a version is still as it was read: give it back to ``edit``, ``approve``
    and ``discard``."""
    said = json.dumps([version.pk, version.spec, version.note], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:24]


@_one_each
@transaction.atomic
def create(
    name: str,
    spec: Spec,
    *,
    by_id: int | None,
    now: datetime,
    role_id: int | None = None,
    owner_id: int | None = None,
    note: str = "",
) -> RoleProfile:
    """A new profile with a draft as its first version: of one role, or standing by itself; of
    whoever makes it, unless ``owner_id`` says whose it is.

    Nobody is held against it before somebody approves it. Raises ProfileError, SpecError, and
    TakenError for a role that has one.
    """
    profile = RoleProfile.objects.create(
        name=_named(name), role_id=role_id, owner_id=owner_id or by_id, made_at=now
    )
    _write_draft(profile, spec, note=note, by_id=by_id, now=now)
    audit.record(by_id, "profile.created", _subject(profile.pk), now=now)
    return profile


@transaction.atomic
def edit(
    profile_id: int,
    spec: Spec,
    *,
    seen: str | None,
    by_id: int | None,
    now: datetime,
    note: str = "",
) -> ProfileVersion:
    """Write the draft anew, or begin one. What is in force stays so until somebody approves it.

    ``seen`` is the ``mark`` of what the editor began from (``newest``); None for a program that
    read nothing. Raises ChangedMeanwhileError, ProfileError for a retired profile, SpecError.
    """
    profile = hold(profile_id)
    _check_seen(profile_id, seen)
    version = _write_draft(profile, spec, note=note, by_id=by_id, now=now)
    audit.record(
        by_id, "profile.edited", _subject(profile_id), now=now, detail={"version": version.number}
    )
    return version


@transaction.atomic
def approve(
    profile_id: int, *, seen: str | None, by_id: int, now: datetime
) -> ProfileVersion | None:
    """Let the draft be what shortlists are made by. Returns None where there is no draft, as for
    the second of two who approve it at once.

    Lists that were made before keep the version that they were made by. Raises
    ChangedMeanwhileError, ProfileError, and SpecError for a profile that finds nobody.
    """
    hold(profile_id)
    waiting = draft(profile_id)
    if waiting is None:
        return None
    _check_seen(profile_id, seen)
    _check_finds_people(spec_of(waiting))
    ProfileVersion.objects.filter(profile=profile_id, is_current=True).update(is_current=False)
    waiting.approved_by_id, waiting.approved_at, waiting.is_current = by_id, now, True
    waiting.save(update_fields=["approved_by", "approved_at", "is_current"])
    audit.record(
        by_id,
        "profile.approved",
        _subject(profile_id),
        now=now,
        detail={"version": waiting.number},
    )
    publish(ProfileApproved(profile_id=profile_id, version_id=waiting.pk))
    return waiting


@transaction.atomic
def discard(profile_id: int, *, seen: str | None, by_id: int | None, now: datetime) -> bool:
    """Throw the draft away; with it the profile, where nothing else was ever said of it. Returns
    whether there was one. Raises ChangedMeanwhileError."""
    profile = hold(profile_id)
    waiting = draft(profile_id)
    if waiting is None:
        return False
    _check_seen(profile_id, seen)
    waiting.delete()
    audit.record(by_id, "profile.draft_discarded", _subject(profile_id), now=now)
    if not profile.versions.exists():
        profile.delete()
    return True


@_one_each
@transaction.atomic
def clone(
    profile_id: int, *, name: str, by_id: int | None, now: datetime, role_id: int | None = None
) -> RoleProfile:
    """Another profile that begins as this one is at present, as a draft: of one role, or standing.
    Raises ProfileError, TakenError, RoleProfile.DoesNotExist."""
    before = RoleProfile.objects.get(pk=profile_id)
    made = RoleProfile.objects.create(
        name=_named(name),
        role_id=role_id,
        owner_id=by_id,
        copied_from=before,
        made_at=now,
    )
    spec = spec_of(newest(profile_id))
    _write_draft(made, spec, note=f"As in {before.name}"[:300], by_id=by_id, now=now)
    detail: dict[str, object] = {"from": profile_id}
    audit.record(by_id, "profile.cloned", _subject(made.pk), now=now, detail=detail)
    return made


@transaction.atomic
def rename(profile_id: int, name: str, *, by_id: int | None, now: datetime) -> bool:
    """Call a profile something else. Returns whether that is new. Raises ProfileError."""
    others = RoleProfile.objects.filter(pk=profile_id).exclude(name=_named(name))
    if not others.update(name=_named(name)):
        return False
    audit.record(by_id, "profile.renamed", _subject(profile_id), now=now)
    return True


@transaction.atomic
def retire(profile_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Hold nobody against this profile from now on; its lists stay. Returns whether that is new."""
    alive = RoleProfile.objects.filter(pk=profile_id, retired_at=None)
    if not alive.update(retired_at=now):
        return False
    audit.record(by_id, "profile.retired", _subject(profile_id), now=now)
    return True


@transaction.atomic
def bring_back(profile_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Use a retired profile again. Returns whether it was retired."""
    retired = RoleProfile.objects.filter(pk=profile_id, retired_at__isnull=False)
    if not retired.update(retired_at=None):
        return False
    audit.record(by_id, "profile.brought_back", _subject(profile_id), now=now)
    return True


def _named(name: str) -> str:
    tidy = " ".join(name.replace("\0", "").split())[:160]
    if not tidy:
        raise ProfileError("A profile needs a name.")
    return tidy


def _subject(profile_id: int) -> str:
    return f"profile:{profile_id}"


def hold(profile_id: int) -> RoleProfile:
    """The profile, which nobody else changes until this transaction ends. Raises ProfileError for
    one that is retired."""
    profile = RoleProfile.objects.select_for_update(no_key=True).get(pk=profile_id)
    if profile.retired_at is not None:
        raise ProfileError("This profile is retired: bring it back first, or clone it.")
    return profile


def _check_seen(profile_id: int, seen: str | None) -> None:
    if seen is not None and mark(newest(profile_id)) != seen:
        raise ChangedMeanwhileError


def _check_finds_people(spec: Spec) -> None:
    if all(one.tier == Tier.DEALBREAKER for one in spec.requirements):
        raise SpecError("Say at least one thing that somebody must, should or may have.")


def _write_draft(
    profile: RoleProfile, spec: Spec, *, note: str, by_id: int | None, now: datetime
) -> ProfileVersion:
    """In place where there is a draft: what is not approved has no history."""
    said = requirements.to_json(requirements.check(spec))
    before = profile.versions.order_by("-number").first()
    note = note.replace("\0", "")[:300]
    if before is not None and before.approved_at is None:
        before.spec, before.note, before.made_by_id, before.made_at = said, note, by_id, now
        before.save(update_fields=["spec", "note", "made_by", "made_at"])
        return before
    number = before.number + 1 if before else 1
    return ProfileVersion.objects.create(
        profile=profile, number=number, spec=said, note=note, made_by_id=by_id, made_at=now
    )
