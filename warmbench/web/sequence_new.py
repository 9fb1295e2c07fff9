"""Begins sequences, blank or like another, a recipe or a file, and gives them as files."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import drafts, rule_sql, sequence_files, shipped, versions
from warmbench.nurture.models import Sequence
from warmbench.nurture.outline import Outline
from warmbench.nurture.sequence_files import MAX_LENGTH, Mistake, SequenceFileError
from warmbench.web import access, sequence_drafts, sequence_edit
from warmbench.web.access import user_of
from warmbench.web.toasts import back

_form_page = require_http_methods(["GET", "HEAD", "POST"])
_BLANK, _RECIPE, _LIKE = "blank", "recipe:", "like:"


class NewForm(forms.Form):
    """What a new sequence is called, and what it begins with."""

    name = forms.CharField(max_length=100, error_messages={"required": "Give it a name."})
    begin = forms.ChoiceField(label="Begin with", widget=forms.RadioSelect, initial=_BLANK)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begin = self.fields["begin"]
        assert isinstance(begin, forms.ChoiceField)
        others = Sequence.objects.exclude(state=Sequence.State.ARCHIVED).order_by("name")
        begin.choices = [
            (_BLANK, "Nothing: an empty plan"),
            *(
                (_RECIPE + one.key, f"The recipe “{one.name}”. {one.description}")
                for one in recipes().values()
            ),
            *((f"{_LIKE}{one.pk}", f"A copy of “{one.name}”") for one in others),
        ]

    def outline(self) -> Outline | None:
        """What was chosen to begin with; None for nothing."""
        begin = str(self.cleaned_data["begin"])
        if begin.startswith(_RECIPE):
            return recipes()[begin.removeprefix(_RECIPE)]
        if begin.startswith(_LIKE):
            sequence = access.sequence_for(int(begin.removeprefix(_LIKE)))
            return sequence_drafts.of(sequence).outline
        return None


class FileForm(forms.Form):
    """A sequence as a file, or its text."""

    file = forms.FileField(label="A YAML file", required=False)
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12, "class": "code tall", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """The text of whichever of the two there is."""
        said: dict[str, Any] = self.cleaned_data
        if upload := said.get("file"):
            if upload.size > MAX_LENGTH:
                raise forms.ValidationError("That is too large to be a sequence.")
            try:
                said["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError("That is no text file.") from error
            said["named"] = upload.name
        if not said.get("text", "").strip():
            raise forms.ValidationError("Choose a file, or paste its text.")
        return said


def recipes() -> dict[str, Outline]:
    """The sequences that come with Warmbench, by their keys, as far as this team has the tags
    that their rules name."""
    found = []
    names = rule_sql.Names.load()
    for file in sorted(shipped.FOLDER.rglob("*.yaml")):
        with suppress(SequenceFileError):
            text = file.read_text(encoding="utf-8")
            found.append(sequence_files.read(text, file.name, names=names))
    return {one.key: one for one in found}


@_form_page
@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Begin a sequence with a name, and with nothing, a recipe or a copy."""
    form = NewForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "sequences/new.html", {"form": form}, status=status)
    name, like = form.cleaned_data["name"], form.outline()
    made = drafts.create(name, by_id=user_of(request).pk, now=clock.now(), like=like)
    there = reverse("sequence-edit", args=[made.pk])
    return back(request, there, said="The draft is begun. Nobody is written to from it.")


@_form_page
@policy(Policy.RECRUITER)
def add_from_file(request: HttpRequest) -> HttpResponse:
    """Begin a sequence as a file has it."""
    form, written, mistakes = _read(request)
    if written is None:
        return _file_page(request, form, mistakes, None)
    by_id, now = user_of(request).pk, clock.now()
    made = drafts.create(written.name, by_id=by_id, now=now, like=written)
    said = "The file is a draft now."
    if made.key != written.key:
        said += f" Its key is “{made.key}”, because “{written.key}” is another sequence."
    return back(request, reverse("sequence-edit", args=[made.pk]), said=said)


@_form_page
@policy(Policy.RECRUITER)
def take_file(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Let a file be the draft of a sequence."""
    sequence = access.sequence_to_change(sequence_id)
    form, written, mistakes = _read(request)
    if written is None:
        return _file_page(request, form, mistakes, sequence)
    mine = replace(written, key=sequence.key)
    before = sequence_drafts.of(sequence).outline
    by_id, now = user_of(request).pk, clock.now()
    sequence_drafts.change(sequence, lambda _: mine, by_id=by_id, now=now)
    count = len(versions.differences(before, mine))
    said = f"The draft is as the file has it: {count} thing{'s' * (count != 1)} changed."
    undoing = sequence_edit.undo_at(sequence_drafts.of(sequence)) if count else ""
    return back(request, reverse("sequence-edit", args=[sequence_id]), said=said, undo=undoing)


@require_GET
@policy(Policy.RECRUITER)
def export(request: HttpRequest, sequence_id: int) -> HttpResponse:  # noqa: ARG001
    """The draft, or the newest version while there is none, as a file."""
    working = sequence_drafts.of(access.sequence_for(sequence_id))
    name = f"{working.sequence.key}.yaml"
    return HttpResponse(
        sequence_files.write(working.outline),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _read(request: HttpRequest) -> tuple[FileForm, Outline | None, list[Mistake]]:
    form = FileForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return form, None, []
    named = str(form.cleaned_data.get("named") or "the text")
    try:
        return form, sequence_files.read(form.cleaned_data["text"], named), []
    except SequenceFileError as error:
        return form, None, error.mistakes


def _file_page(
    request: HttpRequest, form: FileForm, mistakes: list[Mistake], sequence: Sequence | None
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    if mistakes:
        # To be put right here: a browser does not send a file twice.
        form = FileForm(initial={"text": form.cleaned_data["text"]})
    context = {"form": form, "mistakes": mistakes, "sequence": sequence}
    return render(request, "sequences/file.html", context, status=status)


urlpatterns = [
    path("sequences/new/", add, name="sequence-new"),
    path("sequences/new/file/", add_from_file, name="sequence-new-file"),
    path("sequences/<int:sequence_id>/file/", take_file, name="sequence-import"),
    path("sequences/<int:sequence_id>/file/export/", export, name="sequence-export"),
]
