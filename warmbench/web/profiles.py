"""The pages on which files of profiles are compared with what we know of our candidates."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.models import ProfileUpload
from warmbench.integrations.profiles import files, uploads
from warmbench.integrations.profiles.sources import LinkedIn
from warmbench.people.imports import MappingError
from warmbench.people.models import Candidate
from warmbench.people.spreadsheet import Layout, NotATableError
from warmbench.web.access import user_of
from warmbench.web.connection_access import upload_for
from warmbench.web.import_form import FIELDS
from warmbench.web.toasts import back

_SHOWN, _VALUES = 200, 3
_LISTED = 10


class UploadForm(forms.Form):
    """Which file, from whom, and of which day."""

    file = forms.FileField(label="File, CSV or JSON")
    source = forms.CharField(
        max_length=60,
        label="Where it is from",
        initial="LinkedIn Recruiter",
        help_text="Profiles are compared with the last ones from there.",
    )
    taken_on = forms.DateField(
        label="Exported on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="An older export never undoes a newer one.",
    )


@policy(Policy.ADMIN)
def new(request: HttpRequest) -> HttpResponse:
    """Upload a file of profiles."""
    now = clock.now()
    today = {"taken_on": now.date()}
    is_post = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_post else UploadForm(initial=today)
    if is_post and form.is_valid():
        try:
            made = _take(form, by_id=user_of(request).pk, now=now)
            return redirect("profile-columns", upload_id=made.pk)
        except NotATableError as error:
            form.add_error("file", str(error))
    status = 422 if is_post else 200
    return render(request, "profiles/upload.html", {"form": form}, status=status)


def _take(form: UploadForm, *, by_id: int, now: datetime) -> ProfileUpload:
    file, day = form.cleaned_data["file"], form.cleaned_data["taken_on"]
    assert isinstance(file, UploadedFile)
    return files.upload(
        file.read(files.LARGEST + 1),
        file.name or "profiles",
        form.cleaned_data["source"],
        datetime.combine(day, time(0), UTC),
        by_id=by_id,
        now=now,
    )


@policy(Policy.ADMIN)
def columns(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Correct what the columns were taken for, and compare the file."""
    of = upload_for(upload_id)
    if of.state != ProfileUpload.State.MAPPING:
        return redirect("profile-upload", upload_id=of.pk)
    mistake = ""
    layout = Layout.from_json(of.layout)
    if request.method == "POST":
        said = {str(at): request.POST.get(f"column-{at}", "") for at in range(len(layout.header))}
        said = {at: field for at, field in said.items() if field}
        try:
            files.save_mapping(of.pk, said, now=clock.now())
            uploads.start(of.pk)
            return redirect("profile-upload", upload_id=of.pk)
        except MappingError as error:
            mistake = str(error)
            of.mapping = of.mapping | said
    context = {
        "of": of,
        "layout": layout,
        "mistake": mistake,
        "columns": _columns(of, layout),
        "fields": _fields(),
    }
    return render(request, "profiles/columns.html", context, status=422 if mistake else 200)


def _columns(of: ProfileUpload, layout: Layout) -> list[dict[str, Any]]:
    guesses = files.guesses(layout, of.source)
    return [
        {
            "index": at,
            "name": name,
            "values": [row[at] for row in layout.sample if row[at].strip()][:_VALUES],
            "chosen": of.mapping.get(str(at), "ignore"),
            "why": guesses[at].why,
        }
        for at, name in enumerate(layout.header)
    ]


def _fields() -> list[tuple[str, list[tuple[str, str]]]]:
    known = [
        (group, [(str(one), label) for one, label in options if one in files.FIELDS])
        for group, options in FIELDS
    ]
    return [(group, options) for group, options in known if options]


@require_GET
@policy(Policy.ADMIN)
def show(request: HttpRequest, upload_id: int) -> HttpResponse:
    """What was matched, what changed, and what is nobody's."""
    of = upload_for(upload_id)
    shown = of.changes[:_SHOWN]
    names = Candidate.objects.in_bulk([one["candidate"] for one in shown])
    context = {
        "of": of,
        "changes": [(names.get(one["candidate"]), one["text"]) for one in shown],
        "unmatched": of.unmatched[:_SHOWN],
        "is_waiting": of.state == ProfileUpload.State.WAITING,
    }
    return render(request, "profiles/show.html", context)


@require_GET
@policy(Policy.ADMIN)
def unmatched(request: HttpRequest, upload_id: int) -> StreamingHttpResponse:  # noqa: ARG001
    """The rows that are nobody's, as a file."""
    of = upload_for(upload_id)
    answer = StreamingHttpResponse(uploads.unmatched(of), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="not-matched-{of.pk}.csv"'
    return answer


@require_POST
@policy(Policy.ADMIN)
def discard(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Throw a file away, with what is left of it."""
    of = upload_for(upload_id)
    uploads.discard(of.pk, by_id=user_of(request).pk, now=clock.now())
    return back(request, "connections", said="The file is gone. What was told of it stays.")


def uploads_in_list(*, now: datetime) -> dict[str, Any]:
    """What the list of connections says about profiles."""
    found = ProfileUpload.objects.defer("content", "layout", "changes", "unmatched")
    return {
        "uploads": list(found.order_by("-made_at")[:_LISTED]),
        "linkedin_is_closed": LinkedIn(now).closed(),
    }


urlpatterns = [
    path("connections/profiles/new/", new, name="profile-new"),
    path("connections/profiles/<int:upload_id>/", show, name="profile-upload"),
    path("connections/profiles/<int:upload_id>/columns/", columns, name="profile-columns"),
    path("connections/profiles/<int:upload_id>/unmatched/", unmatched, name="profile-unmatched"),
    path("connections/profiles/<int:upload_id>/discard/", discard, name="profile-discard"),
]
