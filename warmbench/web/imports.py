"""The pages of an import: upload, match the columns, look at what would happen, load."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import imports
from warmbench.people.imports import MappingError, NotATableError
from warmbench.people.models import CandidateImport, Consent
from warmbench.people.spreadsheet import Layout
from warmbench.web import access, import_form
from warmbench.web.access import user_of
from warmbench.web.import_form import FIELDS, AgainForm, OptionsForm, UploadForm
from warmbench.web.toasts import back
from warmbench.web.typed import number

State = CandidateImport.State

_SHOWN = 25
#: A file of this size is looked through while its owner waits; larger ones by a worker.
_AT_ONCE = 1 << 20
#: After so many questions without an answer, the page asks whether a worker runs.
_PATIENCE = 15
_SHOWN_FINDINGS = 20


@dataclass(frozen=True)
class Bar:
    """How far the work on a file is."""

    label: str
    value: int | None = None
    max: int = 1
    detail: str = ""


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The files that were brought in so far."""
    found = CandidateImport.objects.select_related("by").defer("layout").order_by("-pk")
    page = Paginator(found, _SHOWN).get_page(request.GET.get("page"))
    return render(request, "imports/list.html", {"page": page})


@policy(Policy.RECRUITER)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file."""
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = imports.upload(
                file.file,
                file.name or "",
                form.cleaned_data["source"],
                by_id=user_of(request).pk,
                now=clock.now(),
            )
        except NotATableError as error:
            form.add_error("file", str(error))
        else:
            return redirect("import-columns", taken.pk)
    context = {"form": form, "sources": import_form.sources()}
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)


@policy(Policy.RECRUITER)
def columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Say what the columns are, and what holds for the whole file."""
    of = access.import_for(import_id)
    if of.state != State.UPLOADED or of.rows_done:
        return redirect("import", import_id)
    layout = Layout.from_json(of.layout)
    form = OptionsForm(
        request.POST or None, initial=of.options | {"owner": of.options.get("owner_id")}
    )
    mapping, mistake = of.mapping, ""
    if request.method == "POST":
        mapping = import_form.chosen(request.POST, len(layout.header))
        if form.is_valid():
            try:
                imports.save_mapping(import_id, mapping, form.options(), now=clock.now())
            except MappingError as error:
                mistake = str(error)
            else:
                _look_through(of)
                return redirect("import-check", import_id)
    context = {
        "of": of,
        "layout": layout,
        "columns": import_form.columns(of, mapping),
        "fields": FIELDS,
        "form": form,
        "again": AgainForm(),
        "mistake": mistake,
    }
    is_wrong = bool(mistake or form.errors)
    return render(request, "imports/columns.html", context, status=422 if is_wrong else 200)


def _look_through(of: CandidateImport) -> None:
    if of.size <= _AT_ONCE:
        imports.check(of.pk, now=clock.now())
    else:
        imports.start_check(of.pk)


@require_POST
@policy(Policy.RECRUITER)
def read_again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read the file in another way."""
    of = access.import_for(import_id)
    there = reverse("import-columns", args=[of.pk])
    form = AgainForm(request.POST)
    if not form.is_valid():
        return back(request, there, said="Choose how to read it.", is_error=True)
    try:
        imports.read_again(of.pk, **form.cleaned_data)
    except (NotATableError, MappingError) as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said="Read anew. Look whether the values are right now.")


@require_GET
@policy(Policy.RECRUITER)
def check(request: HttpRequest, import_id: int) -> HttpResponse:
    """What loading the file would do."""
    of = access.import_for(import_id)
    if of.state != State.UPLOADED or of.rows_done:
        return redirect("import", import_id)
    found = imports.dry_run(of)
    context: dict[str, Any] = {"of": of, "found": found, "n": 0}
    if found is None:
        context |= _waiting(request, _bar_of_check(of))
    else:
        context |= {
            "basis": Consent.Basis(of.options["basis"]).label if of.options.get("basis") else "",
            "people": found.new + found.updated,
            "unfinished": imports.unfinished(of),
            "missing": sorted(found.missing.items()),
            "skills": found.unknown_skills[:_SHOWN_FINDINGS],
            "places": found.unknown_places[:_SHOWN_FINDINGS],
        }
    return render(request, "imports/check.html", context)


@require_POST
@policy(Policy.RECRUITER)
def look_again(request: HttpRequest, import_id: int) -> HttpResponse:  # noqa: ARG001
    """Look through the file once more: tags or people may have changed since."""
    of = access.import_for(import_id)
    if of.state == State.UPLOADED:
        _look_through(of)
    return redirect("import-check", import_id)


@require_POST
@policy(Policy.RECRUITER)
def load(request: HttpRequest, import_id: int) -> HttpResponse:  # noqa: ARG001
    """Load the file, or go on with one that stopped halfway."""
    of = access.import_for(import_id)
    if of.state == State.UPLOADED and imports.dry_run(of) is None:
        # Nobody has said what the columns are, or seen what would happen.
        return redirect("import-columns", of.pk)
    imports.start(of.pk)
    return redirect("import", of.pk)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    """How far the loading is, and what came of it."""
    of = access.import_for(import_id)
    if of.state == State.UPLOADED and not of.rows_done and user_of(request).is_recruiter:
        return redirect("import-check" if of.counts else "import-columns", import_id)
    reasons = of.rejections.values_list("reason").annotate(rows=Count("pk")).order_by("-rows")
    context = {"of": of, "rejected": of.rejections.count(), "reasons": reasons[:_SHOWN_FINDINGS]}
    if of.state == State.RUNNING:
        context |= _waiting(request, _bar_of_load(of))
    return render(request, "imports/import.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The bar alone; when the work is done, the page is loaded anew."""
    of = access.import_for(import_id)
    is_check = of.state == State.UPLOADED
    if imports.dry_run(of) is not None if is_check else of.state != State.RUNNING:
        response = HttpResponse()
        response.headers["HX-Refresh"] = "true"
        return response
    bar = _bar_of_check(of) if is_check else _bar_of_load(of)
    return render(request, "imports/progress.html", {"of": of} | _waiting(request, bar))


def _waiting(request: HttpRequest, bar: Bar) -> dict[str, Any]:
    n = number(request.GET, "n")
    return {"bar": bar, "n": n + 1, "is_slow": n >= _PATIENCE and bar.value is None}


def _bar_of_check(of: CandidateImport) -> Bar:
    staged = of.counts.get("staged", {})
    if not staged:
        return Bar("Waiting for a worker")
    if not staged.get("complete"):
        return _reading(of)
    return Bar("Comparing with the people we know", detail=f"{staged['rows']:,} rows")


def _bar_of_load(of: CandidateImport) -> Bar:
    staged = of.counts.get("staged", {})
    if staged and not staged.get("complete"):
        return _reading(of)
    if not of.rows_done:
        return Bar(
            "Getting ready to load", detail=f"{staged.get('rows', 0):,} rows" if staged else ""
        )
    total = max(int(staged.get("rows", 0)), of.rows_done)
    return Bar("Loading", of.rows_done, total, f"{of.rows_done:,} of {total:,} rows")


def _reading(of: CandidateImport) -> Bar:
    share = 100 * of.offset // max(of.size, 1)
    return Bar("Reading the file", of.offset, of.size, f"{share} %")


@require_GET
@policy(Policy.RECRUITER)
def rejected(request: HttpRequest, import_id: int) -> StreamingHttpResponse:  # noqa: ARG001
    """The rows that could not be used, with the reasons, to be mended and imported again."""
    of = access.import_for(import_id)
    stem = of.file_name.rpartition(".")[0] or of.file_name or "import"
    named = content_disposition_header(as_attachment=True, filename=f"{stem}-rejected.csv")
    return StreamingHttpResponse(
        imports.rejected_csv(of.pk),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": named or "attachment"},
    )


@require_POST
@policy(Policy.RECRUITER)
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Throw a file away that nothing was loaded from."""
    of = access.import_for(import_id)
    try:
        imports.discard(of.pk)
    except MappingError as error:
        return back(request, reverse("import", args=[of.pk]), said=str(error), is_error=True)
    return back(request, "imports", said=f"{of.file_name} is thrown away. Nothing was loaded.")


urlpatterns = [
    path("imports/", show_all, name="imports"),
    path("imports/new/", upload, name="import-new"),
    path("imports/<int:import_id>/", show, name="import"),
    path("imports/<int:import_id>/columns/", columns, name="import-columns"),
    path("imports/<int:import_id>/read-again/", read_again, name="import-again"),
    path("imports/<int:import_id>/check/", check, name="import-check"),
    path("imports/<int:import_id>/check-again/", look_again, name="import-check-again"),
    path("imports/<int:import_id>/load/", load, name="import-load"),
    path("imports/<int:import_id>/progress/", progress, name="import-progress"),
    path("imports/<int:import_id>/rejected.csv", rejected, name="import-rejected"),
    path("imports/<int:import_id>/discard/", discard, name="import-discard"),
]
