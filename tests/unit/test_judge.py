"""Who looked: rules that a page can name, and laws that no history may break."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.make import NOW
from warmbench.messaging import unseen
from warmbench.signals.data_centres import Networks, known
from warmbench.signals.judge import HitFacts, MessageFacts, Verdict, judge
from warmbench.signals.judge_rules import Rule, kind_of, score
from warmbench.signals.models import Hit

HANDED = NOW - timedelta(hours=1)
CLOUDS = Networks(["203.0.113.0/24", "2001:db8::/32"])

READER = HitFacts(
    message=1,
    candidate=1,
    kind="click",
    link=0,
    method="GET",
    at=NOW,
    agent="a",
    network="198.51.100.0/24",
    system="windows",
    has_language=True,
)
#: Of a mail, what follows its hidden link.
TRAP: dict[str, Any] = {"link": unseen.HIDDEN_LINK, "flags": ("honeypot",)}


def after(seconds: float, **changed: Any) -> HitFacts:
    return replace(READER, at=NOW + timedelta(seconds=seconds), **changed)


def other_mail(number: int, seconds: float, **changed: Any) -> HitFacts:
    return after(seconds, message=number, candidate=number, **changed)


def judged(*hits: HitFacts, links: int = 5) -> list[Verdict]:
    messages = {hit.message: MessageFacts(HANDED, links) for hit in hits}
    return judge(hits, messages, clouds=CLOUDS)


def kinds(*hits: HitFacts, links: int = 5) -> list[str]:
    return [str(verdict.kind) for verdict in judged(*hits, links=links)]


def rules(*hits: HitFacts, links: int = 5) -> list[set[Rule]]:
    return [set(verdict.rules) for verdict in judged(*hits, links=links)]


class TestOneVisit:
    def test_of_a_reader_is_a_persons(self) -> None:
        assert judged(READER) == [Verdict(Hit.Verdict.HUMAN, 0.0)]

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
    def test_that_only_asks_about_the_page_is_a_machines(self, method: str) -> None:
        asked = replace(READER, method=method)

        assert judged(asked) == [Verdict(Hit.Verdict.MACHINE, 0.99, (Rule.NOT_A_VISIT,))]

    @pytest.mark.parametrize(
        ("changed", "rule", "kind"),
        [
            (TRAP, Rule.HONEYPOT, "machine"),
            ({"flags": ("provider_bot",)}, Rule.PROVIDER_SAYS, "machine"),
            ({"flags": ("prefetch",)}, Rule.AHEAD, "machine"),
            ({"system": "bot"}, Rule.NAMED_ITSELF, "machine"),
            ({"system": "proxy"}, Rule.NAMED_ITSELF, "machine"),
            ({"system": "proxy", "kind": "open"}, Rule.PICTURE_PROXY, "unsure"),
            ({"network": "203.0.113.0/24"}, Rule.DATA_CENTRE, "unsure"),
            ({"network": "2001:db8:7::/48"}, Rule.DATA_CENTRE, "unsure"),
            ({"has_language": False}, Rule.NO_LANGUAGE, "unsure"),
        ],
    )
    def test_that_marks_itself_is_told_by_one_rule(
        self, changed: dict[str, Any], rule: Rule, kind: str
    ) -> None:
        (verdict,) = judged(replace(READER, **changed))

        assert (verdict.rules, verdict.kind) == ((rule,), kind)

    @pytest.mark.parametrize(
        "changed",
        [
            {"network": ""},
            {"network": "192.0.2.0/24"},
            {"system": ""},
            {"flags": ("unheard_of",)},
            # Mail programs load pictures without naming a language.
            {"kind": "open", "has_language": False},
        ],
    )
    def test_that_is_merely_odd_is_a_persons(self, changed: dict[str, Any]) -> None:
        assert kinds(replace(READER, **changed)) == ["human"]

    def test_of_a_picture_proxy_is_not_held_against_it_for_its_network(self) -> None:
        proxy = replace(READER, kind="open", system="proxy", network="203.0.113.0/24")

        assert rules(proxy) == [{Rule.PICTURE_PROXY}]

    def test_with_two_weak_signs_is_a_machines(self) -> None:
        assert kinds(replace(READER, has_language=False, network="203.0.113.0/24")) == ["machine"]

    def test_counts_as_what_a_user_said(self) -> None:
        scanner, reader = replace(READER, **TRAP), replace(READER, link=1)

        assert judged(replace(scanner, said="human"))[0].kind == "human"
        assert judged(replace(reader, said="machine"))[0] == Verdict(Hit.Verdict.MACHINE, 1.0)


class TestATime:
    def test_at_which_nobody_can_have_read_the_mail_is_a_machines(self) -> None:
        hits = [
            replace(READER, at=HANDED - timedelta(seconds=1)),
            replace(READER, at=HANDED + timedelta(seconds=9), network="192.0.2.0/24"),
            replace(READER, at=HANDED + timedelta(seconds=10), network="192.0.3.0/24"),
            replace(READER, at=HANDED + timedelta(seconds=60), network="192.0.4.0/24"),
        ]

        assert rules(*hits) == [{Rule.TOO_SOON}, {Rule.TOO_SOON}, {Rule.FRESH}, set()]

    def test_is_shorter_on_a_phone_in_the_hand(self) -> None:
        thumb = replace(READER, system="ios", at=HANDED + timedelta(seconds=5))

        assert kinds(thumb) == ["likely"]
        assert kinds(replace(thumb, at=HANDED + timedelta(seconds=4.9))) == ["machine"]

    def test_counts_for_nothing_when_nobody_knows_when_the_mail_left(self) -> None:
        hit = replace(READER, at=HANDED)

        assert judge([hit], {1: MessageFacts(None, 1)}, clouds=CLOUDS)[0].kind == "human"
        assert judge([hit], {}, clouds=CLOUDS)[0].kind == "human"


class TestABurst:
    def test_of_three_links_in_no_time_is_a_machines(self) -> None:
        assert kinds(after(0), after(1, link=1), after(2, link=2)) == ["machine"] * 3

    def test_of_three_links_in_ten_seconds_is_nobodys(self) -> None:
        burst = [after(0), after(4, link=1), after(10, link=2)]

        assert rules(*burst) == [{Rule.ALL_AT_ONCE}] * 3
        assert kinds(*burst) == ["unsure"] * 3
        without_language = [replace(hit, has_language=False) for hit in burst]
        assert kinds(*without_language) == ["machine"] * 3

    def test_in_eleven_seconds_is_a_persons_in_a_hurry(self) -> None:
        assert kinds(after(0), after(4, link=1), after(11, link=2)) == ["human"] * 3

    def test_on_a_phone_is_fast_thumbs(self) -> None:
        thumbs = [after(n, link=n, system="android") for n in (0, 2, 5)]

        assert kinds(*thumbs) == ["human"] * 3
        # Not so fast.
        assert kinds(*[after(n / 2, link=n, system="ios") for n in range(3)]) == ["machine"] * 3

    def test_of_both_links_of_a_short_mail_is_likely_a_persons(self) -> None:
        both = [after(0), after(2, link=1)]

        assert kinds(*both, links=2) == ["likely"] * 2
        assert kinds(*both, links=3) == ["human"] * 2

    def test_of_the_only_link_twice_is_a_persons(self) -> None:
        assert kinds(after(0), after(1), links=1) == ["human"] * 2

    def test_does_not_count_what_the_browser_loads_ahead(self) -> None:
        ahead = after(-1, link=1, flags=("prefetch",))

        assert kinds(ahead, after(0), links=2) == ["machine", "human"]

    def test_of_pictures_is_none(self) -> None:
        assert kinds(*[after(n, kind="open") for n in range(4)]) == ["human"] * 4

    def test_by_visitors_who_come_once_each_is_one_all_the_same(self) -> None:
        burst = [after(3 * n, link=n, agent=str(n), network=f"192.0.{n}.0/24") for n in range(3)]

        assert rules(*burst) == [{Rule.ALL_AT_ONCE, Rule.EVERY_TIME_ANOTHER}] * 3
        assert kinds(*burst) == ["machine"] * 3

    def test_does_not_take_a_reader_along(self) -> None:
        scan = [after(n / 4, link=n, agent="s", network="192.0.2.0/24") for n in range(4)]

        assert kinds(*scan, after(0.5, link=2, system="ios")) == [*["machine"] * 4, "human"]

    def test_beside_the_hidden_link_is_a_machines(self) -> None:
        trap = after(5, agent="s", network="192.0.2.0/24", **TRAP)

        assert rules(after(0), trap)[0] == {Rule.BESIDE_HONEYPOT}
        assert kinds(after(-6), trap) == ["human", "machine"]


class TestTwoWhoFetchTheSameLink:
    elsewhere: dict[str, Any] = {"agent": "s", "network": "192.0.2.0/24", "system": "linux"}

    def test_within_half_a_minute_are_the_reader_and_a_second_look(self) -> None:
        assert rules(after(0), after(12, **self.elsewhere)) == [set(), {Rule.SECOND_SYSTEM}]

    def test_within_a_second_are_a_check_and_the_reader(self) -> None:
        check = after(-0.4, **(self.elsewhere | {"system": "windows"}))

        assert rules(check, after(0)) == [{Rule.BESIDE_CLICK}, set()]

    def test_are_told_apart_by_what_else_there_is(self) -> None:
        first = after(0, has_language=False)

        assert kinds(first, after(12, **self.elsewhere)) == ["machine", "human"]

    @pytest.mark.parametrize(
        "changed",
        [
            {"at": NOW + timedelta(seconds=31)},
            {"link": 1},
            {"system": "windows"},
            {"system": ""},
            {"network": READER.network},
            {"kind": "open"},
        ],
    )
    def test_may_be_one_person(self, changed: dict[str, Any]) -> None:
        second = replace(after(12, **self.elsewhere), **changed)

        assert kinds(after(0), second) == ["human"] * 2


class TestACrowd:
    def test_behind_one_network_is_likely_people(self) -> None:
        office = [other_mail(n, 10 * n, agent=str(n)) for n in range(5)]

        assert rules(*office) == [{Rule.MANY_READERS}] * 5
        assert kinds(*office) == ["likely"] * 5

    def test_with_one_program_is_unsure(self) -> None:
        assert kinds(*[other_mail(n, 10 * n) for n in range(5)]) == ["unsure"] * 5

    def test_of_four_is_none(self) -> None:
        assert kinds(*[other_mail(n, 10 * n) for n in range(4)]) == ["human"] * 4

    def test_takes_more_than_a_minute_to_be_none(self) -> None:
        assert kinds(*[other_mail(n, 16 * n) for n in range(5)]) == ["human"] * 5

    def test_is_of_people_and_not_of_visits(self) -> None:
        assert kinds(*[after(20 * n) for n in range(9)]) == ["human"] * 9


class TestAShadow:
    def test_is_cast_for_a_quarter_of_an_hour(self) -> None:
        probe = after(0, method="HEAD")

        assert rules(probe, after(900))[1] == {Rule.SAME_VISITOR}
        assert kinds(probe, after(901))[1] == "human"
        assert rules(after(-900), probe)[0] == {Rule.SAME_VISITOR}
        assert kinds(probe, after(900, agent="b"))[1] == "human"
        assert kinds(probe, after(900, network="192.0.2.0/24"))[1] == "human"

    def test_is_longer_the_more_the_scanner_returns(self) -> None:
        visits = [after(600 * n) for n in range(6)]

        assert kinds(after(0, method="HEAD"), *visits) == ["machine"] * 7

    def test_falls_nowhere_when_the_network_is_not_known(self) -> None:
        assert kinds(after(0, method="HEAD", network=""), after(5, network=""))[1] == "human"

    def test_falls_on_other_mails_when_the_machine_is_certain(self) -> None:
        assert rules(after(0, method="HEAD"), other_mail(2, 300))[1] == {Rule.SEEN_ELSEWHERE}

    def test_falls_on_other_mails_when_many_were_caught_by_habits(self) -> None:
        def too_soon(number: int) -> HitFacts:
            return other_mail(number, -3595)

        caught, reader = [too_soon(n) for n in range(2, 5)], other_mail(9, -3000)

        assert kinds(*caught, reader) == ["machine"] * 4
        assert kinds(*caught[:2], reader) == ["machine", "machine", "human"]

    def test_goes_from_mail_to_mail(self) -> None:
        mails = [other_mail(n, 800 * n) for n in range(2, 6)]

        assert kinds(after(800, method="HEAD"), *mails) == ["machine"] * 5

    def test_is_not_cast_by_what_a_readers_own_browser_loads_ahead(self) -> None:
        assert kinds(after(0, flags=("prefetch",)), after(3)) == ["machine", "human"]

    def test_is_not_cast_by_whom_a_user_called_a_person(self) -> None:
        probe = after(0, method="HEAD", said="human")

        assert kinds(probe, after(5), other_mail(2, 9)) == ["human"] * 3

    def test_is_cast_by_a_neighbour_that_was_judged_before(self) -> None:
        neighbour = other_mail(2, 0, found=(Rule.HONEYPOT,))

        assert kinds(neighbour, after(60)) == ["machine", "machine"]


class TestWhatComesOfRules:
    def test_every_rule_says_what_it_means(self) -> None:
        assert all(r.means.endswith(".") and r.label and 0 < r.weight < 1 for r in Rule)

    def test_every_rule_stands_in_the_reference(self) -> None:
        page = Path(__file__).parents[2] / "docs" / "reference" / "visits.md"
        rows = {tuple(line.split(" | ")[:4]) for line in page.read_text().splitlines()}

        assert rows >= {(f"| {r.label}", f"`{r}`", f"{r.weight}", r.means) for r in Rule}

    def test_weights_leave_as_much_doubt_as_they_do_not_take(self) -> None:
        assert score(()) == 0
        assert score({Rule.NO_LANGUAGE, Rule.DATA_CENTRE}) == pytest.approx(1 - 0.35 * 0.35)

    def test_scores_have_four_names(self) -> None:
        scores = (0, 0.14, 0.15, 0.44, 0.45, 0.79, 0.8, 1)

        assert [str(kind_of(one)) for one in scores] == [
            *["human"] * 2, *["likely"] * 2, *["unsure"] * 2, *["machine"] * 2
        ]  # fmt: skip

    @given(st.sets(st.sampled_from(Rule)), st.sampled_from(Rule))
    def test_one_more_rule_never_makes_less_sure(self, fired: set[Rule], more: Rule) -> None:
        assert 0 <= score(fired) <= score(fired | {more}) <= 1


class TestDataCentres:
    def test_come_with_a_list_that_can_be_read(self) -> None:
        assert "34.192.7.0/24" in known()
        assert "198.51.100.0/24" not in known()
        assert "" not in known()

    def test_hold_whole_networks_only(self) -> None:
        clouds = Networks(["198.51.100.0/25", "192.0.2.0/25", "192.0.2.128/25"])

        assert "198.51.100.0/24" not in clouds
        assert "192.0.2.0/24" in clouds
        assert "2001:db8::/48" not in clouds

    def test_cannot_be_read_from_anything_else(self) -> None:
        with pytest.raises(ValueError, match="does not appear"):
            Networks(["the cloud"])


facts = st.builds(
    HitFacts,
    message=st.integers(1, 3),
    candidate=st.integers(1, 3),
    kind=st.sampled_from(["click", "click", "click", "open"]),
    link=st.sampled_from([0, 1, 2, unseen.HIDDEN_LINK]),
    method=st.sampled_from(["GET", "GET", "GET", "GET", "HEAD"]),
    at=st.integers(-3700, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    agent=st.sampled_from(["a", "b"]),
    network=st.sampled_from(["198.51.100.0/24", "203.0.113.0/24", ""]),
    system=st.sampled_from(["windows", "ios", "linux", ""]),
    has_language=st.booleans(),
    flags=st.sampled_from([(), (), (), ("prefetch",), ("provider_bot",)]),
    said=st.sampled_from(["", "", "", "", "human", "machine"]),
)


@settings(max_examples=50)
@given(
    st.lists(facts, min_size=1, max_size=14, unique_by=lambda f: f.at),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_visits_are_told_does_not_matter(
    hits: list[HitFacts], random: Any
) -> None:
    places = list(range(len(hits)))
    random.shuffle(places)

    shuffled = judged(*[hits[i] for i in places])

    assert shuffled == [judged(*hits)[i] for i in places]


@settings(max_examples=50)
@given(st.lists(facts, min_size=1, max_size=8))
def test_whoever_is_not_taken_for_a_person_is_told_why(hits: list[HitFacts]) -> None:
    for hit, verdict in zip(hits, judged(*hits), strict=True):
        assert hit.said or bool(verdict.rules) == (verdict.kind != Hit.Verdict.HUMAN)
        assert hit.said or kind_of(score(verdict.rules)) == verdict.kind
