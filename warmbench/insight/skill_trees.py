"""Reads a tree of skills from a file: ESCO's own, a table or list of any other, or a tag tree."""

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from warmbench.insight.linker import Node
from warmbench.people import tag_file
from warmbench.people.models import Tag, TagAlias
from warmbench.people.tag_words import key

#: ESCO in one language is 15 MB.
LARGEST = 64 << 20
#: ESCO has 14,000 skills, with 100,000 alternatives.
_MOST = 200_000
#: What a column or field may be called. The first is ours, the second ESCO's.
_ID = ("id", "conceptUri", "uri", "code")
_LABEL = ("label", "preferredLabel", "name", "title")
_OTHERS = ("alternatives", "altLabels", "aliases", "synonyms")


class SkillTreeError(ValueError):
    """The file is no tree of skills. The message is for the person who named it."""


def read(path: Path) -> list[Node]:
    """The skills in the file, in its order, each once. Raises SkillTreeError.

    It may be a CSV file (ESCO's ``skills_en.csv`` as it comes, or one with the columns id, label
    and alternatives), JSON with the same fields, a tag tree in YAML, or a folder or zip archive
    with ESCO's file of skills in it. Alternatives stand in lines of their own, or between “|”.
    """
    name, raw = _file_of(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SkillTreeError(f"{name} is not text in UTF-8.") from error
    match Path(name).suffix.lower():
        case ".csv" | ".tsv":
            nodes = list(_of_table(name, text))
        case ".json":
            nodes = list(_of_json(name, text))
        case ".yaml" | ".yml":
            nodes = list(of_tag_file(text))
        case other:
            raise SkillTreeError(f"A tree is a .csv, .json, .yaml or .zip file, not “{other}”.")
    if not nodes:
        raise SkillTreeError(f"There is no skill in {name}.")
    once: dict[str, Node] = {}
    for node in nodes:
        once.setdefault(node.id, node)
    return list(once.values())


def of_tag_file(text: str) -> Iterator[Node]:
    """The skills of a tag tree in YAML; the id is the name in plain letters. SkillTreeError."""
    try:
        entries = tag_file.read(text).entries
    except tag_file.TreeFileError as error:
        raise SkillTreeError(str(error)) from error
    for entry in entries:
        if entry.kind == Tag.Kind.SKILL and not entry.is_retired:
            yield Node(key(entry.name), entry.name, tuple(text for text, _ in entry.aliases))


def of_database() -> list[Node]:
    """The skills of this installation's tag tree, by their numbers; none that is retired."""
    others: defaultdict[int, list[str]] = defaultdict(list)
    of_skills = TagAlias.objects.filter(kind=Tag.Kind.SKILL).order_by("pk")
    for tag_id, text in of_skills.values_list("tag_id", "text"):
        others[tag_id].append(text)
    skills = Tag.objects.filter(kind=Tag.Kind.SKILL, retired_at=None).order_by("pk")
    return [
        Node(str(pk), name, tuple(text for text in others[pk] if text != name))
        for pk, name in skills.values_list("pk", "name")
    ]


def _file_of(path: Path) -> tuple[str, bytes]:
    if path.is_dir():
        return _file_of(_skills_among(sorted(path.glob("*.csv"))))
    if not path.is_file():
        raise SkillTreeError(f"There is no file {path}.")
    if path.stat().st_size > LARGEST:
        raise SkillTreeError(f"{path} is too large for a tree of skills.")
    if path.suffix.lower() != ".zip":
        return path.name, path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            chosen = _skills_among([Path(name) for name in archive.namelist()])
            with archive.open(chosen.as_posix()) as member:
                # It is the unpacked bytes that count, whatever the archive says of them.
                raw = member.read(LARGEST + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, KeyError) as error:
        raise SkillTreeError(f"{path} is no archive that can be read.") from error
    if len(raw) > LARGEST:
        raise SkillTreeError(f"{chosen.name} is too large for a tree of skills.")
    return chosen.name, raw


def _skills_among(files: Iterable[Path]) -> Path:
    """ESCO comes as some thirty files: the one of skills, in English if there are several."""
    found = [file for file in files if file.name.startswith("skills_") and file.suffix == ".csv"]
    if not found:
        raise SkillTreeError("There is no file called skills_….csv, as ESCO's is.")
    return next((file for file in found if file.name == "skills_en.csv"), found[0])


def _of_table(name: str, text: str) -> Iterator[Node]:
    csv.field_size_limit(1 << 20)
    delimiter = max("\t;,", key=text[: text.find("\n")].count)
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = [column for column in rows.fieldnames or () if column]
        if _first(header, _LABEL) is None:
            columns = "id, label and alternatives, or ESCO's conceptUri, preferredLabel, altLabels"
            raise SkillTreeError(f"{name} needs the columns {columns}.")
        yield from _nodes(name, rows)
    except csv.Error as error:
        raise SkillTreeError(f"{name} is no table: {error}.") from error


def _of_json(name: str, text: str) -> Iterator[Node]:
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SkillTreeError(f"{name} is not JSON that can be read.") from error
    if isinstance(written, dict):
        written = next((one for one in written.values() if isinstance(one, list)), None)
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        raise SkillTreeError(f"{name} is not a list of objects with id, label and alternatives.")
    yield from _nodes(name, written)


def _nodes(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[Node]:
    for number, row in enumerate(rows):
        if number >= _MOST:
            raise SkillTreeError(f"{name} has more than {_MOST:,} skills.")
        label = " ".join(str(row.get(_first(row, _LABEL) or "") or "").split())
        if not label or str(row.get("status", "released")) == "obsolete":
            continue
        spelled = row.get(_first(row, _OTHERS) or "") or ()
        if isinstance(spelled, str):
            spelled = spelled.replace("|", "\n").splitlines()
        others = dict.fromkeys(" ".join(str(one).split()) for one in spelled)
        told = str(row.get(_first(row, _ID) or "") or "").strip()
        yield Node(told or label, label, tuple(one for one in others if one and one != label))


def _first(names: Iterable[str], wanted: Iterable[str]) -> str | None:
    # A row of a CSV file that is longer than the header has its rest under None.
    by_name = {str(name).strip().casefold(): name for name in names}
    return next((by_name[one.casefold()] for one in wanted if one.casefold() in by_name), None)
