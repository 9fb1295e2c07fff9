"""Few are chosen, for reasons that hold; more evidence never harms; nothing else about a person
counts."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.shortlists.knowns import DATA_ROLE, SAID, TODAY, asks, fact, person, role, strong
from warmbench.people.wanted_places import WantedPlace
from warmbench.shortlists import choosing, cut, frozen, likelihood
from warmbench.shortlists.dossier import Dossier, Known
from warmbench.shortlists.requirements import Aspect, EvidenceRule, Spec, Tier
from warmbench.shortlists.verdict import MOST, Judged, Ranked, Standing
from warmbench.sourcing.fit import PayFloor, PayRange

SKILLS = ("Python", "Spark", "AWS", "Java", "JavaScript", "Kubernetes", "SAP")
#: A model that lists whoever has some of it: what is tested here is not what was learnt.
LENIENT = replace(likelihood.usual(), best_misfits=tuple(-9.0 + step / 100 for step in range(40)))

skills = st.builds(
    lambda name, years, polarity, confidence, used: Known(
        "skill",
        {"name": name}
        | ({"years": years} if years else {})
        | ({"last_used": used} if used else {}),
        polarity,
        name,
        SAID,
        "résumé",
        confidence,
    ),
    st.sampled_from(SKILLS),
    st.sampled_from((0, 1, 3, 8)),
    st.sampled_from(("had", "had", "had", "lacks", "wants", "refuses")),
    st.floats(0.5, 1.0),
    st.sampled_from(("", "2010", "2025")),
)
titles = st.builds(
    lambda name, now: fact("title", name=name, current=now),
    st.sampled_from(("Data Engineer", "Senior Data Engineer", "Nurse", "Head of Data")),
    st.booleans(),
)
facts = st.lists(st.one_of(skills, titles), max_size=8)
pools = st.lists(facts, min_size=1, max_size=12).map(
    lambda listed: [person(f"p{at}", *each) for at, each in enumerate(listed)]
)
asked = st.lists(
    st.builds(
        lambda name, tier, years: asks(name, tier, at_least=years),
        st.sampled_from(SKILLS),
        st.sampled_from((Tier.MUST, Tier.SHOULD, Tier.NICE)),
        st.sampled_from((None, Decimal(2), Decimal(5))),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one.key,
).map(lambda listed: role(*listed))


def chosen(spec: Spec, people: Sequence[Dossier], **given: float) -> Ranked:
    return choosing.choose(spec, people, today=TODAY, model=LENIENT, **given)  # type: ignore[arg-type]


def ranking(spec: Spec, people: Sequence[Dossier]) -> tuple[Judged, ...]:
    return choosing.ranking(spec, people, today=TODAY, model=LENIENT)


def judged(spec: Spec, one: Dossier) -> Judged:
    return ranking(spec, [one])[0]


class TestLaws:
    @settings(max_examples=60, deadline=None)
    @given(asked, pools, st.data())
    def test_more_evidence_never_lowers_a_score_or_a_rank(
        self, spec: Spec, people: list[Dossier], data: st.DataObject
    ) -> None:
        at = data.draw(st.integers(0, len(people) - 1))
        name = data.draw(st.sampled_from([one.name for one in spec.requirements]))
        years = data.draw(st.sampled_from((None, 1, 9)))
        more = fact("skill", name=name, years=years) if years else fact("skill", name=name)
        before = ranking(spec, people)
        richer = replace(people[at], facts=(*people[at].facts, more))
        after = ranking(spec, [*people[:at], richer, *people[at + 1 :]])

        was = next(one for one in before if one.key == richer.key)
        now = next(one for one in after if one.key == richer.key)
        assert now.score >= was.score
        assert after.index(now) <= before.index(was) or was.score == now.score
        assert len(now.conflicts) <= len(was.conflicts)

    @settings(max_examples=40, deadline=None)
    @given(asked, pools, st.randoms())
    def test_order_does_not_matter_and_the_same_gives_the_same(
        self, spec: Spec, people: list[Dossier], dice: st.DataObject
    ) -> None:
        shuffled = list(people)
        dice.shuffle(shuffled)  # type: ignore[attr-defined]

        assert chosen(spec, people) == chosen(spec, shuffled)

    @settings(max_examples=60, deadline=None)
    @given(asked, pools, st.integers(1, 20))
    def test_lists_are_short_and_nobody_on_them_is_out(
        self, spec: Spec, people: list[Dossier], size: int
    ) -> None:
        ranked = chosen(spec, people, size=size)

        assert len(ranked.listed) <= min(size, MOST)
        assert len(ranked.left) <= 3
        assert all(not one.judged.conflicts for one in ranked.listed)
        assert bool(ranked.abstained) is not bool(ranked.listed)
        on_it = {one.judged.key for one in ranked.listed}
        assert on_it.isdisjoint(one.judged.key for one in ranked.left)

    @settings(max_examples=30, deadline=None)
    @given(asked, pools)
    def test_what_is_kept_reads_back_as_it_was(self, spec: Spec, people: list[Dossier]) -> None:
        ranked = chosen(spec, people)
        for one in (*ranked.listed, *ranked.left):
            kept = json.dumps(frozen.told(one))  # type: ignore[arg-type]
            assert frozen.heard(json.loads(kept)) == one


def test_nothing_of_who_somebody_is_can_enter() -> None:
    assert {one.name for one in fields(Dossier)} == {
        *("key", "facts", "sentences", "city", "region", "country", "wanted", "remote"),
        *("floor", "free_from", "refused_role_ids", "refused_employers"),
    }


def test_pronouns_and_keys_change_no_score() -> None:
    spec = role(asks("led the move of a data platform to the cloud", aspect=Aspect.EXPERIENCE))
    she = person("ana", sentences=("She led the move of the whole data warehouse to AWS herself.",))
    he = person("ben", sentences=("He led the move of the whole data warehouse to AWS himself.",))

    first, second = ranking(spec, [she, he])

    assert first.score == second.score > judged(spec, person("none")).score


def test_unknown_is_a_question_and_never_out() -> None:
    nobody = judged(DATA_ROLE, person("unknown"))

    assert not nobody.conflicts
    assert {one.standing for one in nobody.evidence} == {Standing.UNKNOWN}
    assert (
        nobody.questions[0] == "How many years have they worked with Python? The role asks for 5."
    )


def test_a_must_that_is_known_to_be_missing_is_out() -> None:
    lacking = judged(DATA_ROLE, person("a", fact("skill", "lacks", name="Python")))

    assert [one.about for one in lacking.conflicts] == ["skill:python"]
    assert "does not have python" in lacking.conflicts[0].sentence.lower()


def test_what_was_said_later_holds() -> None:
    lacks = fact("skill", "lacks", name="Python")
    has = replace(fact("skill", name="Python", years=6), said_on=date(2026, 5, 1))

    assert not judged(DATA_ROLE, person("a", lacks, has)).conflicts
    assert judged(DATA_ROLE, person("a", replace(lacks, said_on=TODAY), has)).conflicts


@pytest.mark.parametrize(
    ("spec", "known"),
    [
        (role(lowest_level="manager", hard=frozenset({"level"})), {"title": "Data Engineer"}),
        (role(places=(WantedPlace("Berlin", "Berlin", "", "DE"),)), {"country": "FR"}),
        (
            role(pay=PayRange(None, Decimal(80_000), "EUR", "year"), hard=frozenset({"pay"})),
            {"floor": PayFloor(Decimal(95_000), "EUR", "year")},
        ),
        (role(start_until=date(2026, 8, 1)), {"free_from": date(2026, 10, 1)}),
    ],
)
def test_a_known_conflict_keeps_out_where_the_profile_says_so(
    spec: Spec, known: dict[str, Any]
) -> None:
    title = known.pop("title", None)
    told = (fact("title", name=title, current=True),) if title else ()
    one = person("a", *told, **known)

    assert len(judged(spec, one).conflicts) == 1
    soft = judged(replace(spec, hard=frozenset()), one)
    assert not soft.conflicts
    assert len(soft.trade_offs) == 1


def test_what_they_refused_is_out_whatever_is_hard() -> None:
    spec = role(company="Contoso", hard=frozenset())

    assert judged(spec, person("a", refused_employers=frozenset({"Contoso"}))).conflicts
    assert judged(spec, person("a", fact("employer", "refuses", name="Contoso"))).conflicts
    assert judged(spec, person("a", fact("employer", name="Contoso", current=True))).conflicts
    assert not judged(spec, person("a", fact("employer", name="Contoso", current=False))).conflicts


def test_a_dealbreaker_that_is_met_is_out() -> None:
    spec = role(asks("gambling", Tier.DEALBREAKER, aspect=Aspect.DOMAIN))

    assert judged(spec, person("a", fact("domain", name="gambling"))).conflicts
    assert not judged(spec, person("b", fact("domain", name="banking"))).conflicts


def test_evidence_says_what_it_is_and_how_old() -> None:
    shown = judged(DATA_ROLE, strong("a")).evidence[0]

    assert shown.standing == Standing.MET
    assert shown.sentence == (
        "Python, 8 years, strong knowledge, said in their résumé of March 2026."
    )
    assert shown.quotes[0].text == "Python"


def test_old_weak_or_short_evidence_is_less() -> None:
    rule = EvidenceRule(max_age=3)
    spec = role(asks("Python", at_least=5, rule=rule))
    few = judged(spec, person("a", fact("skill", name="Python", years=2)))
    old = judged(spec, person("b", fact("skill", name="Python", years=9, last_used="2014")))
    good = judged(spec, person("c", fact("skill", name="Python", years=9, last_used="2026")))

    assert [one.evidence[0].standing for one in (few, old, good)] == ["partly", "partly", "met"]
    assert "2 years of the 5 asked for" in few.evidence[0].sentence
    assert "older than the 3 years that count" in old.evidence[0].sentence
    assert good.score > max(few.score, old.score)


def test_a_list_says_why_who_is_next_and_what_would_change_it() -> None:
    nearly = person(
        "nearly",
        fact("title", name="Data Engineer", current=True),
        fact("skill", name="Python", years=7),
    )
    some = person("some", *strong("x").facts[:3], sentences=strong("x").sentences[:1])
    ranked = chosen(DATA_ROLE, [strong("best"), some, nearly], size=2)

    assert [one.judged.key for one in ranked.listed] == ["best", "some"]
    best, second = ranked.listed
    assert [one.key for one in best.reasons] == ["skill:python", "skill:spark", "skill:aws"]
    assert all(quote.text for one in best.reasons for quote in one.quotes)
    assert "skill:aws" in best.best_at
    assert second.judged.features["musts"] > 0.5
    left = ranked.left[0]
    assert left.judged.key == "nearly"
    assert left.lacks in {"skill:spark", "skill:aws"}


def test_what_would_change_is_found_by_scoring_again() -> None:
    open_ = person("open", *strong("x").facts[:2], sentences=strong("x").sentences)
    spec = role(asks("Python"), asks("Kubernetes"), asks("AWS", Tier.SHOULD))
    ranked = chosen(spec, [open_, strong("other")])
    told = {one.judged.key: one.would_change for one in ranked.listed}

    assert any("Without Kubernetes they would be off the list" in each for each in told["open"])


def test_nobody_is_listed_where_nobody_stands_out() -> None:
    strict = replace(LENIENT, best_misfits=tuple(50.0 + step for step in range(40)))
    ranked = choosing.choose(DATA_ROLE, [strong("a")], today=TODAY, model=strict)

    assert not ranked.listed
    assert "40 roles" in ranked.abstained
    assert [one.judged.key for one in ranked.left] == ["a"]
    assert chosen(DATA_ROLE, []).abstained == "There was nobody to choose from."
    out = chosen(DATA_ROLE, [person("a", fact("skill", "lacks", name="Python"))])
    assert out.abstained.startswith("Nobody fits: something keeps out all 1 people")


def test_with_too_few_roles_to_learn_from_nobody_is_chosen() -> None:
    few = replace(LENIENT, best_misfits=(-9.0, -8.0))
    ranked = choosing.choose(DATA_ROLE, [strong("a")], today=TODAY, model=few)

    assert "Nobody can be chosen yet" in ranked.abstained


def test_less_risk_lists_fewer() -> None:
    assert cut.least_score(LENIENT, risk=0.05) > cut.least_score(LENIENT, risk=0.5)
    assert cut.p_value(LENIENT, -100) == 1.0


def test_no_weight_of_what_was_learnt_is_below_nothing() -> None:
    model = likelihood.usual()

    assert all(weight >= 0 for weight in model.weights.values())
    shares = [share for _, share in model.calibration]
    assert shares == sorted(shares)
    assert len(model.best_misfits) >= cut.FEW
