"""What truly changes about invented people, who tells of it first, and who tells it again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench import fit_lives as lives
from bench.fit_lives import DIRECTOR, LEAD, MANAGER
from bench.timeline_people import DAYS, FIRST_DAY, Story, fact, profile, scope, tenure, wish
from bench.timeline_variants import varied

_RECORDS = ("ats_sync", "csv_import")
_WORDS = ("reply", "recruiter_note")


def promotion(one: Story, day: int) -> bool:
    """The next title up, at the same firm."""
    state = one.state
    if state.rank >= DIRECTOR:
        return False
    state.rank += 1
    state.title = lives.families()[state.family].titles[state.rank]
    told = [fact("title", {"name": state.title, "current": True}, "had",
                 f"promoted to {state.title}", "reply")]  # fmt: skip
    if state.rank == MANAGER:
        state.people = one.dice.randint(4, 9)
    _told(one, day, {"title": state.title}, told)
    one.changed(day, "promotion", state.title)
    if state.rank >= MANAGER:
        # The title says it, but who only reads titles need not say it twice.
        one.changed(day, "leadership", state.title, required=False, window=(0, DAYS))
        one.changed(day, "scope", state.title, required=False, window=(0, DAYS))
    return True


def employer(one: Story, day: int) -> bool:
    """The same work at another firm; now and then a bounce is the first to know."""
    state, old = one.state, one.state.employer
    while state.employer == old:
        state.employer = lives.employer(one.dice, state.country)
    state.since = FIRST_DAY + timedelta(days=day)
    if one.dice.random() < 0.25:
        source = one.dice.choice(("bounce", "out_of_office"))
        gone = fact("employer", {"name": old, "current": False}, "had",
                    f"is no longer with {old}", source, 0.9)  # fmt: skip
        one.tell(day, source, {}, [gone])
        # Where they went is heard later: to say so is right, and so is not to.
        later = day + one.dice.randint(20, 80)
        one.at(later, lambda at: _told(one, at, {"employer": state.employer}, []))
        one.changed(day, "employer", state.employer, required=False, window=(0, 140))
    else:
        now = fact("employer", {"name": state.employer, "current": True}, "had",
                   f"joined {state.employer}", "reply")  # fmt: skip
        _told(one, day, {"employer": state.employer}, [now])
    one.changed(day, "employer", state.employer)
    tenure(one, state.employer, state.since, day)
    return True


def more_scope(one: Story, day: int) -> bool:
    """At least half as many people again."""
    state = one.state
    if not state.people:
        return False
    state.people = round(state.people * one.dice.uniform(1.6, 2.6)) + 1
    source = one.dice.choice((*_WORDS, "profile_upload"))
    one.tell(day, source, {}, [scope(state.people, f"now {state.people} people", source)])
    one.changed(day, "scope", state.people)
    _echo(one, day, lambda at: _scope_again(one, at))
    return True


def _scope_again(one: Story, day: int) -> None:
    told = scope(one.state.people, f"team of {one.state.people}", "recruiter_note")
    one.tell(day, "recruiter_note", {}, [told])


def skill(one: Story, day: int) -> bool:
    """Something that they could not do before."""
    state, kind = one.state, lives.families()[one.state.family]
    free = [w.name for w in kind.core + kind.related if w.name not in state.skills]
    if not free or not any(event["facts"] for event in one.events):
        return False
    name = one.dice.choice(free)
    state.skills.append(name)
    source = one.dice.choice((*_WORDS, "profile_upload", "ats_sync"))
    if source == "ats_sync":
        one.tell(day, source, {"tags": sorted([*state.skills[:4], name])}, [])
    else:
        quote = one.dice.choice((f"has worked with {name} since January", f"newly {name}",
                                 f"just certified in {name}"))  # fmt: skip
        one.tell(day, source, {}, [fact("skill", {"name": name}, "had", quote, source)])
    one.changed(day, "skill", name)
    _echo(one, day, lambda at: profile(one, at))
    return True


def responsibility(one: Story, day: int) -> bool:
    """More to answer for, with the same title."""
    where = one.dice.choice(("the second site", "the budget of the department", "two more markets",
                             "quality as well", "the contracts with suppliers"))  # fmt: skip
    quote = one.dice.choice((f"has taken over responsibility for {where}",
                             f"is now also responsible for {where}"))  # fmt: skip
    _achieved(one, day, quote, f"since the spring answers for {where} too")
    one.changed(day, "responsibility", where, **{"or": ["project"]})
    return True


def project(one: Story, day: int) -> bool:
    """Something finished, with what came of it."""
    told = one.dice.choice(lives.families()[one.state.family].experiences).also
    _achieved(one, day, told[0], told[1])
    one.changed(day, "project", told[0], **{"or": ["responsibility"]})
    return True


def _achieved(one: Story, day: int, first: str, again: str) -> None:
    source = one.dice.choice((*_WORDS, "profile_upload"))
    one.tell(day, source, {}, [fact("achievement", {}, "had", first, source)])
    if one.dice.random() < 0.3:
        same = one.dice.choice((first, first, again))
        _echo(one, day, lambda at: _achieved_again(one, at, same, is_other=same != first))


def _achieved_again(one: Story, day: int, quote: str, *, is_other: bool) -> None:
    told = fact("achievement", {}, "had", quote, "recruiter_note")
    one.tell(day, "recruiter_note", {}, [told])
    if is_other:
        # In words so different, nobody can be sure that it is the same.
        one.changed(day, "project", quote, required=False, **{"or": ["responsibility"]})


def leadership(one: Story, day: int) -> bool:
    """Leads people, with the title as before."""
    state = one.state
    if state.people or state.rank > LEAD:
        return False
    state.people = one.dice.randint(3, 8)
    source = one.dice.choice((*_WORDS, "profile_upload"))
    quote = one.dice.choice((f"leads {state.people} people now", f"has {state.people} reports"))
    one.tell(day, source, {}, [scope(state.people, quote, source)])
    one.changed(day, "leadership", state.people, **{"or": ["scope"]})
    _echo(one, day, lambda at: _scope_again(one, at))
    return True


def domain(one: Story, day: int) -> bool:
    """Another industry, mostly with another firm."""
    state = one.state
    if not any(told["kind"] == "domain" for event in one.events for told in event["facts"]):
        return False
    others = [d for d in lives.families()[state.family].domains if d != state.domain]
    state.domain = one.dice.choice(others)
    source = one.dice.choice(_WORDS)
    told = [fact("domain", {"name": state.domain}, "had", f"now in {state.domain}", source)]
    if one.dice.random() < 0.6:
        old = state.employer
        while state.employer == old:
            state.employer = lives.employer(one.dice, state.country)
        state.since = FIRST_DAY + timedelta(days=day)
        told.append(fact("employer", {"name": state.employer, "current": True}, "had",
                         f"has moved to {state.employer}", source))  # fmt: skip
        one.changed(day, "employer", state.employer)
    one.tell(day, source, {}, told)
    one.changed(day, "domain", state.domain)
    _echo(one, day, lambda at: profile(one, at))
    return True


def preference(one: Story, day: int) -> bool:
    """A wish that was told before, and is another now."""
    state = one.state
    if not state.wishes:
        return False
    kind = one.dice.choice(sorted(state.wishes))
    before = state.wishes[kind]
    if kind == "pay":
        after = before | {"low": 1000 * round(before["low"] * one.dice.uniform(1.15, 1.4) / 1000)}
    elif kind == "remote":
        after = {"mode": "remote"} if before["mode"] != "remote" else {"mode": "hybrid"}
    else:
        free = [c for c in lives.cities(state.country) if c not in {before["name"], state.city}]
        after = before | {"name": one.dice.choice(free)}
    state.wishes[kind] = after
    source = one.dice.choice(_WORDS)
    one.tell(day, source, {}, [wish(kind, after, source)])
    one.changed(day, "preference", f"{kind}: {after}")
    _echo(one, day, lambda at: _wish_again(one, at, kind))
    return True


def _wish_again(one: Story, day: int, kind: str) -> None:
    told = wish(kind, one.state.wishes[kind], "recruiter_note")
    one.tell(day, "recruiter_note", {}, [told])


def due(one: Story, day: int) -> bool:
    """A day that they named, which comes."""
    ahead = one.dice.randint(60, 200)
    when = FIRST_DAY + timedelta(days=day + ahead)
    what = one.dice.choice(("contract_end", "vesting", "parental_leave", "not_before"))
    quote = {"contract_end": f"contract runs out on {when:%-d %B %Y}",
             "vesting": f"shares vest on {when:%-d %B %Y}",
             "parental_leave": f"back from leave on {when:%-d %B %Y}",
             "not_before": f"not before {when:%-d %B %Y}"}[what]  # fmt: skip
    source = one.dice.choice(_WORDS)
    value = {"what": what, "from": when.isoformat()}
    one.tell(day, source, {}, [fact("event", value, "plans", quote, source)])
    # That they name a day may be told at once too: it is a wish, or it is none.
    one.changed(day, "preference", quote, required=False)
    if day + ahead < DAYS - 10:
        one.changed(day + ahead, "due", quote, window=(-30, 7))
    return True


def _told(one: Story, day: int, record: dict[str, Any], facts: list[dict[str, Any]]) -> None:
    """By one source now, and by others in other words later."""
    source = one.dice.choice((*_RECORDS, *(_WORDS if facts else ()), "profile_upload"))
    if source in _RECORDS:
        one.tell(day, source, record, [])
    elif source in _WORDS:
        speaker = "recruiter" if source == "recruiter_note" else "candidate"
        one.tell(day, source, {}, [told | {"speaker": speaker} for told in facts])
    else:
        profile(one, day)
    for _ in range(one.dice.choice((0, 1, 1, 2))):
        _echo(one, day, lambda at: _again(one, at, record))


def _again(one: Story, day: int, record: dict[str, Any]) -> None:
    if one.dice.random() < 0.4:
        profile(one, day)
    else:
        now = {field: varied(one.dice, field, getattr(one.state, field)) for field in record}
        one.tell(day, one.dice.choice(_RECORDS), now, [])


def _echo(one: Story, day: int, act: Callable[[int], None]) -> None:
    one.at(day + one.dice.randint(3, 45), act)


CHANGES = {
    promotion: 22, employer: 26, more_scope: 10, skill: 16, responsibility: 10, project: 10,
    leadership: 10, domain: 8, preference: 18, due: 14,
}  # fmt: skip
