"""The page that shows a step of a sequence exactly as one person would get it, on any day, and
mails it to whoever looks at it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, limits
from warmbench.integrations.telling import trial_letters
from warmbench.integrations.telling.trial_letters import NoMailboxError
from warmbench.messaging import fields, segments
from warmbench.messaging.templates import UnrenderableError
from warmbench.messaging.verdict import Allow, Later, Refuse, Verdict
from warmbench.nurture import preview, versions
from warmbench.nurture.models import Enrollment, Sequence
from warmbench.nurture.outline import Outline, StepOutline
from warmbench.nurture.preview import Letter, Preview
from warmbench.people import search
from warmbench.people.models import Candidate, Channel
from warmbench.people.places import plausible_zones
from warmbench.web import access, sequence_drafts, sequence_plan, verdicts
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx
from warmbench.web.typed import number, typed

#: The mail is shown as if it came from nowhere: it runs nothing, loads nothing, leads nowhere.
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
_OFFERED = 8
#: Nobody plans further ahead.
_FARTHEST = timedelta(days=730)
#: When somebody is looked at on another day than today: in the morning, where they live.
_MORNING = time(10)
#: Test mails that a user may send themselves in an hour.
MOST_TESTS, _HOUR = 20, timedelta(hours=1)


@dataclass(frozen=True)
class Asked:
    """What a page is to show: which step, of the draft or of what is out, as whom, and when."""

    sequence: Sequence
    outline: Outline
    is_draft: bool
    step: StepOutline | None
    candidate: Candidate | None
    #: None for today.
    day: date | None
    at: datetime
    offered: list[Candidate]
    wanted: str

    @property
    def shown(self) -> Preview | None:
        """What they would get; None while it is not said who, or what."""
        if self.step is None or self.candidate is None:
            return None
        return preview.of_step(self.step, self.sequence, self.candidate.pk, at=self.at)

    def query(self, **more: object) -> str:
        """What in an address asks for the same, or for something else besides."""
        said: dict[str, object] = {
            "draft": 1 if self.is_draft else None,
            "step": self.step.key if self.step else None,
            "candidate": self.candidate.pk if self.candidate else None,
            "on": self.day,
        } | more
        return urlencode({name: str(value) for name, value in said.items() if value is not None})


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """One step as one person would get it, and whom and what else to look at."""
    asked = _asked(request, access.sequence_for(sequence_id))
    context: dict[str, Any] = {
        "sequence": asked.sequence,
        "asked": asked,
        "offered": [(one, asked.query(candidate=one.pk)) for one in asked.offered],
        "candidate": asked.candidate,
        "q": asked.wanted,
    }
    if is_htmx(request):
        return render(request, "sequences/offered.html", context)
    shown = asked.shown
    context |= {
        "step": asked.step,
        "steps": [
            (place, asked.query(step=place.step.key))
            for place in sequence_plan.places(asked.outline)
        ],
        "preview": shown,
        "today": timezone.localdate(clock.now()),
        "latest": timezone.localdate(clock.now() + _FARTHEST),
        "form": request.GET.get("as", ""),
        "again": asked.query(),
    }
    if shown and asked.step:
        context |= _about(request, shown, asked)
    return render(request, "sequences/preview.html", context)


@require_GET
@xframe_options_sameorigin
@policy(Policy.SIGNED_IN)
def mail(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """The mail itself, for the frame on the page."""
    letter = _letter(_asked(request, access.sequence_for(sequence_id)))
    html = lit(letter.words.html, is_dark=request.GET.get("as") == "dark")
    return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


def lit(html: str, *, is_dark: bool) -> str:
    """A mail as programs in light or in dark show it, whatever the reader's own browser prefers."""
    scheme = 'name="color-scheme" content="{}"'
    html = html.replace(scheme.format("light dark"), scheme.format("dark" if is_dark else "light"))
    return html.replace("(prefers-color-scheme: dark)", "all" if is_dark else "not all")


@require_POST
@policy(Policy.RECRUITER)
def test(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Mail the step to whoever is signed in, and to nobody else."""
    user, now = user_of(request), clock.now()
    asked = _asked(request, access.sequence_for(sequence_id))
    there = f"{reverse('preview', args=[sequence_id])}?{asked.query()}"
    if not limits.allows(f"test-mail:{user.pk}", most=MOST_TESTS, span=_HOUR, now=now):
        said = f"That were {MOST_TESTS} test mails in an hour. Try again later."
        return back(request, there, said=said, is_error=True)
    letter = _letter(asked)
    page = reverse("preview-link", args=[sequence_id])
    address = f"{request.build_absolute_uri(page)}?{asked.query()}"
    try:
        words = preview.for_trial(letter, address)
        wrong = trial_letters.send(user, words, now=now)
    except (NoMailboxError, UnrenderableError) as error:
        wrong = str(error)
    said = wrong or f"Sent to {user.email}, to nobody else. Its links lead to us, and do nothing."
    return back(request, there, said=said, is_error=bool(wrong))


@require_GET
@policy(Policy.SIGNED_IN)
def link(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """What a link in a test mail would do in the real one."""
    asked = _asked(request, access.sequence_for(sequence_id))
    does = preview.OURS.get(request.GET.get("ours", ""), "")
    target = ""
    if not does:
        at = number(request.GET, "link")
        letter = _letter(asked)
        target = letter.links[at] if at < len(letter.links) else ""
    context = {"sequence": asked.sequence, "asked": asked, "does": does, "target": target}
    context["back"] = asked.query()
    return render(request, "sequences/test_link.html", context)


def _letter(asked: Asked) -> Letter:
    shown = asked.shown
    if shown is None or shown.letter is None:
        raise Http404
    return shown.letter


def _about(request: HttpRequest, shown: Preview, asked: Asked) -> dict[str, Any]:
    letter, step = shown.letter, asked.step
    is_text = step is not None and step.channel == Channel.SMS
    there = reverse("preview-mail", args=[asked.sequence.pk])
    form = {"as": "dark"} if request.GET.get("as") == "dark" else {}
    return {
        "verdict": _verdict(shown.verdict),
        "segments": segments.count(letter.words.text) if is_text and letter else None,
        "missing": [fields.FIELDS[name].means for name in letter.missing] if letter else [],
        "src": f"{there}?{asked.query(**form)}",
        "reaches": bool(step and step.kind in sequence_plan.REACHING),
        "otherwise": sequence_plan.titles_of(asked.outline).get(step.otherwise) if step else "",
    }


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    match verdict:
        case Allow():
            return {"word": "allowed", "reason": "Nothing stands in the way then."}
        case Later(until, reason, rule):
            because = verdicts.because(reason, rule)
            return {"word": "later", "reason": because, "until": until}
        case Refuse(reason, rule):
            return {"word": "refused", "reason": verdicts.because(reason, rule)}
        case None:
            return None


def _asked(request: HttpRequest, sequence: Sequence) -> Asked:
    said = request.POST if request.method == "POST" else request.GET
    is_draft = bool(said.get("draft"))
    working = sequence_drafts.of(sequence)
    newest = working.newest
    is_draft = is_draft or newest is None
    outline = working.outline
    if not is_draft and newest is not None:
        outline = versions.outline_of(newest)
    key = said.get("step", "")
    step = outline.step(key) if outline.position(key) is not None else None
    wanted = typed(said, "q")
    offered = _offered(sequence, wanted)
    candidate = Candidate.objects.filter(pk=number(said, "candidate")).first()
    candidate = candidate or (offered[0] if offered else None)
    day, at = _moment(said.get("on", ""), candidate)
    return Asked(
        sequence,
        outline,
        is_draft,
        step or next(iter(outline.steps), None),
        candidate,
        day,
        at,
        offered,
        wanted,
    )


def _moment(typed_day: str, candidate: Candidate | None) -> tuple[date | None, datetime]:
    """Now, or the morning of another day, where the person lives."""
    now = clock.now()
    try:
        day = parse_date(typed_day)
    except ValueError:
        day = None
    today = timezone.localdate(now)
    if day is None or not today < day <= today + _FARTHEST:
        return None, now
    zone = timezone.get_current_timezone()
    if candidate is not None:
        likely = plausible_zones(candidate.country, candidate.region)
        if name := candidate.time_zone or (likely[0] if likely else ""):
            zone = ZoneInfo(name)
    return day, datetime.combine(day, _MORNING, tzinfo=zone)


def _offered(sequence: Sequence, wanted: str) -> list[Candidate]:
    if wanted:
        return list(search.find(Candidate.objects.order_by("pk"), wanted)[:_OFFERED])
    on_it = Enrollment.objects.filter(sequence=sequence, state=Enrollment.State.ACTIVE)
    soonest = on_it.select_related("candidate").order_by("next_step_at", "pk")[:_OFFERED]
    found = [one.candidate for one in soonest]
    if found:
        return found
    members = Candidate.objects.filter(
        pool_members__pool__sequences=sequence, pool_members__left_at=None
    )
    return list(members.order_by("pk").distinct()[:_OFFERED])


urlpatterns = [
    path("sequences/<int:sequence_id>/preview/", show, name="preview"),
    path("sequences/<int:sequence_id>/preview/mail/", mail, name="preview-mail"),
    path("sequences/<int:sequence_id>/preview/test/", test, name="preview-test"),
    path("sequences/<int:sequence_id>/preview/link/", link, name="preview-link"),
]
