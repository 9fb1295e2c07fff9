"""Reads a job description, and proposes what a role is made of, for a person to confirm."""

import re
from collections.abc import Sequence

from warmbench.core import documents
from warmbench.people.models import Tag
from warmbench.people.vocabulary import Vocabulary
from warmbench.sourcing.description_parts import Description, Part, Section, take_apart
from warmbench.sourcing.description_pay import pay_of
from warmbench.sourcing.description_places import places_of, remote_of
from warmbench.sourcing.description_skills import skills_of
from warmbench.sourcing.description_words import words
from warmbench.sourcing.proposals import Found, FoundSkill, FoundTag, Proposal, quote
from warmbench.sourcing.role_check import LONGEST_DESCRIPTION

__all__ = ["DescriptionError", "propose", "read"]

#: A title stands among the first lines.
_HEAD = 5
_LONGEST_TITLE = 160
_EDGES = " \t-\u2013\u2014|,:*_#\u00b7"
#: "(CISO)" belongs to a title, "(contract)" and ", remote" do not.
_TITLE_ENDS = re.compile(r",\s|\s[|\u00b7]\s|\s\((?![A-Z]{2,5}\))")


class DescriptionError(ValueError):
    """No description can be read from this. The message is for the person who gave it."""


def read(name: str, raw: bytes) -> str:
    """The text of an uploaded description: plain text, PDF or Word. Raises DescriptionError."""
    try:
        text = documents.read(name, raw)
    except documents.UnreadableError as error:
        raise DescriptionError(str(error)) from error
    return _checked(text)


def propose(text: str, *, vocabulary: Vocabulary | None = None) -> Proposal:
    """What the description says about a role, each with its quote.

    A guess by the words of the tag tree and by some hundred cue words in five languages; what
    it does not find is left out. Raises DescriptionError for a text that is too long.
    """
    _checked(text)
    known = vocabulary or Vocabulary.load()
    of = take_apart(text)
    title = _title(of, known)
    named = title.value if title else ""
    places = places_of(of)
    skills = skills_of(of, known, title)
    reading = known.read(title=named, skills=[skill.value.name for skill in skills])
    tags = {known.tags[tag.tag_id].kind: tag.tag_id for tag in reversed(reading.tags)}
    homes = known.homes(skill.value.tag_id for skill in skills).most_common(1)
    specialty = tags.get(Tag.Kind.SPECIALTY) or next((home for home, _ in homes), None)
    country = places[0].value.country if places else ""
    return Proposal(
        title=title,
        skills=tuple(skills),
        specialty=_tag(known, specialty, title, skills),
        seniority=_tag(known, tags.get(Tag.Kind.SENIORITY), title, ()),
        places=tuple(places),
        remote=remote_of(of),
        pay=pay_of(of, country),
    )


def _checked(text: str) -> str:
    if len(text) > LONGEST_DESCRIPTION:
        raise DescriptionError(
            f"This is longer than {LONGEST_DESCRIPTION:,} characters: too long for one role."
        )
    if not text.strip():
        raise DescriptionError("There are no words in this.")
    return text.replace("\0", "")


def _tag(
    known: Vocabulary,
    tag_id: int | None,
    title: Found[str] | None,
    skills: Sequence[Found[FoundSkill]],
) -> Found[FoundTag] | None:
    where = title or next(iter(skills), None)
    if tag_id is None or where is None:
        return None
    return Found(FoundTag(tag_id, known.tags[tag_id].name), where.quote)


def _title(of: Description, known: Vocabulary) -> Found[str] | None:
    """The title: what a line says is one, else the first of the first lines that names a role or
    is marked as a title, else the first line."""
    labelled = [part for part in of.parts if part.section == Section.TITLE]
    head = [part for part in of.parts[:_HEAD] if part.section == Section.INTRO]
    names = [name for part in labelled or head if (name := _cut(of, part, known)) is not None]
    told = [name for name in names if known.role_of(name.value) is not None]
    # "Projektleiter Tiefbau (m/w/d)" below "Stellenanzeige".
    marked = [name for name in names if _is_marked(name.quote.text)]
    return next(iter([*(labelled and names), *told, *marked, *names]), None)


def _is_marked(line: str) -> bool:
    """Whether a line says of which sex somebody may be, as titles do."""
    extras = words().title_extras.finditer(line.lower())
    return any(not found[0].endswith("%") for found in extras)


def _cut(of: Description, part: Part, known: Vocabulary) -> Found[str] | None:
    """The title in a line, without whom it is for and what else stands there."""
    line = of.text[part.start : min(part.end, part.start + _LONGEST_TITLE)].splitlines()[0]
    name = line
    for extra in reversed(list(words().title_extras.finditer(name.lower()))):
        name = f"{name[: extra.start()]} {name[extra.end() :]}"
    for border in _TITLE_ENDS.finditer(name):
        if known.role_of(name[: border.start()]) is not None:
            name = name[: border.start()]
            break
    name = " ".join(name.replace("( )", " ").split()).strip(_EDGES)
    if not any(letter.isalpha() for letter in name):
        return None
    return Found(name, quote(of.text, part.start, part.start + len(line)))
