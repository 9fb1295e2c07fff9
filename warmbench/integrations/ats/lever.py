"""Lever (Data API v1): what its page asks for, what it can do, and what an account holds."""

from collections.abc import Sequence
from typing import Any

from warmbench.integrations.ats import lever_shapes as shapes
from warmbench.integrations.ats.errors import ForbiddenError
from warmbench.integrations.ats.lever_hooks import hear
from warmbench.integrations.ats.lever_reading import OAUTH
from warmbench.integrations.ats.lever_registering import register
from warmbench.integrations.ats.lever_writing import Writing
from warmbench.integrations.ats.protocol import (
    Ability,
    Can,
    Capabilities,
    Choice,
    Found,
    KeyField,
    Vendor,
)

#: What we read, and what is lost where the key may not.
_NEEDED = {
    "/opportunities": "Opportunities cannot be read: there is nobody to write to.",
    "/opportunities/deleted": "Deletions cannot be read: who is deleted there stays here.",
    "/postings": "Postings cannot be read: there are no roles.",
    "/requisitions": "Requisitions cannot be read: roles that are on hold look open.",
    "/tags": "Tags cannot be read.",
}


class Lever(Writing):
    """A client of Lever's Data API v1."""

    def find_out(self) -> Found:
        """Ask for one of each thing that we need, and for what a mapping chooses from. Raises
        AuthError if the key is wrong, or hired people could not be told from others."""
        warnings = [lost for path, lost in _NEEDED.items() if not self._may_read(path)]
        reasons = self.list_all("/archive_reasons")
        ends = [row for row in reasons if row.get("type") != "hired"]
        return Found(
            account="Lever",
            warnings=tuple(warnings),
            stages=tuple(Choice(key, name) for key, name in self.stages.items()),
            outcomes=tuple(_choices(ends, detail="type")),
            users=tuple(_choices(self._users(), name="name", detail="email")),
        )

    def _may_read(self, path: str) -> bool:
        try:
            self.session.get(path, {"limit": 1})
        except ForbiddenError:
            return False
        return True

    def _users(self) -> list[dict[str, Any]]:
        try:
            return self.list_all("/users", {"includeDeactivated": "true"})
        except ForbiddenError:
            return []


def _choices(rows: Sequence[dict[str, Any]], *, name: str = "text", detail: str) -> list[Choice]:
    return [
        Choice(shapes.id_of(row), shapes.text(row.get(name)), shapes.text(row.get(detail)))
        for row in rows
    ]


_HOW = """\
You need a **Super Admin** in Lever, for some ten minutes.

1. Open *Settings → Integrations and API → API credentials → Generate new key*.
2. Tick reading of *opportunities, contacts, applications, postings, requisitions, stages, archive
   reasons, tags, users* and *notes*, and writing of *opportunities* and *notes*. Leave
   confidential data out.
3. Copy the key: it is shown once.

To hear of changes within seconds rather than minutes:

4. Open *Settings → Integrations and API → Webhooks*, and switch on *candidate hired, stage change,
   archive status change, candidate deleted, application created, contact created* and *contact
   updated*. For each, enter the address that this page shows.
5. Copy the **signature token** of each webhook, and paste them all here, with spaces between.

Lever has no flag for *do not mail* that could be written from outside: whoever unsubscribes here
gets a tag on all their opportunities there.
"""

VENDOR = Vendor(
    key="lever",
    label="Lever",
    fields=(
        KeyField(
            "api_key",
            "API key",
            "Leave it out if you sign in at Lever instead.",
            is_required=False,
        ),
        KeyField(
            "client_id",
            "Client id",
            "Only to sign in: of your own OAuth app.",
            is_secret=False,
            is_required=False,
        ),
        KeyField("client_secret", "Client secret", "Only to sign in.", is_required=False),
        KeyField(
            "acting_user_id",
            "Acting user",
            "The id of the user in whose name tags and notes are written.",
            is_secret=False,
            is_required=False,
        ),
        KeyField(
            "webhook_token",
            "Signature tokens",
            "Of all webhooks that you switched on, with spaces between.",
            is_required=False,
        ),
    ),
    addresses={"auth": "https://auth.lever.co", "api": "https://api.lever.co/v1"},
    hosts=("lever.co",),
    capabilities=Capabilities(
        changed_since=Ability(
            Can.YES,
            "Opportunities and postings by when they changed; records older than that date come "
            "with the first load only, until somebody touches them. Requisitions are compared.",
        ),
        opt_out=Ability(Can.INSTEAD, "A tag on every opportunity: consent cannot be written."),
        text_opt_out=Ability(Can.INSTEAD, "A tag of ours: Lever has no such flag."),
        tags=Ability(Can.YES, "Given to the newest opportunity, taken from all."),
        status=Ability(Can.INSTEAD, "A tag of ours: contacts have no status there."),
        activity=Ability(Can.YES, "One note each, at the newest opportunity."),
        merges=Ability(Can.NO, "Lever lets nobody merge contacts from outside."),
        erasures=Ability(
            Can.NO, "Lever lets nobody anonymise a contact from outside: it must be done there."
        ),
        push=Ability(
            Can.YES, "Signed webhooks, made by us once a Super Admin has switched them on."
        ),
    ),
    open=Lever,
    hear=hear,
    register=register,
    oauth=OAUTH,
    how=_HOW,
)
