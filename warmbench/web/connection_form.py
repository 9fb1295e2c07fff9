"""The forms in which an administrator connects an ATS: its keys, and how its words are read."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from warmbench.accounts.models import Role, User
from warmbench.integrations.ats.protocol import Can, Capabilities, Choice, Found, Reading, Vendor
from warmbench.people.models import Candidate
from warmbench.sourcing.models import Application
from warmbench.web.import_form import GROUNDS, OptionsForm
from warmbench.web.keys_form import KeysForm, with_prefix

_STAGE, _OUTCOME, _OWNER = "stage-", "outcome-", "owner-"
_PLACES = ("skill_fields", "opt_out_field", "activity_field", "note_kind")
_SWITCHES = ("tags_touched", "tags_pools")


class ConnectionForm(KeysForm):
    """The keys of an ATS, and what it is called here."""

    name = forms.CharField(
        label="What you call it",
        max_length=80,
        help_text="Facts, records and roles from there are credited to this name.",
    )

    def __init__(
        self, data: QueryDict | None, vendor: Vendor, *, known: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data, vendor, known=known)
        self.fields["name"].initial = vendor.label
        if known is not None:
            del self.fields["name"]


class MappingForm(OptionsForm):
    """How the words of an account are read, and what holds for everybody who comes from there."""

    field_order = ("basis", "evidence", "owner", "default_country")

    def __init__(
        self,
        data: QueryDict | None,
        found: Found,
        *,
        able: Capabilities,
        reading: Reading,
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial={**initial, **_initial(found, reading)})
        del self.fields["first_in_dates"]
        basis, owner = self.fields["basis"], self.fields["owner"]
        assert isinstance(basis, forms.ChoiceField)
        basis.choices = [("", "None that I can name: nobody is written to"), *GROUNDS]
        owner.help_text = "Of those whom nobody there owns, or nobody here."
        if able.tags.can != Can.NO:
            self._switch("tags_touched", "Tag there whom we wrote to")
            self._switch("tags_pools", "Tag there who is in our pools, by their names")
        self._ask(_STAGE, found.stages, "Nothing in particular", _stages())
        self._ask(_OUTCOME, found.outcomes, "It goes on", Application.Outcome.choices)
        self._ask(_OWNER, found.users, "Nobody here", _recruiters())
        fields = [(one.id, one.name) for one in found.fields]
        self._choose("skill_fields", "Skills are in", fields, several=True)
        nothing = ("", "Nowhere: it is kept here alone")
        if fields and (able.opt_out.can != Can.YES or "opt_out" in found.read_only):
            self._choose("opt_out_field", "Opt-outs are written to the field", [nothing, *fields])
        if fields and able.activity.can != Can.YES:
            self._choose("activity_field", "Activity is written to the field", [nothing, *fields])
        if found.note_kinds:
            kinds = [(one.id, one.name) for one in found.note_kinds]
            self._choose("note_kind", "Notes are filed as", kinds)

    def _ask(
        self, prefix: str, things: Iterable[Choice], nothing: str, meanings: list[tuple[str, str]]
    ) -> None:
        for one in things:
            self.fields[f"{prefix}{one.id}"] = forms.ChoiceField(
                label=one.name, required=False, choices=[("", nothing), *meanings]
            )

    def _choose(
        self, name: str, label: str, choices: list[tuple[str, str]], *, several: bool = False
    ) -> None:
        if not choices:
            return
        kind = forms.MultipleChoiceField if several else forms.ChoiceField
        widget = forms.CheckboxSelectMultiple() if several else forms.Select()
        self.fields[name] = kind(label=label, choices=choices, required=False, widget=widget)

    def _switch(self, name: str, label: str) -> None:
        self.fields[name] = forms.BooleanField(label=label, required=False)

    def stages(self) -> list[forms.BoundField]:
        """A question for each of their stages."""
        return self._of(_STAGE)

    def outcomes(self) -> list[forms.BoundField]:
        """A question for each way in which their processes end."""
        return self._of(_OUTCOME)

    def owners(self) -> list[forms.BoundField]:
        """A question for each of their users."""
        return self._of(_OWNER)

    def places(self) -> list[forms.BoundField]:
        """The questions about fields and notes."""
        names = (*_PLACES, *_SWITCHES)
        return [self[name] for name in names if name in self.fields]

    def _of(self, prefix: str) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith(prefix)]

    def reading(self, before: Reading) -> Reading:
        """The answers; what was not asked stays as it was."""
        said = self.cleaned_data
        return Reading(
            stages=with_prefix(_STAGE, said),
            outcomes=with_prefix(_OUTCOME, said),
            owners={there: int(ours) for there, ours in with_prefix(_OWNER, said).items()},
            skill_fields=tuple(said.get("skill_fields", ())),
            opt_out_field=said.get("opt_out_field", ""),
            activity_field=said.get("activity_field", ""),
            note_kind=said.get("note_kind", ""),
            opt_out_tag=before.opt_out_tag,
            **{name: bool(said.get(name)) for name in _SWITCHES},
        )


def _initial(found: Found, reading: Reading) -> dict[str, Any]:
    initial: dict[str, Any] = {name: getattr(reading, name) for name in (*_PLACES, *_SWITCHES)}
    initial["skill_fields"] = reading.skill_fields or [
        one.id for one in found.fields if "skill" in one.name.lower()
    ]
    said = (
        (_STAGE, {**_guessed_stages(found), **reading.stages}),
        (_OUTCOME, {**_guessed_outcomes(found), **reading.outcomes}),
        (_OWNER, {**_same_address(found), **reading.owners}),
    )
    for prefix, answers in said:
        initial |= {f"{prefix}{there}": ours for there, ours in answers.items()}
    return initial


#: Words in the names of stages, the furthest stage first.
_STAGE_WORDS = (
    ("offer", Candidate.Stage.OFFER),
    ("final", Candidate.Stage.FINAL),
    ("onsite", Candidate.Stage.FINAL),
    ("on-site", Candidate.Stage.FINAL),
    ("interview", Candidate.Stage.INTERVIEWED),
    ("screen", Candidate.Stage.SCREENED),
)
_OUTCOME_WORDS = (
    ("withdr", Application.Outcome.WITHDRAWN),
    ("declin", Application.Outcome.REJECTED),
    ("reject", Application.Outcome.REJECTED),
    ("not hired", Application.Outcome.REJECTED),
    ("placed", Application.Outcome.HIRED),
    ("hired", Application.Outcome.HIRED),
    ("completed", Application.Outcome.HIRED),
)


def _guessed_stages(found: Found) -> dict[str, str]:
    return {one.id: _by_word(one.name, _STAGE_WORDS) for one in found.stages}


def _guessed_outcomes(found: Found) -> dict[str, str]:
    return {one.id: _by_word(one.name, _OUTCOME_WORDS) for one in found.outcomes}


def _by_word(name: str, words: Iterable[tuple[str, str]]) -> str:
    return next((str(meaning) for word, meaning in words if word in name.lower()), "")


def _same_address(found: Found) -> dict[str, int]:
    ours = dict(User.objects.filter(is_active=True).values_list("email", "pk"))
    known = ((one.id, ours.get(one.detail.strip().lower())) for one in found.users)
    return {there: pk for there, pk in known if pk is not None}


def _stages() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in Candidate.Stage.choices if value]


def _recruiters() -> list[tuple[str, str]]:
    active = User.objects.filter(is_active=True, role__in=[Role.ADMIN, Role.RECRUITER])
    return [(str(pk), name) for pk, name in active.order_by("name").values_list("pk", "name")]
