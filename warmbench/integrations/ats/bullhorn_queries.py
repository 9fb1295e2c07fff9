"""Writes Bullhorn's two query languages, Lucene and JPQL: no value can change a question."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

#: In which time zone Bullhorn reads the 14 digits of a date is not known: we ask for a day more,
#: and look at the milliseconds of what comes.
WIDENED = timedelta(hours=24)
#: What a question with a widened date may rightly bring besides: no zone is further from UTC.
TOLERATED = WIDENED + timedelta(hours=14)
_FIELD = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*")
_SPECIAL = re.compile(r'(["\\])')
_MOMENTS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC))


def is_(field: str, value: str | int) -> str:
    """Lucene: the field has this value. A text is quoted: several words without quotes find
    nobody, and a missing colon finds everybody (contracts.md 3)."""
    if isinstance(value, int):
        return f"{_named(field)}:{int(value)}"
    escaped = _SPECIAL.sub(r"\\\1", _one_line(value))
    return f'{_named(field)}:"{escaped}"'


def since(field: str, start: datetime) -> str:
    """Lucene: the field is a date from this moment on, or from up to a day before it."""
    return f"{_named(field)}:[{(start - WIDENED).astimezone(UTC):%Y%m%d%H%M%S} TO *]"


def beyond(last_id: int) -> str:
    """Lucene: ids that come after this one."""
    return f"id:[{int(last_id) + 1} TO *]"


def all_of(terms: Iterable[str]) -> str:
    """Lucene: all of these hold."""
    return " AND ".join(terms)


def any_of(terms: Iterable[str]) -> str:
    """Lucene: one of these holds."""
    return f"({' OR '.join(terms)})"


def where(field: str, compared: str, value: str | int | datetime) -> str:
    """JPQL: a comparison. A date is in milliseconds and without quotes: seconds match everything,
    and quoted ones nothing."""
    if compared not in {"=", "<>", "<", "<=", ">", ">="}:
        raise ValueError(compared)
    return f"{_named(field)} {compared} {_literal(value)}"


def both(*conditions: str) -> str:
    """JPQL: all of these hold."""
    return " AND ".join(conditions)


def milliseconds(at: datetime) -> int:
    """A moment as Bullhorn writes it."""
    return round(at.timestamp() * 1000)


def moment(said: object) -> datetime | None:
    """What Bullhorn says, as a moment; None for none, or for what cannot be one."""
    if not isinstance(said, int) or isinstance(said, bool):
        return None
    first, last = (milliseconds(one) for one in _MOMENTS)
    return datetime.fromtimestamp(said / 1000, UTC) if first < said < last else None


def _literal(value: str | int | datetime) -> str:
    match value:
        case int():
            return str(value)
        case datetime():
            return str(milliseconds(value))
        case _:
            return "'" + plain(value).replace("'", "''") + "'"


def plain(text: str) -> str:
    """A text as it can be asked for by JPQL. Whether a backslash says something of the letter
    after it is not known, so there are none."""
    return _one_line(text).replace("\\", "/")


def _one_line(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)


def _named(field: str) -> str:
    if not _FIELD.fullmatch(field):
        raise ValueError(f"{field!r} is no field of Bullhorn.")
    return field
