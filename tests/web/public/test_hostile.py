"""Whatever a record holds, or somebody types, the pages show it as what it is: text."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from tests.unit.strings import INJECTIONS, NASTY
from tests.web.public.forms import filled
from tests.web.public.pages import page_of
from warmbench.core.tokens import Purpose
from warmbench.messaging.models import Message
from warmbench.people import facts
from warmbench.people.facts import Kind, Saying, Word
from warmbench.people.models import Candidate, CandidateTag, Consent, Tag, TagAlias
from warmbench.signals.models import Signal

# ruff: noqa: RUF001 - letters that look like others are the point.

#: Beside those of ``tests.unit.strings``: what breaks pages, tables, dates and numbers.
MORE = [
    "\"'`<>&;",
    "</title><script>x</script>",
    "</textarea><b>",
    "</option></select>",
    "<svg/onload=alert(1)>",
    "<img src=//evil.example/x>",
    "<a href=data:text/html,x>x</a>",
    "&lang;&rang;&NewLine;&Tab;",
    "&#0;&#x26;&amp;amp;",
    "{% translate 'x' %}{# c #}",
    "{{ visit.token }}{{ known.owner_name }}",
    "%(day)s %(reason)s %%",
    "{day} {0} {}",
    "=1+1",
    "+49 151",
    "-2+3",
    "@SUM(A1)",
    "|cmd",
    "1e309",
    "-0",
    "00012",
    "９８００",
    "١٢٣",
    "12,5",
    "2026-02-30",
    "31/31/31",
    "true",
    "None",
    "[object Object]",
    "on",
    "keep",
    "\\u003cscript\\u003e",
    "\\x3cb\\x3e",
    "%3Cb%3E",
    "<b>",
    "𝕬𝖓𝖆",
    "Ａｎａ",
    "a\u0300\u0301\u0302\u0303",
    "\u0430nna",
    "ﬁne ﬂow",
    "\u2028line\u2029para",
    "\u061carabic mark",
    "\U000e0041\U000e0042tags",
    "\ud7ff\ue000",
    "👩🏽‍🔬🏳️‍🌈",
    "नमस्ते",
    "สวัสดี",
    "שלום עולם",
    "ᚠᛇᚻ",
    "Ⅻ½²",
    "http://evil.example/<b>",
    "//evil.example",
    "mailto:x@example.com?bcc=y",
    "?lang=de&all",
    "#top",
    "/me/../u/",
    "con.txt",
    "a/b\\c:d",
    "word" * 200,
    "-" * 300,
]
WORDS = [text for text in (*NASTY, *INJECTIONS, *MORE) if "\0" not in text]


class _Text(HTMLParser):
    """The text of a page, as a reader has it, and the elements it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.elements: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.words += "".join(value or "" for name, value in attrs if name == "value")

    def handle_data(self, data: str) -> None:
        self.words += data


def read(content: bytes) -> _Text:
    text = _Text()
    text.feed(content.decode())
    return text


def squeezed(text: str) -> str:
    """A page may break lines: what counts is every mark that is not a space."""
    return "".join(text.split())


def chunks(size: int) -> list[list[str]]:
    """The strings a few at a time: each stands in another place of one page."""
    return [WORDS[at : at + size] for at in range(0, len(WORDS), size)]


def fill(ana: Candidate, mail: Message, texts: list[str]) -> list[str]:
    """Put each text into another part of a record. Returns what of them must be on the page."""
    name, place, note, tag_name, evidence, topic, said = (texts * 7)[:7]
    Candidate.objects.filter(pk=ana.pk).update(
        first_name=name[:120],
        last_name="",
        city=place[:120],
        employer=evidence[:160],
        job_title=topic[:160],
        source=said[:80],
        last_conversation_on=NOW.date(),
        last_conversation_note=note[:2000],
    )
    tag = Tag.objects.create(name=tag_name[:120], kind=Tag.Kind.SKILL)
    TagAlias.objects.create(tag=tag, kind=tag.kind, text=tag_name[:120], key=f"key {tag.pk}")
    CandidateTag.objects.create(candidate=ana, tag=tag, source=name[:80], added_at=NOW)
    Consent.objects.create(
        candidate=ana, channel="email", basis="consent", evidence=evidence[:300], at=NOW
    )
    make.signal(ana, Signal.Kind.REPLIED, topic=topic[:200], message=mail)
    places = [{"words": said[:80], "city": "", "region": "", "country": ""}]
    word = Word("candidate", "a test")
    facts.say(ana.pk, [Saying(Kind.PLACES, places)], word, now=NOW)
    return [
        *(name[:120], place[:120], note[:2000], tag_name[:120], evidence[:300], topic[:200]),
        said[:80],
    ]


def assert_is_only_text(page: _Text) -> None:
    assert page.elements.count("script") == 1, "theme.js"
    assert not {"img", "b", "style", "iframe"} & set(page.elements)
    assert not {name for name in page.attributes if name.startswith("on")}


@pytest.mark.parametrize("texts", chunks(7), ids=lambda texts: ascii(texts[0][:24]))
def test_every_string_is_shown_literally_and_as_nothing_but_text(
    ana: Candidate, mail: Message, reader: Client, texts: list[str]
) -> None:
    shown = fill(ana, mail, texts)

    for purpose in (Purpose.MY_DATA, Purpose.PREFERENCE):
        response = reader.get(page_of(mail, purpose))
        page = read(response.content)
        assert response.status_code == 200
        assert_is_only_text(page)
        if purpose == Purpose.MY_DATA:
            words = squeezed(page.words)
            assert [part for part in shown if squeezed(part) not in words] == []


@pytest.mark.parametrize("texts", chunks(5), ids=lambda texts: ascii(texts[0][:24]))
def test_every_form_takes_every_string_or_says_why_not(
    mail: Message, reader: Client, texts: list[str]
) -> None:
    asked = {
        page_of(mail, Purpose.PREFERENCE): ("amount", "places", "skills", "until", "currency"),
        page_of(mail, Purpose.NOT_FOR_ME): ("words_place", "words_pay", "words_skill", "level"),
        page_of(mail, Purpose.MY_DATA, "/correct"): (
            *("first_name", "last_name", "city", "phone", "words"),
        ),
        page_of(mail, Purpose.MY_DATA, "/dispute"): ("words",),
    }
    for path, names in asked.items():
        form = filled(reader.get(path))
        answers = dict(zip(names, texts, strict=False))
        response = reader.post(path, {**form, **answers, "about": ["skill", "place"]})
        assert response.status_code == 200, path
        assert_is_only_text(read(response.content))


@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_what_no_database_keeps_is_refused(mail: Message, reader: Client, text: str) -> None:
    path = page_of(mail, Purpose.MY_DATA, "/dispute")
    assert b"errorlist" in reader.post(path, {"words": text}).content
