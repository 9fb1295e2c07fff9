"""Puts people before recruiters on the days that they told of: a vesting, a start, “not before”."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from warmbench.insight import slots
from warmbench.insight.kinds import Kind
from warmbench.insight.models import Insight
from warmbench.signals import follow_ups, promises
from warmbench.signals.models import FollowUp

#: So long before most dates a word from us is welcome; before then they are busy with them.
AHEAD = timedelta(days=30)
#: What is further away stands on the page alone.
FAR = timedelta(days=3 * 365)
_NOTE = "It does not hold any more, or somebody looked."
#: How follow-ups name the fact that they are about.
_MARK = "insight:"
#: Of these the day itself counts: before it they do not want to hear from us.
_ON_THE_DAY = frozenset({"not_before"})
_LIVE = (Insight.State.PROPOSED, Insight.State.CONFIRMED)
_CALLED = {
    "vesting": "Their shares vest",
    "bonus": "Their bonus is paid",
    "parental_leave": "Their parental leave",
    "contract_end": "Their contract ends",
    "not_before": "They asked not to hear from us before then",
    "relocation": "They move",
    "sabbatical": "Their sabbatical",
    "exam": "Their exam",
    "project_end": "Their project ends",
}


def remind_on(one: Insight) -> date | None:
    """The day on which a recruiter should think of a fact; None if it names none."""
    if one.kind == Kind.START:
        named = slots.day(one.value.get("from"))
        return named - AHEAD if named else None
    if one.kind != Kind.EVENT:
        return None
    # Somebody who is away comes back on the last day.
    named = slots.day(one.value.get("until")) or slots.day(one.value.get("from"))
    if named is None:
        return None
    return named if one.value.get("what") in _ON_THE_DAY else named - AHEAD


def follow(candidate_ids: Collection[int], *, now: datetime) -> int:
    """See to it that recruiters think of what these people told when its day comes, each fact
    once, and of nothing that holds no more. Returns how much of it that changed; repeated, it is
    nothing. What lies in the past asks for nothing."""
    called_off = sum(
        follow_ups.call_off(
            [candidate_id], [FollowUp.Reason.REMINDER], note=_NOTE, now=now, about=about
        )
        for candidate_id, about in _groundless(candidate_ids)
    )
    dated = Insight.objects.filter(
        candidate__in=list(candidate_ids), kind__in=(Kind.START, Kind.EVENT), state__in=_LIVE
    )
    return called_off + sum(_ask(one, now=now) for one in dated.order_by("pk"))


def _groundless(candidate_ids: Collection[int]) -> list[tuple[int, str]]:
    """What open entries are about, by whose they are, and should not be about any more."""
    entries = FollowUp.objects.filter(
        candidate__in=list(candidate_ids),
        reason=FollowUp.Reason.REMINDER,
        state=FollowUp.State.OPEN,
    )
    asked = [
        (entry.candidate_id, str(item.get("about")))
        for entry in entries.order_by("pk")
        for item in entry.evidence
        if str(item.get("about")).startswith(_MARK)
    ]
    facts = Insight.objects.in_bulk([int(about.removeprefix(_MARK)) for _, about in asked])
    return [
        (candidate_id, about)
        for candidate_id, about in asked
        if not _asks_still(facts.get(int(about.removeprefix(_MARK))), candidate_id)
    ]


def _asks_still(one: Insight | None, candidate_id: int) -> bool:
    if one is None or one.candidate_id != candidate_id:
        return False
    if one.kind == Kind.STOP:
        # It is to be looked at until somebody did, also where it is read no more.
        return one.decided_at is None
    return one.state in _LIVE


def _ask(one: Insight, *, now: datetime) -> bool:
    if one.is_from_outside and one.decided_at is None:
        # What a model provider read asks for nothing before a person confirmed it.
        return False
    day, today = remind_on(one), now.date()
    # A day that is to come counts although the reminder for it would have been a week ago.
    last = slots.day(one.value.get("until")) or one.on_day
    if day is None or last is None or last < today or day > today + FAR:
        return False
    note = f"{words(one)} ({last:%-d %B %Y}): “{one.quote[:300]}”"
    on = max(day, today)
    return bool(promises.promise(one.candidate_id, on=on, note=note, about=_about(one), now=now))


def words(one: Insight) -> str:
    """What is to come, in a few words."""
    if one.kind == Kind.START:
        return "They could start"
    return _CALLED.get(str(one.value.get("what")), "A date that they named")


def _about(one: Insight) -> str:
    return f"{_MARK}{one.pk}"
