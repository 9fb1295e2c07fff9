"""Lets the sample's recruiters put people before clients: profiles, shortlists, and answers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import yaml

from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.people.models import Tag
from warmbench.shortlists import answers, making, profiles, proposing, requirements, sharing
from warmbench.shortlists.models import Shortlist, ShortlistEntry
from warmbench.shortlists.requirements import Spec
from warmbench.sourcing.models import Role

#: So long ago the lists were made, and answered.
_MADE, _ANSWERED = timedelta(days=4), timedelta(days=2)


def put_forward(owners: Mapping[str, User], *, now: datetime) -> None:
    """Keep a standing profile, with a list that its reader has answered, and the profile and the
    draft of the role that has been open for longest. Of other roles the pages say how to begin."""
    kept = yaml.safe_load(
        files(__package__).joinpath("data", "profile.yaml").read_text(encoding="utf-8")
    )
    made, owner = now - _MADE, owners[kept["field"]]
    with clock.pinned(made):
        shortlist = _list(kept["name"], _spec(kept["spec"]), owner.pk, now=made)
        link_id = _share(shortlist, kept["reader"], now=made)
        role = Role.objects.filter(state=Role.State.OPEN).order_by("state_at", "pk").first()
        if role is not None and role.owner_id is not None:
            spec = proposing.from_role(role.pk, today=made.date())
            _list(role.title, spec, role.owner_id, role_id=role.pk, now=made)
    with clock.pinned(now - _ANSWERED):
        listed = shortlist.entries.filter(place=ShortlistEntry.Place.LISTED).order_by("rank")
        for entry, said in zip(listed, kept["answers"], strict=False):
            answers.answer(
                entry.pk,
                said["verdict"],
                requirement=_about(entry, said["verdict"]),
                words=said["words"],
                link_id=link_id,
                now=now - _ANSWERED,
            )


def _spec(kept: Mapping[str, Any]) -> Spec:
    """The profile of the file, with the tags of its skills."""
    tags = dict(Tag.objects.filter(kind=Tag.Kind.SKILL).values_list("name", "pk"))
    asked = [one | {"tag_id": tags[one["name"]]} for one in kept["requirements"]]
    return requirements.from_json({**kept, "requirements": asked})


def _list(
    name: str, spec: Spec, by_id: int, *, now: datetime, role_id: int | None = None
) -> Shortlist:
    profile = profiles.create(name, spec, role_id=role_id, by_id=by_id, now=now)
    profiles.approve(profile.pk, seen=None, by_id=by_id, now=now)
    return making.make(profile.pk, by_id=by_id, now=now)


def _share(shortlist: Shortlist, reader: str, *, now: datetime) -> int:
    by_id = shortlist.made_by_id
    return int(sharing.share(shortlist.pk, reader=reader, by_id=by_id, now=now).link.pk)


def _about(entry: ShortlistEntry, verdict: str) -> str:
    """What she says it of: the best that is shown of somebody, or the least."""
    shown = sorted(entry.told["listed"]["judged"]["evidence"], key=lambda one: -one["share"])
    return str(shown[-1 if verdict == answers.Verdict.PASS else 0]["key"])
