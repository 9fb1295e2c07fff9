"""Changes one candidate: each change has a form of its own, as a page or in a dialog."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.nurture import enrollment
from warmbench.people import candidates, consent, editing, handing_over
from warmbench.people.candidates import PauseReason
from warmbench.people.consent import Proof
from warmbench.people.editing import NotAnAddressError
from warmbench.people.models import Candidate, Channel, Consent, Suppression
from warmbench.web import access, change_form, talks
from warmbench.web import candidate_forms as forms
from warmbench.web.access import user_of


@change_form.form_page
@policy(Policy.OWNER)
def status(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Give the candidate another status."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    form = forms.StatusForm(change_form.sent(request), initial={"status": candidate.status})
    if not form.is_valid():
        return change_form.ask(request, candidate, form, title="Change the status", button="Change")
    candidates.change_status(
        candidate.pk,
        Candidate.Status(form.cleaned_data["status"]),
        evidence=form.cleaned_data["evidence"],
        by_id=user.pk,
        now=clock.now(),
    )
    return change_form.done(request, candidate, f"{candidate.name} has another status now.")


@change_form.form_page
@policy(Policy.RECRUITER)
def pause(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Hold automation still for the candidate. Any recruiter may: it only ever sends less."""
    user = user_of(request)
    candidate = access.candidate_for(candidate_id)
    form = forms.PauseForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="Pause messages",
            button="Pause",
            text="Nothing is sent by itself meanwhile. Sequences go on afterwards.",
        )
    paused = candidates.pause(
        [candidate.pk],
        reason=PauseReason.RECRUITER,
        until=form.cleaned_data["until"],
        by_id=user.pk,
        now=clock.now(),
    )
    said = "Paused." if paused else "A pause that lasts longer is in force already."
    return change_form.done(request, candidate, said)


@require_POST
@policy(Policy.OWNER)
def resume(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Let automation go on."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    now = clock.now()
    said = "There was no pause."
    if candidates.resume([candidate.pk], by_id=user.pk, now=now):
        said = "Resumed."
    elif until := candidates.asked_until(candidate.pk, now=now):
        said = f"From here on their own pause holds, until {timezone.localtime(until):%-d %B %Y}."
    return change_form.done(request, candidate, said)


@require_POST
@policy(Policy.OWNER)
def hold(request: HttpRequest, candidate_id: int, sequence_id: int) -> HttpResponse:
    """Stop the candidate's way through one sequence where it is."""
    user, sequence = user_of(request), access.sequence_for(sequence_id)
    candidate = access.candidate_to_change(user, candidate_id)
    held = enrollment.hold(candidate.pk, sequence.pk, by_id=user.pk, now=clock.now())
    said = f"{sequence.name} is held." if held else f"{sequence.name} was not running for them."
    return change_form.done(request, candidate, said, is_error=not held)


@require_POST
@policy(Policy.OWNER)
def go_on(request: HttpRequest, candidate_id: int, sequence_id: int) -> HttpResponse:
    """Let a sequence that is held go on."""
    user, sequence = user_of(request), access.sequence_for(sequence_id)
    candidate = access.candidate_to_change(user, candidate_id)
    goes_on = enrollment.resume(candidate.pk, sequence.pk, by_id=user.pk, now=clock.now())
    said = f"{sequence.name} goes on." if goes_on else f"{sequence.name} does not go on now."
    return change_form.done(request, candidate, said, is_error=not goes_on)


@change_form.form_page
@policy(Policy.OWNER)
def conversation(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Record what was talked about last."""
    user, now = user_of(request), clock.now()
    candidate = access.candidate_to_change(user, candidate_id)
    form = forms.ConversationForm(
        change_form.sent(request), initial={"on": timezone.localdate(now)}
    )
    if not form.is_valid():
        return change_form.ask(
            request, candidate, form, title="Record a conversation", button="Record"
        )
    recorded = talks.record(
        candidate.pk,
        on=form.cleaned_data["on"],
        topic=form.cleaned_data["topic"],
        note=form.cleaned_data["note"],
        by_id=user.pk,
        now=now,
    )
    if not recorded:
        form.add_error("on", "A later conversation is on record already.")
        return change_form.ask(
            request, candidate, form, title="Record a conversation", button="Record"
        )
    return change_form.done(request, candidate, "Recorded. The next check-in begins with it.")


@change_form.form_page
@policy(Policy.OWNER)
def owner(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Give the candidate to another recruiter."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    form = forms.OwnerForm(change_form.sent(request), initial={"to": candidate.owner_id or user.pk})
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="Hand over",
            button="Hand over",
            text="Check-ins come from the new recruiter. What waits in Today goes along.",
        )
    to = form.cleaned_data["to"]
    to_id = None if to == "nobody" else int(to)
    given = handing_over.give([candidate.pk], to_id=to_id, by_id=user.pk, now=clock.now())
    name = dict(form.fields["to"].choices)[to]  # type: ignore[attr-defined]
    undo = reverse("hand-over-undo", args=[given.pk]) if given else ""
    return change_form.done(request, candidate, f"With {name} now.", undo=undo)


@change_form.form_page
@policy(Policy.OWNER)
def facts(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Put facts about the candidate right."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    known = {name: getattr(candidate, name) for name in editing.FACTS}
    form = forms.FactsForm(change_form.sent(request), initial=known)
    if not form.is_valid():
        return change_form.ask(request, candidate, form, title="Correct the facts", button="Save")
    changed = editing.correct(candidate.pk, form.cleaned_data, by_id=user.pk, now=clock.now())
    return change_form.done(request, candidate, "Saved." if changed else "Nothing was different.")


@change_form.form_page
@policy(Policy.OWNER)
def address(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Note another address or number of the candidate's."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    form = forms.AddressForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(request, candidate, form, title="Add an address", button="Add")
    try:
        added = editing.add_address(
            candidate.pk,
            form.cleaned_data["address"],
            channel=Channel(form.cleaned_data["channel"]),
            is_first=form.cleaned_data["is_first"],
            by_id=user.pk,
            now=clock.now(),
        )
    except NotAnAddressError as error:
        form.add_error("address", str(error))
        return change_form.ask(request, candidate, form, title="Add an address", button="Add")
    return change_form.done(request, candidate, "Added." if added else "We had that one already.")


@change_form.form_page
@policy(Policy.OWNER)
def permission(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Record on what ground we may write to the candidate, or that it is withdrawn."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    form = forms.ConsentForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(request, candidate, form, title="Record permission", button="Record")
    consent.record(
        candidate.pk,
        basis=Consent.Basis(form.cleaned_data["basis"]),
        evidence=form.cleaned_data["evidence"],
        channel=Channel(form.cleaned_data["channel"] or Channel.EMAIL),
        proof=Proof(
            source=user.name[:80],
            how=form.cleaned_data["how"],
            by_id=user.pk,
            since=form.cleaned_data["since"],
        ),
        now=clock.now(),
    )
    return change_form.done(request, candidate, "Recorded.")


@change_form.form_page
@policy(Policy.RECRUITER)
def stop(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Stop everything to the candidate. Any recruiter may: whoever hears it first says it."""
    user = user_of(request)
    candidate = access.candidate_for(candidate_id)
    form = forms.StopForm(change_form.sent(request))
    if not form.is_valid():
        return change_form.ask(
            request,
            candidate,
            form,
            title="Stop messages",
            button="Stop",
            text="From this second on nothing is sent to them, on any channel.",
            is_stop=True,
        )
    is_new = consent.suppress(
        candidate.pk,
        reason=Suppression.Reason(form.cleaned_data["reason"]),
        evidence=form.cleaned_data["evidence"],
        by_id=user.pk,
        now=clock.now(),
    )
    said = "Stopped. Nothing more is sent to them." if is_new else "They were stopped already."
    return change_form.done(request, candidate, said)


@require_POST
@policy(Policy.OWNER)
def release(request: HttpRequest, candidate_id: int, suppression_id: int) -> HttpResponse:
    """Take a recruiter's own stop back."""
    user = user_of(request)
    candidate = access.candidate_to_change(user, candidate_id)
    stop_ = access.stop_of(candidate, suppression_id)
    released = consent.release(stop_.pk, by_id=user.pk, now=clock.now())
    said = "Released." if released else "This stop cannot be taken back."
    return change_form.done(request, candidate, said, is_error=not released)


urlpatterns = [
    path("candidates/<int:candidate_id>/status/", status, name="candidate-status"),
    path("candidates/<int:candidate_id>/pause/", pause, name="candidate-pause"),
    path("candidates/<int:candidate_id>/resume/", resume, name="candidate-resume"),
    path(
        "candidates/<int:candidate_id>/sequences/<int:sequence_id>/hold/",
        hold,
        name="candidate-hold",
    ),
    path(
        "candidates/<int:candidate_id>/sequences/<int:sequence_id>/go-on/",
        go_on,
        name="candidate-go-on",
    ),
    path(
        "candidates/<int:candidate_id>/conversation/", conversation, name="candidate-conversation"
    ),
    path("candidates/<int:candidate_id>/owner/", owner, name="candidate-owner"),
    path("candidates/<int:candidate_id>/facts/", facts, name="candidate-facts"),
    path("candidates/<int:candidate_id>/address/", address, name="candidate-address"),
    path("candidates/<int:candidate_id>/permission/", permission, name="candidate-permission"),
    path("candidates/<int:candidate_id>/stop/", stop, name="candidate-stop"),
    path(
        "candidates/<int:candidate_id>/stop/<int:suppression_id>/release/",
        release,
        name="candidate-release",
    ),
]
