"""The list of role profiles: what is in force, what waits for approval, and whose it is."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.shortlists import profiles
from warmbench.shortlists.models import ProfileVersion, RoleProfile, WeightProposal
from warmbench.shortlists.requirements import Tier
from warmbench.web.access import user_of
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import typed

_SHOWN = 25
#: So many musts tell what a profile is about.
_MUSTS = 3
#: The tabs: what stands in the address, its name, and which profiles it shows.
_STATES = (
    ("", "In use", Q(retired_at=None)),
    ("waiting", "Drafts to approve", Q(retired_at=None, drafts__gt=0)),
    ("in-force", "In force", Q(retired_at=None, in_force__isnull=False)),
    ("retired", "Retired", Q(retired_at__isnull=False)),
)
_KINDS = (("standing", "Standing", True), ("role", "Of one role", False))


@dataclass(frozen=True)
class Row:
    """A profile in the list."""

    profile: RoleProfile
    #: The number of the version in force; None before the first.
    in_force: int | None
    has_draft: bool
    #: What it asks for first, and how many more there are.
    musts: list[str]
    more: int
    proposals: int


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """List the profiles: what waits for somebody first, then what was used last."""
    said = request.GET
    query, kind = typed(said, "q", longest=200), said.get("kind", "")
    is_mine = bool(said.get("mine"))
    found = _named(query)
    for value, _, is_standing in _KINDS:
        if kind == value:
            found = found.filter(role__isnull=is_standing)
    if is_mine:
        found = found.filter(owner=user_of(request))
    state = said.get("state", "")
    chosen = next((which for value, _, which in _STATES if value == state), _STATES[0][2])
    page = Paginator(found.filter(chosen), _SHOWN).get_page(said.get("page"))
    context = {
        "section": "role-profiles",
        "page": page,
        "rows": _rows(list(page.object_list)),
        "q": query,
        "kind": kind,
        "kinds": [(value, name) for value, name, _ in _KINDS],
        "mine": is_mine,
        "state": state,
        "states": [(value, name, found.filter(which).count()) for value, name, which in _STATES],
        "total": RoleProfile.objects.count(),
    }
    name = "role_profiles/results.html" if is_htmx(request) else "role_profiles/list.html"
    return render(request, name, context)


def _named(query: str) -> QuerySet[RoleProfile]:
    """Those that go by these words: what waits for somebody first, then what was used last."""
    found = RoleProfile.objects.annotate(
        in_force=Max("versions__number", filter=Q(versions__is_current=True)),
        drafts=Count("versions", filter=Q(versions__approved_at=None), distinct=True),
        last_list=Max("versions__shortlists__made_at"),
    ).order_by("-drafts", F("last_list").desc(nulls_last=True), "name", "pk")
    for word in query.split():
        in_name = Q(name__icontains=word) | Q(owner__name__icontains=word)
        found = found.filter(in_name | Q(role__company__icontains=word))
    return found.select_related("owner", "role")


def _rows(found: list[RoleProfile]) -> list[Row]:
    pks = [one.pk for one in found]
    # What is in force, else the draft: it sorts behind.
    versions = ProfileVersion.objects.filter(profile__in=pks).filter(
        Q(is_current=True) | Q(approved_at=None)
    )
    shown: dict[int, ProfileVersion] = {}
    current: dict[int, int] = {}
    drafts: set[int] = set()
    for version in versions.order_by("-is_current"):
        shown.setdefault(version.profile_id, version)
        if version.is_current:
            current[version.profile_id] = version.number
        else:
            drafts.add(version.profile_id)
    open_ones = WeightProposal.objects.filter(profile__in=pks, state=WeightProposal.State.OPEN)
    proposed = dict(open_ones.values_list("profile").annotate(Count("pk")))
    return [
        Row(
            one,
            current.get(one.pk),
            one.pk in drafts,
            *_first(shown.get(one.pk)),
            proposed.get(one.pk, 0),
        )
        for one in found
    ]


def _first(version: ProfileVersion | None) -> tuple[list[str], int]:
    """The names of its first musts, and how many requirements there are beside them."""
    if version is None:
        return [], 0
    asked = profiles.spec_of(version).requirements
    musts = [one.name for one in asked if one.tier == Tier.MUST][:_MUSTS]
    return musts, len(asked) - len(musts)


urlpatterns = [path("role-profiles/", show_all, name="role-profiles")]
