"""Reads dated things ahead: vesting, a bonus, leave, the end of a contract, “not before May”."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import islice

from warmbench.insight import context, moments, scope, weighing
from warmbench.insight.calendar_words import Length
from warmbench.insight.context import pieces
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind
from warmbench.insight.moments import Moment, Relation
from warmbench.insight.weighing import Weighed

#: Letters between a thing and its date.
_MOST_BETWEEN = 70
#: More words and dates are not looked at in a sentence.
_MOST_WORDS = 20
#: Letters before the date in an answer.
_OPENING = 40
#: In this order: “her contract ends when the project does” is the end of a contract.
_THINGS = (
    "parental_leave", "sabbatical", "vesting", "bonus", "exam", "contract_end", "relocation",
    "project_end", "other",
)  # fmt: skip
#: Which words have to say that the date is the thing's own.
_NEEDS = {"bonus": "pays", "contract_end": "ends", "project_end": "ends", "other": "ends"}
#: From so much on the judge is believed alone.
_LEAST_JUDGED = 0.5
_ENDS = {"contract_end", "project_end", "other"}
_LASTS = {"parental_leave", "sabbatical"}
_CONFIDENCE = {
    "parental_leave": 0.92, "sabbatical": 0.88, "vesting": 0.88, "bonus": 0.85, "exam": 0.85,
    "contract_end": 0.9, "relocation": 0.8, "project_end": 0.75, "other": 0.65,
}  # fmt: skip
#: Nobody asks to be left alone for less: that is an appointment.
_LEAST_AHEAD = timedelta(days=13)
_RANGE = re.compile(
    r"\s?(?:-|to|until|till|through|and|bis(?: zum)?|und|au|a|et|jusqu'(?:au|a|en)|al?|y"
    r"|hasta(?: el)?|tot(?: en met)?|t/m|en)\s(?:the |le |la |el |de |zum )?$|\s?-\s?$"
    r"|^,? (?:to|until|till|through|bis|jusqu|hasta|tot|t/m).{0,25}$"
)


_BACK = re.compile(
    r"\b(?:returns?|returning|back|zuruck|kehrt|wieder da|retour|revient|vuelve|regresa|terug)\b"
)
#: “When shall I call again?”
_AGAIN = re.compile(
    r"\b(?:again|back|when (?:can|could|should|may|shall)|wieder|noch ?mal|wann (?:darf|soll"
    r"|kann)|quand"
    r"|rappel\w*|de nuevo|cuando|weer|wanneer|nog eens)\b"
)
#: “After the school year ends in May”: then it is over, and not when May begins.
_ONCE_OVER = re.compile(
    r"\b(?:after|once|when) [^,;]{3,40} (?:ends?|finish\w*|is over) (?:in |by )?$"
)
#: “Commission for Q4”: of when it is, and not when it comes.
_OF_PERIOD = re.compile(r"\b(?:for|fur|pour|por|voor|of) (?:the )?$")
#: “Bonus: April”, “bonus (31 March)”.
_BESIDE = re.compile(r"\s?(?:[:(,-]|->|=)?\s?(?:is |ist |date |mid |early )?(?:the )?")
_HOW_MUCH = re.compile(
    r"\b(?:how (?:much|large|big|high)|wie hoch|wieviel|combien|cuanto|hoeveel)\b"
)
_OF_FIRM = re.compile(
    r"\b(?:office|company|firm|hq|headquarters|site|department|function|production|plant|warehouse"
    r"|firma|standort|werk|zentrale|entreprise|usine|siege|empresa|oficina|sede|bedrijf|kantoor)\b"
)


@dataclass(frozen=True, slots=True)
class _When:
    """The first and the last day that are told of a thing, and where."""

    first: date | None
    last: date | None
    start: int
    end: int


def extract(reading: Reading) -> Iterator[Found]:
    """What lies ahead of them, each thing once for a sentence."""
    every = weighing.judged(reading)
    for at, unit in context.told(reading):
        judged = [one for one in every[at].values() if one.mention.kind == Kind.START]
        ruled = list(_ruled(reading, at, unit))
        kept = [found for one in ruled if (found := _weighed(one, unit, judged))]
        yield from kept
        yield from _judged(reading, unit, judged, kept)


def _ruled(reading: Reading, at: int, unit: Unit) -> Iterator[Found]:
    plain = context.plain(unit)
    asked = context.question(reading.units, at)
    if not _any().search(plain) and not _any().search(asked):
        return
    named = _named(plain, reading)
    if reading.kind != SourceKind.RESUME:
        yield from _not_before(plain, named or _before(at, reading), reading, unit)
    found = list(_things(plain, named, unit))
    yield from found or _answered(asked, plain, named, reading, unit)


def _weighed(found: Found, unit: Unit, judged: list[Weighed]) -> Found | None:
    """The same as sure as the judge lets it be."""
    for one in judged:
        moment = one.mention.value["moment"]
        is_it = found.valid_from in {moment.first, moment.begins, moment.returns, moment.last}
        if (
            is_it
            and unit.start + moment.start < found.end
            and found.start < unit.start + moment.end
        ):
            sure = one.sure(found.value["what"], found.confidence)
            return replace(found, confidence=sure) if sure else None
    return found


def _judged(
    reading: Reading, unit: Unit, judged: list[Weighed], kept: list[Found]
) -> Iterator[Found]:
    """What the judge alone takes for something that lies ahead."""
    plain = context.plain(unit)
    if _words("not_theirs").search(plain):
        return
    for one in judged:
        moment: Moment = one.mention.value["moment"]
        what, sure = one.likeliest()
        start, end = unit.start + moment.start, unit.start + moment.end
        taken = any(start < found.end and found.start < end for found in kept)
        if what == "start" or sure < _LEAST_JUDGED or taken or _is_anothers(plain, moment):
            continue
        if what != "not_before" and scope.of(plain, moment.start, moment.end).denied:
            continue
        if what in _ENDS and moment.relation in {Relation.AFTER, Relation.BEFORE}:
            continue
        if what == "not_before":
            if not _is_far(moment, reading) or reading.kind == SourceKind.RESUME:
                continue
            when = _When(moment.returns, None, moment.start, moment.end)
        elif what in _LASTS:
            near = [each.mention.value["moment"] for each in judged if each.share(what) > 1 / 4]
            when = _stretch(plain, moment, near, moment.start, moment.end)
        else:
            is_day = moment.relation is Relation.UNTIL and moment.length is Length.DAY
            when = _When(moment.last if is_day else moment.first, None, moment.start, moment.end)
        found = replace(_found(what, when, unit), confidence=sure, extractor="events.judged")
        kept = [*kept, found]
        yield found


def _is_anothers(plain: str, one: Moment) -> bool:
    """Whether it is a date of a firm, a relative or a role, or of the past."""
    sense = scope.of(plain, one.start, one.end)
    before = plain[: one.start]
    return bool(
        sense.others
        or sense.past
        or _words("pasts").search(re.split(r"[;,.(]", before)[-1])
        or context.is_of("relatives", before)
        or _OF_FIRM.search(before[-_MOST_BETWEEN:])
    )


def _named(plain: str, reading: Reading) -> list[Moment]:
    """The moments of a sentence in which something may happen."""
    found = moments.find(plain, today=reading.said_on, american=reading.country == "US")
    return [
        one for one in found if one.relation is not Relation.SINCE and one.last >= reading.said_on
    ][:_MOST_WORDS]


def _before(at: int, reading: Reading) -> list[Moment]:
    """The moment that “until then” means: the last one that the two sentences before name."""
    unit = reading.units[at]
    if not _words("then").search(context.plain(unit)):
        return []
    for other in reversed(reading.units[max(0, at - 2) : at]):
        if other.speaker == unit.speaker and (named := _named(context.plain(other), reading)):
            one, shift = replace(named[-1], relation=Relation.UNTIL), other.start - unit.start
            if other.part != unit.part:
                return [replace(one, start=0, end=0)]
            return [replace(one, start=one.start + shift, end=one.end + shift)]
    return []


def _answered(
    asked: str, plain: str, named: list[Moment], reading: Reading, unit: Unit
) -> Iterator[Found]:
    """“And your bonus?”, and the answer: “It's paid out on 15 April.”"""
    if "?" not in asked or not named or named[0].start > _OPENING or _HOW_MUCH.search(asked):
        return
    is_of_contact = _words("contacts").search(asked) and not _words("not_contacts").search(asked)
    is_later = _is_far(named[0], reading) and bool(
        _words("again").search(plain[: named[0].end]) or _AGAIN.search(asked)
    )
    if is_of_contact and is_later:
        yield _found("not_before", _When(named[0].returns, None, 0, named[0].end), unit)
        return
    for what in ("bonus", "vesting", "exam", "contract_end", "parental_leave"):
        if _words(what).search(asked) and named[0].first >= reading.said_on:
            is_said = what not in _NEEDS or _words(_NEEDS[what]).search(plain)
            if is_said:
                when = _When(named[0].first, None, 0, named[0].end)
                yield replace(_found(what, when, unit), confidence=0.8)
                return


def _things(plain: str, named: list[Moment], unit: Unit) -> Iterator[Found]:
    if _words("not_theirs").search(plain):
        return
    taken: set[Moment] = set()
    for what in _THINGS:
        for match in islice(_words(what).finditer(plain), _MOST_WORDS):
            if context.is_of("relatives", plain[: match.start()]) or _is_denied(plain, match):
                continue
            if what == "relocation" and _OF_FIRM.search(plain):
                continue
            when = _when(what, plain, match, [one for one in named if one not in taken])
            if when is None:
                continue
            taken |= {one for one in named if when.start <= one.start < when.end}
            yield _found(what, when, unit)
            break


def _found(what: str, when: _When, unit: Unit) -> Found:
    value = {"what": what}
    if when.first:
        value["from"] = when.first.isoformat()
    if when.last:
        value["until"] = when.last.isoformat()
    return Found(
        Kind.EVENT, value, Polarity.PLANS, unit.start + when.start, unit.start + when.end,
        _CONFIDENCE.get(what, 0.85), f"events.{what}",
        valid_from=when.first, valid_until=when.last,
    )  # fmt: skip


def _when(what: str, plain: str, match: re.Match[str], named: list[Moment]) -> _When | None:
    """The dates of a thing: of those in its clause the nearest, which its words lead to."""
    near = [one for one in named if _belongs(what, plain, match, one)]
    if what in _NEEDS:
        near = [one for one in near if _is_said_of(what, plain, match, one)]
    if what in _ENDS:
        near = [one for one in near if one.relation not in {Relation.AFTER, Relation.BEFORE}]
    if not near:
        return None
    one = min(near, key=lambda each: _distance(match, each))
    start, end = min(match.start(), one.start), max(match.end(), one.end)
    if what in _LASTS:
        return _stretch(plain, one, near, start, end)
    if one.length is Length.YEAR and what != "exam":
        return None
    if what == "relocation" and _ONCE_OVER.search(plain[: one.start]):
        return _When(one.last, None, start, end)
    if what in _ENDS:
        day = one.last if one.relation is Relation.UNTIL and one.length is Length.DAY else None
        return _When(day or one.first, None, start, end)
    return _When(one.first, None, start, end)


def _distance(match: re.Match[str], one: Moment) -> int:
    """How far a moment stands from a thing; what stands behind is likelier the thing's."""
    if one.start >= match.end():
        return one.start - match.end()
    return match.start() - one.end + 25


def _stretch(plain: str, one: Moment, near: list[Moment], start: int, end: int) -> _When:
    """From when until when: “from 1 April until the end of September”, “May to July”."""
    following = [each for each in near if each.start > one.start]
    if following and _RANGE.search(plain[one.end : following[0].start]):
        last = following[0].last
        if last < one.first:
            last = last.replace(year=last.year + 1)
        return _When(one.first, last, start, max(end, following[0].end))
    if one.relation is Relation.UNTIL:
        before = [each for each in near if each.end < one.start]
        if before:
            return _When(before[-1].first, one.last, min(start, before[-1].start), end)
        return _When(None, one.last if one.length is Length.DAY else one.first, start, end)
    if _BACK.search(plain[start : one.start]):
        return _When(None, one.first, start, end)
    if one.first != one.last and one.length is Length.DAY:
        return _When(one.first, one.last, start, end)
    return _When(one.begins, None, start, end)


def _belongs(what: str, plain: str, match: re.Match[str], one: Moment) -> bool:
    """Whether a moment stands in the thing's clause, near it."""
    if one.start < match.end() and match.start() < one.end:
        return False
    first, last = (match.end(), one.start) if match.end() <= one.start else (one.end, match.start())
    between = plain[first:last]
    if one.end <= match.start() and what == "other":
        return False
    if one.end <= match.start() and re.search(
        r",(?! (?:then|when|dann|wenn|alors|dan)\b)", between
    ):
        return False
    return len(between) <= _MOST_BETWEEN and not re.search(
        r"[;!?]|\.\s|, (?:and|und|et|y|en) (?:i|she|he|ich|er|sie|je|elle|il|yo|ik|ze|hij)\b"
        r"|,? (?:but|so|also|dann|aber|donc|mais|pero|maar|dus|asi que)\s",
        between,
    )


def _is_said_of(what: str, plain: str, match: re.Match[str], one: Moment) -> bool:
    first, last = min(match.start(), one.start), max(match.end(), one.end)
    if what == "bonus" and _OF_PERIOD.search(plain[: one.start]):
        return False
    if what == "bonus" and _BESIDE.fullmatch(plain, match.end(), max(match.end(), one.start)):
        return True
    around = plain[max(0, first - 30) : last + 30]
    return bool(_words(_NEEDS[what]).search(around))


def _is_denied(plain: str, match: re.Match[str]) -> bool:
    sense = scope.of(plain, *match.span())
    before = plain[max(0, match.start() - 12) : match.start()]
    denied = re.search(r"\b(?:no|not an?|without|keine?n?|pas de|sans|sin|geen|zonder) $", before)
    around = re.split(r"[;,.(]", plain[max(0, match.start() - 18) : match.start()])[-1]
    around += plain[match.start() : match.end() + 12]
    return bool(denied or _words("pasts").search(around)) or sense.others or sense.past


def _not_before(plain: str, named: list[Moment], reading: Reading, unit: Unit) -> Iterator[Found]:
    """“Call me again in September”, “leave her alone until July”."""
    match = _words("contacts").search(plain)
    if match is None or _words("not_contacts").search(plain):
        return
    if context.is_of("roles", plain[: match.start()]) or not _words("again").search(plain):
        return
    fitting = [one for one in named if _is_far(one, reading) and _leads_to(plain, one)]
    if fitting:
        one = fitting[-1]
        start = min(match.start(), one.start) if one.end else match.start()
        end = max(match.end(), one.end)
        yield _found("not_before", _When(one.returns, None, start, end), unit)


def _is_far(one: Moment, reading: Reading) -> bool:
    return one.length is not Length.WEEK and one.returns - reading.said_on > _LEAST_AHEAD


def _leads_to(plain: str, one: Moment) -> bool:
    """Whether contact is wished from then on: “by June” and “on 3 June at two” are not so."""
    if one.relation is Relation.BY:
        return False
    if one.end <= 0:
        return True
    is_at_an_hour = re.match(r",? (?:at|um|a las|a|om) \d", plain[one.end :])
    return not is_at_an_hour


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pieces('events', name)})(?!\w)")


@cache
def _any() -> re.Pattern[str]:
    """What every sentence holds that tells an event: a quick look before the long one."""
    every = "|".join(pieces("events", name) for name in (*_THINGS, "contacts"))
    return re.compile(rf"(?<![\w-])(?:{every})(?!\w)")
