"""Takes in the roles that an ATS has, as a file of roles is taken in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from warmbench.integrations.ats.things import Role as Theirs
from warmbench.messaging.inbound.html_text import text_of
from warmbench.sourcing import descriptions, role_words, roles
from warmbench.sourcing.descriptions import DescriptionError
from warmbench.sourcing.models import Role
from warmbench.sourcing.role_check import LONGEST_DESCRIPTION, MOST_SKILLS
from warmbench.sourcing.role_words import Known, Said
from warmbench.sourcing.roles import Draft, InvalidRoleError, MoveError, Skill

#: Roles are told apart by what can be wrong with them; without a title there is none.
_LONGEST_TITLE = 160
_WANTED = (Role.State.OPEN, Role.State.ON_HOLD)
#: What is left out of a role if it cannot be understood, by the field that is wrong.
_SAID_BY = {
    "specialty_id": "specialty",
    "seniority_id": "seniority",
    "skills": "required_skills",
}
_PAY = ("pay_min", "pay_max", "pay_currency", "pay_period")


@dataclass(frozen=True)
class Openings:
    """Takes the roles of one source in."""

    source: str
    #: Their users, and whom they mean here.
    owners: Mapping[str, int]
    known: Known
    now: datetime

    def take_in(self, found: Iterable[Theirs]) -> dict[str, str]:
        """Take roles in, in the caller's transaction. Returns what could not be taken of them, by
        their ids there, in a sentence each; blank where all could."""
        return {one.external_id: self._take(one) for one in found}

    def _take(self, theirs: Theirs) -> str:
        said = _said(theirs)
        problem = ""
        for _ in range(2):
            try:
                with transaction.atomic():
                    return self._store(theirs, said) or problem
            except (InvalidRoleError, MoveError) as error:
                problem = str(error)
                wrong = getattr(error, "problems", {})
                said = _without(said, wrong)
        return problem

    def _store(self, theirs: Theirs, said: dict[str, Said]) -> str:
        """Returns what it lacks to be what they say it is."""
        role = Role.objects.filter(source=self.source, external_id=theirs.external_id).first()
        owner_id = self.owners.get(theirs.owner_id)
        base = Draft(title="", owner_id=owner_id) if role is None else roles.draft_of(role)
        draft = role_words.understand(said, self.known, base=base).draft
        if not draft.skills and theirs.state in _WANTED:
            draft = replace(draft, skills=self._proposed(draft.description))
        via = f"ats: {self.source}"
        if role is None:
            role = roles.create(
                draft, by_id=None, now=self.now, source=self.source,
                external_id=theirs.external_id, via=via,
            )  # fmt: skip
        else:
            roles.edit(role.pk, draft, by_id=None, now=self.now, via=via, base=base)
        if theirs.state == Role.State.OPEN and not draft.skills:
            return "It names no skill that we know, so nobody could be matched: it stays as it is."
        if theirs.state in Role.State.values and theirs.state != Role.State.DRAFT:
            roles.change_state(role.pk, theirs.state, by_id=None, now=self.now, via=via)
        return ""

    def _proposed(self, description: str) -> tuple[Skill, ...]:
        try:
            found = descriptions.propose(description, vocabulary=self.known.vocabulary)
        except DescriptionError:
            return ()
        proposed = {
            one.value.tag_id: Skill(one.value.tag_id, one.value.is_required, one.quote.around)
            for one in found.skills
        }
        return tuple(proposed.values())[:MOST_SKILLS]


def _said(theirs: Theirs) -> dict[str, Said]:
    """What they say of it; a blank says nothing."""
    text = theirs.description
    if "<" in text and ">" in text:
        text = text_of(text)
    said: dict[str, Said] = {
        "title": theirs.title[:_LONGEST_TITLE],
        "company": theirs.company[:_LONGEST_TITLE],
        "description": text.replace("\0", "")[:LONGEST_DESCRIPTION].strip(),
        "places": list(theirs.places),
        "remote": theirs.remote,
        "pay_min": theirs.pay_min,
        "pay_max": theirs.pay_max,
        "pay_currency": theirs.pay_currency,
        "pay_period": theirs.pay_period,
        "required_skills": list(theirs.skills),
        "deadline": theirs.deadline,
        "apply_url": theirs.apply_url,
    }
    said = {name: value for name, value in said.items() if value}
    if not {"pay_min", "pay_max"} & said.keys():
        said = {name: value for name, value in said.items() if name not in _PAY}
    return said


def _without(said: dict[str, Said], wrong: Iterable[str]) -> dict[str, Said]:
    """What they say, but for what cannot stand."""
    left = {_SAID_BY.get(name, name) for name in wrong}
    if left & set(_PAY):
        left |= set(_PAY)
    return {name: value for name, value in said.items() if name not in left}
