"""What became of people on shortlists is kept: by hand, and as an ATS tells it."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.core.events import held_back
from warmbench.people.models import Candidate
from warmbench.shortlists import outcomes, sharing
from warmbench.shortlists.models import Outcome, Shortlist
from warmbench.shortlists.outcomes import Kind, OutcomeError, OutcomeKnown
from warmbench.sourcing import applications
from warmbench.sourcing.applications import ApplicationsChanged, Told
from warmbench.sourcing.models import Role
from warmbench.workflows import shortlists as reactions

DAY = timedelta(days=1)


@pytest.fixture
def role(db: None) -> Role:
    return make.role(make.tag("Go"), source="ats", external_id="r1")


@pytest.fixture
def ana(db: None) -> Candidate:
    return make.candidate()


@pytest.fixture
def shared(role: Role, ana: Candidate) -> Shortlist:
    version = make.profile(*(one.tag for one in role.skills.all()), role=role)
    made = make.shortlist(version, ana, left=(make.candidate(),))
    sharing.share(made.pk, reader="Dr Weber", by_id=None, now=NOW)
    return made


def apply(ana: Candidate, *, at: object = NOW + DAY, **fields: object) -> None:
    usual = {
        "external_id": "a1",
        "candidate_id": ana.pk,
        "role_there": "r1",
        "outcome": "active",
        "stage": "",
        "reached": "",
        "is_prospect": False,
        "applied_at": NOW,
        "ended_at": None,
        "changed_at": at,
    }
    told = Told(**usual | fields)  # type: ignore[arg-type]
    applications.take_in("ats", [told], read_at=NOW + DAY, now=NOW + DAY)


def kinds() -> list[str]:
    return list(Outcome.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({"reached": "screened"}, []),
        ({"reached": "final"}, ["interview"]),
        ({"reached": "offer"}, ["interview", "offer"]),
        ({"reached": "offer", "outcome": "hired"}, ["interview", "offer", "hire"]),
        ({"reached": "interviewed", "outcome": "rejected"}, ["interview", "drop_out"]),
        ({"reached": "offer", "outcome": "withdrawn"}, ["interview", "offer", "drop_out"]),
        ({"reached": "screened", "outcome": "rejected"}, []),
        ({"reached": "final", "at": NOW - DAY}, []),
        ({"reached": "final", "is_prospect": True}, []),
    ],
)
def test_what_an_ats_says_becomes_an_outcome_once(
    told: dict[str, object], known: list[str], shared: Shortlist, ana: Candidate
) -> None:
    apply(ana, **told)
    new = outcomes.follow([ana.pk], now=NOW + 2 * DAY)
    assert (kinds(), new) == (known, len(known))
    assert outcomes.follow([ana.pk], now=NOW + 2 * DAY) == 0


def test_a_reaction_keeps_what_an_ats_says(shared: Shortlist, ana: Candidate) -> None:
    with held_back() as events:
        apply(ana, reached="final")
    (event,) = (one for one in events if isinstance(one, ApplicationsChanged))
    with held_back() as events:
        reactions.keep_what_became_of_people_on_shortlists(event)
    entry = shared.entries.get(candidate=ana)
    assert events == [OutcomeKnown(shortlist_id=shared.pk, entry_id=entry.pk, kind="interview")]
    assert outcomes.of(shared.pk)[entry.pk][0].source == "ats"


def test_what_the_ats_said_before_a_list_was_shared_is_kept_then(
    role: Role, ana: Candidate
) -> None:
    made = make.shortlist(make.profile(make.tag("Rust"), role=role), ana)
    apply(ana, reached="final")
    assert outcomes.follow([ana.pk], now=NOW + DAY) == 0
    with held_back() as events:
        sharing.share(made.pk, reader="Dr Weber", by_id=None, now=NOW + DAY)
    reactions.keep_what_became_of_people_before_their_list_was_shared(events[0])  # type: ignore[arg-type]
    assert kinds() == ["interview"]


def test_a_person_says_what_became_of_somebody_and_takes_it_back(
    shared: Shortlist, ana: Candidate
) -> None:
    entry = shared.entries.get(candidate=ana)
    alice = make.user()
    said = {"requirement": "skill:go", "words": "Only read about it", "by_id": alice.pk}
    assert outcomes.record(entry.pk, Kind.DROP_OUT, now=NOW, **said)  # type: ignore[arg-type]
    assert not outcomes.record(entry.pk, Kind.DROP_OUT, now=NOW)
    one = Outcome.objects.get()
    assert (one.words, one.by_id) == ("Only read about it", alice.pk)
    assert outcomes.take_back(one.pk, by_id=alice.pk, now=NOW)
    assert not outcomes.take_back(one.pk, by_id=alice.pk, now=NOW)


def test_nothing_came_of_who_was_not_put_forward(shared: Shortlist, ana: Candidate) -> None:
    listed = shared.entries.get(candidate=ana)
    left = shared.entries.get(place="left")
    draft = make.shortlist(shared.version, ana).entries.get()
    for pk, kind, about in (
        (left.pk, Kind.HIRE, ""),
        (draft.pk, Kind.HIRE, ""),
        (0, Kind.HIRE, ""),
        (listed.pk, "party", ""),
        (listed.pk, Kind.HIRE, "skill:cobol"),
    ):
        with pytest.raises(OutcomeError):
            outcomes.record(pk, kind, requirement=about, now=NOW)
