"""One box for everything: people, roles, pools, sequences, pages, and things to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.web import commands, found
from warmbench.web.access import user_of
from warmbench.web.found import Group
from warmbench.web.toasts import is_htmx

#: As much as a name or a sentence; what is longer was pasted by mistake.
_LONGEST = 200
_ON_THE_PAGE = 20


@require_GET
@policy(Policy.SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    """What is meant by ``q``: a page, or with htmx the list in the palette."""
    user, now = user_of(request), clock.now()
    typed = " ".join(request.GET.get("q", "").replace("\0", "").split())[:_LONGEST]
    is_palette = is_htmx(request)
    limit = found.FEW if is_palette else _ON_THE_PAGE
    groups, is_mended = [], False
    if typed:
        people, is_mended = found.people(typed, limit=limit, now=now)
        more = f"{reverse('candidates')}?{urlencode({'q': typed})}" if people else ""
        groups = [Group("People", people, more), *found.others(typed, limit=limit)]
    elif lately := found.recent(user, now=now):
        groups = [Group("Looked at lately", lately)]
    context = {
        "section": "search",
        "typed": typed,
        "groups": [group for group in groups if group.hits],
        "is_mended": is_mended,
        "actions": found.commands(typed, commands.everywhere(user, at=request.GET.get("at", ""))),
        "pages": found.commands(typed, commands.pages()) if typed or not is_palette else [],
    }
    template = "search/options.html" if is_palette else "search/page.html"
    return render(request, template, context)


urlpatterns = [path("search/", search, name="search")]
