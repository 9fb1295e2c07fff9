"""Takes off what follows a letter: signatures, business cards, disclaimers, adverts of devices."""

import re
from dataclasses import dataclass
from functools import cache

from warmbench.messaging.inbound.plain import fold, table

#: A signature is short (RFC 3676 asks for four lines); more than this was typed.
MAX_SIGNATURE_LINES = 15
MAX_CARD_LINES = 9
MAX_CARD_WIDTH = 110
#: A line that a device adds is never longer.
MAX_ADVERT = 120
MAX_NOTICE = 300
#: How the last line of our own mails reads in a quote that dropped its links.
_OUR_CHOICES = "unsubscribe \u00b7 choose what you hear about"

_IN_BRACKETS = re.compile(r"<[^<>]{0,500}>|\([^()]{0,500}\)|\[[^\[\]]{0,500}\]")
_CARD = re.compile(
    r"\+?\d[\d ()/.-]{6,20}\d|[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]|\bwww\.|https?://"
    r"|\b\d{4,5} [A-Z]|[|·•]"
)
_SENTENCE = re.compile(r"[?!]|\b(?:i|i'm|ich|je|yo|ik|io|eu)\b|\w{3,}\.\s+\w")
_POSTSCRIPT = re.compile(r"\W{0,3}(?:p\.?\s?s|n\.?b|edit)\b", re.IGNORECASE)
_OUR_LINK = re.compile(r"https?://[^\s<>]{1,200}/[up]/[\w-]{20,}")


@dataclass(frozen=True, slots=True)
class _Words:
    footer: tuple[str, ...]
    notices: re.Pattern[str]
    sent_with: tuple[str, ...]
    sent_things: re.Pattern[str]
    disclaimer: re.Pattern[str]
    disclaimer_signs: re.Pattern[str]
    closings: frozenset[str]
    card: tuple[str, ...]


def cut(kept: list[str | None], signature_mark: str) -> list[str]:
    """The lines of a letter alone. None stands where a quote was, and ends a signature."""
    blocks: list[list[str]] = [[]]
    for line in kept:
        if line is None:
            blocks.append([])
        else:
            blocks[-1].append(line)
    first = next((number for number, block in enumerate(blocks) if _has_words(block)), 0)
    lines: list[str] = []
    for number, block in enumerate(blocks):
        text = _without_lines_of_programs(block)
        text = _without_signature(text, signature_mark, is_all=number <= first)
        lines += [*_without_disclaimers(text, keep_first=number <= first), ""]
    return _without_card([line for line in lines if line.strip() != signature_mark])


def end_of_our_footer(lines: list[str], start: int) -> int:
    """The line after the last one of our own footer; the end of the mail if it has none."""
    found = None
    for number in range(start, len(lines)):
        line = lines[number]
        if line.lstrip()[:1] == ">":
            continue
        is_ours = "/p/" in line and _OUR_LINK.search(line[:1000])
        if is_ours or line[:100].strip().lower().endswith("choose what you hear about"):
            found = number + 1
    return len(lines) if found is None else found


def _has_words(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _without_lines_of_programs(lines: list[str]) -> list[str]:
    return [line for line in lines if not _is_of_program(line)]


def _is_of_program(line: str) -> bool:
    """Whether a mail program or one of our own mails, and no person, wrote this line."""
    if not line.strip():
        return False
    words = _words()
    folded = fold(line[:600]).strip()
    if folded.startswith(words.footer) or folded == _OUR_CHOICES:
        return True
    if "://" in folded and _OUR_LINK.search(line[:1000]):
        return True
    if len(line) < MAX_NOTICE and words.notices.search(folded):
        return True
    if not folded.lstrip(" .-_*\u2022").startswith(words.sent_with):
        return False
    bare = _IN_BRACKETS.sub(" ", folded).strip(" .-_*\u2022")
    return len(bare) <= MAX_ADVERT and words.sent_things.search(bare) is not None


def _without_signature(lines: list[str], mark: str, *, is_all: bool) -> list[str]:
    """The lines above “-- ” or the mark of an HTML program; all, if nothing stands above."""
    for number, line in enumerate(lines):
        if line.strip() == mark or line.rstrip() in {"--", "\u2014"}:
            above, below = lines[:number], lines[number + 1 :]
            if is_all and not _has_words(above):
                return [*above, *below]
            length = sum(1 for each in below if each.strip())
            return above if length <= MAX_SIGNATURE_LINES else lines
    return lines


def _without_disclaimers(lines: list[str], *, keep_first: bool) -> list[str]:
    kept: list[str] = []
    paragraph: list[str] = []
    is_first = keep_first
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line)
            continue
        if paragraph and (is_first or not _is_disclaimer(paragraph)):
            kept += paragraph
            is_first = False
        paragraph = []
        kept.append(line)
    return kept


def _is_disclaimer(paragraph: list[str]) -> bool:
    text = fold("\n".join(paragraph)[:2000])
    words = _words()
    signs = set(words.disclaimer_signs.findall(text))
    return len(signs) >= 2 and words.disclaimer.search(text) is not None


def _without_card(lines: list[str]) -> list[str]:
    """The lines without a business card below the closing and the name."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    lines = lines[:end]
    tail = range(max(0, len(lines) - MAX_CARD_LINES - 6), len(lines))
    for number in tail:
        if fold(lines[number][:60]).strip(" ,.!") not in _words().closings:
            continue
        name = next((n for n in range(number + 1, len(lines)) if lines[n].strip()), None)
        if name is None or len(lines[name]) > 50:
            return lines
        card = [line for line in lines[name + 1 :] if line.strip()]
        return lines[: name + 1] if _is_card(card) else lines
    return lines


def _is_card(card: list[str]) -> bool:
    if not card or len(card) > MAX_CARD_LINES:
        return False
    if any(len(line) > MAX_CARD_WIDTH or _POSTSCRIPT.match(line) for line in card):
        return False
    if any(_SENTENCE.search(fold(line)) and not _CARD.search(line) for line in card):
        return False
    # A number alone may be an answer to a question; with a title or a firm it is a card.
    return any(_is_of_card(line) for line in card)


def _is_of_card(line: str) -> bool:
    folded = fold(line)
    return bool(_CARD.search(line)) or any(word in folded for word in _words().card)


@cache
def _words() -> _Words:
    written = table("quote_words")
    things = "|".join(re.escape(fold(each)) for each in written["sent_things"])
    one, two = (
        "|".join(re.escape(each) for each in written[name])
        for name in ("disclaimer_words", "disclaimer_signs")
    )
    return _Words(
        footer=tuple(written["our_footer"]),
        notices=re.compile("|".join(re.escape(each) for each in written["notices"])),
        sent_with=tuple(written["sent_with"]),
        sent_things=re.compile(rf"\b(?:{things})\b"),
        disclaimer=re.compile(rf"\b(?:{one})"),
        disclaimer_signs=re.compile(two),
        closings=frozenset(written["closings"]),
        card=tuple(written["card_words"]),
    )
