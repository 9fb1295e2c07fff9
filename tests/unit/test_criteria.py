"""How a person is judged by a role: laws that hold for everybody, and the reasons given."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import warmbench.sourcing
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing import criteria
from warmbench.sourcing.criteria import LADDER, Judge
from warmbench.sourcing.fit import (
    Asked,
    AskedSkill,
    Criterion,
    Evidence,
    Known,
    Match,
    NotForThem,
    Part,
    PayFloor,
    PayRange,
)

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
BERLIN = WantedPlace("Berlin", "Berlin", "", "DE")
MUNICH = WantedPlace("Munich", "Munich", "", "DE")
LYON = WantedPlace("Lyon", "Lyon", "", "FR")
FRANCE = WantedPlace("France", "", "", "FR")
SOMEWHERE = WantedPlace("the seaside")
MUSTS = ("seniority", "place", "pay")


def skills(count: int, *, room: float = 75) -> tuple[AskedSkill, ...]:
    rows = [(n, f"Skill {n}", n % 3 > 0, 1.0 + n) for n in range(1, count + 1)]
    return criteria.skill_points(rows, room)


def asked(**what: object) -> Asked:
    usual = Asked(1, "Acme", skills(5), "", (), "", None, frozenset())
    return replace(usual, **what)  # type: ignore[arg-type]


def known(**what: object) -> Known:
    return replace(Known(7), **what)  # type: ignore[arg-type]


def judge(role: Asked, person: Known) -> Match:
    return criteria.judge(role, person, now=NOW)


def part(match: Match, name: Criterion) -> Part:
    return next(part for part in match.parts if part.name == name)


def failing(match: Match) -> list[str]:
    return [str(failure.criterion) for failure in match.failures]


places = st.sampled_from([BERLIN, MUNICH, LYON, FRANCE, SOMEWHERE])
some_places = st.lists(places, max_size=3).map(tuple)
levels = st.sampled_from([*LADDER, "Apprentice"])
amounts = st.integers(1, 40).map(lambda n: Decimal(n * 5000))
periods = st.sampled_from(["year", "month", "day", "hour"])
ranges = st.builds(
    lambda ends, currency, period: PayRange(min(ends), max(ends), currency, period),
    st.tuples(amounts, amounts),
    st.sampled_from(["EUR", "CHF"]),
    periods,
) | st.builds(lambda end: PayRange(None, end, "EUR", "year"), amounts)
evidence = st.builds(
    Evidence,
    st.sampled_from(["by hand", "Old ATS"]),
    st.integers(-30, 5000).map(lambda days: NOW - timedelta(days=days)),
    st.floats(0, 1),
)
sayings = st.builds(
    NotForThem,
    st.sampled_from(["level", "place", "pay", "skill", "employer"]),
    st.sampled_from(["", "too_junior", "too_senior"]),
    st.sampled_from(["", "Skill 2", "Acme"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["", "Acme"]),
    levels | st.just(""),
    some_places,
    ranges | st.none(),
)
roles = st.builds(
    lambda count, seniority, where, remote, pay, musts: asked(
        skills=skills(
            count,
            room=criteria.room_for_skills(
                seniority=bool(seniority), place=bool(where or remote), pay=pay is not None
            ),
        ),
        seniority=seniority,
        places=where,
        remote=remote,
        pay=pay,
        musts=frozenset(musts),
    ),
    st.integers(1, 8),
    levels | st.just(""),
    some_places,
    st.sampled_from(["", "on_site", "hybrid", "remote"]),
    ranges | st.none(),
    st.sets(st.sampled_from(MUSTS)),
)
people = st.builds(
    Known,
    candidate_id=st.just(7),
    skills=st.dictionaries(st.integers(1, 9), evidence, max_size=8),
    seniorities=st.lists(levels, max_size=2).map(tuple),
    city=st.sampled_from(["", "Berlin", "Lyon"]),
    region=st.sampled_from(["", "Bavaria"]),
    country=st.sampled_from(["", "DE", "FR"]),
    wanted=some_places,
    remote=st.sampled_from(["", "any", "on_site", "hybrid", "remote"]),
    floor=st.builds(PayFloor, amounts, st.sampled_from(["EUR", "CHF"]), periods) | st.none(),
    talked_on=st.none() | st.dates(date(2015, 1, 1), date(2027, 1, 1)),
    not_for_them=st.lists(sayings, max_size=2).map(tuple),
)


@given(roles, people, evidence, st.data())
def test_one_more_skill_never_lowers_a_score(
    role: Asked, person: Known, proof: Evidence, data: st.DataObject
) -> None:
    skill = data.draw(st.sampled_from(role.skills))
    without = replace(
        person, skills={pk: one for pk, one in person.skills.items() if pk != skill.tag_id}
    )
    having = replace(person, skills={**without.skills, skill.tag_id: proof})
    before, after = judge(role, without), judge(role, having)
    assert after.score >= before.score
    assert after.failures == before.failures
    assert len(after.matched) == len(before.matched) + 1


@given(roles, people)
def test_a_score_is_the_sum_of_its_parts_and_within_its_bound(role: Asked, person: Known) -> None:
    match = judge(role, person)
    assert match.score == pytest.approx(sum(one.points for one in match.parts))
    assert -1e-9 <= match.score <= 100 + 1e-9
    assert all(-1e-9 <= one.points <= one.of + 1e-9 for one in match.parts)
    assert sum(one.of for one in match.parts) == pytest.approx(100)
    assert all(one.sentence for one in match.parts)
    having = {skill.tag_id for skill in match.matched}
    bound = sum(skill.points for skill in role.skills if skill.tag_id in having)
    assert match.score <= bound + criteria.most_beside_skills(role) + 1e-9
    assert len(match.matched) + len(match.missing) == len(role.skills)


@given(roles, st.sets(st.integers(1, 8)), evidence)
def test_what_is_unknown_fails_nobody(role: Asked, having: set[int], proof: Evidence) -> None:
    match = judge(role, known(skills=dict.fromkeys(having, proof)))
    assert not match.failures
    asked_for = [role.seniority, role.places, role.pay]
    assert len(match.questions) == sum(map(bool, asked_for))


@given(roles, people)
def test_a_must_fails_exactly_those_who_contradict_it(role: Asked, person: Known) -> None:
    strict = judge(replace(role, musts=frozenset(MUSTS)), person)
    loose = judge(replace(role, musts=frozenset()), person)
    assert set(failing(loose)) <= set(failing(strict))
    assert strict.score == loose.score
    for name in set(failing(strict)) - set(failing(loose)):
        assert name in MUSTS
        assert name in failing(judge(replace(role, musts=frozenset([name])), person))


@given(roles, st.lists(people, min_size=2, max_size=6))
def test_who_was_judged_before_makes_no_difference(role: Asked, several: list[Known]) -> None:
    one_for_all = Judge(role, now=NOW)
    for person in several:
        alone = judge(role, person)
        assert one_for_all.match(person) == alone
        assert one_for_all.score(person) == (None if alone.failures else alone.score)


def test_nobody_is_known_by_name_face_or_age() -> None:
    assert {field.name for field in fields(Known)} == {
        *("candidate_id", "skills", "seniorities", "city", "region", "country"),
        *("wanted", "remote", "floor", "talked_on", "not_for_them"),
    }
    read = (Path(warmbench.sourcing.__file__).parent / "sql" / "match_people.sql").read_text()
    for word in ("name", "photo", "birth", "age", "sex", "gender", "status", "consent", "warmth"):
        assert word not in read.split()
        assert f"c.{word}" not in read


def test_rare_and_well_proved_skills_count_more() -> None:
    role = asked()
    sure = Evidence("by hand", NOW, 1)
    common, rare = role.skills[0], role.skills[4]
    assert judge(role, known(skills={rare.tag_id: sure})).score > (
        judge(role, known(skills={common.tag_id: sure})).score
    )
    for worse in (Evidence("job title", NOW, 0.6), Evidence("by hand", NOW.replace(year=2020), 1)):
        assert judge(role, known(skills={rare.tag_id: worse})).score < (
            judge(role, known(skills={rare.tag_id: sure})).score
        )


@pytest.mark.parametrize(
    ("floor", "points", "question", "fails"),
    [
        (PayFloor(Decimal(60_000), "EUR", "year"), 6, False, False),
        (PayFloor(Decimal(6_000), "EUR", "month"), 4.8, False, False),
        (PayFloor(Decimal(90_000), "EUR", "year"), 0, False, True),
        (PayFloor(Decimal(90_000), "USD", "year"), 3, True, False),
        (PayFloor(Decimal(90), "EUR", "hour"), 3, True, False),
        (None, 3, True, False),
    ],
)
def test_pay_is_compared_where_it_can_be(
    floor: PayFloor | None, points: float, question: bool, fails: bool
) -> None:
    offer = PayRange(Decimal(65_000), Decimal(80_000), "EUR", "year")
    match = judge(asked(pay=offer, musts=frozenset(["pay"])), known(floor=floor))
    assert part(match, Criterion.PAY).points == pytest.approx(points)
    assert bool(match.questions) is question
    assert bool(match.failures) is fails


def test_pay_without_an_end_is_asked_about_and_fails_nobody() -> None:
    floor = PayFloor(Decimal(90_000), "EUR", "year")
    open_end = asked(pay=PayRange(Decimal(65_000), None, "EUR", "year"), musts=frozenset(["pay"]))
    match = judge(open_end, known(floor=floor))
    (question,) = match.questions
    assert question.startswith("Wants at least €90,000 a year; the role pays from €65,000 a year:")
    assert not match.failures


@pytest.mark.parametrize(
    ("person", "points", "asks", "fails"),
    [
        (known(city="Berlin", country="DE"), 8, False, False),
        (known(city="Munich", country="DE"), 3.2, True, False),
        (known(city="Lyon", country="FR"), 0, False, True),
        (known(), 4, True, False),
        (known(city="Lyon", country="FR", wanted=(MUNICH, BERLIN)), 8, False, False),
        (known(city="Berlin", country="DE", wanted=(MUNICH,)), 0, False, True),
        (known(city="Berlin", country="DE", wanted=(SOMEWHERE,)), 4, True, False),
    ],
)
def test_their_word_about_places_outweighs_where_they_live(
    person: Known, points: float, asks: bool, fails: bool
) -> None:
    match = judge(asked(places=(BERLIN,), musts=frozenset(["place"])), person)
    assert part(match, Criterion.PLACE).points == pytest.approx(points)
    assert bool(match.questions) is asks
    assert bool(match.failures) is fails


def test_a_wish_for_a_city_fits_a_role_anywhere_in_its_country() -> None:
    germany = WantedPlace("Germany", "", "", "DE")
    for wanted, place in ((BERLIN, germany), (germany, BERLIN)):
        match = judge(asked(places=(place,)), known(wanted=(wanted,)))
        assert part(match, Criterion.PLACE).points == pytest.approx(8)


def test_of_remote_work_the_country_counts() -> None:
    role = asked(places=(BERLIN,), remote="remote", musts=frozenset(["place"]))
    assert not judge(role, known(city="Munich", country="DE")).failures
    assert judge(role, known(city="Lyon", country="FR")).failures
    assert judge(role, known(wanted=(LYON,))).questions


def test_who_refuses_to_come_in_is_out_of_on_site_work_whatever_the_musts() -> None:
    role = asked(remote="on_site")
    assert failing(judge(role, known(remote="remote"))) == ["place"]
    assert not judge(role, known(remote="hybrid")).failures
    assert not judge(role, known(remote="any")).failures


@pytest.mark.parametrize(
    ("said", "out"),
    [
        (NotForThem("pay", "", "", role_id=1), True),
        (NotForThem("employer", "", "", role_id=2, company="ACME"), True),
        (NotForThem("employer", "", "Acme"), True),
        (NotForThem("employer", "", "", role_id=2, company="Globex"), False),
        (NotForThem("skill", "", "skill 2"), True),
        (NotForThem("skill", "", "Skill 3"), False),
        (NotForThem("pay", "", "", role_id=2), False),
    ],
)
def test_what_they_refused_is_not_offered_again(said: NotForThem, out: bool) -> None:
    assert bool(judge(asked(), known(not_for_them=(said,))).failures) is out


def test_what_did_not_fit_elsewhere_is_remembered_where_it_is_the_same() -> None:
    offer = PayRange(None, Decimal(70_000), "EUR", "year")
    too_little = NotForThem("pay", "", "", role_id=2, pay=offer)
    too_far = NotForThem("place", "", "", role_id=2, places=(BERLIN,))
    too_junior = NotForThem("level", "too_junior", "", role_id=2, seniority="Manager")
    person = known(not_for_them=(too_little, too_far, too_junior))
    role = asked(pay=offer, places=(BERLIN,), seniority="Manager", musts=frozenset(MUSTS))
    assert sorted(failing(judge(role, person))) == sorted(MUSTS)
    better = asked(
        pay=replace(offer, highest=Decimal(90_000)),
        places=(MUNICH,),
        seniority="Director",
        musts=frozenset(MUSTS),
    )
    assert not judge(better, person).failures
    junior = judge(asked(seniority="Individual contributor"), person)
    assert part(junior, Criterion.SENIORITY).points == 0


def test_the_next_level_is_better_than_a_far_one() -> None:
    role = asked(seniority="Manager")
    points = [
        part(judge(role, known(seniorities=(level,))), Criterion.SENIORITY).points
        for level in ("Manager", "Director", "Executive", "Apprentice")
    ]
    assert points == pytest.approx([8, 3.2, 0, 0])


def test_what_is_missing_names_the_required_first_and_musts_are_asked_first() -> None:
    offer = PayRange(None, Decimal(70_000), "EUR", "year")
    match = judge(asked(pay=offer, seniority="Manager", musts=frozenset(["pay"])), known())
    assert [skill.is_required for skill in match.missing] == [True] * 4 + [False]
    assert match.questions[0].startswith("What would a move have to pay")
