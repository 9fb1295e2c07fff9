"""The page of one content piece: its words, whom it is for, how it stands, and what to do next."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, languages
from warmbench.core.models import AuditEntry
from warmbench.messaging.templates import TemplateError
from warmbench.nurture import explaining, piece_preview, pieces
from warmbench.nurture.models import ContentPiece, ContentVariant, Sequence, SequenceVersion, Step
from warmbench.people import search
from warmbench.people.models import Candidate
from warmbench.web import access, library, piece_checks, piece_edit
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx
from warmbench.web.typed import number, typed

_HISTORY = 12
#: What people did, in words, by the name in the trail.
_DONE = {
    "piece.created": "wrote it",
    "piece.edited": "changed it",
    "piece.live": "let it go live",
    "piece.reviewed": "looked it over",
    "content.check_overruled": "overruled a check",
}
_MOVED = {
    "review": "asked for a review",
    "draft": "made it a draft",
    "retired": "retired it",
}


@dataclass(frozen=True)
class Done:
    """Something that was done about the piece."""

    entry: AuditEntry
    who: str
    what: str


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, piece_id: int) -> HttpResponse:
    """One piece: its words by wording, as a mail; how it stands; what was done about it."""
    piece, now = access.piece_for(piece_id), clock.now()
    variants = list(piece.variants.select_related("template").order_by("is_retired", "label"))
    chosen = next((one for one in variants if one.label == request.GET.get("w")), None)
    chosen = chosen or next(iter(variants), None)
    unsent = [one for one in variants if not one.is_retired and pieces.is_unsent(one)]
    context: dict[str, Any] = {
        "section": "sequences",
        "piece": piece,
        "variants": variants,
        "unsent": unsent,
        "marks": library.marks_of(piece, today=now.date()),
        "used": piece.uses.count(),
        "looks": piece_edit.LOOKS,
        "not_ready": pieces.not_ready(piece, today=now.date()),
        "steps": _steps(piece),
        "history": _history(piece),
        "language": languages.name(piece.language),
    }
    context |= piece_checks.card(request, piece) | _letter(request, piece, chosen)
    return render(request, "library/piece.html", context)


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
def mail(request: HttpRequest, piece_id: int) -> HttpResponse:
    """The mail itself, for the frame on the page."""
    variants = access.piece_for(piece_id).variants.order_by("is_retired", "label")
    asked = typed(request.GET, "w")
    one = variants.filter(label=asked).first() if asked else variants.first()
    subject, body = (one.subject, one.body) if one else ("", "")
    look = request.GET.get("look", "")
    return piece_edit.framed(subject, body, None, look=look, now=clock.now())


@require_GET
@policy(Policy.SIGNED_IN)
def why(request: HttpRequest, piece_id: int) -> HttpResponse:
    """Whether somebody would be given the piece now, and why."""
    piece = access.piece_for(piece_id)
    name = typed(request.GET, "person", longest=100)
    asked = Candidate.objects.filter(pk=number(request.GET, "candidate"))
    named = search.find(Candidate.objects.order_by("pk"), name) if name else asked
    person = named.first()
    found = explaining.explain(person.pk, piece.kind, now=clock.now()) if person else None
    context = {
        "piece": piece,
        "person": name,
        "candidate": person,
        "explained": found,
        "is_this": bool(found and found.chosen and found.chosen.piece_id == piece.pk),
        "other": access.piece_for(found.chosen.piece_id) if found and found.chosen else None,
    }
    return render(
        request, "library/why.html" if is_htmx(request) else "library/why_page.html", context
    )


@require_POST
@policy(Policy.RECRUITER)
def move(request: HttpRequest, piece_id: int) -> HttpResponse:
    """Ask for a review, go live, look over, retire, or make a draft of it again."""
    piece, user, now = access.piece_for(piece_id), user_of(request), clock.now()
    there = reverse("piece", args=[piece_id])
    match request.POST.get("to", ""):
        case "live":
            seen = number(request.POST, "revision")
            return piece_edit.go_live(request, piece_id, there=there, revision=seen)
        case "review":
            is_done = pieces.ask_for_review(piece_id, by_id=user.pk, now=now)
            said = "It waits for somebody's review. Whoever finds it good lets it go live."
        case "reviewed":
            is_done = pieces.confirm(piece_id, by_id=user.pk, now=now)
            said = "Noted: looked over today."
        case "retire":
            is_done = pieces.retire(piece_id, by_id=user.pk, now=now)
            said = "It is retired: nobody is given it any more."
        case "draft":
            is_done = pieces.take_back(piece_id, by_id=user.pk, now=now)
            said = "It is a draft again."
        case _:
            is_done, said = False, ""
    if is_done:
        return back(request, there, said=said)
    state = ContentPiece.State(piece.state).label.lower()
    said = f"That cannot be done with it now: it is {state}."
    return back(request, there, said=said, is_error=True)


def _letter(
    request: HttpRequest, piece: ContentPiece, variant: ContentVariant | None
) -> dict[str, Any]:
    """The words of a wording as a mail, or what is wrong with them."""
    look = request.GET.get("look", "")
    shown: dict[str, Any] = {
        "variant": variant,
        "look": look if look in piece_edit.LOOKS else "light",
    }
    if variant is None:
        return shown
    asked = urlencode({"w": variant.label, "look": shown["look"]})
    shown["src"] = f"{reverse('piece-mail', args=[piece.pk])}?{asked}"
    try:
        letter = piece_preview.of_words(variant.subject, variant.body, now=clock.now())
    except TemplateError as error:
        return shown | {"mistake": str(error)}
    needs = variant.template.required if variant.template else []
    return shown | {"letter": letter, "needs": needs}


def _steps(piece: ContentPiece) -> list[Step]:
    """The steps of active sequences, in their newest versions, that give pieces of this kind."""
    newest = SequenceVersion.objects.filter(sequence__state=Sequence.State.ACTIVE).order_by(
        "sequence", "-number"
    )
    steps = Step.objects.filter(
        version__in=newest.distinct("sequence").values("pk"), content_kind=piece.kind
    )
    return list(steps.select_related("version__sequence").order_by("version", "position"))


def _history(piece: ContentPiece) -> list[Done]:
    entries = list(pieces.history(piece.pk)[:_HISTORY])
    names = dict(
        User.objects.filter(pk__in=[one.actor_id for one in entries]).values_list("pk", "name")
    )
    return [Done(one, names.get(one.actor_id or 0, "Somebody"), _what(one)) for one in entries]


def _what(entry: AuditEntry) -> str:
    if entry.action == "piece.state":
        return _MOVED.get(entry.detail.get("is", ""), "changed its state")
    return _DONE.get(entry.action, entry.action)


urlpatterns = [
    path("sequences/content/<int:piece_id>/", show, name="piece"),
    path("sequences/content/<int:piece_id>/mail/", mail, name="piece-mail"),
    path("sequences/content/<int:piece_id>/why/", why, name="piece-why"),
    path("sequences/content/<int:piece_id>/move/", move, name="piece-move"),
]
