"""Writes to Lever's Data API v1: tags, also in place of an opt-out, and notes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from warmbench.integrations.ats import lever_shapes as shapes
from warmbench.integrations.ats import our_tags
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.errors import GoneError, RefusedError
from warmbench.integrations.ats.lever_reading import Reading
from warmbench.integrations.ats.things import Note, Proof

#: ``@name`` in a note sends mail to that colleague; this sign looks like it and does not.
_HARMLESS_AT = "\N{FULLWIDTH COMMERCIAL AT}"


class Writing(Reading):
    """The part of the client that writes. What writes answer is not looked at: their answers
    come back with names and addresses blank."""

    def opt_out(self, person_id: str) -> Proof:
        """Tag every opportunity of the contact: there is no flag that could be written, and
        colleagues look at any of them. Read back."""
        tag = self.keys.mapping.opt_out_tag
        proof = self._tag(self._theirs(person_id), add=[tag])
        if not all(our_tags.has(_tags(one), tag) for one in self._theirs(person_id)):
            raise RefusedError("Lever took the tag that forbids mail, and does not have it.")
        return proof

    def tag(self, person_id: str, add: Sequence[str], remove: Sequence[str]) -> Proof:
        """Give tags to the newest opportunity, and take them from all. Who is not to be mailed
        is tagged on all."""
        theirs = self._theirs(person_id)
        strict = [tag for tag in add if tag == self.keys.mapping.opt_out_tag]
        proof = self._tag(theirs, add=strict, remove=remove)
        given = {tag for one in theirs for tag in _tags(one)}
        usual = [tag for tag in add if tag not in given]
        return self._tag(theirs[:1], add=usual) if usual else proof

    def set_status(self, person_id: str, status: str) -> Proof:
        """Say it with a tag, in place of the one that said it before: contacts have no status."""
        ours = our_tags.status_tag(status)
        given = {tag for one in self._theirs(person_id) for tag in _tags(one)}
        others = [tag for tag in given if our_tags.is_status(tag) and tag != ours]
        return self.tag(person_id, [ours], others)

    def note(self, person_id: str, note: Note) -> Proof:
        """Write one line, unless one with this marker is there already, at whichever of the
        opportunities."""
        theirs = self._theirs(person_id)
        for one in theirs:
            for row in self.list_all(f"{_path(one)}/notes"):
                if note.marker in _words(row):
                    return Proof(200, their_id=shapes.id_of(row))
        chosen = [one for one in theirs if shapes.id_of(one) == note.application_id] or theirs
        body = {
            "value": note.text.replace("@", _HARMLESS_AT),
            "createdAt": shapes.milliseconds(note.at),
        }
        return _proof(self._post(f"{_path(chosen[0])}/notes", body))

    def erase(self, person_id: str) -> Proof:  # noqa: ARG002
        """Not possible from outside. Raises RefusedError."""
        raise RefusedError("Lever lets nobody anonymise a contact from outside: do it there.")

    def _theirs(self, person_id: str) -> list[dict[str, Any]]:
        """The opportunities of a contact, the newest first."""
        rows = self.opportunities_of([person_id])
        if not rows:
            raise GoneError("Lever has no opportunity of this contact any more.")
        return sorted(rows, key=shapes.moved_at, reverse=True)

    def _tag(
        self, rows: Sequence[dict[str, Any]], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> Proof:
        proof = Proof(200)
        for row in rows:
            given = _tags(row)
            if missing := [tag for tag in add if tag not in given]:
                proof = _proof(self._post(f"{_path(row)}/addTags", {"tags": missing}))
            if surplus := [tag for tag in remove if tag in given]:
                proof = _proof(self._post(f"{_path(row)}/removeTags", {"tags": surplus}))
        return proof

    def _post(self, path: str, body: dict[str, Any]) -> Answer:
        acting = self.keys.credentials.get("acting_user_id", "")
        return self.session.write(
            "POST", path, body, params={"perform_as": acting} if acting else None
        )


def _path(row: dict[str, Any]) -> str:
    return f"/opportunities/{quote(shapes.id_of(row), safe='')}"


def _tags(row: dict[str, Any]) -> list[str]:
    tags = row.get("tags")
    return [one for one in tags if isinstance(one, str)] if isinstance(tags, list) else []


def _words(row: dict[str, Any]) -> str:
    fields = row.get("fields")
    given = fields if isinstance(fields, list) else []
    values = [one.get("value") for one in given if isinstance(one, dict)]
    return " ".join(value for value in [*values, row.get("value")] if isinstance(value, str))


def _proof(answer: Answer) -> Proof:
    said = answer.json_or_none
    data = said.get("data") if isinstance(said, dict) else None
    return Proof(answer.status, request_id=answer.request_id, their_id=shapes.id_of(data))
