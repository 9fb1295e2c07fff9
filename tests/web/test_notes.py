"""The box for what was heard: kept, read at once, and nothing that was typed lost on an error."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import make, said
from tests.said import fact
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.insight import recording
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight, Source
from warmbench.people.models import Candidate

HTMX = {"HX-Request": "true"}
REMOTE = fact("works from home", Kind.REMOTE, {"mode": "remote"}, Polarity.WANTS)
STOP = fact("write to me again", Kind.STOP, {"tier": "hard"}, Polarity.REFUSES)


@pytest.fixture
def alice(db: None, at_noon: None) -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


@pytest.fixture
def client(alice: User, browse: Callable[[User], Client]) -> Client:
    return browse(alice)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are read by a reader that knows two facts."""
    real = recording.read

    def read(source_id: int, **fields: object) -> bool:
        return real(source_id, **fields, extract=said.reader(REMOTE, STOP))  # type: ignore[arg-type]

    monkeypatch.setattr(recording, "read", read)


def test_what_was_heard_is_kept_and_read_at_once(
    client: Client, ana: Candidate, alice: User, reads: None
) -> None:
    answer = client.post(
        f"/candidates/{ana.pk}/note/",
        {"text": "Wants to works from home.", "said_on": make.NOW.date().isoformat()},
        headers=HTMX,
    )
    source = Source.objects.get()
    assert (source.kind, source.basis, source.author) == ("note", "conversation", alice)
    assert source.people.get().candidate == ana
    assert "1 fact read from this note" in answer.text
    assert "Wants to work remotely" in answer.text
    assert "note-kept" in answer.headers["HX-Trigger-After-Settle"]


def test_the_same_note_is_kept_once_and_one_is_told_since_when(
    client: Client, ana: Candidate, reads: None
) -> None:
    url, text = f"/candidates/{ana.pk}/note/", _said("She works from home.")
    assert "kept already" not in client.post(url, text, headers=HTMX).text
    day = timezone.localtime(Source.objects.get().added_at)
    told = f"These words are kept already, since {day:%-d %B %Y}."
    assert told in client.post(url, text, headers=HTMX).text
    assert told in client.post(url, text, follow=True).text
    assert (Source.objects.count(), Insight.objects.count()) == (1, 1)

    yesterday = make.NOW.date() - timedelta(days=1)
    client.post(url, text | {"said_on": yesterday.isoformat()}, headers=HTMX)
    client.post(url, text | {"people": [str(make.candidate().pk)]}, headers=HTMX)
    assert Source.objects.count() == 3


def test_a_stop_says_that_it_holds(client: Client, ana: Candidate, reads: None) -> None:
    url = f"/candidates/{ana.pk}/note/"
    assert (
        "held back from now on"
        in client.post(url, _said("Never write to me again."), headers=HTMX).text
    )
    assert (
        "held back" not in client.post(url, _said("From home, works from home."), headers=HTMX).text
    )


def test_who_may_not_decide_is_told_who_may(
    ana: Candidate, reads: None, browse: Callable[[User], Client]
) -> None:
    colleague = browse(make.user())
    url, text = f"/candidates/{ana.pk}/note/", _said("She works from home.")
    answer = colleague.post(url, text, headers=HTMX).text
    assert "Alice Meyer, whose candidate this is" in answer
    assert "fact-keys" not in answer
    assert "fact-keys" not in colleague.get(f"/texts/{Source.objects.get().pk}/").text


def test_without_scripts_one_comes_to_the_page_of_the_text(
    client: Client, ana: Candidate, reads: None
) -> None:
    answer = client.post(f"/candidates/{ana.pk}/note/", _said("She works from home."), follow=True)
    assert answer.redirect_chain[-1][0] == f"/texts/{Source.objects.get().pk}/"
    assert "She <mark" in answer.text


def test_a_text_may_concern_others_and_a_role(client: Client, ana: Candidate, reads: None) -> None:
    ben, role = make.candidate(), make.role(state="open")
    given = _said("Both talked.") | {"people": [str(ben.pk), str(ana.pk)], "role": str(role.pk)}
    client.post(f"/candidates/{ana.pk}/note/", given, headers=HTMX)
    source = Source.objects.get()
    assert list(source.people.order_by("position").values_list("candidate", flat=True)) == [
        ana.pk,
        ben.pk,
    ]
    assert source.role_ids == [role.pk]


def test_others_are_looked_for_by_name_and_those_ticked_stay(
    client: Client, ana: Candidate
) -> None:
    ben, eva = make.candidate(), make.candidate()
    Candidate.objects.filter(pk=ben.pk).update(first_name="Benedikt")
    Candidate.objects.filter(pk=eva.pk).update(first_name="Evamaria")
    there = f"/candidates/{ana.pk}/note/people/?who=Benedikt&people={eva.pk}&people={ana.pk}"
    html = client.get(there, headers=HTMX).text
    assert re.search(rf'value="{eva.pk}" checked', html)
    assert f'value="{ben.pk}"' in html
    assert f'value="{ana.pk}"' not in html


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": "  "}, "There is nothing in it."),
        ({"text": "Yes.", "said_on": "2999-01-01"}, "That day is still to come."),
        ({"text": "Yes.", "said_on": "soon"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_kept_is_said_in_a_sentence_beside_the_box(
    client: Client, ana: Candidate, given: dict[str, str], sentence: str
) -> None:
    there = f"/candidates/{ana.pk}/note/"
    answer = client.post(there, _said("") | given, headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.text
    # The form itself stays as it is: only the sentence is swapped in.
    assert answer.headers["HX-Retarget"] == "#hear-trouble"
    assert "<form" not in answer.text
    page = client.post(there, _said("") | given)
    assert page.status_code == 422
    assert given["text"] in page.text
    assert not Source.objects.exists()


def test_a_file_is_read_by_what_it_is(client: Client, ana: Candidate, reads: None) -> None:
    file = SimpleUploadedFile(
        "call.vtt",
        b"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ana Ruiz>One works from home here.\n",
    )
    there = f"/candidates/{ana.pk}/note/"
    asked = client.post(there, _said("") | {"file": file}, headers=HTMX)
    assert asked.status_code == 422
    assert "They agreed to being recorded" in asked.text
    file.seek(0)
    client.post(there, _said("") | {"file": file, "agreed": "1"}, headers=HTMX)
    source = Source.objects.get()
    assert (source.kind, source.basis, source.title) == ("transcript", "recorded", "call.vtt")


def test_a_recording_may_be_kept_on_another_ground(client: Client, ana: Candidate) -> None:
    given = _said("Ana: yes") | {"kind": "transcript", "basis": "conversation"}
    assert client.post(f"/candidates/{ana.pk}/note/", given, headers=HTMX).status_code == 200
    assert Source.objects.get().basis == "conversation"


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0", "This is"),
        ("old.doc", b"\xd0\xcf\x11\xe0 words", "Save it as .docx"),
        ("empty.txt", b"", "This file is empty."),
        ("empty.txt", b"   ", "no words"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_what_to_do(
    client: Client, ana: Candidate, name: str, raw: bytes, sentence: str
) -> None:
    given = _said("") | {"file": SimpleUploadedFile(name, raw)}
    answer = client.post(f"/candidates/{ana.pk}/note/", given, headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_text_and_a_file_are_two_things(client: Client, ana: Candidate) -> None:
    given = _said("Words") | {"file": SimpleUploadedFile("a.txt", b"Other words")}
    answer = client.post(f"/candidates/{ana.pk}/note/", given, headers=HTMX)
    assert "keep one after the other" in answer.text


def test_a_long_text_waits_for_a_job_and_the_page_for_it(
    client: Client, ana: Candidate, reads: None
) -> None:
    given = _said("One works from home. " * 1200)
    answer = client.post(f"/candidates/{ana.pk}/note/", given, headers=HTMX)
    source = Source.objects.get()
    assert "is being read" in answer.text
    assert f'hx-get="/texts/{source.pk}/"' in answer.text
    recording.read(source.pk, now=clock.now())
    assert "fact read" in client.get(f"/texts/{source.pk}/", headers=HTMX).text


def test_the_page_of_a_text_marks_quotes_wherever_they_overlap(
    client: Client, ana: Candidate
) -> None:
    text = "Wants <b>remote</b> in Berlin now"
    source = said.keep(text, ana)
    facts = (
        fact("<b>remote</b> in", Kind.REMOTE, {"mode": "remote"}, Polarity.WANTS),
        fact("in Berlin", Kind.PLACE, {"name": "Berlin"}, Polarity.WANTS),
    )
    recording.read(source.pk, now=make.NOW, extract=said.reader(*facts))
    html = client.get(f"/texts/{source.pk}/").text
    shown = html.split("source-words", 1)[1].split("</section>", 1)[0]
    plain = re.sub(r"<[^>]+>", "", shown.split(">", 1)[1].split("</div>", 1)[0])
    assert plain == "Wants &lt;b&gt;remote&lt;/b&gt; in Berlin now"
    for one in Insight.objects.all():
        assert f'id="fact-{one.pk}-words"' in shown
    assert "Wants to work remotely; Would work in Berlin" in shown


def test_a_text_that_was_added_by_mistake_is_taken_away(
    client: Client, ana: Candidate, reads: None
) -> None:
    client.post(f"/candidates/{ana.pk}/note/", _said("She works from home."), headers=HTMX)
    source = Source.objects.get()
    answer = client.post(f"/texts/{source.pk}/remove/", follow=True)
    assert "The text is gone" in answer.text
    assert not Source.objects.exists()
    assert not Insight.objects.exists()


def test_a_text_by_which_somebody_is_left_alone_stays(client: Client, ana: Candidate) -> None:
    (one,) = said.note(STOP, about=ana, kind="email", basis="own_words")
    answer = client.post(f"/texts/{one.source_id}/remove/", follow=True)
    assert "Reject that and lift it first" in answer.text
    assert Source.objects.exists()
    client.post(f"/facts/{one.pk}/reject/")
    client.post(f"/facts/{one.pk}/lift/")
    client.post(f"/texts/{one.source_id}/remove/")
    assert not Source.objects.exists()


def test_who_only_looks_has_no_box(ana: Candidate, browse: Callable[[User], Client]) -> None:
    viewer = browse(make.user("Vera", Role.VIEWER))
    html = viewer.get(f"/candidates/{ana.pk}/").text
    assert "What did you hear?" not in html
    assert "What we know" in html
    assert viewer.post(f"/candidates/{ana.pk}/note/", _said("x")).status_code == 403


def _said(text: str) -> dict[str, object]:
    return {"text": text, "said_on": make.NOW.date().isoformat()}
