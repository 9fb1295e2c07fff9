"""Writes into iCIMS: opt-outs and lines of activity into fields of the account, people into
talent pools."""

import re
from collections.abc import Sequence
from typing import Any

from warmbench.integrations.ats import icims_search as search
from warmbench.integrations.ats import icims_shapes as shapes
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.errors import NoPlaceError, RefusedError
from warmbench.integrations.ats.icims_reading import Reading
from warmbench.integrations.ats.things import Note, Proof

#: So much of the lines is kept: the oldest of ours go first.
_LONGEST = 4_000
_LOOKED_AT = 5
_OURS = re.compile(r"\[wb-[^\]]*\]$")
NO_STATUS = "iCIMS keeps no status of people: it is kept here."
NO_ERASURE = "iCIMS's API deletes nobody: have it done there."
_NO_OPT_OUT = "iCIMS has no flag for opt-outs, and no field is chosen that stands for it."
_NO_ACTIVITY = "iCIMS's API takes no notes, and no field is chosen that stands for them."
_NO_TAKING_OUT = "iCIMS's API takes nobody out of a talent pool."


class Writing(Reading):
    """The part of the client that writes. What the account has no place for raises NoPlaceError."""

    def opt_out(self, person_id: str) -> Proof:
        """Into the field that somebody chose. No reading before: of the day's calls, some are
        kept for this."""
        field = self.keys.mapping.opt_out_field
        if not field:
            raise NoPlaceError(_NO_OPT_OUT)
        return self._patch(person_id, {field: self._yes(field)})

    def tag(self, person_id: str, add: Sequence[str], remove: Sequence[str]) -> Proof:
        """Into talent pools of these names, where there are such."""
        pools = [self._pool(name) for name in add]
        if not pools and remove:
            raise NoPlaceError(_NO_TAKING_OUT)
        proof = Proof(200)
        for pool in pools:
            proof = self._into(pool, int(person_id))
        return proof

    def set_status(self, person_id: str, status: str) -> Proof:  # noqa: ARG002
        """Raises NoPlaceError."""
        raise NoPlaceError(NO_STATUS)

    def note(self, person_id: str, note: Note) -> Proof:
        """One more line in the field that somebody chose, unless it is there."""
        field = self.keys.mapping.activity_field
        if not field:
            raise NoPlaceError(_NO_ACTIVITY)
        before = shapes.text(self.row("people", person_id, [field]).get(field))
        if note.marker in before:
            return Proof(200)
        line = " ".join(note.text.split())
        lines = _shortened([line, *before.splitlines()])
        return self._patch(person_id, {field: "\n".join(lines)})

    def erase(self, person_id: str) -> Proof:  # noqa: ARG002
        """Raises NoPlaceError."""
        raise NoPlaceError(NO_ERASURE)

    def _patch(self, person_id: str, body: dict[str, Any]) -> Proof:
        # Recorded answers are empty, and not JSON (contracts.md 4).
        answer = self.session.write("PATCH", f"/people/{int(person_id)}", body)
        if answer.headers.get("X-Warning"):
            # It takes the call, and passes over a field that there is not, or may not be written.
            raise RefusedError(
                "iCIMS took this, and did not write the field.", status=answer.status
            )
        return _proof(answer)

    def _yes(self, field: str) -> Any:
        found = self.keys.found
        types = {one.id: one.detail for one in found.fields} if found else {}
        match types.get(field, "string"):
            case "boolean":
                return True
            case "object":
                return {"value": "Yes"}
            case "integer" | "number":
                return 1
            case _:
                return shapes.OPTED_OUT

    def _pool(self, name: str) -> int:
        ids = self.found("talentpools", [search.compared("talentpool.title.text", "==", name)])
        for one in ids[:_LOOKED_AT]:
            # A filter that it does not know would find all pools, and people the wrong one.
            title = shapes.text(self.row("talentpools", str(one), ["title"]).get("title"))
            if title.casefold() == name.strip().casefold():
                return one
        raise NoPlaceError("iCIMS has no talent pool of this name. Make one there.")

    def _into(self, pool: int, person: int) -> Proof:
        there = self.found(
            "sourceworkflows",
            [
                search.compared("sourceworkflow.associatedprofile.person", "=", person),
                search.compared("sourceworkflow.baseprofile.number", "=", pool),
            ],
        )
        if there:
            return Proof(200, their_id=str(there[0]))
        body = {"baseprofile": pool, "associatedprofile": person}
        return _proof(self.session.write("POST", "/sourceworkflows", body))


def _shortened(lines: list[str]) -> list[str]:
    """The lines without the oldest of ours, where they are too many: what others wrote into the
    same field is not ours to take away."""
    surplus = len("\n".join(lines)) - _LONGEST
    kept = lines[:1]
    for line in reversed(lines[1:]):
        if surplus > 0 and _OURS.search(line.rstrip()):
            surplus -= len(line) + 1
        else:
            kept.insert(1, line)
    return kept


def _proof(answer: Answer) -> Proof:
    made = answer.headers.get("Location", "").rstrip("/").rpartition("/")[2]
    return Proof(answer.status, answer.request_id, made if made.isdecimal() else "")
