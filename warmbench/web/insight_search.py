"""The page “What the team knows”: people searched by what conversations say of them."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.insight import search
from warmbench.insight.ageing import Age
from warmbench.insight.models import Insight
from warmbench.insight.search import UnaskableError
from warmbench.people.models import Candidate
from warmbench.web import heat, insight_query, insight_rows, saved_views
from warmbench.web.access import user_of
from warmbench.web.heat import Heat
from warmbench.web.insight_query import Asked
from warmbench.web.insight_rows import Row
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import typed

PAGE = 20
#: Lines that show what can be asked.
EXAMPLES = (
    "FP&A managers who want remote and can start by March",
    "Kubernetes, would work in Berlin, up to 95k",
    "open to a move, leads people",
)
#: So many facts of one person stand in the results.
_SHOWN = 4


@dataclass(frozen=True)
class Person:
    """Somebody who was found, and what shows it."""

    candidate: Candidate
    rows: list[Row]
    heat: Heat


@require_GET
@policy(Policy.SIGNED_IN)
def knowledge(request: HttpRequest) -> HttpResponse:
    """People of whom all that is asked is true; with htmx the next page of them."""
    user, now = user_of(request), clock.now()
    asked = Asked.of(request.GET, user=user, today=now.date())
    after, trouble = typed(request.GET, "after", longest=60), ""
    try:
        page = search.find(asked.query, now=now, after=after, limit=PAGE)
    except UnaskableError as error:
        page, trouble = search.Page([]), str(error)
    people = Candidate.objects.in_bulk([hit.candidate_id for hit in page.hits])
    heats = heat.of(list(people), now=now)
    facts = insight_rows.fetch(pk for hit in page.hits for pk in hit.insight_ids[:_SHOWN])
    by_id = {one.pk: insight_rows.row(one, today=now.date(), may_change=False) for one in facts}
    asked = replace(asked, names=search.names(asked.topics | set(page.counts)))
    context = {
        "section": "facts",
        "asked": asked,
        "people": [
            Person(
                people[hit.candidate_id],
                [by_id[pk] for pk in hit.insight_ids if pk in by_id],
                heats[hit.candidate_id],
            )
            for hit in page.hits
            if hit.candidate_id in people
        ],
        "more": f"{asked.address}&after={page.next}" if page.next else "",
        "now": now,
    }
    if is_htmx(request) and after:
        return render(request, "insights/found.html", context)
    context |= {
        "trouble": trouble,
        "total": page.total,
        "facets": insight_query.facets(page.counts, asked),
        "ages": Age.choices,
        "examples": EXAMPLES,
        "has_facts": bool(people) or Insight.objects.exists(),
        "tabs": saved_views.tabs_of_knowledge(user, asked),
    }
    return render(request, "insights/search.html", context)


urlpatterns = [path("knowledge/", knowledge, name="knowledge")]
