"""The page of one shortlist: who is on it and why, who is not, and what is to be asked."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.insight.models import Insight
from warmbench.shortlists import looks, profiles, sharing
from warmbench.shortlists.models import Answer, Outcome, Shortlist, ShortlistEntry
from warmbench.shortlists.retrieval import OUT_WORDS, Out
from warmbench.shortlists.verdict import MOST, USUAL_SIZE
from warmbench.web import shortlist_access, shortlist_people
from warmbench.web.access import user_of
from warmbench.web.shortlist_forms import ShareForm
from warmbench.web.shortlist_people import Person
from warmbench.web.shortlists import summary
from warmbench.web.typed import number

State = Shortlist.State


@dataclass(frozen=True)
class LeftOut:
    """So many people were not looked at, and why."""

    people: int
    #: As it reads after "People who".
    why: str


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """The document, with what may be done about it."""
    shortlist = shortlist_access.shortlist_for(shortlist_id)
    return render(request, "shortlists/page.html", context(user_of(request), shortlist))


@require_POST
@policy(Policy.SIGNED_IN)
def look(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Note that what stands there of somebody was looked at, and for how long so far."""
    shortlist = shortlist_access.shortlist_for(shortlist_id)
    entry = shortlist_access.entry_of(shortlist, entry_id)
    user, now = user_of(request), clock.now()
    looks.opened(entry.pk, by_id=user.pk, now=now)
    if passed := number(request.POST, "seconds"):
        looks.seconds(entry.pk, passed, by_id=user.pk, now=now)
    return HttpResponse(status=204)


def context(user: User, shortlist: Shortlist, *, share: ShareForm | None = None) -> dict[str, Any]:
    """What ``shortlists/page.html`` reads."""
    now = clock.now()
    entries = sharing.standing(shortlist.pk)
    people = shortlist_people.of(shortlist, entries)
    spec = profiles.spec_of(shortlist.version)
    may_change = shortlist_access.may_change_shortlist(user, shortlist)
    current = profiles.current(shortlist.version.profile_id)
    return {
        "section": "shortlists",
        "shortlist": shortlist,
        "version": shortlist.version,
        "profile": shortlist.version.profile,
        "spec": spec,
        "people": people,
        "lines": shortlist_people.compared(spec, people),
        "not_on": shortlist_people.not_on(shortlist, entries),
        "taken_off": _taken_off(shortlist),
        "gone": sharing.gone(shortlist),
        "left_out": left_out(shortlist),
        "answers": _answers(shortlist, people),
        "links": shortlist.links.select_related("made_by").order_by("-made_at", "-pk"),
        "share": share or ShareForm(initial=ShareForm.usual(now=now)),
        "may_change": may_change,
        "is_draft": shortlist.state == State.DRAFT,
        "takes_answers": may_change and shortlist.state == State.SHARED,
        "takes_outcomes": may_change and shortlist.state != State.DRAFT,
        "newer": current if current is not None and current.pk != shortlist.version_id else None,
        "sizes": range(1, MOST + 1),
        "size": len(people) or USUAL_SIZE,
        "verdicts": Answer.Verdict.choices,
        "kinds": Outcome.Kind.choices,
        "addresses": _addresses(people),
        "names": {one.key: one.name for one in spec.requirements},
        "now": now,
    }


def left_out(shortlist: Shortlist) -> list[LeftOut]:
    """Who was not looked at, the most common reason first."""
    counted = Counter({Out(why): people for why, people in shortlist.left_out.items()})
    return [LeftOut(people, OUT_WORDS[why]) for why, people in counted.most_common()]


def _addresses(people: list[Person]) -> dict[int, str]:
    """Where the words of quotes stand, by the fact that they were read as."""
    quotes = [quote for one in people for reason in one.reasons for quote in reason.quotes]
    facts = Insight.objects.filter(pk__in={one.insight_id for one in quotes if one.insight_id})
    return {
        pk: f"{reverse('source', args=[source_id])}#fact-{pk}-words"
        for pk, source_id in facts.values_list("pk", "source_id")
    }


def _answers(shortlist: Shortlist, people: list[Person]) -> str:
    if shortlist.state == State.DRAFT:
        return ""
    said = Counter(one.answer.verdict for one in people if one.answer is not None)
    return summary(said, len(people))


def _taken_off(shortlist: Shortlist) -> list[ShortlistEntry]:
    rows = shortlist.entries.filter(removed_at__isnull=False).select_related("candidate")
    return list(rows.order_by("removed_at", "pk"))


urlpatterns = [
    path("shortlists/<int:shortlist_id>/", show, name="shortlist"),
    path("shortlists/<int:shortlist_id>/people/<int:entry_id>/look/", look, name="shortlist-look"),
]
