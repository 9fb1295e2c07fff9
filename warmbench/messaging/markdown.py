"""Turns an author's Markdown into the inside of a mail, as HTML and as plain text.

Placeholders have been replaced by stand-ins before, so Markdown sees ordinary words.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from warmbench.messaging import fields
from warmbench.messaging.placeholders import StandIns

_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote"),
    *("a", "strong", "em", "s", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"),
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}, "th": {"style"}, "td": {"style"}},
    url_schemes={"http", "https", "mailto", "tel"},
    filter_style_properties={"text-align"},
    link_rel=None,
)
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Everything is parsed as a link and judged below: Markdown would quietly print a bad one.
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005

_WHOLE = re.compile(r"\{\{-?\s*(\w+)\s*(?:\|\s*default:\s*(?:\"([^\"]*)\"|'([^']*)'))?\s*-?\}\}")
_HOST_IS_FIXED = re.compile(r"https?://[^\s/?#@{]+[/?#]")
_SAFE_OTHERS = re.compile(r"(mailto:[^\s@?{]+@[^\s@?{]+|tel:\+?[\d().\- %]+)\Z")


class MarkdownError(ValueError):
    """Markdown that cannot become a mail. ``line`` is the line of the body, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Inside:
    """The inside of a mail, still with stand-ins, and where its links lead."""

    html: str = ""
    text: str = ""
    #: The target of each tracked link, as a template of its own.
    links: list[str] = field(default_factory=list)
    #: Every link target as it stood in the Markdown.
    hrefs: list[str] = field(default_factory=list)


def convert(source: str, stand_ins: StandIns) -> Inside:
    """The inside of a mail from Markdown. Raises MarkdownError for what a mail cannot have."""
    lines, origins = _set_tags_apart(source, stand_ins)
    tokens = _MARKDOWN.parse("\n".join(lines))
    inside = Inside()
    for token in tokens:
        line = origins[token.map[0]] if token.map else 0
        for each in [token, *(token.children or [])]:
            _refuse(each, line)
            if each.type == "link_open":
                inside.hrefs.append(str(each.attrs["href"]))
                each.attrs["href"] = _link(inside.hrefs[-1], line, inside, stand_ins)
    html = _CLEANER.clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    inside.html = re.sub(rf"<p>\s*((?:{stand_ins.of_tag}\s*)+)</p>\n?", r"\1", html)
    inside.text = _Plain(stand_ins).blocks(SyntaxTreeNode(tokens)).rstrip()
    if lost := stand_ins.misplaced(inside.html, *inside.hrefs):
        raise MarkdownError(f"{lost} stands where Markdown drops or repeats it", 0)
    _check_nesting(inside.html, stand_ins)
    return inside


def _set_tags_apart(source: str, stand_ins: StandIns) -> tuple[list[str], list[int]]:
    """Lines in which a line of nothing but tags is a paragraph, with their first line numbers.

    Without this, ``{% if … %}`` on a line of its own would run into the paragraph below it,
    and a paragraph that is left out would leave an empty one behind.
    """
    only_tags = re.compile(rf"\s*(?:{stand_ins.of_tag}\s*)+")
    lines, origins = [], []
    for number, line in enumerate(source.split("\n"), start=1):
        around = [""] if only_tags.fullmatch(line) else []
        for each in [*around, line, *around]:
            lines.append(each)
            origins.append(number)
    return lines, origins


def _refuse(token: Token, line: int) -> None:
    if token.type in {"html_block", "html_inline"}:
        shown = token.content.strip().split("\n")[0][:40]
        raise MarkdownError(f"HTML such as {shown} is not used here; write Markdown", line)
    if token.type == "image":
        raise MarkdownError("pictures are not sent: loading one tells when a mail is read", line)


def _link(href: str, line: int, inside: Inside, stand_ins: StandIns) -> str:
    """What stands for a link's target in the mail; a tracked target is noted in ``inside``."""
    parts = stand_ins.show(href)
    target = "".join(parts)
    if len(parts) == 1 and _SAFE_OTHERS.fullmatch(href):
        return href
    if len(parts) == 1:
        if not fields.is_web_address(target):
            raise MarkdownError(
                f"the link to “{unquote(target)[:60]}” must begin with https:// or mailto:", line
            )
    elif len(parts) == 3 and not parts[0] and not parts[2]:
        if ours := _check_whole(target, line):
            return stand_ins.of(ours)
    elif not _HOST_IS_FIXED.match(parts[0]) or any(tag.startswith("{%") for tag in parts[1::2]):
        raise MarkdownError(
            "a field may stand in a link after https://host/ or be the whole link", line
        )
    inside.links.append(target)
    return stand_ins.of(f"{{{{ _link_{len(inside.links) - 1} }}}}")


def _check_whole(target: str, line: int) -> str | None:
    """The placeholder for a link of ours, or None when a link field is the whole target."""
    match = _WHOLE.fullmatch(target)
    known = fields.FIELDS.get(match[1]) if match else None
    if match is None or known is None or known.kind is fields.Kind.TEXT:
        links = ", ".join(f.name for f in fields.FIELDS.values() if f.kind is not fields.Kind.TEXT)
        raise MarkdownError(f"{target} cannot be a link; the link fields are {links}", line)
    fallback = match[2] or match[3]
    if fallback is not None and not fields.is_web_address(fallback):
        raise MarkdownError(f"the default link “{fallback}” must begin with https://", line)
    return f"{{{{ {known.name} }}}}" if known.kind is fields.Kind.OURS else None


class _Plain:
    """Writes the plain-text part: what a person would have typed."""

    def __init__(self, stand_ins: StandIns) -> None:
        self._only_tags = re.compile(rf"\s*(?:{stand_ins.of_tag}\s*)+")

    def blocks(self, node: SyntaxTreeNode) -> str:
        return "".join(self._block(child) for child in node.children)

    def _block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "paragraph" | "heading":
                text = self._inline(node)
                # The line break belongs inside the condition, or a gap would stay.
                written = text.strip() if self._only_tags.fullmatch(text) else f"{text}\n\n"
            case "bullet_list":
                written = self._items(node, None)
            case "ordered_list":
                written = self._items(node, int(node.attrs.get("start", 1)))
            case "blockquote":
                written = _hang(self.blocks(node), "> ", "> ")
            case "fence" | "code_block":
                written = _hang(node.content, "    ", "    ")
            case "hr":
                written = "* * *\n\n"
            case "table":
                rows = [row for part in node.children for row in part.children]
                written = "".join(f"{self._row(row)}\n" for row in rows) + "\n"
            case _:
                written = self.blocks(node)
        return written

    def _items(self, node: SyntaxTreeNode, number: int | None) -> str:
        written = []
        for position, item in enumerate(node.children):
            mark = "- " if number is None else f"{number + position}. "
            written.append(_hang(self.blocks(item), mark, " " * len(mark)).rstrip("\n"))
        return "\n".join(written) + "\n\n"

    def _row(self, row: SyntaxTreeNode) -> str:
        return " | ".join(self._inline(cell) for cell in row.children)

    def _inline(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text" | "code_inline":
                return node.content
            case "softbreak":
                return " "
            case "hardbreak":
                return "\n"
            case "link":
                label = "".join(self._inline(child) for child in node.children)
                return f"{label} <{str(node.attrs['href']).removeprefix('mailto:')}>"
            case _:
                return "".join(self._inline(child) for child in node.children)


def _hang(text: str, first: str, following: str) -> str:
    lines = text.rstrip("\n").split("\n")
    return f"{first}{lines[0]}" + "".join(f"\n{following}{line}" for line in lines[1:]) + "\n\n"


class _Nesting(HTMLParser):
    """Follows the open elements, to compare them where a condition opens and closes."""

    def __init__(self, stand_ins: StandIns) -> None:
        super().__init__()
        self._stand_ins = stand_ins
        self._open = [0]
        self._seen = 0
        self._conditions: list[int] = []
        self.crossed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = "".join(value or "" for _, value in attrs)
        self.crossed |= bool(re.search(self._stand_ins.of_tag, written))
        if tag not in {"br", "hr"}:
            self._seen += 1
            self._open.append(self._seen)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for placeholder in self._stand_ins.show(data)[1::2]:
            if not placeholder.startswith("{%"):
                continue
            if re.match(r"\{%-?\s*(if|unless)\b", placeholder):
                self._conditions.append(self._open[-1])
            self.crossed |= self._conditions[-1] != self._open[-1]
            if re.match(r"\{%-?\s*end", placeholder):
                self._conditions.pop()


def _check_nesting(html: str, stand_ins: StandIns) -> None:
    nesting = _Nesting(stand_ins)
    nesting.feed(html)
    nesting.close()
    if nesting.crossed:
        raise MarkdownError(
            "a condition must begin and end in the same paragraph, list item or emphasis", 0
        )
