from hypothesis import given
from hypothesis import strategies as st

from warmbench.nurture import prose


def test_sentences_end_with_stops_paragraphs_and_items() -> None:
    source = (
        'Hi {{ first_name | default: "there" }},\n\n'
        "Two offers differ by a month's pay. So we noted\nthe terms:\n\n"
        "- **A week on standby** was paid\n- Rest stood in writing\n\n"
        "[All the questions we ask](https://example.com/a_b?c=1)"
        "\n\nBest,\n\n{{ recruiter_first_name }}"
    )

    assert [one.text for one in prose.sentences(source)] == [
        "Two offers differ by a month's pay.",
        "So we noted the terms:",
        "A week on standby was paid",
        "Rest stood in writing",
        "All the questions we ask",
    ]


@given(st.text(alphabet="ab {}%[]()*_-.\n#!\"'|:/h", max_size=120))
def test_nothing_moves_when_marks_are_blanked_out(source: str) -> None:
    prose_only = prose.bare(source)

    assert len(prose_only) == len(source)
    assert all(kept in {" ", "\f", was} for kept, was in zip(prose_only, source, strict=True))
