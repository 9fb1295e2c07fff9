"""Reads in which industries and fields people work, would like to, and would not."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from warmbench.insight import judging, mentions, scope
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.lexicon import Manner, Mention, names_of
from warmbench.insight.tables import table

_NAME = "domains"
_REACH = 60
_AND = re.compile(r"\s*(?:,|/|&|\b(?:and|or|und|oder|et|ou|y|o|en|of|or anything|also|then)\b)\s*")
_DO_NOT = re.compile(
    r"\b(?:not|never|n't|no longer|don't|doesn't|won't|wouldn't|nicht|nie|pas|jamais|no|nunca|niet|"
    r"nooit|kein\w*|geen)\b"
)
_UNWANTED = re.compile(
    r"\b(?:go|goes|going|want|wants|wanted|back|interested|consider|touch|do|work|return|for|will|veut|quiere|wil)\b"
)
#: "Cinderloft (dev tools)", "Mei Tanaka / credit risk / call Tues".
_BRACKET = re.compile(r"(?:^|\s)[A-Z][\w&'-]+ \($")
_AT_ONE = re.compile(r"\b(?:i|we)\b[^,;]{0,40}\bat (?:a|an) (?:\w+ )?$")
_ROLE = re.compile(
    r"(?:engineer|manager|developer|nurse|analyst|director|officer|lead|head|counsel|sales|consultant|"
    r"construction|ops|vp|specialist|assistant|associate|partner|candidate|role|interviewer)s? \($"
)
_SENTENCES = re.compile(r"[.;!?](?:\s|$)")
#: "Wants out after ten years in X": what is wished is not what comes behind.
_CAME = re.compile(r"\b(?:came|years|yrs|worked|after|since)\b")
_TITLE = re.compile(r"^[^/|.]{3,40}[/|]\s*$")
#: "Category manager, facilities", "AVP - market risk".
_POST = re.compile(
    r"\b(?:manager|managers|head|director|vp|svp|avp|evp|associate|partner|analyst|consultant|lead|officer|lawyer|"
    r"solicitor|counsel|nurse|sister|matron|surgeon|buyer|specialist|engineer|controller|accountant|"
    r"adviser|advisor|broker|underwriter|recruiter|sales|account executive|ae|assistant|trainee|"
    r"senior|executive|planner|supervisor|coordinator|leiter|leiterin|referent|referentin|"
    r"responsable|chef|cadre|infirmi\w+|jefe|jefa|enfermer\w+|medewerker|verpleegkundige|hoofd)"
    r"(?: \w+)?(?:,| -| \u2013| \u2014|:| \(| in| of| for) ?$"
)
#: "Gerland (sous-traitant automobile)", "chez Voltaleo, photovoltaique".
_OF_EMPLOYER = re.compile(
    r"[A-Z\u00c0-\u00dc][\w&'.-]+(?:,| -| \u2013| \u2014|:| \(|;)\s?(?:an? |the )?$"
)
#: Where a role, a client or who took part is described, and not the person.
_SILENT = re.compile(
    r"\s*(?:role|position|job|job title|vacancy|subject|re|betreff|objet|asunto|onderwerp|client|"
    r"company|interviewers?|panel|attendees|present|stelle|poste|puesto|functie|must have|"
    r"must-haves|requirements|we offer|about (?:us|the role)|the pitch|brief|jd|referees?|"
    r"references|education|hobbies|interests|volunteer\w*)\s*:"
    r"|\s*\W{0,3}(?:scorecard|interview|debrief|panel)\b.{0,40}[-:\u2013\u2014(,]"
)
#: "No events" may be said of an evening, and "no more consulting" may not.
_NO = re.compile(r"\b(?:no|not|without|over|kein\w*|pas d\w|sin|geen)\s*$")
#: "No banking background" is said of what they lack.
_KNOWLEDGE = re.compile(
    r"(?:\w+ )?(?:background|experience|exp|exposure|knowledge|expertise|history|track record|"
    r"erfahrung|kenntnisse|hintergrund|ervaring)\b"
)
#: "She would go back to consulting at a pinch."
_RETURNS = re.compile(
    r"(?:\b(?:would|might|could|can|may|happy to|love to|like to|wants? to|open to|keen to|"
    r"plans? to)|'d)"
    r"(?: \w+)? (?:go|going|return|get|getting|move|moving)(?: back)? (?:into|to|in)(?: the)?\s*$"
)
_REFUSED = Polarity.REFUSES, 0.8
_END = re.compile(r"[().,;/]|[-\u2013]\s|$|\d")
#: So many characters besides it are none.
_EDGE = 2
_HOPES = re.compile(
    r"\b(?:wants?|open to|looking|hop(?:es|ing)|would|fancies|dreams?|targets?|ideal\w*|next|"
    r"after|sucht|cherche|busca|zoekt)\b|'d\b"
)
_OF_A_ROLE = re.compile(r"(?:\w+ ){0,2}(?:role|job|position|vacancy|seat|opening|mandate|search)\b")
#: "listen for a VP seat, aerospace only"
_SEAT = re.compile(r"\b(?:for|a|an|as) [^,.]{0,40}\b(?:seat|role|job|post|position),? (?:in )?$")
#: A clause whose subject is somebody else's business.
_NOT_THEIRS = re.compile(
    r"\b(?:client|clients'|the role|the job|this role|their|they're|we're|we are|our|brief|jd|"
    r"vacancy|husband|wife|partner's|brother|sister|father|mother|friend|my|her|his|your|study|studied|"
    r"degree|msc|bsc|university|thesis|course|for (?:a|an|the))\b[^,;]{0,40}$"
)
#: To have left or be leaving a field is to have been in it.
_LEFT = re.compile(
    r"\b(?:out of|leave|leaving|away from|done with|sick of|tired of|fed up with|bored (?:of|with)|"
    r"had enough of|finished with|through with|over|back (?:to|in|into)|return to)(?: the)?\s*$"
)


_Sense = tuple[Polarity, float]
#: Nothing is said for or against it.
_OPEN: _Sense = (Polarity.HAD, 0.0)


@dataclass(frozen=True, slots=True)
class _Place:
    """A name, with what stands around it in its sentence, in plain small letters."""

    unit: Unit
    mention: Mention
    left: str
    right: str
    kind: SourceKind

    @property
    def named(self) -> str:
        return flat(self.unit.text[self.mention.start : self.mention.end])

    @property
    def is_weak(self) -> bool:
        """Whether it is a ward, a thing or a task as much as an industry."""
        return self.named in _weak()

    @property
    def works(self) -> bool:
        """Whether the words in front say that they work there."""
        return _ends("worked", self.left) or (not self.is_weak and _ends("told", self.left))


def extract(reading: Reading) -> Iterable[Found]:
    """The industries and fields of the people, each once in each sense.

    Only where it is said that somebody works, worked or would work there: not the client's.
    """
    yield from judging.weighed(reading, Kind.DOMAIN, list(_ruled(reading)))


def _ruled(reading: Reading) -> Iterator[Found]:
    seen: set[tuple[str, Polarity, int]] = set()
    for unit in reading.units:
        if reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE:
            continue
        for mention, polarity, confidence in _in_unit(unit, reading.kind):
            key = mention.name, polarity, unit.about
            if key not in seen:
                seen.add(key)
                start, end = unit.start + mention.start, unit.start + mention.end
                value = {"name": mention.name}
                yield Found(Kind.DOMAIN, value, polarity, start, end, confidence, _NAME)


def _in_unit(unit: Unit, kind: SourceKind) -> Iterator[tuple[Mention, Polarity, float]]:
    plain = flat(unit.text)
    if _SILENT.match(plain) or _SILENT.match(f"{flat(unit.heading)}:"):
        return
    before: tuple[int, tuple[_Sense, ...]] | None = None
    for mention in mentions.domains().within(unit.text):
        if mention.manner is not Manner.PLAIN:
            continue
        senses: tuple[_Sense, ...]
        if before is not None and _AND.fullmatch(plain, before[0], mention.start):
            # "In retail and logistics": what is said of the first holds for the next.
            senses = before[1]
        else:
            senses = tuple(_senses(unit, plain, mention, kind))
        before = None
        behind = plain[mention.end :].lstrip(" -")
        if senses and not _pattern("not_behind").match(behind):
            before = mention.end, senses
            for sense in senses:
                yield mention, *sense


def _senses(
    unit: Unit, plain: str, mention: Mention, kind: SourceKind
) -> Iterator[tuple[Polarity, float]]:
    left = plain[max(0, mention.start - _REACH) : mention.start]
    left = _SENTENCES.split(left)[-1]
    right = plain[mention.end : mention.end + _REACH].lstrip()
    place = _Place(unit, mention, left, right, kind)
    within = scope.of(unit.text, mention.start, mention.end)
    sense = _wanted_or_not(place, within)
    if sense is _OPEN:
        sense = None if _OF_A_ROLE.match(right) else _had(place)
    if sense is None:
        return
    yield sense
    if sense[0] == Polarity.REFUSES and _LEFT.search(left):
        yield Polarity.HAD, 0.75


def _wanted_or_not(place: _Place, within: scope.Scope) -> _Sense | None:
    """Whether they want it, or do not. None where it is another's; _OPEN if nothing says so."""
    left, right = place.left, place.right
    if within.supposed and _ends("wanted", left):
        return Polarity.WANTS, 0.75
    is_wish = bool(_pattern("wanted_behind").match(right) or _SEAT.search(left))
    is_ours = within.ours and place.unit.speaker != Speaker.CANDIDATE
    if within.others or is_ours or (within.supposed and not is_wish):
        return None
    if _pattern("refused_behind").match(right) or (_ends("refused", left) and not place.works):
        return _refused(place, within)
    if not is_wish and (within.denied or _DO_NOT.search(left)):
        return (Polarity.REFUSES, 0.75) if _UNWANTED.search(left) else None
    is_wish = is_wish or (_ends("wanted", left) and not place.works)
    if is_wish or (within.wished and not _CAME.search(left)):
        return Polarity.WANTS, 0.8
    return _OPEN


def _refused(place: _Place, within: scope.Scope) -> _Sense | None:
    if _RETURNS.search(place.left) and not within.denied:
        return Polarity.WANTS, 0.75
    if _NO.search(place.left) and _KNOWLEDGE.match(place.right):
        return None
    if place.is_weak and _NO.search(place.left):
        return _REFUSED if _UNWANTED.search(f"{place.left} {place.right}") else None
    return _REFUSED


def _had(place: _Place) -> _Sense | None:
    """Whether it is what they do or did."""
    text, mention = place.unit.text, place.mention
    is_named = _is_in_a_name(text, mention)
    if place.works or (not is_named and _pattern("worked_behind").match(place.right)):
        return Polarity.HAD, 0.85
    is_aside = _BRACKET.search(text[: mention.start]) or _TITLE.match(place.left)
    if is_named or (place.is_weak and not is_aside):
        return None
    if _pattern("told_behind").match(place.right):
        return Polarity.HAD, 0.8
    if _is_told_aside(place):
        return Polarity.HAD, 0.75
    if _is_sure(place):
        return (Polarity.WANTS if _HOPES.search(place.left) else Polarity.HAD), 0.72
    return None


def _is_sure(place: _Place) -> bool:
    """Whether the name alone says enough: it means nothing else, and nobody else is spoken of."""
    start, end = place.mention.start, place.mention.end
    is_all = start < _EDGE and len(place.unit.text) - end < _EDGE
    if place.kind in {SourceKind.TRANSCRIPT, SourceKind.EMAIL} and not is_all:
        return False
    is_theirs = not _NOT_THEIRS.search(place.left) and "?" not in place.right
    return is_theirs and place.named in _sure()


def _is_in_a_name(text: str, mention: Mention) -> bool:
    """Whether it is a part of a company's name: "Calder Insurance"."""
    if not text[mention.start].isupper():
        return False
    before = text[: mention.start].rstrip(" ").rpartition(" ")[2]
    behind = text[mention.end : mention.end + 2]
    is_begun = before[:1].isupper() and before.isalpha()
    return is_begun or (behind[:1] == " " and behind[1:].isupper())


def _is_told_aside(place: _Place) -> bool:
    """Whether it stands aside: "I'm at a bank", "Cinderloft (dev tools)", "Mei / tax / call"."""
    unit, start = place.unit, place.mention.start
    left, right, raw = place.left, place.right, unit.text[:start]
    is_own = unit.speaker == Speaker.CANDIDATE
    is_between = _TITLE.match(raw) and right[:1] in {"/", "|"}
    if is_between or (is_own and _AT_ONE.search(left)):
        return True
    if _NOT_THEIRS.search(left):
        return False
    if _POST.search(left) and (unit.heading or not is_own):
        return True
    if not unit.text[start].islower() or _ROLE.search(left):
        return False
    if _OF_EMPLOYER.search(raw) and _END.match(right):
        return True
    return bool(_BRACKET.search(raw)) and right.startswith(")")


def _ends(name: str, left: str) -> bool:
    """Whether what stands in front ends with one of the patterns."""
    return bool(re.search(rf"(?<!\w)(?:{_joined(name)})\s*$", left))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_joined(name))


@cache
def _joined(name: str) -> str:
    return "|".join(table("domains")[name])


@cache
def _sure() -> frozenset[str]:
    """Names that mean nothing else, in plain letters."""
    return frozenset(flat(spelling) for spelling, _ in names_of(table("domains")["sure"]))


@cache
def _weak() -> frozenset[str]:
    """Names that mean much else, in plain letters."""
    lists = table("domains")
    pairs = (*names_of(lists["weak"]), *names_of(lists["fields"]))
    return frozenset(flat(spelling) for spelling, _ in pairs)
