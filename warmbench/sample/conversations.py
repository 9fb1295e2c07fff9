"""What the sample's recruiters heard: notes, a talk, mails and a résumé, read like any other."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import yaml

from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.insight import deciding, recording
from warmbench.insight.kinds import SourceKind
from warmbench.insight.models import Insight, Source
from warmbench.people.models import Candidate

#: More than are named in the file.
_MOST = 10
_DAY = re.compile(r"<\+(\d+)>")


def hold(owners: Mapping[str, User], *, now: datetime) -> None:
    """Keep and read what was heard, each at its time; what somebody checked is confirmed."""
    people = {field: _people(owner) for field, owner in owners.items()}
    raw = files(__package__).joinpath("data", "conversations.yaml").read_text("utf-8")
    for one in sorted(yaml.safe_load(raw), key=lambda one: -int(one["days"])):
        field, *places = one["of"]
        about = [people[field][place] for place in places if place < len(people[field])]
        if about:
            _hold(one, about, owners[field], now=now - timedelta(days=one["days"]))


def _hold(
    one: Mapping[str, Any], about: list[Candidate], recruiter: User, *, now: datetime
) -> None:
    words = {
        "first": about[0].first_name,
        "name": about[0].name,
        "other": about[-1].name,
        "recruiter": recruiter.name,
    }
    with clock.pinned(now):
        source = recording.keep(
            _dated(str(one["text"]).format(**words), said_on=now.date()),
            kind=SourceKind(one["kind"]),
            said_on=now.date(),
            basis=Source.Basis(one.get("basis", Source.Basis.CONVERSATION)),
            people_ids=[person.pk for person in about],
            origin="sample",
            title=str(one.get("title", "")).format(**words),
            author_id=recruiter.pk,
            now=now,
        )
        recording.read(source.pk, now=now)
        checked = Insight.objects.filter(source=source, kind__in=one.get("confirm", ()))
        deciding.confirm(checked.values_list("pk", flat=True), by_id=recruiter.pk, now=now)


def _dated(text: str, *, said_on: date) -> str:
    """The text with days where it names some from when it was said."""

    def day(match: re.Match[str]) -> str:
        return f"{said_on + timedelta(days=int(match[1])):%-d %B %Y}"

    return _DAY.sub(day, text)


def _people(owner: User) -> list[Candidate]:
    """A recruiter's people without a stop, those with something to do about them first."""
    mine = Candidate.objects.filter(owner=owner, status=Candidate.Status.PASSIVE)
    free = mine.filter(suppressions=None).order_by("pk")
    waiting = free.filter(follow_ups__state="open", follow_ups__snoozed_until=None).distinct()
    return list(dict.fromkeys([*waiting[:_MOST], *free[:_MOST]]))[:_MOST]
