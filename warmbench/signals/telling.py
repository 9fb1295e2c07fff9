"""Tells recruiters what they are asked to do, and knows when they need not be told any more."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.accounts import notifications
from warmbench.accounts.models import Absence, Kind, User
from warmbench.accounts.notifications import WHO, Name, Told
from warmbench.people.models import Candidate
from warmbench.signals.models import FollowUp
from warmbench.signals.offers import OfferEnded

_NOUN, _OFFER = "follow_up", "offer"
#: Stands in a sentence where what it is about goes: a role, by its title.
_WHAT = "{what}"
_SOMETHING = "a role"
_A_DAY = timedelta(days=1)
#: What whoever offered an entry is told.
_ANSWERS = {
    "accepted": f"has taken on {WHO}",
    "declined": f"leaves {WHO} with you",
    "lapsed": f"did not answer in 48 hours: {WHO} stays with you",
}
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
    "talk": (Kind.CALL, f"A talk with {WHO} did not take place"),
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
    entry = _locked(follow_up_id)
    if entry is None or entry.state != FollowUp.State.OPEN:
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


def of_reminders(*, now: datetime) -> int:
    """Tell whose it is of the reminders whose day has come since yesterday. Safe to repeat.
    Returns how many had not been told."""
    due = FollowUp.objects.filter(
        state=FollowUp.State.OPEN,
        reason=FollowUp.Reason.REMINDER,
        snoozed_until__gt=now - _A_DAY,
        snoozed_until__lte=now,
    )
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    return sum(of_follow_up(pk, now=now) for pk in ids)


@transaction.atomic
def of_offer(follow_up_id: int, *, now: datetime) -> int:
    """Tell who is asked to take an entry on. Safe to repeat. Returns how many had not been told."""
    entry = _locked(follow_up_id)
    if entry is None or entry.offered_to_id is None:
        return 0
    _, reason = news_of(entry.reason)
    whose = f"{entry.owner.name} asks you" if entry.owner else "You are asked"
    body = [entry.offer_note, reason.replace(_WHAT, _subject(entry)).replace(WHO, "They")]
    return _tell_of_offer(
        entry,
        entry.offered_to_id,
        f"{whose} to take on {WHO}",
        key=f"{_OFFER}:{entry.pk}:{entry.offered_to_id}",
        body=". ".join(filter(None, body)),
        now=now,
    )


@transaction.atomic
def of_answer(ended: OfferEnded, *, now: datetime) -> int:
    """Tell whoever offered an entry what became of that, and who was asked that it has lapsed.
    Safe to repeat. Returns how many had not been told."""
    notifications.settle([f"{_OFFER}:{ended.follow_up_id}:{ended.to_id}"], now=now)
    entry, to = _locked(ended.follow_up_id), User.objects.get(pk=ended.to_id)
    if entry is None:
        return 0
    key = f"{_OFFER}_answer:{entry.pk}:{ended.to_id}:{ended.at}"
    told = 0
    if ended.from_id is not None and ended.ending in _ANSWERS:
        title = f"{to.name} {_ANSWERS[ended.ending]}"
        told += _tell_of_offer(entry, ended.from_id, title, key=key, now=now)
    if ended.ending == "lapsed":
        title = f"The offer to take on {WHO} has lapsed"
        told += _tell_of_offer(entry, to.pk, title, key=key, now=now)
    return told


def settle(follow_up_ids: Collection[int], *, now: datetime) -> int:
    """Let what was said about follow-ups that are closed now be read and done with. Returns how
    many notifications that concerned."""
    closed = FollowUp.objects.filter(pk__in=follow_up_ids, state=FollowUp.State.DONE)
    return notifications.settle([f"{_NOUN}:{entry.pk}" for entry in closed], now=now)


@notifications.still_so_by(_NOUN)
def are_theirs_to_do(told: Collection[Told]) -> set[Told]:
    """Follow-ups that are still open, and still theirs, or no one's, or those of somebody for whom
    they stand in."""
    ids = {one.pk for one in told}
    open_ones = FollowUp.objects.filter(pk__in=ids, state=FollowUp.State.OPEN)
    owners = dict(open_ones.values_list("pk", "owner_id"))
    # Nobody is told of what is another's who does not stand in: on which days need not be asked.
    absent = Absence.objects.filter(user__in={pk for pk in owners.values() if pk})
    pairs = set(absent.values_list("user_id", "cover_id"))
    return {one for one in told if _is_theirs(one, owners, pairs)}


@notifications.still_so_by(_OFFER)
def are_still_offered(told: Collection[Told]) -> set[Told]:
    """Entries that are open, and still offered to them."""
    ids = {one.pk for one in told}
    offered = FollowUp.objects.filter(pk__in=ids, state=FollowUp.State.OPEN)
    pairs = {f"{_OFFER}:{pk}:{to_id}" for pk, to_id in offered.values_list("pk", "offered_to")}
    return {one for one in told if one.key in pairs}


@notifications.named_by
def names(candidate_ids: Collection[int]) -> Mapping[int, Name]:
    """What these candidates are called."""
    people = Candidate.objects.filter(pk__in=candidate_ids)
    return {one.pk: Name(first=one.first_name, full=one.name) for one in people}


def _locked(follow_up_id: int) -> FollowUp | None:
    # Whoever erases somebody holds this lock: nothing is written about them afterwards.
    about = FollowUp.objects.filter(pk=follow_up_id).values("candidate_id")
    if not Candidate.objects.select_for_update(no_key=True).filter(pk__in=about):
        return None
    return FollowUp.objects.select_related("owner").get(pk=follow_up_id)


def _tell_of_offer(
    entry: FollowUp, user_id: int, title: str, *, key: str, now: datetime, body: str = ""
) -> int:
    return notifications.tell(
        [user_id],
        kind=Kind.OFFER,
        title=title,
        body=body,
        path="/",
        about=entry.candidate_id,
        key=key,
        now=now,
    )


def _is_theirs(
    told: Told,
    owners: Mapping[int, int | None],
    stand_ins: Collection[tuple[int, int | None]],
) -> bool:
    if told.pk not in owners:
        return False
    owner_id = owners[told.pk]
    if told.user_id is None or owner_id is None or owner_id == told.user_id:
        return True
    return (owner_id, told.user_id) in stand_ins


def _subject(entry: FollowUp) -> str:
    """What the latest evidence is about, as it is called now."""
    about = [str(item["about"]) for item in entry.evidence if item.get("about")]
    noun, _, pk = about[-1].partition(":") if about else ("", "", "")
    title = _titles[noun](int(pk)) if noun in _titles else ""
    return f"“{title}”" if title else _SOMETHING


def _evidence(entry: FollowUp) -> str:
    """The latest evidence, and how much more there is: other words when something was added."""
    # What somebody remarked is no news; that what was waited for has happened, is.
    texts = [str(item["text"]) for item in entry.evidence if not item.get("by")]
    if not texts:
        return ""
    more = len(texts) - 1
    return f"{texts[-1]} (and {more} more)" if more else texts[-1]
