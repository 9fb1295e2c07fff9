"""Reads the text of a mail that came as HTML only, in one pass over it.

Whatever shows HTML to people cleans it by other means (S3): this is for rules that read words.
"""

import re
from html import unescape

#: More than this is no letter. Each tag costs time, so the length bounds it.
MAX_CHARACTERS = 400_000

_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_SPACE = re.compile(r"[ \t\r\n\f\u200b]+")
_BLANK_LINES = re.compile(r"\n{3,}")
#: What is in these is not shown.
_HIDDEN = {"script", "style", "head", "title", "template", "noscript"}
#: What begins or ends one of these stands on a line of its own.
_BLOCKS = re.compile(
    "address|article|blockquote|body|center|d[dlt]|div|fieldset|footer|form|h[1-6r]|header|html"
    "|li|main|nav|[ou]l|p|pre|section|table|tr"
)


def text_of(html: str) -> str:
    """The words of an HTML document, a line for each block, quotes marked with “> ”."""
    html = html[:MAX_CHARACTERS]
    reader = _Reader()
    position, lower = 0, html.lower()
    while position < len(html):
        start = html.find("<", position)
        if start < 0:
            break
        reader.words(html[position:start])
        position = _after_tag(html, lower, start, reader)
    reader.words(html[position:])
    return reader.finished()


def _after_tag(html: str, lower: str, start: int, reader: "_Reader") -> int:
    """Where to read on after what begins with “<” at ``start``."""
    name = _NAME.match(html, start)
    if not name and html[start + 1 : start + 2] not in {"!", "?"}:
        reader.words("<")
        return start + 1
    mark = "-->" if html.startswith("<!--", start) else ">"
    end = html.find(mark, start)
    if end < 0:
        return len(html)
    if name:
        tag, closes = name[1].lower(), html[start + 1] == "/"
        reader.tag(tag, closes=closes)
        if tag in _HIDDEN and not closes and tag not in reader.unclosed:
            close = lower.find(f"</{tag}", end)
            if close >= 0:
                return close
            # Never closed: what follows is read rather than lost, and not searched again.
            reader.unclosed.add(tag)
    return end + len(mark)


class _Reader:
    """Gathers words into lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.depth = 0
        self.unclosed: set[str] = set()

    def words(self, raw: str) -> None:
        if raw:
            self.line.append(raw)

    def tag(self, name: str, *, closes: bool) -> None:
        if name == "br":
            self._end_line()
            return
        if not _BLOCKS.fullmatch(name):
            if name in {"td", "th"}:
                self.line.append(" ")
            return
        self._end_line(only_if_begun=True)
        if name == "p":
            self.lines.append("")
        if name == "blockquote":
            self.depth = max(0, min(self.depth + (-1 if closes else 1), 20))

    def finished(self) -> str:
        self._end_line(only_if_begun=True)
        return _BLANK_LINES.sub("\n\n", "\n".join(self.lines)).strip("\n")

    def _end_line(self, *, only_if_begun: bool = False) -> None:
        line = _SPACE.sub(" ", unescape("".join(self.line)).replace("\xa0", " ")).strip()
        self.line.clear()
        if line or not only_if_begun:
            self.lines.append(f"{'> ' * self.depth}{line}".rstrip())
