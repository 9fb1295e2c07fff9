"""Finds everything that the search box leads to, and says why each person was found."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from anyascii import anyascii
from django.db.models import Q, QuerySet
from django.urls import reverse
from rapidfuzz import fuzz

from warmbench.accounts.models import Organisation, User
from warmbench.core.models import AuditEntry
from warmbench.nurture.models import ContentPiece, Pool
from warmbench.nurture.models import Sequence as Plan
from warmbench.people import looks, search
from warmbench.people.models import Candidate, CandidateTag
from warmbench.people.search_words import Word
from warmbench.shortlists.models import RoleProfile
from warmbench.signals import finding, warmth
from warmbench.sourcing.models import Role
from warmbench.web.commands import Command

#: How many of a kind are shown in the palette.
FEW = 6
_WORD = re.compile(r"[\w+#]+")
#: How like a name must be to what was typed, where no name has the words.
_ALIKE = 78
#: So many names are compared letter by letter at most.
_COMPARED = 3_000
#: Letters around the word for which a note is shown.
_AROUND = 40


@dataclass(frozen=True)
class Bit:
    """A piece of a text, and whether it is what was asked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True)
class Why:
    """Where a word was found: “skill”, “note” …, and the text with what was found in it."""

    where: str
    bits: tuple[Bit, ...]


@dataclass(frozen=True)
class Hit:
    """One thing that was found, and the page that it leads to."""

    address: str
    name: tuple[Bit, ...]
    about: str = ""
    icon: str = "candidate"
    why: tuple[Why, ...] = ()
    score: int = 0


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    title: str
    hits: list[Hit] = field(default_factory=list)
    #: The list with all of them, where there may be more.
    more: str = ""


def people(typed: str, *, limit: int, now: datetime) -> tuple[list[Hit], bool]:
    """The people who are meant, the best first, and whether a word was taken for another."""
    found = finding.find(typed, limit=limit)
    ids = dict.fromkeys([*_by_address(typed, limit), *found.candidate_ids])
    rows = Candidate.objects.in_bulk(list(ids)[:limit])
    shown = [rows[pk] for pk in ids if pk in rows]
    tags: dict[int, list[str]] = {}
    carried = CandidateTag.objects.filter(candidate__in=rows).order_by("tag__name")
    for pk, tag_id, name in carried.values_list("candidate", "tag", "tag__name"):
        if any(tag_id in word.tags for word in found.words):
            tags.setdefault(pk, []).append(name)
    scores = warmth.of(list(rows), now=now)
    hits = [_person(one, found.words, tags.get(one.pk, []), scores[one.pk]) for one in shown]
    return hits, found.is_mended


def others(typed: str, *, limit: int) -> list[Group]:
    """Roles and their profiles, pools, sequences, content and colleagues whose names are meant."""
    kinds: list[tuple[str, str, str, QuerySet[Any], tuple[str, ...], str]] = [
        ("Roles", "role", "roles", Role.objects.order_by("-pk"), ("title", "company"), "title"),
        (
            "Role profiles",
            "role-profile",
            "role-profile",
            RoleProfile.objects.filter(retired_at=None),
            ("name",),
            "name",
        ),
        (
            "Pools",
            "pool",
            "pools",
            Pool.objects.filter(archived_at=None),
            ("name", "purpose"),
            "name",
        ),
        ("Sequences", "sequence", "sequences", Plan.objects.all(), ("name",), "name"),
        ("Content", "piece", "note", ContentPiece.objects.all(), ("title",), "title"),
        (
            "Colleagues",
            "work-of",
            "candidates",
            User.objects.filter(is_active=True),
            ("name",),
            "name",
        ),
    ]
    groups = []
    for title, url, icon, rows, fields, called in kinds:
        hits = [
            Hit(reverse(url, args=[pk]), marked(name, typed), icon=icon)
            for pk, name in _named(rows, fields, called, typed)[:limit]
        ]
        if hits:
            groups.append(Group(title, hits))
    return groups


def commands(typed: str, known: Sequence[Command]) -> list[Command]:
    """Of these commands those that are meant; all of them for nothing."""
    words = typed.casefold().split()
    plainly = [one for one in known if all(word in one.label.casefold() for word in words)]
    if plainly or len(typed) < 4:
        return plainly
    return [
        one for one in known if fuzz.partial_ratio(typed.casefold(), one.label.casefold()) >= _ALIKE
    ]


def recent(user: User, *, now: datetime) -> list[Hit]:
    """The people whose pages this user looked at last."""
    looked = AuditEntry.objects.filter(actor_id=user.pk, action=looks.ACTION).order_by("-at", "-pk")
    subjects = looked.values_list("subject", flat=True)[: 3 * FEW]
    ids = dict.fromkeys(int(one.removeprefix("candidate:")) for one in subjects)
    rows = Candidate.objects.in_bulk(list(ids))
    scores = warmth.of(list(rows), now=now)
    return [_person(rows[pk], [], [], scores[pk]) for pk in ids if pk in rows][:FEW]


def marked(text: str, typed: str) -> tuple[Bit, ...]:
    """The text with the words that were typed marked in it."""
    words = [_plain(word) for word in _WORD.findall(typed)]
    return _cut(text, lambda word: next((len(one) for one in words if word.startswith(one)), 0))


def _person(one: Candidate, words: Sequence[Word], tags: Sequence[str], score: int) -> Hit:
    work = " at ".join(part for part in (one.job_title, one.employer) if part)
    about = ", ".join(part for part in (work, one.city) if part)
    name = _cut(one.name, partial(_matched, words=words))
    left = [word for word in words if not _stands_in(one.name, [word])]
    why = []
    for where, text in (
        ("employer", one.employer),
        ("title", one.job_title),
        ("place", f"{one.city} {one.region}".strip()),
        *(("skill", tag) for tag in tags),
        ("talked about", one.last_conversation_topic),
        ("note", one.last_conversation_note),
    ):
        here = [word for word in left if _stands_in(text, [word])]
        if where == "skill":
            here = here or [word for word in left if word.tags]
        if here:
            left = [word for word in left if word not in here]
            why.append(Why(where, _shortened(_cut(text, partial(_matched, words=here)))))
    if left and words:
        why.append(Why("note", (Bit("in a note or a fact"),)))
    return Hit(reverse("candidate", args=[one.pk]), name, about, "candidate", tuple(why), score)


def _by_address(typed: str, limit: int) -> list[int]:
    organisation = Organisation.objects.first()
    country = organisation.default_country if organisation else ""
    return search.reached_at(typed, country=country, most=limit)


def _named(
    rows: QuerySet[Any], fields: Sequence[str], called: str, typed: str
) -> list[tuple[int, str]]:
    wanted = Q()
    for word in typed.split():
        wanted &= Q(*[(f"{one}__icontains", word) for one in fields], _connector=Q.OR)
    plainly = list(rows.filter(wanted).values_list("pk", called)[:FEW])
    if plainly or len(typed) < 4:
        return plainly
    names = rows.values_list("pk", called)[:_COMPARED]
    like = [(fuzz.WRatio(typed.casefold(), name.casefold()), pk, name) for pk, name in names]
    return [(pk, name) for alike, pk, name in sorted(like, reverse=True) if alike >= _ALIKE][:FEW]


def _stands_in(text: str, words: Sequence[Word]) -> bool:
    return any(_matched(_plain(found), words) for found in _WORD.findall(text))


def _matched(word: str, words: Sequence[Word]) -> int:
    """How many letters of this word were asked for."""
    for one in words:
        for spelling in one.spellings:
            if word.startswith(spelling):
                return len(spelling)
        if word in one.meant:
            return len(word)
    return 0


def _cut(text: str, matched: Callable[[str], int]) -> tuple[Bit, ...]:
    def bits() -> Iterator[Bit]:
        at = 0
        for found in _WORD.finditer(text):
            size = matched(_plain(found[0]))
            if size:
                yield Bit(text[at : found.start()])
                # A letter such as "ß" is two without its look.
                end = found.end() if size >= len(found[0]) else found.start() + size
                yield Bit(text[found.start() : end], is_hit=True)
                at = end
        yield Bit(text[at:])

    return tuple(bit for bit in bits() if bit.text)


def _shortened(bits: tuple[Bit, ...]) -> tuple[Bit, ...]:
    """A long text around the first hit in it."""
    first = next((at for at, bit in enumerate(bits) if bit.is_hit), 0)
    if not bits:
        return bits
    before = bits[first - 1].text if first else ""
    after = "".join(bit.text for bit in bits[first + 1 :])
    begin = f"…{before[-_AROUND:]}" if len(before) > _AROUND else before
    end = f"{after[:_AROUND]}…" if len(after) > _AROUND else after
    return tuple(bit for bit in (Bit(begin), bits[first], Bit(end)) if bit.text)


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    return anyascii(word).lower()
