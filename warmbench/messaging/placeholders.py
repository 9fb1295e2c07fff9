"""The Liquid that authors may use: found, checked and filled, always from plain strings.

A template is kept as alternating parts, text first: ``("Hi ", "{{ first_name }}", ".")``.
Only the odd parts are ever read as Liquid, so text that happens to look like a placeholder
stays text, whoever wrote it.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TextIO, cast
from urllib.parse import quote

from liquid import BoundTemplate, Environment, RenderContext, StrictUndefined, TokenStream
from liquid.builtin import content, illegal, output
from liquid.builtin.filters import misc, string
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.exceptions import LiquidError
from liquid.parser import get_parser
from liquid.token import TOKEN_CONTENT, Token
from markupsafe import escape

_OPENING = re.compile(r"\{\{|\{%")
_TAG = re.compile(r"\{%-?\s*([^\s%-]*)\s*(.*?)\s*-?%\}", re.DOTALL)

#: Strings in, a string out that is hardly longer. ``date`` would read the clock, ``replace``
#: can double a text with every use, and ``escape`` would do twice what is done anyway.
FILTERS = {
    "append": string.append,
    "capitalize": string.capitalize,
    "default": misc.default,
    "downcase": string.downcase,
    "prepend": string.prepend,
    "remove": string.remove,
    "squish": string.squish,
    "strip": string.strip,
    "truncate": string.truncate,
    "truncatewords": string.truncatewords,
    "upcase": string.upcase,
}
TAGS = ("if", "elsif", "else", "endif", "unless", "endunless")

Parts = tuple[str, ...]


class BlankError(Exception):
    """A placeholder would leave a gap, because its field has no value."""


class PlaceholderError(ValueError):
    """Liquid that cannot be used. ``at`` is where in the source it stands."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


class _Output(output.OutputNode):
    """Puts a value out, written as its surroundings ask for, and never nothing at all."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        if not isinstance(value, str) or not value or value.isspace():
            raise BlankError
        # Also a literal that an author gave to a filter is only text.
        return buffer.write(cast("Liquid", context.env).write(value))


class _OutputTag(output.Output):
    node_class = _Output


class Liquid(Environment):
    """Liquid without loops, assignments, includes or raw output, and with limits besides."""

    block_nesting_limit = 10
    loop_iteration_limit = 10_000
    local_namespace_limit = 200_000
    output_stream_limit = 500_000

    def __init__(self, write: Callable[[str], str]) -> None:
        #: Makes a value fit for where it goes.
        self.write = write
        super().__init__(undefined=StrictUndefined)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002
        for tag in (content.Literal, illegal.Illegal, IfTag, UnlessTag, _OutputTag):
            self.add_tag(tag)
        self.filters.update(FILTERS)


TEXT = Liquid(str)
HTML = Liquid(lambda value: str(escape(value)))
#: One piece of a web address: it can change neither the host nor the path.
URL = Liquid(lambda value: quote(value, safe=""))


class StandIns:
    """Words that stand for placeholders while a text goes through Markdown and HTML tools."""

    def __init__(self, source: str) -> None:
        # Named after the text itself, so that no word in it can pass for one of them.
        self._stem = f"wb{hashlib.sha256(source.encode()).hexdigest()[:12]}"
        self._hidden: list[str] = []
        self.pattern = re.compile(rf"{self._stem}([ot])(\d+)z")

    def of(self, placeholder: str) -> str:
        """A new word that stands for one placeholder."""
        self._hidden.append(placeholder)
        kind = "t" if placeholder.startswith("{%") else "o"
        return f"{self._stem}{kind}{len(self._hidden) - 1}z"

    @property
    def of_tag(self) -> str:
        """What words that stand for ``{% … %}`` match, as a regular expression."""
        return rf"{self._stem}t\d+z"

    def hide(self, parts: Parts) -> str:
        """A text with a stand-in for each of its placeholders."""
        return "".join(self.of(part) if i % 2 else part for i, part in enumerate(parts))

    def show(self, text: str) -> Parts:
        """The parts of a text, with the placeholders back."""
        pieces = self.pattern.split(text)
        shown = [pieces[0]]
        for number, after in zip(pieces[2::3], pieces[3::3], strict=True):
            shown += [self._hidden[int(number)], after]
        return tuple(shown)

    def misplaced(self, *texts: str) -> str | None:
        """The first placeholder that is not exactly once in the texts, if there is one."""
        count = Counter(int(number) for text in texts for _, number in self.pattern.findall(text))
        wrong = (hidden for n, hidden in enumerate(self._hidden) if count[n] != 1)
        return next(wrong, None)


def parse(parts: Parts, liquid: Liquid) -> BoundTemplate:
    """Parts made ready to be filled: ``TEXT``, ``HTML`` or ``URL`` says how values go in."""
    return BoundTemplate(liquid, get_parser(liquid).parse(TokenStream(_tokens(liquid, parts))))


def found_in(source: str) -> Iterator[tuple[int, int]]:
    """Where each placeholder of an author's text begins and ends.

    Raises PlaceholderError for one left open.
    """
    end = 0
    while opening := _OPENING.search(source, end):
        # Liquid ends a placeholder at the first closing mark, also inside quotes.
        close = source.find("}}" if opening[0] == "{{" else "%}", opening.end())
        if close < 0:
            raise PlaceholderError(f"{opening[0]} is never closed", opening.start())
        end = close + 2
        yield opening.start(), end


def split(source: str) -> Parts:
    """An author's text as parts, with the spaces gone that ``{{-`` and ``-}}`` eat."""
    parts, end = [""], 0
    for start, stop in found_in(source):
        before, placeholder = source[end:start], source[start:stop]
        parts[-1] += before.rstrip() if placeholder[2] == "-" else before
        parts += [placeholder, ""]
        end = stop
        if placeholder[-3] == "-":
            end += len(source[end:]) - len(source[end:].lstrip())
    parts[-1] += source[end:]
    return tuple(parts)


def check(source: str) -> BoundTemplate:
    """An author's text, parsed. Raises PlaceholderError for what cannot be used."""
    for start, end in found_in(source):
        tag = _TAG.fullmatch(source[start:end])
        if tag and tag[1] not in TAGS:
            allowed = ", ".join(TAGS)
            raise PlaceholderError(f"{tag[0]} cannot be used; there are {allowed}", start)
        if tag and tag[1] == "else" and tag[2]:
            raise PlaceholderError(f"{tag[0]} should be {{% elsif … %}}", start)
    try:
        return TEXT.from_string(source)
    except LiquidError as error:
        at = error.token.start_index if error.token and error.token.start_index > 0 else 0
        raise PlaceholderError(f"the placeholder is not right: {error.message}", at) from error


def _tokens(liquid: Environment, parts: Parts) -> Iterator[Token]:
    tokenize = liquid.tokenizer()
    for position, part in enumerate(parts):
        if position % 2:
            yield from tokenize(part)
        elif part:
            yield Token(TOKEN_CONTENT, part, -1, part)
