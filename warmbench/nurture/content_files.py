"""Reads content pieces from a folder of Markdown files, each with a short head in YAML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from warmbench.core import languages
from warmbench.messaging import wording
from warmbench.nurture.models import ContentPiece, ContentVariant
from warmbench.people.models import Tag

#: The pieces that come with Warmbench.
SHIPPED = Path(__file__).parent / "data" / "content"

_FENCE = "---\n"
#: What the head of a content piece must say, and of another wording of it.
_NEEDED = ("title", "kind", "subject", "reviewed")
_NEEDED_AGAIN = ("subject",)
#: What a piece may be about, the closest first: it is about one thing.
_TOPICS = (Tag.Kind.ROLE, Tag.Kind.ROLE_FAMILY, Tag.Kind.SPECIALTY, Tag.Kind.CATEGORY)
_FIRST = "A"
_NAME = re.compile(r"[a-z0-9_-]{1,60}(\.[A-Z])?")
_LONGEST_TITLE = 200

_Tags = dict[tuple[str, str], Tag]


class ContentFileError(ValueError):
    """A file that cannot be used: one sentence for its author."""


@dataclass(frozen=True, slots=True)
class _Text:
    """One file: ``key.md``, or ``key.B.md`` for another wording of the same piece."""

    key: str
    label: str
    head: dict[str, Any]
    body: str


@transaction.atomic
def load(folder: Path, *, now: datetime) -> int:
    """Store the pieces of a folder of Markdown files, each under its file's name, and bring
    them live: their heads say who reviewed them when.

    Returns how many there are. A piece that exists is brought up to date; one that was retired
    stays so. Raises ContentFileError, or TemplateError, with one sentence for the author.
    """
    tags = {(tag.kind, tag.name): tag for tag in Tag.objects.exclude(kind=Tag.Kind.SKILL)}
    texts = list(_texts(folder))
    pieces = {text.key: _store(text, tags) for text in texts if text.label == _FIRST}
    for text in texts:
        if text.key not in pieces:
            raise ContentFileError(
                f"Content piece {text.key}: {text.key}.{text.label}.md is another wording of it,"
                f" and there is no {text.key}.md."
            )
        _keep_words(pieces[text.key], text, now=now)
    return len(pieces)


def _store(text: _Text, tags: _Tags) -> ContentPiece:
    head = text.head
    if head["kind"] not in ContentPiece.Kind:
        raise ContentFileError(f"Content piece {text.key}: there is no kind {head['kind']}.")
    if not languages.is_spoken(language := head.get("language", languages.FALLBACK)):
        raise ContentFileError(f"Content piece {text.key}: there is no language {language}.")
    if len(str(head["title"])) > _LONGEST_TITLE:
        raise ContentFileError(f"Content piece {text.key}: its title is too long.")
    about = {
        "kind": head["kind"],
        "title": head["title"],
        "topic": _topic(text, tags),
        "seniority": _named(text, Tag.Kind.SENIORITY, "seniority", tags),
        "place": _named(text, Tag.Kind.GEOGRAPHY, "place", tags),
        "language": language,
        "reviewed_on": _day(text, "reviewed"),
        "expires_on": _day(text, "expires") if "expires" in head else None,
    }
    piece, _ = ContentPiece.objects.update_or_create(key=text.key, defaults=about)
    if piece.state != ContentPiece.State.RETIRED:
        piece.state = ContentPiece.State.LIVE
    piece.revision += 1
    piece.save(update_fields=["state", "revision"])
    return piece


def _keep_words(piece: ContentPiece, text: _Text, *, now: datetime) -> None:
    subject = str(text.head["subject"])
    template = wording.keep(subject=subject, body=text.body, look="article", now=now)
    ContentVariant.objects.update_or_create(
        piece=piece,
        label=text.label,
        defaults={"subject": subject, "body": text.body, "template": template},
    )


def _texts(folder: Path) -> Iterator[_Text]:
    for path in sorted(folder.glob("*.md")):
        if not _NAME.fullmatch(path.stem):
            raise ContentFileError(
                f"Content piece {path.stem}: name the file with small letters, digits and - alone,"
                " and other wordings with a capital letter behind a dot."
            )
        key, _, label = path.stem.partition(".")
        parts = path.read_text(encoding="utf-8").split(_FENCE, maxsplit=2)
        if len(parts) != 3 or parts[0].strip():
            raise ContentFileError(f"Content piece {key}: it has no head between --- lines.")
        head = _head(path.name, parts[1])
        for needed in _NEEDED if (label or _FIRST) == _FIRST else _NEEDED_AGAIN:
            if needed not in head:
                raise ContentFileError(f"Content piece {path.stem}: its head lacks {needed}.")
        yield _Text(key, label or _FIRST, head, parts[2].strip())


def _head(name: str, text: str) -> dict[str, Any]:
    try:
        written = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ContentFileError(f"{name} is not YAML: {error}") from error
    if not isinstance(written, dict):
        raise ContentFileError(f"{name}: there is nothing in it that could be used.")
    return written


def _topic(text: _Text, tags: _Tags) -> Tag | None:
    named = (_named(text, kind, kind.value, tags) for kind in _TOPICS)
    return next(filter(None, named), None)


def _named(text: _Text, kind: Tag.Kind, entry: str, tags: _Tags) -> Tag | None:
    name = text.head.get(entry)
    if name is None:
        return None
    if (kind, name) not in tags:
        raise ContentFileError(
            f"Content piece {text.key}: there is no {kind.label.lower()} {name}."
        )
    return tags[kind, name]


def _day(text: _Text, entry: str) -> date:
    written = text.head[entry]
    if isinstance(written, date):
        return written
    try:
        return date.fromisoformat(written)
    except (TypeError, ValueError) as error:
        raise ContentFileError(
            f"Content piece {text.key}: {entry} is a day like 2026-11-04."
        ) from error
