"""Reads what people achieved: results with a figure, or with a clear outcome."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from warmbench.insight import context, numbers, scope
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind
from warmbench.insight.tables import table

_NUMBER = re.compile(
    r"[€$£]?\d[\d.,']*\s?(?:%|k\b|m\b|mio\b|x\b|bn\b|per ?cent|percent|prozent|pour ?cent|"
    r"por ciento|procent)?"
)
_YEAR = re.compile(r"(?:19|20)\d\d$")
_PER_CENT = re.compile(
    r"(?:%|per ?cent|prozent|pour ?cent|por ciento|procent|points?|pp|bps|punkte|puntos|punten)"
)
_HOLDS = re.compile(
    r"\b(?:half|third|quarter|fifth|sixth|tenth|halfte|drittel|viertel|moitie|tiers|mitad|"
    r"tercio|tercera parte|helft|derde|kwart|"
    r"double|twice|dozen)\b"
)
_MONEY = re.compile(
    r"[€$£]|\b(?:eur|euros?|usd|gbp|pounds?|dollars?|k|m|mio|million(?:s|en|es)?|millones|"
    r"miljoen|lakh|crore|chf|sek|"
    r"mrd|bn|billion)\b"
)
_FROM_TO = re.compile(
    r"\b(?:from|von|de|del|van|of|na)\b[^;:]{1,45}?\b(?:to|down to|up to|auf|a|a l|naar|al|till|"
    r"into|bis)\b"
)
_INSTEAD = re.compile(
    r"\b(?:instead of|statt|au lieu de|en vez de|en lugar de|in plaats van|rather than)\b"
)
_BY = re.compile(
    r"\b(?:by|um|de|d'|par|en|un|met|door|with|some|about|over|nearly|almost|another|ein|"
    r"mas de)\s*(?:eur|usd|gbp|chf|£|€|\$)?\s*$"
)
_HALVED = re.compile(
    r"\b(?:halv\w+|doubl\w+|tripl\w+|trebl\w+|quadrupl\w+|halbiert\w*|verdoppel\w+|"
    r"verdreifach\w+|duplic?q?\w+|"
    r"gehalveerd|halveerde|verdubbel\w+)\b"
)
_SAVED = re.compile(
    r"\b(?:sav(?:ed|ing|es)|eingespart|gespart|sparte|economis\w+|economies? de|ahorr\w+|"
    r"bespaar\w+|generat\w+|won|"
    r"winning|closed|booked|sold|took out|generier\w+|recovered|collected|cerr[eo]|gan[eo]|"
    r"verkauft|verkocht|vendu|"
    r"vend[io]+|signe|raised)\b"
)
_CLAUSE = re.compile(
    r";|\.\s|\s[\u2013\u2014-]\s|:\s|,\s(?=(?:but|and|which|who|now|wants|is|he|she|i|aber|und|"
    r"mais|pero|maar|base|"
    r"notice|looking)\b)|\s(?:but|aber|mais|pero|maar)\s"
)
_TODO = re.compile(
    r"(?:^|[\s,])(?:to|can|could|would|will|should|must|may|might|zu|soll|kann|wird|pour|para|"
    r"te|kan|zou|"
    r"responsible for|tasked with|aims? (?:to|at)|help(?:s|ing)?)\s*$"
)
_THEY = re.compile(r"\b(?:they(?:'ve| have)?|sie haben|ils ont|han|ze hebben)\s*$")
_DUTY = re.compile(
    r"\b(?:responsible for|verantwortlich fur|responsable de|verantwoordelijk voor|in charge of|"
    r"manages?|managing|"
    r"managed a|owns a|budget of)\b"
)
#: “Took them from quarterly releases to daily ones.”
_TRANSITION = re.compile(
    r"\b(?:took|taking|brought|turned) [\w' ]{2,40}? from [\w' -]{3,40}? to \w"
)
_MOST = 260


def extract(reading: Reading) -> Iterator[Found]:
    """The clauses that tell a result."""
    for at, unit in context.told(reading):
        if reading.kind == SourceKind.RESUME and unit.heading in {"education", "interests"}:
            continue
        if unit.heading in _unfit() or len(unit.text) > 2 * _MOST:
            continue
        plain = context.plain(unit)
        last_end = -1
        for start, end in _clauses(plain):
            sure = _sureness(reading, at, plain, start, end)
            if sure and start >= last_end:
                begin = (
                    start
                    + len(plain[start:end])
                    - len(plain[start:end].lstrip(" ,(-\u2013\u2014*"))
                )
                stop = start + len(plain[start:end].rstrip(" ,;.-\u2013"))
                yield Found(
                    Kind.ACHIEVEMENT, {}, Polarity.HAD, unit.start + begin, unit.start + stop,
                    sure, "achievements.result",
                )  # fmt: skip
                last_end = end
                break


def _clauses(plain: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in _CLAUSE.finditer(plain):
        if match.start() - begin > 12:
            yield begin, match.start()
            begin = match.end()
    if len(plain) - begin > 8:
        yield begin, len(plain)


def _sureness(reading: Reading, at: int, plain: str, start: int, end: int) -> float:
    """How sure a clause tells a result of theirs, 0 where it does not."""
    unit, clause = reading.units[at], plain[start:end]
    if "?" in clause or len(clause) > _MOST or _patterns()["not_results"].search(clause):
        return 0.0
    outcome = _patterns()["outcomes"].search(clause)
    figures = _figures(clause, reading.language)
    sure, place = 0.0, outcome
    for verb in _patterns()["changed"].finditer(clause) if figures else ():
        found = _of_figures(clause, verb, figures)
        if found > sure:
            sure, place = found, verb
    if not sure and _INSTEAD.search(clause) and len(figures) >= 2:
        did = _patterns()["outcome_verbs"].search(clause)
        if did or reading.kind == SourceKind.RESUME:
            sure, place = 0.8, did or _NUMBER.search(clause)
    if not sure and (moved := _moved(clause, figures)):
        sure, place = 0.85, moved
    if not sure and outcome and _patterns()["outcome_verbs"].search(clause):
        sure, place = 0.75, outcome
    if not sure or place is None or _DUTY.search(clause) or context.is_of("relatives", clause):
        return 0.0
    return (
        sure if _is_theirs(unit, plain, start, start + place.start(), start + place.end()) else 0.0
    )


def _is_theirs(unit: Unit, plain: str, start: int, first: int, last: int) -> bool:
    """Whether it was done, by them: not denied, wished, planned, supposed, or of others."""
    sense = scope.of(unit.text, first, last)
    if _TODO.search(plain[max(0, first - 24) : first]) or _THEY.search(plain, start, first):
        return False
    if re.search(
        r"\b(?:client|competitor|the market|industry|unser kunde|le client|el cliente|de klant)\b",
        plain[max(start, first - 30) : first],
    ):
        return False
    return not (sense.denied or sense.supposed or sense.planned or sense.others or sense.wished)


def _figures(clause: str, language: str) -> list[tuple[int, int]]:
    """Where the numbers stand, as figures or words, without years."""
    found = [
        match.span() for match in _NUMBER.finditer(clause) if not _YEAR.match(match[0].strip())
    ]
    found += [match.span() for match in _HOLDS.finditer(clause)]
    if not found:
        found = [
            (one.start, one.end)
            for one in numbers.read(clause, language)
            if not _YEAR.match(clause[one.start : one.end])
        ]
    return sorted(found)


def _of_figures(clause: str, verb: re.Match[str], figures: list[tuple[int, int]]) -> float:
    """How sure the figures of a clause are what its verb changed."""
    near = [one for one in figures if abs(one[0] - verb.end()) < _NEAR]
    if not near:
        return 0.0
    has_money, is_of_time = bool(_MONEY.search(clause)), _is_time(clause)
    is_saved = bool(_SAVED_TIME.match(verb[0])) and is_of_time
    is_by = any(_BY.search(clause[: one[0]]) for one in near)
    tests = (
        (0.92, (len(near) > 1 and _FROM_TO.search(clause)) or _PER_CENT.search(clause)),
        (0.9, _HALVED.search(verb[0])),
        (0.88, _SAVED.search(verb[0]) and (has_money or is_saved)),
        (0.85, is_by and (has_money or is_of_time or _HOLDS.search(clause))),
        (0.85, _INSTEAD.search(clause)),
        (0.8, _DONE.match(verb[0]) and _WITHIN.search(clause)),
    )
    return next((sure for sure, holds in tests if holds), 0.0)


#: Letters between a verb and its figure.
_NEAR = 110
_SAVED_TIME = re.compile(r"sav|eingespart|gespart|sparte|economis|ahorr|bespaar")
_DONE = re.compile(
    r"(?:migrat|moved|rolled|automat|consolidat|replac|eliminat|clear|win|won|closed|clos|"
    r"shipp|deliver|onboard|restor|resolv|finish|complet|open)"
)
_WITHIN = re.compile(
    r"\b(?:in|within|innerhalb|en|binnen) (?:\w+ ){0,4}?(?:days?|weeks?|months?|"
    r"year|quarters?|monaten|wochen|mois|semaines|meses|semanas|maanden|weken)\b"
)


def _moved(clause: str, figures: list[tuple[int, int]]) -> re.Match[str] | None:
    """“Complaint rate fell from 0.9 to 0.1 %”, “tickets down 42 per cent”."""
    for went in _patterns()["went"].finditer(clause):
        if _is_change(clause, went, figures):
            return went
    return _TRANSITION.search(clause)


def _is_change(clause: str, went: re.Match[str], figures: list[tuple[int, int]]) -> bool:
    if len(figures) >= 2 and _FROM_TO.search(clause):
        return True
    after = clause[went.end() : went.end() + 24]
    is_by = re.match(
        r"\s(?:by |um |de |d'|un |een |met |en (?:un )?)?(?:a |ein |about |some |over )?", after
    )
    if figures and is_by and went[0] not in {"von", "now", "went", "ging", "passe", "paso"}:
        start = went.end() + is_by.end()
        close = [one for one in figures if 0 <= one[0] - start <= 8]
        return bool(close) and bool(_PER_CENT.search(clause) or _HOLDS.search(after))
    return False


def _is_time(clause: str) -> bool:
    return bool(re.search(
        r"\b(?:hours?|days?|weeks?|months?|minutes?|hrs|fte|stunden|tagen?|wochen|monaten?|"
        r"minuten|heures|jours|"
        r"semaines|mois|horas|dias|semanas|meses|uren|dagen|weken|maanden)\b", clause
    ))  # fmt: skip


@cache
def _unfit() -> frozenset[str]:
    return frozenset(
        {
            "salary",
            "pay",
            "notice",
            "role",
            "position",
            "money",
            "gehalt",
            "salaire",
            "salario",
            "salaris",
            "education",
        }
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = table("achievements")

    def any_of(listed: Iterable[str]) -> str:
        return "|".join(sorted(set(listed), key=len, reverse=True))

    changed = [word for listed in words["changed"].values() for word in listed]
    return {
        "changed": re.compile(rf"(?<![\w'-])(?:{any_of(changed)})(?![\w'-])"),
        "went": re.compile(rf"(?<![\w'-])(?:{any_of(words['went'])})(?![\w'-])"),
        "outcomes": re.compile(rf"(?<![\w'-])(?:{'|'.join(words['outcomes'])})(?!\w)"),
        "outcome_verbs": re.compile(rf"(?<![\w'-])(?:{any_of(words['outcome_verbs'])})(?!\w)"),
        "not_results": re.compile(rf"(?<![\w'-])(?:{any_of(words['not_results'])})(?!\w)"),
    }
