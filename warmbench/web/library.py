"""The list of the content library: which pieces there are, for whom, how fresh and how used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, languages
from warmbench.nurture.health import STALE
from warmbench.nurture.models import ContentPiece, ContentUse, ContentVariant
from warmbench.people.models import Tag
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import number, typed

State = ContentPiece.State
#: A piece that expires within so long has to be written anew soon.
SOON = timedelta(days=30)
_SHOWN = 40


@dataclass(frozen=True)
class Mark:
    """What a person should know of a piece before opening it: a word, and how bad it is."""

    text: str
    #: ``care`` or ``stop``.
    level: str


@dataclass(frozen=True)
class Row:
    """A piece in the list."""

    piece: ContentPiece
    used: int
    marks: list[Mark]


@dataclass(frozen=True)
class Shelf:
    """One specialty, and how many pieces of each kind there are for it, or above it."""

    name: str
    is_category: bool
    topic_id: int | None
    #: For each kind: which, pieces of its own, and whether a more general one steps in.
    cells: list[tuple[str, int, bool]]


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The pieces, as many as match, and what should be looked at."""
    today = clock.now().date()
    asked = _asked(request)
    found = _matching(asked, today=today)
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    if asked["state"]:
        found = found.filter(state=asked["state"])
    page = Paginator(_in_order(found), _SHOWN).get_page(request.GET.get("page"))
    live = ContentPiece.objects.filter(state=State.LIVE)
    context = asked | {
        "section": "sequences",
        "page": page,
        "rows": _rows(list(page.object_list), today=today),
        "total": sum(counts.values()),
        "states": [(one, counts.get(one.value, 0)) for one in State],
        "kinds": ContentPiece.Kind,
        "languages": [(code, languages.name(code)) for code in languages.LANGUAGES],
        "owners": _owners(),
        "topics": _topics(),
        "is_filtered": any(asked.values()),
        "is_empty": not ContentPiece.objects.exists(),
        "live": live.count(),
        "stale": live.filter(reviewed_on__lt=today - STALE).count(),
    }
    name = "library/results.html" if is_htmx(request) else "library/list.html"
    return render(request, name, context)


@require_GET
@policy(Policy.SIGNED_IN)
def coverage(request: HttpRequest) -> HttpResponse:
    """How many pieces of each kind there are for each specialty."""
    today = clock.now().date()
    unexpired = Q(expires_on=None) | Q(expires_on__gt=today)
    live = ContentPiece.objects.filter(unexpired, state=State.LIVE)
    context = {
        "section": "sequences",
        "kinds": [kind.label for kind in ContentPiece.Kind],
        "shelves": _shelves(list(live)),
    }
    return render(request, "library/coverage.html", context)


def marks_of(piece: ContentPiece, *, today: date, is_unsent: bool = False) -> list[Mark]:
    """What is wrong with a piece, or will be soon."""
    if piece.state == State.RETIRED:
        return []
    marks = []
    if piece.expires_on is not None and piece.expires_on <= today:
        marks.append(Mark("Expired", "stop"))
    elif piece.expires_on is not None and piece.expires_on <= today + SOON:
        days = (piece.expires_on - today).days
        marks.append(Mark(f"Expires in {days} day{'' if days == 1 else 's'}", "care"))
    if piece.state == State.LIVE and piece.reviewed_on < today - STALE:
        marks.append(Mark("Stale", "care"))
    if piece.state == State.LIVE and is_unsent:
        marks.append(Mark("New words not sent yet", "care"))
    return marks


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the list was narrowed to; blank for everything."""
    said = request.GET

    def one_of(name: str, known: Sequence[str]) -> str:
        return said.get(name, "") if said.get(name, "") in known else ""

    return {
        "q": typed(said, "q", longest=200),
        "state": one_of("state", State.values),
        "kind": one_of("kind", ContentPiece.Kind.values),
        "language": one_of("language", list(languages.LANGUAGES)),
        "topic": said.get("topic", "") if said.get("topic") == "none" else number(said, "topic"),
        "owner": number(said, "owner"),
        "only": one_of("only", ["stale", "expiring"]),
    }


def _matching(asked: dict[str, Any], *, today: date) -> QuerySet[ContentPiece]:
    found = ContentPiece.objects.select_related("topic", "seniority", "place", "owner")
    for word in asked["q"].split():
        said = ContentVariant.objects.filter(piece=OuterRef("pk")).filter(
            Q(subject__icontains=word) | Q(body__icontains=word)
        )
        found = found.filter(
            Q(title__icontains=word) | Q(topic__name__icontains=word) | Exists(said)
        )
    same = {"kind": asked["kind"], "language": asked["language"], "owner": asked["owner"]}
    found = found.filter(**{name: value for name, value in same.items() if value})
    if asked["topic"] == "none":
        found = found.filter(topic=None)
    elif asked["topic"]:
        found = found.filter(Q(topic=asked["topic"]) | _below(asked["topic"]))
    if asked["only"] == "stale":
        found = found.filter(state=State.LIVE, reviewed_on__lt=today - STALE)
    elif asked["only"] == "expiring":
        found = found.exclude(state=State.RETIRED).filter(expires_on__lte=today + SOON)
    return found


def _below(topic: int) -> Q:
    """Whether a piece is about something within a topic."""
    lies = ("topic__parent", "topic__parent__parent", "topic__parent__parent__parent")
    found = Q()
    for above in lies:
        found |= Q(**{above: topic})
    return found


def _in_order(found: QuerySet[ContentPiece]) -> QuerySet[ContentPiece]:
    changed = ContentVariant.objects.filter(piece=OuterRef("pk"), is_retired=False).filter(
        Q(template=None) | ~Q(subject=F("template__subject")) | ~Q(body=F("template__body"))
    )
    return found.annotate(is_unsent=Exists(changed)).order_by("kind", "title", "pk")


def _rows(found: list[ContentPiece], *, today: date) -> list[Row]:
    uses = ContentUse.objects.filter(piece__in=found).values_list("piece_id")
    used = dict(uses.annotate(Count("pk")).order_by())
    return [
        Row(
            piece,
            used.get(piece.pk, 0),
            marks_of(piece, today=today, is_unsent=getattr(piece, "is_unsent", False)),
        )
        for piece in found
    ]


def _owners() -> list[User]:
    ids = ContentPiece.objects.exclude(owner=None).values("owner")
    return list(User.objects.filter(pk__in=ids).order_by("name"))


def _topics() -> list[Tag]:
    wanted = [Tag.Kind.CATEGORY, Tag.Kind.SPECIALTY]
    return list(Tag.objects.filter(kind__in=wanted, retired_at=None).order_by("name"))


def _shelves(live: Sequence[ContentPiece]) -> list[Shelf]:
    own = Counter((piece.topic_id, piece.kind) for piece in live)
    # Pieces for one level or place are no fallback: most people would not get them.
    for_all = Counter(
        (piece.topic_id, piece.kind)
        for piece in live
        if piece.seniority_id is None and piece.place_id is None
    )
    topics = _topics()
    shelves = []
    for category in (tag for tag in topics if tag.kind == Tag.Kind.CATEGORY):
        shelves.append(_shelf(category, [None], own, for_all))
        below = [tag for tag in topics if tag.parent_id == category.pk]
        shelves += [_shelf(tag, [category.pk, None], own, for_all) for tag in below]
    everybody = [(kind.value, own[None, kind], False) for kind in ContentPiece.Kind]
    return [*shelves, Shelf("Everybody", is_category=True, topic_id=None, cells=everybody)]


def _shelf(
    tag: Tag,
    above: list[int | None],
    own: Counter[tuple[int | None, str]],
    for_all: Counter[tuple[int | None, str]],
) -> Shelf:
    cells = [
        (kind.value, own[tag.pk, kind], any(for_all[topic, kind] for topic in above))
        for kind in ContentPiece.Kind
    ]
    return Shelf(tag.name, tag.kind == Tag.Kind.CATEGORY, tag.pk, cells)


urlpatterns = [
    path("sequences/content/", show_all, name="library"),
    path("sequences/content/coverage/", coverage, name="library-coverage"),
]
