"""Notices what changed about people, as far as our own data shows it: work, absence, silence."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from warmbench.core import sql
from warmbench.messaging import standing
from warmbench.messaging.models import InboundMail, Sender
from warmbench.people import off_limits
from warmbench.people.models import Channel, ContactPoint
from warmbench.signals import policies, record, scoring
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft

#: Shown warmth from which somebody's silence is worth a word, and the points that are shown so.
WARM = 60
_WARM_POINTS = WARM - 0.5
#: No sign for so long is silence; what was longer ago than this is too late for a word.
SILENCE, LOOKED_BACK = timedelta(days=30), timedelta(days=90)
#: So many a night for each recruiter, and each person not again for so long.
A_NIGHT, ONCE_IN = 5, timedelta(days=180)
#: Of each recruiter's quiet people so many are looked at: some must not be approached.
_LOOK_AT = 8 * A_NIGHT
#: What becomes of an address, or of our patience, is nothing that a person did.
#: What a file said about them is no word of theirs.
OF_PROFILES = (Signal.Kind.PROMOTED, Signal.Kind.LEARNED, Signal.Kind.RELOCATED)
NOT_THEIR_DOING = (
    *(Signal.Kind.ADDRESS_DEAD, Signal.Kind.ABSENT, Signal.Kind.WENT_QUIET, Signal.Kind.NOT_THERE),
    *OF_PROFILES,
)


def new_domain(mail: InboundMail, candidate_id: int, *, now: datetime) -> None:
    """Note that somebody answers one of our messages from another employer's address.

    For mails whose sender certainly had our message. The address is kept in what a recruiter
    reads; whether it is the person's own, and a new job, is for the recruiter to find out. Nothing
    follows from mailboxes that anybody may have, from domains where we knew them already, above
    and below those included, and from our own.
    """
    domain = off_limits.bare_domain(mail.sender)
    if mail.channel != Channel.EMAIL or not off_limits.is_domain(domain):
        return
    if off_limits.is_free_mail(domain) or _is_known(domain, candidate_id):
        return
    draft = SignalDraft(
        candidate_id=candidate_id,
        kind=Signal.Kind.MOVED,
        grade=Signal.Grade.LIKELY,
        at=mail.received_at,
        # Once for each domain, however much they write from there.
        key=f"moved:domain:{domain}"[:80],
        message_id=mail.message_id,
        topic=f"writes from {mail.sender}",
    )
    record.record([draft], now=now)


def absence(mail: InboundMail, candidate_id: int, until: date | None, *, now: datetime) -> None:
    """Note that somebody is away, and until when: for the timeline, and nothing to do about it."""
    back = f"back on {until:%-d %B %Y}" if until else "it is not said until when"
    draft = SignalDraft(
        candidate_id=candidate_id,
        kind=Signal.Kind.ABSENT,
        grade=Signal.Grade.CERTAIN,
        at=mail.received_at,
        # Each of our messages is answered so: one absence is one signal.
        key=f"absent:{until or mail.received_at.date()}",
        message_id=mail.message_id,
        topic=back,
    )
    record.record([draft], now=now)


@transaction.atomic
def notice_silence(*, now: datetime) -> int:
    """Note who was warm at some moment of the last 90 days, and has given no sign for 30: the
    warmest first, five a night for each recruiter. Returns how many.

    Left out is whom a recruiter has before them anyway, who is paused or must not be approached,
    and of whom this was noted within half a year.
    """
    policy = policies.in_force()
    worth = [
        (str(kind), str(grade), points * share)
        for kind, points in policy.weights.items()
        for grade, share in scoring.SHARES.items()
    ]
    values = {
        "now": now,
        "since": now - LOOKED_BACK,
        "until": now - SILENCE,
        "noted": now - ONCE_IN,
        "least": policy.rank_of(_WARM_POINTS, now=now - LOOKED_BACK),
        "distance": policy.rank_of(_WARM_POINTS, now=now) - now.timestamp(),
        "warm": _WARM_POINTS,
        "half_life": policy.half_life.total_seconds(),
        "kinds": [kind for kind, _, _ in worth],
        "grades": [grade for _, grade, _ in worth],
        "worths": [points for _, _, points in worth],
        "no_signs": [str(kind) for kind in NOT_THEIR_DOING],
        "most": _LOOK_AT,
    }
    found = sql.run(sql.load(__file__, "went_quiet"), values).fetchall()
    free = _may_be_approached([row[0] for row in found], now=now)
    taken: dict[int | None, int] = {}
    drafts = []
    for candidate_id, owner_id, last_at in found:
        if candidate_id not in free or taken.get(owner_id, 0) == A_NIGHT:
            continue
        taken[owner_id] = taken.get(owner_id, 0) + 1
        drafts.append(
            SignalDraft(
                candidate_id=candidate_id,
                kind=Signal.Kind.WENT_QUIET,
                grade=Signal.Grade.CERTAIN,
                at=now,
                key=f"went_quiet:{now:%Y-%m-%d}",
                topic=f"the last sign was on {last_at:%-d %B %Y}",
            )
        )
    return len(record.record(drafts, now=now))


def _may_be_approached(candidate_ids: Collection[int], *, now: datetime) -> set[int]:
    people = standing.of(candidate_ids, now=now, counting_queued=False)
    return {
        pk
        for pk, who in people.items()
        if not who.suppressed
        and not who.off_limits
        and not (who.is_paused and (who.paused_until is None or who.paused_until > now))
    }


def _is_known(domain: str, candidate_id: int) -> bool:
    """Whether it is a domain of an address that we know of theirs, or of our own mailboxes."""
    theirs = ContactPoint.objects.filter(candidate=candidate_id, channel=Channel.EMAIL)
    ours = Sender.objects.filter(channel=Channel.EMAIL).values_list("from_address", flat=True)
    addresses = [*theirs.values_list("address", flat=True), *ours]
    known = {off_limits.bare_domain(address) for address in addresses}
    return any(
        domain == one or domain.endswith(f".{one}") or one.endswith(f".{domain}") for one in known
    )
