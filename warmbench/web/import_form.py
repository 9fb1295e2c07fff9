"""The forms of an import: which file, what its columns are, what holds for all of its rows."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from warmbench.accounts.models import Role, User
from warmbench.people import imports
from warmbench.people.columns import Field, Guess
from warmbench.people.imports import Options
from warmbench.people.models import CandidateImport, Consent, ImportMapping
from warmbench.people.spreadsheet import Layout
from warmbench.web.first_run import countries

_VALUES_SHOWN = 3
_SURE, _LIKELY = 0.85, 0.5

#: What a column can be imported as, in the groups and words of the page.
FIELDS: tuple[tuple[str, tuple[tuple[Field, str], ...]], ...] = (
    (
        "The person",
        (
            (Field.FULL_NAME, "Whole name"),
            (Field.FIRST_NAME, "First name"),
            (Field.LAST_NAME, "Last name"),
            (Field.EXTERNAL_ID, "Number in the source"),
            (Field.PROFILE_URL, "Profile address"),
        ),
    ),
    ("How to reach them", ((Field.EMAIL, "E-mail address"), (Field.PHONE, "Phone number"))),
    (
        "Work",
        (
            (Field.JOB_TITLE, "Job title"),
            (Field.EMPLOYER, "Employer"),
            (Field.SPECIALTY, "Specialty"),
            (Field.SENIORITY, "Seniority"),
            (Field.SKILLS, "Skills"),
            (Field.TAGS, "Tags"),
        ),
    ),
    (
        "Place",
        (
            (Field.LOCATION, "Place, as one text"),
            (Field.CITY, "City"),
            (Field.REGION, "Region"),
            (Field.COUNTRY, "Country"),
            (Field.TIME_ZONE, "Time zone"),
        ),
    ),
    (
        "What happened",
        (
            (Field.STATUS, "Status"),
            (Field.STAGE_REACHED, "Furthest stage reached"),
            (Field.OWNER_EMAIL, "Recruiter (e-mail address)"),
            (Field.SOURCE, "Source"),
            (Field.LAST_CONVERSATION_DATE, "Last conversation: day"),
            (Field.LAST_CONVERSATION_TOPIC, "Last conversation: topic"),
            (Field.LAST_CONVERSATION_NOTE, "Last conversation: note"),
            (Field.NOTES, "Notes"),
        ),
    ),
    (
        "Permission",
        (
            (Field.CONSENT, "Consent"),
            (Field.CONSENT_DATE, "Consent: day"),
            (Field.DO_NOT_CONTACT, "Do not contact"),
        ),
    ),
)
LABELS: dict[str, str] = {field: label for _, group in FIELDS for field, label in group}


class UploadForm(forms.Form):
    """A file, and what its source is called."""

    file = forms.FileField(
        label="The file",
        error_messages={"empty": "The file is empty.", "required": "Choose a file first."},
    )
    source = forms.CharField(
        label="Where it comes from",
        max_length=80,
        required=False,
        help_text="Your ATS, an event, a list. Its columns are remembered, facts credited to it.",
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        """A file that is not too large to keep."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > imports.LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 2 GB. Split it in parts.")
        return file


class AgainForm(forms.Form):
    """How else the file may be laid out."""

    encoding = forms.ChoiceField(
        label="Letters",
        required=False,
        choices=[
            ("", "As they look"),
            ("utf-8", "UTF-8"),
            ("cp1252", "Windows (Western Europe)"),
            ("cp1250", "Windows (Central Europe)"),
        ],
    )
    delimiter = forms.ChoiceField(
        label="Between cells",
        required=False,
        choices=[
            ("", "As it looks"),
            (",", "Comma"),
            (";", "Semicolon"),
            ("\t", "Tab"),
            ("|", "|"),
        ],
    )
    header_line = forms.IntegerField(
        label="Line of the column names",
        required=False,
        min_value=0,
        max_value=10_000,
        help_text="0 if there are none.",
    )


#: On what ground people may be written to, in the words of whoever says so.
GROUNDS = (
    (Consent.Basis.CONSENT, "They consented"),
    (Consent.Basis.RELATIONSHIP, "We have a relationship with them"),
    (Consent.Basis.LEGITIMATE_INTEREST, "Legitimate interest, which we have weighed"),
)


class OptionsForm(forms.Form):
    """What holds for every row of the file."""

    basis = forms.ChoiceField(
        label="On what ground may they be written to?",
        required=False,
        choices=[
            ("", "None that I can name: nobody is written to unless a column says so"),
            *GROUNDS,
        ],
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label="How do you know?",
        max_length=300,
        required=False,
        help_text="One sentence, kept with each of them. “Agreed on the phone to stay in touch.”",
    )
    owner = forms.ModelChoiceField(
        label="Recruiter",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="For rows that name none.",
    )
    default_country = forms.ChoiceField(
        label="Country",
        choices=countries,
        required=False,
        help_text="For phone numbers without a country code.",
    )
    first_in_dates = forms.ChoiceField(
        label="In dates like 03/04/2026",
        required=False,
        choices=[
            ("", "the column shows what comes first"),
            ("day", "the day comes first"),
            ("month", "the month comes first"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = User.objects.filter(
            is_active=True, role__in=[Role.ADMIN, Role.RECRUITER]
        ).order_by("name")

    def clean(self) -> dict[str, Any]:
        """A ground stands on evidence."""
        said = self.cleaned_data
        if said.get("basis") and not said.get("evidence", "").strip():
            self.add_error("evidence", "Say in a sentence how these people came to permit it.")
        return said

    def options(self) -> Options:
        """The answers."""
        said = self.cleaned_data
        owner = said["owner"]
        return Options(
            basis=said["basis"],
            evidence=said["evidence"],
            default_country=said["default_country"],
            owner_id=owner.pk if owner else None,
            first_in_dates=said.get("first_in_dates", ""),
        )


@dataclass(frozen=True)
class Column:
    """One column of the file, what is in it, and what it is taken for."""

    index: int
    name: str
    values: list[str]
    chosen: str
    guess: Guess | None

    @property
    def certainty(self) -> str:
        """How sure the guess is, in a word; blank when a person chose otherwise."""
        if self.guess is None or self.chosen != self.guess.field:
            return ""
        if self.guess.field == Field.IGNORE:
            return "unknown"
        if self.guess.confidence >= _SURE:
            return "sure"
        return "likely" if self.guess.confidence >= _LIKELY else "unsure"


def columns(of: CandidateImport, mapping: dict[str, str]) -> list[Column]:
    """The columns of the file with some of their values."""
    layout = Layout.from_json(of.layout)
    guesses = imports.guesses(of)
    found = []
    for index, name in enumerate(layout.header):
        cells = (row[index].strip() for row in layout.sample if index < len(row))
        values = list(dict.fromkeys(cell for cell in cells if cell))
        chosen = mapping.get(str(index), Field.IGNORE)
        found.append(Column(index, name, values[:_VALUES_SHOWN], chosen, guesses.get(index)))
    return found


def chosen(posted: "dict[str, str] | Any", count: int) -> dict[str, str]:
    """What was chosen for each column, by its index."""
    return {str(index): posted.get(f"column-{index}", Field.IGNORE) for index in range(count)}


def sources() -> list[str]:
    """The sources that files came from before."""
    return list(ImportMapping.objects.order_by("source").values_list("source", flat=True))
