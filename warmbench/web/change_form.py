"""Asks for one change to a candidate, in a dialog or on a page of its own, and leads back."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods

from warmbench.people.models import Candidate
from warmbench.web.toasts import back, is_htmx

#: A page with a form that is sent to its own address.
form_page = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: HttpRequest) -> QueryDict | None:
    """What was filled in; None while the form is only shown."""
    return request.POST if request.method == "POST" else None


def ask(
    request: HttpRequest,
    candidate: Candidate,
    form: Form,
    *,
    title: str,
    button: str,
    text: str = "",
    is_stop: bool = False,
) -> HttpResponse:
    """The form, in a dialog or on a page of its own; what is wrong with it stands beside it."""
    template = "candidate/change_form.html" if is_htmx(request) else "candidate/change.html"
    context = {
        "section": "candidates",
        "candidate": candidate,
        "form": form,
        "title": title,
        "button": button,
        "text": text,
        "is_stop": is_stop,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def done(
    request: HttpRequest,
    candidate: Candidate,
    said: str,
    *,
    undo: str = "",
    is_error: bool = False,
) -> HttpResponse:
    """Back to the candidate's page, with a sentence on what was done."""
    there = resolve_url("candidate", candidate.pk)
    return back(request, there, said=said, undo=undo, is_error=is_error)
