"""Decides pool rules in Python, the slow and obvious way, for tests to compare SQL with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging.models import Message
from warmbench.nurture import rule_parts as parts
from warmbench.nurture.rule_parts import Name, Rule
from warmbench.people.models import (
    Candidate,
    CandidateTag,
    Channel,
    Consent,
    ContactPoint,
    Suppression,
    Tag,
    TagAlias,
)
from warmbench.signals.models import FollowUp, Signal

#: Tag → (kind, parent).
TREE = {
    "Technology": ("category", ""),
    "Cloud & DevOps": ("specialty", "Technology"),
    "Platform": ("role_family", "Cloud & DevOps"),
    "Site reliability engineer": ("role", "Platform"),
    "Kubernetes": ("skill", "Cloud & DevOps"),
    "COBOL": ("skill", "Technology"),
    "Finance": ("category", ""),
    "Accounting": ("specialty", "Finance"),
    "Manager": ("seniority", ""),
    "Director": ("seniority", ""),
    "DACH": ("geography", ""),
    "Germany": ("geography", "DACH"),
}
ALIASES = {"k8s": "Kubernetes", "SRE": "Site reliability engineer"}
OWNERS = ("alice@example.com", "bob@example.com")
SOURCES = ("", "Old ATS", "Fair 20% off")
MOMENTS = (
    "last conversation", "last message", "last click", "last reply", "added", "status change",
)  # fmt: skip
HOUR = timedelta(hours=1)
STAGES = ["", *(stage.value for stage in parts.STAGES)]


@dataclass(frozen=True)
class Person:
    """What is known about somebody, as far as rules may ask."""

    status: str = "passive"
    stage: str = ""
    country: str = ""
    owner: str = ""
    source: str = ""
    city: str = ""
    tags: frozenset[str] = frozenset()
    talked_on: date | None = None
    added_at: datetime = NOW
    status_since: datetime = NOW
    mailed_at: datetime | None = None
    email: bool = True
    phone: bool = False
    #: The latest word: "", "consent", "withdrawn" or "expired".
    consent: str = ""
    suppressed: bool = False
    #: (kind of signal, when, in which of two messages).
    heard: tuple[tuple[str, datetime, int], ...] = ()
    #: The reason of an open follow-up.
    follow_up: str = ""


def holds(rule: Rule, person: Person, *, now: datetime) -> bool:
    """Whether the rule is true of the person."""
    match rule:
        case parts.And(several):
            return all(holds(part, person, now=now) for part in several)
        case parts.Or(several):
            return any(holds(part, person, now=now) for part in several)
        case parts.Not(part):
            return not holds(part, person, now=now)
        case _:
            return _is_so(rule, person, now=now)


def _is_so(rule: parts.Single, person: Person, *, now: datetime) -> bool:
    match rule:
        case parts.Is(fact, values):
            known = _text(fact, person).lower()
            so = bool(known) and known in {value.text.lower() for value in values}
        case parts.Tagged(kind, names, every):
            carries = [_carries(person, kind, name.text) for name in names]
            so = all(carries) if every else any(carries)
        case parts.Reached(comparison, stage):
            at, asked = STAGES.index(person.stage), STAGES.index(stage)
            so = at > 0 and _compares(at, comparison, asked)
        case parts.Elapsed(unit, since, comparison, number):
            so = _elapsed(_moment(since, person), unit, comparison, number, now=now)
        case parts.Known(fact):
            so = _is_known(fact, person)
        case parts.Consented(channel, _):
            so = channel == "email" and person.consent == "consent"
        case parts.Holds(fact):
            so = _is_simply_so(fact, person, now=now)
    return so


def _is_simply_so(fact: str, person: Person, *, now: datetime) -> bool:
    if fact == "high interest":
        return _occasions(person, now=now) >= 3
    if fact == "open follow-up":
        return person.follow_up in {"replied", "high_interest", "call"}
    if fact == "suppressed":
        return person.suppressed
    return person.stage in {"final", "offer"} and person.status not in {"placed", "hired"}


def _text(fact: str, person: Person) -> str:
    names = {"stage reached": "stage"}
    return str(getattr(person, names.get(fact, fact), ""))


def _carries(person: Person, kind: str, name: str) -> bool:
    wanted = ALIASES.get(name, name)
    for tag in person.tags:
        above = tag
        while above:
            if above == wanted and kind in {"", TREE[above][0]}:
                return True
            above = TREE[above][1]
    return False


def _moment(fact: str, person: Person) -> date | datetime | None:
    return {
        "last conversation": person.talked_on,
        "last message": person.mailed_at,
        "last click": _last("clicked", person),
        "last reply": _last("replied", person),
        "added": person.added_at,
        "status change": person.status_since,
    }[fact]


def _last(kind: str, person: Person) -> datetime | None:
    return max((at for what, at, _ in person.heard if what == kind), default=None)


def _occasions(person: Person, *, now: datetime) -> int:
    lately = sorted(
        (at, kind, message)
        for kind, at, message in person.heard
        if now - timedelta(days=30) < at <= now
    )
    count = sum(kind in {"replied", "preferences_updated"} for _, kind, _ in lately)
    counted: dict[int, datetime] = {}
    for at, kind, message in lately:
        if kind == "clicked" and at - counted.get(message, at - timedelta(days=1)) > HOUR:
            counted[message] = at
            count += 1
    return count


def _elapsed(
    moment: date | datetime | None, unit: str, comparison: str, number: int, *, now: datetime
) -> bool:
    if moment is None:
        return False
    cut = _before(now, number, unit)
    if not isinstance(moment, datetime):
        return _compares(cut.date(), comparison, moment)
    return _compares(cut, comparison, moment)


def _before(now: datetime, number: int, unit: str) -> datetime:
    if unit in {"days", "weeks"}:
        return now - timedelta(days=number * (7 if unit == "weeks" else 1))
    total = now.year * 12 + now.month - 1 - number * (12 if unit == "years" else 1)
    for day in range(now.day, 0, -1):
        try:
            return now.replace(year=total // 12, month=total % 12 + 1, day=day)
        except ValueError:
            continue
    raise AssertionError


def _compares(a: Any, comparison: str, b: Any) -> bool:
    return bool({">=": a >= b, "<=": a <= b, ">": a > b, "<": a < b}[comparison])


def _is_known(fact: str, person: Person) -> bool:
    if fact in {"email", "phone"}:
        return bool(getattr(person, fact))
    if fact in MOMENTS:
        return _moment(fact, person) is not None
    if fact == "tag":
        return bool(person.tags)
    kind = parts.FACT_NAMED[fact].kind
    if kind:
        return any(TREE[tag][0] == kind for tag in person.tags)
    return bool(_text(fact, person))


def as_text(rule: Rule) -> str:
    """A way to write the rule down."""
    match rule:
        case parts.And(several):
            return "(" + " and ".join(as_text(part) for part in several) + ")"
        case parts.Or(several):
            return "(" + " or ".join(as_text(part) for part in several) + ")"
        case parts.Not(part):
            return f"not {as_text(part)}"
        case _:
            return _fact_as_text(rule)


def _fact_as_text(rule: parts.Single) -> str:
    match rule:
        case parts.Is(fact, values):
            text = f"{fact} in ({_listed(values)})"
        case parts.Tagged(kind, names, every):
            named = kind.replace("_", " ") or "tag"
            text = f"{named} {'all' if every else 'any'} of ({_listed(names)})"
        case parts.Reached(comparison, stage):
            text = f"stage reached {comparison} {stage}"
        case parts.Elapsed(unit, since, comparison, number):
            text = f"{unit} since {since} {comparison} {number}"
        case parts.Known(fact):
            text = f"has {fact}"
        case parts.Consented(channel, purpose):
            text = f"consent for {channel}" + (" alerts" if purpose == "alert" else "")
        case parts.Holds(fact):
            text = fact
    return text


def _listed(names: tuple[Name, ...]) -> str:
    return ", ".join(f'"{name.text}"' for name in names)


def _several(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Name, ...]]:
    return st.lists(values.map(Name), min_size=1, max_size=3).map(tuple)


statuses = st.sampled_from(["passive", "open", "applied", "placed", "hired", "do_not_contact"])
_tagged = st.sampled_from(sorted(TREE)).flatmap(
    lambda tag: st.sampled_from(["", TREE[tag][0]]).flatmap(
        lambda kind: st.builds(
            parts.Tagged,
            st.just(kind),
            st.lists(
                st.sampled_from(
                    [
                        spelling
                        for spelling in [*TREE, *ALIASES]
                        if kind in {"", TREE[ALIASES.get(spelling, spelling)][0]}
                    ]
                ).map(Name),
                min_size=1,
                max_size=3,
            ).map(tuple),
            st.booleans(),
        )
    )
)
_comparisons = st.sampled_from([">=", "<=", ">", "<"])
facts: st.SearchStrategy[Rule] = st.one_of(
    st.builds(parts.Is, st.just("status"), _several(statuses)),
    st.builds(parts.Is, st.just("country"), _several(st.sampled_from(["DE", "AT", "FR"]))),
    st.builds(parts.Is, st.just("owner"), _several(st.sampled_from(OWNERS))),
    st.builds(parts.Is, st.just("source"), _several(st.sampled_from(["old ats", SOURCES[2]]))),
    st.builds(parts.Is, st.just("city"), _several(st.sampled_from(["Köln", "l'Aquila"]))),
    st.builds(parts.Is, st.just("stage reached"), _several(st.sampled_from(STAGES[1:]))),
    _tagged,
    st.builds(parts.Reached, _comparisons, st.sampled_from(STAGES[1:])),
    st.builds(
        parts.Elapsed,
        st.sampled_from(["days", "weeks", "months", "years"]),
        st.sampled_from(MOMENTS),
        _comparisons,
        st.integers(0, 4),
    ),
    st.builds(
        parts.Known,
        st.sampled_from(
            [
                "email", "phone", "owner", "country", "city", "source", "stage reached", "tag",
                "specialty", "skill", "geography", *MOMENTS,
            ]
        ),
    ),
    st.just(parts.Consented("email", "nurture")),
    st.just(parts.Consented("email", "alert")),
    st.just(parts.Consented("sms", "nurture")),
    st.just(parts.Holds("silver medallist")),
    st.just(parts.Holds("suppressed")),
    st.just(parts.Holds("high interest")),
    st.just(parts.Holds("open follow-up")),
)  # fmt: skip


def _combined(kind: type[parts.And | parts.Or], several: list[Rule]) -> Rule:
    # As the parser builds it: an "and" within an "and" is one "and".
    flat = [p for rule in several for p in (rule.parts if isinstance(rule, kind) else (rule,))]
    return kind(tuple(flat))


rules: st.SearchStrategy[Rule] = st.recursive(
    facts,
    lambda inner: st.one_of(
        inner.map(parts.negation),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: _combined(parts.And, found)),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: _combined(parts.Or, found)),
    ),
    max_leaves=6,
)

_days_ago = st.integers(0, 900).map(lambda days: NOW - timedelta(days=days))
people: st.SearchStrategy[Person] = st.builds(
    Person,
    status=statuses,
    stage=st.sampled_from(STAGES),
    country=st.sampled_from(["", "DE", "AT"]),
    owner=st.sampled_from(["", *OWNERS]),
    source=st.sampled_from(SOURCES),
    city=st.sampled_from(["", "Köln", "L'Aquila"]),
    tags=st.frozensets(st.sampled_from(sorted(TREE)), max_size=5),
    talked_on=st.none() | _days_ago.map(datetime.date),
    added_at=_days_ago,
    status_since=_days_ago,
    mailed_at=st.none() | _days_ago,
    email=st.booleans(),
    phone=st.booleans(),
    consent=st.sampled_from(["", "consent", "withdrawn", "expired"]),
    suppressed=st.booleans(),
    heard=st.lists(
        st.tuples(
            st.sampled_from(["clicked", "clicked", "replied", "preferences_updated", "moved"]),
            st.sampled_from([0, 20, 59, 60, 61, 300, 43_199, 43_200, 99_999]).map(
                lambda minutes: NOW - timedelta(minutes=minutes)
            ),
            st.integers(1, 2),
        ),
        max_size=6,
    ).map(tuple),
    follow_up=st.sampled_from(["", "", "replied", "high_interest", "call", "moved"]),
)


class World:
    """The tags and recruiters that the oracle knows, and its people as rows."""

    def __init__(self) -> None:
        self.tags: dict[str, Tag] = {}
        for name, (kind, parent) in TREE.items():
            self.tags[name] = make.tag(name, Tag.Kind(kind), self.tags.get(parent))
        for alias, name in ALIASES.items():
            tag = self.tags[name]
            TagAlias.objects.create(tag=tag, kind=tag.kind, text=alias, key=alias.lower())
        self.owners = {
            email: User.objects.create_user(email, date_joined=NOW, name=email) for email in OWNERS
        }
        self.sender = make.sender()

    def store(self, person: Person) -> int:
        """Write a new candidate. Returns the id."""
        made = Candidate.objects.create(**self._columns(person), changed_at=NOW)
        self._around(made.pk, person)
        return made.pk

    def edit(self, candidate_id: int, person: Person) -> None:
        """Make the rows say what is true of the person now. What is append-only grows."""
        Candidate.objects.filter(pk=candidate_id).update(**self._columns(person))
        CandidateTag.objects.filter(candidate_id=candidate_id).delete()
        ContactPoint.objects.filter(candidate_id=candidate_id).delete()
        Message.objects.filter(candidate_id=candidate_id).delete()
        Signal.objects.filter(candidate_id=candidate_id).delete()
        FollowUp.objects.filter(candidate_id=candidate_id).delete()
        self._around(candidate_id, person)

    def _columns(self, person: Person) -> dict[str, object]:
        return {
            "status": person.status,
            "stage_reached": person.stage,
            "country": person.country,
            "owner": self.owners.get(person.owner),
            "source": person.source,
            "city": person.city,
            "last_conversation_on": person.talked_on,
            "added_at": person.added_at,
            "status_since": person.status_since,
        }

    def _around(self, pk: int, person: Person) -> None:
        specialties = sorted(tag for tag in person.tags if TREE[tag][0] == "specialty")
        for name in person.tags:
            CandidateTag.objects.create(
                candidate_id=pk,
                tag=self.tags[name],
                source="test",
                added_at=NOW,
                is_primary=name in specialties[:1],
            )
        for channel, there in ((Channel.EMAIL, person.email), (Channel.SMS, person.phone)):
            if there:
                ContactPoint.objects.create(
                    candidate_id=pk, channel=channel, address=f"{channel}-{pk}", added_at=NOW
                )
        if person.consent or Consent.objects.filter(candidate_id=pk).exists():
            Consent.objects.create(
                candidate_id=pk,
                channel=Channel.EMAIL,
                basis={"expired": "consent", "": "withdrawn"}.get(person.consent, person.consent),
                at=NOW,
                expires_at=NOW if person.consent == "expired" else None,
            )
        stops = Suppression.objects.filter(candidate_id=pk, releases=None, released_by=None)
        if person.suppressed and not stops.exists():
            Suppression.objects.create(candidate_id=pk, reason="manual", at=NOW)
        if not person.suppressed and (stop := stops.first()):
            Suppression.objects.create(candidate_id=pk, reason="manual", at=NOW, releases=stop)
        for number, (kind, at, message) in enumerate(person.heard):
            Signal.objects.create(
                candidate_id=pk, kind=kind, grade="likely", at=at, message_id=message, key=number
            )
        if person.follow_up:
            FollowUp.objects.create(
                candidate_id=pk, reason=person.follow_up, value=1, asked_at=NOW, due_at=NOW
            )
        if person.mailed_at:
            make.sent(Candidate.objects.get(pk=pk), self.sender, at=person.mailed_at)
