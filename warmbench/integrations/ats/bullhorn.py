"""Bullhorn (REST): what its page asks for, what it can do, and what an account holds."""

from datetime import timedelta
from typing import Any

from warmbench.integrations.ats import bullhorn_queries as q
from warmbench.integrations.ats import bullhorn_shapes as shapes
from warmbench.integrations.ats.bullhorn_login import DOMAIN
from warmbench.integrations.ats.bullhorn_shapes import Row
from warmbench.integrations.ats.bullhorn_writing import READ_ONLY_FLAG, Writing
from warmbench.integrations.ats.errors import ForbiddenError, GoneError, RefusedError
from warmbench.integrations.ats.protocol import (
    Ability,
    Can,
    Capabilities,
    Choice,
    Found,
    KeyField,
    Vendor,
)

#: What is lost where the account lacks a field.
_LOST = {
    "Candidate.dateLastModified": "Candidates cannot be asked for by when they changed: their "
    "changes are told by the queue of events, and new ones found by when they were added.",
    "JobOrder.dateLastModified": "Orders cannot be asked for by when they changed: their changes "
    "are told by the queue of events.",
    "Placement.dateLastModified": "Placements cannot be asked for by when they changed: their "
    "changes are told by the queue of events.",
    "JobSubmission.dateLastModified": "Submissions cannot be asked for by when they changed: "
    "their changes are told by the queue of events.",
    "Candidate.massMailOptOut": "This account has no flag for opt-outs: they are written into the "
    "field that you choose, or else as a tearsheet.",
    READ_ONLY_FLAG: "The flag for opt-outs is read-only in this account: opt-outs are written "
    "into the field that you choose, or else as a tearsheet.",
}


class Bullhorn(Writing):
    """A client of Bullhorn's REST API."""

    def find_out(self) -> Found:
        """Sign in, look at the fields of the account and at what a mapping chooses from."""
        lacking = list(self.detect())
        fields = self.meta("Candidate")
        flag = next((row for row in fields if row.get("name") == "massMailOptOut"), None)
        if flag and flag.get("readOnly") is True:
            lacking.append(READ_ONLY_FLAG)
        warnings = [_LOST[one] for one in lacking if one in _LOST]
        statuses = self._listed("jobResponseStatusList", warnings)
        placed = [
            Choice(f"{shapes.PLACEMENT_STATUS}{one}", f"Placement: {one}")
            for one in self._placement_statuses()
        ]
        return Found(
            account=f"Bullhorn of {self.keys.credentials['username']}",
            warnings=tuple(warnings),
            stages=tuple(Choice(one, one) for one in statuses),
            outcomes=(*(Choice(one, one) for one in statuses), *placed),
            fields=tuple(_field(row) for row in fields if _is_a_choice(row)),
            users=self._users(warnings),
            note_kinds=tuple(
                Choice(one, one) for one in self._listed("commentActionList", warnings)
            ),
            lacking=tuple(lacking),
            candidates=self.count("Candidate", q.is_("isDeleted", 0)),
        )

    def _listed(self, setting: str, warnings: list[str]) -> list[str]:
        try:
            return self.setting(setting)
        except (ForbiddenError, GoneError, RefusedError):
            warnings.append(f"The list {setting} cannot be read.")
            return []

    def _placement_statuses(self) -> list[str]:
        """As the field's own options; some accounts list them among their settings instead."""
        for row in self.meta("Placement"):
            if row.get("name") == "status" and row.get("options"):
                return list(filter(None, (shapes.text(one.get("value")) for one in row["options"])))
        return self._listed("placementStatusList", [])

    def _users(self, warnings: list[str]) -> tuple[Choice, ...]:
        try:
            fields = "id,firstName,lastName,name,email"
            rows = self.query("CorporateUser", [], fields)
        except (ForbiddenError, GoneError, RefusedError):
            warnings.append("The users cannot be read: owners are not known by their addresses.")
            return ()
        return tuple(_user(row) for row in rows)


def _field(row: Row) -> Choice:
    name = shapes.text(row.get("name"))
    return Choice(name, shapes.text(row.get("label")) or name, shapes.text(row.get("dataType")))


def _is_a_choice(row: Row) -> bool:
    """Whether a mapping may name it: texts and flags of the candidate itself."""
    types: tuple[Any, ...] = ("String", "Boolean", "Integer")
    return row.get("type") == "SCALAR" and row.get("dataType") in types


def _user(row: Row) -> Choice:
    parts = [shapes.text(row.get("firstName")), shapes.text(row.get("lastName"))]
    name = " ".join(filter(None, parts)) or shapes.text(row.get("name"))
    return Choice(str(shapes.row_id(row)), name, shapes.text(row.get("email")))


_HOW = """\
Bullhorn gives out keys on request: plan a few days.

1. Ask **Bullhorn Support** for keys of the REST API for your own integration. You get a
   *client id* and a *client secret*. You need no redirect address: say so, or ask for any.
2. Have an **API user** made for us (*Admin → Users*, or by Support), with a password that does
   not expire, and access to *Candidates, Jobs, Submissions, Placements, Notes and Tearsheets*.
   Sign in once with it on bullhornstaffing.com, and accept the terms.
3. Paste the four here.

Of the 100,000 calls that Bullhorn allows in a month, we use about 1,000 a day once everything is
read; reading everything takes one for each 500 records, and one for each candidate with more
skills than it shows at once. It keeps a queue of what changes for us; if we do not ask for a
week, it is thrown away and we search instead. Over there we are seen as the API user: notes
carry that name.
"""

VENDOR = Vendor(
    key="bullhorn",
    label="Bullhorn",
    fields=(
        KeyField("client_id", "Client id", "From Bullhorn Support.", is_secret=False),
        KeyField("client_secret", "Client secret", "From Bullhorn Support."),
        KeyField("username", "API user", "The user that was made for us.", is_secret=False),
        KeyField("password", "Password of the API user"),
    ),
    addresses={"login": f"https://rest.{DOMAIN}/rest-services"},
    hosts=(DOMAIN,),
    capabilities=Capabilities(
        changed_since=Ability(
            Can.YES,
            "By when they changed, where the account has such dates; else by a queue of events.",
        ),
        opt_out=Ability(
            Can.YES,
            "The flag for mass mail. Where it is read-only: a field that you choose, or a "
            "tearsheet.",
        ),
        text_opt_out=Ability(
            Can.INSTEAD, "A tearsheet: the flag for texts can only be set when somebody is added."
        ),
        tags=Ability(Can.INSTEAD, "Tearsheets of the same names, made where there are none."),
        status=Ability(
            Can.YES,
            "The candidate's status, where the account has one of the same name; else a tearsheet.",
        ),
        activity=Ability(Can.YES, "One note each, by the API user."),
        merges=Ability(
            Can.NO,
            "Bullhorn does not say which record another was merged into: it comes as deleted.",
        ),
        erasures=Ability(
            Can.INSTEAD,
            "Candidates are deleted, which hides them: have them anonymised in Bullhorn. Those "
            "anonymised there are told.",
        ),
        push=Ability(Can.INSTEAD, "A queue of events, which we ask every few minutes."),
    ),
    open=Bullhorn,
    how=_HOW,
    #: 100,000 a month.
    daily_calls=3_300,
    #: Of which reading everything costs many.
    reread_every=timedelta(days=30),
)
