"""Changes of the tag tree by hand: new tags and spellings, other names and places, merging."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import tag_edits
from warmbench.people.models import CandidateTag, Tag
from warmbench.people.tag_edits import TreeError
from warmbench.people.tag_words import LONGEST
from warmbench.people.tagging import TagGoneError
from warmbench.web import access, tags
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import number, typed

View = Callable[..., HttpResponse]


def _unless_gone(view: View) -> View:
    """Lead back to the tree, with a word about it, when a tag was merged away meanwhile."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TagGoneError as error:
            return back(request, "tags", said=str(error), is_error=True)

    return told


class NewTagForm(forms.Form):
    """A tag that is to be added."""

    kind = forms.ChoiceField(choices=Tag.Kind.choices)
    name = forms.CharField(max_length=LONGEST)
    aliases = forms.CharField(max_length=2000, required=False)
    parent = forms.IntegerField(required=False)

    def clean_aliases(self) -> list[str]:
        """Spellings, one after each comma."""
        return [text.strip() for text in self.cleaned_data["aliases"].split(",") if text.strip()]


class WordForm(forms.Form):
    """A name or spelling."""

    name = forms.CharField(max_length=LONGEST)


@require_POST
@policy(Policy.RECRUITER)
@_unless_gone
def add(request: HttpRequest) -> HttpResponse:
    """Add a tag below another one, or at the top."""
    form = NewTagForm(request.POST)
    if not form.is_valid():
        return back(request, "tags", said="A tag needs a kind and a name.", is_error=True)
    said = form.cleaned_data
    above = access.tag_for(said["parent"]) if said["parent"] else None
    there = reverse("tag", args=[above.pk]) if above else reverse("tags")
    try:
        tag = tag_edits.add(
            Tag.Kind(said["kind"]),
            said["name"],
            parent_id=above.pk if above else None,
            aliases=said["aliases"],
            by_id=user_of(request).pk,
            now=clock.now(),
        )
    except TreeError as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said=f"“{tag.name}” is in the tree.")


@require_POST
@policy(Policy.RECRUITER)
@_unless_gone
def add_alias(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Let another spelling mean a tag."""

    def change(tag: Tag, name: str, by: dict[str, Any]) -> str:
        people = tag_edits.add_alias(tag.pk, name, **by)
        return f"“{name}” means “{tag.name}” from now on.{_whom(len(people))}"

    return _with_word(request, tag_id, change)


@require_POST
@policy(Policy.ADMIN)
@_unless_gone
def remove_alias(request: HttpRequest, alias_id: int) -> HttpResponse:
    """Forget a spelling."""
    alias = access.alias_for(alias_id)
    there = reverse("tag", args=[alias.tag_id])
    try:
        tag_edits.remove_alias(alias_id, by_id=user_of(request).pk, now=clock.now())
    except TreeError as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said=f"“{alias.text}” is forgotten.")


@require_POST
@policy(Policy.ADMIN)
@_unless_gone
def rename(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Call a tag differently."""

    def change(tag: Tag, name: str, by: dict[str, Any]) -> str:
        tag_edits.rename(tag.pk, name, **by)
        return f"Renamed. “{tag.name}” is still understood."

    return _with_word(request, tag_id, change)


def _with_word(
    request: HttpRequest, tag_id: int, change: Callable[[Tag, str, dict[str, Any]], str]
) -> HttpResponse:
    tag = access.tag_for(tag_id)
    form = WordForm(request.POST)
    if not form.is_valid():
        return tags.page(request, tag, mistake="Write a name first.")
    by = {"by_id": user_of(request).pk, "now": clock.now()}
    try:
        said = change(tag, form.cleaned_data["name"], by)
    except TreeError as error:
        return tags.page(request, tag, mistake=str(error))
    return back(request, reverse("tag", args=[tag_id]), said=said)


@require_POST
@policy(Policy.ADMIN)
@_unless_gone
def move(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Put a tag, with all below it, elsewhere."""
    tag = access.tag_for(tag_id)
    parent_id = number(request.POST, "parent")
    above = access.tag_for(parent_id) if parent_id else None
    by_id = user_of(request).pk
    try:
        tag_edits.move(tag_id, above.pk if above else None, by_id=by_id, now=clock.now())
    except TreeError as error:
        return tags.page(request, tag, mistake=str(error))
    return back(request, reverse("tag", args=[tag_id]), said="Moved.")


@require_POST
@policy(Policy.ADMIN)
@_unless_gone
def retire(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Let nobody get a tag any more, or let people get it again."""
    tag = access.tag_for(tag_id)
    by_id = user_of(request).pk
    if tag.retired_at is None:
        tag_edits.retire(tag_id, by_id=by_id, now=clock.now())
        said = f"“{tag.name}” is retired: who has it keeps it, and nobody gets it any more."
    else:
        tag_edits.reinstate(tag_id, by_id=by_id, now=clock.now())
        said = f"“{tag.name}” is in use again."
    return back(request, reverse("tag", args=[tag_id]), said=said)


@require_http_methods(["GET", "POST"])
@policy(Policy.ADMIN)
@_unless_gone
def merge(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Ask whether two tags are to become one, and make them one."""
    tag = access.tag_for(tag_id)
    named = typed(request.POST or request.GET, "into")
    same_kind = Tag.objects.filter(kind=tag.kind).exclude(pk=tag.pk)
    into = same_kind.filter(name__iexact=named).first()
    if into is None:
        what = Tag.Kind(tag.kind).label.lower()
        return tags.page(request, tag, mistake=f"There is no other {what} called “{named}”.")
    if request.method == "GET":
        context = {"tag": tag, "into": into, "people": _people(tag), "into_people": _people(into)}
        return render(request, "tags/merge.html", context)
    try:
        people = tag_edits.merge(tag_id, into.pk, by_id=user_of(request).pk, now=clock.now())
    except TreeError as error:
        return tags.page(request, tag, mistake=str(error))
    said = f"“{tag.name}” is “{into.name}” now.{_whom(len(people))}"
    return back(request, reverse("tag", args=[into.pk]), said=said)


def _people(tag: Tag) -> int:
    return CandidateTag.objects.filter(tag=tag).count()


def _whom(people: int) -> str:
    if not people:
        return ""
    return " 1 person got it." if people == 1 else f" {people:,} people got it."


urlpatterns = [
    path("tags/add/", add, name="tag-add"),
    path("tags/<int:tag_id>/spelling/", add_alias, name="tag-alias-add"),
    path("tags/spelling/<int:alias_id>/remove/", remove_alias, name="tag-alias-remove"),
    path("tags/<int:tag_id>/rename/", rename, name="tag-rename"),
    path("tags/<int:tag_id>/move/", move, name="tag-move"),
    path("tags/<int:tag_id>/retire/", retire, name="tag-retire"),
    path("tags/<int:tag_id>/merge/", merge, name="tag-merge"),
]
