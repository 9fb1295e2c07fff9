"""Finds titles among words: “Sr. Backend Eng”, “Head of Treasury”, “Einkaufsleiterin”."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from warmbench.insight.flat import flat
from warmbench.insight.tables import table

_TOKEN = re.compile(r"\.?\w(?:[\w+#]|[&'\u2019./-](?=\w))*")
_GAP = re.compile(r"[ \t\u00a0]{1,2}|\.[ \t]|/|[ ]?&[ ]?")
_TIER = re.compile(r"[ ](?:tier|level|grade) ?(?:\d|[ivx]{1,3})\b|[ ](?:i{1,3}|iv)\b")
_TORN = re.compile(r"\w{3,30}- (?:und|en|et|y|and) $")
_MOST_LEFT = 5
_MOST_RIGHT = 4
#: Endings are told apart only where something stands before them.
_LEAST_BEFORE = 3
_JOINTS = frozenset({"and", "&", "to", "und", "et"})


@dataclass(frozen=True, slots=True)
class Title:
    """A title, and where it stands."""

    start: int
    end: int
    #: As one would write it: “fin controller” is “Financial Controller”.
    name: str
    #: A word such as “manager” or “associate” that alone tells next to nothing.
    is_bare: bool
    #: “manager”, “director” and “executive” where its words say so, else "".
    level: str


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    flat: str
    is_capital: bool


def find(text: str, names: Collection[str] = ()) -> list[Title]:
    """The titles in a sentence, in their order. ``names`` are small words of people's names."""
    plain = flat(text)
    words = [
        _Word(match.start(), match.end(), plain[match.start() : match.end()], _is_capital(match[0]))
        for match in _TOKEN.finditer(text)
    ]
    found: list[Title] = []
    at = 0
    while at < len(words):
        strength = _strength(words, at)
        if strength:
            last = _last_head(words, at, text)
            first = _first(words, at, text, found[-1].end if found else 0, names)
            last, is_completed = _completed(words, last, text)
            title = _title(text, plain, words, first, at, last, is_completed=is_completed)
            if title is not None:
                found.append(title)
            at = last
        at += 1
    return found


def _is_capital(word: str) -> bool:
    return word[:1].isupper() or word[1:2].isupper() or word[:1].isdigit()


def _strength(words: list[_Word], at: int) -> str:
    """Whether a word is a title by itself (“strong”), with others (“weak”), or none ("")."""
    word = words[at].flat.rsplit("/", 1)[-1]
    if at + 1 < len(words) and f"{word} {words[at + 1].flat}" in _heads("heads"):
        return "strong"
    if word in _heads("heads"):
        return "strong"
    if word in _heads("weak"):
        return "weak"
    ending = _endings().search(word)
    if ending and ending.start() >= _LEAST_BEFORE and word not in _set("no_endings"):
        return "strong"
    tail = word.rsplit("-", 1)[-1]
    return "strong" if tail != word and (tail in _heads("heads") or tail in _heads("weak")) else ""


def _last_head(words: list[_Word], at: int, text: str) -> int:
    """The last of titles that stand together: “nurse manager”, “tech lead”."""
    last = at
    while last + 1 < len(words) and last - at < 3 and _touch(words[last], words[last + 1], text):
        if not _strength(words, last + 1) or "/" in text[words[last].end : words[last + 1].start]:
            two = f"{words[last].flat} {words[last + 1].flat}"
            if two not in _heads("heads") and not _bridges(words, last, text):
                break
        last += 1
    return last


def _bridges(words: list[_Word], at: int, text: str) -> bool:
    """Whether the word behind leads on to another title: “account sales manager”."""
    after = at + 2
    return (
        after < len(words)
        and words[at].flat in _set("levels") | _set("areas")
        and words[at + 1].flat in _set("levels") | _set("areas")
        and words[at + 1].flat not in _JOINTS
        and _touch(words[at + 1], words[after], text)
        and bool(_strength(words, after))
    )


def _first(words: list[_Word], at: int, text: str, floor: int, names: Collection[str]) -> int:
    """The first word that belongs to the title whose head stands at a place."""
    first, head = at, words[at]
    plain_run = 0
    while first and at - first < _MOST_LEFT and _touch(words[first - 1], words[first], text):
        word = words[first - 1]
        if word.start < floor or word.flat in names or not re.search("[a-z]", word.flat):
            break
        known = word.flat in _set("levels") or word.flat in _set("areas")
        known = known or all(
            one in _set("areas") or one in _set("levels") for one in re.split(r"[/-]", word.flat)
        )
        is_initials = known and text[word.start : word.end].isupper() and len(word.flat) > 1
        if word.flat in _set("stops") and not (known and word.flat in _JOINTS) and not is_initials:
            break
        if not known and not (word.is_capital and head.is_capital and len(word.flat) > 1):
            plain_run += 1
            if plain_run > 2 or word.flat.endswith(("ly", "ing", "ed")) or "'" in word.flat:
                break
            if not _is_led(words, first - 1, text):
                break
        first -= 1
    while first < at and (words[first].flat in _JOINTS or words[first].flat in _set("links")):
        first += 1
    return first


def _is_led(words: list[_Word], at: int, text: str) -> bool:
    """Whether an unknown word can belong to a title: an article or a verb of being is before it."""
    before = at - 1
    if before < 0:
        return True
    if not _touch(words[before], words[at], text):
        return bool(
            re.match(r"\s*[:(\u2013\u2014,-]\s*$", text[words[before].end : words[at].start])
        )
    return words[before].flat in _set("leads") or (
        before > 0
        and words[before - 1].flat in _set("leads")
        and words[before].flat not in _set("stops")
    )


def _completed(words: list[_Word], last: int, text: str) -> tuple[int, bool]:
    """The last word of what stands behind the head and says of what: “Head of Treasury”."""
    if words[last].flat.rsplit("/", 1)[-1] not in _takes_right():
        return _behind_comma(words, last, text)
    end, taken = last, 0
    linked = False
    needs_link = words[last].flat in _set("needs_link")
    while end + 1 < len(words) and taken < _MOST_RIGHT:
        gap = text[words[end].end : words[end + 1].start]
        word = words[end + 1]
        if not re.fullmatch(r"[ \t\u00a0]{1,2}|[ ]?[&/][ ]?", gap):
            break
        if word.flat in _set("links") or word.flat.startswith(("d'", "l'")):
            is_link_only = word.flat in _set("links")
            if is_link_only and not _goes_on(words, end + 1, text):
                break
            linked = True
        elif (
            word.flat in _set("stops")
            or word.flat.isdigit()
            or word.flat in _roles()
            or (not linked and (needs_link or not _completes(word, words[last])))
            or (
                linked
                and taken
                and words[end].flat not in _set("links")
                and not _completes(word, words[last])
            )
        ):
            break
        end += 1
        taken += 1
    while end > last and words[end].flat in _set("links"):
        end -= 1
    return end, end > last


def _goes_on(words: list[_Word], at: int, text: str) -> bool:
    """Whether a link is followed by a word that it can link to: “jefa de compras”, not “de mi”."""
    if at + 1 >= len(words) or not _touch(words[at], words[at + 1], text):
        return False
    after = words[at + 1]
    if words[at].flat in {"en", "y", "et", "und", "and", "&", "for", "fur", "van", "der"}:
        return after.flat in _set("areas") or after.flat in _fields()
    is_known = after.flat in _set("links")
    return is_known or (after.flat not in _set("stops") and not after.flat.isdigit())


def _completes(word: _Word, head: _Word) -> bool:
    """Whether a word says of what somebody is the head: a known field, or any in German."""
    if word.flat in _set("areas") or word.flat in _set("levels") or word.flat in _fields():
        return True
    german = head.flat.endswith(("leiter", "leiterin", "leitung", "referent", "referentin"))
    return german and word.is_capital


def _behind_comma(words: list[_Word], last: int, text: str) -> tuple[int, bool]:
    """“Manager, Data Engineering”."""
    bare = words[last].flat in _set("before_comma")
    if not bare or last + 1 >= len(words) or text[words[last].end : words[last + 1].start] != ", ":
        return last, False
    end = last
    while end + 1 < len(words) and end - last < _MOST_RIGHT:
        word = words[end + 1]
        if not word.is_capital or (word.flat not in _set("areas") and word.flat not in _fields()):
            break
        if end > last and not _touch(words[end], word, text):
            break
        end += 1
    is_alone = last == 0 or not _touch(words[last - 1], words[last], text)
    return (end, True) if end > last and is_alone else (last, False)


def _title(
    text: str, plain: str, words: list[_Word], first: int, at: int, last: int, *, is_completed: bool
) -> Title | None:
    start, end = words[first].start, words[last].end
    is_weak = all(
        _strength(words, number) != "strong" for number in range(max(first, at), last + 1)
    )
    is_alone = first == last and not is_completed
    is_bare = is_weak and is_alone and words[last].flat not in _set("clear_alone")
    if words[last].flat in {"lead", "head", "senior", "support", "principal"} and is_bare:
        return None
    if words[last].flat == "lead" and not is_completed and words[last - 1].flat == "to":
        return None
    if words[last].flat in {"lead", "chief"} and not is_completed:
        # “a data lead” is one, “lead generation” is none.
        following = words[last + 1] if last + 1 < len(words) else None
        if following and _touch(words[last], following, text) and following.flat in _set("areas"):
            return None
    if tier := _TIER.match(plain, end):
        end = tier.end()
    if torn := _TORN.search(text, max(0, start - 40), start):
        start = torn.start()
    said = text[start:end]
    if _set("never_noted") & set(re.findall(r"[a-z]+", plain[start:end])):
        return None
    return Title(start, end, _name(said), is_bare, _level(plain[start:end]))


def _name(said: str) -> str:
    """The title in full words, with the capitals that it was written with or, without any, ours."""
    short = table("titles")["short"]
    pieces = said.replace("\n", " ").split()
    is_small = said == said.lower()
    named: list[str] = []
    for piece in pieces:
        full = short.get(flat(piece).rstrip("."))
        word = (full.title() if piece[:1].isupper() or is_small else full) if full else piece
        if is_small and not full and word not in {"of", "and", "de", "del", "des", "du", "der"}:
            word = word.upper() if word in _initials() else word[:1].upper() + word[1:]
        named.append(word)
    return " ".join(named).strip(" ./&")


@cache
def _initials() -> frozenset[str]:
    """Short words that are written in capitals: “sre”, “hr”, “qa”."""
    known = _heads("heads") | _set("areas")
    vowels = set("aeiouy")
    short = {word for word in known if len(word) <= 4 and word.isalpha()}
    return frozenset(
        {word for word in short if not vowels & set(word)}
        | {"hr", "it", "qa", "ceo", "cfo", "cto", "coo", "cio", "ciso", "ui", "ux", "ai", "icu"}
        | {"sre", "odp", "api", "er", "soc", "seo", "bi", "pm", "rn", "sap", "erp"}
    )


def _level(plain: str) -> str:
    words = re.findall(r"[a-z]+", plain)
    for level, known in table("titles")["levels_of"].items():
        for number, word in enumerate(words):
            before = words[number - 1] if number else ""
            if word in known and before not in {"assistant", "art", "creative", "funeral", "to"}:
                if word == "chief" and "officer" not in words:
                    continue
                return str(level)
    return ""


def _touch(one: _Word, other: _Word, text: str) -> bool:
    return bool(_GAP.fullmatch(text, one.end, other.start))


@cache
def _heads(group: str) -> frozenset[str]:
    return frozenset(one for listed in table("titles")[group].values() for one in _forms(listed))


def _forms(listed: list[str]) -> Iterator[str]:
    for word in listed:
        base, optional, rest = word.partition("(")
        yield base
        if optional:
            yield base + rest.rstrip(")")


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(table("titles")[name])


@cache
def _fields() -> frozenset[str]:
    return frozenset(table("titles")["fields"])


@cache
def _roles() -> frozenset[str]:
    return frozenset(table("titles")["frames"]["roles"])


@cache
def _takes_right() -> frozenset[str]:
    return _set("takes_right")


@cache
def _endings() -> re.Pattern[str]:
    endings = sorted(table("titles")["endings"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(endings)})$")
