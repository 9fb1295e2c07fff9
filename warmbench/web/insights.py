"""Facts from conversations on a person's page and in the lists where people decide about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.insight import deciding, stopping
from warmbench.insight.deciding import NotDecidedError
from warmbench.insight.kinds import Kind
from warmbench.insight.models import Insight
from warmbench.web import (
    access,
    change_form,
    insight_access,
    insight_answer,
    insight_known,
    insight_rows,
)
from warmbench.web.access import user_of
from warmbench.web.insight_forms import CorrectForm, can_be_corrected
from warmbench.web.toasts import back, is_htmx
from warmbench.web.typed import number

#: So many facts are shown at once.
PAGE = 30
#: Further than this nobody counts.
COUNTED = 1000
_WHOSE = {"": "Your people", "nobody": "Nobody's", "all": "Everybody's"}


@require_GET
@policy(Policy.SIGNED_IN)
def known(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """What is known of one person, as part of their page, or as a page of its own."""
    user, now = user_of(request), clock.now()
    candidate = access.candidate_for(candidate_id)
    context = {
        "section": "candidates",
        "candidate": candidate,
        "known": insight_known.of(candidate, user, now=now),
        "may_change": access.may_change_candidate(user, candidate),
    }
    template = "insights/known.html" if is_htmx(request) else "insights/known_page.html"
    return render(request, template, context)


@require_GET
@policy(Policy.SIGNED_IN)
def review(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """The facts about one person that nobody has checked."""
    user, now = user_of(request), clock.now()
    candidate = access.candidate_for(candidate_id)
    facts = list(_to_check().filter(candidate=candidate)[:COUNTED])
    context = {
        "section": "candidates",
        "candidate": candidate,
        "rows": insight_rows.rows(facts, user=user, today=now.date()),
    }
    return render(request, "insights/review_person.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def to_check(request: HttpRequest) -> HttpResponse:
    """The facts that nobody has checked, the newest texts first; with htmx those that follow."""
    user, now = user_of(request), clock.now()
    whose = request.GET.get("whose", "")
    about = request.GET.get("about", "")
    facts = _of_whom(_to_check(), user, whose)
    if kinds := dict(enumerate(insight_known.GROUPS.values())).get(number(request.GET, "about")):
        facts = facts.filter(kind__in=kinds) if about else facts
    shown = list(_after(facts, request.GET.get("after", ""))[: PAGE + 1])
    context: dict[str, Any] = {
        "section": "facts",
        "rows": insight_rows.rows(shown[:PAGE], user=user, today=now.date()),
        "more": f"{shown[PAGE - 1].source_id}.{shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
        "whose": whose,
        "about": about,
    }
    if is_htmx(request):
        return render(request, "insights/rows.html", context)
    context |= {
        "may_decide": any(row.may_change for row in context["rows"]),
        "everybodys": _WHOSE.items(),
        "groups": [(str(place), title) for place, title in enumerate(insight_known.GROUPS)],
        "count": facts[: COUNTED + 1].count(),
        "counted": COUNTED,
        "has_facts": Insight.objects.exists(),
    }
    return render(request, "insights/to_check.html", context)


def _to_check() -> QuerySet[Insight]:
    facts = Insight.objects.filter(state=Insight.State.PROPOSED).defer("source__text")
    facts = facts.select_related("candidate__owner", "source__author", "decided_by")
    return facts.order_by("-source_id", "pk")


def _of_whom(facts: QuerySet[Insight], user: User, whose: str) -> QuerySet[Insight]:
    if whose == "all":
        return facts
    return facts.filter(candidate__owner=None if whose == "nobody" else user)


def _after(facts: QuerySet[Insight], last: str) -> QuerySet[Insight]:
    source, _, pk = last.partition(".")
    if not (source.isdecimal() and pk.isdecimal() and len(last) < 38):
        return facts
    return facts.filter(Q(source_id__lt=int(source)) | Q(source_id=int(source), pk__gt=int(pk)))


@require_POST
@policy(Policy.OWNER)
def confirm(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Let a fact hold on the user's word."""
    return _decided(request, insight_id, deciding.confirm, "Confirmed")


@require_POST
@policy(Policy.OWNER)
def reject(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Say of a fact that it is none."""
    return _decided(request, insight_id, deciding.reject, "Rejected")


def _decided(
    request: HttpRequest, insight_id: int, decide: Callable[..., list[int]], said: str
) -> HttpResponse:
    user, now = user_of(request), clock.now()
    one = insight_access.insight_to_change(user, insight_id)
    if not decide([one.pk], by_id=user.pk, now=now):
        return insight_answer.changed(request, one, _BEFORE, is_error=True)
    says = insight_rows.row(one, today=now.date(), may_change=True).says
    undo = reverse("insight-undo", args=[one.pk])
    return insight_answer.changed(request, one, f"{said}: {says}.", undo=undo)


@require_POST
@policy(Policy.OWNER)
def hold(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Let one of several facts that contradict hold. The others give way to it."""
    user, now = user_of(request), clock.now()
    one = insight_access.insight_to_change(user, insight_id)
    if not deciding.hold(one.pk, by_id=user.pk, now=now):
        return insight_answer.changed(request, one, _BEFORE, is_error=True)
    undo = reverse("insight-undo", args=[one.pk])
    says = insight_rows.row(one, today=now.date(), may_change=True).says
    return insight_answer.changed(request, one, f"This holds: {says}.", undo=undo)


@require_POST
@policy(Policy.OWNER)
def undo(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Take back what was decided about a fact."""
    user, now = user_of(request), clock.now()
    one = insight_access.insight_to_change(user, insight_id)
    if not deciding.undo(one.pk, by_id=user.pk, now=now):
        return insight_answer.changed(request, one, "There is nothing to take back.", is_error=True)
    return insight_answer.changed(request, one, "Taken back.", is_undo=True)


@require_POST
@policy(Policy.OWNER)
def lift(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Take back the stop that a fact led to which was found to be none."""
    user, now = user_of(request), clock.now()
    one = insight_access.insight_to_change(user, insight_id)
    lifted = stopping.lift(one.pk, by_id=user.pk, now=now)
    said = f"{one.candidate.name} may hear from us again." if lifted else "There was nothing left."
    return back(request, reverse("candidate", args=[one.candidate_id]), said=said)


@change_form.form_page
@policy(Policy.OWNER)
def correct(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Put a fact right, in its row, in a dialog or on a page of its own."""
    user, now = user_of(request), clock.now()
    one = insight_access.insight_to_change(user, insight_id)
    if not can_be_corrected(one.kind):
        return insight_answer.changed(request, one, _ONLY_WORDS, is_error=True)
    form = CorrectForm(one, change_form.sent(request))
    if not form.is_valid():
        return _ask(request, one, form, now=now)
    try:
        made = deciding.correct(one.pk, form.value, by_id=user.pk, now=now, polarity=form.polarity)
    except NotDecidedError as error:
        form.add_error(None, str(error))
        return _ask(request, one, form, now=now)
    says = insight_rows.row(made, today=now.date(), may_change=True).says
    address = reverse("insight-undo", args=[made.pk])
    said = f"Put right: {says}."
    return insight_answer.changed(request, made, said, undo=address, instead_of=one.pk)


def _ask(request: HttpRequest, one: Insight, form: CorrectForm, *, now: datetime) -> HttpResponse:
    target = request.headers.get("HX-Target", "") if is_htmx(request) else ""
    template = "insights/correct_page.html"
    if target:
        template = "insights/correct_row.html" if target.startswith("fact-") else _DIALOG
    context = {
        "section": "candidates",
        "candidate": one.candidate,
        "row": insight_rows.row(one, today=now.date(), may_change=True),
        "kind": Kind(one.kind).label,
        "form": form,
        "bare": "bare" in request.GET,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


_BEFORE = "Somebody has decided about this before. Reload the page to see it."
_ONLY_WORDS = "This fact is its words alone: confirm it, or reject it."
_DIALOG = "insights/correct_dialog.html"


@require_GET
@policy(Policy.SIGNED_IN)
def one_row(request: HttpRequest, insight_id: int) -> HttpResponse:
    """The row of a fact as it is now, for who leaves its form."""
    user, now = user_of(request), clock.now()
    one = insight_access.insight_for(insight_id)
    row = insight_rows.rows([one], user=user, today=now.date())[0]
    context = {"row": row, "bare": "bare" in request.GET}
    if is_htmx(request):
        return render(request, "insights/row.html", context)
    return back(request, row.address, said="Here are its words.")


urlpatterns = [
    path("candidates/<int:candidate_id>/known/", known, name="candidate-known"),
    path("candidates/<int:candidate_id>/known/check/", review, name="candidate-check"),
    path("facts/", to_check, name="facts"),
    path("facts/<int:insight_id>/", one_row, name="insight"),
    path("facts/<int:insight_id>/confirm/", confirm, name="insight-confirm"),
    path("facts/<int:insight_id>/reject/", reject, name="insight-reject"),
    path("facts/<int:insight_id>/holds/", hold, name="insight-hold"),
    path("facts/<int:insight_id>/correct/", correct, name="insight-correct"),
    path("facts/<int:insight_id>/undo/", undo, name="insight-undo"),
    path("facts/<int:insight_id>/lift/", lift, name="insight-lift"),
]
