"""Opens roles, puts them on hold, fills and closes them: each asked first, with what follows."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging.models import Message
from warmbench.signals.models import FollowUp
from warmbench.sourcing import roles
from warmbench.sourcing.models import Alert, AlertCampaign, Escalation, Role
from warmbench.sourcing.roles import InvalidRoleError, MoveError
from warmbench.web import access, role_frame
from warmbench.web.access import user_of
from warmbench.web.toasts import back, is_htmx

State = Role.State
_TITLES = {
    State.OPEN: "Open “{}”",
    State.ON_HOLD: "Put “{}” on hold",
    State.FILLED: "“{}” is filled",
    State.CLOSED: "Close “{}”",
}
_BUTTONS = {
    State.OPEN: "Open it",
    State.ON_HOLD: "Put it on hold",
    State.FILLED: "It is filled",
    State.CLOSED: "Close it",
}
_SAID = {
    State.OPEN: "It is open. Everybody is matched against it.",
    State.ON_HOLD: "It is on hold. Nothing about it is sent.",
    State.FILLED: "It is filled. Nothing more about it is sent.",
    State.CLOSED: "It is closed. Nothing more about it is sent.",
}


class NoteForm(forms.Form):
    """Why a role becomes something else."""

    note = forms.CharField(
        label="Why", max_length=120, required=False, help_text="For the timeline of the role."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.OWNER)
def change(request: HttpRequest, role_id: int, state: str) -> HttpResponse:
    """Say what would follow, and do it."""
    user = user_of(request)
    role = access.role_to_change(user, role_id)
    if state not in _TITLES:
        raise Http404
    after, there = State(state), reverse("role", args=[role.pk])
    if after == role.state:
        return back(request, there, said=f"It is {after.label.lower()} already.")
    form = NoteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask(request, role, after, form)
    note = form.cleaned_data["note"]
    try:
        roles.change_state(role.pk, state, by_id=user.pk, now=clock.now(), note=note)
    except (MoveError, InvalidRoleError) as error:
        return back(request, there, said=str(error), is_error=True)
    return back(request, there, said=_SAID[after])


def _ask(request: HttpRequest, role: Role, after: State, form: NoteForm) -> HttpResponse:
    context = {
        "section": "roles",
        "role": role,
        "form": form,
        "title": _TITLES[after].format(role.title),
        "button": _BUTTONS[after],
        "consequences": consequences(role, after),
        "there": reverse("role-state", args=[role.pk, after.value]),
        "is_stop": after == State.CLOSED,
    }
    name = "roles/change_form.html" if is_htmx(request) else "roles/change.html"
    return render(request, name, context, status=422 if form.is_bound else 200)


def consequences(role: Role, after: State) -> list[str]:
    """What follows when the role becomes this, in sentences."""
    if after == State.OPEN:
        return _of_opening(role)
    return _of_holding(role) if after == State.ON_HOLD else _of_ending(role)


def _of_opening(role: Role) -> list[str]:
    campaign = role_frame.campaign_of(role)
    if not role.skills.exists():
        return ["It asks for no skills yet: name at least one first, or nobody can be matched."]
    said = ["Everybody is matched against it, and who fits stands on its page."]
    if campaign is None:
        return [*said, "Nobody is written to before you start its alerts."]
    if campaign.state == AlertCampaign.State.PAUSED:
        waits = waiting(role)
        goes = f" {waits:,} that {'waits' if waits == 1 else 'wait'} can go." if waits else ""
        return [*said, f"Its alerts go on where they were paused.{goes}"]
    return [*said, "Its alerts have ended. They stay so until you start them again."]


def _of_holding(role: Role) -> list[str]:
    campaign = role_frame.campaign_of(role)
    if campaign is None or campaign.state == AlertCampaign.State.ENDED:
        return ["Nothing about it is on its way. It stays on the list and can be opened again."]
    waits = waiting(role)
    held = [f"{waits:,} alert{'s' * (waits != 1)} on the way {_is(waits)} held back."]
    return ["Its alerts pause until you open it again.", *(held if waits else []), *calls_off(role)]


def _of_ending(role: Role) -> list[str]:
    waits = waiting(role)
    said = "Nobody hears of it any more."
    if waits:
        verb = "waits" if waits == 1 else "wait"
        said = f"It takes back {waits:,} alert{'s' * (waits != 1)} that {verb}."
    return [said, *escalations_drop(role), *calls_off(role), "It can be opened again."]


def escalations_drop(role: Role) -> list[str]:
    """That texts and calls do not follow any more, if any would."""
    due = Escalation.objects.filter(alert__role=role, state=Escalation.State.WAITING).count()
    what = "text or call that was to follow" if due == 1 else "texts and calls that were to follow"
    return [f"{due:,} {what} {_is(due)} dropped."] if due else []


def calls_off(role: Role) -> list[str]:
    """That recruiters need not call about the role any more, if any were asked to."""
    about = f"role:{role.pk}"
    open_ones = FollowUp.objects.filter(reason=FollowUp.Reason.CALL, state=FollowUp.State.OPEN)
    asked = open_ones.filter(evidence__contains=[{"about": about}]).count()
    what = "call that a recruiter was" if asked == 1 else "calls that recruiters were"
    return [f"{asked:,} {what} asked for {_is(asked)} called off."] if asked else []


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def waiting(role: Role) -> int:
    """How many alerts about a role are on their way: not written yet, or in the outbox."""
    made = Alert.objects.filter(role=role)
    return (
        made.filter(state=Alert.State.WAITING).count()
        + made.filter(message__state=Message.State.QUEUED).count()
    )


urlpatterns = [path("roles/<int:role_id>/state/<slug:state>/", change, name="role-state")]
