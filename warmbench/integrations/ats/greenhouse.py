"""Greenhouse (Harvest v3): what its page asks for, what it can do, and what an account holds."""

from collections.abc import Iterator, Mapping
from typing import Any

from warmbench.integrations.ats import greenhouse_shapes as shapes
from warmbench.integrations.ats.errors import ForbiddenError
from warmbench.integrations.ats.greenhouse_hooks import hear
from warmbench.integrations.ats.greenhouse_reading import OAUTH
from warmbench.integrations.ats.greenhouse_writing import Writing
from warmbench.integrations.ats.protocol import (
    Ability,
    Can,
    Capabilities,
    Choice,
    Found,
    KeyField,
    Vendor,
)
from warmbench.integrations.ats.session import Params

#: What we read and write, and what is lost where the keys may not.
_NEEDED = {
    "/candidates": "Candidates cannot be read.",
    "/applications": "Applications cannot be read: nobody is known to be in a process, or hired.",
    "/jobs": "Jobs cannot be read.",
    "/job_posts": "Job posts cannot be read: roles come without a description.",
    "/notes": "Notes cannot be read, and so none is written: one that was written must be found.",
    "/candidate_tags": "Tags cannot be read, and so none is given.",
    "/applied_candidate_tags": "Tags of candidates cannot be read, and so none is given.",
    "/offices": "Offices cannot be read: roles come without a place.",
}
_SITE_ADMIN = (
    "The user on whose behalf we ask must be a Site Admin, and the key needs the permission."
)


class Greenhouse(Writing):
    """A client of Greenhouse Harvest v3."""

    def find_out(self) -> Found:
        """Ask for one of each thing that we need, and for what a mapping chooses from. Raises
        AuthError if the keys are wrong; a permission that is missing becomes a warning."""
        warnings = [
            f"{lost} {_SITE_ADMIN}"
            for path, lost in _NEEDED.items()
            if self._beginning(path, {"per_page": 1}) is None
        ]
        if not self.keys.credentials.get("acting_user_id"):
            warnings.append(
                "No acting user is entered: lists may be refused, and notes have no author."
            )
        asked: Params = {"per_page": 500, "status": "active", "fields": "id,stage_name"}
        stages = {shapes.text(row.get("stage_name")) for row in self._some("/applications", asked)}
        fields = self._some("/custom_fields", {"per_page": 500})
        users = self._some("/users", {"per_page": 500, "show_service_accounts": "true"})
        return Found(
            account="Greenhouse",
            warnings=tuple(warnings),
            stages=tuple(Choice(name, name) for name in sorted(stages) if name),
            fields=tuple(_field(row) for row in fields if _is_of_candidates(row)),
            users=tuple(_user(row) for row in users),
        )

    def _some(self, path: str, params: Params) -> list[dict[str, Any]]:
        return self._beginning(path, params) or []

    def _beginning(self, path: str, params: Params) -> list[dict[str, Any]] | None:
        """The first page of a list; None if the keys may not read it."""
        try:
            return self.session.get(path, params).things
        except ForbiddenError:
            return None


def _is_of_candidates(row: Mapping[str, Any]) -> bool:
    return row.get("field_type") == "candidate" and bool(shapes.text(row.get("name_key")))


def _field(row: Mapping[str, Any]) -> Choice:
    key = shapes.text(row.get("name_key"))
    return Choice(key, shapes.text(row.get("name")) or key, shapes.text(row.get("value_type")))


def _user(row: Mapping[str, Any]) -> Choice:
    parts = (shapes.text(row.get(name)) for name in ("first_name", "last_name"))
    name = shapes.text(row.get("name")) or " ".join(filter(None, parts))
    return Choice(shapes.id_of(row.get("id")), name, next(_addresses(row), ""))


def _addresses(row: Mapping[str, Any]) -> Iterator[str]:
    for name in ("primary_email_address", "primary_email", "email"):
        if address := shapes.text(row.get(name)):
            yield address


_HOW = """\
You need a **Site Admin** in Greenhouse, for some ten minutes.

1. Open *Configure → Dev Center → API Credential Management → Create new API credentials*.
2. Choose **Harvest V3 (OAuth)** as the API type, and *Custom integration* as the partner.
3. Give it these permissions: list and update *candidates*, list *applications*, *jobs*,
   *job posts*, *offices*, *custom fields* and *users*; list and create *notes*; list and create
   *candidate tags*; list, create and delete *applied candidate tags*.
4. Copy the client id and the secret: the secret is shown once.
5. Find the number of the user on whose behalf we ask (it stands in the address of their page
   under *Configure → Users*). That user must be a Site Admin; our notes carry their name.

To hear of changes within seconds rather than minutes, and of deletions and merges at all:

6. Open *Configure → Dev Center → Webhooks → Create new webhook*, once for each of: *Candidate or
   prospect updated, deleted, merged, anonymized; application created, updated, deleted; stage
   change; rejected, unrejected; hired, unhired; job created, updated, deleted; job post created,
   updated, deleted*.
7. Paste the address that this page shows and a secret that you make up, and paste the same
   secret here. Greenhouse calls the address once to see whether it answers.
"""

VENDOR = Vendor(
    key="greenhouse",
    label="Greenhouse",
    fields=(
        KeyField("client_id", "Client id", is_secret=False),
        KeyField("client_secret", "Client secret", "Shown once when the credentials are made."),
        KeyField(
            "acting_user_id",
            "Acting user",
            "The number of a Site Admin, on whose behalf we read and write.",
            is_secret=False,
            is_required=False,
        ),
        KeyField(
            "webhook_secret",
            "Webhook secret",
            "The secret of the webhooks that you made. While you change it, paste the old and "
            "the new one with a space between.",
            is_required=False,
        ),
    ),
    addresses={
        "auth": "https://auth.greenhouse.io",
        "api": "https://harvest.greenhouse.io/v3",
    },
    hosts=("greenhouse.io",),
    capabilities=Capabilities(
        changed_since=Ability(Can.YES, "Candidates, applications and jobs by when they changed."),
        opt_out=Ability(Can.YES, "Turns off that the candidate may be mailed, and reads it back."),
        text_opt_out=Ability(Can.INSTEAD, "A tag of ours: Greenhouse has no such flag."),
        tags=Ability(Can.YES, "Given and taken one by one; tags of theirs stay."),
        status=Ability(Can.INSTEAD, "A tag of ours: candidates have no status there."),
        activity=Ability(Can.YES, "One note each. Notes can never be changed or deleted there."),
        merges=Ability(
            Can.NO,
            "Greenhouse lets nobody merge candidates from outside; merges there are told by "
            "webhooks.",
        ),
        erasures=Ability(
            Can.YES, "Candidates are anonymised there; those anonymised there are told by webhooks."
        ),
        push=Ability(Can.YES, "Signed webhooks, set up in Greenhouse by hand."),
    ),
    open=Greenhouse,
    hear=hear,
    oauth=OAUTH,
    how=_HOW,
)
