"""The page of one candidate: who they are, whether we may write, and everything that happened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import bulk_tagging, looks, merged, tagging
from warmbench.people.models import BulkTagging, Candidate, Tag
from warmbench.people.tag_edits import TreeError
from warmbench.people.tagging import TagGoneError
from warmbench.web import (
    access,
    change_rows,
    fits,
    heat,
    insight_known,
    notes,
    profile,
    queue,
    recorded,
    reservations,
    shortlist_told,
    timeline,
    verdicts,
)
from warmbench.web.access import user_of
from warmbench.web.candidate_forms import TagForm
from warmbench.web.toasts import back, is_htmx, lead, toast


@require_GET
@policy(Policy.SIGNED_IN)
def candidate(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Everything about one candidate. That somebody looked is for the candidate to see."""
    user, now = user_of(request), clock.now()
    # A link to a record that went up in another one leads there.
    if (known := merged.now_is(candidate_id)) != candidate_id:
        return lead(request, resolve_url("candidate", known))
    found = access.candidate_for(candidate_id)
    looks.note(found.pk, by_id=user.pk, now=now)
    wanted = request.GET.get("shown", "")
    shown = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else timeline.AT_ONCE
    entries, older = timeline.of(found, shown=shown)
    context = {
        "section": "candidates",
        "candidate": found,
        "entries": entries,
        "older": older,
        "show_more": shown + 2 * timeline.AT_ONCE,
    }
    if is_htmx(request):
        return render(request, "candidate/timeline.html", context)
    context |= {
        "profile": profile.of(found, now=now),
        "heat": heat.of([found.pk], now=now)[found.pk],
        "pool_heats": heat.in_pools(found, now=now),
        "agreed": reservations.agreed(found, user, now=now),
        "answer": verdicts.now_for([found], now=now)[found.pk],
        "open_entries": queue.about(found, now=now),
        "done_entries": queue.done_about(found, now=now),
        "fits": fits.of(found, now=now),
        "on_lists": shortlist_told.of(found),
        "recorded": recorded.of(found),
        "requests": profile.requests(found, now=now),
        "known": insight_known.of(found, user, now=now),
        "changes": change_rows.of_person(found, user),
        **notes.box(found),
        "may_change": access.may_change_candidate(user, found),
        "now": now,
    }
    return render(request, "candidate/page.html", context)


@require_POST
@policy(Policy.OWNER)
def add_tag(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Put a tag on the candidate."""
    user = user_of(request)
    found = access.candidate_to_change(user, candidate_id)
    form = TagForm(request.POST)
    if not form.is_valid():
        return _tags(request, found, str(next(iter(form.errors.values()))[0]), is_error=True)
    tag: Tag = form.cleaned_data["tag"]
    try:
        bulk = bulk_tagging.add(tag.pk, [found.pk], by_id=user.pk, now=clock.now())
    except (TreeError, TagGoneError) as error:
        return _tags(request, found, str(error), is_error=True)
    said = f"Tagged {tag.name}." if bulk else f"{found.name} has the tag {tag.name} already."
    return _tags(request, found, said, bulk)


@require_POST
@policy(Policy.OWNER)
def remove_tag(request: HttpRequest, candidate_id: int, tag_id: int) -> HttpResponse:
    """Take a tag off the candidate. No import puts it back."""
    user = user_of(request)
    found = access.candidate_to_change(user, candidate_id)
    tag = access.tag_for(tag_id)
    try:
        bulk = bulk_tagging.remove(tag.pk, [found.pk], by_id=user.pk, now=clock.now())
    except TagGoneError as error:
        return _tags(request, found, str(error), is_error=True)
    return _tags(request, found, f"No longer tagged {tag.name}.", bulk)


@require_POST
@policy(Policy.OWNER)
def make_primary(request: HttpRequest, candidate_id: int, tag_id: int) -> HttpResponse:
    """Let content follow this specialty first."""
    user = user_of(request)
    found = access.candidate_to_change(user, candidate_id)
    tag = access.specialty_for(tag_id)
    try:
        tagging.make_primary(found.pk, tag.pk, by_id=user.pk, now=clock.now())
    except TagGoneError as error:
        return _tags(request, found, str(error), is_error=True)
    return _tags(request, found, f"Content follows {tag.name} first.")


def _tags(
    request: HttpRequest,
    found: Candidate,
    said: str,
    bulk: BulkTagging | None = None,
    *,
    is_error: bool = False,
) -> HttpResponse:
    """The tags as they are now, with a word about what happened."""
    undo = reverse("bulk-undo", args=[bulk.pk]) if bulk else ""
    if not is_htmx(request):
        there = resolve_url("candidate", found.pk)
        return back(request, there, said=said, undo=undo, is_error=is_error)
    context = {"candidate": found, "tags": profile.tags(found), "may_change": True}
    response = render(request, "candidate/tags.html", context)
    toast(response, said, undo=undo, is_error=is_error)
    return response


urlpatterns = [
    path("candidates/<int:candidate_id>/", candidate, name="candidate"),
    path("candidates/<int:candidate_id>/tags/", add_tag, name="candidate-tag"),
    path(
        "candidates/<int:candidate_id>/tags/<int:tag_id>/remove/",
        remove_tag,
        name="candidate-tag-remove",
    ),
    path(
        "candidates/<int:candidate_id>/tags/<int:tag_id>/primary/",
        make_primary,
        name="candidate-tag-primary",
    ),
]
