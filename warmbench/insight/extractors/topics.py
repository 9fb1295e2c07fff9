"""Reads what was talked about at length, only where the text says that it was."""

import re
from collections.abc import Iterator

from warmbench.insight import context, sayings
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind

_WORDS = "topic_words"
_SURE = 0.75
_MOST = 2
_MOST_WORDS = 5
_DETERMINERS = re.compile(
    r"(?:(?:the|a|an|his|her|my|their|our|its|der|die|das|den|dem|ein|eine|einen|seine[nr]?|ihre[nr]?|"
    r"le|la|les|un|une|son|sa|ses|el|los|las|su|sus|una|de|het|een|zijn|haar)\s+|[ld]')"
)
#: The name of the topic ends here.
_END = re.compile(
    r"[.,;:!?()\n\"]|\s(?:and|but|which|that|because|since|where|who|as|at|in|for|with|when|after|before|"
    r"again|today|und|aber|weil|bei|mit|gesprochen|geredet|unterhalten|diskutiert|beklagt|erzahlt|et|mais|"
    r"qui|avec|chez|y|pero|que|con|en|maar|die|omdat|bij|met|gesproken|gepraat|gehad)\b|\s-\s"
)


def extract(reading: Reading) -> Iterator[Found]:
    """At most two topics, named in the words of the text."""
    if reading.kind not in {SourceKind.NOTE, SourceKind.DEBRIEF}:
        return
    names: set[str] = set()
    for _, unit in context.told(reading):
        for found in _of_sentence(unit, reading.language):
            name = found.value["name"]
            if name not in names and len(names) < _MOST:
                names.add(name)
                yield found


def _of_sentence(unit: Unit, language: str) -> Iterator[Found]:
    plain = context.plain(unit)
    for said in sayings.find(_WORDS, "at_length", plain, language):
        start = said.end + len(plain[said.end :]) - len(plain[said.end :].lstrip(" :"))
        while determiner := _DETERMINERS.match(plain, start):
            start = determiner.end()
        stop = _END.search(plain, start)
        end = stop.start() if stop else len(plain)
        words = plain[start:end].split()
        if not 0 < len(words) <= _MOST_WORDS or _is_other(plain[start:end], language):
            continue
        name = " ".join(unit.text[start:end].lower().split())
        yield Found(
            Kind.TOPIC,
            {"name": name},
            Polarity.HAD,
            unit.start + said.start,
            unit.start + end,
            _SURE,
            "topics:said",
        )


def _is_other(name: str, language: str) -> bool:
    return sayings.holds(_WORDS, "elsewhere", name, language)
