"""Says in words why somebody would get a content piece, or none: which shelves were looked at,
and what stood on them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from warmbench.core import languages
from warmbench.messaging import voices
from warmbench.nurture import content, readers
from warmbench.nurture.content import Chosen, Look, Shelf
from warmbench.nurture.models import ContentPiece
from warmbench.nurture.readers import Reader
from warmbench.people.models import Tag

_MISFITS = {
    "had": ("was read before", "were read before"),
    "seniority": ("is for another level", "are for another level"),
    "place": ("is for another place", "are for another place"),
}


@dataclass(frozen=True)
class Explained:
    """What somebody would be given now, and how it came to that, one sentence after another."""

    chosen: Chosen | None
    sentences: tuple[str, ...]


def explain(candidate_id: int, kind: str, *, now: datetime) -> Explained | None:
    """Why somebody would be given this piece of a kind, or none; None if there is no such
    person."""
    reader = readers.load([candidate_id]).get(candidate_id)
    if reader is None:
        return None
    stock, all_voices = content.shelf(today=now.date()), voices.voices()
    chosen = stock.choose(kind, reader, all_voices)
    looks = list(_up_to(chosen, stock.looks(kind, reader, all_voices)))
    names = _names(looks, reader.specialties(all_voices))
    said = [
        *_of_kinds(kind, reader),
        *_of_turn(stock, reader, reader.specialties(all_voices), names),
    ]
    for (language, one), shelves in groupby(looks, key=lambda look: (look.language, look.kind)):
        head = f"{ContentPiece.Kind(one).label} in {languages.name(language)}"
        said.append(f"{head}: {_of_shelves(list(shelves), stock, reader, names)}.")
    said.append(_of_end(chosen))
    return Explained(chosen, tuple(said))


def _up_to(chosen: Chosen | None, looks: Iterable[Look]) -> Iterator[Look]:
    """The shelves that were looked at before something was found, and the one it stood on."""
    for look in looks:
        yield look
        if chosen and chosen.piece_id in {piece.piece_id for piece in look.pieces}:
            return


def _names(looks: list[Look], specialties: list[int]) -> dict[int | None, str]:
    topics = {look.topic_id for look in looks if look.topic_id is not None}
    found = Tag.objects.filter(pk__in=topics | set(specialties)).values_list("pk", "name")
    return {None: "everybody", **dict(found)}


def _of_kinds(kind: str, reader: Reader) -> list[str]:
    kinds = reader.kinds(kind)
    if kinds == (kind,):
        return []
    wanted = ", ".join(ContentPiece.Kind(one).label for one in kinds)
    return [f"Asked for other kinds of pieces: {wanted or 'none'}."]


def _of_turn(
    stock: Shelf, reader: Reader, specialties: list[int], names: dict[int | None, str]
) -> list[str]:
    if len(specialties) < 2:
        return []
    given, clicked = (stock.count(read, specialties) for read in (reader.had, reader.clicked))
    parts = [
        f"{names.get(one, one)} ({given[one]} read, {clicked[one]} clicked in)"
        for one in stock.in_turn(reader, specialties)
    ]
    return [f"Whose turn it is: {', then '.join(parts)}."]


def _of_shelves(
    looks: list[Look], stock: Shelf, reader: Reader, names: dict[int | None, str]
) -> str:
    parts = []
    for is_empty, some in groupby(looks, key=lambda look: not look.pieces):
        if is_empty:
            parts.append(f"nothing for {_either([names[look.topic_id] for look in some])}")
        else:
            parts += [_of_shelf(look, stock, reader, names) for look in some]
    return "; ".join(parts)


def _of_shelf(look: Look, stock: Shelf, reader: Reader, names: dict[int | None, str]) -> str:
    misfits = Counter(stock.misfit(piece, reader) for piece in look.pieces)
    why = [
        f"{misfits[name]} {several if misfits[name] > 1 else one}"
        for name, (one, several) in _MISFITS.items()
        if misfits[name]
    ]
    count = len(look.pieces)
    head = f"{count} piece{'s' if count > 1 else ''} for {names[look.topic_id]}"
    return f"{head}, of which {' and '.join(why)}" if why else head


def _of_end(chosen: Chosen | None) -> str:
    if chosen is None:
        return "So there is nothing to send: the step is passed over rather than repeat a piece."
    return (
        "The last of these shelves has one. Of several, those for the same level, then those for"
        " the same place, come first, and then the one that was looked over latest."
    )


def _either(names: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
