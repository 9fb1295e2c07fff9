"""Reads transcripts with times or labels (WebVTT, SubRip, JSON) into plain turns."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

#: How deep a JSON file may nest: the deepest of those that are in use has six.
DEEPEST = 40
#: Captions or turns that anybody reads.
MOST = 50_000

_CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_TIMES = re.compile(rf"[ \t]*{_CLOCK}[ \t]*-->[ \t]*{_CLOCK}(?:[ \t]|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,60})?[ \t]+([^<>\n]{1,120})>")
_TAG = re.compile(r"</?[a-zA-Z0-9:.][^<>\n]{0,120}>|\{\\[^{}\n]{0,40}\}")
_LABEL = re.compile(r"(?:>>[ \t]*)?([^\W\d_][^:\n<>]{0,40}?)[ \t]?:[ \t]+(?=\S)")
_SPACE = re.compile(r"\s+")
#: The keys under which the turns of a talk lie in the files of the usual programs.
_LISTS = (
    "segments", "utterances", "turns", "transcript", "results", "monologues", "entries", "items",
    "sentences", "messages", "captions", "paragraphs", "dialogue", "conversation", "data",
    "phrases",
)  # fmt: skip
_SPEAKERS = ("speaker", "speaker_name", "speaker_label", "speakerName", "name", "participant",
             "role", "author", "from", "user", "speaker_id", "speakerId", "channel")  # fmt: skip
_TEXTS = ("text", "words", "content", "transcript", "sentence", "body", "message", "display",
          "value", "caption", "punctuated_word", "word")  # fmt: skip

Turn = tuple[str, str]


class NoTurnsError(ValueError):
    """The file has no turns of a talk in it."""


def is_captions(text: str) -> bool:
    """Whether a text is a file of captions: it says WEBVTT, or has times as they have."""
    opening = text[:4000].lstrip("\ufeff \n")
    return opening.startswith("WEBVTT") or any(
        _TIMES.match(line) for line in opening.split("\n")[:12]
    )


def read_captions(text: str) -> str:
    """The turns of a WebVTT or SubRip file, each in a line. Raises NoTurnsError."""
    return _written(_captions(text))


def read_json(text: str) -> str:
    """The turns of a JSON file, each in a line. Raises NoTurnsError."""
    if _depth(text) > DEEPEST:
        raise NoTurnsError("This file nests deeper than any transcript does.")
    try:
        # Numbers are of no use; one of a million digits would take minutes to read.
        found = json.loads(text, parse_int=str, parse_float=str)
    except ValueError as error:
        raise NoTurnsError("This file is damaged: it is no JSON.") from error
    return _written(_turns(found))


def _depth(text: str) -> int:
    """How deep brackets nest outside of strings."""
    depth = deepest = 0
    for sign in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _captions(text: str) -> Iterator[Turn]:
    """The speaker and the words of each caption. One without a speaker goes on."""
    body: list[str] = []
    is_inside = False
    for line in text.split("\n"):
        if _TIMES.match(line):
            # The line above was the number of this one.
            if body and (body[-1].strip().isdigit()):
                body.pop()
            yield from _caption(body if is_inside else [])
            body, is_inside = [], True
        elif is_inside:
            if not line.strip() or line.startswith(("NOTE", "STYLE", "REGION")):
                yield from _caption(body)
                body = []
                is_inside = not line.strip()
                continue
            body.append(line)
    yield from _caption(body if is_inside else [])


def _caption(lines: list[str]) -> Iterator[Turn]:
    """A caption may hold several who speak, each in a line of their own."""
    speaker, said = "", ""
    for line in lines:
        voices = _VOICE.split(line)
        pieces = [("", voices[0]), *zip(voices[1::2], voices[2::2], strict=True)]
        for voice, words in pieces:
            name = voice
            bare = html.unescape(_TAG.sub("", words)).strip().removeprefix("- ")
            label = None if name else _LABEL.match(bare)
            if label and len(label[1].split()) <= 5 and label[1][:1].isupper():
                name, bare = label[1], bare[label.end() :]
            if name and (said or speaker):
                yield speaker, said
                said = ""
            speaker = html.unescape(name) or speaker
            said = f"{said} {bare}" if said else bare
    if said:
        yield speaker, said


def _turns(found: Any, depth: int = 0) -> Iterator[Turn]:
    """The turns in what a program wrote: the first list of things with words in them."""
    if isinstance(found, dict):
        for key in _LISTS:
            if isinstance(found.get(key), list | dict) and depth < 6:
                turns = list(_turns(found[key], depth + 1))
                if turns:
                    yield from turns
                    return
        return
    if not isinstance(found, list):
        return
    for one in found[:MOST]:
        if isinstance(one, list | dict):
            words = _words(one)
            if words:
                yield _speaker(one), words
            elif depth < 6:
                yield from _turns(one, depth + 1)


def _words(one: Any) -> str:
    if not isinstance(one, dict):
        return ""
    for key in _TEXTS:
        said = one.get(key)
        if isinstance(said, str) and said.strip():
            return said
        if isinstance(said, list):
            words = [
                word if isinstance(word, str) else _words(word)
                for word in said[:MOST]
                if isinstance(word, str | dict)
            ]
            if any(words):
                return " ".join(word for word in words if word)
    return ""


def _speaker(one: Any) -> str:
    if not isinstance(one, dict):
        return ""
    for key in _SPEAKERS:
        said = one.get(key)
        if isinstance(said, dict):
            said = next((said[name] for name in ("name", "label", "id") if said.get(name)), "")
        if isinstance(said, str) and said.strip():
            name = said.strip()
            # A bare number is a speaker all the same, but no label of a line.
            return f"Speaker {name}" if name.isdigit() else name
    return ""


def _written(turns: Iterable[Turn]) -> str:
    """Each turn as “Name: words” in a line; what one says in a row is joined."""
    lines: list[str] = []
    last: str | None = None
    for speaker, said in turns:
        name = _SPACE.sub(" ", speaker).replace(":", " ").strip()[:60]
        words = _SPACE.sub(" ", said).strip()
        if not words:
            continue
        if lines and (name == last or (not name and last is not None)):
            # Captions that roll up say the last line once more.
            if not lines[-1].endswith(words):
                lines[-1] = f"{lines[-1]} {words}"
            continue
        lines.append(f"{name}: {words}" if name else words)
        last = name
        if len(lines) > MOST:
            break
    if not lines:
        raise NoTurnsError("There are no words in this transcript.")
    return "\n".join(lines) + "\n"
