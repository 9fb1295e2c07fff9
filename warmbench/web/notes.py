"""The box in which recruiters note what they heard, and the page of each text with its facts."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, documents
from warmbench.core.documents import UnreadableError
from warmbench.insight import documents as files
from warmbench.insight import recording, removing, resembling, stopping
from warmbench.insight.kinds import Kind, SourceKind
from warmbench.insight.models import Source
from warmbench.insight.recording import HinderedError, NotKeptError
from warmbench.insight.removing import NotRemovedError
from warmbench.people import looks, search
from warmbench.people.models import Candidate
from warmbench.sourcing.models import Role
from warmbench.web import access, change_form, insight_access, insight_rows, insight_text
from warmbench.web.access import user_of
from warmbench.web.candidate_forms import DayInput
from warmbench.web.toasts import back, is_htmx
from warmbench.web.typed import typed

ORIGIN, UPLOADED = "note", "upload"
#: People who are offered for what was typed, and roles for a text.
_OFFERED, _ROLES = 6, 200
#: On what ground texts of a kind are kept, unless somebody names another.
_GROUNDS = {
    SourceKind.NOTE: Source.Basis.CONVERSATION,
    SourceKind.TRANSCRIPT: Source.Basis.RECORDED,
    SourceKind.DEBRIEF: Source.Basis.ASSESSMENT,
    SourceKind.EMAIL: Source.Basis.OWN_WORDS,
    SourceKind.RESUME: Source.Basis.OWN_DOCUMENT,
}
_ACCEPTED = ".txt,.md,.vtt,.srt,.json,.pdf,.docx,.eml"


def _roles() -> list[tuple[str, str]]:
    roles = Role.objects.filter(state=Role.State.OPEN).order_by("-pk")[:_ROLES]
    return [("", "None in particular"), *((str(one.pk), str(one)) for one in roles)]


class NoteForm(forms.Form):
    """A text or a file, and what it is."""

    text = forms.CharField(label="What did you hear?", required=False, widget=forms.Textarea)
    file = forms.FileField(
        label="A file",
        required=False,
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        error_messages={"empty": "This file is empty."},
    )
    kind = forms.ChoiceField(
        label="It is a",
        required=False,
        choices=[("", "Note, or what it looks like"), *SourceKind.choices],
    )
    said_on = forms.DateField(label="From", widget=DayInput())
    basis = forms.ChoiceField(
        label="Kept because",
        required=False,
        choices=[("", "As usual for its kind"), *Source.Basis.choices],
    )
    role = forms.ChoiceField(label="About a role", required=False, choices=_roles)
    agreed = forms.BooleanField(label="They agreed to being recorded", required=False)

    def __init__(self, data: Any = None, given: Any = None) -> None:
        today = timezone.localdate(clock.now())
        super().__init__(data, given, initial={"said_on": today}, auto_id="hear_%s")
        self.fields["said_on"].widget.attrs["max"] = today.isoformat()

    def clean_said_on(self) -> object:
        """Nobody has heard anything tomorrow."""
        said = self.cleaned_data["said_on"]
        if said > timezone.localdate(clock.now()):
            raise forms.ValidationError("That day is still to come.")
        return said

    def clean_file(self) -> "UploadedFile[Any] | None":
        """No file, or one that is not too large to be looked at."""
        file: UploadedFile[Any] | None = self.cleaned_data.get("file")
        if file is not None and (file.size or 0) > documents.LARGEST:
            most = documents.LARGEST >> 20
            raise forms.ValidationError(f"This file is larger than {most} MB.")
        return file


@dataclass(frozen=True)
class _Heard:
    """What was brought, read into words."""

    text: str
    kind: SourceKind
    title: str
    origin: str


class _NotTakenError(ValueError):
    """It was not taken, with one sentence that says why."""


class _AgreedError(_NotTakenError):
    """Whether they agreed to being recorded has to be said first."""


def box(candidate: Candidate) -> dict[str, Any]:
    """What ``insights/hear.html`` reads, for the page of this person."""
    return {"hear": NoteForm(), "candidate": candidate}


@change_form.form_page
@policy(Policy.RECRUITER)
def note(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Keep what was heard, read it at once, and show the facts for checking. Any recruiter may:
    what a colleague heard is known then, too."""
    user, now = user_of(request), clock.now()
    candidate = access.candidate_for(candidate_id)
    form = NoteForm(*(() if request.method != "POST" else (request.POST, request.FILES)))
    chosen = _chosen(request, candidate)
    context = {"candidate": candidate, "hear": form, "chosen": chosen, "section": "candidates"}
    if request.method != "POST":
        return render(request, "insights/hear_page.html", context)
    try:
        source, known = _keep(form, candidate, chosen, user, now=now)
    except (_NotTakenError, UnreadableError, NotKeptError) as error:
        context |= {"trouble": str(error), "ask_agreed": isinstance(error, _AgreedError)}
        if not is_htmx(request):
            return render(request, "insights/hear_page.html", context, status=422)
        # Only the sentence is shown: whatever was typed or chosen stays as it is.
        answer = render(request, "insights/trouble.html", context, status=422)
        answer.headers["HX-Retarget"] = "#hear-trouble"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    if not is_htmx(request):
        said = f"These words are kept already, since {known}." if known else "Kept."
        return back(request, reverse("source", args=[source.pk]), said=said)
    answer = _show(request, source, user, known=known, now=now)
    answer.headers["HX-Trigger-After-Settle"] = '{"note-kept": {}, "facts-changed": {}}'
    return answer


def _keep(
    form: NoteForm, candidate: Candidate, others: list[Candidate], user: User, *, now: datetime
) -> tuple[Source, str]:
    """The text as it is kept, and the day on which it was kept before, if it was."""
    heard = _heard(form)
    said = form.cleaned_data
    basis = Source.Basis(said["basis"] or _GROUNDS[heard.kind])
    if basis == Source.Basis.RECORDED and not said["agreed"]:
        raise _AgreedError(_AGREED)
    people = [candidate.pk, *(one.pk for one in others)]
    known = recording.kept(heard.text, kind=heard.kind, said_on=said["said_on"], people_ids=people)
    source = recording.keep(
        heard.text,
        kind=heard.kind,
        title=heard.title,
        said_on=said["said_on"],
        basis=basis,
        people_ids=people,
        role_ids=[int(said["role"])] if said["role"] else [],
        author_id=user.pk,
        origin=heard.origin,
        now=now,
    )
    if len(heard.text) <= recording.AT_ONCE:
        # Hindered, it is read by a job in a moment: the page waits for that.
        with suppress(HinderedError):
            recording.read(source.pk, now=now)
    source.refresh_from_db()
    return source, _when_kept(known) if known else ""


def _heard(form: NoteForm) -> _Heard:
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        field = form.fields[name]
        raise _NotTakenError(errors[0] if name == "file" else f"{field.label}: {errors[0]}")
    said = form.cleaned_data
    text, file = said["text"].replace("\r\n", "\n"), said["file"]
    if file is not None and text.strip():
        raise _NotTakenError("A text and a file are two things: keep one after the other.")
    if file is None:
        kind = SourceKind(said["kind"] or resembling.kind_of(text))
        return _Heard(text, kind, "", ORIGIN)
    read = files.read(file.name or "", file.read())
    return _Heard(read.text, SourceKind(said["kind"] or read.kind), file.name or "", UPLOADED)


_AGREED = "This is a recording of a talk. Say whether they agreed to it; else keep notes of it."


def _chosen(request: HttpRequest, candidate: Candidate) -> list[Candidate]:
    """The others whom a text concerns, as they were ticked."""
    asked = request.POST if request.method == "POST" else request.GET
    ids = [int(pk) for pk in asked.getlist("people")[:20] if pk.isdecimal() and len(pk) < 18]
    rows = Candidate.objects.in_bulk([pk for pk in ids if pk != candidate.pk])
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]


@require_GET
@policy(Policy.RECRUITER)
def people(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Whom a text may concern beside this person: those ticked, and those of the name typed."""
    candidate = access.candidate_for(candidate_id)
    chosen, wanted = _chosen(request, candidate), typed(request.GET, "who")
    found = list(search.find(Candidate.objects.all(), wanted)[:_OFFERED]) if wanted else []
    known = {candidate.pk, *(one.pk for one in chosen)}
    context = {
        "candidate": candidate,
        "chosen": chosen,
        "found": [one for one in found if one.pk not in known],
        "wanted": wanted,
    }
    if is_htmx(request):
        return render(request, "insights/others.html", context)
    return render(request, "insights/hear_page.html", {**context, "hear": NoteForm()})


@require_GET
@policy(Policy.SIGNED_IN)
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """A text as it came, with what was read in it marked; with htmx its facts alone."""
    user, now = user_of(request), clock.now()
    found = insight_access.source_for(source_id)
    if is_htmx(request):
        return _show(request, found, user, now=now)
    about = found.people.order_by("position").select_related("candidate")
    people = [one.candidate for one in about]
    for one in people:
        looks.note(one.pk, by_id=user.pk, now=now)
    facts = insight_rows.of_source(found.pk)
    rows = insight_rows.rows(facts, user=user, today=now.date())
    context = {
        "section": "candidates",
        "source": found,
        "people": people,
        "roles": Role.objects.filter(pk__in=found.role_ids),
        "rows": rows,
        "bare": len(people) == 1,
        "pieces": insight_text.marked(found.text, rows),
        "to_check": sum(row.is_open for row in rows),
        "may_decide": any(row.is_open and row.may_change for row in rows),
        "may_remove": found.origin != "reply" and insight_access.may_change_source(user, found),
    }
    return render(request, "insights/source.html", context)


def _when_kept(source: Source) -> str:
    day = timezone.localtime(source.added_at)
    return f"{day:%-d %B %Y}"


def _show(
    request: HttpRequest, source: Source, user: User, *, now: datetime, known: str = ""
) -> HttpResponse:
    """The facts of a text that was just kept, or that it is still being read; ``known`` is the
    day on which it was kept, if it was kept before."""
    rows = insight_rows.rows(insight_rows.of_source(source.pk), user=user, today=now.date())
    context = {
        "source": source,
        "known": known,
        "rows": rows,
        "bare": source.people.count() == 1,
        "may_decide": any(row.may_change for row in rows),
        "stopping": [
            row
            for row in rows
            if row.fact.kind == Kind.STOP and stopping.effect(row.fact, now=now).is_there
        ],
    }
    return render(request, "insights/heard.html", context)


@require_POST
@policy(Policy.OWNER)
def remove(request: HttpRequest, source_id: int) -> HttpResponse:
    """Take a text away with everything that was read in it."""
    user, now = user_of(request), clock.now()
    found = insight_access.source_to_change(user, source_id)
    first = found.people.order_by("position").first()
    to = resolve_url("candidate", first.candidate_id) if first else resolve_url("facts")
    try:
        removing.remove(found.pk, by_id=user.pk, now=now)
    except NotRemovedError as error:
        there = reverse("source", args=[found.pk])
        return back(request, there, said=str(error), is_error=True)
    return back(request, to, said="The text is gone, and what was read in it.")


urlpatterns = [
    path("candidates/<int:candidate_id>/note/", note, name="candidate-note"),
    path("candidates/<int:candidate_id>/note/people/", people, name="candidate-note-people"),
    path("texts/<int:source_id>/", source, name="source"),
    path("texts/<int:source_id>/remove/", remove, name="source-remove"),
]
