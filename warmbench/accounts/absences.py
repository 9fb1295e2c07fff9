"""Keeps when users are away and who stands in for them, and tells who has whose queue today.

A day of an absence is a day where the user is. Whoever stands in has the other's queue beside
their own and may act in it; nothing changes hands, so that nothing has to be given back. One step
is followed and no more: whoever stands in for somebody who stands in has only that one's queue.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import DateField, F, Func, QuerySet, Value
from django.db.models.fields import DateTimeField

from warmbench.accounts.models import Absence, User
from warmbench.core import audit


class CannotBeAwayError(ValueError):
    """These days, or who stands in, do not go; ``field`` is the one to correct. The words are for
    whoever asked."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def put_down(
    user_id: int,
    *,
    first_day: date,
    last_day: date,
    cover_id: int | None,
    by_id: int,
    now: datetime,
) -> Absence:
    """Write down that a user is away from the first day to the last, and who stands in.

    Raises ``CannotBeAwayError``, with a sentence, for days that are over or end before they begin,
    that another absence has already, or on which whoever stands in cannot.
    """
    # Two absences for the same days, put down at once, wait for each other here.
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if last_day < first_day:
        raise CannotBeAwayError("last_day", "The last day comes before the first.")
    if last_day < _today(user, now=now):
        raise CannotBeAwayError("last_day", "These days are over.")
    if other := _at_the_time(user_id, first_day, last_day):
        raise CannotBeAwayError("first_day", f"Already put down as away {days(other)}.")
    if cover_id is not None:
        _may_stand_in(cover_id, user, first_day, last_day)
    made = Absence.objects.create(
        user=user,
        cover_id=cover_id,
        first_day=first_day,
        last_day=last_day,
        by_id=by_id,
        at=now,
    )
    detail = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    audit.record(
        by_id, "user.away", f"user:{user_id}", now=now, detail={**detail, "cover": cover_id}
    )
    return made


@transaction.atomic
def call_off(absence_id: int, *, by_id: int, now: datetime) -> bool:
    """End an absence: one that has begun ended yesterday, one that lies ahead never is. Returns
    False for one that is over, or called off already."""
    found = Absence.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    absence = found.filter(pk=absence_id).first()
    if absence is None:
        return False
    today = _today(absence.user, now=now)
    if absence.last_day < today:
        return False
    if absence.first_day >= today:
        absence.delete()
    else:
        absence.last_day = today - timedelta(days=1)
        absence.save(update_fields=["last_day"])
    audit.record(by_id, "user.back", f"user:{absence.user_id}", now=now)
    return True


def away(user_ids: Collection[int] | None = None, *, now: datetime) -> dict[int, Absence]:
    """Who of these users, or of all, is away at this moment: by user, with who stands in."""
    found = _now(now).select_related("user", "cover")
    if user_ids is not None:
        found = found.filter(user__in=user_ids)
    return {absence.user_id: absence for absence in found}


def cover_of(user_id: int, *, now: datetime) -> User | None:
    """Who stands in for a user at this moment; None if the user is here, or nobody does."""
    absence = away([user_id], now=now).get(user_id)
    return absence.cover if absence and absence.cover and absence.cover.is_active else None


def covered_by(user: User, *, now: datetime) -> list[int]:
    """For whom a user stands in at this moment."""
    return sorted(covered_ids(user, now=now).values_list("user_id", flat=True))


def covered_ids(user: User, *, now: datetime) -> QuerySet[Absence]:
    """The absences in which a user stands in at this moment, for use within another question."""
    return _now(now).filter(cover=user)


def ahead(user_id: int, *, now: datetime) -> list[Absence]:
    """A user's absences that are not over, the next first."""
    user = User.objects.get(pk=user_id)
    found = Absence.objects.filter(user=user, last_day__gte=_today(user, now=now))
    return list(found.select_related("cover").order_by("first_day"))


def readers(user_ids: Collection[int], *, now: datetime) -> Mapping[int, list[User]]:
    """Who reads what these users are told at this moment, by reader: for whom they read it who
    would not otherwise. Whoever is away and has somebody who stands in does not read it."""
    stand_ins: dict[int, list[User]] = {}
    replaced = set()
    for absence in away(user_ids, now=now).values():
        if absence.cover is not None and absence.cover.is_active:
            stand_ins.setdefault(absence.cover.pk, []).append(absence.user)
            replaced.add(absence.user_id)
    present: dict[int, list[User]] = {pk: [] for pk in user_ids if pk not in replaced}
    return {**stand_ins, **present}


def days(absence: Absence) -> str:
    """From when to when, as one says it."""
    first, last = _day(absence.first_day), _day(absence.last_day)
    return f"on {first}" if first == last else f"from {first} to {last}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _today(user: User, *, now: datetime) -> date:
    return now.astimezone(ZoneInfo(user.time_zone)).date()


def _now(now: datetime) -> QuerySet[Absence]:
    """Those in which this moment lies, by the clock of whoever is away."""
    here = Func(
        F("user__time_zone"),
        Value(now, output_field=DateTimeField()),
        template="(timezone(%(expressions)s))::date",
        output_field=DateField(),
    )
    return Absence.objects.alias(here=here).filter(
        first_day__lte=F("here"), last_day__gte=F("here")
    )


def _at_the_time(user_id: int, first_day: date, last_day: date) -> Absence | None:
    theirs = Absence.objects.filter(user=user_id)
    return theirs.filter(first_day__lte=last_day, last_day__gte=first_day).first()


def _may_stand_in(cover_id: int, user: User, first_day: date, last_day: date) -> None:
    cover = User.objects.filter(pk=cover_id).first()
    if cover is None or cover == user or not cover.is_active or not cover.is_recruiter:
        raise CannotBeAwayError("cover", "Choose a colleague who works with candidates.")
    if theirs := _at_the_time(cover_id, first_day, last_day):
        raise CannotBeAwayError("cover", f"{cover.name} is away {days(theirs)}.")
