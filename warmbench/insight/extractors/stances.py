"""Reads whether somebody wants another position: what they say of it, never what they may feel."""

from collections.abc import Iterator, Sequence

from warmbench.insight import context, meanings, sayings, scope
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind

_WORDS = "stance_words"
#: The share of right ones by level.
_SURE = {"active": 0.84, "open": 0.82, "later": 0.75, "not_interested": 0.75}
_NOT = ("not", "isn", "nicht", "pas", "ne ", "no ", "niet")
#: How far around “would listen” it is said that it is not for now.
_NEAR = 70


def extract(reading: Reading) -> Iterator[Found]:
    """The last word of each person on whether they want to move: one for each."""
    if reading.kind == SourceKind.RESUME:
        return
    last: dict[int, Found] = {}
    likely = meanings.by_unit(reading, Kind.STANCE)
    for _, unit in context.told(reading):
        for one in _of_sentence(unit, likely[unit], reading.language):
            if _outweighs(one, last.get(unit.about)):
                last[unit.about] = one
    yield from last.values()


def _outweighs(new: Found, old: Found | None) -> bool:
    """Whether it takes the place of what was said before: politeness does not undo a “no”."""
    if old is None:
        return True
    level, before = new.value["level"], old.value["level"]
    if level == "open":
        return before not in {"active", "later"}
    # “Call her in May” is when to ask; whether she is open has been said.
    return not (level == "later" and before in {"open", "active"})


def _of_sentence(unit: Unit, likely: Sequence[meanings.Meant], language: str) -> Iterator[Found]:
    plain = context.plain(unit)
    if plain.rstrip().endswith("?") or sayings.holds(_WORDS, "else", plain, language):
        return
    for part in ("later", "stances"):
        for said in sayings.find(_WORDS, part, plain, language):
            level = _level(unit, plain, said, language)
            if level is not None:
                yield Found(
                    Kind.STANCE,
                    {"level": level},
                    Polarity.WANTS,
                    unit.start + said.start,
                    unit.start + said.end,
                    _SURE[level],
                    f"stances:{level}",
                )
                return
    if likely and not sayings.holds(_WORDS, "only_this", plain, language):
        surest = max(likely, key=lambda one: one.sure)
        yield meanings.found(Kind.STANCE, {"level": surest.what}, Polarity.WANTS, surest)


def _level(unit: Unit, plain: str, said: sayings.Saying, language: str) -> str | None:
    """What it comes to in its sentence, or None where it is not meant."""
    sense = scope.of(unit.text, said.start, said.end)
    if said.what == "not_interested":
        return _refused(plain, said, language)
    if sense.past:
        return None
    if said.what == "later":
        return None if sayings.holds(_WORDS, "soon", plain, language) else "later"
    # “Not looking, but …” denies itself what it denies.
    is_denied = sense.denied and not plain.startswith(_NOT, said.start)
    if is_denied or sense.others or (said.what == "active" and sense.supposed):
        return None
    near = plain[max(0, said.start - _NEAR) : said.end + _NEAR]
    is_later = said.what == "open" and sayings.holds(_WORDS, "times", near, language)
    return "later" if is_later else said.what


def _refused(plain: str, said: sayings.Saying, language: str) -> str | None:
    """Whether it is every other position that is refused, and not one role."""
    if sayings.holds(_WORDS, "only_this", plain, language):
        return None
    after = next(sayings.find(_WORDS, "stances", plain[said.end :], language), None)
    return "open" if after is not None and after.what == "open" else "not_interested"
