"""Writes job descriptions in the ways in which managers, agencies and templates write them."""

import random

from bench.fit_lives import words
from bench.fit_truth import Asked, Role, named

_MUST_HEADS = ("Requirements", "What you bring", "Must have", "Your profile", "You need",
               "Essential", "Qualifications")  # fmt: skip
_SHOULD_HEADS = ("Ideally", "We would also like", "Desirable", "You should also know",
                 "Important, but can be learnt")  # fmt: skip
_NICE_HEADS = ("Nice to have", "Bonus points", "A plus", "Would be nice")
_TASK_HEADS = ("What you will do", "Your tasks", "The role", "Responsibilities")
_NUMBERS = {3: "three", 5: "five", 7: "seven", 8: "eight", 10: "ten"}
_FLUFF = (
    "We are growing and looking for people who like to take things into their hands.",
    "Flat hierarchies, short ways, and a team that helps each other.",
    "You will get a modern laptop, thirty days of holiday and a budget for training.",
    "We value different views and welcome everybody who can do the work.",
    "Fruit, coffee and a summer party are a matter of course.",
)
_TASKS = (
    "You own your area from the first idea to daily use.",
    "You work closely with colleagues in other departments.",
    "You improve how we work, step by step.",
    "You report to the head of the department.",
    "You represent us towards partners.",
)


def write(dice: random.Random, role: Role) -> tuple[str, dict[str, str]]:
    """A description, and the words of it that ask for each requirement."""
    style = dice.choice((_advert, _advert, _mail, _terse, _flowing))
    text, quotes = style(dice, role)
    return text.replace("p.a..", "p.a."), quotes


def _ask(dice: random.Random, one: Asked) -> str:
    if one.aspect == "domain":
        return dice.choice((
            f"experience in {one.name}", f"a background in {one.name}",
            f"you know {one.name} from the inside",
        ))  # fmt: skip
    if one.aspect == "scope":
        return dice.choice((
            f"you have led a team of at least {one.amount}", f"leadership of {one.amount}+ people",
            f"has managed {one.amount} or more people",
        ))  # fmt: skip
    if one.aspect == "experience":
        return dice.choice((f"experience with {one.name}", f"you have done this: {one.name}"))
    if one.aspect == "title":
        return f"currently {one.name} or in a similar position"
    if one.aspect == "employer":
        return dice.choice((
            f"nobody from {one.name} please (non-solicit)",
            f"we must not approach people who work at {one.name}",
        ))  # fmt: skip
    return _ask_skill(dice, one)


def _ask_skill(dice: random.Random, one: Asked) -> str:
    name = dice.choice((one.name, one.name, one.name, *one.also[:1]))
    fresh = f", used within the last {_NUMBERS.get(one.max_age, str(one.max_age))} years" if (
        one.max_age) else ""  # fmt: skip
    if one.years:
        number = _NUMBERS.get(one.years, str(one.years))
        return dice.choice((
            f"at least {number} years of {name}{fresh}", f"{one.years}+ years with {name}{fresh}",
            f"{number} or more years of practice in {name}{fresh}",
            f"{name} for min. {one.years} years{fresh}",
        ))  # fmt: skip
    if one.strength == 3:
        return dice.choice((f"excellent {name}", f"deep knowledge of {name}",
                            f"very strong in {name}")) + fresh  # fmt: skip
    if one.strength == 2:
        return dice.choice((f"hands-on experience with {name}", f"solid {name}")) + fresh
    return dice.choice((name, name, f"experience with {name}", f"knowledge of {name}")) + fresh


def _of(role: Role, *tiers: str) -> list[Asked]:
    return [one for one in role.asked if one.tier in tiers]


def _bullets(dice: random.Random, asked: list[Asked], quotes: dict[str, str]) -> str:
    sign = dice.choice(("- ", "• ", "* ", "— "))
    lines = []
    for one in asked:
        said = _ask(dice, one)
        said = said[0].upper() + said[1:]
        quotes[named(one)] = said
        lines.append(f"{sign}{said}")
    return "\n".join(lines)


def _where(dice: random.Random, role: Role) -> str:
    country = words()["countries"][role.country]["name"]
    if role.mode == "remote":
        return dice.choice((f"remote within {country}", f"100 % remote ({country})",
                            f"Work from anywhere in {country}"))  # fmt: skip
    if role.mode == "hybrid":
        return dice.choice((f"{role.city}, hybrid (2-3 days in the office)",
                            f"{role.city}, {country} (hybrid, {dice.choice((2, 3))} days on site)",
                            f"hybrid, office in {role.city}"))  # fmt: skip
    return dice.choice((f"{role.city}, on site", f"{role.city}, {country}. On site, five days",
                        f"on-site in {role.city}"))  # fmt: skip


def _money(dice: random.Random, role: Role) -> str:
    low, top = role.pay
    if not top:
        return dice.choice(("", "Attractive pay.", ""))
    return dice.choice((
        f"{role.currency} {low:,} - {top:,} a year",
        f"{low // 1000}-{top // 1000}k {role.currency}",
        f"{role.currency} {low // 1000}k to {top // 1000}k per year",
        f"between {low:,} and {top:,} {role.currency} gross p.a.",
    ))  # fmt: skip


def _when(dice: random.Random, role: Role) -> str:
    begin = dice.choice((role.start_from.strftime("%-d %B %Y"), role.start_from.isoformat()))
    if not role.start_until:
        return dice.choice((f"from {begin}", f"{begin} or later", "as soon as possible"))
    end = role.start_until.strftime("%-d %B %Y")
    return dice.choice((f"from {begin}, {end} at the latest", f"between {begin} and {end}"))


def _advert(dice: random.Random, role: Role) -> tuple[str, dict[str, str]]:
    quotes: dict[str, str] = {}
    parts = [role.title, f"{role.company} · {_where(dice, role)}"]
    parts.append(f"We are a company in {role.domain}. {dice.choice(_FLUFF)}")
    parts.append(f"{dice.choice(_TASK_HEADS)}\n" + "\n".join(dice.sample(_TASKS, 3)))
    parts.append(f"{dice.choice(_MUST_HEADS)}:\n{_bullets(dice, _of(role, 'must'), quotes)}")
    if shoulds := _of(role, "should"):
        parts.append(f"{dice.choice(_SHOULD_HEADS)}:\n{_bullets(dice, shoulds, quotes)}")
    if nices := _of(role, "nice"):
        parts.append(f"{dice.choice(_NICE_HEADS)}:\n{_bullets(dice, nices, quotes)}")
    offer = [f"Start: {_when(dice, role)}"]
    if money := _money(dice, role):
        offer.append(f"Salary: {money}")
    parts.append("\n".join([*offer, dice.choice(_FLUFF)]))
    if never := _of(role, "dealbreaker"):
        parts.append(f"Internal, not for publication:\n{_bullets(dice, never, quotes)}")
    return "\n\n".join(parts) + "\n", quotes


def _terse(dice: random.Random, role: Role) -> tuple[str, dict[str, str]]:
    quotes: dict[str, str] = {}

    def line(head: str, *tiers: str) -> str:
        said = []
        for one in _of(role, *tiers):
            said.append(_ask(dice, one))
            quotes[named(one)] = said[-1]
        return f"{head}: {'; '.join(said)}" if said else ""

    lines = [
        f"{role.title} for {role.company} ({role.domain})",
        f"Where: {_where(dice, role)}",
        line(dice.choice(("MUST", "Must haves", "Non-negotiable")), "must"),
        line(dice.choice(("SHOULD", "Should haves", "Strongly preferred")), "should"),
        line(dice.choice(("NICE", "Nice to have", "Optional")), "nice"),
        line("NO GO", "dealbreaker"),
        f"Start: {_when(dice, role)}",
        f"Pay: {money}" if (money := _money(dice, role)) else "",
    ]
    return "\n".join(one for one in lines if one) + "\n", quotes


def _spoken(
    dice: random.Random, asked: list[Asked], frames: tuple[str, ...], quotes: dict[str, str]
) -> list[str]:
    said = []
    for one in asked:
        words_ = _ask(dice, one)
        quotes[named(one)] = words_
        said.append(dice.choice(frames).format(words_))
    return said


def _mail(dice: random.Random, role: Role) -> tuple[str, dict[str, str]]:
    quotes: dict[str, str] = {}
    must = _spoken(dice, _of(role, "must"), (
        "What I cannot do without: {}.", "Must: {}.", "It has to be somebody with this: {}.",
        "Please send nobody without {}.",
    ), quotes)  # fmt: skip
    should = _spoken(dice, _of(role, "should"), (
        "Ideally {}.", "I would much like to see {}.", "It would matter to us: {}.",
    ), quotes)  # fmt: skip
    nice = _spoken(dice, _of(role, "nice"), ("A plus: {}.", "Nice, but no must: {}."), quotes)
    never = _spoken(dice, _of(role, "dealbreaker"), ("One thing: {}.",), quotes)
    money = _money(dice, role)
    return (
        f"Hi,\n\nwe need a {role.title} at {role.company}, we are in {role.domain}. "
        f"The place: {_where(dice, role)}. {dice.choice(_TASKS)}\n\n{' '.join(must)}\n\n"
        f"{' '.join([*should, *nice])}\n\n{' '.join(never)} We would like somebody to begin "
        f"{_when(dice, role)}. {f'We can pay {money}.' if money else ''}\n\nThanks, and call me!\n"
    ), quotes


def _flowing(dice: random.Random, role: Role) -> tuple[str, dict[str, str]]:
    quotes: dict[str, str] = {}
    must = _spoken(dice, _of(role, "must"), (
        "You bring: {}.", "We require: {}.", "Essential for this post: {}.",
    ), quotes)  # fmt: skip
    should = _spoken(
        dice, _of(role, "should"), ("Preferably: {}.", "We hope for this: {}."), quotes
    )
    nice = _spoken(dice, _of(role, "nice"), ("It is an advantage: {}.", "A bonus: {}."), quotes)
    never = _spoken(dice, _of(role, "dealbreaker"), ("For our recruiters: {}.",), quotes)
    money = _money(dice, role)
    text = (
        f"{role.title} (m/f/d)\n\nFor our team in {role.domain} we are looking for a {role.title}, "
        f"{_where(dice, role)}, {_when(dice, role)}. {dice.choice(_FLUFF)} {dice.choice(_TASKS)}"
        f"\n\n{' '.join(must)} {' '.join(should)} {' '.join(nice)}\n\n"
        f"{f'The pay is {money}. ' if money else ''}{' '.join(never)}\n{role.company}\n"
    )
    return text, quotes
