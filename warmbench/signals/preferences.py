"""Takes down what candidates answer on their preferences page, with all that follows at once."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.people import (
    candidates,
    fact_words,
    facts,
    pay,
    tagging,
    unmatched,
    wanted_places,
)
from warmbench.people.candidates import PauseReason
from warmbench.people.facts import Kind, Saying, Word
from warmbench.people.models import (
    Candidate,
    CandidateFact,
    CandidateTag,
    CandidateUnmatchedSkill,
    Tag,
    UnmatchedSkill,
)
from warmbench.people.tag_words import BY_CANDIDATE, CERTAIN, Found
from warmbench.people.tagging import Drafts, TagGoneError
from warmbench.people.vocabulary import Vocabulary
from warmbench.signals import record
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft
from warmbench.signals.wishes import time_zone_of

#: How a change of what matters to recruiters, and a pause, are told in the words of the signal.
CHANGED, PAUSED = "other than before: ", "no messages until "
#: What decides which roles fit, and what a change of it is called.
_MATTERS = {
    Kind.PAY: "pay",
    Kind.PLACES: "places",
    Kind.REMOTE: "remote work",
    Kind.TOPICS: "what they read",
}
#: Not a day shorter than promised, whatever months they are.
MONTH = timedelta(days=31)
#: What candidates may say of themselves. The rest is for us to know.
ANSWERS = (Candidate.Status.PASSIVE, Candidate.Status.OPEN, Candidate.Status.SEARCHING)
#: As many new skills at once as somebody gained, and not pasted.
MOST_SKILLS = 30


@dataclass(frozen=True, slots=True)
class Pay:
    """What a move would have to pay at least."""

    amount: Decimal
    currency: str
    period: pay.Period

    def to_json(self) -> dict[str, str]:
        """How it is kept."""
        return {
            "amount": pay.plain(self.amount),
            "currency": self.currency,
            "period": str(self.period),
        }


@dataclass(frozen=True, slots=True)
class Topics:
    """What somebody wants to read: kinds of pieces, and tags of specialties instead of her own."""

    kinds: tuple[str, ...]
    specialties: tuple[int, ...] = ()

    def to_json(self) -> dict[str, list[str] | list[int]]:
        """How it is kept."""
        return {"kinds": list(self.kinds), "specialties": list(self.specialties)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What somebody wants. What is left blank is no wish, or one no longer."""

    pay: Pay | None = None
    #: A list of places, as it was typed.
    places: str = ""
    remote: str = ""
    topics: Topics | None = None
    #: Months between two messages at least.
    rhythm: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What a candidate says about herself on one visit."""

    status: Candidate.Status
    #: Months without messages, 0 to end a pause; None leaves it as it is.
    pause_months: int | None = None
    #: Instead: the day on which messages may come again.
    pause_until: date | None = None
    #: None: nothing was asked.
    wishes: Wishes | None = None
    #: Skills gained, in her own words.
    skills: tuple[str, ...] = ()
    #: One of ``core.languages``, if she chose it.
    language: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody told us before, to begin with on the next visit."""

    wishes: Wishes
    #: Names of skills, theirs and those that still wait for a decision.
    skills: tuple[str, ...]
    #: Places that we could not find on a map.
    unknown_places: tuple[str, ...]
    #: Their specialties, the primary one first.
    specialties: tuple[int, ...]


def known(candidate_id: int) -> Known:
    """What somebody told us, and what is on record of what they may tell."""
    said = {kind: fact.value for (kind, topic), fact in facts.current(candidate_id).items()
            if not topic and fact.value is not None}  # fmt: skip
    places = said.get(Kind.PLACES, [])
    topics = said.get(Kind.TOPICS)
    paid = said.get(Kind.PAY)
    rhythm = said.get(Kind.RHYTHM)
    wishes = Wishes(
        pay=Pay(Decimal(paid["amount"]), paid["currency"], pay.Period(paid["period"]))
        if paid
        else None,
        places="\n".join(place["words"] for place in places),
        remote=said.get(Kind.REMOTE, ""),
        topics=Topics(tuple(topics["kinds"]), tuple(topics["specialties"])) if topics else None,
        rhythm=rhythm["months"] if rhythm else None,
    )
    carried = CandidateTag.objects.filter(candidate=candidate_id).select_related("tag")
    tags = [one.tag for one in carried.order_by("-is_primary", "tag__name")]
    waiting = CandidateUnmatchedSkill.objects.filter(
        candidate=candidate_id, skill__decision=UnmatchedSkill.Decision.WAITING
    )
    unknown = waiting.order_by("skill__text").values_list("skill__text", flat=True)
    return Known(
        wishes,
        skills=(*(tag.name for tag in tags if tag.kind == Tag.Kind.SKILL), *unknown),
        unknown_places=tuple(place["words"] for place in places if not place["country"]),
        specialties=tuple(tag.pk for tag in tags if tag.kind == Tag.Kind.SPECIALTY),
    )


def take_down(candidate_id: int, answers: Answers, *, message_id: int, now: datetime) -> None:
    """Note what a candidate answers: status, pause, wishes as facts, new skills as tags.

    What she says outranks what files say, and is one signal: the last answers of a day replace
    earlier ones. A status that we gave for a reason of our own (applied, placed, …) stays.
    """
    try:
        _take_down(candidate_id, answers, message_id=message_id, now=now)
    except TagGoneError:
        # A tag was merged away between reading the tree and using it: the next reading knows.
        _take_down(candidate_id, answers, message_id=message_id, now=now)


@transaction.atomic
def _take_down(candidate_id: int, answers: Answers, *, message_id: int, now: datetime) -> None:
    person = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if person is None:
        return
    word = Word(BY_CANDIDATE, f"Preferences page, message {message_id}", message_id or None)
    if person.status in ANSWERS:
        candidates.change_status(candidate_id, answers.status, evidence=word.evidence, now=now)
    until = _pause(person, answers, now=now)
    sayings = list(_sayings(answers, person))
    before = facts.current(candidate_id, _MATTERS)
    new = facts.say(candidate_id, sayings, word, now=now)
    _tag(candidate_id, answers.skills, now=now)
    changed = [_MATTERS[one.kind] for one in new if _is_other(one, before)]
    _record(person, answers, sayings, until, changed, message_id=message_id, now=now)


def _is_other(new: Saying, before: Mapping[tuple[str, str], CandidateFact]) -> bool:
    """Whether it is something that matters, and they wanted something else until now. What is
    said for the first time, or not any more, changes nobody's mind."""
    earlier = before.get((new.kind, new.topic))
    return bool(new.value) and earlier is not None and bool(earlier.value)


def _pause(person: Candidate, answers: Answers, *, now: datetime) -> datetime | None:
    """Hold still for as long as she asks, or no longer. Returns until when, if it is asked now."""
    until = None
    if answers.pause_until:
        zone = ZoneInfo(time_zone_of(person, Organisation.objects.first()))
        until = datetime.combine(answers.pause_until, time(0), zone)
    elif answers.pause_months:
        until = now + answers.pause_months * MONTH
    if until and until > now:
        candidates.pause([person.pk], reason=PauseReason.ASKED, until=until, now=now)
    elif answers.pause_months == 0:
        candidates.resume([person.pk], only=PauseReason.ASKED, now=now)
    return until


def _sayings(answers: Answers, person: Candidate) -> Iterator[Saying]:
    if answers.language:
        yield Saying(Kind.LANGUAGE, answers.language)
    if answers.skills:
        yield Saying(Kind.SKILLS, {"words": list(answers.skills)})
    wishes = answers.wishes
    if wishes is None:
        return
    yield Saying(Kind.PAY, wishes.pay.to_json() if wishes.pay else None)
    places = wanted_places.read(wishes.places, home=person.country)
    yield Saying(Kind.PLACES, [place.to_json() for place in places] or None)
    yield Saying(Kind.REMOTE, wishes.remote or None)
    yield Saying(Kind.TOPICS, wishes.topics.to_json() if wishes.topics else None)
    yield Saying(Kind.RHYTHM, {"months": wishes.rhythm} if wishes.rhythm else None)


def _tag(candidate_id: int, skills: tuple[str, ...], *, now: datetime) -> None:
    """Put the skills that the tree knows on her; the others wait for a person's decision."""
    if not skills:
        return
    vocabulary = Vocabulary.load()
    known = {text: vocabulary.skill(text) for text in skills}
    unknown = [text for text, tag_id in known.items() if tag_id is None]
    people = [candidate_id] * len(unknown)
    unmatched.record(people, unknown, source=BY_CANDIDATE, now=now)
    found = [Found(tag_id, BY_CANDIDATE, CERTAIN) for tag_id in known.values() if tag_id]
    drafts = Drafts()
    drafts.add(candidate_id, found, source=BY_CANDIDATE)
    tagging.apply(drafts, now=now)


def _record(
    person: Candidate,
    answers: Answers,
    sayings: list[Saying],
    until: datetime | None,
    changed: list[str],
    *,
    message_id: int,
    now: datetime,
) -> None:
    words = ", ".join(_in_words(answers, sayings, until))
    topic = f"{words}; {CHANGED}{', '.join(changed)}" if changed else words
    # What is said twice changes nothing the second time, and is the same all the same.
    said = json.dumps([words, answers.pause_months, [[s.kind, s.value] for s in sayings]])
    day = f"preferences:{now:%Y-%m-%d}:"
    key = day + hashlib.sha256(said.encode()).hexdigest()[:16]
    earlier = Signal.objects.filter(
        candidate=person, kind=Signal.Kind.PREFERENCES_UPDATED, key__startswith=day
    )
    record.withdraw(
        list(earlier.exclude(key=key).values_list("pk", flat=True)),
        note="They answered differently later that day.",
        now=now,
    )
    draft = SignalDraft(
        candidate_id=person.pk,
        kind=Signal.Kind.PREFERENCES_UPDATED,
        grade=Signal.Grade.CERTAIN,
        at=now,
        key=key,
        message_id=message_id or None,
        topic=topic,
    )
    record.record([draft], now=now)


def _in_words(answers: Answers, sayings: list[Saying], until: datetime | None) -> Iterator[str]:
    """The answers as the recruiter reads them, the most important first."""
    yield str(answers.status.label)
    if until:
        yield f"{PAUSED}{until:%-d %B %Y}"
    for saying in sayings:
        if saying.value:
            yield fact_words.of(saying.kind, saying.value)
