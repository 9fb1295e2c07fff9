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
#: What is further away is not promised to anybody yet; the night looks again.
FAR = timedelta(days=3 * 365)
_NOTE = "It turned out to be none."
#: Of these the day itself counts: before it they do not want to hear from us.
_ON_THE_DAY = frozenset({"not_before"})
_LIVE = (Insight.State.PROPOSED, Insight.State.CONFIRMED)
_CALLED = {
    "vesting": "Their shares vest",
    "bonus": "Their bonus is paid",
    "parental_leave": "Their parental leave",
    "contract_end": "Their contract ends",
    "not_before": "They asked not to hear from us before",
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


def ask(insight_ids: Collection[int], *, now: datetime) -> int:
    """See to it that recruiters think of these facts when their day comes, each once. Returns how
    many were not known. What lies in the past, or does not hold, asks for nothing."""
    found = Insight.objects.filter(pk__in=list(insight_ids), state__in=_LIVE).order_by("pk")
    return sum(_ask(one, now=now) for one in found)


def call_off(insight_ids: Collection[int], *, now: datetime) -> int:
    """Take back what these facts asked for, of those that do not hold any more. Returns how many
    entries closed."""
    gone = Insight.objects.filter(pk__in=list(insight_ids)).exclude(state__in=_LIVE)
    return call_off_all(gone.values_list("pk", flat=True), now=now)


def call_off_all(insight_ids: Collection[int], *, now: datetime) -> int:
    """The same of all of these facts, whether they hold or not."""
    gone = Insight.objects.filter(pk__in=list(insight_ids))
    return sum(
        follow_ups.call_off(
            [one.candidate_id],
            [FollowUp.Reason.REMINDER],
            note=_NOTE,
            now=now,
            about=_about(one),
        )
        for one in gone.order_by("pk")
    )


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
    return f"insight:{one.pk}"
