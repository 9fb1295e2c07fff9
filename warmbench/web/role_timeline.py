"""The timeline of a role: what people did about it, its waves, and who clicked or answered."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.sourcing.models import Alert, Escalation, Role
from warmbench.web import access, role_fates, role_frame
from warmbench.web.typed import number

#: As much of each kind as is read, and as is shown at once.
_MOST, _AT_ONCE = 500, 40

Detail = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One thing that happened, as ``components/timeline_item.html`` reads it."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    quote: str = ""
    url: str = ""


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, role_id: int) -> HttpResponse:
    """Everything that happened about the role, the newest first."""
    role, now = access.role_for(role_id), clock.now()
    entries = of(role)
    shown = max(number(request.GET, "shown"), _AT_ONCE)
    context = role_frame.of(request, role, tab="timeline", now=now) | {
        "entries": entries[:shown],
        "older": max(0, len(entries) - shown),
        "show_more": shown + 2 * _AT_ONCE,
    }
    return render(request, "roles/timeline.html", context)


def of(role: Role) -> list[Entry]:
    """Everything that happened about a role, the newest first."""
    names = dict(User.objects.values_list("pk", "name"))
    entries = [*_trail(role, names), *_waves(role), *_engaged(role), *_followed(role)]
    # Of one moment, what stands later here came of what stands before it.
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _trail(role: Role, names: Mapping[int, str]) -> Iterator[Entry]:
    trail = AuditEntry.objects.filter(subject=f"role:{role.pk}").order_by("-at", "-pk")
    for entry in reversed(trail[:_MOST]):
        say = _SAID.get(entry.action)
        if say is None:
            continue
        who = _who(entry, names)
        kind = "import" if entry.action == "role.created" else "change"
        text = f"{who[:1].upper()}{who[1:]}." if who else "By itself."
        yield Entry(
            entry.at, kind, say(entry.detail), text, quote=str(entry.detail.get("note", ""))
        )


def changed_since(role: Role, moment: datetime) -> str:
    """What was changed about a role after this moment, and by whom, as the end of a sentence;
    blank if nothing was."""
    edits = AuditEntry.objects.filter(subject=f"role:{role.pk}", action="role.edited")
    later = list(edits.filter(at__gt=moment).order_by("at", "pk")[:_MOST])
    names = dict(User.objects.values_list("pk", "name"))
    who = dict.fromkeys(one for entry in later if (one := _who(entry, names)))
    what = dict.fromkeys(one for entry in later if (one := _fields(entry.detail)))
    return ": ".join(part for part in (" and ".join(who), ", ".join(what)) if part)


def _who(entry: AuditEntry, names: Mapping[int, str]) -> str:
    by, via = names.get(entry.actor_id or 0, ""), str(entry.detail.get("via", ""))
    return " ".join(part for part in (by and f"by {by}", via and f"via {via}") if part)


def _moved(detail: Detail) -> str:
    states = dict(Role.State.choices)
    was, now = (str(states.get(str(detail.get(end)), "?")) for end in ("from", "to"))
    return f"{was} → {now}" if detail.get("from") != Role.State.DRAFT else f"{now}, was a draft"


def _edited(detail: Detail) -> str:
    changed = _fields(detail)
    return f"Changed: {changed}" if changed else "Changed"


def _fields(detail: Detail) -> str:
    return ", ".join(detail.get("fields", [])).replace("_id", "").replace("_", " ")


def _started(detail: Detail) -> str:
    threshold, most = detail.get("threshold", "?"), detail.get("wave_size", "?")
    skills = "skill" if threshold == 1 else "skills"
    return f"Alerts started: from {threshold} matched {skills}, {most} people in a wave"


#: What stands in the audit trail about a role, as a sentence.
_SAID: dict[str, Callable[[Detail], str]] = {
    "role.created": lambda _detail: "Written down",
    "role.edited": _edited,
    "role.state": _moved,
    "alerts.started": _started,
    "alerts.paused": lambda _detail: "Alerts paused",
    "alerts.resumed": lambda _detail: "Alerts go on",
    "alerts.stopped": lambda _detail: "Alerts ended",
}


#: What the people of a wave are to a role: one, and several.
_LEVELS = {
    Alert.Level.NORMAL: ("match", "matches"),
    Alert.Level.STRONG: ("strong match", "strong matches"),
    Alert.Level.HOT: ("for a hot role", "for a hot role"),
}


def _waves(role: Role) -> Iterator[Entry]:
    made = Alert.objects.filter(role=role)
    counted = made.values_list("wave", "level").annotate(Count("pk"), Min("made_at"))
    waves: defaultdict[int, list[tuple[Alert.Level, int, datetime]]] = defaultdict(list)
    for wave, level, count, at in counted.order_by("wave"):
        waves[wave].append((Alert.Level(level), count, at))
    for wave, parts in waves.items():
        people, at = sum(part[1] for part in parts), min(part[2] for part in parts)
        counts = {level: count for level, count, _ in parts}
        said = [
            f"{counts[level]} {words[counts[level] != 1]}"
            for level, words in _LEVELS.items()
            if level in counts
        ]
        title = f"Wave {wave}: {people} {'person' if people == 1 else 'people'} chosen"
        url = reverse("role-alerts", args=[role.pk])
        yield Entry(at, "message", title, f"{', '.join(said)}.", url=url)


def _engaged(role: Role) -> Iterator[Entry]:
    heard = Alert.objects.filter(role=role, engaged_at__isnull=False).order_by("-engaged_at")
    for fate in role_fates.of(list(heard.select_related("candidate", "message")[:_MOST])):
        alert = fate.alert
        no = f"Not for them: {', '.join(fate.not_for_me)}." if fate.not_for_me else ""
        url = reverse("candidate", args=[alert.candidate_id])
        assert alert.engaged_at is not None
        title = f"{alert.candidate.name} clicked or answered"
        yield Entry(alert.engaged_at, "signal", title, no, url=url)


def _followed(role: Role) -> Iterator[Entry]:
    done = Escalation.objects.filter(alert__role=role, state=Escalation.State.DONE)
    for one in done.select_related("candidate").order_by("-state_at")[:_MOST]:
        what = "A text was written to" if one.message_id else "A recruiter was asked to call"
        url = reverse("candidate", args=[one.candidate_id])
        yield Entry(one.state_at, "note", f"{what} {one.candidate.name}", url=url)


urlpatterns = [path("roles/<int:role_id>/timeline/", show, name="role-timeline")]
