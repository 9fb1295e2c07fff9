"""The pages on which a number that sends texts is entered and changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.debug import sensitive_post_parameters

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.messaging import senders
from warmbench.people.models import Channel
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.text_sender_form import TextSenderForm

_PAGE = "senders/edit_texts.html"


@sensitive_post_parameters("password")
@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new number."""
    user = user_of(request)
    own = user.senders.filter(channel=Channel.SMS).first()
    if not user.is_admin and own:
        messages.info(request, "You have a number already: change this one.")
        return redirect("text-sender-edit", own.pk)
    usual = {"owner": None if own else user.pk, "from_name": user.name}
    form = TextSenderForm(request.POST or None, user=user, initial=usual)
    if not form.is_valid():
        return render(request, _PAGE, {"form": form}, status=422 if form.is_bound else 200)
    try:
        sender = senders.create(form.mailbox(), by_id=user.pk, now=clock.now())
    except TakenError as error:
        form.say(error)
        return render(request, _PAGE, {"form": form}, status=422)
    messages.success(request, f"{sender.from_address} is stored. It sends nothing yet.")
    return redirect("sender", sender.pk)


@sensitive_post_parameters("password")
@policy(Policy.OWNER)
def edit(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Change a number's settings."""
    user = user_of(request)
    sender = access.sender_to_change(user, sender_id)
    if not sender.is_text:
        return redirect("sender-edit", sender.pk)
    form = TextSenderForm(
        request.POST or None, user=user, sender=sender, initial=TextSenderForm.initial_of(sender)
    )
    context = {"form": form, "sender": sender}
    if not form.is_valid():
        return render(request, _PAGE, context, status=422 if form.is_bound else 200)
    try:
        changed = senders.change(sender_id, form.mailbox(), by_id=user.pk, now=clock.now())
    except TakenError as error:
        form.say(error)
        return render(request, _PAGE, context, status=422)
    messages.success(request, "Changed." if changed else "Nothing was different.")
    return redirect("sender", sender_id)


urlpatterns = [
    path("senders/texts/new/", add, name="text-sender-new"),
    path("senders/<int:sender_id>/texts/", edit, name="text-sender-edit"),
]
