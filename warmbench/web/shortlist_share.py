"""Shares a shortlist with hiring managers, takes links back, and closes it."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.shortlists import making, sharing
from warmbench.shortlists.making import MakeError
from warmbench.shortlists.models import Shortlist
from warmbench.shortlists.sharing import ShareError
from warmbench.web import shortlist, shortlist_access
from warmbench.web.access import user_of
from warmbench.web.shortlist_forms import ShareForm
from warmbench.web.toasts import back


@require_POST
@policy(Policy.OWNER)
@sensitive_variables("shared", "address")
def share(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """Make a link for somebody, and show it this once."""
    user = user_of(request)
    found = shortlist_access.shortlist_to_change(user, shortlist_id)
    form = ShareForm(request.POST)
    if not form.is_valid():
        return _again(request, found.pk, form)
    try:
        shared = sharing.share(
            found.pk,
            reader=form.cleaned_data["reader"],
            until=form.ends(),
            shows_terms=form.cleaned_data["shows_terms"],
            by_id=user.pk,
            now=clock.now(),
        )
    except ShareError as error:
        if found.state == Shortlist.State.CLOSED:
            there = reverse("shortlist", args=[found.pk])
            return back(request, there, said=str(error), is_error=True)
        form.add_error(None, str(error))
        return _again(request, found.pk, form)
    address = f"{settings.PUBLIC_URL}{reverse('shared-shortlist', args=[shared.token])}"
    context = {
        "section": "shortlists",
        "shortlist": found,
        "link": shared.link,
        "address": address,
        "mail": _mail(found.version.profile.name, address),
    }
    response = render(request, "shortlists/shared.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@policy(Policy.OWNER)
def revoke(request: HttpRequest, shortlist_id: int, link_id: int) -> HttpResponse:
    """Let a link lead nowhere any more."""
    user = user_of(request)
    found = shortlist_access.shortlist_to_change(user, shortlist_id)
    link = shortlist_access.link_of(found, link_id)
    is_done = sharing.revoke(link.pk, by_id=user.pk, now=clock.now())
    said = f"The link of {link.reader} leads nowhere any more." if is_done else "It had ended."
    return back(request, reverse("shortlist", args=[found.pk]), said=said)


@require_POST
@policy(Policy.OWNER)
def close(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """Take no more answers."""
    user = user_of(request)
    found = shortlist_access.shortlist_to_change(user, shortlist_id)
    there = reverse("shortlist", args=[found.pk])
    try:
        is_done = making.close(found.pk, by_id=user.pk, now=clock.now())
    except MakeError as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said="It is closed." if is_done else "It is closed already.")


def _again(request: HttpRequest, shortlist_id: int, form: ShareForm) -> HttpResponse:
    found = shortlist_access.shortlist_for(shortlist_id)
    context = shortlist.context(user_of(request), found, share=form)
    return render(request, "shortlists/page.html", context, status=422)


def _mail(name: str, address: str) -> str:
    """What opens a letter with the link in it, in the recruiter's own mail program."""
    words = (
        f"Here is the shortlist “{name}”, with the reasons for each person:\n\n{address}\n\n"
        "You need no account. Please say of each whether to pass, to interview, or star them."
    )
    return f"mailto:?subject={quote(f'Shortlist: {name}')}&body={quote(words)}"


urlpatterns = [
    path("shortlists/<int:shortlist_id>/share/", share, name="shortlist-share"),
    path(
        "shortlists/<int:shortlist_id>/links/<int:link_id>/revoke/",
        revoke,
        name="shortlist-link-revoke",
    ),
    path("shortlists/<int:shortlist_id>/close/", close, name="shortlist-close"),
]
