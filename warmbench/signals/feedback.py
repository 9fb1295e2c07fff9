"""Takes down why a role or an article is nothing for somebody, so that the next one may be."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from warmbench.people import facts
from warmbench.people.facts import Kind, Saying, Word
from warmbench.people.models import Candidate
from warmbench.people.tag_words import BY_CANDIDATE
from warmbench.signals import record
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft

#: Longer words belong into a reply.
MOST_WORDS = 200


class About(StrEnum):
    """What does not fit."""

    LEVEL = "level"
    PLACE = "place"
    PAY = "pay"
    SKILL = "skill"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class NotForMe:
    """One thing about a message that does not fit somebody."""

    about: About
    #: Of a level: ``too_junior`` or ``too_senior``.
    which_way: str = ""
    #: What would fit, or what does not, in their own words.
    words: str = ""


@transaction.atomic
def take_down(
    candidate_id: int, said: Sequence[NotForMe], *, message_id: int, now: datetime
) -> None:
    """Keep what does not fit about a message, each thing as a fact, at once.

    What was said about the message before and is not said again is taken back. One signal for
    the message, whatever is changed; without anything that does not fit, none.
    """
    person = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if person is None:
        return
    now_said = {one.about: _value(one) for one in said}
    sayings = [
        Saying(Kind.NOT_FOR_ME, now_said.get(about), topic=_topic(about, message_id))
        for about in About
    ]
    evidence = f"Said of message {message_id}, on the page “Not for me”"
    word = Word(BY_CANDIDATE, evidence, message_id or None)
    if not facts.say(candidate_id, sayings, word, now=now):
        return
    _record(person.pk, now_said, message_id=message_id, now=now)


def known(candidate_id: int, message_id: int) -> dict[str, NotForMe]:
    """What somebody said about a message, by what it is about."""
    held = facts.current(candidate_id, [Kind.NOT_FOR_ME])
    found = {about: held.get((Kind.NOT_FOR_ME, _topic(about, message_id))) for about in About}
    return {
        str(about): NotForMe(about, fact.value["is"], fact.value["words"])
        for about, fact in found.items()
        if fact is not None and fact.value is not None
    }


def _topic(about: About, message_id: int) -> str:
    return f"{about}:{message_id}"


def _value(said: NotForMe) -> dict[str, str]:
    return {"about": str(said.about), "is": said.which_way, "words": said.words[:MOST_WORDS]}


def _record(
    candidate_id: int, said: dict[About, dict[str, str]], *, message_id: int, now: datetime
) -> None:
    about = f"not_for_me:{message_id}:"
    key = about + hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
    earlier = Signal.objects.filter(
        candidate=candidate_id, kind=Signal.Kind.NOT_FOR_ME, key__startswith=about
    )
    record.withdraw(
        list(earlier.exclude(key=key).values_list("pk", flat=True)),
        note="They said something else about it later.",
        now=now,
    )
    if said:
        draft = SignalDraft(
            candidate_id=candidate_id,
            kind=Signal.Kind.NOT_FOR_ME,
            grade=Signal.Grade.CERTAIN,
            at=now,
            key=key,
            message_id=message_id or None,
            topic=", ".join(said),
        )
        record.record([draft], now=now)
