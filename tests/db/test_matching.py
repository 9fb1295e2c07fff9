"""Who fits a role, who comes first, and why; and which roles fit a person."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.make import NOW
from warmbench.people import candidates, facts, tag_edits
from warmbench.people.candidates import CandidatesChanged
from warmbench.people.facts import Saying, Word
from warmbench.people.models import Candidate, CandidateFact, CandidateTag, Suppression, Tag
from warmbench.people.tag_words import BY_CANDIDATE
from warmbench.people.wanted_places import WantedPlace
from warmbench.signals import feedback
from warmbench.signals.feedback import About, NotForMe
from warmbench.sourcing import knowledge, matching, ranking
from warmbench.sourcing.criteria import Judge
from warmbench.sourcing.fit import Known
from warmbench.sourcing.matching import Match
from warmbench.sourcing.models import Alert, AlertCampaign, Escalation, Role, TagCount
from warmbench.workflows import alerting

pytestmark = pytest.mark.django_db

Kind = CandidateFact.Kind
BERLIN = WantedPlace("Berlin", "Berlin", "", "DE").to_json()
SKILLS = ("Go", "Rust", "SQL", "AWS", "Linux", "Kafka", "React", "Java")


@pytest.fixture
def skills() -> list[Tag]:
    return [make.tag(name) for name in SKILLS]


@pytest.fixture
def levels() -> list[Tag]:
    names = ("Individual contributor", "Manager", "Director", "Executive")
    return [make.tag(name, Tag.Kind.SENIORITY) for name in names]


def find(role: Role, threshold: int = 3, limit: int = 25) -> list[Match]:
    return matching.find(role.pk, threshold=threshold, limit=limit, now=NOW)


def found(role: Role, threshold: int = 3) -> list[int]:
    return [match.candidate_id for match in find(role, threshold)]


def say(person: Candidate, kind: CandidateFact.Kind, value: object) -> None:
    facts.say(person.pk, [Saying(kind, value)], Word(BY_CANDIDATE, "test"), now=NOW)


def alert(role: Role, person: Candidate) -> Alert:
    """That somebody was told of a role."""
    return Alert.objects.create(
        role=role,
        candidate=person,
        level=Alert.Level.NORMAL,
        wave=1,
        matched=[],
        score=50,
        policy=matching.POLICY,
        threshold=3,
        state=Alert.State.WRITTEN,
        message=make.message(person, make.sender()),
        made_at=NOW,
        state_at=NOW,
    )


def crowd(skills: list[Tag], levels: list[Tag], *, seed: int, size: int = 80) -> None:
    """People of every kind: with more and fewer skills, better and worse evidence, and wishes."""
    draw = random.Random(seed)
    for _ in range(size):
        person = make.candidate(*draw.sample(levels, draw.randint(0, 2)), told=False, email=None)
        Candidate.objects.filter(pk=person.pk).update(
            city=draw.choice(["Berlin", "Munich", ""]),
            country=draw.choice(["DE", "DE", "FR", ""]),
            last_conversation_on=draw.choice(
                [None, NOW.date() - timedelta(days=draw.randint(0, 2000))]
            ),
        )
        CandidateTag.objects.bulk_create(
            CandidateTag(
                candidate=person,
                tag=tag,
                source="test",
                confidence=draw.choice([0, 0.6, 0.8, 1]),
                added_at=NOW - timedelta(days=draw.choice([0, 0, 400, 3000])),
            )
            # Some are alike in everything, so that their order has to be decided.
            for tag in draw.sample(skills, draw.choice([2, 3, 4, 5, 7]))
        )
        if draw.random() < 0.4:
            wish = {"amount": str(draw.randint(5, 10) * 10_000), "currency": "EUR"}
            say(person, Kind.PAY, {**wish, "period": "year"})
        if draw.random() < 0.4:
            say(person, Kind.REMOTE, draw.choice(["on_site", "hybrid", "remote", "any"]))
        if draw.random() < 0.3:
            say(person, Kind.PLACES, [draw.choice([BERLIN, {**BERLIN, "city": "Lyon"}])])


def judged_one_by_one(role: Role, threshold: int) -> list[Match]:
    """The answer, by looking at everybody."""
    everybody = matching.explain(
        role.pk, list(Candidate.objects.values_list("pk", flat=True)), now=NOW
    )
    fitting = [
        match
        for match in everybody.values()
        if len(match.matched) >= threshold and not match.failures
    ]
    return sorted(fitting, key=lambda match: (-match.score, match.candidate_id))


def role_of(skills: list[Tag], levels: list[Tag], *, seed: int) -> Role:
    draw = random.Random(seed)
    asked = draw.sample(skills, 6)
    return make.role(
        *asked[:4],
        nice=tuple(asked[4:]),
        seniority=draw.choice([None, *levels]),
        places=draw.choice([[], [BERLIN]]),
        remote=draw.choice(["", "on_site", "remote"]),
        pay_max=draw.choice([None, Decimal(70_000)]),
        pay_currency="EUR",
        pay_period="year",
        musts=draw.choice([[], ["place"], ["pay", "seniority"]]),
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_best_are_those_whom_judging_everybody_brings(
    skills: list[Tag], levels: list[Tag], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So few at a time that stopping early is tried as well.
    monkeypatch.setattr(ranking, "_ADDED_UP", 7)
    monkeypatch.setattr(ranking, "_FIRST_JUDGED", 2)
    monkeypatch.setattr(ranking, "_MOST_JUDGED", 5)
    crowd(skills, levels, seed=seed)
    matching.recount(now=NOW)
    for number in range(4):
        role = role_of(skills, levels, seed=10 * seed + number)
        for threshold in (1, 3, 5):
            right = judged_one_by_one(role, threshold)
            for limit in (0, 1, 5, 200):
                assert find(role, threshold, limit) == right[:limit]


def test_only_those_are_judged_who_can_be_among_the_best(
    skills: list[Tag], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "_FIRST_JUDGED", 2)
    looked_at: list[int] = []

    def load(ids: list[int], tags: list[int]) -> dict[int, Known]:
        looked_at.extend(ids)
        return known_of(ids, tags)

    known_of = knowledge.known_of
    monkeypatch.setattr(knowledge, "known_of", load)
    best = [make.candidate(*skills[:5]) for _ in range(2)]
    for _ in range(20):
        make.candidate(*skills[:3])
    role = make.role(*skills[:5])
    assert [match.candidate_id for match in find(role, limit=2)] == [one.pk for one in best]
    assert sorted(looked_at) == [one.pk for one in best]


def test_nobody_has_more_points_than_the_bound_says(skills: list[Tag], levels: list[Tag]) -> None:
    crowd(skills, levels, seed=99)
    role = role_of(skills, levels, seed=99)
    asked = knowledge.asked_by([role.pk])[role.pk]
    line = ranking._Line(asked, matching.by_skills(role.pk, threshold=1), now=NOW)
    by_skills = {pk: bound for bound, people in line._groups for pk in people}
    while line._groups:
        line._add_up(line._groups.popleft()[1])
    by_evidence = {pk: -bound for bound, pk in line._heap}
    judge = Judge(asked, now=NOW)
    everybody = knowledge.known_of(list(by_skills), [skill.tag_id for skill in asked.skills])
    assert by_evidence.keys() == by_skills.keys() == everybody.keys()
    for pk, person in everybody.items():
        assert judge.match(person).score <= by_evidence[pk] + 1e-9 <= by_skills[pk] + 2e-9


def test_one_more_skill_lowers_nobody_s_rank(skills: list[Tag], levels: list[Tag]) -> None:
    crowd(skills, levels, seed=5, size=30)
    role = make.role(*skills[:6])
    matching.recount(now=NOW)
    before = found(role, 1)
    for pk in before[5::5]:
        lacking = next(
            (tag for tag in skills[:6] if not CandidateTag.objects.filter(candidate=pk, tag=tag)),
            None,
        )
        if lacking is None:
            continue
        CandidateTag.objects.create(candidate_id=pk, tag=lacking, source="t", added_at=NOW)
        assert found(role, 1).index(pk) <= before.index(pk)
        CandidateTag.objects.filter(candidate=pk, tag=lacking).delete()


def test_reasons_name_what_matched_and_what_is_missing(skills: list[Tag]) -> None:
    go, rust, sql, aws, *_ = skills
    role = make.role(go, rust, nice=(sql, aws))
    ana = make.candidate(go, rust, sql, aws)
    ben = make.candidate(go, sql, aws)
    make.candidate(go, rust)
    matching.recount(now=NOW)
    best, second = find(role)
    assert (best.candidate_id, second.candidate_id) == (ana.pk, ben.pk)
    assert [(skill.name, skill.source) for skill in second.matched] == [
        ("Go", "test"),
        ("SQL", "test"),
        ("AWS", "test"),
    ]
    assert [(skill.name, skill.is_required) for skill in second.missing] == [("Rust", True)]
    assert second.policy == matching.POLICY
    assert matching.explain(role.pk, [ben.pk], now=NOW) == {ben.pk: second}


def test_people_are_counted_by_how_many_skills_they_have(skills: list[Tag]) -> None:
    role = make.role(*skills[:4])
    for size in (4, 3, 3, 2, 1):
        make.candidate(*skills[:size], *skills[6:])
    assert matching.count(role.pk, thresholds=[1, 2, 3, 4, 5]) == {1: 5, 2: 4, 3: 3, 4: 1, 5: 0}
    assert matching.count(role.pk, thresholds=[5]) == {5: 0}
    assert not find(role, threshold=5)


def test_names_never_matter(skills: list[Tag]) -> None:
    role = make.role(*skills[:3])
    for _ in range(4):
        make.candidate(*skills[:3])
    before = find(role)
    for number, pk in enumerate(found(role)):
        Candidate.objects.filter(pk=pk).update(
            first_name=("Zoë", "Ali", "", "John")[number], last_name="Öz", employer="Acme"
        )
    assert find(role) == before


def test_fit_is_not_permission(skills: list[Tag]) -> None:
    role = make.role(*skills[:3])
    ana = make.candidate(*skills[:3], consented=False)
    before = find(role)
    candidates.change_status(ana.pk, Candidate.Status.PLACED, evidence="test", now=NOW)
    Suppression.objects.create(candidate=ana, reason=Suppression.Reason.UNSUBSCRIBED, at=NOW)
    assert find(role) == before


def test_who_was_told_can_be_left_out(skills: list[Tag]) -> None:
    role, other = make.role(*skills[:3]), make.role(*skills[:3])
    ana, ben = (make.candidate(*skills[:3]) for _ in range(2))
    alert(role, ana)
    alert(other, ben)
    left = matching.find(role.pk, threshold=3, limit=9, now=NOW, leave_out_alerted=True)
    assert [match.candidate_id for match in left] == [ben.pk]
    assert found(role) == [ana.pk, ben.pk]


def test_not_for_me_counts_at_once_and_for_the_same_employer(skills: list[Tag]) -> None:
    role, same = (make.role(*skills[:3], company="Acme") for _ in range(2))
    other = make.role(*skills[:3], company="Globex")
    ana = make.candidate(*skills[:3])
    told = alert(role, ana)
    assert told.message_id
    employer = NotForMe(About.EMPLOYER)
    feedback.take_down(ana.pk, [employer], message_id=told.message_id, now=NOW)
    assert (found(role), found(same), found(other)) == ([], [], [ana.pk])
    match = matching.explain(same.pk, [ana.pk], now=NOW)[ana.pk]
    assert [failure.sentence for failure in match.failures] == [
        "Said that this employer is not for them."
    ]
    feedback.take_down(ana.pk, [], message_id=told.message_id, now=NOW + timedelta(hours=1))
    assert found(role) == [ana.pk]


def test_not_for_me_counts_where_it_is_said_of_a_text(skills: list[Tag]) -> None:
    role, ana = make.role(*skills[:3]), make.candidate(*skills[:3])
    text = make.message(ana, make.sender())
    alert(role, ana).escalations.create(
        candidate=ana,
        kind=Escalation.Kind.TEXT,
        state=Escalation.State.DONE,
        message=text,
        state_at=NOW,
    )
    feedback.take_down(ana.pk, [NotForMe(About.LEVEL)], message_id=text.pk, now=NOW)
    assert not find(role)


def test_only_the_latest_word_on_a_wish_counts(skills: list[Tag]) -> None:
    role = make.role(*skills[:3], remote=Role.Remote.ON_SITE)
    ana = make.candidate(*skills[:3])
    say(ana, Kind.REMOTE, "remote")
    assert not find(role)
    say(ana, Kind.REMOTE, None)
    assert found(role) == [ana.pk]


def test_a_country_that_somebody_is_tagged_with_is_where_they_live(skills: list[Tag]) -> None:
    germany, france = (make.tag(name, Tag.Kind.GEOGRAPHY) for name in ("Germany", "France"))
    Tag.objects.filter(pk=germany.pk).update(code="DE")
    Tag.objects.filter(pk=france.pk).update(code="FR")
    role = make.role(*skills[:3], places=[BERLIN], remote=Role.Remote.REMOTE, musts=["place"])
    here, there, both = (
        make.candidate(*skills[:3], *tags, country="")
        for tags in ([germany], [france], [germany, france])
    )
    assert found(role) == [here.pk, both.pk]
    assert find(role)[1].questions
    assert there.pk not in found(role)


def test_rare_tags_are_found_by_counting_and_forgotten_when_gone(skills: list[Tag]) -> None:
    go, rust, *_ = skills
    people = [make.candidate(go) for _ in range(3)]
    make.candidate(rust)
    matching.recount(now=NOW)
    counts = {one.tag_id: (one.people, one.among) for one in TagCount.objects.all()}
    assert counts == {go.pk: (3, 4), rust.pk: (1, 4)}
    CandidateTag.objects.filter(tag=rust).delete()
    CandidateTag.objects.filter(candidate=people[0]).delete()
    matching.recount(now=NOW + timedelta(days=1))
    assert [(one.tag_id, one.people) for one in TagCount.objects.all()] == [(go.pk, 2)]
    assert not matching.recount(now=NOW + timedelta(days=1), unless_since=NOW)
    assert matching.recount(now=NOW + timedelta(days=2), unless_since=NOW + timedelta(days=1))


def test_tags_that_were_counted_can_be_merged(skills: list[Tag]) -> None:
    go, rust, *_ = skills
    make.candidate(go)
    make.candidate(rust)
    matching.recount(now=NOW)
    tag_edits.merge(rust.pk, go.pk, by_id=None, now=NOW)
    assert list(TagCount.objects.values_list("tag", flat=True)) == [go.pk]
    matching.recount(now=NOW)
    assert TagCount.objects.get().people == 2


@pytest.fixture
def open_roles(skills: list[Tag]) -> dict[str, Role]:
    return {
        "usual": make.role(*skills[:4]),
        "draft": make.role(*skills[:4], state=Role.State.DRAFT),
        "closed": make.role(*skills[:4], state=Role.State.CLOSED),
        "refused": make.role(*skills[:4], remote=Role.Remote.ON_SITE),
        "low": make.role(skills[0], skills[1], skills[5]),
        "high": make.role(*skills[:4], nice=tuple(skills[4:6])),
    }


def test_all_open_roles_are_held_against_a_person(
    skills: list[Tag], open_roles: dict[str, Role]
) -> None:
    ana, ben = make.candidate(*skills[:4]), make.candidate(skills[7])
    say(ana, Kind.REMOTE, "remote")
    for name, threshold in (("low", 2), ("high", 5)):
        AlertCampaign.objects.create(
            role=open_roles[name], threshold=threshold, strong_from=6, started_at=NOW
        )
    fitting = matching.roles_for([ana.pk, ben.pk], now=NOW)
    assert [one.role_id for one in fitting[ana.pk]] == [
        open_roles["usual"].pk,
        open_roles["low"].pk,
    ]
    assert fitting[ben.pk] == []
    best = fitting[ana.pk][0]
    assert best.title == "Platform engineer"
    assert [best.match] == find(open_roles["usual"])
    assert matching.roles_for([], now=NOW) == {}


def test_nobody_fits_a_role_that_is_not_there() -> None:
    for ask in (
        lambda: matching.find(1, threshold=3, limit=9, now=NOW),
        lambda: matching.count(1, thresholds=[3]),
        lambda: matching.explain(1, [], now=NOW),
    ):
        with pytest.raises(Role.DoesNotExist):
            ask()


def test_a_role_without_skills_fits_nobody_by_skills(skills: list[Tag]) -> None:
    role, ana = make.role(), make.candidate(*skills)
    assert not find(role, threshold=1)
    assert matching.explain(role.pk, [ana.pk], now=NOW)[ana.pk].matched == ()


def test_tags_are_counted_again_while_an_import_runs_but_not_for_each_part_of_it(
    skills: list[Tag], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MANY", 2)
    go = skills[0]
    people = [make.candidate(go).pk for _ in range(2)]
    alerting.count_tags_again_while_many_people_come_in(CandidatesChanged(candidate_ids=people))
    more = [make.candidate(go).pk for _ in range(2)]
    alerting.count_tags_again_while_many_people_come_in(CandidatesChanged(candidate_ids=more))
    assert TagCount.objects.get().people == 2
    TagCount.objects.update(people=0, counted_at=NOW - timedelta(days=365))
    one = CandidatesChanged(candidate_ids=more[:1])
    alerting.count_tags_again_while_many_people_come_in(one)
    assert TagCount.objects.get().people == 0
