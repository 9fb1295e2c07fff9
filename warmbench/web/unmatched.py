"""The page about skills that no tag knows: what they mean is for a person to say."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import search, tag_decisions, unmatched
from warmbench.people.models import Tag, UnmatchedSkill
from warmbench.people.tag_edits import TreeError
from warmbench.people.tagging import TagGoneError
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx, toast
from warmbench.web.typed import typed

_SHOWN = 25
_OFFERED = 20
_MOST = 1000


@dataclass(frozen=True)
class Answer:
    """What a person says that a skill means: a tag, or a new skill below a specialty."""

    tag: Tag
    is_home: bool


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The skills that wait for a decision, the commonest first."""
    total = unmatched.count_waiting()
    page = Paginator(range(total), _SHOWN).get_page(request.GET.get("page"))
    waiting = unmatched.waiting(limit=_SHOWN, offset=(page.number - 1) * _SHOWN)
    ignored = UnmatchedSkill.objects.filter(decision=UnmatchedSkill.Decision.IGNORED).count()
    context = {
        "page": page,
        "waiting": waiting,
        "specialties": _specialties(),
        "total": total,
        "ignored": ignored,
    }
    return render(request, "tags/unmatched.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, skill_id: int) -> HttpResponse:
    """One skill that no tag knows: who wrote it, and which tag it may be."""
    skill = access.unmatched_skill_for(skill_id)
    wanted = typed(request.GET, "q")
    found = search.tags_named(wanted)[:_OFFERED] if wanted else Tag.objects.none()
    wrote = skill.candidates.select_related("candidate").order_by("pk")
    context = {
        "skill": skill,
        "q": wanted,
        "found": found,
        "wrote": wrote[:_OFFERED],
        "people": wrote.count(),
        "specialties": _specialties(),
        "is_open": skill.decision != UnmatchedSkill.Decision.TAGGED,
    }
    name = "tags/meanings.html" if is_htmx(request) else "tags/skill.html"
    return render(request, name, context)


def _specialties() -> list[Tag]:
    return list(Tag.objects.filter(kind=Tag.Kind.SPECIALTY, retired_at=None).order_by("name"))


@require_POST
@policy(Policy.RECRUITER)
def decide(request: HttpRequest, skill_id: int) -> HttpResponse:
    """Say what a skill means: a tag that exists, a new one, or nothing."""
    skill = access.unmatched_skill_for(skill_id)
    by: dict[str, Any] = {"by_id": user_of(request).pk, "now": clock.now()}
    said = request.POST.get("means", "")
    if said == "nothing":
        tag_decisions.ignore([skill_id], **by)
        return _done(request, f"“{skill.text}” is ignored.")
    answer = _answer(said)
    if answer is None:
        return _done(request, "Choose what it means first.", is_error=True)
    try:
        if answer.is_home:
            name = " ".join(typed(request.POST, "name").split())
            tag = tag_decisions.is_new(skill_id, answer.tag.pk, name=name, **by)
            text = f"“{tag.name}” is a skill now." if tag else "That was decided already."
        else:
            people = len(tag_decisions.means(skill_id, answer.tag.pk, **by))
            text = f"“{skill.text}” means “{answer.tag.name}”: {people:,} tagged."
    except (TreeError, TagGoneError) as error:
        return _done(request, str(error), is_error=True)
    return _done(request, text)


def _answer(said: str) -> Answer | None:
    what, _, number = said.partition(":")
    if what not in {"tag", "new"} or not (number.isascii() and number.isdigit()):
        return None
    tag = Tag.objects.filter(pk=int(number), retired_at=None).first() if len(number) < 10 else None
    if tag is None or (what == "new" and tag.kind != Tag.Kind.SPECIALTY):
        return None
    return Answer(tag, is_home=what == "new")


def _done(request: HttpRequest, said: str, *, is_error: bool = False) -> HttpResponse:
    if not is_htmx(request):
        return back(request, "unmatched-skills", said=said, is_error=is_error)
    response = HttpResponse()
    toast(response, said, is_error=is_error)
    if is_error:
        # The row stays: there is still something to decide.
        response.headers["HX-Reswap"] = "none"
    return response


@require_POST
@policy(Policy.RECRUITER)
def ignore(request: HttpRequest) -> HttpResponse:
    """Ask about several skills no more."""
    chosen = [text for text in request.POST.getlist("id") if text.isascii() and text.isdigit()]
    ids = [int(text) for text in chosen[:_MOST] if len(text) < 18]
    count = tag_decisions.ignore(ids, by_id=user_of(request).pk, now=clock.now())
    said = "1 skill ignored." if count == 1 else f"{count:,} skills ignored."
    return back(request, "unmatched-skills", said=said)


urlpatterns = [
    path("tags/unmatched/", show_all, name="unmatched-skills"),
    path("tags/unmatched/ignore/", ignore, name="unmatched-ignore"),
    path("tags/unmatched/<int:skill_id>/", show, name="unmatched-skill"),
    path("tags/unmatched/<int:skill_id>/decide/", decide, name="unmatched-decide"),
]
