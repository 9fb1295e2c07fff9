"""The editor of a sequence: its steps in their order, each with its form, and what it saves."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import drafts
from warmbench.nurture import outline as outlines
from warmbench.nurture.models import Step
from warmbench.nurture.outline import Outline, StepOutline
from warmbench.web import access, sequence_drafts, sequence_frame, sequence_plan
from warmbench.web import sequence_settings_form as settings_form
from warmbench.web import sequence_step_form as step_form
from warmbench.web.access import user_of
from warmbench.web.sequence_drafts import Working
from warmbench.web.sequence_frame import Conflict
from warmbench.web.sequence_settings_form import Row, SettingsForm
from warmbench.web.sequence_step_form import StepForm
from warmbench.web.toasts import back, is_htmx, toast, undone
from warmbench.web.typed import number


class ChangedMeanwhileError(Exception):
    """Somebody else changed what a form was filled from."""


@require_GET
@policy(Policy.RECRUITER)
def show(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """The whole editor. Steps named in the address are open."""
    working = sequence_drafts.of(access.sequence_to_change(sequence_id))
    return _page(request, working, request.GET.getlist("step"))


@require_POST
@policy(Policy.RECRUITER)
def arrange(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Add, move, copy or take out a step."""
    sequence = access.sequence_to_change(sequence_id)
    said = {"told": "", "opened": ""}

    def edit(outline: Outline) -> Outline:
        said["told"] = said["opened"] = ""
        return _arranged(outline, request, said)

    user = user_of(request)
    sequence_drafts.change(sequence, edit, by_id=user.pk, now=clock.now())
    opened = [*request.POST.getlist("open"), *([said["opened"]] if said["opened"] else [])]
    told = said["told"] or "Nothing was different."
    working = sequence_drafts.of(sequence)
    undoing = undo_at(working) if said["told"] else ""
    if not is_htmx(request):
        return back(request, _editor_at(sequence_id, *opened), said=told, undo=undoing)
    context = sequence_frame.editor(working, opened=opened, focus=said["opened"])
    response = render(request, "sequences/arranged.html", context | {"told": told})
    if "delete" in request.POST or "drop" in request.POST:
        toast(response, told, undo=undoing)
    return response


def undo_at(working: Working) -> str:
    """The address that takes the last change of the draft back."""
    there = reverse("sequence-edit-undo", args=[working.sequence.pk])
    return f"{there}?{urlencode({'revision': working.draft.revision if working.draft else 0})}"


@require_POST
@policy(Policy.RECRUITER)
def undo(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Take the last change of the draft back."""
    access.sequence_to_change(sequence_id)
    revision, by_id = number(request.GET, "revision"), user_of(request).pk
    done = drafts.undo(sequence_id, revision=revision, by_id=by_id, now=clock.now())
    said = "It is as it was." if done else "It was changed since: nothing was taken back."
    return undone(request, _editor_at(sequence_id), said=said, is_error=not done)


def _arranged(outline: Outline, request: HttpRequest, said: dict[str, str]) -> Outline:
    """The outline after what was asked for. What it was asked of may be gone meanwhile."""
    asked = request.POST
    if kind_at := asked.get("add"):
        return _added(outline, kind_at, said)
    key, to = _moved_to(outline, asked)
    at = outline.position(key)
    if at is None:
        said["told"] = "That step is not there any more."
        return outline
    title = sequence_plan.title(outline.steps[at])
    if "copy" in asked:
        return _copied(outline, at, said)
    if "delete" in asked:
        said["told"] = f"“{title}” is taken out."
        return outlines.without(outline, key)
    to = max(0, min(to, len(outline.steps) - 1))
    said["told"] = f"“{title}” is step {to + 1} of {len(outline.steps)} now."
    return outlines.moved(outline, key, to)


def _moved_to(outline: Outline, asked: Mapping[str, str]) -> tuple[str, int]:
    """Which step is meant, and where it is to stand, from 0."""
    if dropped := asked.get("drop"):
        key, _, to = dropped.rpartition(":")
        return key, int(to) if to.isascii() and to.isdigit() and len(to) < 4 else 0
    for name, by in (("up", -1), ("down", 1)):
        if moved := asked.get(name):
            return moved, (outline.position(moved) or 0) + by
    return asked.get("copy") or asked.get("delete") or "", 0


def _added(outline: Outline, kind_at: str, said: dict[str, str]) -> Outline:
    kind, _, place = kind_at.partition(":")
    if kind not in Step.Kind.values or len(outline.steps) >= outlines.MAX_STEPS:
        return outline
    is_number = place.isascii() and place.isdigit() and len(place) < 4
    at = min(int(place) if is_number else outlines.MAX_STEPS, len(outline.steps))
    step = step_form.blank(kind, outline, at)
    said["opened"] = step.key
    said["told"] = f"“{sequence_plan.title(step)}” is step {at + 1} now."
    return outlines.added(outline, step, at)


def _copied(outline: Outline, at: int, said: dict[str, str]) -> Outline:
    step = outline.steps[at]
    copy = replace(step, key=outlines.fresh_key(outline, step.key))
    said["opened"] = copy.key
    said["told"] = f"“{sequence_plan.title(step)}” is there twice now. Give the copy its own words."
    return outlines.added(outline, copy, at + 1)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def step(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """One step: its card, open or closed; sent, what was written in it is kept."""
    sequence = access.sequence_to_change(sequence_id)
    key = request.GET.get("key", "")
    working = sequence_drafts.of(sequence)
    if request.method == "POST":
        return _take_step(request, working, key)
    if not is_htmx(request):
        return HttpResponseRedirect(_editor_at(sequence_id, key))
    return _card(request, working, key, is_open="close" not in request.GET)


def _take_step(request: HttpRequest, working: Working, key: str) -> HttpResponse:
    """Keep what a step's form says."""
    sequence_id = working.sequence.pk
    if working.outline.position(key) is None:
        return _gone(request, sequence_id)
    is_published = key in working.published
    form = StepForm(
        request.POST, working.outline, working.outline.step(key), is_published=is_published
    )
    # What cannot be kept, such as another step's name, keeps nothing else from being kept.
    is_kept = form.is_valid()
    values, as_of = form.values(), request.POST.get("as_of", "")

    def edit(outline: Outline) -> Outline:
        return _with_values(outline, key, values, as_of)

    user = user_of(request)
    try:
        sequence_drafts.change(working.sequence, edit, by_id=user.pk, now=clock.now())
    except ChangedMeanwhileError:
        return _conflict(request, sequence_drafts.of(working.sequence), key, form)
    now_called = str(values.get("key", key))
    fresh = sequence_drafts.of(working.sequence)
    if not is_kept:
        return _around(request, fresh, key, form=form, is_kept=False)
    if not is_htmx(request):
        return back(request, _editor_at(sequence_id, now_called), said="Saved.")
    if now_called != key or _has_other_fields(form, fresh.outline.step(now_called)):
        # What stands on its card is named by its key, and depends on its channel.
        return _card(request, fresh, now_called, is_open=True, instead=True)
    return _around(request, fresh, key, form=form, is_kept=is_kept)


def _has_other_fields(form: StepForm, step: StepOutline) -> bool:
    return form.step.channel != step.channel


def _with_values(outline: Outline, key: str, values: dict[str, Any], as_of: str) -> Outline:
    """Raises ChangedMeanwhileError if the step is neither as the form began nor as it says."""
    if outline.position(key) is None:
        raise ChangedMeanwhileError
    present = outline.step(key)
    named = str(values.get("key", key))
    kept = {name: value for name, value in values.items() if name != "key"}
    changed = outlines.changed(outline, key, **kept)
    if step_form.digest(present) != as_of and changed != outline:
        raise ChangedMeanwhileError
    return step_form.renamed(changed, key, named) if named != key else changed


@require_POST
@policy(Policy.RECRUITER)
def wait(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Keep how long the wait before a step is."""
    sequence = access.sequence_to_change(sequence_id)
    key, typed = request.GET.get("key", ""), request.POST.get("wait_days", "")
    if sequence_drafts.of(sequence).outline.position(key) is None:
        return _gone(request, sequence_id)
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 6

    def edit(outline: Outline) -> Outline:
        if outline.position(key) is None or not is_number:
            return outline
        days = min(int(typed), outlines.MAX_DAYS)
        return outlines.changed(outline, key, wait_days=days)

    sequence_drafts.change(sequence, edit, by_id=user_of(request).pk, now=clock.now())
    if not is_htmx(request):
        said = "Saved." if is_number else "Write a whole number of days."
        return back(request, _editor_at(sequence_id), said=said, is_error=not is_number)
    return _around(request, sequence_drafts.of(sequence), key, form=None, is_kept=is_number)


@require_POST
@policy(Policy.RECRUITER)
def settings(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Keep who begins, who leaves, and how fast it goes for whom."""
    sequence = access.sequence_to_change(sequence_id)
    form = SettingsForm(request.POST, sequence_drafts.of(sequence).outline)
    is_kept, is_stale, more = form.is_valid(), False, "more" in request.POST
    if is_kept:
        try:
            _keep_settings(request, sequence_id, form)
        except ChangedMeanwhileError:
            is_kept, is_stale = False, True
    if is_kept and not is_htmx(request) and not more:
        return back(request, _editor_at(sequence_id), said="Saved.")
    working = sequence_drafts.of(sequence)
    shown = None if is_kept else form
    rows = settings_form.rows(settings_form.typed(request.POST), more=more)
    if not is_htmx(request):
        return _page(request, working, [], settings=shown, rows=rows, is_stale=is_stale)
    context = sequence_frame.editor(working)
    context |= sequence_frame.settings(working, form=shown, rows=rows)
    context |= {"is_kept": is_kept, "is_stale": is_stale}
    if not (is_stale or more):
        return _swapping_nothing(render(request, "sequences/settings_saved.html", context))
    response = render(request, "sequences/settings.html", context)
    return _in_place_of(response, "#settings")


def _keep_settings(request: HttpRequest, sequence_id: int, form: SettingsForm) -> None:
    paces = tuple(one for one in settings_form.typed(request.POST) if one.rule)
    as_of = request.POST.get("as_of", "")

    def edit(outline: Outline) -> Outline:
        wanted = replace(form.applied(outline), cadence=paces)
        if settings_form.digest(outline) != as_of and wanted != outline:
            raise ChangedMeanwhileError
        return wanted

    user, sequence = user_of(request), access.sequence_to_change(sequence_id)
    sequence_drafts.change(sequence, edit, by_id=user.pk, now=clock.now())


@require_POST
@policy(Policy.RECRUITER)
def discard(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Throw the draft away."""
    ran = access.sequence_to_change(sequence_id).versions.exists()
    drafts.discard(sequence_id, by_id=user_of(request).pk, now=clock.now())
    there = reverse("sequence", args=[sequence_id]) if ran else reverse("sequences")
    return back(request, there, said="The draft is thrown away.")


def _page(  # noqa: PLR0913 - each is one thing that may be shown in another state
    request: HttpRequest,
    working: Working,
    opened: list[str],
    *,
    given: Mapping[str, StepForm] | None = None,
    conflict: Conflict | None = None,
    settings: SettingsForm | None = None,
    rows: list[Row] | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    context = sequence_frame.editor(working, opened=opened, given=given, conflict=conflict)
    context |= sequence_frame.settings(working, form=settings, rows=rows)
    status = 422 if given or settings else 200
    return render(request, "sequences/edit.html", context | {"is_stale": is_stale}, status=status)


def _card(
    request: HttpRequest,
    working: Working,
    key: str,
    *,
    is_open: bool,
    given: StepForm | None = None,
    conflict: Conflict | None = None,
    instead: bool = False,
) -> HttpResponse:
    """One card, in the place of itself; ``instead`` of what the form asked to be swapped."""
    context = sequence_frame.editor(
        working,
        opened=[key] if is_open else [],
        focus="" if instead else key,
        given={key: given} if given else None,
        conflict=conflict,
    )
    card = sequence_frame.card_of(context, key)
    if card is None:
        raise Http404
    response = render(request, "sequences/card_alone.html", context | {"card": card})
    return _in_place_of(response, "closest .plan-step") if instead else response


def _around(
    request: HttpRequest, working: Working, key: str, *, form: StepForm | None, is_kept: bool
) -> HttpResponse:
    """What follows from what was typed: the parts of the page around the form."""
    given = {key: form} if form else None
    if not is_htmx(request):
        return _page(request, working, [key], given=given)
    context = sequence_frame.editor(working, opened=[key], given=given)
    card = sequence_frame.card_of(context, key)
    context |= {"card": card, "form": form, "is_kept": is_kept}
    return _swapping_nothing(render(request, "sequences/saved.html", context))


def _conflict(request: HttpRequest, working: Working, key: str, form: StepForm) -> HttpResponse:
    """Both what was typed and what somebody else made of the step, for the author to choose."""
    if working.outline.position(key) is None:
        return _gone(request, working.sequence.pk)
    present = working.outline.step(key)
    theirs = StepForm(None, working.outline, present, is_published=key in working.published)
    differing = tuple(
        (str(field.label), str(field.value() or "nothing"))
        for field in theirs
        if field.name in form.fields
        and str(form[field.name].value() or "") != str(field.value() or "")
    )
    draft = working.draft
    by = draft.changed_by.name if draft and draft.changed_by else "Somebody"
    conflict = Conflict(by, draft.changed_at if draft else None, differing)
    if not is_htmx(request):
        return _page(request, working, [key], given={key: form}, conflict=conflict)
    return _card(request, working, key, is_open=True, given=form, conflict=conflict, instead=True)


def _gone(request: HttpRequest, sequence_id: int) -> HttpResponse:
    said = "Somebody else took that step out meanwhile."
    return back(request, _editor_at(sequence_id), said=said, is_error=True)


def _editor_at(sequence_id: int, *opened: str) -> str:
    there = reverse("sequence-edit", args=[sequence_id])
    return f"{there}?{urlencode({'step': opened}, doseq=True)}" if opened else there


def _in_place_of(response: HttpResponse, selector: str) -> HttpResponse:
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _swapping_nothing(response: HttpResponse) -> HttpResponse:
    # Only what names its own place in the answer is swapped in: the form is being written in.
    response.headers["HX-Reswap"] = "none"
    return response


urlpatterns = [
    path("sequences/<int:sequence_id>/edit/", show, name="sequence-edit"),
    path("sequences/<int:sequence_id>/edit/steps/", arrange, name="sequence-arrange"),
    path("sequences/<int:sequence_id>/edit/step/", step, name="sequence-step"),
    path("sequences/<int:sequence_id>/edit/wait/", wait, name="sequence-wait"),
    path("sequences/<int:sequence_id>/edit/settings/", settings, name="sequence-settings"),
    path("sequences/<int:sequence_id>/edit/undo/", undo, name="sequence-edit-undo"),
    path("sequences/<int:sequence_id>/edit/discard/", discard, name="sequence-discard"),
]
