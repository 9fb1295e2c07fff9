"""Tells somebody what their click did: a toast where htmx asked, else a notice on the next page."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def toast(response: HttpResponse, text: str, *, undo: str = "", is_error: bool = False) -> None:
    """Let a small note appear once ``response`` has been swapped in."""
    said = {"text": text, "level": "error" if is_error else "info"}
    response.headers["HX-Trigger"] = json.dumps({"toast": said | ({"undo": undo} if undo else {})})


def back(
    request: HttpRequest, to: str, *, said: str, undo: str = "", is_error: bool = False
) -> HttpResponse:
    """Lead to a page that begins with what was done; with htmx, by loading it anew.

    A form may name another page of ours in ``next``. ``undo`` is the address that takes back
    what was done, by POST.
    """
    (messages.error if is_error else messages.success)(request, said, extra_tags=undo)
    address = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        address = resolve_url(to)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def lead(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to another page, where a fragment was asked for too."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def undone(request: HttpRequest, to: str, *, said: str, is_error: bool = False) -> HttpResponse:
    """Say what an undo did, on the page where it was asked for, else on ``to``."""
    response = back(request, to, said=said, is_error=is_error)
    if response.headers.pop("HX-Redirect", None):
        # Whoever clicked in a toast may be on any page by then: stay there.
        response.headers["HX-Refresh"] = "true"
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Whether a fragment is asked for, and not a page."""
    return request.headers.get("HX-Request") == "true"
