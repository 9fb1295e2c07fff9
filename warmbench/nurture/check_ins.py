"""Finds the words of check-ins: what they open with, what the market does, which roles go along."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from warmbench.core import sql
from warmbench.insight.kinds import Kind
from warmbench.nurture import openings, snippets
from warmbench.nurture.openings import Past
from warmbench.nurture.readers import Reader
from warmbench.sourcing import merging
from warmbench.sourcing.merging import Told

#: What moves somebody, as one says that one talked about it. Of the others nobody is reminded.
_MOTIVES: Mapping[str, str] = {
    "growth": "where you want to go from here",
    "leadership": "leading people",
    "learning": "what you would like to learn",
    "technology": "the technology that you like to work with",
    "mission": "what your work should be good for",
    "flexibility": "working more flexibly",
}


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that go along with one person's check-in."""

    told: Sequence[Told]

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the template that tell of them: ``role_1``, ``role_1_link``, …"""
        said: dict[str, str] = {}
        for place, one in enumerate(self.told, start=1):
            said[f"role_{place}"] = one.line
            if one.link:
                said[f"role_{place}_link"] = one.link
        return said


def words(readers: Collection[Reader], *, now: datetime) -> dict[int, dict[str, str]]:
    """``opening`` and ``market_note`` for each of these people, by candidate id: a field is left
    out where there is nothing to say. A few questions for all of them."""
    if not readers:
        return {}
    today = now.date()
    since = now - timedelta(days=openings.OLDEST_DAYS)
    values = {
        "ids": [one.candidate_id for one in readers],
        "since": since,
        "motives": list(_MOTIVES),
    }
    facts = {row[0]: row[1:] for row in sql.run(sql.load(__file__, "check_in_facts"), values)}
    rack = snippets.rack(today=today)
    found = {}
    for reader in readers:
        check_ins, opened, notes, role, role_at, piece, piece_at, *talk = facts[reader.candidate_id]
        talked_on, talked_about = _talk(reader, *talk)
        past = Past(
            talked_on=talked_on,
            talked_about=talked_about,
            role=role or "",
            role_on=_day(role_at),
            piece=piece or "",
            piece_on=_day(piece_at),
            employer=reader.employer,
            check_ins=check_ins,
            openings=opened,
        )
        said = {
            "opening": openings.write(past, who=reader.candidate_id, today=today),
            "market_note": rack.choose(reader, had=notes),
        }
        found[reader.candidate_id] = {name: value for name, value in said.items() if value}
    return found


def roles(candidate_ids: Collection[int], *, now: datetime) -> dict[int, Roles]:
    """What goes along with the check-ins of these people: up to three roles that they wait to hear
    of anyway. Who waits for none is not in the answer.

    To be called in the transaction that queues the check-ins, and followed by ``carry`` there.
    """
    told = merging.mergeable(candidate_ids, now=now)
    return {candidate_id: Roles(found) for candidate_id, found in told.items()}


def carry(carried: Mapping[int, Roles], *, now: datetime) -> None:
    """Let the roles go with these check-ins, by the ids of their messages: nobody is told of them a
    second time, and whoever's check-in does not go hears of them as if nothing had been."""
    merging.merge({message: roles.told for message, roles in carried.items()}, now=now)


def _talk(reader: Reader, kind: str, topic: str, said_on: date | None) -> tuple[date | None, str]:
    """When we talked last, and about what: as a recruiter put it, or as it was read in their note
    of it, if that is a later talk or they did not say."""
    if said_on is None or (reader.talked_on is not None and reader.talked_on > said_on):
        return reader.talked_on, reader.talked_about
    if reader.talked_on == said_on and reader.talked_about:
        return reader.talked_on, reader.talked_about
    return said_on, _MOTIVES[topic] if kind == Kind.MOTIVE else topic


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None
