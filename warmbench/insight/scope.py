"""Says in which sense words stand in their sentence: denied, supposed, past, wished, another's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from warmbench.insight.flat import flat
from warmbench.insight.tables import table

#: Words that a denial reaches over, behind it and before it.
_REACH, _REACH_BACK = 12, 5
#: Words that may stand before what is denied by what follows, and behind the denial.
_BEFORE, _BEHIND = 4, 4
_OTHERS_REACH = 14
_GOVERNS = 5
#: Characters on each side that are looked at in a text that is no sentence.
_WINDOW = 600
#: Sentences that are judged again and again while extractors read a text.
_REMEMBERED = 64

_COMMA = re.compile(r",(?!\d)")
_HARD = re.compile(r"[;!\u2026()\[\]]|[.:?](?=\s|$)|\s-{1,2}\s")
_WORD = re.compile(r"[^\W_]+(?:['.&/-][^\W_]+)*")
#: “Denver? Not a chance”, “Paris : non”, “Oracle - no”
_ANSWERED = re.compile(
    r"\s{0,2}(?:[?:=]|-{1,2})\s{0,3}[\"'(]{0,2}(?:absolutely |definitely )?"
    r"(?:no|nope|never|not|non|nein|nee|nunca|jamais|nie|niet|pas|niemals|nooit)\b"
    r"(?! (?:problem|issue|only|just))"
)
#: A name or a number behind “not” is what it denies, and not what stands before it.
_DENIES_NEXT = re.compile(
    r"\s*(?:a|an|the|in|at|for|with|to|as|so|much|one|any|his|her|my|ein\w*|un|une|una|een|la|le|el|im|nach|than)\b|"
    r"\s*\d"
)
_SUBJECT_BETWEEN = re.compile(
    r"\s*(?:i|he|she|they|we|is|are|was|were|would|has|have|ist|war|sind|est|es|esta|c'est|i've|i'd|"
    r"she's|he's|she'd|he'd|\w+'s)\b"
)


class _Mark(StrEnum):
    NO_DENIAL = "no_denials"
    NO_LONGER = "no_longer"
    NO_SUPPOSITION = "no_suppositions"
    NO_PAST = "no_past"
    DENIAL_BEHIND = "denials_behind"
    DENIAL = "denials"
    EXCEPTION = "exceptions"
    OTHERS_BEHIND = "others_behind"
    OTHERS = "others"
    THING = "things"
    SUPPOSITION = "suppositions"
    PAST = "past"
    NOW = "now"
    WISH_BEHIND = "wishes_behind"
    WISH = "wishes"
    PLAN = "plans"
    OURS = "ours"


_DENY = frozenset({_Mark.DENIAL, _Mark.NO_LONGER})


@dataclass(frozen=True, slots=True)
class Scope:
    """In which sense a stretch of a sentence stands there."""

    #: "never used X", "not in London". “No longer” is denied and past.
    denied: bool = False
    #: "if they paid X".
    supposed: bool = False
    #: "used to", "two years ago": true once, perhaps no longer.
    past: bool = False
    #: "wants", "would love", "keep her warm for".
    wished: bool = False
    #: "will", "is going to".
    planned: bool = False
    #: Of the role, the client, a colleague or the market, not of the person.
    others: bool = False
    #: Of “us”: her employer where she speaks, ours where we do ("we use Kafka here").
    ours: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    mark: _Mark
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with all that says in which sense its words stand."""

    plain: str
    marks: tuple[_Found, ...]
    #: Where one clause ends, as the places before and behind what parts them.
    breaks: tuple[tuple[int, int], ...]
    commas: tuple[int, ...]


def of(text: str, start: int, end: int) -> Scope:
    """The scope of ``text[start:end]`` within the sentence ``text``, in five languages."""
    if len(text) > 2 * _WINDOW:
        # No sentence is as long. What is near says it, so that the work is bounded.
        low = max(0, start - _WINDOW)
        start, end, text = start - low, end - low, text[low : end + _WINDOW]
        if len(text) > 2 * _WINDOW:
            end, text = min(end, 2 * _WINDOW), text[: 2 * _WINDOW]
    sentence = _apart(text)
    left = max((after for _, after in sentence.breaks if after <= start), default=0)
    right = min((at for at, _ in sentence.breaks if at >= end), default=len(text))
    if right < left:
        left, right = 0, len(text)
    clause = _Clause(sentence, text, left, start, end, right)
    past = clause.is_past()
    no_longer = clause.denial() == _Mark.NO_LONGER
    return Scope(
        denied=clause.is_denied(),
        supposed=clause.is_supposed(),
        past=past or no_longer,
        wished=clause.is_wished(),
        planned=clause.is_planned(),
        others=clause.is_of_others(),
        ours=bool(clause.before(_Mark.OURS)),
    )


@dataclass(frozen=True, slots=True)
class _Clause:
    """What is asked about, within its clause."""

    sentence: _Sentence
    text: str
    left: int
    start: int
    end: int
    right: int

    def before(self, *marks: _Mark) -> list[_Found]:
        """The marks of these kinds before it, the nearest first."""
        found = [
            one
            for one in self.sentence.marks
            if one.mark in marks and self.left <= one.start and one.end <= self.start
        ]
        return found[::-1]

    def behind(self, *marks: _Mark) -> list[_Found]:
        """The marks of these kinds behind it, the nearest first."""
        return [
            one
            for one in self.sentence.marks
            if one.mark in marks and self.end <= one.start and one.end <= self.right
        ]

    def denial(self) -> _Mark | None:
        """By which kind of denial it is denied."""
        exceptions = self.before(_Mark.EXCEPTION)
        denials = [one for one in self.before(*_DENY) if self._reaches(one)]
        if exceptions and _words(self.sentence.plain[exceptions[0].end : self.start]) <= _BEFORE:
            return None if self.before(*_DENY) else _Mark.DENIAL
        if denials:
            return denials[0].mark
        if _ANSWERED.match(self.sentence.plain, self.end):
            return _Mark.DENIAL
        return self._denied_behind()

    def is_denied(self) -> bool:
        return self.denial() is not None

    def _reaches(self, denial: _Found) -> bool:
        """Whether a denial before it is still in force: over a list, not over a comma alone."""
        between = self.sentence.plain[denial.end : self.start]
        if _words(between) > _REACH:
            return False
        if not _COMMA.search(between):
            return True
        parts = _COMMA.split(between)
        if not parts[0].strip() or any(_words(part) > 3 for part in parts):
            return False
        comma = min((at for at in self.sentence.commas if at >= self.end), default=self.right)
        return bool(_ors().search(between) or _ors().search(self.sentence.plain, self.end, comma))

    def _denied_behind(self) -> _Mark | None:
        """Whether what follows denies it: “Oracle never touched”, “Berlin kommt nicht infrage”."""
        plain = self.sentence.plain
        comma = min((at for at in self.sentence.commas if at >= self.end), default=self.right)
        stop = min(self.right, comma)
        begin = max([self.left, *(at + 1 for at in self.sentence.commas if at < self.start)])
        if _words(plain[begin : self.start]) > _BEFORE:
            return None
        for one in self.behind(_Mark.DENIAL_BEHIND, *_DENY):
            between = plain[self.end : one.start]
            if one.end > stop or _words(between) > _REACH_BACK or re.search(r"\d", between):
                break
            if one.mark == _Mark.DENIAL_BEHIND:
                return _Mark.DENIAL
            after = plain[one.end : stop]
            if _words(after) > _BEHIND or _DENIES_NEXT.match(after):
                continue
            named = self.text[one.end : stop].lstrip()[:1].isupper()
            is_name_denied = named and not _SUBJECT_BETWEEN.match(between)
            if not is_name_denied and (not named or plain[one.start : one.end] != "no"):
                return one.mark
        return None

    def is_supposed(self) -> bool:
        for one in self.before(_Mark.SUPPOSITION):
            between = self.sentence.plain[one.end : self.start]
            if not _COMMA.search(between) and not _thens().search(between):
                return True
        return False

    def is_past(self) -> bool:
        """Whether its part of the sentence is of the past, and no “now” stands between."""
        commas = self.sentence.commas
        begin = max([self.left, *(at + 1 for at in commas if self.left <= at < self.start)])
        stop = min([self.right, *(at for at in commas if at >= self.end)])
        if self._opens_in_the_past(begin):
            return True
        for one in (*self.before(_Mark.PAST), *self.behind(_Mark.PAST)):
            if one.start >= stop or self._is_parted(one):
                continue
            if one.end <= begin:
                continue
            near = self.sentence.plain[min(one.end, self.start) : max(self.start, one.end)]
            is_verb = self.sentence.plain[one.start : one.end].startswith(("was", "were", "war "))
            if is_verb and (one.start >= self.end or _words(near) > _GOVERNS):
                continue
            return True
        return False

    def _opens_in_the_past(self, begin: int) -> bool:
        """Whether the words alone before its first comma are of the past: “Last year, she …”."""
        plain = self.sentence.plain
        comma = plain.rfind(",", 0, begin)
        if comma < 0 or _words(plain[comma:begin]) > 1:
            return False
        low = max((after for _, after in self.sentence.breaks if after <= comma), default=0)
        return _words(plain[low:comma]) <= _GOVERNS and any(
            one.mark == _Mark.PAST and low <= one.start and one.end <= comma
            for one in self.sentence.marks
        )

    def _is_parted(self, past: _Found) -> bool:
        low, high = sorted((past.start, self.start))
        return any(one.mark == _Mark.NOW and low <= one.start < high for one in self.sentence.marks)

    def is_wished(self) -> bool:
        if self.before(_Mark.WISH):
            return True
        return any(
            _words(self.sentence.plain[self.end : one.start]) <= _GOVERNS
            for one in self.behind(_Mark.WISH_BEHIND)
            if not _COMMA.search(self.sentence.plain[self.end : one.start])
        )

    def is_planned(self) -> bool:
        return any(
            _words(self.sentence.plain[one.end : self.start]) <= _REACH
            for one in self.before(_Mark.PLAN)
        )

    def is_of_others(self) -> bool:
        plain = self.sentence.plain
        wishes = self.before(_Mark.WISH)
        for one in self.before(_Mark.OTHERS, _Mark.THING):
            if one.mark == _Mark.THING and not self._acts(one):
                continue
            if _words(plain[one.end : self.start]) <= _OTHERS_REACH:
                return True
        return not wishes and any(
            _words(plain[self.end : one.start]) <= _REACH_BACK
            for one in self.behind(_Mark.OTHERS_BEHIND, _Mark.OTHERS)
            if one.mark == _Mark.OTHERS_BEHIND and not _COMMA.search(plain[self.end : one.start])
        )

    def _acts(self, thing: _Found) -> bool:
        """Whether a thing does something, and nothing is done with it: “the role pays 90k”."""
        plain = self.sentence.plain
        said = _WORD.findall(plain[self.left : thing.start])
        if said and said[-1] in _set("before_objects"):
            return False
        following = _WORD.findall(plain[thing.end : self.start + 1])[:4]
        if plain.startswith("'s", thing.end):
            return True
        return any(word in _set("behind_things") for word in following)


@lru_cache(maxsize=_REMEMBERED)
def _apart(text: str) -> _Sentence:
    plain = flat(text)
    marks = [
        _Found(_Mark(str(match.lastgroup)), match.start(), match.end())
        for match in _marks().finditer(plain)
        # Spanish: “sí” is yes, “si” is if.
        if text[match.start() : match.end()].lower() != "s\u00ed"
    ]
    breaks = [match.span() for match in _HARD.finditer(plain)]
    breaks += [(match.start(), match.end()) for match in _clauses().finditer(plain)]
    # “If they paid 120k”, “Delhi: no”: what is inside of a mark parts nothing.
    inside = [(one.start, one.end) for one in marks]
    kept = sorted(one for one in breaks if not any(a <= one[0] and one[1] <= b for a, b in inside))
    commas = tuple(match.start() for match in _COMMA.finditer(plain))
    return _Sentence(plain, tuple(marks), tuple(kept), commas)


def _words(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(table("scope_words")[name])


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    """Finds every mark; of two at one place the longer, and of two as long the first kind."""
    phrases = [
        (phrase, mark) for mark in _Mark for phrase in _flat(table("scope_words")[mark].values())
    ]
    groups = "|".join(
        rf"(?P<{mark.value}>{'|'.join(_phrase(one) for one, whose in phrases if whose == mark)})"
        for mark in _Mark
    )
    return re.compile(rf"(?<!\w)(?:{groups})(?![\w'])")


@lru_cache(maxsize=1)
def _clauses() -> re.Pattern[str]:
    """What parts clauses besides signs: “but”, or “and she”, “, works”."""
    words = table("scope_words")
    breaks = "|".join(_phrase(one) for one in _flat(words["breaks"]))
    ands = "|".join(words["ands"])
    subjects = "|".join(re.escape(one) for one in words["subjects"])
    verbs = "|".join(re.escape(one) for one in words["verbs"])
    return re.compile(
        rf"(?<!\w)(?:{breaks})(?!\w)|(?:,(?:\s(?:{ands}))?|\s(?:{ands}))\s+"
        rf"(?=(?:(?:also|still|auch|noch|ook|already)\s)?(?:{subjects}|{verbs})(?!\w))"
    )


@lru_cache(maxsize=1)
def _ors() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(table('scope_words')['ors'])}|and|und|et|y|en)(?!\w)")


@lru_cache(maxsize=1)
def _thens() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(table('scope_words')['thens'])})(?!\w)")


def _flat(lists: Iterable[str | list[str]]) -> list[str]:
    flattened: list[str] = []
    for one in lists:
        flattened += [one] if isinstance(one, str) else one
    return sorted(flattened, key=len, reverse=True)


def _phrase(phrase: str) -> str:
    """The pattern of a phrase: “*” is any letters, “...” up to three words."""
    pieces: list[str] = []
    for word in phrase.split():
        if word == "...":
            pieces.append(r"(?:\s+(?:[^\s,;]|,(?=\d))+){0,3}?")
            continue
        letters = re.escape(word).replace(r"\*", r"[\w]{0,14}")
        pieces.append(rf"{letters}" if not pieces else rf"\s+{letters}")
    return "".join(pieces)
