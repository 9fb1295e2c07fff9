"""The checks on a content piece's page: what they found, and a person's word against them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import checks
from warmbench.nurture.checks import OverruleError
from warmbench.nurture.models import ContentCheck, ContentPiece
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import number, typed

#: How often a page asks whether a worker is done, before it takes it that none is there.
_MOST = 40
_FAILED = {
    ContentCheck.Kind.RELEVANCE: "It does not seem to be about that.",
    ContentCheck.Kind.GENERIC: "It says too little of its own.",
}


@dataclass(frozen=True)
class Row:
    """One check, as its card shows it."""

    label: str
    #: None while these words were not checked yet.
    check: ContentCheck | None
    #: Why it failed, in a sentence.
    said: str


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, piece_id: int) -> HttpResponse:
    """How a piece stands with its checks: asked again while a worker reads it."""
    piece = access.piece_for(piece_id)
    return render(request, "library/checks.html", {"piece": piece} | card(request, piece))


@require_POST
@policy(Policy.RECRUITER)
def ask(request: HttpRequest, piece_id: int) -> HttpResponse:
    """Have a worker check the words as they are now."""
    checks.ask(access.piece_for(piece_id).pk)
    return back(request, while_checked(piece_id), said="A worker reads it now.")


@require_POST
@policy(Policy.RECRUITER)
def overrule(request: HttpRequest, piece_id: int) -> HttpResponse:
    """Let a piece go live in spite of a check, for a reason that stays on record."""
    piece, there = access.piece_for(piece_id), reverse("piece", args=[piece_id])
    asked = number(request.POST, "check")
    now_found = [one.pk for one in checks.standing(piece) if isinstance(one, ContentCheck)]
    if asked not in now_found:
        said = "The words have changed since, and have to be checked anew."
        return back(request, there, said=said, is_error=True)
    why = typed(request.POST, "why", longest=300)
    try:
        checks.overrule(asked, why=why, by_id=user_of(request).pk, now=clock.now())
    except OverruleError as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said="Overruled. Your reason is on record.")


def card(request: HttpRequest, piece: ContentPiece) -> dict[str, Any]:
    """What the card about a piece's checks shows."""
    rows = [_row(one) for one in checks.standing(piece)]
    turn = number(request.GET, "checking")
    is_open = any(row.check is None for row in rows)
    return {
        "checks": rows,
        "is_open": is_open,
        # Whoever opens the page of a piece that nobody asked about should not ask for ever.
        "next_turn": turn + 1 if is_open and 0 < turn < _MOST else 0,
    }


def while_checked(piece_id: int) -> str:
    """The page of a piece, as it looks while a worker checks it."""
    return f"{reverse('piece', args=[piece_id])}?{urlencode({'checking': 1})}"


def _row(standing: checks.Standing) -> Row:
    if isinstance(standing, checks.Unchecked):
        return Row(standing.kind.label, None, "")
    kind = ContentCheck.Kind(standing.kind)
    return Row(kind.label, standing, "" if standing.is_passed else _FAILED[kind])


urlpatterns = [
    path("sequences/content/<int:piece_id>/checks/", show, name="piece-checks"),
    path("sequences/content/<int:piece_id>/checks/ask/", ask, name="piece-check"),
    path("sequences/content/<int:piece_id>/checks/overrule/", overrule, name="piece-overrule"),
]
