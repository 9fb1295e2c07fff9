"""Past lists are played again from what was kept of them, and measured on what was not learnt."""

from dataclasses import replace

import pytest

from tests.unit.shortlists.pasts import asks, passed, person, profile, shortlist, wanted
from warmbench.shortlists import cut, lessons, likelihood, plainly, replay
from warmbench.shortlists.answered import PastList
from warmbench.shortlists.requirements import Spec, Tier

LENIENT = replace(likelihood.usual(), best_misfits=tuple(-9.0 + n / 100 for n in range(40)))
SPEC = profile(asks("Go"), asks("Kafka"), asks("Rust", Tier.SHOULD))
GO, KAFKA, RUST = "skill:go", "skill:kafka", "skill:rust"
HEAVY_KAFKA = profile(asks("Go", weight=0.3), asks("Kafka", weight=3.0), asks("Rust", Tier.SHOULD))


def test_agreement_counts_pairs_of_one_list() -> None:
    lists = [
        shortlist(
            person(SPEC, 0.9, 0.9, 0.5, said=wanted()), person(SPEC, 0.2, 0.2, 0.5, said=passed())
        ),
        shortlist(
            person(SPEC, 0.2, 0.2, 0.5, said=wanted()), person(SPEC, 0.9, 0.9, 0.5, said=passed())
        ),
        shortlist(person(SPEC, 0.9, 0.9, 0.5, said=wanted()), person(SPEC, 1, 1, 1)),
    ]
    found = replay.play(SPEC, LENIENT, lists, lambda _: SPEC)
    assert (found.before.right, found.before.pairs, found.before.people) == (1, 2, 5)
    assert found.before == found.after
    assert found.before.share == 0.5
    assert replay.from_json(replay.to_json(found)) == found


def test_a_list_has_no_part_in_the_weights_it_is_held_against() -> None:
    lists = [shortlist(person(SPEC, 1, 1, 1, said=wanted())) for _ in range(3)]
    seen: list[list[PastList]] = []

    def learn(rest: object) -> Spec:
        seen.append(list(rest))  # type: ignore[call-overload]
        return SPEC

    replay.play(SPEC, LENIENT, lists, learn)
    assert seen == [[lists[1], lists[2]], [lists[0], lists[2]], [lists[0], lists[1]]]


def test_other_weights_bring_people_in_and_put_others_out() -> None:
    people = [person(SPEC, 0.9, 0.3 + n / 100, 0.5) for n in range(5)]
    strong = replace(person(SPEC, 0.3, 0.85, 0.5), is_listed=False)
    past = shortlist(*people, strong)
    [one] = replay.moved((SPEC, LENIENT), (HEAVY_KAFKA, LENIENT), [past])
    assert (one.came, one.went) == ((strong.entry_id,), (people[0].entry_id,))
    assert replay.moved((SPEC, LENIENT), (SPEC, LENIENT), [past]) == ()


def test_who_lacks_what_becomes_a_must_goes_out() -> None:
    must = profile(asks("Go"), asks("Kafka"), asks("Rust"))
    without = person(SPEC, 0.9, 0.9, 0.0)
    past = shortlist(without, person(SPEC, 0.9, 0.9, 0.9))
    [one] = replay.moved((SPEC, LENIENT), (must, LENIENT), [past])
    assert (one.came, one.went) == ((), (without.entry_id,))


def test_who_was_kept_out_by_what_stays_stays_out() -> None:
    past = shortlist(person(SPEC, 1, 1, 1, conflict="place"))
    assert replay._chosen((SPEC, LENIENT), past, 5) == []


def test_the_best_who_was_passed_is_told_of_each_list_with_all_answers() -> None:
    best = person(SPEC, 0.9, 0.9, 0.9, said=passed())
    lists = [
        shortlist(best, person(SPEC, 0.2, 0.2, 0.2, said=passed())),
        shortlist(person(SPEC, 0.5, 0.5, 0.5, said=wanted())),
        shortlist(person(SPEC, 1, 1, 1, said=passed()), person(SPEC, 1, 1, 1)),
    ]
    found = replay.best_passed(SPEC, LENIENT, lists)
    assert len(found) == 2
    assert found[1] == replay.score(SPEC, LENIENT, best)
    assert found[0] < replay.score(SPEC, LENIENT, lists[1].people[0])


class TestOwnLists:
    def test_few_of_them_change_nothing(self) -> None:
        own = replace(LENIENT, own_misfits=(5.0,) * (cut.FEW - 1))
        assert cut.p_value(own, 0.0) == cut.p_value(LENIENT, 0.0)

    def test_count_the_more_the_more_there_are(self) -> None:
        found = [
            cut.p_value(replace(LENIENT, own_misfits=(5.0,) * many), 0.0) for many in (10, 30, 90)
        ]
        assert cut.p_value(LENIENT, 0.0) < found[0] < found[1] < found[2]

    def test_move_the_lowest_score_that_is_listed(self) -> None:
        own = replace(LENIENT, own_misfits=tuple(n / 10 for n in range(30)))
        least = cut.least_score(own, risk=0.2)
        assert least > cut.least_score(LENIENT, risk=0.2)
        assert cut.is_listed(own, least, risk=0.2)
        assert not cut.is_listed(own, least - 0.001, risk=0.2)


class TestPlainly:
    @staticmethod
    def lists() -> list[PastList]:
        return [
            shortlist(
                person(SPEC, 0.8, 0.8, None, said=passed(RUST)),
                person(SPEC, 0.8, 0.8, 0.0, said=passed(RUST)),
                person(SPEC, 0.8, 0.8, 0.0, said=passed()),
                person(SPEC, 0.8, 0.8, 0.9, said=wanted(RUST)),
                person(SPEC, 0.6, 0.8, 0.9, said=wanted()),
            )
            for _ in range(2)
        ]

    def test_a_must_is_what_nobody_was_wanted_without(self) -> None:
        assert plainly.new_musts(SPEC, self.lists()) == (RUST,)
        one = shortlist(person(SPEC, 0.8, 0.8, 0.0, said=wanted()))
        assert plainly.new_musts(SPEC, [*self.lists(), one]) == ()
        assert plainly.new_musts(SPEC, self.lists()[:1]) == ()

    def test_evidence_is_too_mild_where_people_are_passed_for_what_they_have(self) -> None:
        had = [
            shortlist(*(person(SPEC, 0.95, 0.5, 0.5, said=passed(GO)) for _ in range(2)))
            for _ in range(2)
        ]
        assert plainly.too_mild(SPEC, had) == (GO,)
        assert plainly.too_mild(SPEC, had[:1]) == ()

    def test_numbers_stand_beside_each_requirement(self) -> None:
        rust = plainly.told(SPEC, self.lists())[2]
        assert (rust.wanted, rust.passed, rust.named_for, rust.named_against) == (4, 6, 2, 4)
        assert rust.wanted_share > 0.8
        assert rust.passed_share < 0.1
        assert len(rust.answer_ids) == 6


class TestLearning:
    @pytest.mark.parametrize("many", [0, 1])
    def test_takes_answers_on_two_lists(self, many: int) -> None:
        found = lessons.learn(SPEC, LENIENT, TestPlainly.lists()[:many])
        assert "it takes 6 on 2 lists" in found.why_not

    def test_takes_people_who_were_wanted_and_people_who_were_not(self) -> None:
        lists = [shortlist(*(person(SPEC, 1, 1, n / 5, said=wanted()) for n in range(4)))] * 2
        assert "8 of 8 people were wanted" in lessons.learn(SPEC, LENIENT, lists).why_not

    def test_proposes_what_the_answers_say_plainly(self) -> None:
        found = lessons.learn(SPEC, LENIENT, TestPlainly.lists())
        assert found.is_proposed
        assert found.musts == (RUST,)
        assert (found.told, found.lists) == (10, 2)

    def test_proposes_nothing_where_answers_agree_with_the_profile(self) -> None:
        lists = [
            shortlist(
                person(SPEC, 0.9, 0.9, 0.9, said=wanted()),
                person(SPEC, 0.8, 0.8, 0.8, said=wanted()),
                person(SPEC, 0.2, 0.2, 0.2, said=passed()),
                person(SPEC, 0.3, 0.3, 0.3, said=passed()),
            )
            for _ in range(3)
        ]
        found = lessons.learn(SPEC, LENIENT, lists)
        assert not found.is_proposed
        assert found.why_not.startswith("The answers agree")

    def test_proposes_a_weight_with_what_was_said_of_it(self) -> None:
        lists = [
            shortlist(
                person(SPEC, 0.2 + n / 50, 0.9, 0.5, said=wanted(KAFKA)),
                person(SPEC, 0.3, 0.8, 0.5, said=wanted()),
                person(SPEC, 0.9, 0.1, 0.5, said=passed(KAFKA)),
                person(SPEC, 0.8, 0.2, 0.5, said=passed(KAFKA)),
            )
            for n in range(5)
        ]
        found = lessons.learn(SPEC, LENIENT, lists)
        go, kafka, rust = found.changes
        assert kafka.is_proposed
        assert kafka.weight.after > kafka.weight.low > kafka.weight.before
        assert not rust.is_proposed
        assert kafka.told.named_against == 10
        assert found.replay is not None
        assert found.replay.after.share >= found.replay.before.share
        assert go.weight.after < 1

    def test_takes_own_lists_for_the_cut_once_there_are_enough(self) -> None:
        past = TestPlainly.lists()[0]
        found = lessons.learn(SPEC, LENIENT, [past] * cut.FEW)
        assert len(found.misfits) == cut.FEW
        fewer = lessons.learn(SPEC, LENIENT, [past] * (cut.FEW - 1))
        assert fewer.misfits == ()
