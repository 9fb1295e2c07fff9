"""Says before a sequence runs what is missing for whom, and for whom its rules hold."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import fields
from warmbench.nurture import entering, readiness
from warmbench.nurture.rules import MAX_LENGTH
from warmbench.web import access, pool_form, sequence_drafts, sequence_plan
from warmbench.web.typed import typed

_SHOWN = 50


@dataclass(frozen=True)
class Lacks:
    """What people lack for one step."""

    title: str
    key: str
    #: What, in words; its name; for how many people.
    lacks: list[tuple[str, str, int]]


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """What is missing for whom."""
    sequence = access.sequence_for(sequence_id)
    working = sequence_drafts.of(sequence)
    context: dict[str, object] = {"sequence": sequence, "working": working}
    found = readiness.of(sequence, working.outline, now=clock.now())
    if found is not None:
        titles = sequence_plan.titles_of(working.outline)
        by_step: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for lack in found.lacks:
            by_step[lack.step].append((in_words(lack.what), lack.what, lack.people))
        context |= {
            "found": found,
            "steps": [Lacks(titles[key], key, items) for key, items in by_step.items()],
        }
    return render(request, "sequences/ready.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def rule_count(request: HttpRequest) -> HttpResponse:
    """For how many people a rule holds that is being written."""
    reading = pool_form.read(typed(request.GET, "rule", longest=MAX_LENGTH))
    if reading.rule is None:
        return HttpResponse("")
    found = entering.preview(reading.rule, limit=1, now=clock.now())
    return render(request, "sequences/rule_count.html", {"people": found.count})


@require_GET
@policy(Policy.SIGNED_IN)
def people(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Who lacks one thing for one step."""
    sequence = access.sequence_for(sequence_id)
    working = sequence_drafts.of(sequence)
    step, what = typed(request.GET, "step"), typed(request.GET, "what")
    found = readiness.who_lacks(sequence, working.outline, step, what, now=clock.now())
    page = Paginator(found, _SHOWN).get_page(request.GET.get("page"))
    context = {
        "sequence": sequence,
        "title": in_words(what),
        "step": sequence_plan.titles_of(working.outline).get(step, step),
        "page": page,
        "people": access.candidates_of(list(page.object_list)),
    }
    return render(request, "sequences/ready_people.html", context)


def in_words(what: str) -> str:
    """What is missing, as a person says it."""
    match what:
        case readiness.NO_PIECE:
            return "No piece fits that they have not had: the step is left out"
        case readiness.NO_SENDER:
            return "Nobody's mailbox or number writes to them: the step waits"
        case _:
            field = fields.FIELDS.get(what)
            means = field.means if field else what.replace("_", " ")
            return f"{means} is not known: the step waits"


urlpatterns = [
    path("sequences/rule/", rule_count, name="sequence-rule"),
    path("sequences/<int:sequence_id>/ready/", show, name="sequence-ready"),
    path("sequences/<int:sequence_id>/ready/people/", people, name="sequence-ready-people"),
]
