"""The page about a role's alerts: each with what came of it, and how they start, pause and end."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.sourcing import alerts
from warmbench.sourcing.models import Alert, AlertCampaign, Role
from warmbench.web import access, role_fates, role_frame, role_state
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx
from warmbench.web.typed import number

_SHOWN = 50


class StartForm(forms.Form):
    """From how many skills people are told, and how many of them at once."""

    threshold = forms.IntegerField(min_value=1, max_value=60)
    strong_from = forms.IntegerField(
        label="Strong match from",
        min_value=1,
        max_value=60,
        help_text="skills. They also read why it fits and the summary; a text or a call follows.",
    )
    wave_size = forms.IntegerField(
        label="People in one wave", min_value=1, max_value=500, help_text="The best fits go first."
    )

    def clean(self) -> dict[str, Any]:
        """A strong match has no fewer skills than any match."""
        said: dict[str, Any] = self.cleaned_data
        if said.get("strong_from", 60) < said.get("threshold", 0):
            self.add_error("strong_from", "A strong match needs at least as many skills.")
        return said


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, role_id: int) -> HttpResponse:
    """The alerts about a role, and what came of each."""
    role, now = access.role_for(role_id), clock.now()
    kind, who = request.GET.get("kind", ""), number(request.GET, "who")
    made = Alert.objects.filter(role=role)
    if kind in role_fates.KINDS:
        made = made.filter(role_fates.KINDS[kind][1])
    if who:
        made = made.filter(candidate=who)
    page = Paginator(role_fates.in_order(made), _SHOWN).get_page(request.GET.get("page"))
    counts = role_fates.counts(role)
    context = role_frame.of(request, role, tab="alerts", now=now) | {
        "page": page,
        "fates": role_fates.of(list(page.object_list)),
        "kind": kind if kind in role_fates.KINDS else "",
        "who": who,
        "kinds": [(key, name, counts[key]) for key, (name, _) in role_fates.KINDS.items()],
        "counts": counts,
        "said_no": role_fates.said_no(role) if counts["sent"] else 0,
        "waves": role_fates.waves(role),
    }
    return render(request, "roles/alerts.html", context)


@require_POST
@policy(Policy.OWNER)
def start(request: HttpRequest, role_id: int) -> HttpResponse:
    """Begin to tell people of the role, or go on with another threshold."""
    user = user_of(request)
    role = access.role_to_change(user, role_id)
    form = StartForm(request.POST)
    there = reverse("role-simulator", args=[role.pk])
    if role.state != Role.State.OPEN:
        return back(request, there, said="Open the role first.", is_error=True)
    if not form.is_valid():
        said = " ".join(f"{form[name].label}: {each[0]}" for name, each in form.errors.items())
        at = number(request.POST, "threshold")
        return back(request, f"{there}?at={at}" if at else there, said=said, is_error=True)
    alerts.start(role.pk, **form.cleaned_data, by_id=user.pk, now=clock.now())
    said = "The alerts have started. The first wave is chosen in a moment; look again soon."
    return back(request, reverse("role-alerts", args=[role.pk]), said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.OWNER)
def change(request: HttpRequest, role_id: int, action: str) -> HttpResponse:
    """Pause the alerts, let them go on, or end them: asked first, with what follows."""
    user = user_of(request)
    role = access.role_to_change(user, role_id)
    campaign = role_frame.campaign_of(role)
    there = reverse("role-alerts", args=[role.pk])
    if action not in _ACTIONS or campaign is None:
        raise Http404
    if action not in possible(role, campaign):
        return back(request, there, said="That cannot be done now.", is_error=True)
    if request.method != "POST":
        return _ask(request, role, action)
    _do(role, action, by_id=user.pk)
    return back(request, there, said=_ACTIONS[action][2])


def possible(role: Role, campaign: AlertCampaign | None) -> list[str]:
    """What can be done about the alerts of a role now."""
    if campaign is None or campaign.state == AlertCampaign.State.ENDED:
        return []
    if campaign.state == AlertCampaign.State.PAUSED:
        return ["resume", "end"] if role.state == Role.State.OPEN else ["end"]
    return ["pause", "end"]


#: Title, button, and what is said afterwards.
_ACTIONS = {
    "pause": ("Pause the alerts", "Pause them", "The alerts are paused."),
    "resume": ("Let the alerts go on", "Let them go on", "The alerts go on."),
    "end": ("End the alerts", "End them", "The alerts have ended."),
}


def _ask(request: HttpRequest, role: Role, action: str) -> HttpResponse:
    title, button, _ = _ACTIONS[action]
    context = {
        "section": "roles",
        "role": role,
        "title": title,
        "button": button,
        "consequences": _consequences(role, action),
        "there": reverse("role-alerts-change", args=[role.pk, action]),
        "is_stop": action == "end",
    }
    name = "roles/change_form.html" if is_htmx(request) else "roles/change.html"
    return render(request, name, context)


def _consequences(role: Role, action: str) -> list[str]:
    waits = role_state.waiting(role)
    is_one = waits == 1
    some = f"{waits:,} alert on its way" if is_one else f"{waits:,} alerts on their way"
    match action:
        case "pause":
            held = f"{some} {'is' if is_one else 'are'} held back until they go on."
            return [
                "No new wave goes out.",
                held if waits else "None is on its way.",
                *role_state.calls_off(role),
            ]
        case "resume":
            goes = (
                f"{some} {'goes' if is_one else 'go'} on." if waits else "None waits at the moment."
            )
            return ["The next wave is chosen at once.", goes]
        case _:
            return [
                f"It takes back {some}." if waits else "None is on its way.",
                *role_state.escalations_drop(role),
                *role_state.calls_off(role),
                "Whoever was told already is not told again if you start anew.",
            ]


def _do(role: Role, action: str, *, by_id: int) -> None:
    now = clock.now()
    match action:
        case "pause":
            alerts.pause(role.pk, by_id=by_id, now=now)
        case "resume":
            alerts.resume(role.pk, by_id=by_id, now=now)
        case _:
            alerts.stop(role.pk, by_id=by_id, now=now)


urlpatterns = [
    path("roles/<int:role_id>/alerts/", show, name="role-alerts"),
    path("roles/<int:role_id>/alerts/start/", start, name="role-alerts-start"),
    path("roles/<int:role_id>/alerts/<slug:action>/", change, name="role-alerts-change"),
]
