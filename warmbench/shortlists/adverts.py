"""Reads the description of a role into a profile, for a person to look over."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from warmbench.insight import moments
from warmbench.insight.flat import flat
from warmbench.people.models import Tag
from warmbench.people.pay import Period
from warmbench.people.tag_words import key
from warmbench.people.vocabulary import Vocabulary
from warmbench.shortlists import asked_words, vocabularies
from warmbench.shortlists.requirements import (
    LEVELS,
    MOST_REQUIREMENTS,
    Aspect,
    EvidenceRule,
    Requirement,
    Spec,
    SpecError,
    Tier,
    check,
    key_for,
)
from warmbench.sourcing import descriptions
from warmbench.sourcing.description_parts import Description, Part, Section, take_apart
from warmbench.sourcing.description_skills import Spellings
from warmbench.sourcing.fit import PayRange
from warmbench.sourcing.proposals import Found, FoundPay, FoundSkill, Proposal

_LEVELS = {
    "Individual contributor": LEVELS[0],
    "Manager": LEVELS[1],
    "Director": LEVELS[2],
    "Executive": LEVELS[3],
}
#: So many requirements in words are taken of each tier.
_MOST_TOLD = {Tier.MUST: 6, Tier.SHOULD: 5, Tier.NICE: 3, Tier.DEALBREAKER: 3}
_ASKING = {
    Section.REQUIRED: Tier.MUST,
    Section.NICE: Tier.NICE,
    Section.TASKS: Tier.SHOULD,
}
#: What is offered, and who offers it, asks for nothing.
_READ = frozenset({*_ASKING, Section.DENIED, Section.INTRO, Section.OTHER})
#: So far above its items a heading may stand, and so long it is.
_MOST_ITEMS, _LONGEST_HEADING = 30, 70
#: With so many requirements what is merely to be done there is left out.
_ENOUGH = 3
#: Longer ones are cut at a word.
_LONGEST, _LONGEST_QUOTE, _LONGEST_TITLE = 160, 300, 100


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    section: Section
    text: str
    #: The same as it stands in the description.
    quote: str
    #: The heading or label above it.
    heading: str
    #: Whether it is told beside items of a list and is none: mostly praise.
    is_beside: bool
    #: Whether it is an item of a list, or follows a label.
    is_item: bool


def spec_of(text: str, *, today: date, vocabulary: Vocabulary | None = None) -> Spec:
    """The profile that a description asks for. Raises SpecError where there is none in it.

    With a ``vocabulary`` of the database, skills carry its tags; else the lists that come along
    tell them.
    """
    known = vocabularies.with_lists(vocabulary) if vocabulary else vocabularies.shipped()
    plain = asked_words.without_double_denials(text)
    try:
        proposal = descriptions.propose(plain, vocabulary=known)
    except descriptions.DescriptionError as error:
        raise SpecError(str(error)) from error
    of = take_apart(plain)
    title = asked_words.title_alone(proposal.title.value) if proposal.title else ""
    if not title:
        raise SpecError("There is no title of a role in this.")
    sentences = list(_sentences(of, proposal, text))
    is_tagged = vocabulary is not None
    more = list(_in_passing(of, known, sentences, is_tagged=is_tagged))
    requirements = _requirements(proposal, sentences, more, is_tagged=is_tagged)
    level = _level(proposal, known, title, requirements)
    first, last = _start(sentences, of, today)
    return check(
        Spec(
            title=title,
            requirements=requirements,
            lowest_level=level,
            highest_level=level,
            places=tuple(one.value for one in proposal.places),
            remote=proposal.remote.value if proposal.remote else "",
            pay=_pay(proposal.pay),
            start_from=first,
            start_until=last,
            company=asked_words.company(text),
        )
    )


def _requirements(
    proposal: Proposal,
    sentences: Sequence[_Sentence],
    more: Sequence[Requirement],
    *,
    is_tagged: bool,
) -> tuple[Requirement, ...]:
    skills = [_skill(one, sentences, is_tagged=is_tagged) for one in proposal.skills]
    skills += more
    told = list(_told(proposal, sentences))
    once: dict[str, Requirement] = {}
    for one in (*skills, *told):
        once.setdefault(one.key, one)
    order = list(Tier)
    return tuple(sorted(once.values(), key=lambda one: order.index(one.tier))[:MOST_REQUIREMENTS])


def _in_passing(
    of: Description, known: Vocabulary, sentences: Sequence[_Sentence], *, is_tagged: bool
) -> Iterator[Requirement]:
    """Skills of sentences outside all lists that say of themselves what they ask for."""
    spellings = Spellings(known.spellings(Tag.Kind.SKILL), of.language)
    for one in sentences:
        if one.section in _ASKING or one.section == Section.DENIED:
            continue
        if (tier := asked_words.tier(one.text)) is None:
            continue
        for mention in spellings.within(of.text, one.start, one.end):
            name = known.tags[mention.tag_id].name
            at = mention.start - one.start
            rule = EvidenceRule(
                asked_words.strength(one.text, at), asked_words.max_age(one.text, at)
            )
            yield replace(
                _requirement(Aspect.SKILL, tier, name, one),
                tag_id=mention.tag_id if is_tagged and mention.tag_id > 0 else None,
                also=_written(of.text[mention.start : mention.end], name),
                at_least=asked_words.years(one.text, at, mention.end - one.start),
                rule=rule,
            )


def _written(text: str, name: str) -> tuple[str, ...]:
    """How a description writes a name, where that is otherwise."""
    written = " ".join(text.split())
    return () if key(written) == key(name) else (written,)


def _skill(
    found: Found[FoundSkill], sentences: Sequence[_Sentence], *, is_tagged: bool
) -> Requirement:
    start, end = found.quote.start, found.quote.end
    sentence = next((one for one in sentences if one.start <= start < one.end), None)
    name, tag_id = found.value.name, found.value.tag_id
    at_least, rule = None, EvidenceRule()
    if sentence is not None:
        at = start - sentence.start
        at_least = asked_words.years(sentence.text, at, end - sentence.start)
        age = asked_words.max_age(sentence.text, at)
        rule = EvidenceRule(asked_words.strength(sentence.text, at), age)
    return Requirement(
        key_for(Aspect.SKILL, name),
        Aspect.SKILL,
        _tier(sentence, is_required=found.value.is_required),
        name,
        also=_written(found.quote.text, name),
        tag_id=tag_id if is_tagged and tag_id > 0 else None,
        at_least=at_least,
        rule=rule,
        quote=sentence.quote if sentence else found.quote.around,
    )


def _tier(sentence: _Sentence | None, *, is_required: bool) -> Tier:
    if sentence is None:
        return Tier.SHOULD
    told = asked_words.tier(sentence.text) or asked_words.tier(sentence.heading)
    if told is not None and (told != Tier.MUST or is_required):
        return told
    if not is_required:
        return Tier.NICE
    return _ASKING.get(sentence.section, Tier.SHOULD)


def _sentences(of: Description, proposal: Proposal, written: str) -> Iterator[_Sentence]:
    """What is asked for, sentence by sentence; what is offered and who asks is left out."""
    titled = proposal.title.quote.start if proposal.title else -1
    listed = {part.section for part in of.parts if part.is_item}
    for part in of.parts:
        is_title = part.start == titled and part.end - part.start <= _LONGEST_TITLE
        if is_title or part.section not in _READ:
            continue
        is_item = part.is_item or part.is_labelled
        is_beside = part.section in listed and not is_item
        heading = _heading(of.text, part)
        for start, end in of.sentences(part):
            said, quote = of.text[start:end].rstrip(" ;"), written[start:end][:_LONGEST_QUOTE]
            yield _Sentence(start, end, part.section, said, quote, heading, is_beside, is_item)


def _heading(text: str, part: Part) -> str:
    """The label before a part, or the last line above it that is no item."""
    begin = text.rfind("\n", 0, part.start) + 1
    if part.is_labelled:
        return text[begin : part.start]
    for line in reversed(text[:begin].splitlines()[-_MOST_ITEMS:]):
        if line.rstrip().endswith(":") or (line.strip() and line.strip()[0].isalnum()):
            return line if len(line) <= _LONGEST_HEADING else ""
    return ""


def _told(proposal: Proposal, sentences: Sequence[_Sentence]) -> Iterator[Requirement]:
    """Requirements in words: what sentences ask for that name no known skill."""
    skilled = [one.quote.start for one in proposal.skills]
    left, found = dict(_MOST_TOLD), len(skilled)
    for one in sorted(sentences, key=lambda one: one.section == Section.TASKS):
        apart = list(_apart(one))
        yield from apart
        found += len(apart)
        is_named = any(one.start <= at < one.end for at in skilled)
        if apart or is_named or one.is_beside or one.section not in _ASKING:
            continue
        name = asked_words.experience(one.text)
        tier = _tier(one, is_required=one.section != Section.NICE)
        if not name or not left[tier] or (one.section == Section.TASKS and found >= _ENOUGH):
            continue
        if one.is_item and asked_words.is_name(name):
            yield _unlisted(one, name, tier)
            continue
        if not asked_words.is_telling(name):
            continue
        left[tier] -= 1
        found += 1
        short = name if len(name) <= _LONGEST else name[:_LONGEST].rsplit(" ", 1)[0]
        yield _requirement(Aspect.EXPERIENCE, tier, short, one)


def _unlisted(one: _Sentence, name: str, tier: Tier) -> Requirement:
    """A skill that no list has, in the words of the description."""
    age = asked_words.max_age(one.text, 0)
    return replace(
        _requirement(Aspect.SKILL, tier, name, one),
        at_least=asked_words.years(one.text, 0, len(one.text)),
        rule=EvidenceRule(asked_words.strength(one.text, max(one.text.find(name), 0)), age),
    )


def _apart(one: _Sentence) -> Iterator[Requirement]:
    """What a sentence asks for that is neither a skill nor told in words alone."""
    if one.section == Section.DENIED:
        return
    tier = _tier(one, is_required=one.section != Section.NICE)
    if (scope := asked_words.scope(one.text)) is not None:
        what, least, name = scope
        yield replace(_requirement(Aspect.SCOPE, tier, name, one), what=what, at_least=least)
    for firm in asked_words.barred(one.text):
        yield _requirement(Aspect.EMPLOYER, Tier.DEALBREAKER, firm, one)
    if one.section not in _ASKING or one.is_beside:
        return
    if title := asked_words.title(one.text):
        yield _requirement(Aspect.TITLE, tier, title, one)
    for domain in asked_words.domains(one.text):
        denied = asked_words.is_denied(one.text)
        yield _requirement(Aspect.DOMAIN, Tier.DEALBREAKER if denied else tier, domain, one)


def _requirement(aspect: Aspect, tier: Tier, name: str, of: _Sentence) -> Requirement:
    return Requirement(key_for(aspect, name), aspect, tier, name, quote=of.quote)


def _level(proposal: Proposal, known: Vocabulary, title: str, asked: Sequence[Requirement]) -> str:
    """The level that the title tells, at least that of whoever leads people where people are to
    be led; blank where nothing tells it."""
    told = known.seniority_of(title)
    if told is None and proposal.seniority is not None:
        told = proposal.seniority.value.tag_id
    level = _LEVELS.get(known.tags[told].name, "") if told is not None else ""
    leads = any(one.what == "people" and one.tier == Tier.MUST for one in asked)
    return LEVELS[1] if leads and level in {"", LEVELS[0]} else level


def _pay(found: Found[FoundPay] | None) -> PayRange | None:
    if found is None or not found.value.currency:
        return None
    pay = found.value
    return PayRange(pay.least, pay.most, pay.currency, pay.period or Period.YEAR)


_ISO = re.compile(r"\b20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])\b")


def _start(
    sentences: Sequence[_Sentence], of: Description, today: date
) -> tuple[date | None, date | None]:
    """The days between which the role begins, where a line speaks of its start."""
    lines = [one.text for one in sentences] + re.findall(r"[^\n]+", of.text)
    for line in lines:
        if len(line) > 200 or not (cue := asked_words.START.search(flat(line))):
            continue
        plain = flat(line)
        days = [date.fromisoformat(day) for day in _ISO.findall(line[cue.start() :])]
        named = [one for one in moments.find(plain, today=today) if one.start >= cue.start()]
        days += [one.first for one in named if one.first not in days]
        if len(days) > 1 and asked_words.BETWEEN.search(plain):
            return min(days), max(days)
        if days and not named:
            return days[0], None
        if not named:
            continue
        day = named[0].first
        until = named[0].last if asked_words.BY.search(plain, cue.start(), named[0].start) else None
        return (None, until or day) if until or asked_words.BY.search(plain) else (day, None)
    return None, None
