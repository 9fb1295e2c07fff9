"""Keeps inboxes: what a person enters about a mailbox, who reads it now, and how far they are."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.core.pauses import pause
from warmbench.core.unique import told_who_was_faster
from warmbench.messaging.models import Inbox

#: How long a reader that is not heard of is waited for.
LEASE = timedelta(minutes=3)
#: A pause after a failure doubles with each.
SHORTEST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)
#: Wrong passwords, tried often, lock accounts.
REFUSED_PAUSE = timedelta(minutes=15)
#: A folder that was numbered anew is read again from so long before it was read last.
READ_AGAIN = timedelta(days=7)
#: A server that does not answer for a moment is nobody's business; one that never does is.
WORTH_TELLING = 5

#: What the database holds unique, with the field of a form that it is about.
_TAKEN = {"inbox_once": ("folder", "This folder of this mailbox is read already.")}


@dataclass(frozen=True, kw_only=True)
class InboxUnreadable(Event):
    """An inbox cannot be read, and waiting will not mend it."""

    inbox_id: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a person enters about an inbox."""

    host: str
    port: int
    security: str
    username: str
    folder: str
    takes: str
    read_since: date
    #: None leaves the password that is stored.
    password: str | None = field(default=None, repr=False)


def create(entry: Entry, *, by_id: int | None, now: datetime) -> Inbox:
    """A new inbox, to be read from now on. Raises TakenError."""
    with told_who_was_faster(_TAKEN), transaction.atomic():
        inbox = Inbox.objects.create(**_stored(entry), free_at=now, created_at=now)
        audit.record(by_id, "inbox.created", f"inbox:{inbox.pk}", now=now)
    return inbox


def change(inbox_id: int, entry: Entry, *, by_id: int | None, now: datetime) -> list[str]:
    """Give an inbox other settings. Returns the names of those that are different now.

    Whoever reads it stops, and begins again with the new ones. Another folder is read from the
    day that was entered. Raises TakenError.
    """
    with told_who_was_faster(_TAKEN), transaction.atomic():
        # Without the password: it is to be changed also when no key opens it any more.
        locked = Inbox.objects.select_for_update(no_key=True).defer("password")
        inbox = locked.get(pk=inbox_id)
        entered = _stored(entry).items()
        changed = {
            name: value
            for name, value in entered
            if name == "password" or getattr(inbox, name) != value
        }
        if not changed:
            return []
        place = {"host", "port", "username", "folder", "read_since"}
        begin = {"uid_validity": None, "last_uid": 0, "checked_at": None}
        Inbox.objects.filter(pk=inbox_id).update(
            **changed, **_AT_ONCE, **(begin if place & changed.keys() else {}), free_at=now
        )
        # Names only: the values are addresses and secrets.
        detail: dict[str, object] = {"fields": sorted(changed)}
        audit.record(by_id, "inbox.changed", f"inbox:{inbox_id}", detail=detail, now=now)
    return sorted(changed)


@transaction.atomic
def set_active(inbox_id: int, *, is_active: bool, by_id: int | None, now: datetime) -> bool:
    """Pause an inbox, or go on reading it from where that ended. Returns whether that is new."""
    other = Inbox.objects.filter(pk=inbox_id, is_active=not is_active)
    if not other.update(is_active=is_active, **_AT_ONCE, free_at=now):
        return False
    what = "inbox.resumed" if is_active else "inbox.paused"
    audit.record(by_id, what, f"inbox:{inbox_id}", now=now)
    return True


def hurry(inbox_id: int, *, now: datetime) -> None:
    """Let an inbox be read at once that waits for the end of a pause after a failure."""
    Inbox.objects.filter(pk=inbox_id, reader="").update(free_at=now)


# For whoever reads it.


def free(*, now: datetime) -> list[int]:
    """The inboxes that are to be read and that nobody reads."""
    found = Inbox.objects.filter(is_active=True, free_at__lte=now)
    return list(found.order_by("free_at").values_list("pk", flat=True))


def claim(inbox_id: int, reader: str, *, now: datetime) -> bool:
    """Take an inbox for this reader alone, as long as it is held on to. Returns whether that
    came about: not if another was faster."""
    mine = Inbox.objects.filter(pk=inbox_id, is_active=True, free_at__lte=now)
    return bool(mine.update(reader=reader, free_at=now + LEASE))


def hold(inbox_id: int, reader: str, *, now: datetime) -> bool:
    """Keep an inbox for its reader. Returns whether it still is theirs: not when somebody paused
    or changed it, or took the reader for dead."""
    mine = Inbox.objects.filter(pk=inbox_id, reader=reader)
    return bool(mine.update(free_at=now + LEASE))


def begin_at(inbox_id: int, reader: str, *, uid_validity: int, last_uid: int) -> None:
    """Note from where on a folder with these numbers is read."""
    mine = Inbox.objects.filter(pk=inbox_id, reader=reader)
    mine.update(uid_validity=uid_validity, last_uid=last_uid)


def move(inbox_id: int, reader: str, last_uid: int, *, now: datetime) -> None:
    """Note that everything up to this mail is stored, and keep the inbox for its reader."""
    mine = Inbox.objects.filter(pk=inbox_id, reader=reader)
    mine.update(last_uid=last_uid, free_at=now + LEASE)


def note_read(inbox_id: int, reader: str, *, now: datetime) -> None:
    """Note that all of it has been read."""
    mine = Inbox.objects.filter(pk=inbox_id, reader=reader)
    mine.update(checked_at=now, problem="", failures=0)


def note_problem(
    inbox_id: int, reader: str, problem: str, *, for_a_person: bool, now: datetime
) -> None:
    """Note why it could not be read, and leave it alone for a while."""
    with transaction.atomic():
        mine = Inbox.objects.select_for_update(no_key=True).filter(pk=inbox_id, reader=reader)
        failures = mine.values_list("failures", flat=True).first()
        if failures is None:
            return
        span = pause(SHORTEST_PAUSE, failures, longest=LONGEST_PAUSE)
        Inbox.objects.filter(pk=inbox_id).update(
            problem=problem[:300],
            failures=min(failures + 1, 30_000),
            reader="",
            free_at=now + (REFUSED_PAUSE if for_a_person else span),
        )
        if failures + 1 == WORTH_TELLING or (for_a_person and failures == 0):
            publish(InboxUnreadable(inbox_id=inbox_id))


def let_go(inbox_id: int, reader: str, *, now: datetime) -> None:
    """Leave an inbox to whoever reads it next."""
    Inbox.objects.filter(pk=inbox_id, reader=reader).update(reader="", free_at=now)


def first_day(inbox: Inbox) -> date:
    """From which day on a folder whose numbers are new to us is read: doubles do no harm."""
    if inbox.uid_validity is None or inbox.checked_at is None:
        return inbox.read_since
    return max(inbox.read_since, (inbox.checked_at - READ_AGAIN).date())


#: What a change does to whoever reads it, and to what stood in the way before it.
_AT_ONCE: dict[str, object] = {"reader": "", "problem": "", "failures": 0}


def _stored(entry: Entry) -> dict[str, object]:
    values = asdict(entry)
    if values["password"] is None:
        del values["password"]
    return values
