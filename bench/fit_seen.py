"""What a team has of somebody: a record, a résumé, notes; less than the truth, and more."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bench import fit_notes, fit_resumes
from bench.fit_lives import FAMILIAR, TODAY, Life, skill_words
from bench.fit_pages import Page
from bench.fit_truth import Asked, Role, Verdict, named

#: How often somebody asked or wrote it down.
_CHANCES = {"place": 0.97, "go": 0.55, "stay": 0.3, "mode": 0.55, "pay": 0.5, "start": 0.45,
            "refusal": 0.7, "rank": 1.0, "job": 1.0, "domain": 0.6, "scope": 0.75,
            "experience": 0.6, "years": 0.65, "last": 0.5, "weak": 0.4, "step down": 0.7,
            }  # fmt: skip
#: What makes a near miss one is mostly written somewhere: else nobody could tell it.
_ALWAYS = 0.985


@dataclass(frozen=True, slots=True)
class Seen:
    """All that there is to read of somebody."""

    texts: dict[str, str]
    dates: dict[str, date]
    facts: list[dict[str, Any]]
    record: dict[str, Any]
    #: Parts of the truth, and which of them can be read anywhere.
    parts: frozenset[str]
    seen: frozenset[str]


def parts(life: Life) -> frozenset[str]:
    """The truth about somebody in parts that may each be written down or not."""
    found = {"place", "pay", "start", "rank"}
    found |= {f"go:{city}" for city in life.would_go} or {"stay"}
    found |= {f"{kind}:{n}" for n in range(len(life.jobs)) for kind in ("job", "domain")}
    found |= {f"experience:{name}" for name in life.experiences}
    found |= {f"skill:{name}" for name in life.certificates}
    for skill in life.skills.values():
        found |= {f"skill:{skill.name}", f"years:{skill.name}"}
        found |= {f"last:{skill.name}"} if skill.age > 1 else set()
        found |= {f"weak:{skill.name}"} if skill.strength == FAMILIAR else set()
    for part, there in (
        ("mode", life.mode != "any"),
        ("refusal", life.refused_employers or life.refused_domains or life.refused_skills),
        ("scope", life.led > 1),
        ("step down", life.would_step_down and life.rank > 3),
    ):
        found |= {part} if there else set()
    return frozenset(found)


def see(dice: random.Random, life: Life, always: frozenset[str]) -> Seen:
    """What was written down of somebody; what is in ``always`` nearly always is."""
    every = parts(life)
    shown = frozenset(
        part
        for part in sorted(every)
        if dice.random() < max(_chance(life, part), _ALWAYS if part in always else 0)
    )
    # What tells a near miss from who fits is not left to chance a second time.
    shown |= {f"always:{part}" for part in always & shown}
    pages: list[Page] = []
    seen: set[str] = set()
    if dice.random() < 0.96:
        old = dice.randint(420, 1200) if dice.random() < 0.2 else dice.randint(5, 380)
        pages.append(Page("resume", "resume", TODAY - timedelta(days=old)))
        seen |= fit_resumes.resume(dice, life, shown, pages[0])
    record, recorded = _record(dice, life, shown)
    seen |= recorded
    seen |= _notes(dice, life, shown, (pages, recorded, always))
    facts = [fact for page in pages for fact in page.facts(dice)] + _profile(dice, life)
    seen |= {"rank", f"job:{len(life.jobs) - 1}"}
    texts = {page.name: page.text for page in pages}
    dates = {page.name: page.said_on for page in pages}
    return Seen(texts, dates, facts, record, every, frozenset(seen))


def _chance(life: Life, part: str) -> float:
    kind, _, name = part.partition(":")
    if kind != "skill":
        return _CHANCES[kind]
    if (skill := life.skills.get(name)) is None:
        return 0.95
    if skill.age > 4:
        return 0.6
    return (0.5, 0.5, 0.94, 0.97)[skill.strength]


def _record(
    dice: random.Random, life: Life, shown: frozenset[str]
) -> tuple[dict[str, Any], set[str]]:
    has = {part: part in shown and dice.random() < 0.45 for part in ("pay", "start", "mode")}
    go = [c for c in life.would_go if f"go:{c}" in shown and dice.random() < 0.5]
    record: dict[str, Any] = {
        "city": life.city if "place" in shown else "",
        "country": life.country if "place" in shown or dice.random() < 0.7 else "",
        "wanted": [
            {"words": c, "city": c, "region": "", "country": life.country}
            for c in (dict.fromkeys([life.city, *go]) if go else [])
        ],
        "remote": life.mode if has["mode"] and life.mode != "any" else "",
        "floor": {"amount": str(life.floor), "currency": life.currency, "period": "year"}
        if has["pay"]
        else None,
        "free_from": life.free_from.isoformat() if has["start"] else None,
    }
    seen = {part for part, there in has.items() if there} | {f"go:{c}" for c in go}
    return record, seen | ({"place"} if "place" in shown else set())


def _notes(
    dice: random.Random,
    life: Life,
    shown: frozenset[str],
    so_far: tuple[list[Page], set[str], frozenset[str]],
) -> set[str]:
    pages, recorded, always = so_far
    told = [
        one
        for one in fit_notes.pieces(dice, life, shown)
        if not (one.shows and one.shows <= recorded) or dice.random() < 0.25
    ]
    count = dice.choices((0, 1, 2, 3), (8, 47, 30, 15))[0] if told else 0
    if always & {"pay", "start", "mode", "refusal"}:
        count = max(count, 1)
    dice.shuffle(told)
    seen: set[str] = set()
    for n in range(count):
        kind = dice.choices(("note", "email", "transcript"), (60, 25, 15))[0]
        name = f"{kind}{n + 1}"
        page = Page(name, kind, TODAY - timedelta(days=dice.randint(2, 300)))
        seen |= fit_notes.write(dice, told[n::count], page)
        pages.append(page)
    if count and dice.random() < 0.15:
        old = Page("note0", "note", TODAY - timedelta(days=dice.randint(420, 900)))
        fit_notes.outdated(dice, life, old)
        pages.append(old)
    return seen


def _profile(dice: random.Random, life: Life) -> list[dict[str, Any]]:
    # What the record of the person says of their job; one in ten was not brought up to date.
    job = life.now if len(life.jobs) == 1 or dice.random() < 0.9 else life.jobs[-2]
    return [
        {
            "kind": kind,
            "value": {"name": name, "current": True},
            "polarity": "had",
            "speaker": "record",
            "about": None,
            "quote": name,
            "start": None,
            "end": None,
            "confidence": 0.9,
            "extractor": "record",
            "valid_from": None,
            "valid_until": None,
            "document": None,
            "said_on": (TODAY - timedelta(days=dice.randint(10, 500))).isoformat(),
        }
        for kind, name in (("title", job.title), ("employer", job.employer))
    ]


def knowable(life: Life, role: Role, verdict: Verdict, seen: Seen) -> bool:
    """Whether what is seen is enough to come to the true verdict.

    Of who fits: each must can be read somewhere. Of who does not: at least one of what is missing
    can be told, be it that it stands there, or that what is asked for stands nowhere.
    """
    if verdict.fits:
        musts = {f"skill:{a.name}" for a in role.asked if a.tier == "must" and a.aspect == "skill"}
        return musts <= seen.seen and ("place" in seen.seen or role.mode == "remote")
    return any(_told(life, role, miss, seen.seen) for miss in verdict.misses)


def _told(life: Life, role: Role, miss: str, seen: frozenset[str]) -> bool:
    kind, _, name = miss.partition(":")
    match kind:
        case "skill" if name in skill_words() and name in life.skills:
            return _lacks(life, next(a for a in role.asked if named(a) == miss), seen)
        case "skill":
            return f"bare:{name}" not in seen
        case "pay" | "start" | "refusal" | "place":
            return kind in seen
        case "remote":
            return "mode" in seen
    return True


def _lacks(life: Life, asked: Asked, seen: frozenset[str]) -> bool:
    skill, name = life.skills[asked.name], asked.name
    return (
        f"skill:{name}" not in seen
        or (skill.strength == FAMILIAR and f"weak:{name}" in seen)
        or (skill.age > (asked.max_age or 4) and f"last:{name}" in seen)
        or (skill.strength < asked.strength and f"last:{name}" in seen)
        or (skill.years < asked.years and f"years:{name}" in seen)
    )
