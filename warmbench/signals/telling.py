"""Tells recruiters what they are asked to do, and knows when they need not be told any more."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.db import transaction

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind
from warmbench.accounts.notifications import WHO, Name, Told
from warmbench.people.models import Candidate
from warmbench.signals.models import FollowUp

_NOUN = "follow_up"
#: Stands in a sentence where what it is about goes: a role, by its title.
_WHAT = "{what}"
_SOMETHING = "a role"
#: What the things are called that evidence may be about: by the noun, from the id.
_titles: dict[str, Callable[[int], str]] = {}
#: By the reason of a follow-up: what kind of news it is, and the sentence that tells it.
_NEWS: dict[str, tuple[Kind, str]] = {
    "replied": (Kind.REPLY, f"{WHO} replied"),
    "role_interest": (Kind.ROLE_INTEREST, f"{WHO} is interested in {_WHAT}"),
    "call": (Kind.CALL, f"Call {WHO} about {_WHAT}"),
    "rights": (Kind.RIGHTS, f"{WHO} asks about their data"),
    "high_interest": (Kind.HIGH_INTEREST, f"{WHO} shows high interest"),
    "preferences": (Kind.PREFERENCES, f"{WHO} changed their preferences"),
    "clicked": (Kind.RETURNED, f"{WHO} clicked after a long silence"),
    "complained": (Kind.COMPLAINED, f"{WHO} called a message spam"),
    "unsubscribed": (Kind.LEFT, f"{WHO} unsubscribed"),
    "moved": (Kind.MOVED, f"{WHO} may have a new job"),
    "address_dead": (Kind.MOVED, f"{WHO} has an address that no longer works"),
    "step": (Kind.STEP, f"{WHO} is due for a step of a sequence"),
    "personalise": (Kind.STEP, f"{WHO}: a check-in to look at before it goes"),
    "cooling": (Kind.RETURNED, f"{WHO} went quiet after being warm"),
    "reminder": (Kind.CALL, f"A reminder about {WHO}"),
    "retention": (Kind.CHORES, f"{WHO} has not been heard from for long"),
    "notice_due": (Kind.CHORES, f"{WHO} has to be told that we have their data"),
    "consent_needed": (Kind.CHORES, f"{WHO} has to be asked for permission first"),
}


def news_of(reason: str) -> tuple[Kind, str]:
    """What kind of news a follow-up for this reason is, and its sentence."""
    return _NEWS.get(reason) or (Kind.CHORES, f"{WHO} is to be followed up")


def titled_by(noun: str, title: Callable[[int], str]) -> None:
    """Register what the things of a noun are called, in evidence ``about`` them."""
    _titles[noun] = title


@transaction.atomic
def of_follow_up(follow_up_id: int, *, now: datetime) -> int:
    """Tell whose it is that somebody is to be followed up; everybody, of what is no one's.

    Safe to repeat: the same evidence is told once, and new evidence moves the same
    notification up. Returns how many had not been told.
    """
    # Whoever erases somebody holds this lock: nothing is written about them afterwards.
    about = FollowUp.objects.filter(pk=follow_up_id).values("candidate_id")
    if not Candidate.objects.select_for_update(no_key=True).filter(pk__in=about):
        return 0
    entry = FollowUp.objects.get(pk=follow_up_id)
    if entry.state != FollowUp.State.OPEN:
        return 0
    kind, title = news_of(entry.reason)
    title = title.replace(_WHAT, _subject(entry))
    return notifications.tell(
        [entry.owner_id] if entry.owner_id else notifications.recruiters(),
        kind=kind,
        title=title,
        body=_evidence(entry),
        path=f"/candidates/{entry.candidate_id}/",
        about=entry.candidate_id,
        key=f"{_NOUN}:{entry.pk}",
        now=now,
    )


def settle(follow_up_ids: Collection[int], *, now: datetime) -> int:
    """Let what was said about follow-ups that are closed now be read and done with. Returns how
    many notifications that concerned."""
    closed = FollowUp.objects.filter(pk__in=follow_up_ids, state=FollowUp.State.DONE)
    return notifications.settle([f"{_NOUN}:{entry.pk}" for entry in closed], now=now)


@notifications.still_so_by(_NOUN)
def are_theirs_to_do(told: Collection[Told]) -> set[Told]:
    """Follow-ups that are still open, and still theirs or no one's."""
    ids = {int(one.key.partition(":")[2]) for one in told}
    open_ones = FollowUp.objects.filter(pk__in=ids, state=FollowUp.State.OPEN)
    owners = dict(open_ones.values_list("pk", "owner_id"))
    return {one for one in told if _is_theirs(one, owners)}


@notifications.named_by
def names(candidate_ids: Collection[int]) -> Mapping[int, Name]:
    """What these candidates are called."""
    people = Candidate.objects.filter(pk__in=candidate_ids)
    return {one.pk: Name(first=one.first_name, full=one.name) for one in people}


def _is_theirs(told: Told, owners: Mapping[int, int | None]) -> bool:
    follow_up_id = int(told.key.partition(":")[2])
    if follow_up_id not in owners:
        return False
    owner_id = owners[follow_up_id]
    return told.user_id is None or owner_id is None or owner_id == told.user_id


def _subject(entry: FollowUp) -> str:
    """What the latest evidence is about, as it is called now."""
    about = [str(item["about"]) for item in entry.evidence if item.get("about")]
    noun, _, pk = about[-1].partition(":") if about else ("", "", "")
    title = _titles[noun](int(pk)) if noun in _titles else ""
    return f"“{title}”" if title else _SOMETHING


def _evidence(entry: FollowUp) -> str:
    """The latest evidence, and how much more there is: other words when something was added."""
    texts = [str(item["text"]) for item in entry.evidence]
    if not texts:
        return ""
    more = len(texts) - 1
    return f"{texts[-1]} (and {more} more)" if more else texts[-1]
