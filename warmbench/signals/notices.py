"""Puts before recruiters whom they have to tell that we hold their data, while there is time."""

from collections import Counter, defaultdict
from datetime import datetime

from warmbench.people import notices
from warmbench.people.models import Candidate, Notice
from warmbench.people.notices import Waiting
from warmbench.signals import follow_ups, reasons
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

Reason = FollowUp.Reason

#: So many are open for a recruiter at a time, the most urgent; the page Law has all of them.
AT_ONCE = 20


def ask(*, now: datetime) -> int:
    """Ask recruiters to tell, or to delete, people whose month under GDPR Art. 14 is running
    out, and close what is settled. Returns how many entries there is something new in."""
    _close_told(now=now)
    waiting = notices.waiting(now=now)
    entries = _entries([who.candidate_id for who in waiting])
    open_for: Counter[int | None] = Counter(
        FollowUp.objects.filter(reason=Reason.NOTICE_DUE, state=FollowUp.State.OPEN).values_list(
            "owner_id", flat=True
        )
    )
    asked = 0
    for who in waiting:
        known = entries[who.candidate_id]
        evidence = _evidence(who, now=now)
        if _has(known, evidence):
            continue
        if not any(entry.state == FollowUp.State.OPEN for entry in known):
            if open_for[who.owner_id] >= AT_ONCE:
                continue
            open_for[who.owner_id] += 1
        follow_ups.ask_for(
            who.candidate_id,
            Reason.NOTICE_DUE,
            evidence=[evidence],
            value=reasons.VALUES[Reason.NOTICE_DUE],
            due_at=min(who.stops_at, who.decided_by),
            now=now,
        )
        asked += 1
    return asked


def _evidence(who: Waiting, *, now: datetime) -> Evidence:
    """What to say of somebody: how far the time has run."""
    since = f"{who.obtained_at:%-d %B %Y}"
    if who.aside_at is not None:
        said = f"Nobody told them in time, so they are set aside: tell or delete them ({who.rule})"
        return Evidence(who.aside_at, said)
    if who.stops_at <= now:
        said = f"Not told within 28 days: nothing is sent to them until you tell them ({who.rule})"
        return Evidence(who.stops_at, said)
    came = f" from “{who.source}”" if who.source else ""
    said = (
        f"We have their data since {since}{came}: tell them by {who.stops_at:%-d %B},"
        f" or nothing more is sent to them ({who.rule})"
    )
    return Evidence(who.obtained_at, said)


def _has(entries: list[FollowUp], evidence: Evidence) -> bool:
    at = evidence.at.isoformat()
    return any(item["at"] == at for entry in entries for item in entry.evidence)


def _entries(candidate_ids: list[int]) -> defaultdict[int, list[FollowUp]]:
    found: defaultdict[int, list[FollowUp]] = defaultdict(list)
    asked = FollowUp.objects.filter(candidate__in=candidate_ids, reason=Reason.NOTICE_DUE)
    for entry in asked.order_by("pk"):
        found[entry.candidate_id].append(entry)
    return found


def _close_told(*, now: datetime) -> None:
    told = Notice.objects.exclude(kind=Notice.Kind.SET_ASIDE).values("candidate")
    waiting = FollowUp.objects.filter(
        reason=Reason.NOTICE_DUE, state=FollowUp.State.OPEN, candidate__in=told
    )
    call_off(list(waiting.values_list("candidate_id", flat=True)), now=now)


def call_off(candidate_ids: list[int], *, now: datetime) -> int:
    """Close what is open about people who know by now. Returns how many entries."""
    if not candidate_ids:
        return 0
    people = list(Candidate.objects.filter(pk__in=candidate_ids).values_list("pk", flat=True))
    note = "They know now that we have their data, and from whom."
    return follow_ups.call_off(people, [Reason.NOTICE_DUE], note=note, now=now)
