"""Reads what limits the positions that people can take, and nothing that the law protects."""

import re
from collections.abc import Iterator, Sequence

from warmbench.insight import context, meanings, sayings, scope
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker

_WORDS = "constraint_words"
_KIND, _HAD = Kind.CONSTRAINT, Polarity.HAD
#: The share of right ones. Children are mentioned more often than they are in the way.
_SURE = {
    "visa": 0.88,
    "non_compete": 0.9,
    "study": 0.8,
    "travel": 0.85,
    "hours": 0.82,
    "commute": 0.82,
    "family": 0.74,
    "housing": 0.72,
}
#: They are said by denying something: “no nights”, “cannot travel”.
_DENY = frozenset({"travel", "hours", "commute", "family"})
#: “Cannot start without sponsorship.”
_WITHOUT = re.compile(r"(?:without|ohne|sans|sin|zonder)\b")


def extract(reading: Reading) -> Iterator[Found]:
    """What limits each person, once each. Of health, faith and the like nothing (Art. 9 GDPR)."""
    best: dict[tuple[int, str], Found] = {}
    likely = meanings.by_unit(reading, Kind.CONSTRAINT)
    for _, unit in context.told(reading):
        plain = context.plain(unit)
        if sayings.holds(_WORDS, "never", plain, reading.language):
            continue
        free = list(sayings.find(_WORDS, "free", plain, reading.language))
        said = () if reading.kind == SourceKind.RESUME else _said(reading, unit, plain, free)
        meant = () if free else likely[unit]
        for one in (*said, *(meanings.found(_KIND, {"what": m.what}, _HAD, m) for m in meant)):
            key = unit.about, one.value["what"]
            if key not in best or best[key].confidence < one.confidence:
                best[key] = one
    yield from best.values()


def _said(
    reading: Reading, unit: Unit, plain: str, free: Sequence[sayings.Saying]
) -> Iterator[Found]:
    for said in sayings.find(_WORDS, "limits", plain, reading.language):
        is_free = any(one.start < said.end and said.start < one.end + 2 for one in free)
        if not is_free and _is_meant(unit, said):
            yield Found(
                _KIND,
                {"what": said.what},
                _HAD,
                unit.start + said.start,
                unit.start + said.end,
                _SURE[said.what],
                f"constraints:{said.what}",
            )


def _is_meant(unit: Unit, said: sayings.Saying) -> bool:
    sense = scope.of(unit.text, said.start, said.end)
    if sense.past or (sense.others and unit.speaker != Speaker.CANDIDATE):
        return False
    if said.what in _DENY or not sense.denied:
        return True
    return bool(_WITHOUT.match(context.plain(unit), said.start))
