"""The sample agency itself: its people, mailboxes, pools, and the awkward corners of its data."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from warmbench.accounts.models import Organisation, Role, Team, User
from warmbench.messaging.models import Sender
from warmbench.nurture import pools
from warmbench.nurture.models import Sequence
from warmbench.people import balancing, candidates, consent, notices
from warmbench.people.balancing import Weighing
from warmbench.people.models import Candidate, Channel, ContactPoint, Notice, Tag
from warmbench.signals import assignment

#: The sample's, on this machine, with invented people.
PASSWORD = "warmbench"  # noqa: S105
ADMINISTRATOR = "admin@northwind.example"

#: Name, title, zone, the categories they look after.
_RECRUITERS = (
    ("Alice Meyer", "Senior consultant, Technology", "Europe/Berlin", ("Technology",)),
    ("Bob Okafor", "Consultant, Finance", "Europe/London", ("Finance",)),
    ("Carla Jensen", "Consultant, Healthcare", "Europe/Berlin", ("Healthcare", "General")),
    ("Dev Marino", "Consultant, Engineering", "America/New_York", ("Engineering",)),
)
_ARC = ("stay_in_touch",)
#: Name, purpose, entry rule, who looks after it, the sequences that it leads to.
#: In the order in which they begin: whoever began last was written to last.
_POOLS = (
    (
        "Silver medallists",
        "Reached the final stage with us and were not hired: the first to ask.",
        "silver medallist and not suppressed",
        "Alice Meyer",
        _ARC,
    ),
    (
        "Finance specialists",
        "The leaders of the day after tomorrow.",
        (
            'category = Finance and seniority = "Individual contributor"'
            " and stage reached at least screened"
        ),
        "Bob Okafor",
        _ARC,
    ),
    (
        "Care and medicine",
        "Wards, practices, studies.",
        "category = Healthcare and stage reached at least screened",
        "Carla Jensen",
        _ARC,
    ),
    (
        "Cloud & DevOps, German-speaking",
        "The scarcest people we place.",
        'specialty = "Cloud & DevOps" and country in (DE, AT, CH)',
        "Alice Meyer",
        _ARC,
    ),
    (
        "Not spoken to for half a year",
        "Everybody else whom we are about to forget.",
        "months since last conversation >= 6 and status = passive and category = General",
        "Carla Jensen",
        _ARC,
    ),
    (
        "Builders and makers",
        "Plants, sites and design offices.",
        "category = Engineering and stage reached at least screened",
        "Dev Marino",
        _ARC,
    ),
    (
        "Finance leaders",
        "From manager up: letters from their recruiter alone.",
        "category = Finance and seniority in (Manager, Director, Executive)",
        "Bob Okafor",
        ("check_in_90", "preferences"),
    ),
    (
        "Engineers and data people",
        "Whoever builds software, or makes sense of data.",
        (
            'specialty any of ("Software engineering", "Data & machine learning", Cybersecurity)'
            " and status in (passive, open, searching) and stage reached at least screened"
        ),
        "Alice Meyer",
        _ARC,
    ),
)

#: A pool that began later than the others.
_LETTERS = (
    "Designers whom we interviewed",
    "A handful, and each of them gets a letter from their recruiter.",
    (
        'specialty = "Product & design" and stage reached at least interviewed'
        " and not silver medallist"
    ),
    "Alice Meyer",
    ("check_in_90",),
)
#: People from a list of visitors.
_STRANGERS = (
    ("Tilda", "Fremdling"),
    ("Konrad", "Unbekannt"),
    ("Svea", "Niegesehen"),
    ("Albin", "Messegast"),
    ("Ronja", "Vorbeigang"),
)
_WEIGHED = Weighing(
    interest="We find work for people whom we have met, and people for our clients. A short mail"
    " now and then lets both know of each other in time.",
    necessity="Calling everybody would disturb more, and waiting for them to come to us would help"
    " nobody who does not know of an opening.",
    balance="People gave us their data to hear of work. They hear from us at most three times in"
    " 30 days, see all that we hold, and stop us with one click.",
)


def found(*, now: datetime) -> dict[str, User]:
    """Make the agency with its team and mailboxes. Returns who looks after which category."""
    Organisation.objects.create(
        name="Northwind Talent",
        postal_address="A sample, 1 Quay Street, 10115 Berlin",
        website="https://northwind.example",
        privacy_url="https://northwind.example/privacy",
        default_country="DE",
        default_time_zone="Europe/Berlin",
        created_at=now,
    )
    team = Team.objects.create(name="Northwind")
    User.objects.create_user(
        ADMINISTRATOR,
        PASSWORD,
        date_joined=now,
        name="Nadia Quist",
        title="Team lead",
        role=Role.ADMIN,
        team=team,
        time_zone="Europe/Berlin",
    )
    owners: dict[str, User] = {}
    for name, title, zone, categories in _RECRUITERS:
        first = name.split(" ", maxsplit=1)[0].lower()
        recruiter = User.objects.create_user(
            f"{first}@northwind.example",
            PASSWORD,
            date_joined=now,
            name=name,
            title=title,
            role=Role.RECRUITER,
            team=team,
            time_zone=zone,
            booking_url=f"https://cal.example/northwind/{first}",
        )
        _mailbox(recruiter.name, recruiter.email, now=now, owner=recruiter)
        owners |= dict.fromkeys(categories, recruiter)
    _mailbox("Northwind Talent", "hello@northwind.example", now=now, owner=None)
    return owners


def share_out_fields(owners: Mapping[str, User], *, now: datetime) -> None:
    """Let each recruiter look after the specialties of their categories, too, where nobody owns
    the person."""
    for user in dict.fromkeys(owners.values()):
        mine = [category for category, one in owners.items() if one == user]
        fields = Tag.objects.filter(kind=Tag.Kind.SPECIALTY, parent__name__in=mine)
        ids = list(fields.values_list("pk", flat=True))
        assignment.look_after(user.pk, ids, by_id=None, now=now)


def pool_terms(sequences: Mapping[str, Sequence]) -> list[pools.Terms]:
    """What the pools are to be, given the sequences by their keys."""
    return [_terms(pool, sequences) for pool in _POOLS]


def letter_terms(sequences: Mapping[str, Sequence]) -> pools.Terms:
    """What the pool is to be that gets nothing but letters from its recruiter."""
    return _terms(_LETTERS, sequences)


def _terms(
    pool: tuple[str, str, str, str, tuple[str, ...]], sequences: Mapping[str, Sequence]
) -> pools.Terms:
    name, purpose, rule, owner, keys = pool
    return pools.Terms(
        name=name,
        purpose=purpose,
        entry_rule=rule,
        owner_id=User.objects.get(name=owner).pk,
        sequence_ids=tuple(sequences[key].pk for key in keys),
    )


def make_corners(*, now: datetime) -> None:
    """Bring about what a file cannot say: a pause, a dead address, a second record, no ground."""
    someone = Candidate.objects.filter(status=Candidate.Status.PASSIVE).order_by("pk")
    paused, dead, doubled = someone[10], someone[20], someone[30]
    Candidate.objects.filter(pk=paused.pk).update(first_name="Paula", last_name="Paused")
    candidates.pause(
        [paused.pk],
        until=now + timedelta(days=120),
        reason=candidates.PauseReason.ASKED,
        by_id=None,
        now=now,
    )
    Candidate.objects.filter(pk=dead.pk).update(first_name="Dieter", last_name="Deadaddress")
    for point in dead.contact_points.filter(channel=Channel.EMAIL):
        consent.mark_address_dead(point.address, evidence="550 5.1.1 unknown user", now=now)
    for last_name, address in (
        ("Duplicate", doubled.contact_points.get(channel=Channel.EMAIL, position=0).address),
        ("Noconsent", "nina.noconsent@mail.example"),
    ):
        odd = Candidate.objects.create(
            first_name="Nina",
            last_name=last_name,
            owner=doubled.owner,
            source="Typed in",
            status_since=now,
            city="Berlin",
            country="DE",
            time_zone="Europe/Berlin",
            added_at=now,
            changed_at=now,
        )
        ContactPoint.objects.create(
            candidate=odd, channel=Channel.EMAIL, address=address, added_at=now
        )


def keep_the_law(*, now: datetime) -> None:
    """Weigh, and tell nearly everybody that we have their data. The first messages tell some of
    the others; nobody tells the rest."""
    balancing.adopt(_WEIGHED, by_id=None, now=now)
    people = Candidate.objects.exclude(stage_reached="", last_conversation_on=None)
    notices.inform(
        [pk for pk in people.values_list("pk", flat=True) if pk % 12],
        kind=Notice.Kind.KNOWN,
        evidence="Privacy notice in our application form, version 4",
        by_id=None,
        now=now,
    )


def meet_strangers(*, now: datetime) -> None:
    """Come by the data of a few people who do not know of it yet."""
    owners = User.objects.filter(role=Role.RECRUITER).order_by("pk")
    for number, (first, last) in enumerate(_STRANGERS):
        met = Candidate.objects.create(
            first_name=first,
            last_name=last,
            owner=owners[number % len(owners)],
            source="Career fair Leipzig",
            status_since=now,
            city="Leipzig",
            country="DE",
            time_zone="Europe/Berlin",
            added_at=now,
            changed_at=now,
        )
        ContactPoint.objects.create(
            candidate=met,
            channel=Channel.EMAIL,
            address=f"{first}.{last}@fair.example".lower(),
            added_at=now,
        )


def hurry() -> None:
    """Let mailboxes send without a distance between their messages."""
    Sender.objects.update(spacing_min=0, spacing_max=0, next_send_at=None)


def slow_down() -> None:
    """Let mailboxes keep a distance between their messages, as live ones do."""
    Sender.objects.update(spacing_min=20, spacing_max=40, next_send_at=None)


def _mailbox(name: str, address: str, *, now: datetime, owner: User | None) -> None:
    Sender.objects.create(
        owner=owner,
        from_name=name,
        from_address=address,
        host="127.0.0.1",
        port=1,
        security=Sender.Security.NONE,
        is_default=owner is None,
        # The half year to come is lived through in strides of hours: no distance meanwhile.
        spacing_min=0,
        spacing_max=0,
        ramp_started_on=now.date(),
        # Its mail stays on this machine, so there is nothing to prove first.
        activated_at=now,
        created_at=now,
    )
