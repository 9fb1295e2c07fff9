"""Looks an installation over: what is set up, what is missing, what stops messages, what to do."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Q
from procrastinate.contrib.django.models import ProcrastinateWorker

from warmbench.accounts.first_run import needs_first_run
from warmbench.accounts.models import Organisation
from warmbench.core import jobs, sql
from warmbench.core.tokens import Purpose, sign_address
from warmbench.messaging import headers, invariants, sender_checks, standing
from warmbench.messaging import senders as mailboxes_kept
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.models import Message, Sender, Switch
from warmbench.messaging.models.sender import is_this_machine
from warmbench.messaging.verdict import Reason
from warmbench.nurture import pools
from warmbench.nurture.models import ContentPiece, Enrollment, Pool, Sequence, Step
from warmbench.people import truth
from warmbench.people.models import Candidate, Channel, Tag

#: Below this, PostgreSQL is about to stop for want of room.
LEAST_ROOM = 1024**3
#: A worker says every ten seconds that it lives.
ALIVE = timedelta(seconds=45)
#: PostgreSQL's number of its oldest version that is good enough.
OLDEST_POSTGRES = 160000
#: More messages than anybody sends: an address that can carry this number's token carries all.
_LARGEST_ID = 10**9
_SHOWN = 5


class Level(Enum):
    """How much a finding matters."""

    GOOD = "✓"
    NOTE = "·"
    CARE = "!"
    #: Nothing can be sent, or nothing should be, before this is mended.
    STOP = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it is, and what to do about it."""

    level: Level
    what: str
    said: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A sender, and everything that keeps it from sending."""

    sender: Sender
    troubles: tuple[str, ...]


def system() -> Iterator[Finding]:
    """The settings, the database and the disk. Only when none of it stops anything can the
    rest be asked."""
    for message in checks.run_checks():
        if message.level >= checks.ERROR:
            yield Finding(Level.STOP, "Settings", str(message.msg), str(message.hint or ""))
    yield from _database()
    yield from _disk()


def set_up() -> Iterator[Finding]:
    """Whether somebody can sign in, and whether mails can say who writes and from where."""
    if needs_first_run():
        yield Finding(
            Level.STOP,
            "First run",
            "Nobody can sign in: there is no administrator yet.",
            f"Start Warmbench and open {settings.PUBLIC_URL}: the first page asks for one.",
        )
    yield from _organisation(Organisation.objects.first())
    yield from _address()


def mailboxes() -> list[Mailbox]:
    """Every sender with what keeps it from sending."""
    mails = Sender.objects.filter(channel=Channel.EMAIL).select_related("owner")
    found = mails.order_by("-is_default", "from_address")
    return [Mailbox(sender, tuple(_troubles(sender))) for sender in found]


def senders(found: list[Mailbox], *, now: datetime) -> Iterator[Finding]:
    """Whether there is a mailbox for everybody, and what is wrong with which."""
    able = [one.sender for one in found if not one.troubles]
    if not able:
        said = "There is no mailbox." if not found else "None of the mailboxes can send."
        yield Finding(Level.STOP, "Senders", said, "Add one on the page Senders, and test it.")
    else:
        room = sum(standing.sender_state(one, now=now).room for one in able)
        said = f"{_count(len(able), 'mailbox', 'mailboxes')} can send, {room:,} messages today."
        yield Finding(Level.GOOD, "Senders", said)
    for one in found:
        for trouble in one.troubles:
            yield Finding(Level.CARE, one.sender.from_address, trouble)
    unserved = _without_mailbox()
    if found and unserved:
        yield Finding(
            Level.CARE,
            "Senders",
            f"{_count(unserved, 'candidate has', 'candidates have')} no mailbox to hear from: no"
            " recruiter, or one without a mailbox, and no mailbox is for everybody.",
            "Mark one sender as writing to everybody whose recruiter has no mailbox.",
        )
    yield from _checks_that_fail(able)


def _checks_that_fail(able: list[Sender]) -> Iterator[Finding]:
    for one in able:
        if one.failing_since:
            names = sender_checks.failures(sender_checks.kept(one))
            until = one.failing_since + mailboxes_kept.FAILING_MAY_LAST
            said = f"Its checks fail since {one.failing_since:%-d %B %Y %H:%M} UTC: {names}."
            todo = f"Its page says what to publish. It is paused on {until:%-d %B %Y %H:%M} UTC."
            yield Finding(Level.CARE, one.from_address, said, todo)


def stops(*, now: datetime) -> Iterator[Finding]:
    """Which stops are engaged, in the database and outside of it."""
    stop_file = standing.stop_file()
    if settings.SENDING_STOPPED:
        said = "WARMBENCH_SENDING_STOPPED stops all sending of the processes that have it."
        yield Finding(Level.STOP, "Stops", said, "Unset it and start the workers again.")
    if stop_file.exists():
        said = f"The file {stop_file} stops all sending on this machine."
        yield Finding(Level.STOP, "Stops", said, "Remove the file when the cause is gone.")
    engaged = Switch.objects.filter(released_at=None).select_related("engaged_by")
    for switch in engaged.order_by("engaged_at"):
        everything = switch.scope == Switch.Scope.EVERYTHING
        yield Finding(
            Level.STOP if everything else Level.CARE,
            "Stops",
            _stop_in_words(switch),
            "Release it on the page Stops when the cause is gone.",
        )
    for source in truth.stale(now=now):
        yield Finding(
            Level.STOP,
            "Stops",
            f"Nobody is written to. {truth.heard(source)}",
            "The page Connections says what is wrong. Whom nobody asks for cannot be known to be"
            " placed.",
        )
    if not standing.switches(now=now):
        yield Finding(Level.GOOD, "Stops", "None is engaged.")


def programme(*, today: date) -> Iterator[Finding]:
    """Whether there are people, pools, sequences and content for them."""
    people = Candidate.objects.count()
    if not people:
        yield Finding(
            Level.CARE,
            "Candidates",
            "There are none yet.",
            "Import a file on the page Import, or: warmbench import candidates FILE",
        )
    else:
        yield Finding(Level.GOOD, "Candidates", f"{people:,}.")
    if not Tag.objects.filter(kind=Tag.Kind.SPECIALTY, retired_at=None).exists():
        said = "There are no specialties, so nobody has the tags that enrolling asks for."
        yield Finding(Level.STOP, "Tags", said, "Load a tag tree on the page Tags.")
    yield from _pools()
    yield from _sequences()
    yield from _content(today)


def work() -> Iterator[Finding]:
    """Whether somebody does the work, and what gave up."""
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gte=datetime.now(UTC) - ALIVE)
    if count := alive.count():
        yield Finding(Level.GOOD, "Workers", f"{_count(count, 'is', 'are')} at work.")
    else:
        yield Finding(
            Level.CARE,
            "Workers",
            "None is at work, so nothing is planned, sent or judged.",
            "Start them: warmbench run, or warmbench worker on any machine.",
        )
    given_up = jobs.failed()
    if given_up:
        named = ", ".join(f"{name} ({count})" for name, count in sorted(given_up.items()))
        yield Finding(
            Level.CARE,
            "Jobs",
            f"{_count(sum(given_up.values()), 'job', 'jobs')} gave up: {named}.",
            "The log says why. docs/howto/operate.md says how to try them again.",
        )
    else:
        yield Finding(Level.GOOD, "Jobs", "None gave up.")
    of_unknown_fate = Message.objects.filter(state=Message.State.UNKNOWN).count()
    if of_unknown_fate:
        said = f"{_count(of_unknown_fate, 'message has', 'messages have')} arrived, or not."
        todo = "Look it up, and say so on the page Stops: nothing is sent twice by itself."
        yield Finding(Level.CARE, "Unknown", said, todo)
    broken = invariants.broken()
    for promise, message_ids in sorted(broken.items()):
        some = ", ".join(map(str, message_ids[:_SHOWN]))
        said = f"{promise.capitalize()}: {len(message_ids)}, such as {some}."
        todo = "This is a fault of Warmbench. Engage the stop, and report it."
        yield Finding(Level.CARE, "Promises", said, todo)
    if not broken:
        yield Finding(Level.GOOD, "Promises", "Each was kept, of every message there is.")


def _database() -> Iterator[Finding]:
    ask = """
        SELECT current_setting('server_version'), current_setting('server_version_num')::int,
               pg_size_pretty(pg_database_size(current_database()))
    """
    version, number, size = sql.run(ask).fetchall()[0]
    server = settings.EMBEDDED_POSTGRES
    place = connection.settings_dict
    where = f"our own, in {server.cluster}" if server else f"{place['NAME']} at {place['HOST']}"
    said = f"PostgreSQL {version}, {where}; {size}."
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if number < OLDEST_POSTGRES:
        todo = "Warmbench needs PostgreSQL 16 or newer."
        yield Finding(Level.STOP, "Database", said, todo)
    elif missing:
        said = f"{said} {_count(len(missing), 'migration is', 'migrations are')} missing."
        yield Finding(Level.STOP, "Database", said, "Run: warmbench migrate")
    else:
        yield Finding(Level.GOOD, "Database", f"{said} Nothing is missing in it.")


def _disk() -> Iterator[Finding]:
    server = settings.EMBEDDED_POSTGRES
    if server is None:
        return
    free = shutil.disk_usage(server.folder).free
    if free < LEAST_ROOM:
        said = f"{free // 1024**2:,} MB are left for {server.folder}."
        todo = "Make room: a full disk stops the database, and with it everything."
        yield Finding(Level.CARE, "Disk", said, todo)


def _organisation(organisation: Organisation | None) -> Iterator[Finding]:
    if organisation is None:
        said = "Mails cannot say who writes: there is no organisation."
        yield Finding(Level.STOP, "Organisation", said, "The first page asks for it.")
    elif not organisation.postal_address.strip():
        said = "Its postal address is missing, which the law wants in every mail."
        yield Finding(Level.STOP, "Organisation", said, "Enter it under Team, Organisation.")
    else:
        yield Finding(Level.GOOD, "Organisation", f"{organisation.name}, with a postal address.")
    if organisation and not organisation.privacy_url:
        said = "The address of your privacy notice is missing: candidates' pages lead there."
        yield Finding(Level.NOTE, "Organisation", said, "Enter it under Team, Organisation.")


def _address() -> Iterator[Finding]:
    url = settings.PUBLIC_URL
    todo = "Set WARMBENCH_URL to the https:// address that candidates can open."
    try:
        headers.clean_url("List-Unsubscribe", f"{url}/u/x")
    except HeaderError:
        said = f"Links in mails begin with {url}. One-click unsubscribe needs https (RFC 8058)"
        yield Finding(Level.STOP, "Address", f"{said}, so no mail can be written.", todo)
        return
    if settings.HTTPS or settings.DEMO:
        yield Finding(Level.GOOD, "Address", f"Links in mails begin with {url}.")
    else:
        mails = Sender.objects.filter(channel=Channel.EMAIL)
        hosts = mails.values_list("host", flat=True)
        level = Level.CARE if all(map(is_this_machine, hosts)) else Level.STOP
        said = f"Links in mails begin with {url}, which leads nowhere but on this machine."
        yield Finding(level, "Address", said, todo)


def _troubles(sender: Sender) -> Iterator[str]:
    if sender.paused_at is not None:
        yield f"It is paused{f': {sender.pause_reason}' if sender.pause_reason else '.'}"
    if sender.activated_at is None:
        names = sender_checks.failures(sender_checks.kept(sender))
        missing = f" What fails: {names}." if names else ""
        yield f"It is not active yet: its page says what has to pass first.{missing}"
    if sender.owner is not None and not sender.owner.is_active:
        yield f"{sender.owner.name} is no longer active: hand their candidates over."
    local, _, domain = sender.from_address.rpartition("@")
    try:
        tag = sign_address(Purpose.UNSUBSCRIBE, _LARGEST_ID)
        headers.clean_address("From", f"{local}+{tag}@{domain}")
    except HeaderError as error:
        yield (
            f"No signed token fits beside its {len(local)} characters before the @"
            f" ({error.reason}): nothing that comes back would find its message."
        )


def _without_mailbox() -> int:
    mailboxes = Sender.objects.filter(channel=Channel.EMAIL)
    if mailboxes.filter(is_default=True).exists():
        return 0
    owned = mailboxes.exclude(owner=None).values("owner_id")
    return Candidate.objects.filter(Q(owner=None) | ~Q(owner__in=owned)).count()


def _stop_in_words(switch: Switch) -> str:
    what = switch.get_scope_display()
    which = f" {switch.key}" if switch.key else ""
    by = f" by {switch.engaged_by.name}" if switch.engaged_by else ""
    why = f": {switch.reason}" if switch.reason else "."
    return f"{what}{which}, stopped since {switch.engaged_at:%-d %B %Y %H:%M} UTC{by}{why}"


def _pools() -> Iterator[Finding]:
    live = Pool.objects.filter(archived_at=None)
    count, silent = live.count(), live.filter(sequences=None).count()
    if not count:
        todo = "Write one on the page Pools: its rule says who enters."
        yield Finding(Level.CARE, "Pools", "There are none, so nobody is enrolled.", todo)
        return
    said = f"{count}, {silent} of them without a sequence." if silent else f"{count}."
    yield Finding(Level.GOOD, "Pools", said)
    names = dict(live.values_list("pk", "name"))
    for pk, error in pools.broken().items():
        said = f"The rules of “{names[pk]}” cannot be understood any more: {error}"
        yield Finding(Level.CARE, "Pools", said, "Mend them; until then its members stay.")


def _sequences() -> Iterator[Finding]:
    states = dict.fromkeys(Sequence.State.values, 0)
    for state in Sequence.objects.values_list("state", flat=True):
        states[state] += 1
    if not states[Sequence.State.ACTIVE]:
        yield Finding(
            Level.STOP,
            "Sequences",
            "None is active, so nobody hears anything.",
            "Activate one on the page Sequence.",
        )
        return
    under_way = Enrollment.objects.filter(state=Enrollment.State.ACTIVE).count()
    said = f"{states[Sequence.State.ACTIVE]} active, {under_way:,} enrollments under way."
    yield Finding(Level.GOOD, "Sequences", said)
    if paused := states[Sequence.State.PAUSED]:
        said = f"{_count(paused, 'sequence is', 'sequences are')} paused."
        yield Finding(Level.CARE, "Sequences", said, "Nobody on them hears anything meanwhile.")
    unclear = Enrollment.objects.filter(
        state=Enrollment.State.ACTIVE, waiting_for=Reason.UNCLEAR_RULE
    )
    counted = unclear.values_list("sequence__name").annotate(people=Count("pk"))
    for name, people in counted.order_by("sequence__name"):
        said = f"{_count(people, 'person waits', 'people wait')} on “{name}”: a rule of it names"
        todo = "Mend it in a new version, and move them to that."
        yield Finding(Level.CARE, "Sequences", f"{said} what is gone.", todo)


def _content(today: date) -> Iterator[Finding]:
    live = ContentPiece.objects.filter(state=ContentPiece.State.LIVE).exclude(expires_on__lte=today)
    wanted = set(
        Step.objects.filter(
            kind=Step.Kind.CONTENT, version__sequence__state=Sequence.State.ACTIVE
        ).values_list("content_kind", flat=True)
    )
    for kind in sorted(wanted - set(live.filter(topic=None).values_list("kind", flat=True))):
        said = f"There is no {ContentPiece.Kind(kind).label.lower()} for everybody."
        todo = "Write one: whoever has had the others of their field gets nothing in its place."
        yield Finding(Level.CARE, "Content", said, todo)
    specialties = Tag.objects.filter(kind=Tag.Kind.SPECIALTY, retired_at=None)
    without = specialties.exclude(pk__in=live.exclude(topic=None).values("topic"))
    names = list(without.order_by("name").values_list("name", flat=True))
    count = f"{live.count()} live pieces"
    if names:
        listed = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        said = f"{count}; {len(names)} of {specialties.count()} specialties have none of their own"
        todo = "People there get what is for their category or for everybody."
        yield Finding(Level.NOTE, "Content", f"{said}: {listed}.", todo)
    else:
        yield Finding(Level.GOOD, "Content", f"{count}; every specialty has some of its own.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
