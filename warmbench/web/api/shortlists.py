"""Role profiles and shortlists, over the API: read, made, and what managers answered."""

from collections.abc import Sequence

from django.http import HttpRequest
from ninja import Router, Status

from warmbench.accounts.models import Resource
from warmbench.core import clock
from warmbench.shortlists import answers, making, outcomes, sharing
from warmbench.shortlists.making import MakeError
from warmbench.shortlists.models import ProfileVersion, RoleProfile, Shortlist
from warmbench.web import shortlist_access
from warmbench.web.api.keys import reads, writes
from warmbench.web.api.once import Writing
from warmbench.web.api.paging import After, Limit, Number, cut
from warmbench.web.api.problems import ConflictError
from warmbench.web.api.shapes import PROBLEMS
from warmbench.web.api.shortlist_shapes import (
    NewShortlist,
    PeopleOut,
    ProfileOut,
    ProfilePage,
    ShortlistOut,
    ShortlistPage,
    person_out,
    profile_out,
    shortlist_out,
)

router = Router(tags=["Shortlists"])
READS = reads(Resource.SHORTLISTS)
writing = Writing(router, writes(Resource.SHORTLISTS))


@router.get(
    "/profiles", auth=READS, response={200: ProfilePage} | PROBLEMS, summary="List profiles"
)
def list_profiles(
    request: HttpRequest,  # noqa: ARG001 - ninja gives it
    role_id: Number | None = None,
    after: After = "",
    limit: Limit = 50,
) -> ProfilePage:
    """Role profiles in the order in which they were made, each with the version in force."""
    found = RoleProfile.objects.select_related("owner")
    found = found.filter(role=role_id) if role_id is not None else found
    shown, following = cut(found, after, limit)
    return ProfilePage(items=_profiles(shown), next=following)


@router.get(
    "/profiles/{int:profile_id}",
    auth=READS,
    response={200: ProfileOut} | PROBLEMS,
    summary="A profile",
)
def get_profile(request: HttpRequest, profile_id: int) -> ProfileOut:  # noqa: ARG001 - likewise
    """One role profile, with the version in force."""
    return _profiles([shortlist_access.profile_for(profile_id)])[0]


@router.get("", auth=READS, response={200: ShortlistPage} | PROBLEMS, summary="List shortlists")
def list_shortlists(
    request: HttpRequest,  # noqa: ARG001 - likewise
    profile_id: Number | None = None,
    role_id: Number | None = None,
    state: Shortlist.State | None = None,
    after: After = "",
    limit: Limit = 50,
) -> ShortlistPage:
    """Shortlists, the newest first."""
    wanted = {"version__profile": profile_id, "role": role_id, "state": state}
    found = Shortlist.objects.filter(**{name: value for name, value in wanted.items() if value})
    shown, following = cut(found.select_related("version"), after, limit, newest_first=True)
    return ShortlistPage(items=[shortlist_out(one) for one in shown], next=following)


@writing("", response={201: ShortlistOut} | PROBLEMS, summary="Make a shortlist")
def make_shortlist(
    request: HttpRequest,  # noqa: ARG001 - likewise
    said: NewShortlist,
) -> Status[ShortlistOut]:
    """A draft by the version of the profile that is in force: a few people, or why nobody. Nobody
    is written to, and nothing is shared; a person does that."""
    shortlist_access.profile_for(said.profile_id)
    try:
        made = making.make(said.profile_id, by_id=None, now=clock.now(), size=said.size)
    except MakeError as error:
        raise ConflictError(str(error)) from error
    return Status(201, shortlist_out(made))


@router.get(
    "/{int:shortlist_id}",
    auth=READS,
    response={200: ShortlistOut} | PROBLEMS,
    summary="A shortlist",
)
def get_shortlist(request: HttpRequest, shortlist_id: int) -> ShortlistOut:  # noqa: ARG001 - likewise
    """One shortlist, without its people."""
    return shortlist_out(shortlist_access.shortlist_for(shortlist_id))


@router.get(
    "/{int:shortlist_id}/people",
    auth=READS,
    response={200: PeopleOut} | PROBLEMS,
    summary="Who is on a shortlist",
)
def list_people(request: HttpRequest, shortlist_id: int) -> PeopleOut:  # noqa: ARG001 - likewise
    """Who is on it, best first, then who is next and what each of them lacks; with what the
    manager answered, and what came of it."""
    shortlist = shortlist_access.shortlist_for(shortlist_id)
    said, became = answers.last(shortlist_id), outcomes.of(shortlist_id)
    return PeopleOut(
        items=[
            person_out(one, said.get(one.pk), [str(each.kind) for each in became.get(one.pk, [])])
            for one in sharing.standing(shortlist_id)
        ],
        gone=sharing.gone(shortlist),
    )


def _profiles(found: Sequence[RoleProfile]) -> list[ProfileOut]:
    versions = ProfileVersion.objects.filter(profile__in=[one.pk for one in found])
    current = {one.profile_id: one for one in versions.filter(is_current=True)}
    drafts = set(versions.filter(approved_at=None).values_list("profile", flat=True))
    return [profile_out(one, current.get(one.pk), has_draft=one.pk in drafts) for one in found]
