"""Writes into Bullhorn: opt-outs, tearsheets, statuses, notes, deletions."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from warmbench.integrations.ats import bullhorn_queries as q
from warmbench.integrations.ats import bullhorn_shapes as shapes
from warmbench.integrations.ats import our_tags
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.bullhorn_reading import Reading
from warmbench.integrations.ats.errors import ForbiddenError, GoneError, RefusedError
from warmbench.integrations.ats.things import Note, Proof

STATUSES = {
    "passive": "Passive",
    "open": "Open to offers",
    "searching": "Searching",
    "applied": "Applied",
    "placed": "Placed",
    "hired": "Hired elsewhere",
    "do_not_contact": "Do not contact",
}
#: Among what an account lacks: that the flag of opt-outs can be read, and not written.
READ_ONLY_FLAG = "Candidate.massMailOptOut to write"
#: Of the tenant's kinds of notes, the first of these that there is.
_KINDS = ("Email", "Note", "Other", "General Notes")
_TEXT_TYPES = frozenset({"", "String"})


class Writing(Reading):
    """The part of the client that writes. Everything may be done twice without harm."""

    def opt_out(self, person_id: str) -> Proof:
        """By Bullhorn's own flag; if that is read-only here, by the field that somebody chose;
        else by a tearsheet."""
        if not self._is_flag_read_only():
            # Not every account says beforehand that it is read-only, or says no when it is.
            with suppress(RefusedError, ForbiddenError):
                proof = self._edit(person_id, {"massMailOptOut": True})
                if self._is_flagged(person_id):
                    return proof
        reading = self.keys.mapping
        if reading.opt_out_field:
            value: Any = shapes.OPTED_OUT
            if self._type_of(reading.opt_out_field) not in _TEXT_TYPES:
                value = True
            return self._edit(person_id, {reading.opt_out_field: value})
        return self.tag(person_id, [reading.opt_out_tag], [])

    def tag(self, person_id: str, add: Sequence[str], remove: Sequence[str]) -> Proof:
        """Put the person on tearsheets of these names, made if there are none, and take them
        off others."""
        proof = Proof(200)
        for name in map(q.plain, add):
            sheet = self._tearsheet(name) or self._new_tearsheet(name)
            proof = self._associate("PUT", sheet, person_id)
        for name in map(q.plain, remove):
            if there := self._tearsheet(name):
                proof = self._associate("DELETE", there, person_id)
        return proof

    def set_status(self, person_id: str, status: str) -> Proof:
        """As the candidate's status, if the account has one of that name; else by a tearsheet."""
        name = STATUSES[status]
        there = {one.casefold(): one for one in self._statuses}
        # "Placed" is theirs to say: we would believe it, though it was our own word.
        if status != "placed" and (theirs := there.get(name.casefold())):
            return self._edit(person_id, {"status": theirs})
        on = [
            one
            for row in self.associated(person_id, "tearsheets", "id,name")
            if our_tags.is_status(one := shapes.text(row.get("name")))
        ]
        ours = our_tags.status_tag(status)
        return self.tag(person_id, [ours], [one for one in on if one != ours])

    def note(self, person_id: str, note: Note) -> Proof:
        """Write a note, unless one with this marker is there: a write whose answer was lost is
        found again."""
        for row in self.associated(person_id, "notes", "id,comments"):
            if note.marker in str(row.get("comments") or ""):
                return Proof(200, their_id=str(row.get("id", "")))
        body = {
            "action": self.keys.mapping.note_kind or self._usual_kind,
            "comments": note.text,
            "personReference": {"id": int(person_id)},
            "commentingPerson": {"id": self._us},
            "dateAdded": q.milliseconds(note.at),
        }
        return _proof(self.session.write("PUT", "/entity/Note", body))

    def erase(self, person_id: str) -> Proof:
        """Delete the candidate, as Bullhorn deletes: the record is hidden, and not destroyed."""
        try:
            return self._edit(person_id, {"isDeleted": True})
        except GoneError:
            return Proof(404)

    def setting(self, name: str) -> list[str]:
        """A list among the account's settings."""
        said = self.session.get(f"/settings/{name}").thing.get(name)
        if isinstance(said, str):
            said = said.split(",")
        return list(filter(None, map(_choice, said))) if isinstance(said, list) else []

    def _edit(self, person_id: str, body: dict[str, Any]) -> Proof:
        return _proof(self.session.write("POST", f"/entity/Candidate/{int(person_id)}", body))

    def _is_flag_read_only(self) -> bool:
        found = self.keys.found
        return found is not None and READ_ONLY_FLAG in found.lacking

    def _is_flagged(self, person_id: str) -> bool:
        path = f"/entity/Candidate/{int(person_id)}"
        said = self.session.get(path, {"fields": "id,massMailOptOut"}).thing.get("data")
        return isinstance(said, dict) and shapes.is_yes(said.get("massMailOptOut"))

    def _type_of(self, field: str) -> str:
        found = self.keys.found
        types = {one.id: one.detail for one in found.fields} if found else {}
        return types.get(field, "")

    def _tearsheet(self, name: str) -> int | None:
        rows = self.query("Tearsheet", [q.where("name", "=", name)], "id,name,isDeleted")
        # A condition that is overlooked would find all of them, and people the wrong one.
        named = [row for row in rows if our_tags.has([shapes.text(row.get("name"))], name)]
        ids = [shapes.row_id(row) for row in named if not shapes.is_yes(row.get("isDeleted"))]
        return min(ids, default=None)

    def _new_tearsheet(self, name: str) -> int:
        answer = self.session.write("PUT", "/entity/Tearsheet", {"name": name})
        return int(_changed_id(answer))

    def _associate(self, method: str, sheet: int, person_id: str) -> Proof:
        path = f"/entity/Tearsheet/{sheet}/candidates/{int(person_id)}"
        try:
            return _proof(self.session.write(method, path))
        except RefusedError as error:
            # Who is on it already cannot be put on it again; nor taken off who is not.
            if self._is_on(sheet, person_id) == (method == "PUT"):
                return Proof(error.status)
            raise

    def _is_on(self, sheet: int, person_id: str) -> bool:
        rows = self.associated(person_id, "tearsheets", "id,name")
        return any(row.get("id") == sheet for row in rows)

    @cached_property
    def _usual_kind(self) -> str:
        kinds = self.setting("commentActionList")
        known = {one.casefold(): one for one in kinds}
        usual = next((known[one.casefold()] for one in _KINDS if one.casefold() in known), "")
        return usual or (kinds[0] if kinds else "Other")

    @cached_property
    def _statuses(self) -> list[str]:
        for row in self.meta("Candidate"):
            if row.get("name") == "status":
                options = row.get("options")
                return list(filter(None, map(_choice, options))) if options else []
        return []

    @cached_property
    def _us(self) -> int:
        """The number of the user that we are: who is said to have written the note."""
        try:
            said = self.session.get("/settings/userId").thing.get("userId")
        except (GoneError, RefusedError):
            said = None
        if isinstance(said, int):
            return said
        name = q.where("username", "=", self.keys.credentials["username"])
        try:
            rows = self.query("CorporateUser", [name], "id,username")
        except RefusedError:
            rows = []
        if not rows:
            raise RefusedError("Bullhorn does not say which of its users we are.")
        return shapes.row_id(rows[0])


def _choice(said: Any) -> str:
    if isinstance(said, dict):
        said = said.get("value") or said.get("label")
    return str(said).strip() if said else ""


def _changed_id(answer: Answer) -> str:
    said = answer.json_or_none
    return str(said.get("changedEntityId", "")) if isinstance(said, dict) else ""


def _proof(answer: Answer) -> Proof:
    return Proof(answer.status, answer.request_id, _changed_id(answer))
