"""Turns what an author wrote into a compiled template, and a compiled template into a mail."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import css_inline
from liquid.exceptions import LiquidError
from markupsafe import Markup

from warmbench.messaging import fields, headers, markdown, needs, placeholders
from warmbench.messaging.filling import Filler, filler
from warmbench.messaging.placeholders import BlankError, Parts, PlaceholderError, StandIns

Look = Literal["letter", "article", "text"]

#: Fields of a message in a recruiter's own words. No author's template can name them.
OWN_SUBJECT, OWN_WORDS = "own_subject", "own_words"
#: What the candidate wrote, beneath, and the line that says so.
OWN_QUOTE, OWN_QUOTED = "own_quote", "own_quoted"

MAX_SUBJECT = 200
MAX_BODY = 20_000
#: What a provider takes as one text (contracts.md §6).
MAX_TEXT = 1600
#: Gmail clips what is longer than some 102 kB, and the footer would be what is clipped.
MAX_HTML = 100_000
#: Part of every digest: a changed layout or compiler makes new templates, never other ones.
VERSION = 2

_LAYOUTS = Path(__file__).parent / "layouts"
_INLINER = css_inline.CSSInliner(
    # By default it reads files and fetches addresses that a style sheet names.
    load_remote_stylesheets=False,
    keep_style_tags=False,
    keep_at_rules=True,
)
_NOTHING: dict[str, str | None] = dict.fromkeys(fields.FIELDS)
_TEXTS = {field.name for field in fields.FIELDS.values() if field.kind is fields.Kind.TEXT}
_LINKS = {field.name for field in fields.FIELDS.values() if field.kind is fields.Kind.LINK}


class TemplateError(ValueError):
    """A template that cannot be used: one sentence for its author."""

    def __init__(self, message: str, *, part: str, line: int = 0) -> None:
        where = f"{part.capitalize()}, line {line}" if line else part.capitalize()
        super().__init__(f"{where}: {message}.")
        self.part = part
        self.line = line


class UnrenderableError(ValueError):
    """A mail that must not go out as it would look; the touch waits for a person."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """A template ready to be filled for one person after another."""

    look: str
    subject: Parts
    html: Parts
    text: Parts
    #: Where each tracked link leads, by its position. May hold placeholders.
    links: tuple[str, ...]
    #: Fields that stand somewhere without a fallback.
    required: tuple[str, ...]
    digest: str

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` turns back into this."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Compiled":
        """The compiled template that ``to_json`` was called on."""
        lists = {name: tuple(stored[name]) for name in _LISTS}
        return cls(look=stored["look"], digest=stored["digest"], **lists)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Compiled) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


_LISTS = ("subject", "html", "text", "links", "required")


@dataclass(frozen=True, slots=True)
class Footer:
    """What the law wants at the end of every mail, in words."""

    who: str
    organisation: str
    #: One sentence on why the candidate gets this mail.
    reason: str
    postal_address: str
    #: What the links say that lead to our own pages.
    unsubscribe: str = "Unsubscribe"
    preferences: str = "Choose what you hear about"
    my_data: str = "See what we hold about you"
    #: French has a space before it.
    colon: str = ": "


@dataclass(frozen=True, slots=True)
class Urls:
    """The links of one message that are ours."""

    unsubscribe: str
    preferences: str
    my_data: str
    not_for_me: str
    #: One for each of ``Compiled.links``, in their order.
    clicks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words, before they become bytes."""

    subject: str
    html: str
    text: str


def compile(*, subject: str, body: str, look: Look) -> Compiled:  # noqa: A001
    """A template from an author's Liquid subject and Markdown body.

    Raises TemplateError with one sentence that says what to change, and where.
    """
    if look == "text":
        return _compile_text(body)
    needed = _needed("subject", subject, MAX_SUBJECT) | _needed("body", body, MAX_BODY)
    stand_ins = StandIns(body)
    inside = _inside(body, stand_ins)
    compiled = _with_digest(
        look=look,
        subject=_compile_subject(subject),
        html=_lay_out(inside.html, look, stand_ins),
        text=_joined(stand_ins.show(inside.text), placeholders.split(_layout("about.txt"))),
        links=tuple(inside.links),
        required=tuple(sorted(needed)),
        source=body,
    )
    _try_out(compiled)
    return compiled


def _compile_text(body: str) -> Compiled:
    """A text message: its links are tracked, and it has neither subject nor HTML."""
    needed = _needed("body", body, MAX_TEXT)
    stand_ins = StandIns(body)
    inside = _inside(body, stand_ins)
    compiled = _with_digest(
        look="text",
        subject=("",),
        html=("",),
        text=stand_ins.show(inside.text),
        links=tuple(inside.links),
        required=tuple(sorted(needed)),
        source=body,
    )
    _try_out(compiled)
    return compiled


def personal(*, is_text: bool) -> Compiled:
    """The template of all messages in a recruiter's own words: their fields hold the words."""
    words: Parts = ("", "{{ _words }}", "")
    if is_text:
        return _with_digest(
            look="text", subject=("",), html=("",), text=words, links=(), required=(), source=""
        )
    return _with_digest(
        look="personal",
        subject=("", "{{ _subject }}", ""),
        html=_lay_out("", "personal", StandIns("")),
        text=_joined(
            _joined(words, placeholders.split(_layout("about.txt"))),
            placeholders.split(_layout("quote.txt")),
        ),
        links=(),
        required=(),
        source="",
    )


def _inside(body: str, stand_ins: StandIns) -> markdown.Inside:
    try:
        return markdown.convert(stand_ins.hide(placeholders.split(body)), stand_ins)
    except markdown.MarkdownError as error:
        raise TemplateError(str(error), part="body", line=error.line) from error


def missing(compiled: Compiled, context: Mapping[str, str]) -> list[str]:
    """The fields that this person lacks and the template cannot do without."""
    given = _given(context)
    return [name for name in compiled.required if name not in given]


def render(compiled: Compiled, context: Mapping[str, str], footer: Footer, urls: Urls) -> Rendered:
    """The words of one mail. Whatever is in ``context`` comes out literally.

    Raises UnrenderableError when it would have a gap or be too long to be read whole.
    """
    if len(urls.clicks) != len(compiled.links):
        raise ValueError("There must be one click link for each link of the template.")
    subject, html, text = _program(compiled)
    values = _NOTHING | _given(context) | _of_system(footer, urls)
    if OWN_WORDS in context:
        values |= _of_a_person(context)
    try:
        rendered = Rendered(
            " ".join(filter(None, subject(values).split(" "))),
            html(values),
            text(values),
        )
    except BlankError as error:
        raise UnrenderableError("A field that the template needs is missing.") from error
    except LiquidError as error:
        raise UnrenderableError("The template and the fields do not go together.") from error
    if len(rendered.html) > MAX_HTML // 4 and len(rendered.html.encode()) > MAX_HTML:
        raise UnrenderableError("With these fields the mail is too long.")
    return rendered


def target(compiled: Compiled, position: int, context: Mapping[str, str]) -> str | None:
    """Where the link at ``position`` leads for one person; None if it leads nowhere safe."""
    if not 0 <= position < len(compiled.links):
        return None
    try:
        url = _target(compiled.links[position])(_NOTHING | _given(context))
    except (BlankError, LiquidError):
        return None
    return url if fields.is_web_address(url) else None


def _needed(part: str, source: str, limit: int) -> set[str]:
    """The fields that one part of a template cannot do without."""
    if not source.strip():
        raise TemplateError("there is nothing in it", part=part)
    if len(source) > limit:
        raise TemplateError(f"it is longer than {limit:,} characters", part=part)
    try:
        names = needs.required(placeholders.check(source))
    except PlaceholderError as error:
        line = source.count("\n", 0, error.at) + 1
        raise TemplateError(str(error), part=part, line=line) from error
    return {name for name in names if fields.FIELDS[name].kind is not fields.Kind.OURS}


def _compile_subject(subject: str) -> Parts:
    try:
        headers.check_subject(subject.strip())
    except headers.HeaderError as error:
        raise TemplateError(error.reason, part="subject") from error
    return placeholders.split(subject.strip())


def _lay_out(inside: str, look: str, stand_ins: StandIns) -> Parts:
    """The whole HTML document, with its styles on its elements."""
    about = stand_ins.hide(placeholders.split(_layout("about.html")))
    frame = stand_ins.hide(placeholders.split(_layout(f"{look}.html")))
    page = frame.replace("<!-- about -->", about).replace("<!-- inside -->", inside)
    html = _INLINER.inline(page)
    if stand_ins.pattern.findall(html) != stand_ins.pattern.findall(page):
        raise TemplateError("a condition stands where HTML cannot have one", part="body")
    if len(html.encode()) > MAX_HTML:
        raise TemplateError("it is too long: mail programs would cut off its end", part="body")
    return stand_ins.show(html)


def _with_digest(*, source: str, **parts: Any) -> Compiled:
    stable = json.dumps([VERSION, source, parts], sort_keys=True)
    return Compiled(**parts, digest=hashlib.sha256(stable.encode()).hexdigest())


def _try_out(compiled: Compiled) -> None:
    """Fill the template with samples, once with every field and once with as few as it takes."""
    footer = Footer("Alice Meyer", "Northwind Talent", "You asked us to write.", "1 Quay, Lyon")
    clicks = ["https://a.example/c"] * len(compiled.links)
    page = "https://a.example"
    urls = Urls(f"{page}/u", f"{page}/p", f"{page}/me", f"{page}/n", clicks)
    for context in (fields.SAMPLES, {name: fields.SAMPLES[name] for name in compiled.required}):
        try:
            render(compiled, context, footer, urls)
        except UnrenderableError as error:
            raise TemplateError("with sample values it has a gap", part="template") from error
        for position, source in enumerate(compiled.links):
            if target(compiled, position, fields.SAMPLES) is None:
                raise TemplateError(f"the link to {source} leads nowhere", part="body")


def _given(context: Mapping[str, str]) -> dict[str, str | None]:
    """The fields that have a value. One that cannot be shown, or followed, is not given."""
    return {
        name: value
        for name, value in context.items()
        if fields.is_given(value)
        and (name in _TEXTS or (name in _LINKS and fields.is_web_address(value)))
    }


def _of_system(footer: Footer, urls: Urls) -> dict[str, str | None]:
    values: dict[str, str | None] = {
        "preference_link": urls.preferences,
        "unsubscribe_link": urls.unsubscribe,
        "not_for_me_link": urls.not_for_me,
        "_preferences": urls.preferences,
        "_unsubscribe": urls.unsubscribe,
        "_my_data": urls.my_data,
        "_unsubscribe_words": footer.unsubscribe,
        "_preferences_words": footer.preferences,
        "_my_data_words": footer.my_data,
        "_colon": footer.colon,
        "_who": footer.who,
        "_organisation": footer.organisation,
        "_reason": footer.reason,
        "_postal_address": footer.postal_address,
    }
    for position, url in enumerate(urls.clicks):
        values[f"_link_{position}"] = url
    return values


def _of_a_person(context: Mapping[str, str]) -> dict[str, str | None]:
    words, quote = context[OWN_WORDS], context.get(OWN_QUOTE, "")
    return {
        "_subject": context.get(OWN_SUBJECT),
        "_words": words,
        "_words_html": _paragraphs(words),
        "_quoted": context.get(OWN_QUOTED) if quote else None,
        "_quote": "\n".join(f"> {line}".rstrip() for line in quote.split("\n")),
        "_quote_html": _paragraphs(quote),
    }


def _paragraphs(words: str) -> Markup:
    """Plain words as HTML, line by line as they were written."""
    paragraphs = [part.split("\n") for part in words.split("\n\n") if part.strip()]
    lines = [Markup("<br>\n").join(part) for part in paragraphs]
    return Markup("\n").join(Markup("<p>{}</p>").format(line) for line in lines)


@lru_cache(maxsize=512)
def _program(compiled: Compiled) -> tuple[Filler, Filler, Filler]:
    return (
        filler(placeholders.parse(compiled.subject, placeholders.TEXT)),
        filler(placeholders.parse(compiled.html, placeholders.HTML)),
        filler(placeholders.parse(compiled.text, placeholders.TEXT)),
    )


@lru_cache(maxsize=512)
def _target(source: str) -> Filler:
    # A link field is a whole address; any other field may only fill a piece of one.
    way = placeholders.TEXT if source.startswith("{{") else placeholders.URL
    return filler(placeholders.parse(placeholders.split(source), way))


@lru_cache
def _layout(name: str) -> str:
    return (_LAYOUTS / name).read_text(encoding="utf-8")


def _joined(first: Parts, second: Parts) -> Parts:
    return (*first[:-1], first[-1] + second[0], *second[1:])
