"""Writes notes, mails and talks about invented people: short, partial, sometimes old."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from bench.fit_lives import FAMILIAR, STRONG, Life, Skill, families, skill_words
from bench.fit_pages import Fact, Page, called

#: How a thing is said in a recruiter's note, and by the people themselves.
_SAID: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pay": (
        ("Needs <at least {k}k {currency}> to move.", "Floor <{currency} {amount}>.",
         "Would not go below <{k}k>."),
        ("I would need <at least {amount} {currency} a year>.", "Below <{k}k> I would not move.",
         "It would have to be <{currency} {amount} or more>."),
    ),
    "start": (
        ("Can start <{day}> at the earliest.", "Free from <{day}>.", "Not before <{day}>."),
        ("I could start on <{day}>.", "I cannot begin <before {day}>.", "Free from <{day}>."),
    ),
    "notice": (
        ("Notice period <{months} months>.", "<{months} months> notice."),
        ("My notice period is <{months} months>.", "I have <{months} months> of notice."),
    ),
    "go": (
        ("Would move to <{city}>.", "Open for <{city}>.", "<{city}> would be fine too."),
        ("I could imagine moving to <{city}>.", "<{city}> would work for me as well."),
    ),
    "stay": (
        ("Will not move, <family in {city}>.", "<Not willing to relocate>, house in {city}.",
         "<Stays in {city}>, kids at school."),
        ("<We will not move>, the children go to school in {city}.",
         "I <want to stay in {city}> because of my family."),
    ),
    "remote": (
        ("<Only remote>, no office any more.", "Looks for <fully remote> only."),
        ("I <only take remote jobs> now.", "It has to be <fully remote>, sorry."),
    ),
    "hybrid": (
        ("<Hybrid>, not five days in the office.", "Wants <hybrid>, two days at home at least."),
        ("I want to keep <two days at home>.", "<Hybrid> is a must for me."),
    ),
    "employer": (
        ("Would never work for <{name}>.", "Not <{name}>, had bad talks there."),
        ("Please do not put me forward to <{name}>.", "I would not work for <{name}>."),
    ),
    "domain": (
        ("No <{name}>, on principle.", "Does not want to go into <{name}>."),
        ("I do not want to work in <{name}>.", "Nothing in <{name}>, please."),
    ),
    "unwanted": (
        ("Does not want to do <{name}> any more.", "Done with <{name}>, wants other work."),
        ("I do not want to do <{name}> any more.", "I would rather never touch <{name}> again."),
    ),
    "strong": (
        ("<{name}> strong, about {years} years.", "Deep in <{name}> ({years} y).",
         "{years} years of <{name}>, convincing."),
        ("I have done <{name}> for {years} years now.", "My best side is <{name}>, {years} years."),
    ),
    "works": (
        ("<{name}> solid.", "Uses <{name}> daily.", "OK on <{name}>, {years} y."),
        ("I use <{name}> in my work.", "I work with <{name}> most weeks."),
    ),
    "weak": (
        ("<{name}> only from a course.", "Has only touched <{name}>.", "<{name}>: more theory."),
        ("I have only played with <{name}>.", "<{name}> I know from a training, not from work."),
    ),
    "rusty": (
        ("Has not done <{name}> since {year}.", "<{name}> is rusty, last in {year}."),
        ("I last did <{name}> in {year}.", "I have not used <{name}> since {year}."),
    ),
    "scope": (
        ("Leads <{people} people>.", "Team of <{people}>."),
        ("I lead <a team of {people}>.", "There are <{people} people> in my team."),
    ),
    "experience": (("Has <{told}>.", "<{told}>, good story."), ("We <{told}>, I was in charge.",)),
    "step down": (
        ("Would <go back to work without a team>.", "Fine with <an individual role> again."),
        ("I would gladly <work without a team again>.",),
    ),
    "decoy": (
        ("The firm runs on <{name}>, others do that.", "Wants to learn <{name}>."),
        ("My colleagues do <{name}>, I would like to learn it.", "I read a lot about <{name}>."),
    ),
    "filler": (
        ("Good talk, friendly.", "Call again after the summer.", "Likes the present team."),
        ("Thanks for your call yesterday.", "It was good to talk.", "I am fine where I am."),
    ),
}  # fmt: skip


@dataclass(slots=True)
class Piece:
    """One thing to be said: how, with which words, what is found in it, what it shows."""

    way: str
    words: dict[str, object]
    fact: Fact
    shows: frozenset[str] = field(default_factory=frozenset)


def pieces(dice: random.Random, life: Life, shown: frozenset[str]) -> list[Piece]:
    """Everything that notes could tell of what is to be shown."""
    found = [*_wishes(dice, life), *_refusals(life), *_past(dice, life)]
    found = [one for one in found if one.shows <= shown]
    found += [_skill(dice, one) for one in life.skills.values() if _is_told(dice, one, shown)]
    if life.buzzwords and dice.random() < 0.4:
        name = dice.choice(life.buzzwords)
        wrong: Fact = ("skill", {"name": name}, dice.choice(("wants", "wants", "had")))
        found.append(Piece("decoy", {"name": name}, wrong if dice.random() < 0.5 else None))
    return found


def _is_told(dice: random.Random, skill: Skill, shown: frozenset[str]) -> bool:
    if f"skill:{skill.name}" in shown and dice.random() < 0.3:
        return True
    if f"weak:{skill.name}" in shown and skill.strength == FAMILIAR:
        return True
    return f"last:{skill.name}" in shown and skill.age > 2 and dice.random() < 0.5


def _wishes(dice: random.Random, life: Life) -> Iterator[Piece]:
    yield Piece("pay", _money(life.floor, life.currency), _floor(life.floor, life.currency),
                frozenset({"pay"}))  # fmt: skip
    days = life.free_from.toordinal() - date(2026, 3, 3).toordinal()
    if days % 30 == 0 and days and dice.random() < 0.5:
        told: Fact = ("notice", {"amount": days // 30, "unit": "months"}, "had")
        yield Piece("notice", {"months": days // 30}, told, frozenset({"start"}))
    else:
        yield Piece("start", {"day": life.free_from.strftime("%-d %B %Y")},
                    ("start", {"from": life.free_from.isoformat()}, "wants"),
                    frozenset({"start"}))  # fmt: skip
    for city in life.would_go:
        where: Fact = ("place", {"name": city, "country": life.country}, "wants")
        yield Piece("go", {"city": city}, where, frozenset({f"go:{city}"}))
    if not life.would_go:
        family: Fact = ("constraint", {"what": "family"}, "had")
        yield Piece("stay", {"city": life.city}, family, frozenset({"stay"}))
    if life.mode != "any":
        yield Piece(life.mode, {}, ("remote", {"mode": life.mode}, "wants"), frozenset({"mode"}))


def _refusals(life: Life) -> Iterator[Piece]:
    for kind, way, names in (
        ("employer", "employer", life.refused_employers),
        ("domain", "domain", life.refused_domains),
        ("skill", "unwanted", life.refused_skills),
    ):
        for name in names:
            yield Piece(way, {"name": name}, (kind, {"name": name}, "refuses"),
                        frozenset({"refusal"}))  # fmt: skip


def _past(dice: random.Random, life: Life) -> Iterator[Piece]:
    if life.now.people > 1:
        led: Fact = ("scope", {"what": "people", "amount": life.now.people}, "had")
        yield Piece("scope", {"people": life.now.people}, led, frozenset({"scope"}))
    for name in life.experiences:
        if dice.random() < 0.4:
            word = next(w for w in families()[life.family].experiences if w.name == name)
            yield Piece("experience", {"told": dice.choice(word.also)}, ("achievement", {}, "had"),
                        frozenset({f"experience:{name}"}))  # fmt: skip
    if life.would_step_down and life.rank > 3:
        wish: Fact = ("seniority", {"level": "individual_contributor"}, "wants")
        yield Piece("step down", {}, wish, frozenset({"step down"}))


def _skill(dice: random.Random, skill: Skill) -> Piece:
    word = skill_words()[skill.name]
    name, years = called(dice, word.name, word.also), max(1, round(skill.years))
    shows = {f"skill:{skill.name}"}
    if skill.age > 2:
        fact: Fact = ("skill", {"name": name}, dice.choice(("had", "lacks")))
        return Piece("rusty", {"name": name, "year": skill.last.year}, fact,
                     frozenset(shows | {f"last:{skill.name}"}))  # fmt: skip
    if skill.strength == FAMILIAR:
        fact = ("skill", {"name": name}, dice.choice(("lacks", "lacks", "had")))
        return Piece("weak", {"name": name}, fact if dice.random() < 0.7 else None,
                     frozenset(shows | {f"weak:{skill.name}"}))  # fmt: skip
    way = "strong" if skill.strength == STRONG else "works"
    value: dict[str, object] = {"name": name} | ({"years": years} if way == "strong" else {})
    # Said in the present: it is in use.
    known = shows | {f"last:{skill.name}"}
    known |= {f"years:{skill.name}"} if way == "strong" else set()
    return Piece(way, {"name": name, "years": years}, ("skill", value, "had"), frozenset(known))


def _money(floor: int, currency: str) -> dict[str, object]:
    return {"k": floor // 1000, "amount": f"{floor:,}", "currency": currency}


def _floor(floor: int, currency: str) -> Fact:
    value = {"what": "floor", "low": floor, "currency": currency, "period": "year"}
    return ("pay", value, "wants")


def write(dice: random.Random, told: list[Piece], page: Page) -> set[str]:
    """Write one note, mail or talk of some pieces; says what of the truth it shows."""
    own = page.kind != "note"
    if dice.random() < 0.7:
        page.say(f"{page.said_on:%-d %b %Y}:" if not own else f"Date: {page.said_on:%-d %B %Y}")
    if page.kind == "email":
        page.say("Hello,\n")
    said = [*told, Piece("filler", {}, None)]
    dice.shuffle(said)
    for one in said:
        words = dice.choice(_SAID[one.way][own]).format(**one.words).replace(".>.", ".>")
        facts = [one.fact] if "<" in words else []
        if page.kind == "transcript":
            page.say(f"Recruiter: {dice.choice(_QUESTIONS)}")
            page.say(f"Candidate: {dice.choice(('', '', 'Well, ', 'Hm. '))}{words}", *facts)
        else:
            page.say(words, *facts, end=" ")
    if page.kind == "email":
        page.say("\n\nKind regards")
    return {atom for one in told for atom in one.shows}


_QUESTIONS = ("And what else matters to you?", "Tell me more.", "How about that side of things?",
              "Mm-hm.", "Could you say a little more?")  # fmt: skip


def outdated(dice: random.Random, life: Life, page: Page) -> None:
    """Write an old note whose wishes no longer hold."""
    floor = 1000 * round(life.floor * dice.uniform(0.7, 0.9) / 1000)
    page.say(f"Spoke on {page.said_on:%-d %B %Y}.", end=" ")
    for one in (
        Piece("pay", _money(floor, life.currency), _floor(floor, life.currency)),
        Piece("start", {"day": (then := page.said_on + timedelta(days=90)).strftime("%-d %B %Y")},
              ("start", {"from": then.isoformat()}, "wants")),
    ):  # fmt: skip
        if dice.random() < 0.7:
            page.say(dice.choice(_SAID[one.way][0]).format(**one.words), one.fact, end=" ")
