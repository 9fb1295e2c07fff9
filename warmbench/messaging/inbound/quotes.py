"""Finds the text that a person newly wrote in a mail, without what it quotes and what follows it.

Losing the person's words is worse than keeping some of the quote: where it is not clear, they stay.
Every rule looks at one line, or at a few lines of bounded length, so a megabyte takes
no longer than reading it does.
"""

import re
from dataclasses import dataclass
from functools import cache

from warmbench.messaging.inbound import html_text, trailers
from warmbench.messaging.inbound.mail import Mail
from warmbench.messaging.inbound.plain import fold, table

#: More than this is no line that a mail program writes above a quote.
MAX_LINE = 400
#: An attribution is broken into at most so many lines.
MAX_ATTRIBUTION_LINES = 4
#: The fields of a quoted header lie this close together, blank lines not counted.
MAX_HEADER_LINES = 8
#: So many lines with ">" can be what a person typed, if the quote comes further below.
MAX_TYPED_QUOTES = 3

#: Stand in the text of an HTML mail where its program marked a quote, or a signature.
_QUOTE, _SIGNATURE = "\ue001", "\ue002"
_TAG = re.compile(r"<[a-zA-Z][^<>]{0,1500}>")
_ATTRIBUTE = re.compile(
    r"""\b(?:class|id|name|data-marker)\s{0,3}=\s{0,3}["']?([^"'>]{0,120})""", re.IGNORECASE
)
#: How programs name what they quote, and what they sign with (some with a prefix or a number).
_QUOTE_NAMES = re.compile(
    r"(?:^|[ _-])(?:gmail_quote(?:_container)?|gmail_attr|yahoo_quoted|divrplyfwdmsg|appendonsend"
    r"|moz-cite-prefix|outlookmessageheader|__headers__|__quoted_text__|zwchr|quote|reply-intro"
    r"|tutanota_quote|mail-editor-reference-message-container|ms-outlook-mobile-reference-message"
    r"|zmail_extra|isreplycontent|mail_quote|originalmessage|replyheader|history_container"
    r"|protonmail_quote)(?:$|[ _0-9])"
)
_SIGNATURE_NAMES = re.compile(
    r"gmail_signature(?!_prefix)|moz-signature|^signature|applemailsignature|__sig_"
    r"|linebreakatbeginningofsignature|mobile-signature|protonmail_signature|ydp\w{0,20}signature"
)

_IS_QUOTED = re.compile(r"[ \t]{0,3}[>|]")
_UNDERLINE = re.compile(r"[ \t]{0,5}[_-]{10,200}[ \t]{0,5}")
#: No line without one of these is above a quote.
_HEAD_HAS = re.compile("[:\uff1a\ue001]|^[ \t]{0,9}[-_=*]{2}")
_TIME = re.compile(r"\d{1,2}[:.h]\d\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Words:
    begins: tuple[str, ...]
    verbs: re.Pattern[str]
    fields: dict[str, str]
    separators: tuple[str, ...]
    forwards: frozenset[str]


def new_text(mail: Mail) -> str:
    """What the person wrote in this mail, in its order, without the blank lines around it."""
    return of_text(_lined(mail))


def of_text(text: str) -> str:
    """The new text of a mail's plain text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = _without_quotes(lines)
    cleaned = trailers.cut(kept, _SIGNATURE)
    return "\n".join(cleaned).strip("\n").strip()


def new_lines(lines: list[str]) -> frozenset[int]:
    """The numbers of the lines of a mail's plain text that are new, blank ones among them."""
    numbered = [_Numbered(line) for line in lines]
    for number, line in enumerate(numbered):
        line.number = number
    kept = trailers.cut(_without_quotes([*numbered]), _SIGNATURE)
    return frozenset(line.number for line in kept if isinstance(line, _Numbered))


class _Numbered(str):
    """A line that knows where it stands, whatever lines around it are taken out."""

    __slots__ = ("number",)
    number: int


def _lined(mail: Mail) -> str:
    """The text of the mail. Of an HTML mail, with the places that its program marked."""
    if any(part.content_type == "text/plain" and part.text.strip() for part in mail.shown):
        return mail.text.replace(_QUOTE, "").replace(_SIGNATURE, "")
    html = mail.html.replace(_QUOTE, "").replace(_SIGNATURE, "")
    return html_text.text_of(_TAG.sub(_with_mark, html[: html_text.MAX_CHARACTERS]))


def _with_mark(tag: re.Match[str]) -> str:
    """The tag with the mark before it; a block quote needs none, the reader of HTML marks it."""
    names = [name.lower() for name in _ATTRIBUTE.findall(tag[0])]
    if any(_SIGNATURE_NAMES.search(name) for name in names):
        return f"<br>{_SIGNATURE}<br>{tag[0]}"
    if tag[0][:11].lower() != "<blockquote" and any(map(_QUOTE_NAMES.search, names)):
        return f"<br>{_QUOTE}<br>{tag[0]}"
    return tag[0]


def _without_quotes(lines: list[str]) -> list[str | None]:
    """The lines that are new, and None wherever something was taken out between them."""
    words = _words()
    heads = _heads(lines, words)
    first_mark = min(heads, default=len(lines))
    kept: list[str | None] = []
    number, quoting = 0, False
    while number < len(lines):
        if number in heads:
            number = heads[number]
            kept.append(None)
            number, quoting = _after_head(lines, number), True
        elif _IS_QUOTED.match(lines[number]):
            end = _end_of_quoted(lines, number)
            typed = not quoting and _is_typed(lines[number:end], first_mark, number, lines)
            kept.extend(lines[number:end] if typed else [None])
            number = end
        else:
            kept.append(lines[number])
            number += 1
    return kept


def _heads(lines: list[str], words: _Words) -> dict[int, int]:
    """Where something stands that a program puts above a quote, and where each of these ends."""
    heads: dict[int, int] = {}
    for number, line in enumerate(lines):
        if not _HEAD_HAS.search(line) or _IS_QUOTED.match(line):
            continue
        folded = fold(line[:MAX_LINE]).strip()
        if line.strip() == _QUOTE:
            heads[number] = number + 1
        elif _is_separator(folded, words):
            heads[number] = _end_of_fields(lines, number + 1, words, colons=False) or number + 1
        elif end := _end_of_fields(lines, number, words, colons=True):
            above = _above(lines, number)
            heads[above if _UNDERLINE.fullmatch(lines[above][:210]) else number] = end
        elif folded.endswith((":", "\uff1a")) and len(line) <= MAX_LINE:
            start = _start_of_attribution(lines, number, words)
            if start is not None:
                heads[start] = number + 1
    return heads


def _above(lines: list[str], number: int) -> int:
    """The last line above that is not blank; this one if there is none near."""
    for above in range(number - 1, max(-1, number - 4), -1):
        if lines[above].strip():
            return above
    return number


def _is_separator(folded: str, words: _Words) -> bool:
    if folded in words.forwards:
        return True
    if len(folded) > 120 or folded[:1] not in "-_=*":
        return False
    inside = folded.strip("-_=*: ")
    return inside.startswith(words.separators) and folded[:2] in {"--", "__", "==", "**"}


def _end_of_fields(lines: list[str], start: int, words: _Words, *, colons: bool) -> int | None:
    """Where a block of header fields that begins here ends; None if there is none.

    One typed “From:” is no header: three kinds of fields are asked for, close together.
    """
    kinds: set[str] = set()
    end, seen, number = start, 0, start
    last = min(len(lines), start + 3 * MAX_HEADER_LINES)
    while number < last and seen < MAX_HEADER_LINES:
        line = lines[number][:MAX_LINE].strip()
        number += 1
        if not line or line == _QUOTE:
            continue
        kind = _field(line, words, colons=colons)
        if kind is None and (not kinds or seen - len(kinds) > 2):
            break
        seen += 1
        if kind:
            kinds.add(kind)
            end = number
    enough = len(kinds) >= (3 if colons else 2)
    return end if enough and kinds & {"from", "date"} else None


def _field(line: str, words: _Words, *, colons: bool) -> str | None:
    """Which kind of header field a line is."""
    name, colon, _ = line.partition(":")
    if not colon and colons:
        return None
    if not colon or len(name) > 30:
        name = line.split(" ", 1)[0]
        if colons:
            return None
    return words.fields.get(fold(name).strip(" *\xa0"))


def _start_of_attribution(lines: list[str], end: int, words: _Words) -> int | None:
    """Where the “On …, … wrote:” that ends in this line begins; None if it is no such line.

    A person may type “On Monday I wrote:”, so an address or a time of day is asked for.
    """
    joined = ""
    for start in range(end, max(-1, end - MAX_ATTRIBUTION_LINES), -1):
        line = lines[start]
        if not line.strip() or len(line) > MAX_LINE or _IS_QUOTED.match(line):
            return None
        joined = f"{fold(line).strip()} {joined}".strip()
        dated = bool(_TIME.search(joined)) or bool(_YEAR.search(joined))
        if not dated and "@" not in joined:
            continue
        begins = joined.startswith(words.begins)
        if words.verbs.search(joined) and len(_DIGITS.findall(joined)) >= 3:
            if begins or "@" in fold(line):
                return start
        elif "@" in joined and bool(_TIME.search(joined)) and begins | joined[:1].isdigit():
            return start
    return None


def _after_head(lines: list[str], number: int) -> int:
    """Where to read on below a head: at the first quoted line, or else where the mail ends.

    If nothing below is marked as quoted, the quote goes on to the end, or to the end of our own
    footer: whoever answers below that must be heard.
    """
    below = number
    while below < len(lines) and below < number + 8 and not _IS_QUOTED.match(lines[below]):
        blank = not lines[below].strip(f" \t\xa0{_QUOTE}{_SIGNATURE}\ufeff")
        if not blank and not _continues(lines[below]):
            return trailers.end_of_our_footer(lines, number)
        below += 1
    if below < len(lines) and _IS_QUOTED.match(lines[below]):
        return below
    return trailers.end_of_our_footer(lines, number)


def _continues(line: str) -> bool:
    """Whether a line below a head is still part of it, as an attribution below a separator is."""
    folded = fold(line[:MAX_LINE]).strip()
    return folded.endswith(":") and _words().verbs.search(folded) is not None


def _end_of_quoted(lines: list[str], start: int) -> int:
    end = start
    while end < len(lines) and _IS_QUOTED.match(lines[end]):
        end += 1
    return end


def _is_typed(block: list[str], first_mark: int, start: int, lines: list[str]) -> bool:
    """Whether a person typed these “>” herself: a few, above the quote that the program marked."""
    if len(block) > MAX_TYPED_QUOTES or first_mark >= len(lines) or start > first_mark:
        return False
    return not any("@" in line or _TIME.search(line[:MAX_LINE]) for line in block)


@cache
def _words() -> _Words:
    written = table("quote_words")
    verbs = "|".join(re.escape(verb) for verb in written["attribution_verbs"])
    return _Words(
        begins=tuple(written["attribution_begins"]),
        verbs=re.compile(rf"\b(?:{verbs})\b"),
        fields={name: kind for kind, names in written["header_fields"].items() for name in names},
        separators=tuple(written["separators"]),
        forwards=frozenset(written["forwards"]),
    )
