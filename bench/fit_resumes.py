"""Writes the résumés of invented people: in several layouts, with less and more than the truth."""

import random
from dataclasses import dataclass
from datetime import date

from bench.fit_lives import FAMILIAR, STRONG, TODAY, Job, Life, Skill, families, skill_words, words
from bench.fit_pages import Fact, Page, called

_WORK = {
    STRONG: (
        "First point of contact for <{}>", "Responsible for <{}>", "<{}>, from plan to daily use",
        "Introduced colleagues to <{}>", "Led the work on <{}>", "<{}> as the main part of work",
    ),
    2: ("<{}> as part of daily work", "Regular work in <{}>", "Worked on <{}>", "<{}>",
        "Took over tasks in <{}>"),
    FAMILIAR: ("First contact with <{}>", "Looked over shoulders in <{}>", "Basics of <{}>"),
}  # fmt: skip
_DECOYS = (
    "Worked beside the colleagues who did <{}>",
    "The firm relied on <{}>; my part was another",
    "Used results that came out of <{}>",
)
_PROFILES = (
    "{title} with {years} years of work in {domain}.",
    "I am a {title} who likes clear goals and good colleagues.",
    "Reliable, curious and used to working with many sides. {years} years in the field.",
    "",
)
_HEADS = {
    "work": ("EXPERIENCE", "Work experience", "Professional history", "Employment"),
    "skills": ("SKILLS", "Skills and knowledge", "Core competencies", "Technical and other skills"),
    "papers": ("CERTIFICATES", "Licences and certificates", "Further training"),
    "school": ("EDUCATION", "Education"),
}


@dataclass(slots=True)
class Writing:
    """What a résumé is being written of, and what of the truth it came to show."""

    dice: random.Random
    life: Life
    shown: frozenset[str]
    page: Page
    seen: set[str]


def resume(dice: random.Random, life: Life, shown: frozenset[str], page: Page) -> set[str]:
    """Write a résumé of what is to be shown; says which parts of the truth it does show."""
    one = Writing(dice, life, shown, page, set())
    _head(one)
    jobs = [job for job in life.jobs if job.began <= page.said_on]
    order = [_jobs, _skills, _papers]
    if dice.random() < 0.35:
        order = [_skills, _jobs, _papers]
    for part in order:
        part(one, jobs)
    if dice.random() < 0.4:
        page.say(dice.choice(("As of {:%m/%Y}", "Updated {:%B %Y}")).format(page.said_on))
    if dice.random() < 0.5:
        page.say(f"\n{dice.choice(_HEADS['school'])}\nDegree, {life.jobs[0].began.year - 1}")
    return one.seen


def _head(one: Writing) -> None:
    names = words()["people"]
    first, last = one.dice.choice(names["given"]), one.dice.choice(names["family"])
    one.page.say(one.dice.choice(("Curriculum vitae", "Résumé", "CV", f"{first} {last}")))
    lines = [f"{first} {last}", f"{first}.{last}@example.com".lower()]
    one.page.say(one.dice.choice((" | ", "\n")).join(lines))
    if "place" in one.shown:
        country = words()["countries"][one.life.country]["name"]
        place = ("place", {"name": one.life.city, "country": one.life.country}, "had")
        one.page.say(f"<{one.life.city}>, {country}", place)
        one.seen.add("place")
    jobs = [job for job in one.life.jobs if job.began <= one.page.said_on]
    if jobs and (said := one.dice.choice(_PROFILES)):
        years = one.page.said_on.year - one.life.jobs[0].began.year
        one.page.say("\n" + said.format(title=jobs[-1].title, years=years, domain=jobs[-1].domain))
    one.page.say("")


def _day(dice: random.Random, day: date | None, style: int) -> str:
    if day is None:
        return dice.choice(("today", "present", "now"))
    return (day.strftime("%m/%Y"), day.strftime("%b %Y"), str(day.year))[style]


def _jobs(one: Writing, jobs: list[Job]) -> None:
    one.page.say(one.dice.choice(_HEADS["work"]))
    style, sign = one.dice.randrange(3), one.dice.choice(("- ", "• ", "* ", ""))
    order, turn = one.dice.choice(((0, 1, 2), (1, 0, 2), (2, 0, 1))), one.dice.random()
    for job in reversed(jobs):
        number = one.life.jobs.index(job)
        over = job.ended if job.ended and job.ended <= one.page.said_on else None
        began = _day(one.dice, job.began, style)
        parts = (f"<{job.title}>", f"<{job.employer}>", f"{began} - {_day(one.dice, over, style)}")
        title: Fact = ("title", {"name": job.title, "current": over is None}, "had")
        firm: Fact = ("employer", {"name": job.employer, "current": over is None}, "had")
        facts = (firm, title) if order.index(1) < order.index(0) else (title, firm)
        between = " | " if turn < 0.3 else ", " if turn < 0.6 else "\n"
        one.page.say(between.join(parts[n] for n in order), *facts)
        one.seen |= {"rank", f"job:{number}"} if over is None else {f"job:{number}"}
        if f"domain:{number}" in one.shown:
            fact: Fact = ("domain", {"name": job.domain}, "had")
            one.page.say(sign + one.dice.choice(("Industry: <{}>", "A company in <{}>")).format(
                job.domain), fact)  # fmt: skip
            one.seen.add(f"domain:{number}")
        _bullets(one, job, sign, is_last=job is jobs[-1])
        one.page.say("")


def _bullets(one: Writing, job: Job, sign: str, *, is_last: bool) -> None:
    dice, lines = one.dice, []
    if job.people and "scope" in one.shown and job.people == one.life.led:
        fact: Fact = ("scope", {"what": "people", "amount": job.people}, "had")
        lines.append((f"Led <a team of {job.people}>", fact))
        one.seen.add("scope")
    used = [skill for skill in one.life.skills.values() if _during(skill, job, one.page.said_on)]
    top = sorted(used, key=lambda skill: -skill.strength)[: 9 if is_last else 5]
    told_of = [skill for skill in top if f"skill:{skill.name}" in one.shown]
    lines += [_use(one, s, job) for s in told_of if s.strength > FAMILIAR or dice.random() < 0.3]
    if is_last:
        for name in (name for name in one.life.experiences if f"experience:{name}" in one.shown):
            told = next(w for w in families()[one.life.family].experiences if w.name == name)
            said = dice.choice(told.also)
            lines.append((f"<{said[0].upper()}{said[1:]}>", ("achievement", {}, "had")))
            one.seen.add(f"experience:{name}")
    for name in one.life.buzzwords[: dice.choice((0, 0, 1))]:
        wrong: Fact = ("skill", {"name": name}, "had") if dice.random() < 0.12 else None
        lines.append((dice.choice(_DECOYS).format(name), wrong))
    lines += [(duty, None) for duty in dice.sample(families()[one.life.family].duties, 2)]
    dice.shuffle(lines)
    for line, found in lines:
        one.page.say(f"{sign}{line}", *([found] if "<" in line else []))


def _during(skill: Skill, job: Job, until: date) -> bool:
    begin = max(skill.began, job.began)
    end = min(skill.last, job.ended or until, until)
    return (end - begin).days > 120


def _fills(skill: Skill, job: Job) -> bool:
    # Somebody who began with it late in a long job does not say so.
    end = min(skill.last, job.ended or TODAY)
    return (end - max(skill.began, job.began)) > 0.7 * ((job.ended or TODAY) - job.began)


def _use(one: Writing, skill: Skill, job: Job) -> tuple[str, Fact]:
    word = skill_words()[skill.name]
    hint = word.hints and one.dice.random() < 0.18
    name = one.dice.choice(word.hints) if hint else called(one.dice, word.name, word.also)
    one.seen |= {f"skill:{skill.name}", f"last:{skill.name}"}
    if not hint and _fills(skill, job):
        # With the days of the job beside it, its years can be counted.
        one.seen.add(f"years:{skill.name}")
    if skill.strength == FAMILIAR:
        one.seen.add(f"weak:{skill.name}")
    said = one.dice.choice(_WORK[skill.strength]).format(name)
    return said, ("skill", {"name": name}, "had")


def _skills(one: Writing, _: list[Job]) -> None:
    dice, items = one.dice, list[tuple[str, Fact]]()
    for skill in one.life.skills.values():
        if f"skill:{skill.name}" not in one.shown or skill.began > one.page.said_on:
            continue
        is_key = f"always:years:{skill.name}" in one.shown
        if dice.random() < 0.25 and f"skill:{skill.name}" in one.seen and not is_key:
            continue
        items.append(_listed(one, skill))
    for name in one.life.buzzwords:
        if dice.random() < 0.75:
            bare: Fact = ("skill", {"name": name}, "had")
            vague = dice.choice(
                ("<{}>", "<{}>", "familiar with <{}>", "exposure to <{}>", "<{}> (basics)")
            )
            items.append((vague.format(name), bare))
            one.seen |= {f"bare:{name}"} if vague == "<{}>" else set()
    if not items:
        return
    dice.shuffle(items)
    one.page.say(dice.choice(_HEADS["skills"]))
    sign = dice.choice((", ", " · ", "\n", "; "))
    one.page.say(sign.join(said for said, _ in items), *[fact for _, fact in items])
    one.page.say("")


def _listed(one: Writing, skill: Skill) -> tuple[str, Fact]:
    dice, word = one.dice, skill_words()[skill.name]
    name = called(dice, word.name, word.also)
    one.seen.add(f"skill:{skill.name}")
    years = round(skill.years) + (dice.choice((1, 2)) if dice.random() < 0.08 else 0)
    is_key = f"always:years:{skill.name}" in one.shown
    if f"years:{skill.name}" in one.shown and years and (is_key or dice.random() < 0.6):
        one.seen.add(f"years:{skill.name}")
        said = dice.choice(("<{} ({} years)>", "<{}, {} years>", "<{} - {} yrs>"))
        return said.format(name, years), ("skill", {"name": name, "years": years}, "had")
    if skill.strength == FAMILIAR and (f"weak:{skill.name}" in one.shown or dice.random() < 0.5):
        one.seen.add(f"weak:{skill.name}")
        return f"<{name}> ({dice.choice(('basics', 'beginner', 'some'))})", (
            "skill", {"name": name}, "had")  # fmt: skip
    level = " (expert)" if skill.strength == STRONG and dice.random() < 0.25 else ""
    return f"<{name}>{level}", ("skill", {"name": name}, "had")


def _papers(one: Writing, _: list[Job]) -> None:
    held = [name for name in one.life.certificates if f"skill:{name}" in one.shown]
    if not held:
        return
    one.page.say(one.dice.choice(_HEADS["papers"]))
    for name in held:
        one.page.say(f"<{name}>", ("skill", {"name": name}, "had"))
        one.seen.add(f"skill:{name}")
