"""Compares what is said of somebody's work: employer, position, and what they answer for."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from rapidfuzz import fuzz

from warmbench.people import off_limits
from warmbench.shortlists import title_steps
from warmbench.shortlists.models import Change
from warmbench.shortlists.noted import (
    NOTE,
    Found,
    Slots,
    Word,
    found,
    kept,
    overtakes,
    refresh,
    was,
)

Kind = Change.Kind

#: Spellings of one employer are as like as this, of 100, and so is each of their words; or all
#: but the same but for spaces.
_ONE_FIRM, _ONE_WORD, _MISTYPED = 85, 75, 95
#: From so many times as much on it is another scope.
GROWN = 1.5
#: A position that comes with another employer is part of that change, for so long.
_TOGETHER = timedelta(days=60)
#: So many former values are remembered, for sources that lag behind.
_MOST_PAST = 20
#: Words behind an employer's name that make no other of it.
_PART_OF_IT = frozenset(
    {
        *("group", "holding", "holdings", "global", "international", "worldwide", "company"),
        *("services", "solutions", "corporation", "technologies"),
        *("europe", "germany", "deutschland", "france", "uk", "usa", "us", "emea", "dach"),
    }
)
#: Legal forms that are misspelled most.
_FORMS = ("ltd", "gmbh", "limited", "inc", "llc", "plc", "corp", "co")
_MATERIAL = {
    Kind.EMPLOYER: 0.9,
    Kind.PROMOTION: 0.8,
    Kind.LEADERSHIP: 0.85,
    Kind.SCOPE: 0.65,
    Kind.RESPONSIBILITY: 0.5,
}
_MAY_HAVE_LEFT = 0.45
_OF_SCOPE = {
    "people": "Leads {} people",
    "budget": "Answers for a budget of {}",
    "users": "Answers for something that {} people use",
    "revenue": "Answers for revenue of {}",
}


def compare(slots: Slots, said: Sequence[Word]) -> list[Found]:
    """What of the work is other now. ``said`` is in the order of its days."""
    changes: list[Found] = []
    # An employer first: whether a position is a promotion hangs on it.
    for aspect, take in _IN_ORDER:
        for word in said:
            if word.aspect == aspect:
                changes += take(slots, word)
    return changes


def is_one_firm(one: str, other: str) -> bool:
    """Whether two employers, as ``off_limits.key`` spells them, are one: but for typing errors, and
    words that make no other firm of it."""
    if fuzz.ratio(one.replace(" ", ""), other.replace(" ", "")) >= _MISTYPED:
        return True
    first, second = one.split(), other.split()
    if len(first) == len(second):
        # Word by word: of "Morrow Systems" and "Yarrow Systems" too much is the same as a whole.
        alike = [fuzz.ratio(*pair) for pair in zip(first, second, strict=True)]
        return fuzz.ratio(one, other) >= _ONE_FIRM and min(alike) >= _ONE_WORD
    more, less = (first, second) if len(first) > len(second) else (second, first)
    rest = set(more) - set(less)
    return bool(less) and set(less) < set(more) and all(map(_is_part_of_it, rest))


def _is_part_of_it(word: str) -> bool:
    return (
        word in _PART_OF_IT
        or len(word) == 1
        or any(fuzz.ratio(word, form) >= _ONE_WORD for form in _FORMS)
    )


def _employer(slots: Slots, word: Word) -> list[Found]:
    name = off_limits.key(str(word.value))
    if not name:
        return []
    slot = slots.single("employer")
    if slot is None:
        slots.body["employer"] = kept(name, word, said=word.value, n=0, since=_iso(word.since))
        return []
    if is_one_firm(slot["is"], name):
        refresh(slot, word)
        slot["since"] = slot["since"] or _iso(word.since)
        return []
    if not overtakes(word, slot) or _is_stale(slot, name, word, is_one_firm):
        _remember(slot, name)
        return []
    since = _iso(word.since or word.on)
    made = kept(name, word, said=word.value, n=slot["n"] + 1, since=since, was=was(slot))
    slots.body["employer"] = made | {"past": [*slot["past"], slot["is"]][-_MOST_PAST:]}
    sentence = f"Works at {word.value} now (before: {slot['said']})."
    key = _leaving(slot)
    return [
        found(
            *(Kind.EMPLOYER, key, slot["said"], word.value, sentence, word),
            _MATERIAL[Kind.EMPLOYER],
        )
    ]


def _left(slots: Slots, word: Word) -> list[Found]:
    """A sign that they left, without a word on where to."""
    slot = slots.single("employer")
    if slot is None or word.day <= date.fromisoformat(slot["on"]) or slot["is"] in _asked(slots):
        return []
    slots.body["left"] = [*_asked(slots), slot["is"]][-_MOST_PAST:]
    sentence = f"May have left {slot['said']}: {word.value}"
    return [
        found(*(Kind.EMPLOYER, _leaving(slot), slot["said"], None, sentence, word), _MAY_HAVE_LEFT)
    ]


def _leaving(slot: dict[str, Any]) -> str:
    # By whom they leave, and how often they had moved by then: a bounce, a file and a note tell of
    # one change, and who comes back to somebody and leaves again makes another.
    return f"{slot['n']}:{slot['is']}"


def _asked(slots: Slots) -> list[str]:
    return list(slots.body.get("left") or [])


def _title(slots: Slots, word: Word) -> list[Found]:
    title = title_steps.read(str(word.value))
    slot = slots.single("title")
    if not title.plain:
        return []
    if slot is None or not slot["is"]:
        level = slot["level"] if slot else 0
        step = max(title.step, level)
        slots.body["title"] = kept(title.plain, word, said=word.value, level=level, step=step)
        return []
    if title_steps.is_same(slot["is"], title.plain):
        refresh(slot, word)
    elif not overtakes(word, slot) or _is_stale(slot, title.plain, word, title_steps.is_same):
        _remember(slot, title.plain)
    else:
        return _other_title(slots, slot, title, word)
    return []


def _other_title(
    slots: Slots, slot: dict[str, Any], title: title_steps.Title, word: Word
) -> list[Found]:
    has_moved = _came_with_a_move(slots, word)
    level = 0 if has_moved else slot["level"]
    step = max(title.step, level)
    made = kept(title.plain, word, said=word.value, level=level, step=step, was=was(slot))
    slots.body["title"] = made | {"past": [*slot["past"], slot["is"]][-_MOST_PAST:]}
    if has_moved:
        return []
    if step > slot["step"]:
        sentence = f"Is {word.value} now (before: {slot['said']})."
        told = (Kind.PROMOTION, f"{_moves(slots)}:{step}", slot["said"], word.value, sentence, word)
        return [found(*told, _MATERIAL[Kind.PROMOTION])]
    if level == title.step or title_steps.is_like_work(slot["is"], title.plain):
        # The name of a rise that was told before, or other words for the same work.
        return []
    sentence = f"Has another position: {word.value} (before: {slot['said']})."
    key = f"position:{_moves(slots)}:{title.plain}"
    told = (Kind.RESPONSIBILITY, key, slot["said"], word.value, sentence, word)
    return [found(*told, _MATERIAL[Kind.RESPONSIBILITY])]


def _level(slots: Slots, word: Word) -> list[Found]:
    step = title_steps.STEP_OF_LEVEL.get(str(word.value))
    if step is None:
        return []
    slot = slots.single("title")
    if slot is None:
        slots.body["title"] = kept("", word, said="", level=step, step=step)
        return []
    before = slot["step"]
    if step <= before or word.day < date.fromisoformat(slot["on"]):
        return []
    slots.body["title"] = slot | {"insight": word.insight_id, "was": was(slot)}
    slots.body["title"] |= {"level": step, "step": step}
    if _came_with_a_move(slots, word):
        return []
    name = str(word.value).replace("_", " ")
    sentence = f"Is {'an' if name[0] in 'aeiou' else 'a'} {name} now."
    leads = step >= title_steps.LEADS > before
    kind = Kind.LEADERSHIP if leads else Kind.PROMOTION
    key = f"leads:{_moves(slots)}" if leads else f"{_moves(slots)}:{step}"
    told = (kind, key, slot["said"] or None, name, sentence, word)
    return [found(*told, _MATERIAL[kind])]


def _scope(slots: Slots, word: Word) -> list[Found]:
    amount = float(word.value)
    held = slots.body.setdefault("scope", {})
    slot = held.get(word.topic)
    if slot is None:
        held[word.topic] = kept(amount, word, n=0)
        return _first_scope(slots, amount, word)
    if not overtakes(word, slot):
        return []
    grew = amount >= slot["is"] * GROWN
    if not grew and amount * GROWN > slot["is"]:
        # Held against the same amount again next time: who grows little by little grows, too.
        refresh(slot, word)
        return []
    held[word.topic] = kept(amount, word, n=slot["n"] + 1, was=was(slot))
    if not grew:
        return []
    sentence = f"{_of(word.topic, amount)} now (before: {slot['is']:,.0f})."
    key = f"{word.topic}:{_moves(slots)}:{slot['n']}"
    told = (Kind.SCOPE, key, slot["is"], amount, sentence, word)
    return [found(*told, _MATERIAL[Kind.SCOPE])]


def _first_scope(slots: Slots, amount: float, word: Word) -> list[Found]:
    """What it says that somebody answers for something of which we never heard before."""
    title = slots.single("title")
    if slots.is_new(word) or title is None or _came_with_a_move(slots, word):
        return []
    moves, sentence = _moves(slots), f"{_of(word.topic, amount)} now."
    if word.topic != "people":
        kind, key = Kind.RESPONSIBILITY, f"{word.topic}:{moves}"
    elif title["step"] < title_steps.LEADS:
        kind, key = Kind.LEADERSHIP, f"leads:{moves}"
    elif word.is_news:
        kind, key = Kind.SCOPE, f"people:{moves}"
    else:
        return []
    return [found(kind, key, None, amount, sentence, word, _MATERIAL[kind])]


def _of(topic: str, amount: float) -> str:
    return _OF_SCOPE.get(topic, "Answers for {}").format(f"{amount:,.0f}")


def _moves(slots: Slots) -> int:
    """How often they changed employers since we look."""
    slot = slots.single("employer")
    return int(slot["n"]) if slot else 0


def _came_with_a_move(slots: Slots, word: Word) -> bool:
    slot = slots.single("employer")
    if slot is None or not slot["n"]:
        return False
    return abs(word.day - date.fromisoformat(slot["since"] or slot["on"])) <= _TOGETHER


def _is_stale(
    slot: dict[str, Any], name: str, word: Word, is_same: Callable[[str, str], bool]
) -> bool:
    """Whether a file or a profile says what was so once: it lags behind. A person who says so may
    be back."""
    return word.rank > NOTE and any(is_same(one, name) for one in slot["past"])


def _remember(slot: dict[str, Any], name: str) -> None:
    if name not in slot["past"]:
        slot["past"] = [*slot["past"], name][-_MOST_PAST:]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_IN_ORDER: tuple[tuple[str, Callable[[Slots, Word], list[Found]]], ...] = (
    ("left", _left),
    ("employer", _employer),
    ("title", _title),
    ("level", _level),
    ("scope", _scope),
)
