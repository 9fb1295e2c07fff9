"""The pages that show the tag tree: its branches, and each tag with who carries it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.people import search, tagging, unmatched
from warmbench.people.models import CandidateTag, Tag
from warmbench.people.tag_edits import ABOVE
from warmbench.people.tag_words import key
from warmbench.web import access
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import typed

_FOUND = 30
_HISTORY = 10
_SAID = {
    "tag.added": "added it",
    "tag.renamed": "renamed it",
    "tag.moved": "moved it",
    "tag.retired": "retired it",
    "tag.reinstated": "took it back into use",
    "tag.alias_added": "added a spelling",
    "tag.alias_removed": "removed a spelling",
    "tag.merged": "merged another tag into it",
}


@dataclass(frozen=True)
class Counted:
    """A tag, and how many people carry it."""

    tag: Tag
    #: None while it is being counted.
    people: int | None


@dataclass(frozen=True)
class Branch:
    """Tags of one kind below another one, or at the top."""

    kind: Tag.Kind
    tags: list[Counted]


@dataclass(frozen=True)
class Change:
    """Something that was done to a tag."""

    entry: AuditEntry
    by: str
    said: str


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The tops of the tree, or what is called as somebody typed."""
    wanted = typed(request.GET, "q")
    context: dict[str, Any] = {"q": wanted}
    if wanted:
        found = search.tags_named(wanted)[:_FOUND]
        context |= {"found": [(one, _path(one.tag)) for one in _counted(found)]}
    else:
        tags = Tag.objects.filter(retired_at=None)
        wide = tags.exclude(kind__in=[Tag.Kind.SKILL, Tag.Kind.ROLE, Tag.Kind.ROLE_FAMILY])
        counted = _counted(wide.order_by("pk"))
        context |= {
            "groups": _groups(counted),
            "levels": _of(counted, Tag.Kind.SENIORITY),
            "regions": _regions(counted),
        }
    if is_htmx(request):
        return render(request, "tags/found.html" if wanted else "tags/tree.html", context)
    context |= {
        "waiting": unmatched.count_waiting(),
        "retired": Tag.objects.exclude(retired_at=None).order_by("name"),
        "skills": Tag.objects.filter(kind=Tag.Kind.SKILL, retired_at=None).count(),
    }
    return render(request, "tags/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, tag_id: int) -> HttpResponse:
    """One tag: how it is written, what is below it, who carries it."""
    return page(request, access.tag_for(tag_id))


def page(request: HttpRequest, tag: Tag, *, mistake: str = "") -> HttpResponse:
    """The page of a tag, perhaps with why it could not be changed."""
    own = {key(tag.name), key(tag.code)}
    aliases = tag.aliases.order_by("text")
    below = _counted(tag.children.filter(retired_at=None).order_by("name"))
    context = {
        "tag": tag,
        "above": _above(tag),
        "people": CandidateTag.objects.filter(tag=tag).count(),
        "aliases": [alias for alias in aliases if alias.key not in own],
        "branches": _branches(below),
        "retired": tag.children.exclude(retired_at=None).order_by("name"),
        "kinds_below": _kinds_below(tag),
        "history": _history(tag),
        "mistake": mistake,
        "peers": Tag.objects.filter(kind=tag.kind).exclude(pk=tag.pk).order_by("name"),
        "places": _places(tag),
    }
    return render(request, "tags/tag.html", context, status=422 if mistake else 200)


def _kinds_below(tag: Tag) -> list[Tag.Kind]:
    """What may be added below the tag."""
    is_country = tag.kind == Tag.Kind.GEOGRAPHY and tag.parent_id is not None
    if is_country or tag.retired_at is not None:
        return []
    return [kind for kind, above in ABOVE.items() if above == tag.kind]


def _places(tag: Tag) -> QuerySet[Tag]:
    """Where else the tag could stand."""
    above = ABOVE.get(Tag.Kind(tag.kind))
    places = Tag.objects.filter(kind=above, retired_at=None).exclude(pk=tag.pk)
    if above == Tag.Kind.GEOGRAPHY:
        places = places.filter(parent=None)
    return places.order_by("name") if above else Tag.objects.none()


def _counted(tags: QuerySet[Tag]) -> list[Counted]:
    listed = list(tags)
    people = tagging.carriers(now=clock.now())
    return [Counted(tag, None if people is None else people.get(tag.pk, 0)) for tag in listed]


def _of(counted: list[Counted], kind: Tag.Kind) -> list[Counted]:
    return [one for one in counted if one.tag.kind == kind]


def _groups(counted: list[Counted]) -> list[tuple[Tag, list[Counted]]]:
    """Each category with its specialties."""
    below: defaultdict[int | None, list[Counted]] = defaultdict(list)
    for one in _of(counted, Tag.Kind.SPECIALTY):
        below[one.tag.parent_id].append(one)
    return [(one.tag, below[one.tag.pk]) for one in _of(counted, Tag.Kind.CATEGORY)]


def _regions(counted: list[Counted]) -> list[tuple[Counted, int]]:
    """Each region with the number of its countries; countries of no region stand alone."""
    places = _of(counted, Tag.Kind.GEOGRAPHY)
    inside: defaultdict[int | None, int] = defaultdict(int)
    carried: defaultdict[int | None, int] = defaultdict(int)
    for one in places:
        inside[one.tag.parent_id] += 1
        carried[one.tag.parent_id] += one.people or 0
    tops = [one for one in places if one.tag.parent_id is None]
    return [(_with(one, carried[one.tag.pk]), inside[one.tag.pk]) for one in tops]


def _with(one: Counted, others: int) -> Counted:
    return Counted(one.tag, None if one.people is None else one.people + others)


def _branches(below: list[Counted]) -> list[Branch]:
    kinds = [kind for kind in Tag.Kind if any(one.tag.kind == kind for one in below)]
    return [Branch(kind, _of(below, kind)) for kind in kinds]


def _above(tag: Tag) -> list[Tag]:
    path: list[Tag] = []
    parent = tag.parent
    while parent is not None:
        path.insert(0, parent)
        parent = parent.parent
    return path


def _path(tag: Tag) -> str:
    """Where a tag stands, in words."""
    return " → ".join(one.name for one in _above(tag))


def _history(tag: Tag) -> list[Change]:
    entries = list(
        AuditEntry.objects.filter(subject=f"tag:{tag.pk}").order_by("-at", "-pk")[:_HISTORY]
    )
    users = User.objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    return [
        Change(
            entry,
            users[entry.actor_id].name if entry.actor_id in users else "Warmbench",
            _SAID.get(entry.action, entry.action),
        )
        for entry in entries
    ]


urlpatterns = [
    path("tags/", show_all, name="tags"),
    path("tags/<int:tag_id>/", show, name="tag"),
]
