"""The list of candidates: searched, filtered, sorted, and tagged or handed over in bulk."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.accounts.saved_views import default_of
from warmbench.core import clock
from warmbench.messaging.models import Message
from warmbench.messaging.unwritable import ENDED
from warmbench.people import search
from warmbench.people.models import Candidate, CandidateTag, Tag
from warmbench.signals import warmth
from warmbench.web import bulk_changes, bulk_sequence, keyset, queue, saved_views, verdicts
from warmbench.web.access import user_of
from warmbench.web.candidate_filter import COUNTED, Filter
from warmbench.web.heat import Heat
from warmbench.web.keyset import Page
from warmbench.web.toasts import is_htmx
from warmbench.web.verdicts import Answer

PAGE = 50
_SHOWN_TAGS = (Tag.Kind.SPECIALTY, Tag.Kind.SENIORITY)


@dataclass(frozen=True)
class Row:
    """One candidate, and what the list says about them."""

    candidate: Candidate
    tags: list[CandidateTag]
    heat: Heat
    answer: Answer
    last_touch: datetime | None

    @property
    def cannot(self) -> str:
        """Why we may not write to them, where their status does not say so already."""
        said = self.candidate.status in ENDED or self.answer.verdict != "refused"
        return "" if said else self.answer.because


@require_GET
@policy(Policy.SIGNED_IN)
def candidates(request: HttpRequest) -> HttpResponse:
    """A page of the list that was asked for."""
    user = user_of(request)
    if not request.GET and not is_htmx(request) and (view := default_of(user)):
        return HttpResponseRedirect(f"{reverse('candidates')}?{view.query or 'view=all'}")
    chosen = Filter.of(request.GET, user=user, now=clock.now())
    return answer(request, chosen, request.GET)


@require_GET
@policy(Policy.SIGNED_IN)
def tag_options(request: HttpRequest) -> HttpResponse:
    """Tags to choose from, for what has been typed so far."""
    typed = request.GET.get("tag", "").strip()
    tags = search.tags_named(typed) if typed else Tag.objects.none()
    if request.GET.get("kind") in Tag.Kind.values:
        tags = tags.filter(kind=request.GET["kind"])
    tags = tags[:12]
    return render(request, "candidates/tag_options.html", {"tags": tags})


def answer(request: HttpRequest, chosen: Filter, at: QueryDict) -> HttpResponse:
    """The list, whole or as a fragment, from the edge that ``at`` names."""
    found = keyset.page(
        chosen.stretches(), after=at.get("after", ""), before=at.get("before", ""), size=PAGE
    )
    context = {
        "section": "candidates",
        "filter": chosen,
        "rows": _rows(found, now=chosen.now),
        "before": chosen.address(before=found.before) if found.before else "",
        "after": chosen.address(after=found.after) if found.after else "",
        "how_many": COUNTED if chosen.is_long else len(chosen.found),
        "too_many": chosen.is_long,
        "all_of_them": search.about_how_many() if chosen.is_long and not chosen.is_set else 0,
        "recruiters": queue.recruiters(),
        "tabs": saved_views.tabs(user_of(request), chosen),
        "recent": bulk_changes.recent(user_of(request), now=chosen.now),
        "begun": bulk_sequence.lately(user_of(request), now=chosen.now),
    }
    if not is_htmx(request):
        return render(request, "candidates/page.html", context)
    response = render(request, "candidates/results.html", context)
    if request.method == "GET":
        # Without the fields that were left blank.
        response.headers["HX-Push-Url"] = reverse("candidates") + chosen.address()
    return response


def _rows(found: Page, *, now: datetime) -> list[Row]:
    people = found.people
    pks = [one.pk for one in people]
    scores = warmth.of(pks, now=now)
    answers = verdicts.now_for(people, now=now)
    tags: dict[int, list[CandidateTag]] = {pk: [] for pk in pks}
    carried = CandidateTag.objects.filter(candidate__in=pks, tag__kind__in=_SHOWN_TAGS)
    for one in carried.select_related("tag").order_by("-is_primary", "-tag__kind", "tag__name"):
        tags[one.candidate_id].append(one)
    touches = Message.objects.filter(candidate__in=pks, handed_at__isnull=False)
    last = dict(touches.values_list("candidate").annotate(Max("handed_at")))
    return [
        Row(one, tags[one.pk], Heat(scores[one.pk]), answers[one.pk], last.get(one.pk))
        for one in people
    ]


urlpatterns = [
    path("candidates/", candidates, name="candidates"),
    path("candidates/tags/", tag_options, name="tag-options"),
]
