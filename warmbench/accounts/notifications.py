"""Tells users what concerns them: once each, as they chose, and no longer than it is so.

Accounts knows nothing of candidates or follow-ups. Later packages say by two registries what a
notification is about: ``still_so_by`` whether it still holds, ``named_by`` whom it is about.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When

from warmbench.accounts import absences, notification_choices, quiet_hours, webhooks
from warmbench.accounts.models import (
    Detail,
    Kind,
    Notification,
    Role,
    StaffMail,
    User,
    Way,
    WebhookCall,
)

#: Stands in a title where the person's name goes.
WHO = "{who}"
_NOBODY = "a candidate"
#: What concerns a user in person, and not their work with candidates: nobody reads it for them.
_IN_PERSON = frozenset({Kind.TROUBLE})
#: How long notifications are kept: personal data, and the record itself tells more.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told: ``key`` is ``noun:id``, perhaps with more behind it; nobody in
    particular for a webhook."""

    key: str
    user_id: int | None = None

    @property
    def pk(self) -> int:
        """The id of what it is about."""
        return int(self.key.split(":")[1].partition("/")[0])


@dataclass(frozen=True, slots=True)
class Name:
    """What a candidate is called."""

    first: str
    full: str


#: Which of these still hold.
Question = Callable[[Collection[Told]], Collection[Told]]
#: What these candidates are called, by their ids; those who are gone are left out.
Naming = Callable[[Collection[int]], Mapping[int, Name]]


@dataclass
class _Registry:
    questions: dict[str, Question] = field(default_factory=dict)
    naming: Naming = field(default=lambda _ids: {})


_registry = _Registry()


def still_so_by(noun: str) -> Callable[[Question], Question]:
    """Register who knows whether what is said about this noun still holds."""

    def register(question: Question) -> Question:
        _registry.questions[noun] = question
        return question

    return register


def named_by(naming: Naming) -> Naming:
    """Register who knows what candidates are called."""
    _registry.naming = naming
    return naming


def still_so(told: Iterable[Told]) -> set[Told]:
    """What of this still holds, by one question for each noun. Of a noun that nobody registered
    everything does."""
    by_noun: dict[str, list[Told]] = {}
    for one in told:
        by_noun.setdefault(one.key.partition(":")[0], []).append(one)
    holds: set[Told] = set()
    for noun, group in by_noun.items():
        question = _registry.questions.get(noun)
        holds.update(question(group) if question else group)
    return holds


def those_of(told: Collection[Told], rows: QuerySet[Any]) -> set[Told]:
    """What of this is about one of these rows."""
    found = rows.filter(pk__in={one.pk for one in told})
    holds = set(found.values_list("pk", flat=True))
    return {one for one in told if one.pk in holds}


def names(candidate_ids: Iterable[int | None]) -> Mapping[int, Name]:
    """What these candidates are called."""
    ids = {pk for pk in candidate_ids if pk is not None}
    return _registry.naming(ids) if ids else {}


def sentence(title: str, name: Name | None, detail: Detail) -> str:
    """A title with as much of the name in it as may be said there."""
    if name is None or detail == Detail.NOBODY:
        who = _NOBODY.capitalize() if title.startswith(WHO) else _NOBODY
    else:
        who = name.full if detail == Detail.EVERYTHING else name.first or _NOBODY
    return title.replace(WHO, who)


@transaction.atomic
def tell(  # noqa: PLR0913 - each is one thing to say
    user_ids: Iterable[int],
    *,
    kind: Kind,
    title: str,
    key: str,
    now: datetime,
    body: str = "",
    path: str = "",
    about: int | None = None,
) -> int:
    """Tell users something, each in the way that they chose, and the webhooks that want it.

    ``title`` has ``WHO`` where the candidate's name goes, who is ``about``; ``body`` is the
    evidence, ``path`` the page to look at. Instead of whoever is away, who stands in for them is
    told, once, with a word of for whom. There is one row per user and key. Told again in
    the same words nothing happens; in other words, the row moves up, is unread again, and a
    mail about it keeps its distance of an hour. Returns how many users had not been told.
    """
    words: dict[str, object] = {
        "kind": kind,
        "title": title[:200],
        "body": body[:500],
        "path": path[:200],
        "candidate_id": about,
    }
    whose: Mapping[int, list[User]] = {pk: [] for pk in set(user_ids)}
    if kind not in _IN_PERSON:
        whose = absences.readers(whose.keys(), now=now)
    users = list(User.objects.filter(pk__in=whose, is_active=True).order_by("pk"))
    chosen = notification_choices.of(users)
    told = 0
    for user in users:
        choices = chosen[user.pk]
        if choices.way(kind) != Way.NEVER:
            theirs = words | {"body": _for_whom(whose[user.pk], body)}
            told += _tell_one(user, choices, key, theirs, now=now)
    webhooks.tell(users, kind=kind, key=key, words=words, now=now)
    return told


def _for_whom(absent: Collection[User], body: str) -> str:
    """What is said, with whom one stands in for."""
    names = " and ".join(user.name for user in absent)
    return (f"You stand in for {names}. {body}".strip() if names else body)[:500]


def _tell_one(
    user: User,
    choices: notification_choices.Choices,
    key: str,
    words: Mapping[str, object],
    *,
    now: datetime,
) -> bool:
    way = choices.way(str(words["kind"]))
    due_at = quiet_hours.due(way, choices.hours, mailed_at=None, now=now)
    made, is_new = Notification.objects.select_for_update(no_key=True).get_or_create(
        user=user, key=key, defaults={**words, "told_at": now, "mail_due_at": due_at}
    )
    if is_new:
        return True
    if all(getattr(made, name) == value for name, value in words.items()):
        return False
    due_at = quiet_hours.due(way, choices.hours, mailed_at=made.mailed_at, now=now)
    if due_at and made.mail_due_at:
        # News must not push a mail back that is about to go.
        due_at = min(due_at, made.mail_due_at)
    Notification.objects.filter(pk=made.pk).update(
        **words, told_at=now, read_at=None, mail_due_at=due_at, tries=0
    )
    return True


def settle(keys: Collection[str], *, now: datetime) -> int:
    """Take what is said under these keys for dealt with: nobody has to read it any more, and no
    mail goes. Returns how many notifications that concerned."""
    theirs = Notification.objects.filter(key__in=keys)
    theirs.filter(mail_due_at__isnull=False).update(mail_due_at=None)
    return theirs.filter(read_at=None).update(read_at=now)


def read(user_id: int, *, now: datetime, only: int | None = None) -> int:
    """Note that a user has read all they were told, or one of it. Returns how much was unread.

    What was read needs no mail any more.
    """
    unread = Notification.objects.filter(user=user_id, read_at=None)
    if only is not None:
        unread = unread.filter(pk=only)
    return unread.update(read_at=now, mail_due_at=None)


def unread_count(user_id: int) -> int:
    """How much a user has not read. Asked for on every page, from an index of just these."""
    return Notification.objects.filter(user=user_id, read_at=None).count()


def of(user_id: int) -> QuerySet[Notification]:
    """What a user was told: the unread first, then the latest first."""
    unread_first = Case(When(read_at=None, then=Value(0)), default=Value(1))
    return Notification.objects.filter(user=user_id).order_by(unread_first, "-told_at", "-pk")


def administrators() -> list[int]:
    """Whom to tell of what only an administrator can mend."""
    found = User.objects.filter(role=Role.ADMIN, is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def recruiters() -> list[int]:
    """Whom to tell of what is anybody's to do."""
    found = User.objects.filter(role__in=[Role.ADMIN, Role.RECRUITER], is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def let_go_of_what_waits(*, now: datetime) -> int:
    """Send nothing of what waits: after a restore, it may have been sent already. It stays to be
    read. Returns how much that was."""
    waiting = WebhookCall.objects.filter(state=WebhookCall.State.WAITING)
    calls = waiting.update(state=WebhookCall.State.DROPPED)
    StaffMail.objects.filter(state=StaffMail.State.SENDING).update(
        state=StaffMail.State.UNKNOWN, finished_at=now, said="A backup was restored."
    )
    return calls + Notification.objects.exclude(mail_due_at=None).update(mail_due_at=None)


def forget(*, now: datetime) -> int:
    """Delete what was told long ago. Returns how many notifications that were."""
    until = now - KEPT
    StaffMail.objects.filter(claimed_at__lt=until).delete()
    WebhookCall.objects.filter(told_at__lt=until).delete()
    return Notification.objects.filter(told_at__lt=until).delete()[0]
