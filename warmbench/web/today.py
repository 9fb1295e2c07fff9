"""The page Today: whom a recruiter should follow up, why, and by when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.signals import follow_ups, offers
from warmbench.web import access, change_rows, queue, reservations, today_answer
from warmbench.web.access import user_of


@require_safe
@policy(Policy.SIGNED_IN)
def today(request: HttpRequest) -> HttpResponse:
    """The queue of whoever is signed in."""
    shown = _number(request, "shown") or queue.AT_ONCE
    user, now = user_of(request), clock.now()
    context = today_answer.context(user, now=now, kind=request.GET.get("kind", ""), shown=shown)
    context["changes"] = change_rows.today(user, now=now)
    context["reservation_requests"] = reservations.waiting_for(user, now=now)
    return render(request, "today/page.html", context)


@require_safe
@policy(Policy.SIGNED_IN)
def rows(request: HttpRequest) -> HttpResponse:
    """The entries after those that the page shows already."""
    found = queue.of(
        user_of(request),
        now=clock.now(),
        kind=request.GET.get("kind", ""),
        first=_number(request, "first"),
    )
    return render(request, "today/rows.html", {"queue": found, "now": clock.now()})


@require_POST
@policy(Policy.OWNER)
def take(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Take an entry that nobody has into one's own queue."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    taken = offers.take(entry.pk, by_id=user.pk, now=clock.now())
    said = f"{entry.candidate.name} is in your queue now." if taken else today_answer.GONE
    return today_answer.acted(request, said, [entry.pk], is_error=not taken)


@require_POST
@policy(Policy.RECRUITER)
def accept(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Take on what a colleague offers."""
    user, entry = user_of(request), access.follow_up_for(follow_up_id)
    taken = offers.accept(entry.pk, by_id=user.pk, now=clock.now())
    said = f"{entry.candidate.name} is in your queue now." if taken else _NO_OFFER
    return today_answer.acted(request, said, [entry.pk], is_error=not taken)


@require_POST
@policy(Policy.RECRUITER)
def decline(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Leave with its owner what a colleague offers."""
    user, entry = user_of(request), access.follow_up_for(follow_up_id)
    owner = entry.owner.name if entry.owner else "nobody"
    left = offers.decline(entry.pk, by_id=user.pk, now=clock.now())
    said = f"{entry.candidate.name} stays with {owner}." if left else _NO_OFFER
    return today_answer.acted(request, said, [entry.pk], is_error=not left)


@require_POST
@policy(Policy.OWNER)
def undo(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Take back that an entry was done or put away."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    undone = follow_ups.undo(entry.pk, by_id=user.pk, now=clock.now())
    if undone is None:
        said = "There is nothing to take back: something else has happened since."
        return today_answer.undone(request, said, is_error=True)
    said = " ".join([f"{entry.candidate.name} is back in the queue.", *undone.left])
    return today_answer.undone(request, said)


@require_POST
@policy(Policy.OWNER)
def withdraw_offer(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Take back that an entry was offered to a colleague."""
    user = user_of(request)
    entry = access.follow_up_to_change(user, follow_up_id)
    if not offers.withdraw(entry.pk, by_id=user.pk, now=clock.now()):
        return today_answer.undone(request, "The offer is answered already.", is_error=True)
    return today_answer.undone(request, f"{entry.candidate.name} is no longer offered.")


_NO_OFFER = "This is no longer offered to you."


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return min(int(given), queue.MOST) if given.isdecimal() and len(given) < 6 else 0


urlpatterns = [
    path("", today, name="today"),
    path("today/rows/", rows, name="today-rows"),
    path("follow-ups/<int:follow_up_id>/take/", take, name="follow-up-take"),
    path("follow-ups/<int:follow_up_id>/accept/", accept, name="follow-up-accept"),
    path("follow-ups/<int:follow_up_id>/decline/", decline, name="follow-up-decline"),
    path("follow-ups/<int:follow_up_id>/undo/", undo, name="follow-up-undo"),
    path("follow-ups/<int:follow_up_id>/offer/withdraw/", withdraw_offer, name="follow-up-unoffer"),
]
