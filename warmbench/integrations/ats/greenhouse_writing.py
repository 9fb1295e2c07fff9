"""Writes to Greenhouse Harvest v3: opt-outs, tags, notes, and the end of a record."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from warmbench.integrations.ats import greenhouse_shapes as shapes
from warmbench.integrations.ats import our_tags
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.errors import GoneError, RefusedError, UnreachableError
from warmbench.integrations.ats.greenhouse_reading import Reading
from warmbench.integrations.ats.things import Note, Proof


class Writing(Reading):
    """The part of the client that writes. Everything may be done twice without harm."""

    def opt_out(self, person_id: str) -> Proof:
        """Take away ``can_email``, and read whether it is gone: to answer 200 and to do it are
        two things."""
        answer = self.session.write(
            "PATCH", f"/candidates/{_number(person_id)}", {"can_email": False}
        )
        rows = list(self.all("/candidates", "ids", [person_id]))
        if not rows:
            raise GoneError("Greenhouse has no such record.")
        if rows[0].get("can_email") is not False:
            raise RefusedError("Greenhouse took the opt-out, and still says that mail may be sent.")
        return _proof(answer)

    def tag(self, person_id: str, add: Sequence[str], remove: Sequence[str]) -> Proof:
        """Give and take tags one by one: to write the list of a candidate's tags as a whole would
        undo what somebody there tags meanwhile."""
        given = {
            shapes.id_of(row.get("candidate_tag_id")): shapes.id_of(row.get("id"))
            for row in self.all("/applied_candidate_tags", "candidate_ids", [person_id])
        }
        proof = Proof(200)
        for name in add:
            tag_id = self._tags.get(name.casefold()) or self._made(name)
            if tag_id not in given:
                body = {"candidate_id": _number(person_id), "candidate_tag_id": _number(tag_id)}
                proof = _proof(self.session.write("POST", "/applied_candidate_tags", body))
        for name in remove:
            applied_id = given.get(self._tags.get(name.casefold(), ""))
            if applied_id:
                path = f"/applied_candidate_tags/{applied_id}"
                proof = _proof(self.session.write("DELETE", path))
        return proof

    def set_status(self, person_id: str, status: str) -> Proof:
        """Say it with a tag, in place of the one that said it before: candidates have no status
        of their own there."""
        ours = our_tags.status_tag(status)
        others = [tag for tag in self._tags if our_tags.is_status(tag) and tag != ours.casefold()]
        return self.tag(person_id, [ours], others)

    def note(self, person_id: str, note: Note) -> Proof:
        """Write one line, unless one with this marker is there already: a note can be neither
        changed nor taken back."""
        for row in self.rows("/notes", {"candidate_ids": person_id}):
            if note.marker and note.marker in (row.get("body") or ""):
                return Proof(200, their_id=shapes.id_of(row.get("id")))
        body: dict[str, Any] = {
            "candidate_id": _number(person_id),
            "body": note.text,
            "visibility": "public",
            "note_type": "NOTE",
        }
        if note.application_id:
            body["application_id"] = _number(note.application_id)
        if acting := self.keys.credentials.get("acting_user_id", ""):
            body["user_id"] = _number(acting)
        return _proof(self.session.write("POST", "/notes", body))

    def erase(self, person_id: str) -> Proof:
        """Have the candidate anonymised, which keeps their numbers right over there."""
        try:
            return _proof(
                self.session.write("PATCH", f"/candidates/{_number(person_id)}/anonymize", {})
            )
        except GoneError:
            return Proof(404)

    @cached_property
    def _tags(self) -> dict[str, str]:
        return {
            shapes.text(row.get("name")).casefold(): shapes.id_of(row.get("id"))
            for row in self.rows("/candidate_tags", {})
        }

    def _made(self, name: str) -> str:
        made = self.session.write("POST", "/candidate_tags", {"name": name}).thing
        tag_id = shapes.id_of(made.get("id"))
        if not tag_id:
            raise UnreachableError("Greenhouse does not say what it called the tag.")
        self._tags[name.casefold()] = tag_id
        return tag_id


def _proof(answer: Answer) -> Proof:
    said = answer.json_or_none
    their_id = shapes.id_of(said.get("id")) if isinstance(said, dict) else ""
    return Proof(answer.status, request_id=answer.request_id, their_id=their_id)


def _number(said: str) -> int:
    try:
        return int(said)
    except ValueError as error:
        raise RefusedError("This is not the number of a record in Greenhouse.") from error
