"""Counts what a text message costs: how it is encoded, and in how many parts it travels."""

from dataclasses import dataclass
from enum import StrEnum

#: GSM 03.38, the default alphabet of text messages, and what takes two places in it.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
#: Typed for looks, and worth a third of the price as what they stand for.
_PLAINER = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
    }
)


class Encoding(StrEnum):
    """How a text message travels."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


#: Units in a message of one part, and in each part of a longer one (3GPP TS 23.040).
_ROOM = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs."""

    encoding: Encoding
    #: Units of the encoding; a rare letter or an emoji takes two.
    units: int
    count: int


def plainer(text: str) -> str:
    """The text with typographic quotes, dashes and spaces as everybody's phone has them."""
    return text.translate(_PLAINER)


def count(text: str) -> Segments:
    """In how many parts a text travels. An empty one travels in one."""
    sizes = _sizes(text)
    encoding = Encoding.GSM_7
    if sizes is None:
        encoding = Encoding.UCS_2
        sizes = [len(each.encode("utf-16-be", "surrogatepass")) // 2 for each in text]
    alone, each_part = _ROOM[encoding]
    units = sum(sizes)
    if units <= alone:
        return Segments(encoding, units, 1)
    parts, left = 1, each_part
    for size in sizes:
        # What takes two units is not cut in the middle.
        if size > left:
            parts, left = parts + 1, each_part
        left -= size
    return Segments(encoding, units, parts)


def _sizes(text: str) -> list[int] | None:
    """Units of each character in GSM-7; None if one is not in it."""
    sizes = [1 if each in _BASIC else 2 if each in _EXTENDED else 0 for each in text]
    return sizes if all(sizes) else None
