"""What was read from a role's description: the fields of its form, each with its quote."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from warmbench.core import documents
from warmbench.people.models import Tag
from warmbench.sourcing import descriptions
from warmbench.sourcing.descriptions import DescriptionError
from warmbench.sourcing.proposals import Proposal, Quote
from warmbench.sourcing.role_check import LONGEST_DESCRIPTION
from warmbench.web import role_form
from warmbench.web.role_form import NICE, REQUIRED, LinesField, Wish


@dataclass(frozen=True)
class Piece:
    """A stretch of a description, and what was read from it; blank for nothing."""

    text: str
    what: str = ""


@dataclass(frozen=True)
class Read:
    """What a description says, as the form of a role takes it."""

    initial: dict[str, Any]
    wishes: list[Wish]
    #: The words that each group of fields was read from.
    quotes: dict[str, str]
    pieces: list[Piece]


class DescriptionForm(forms.Form):
    """A description, pasted or as a file."""

    text = LinesField(
        label="Paste the description",
        max_length=LONGEST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "tall", "autofocus": True}),
        help_text="In English, German, French, Spanish or Dutch, as the client wrote it.",
    )
    file = forms.FileField(
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.md,.pdf,.docx"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, as text."""
        said: dict[str, Any] = self.cleaned_data
        file: UploadedFile[bytes] | None = said.get("file")
        text = str(said.get("text", "")).strip()
        if file is not None and text:
            self.add_error("file", "Paste the description or choose a file: which of both counts?")
        elif file is not None:
            text = self._words_of(file)
        elif not text and not self.errors:
            self.add_error("text", "Paste a description here, or choose a file.")
        return said | {"words": text}

    def _words_of(self, file: "UploadedFile[bytes]") -> str:
        if (file.size or 0) > documents.LARGEST:
            mb = documents.LARGEST >> 20
            self.add_error("file", f"This file is larger than {mb} MB: it is no description.")
            return ""
        try:
            return descriptions.read(file.name or "", file.read()).replace("\r\n", "\n")
        except DescriptionError as error:
            self.add_error("file", str(error))
            return ""


def read(text: str) -> Read:
    """What a description says, for a person to confirm or strike."""
    found = descriptions.propose(text)
    tags = Tag.objects.in_bulk([skill.value.tag_id for skill in found.skills])
    return Read(
        initial={"description": text, **_initial(found)},
        wishes=[
            Wish(
                tags[skill.value.tag_id],
                REQUIRED if skill.value.is_required else NICE,
                skill.quote.around,
            )
            for skill in found.skills
            if skill.value.tag_id in tags
        ],
        quotes=_quotes(found),
        pieces=list(_cut(text, found)),
    )


def pieces_of(text: str) -> list[Piece]:
    """The description with what is read from it marked; nothing of one that cannot be read."""
    try:
        return list(_cut(text, descriptions.propose(text)))
    except DescriptionError:
        return []


def _initial(found: Proposal) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if found.title:
        shown["title"] = found.title.value
    if found.specialty:
        shown["specialty"] = found.specialty.value.tag_id
    if found.seniority:
        shown["seniority"] = found.seniority.value.tag_id
    if found.places:
        shown["places"] = role_form.places_typed(place.value for place in found.places)
    if found.remote:
        shown["remote"] = found.remote.value
    if found.pay:
        pays = found.pay.value
        shown |= {
            "pay_min": role_form.amount_typed(pays.least),
            "pay_max": role_form.amount_typed(pays.most),
            "pay_currency": pays.currency,
            "pay_period": pays.period,
        }
    return shown


def _quotes(found: Proposal) -> dict[str, str]:
    one = {
        "title": found.title,
        "specialty": found.specialty,
        "seniority": found.seniority,
        "remote": found.remote,
        "pay": found.pay,
    }
    quotes = {name: each.quote.around for name, each in one.items() if each}
    if found.places:
        around = dict.fromkeys(place.quote.around for place in found.places)
        quotes["places"] = " … ".join(around)
    return quotes


def _cut(text: str, found: Proposal) -> Iterator[Piece]:
    """The text in pieces, those marked from which something was read."""
    at = 0
    for quote, what in sorted(_marks(found), key=lambda mark: (mark[0].start, -mark[0].end)):
        if quote.start < at:
            continue
        if quote.start > at:
            yield Piece(text[at : quote.start])
        yield Piece(text[quote.start : quote.end], what)
        at = quote.end
    if at < len(text):
        yield Piece(text[at:])


def _marks(found: Proposal) -> Iterator[tuple[Quote, str]]:
    one = (
        ("Title", found.title),
        ("Specialty", found.specialty),
        ("Seniority", found.seniority),
        ("Where the work is done", found.remote),
        ("Pay", found.pay),
    )
    yield from ((each.quote, name) for name, each in one if each)
    yield from ((place.quote, "Place") for place in found.places)
    for skill in found.skills:
        yield skill.quote, skill.value.name
