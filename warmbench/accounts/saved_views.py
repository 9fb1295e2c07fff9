"""Keeps lists of people under names: each user's own, and those that all may see."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from warmbench.accounts.models import DefaultView, SavedView, User

#: More names than these no menu holds.
MOST = 40
_LONGEST = 60


class ViewError(ValueError):
    """The view cannot be kept, with a sentence for a person."""


def visible_to(user: User) -> QuerySet[SavedView]:
    """The views that a user sees: their own in their order, then those of others."""
    mine = Q(owner=user)
    views = SavedView.objects.filter(mine | Q(is_shared=True)).select_related("owner")
    return views.annotate(others=Q(~mine)).order_by("others", "position", "pk")


@transaction.atomic
def keep(
    user: User,
    name: str,
    query: str,
    *,
    is_shared: bool,
    now: datetime,
    page: SavedView.Page = SavedView.Page.CANDIDATES,
) -> SavedView:
    """Keep a list under a name; under one that the user has already, it takes its place.

    Raises ViewError.
    """
    name = _name(name)
    # One after the other, or two at once would get the same place.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    own = SavedView.objects.filter(owner=user)
    known = own.filter(name=name).first()
    if known is not None:
        own.filter(pk=known.pk).update(query=query, is_shared=is_shared, page=page)
        known.refresh_from_db()
        return known
    if own.count() >= MOST:
        raise ViewError(f"More than {MOST} views fit no menu. Delete one first.")
    last = own.aggregate(last=Max("position"))["last"]
    return SavedView.objects.create(
        owner=user,
        name=name,
        query=query,
        page=page,
        is_shared=is_shared,
        position=0 if last is None else last + 1,
        at=now,
    )


def rename(view: SavedView, name: str, *, is_shared: bool) -> None:
    """Give a view another name, and say whether everybody sees it. Raises ViewError."""
    try:
        with transaction.atomic():
            changed = {"name": _name(name), "is_shared": is_shared}
            SavedView.objects.filter(pk=view.pk).update(**changed)
    except IntegrityError as error:
        raise ViewError(f"There is a view called “{name.strip()}” already.") from error


@transaction.atomic
def move_up(view: SavedView) -> bool:
    """Let a view change places with the one before it. Returns False for the first."""
    User.objects.select_for_update(no_key=True).get(pk=view.owner_id)
    own = list(SavedView.objects.filter(owner=view.owner_id).order_by("position", "pk"))
    at = [one.pk for one in own].index(view.pk)
    if at == 0:
        return False
    own[at - 1], own[at] = own[at], own[at - 1]
    for position, one in enumerate(own):
        SavedView.objects.filter(pk=one.pk).update(position=position)
    return True


def of_page(user: User, page: SavedView.Page) -> QuerySet[SavedView]:
    """The views that a user sees on one page, in their order."""
    return visible_to(user).filter(page=page)


def begin_with(user: User, view: SavedView | None) -> None:
    """Let a user's list of candidates open with this view, or with everybody."""
    if view is None:
        DefaultView.objects.filter(user=user).delete()
    else:
        DefaultView.objects.update_or_create(user=user, defaults={"view": view})


def default_of(user: User) -> SavedView | None:
    """The view that a user begins with, as long as they may see it."""
    views = of_page(user, SavedView.Page.CANDIDATES)
    return views.filter(pk__in=DefaultView.objects.filter(user=user).values("view")).first()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ViewError("Give the view a name.")
    if len(name) > _LONGEST:
        raise ViewError(f"Names have {_LONGEST} letters at most.")
    return name
