"""Reads whom somebody recommends as a candidate."""

import re
from collections.abc import Iterator
from functools import cache

from warmbench.insight import context, judging, organisations, scope
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.tables import table

_WORD = r"[A-Z\u00c0-\u00de][\w'\u2019-]+"
_NAME = re.compile(
    rf"(?P<title>(?:Mr|Mrs|Ms|Dr|Herrn?|Frau|M|Mme|Madame|Monsieur|Sra?|Don|Do\u00f1a|Dhr|"
    rf"Mevr|Dra|Prof)\.? )?"
    rf"(?P<name>{_WORD}(?:(?: (?:van der|van den|van de|van|von|de la|de|del|der|di|da|el|al|"
    rf"O'))?[ ]{_WORD}){{0,3}})"
)
_LEADS = re.compile(
    r"\s*(?:[,:(\u2013-]\s*)?(?:(?:my|her|his|their|a|an|one|the|our|old|former|ex|good|"
    r"la doctora|el doctor|el|la|mein|ihr|sein|"
    r"meine[nmrs]?|ihre[nmrs]?|seine[nmrs]?|mon|ma|son|sa|une?|mi|su|mijn|haar|zijn|een) )*"
)


def extract(reading: Reading) -> Iterator[Found]:
    """Those whom somebody names to us as people to talk to about a position."""
    yield from judging.weighed(reading, Kind.REFERRAL, list(_ruled(reading)))


def _ruled(reading: Reading) -> Iterator[Found]:
    if reading.kind == SourceKind.RESUME:
        return
    people = frozenset(word for name in reading.people for word in flat(name).split())
    named: set[str] = set()
    for at, unit in context.told(reading):
        plain = context.plain(unit)
        if _patterns()["never"].search(plain):
            continue
        for begin, end, sure, rule in _in_sentence(reading, at, plain):
            name = unit.text[begin:end]
            words = flat(name).split()
            if set(words) & people or flat(name) in named or _is_no_person(name):
                continue
            named.add(flat(name))
            yield Found(
                Kind.REFERRAL, {"name": name}, Polarity.HAD, unit.start + begin, unit.start + end,
                sure, f"referrals.{rule}",
            )  # fmt: skip


def _in_sentence(reading: Reading, at: int, plain: str) -> Iterator[tuple[int, int, float, str]]:
    unit = reading.units[at]
    is_own = unit.speaker == Speaker.CANDIDATE
    says = bool(_patterns()["says"].search(plain))
    for rule in ("recommends", "talks", "knows"):
        for match in _patterns()[rule].finditer(plain):
            name = _name_behind(unit.text, plain, match.end())
            if name is None or _is_undone(unit, match, plain):
                continue
            is_whole = " " in unit.text[name[0] : name[1]]
            if rule == "recommends" and (is_whole or is_own):
                yield (*name, 0.92 if is_whole else 0.75, rule)
            elif rule == "talks" and is_whole and (is_own or says):
                if is_own and not _is_bidden(plain, match):
                    continue
                yield (*name, 0.85, rule)
            elif rule == "knows" and is_whole and _is_offered(reading, at, plain):
                yield (*name, 0.82, rule)
    yield from _first_named(reading, at, plain)
    if unit.heading in _labels():
        colon = re.compile(r"[^:]{1,50}:\s*").match(plain)
        name = _name_behind(unit.text, plain, colon.end() if colon else 0)
        if name is not None and " " in unit.text[name[0] : name[1]]:
            yield (*name, 0.85, "label")


#: “Who else should I speak to?”
_ASKS_WHO = re.compile(
    r"\b(?:who else|any(?:one|body) else|(?:know|recommend|think of|suggest) (?:any|some)(?:one"
    r"|body)"
    r"|(?:any|some)(?:one|body) (?:you|in your|on your|else|there)|who (?:should|could|would"
    r"|else|might)"
    r"|wen (?:sollte|konnte|kennen|wurden)|kennen sie (?:jemand|wen)|connaissez-vous quelqu"
    r"|qui d'autre"
    r"|conoces? a alguien|a quien|ken je iemand|wie (?:zou|kan|moet) ik|colleagues?|peers?)\b"
)
_OPENS = re.compile(
    r"(?:(?:yes|yeah|well|hm+|um|oh|maybe|perhaps|there's|there is|try|only|ja|es gibt"
    r"|vielleicht|oui"
    r"|peut-etre|il y a|si|quiza|esta|misschien|er is|you could try|possibly|probably)[,.]? ){0,3}"
)
#: “Ben Okafor would be perfect for this.”
_OFFERED = re.compile(
    r",? (?:(?:my|her|his|a|an|our|the) (?:[\w-]+ ){0,3}[\w-]+, )?(?:who )?"
    r"(?:(?:would|might|may|could) (?:well |also |actually )?(?:be (?:interested|open|up for"
    r"|keen|perfect|great|ideal|better|a (?:better|good|great|perfect) (?:fit|match|one))|suit"
    r"|listen)"
    r"|(?:is|'s) (?:also |too |actively |probably )?(?:looking(?! (?:at|into|after|through))"
    r"|open to|interested in (?:a move"
    r"|moving)|worth (?:a call|a chat|calling|talking)|on the market|(?:far "
    r"|much )?better than (?:me|i am|i))"
    r"|looking\b(?! (?:at|into|after|through))|\((?:also )?looking)"
)


def _first_named(reading: Reading, at: int, plain: str) -> Iterator[tuple[int, int, float, str]]:
    """A name that opens a sentence: as an answer to “who else?”, or with what makes them one."""
    unit = reading.units[at]
    colon = plain.rfind(": ") + 2 if ": " in plain else 0
    opening = _OPENS.match(plain, colon)
    name = _name_behind(unit.text, plain, opening.end() if opening else colon)
    if name is None or " " not in unit.text[name[0] : name[1]]:
        return
    asked = context.question(reading.units, at)
    is_first = bool(at) and reading.units[at - 1].part != unit.part
    if "?" in asked and is_first and _ASKS_WHO.search(asked) and unit.speaker == Speaker.CANDIDATE:
        yield (*name, 0.82, "answer")
    elif _OFFERED.match(plain, name[1]):
        yield (*name, 0.8, "offered")


def _name_behind(text: str, plain: str, position: int) -> tuple[int, int] | None:
    """Where the name stands that follows, also behind “her former colleague”."""
    lead = _LEADS.match(plain, position)
    begin = lead.end() if lead else position
    known = _patterns()["knows"].match(plain, begin)
    if known:
        after = _LEADS.match(plain, known.end())
        begin = after.end() if after else known.end()
    match = _NAME.match(text, begin)
    if match is None or (begin == position and begin and text[begin - 1].isalnum()):
        return None
    start, end = match.span("name")
    end -= len(match["name"]) - len(re.sub(r"['\u2019]s?$", "", match["name"]))
    first = flat(text[start:end]).split()[0]
    return None if first in _no_names() else (start, end)


def _is_bidden(plain: str, match: re.Match[str]) -> bool:
    """Whether somebody is asked to do it: “talk to …”, not “I talk to …”."""
    before = plain[: match.start()].rstrip()
    return not re.search(
        r"\b(?:i|we|she|he|they|to|did|i'll|i'd|i've|will|not|never|let me|ich|wir|je|nous|ik)$",
        before,
    )


def _is_undone(unit: Unit, match: re.Match[str], plain: str) -> bool:
    """Whether it is denied or over: “I wouldn't recommend …”, “I talked to …”."""
    sense = scope.of(unit.text, match.start(), match.end())
    if re.search(r"\b(?:not|n't|never|nicht|pas|niet|nunca)\s+(?:\w+\s)?$", plain[: match.start()]):
        return True
    return sense.supposed or (sense.denied and not re.search(r"\b(?:why not|why don't)\b", plain))


def _is_offered(reading: Reading, at: int, plain: str) -> bool:
    """Whether somebody whom they know may be called, by this sentence or the next."""
    following = reading.units[at + 1 : at + 2]
    near = (
        plain
        + " "
        + " ".join(context.plain(one) for one in following if one.part == reading.units[at].part)
    )
    return bool(_patterns()["offers"].search(near))


def _is_no_person(name: str) -> bool:
    found = organisations.at(name, 0)
    return organisations.is_place(name) or bool(found and found.is_told)


@cache
def _no_names() -> frozenset[str]:
    return frozenset(table("referrals")["no_names"])


@cache
def _labels() -> frozenset[str]:
    return frozenset(table("referrals")["labels"])


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = table("referrals")
    return {
        name: re.compile(rf"(?<![\w'-])(?:{'|'.join(words[name])})(?!\w)")
        for name in ("recommends", "talks", "knows", "offers", "says", "never")
    }
