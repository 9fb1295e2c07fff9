"""The page that shows a step of a sequence exactly as one person would get it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import fields, segments
from warmbench.messaging.gate import Allow, Later, Refuse, Verdict
from warmbench.nurture import preview
from warmbench.nurture.models import Enrollment, Sequence, Step
from warmbench.nurture.preview import Preview
from warmbench.people import search
from warmbench.people.models import Candidate, Channel
from warmbench.web import access, sequences, verdicts
from warmbench.web.toasts import is_htmx
from warmbench.web.typed import number, typed

#: The mail is shown as if it came from nowhere: it runs nothing, loads nothing, leads nowhere.
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
_OFFERED = 8


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """One step as one person would get it, and whom and what else to look at."""
    sequence = access.sequence_for(sequence_id)
    wanted = typed(request.GET, "q")
    offered = _offered(sequence, wanted)
    step = _step(request, sequence)
    context: dict[str, Any]
    context = {"sequence": sequence, "step": step, "offered": offered, "q": wanted}
    if is_htmx(request):
        return render(request, "sequences/offered.html", context)
    candidate = _candidate(request) or (offered[0] if offered else None)
    shown = _shown(step, candidate)
    context |= {
        "steps": [(one, sequences.title(one)) for one in _steps(sequence)],
        "candidate": candidate,
        "preview": shown,
        "as_text": request.GET.get("as") == "text",
    }
    if shown and step and candidate:
        context |= _about(shown, step, candidate)
    return render(request, "sequences/preview.html", context)


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
def mail(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """The mail itself, for the frame on the page."""
    step = _step(request, access.sequence_for(sequence_id))
    shown = _shown(step, _candidate(request))
    if shown is None or shown.letter is None:
        raise Http404
    return HttpResponse(shown.letter.words.html, headers={"Content-Security-Policy": MAIL_POLICY})


def _about(shown: Preview, step: Step, candidate: Candidate) -> dict[str, Any]:
    asked = urlencode({"step": step.pk, "candidate": candidate.pk})
    missing = shown.letter.missing if shown.letter else ()
    is_text = step.channel == Channel.SMS
    return {
        "verdict": _verdict(shown.verdict),
        "segments": segments.count(shown.letter.words.text) if is_text and shown.letter else None,
        "missing": [fields.FIELDS[name].means for name in missing],
        "src": f"{reverse('preview-mail', args=[step.version.sequence_id])}?{asked}",
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    match verdict:
        case Allow():
            return {"verdict": "allowed", "reason": "Nothing stands in the way now."}
        case Later(until, reason, rule):
            return {"verdict": "later", "reason": verdicts.because(reason, rule), "until": until}
        case Refuse(reason, rule):
            return {"verdict": "refused", "reason": verdicts.because(reason, rule)}


def _shown(step: Step | None, candidate: Candidate | None) -> Preview | None:
    if step is None or candidate is None:
        return None
    return preview.of_step(step, candidate.pk, now=clock.now())


def _steps(sequence: Sequence) -> list[Step]:
    latest = sequence.versions.order_by("-number").first()
    return list(latest.steps.order_by("position")) if latest else []


def _step(request: HttpRequest, sequence: Sequence) -> Step | None:
    asked = number(request.GET, "step")
    steps = Step.objects.select_related("version").filter(version__sequence=sequence)
    return steps.filter(pk=asked).first() or next(iter(_steps(sequence)), None)


def _candidate(request: HttpRequest) -> Candidate | None:
    return Candidate.objects.filter(pk=number(request.GET, "candidate")).first()


def _offered(sequence: Sequence, wanted: str) -> list[Candidate]:
    if wanted:
        return list(search.find(Candidate.objects.order_by("pk"), wanted)[:_OFFERED])
    on_it = Enrollment.objects.filter(sequence=sequence, state=Enrollment.State.ACTIVE)
    soonest = on_it.select_related("candidate").order_by("next_step_at")[:_OFFERED]
    return [one.candidate for one in soonest]


urlpatterns = [
    path("sequences/<int:sequence_id>/preview/", show, name="preview"),
    path("sequences/<int:sequence_id>/preview/mail/", mail, name="preview-mail"),
]
