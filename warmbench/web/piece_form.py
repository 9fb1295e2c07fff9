"""The form in which a person writes a content piece: whom it is for, and its wordings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from warmbench.accounts.models import Role, User
from warmbench.core import languages
from warmbench.messaging import fields
from warmbench.messaging.fields import Field
from warmbench.messaging.templates import MAX_BODY, MAX_SUBJECT
from warmbench.nurture import pieces
from warmbench.nurture.models import ContentPiece
from warmbench.nurture.pieces import MAX_WORDINGS, Problem, Terms, Wording
from warmbench.people import search
from warmbench.people.models import Tag
from warmbench.web.candidate_forms import DayInput

_TOPICS = (Tag.Kind.CATEGORY, Tag.Kind.SPECIALTY, Tag.Kind.ROLE_FAMILY, Tag.Kind.ROLE)
_LONGEST_PLACE = 120
#: More are not worth sending with the page: they can be typed all the same.
_MOST_PLACES = 1000
#: What no content piece can speak of: they are known of roles, and of check-ins.
_ELSEWHERE = frozenset(
    {"opening", "market_note", "own_note", "company_type", "matched_skills", "why_fits"}
    | {"deadline", "apply_link", "unsubscribe_link", "recruiter_phone"}
)
#: Known of everybody to whom a content piece goes: they need no fallback.
_ALWAYS = frozenset({"recruiter_name", "recruiter_first_name", "organisation", "month", "language"})

#: What a new wording begins with.
BEGINNING = Wording(
    "A",
    "",
    'Hi {{ first_name | default: "there" }},\n\n\n\nBest wishes,\n\n{{ recruiter_first_name }}',
)

_Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Written:
    """One wording in the form, and what stands beside it."""

    wording: Wording
    #: Whether somebody may have had it: then it can be retired, but not forgotten.
    was_sent: bool = False
    #: Whether other words than these are sent.
    is_unsent: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def label(self) -> str:
        """The letter that it goes by."""
        return self.wording.label


class PieceForm(forms.Form):
    """Everything about a piece but its wordings, which have rows of their own."""

    title = forms.CharField(
        max_length=200,
        help_text="For your team. Readers see the subject.",
        error_messages={"required": "Give the piece a title."},
    )
    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in ContentPiece.Kind],
        help_text="Steps of sequences ask for a kind.",
    )
    topic = forms.ChoiceField(
        label="For",
        required=False,
        help_text="The closer to somebody's work, the sooner they are given it.",
    )
    seniority = forms.ModelChoiceField(
        label="Level", queryset=Tag.objects.none(), required=False, empty_label="Every level"
    )
    place = forms.CharField(
        max_length=_LONGEST_PLACE,
        required=False,
        help_text="Who lives elsewhere is not given it.",
        widget=forms.TextInput(
            attrs={"list": "places", "autocomplete": "off", "placeholder": "Everywhere"}
        ),
    )
    language = forms.ChoiceField(
        choices=[(code, languages.name(code)) for code in languages.LANGUAGES],
        initial=languages.FALLBACK,
        help_text="Readers get their own language, else English.",
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="Who keeps it fresh.",
    )
    expires_on = forms.DateField(
        label="Not after",
        required=False,
        widget=DayInput(),
        help_text="From this day on nobody is given it.",
    )

    def __init__(self, *args: Any, piece: ContentPiece | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.piece = piece
        topic, owner, seniority = (self.fields[name] for name in ("topic", "owner", "seniority"))
        assert isinstance(topic, forms.ChoiceField)
        topic.choices = _topics(piece.topic if piece else None)
        assert isinstance(owner, forms.ModelChoiceField)
        recruiters = User.objects.filter(role__in=[Role.RECRUITER, Role.ADMIN], is_active=True)
        present = User.objects.filter(pk=(piece.owner_id or 0) if piece else 0)
        owner.queryset = (recruiters | present).order_by("name")
        assert isinstance(seniority, forms.ModelChoiceField)
        in_use = Tag.objects.filter(kind=Tag.Kind.SENIORITY, retired_at=None)
        known = Tag.objects.filter(pk=(piece.seniority_id or 0) if piece else 0)
        seniority.queryset = (in_use | known).order_by("name")

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        """What the form shows of a piece."""
        place = Tag.objects.filter(pk=terms.place_id or 0).first()
        return {
            "title": terms.title,
            "kind": terms.kind,
            "topic": str(terms.topic_id or ""),
            "seniority": terms.seniority_id,
            "place": place.name if place else "",
            "language": terms.language,
            "owner": terms.owner_id,
            "expires_on": terms.expires_on,
        }

    def clean_place(self) -> Tag | None:
        """The place of that name."""
        name = str(self.cleaned_data["place"]).strip()
        known = self.piece.place if self.piece else None
        if not name or (known and known.name == name):
            return known if name else None
        found = search.tag_called(name, kind=Tag.Kind.GEOGRAPHY)
        if found is None:
            raise forms.ValidationError(f"No place is called “{name}”.")
        return found

    def terms(self, wordings: Iterable[Wording]) -> Terms:
        """What was said."""
        said: dict[str, Any] = dict(self.cleaned_data)
        topic = said.pop("topic")
        for name in ("seniority", "place", "owner"):
            chosen = said.pop(name)
            said[f"{name}_id"] = chosen.pk if chosen else None
        return Terms(**said, topic_id=int(topic) if topic else None, wordings=tuple(wordings))


def _topics(known: Tag | None) -> _Choices:
    """Whom a piece may be for: everybody, a category, or anything within a specialty."""
    tags = list(Tag.objects.filter(kind__in=_TOPICS, retired_at=None).order_by("name"))
    if known is not None and known not in tags:
        tags.append(known)
    below: dict[int | None, list[Tag]] = {}
    for tag in tags:
        below.setdefault(tag.parent_id, []).append(tag)
    categories = [tag for tag in tags if tag.kind == Tag.Kind.CATEGORY]
    groups: _Choices = [("", "Everybody")]
    if categories:
        groups.append(("Categories", [(str(tag.pk), tag.name) for tag in categories]))
    for tag in tags:
        if tag.kind == Tag.Kind.SPECIALTY:
            groups.append((tag.name, _within(tag, below)))
    offered = {pk for _, some in groups[1:] for pk, _ in some}
    lost = [(str(tag.pk), tag.name) for tag in tags if str(tag.pk) not in offered]
    return [*groups, ("Elsewhere", lost)] if lost else groups


def _within(specialty: Tag, below: Mapping[int | None, list[Tag]]) -> _Choices:
    found: _Choices = [(str(specialty.pk), f"All of {specialty.name}")]
    for one in below.get(specialty.pk, []):
        found.append((str(one.pk), one.name))
        found += [(str(role.pk), f"{one.name}: {role.name}") for role in below.get(one.pk, [])]
    return found


def offered_fields() -> list[tuple[str, Field]]:
    """What an editor of pieces offers to put in: as it is written, and what it means."""
    return [
        (_written(field.name, field.kind), field)
        for name, field in fields.FIELDS.items()
        if name not in _ELSEWHERE and not name.startswith("role_")
    ]


def _written(name: str, kind: fields.Kind) -> str:
    # Without a fallback, whoever lacks it would wait.
    needs_none = kind is not fields.Kind.TEXT or name in _ALWAYS
    inside = name if needs_none else f'{name} | default: "…"'
    return f"{{{{ {inside} }}}}"


def places() -> list[str]:
    """The places that a piece may be for, to choose from while one types."""
    found = Tag.objects.filter(kind=Tag.Kind.GEOGRAPHY, retired_at=None).order_by("name")
    return list(found.values_list("name", flat=True)[:_MOST_PLACES])


def wordings(said: QueryDict) -> list[Wording]:
    """The wordings that a sent form has, in its order."""
    labels = [label for label in dict.fromkeys(said.getlist("wording")) if label in pieces.LABELS]
    return [
        Wording(
            label,
            _text(said, f"subject-{label}", MAX_SUBJECT).replace("\n", " "),
            _text(said, f"body-{label}", MAX_BODY),
            is_retired=f"retired-{label}" in said,
        )
        for label in labels[:MAX_WORDINGS]
    ]


def _text(said: QueryDict, name: str, longest: int) -> str:
    # A little more than is allowed: cut in silence, it would be kept with its end missing.
    text = said.get(name, "").replace("\r\n", "\n").replace("\0", "")
    return text.strip()[: 2 * longest]


def too_long(found: Iterable[Wording]) -> str:
    """Why these wordings cannot even be kept, or ""."""
    for one in found:
        if len(one.subject) > MAX_SUBJECT or len(one.body) > MAX_BODY:
            return (
                f"Wording {one.label} cannot be kept: a subject has up to {MAX_SUBJECT}"
                f" characters, a body up to {MAX_BODY:,}."
            )
    return ""


def beside(found: Iterable[Wording], piece: ContentPiece | None) -> list[Written]:
    """The wordings with what stands beside them in the form."""
    variants = piece.variants.select_related("template") if piece else []
    known = {one.label: one for one in variants}
    rows = []
    for one in found:
        variant = known.get(one.label)
        sent = variant.template if variant else None
        rows.append(
            Written(
                one,
                was_sent=sent is not None,
                is_unsent=sent is not None and (sent.subject, sent.body) != (one.subject, one.body),
                problems=tuple(pieces.problems([one])),
            )
        )
    return rows
