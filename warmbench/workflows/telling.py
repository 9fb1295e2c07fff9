"""A user has to know."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.messaging import alarms
from warmbench.messaging.inboxes import InboxUnreadable
from warmbench.messaging.senders import SenderPaused
from warmbench.messaging.switches import SendingStopped
from warmbench.signals import assignment, replying, telling
from warmbench.signals.follow_ups import FollowUpAsked, FollowUpsClosed
from warmbench.signals.offers import FollowUpOffered, OfferEnded


@on(FollowUpAsked)
def find_a_recruiter_and_tell_them_who_is_to_be_followed_up(event: FollowUpAsked) -> None:
    now = clock.now()
    # In one go: what somebody has got is news for nobody else.
    assignment.give(event.follow_up_id, now=now)
    telling.of_follow_up(event.follow_up_id, now=now)


@on(FollowUpOffered)
def ask_a_recruiter_to_take_on_what_is_offered(event: FollowUpOffered) -> None:
    telling.of_offer(event.follow_up_id, now=clock.now())


@on(OfferEnded)
def tell_what_became_of_an_offer(event: OfferEnded) -> None:
    telling.of_answer(event, now=clock.now())


@on(FollowUpsClosed)
def let_what_is_done_need_no_reading(event: FollowUpsClosed) -> None:
    telling.settle(event.follow_up_ids, now=clock.now())


@on(FollowUpsClosed)
def let_conversations_rest_that_were_dealt_with(event: FollowUpsClosed) -> None:
    replying.let_rest(event.follow_up_ids)


@on(SendingStopped)
def tell_administrators_that_sending_was_stopped(event: SendingStopped) -> None:
    alarms.of_stop(event.switch_id, now=clock.now())


@on(SenderPaused)
def tell_administrators_that_a_mailbox_was_paused(event: SenderPaused) -> None:
    alarms.of_pause(event.sender_id, now=clock.now())


@on(InboxUnreadable)
def tell_administrators_that_an_inbox_cannot_be_read(event: InboxUnreadable) -> None:
    alarms.of_inbox(event.inbox_id, now=clock.now())
