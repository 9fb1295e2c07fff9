"""Texts are taken apart: who speaks, about whom, sentence by sentence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import reading
from warmbench.insight.found import Reading
from warmbench.insight.kinds import SourceKind, Speaker
from warmbench.insight.reading import names, sentences
from warmbench.insight.reading.languages import language_of

DAY = date(2026, 3, 5)
ANA, BEN = "Ana Ruiz", "Ben Okafor"
CANDIDATE, RECRUITER = Speaker.CANDIDATE, Speaker.RECRUITER
MANAGER, OTHER = Speaker.MANAGER, Speaker.OTHER


def read(
    text: str,
    kind: SourceKind = SourceKind.NOTE,
    people: tuple[str, ...] = (ANA,),
    recruiters: tuple[str, ...] = ("Tom Berger",),
) -> Reading:
    return reading.read(text, kind=kind, said_on=DAY, people=people, recruiters=recruiters)


def told(made: Reading) -> list[tuple[Speaker, str]]:
    return [(unit.speaker, unit.text) for unit in made.units]


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("On 92 now. Wants 105.", ["On 92 now.", "Wants 105."]),
        ("wants approx. 80k. notice 3 months", ["wants approx. 80k.", "notice 3 months"]),
        ("Spoke to Dr. Venn. Fine.", ["Spoke to Dr. Venn.", "Fine."]),
        ("Tools, e.g. Excel, are known.", ["Tools, e.g. Excel, are known."]),
        ("Sucht z.B. Köln. Sonst nichts.", ["Sucht z.B. Köln.", "Sonst nichts."]),
        ("85k p.a. brutto. Will mehr.", ["85k p.a. brutto.", "Will mehr."]),
        ("At 85k p.a. Wants more.", ["At 85k p.a.", "Wants more."]),
        ("Budget 1,2 Mio. Euro im Jahr.", ["Budget 1,2 Mio. Euro im Jahr."]),
        ("Frei zum 30. September. Gut.", ["Frei zum 30. September.", "Gut."]),
        ("She is on 85. Wants 95.", ["She is on 85.", "Wants 95."]),
        ("Earns 85.000 now.", ["Earns 85.000 now."]),
        ("Signed J. Crane today.", ["Signed J. Crane today."]),
        ("B.S. Physics, 2011", ["B.S. Physics, 2011"]),
        ("45/hr. Wants 50.", ["45/hr.", "Wants 50."]),
        ("I don't mind. Really.", ["I don't mind.", "Really."]),
        ("Denver? No chance.", ["Denver? No chance."]),
        ("What about Denver and the team there? She laughed.",
         ["What about Denver and the team there?", "She laughed."]),
        ("well… maybe. Yes", ["well… maybe.", "Yes"]),
        ("Communication ........ 5", ["Communication ........ 5"]),
        ("No. 5 was fine", ["No. 5 was fine"]),
        ("Berlin? no. hamburg yes", ["Berlin? no.", "hamburg yes"]),
    ],
)  # fmt: skip
def test_sentences_end_where_people_end_them(text: str, apart: list[str]) -> None:
    assert [text[start:end] for start, end in sentences.cut(text, 0, len(text))] == apart


def test_what_is_dictated_without_a_stop_is_cut_where_one_breathes() -> None:
    text = ("so he is in audit and he likes it and he wants eighty, " * 20).strip()

    pieces = [text[start:end] for start, end in sentences.cut(text, 0, len(text))]

    assert all(len(piece) <= sentences.LONGEST for piece in pieces)
    assert all(piece.endswith(",") for piece in pieces)
    assert " ".join(pieces) == text


def test_a_word_without_end_is_cut_all_the_same() -> None:
    text = "x" * 2_000

    assert [e - s for s, e in sentences.cut(text, 0, len(text))] == [400] * 5


@pytest.mark.parametrize(
    ("label", "speaker"),
    [
        ("Ana Ruiz", CANDIDATE), ("Ana", CANDIDATE), ("ANA RUIZ", CANDIDATE), ("Ana R.", CANDIDATE),
        ("A.R.", CANDIDATE), ("AR", CANDIDATE), ("Ms Ruiz", CANDIDATE),
        ("[00:01:12] Ana", CANDIDATE), ("00:01:12 Ana Ruiz", CANDIDATE), ("Ana (00:12)", CANDIDATE),
        ("**Ana", CANDIDATE),
        ("Candidate", CANDIDATE), ("Bewerberin", CANDIDATE), ("Candidata", CANDIDATE),
        ("Tom", RECRUITER), ("Tom Berger (Acme)", RECRUITER), ("Recruiter", RECRUITER),
        ("Interviewer 2", RECRUITER), ("Me", RECRUITER), ("Hiring manager", MANAGER),
        ("Ana Lindqvist", OTHER), ("Zoe", OTHER),
    ],
)  # fmt: skip
def test_labels_in_many_manners_name_who_speaks(label: str, speaker: Speaker) -> None:
    made = read(
        f"{label}: I want ninety.\nAna Ruiz: Hello.\nTom Berger: Sure.\n{label}: Really.\n",
        SourceKind.TRANSCRIPT,
    )
    assert (made.units[0].speaker, made.units[0].text) == (speaker, "I want ninety.")


def test_a_name_that_candidate_and_recruiter_share_is_nobodys() -> None:
    text = "Tom: I want ninety.\nRecruiter: Fine.\nTom: Thanks.\n"

    made = read(text, SourceKind.TRANSCRIPT, people=("Tom Becker",))

    assert told(made)[0] == (OTHER, "I want ninety.")


@pytest.mark.parametrize(
    ("people", "recruiters", "first"),
    [
        ((), ("Tom Berger",), CANDIDATE),
        (("Elizabeth Crane",), ("Tom Berger",), CANDIDATE),
        (("Elizabeth Crane",), (), OTHER),
        ((), (), OTHER),
    ],
)
def test_whoever_is_left_beside_a_recruiter_is_the_candidate(
    people: tuple[str, ...], recruiters: tuple[str, ...], first: Speaker
) -> None:
    text = "Beth: I want ninety.\nTom Berger: Fine.\nBeth: Thanks.\nTom Berger: Bye.\n"

    assert read(text, SourceKind.TRANSCRIPT, people, recruiters).units[0].speaker == first


def test_somebody_with_another_whole_name_is_not_taken_for_the_candidate() -> None:
    text = "Zoe Adler: I want ninety.\nTom Berger: Fine.\n" * 2

    assert read(text, SourceKind.TRANSCRIPT).units[0].speaker == OTHER


ASKED = """Speaker 1: Hi there. What do you do today?
Speaker 2: I am a controller. I run a team of four and I like it.
Speaker 1: And what would you need?
Speaker 2: I want ninety, my notice is three months.
Speaker 1: Where would you go?
Speaker 2: I would go to Hamburg.
"""


def test_of_two_without_names_whoever_is_asked_is_the_candidate() -> None:
    made = read(ASKED, SourceKind.TRANSCRIPT)

    assert {unit.part % 2: unit.speaker for unit in made.units} == {0: RECRUITER, 1: CANDIDATE}


def test_whoever_is_greeted_by_name_is_the_candidate() -> None:
    text = "Speaker 1: Thanks for calling. I'm curious.\nSpeaker 2: Hi Ana, good of you.\n" * 2

    assert read(text, SourceKind.TRANSCRIPT).units[0].speaker == CANDIDATE


def test_questions_and_answers_are_told_apart() -> None:
    made = read("Q: Pay?\nA: Ninety.\nQ: Notice?\nA: Three months.\n", SourceKind.TRANSCRIPT)

    assert [unit.speaker for unit in made.units] == [RECRUITER, CANDIDATE] * 2


def test_a_turn_goes_on_over_lines_and_heads_are_nobodys() -> None:
    text = (
        "Date: 5 March\nTopic: a talk\n\n"
        "Ana Ruiz  0:12\nI want ninety.\nOr more.\nTom Berger  0:20\nOk.\n"
    )

    made = read(text, SourceKind.TRANSCRIPT)

    assert told(made)[-3:] == [
        (CANDIDATE, "I want ninety."), (CANDIDATE, "Or more."), (RECRUITER, "Ok."),
    ]  # fmt: skip
    assert {unit.speaker for unit in made.units[:-3]} <= {OTHER}


def test_a_talk_without_labels_is_nobodys() -> None:
    made = read("So what do you earn?\nI am on ninety.\n", SourceKind.TRANSCRIPT)

    assert {unit.speaker for unit in made.units} == {OTHER}


MAIL = """From: Ana Ruiz <ana@example.org>
To: Tom Berger
Date: 5 March 2026
Subject: Re: a role

Hi Tom,
I would need 95k. Notice is, as far as I remember the contract,
three months.

Best,
Ana

--
Ana Ruiz · Controller at Hallmann Logistik
This e-mail is confidential.

On 4 March 2026 at 10:12, Tom Berger <tom@example.com> wrote:
> Would you take 80k?
"""


def test_of_a_mail_only_the_new_words_are_read() -> None:
    made = read(MAIL, SourceKind.EMAIL)

    assert (CANDIDATE, "Notice is, as far as I remember the contract,\nthree months.") in told(made)
    assert not any(word in unit.text for unit in made.units for word in ("80k", "Hallmann", "From"))


@pytest.mark.parametrize(
    ("sender", "speaker"),
    [
        ("Ana Ruiz <ana@example.org>", CANDIDATE), ("a.ruiz@example.org", CANDIDATE),
        ("Tom Berger <tom@example.com>", RECRUITER), ("Zoe Adler <zoe@example.com>", OTHER),
        ("sunny77@example.net", CANDIDATE),
    ],
)  # fmt: skip
def test_a_mail_has_the_words_of_whoever_sent_it(sender: str, speaker: Speaker) -> None:
    made = read(f"From: {sender}\nSubject: Re: a role\n\nI need 95k.\n", SourceKind.EMAIL)

    assert told(made) == [(speaker, "I need 95k.")]


@pytest.mark.parametrize(
    ("head"),
    [
        "De : Ana Ruiz\nÀ : Tom Berger\nDate : 9 mars 2026\nObjet : RE: poste",
        "Von: Ana Ruiz\nAn: Tom Berger\nDatum: 9. März 2026\nBetreff: AW: Stelle",
        "De: Ana Ruiz\nPara: Tom Berger\nFecha: 9 de marzo\nAsunto: Re: puesto",
        "Van: Ana Ruiz\nAan: Tom Berger\nDatum: 9 maart\nOnderwerp: RE: functie",
    ],
)
def test_heads_of_mails_are_known_in_five_languages(head: str) -> None:
    assert told(read(f"{head}\n\n95k.\n", SourceKind.EMAIL)) == [(CANDIDATE, "95k.")]


NOTE = """Call w/ Ana Ruiz
- Salary: 85k
- Won't do: Dublin. Or anything public.
2) notice 3 months

**Timing**:
after Easter
still in the office
"""


def test_labels_of_notes_head_what_stands_behind_them() -> None:
    made = read(NOTE)

    assert [(unit.heading, unit.text) for unit in made.units] == [
        ("", "Call w/ Ana Ruiz"),
        ("salary", "Salary: 85k"),
        ("won't do", "Won't do: Dublin."),
        ("won't do", "Or anything public."),
        ("", "notice 3 months"),
        ("timing", "after Easter"),
        ("timing", "still in the office"),
    ]
    assert {unit.speaker for unit in made.units} == {RECRUITER}


def test_lines_that_were_only_wrapped_are_one_sentence() -> None:
    text = "She has been with Hallmann Logistik for some six years and would\nlike 95k. Fine.\n"

    assert read(text).units[0].text.endswith("would\nlike 95k.")


RESUME = """ANA RUIZ
Hamburg | ana@example.org

Clinical Experience
Controller, Hallmann Logistik (2020 - present)
- Own the close: 43 entities
Berufserfahrung
seit 2020 Controllerin

SKILLS
SAP, Excel
Languages: Spanish (native)
"""


def test_headings_of_resumes_are_known() -> None:
    made = read(RESUME, SourceKind.RESUME)

    assert [(unit.heading, unit.text) for unit in made.units][2:] == [
        ("experience", "Controller, Hallmann Logistik (2020 - present)"),
        ("experience", "Own the close: 43 entities"),
        ("experience", "seit 2020 Controllerin"),
        ("skills", "SAP, Excel"),
        ("languages", "Languages: Spanish (native)"),
    ]
    assert {unit.speaker for unit in made.units} == {CANDIDATE}


THREAD = """whatsapp w/ Ana Ruiz, pasted

me: we pay 80, ok?
her: no, 90
me: hm
her: or nothing
and not by phone

-> keep warm
"""


def test_messages_pasted_into_a_note_keep_who_wrote_them() -> None:
    assert told(read(THREAD)) == [
        (RECRUITER, "whatsapp w/ Ana Ruiz, pasted"),
        (OTHER, "we pay 80, ok?"), (CANDIDATE, "no, 90"), (OTHER, "hm"),
        (CANDIDATE, "or nothing"), (CANDIDATE, "and not by phone"), (RECRUITER, "keep warm"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Candidate: Ana Ruiz\nStrong.", MANAGER),
        ("Client call after the interview. Good.", RECRUITER),
    ],
)
def test_assessments_are_the_managers_or_the_agencys(text: str, speaker: Speaker) -> None:
    assert {unit.speaker for unit in read(text, SourceKind.DEBRIEF).units} == {speaker}


TWO = """Two calls today.

1) Ana Ruiz: controller, wants 90.
Notice 3 months.

2) Ben Okafor - on 70. Wants 80.
- no travel

Client pays 100. Met Ben at the fair, he was with Ana. He likes Berlin.

**Ben**
quick to start

Nobody else called.
"""


def test_in_a_note_on_two_people_each_sentence_is_about_one() -> None:
    made = read(TWO, people=(ANA, BEN))

    assert [(unit.about, unit.text) for unit in made.units] == [
        (0, "Two calls today."),
        (0, "controller, wants 90."), (0, "Notice 3 months."),
        (1, "Ben Okafor - on 70."), (1, "Wants 80."), (1, "no travel"),
        (0, "Client pays 100."), (1, "Met Ben at the fair, he was with Ana."),
        (1, "He likes Berlin."), (1, "quick to start"), (0, "Nobody else called."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "name", "same"),
    [
        ("Ana", "Ana Ruiz", True), ("Dr. Ruiz", "Ana Ruiz", True), ("A. Ruiz", "Ana Ruiz", True),
        ("Ana Ruiz Delgado", "Ana Ruiz", True), ("Ana Silva", "Ana Ruiz", False),
        ("Iñigo", "Íñigo Larrea", True), ("", "Ana Ruiz", False), ("B", "Ana Ruiz", False),
    ],
)  # fmt: skip
def test_labels_may_shorten_names(label: str, name: str, same: bool) -> None:
    assert names.is_of(label, name) is same


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("She wants 95k and is on three months.", "en"),
        ("Sie ist bei der Bank und will nicht nach Köln.", "de"),
        ("Elle est chez nous et ne veut pas aller à Paris.", "fr"),
        ("No quiere ir a Madrid pero le gusta el puesto.", "es"),
        ("Ze wil niet naar Amsterdam maar het salaris is goed.", "nl"),
        ("SAP", "en"),
    ],
)
def test_the_language_is_told_by_common_words(text: str, language: str) -> None:
    assert language_of(text) == language


PIECES = st.sampled_from(
    [
        "Ana:", "Recruiter: ", "\n", "\n\n", "wants 90. ", "- ", "1) ", "SKILLS\n",
        "> quoted\n", "Dr. ", "On 4 March 2026 at 10:12, Tom <t@example.com> wrote:\n",
        "From: Ana\n",
        "Ben Okafor - ", "\r\n",
        "\u2028", "me: ", "her: ", "[00:12] ", "**", "?", "…", "x" * 300, "é",
        "\x0c", "İ", "--\n", ":", "ﬁ ",
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=12), max_size=40), st.sampled_from(SourceKind))
def test_units_stand_where_they_say_and_in_order(pieces: list[str], kind: SourceKind) -> None:
    text = "".join(pieces)

    made = read(text, kind, people=(ANA, BEN))

    assert made.text == text
    end = 0
    for unit in made.units:
        assert text[unit.start : unit.end] == unit.text
        assert unit.text.strip() == unit.text
        assert unit.start >= end
        assert 0 <= unit.about < 2
        end = unit.end


def test_tabs_may_stand_within_the_names_of_a_table() -> None:
    made = read(f"{ANA.replace(' ', chr(9))}: from May.\n{BEN}: at once.", people=(ANA, BEN))
    assert {unit.text: unit.about for unit in made.units} == {"from May.": 0, "at once.": 1}


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Ana wants 90; Ben is on 80. He likes Berlin.", [0, 1, 1]),
        ("Ana's notice is a month, and Ben's is three.", [0, 1]),
        ("Had coffee with Ana and Ben.", [0]),
        ("Ben is quicker than Ana. Ana, like Ben, is good.", [1, 0]),
        ("* Ben (Hexley): 80\n* both like Python", [1, 0]),
        ("Ben\n---\nwants 80\n\nAna\n---\nwants 90", [1, 0]),
    ],
)
def test_a_sentence_may_go_over_from_one_to_another(text: str, about: list[int]) -> None:
    assert [unit.about for unit in read(text, people=(ANA, BEN)).units] == about


def test_whoever_asks_for_somebody_is_another() -> None:
    text = "Speaker A (00:01): Hi, is that Ana?\nSpeaker B (00:04): Speaking. I'm on 70.\n" * 2

    made = read(text, SourceKind.TRANSCRIPT)

    assert [unit.speaker for unit in made.units][:2] == [RECRUITER, CANDIDATE]
