"""The pages of what changed about people: all of it, and who became apt for what."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people.models import Candidate
from warmbench.shortlists import budget, digest
from warmbench.shortlists.models import Change, RoleProfile
from warmbench.web import change_rows
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx, toast, undone
from warmbench.web.typed import number

_SHOWN = 25
_JUDGED = {"useful": "Noted: useful.", "useless": "Noted: not useful.", "done": "Dealt with."}
#: What a judgement is kept as.
_KEPT = {"useful": "useful", "useless": "useless", "done": ""}
_LOOKED_BACK = timedelta(days=30)
_GONE = "This was not put before you, or is not there any more."


class BudgetForm(forms.Form):
    """How many changes a day somebody wants."""

    most = forms.IntegerField(label="At most a day", min_value=0, max_value=budget.MOST)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest) -> HttpResponse:
    """All changes, the latest first."""
    user, now = user_of(request), clock.now()
    kind = request.GET.get("kind", "")
    kind = kind if kind in Change.Kind.values else ""
    asked = {name: number(request.GET, name) for name in ("profile", "person")}
    changes, is_more = change_rows.page(
        kind=kind,
        profile_id=asked["profile"],
        person_id=asked["person"],
        after=_edge(request.GET.get("after", "")),
        size=_SHOWN,
    )
    kept = change_rows.query({"kind": kind, **asked})
    last = changes[-1] if changes and is_more else None
    context = {
        "section": "today",
        "rows": change_rows.of(changes, user),
        "kinds": Change.Kind.choices,
        "kind": kind,
        "profiles": RoleProfile.objects.filter(retired_at=None).order_by("name", "pk")[:200],
        "profile_id": asked["profile"],
        "person": Candidate.objects.filter(pk=asked["person"]).first() if asked["person"] else None,
        "is_filtered": bool(kept),
        "after": urlencode(kept | {"after": f"{last.at.isoformat()}_{last.pk}"}) if last else "",
        "is_later": "after" in request.GET,
        "first": urlencode(kept),
        "judgements": budget.judgements(since=now - _LOOKED_BACK),
        "form": BudgetForm(initial={"most": budget.of(user.pk)}),
    }
    return render(request, "changes/list.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def apt(request: HttpRequest) -> HttpResponse:
    """Who became apt for which profile within a week."""
    user, now = user_of(request), clock.now()
    mine = "mine" in request.GET
    listed = digest.became_apt(since=now - digest.WEEK, user=user if mine else None)
    people = {row.candidate_id for one in listed for row in one.people}
    context = {"section": "today", "listed": listed, "mine": mine, "people": len(people)}
    return render(request, "changes/apt.html", context)


@require_POST
@policy(Policy.RECRUITER)
def answer(request: HttpRequest, change_id: int, judged: str) -> HttpResponse:
    """Say of a change whether it was of use."""
    if judged not in _KEPT:
        raise Http404
    user, now = user_of(request), clock.now()
    noted = budget.answer(change_id, _KEPT[judged], by_id=user.pk, now=now)
    undo = reverse("change-undo", args=[change_id]) if noted else ""
    said = _JUDGED[judged] if noted else _GONE
    if not is_htmx(request):
        return back(request, "changes", said=said, undo=undo, is_error=not noted)
    response = render(request, "changes/row.html", _shown(change_id, user))
    toast(response, said, undo=undo, is_error=not noted)
    return response


@require_POST
@policy(Policy.RECRUITER)
def undo(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take back what was said of a change."""
    back_again = budget.take_back(change_id, by_id=user_of(request).pk, now=clock.now())
    said = "It is before you again." if back_again else "There is nothing to take back."
    return undone(request, "changes", said=said, is_error=not back_again)


@require_POST
@policy(Policy.SIGNED_IN)
def choose_budget(request: HttpRequest) -> HttpResponse:
    """Keep how many changes a day somebody wants."""
    form = BudgetForm(request.POST)
    if not form.is_valid():
        said = f"Choose a number from 0 to {budget.MOST}."
        return back(request, "changes", said=said, is_error=True)
    most = form.cleaned_data["most"]
    changed = budget.choose(user_of(request).pk, most, now=clock.now())
    return back(request, "changes", said="Saved." if changed else "Nothing was different.")


def _shown(change_id: int, user: User) -> dict[str, Any]:
    change = change_rows.one(change_id)
    if change is None:
        raise Http404
    return {"row": change_rows.of([change], user)[0]}


def _edge(given: str) -> tuple[datetime, int] | None:
    at, _, pk = given.rpartition("_")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    if moment.tzinfo is None or not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return None
    return moment, int(pk)


urlpatterns = [
    path("changes/", show, name="changes"),
    path("changes/apt/", apt, name="changes-apt"),
    path("changes/budget/", choose_budget, name="changes-budget"),
    path("changes/<int:change_id>/undo/", undo, name="change-undo"),
    path("changes/<int:change_id>/<slug:judged>/", answer, name="change-answer"),
]
