"""Takes a talk apart: who speaks in which line, and who of them is the candidate."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from warmbench.insight.kinds import Speaker
from warmbench.insight.reading import names, words
from warmbench.insight.reading.blocks import Block, Line, is_wrapped

_CLOCK = (
    r"[\[(<]?(?:\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?,? )?"
    r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?[\])>]?"
)
#: “[00:01:12] Ana Ruiz:”, “**Ana:**”, “Ana Ruiz (00:12):”, “Julien :”, “Tom (Acme):”
_LABEL = re.compile(
    rf"(?:{_CLOCK}[ \t]{{0,3}}[-\u2013|]?[ \t]{{0,3}})?(?:\*\*|__|[-\u2013\u2022>][ \t])?"
    r"(?P<who>[^\W\d_][^:\n\uff1a\t*\[(<>{}?!;]{0,40}?)[ \t\u00a0\u202f]?(?:\*\*|__)?"
    rf"(?:[ \t]?[(\[](?P<aside>[^()\[\]\n]{{1,40}})[)\]])?[ \t]?(?:{_CLOCK})?"
    r"[ \t\u00a0\u202f]?[:\uff1a](?:\*\*|__)?(?=\s|$)[ \t]*"
)
#: “Ana Ruiz  00:12” alone in a line, as programs for meetings write it.
_ALONE = re.compile(
    rf"(?P<who>[^\W\d_][^:\n\uff1a\t\[(<>{{}}?!;.]{{0,40}}?)[ \t]{{1,8}}(?P<aside>){_CLOCK}$"
)
#: “Speaker 2”, “Sprecher B”: whoever wrote it down knew no name.
_NAMELESS = re.compile(r"\D{3,20} (?:\d{1,3}|[A-Z])$")
_ONLY_CLOCK = re.compile(rf"{_CLOCK}$")
_MOST_WORDS = 5
#: A line of this length goes on in the next also where that begins with a capital letter.
_WRAPPED_FROM = 60
#: Share of the questions that whoever asks has at least, and how many there have to be.
_ASKS, _QUESTIONS = 0.7, 3
#: How much more often whoever is asked speaks of themself.
_OF_THEMSELF = 1.5
_OPENING = 80


@dataclass(frozen=True, slots=True)
class _Said:
    """Some lines of one speaker."""

    label: str
    #: Where its words stand: lines that were only wrapped are one stretch.
    stretches: tuple[Line, ...]

    def words(self, text: str) -> str:
        """What is said."""
        return text[self.stretches[0].start : self.stretches[-1].end]


def blocks(
    text: str, lines: Sequence[Line], people: Sequence[str], recruiters: Sequence[str]
) -> Iterator[Block]:
    """The turns of a talk. What nobody is named for is somebody else's."""
    said = list(_said(text, lines, frozenset(_labels(text, lines, people, recruiters))))
    who = _cast(text, said, people, recruiters)
    for part, turn in enumerate(said):
        speaker, about = who.get(turn.label, (Speaker.OTHER, 0))
        for stretch in turn.stretches:
            yield Block(stretch.start, stretch.end, part, speaker, about=about)


def thread(
    text: str, lines: Sequence[Line], people: Sequence[str], recruiters: Sequence[str]
) -> tuple[int, int] | None:
    """Where in a note a pasted exchange of messages stands, as numbers of lines. None if nowhere.

    It has at least two who speak by turns, three times or more, each in a line of their own.
    """
    labels = [_label_at(text, line) for line in lines]
    filled = [number for number, line in enumerate(lines) if line.start < line.end]
    first = last = None
    keys: list[str] = []
    for number in filled:
        label = labels[number]
        if label and _is_plainly_a_speaker(label[0], people, recruiters):
            first = number if first is None else first
            last = number
            keys.append(label[0])
    changes = sum(one != other for one, other in pairwise(keys))
    if first is None or last is None or len(set(keys)) < 2 or changes < 2 or len(keys) < 3:
        return None
    while last + 1 < len(lines) and lines[last + 1].start < lines[last + 1].end:
        if not text[lines[last + 1].start].isalpha():
            break
        last += 1
    return first, last + 1


def labelled(text: str, lines: Sequence[Line]) -> int:
    """How many lines begin with a label that comes again, if there are two such labels or more."""
    found = [label[0] for line in lines if (label := _label_at(text, line))]
    counts = Counter(label for label in found if not _is_head(label))
    several = [count for count in counts.values() if count >= 2]
    return sum(several) if len(several) >= 2 else 0


def begins_with_label(text: str, line: Line) -> bool:
    """Whether a line begins with what may be the name of somebody who speaks."""
    label = _label_at(text, line)
    return label is not None and not _is_head(label[0])


def _label_at(text: str, line: Line) -> tuple[str, int] | None:
    """The label that a line begins with, and where its words begin."""
    if line.start == line.end:
        return None
    match = _LABEL.match(text, line.start, line.end) or _ALONE.match(text, line.start, line.end)
    if match is None:
        return None
    who, aside = match["who"].strip(" *_-."), (match["aside"] or "").strip()
    if not who or len(who.split()) > _MOST_WORDS:
        return None
    return (f"{who} ({aside})" if re.search(r"[^\W\d_]", aside) else who), match.end()


def _labels(
    text: str, lines: Sequence[Line], people: Sequence[str], recruiters: Sequence[str]
) -> Iterator[str]:
    """The labels that stand for somebody who speaks."""
    counts: Counter[str] = Counter()
    for line in lines:
        if found := _label_at(text, line):
            counts[found[0]] += 1
    for label, count in counts.items():
        if _is_head(label):
            continue
        if _is_plainly_a_speaker(label, people, recruiters) or count >= 3 or _is_a_name(label):
            yield label


def _is_plainly_a_speaker(label: str, people: Sequence[str], recruiters: Sequence[str]) -> bool:
    if _is_head(label):
        return False
    bare = label.partition(" (")[0]
    known = any(names.is_of(bare, name) for name in (*people, *recruiters))
    return known or _role(label) is not None or words.plain(bare) in {"q", "a"}


def _is_head(label: str) -> bool:
    return words.plain(label.partition(" (")[0]) in words.named("heads")


def _is_a_name(label: str) -> bool:
    bare = label.partition(" (")[0].split()
    return all(
        part[0].isupper() or part.isdigit() or part in {"de", "van", "von", "der", "la"}
        for part in bare
    )


def _role(label: str) -> Speaker | None:
    """By which of the usual words somebody is called who speaks."""
    bare, _, aside = label.partition(" (")
    for said in (words.plain(bare), words.plain(aside)):
        stem = said.rstrip("0123456789 ")
        for speaker in (Speaker.CANDIDATE, Speaker.RECRUITER, Speaker.MANAGER):
            if stem and stem in words.named("speakers", speaker):
                return speaker
    return None


def _said(text: str, lines: Sequence[Line], labels: frozenset[str]) -> Iterator[_Said]:
    """The words of each label: its line and what follows it up to the next label."""
    current = ""
    stretches: list[Line] = []
    for line in lines:
        if line.start == line.end or _ONLY_CLOCK.match(text, line.start, line.end):
            continue
        label = _label_at(text, line)
        if label is None or (label[0] not in labels and not _is_head(label[0])):
            if stretches and is_wrapped(text, stretches[-1], line, from_length=_WRAPPED_FROM):
                stretches[-1] = Line(stretches[-1].start, line.end)
            else:
                stretches.append(line)
            continue
        if stretches:
            yield _Said(current, tuple(stretches))
        current = label[0] if label[0] in labels else ""
        stretches = [Line(label[1], line.end)] if label[1] < line.end else []
    if stretches:
        yield _Said(current, tuple(stretches))


def _cast(
    text: str, said: Sequence[_Said], people: Sequence[str], recruiters: Sequence[str]
) -> dict[str, tuple[Speaker, int]]:
    """Who each label is. Whoever is not surely the candidate is somebody else."""
    labels = list(dict.fromkeys(turn.label for turn in said if turn.label))
    cast: dict[str, tuple[Speaker, int]] = {}
    for label in labels:
        if known := _known(label, labels, people, recruiters):
            cast[label] = known
    unknown = [label for label in labels if label not in cast]
    if any(speaker == Speaker.CANDIDATE for speaker, _ in cast.values()) or not unknown:
        return cast
    if len(unknown) == 1 and len(labels) >= 2:
        [alone] = unknown
        if _may_be(alone, people) and len(labels) == 2:
            cast[alone] = (Speaker.CANDIDATE, 0)
    elif len(labels) == 2 and all(_may_be(label, people) for label in unknown):
        asked = _asked(text, said, labels, people)
        for label in labels if asked else ():
            cast[label] = (Speaker.CANDIDATE if label == asked else Speaker.RECRUITER, 0)
    return cast


def _known(
    label: str, labels: Sequence[str], people: Sequence[str], recruiters: Sequence[str]
) -> tuple[Speaker, int] | None:
    """Who a label is by its own words."""
    bare = label.partition(" (")[0]
    ours, theirs = names.one_of(bare, recruiters), names.one_of(bare, people)
    if ours is not None and theirs is not None:
        whole = names.tokens(bare)
        if (whole == names.tokens(people[theirs])) == (whole == names.tokens(recruiters[ours])):
            return Speaker.OTHER, 0
        ours, theirs = (ours, None) if whole == names.tokens(recruiters[ours]) else (None, theirs)
    if theirs is not None:
        return Speaker.CANDIDATE, theirs
    if ours is not None:
        return Speaker.RECRUITER, 0
    if words.plain(bare) in {"q", "a"}:
        plain = {words.plain(each) for each in labels}
        speaker = Speaker.RECRUITER if words.plain(bare) == "q" else Speaker.CANDIDATE
        return (speaker, 0) if plain >= {"q", "a"} else None
    role = _role(label)
    return None if role is None else (role, 0)


def _may_be(label: str, people: Sequence[str]) -> bool:
    """Whether a label that is not like the candidate's name may be theirs all the same."""
    bare = label.partition(" (")[0]
    return not people or len(names.tokens(bare)) == 1 or _NAMELESS.match(bare) is not None


def _asked(
    text: str, said: Sequence[_Said], labels: Sequence[str], people: Sequence[str]
) -> str | None:
    """Which of two is asked, and so the candidate: by name, or by who asks. None if unclear."""
    one, other = labels
    opposite = {one: other, other: one}
    first = names.tokens(people[0])[0] if people else ""
    votes: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    themself: Counter[str] = Counter()
    length: Counter[str] = Counter()
    for turn in said:
        if turn.label not in opposite:
            continue
        spoken = turn.words(text)
        opening = f" {words.plain(spoken[:_OPENING])} "
        if first and any(f" {word} {first} " in opening for word in words.named("greetings")):
            votes[opposite[turn.label]] += 1
        if first and any(f" {word} {first} " in opening for word in words.named("introductions")):
            votes[turn.label] += 1
        questions[turn.label] += spoken.count("?")
        plain = words.plain(spoken).split()
        themself[turn.label] += sum(word in words.named("first_person") for word in plain)
        length[turn.label] += len(plain)
    if votes[one] != votes[other]:
        return max(labels, key=lambda label: votes[label])
    asker = max(labels, key=lambda label: questions[label])
    total = questions.total()
    if total < _QUESTIONS or questions[asker] < _ASKS * total:
        return None
    asked = opposite[asker]
    if (
        themself[asked] < _OF_THEMSELF * max(1, themself[asker])
        or length[asked] < length[asker] / 2
    ):
        return None
    return asked
