"""Tells of days that come: those that people named, and years at one employer."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from warmbench.shortlists.models import Change
from warmbench.shortlists.noted import ACQUAINTED, NOTE, Found, Slots, Word, found

Kind = Change.Kind

#: So long before a day that somebody named it is told.
AHEAD = timedelta(days=30)
#: Of these the day itself counts: before it they do not want to hear from us.
_ON_THE_DAY = frozenset({"not_before"})
#: "In April" and "mid April" are one day.
_ONE_DAY = timedelta(days=45)
#: Years at one employer after which people more often move.
MILESTONES = (2, 3, 5, 10)
#: A milestone that is longer ago is no news.
_FRESH = timedelta(days=30)
_DUE, _TENURE = 0.6, 0.3
_CALLED = {
    "start": "They could start",
    "vesting": "Their shares vest",
    "bonus": "Their bonus is paid",
    "parental_leave": "Their parental leave ends",
    "contract_end": "Their contract ends",
    "not_before": "They asked not to hear from us before",
    "relocation": "They move",
    "sabbatical": "Their sabbatical ends",
    "exam": "They have an exam",
    "project_end": "Their project ends",
    "notice": "Their notice ends",
}


def compare(slots: Slots, said: Sequence[Word]) -> list[Found]:
    """Which days have come near. Before there was a snapshot nothing is told, and nothing is taken
    for told: the next comparison tells it."""
    days = sorted({(one.topic, str(one.value)): one for one in said if one.aspect == "day"}.items())
    slots.body["days"] = [list(name) for name, _ in days]
    if slots.is_first:
        return []
    changes = []
    for (topic, named), word in days:
        day = date.fromisoformat(named)
        if _from(topic, day) <= slots.today <= _last(topic, day) and not _is_told(
            slots, topic, day
        ):
            _tell(slots, f"{topic}:{named}")
            sentence = f"{_CALLED.get(topic, 'A day that they named')}: {day:%-d %B %Y}."
            key = f"{topic}:{named}"
            changes.append(found(*(Kind.DUE, key, None, named, sentence, word), _DUE))
    return [*changes, *_tenure(slots)]


def next_day(slots: Slots) -> date | None:
    """The next day on which there is something to tell, as far as it is known now."""
    return min(_coming(slots), default=None)


def _coming(slots: Slots) -> Iterator[date]:
    for topic, named in slots.body.get("days") or ():
        day = date.fromisoformat(named)
        if slots.today <= _last(topic, day) and not _is_told(slots, topic, day):
            yield _from(topic, day)
    since = _since(slots)
    if since is None or _may_have_left(slots):
        return
    for years in MILESTONES:
        day = _years_after(since, years)
        if slots.today - day <= _FRESH and _milestone(slots, years) not in _told(slots):
            yield max(day, slots.begun + ACQUAINTED)


def _from(topic: str, day: date) -> date:
    return day if topic in _ON_THE_DAY else day - AHEAD


def _last(topic: str, day: date) -> date:
    return day + AHEAD if topic in _ON_THE_DAY else day


def _tenure(slots: Slots) -> list[Found]:
    since, slot = _since(slots), slots.single("employer")
    if since is None or slot is None or slots.today < slots.begun + ACQUAINTED:
        # Of those who came in a moment ago all years would be news at once.
        return []
    if _may_have_left(slots):
        return []
    for years in reversed(MILESTONES):
        day = _years_after(since, years)
        mark = _milestone(slots, years)
        if timedelta(0) <= slots.today - day <= _FRESH and mark not in _told(slots):
            _tell(slots, mark)
            word = Word("employer", slot["said"], on=day, rank=NOTE)
            sentence = f"Has been at {slot['said']} for {years} years."
            return [found(*(Kind.TENURE, mark, None, years, sentence, word), _TENURE)]
    return []


def _may_have_left(slots: Slots) -> bool:
    slot = slots.single("employer")
    return slot is not None and slot["is"] in (slots.body.get("left") or ())


def _milestone(slots: Slots, years: int) -> str:
    slot = slots.single("employer")
    return f"tenure:{slot['n'] if slot else 0}:{years}"


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        # The 29th of February, in a year that has none.
        return day.replace(year=day.year + years, day=28)


def _since(slots: Slots) -> date | None:
    slot = slots.single("employer")
    return date.fromisoformat(slot["since"]) if slot and slot["since"] else None


def _told(slots: Slots) -> list[str]:
    return list(slots.body.get("told") or [])


def _tell(slots: Slots, mark: str) -> None:
    slots.body["told"] = sorted({*_told(slots), mark})


def _is_told(slots: Slots, topic: str, day: date) -> bool:
    marks = [mark.rpartition(":") for mark in _told(slots)]
    return any(
        name == topic and abs(date.fromisoformat(named) - day) <= _ONE_DAY
        for name, _, named in marks
        if not name.startswith("tenure")
    )
