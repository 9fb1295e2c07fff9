"""Outlines: edited without losing anything, published only when they are right."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_sequence_files import NOBODY, outlines
from warmbench.nurture import outline
from warmbench.nurture.differences import Kind, differences
from warmbench.nurture.models import Step
from warmbench.nurture.outline import Cadence, Outline, StepOutline


def step(key: str, kind: str = "wait", wait_days: int = 7, **fields: object) -> StepOutline:
    return StepOutline(key, kind=kind, wait_days=wait_days, **fields)  # type: ignore[arg-type]


def of(*steps: StepOutline, **fields: object) -> Outline:
    return Outline("k", "K", steps=steps, **fields)  # type: ignore[arg-type]


def problems(written: Outline) -> dict[str, str]:
    return {one.where: one.sentence for one in outline.problems(written, names=NOBODY)}


ABC = of(step("a"), step("b"), step("c"))


class TestJson:
    @given(outlines)
    def test_comes_back_as_it_was(self, written: Outline) -> None:
        assert outline.from_json(outline.to_json(written)) == written

    @pytest.mark.parametrize(
        "stored",
        [
            {},
            {"key": 3, "name": None, "steps": "x", "cadence": {}},
            {"steps": [None, 3, [], {"key": None, "wait_days": "soon", "edit_hours": "1"}]},
            {"steps": [{"key": "a", "wait_days": True}], "cadence": [{"pace": "fast"}]},
            {"later": 1, "steps": [{"later": 2}]},
        ],
    )
    def test_nonsense_is_a_draft_too(self, stored: dict[str, object]) -> None:
        assert all(one.wait_days == 0 for one in outline.from_json(stored).steps)

    def test_what_the_database_cannot_keep_is_left_out(self) -> None:
        read = outline.from_json({"name": "a\0b\ud800", "steps": [{"body": "a\r\nb\rc"}]})
        assert (read.name, read.steps[0].body) == ("ab", "a\nb\nc")


class TestEdits:
    def test_a_step_goes_where_it_is_put(self) -> None:
        keys = [[one.key for one in outline.moved(ABC, "a", to).steps] for to in (-1, 1, 9)]
        assert keys == [["a", "b", "c"], ["b", "a", "c"], ["b", "c", "a"]]

    @given(st.permutations("abcd"), st.sampled_from("abcd"), st.integers(-2, 6))
    def test_moving_loses_nothing(self, keys: list[str], which: str, to: int) -> None:
        written = of(*map(step, keys))
        after = outline.moved(written, which, to)
        assert sorted(one.key for one in after.steps) == sorted(keys)
        assert [k.key for k in after.steps if k.key != which] == [k for k in keys if k != which]
        assert after.steps[max(0, min(to, 3))].key == which

    def test_a_step_is_added_changed_and_taken_out(self) -> None:
        more = outline.added(outline.added(ABC, step("x"), 1), step("y"))
        assert [one.key for one in more.steps] == ["a", "x", "b", "c", "y"]
        assert outline.changed(ABC, "b", wait_days=30).step("b").wait_days == 30
        assert outline.without(ABC, "b") == of(step("a"), step("c"))

    def test_what_led_to_a_step_that_is_gone_is_a_problem(self) -> None:
        asks = step("a", "branch", condition="status = open", otherwise="c")
        written = outline.without(of(asks, step("b"), step("c"), repeat_from="c"), "c")
        assert problems(written) == {
            "steps[0].otherwise": "There is no step “c”.",
            "repeat_from": "There is no step “c”.",
        }

    def test_a_new_step_gets_a_key_of_its_own(self) -> None:
        assert outline.fresh_key(ABC, "d") == "d"
        assert outline.fresh_key(of(step("a"), step("a-2")), "a") == "a-3"

    def test_there_is_no_step_of_another_key(self) -> None:
        with pytest.raises(KeyError):
            ABC.step("d")


class TestProblems:
    def test_right_ones_have_none(self) -> None:
        assert problems(ABC) == {}

    @pytest.mark.parametrize(
        ("written", "where", "said"),
        [
            (replace(ABC, key=""), "key", "A key is missing"),
            (replace(ABC, key="k" * 41), "key", "at most 40 characters, this one 41"),
            (replace(ABC, name=" "), "name", "Give the sequence a name."),
            (replace(ABC, name="x" * 101), "name", "at most 100 characters, not 101"),
            (replace(ABC, description="a\nb"), "description", "on one line"),
            (replace(ABC, trigger="poool"), "trigger", "Did you mean “pool”?"),
            (replace(ABC, trigger=""), "trigger", "Choose one of pool"),
            (replace(ABC, reentry_days=-1), "reentry_days", "from 0 to 1,095"),
            (replace(ABC, exit_rule="status = "), "exit_rule", "ends where a value"),
            (replace(ABC, cadence=(Cadence("", 100),)), "cadence[0].rule", "Say for whom."),
            (replace(ABC, cadence=(Cadence("suppressed", 5),)), "cadence[0].pace", "10 to 1,000"),
            (replace(ABC, cadence=(Cadence("suppressed"),) * 21), "cadence", "20 rules"),
            (of(), "steps", "no step yet"),
            (of(*(step(f"s{n}") for n in range(101))), "steps", "at most 100 steps"),
            (of(step("a"), step("a")), "steps[1].key", "Another step is called “a”"),
            (of(step("a", "wiat")), "steps[0].kind", "Did you mean “wait”?"),
            (of(step("a", wait_days=-1)), "steps[0].wait_days", "from 0 to 1,095"),
            (of(step("a", "content")), "steps[0].content_kind", "Choose one of trends"),
            (of(step("a", "message", body="b")), "steps[0].subject", "There is nothing in it."),
            (of(step("a", "message", subject="s")), "steps[0].body", "There is nothing in it."),
            (of(step("a", "follow_up", words="x")), "steps[0].task", "call, linkedin, other"),
            (of(step("a", "notification")), "steps[0].words", "Say it in words."),
            (of(step("a", "branch")), "steps[0].condition", "Say what the branch asks."),
            (
                of(step("b"), step("a", "branch", condition="suppressed", otherwise="b")),
                "steps[1].otherwise",
                "does not come later",
            ),
            (
                of(step("a", "check_in", subject="s", body="b", edit_hours=169)),
                "steps[0].edit_hours",
                "from 1 to 168",
            ),
            (
                of(step("a", "message", channel="fax", subject="s", body="b")),
                "steps[0].channel",
                "Choose one of email, sms",
            ),
            (
                of(step("a", "message", channel="sms", body="x" * 1601)),
                "steps[0].body",
                "longer than 1,600 characters",
            ),
            (of(step("a", "exit"), step("b")), "steps[1]", "No way leads to this step."),
            (of(step("a", wait_days=6), repeat_from="a"), "repeat_from", "now it is 6."),
        ],
    )
    def test_each_says_where_and_what(self, written: Outline, where: str, said: str) -> None:
        assert said in problems(written)[where]

    def test_long_keys_have_to_fit_into_one_touch(self) -> None:
        written = replace(of(step("s" * 40)), key="k" * 40)
        assert "79 characters together" in problems(written)["steps[0].key"]
        assert problems(replace(written, key="k" * 39)) == {}

    def test_the_wrong_line_of_a_body_is_named(self) -> None:
        wrong = step("a", "message", subject="s", body="Hello\n\n{{ nobody }}")
        (found,) = outline.problems(of(wrong), names=NOBODY)
        assert (found.where, found.line) == ("steps[0].body", 3)

    def test_a_way_around_the_waits_is_found(self) -> None:
        """A repeated part that a branch can leave at once would go round and round in an hour."""
        asks = step("a", "branch", wait_days=1, condition="suppressed", otherwise="")
        written = of(asks, step("b", wait_days=30), repeat_from="a")
        assert "now it is 1." in problems(written)["repeat_from"]
        leads_on = replace(asks, otherwise="b")
        assert problems(of(leads_on, step("b", wait_days=30), repeat_from="a")) == {}
        ends = of(asks, step("b", wait_days=30), step("c", "exit"), repeat_from="a")
        assert "repeat_from" in problems(ends)

    def test_what_a_kind_has_no_use_for_is_no_problem_and_is_not_published(self) -> None:
        leftover = step("a", subject="{{ nobody }}", condition="x", edit_hours=900)
        assert problems(of(leftover)) == {}
        assert outline.tidied(of(leftover)) == of(step("a"))

    @given(outlines)
    def test_whatever_is_written_it_is_judged(self, written: Outline) -> None:
        for one in outline.problems(written, names=NOBODY):
            assert one.sentence[0].isupper() or not one.sentence[0].isalpha()
            assert one.sentence.endswith((".", "?"))


class TestDifferences:
    def test_nothing_is_different_from_itself(self) -> None:
        assert differences(ABC, ABC) == []

    def test_leftovers_make_no_difference(self) -> None:
        assert differences(ABC, outline.changed(ABC, "a", subject="Hello")) == []

    @pytest.mark.parametrize(
        ("new", "said"),
        [
            (replace(ABC, name="L"), ["Name: “K” becomes “L”."]),
            (replace(ABC, reentry_days=3), ["Reentry days: nothing becomes “3”."]),
            (
                replace(ABC, cadence=(Cadence("suppressed", 300),)),
                ["Cadence: nothing becomes “suppressed: 300 %”."],
            ),
            (outline.moved(ABC, "c", 0), ["Step “c” comes first; it came after “b”."]),
            (outline.without(ABC, "b"), ["Step “b” is gone: wait after 7 days."]),
            (
                outline.added(ABC, step("x", "exit", wait_days=0), 1),
                ["Step “x” is new: exit at once, after “a”."],
            ),
            (
                outline.changed(ABC, "a", kind="notification", words="Look"),
                [
                    "Step “a”, kind: “wait” becomes “notification”.",
                    "Step “a”, words: nothing becomes “Look”.",
                ],
            ),
        ],
    )
    def test_each_is_said_in_a_sentence(self, new: Outline, said: list[str]) -> None:
        assert [str(one) for one in differences(ABC, new)] == said

    def test_a_changed_text_is_named_and_both_are_there(self) -> None:
        old = of(step("a", "message", subject="s", body="One.\nTwo.\n"))
        (found,) = differences(old, outline.changed(old, "a", body="One.\nThree.\n"))
        assert str(found) == "Step “a”, body reads otherwise."
        assert (found.before, found.after) == ("One.\nTwo.\n", "One.\nThree.\n")

    @given(st.permutations("abcdef"), st.permutations("abcdef"))
    def test_as_few_steps_as_possible_were_moved(self, old: list[str], new: list[str]) -> None:
        """Those that are not called moved stand in the same order in both."""
        found = differences(of(*map(step, old)), of(*map(step, new)))
        assert {one.kind for one in found} <= {Kind.MOVED}
        moved = {one.where.removeprefix("steps.") for one in found}
        assert [key for key in old if key not in moved] == [key for key in new if key not in moved]
        assert len(moved) <= 5

    def test_one_step_that_goes_to_the_end_is_one_that_was_moved(self) -> None:
        (found,) = differences(of(*map(step, "abcd")), of(*map(step, "bcda")))
        assert found.where == "steps.a"

    def test_every_kind_has_a_line_in_the_table_of_fields(self) -> None:
        assert set(outline.FIELDS) == set(Step.Kind.values)
