"""What is new in a mail is found, and nothing that the person wrote is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import replies
from warmbench.messaging.inbound import mail, quotes

LETTER = st.text(max_size=400)
#: What a careless rule would need quadratic time for.
HOSTILE = {
    "words": "On " + "word " * 50_000,
    "attributions": "On 3 May 2026 at 10:00 a@b wrote:\nhello\n" * 25_000,
    "dashes": "-" * 1_000_000,
    "lines of dashes": "-----\n" * 150_000,
    "quoted lines": ">\n" * 500_000,
    "fields": ("From: x" + "\n" * 50) * 17_000,
    "signatures": "-- \nx\n" * 150_000,
    "blank lines before": "\n" * 1_000_000 + "x",
    "blank lines behind": "x" + "\n" * 1_000_000,
    "disclaimers": "confidential in error attachments\n\n" * 28_000,
}


def new_text(raw: str) -> str:
    return quotes.new_text(mail.read(f"Subject: Re: a role\n\n{raw}".encode()))


class TestNewText:
    def test_is_told_from_quotes_as_well_as_measured(self) -> None:
        found = replies.quotes_on("test")
        assert found.exact >= 0.92
        assert found.f1 >= 0.95
        assert found.lost <= 2
        assert found.leaked <= 3

    def test_our_own_footer_opts_nobody_out(self) -> None:
        for part in ("dev", "test"):
            found = replies.quotes_on(part)
            assert found.with_footer >= 12
            assert found.stopped_by_footer == 0

    def test_answers_between_quotes_stay(self) -> None:
        head = "On 3 May 2026 at 10:00 Bob <b@example.com> wrote:"
        assert new_text(f"{head}\n> One?\n\nYes.\n\n> Two?\n\nNo.\n").split() == ["Yes.", "No."]

    @pytest.mark.parametrize(
        "line",
        [
            "On Monday I wrote: maybe.",
            "From: my heart",
            "> 100k or nothing",
            "PS: do call me",
            "This message was delivered to me in error, I am not the intended recipient.",
        ],
    )
    def test_lines_that_a_person_typed_stay(self, line: str) -> None:
        below = "\n\nOn 3 May 2026 at 10:00 Bob <b@example.com> wrote:\n\n> Hello Ana\n> there\n"
        assert line in new_text(f"Hello,\n\n{line}\n\nAna{below}")

    def test_what_is_written_below_our_footer_stays(self) -> None:
        link = "https://talk.example.com/p/" + "x" * 43
        head = "From: Bob <b@example.com>\nSent: 3 May 2026\nTo: Ana\nSubject: Hello\n\nHi Ana\n"
        assert new_text(f"{head}\nChoose what you hear about: {link}\n\nI am in.\n") == "I am in."

    def test_html_marks_are_used(self) -> None:
        raw = (
            "Content-Type: text/html\n\n<div>Yes please</div><div id='Signature'>Ana, CFO</div>"
            "<div class='gmail_quote'>somebody wrote<blockquote>Unsubscribe</blockquote></div>"
        )
        assert quotes.new_text(mail.read(raw.encode())) == "Yes please"

    @given(LETTER)
    def test_any_text_can_be_read(self, text: str) -> None:
        assert isinstance(quotes.of_text(text), str)

    @given(st.text(max_size=300))
    def test_any_html_can_be_read(self, text: str) -> None:
        raw = f"Content-Type: text/html; charset=utf-8\n\n{text}".encode("utf-8", "replace")
        assert isinstance(quotes.new_text(mail.read(raw)), str)

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
    def test_a_hostile_megabyte_does_not_hang_it(self, text: str) -> None:
        assert isinstance(quotes.of_text(text), str)
