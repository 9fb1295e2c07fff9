"""Files of sequences say what they mean, or where they do not."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.nurture import outline, sequence_files
from warmbench.nurture.models import Step
from warmbench.nurture.outline import FIELDS, Cadence, Outline, StepOutline
from warmbench.nurture.rule_sql import Names
from warmbench.nurture.sequence_files import SequenceFileError

NOBODY = Names({}, {}, {}, {})

GOOD = """\
key: short
name: Short
repeat_from: news
steps:
  - key: hello
    kind: message
    subject: Hello
    body: |
      Hello there.

      All is well.
  - key: news
    kind: content
    wait_days: 30
    content_kind: trends
"""


def read(text: str) -> Outline:
    return sequence_files.read(text, "short.yaml", names=NOBODY)


def mistakes(text: str) -> list[str]:
    with pytest.raises(SequenceFileError) as caught:
        read(text)
    return [str(one) for one in caught.value.mistakes]


words = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\0", exclude_categories=["Cs"]),
    max_size=60,
)
days = st.integers(0, 1_095)
steps = st.builds(
    StepOutline,
    key=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True),
    kind=st.sampled_from(Step.Kind.values),
    wait_days=days,
    channel=st.sampled_from(["email", "sms"]),
    subject=words,
    body=words,
    content_kind=st.sampled_from(["trends", "tip", ""]),
    condition=words,
    otherwise=words,
    task=st.sampled_from(["call", "linkedin", "other"]),
    words=words,
    edit_hours=st.none() | st.integers(1, 100),
    if_not_edited=st.sampled_from(["send", "skip"]),
)
outlines = st.builds(
    Outline,
    key=words,
    name=words,
    description=words,
    trigger=st.sampled_from(["pool", "high_interest"]),
    entry_rule=words,
    exit_rule=words,
    reentry_days=st.none() | days,
    cadence=st.lists(st.builds(Cadence, rule=words, pace=st.integers(10, 1000)), max_size=2).map(
        tuple
    ),
    repeat_from=words,
    steps=st.lists(steps, max_size=4).map(tuple),
)


@given(outlines)
def test_what_is_written_is_read_again_to_the_last_blank(written: Outline) -> None:
    text = sequence_files.write(written)
    reading = sequence_files._Reading("x")
    again = reading.outline(sequence_files._composed(text, "x"))
    assert not reading.mistakes
    assert again == outline.tidied(written)
    assert sequence_files.write(again) == text


@given(st.text(st.sampled_from(" \n\t#-:|>'\"ab{}%&*!ä"), max_size=40))
def test_a_body_of_awkward_characters_comes_back(body: str) -> None:
    written = Outline("k", "n", steps=(StepOutline("a", subject="s", body=body),))
    reading = sequence_files._Reading("x")
    again = reading.outline(sequence_files._composed(sequence_files.write(written), "x"))
    assert again == written


def test_bodies_are_blocks_of_text() -> None:
    body = "Hello,  \nwith a break.\n\n- a list\n"
    text = sequence_files.write(Outline("k", "n", steps=(StepOutline("a", body=body),)))
    assert "    body: |\n      Hello,  \n      with a break.\n\n      - a list\n" in text


def test_everything_wrong_is_said_at_once_with_its_line() -> None:
    text = """\
key: Short
name: Short
entry_rule: |
  status = passive
  and stattus = open
repeat_from: nowhere
trigegr: pool
steps:
  - key: hello
    kind: mesage
    wait_days: soon
  - key: hello
    kind: message
    subject: Hello {{ frist_name }}
    body: |
      Hello there.

      {{ month }
  - key: tip
    kind: content
    content_kind: tips
    body: Why not
  - just words
"""
    found = [one.removeprefix("short.yaml, line ") for one in mistakes(text)]
    assert [one.partition(":")[0] for one in found] == [
        "1, key",
        "5, entry_rule",
        "6, repeat_from",
        "7, trigegr",
        "10, steps[0].kind",
        "11, steps[0].wait_days",
        "12, steps[1].key",
        "14, steps[1].subject",
        "18, steps[1].body",
        "21, steps[2].content_kind",
        "22, steps[2].body",
        "23, steps[3]",
    ]
    for at, word in ((1, "status"), (3, "trigger"), (4, "message"), (7, "first_name"), (9, "tip")):
        assert f"id you mean “{word}”?" in found[at]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: There is no sequence in it."),
        ("- a\n- b\n", "line 1: There is no sequence in it."),
        ("key: a\n\tname: b\n", "line 2: There is a tab here."),
        ("key: a\nname: one: two\n", "line 2: A text with a colon in it belongs in quotation"),
        ("key: a\n---\nkey: b\n", "line 2: Another file begins here."),
        ("key: a\nname: \x07\n", "line 2: There is a character here that cannot be seen."),
        ("key: &a a\nname: *a\n", "line 1: “&” and “*” stand for something else"),
        ("key: !!python/object/apply:os.system ['true']\n", "line 1: “!” gives a type here."),
        ("steps: [[[[[[a]]]]]]\n", "line 1: There are lists within lists"),
        ("key: a\nkey: b\nname: c\n", "line 2, key: “key” is said twice."),
        ("key: a\nname: [b]\n", "line 2, name: One value belongs here, not a list."),
        ("key: a\nname: b\nsteps: some\n", "line 3, steps: A list belongs here"),
        ("key: a\nname: b\n? [c]\n: d\n", "line 3: A name belongs before the colon."),
        ("key: a\nname: b\n", "line 1, steps: There is no step yet: add one."),
        ("key: a\nname: b\nsteps:\n  - key: c\n", "line 4, steps[0]: Say what it is"),
        ("key: a\nname: b\nsteps:\n - {kind: exit}\n", "steps[0].key: A key is missing."),
        ("key: a\nname: [\n", "line 3: This is not YAML"),
        # PostgreSQL would refuse it.
        ('key: a\nname: "b\\0"\n', "line 2, name: There is a character here that cannot be kept."),
        ('key: a\nname: "\\ud800"\n', "line 2, name: There is a character here that cannot be"),
        (
            GOOD.replace("subject: Hello", "channel: sms\n    subject: Hello"),
            "line 8, steps[0].subject: A text message has no subject: take it out.",
        ),
    ],
)
def test_every_mistake_has_a_sentence(text: str, said: str) -> None:
    assert any(said in one for one in mistakes(text))


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    began = time.monotonic()
    assert "line 1: “&” and “*”" in mistakes(f"a0: &a0 [x]\n{levels}")[0]
    assert time.monotonic() - began < 10


def test_a_file_that_is_too_long_is_not_looked_at() -> None:
    assert "at most 400,000" in mistakes("[" * 400_001)[0]


def test_a_file_of_very_many_parts_is_refused_in_time() -> None:
    began = time.monotonic()
    assert "more in it than in any sequence" in mistakes("a: 1\n" * 80_000)[0]
    assert time.monotonic() - began < 10


def test_the_deepest_file_is_refused_before_it_is_taken_apart() -> None:
    assert "lists within lists" in mistakes("[" * 400_000)[0]


def test_words_that_yaml_takes_for_something_else_are_words() -> None:
    read_one = read(GOOD.replace("name: Short", "name: no").replace("key: short", "key: 2026"))
    assert (read_one.name, read_one.key) == ("no", "2026")


def test_a_good_file_is_read() -> None:
    hello, news = read(GOOD).steps
    assert hello == StepOutline("hello", subject="Hello", body="Hello there.\n\nAll is well.\n")
    assert news == StepOutline("news", kind="content", wait_days=30, content_kind="trends")


def test_what_a_kind_has_no_use_for_is_not_written() -> None:
    leftover = StepOutline("a", kind="wait", wait_days=3, subject="Hello", condition="x")
    text = sequence_files.write(Outline("k", "n", steps=(leftover,)))
    assert "Hello" not in text
    assert set(FIELDS) == set(Step.Kind.values)
    assert read(text).steps == (replace(leftover, subject="", condition=""),)
