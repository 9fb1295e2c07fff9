"""Plants the sample: an agency, its people, and the half year that lies behind it."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta

from django.core.management import call_command
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from warmbench.accounts.models import Organisation, User
from warmbench.core import audit, clock, events, sql
from warmbench.core.models import AuditEntry
from warmbench.integrations.mail.postman import Postman
from warmbench.messaging import windows
from warmbench.messaging.handover import Recording
from warmbench.nurture import content_files, pools, shipped, snippets
from warmbench.nurture.forecast import asking
from warmbench.nurture.forecast.asking import Question
from warmbench.nurture.models import Forecast, Sequence
from warmbench.nurture.pools import Terms
from warmbench.people import imports, tag_tree
from warmbench.sample import agency, catching, conversations, people, shortlists
from warmbench.sample.clients import Clients
from warmbench.sample.history import History, react

PEOPLE = 2_040
BEHIND = timedelta(days=182)
#: So much of the history goes over real SMTP, for the mail catcher to have something to show.
CAUGHT = timedelta(days=4)
#: Long enough ago for somebody to have to tell them that we have their data.
STRANGERS = timedelta(days=22)
#: Pools that begin together would all write in the same week of each month.
BETWEEN_POOLS = timedelta(days=3, hours=12)
#: How long the recruiters have had too little time for their queues.
LEFT_OVER = timedelta(days=5)
#: So long ago a pool began whose letters are before their recruiter when the sample opens.
LETTERS = timedelta(days=90, hours=18)
#: How long ago the team has noted what the market does.
NOTED = timedelta(days=40)
_PLANTED = "sample.planted"


def plant(*, console: Console) -> None:
    """Make the sample unless it is there. One that was left half-made is begun anew."""
    if AuditEntry.objects.filter(action=_PLANTED).exists():
        return
    if Organisation.objects.exists():
        call_command("flush", interactive=False, verbosity=0)
    until = opening(datetime.now(UTC))
    clock.shift(until - clock.now())
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("Inventing a team and the half year behind it", total=BEHIND.days)
        since = until - BEHIND
        grow(
            PEOPLE,
            since,
            until,
            on_step=lambda now: progress.update(bar, completed=(now - since).days),
        )
    asking.ask(Question(scope=Forecast.Scope.EVERYTHING, days=180), by_id=None, now=until)
    audit.record(None, _PLANTED, "sample:1", detail={}, now=until)
    console.print(
        f"Sign in as [b]alice@northwind.example[/b] (recruiter) or [b]{agency.ADMINISTRATOR}[/b]"
        f" (administrator) with the password [b]{agency.PASSWORD}[/b]."
    )


def grow(
    count: int, since: datetime, until: datetime, *, on_step: Callable[[datetime], None]
) -> None:
    """Make an agency with so many people and let it live from ``since`` to ``until``."""
    # A sample that is lost half-made is made anew: nothing in it is worth waiting for the disk.
    sql.run("SET synchronous_commit = off")
    with clock.pinned(since), events.held_back() as facts:
        owners = agency.found(now=since)
        tag_tree.load_default(now=since)
        agency.share_out_fields(owners, now=since)
        content_files.load(content_files.SHIPPED, now=since)
        sequences = shipped.give_sequences(now=since)
        snippets.load(snippets.SHIPPED, now=since, written_on=(until - NOTED).date())
        _import(count, owners, now=since)
        agency.make_corners(now=since)
        agency.keep_the_law(now=since)
        react(facts)
    sql.run("ANALYZE")
    recording = Recording()
    recruiters = list({owner.pk: owner for owner in owners.values()}.values())
    clients = Clients(owners, until)
    history = History(recruiters, lambda _: recording, clients=clients, busy_from=until - LEFT_OVER)
    since = _dig_pools(agency.pool_terms(sequences), history, since, on_step=on_step)
    since = _write_letters(sequences, history, since, max(since, until - LETTERS), on_step=on_step)
    history.live(since, until - STRANGERS, on_step=on_step)
    with clock.pinned(until - STRANGERS):
        agency.meet_strangers(now=until - STRANGERS)
    history.live(until - STRANGERS, until - CAUGHT, on_step=on_step)
    with catching.running(), closing(Postman(clock.now)) as postman:
        history.open_channel = postman.channel_for
        history.live(until - CAUGHT, until, on_step=on_step)
    with events.held_back() as facts:
        conversations.hold(owners, now=until)
        with clock.pinned(until):
            react(facts)
    with events.held_back() as facts:
        shortlists.put_forward(owners, now=until)
        with clock.pinned(until):
            react(facts)
    agency.slow_down()
    sql.run("RESET synchronous_commit")


def _write_letters(
    sequences: Mapping[str, Sequence],
    history: History,
    since: datetime,
    until: datetime,
    *,
    on_step: Callable[[datetime], None],
) -> datetime:
    """Live on until the pool begins that gets letters alone. Returns the time then."""
    history.live(since, until, on_step=on_step)
    terms = agency.letter_terms(sequences)
    with clock.pinned(until), events.held_back() as facts:
        pools.create(terms, by_id=terms.owner_id, now=until)
        react(facts)
    return until


def _dig_pools(
    wanted: list[Terms],
    history: History,
    now: datetime,
    *,
    on_step: Callable[[datetime], None],
) -> datetime:
    """Begin with one pool after the other, as a careful team would. Returns the time then."""
    for terms in wanted:
        with clock.pinned(now), events.held_back() as facts:
            pools.create(terms, by_id=terms.owner_id, now=now)
            react(facts)
        history.live(now, now + BETWEEN_POOLS, on_step=on_step)
        now += BETWEEN_POOLS
    return now


def opening(now: datetime) -> datetime:
    """The next moment of office hours in Berlin: a sample that sleeps looks dead."""
    return windows.next_open(now, ("Europe/Berlin",), "DE", windows.EMAIL) or now


def _import(count: int, owners: dict[str, User], *, now: datetime) -> None:
    addresses = {category: owner.email for category, owner in owners.items()}
    file = people.as_csv(people.rows(count, owners=addresses, today=now.date()))
    uploaded = imports.upload(
        file, file_name="northwind-ats.csv", source="Sample ATS", by_id=None, now=now
    )
    options = {
        "basis": "legitimate_interest",
        "evidence": "Talked to us about roles and agreed to stay in touch",
        "default_country": "DE",
    }
    imports.save_mapping(uploaded.pk, uploaded.mapping, options, now=now)
    imports.run(uploaded.pk, clock=clock.now)
