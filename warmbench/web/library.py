"""The pages about the content library: which pieces there are, for whom, and how used they are."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import preview
from warmbench.nurture.models import ContentPiece
from warmbench.people.models import Tag
from warmbench.web import access
from warmbench.web.previews import MAIL_POLICY

#: A piece that nobody has looked at for so long is called stale.
_STALE = timedelta(days=90)


@dataclass(frozen=True)
class Shelf:
    """One specialty, and how many pieces of each kind there are for it, or above it."""

    name: str
    is_category: bool
    #: For each kind: pieces of its own, and whether a more general one steps in.
    cells: list[tuple[int, bool]]


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The library: what there is by kind and specialty, then each piece."""
    pieces = ContentPiece.objects.select_related("topic", "seniority")
    listed = list(pieces.annotate(used=Count("uses")).order_by("kind", "title"))
    today = clock.now().date()
    live = [piece for piece in listed if _is_live(piece, today)]
    context = {
        "kinds": [kind.label for kind in ContentPiece.Kind],
        "shelves": _shelves(live),
        "groups": _groups(listed),
        "count": len(live),
        "stale_before": today - _STALE,
        "stale": sum(piece.reviewed_on < today - _STALE for piece in live),
    }
    return render(request, "library/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, piece_id: int) -> HttpResponse:
    """One piece, with samples in it."""
    piece = access.piece_for(piece_id)
    context = {
        "piece": piece,
        "used": piece.uses.count(),
        "letter": preview.of_piece(piece),
        "src": reverse("piece-mail", args=[piece_id]),
        "is_stale": piece.reviewed_on < clock.now().date() - _STALE,
    }
    return render(request, "library/piece.html", context)


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
def mail(request: HttpRequest, piece_id: int) -> HttpResponse:  # noqa: ARG001
    """The mail itself, for the frame on the page."""
    letter = preview.of_piece(access.piece_for(piece_id))
    if letter is None:
        raise Http404
    return HttpResponse(letter.words.html, headers={"Content-Security-Policy": MAIL_POLICY})


def _is_live(piece: ContentPiece, today: date) -> bool:
    expired = piece.expires_on is not None and piece.expires_on <= today
    return piece.state == ContentPiece.State.LIVE and not expired


def _groups(listed: Sequence[ContentPiece]) -> list[tuple[str, list[ContentPiece]]]:
    by_kind: defaultdict[str, list[ContentPiece]] = defaultdict(list)
    for piece in listed:
        by_kind[piece.kind].append(piece)
    return [(kind.label, by_kind[kind]) for kind in ContentPiece.Kind if by_kind[kind]]


def _shelves(live: Sequence[ContentPiece]) -> list[Shelf]:
    own = Counter((piece.topic_id, piece.kind) for piece in live)
    # Pieces for one level are no fallback: most people would not get them.
    for_all = Counter((p.topic_id, p.kind) for p in live if p.seniority_id is None)
    topics = Tag.objects.filter(
        kind__in=[Tag.Kind.CATEGORY, Tag.Kind.SPECIALTY], retired_at=None
    ).order_by("name")
    categories = [tag for tag in topics if tag.kind == Tag.Kind.CATEGORY]
    shelves = []
    for category in categories:
        shelves.append(_shelf(category, [None], own, for_all))
        below = [tag for tag in topics if tag.parent_id == category.pk]
        shelves += [_shelf(tag, [category.pk, None], own, for_all) for tag in below]
    everybody = [(own[None, kind], False) for kind in ContentPiece.Kind]
    return [*shelves, Shelf("Everybody", is_category=True, cells=everybody)]


def _shelf(
    tag: Tag,
    above: list[int | None],
    own: Counter[tuple[int | None, str]],
    for_all: Counter[tuple[int | None, str]],
) -> Shelf:
    cells = [
        (own[tag.pk, kind], any(for_all[topic, kind] for topic in above))
        for kind in ContentPiece.Kind
    ]
    return Shelf(tag.name, tag.kind == Tag.Kind.CATEGORY, cells)


urlpatterns = [
    path("sequences/content/", show_all, name="library"),
    path("sequences/content/<int:piece_id>/", show, name="piece"),
    path("sequences/content/<int:piece_id>/mail/", mail, name="piece-mail"),
]
