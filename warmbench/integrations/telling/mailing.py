"""Mails users what they are told. Nobody else can be reached this way: the only address that is
ever used is the one in the row of the user whom the notification is for.

A mail is begun at most once: that it is under way is committed before the first byte leaves,
and one whose fate is not known is not sent again. What it tells stands on the page anyway.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from warmbench.accounts import notification_choices, notifications, quiet_hours
from warmbench.accounts.models import Kind, Notification, StaffMail, User
from warmbench.accounts.notification_choices import Choices
from warmbench.accounts.notifications import Told
from warmbench.core.pauses import pause
from warmbench.core.vault import UnsealError
from warmbench.integrations.telling import staff_mail
from warmbench.integrations.telling.staff_mail import StaffLetter
from warmbench.messaging import standing
from warmbench.messaging.handover import (
    Accepted,
    Channel,
    Deferred,
    HandOver,
    Rejected,
    Scope,
    Uncertain,
)
from warmbench.messaging.handover import Kind as Trouble
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.models import Sender
from warmbench.people.models import Channel as Way

#: Longer than a mail server may take to answer (RFC 5321 §4.5.3.2.6).
LEASE = timedelta(minutes=15)
#: How long something waits while there is no mailbox that could carry it.
NO_MAILBOX_PAUSE = timedelta(minutes=15)
#: A pause after a server took none doubles with each.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
#: What could not be mailed for so long is read on the page, or not at all.
STALE = timedelta(days=7)
_AT_ONCE = 500
#: The most urgent gives a mail its subject.
_URGENCY = Kind.values


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look at what is due came to: perhaps a mail that is under way now."""

    mail: StaffMail | None = None
    letter: StaffLetter | None = None


def deliver_next(
    open_channel: Callable[[Sender], Channel], *, clock: Callable[[], datetime]
) -> bool:
    """Mail one user everything that is due for them, in one mail. Returns whether anything was
    due."""
    if standing.is_held_here():
        return False
    turn = claim(now=clock())
    if turn is None:
        return False
    if turn.mail and turn.letter:
        settle(turn.mail, _hand_over(turn.mail, turn.letter, open_channel, clock()), now=clock())
    return True


@transaction.atomic
def claim(*, now: datetime) -> Turn | None:
    """Take everything that is due for one user, for this worker alone. None if nothing is due.

    Asked anew is what may have changed since it was told: whether it is still so, how they
    want to be told, and whether they want to be left alone now.
    """
    due = Notification.objects.filter(mail_due_at__lte=now)
    someone = User.objects.filter(Exists(due.filter(user=OuterRef("pk")))).order_by("pk")
    # Two workers never write to one user at once: that would be two mails.
    user = someone.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if user is None:
        return None
    choices = notification_choices.of([user])[user.pk]
    waiting = due.filter(user=user).select_for_update(no_key=True).order_by("mail_due_at", "pk")
    items = _worth_a_mail(list(waiting[:_AT_ONCE]), user, choices, now=now)
    if not items:
        return Turn()
    theirs = Notification.objects.filter(pk__in=[one.pk for one in items])
    sender = mailbox_for(user)
    if sender is None:
        theirs.update(mail_due_at=now + NO_MAILBOX_PAUSE)
        return Turn()
    mail = StaffMail.objects.create(
        user=user,
        items=len(items),
        sender_id=sender.pk,
        claimed_at=now,
        lease_until=now + LEASE,
    )
    theirs.update(mail=mail, mailed_at=now, mail_due_at=None)
    return Turn(mail, StaffLetter(user, items, choices.detail))


def mailbox_for(user: User) -> Sender | None:
    """The mailbox through which a user is told: their own, else the one for everybody; without
    its secrets. None if neither may send."""
    able = Sender.objects.filter(
        channel=Way.EMAIL, activated_at__isnull=False, paused_at=None
    ).defer("password", "old_password", "dkim_key")
    return able.filter(owner=user).first() or able.filter(is_default=True).first()


@transaction.atomic
def settle(mail: StaffMail, ending: HandOver, *, now: datetime) -> None:
    """Write down how a mail ended. What certainly did not leave waits for another try."""
    under_way = StaffMail.objects.filter(pk=mail.pk, state=StaffMail.State.SENDING)
    state, said = _in_words(ending)
    if not under_way.update(state=state, said=said[:300], finished_at=now):
        return  # Its lease was over, and it was taken for dead.
    told = Notification.objects.filter(mail=mail)
    if isinstance(ending, Accepted):
        told.update(tries=0)
    elif isinstance(ending, Deferred):
        again = told.filter(read_at=None, mail_due_at=None)
        tries = again.order_by("-tries").values_list("tries", flat=True).first() or 0
        span = pause(SHORTEST_PAUSE, tries, longest=LONGEST_PAUSE)
        # It did not leave, so the next one need not keep its distance.
        again.update(mail_due_at=now + span, mailed_at=None, tries=F("tries") + 1)


def sweep(*, now: datetime) -> int:
    """Take mails whose worker is dead for perhaps sent, and never send them again. Returns how
    many those were."""
    dead = StaffMail.objects.filter(state=StaffMail.State.SENDING, lease_until__lte=now)
    return dead.update(state=StaffMail.State.UNKNOWN, finished_at=now, said="Its worker died.")


def _worth_a_mail(
    due: Sequence[Notification], user: User, choices: Choices, *, now: datetime
) -> list[Notification]:
    """What of this is to be mailed now. The rest is put off, or needs no mail any more."""
    holds = notifications.still_so(Told(one.key, user.pk) for one in due)
    gone = [one for one in due if Told(one.key, user.pk) not in holds]
    _rows(gone).update(mail_due_at=None)
    _rows(gone).filter(read_at=None).update(read_at=now)
    worth: list[Notification] = []
    unwanted: list[Notification] = []
    for one in due:
        if one in gone:
            continue
        way = choices.way(one.kind)
        is_wanted = quiet_hours.due(way, choices.hours, mailed_at=None, now=now) is not None
        if not user.is_active or not is_wanted or one.told_at <= now - STALE:
            unwanted.append(one)
        elif until := quiet_hours.put_off(way, choices.hours, now=now):
            _rows([one]).update(mail_due_at=until)
        else:
            worth.append(one)
    _rows(unwanted).update(mail_due_at=None)
    return sorted(worth, key=lambda one: _URGENCY.index(one.kind))


def _rows(items: Sequence[Notification]) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__in=[one.pk for one in items])


def _hand_over(
    mail: StaffMail,
    letter: StaffLetter,
    open_channel: Callable[[Sender], Channel],
    now: datetime,
) -> HandOver:
    try:
        sender = Sender.objects.get(pk=mail.sender_id or 0)
        data = staff_mail.write(letter, mail.pk, sender, now=now)
    except (UnsealError, Sender.DoesNotExist) as error:
        return Deferred(0, str(error), Scope.SENDER)
    except HeaderError as error:
        return Rejected(0, str(error), Trouble.OTHER)
    return open_channel(sender).hand_over(sender.from_address, letter.user.email, data)


def _in_words(ending: HandOver) -> tuple[StaffMail.State, str]:
    match ending:
        case Accepted(_, text):
            return StaffMail.State.SENT, text
        case Deferred(code, text, _) | Rejected(code, text, _):
            return StaffMail.State.FAILED, f"{code} {text}" if code else text
        case Uncertain(text):
            return StaffMail.State.UNKNOWN, text
