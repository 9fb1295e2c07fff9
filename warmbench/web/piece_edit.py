"""The pages on which content pieces are written, changed and copied, with a live preview."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import fields
from warmbench.messaging.templates import TemplateError
from warmbench.nurture import checks, piece_preview, pieces
from warmbench.nurture.models import ContentPiece
from warmbench.nurture.pieces import NotReadyError, PieceError, StalePieceError, Terms, Wording
from warmbench.people import search
from warmbench.people.models import Candidate
from warmbench.web import access, piece_checks, piece_form
from warmbench.web.access import user_of
from warmbench.web.piece_form import PieceForm, Written
from warmbench.web.previews import MAIL_POLICY, lit
from warmbench.web.toasts import back
from warmbench.web.typed import number, typed

#: How long words that nobody saved may be looked at, in seconds.
_KEPT = 600
#: How a mail may be looked at.
LOOKS = {"light": "Light", "dark": "Dark", "text": "Plain text"}

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Sheet:
    """A form that is being filled in, with everything that stands around it."""

    form: PieceForm
    rows: list[Written]
    #: None for a new one.
    piece: ContentPiece | None = None
    #: Which state of the piece it was filled from.
    revision: int = 0
    #: What cannot be kept, in a sentence.
    mistake: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    #: The wording that was added, to go on with.
    added: str = ""


@_form_page
@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Write a new piece."""
    if request.method == "POST":
        return _take(request, None)
    kind = request.GET.get("kind", ContentPiece.Kind.TRENDS)
    first = Terms(
        title="",
        kind=kind,
        topic_id=number(request.GET, "topic") or None,
        seniority_id=number(request.GET, "seniority") or None,
        owner_id=user_of(request).pk,
        wordings=(piece_form.BEGINNING,),
    )
    form = PieceForm(initial=PieceForm.initial_of(first))
    return _editor(request, Sheet(form, piece_form.beside(first.wordings, None)))


@_form_page
@policy(Policy.RECRUITER)
def edit(request: HttpRequest, piece_id: int) -> HttpResponse:
    """Change a piece."""
    piece = access.piece_for(piece_id)
    if request.method == "POST":
        return _take(request, piece)
    terms = pieces.terms_of(piece)
    form = PieceForm(initial=PieceForm.initial_of(terms), piece=piece)
    rows = piece_form.beside(terms.wordings, piece)
    return _editor(request, Sheet(form, rows, piece, piece.revision))


@require_POST
@policy(Policy.RECRUITER)
def duplicate(request: HttpRequest, piece_id: int) -> HttpResponse:
    """Copy a piece, and go on with the copy."""
    like = access.piece_for(piece_id)
    made = pieces.duplicate(like.pk, by_id=user_of(request).pk, now=clock.now())
    said = f"This is a copy of “{like.title}”, as a draft of its own."
    return back(request, reverse("piece-edit", args=[made.pk]), said=said)


@require_POST
@policy(Policy.RECRUITER)
def look(request: HttpRequest) -> HttpResponse:
    """The words of a form that is being filled in, as a mail: nothing of them is kept."""
    context = {"shown": _shown(request.POST), "rows": _as_sent(request.POST, None)}
    return render(request, "library/shown.html", context | {"is_live": True})


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
def words(request: HttpRequest) -> HttpResponse:
    """The mail with words that nobody saved, for the frame beside the form."""
    digest = typed(request.GET, "words")
    kept = cache.get(_key(digest)) if digest.isascii() and digest.isalnum() else None
    if kept is None:
        raise Http404
    subject, body, candidate_id = kept
    candidate = access.candidate_for(candidate_id) if candidate_id else None
    return framed(subject, body, candidate, look=request.GET.get("look", ""), now=clock.now())


def framed(
    subject: str, body: str, candidate: Candidate | None, *, look: str, now: datetime
) -> HttpResponse:
    """Words of a piece as a page for a frame, as programs in light or in dark show it."""
    try:
        letter = piece_preview.of_words(subject, body, candidate, now=now)
    except TemplateError as error:
        raise Http404 from error
    if letter is None:
        raise Http404
    html = lit(letter.words.html, is_dark=look == "dark")
    return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


def _take(request: HttpRequest, piece: ContentPiece | None) -> HttpResponse:
    """Keep what was sent, or show it again with what is wrong, and nothing of it lost."""
    said = request.POST
    form = PieceForm(said, piece=piece)
    found = piece_form.wordings(said)
    sheet = Sheet(form, _as_sent(said, piece), piece, number(said, "revision"), shown=_shown(said))
    if {"add", "drop", "try"} & said.keys():
        return _editor(request, _rearranged(sheet, found, said))
    mistake = piece_form.too_long(found)
    if not found:
        mistake = "It has to have one wording at least."
    if not form.is_valid() or mistake:
        return _editor(request, replace(sheet, mistake=mistake), status=422)
    user, now, terms = user_of(request), clock.now(), form.terms(found)
    try:
        saved, told = _store(piece, terms, sheet.revision, by_id=user.pk, now=now)
    except StalePieceError:
        return _somebody_was_faster(request, sheet)
    except PieceError as error:
        return _editor(request, replace(sheet, mistake=str(error)), status=422)
    checks.ask(saved.pk)
    if "live" in said:
        return go_live(request, saved.pk, there=reverse("piece-edit", args=[saved.pk]))
    return back(request, piece_checks.while_checked(saved.pk), said=told)


def go_live(
    request: HttpRequest, piece_id: int, *, there: str, revision: int | None = None
) -> HttpResponse:
    """Let a piece go out from now on, or lead ``there`` and say why it may not yet. ``revision``
    is the one that was looked at."""
    by_id, now = user_of(request).pk, clock.now()
    try:
        pieces.go_live(piece_id, by_id=by_id, now=now, revision=revision)
    except StalePieceError:
        name = pieces.changed_by(piece_id)
        said = f"{name[:1].upper()}{name[1:]} changed it since you looked: look once more."
        return back(request, there, said=said, is_error=True)
    except NotReadyError as error:
        return back(request, there, said=f"It does not go out yet. {error}", is_error=True)
    said = "It is live: people are given it from now on."
    return back(request, reverse("piece", args=[piece_id]), said=said)


def _store(
    piece: ContentPiece | None, terms: Terms, revision: int, *, by_id: int, now: datetime
) -> tuple[ContentPiece, str]:
    """The piece as it is kept, and what to say about it."""
    if piece is None:
        made = pieces.create(terms, by_id=by_id, now=now)
        return made, "Kept as a draft. Nobody is given it before it goes live."
    changed = pieces.save(piece.pk, terms, revision=revision, by_id=by_id, now=now)
    if not changed:
        return piece, "Nothing was different."
    if piece.state != ContentPiece.State.LIVE:
        return piece, "Kept."
    if pieces.AIM & set(changed):
        return piece, "Kept. It is for others now, so it is a draft until it goes live again."
    if "wordings" in changed:
        return piece, "Kept. New words are not sent before it goes live again."
    return piece, "Kept."


def _somebody_was_faster(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    assert sheet.piece is not None
    name = pieces.changed_by(sheet.piece.pk)
    mistake = (
        f"While you wrote, {name} changed the piece. Nothing of yours is kept yet: look it over,"
        " and save again if it is to count."
    )
    again = replace(sheet, mistake=mistake, revision=sheet.piece.revision)
    return _editor(request, again, status=409)


def _rearranged(sheet: Sheet, found: list[Wording], said: QueryDict) -> Sheet:
    """The same form with one more wording, or one less; its fields as they were typed."""
    typed_in: dict[str, Any] = {name: said.get(name, "") for name in PieceForm.base_fields}
    form, added = PieceForm(initial=typed_in, piece=sheet.piece), ""
    if "add" in said and found and len(found) < pieces.MAX_WORDINGS:
        taken = {row.label for row in piece_form.beside(found, sheet.piece)}
        added = pieces.next_label(taken)
        found = [*found, replace(found[-1], label=added, is_retired=False)]
    elif "drop" in said:
        found = [one for one in found if one.label != said["drop"]]
    rows = piece_form.beside(found, sheet.piece)
    return replace(sheet, form=form, rows=rows, added=added)


def _as_sent(said: QueryDict, piece: ContentPiece | None) -> list[Written]:
    return piece_form.beside(piece_form.wordings(said), piece)


def _shown(said: QueryDict) -> dict[str, Any]:
    """What stands in the preview: the wording that was chosen, for whom, and how it looks."""
    found = {one.label: one for one in piece_form.wordings(said)}
    one = found.get(said.get("shown", "")) or next(iter(found.values()), None)
    name = typed(said, "person", longest=100)
    look = said.get("look", "")
    shown: dict[str, Any] = {
        "look": look if look in LOOKS else "light",
        "person": name,
        "label": one.label if one else "",
    }
    if one is None:
        return shown
    candidate = _person(name)
    shown |= {"candidate": candidate, "nobody": bool(name) and candidate is None}
    try:
        letter = piece_preview.of_words(one.subject, one.body, candidate, now=clock.now())
    except TemplateError as error:
        return shown | {"mistake": str(error)}
    missing = [fields.FIELDS[name].means for name in letter.missing] if letter else []
    kept = (one.subject, one.body, candidate.pk if candidate else None)
    digest = hashlib.sha256(json.dumps(kept).encode()).hexdigest()
    cache.set(_key(digest), kept, _KEPT)
    asked = urlencode({"words": digest, "look": shown["look"]})
    return shown | {
        "letter": letter,
        "missing": missing,
        "src": f"{reverse('piece-words')}?{asked}",
    }


def _person(name: str) -> Candidate | None:
    """The first whom somebody may mean by what they typed."""
    if not name:
        return None
    return search.find(Candidate.objects.order_by("pk"), name).first()


def _key(digest: str) -> str:
    return f"piece-words:{digest[:64]}"


def _editor(request: HttpRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    piece = sheet.piece
    context = vars(sheet) | {
        "section": "sequences",
        "there": reverse("piece-edit", args=[piece.pk]) if piece else reverse("piece-new"),
        "fields": piece_form.offered_fields(),
        "places": piece_form.places(),
        "looks": LOOKS,
        "may_add": len(sheet.rows) < pieces.MAX_WORDINGS,
    }
    return render(request, "library/edit.html", context, status=status)


urlpatterns = [
    path("sequences/content/new/", add, name="piece-new"),
    path("sequences/content/look/", look, name="piece-look"),
    path("sequences/content/words/", words, name="piece-words"),
    path("sequences/content/<int:piece_id>/edit/", edit, name="piece-edit"),
    path("sequences/content/<int:piece_id>/duplicate/", duplicate, name="piece-duplicate"),
]
