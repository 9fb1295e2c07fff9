"""iCIMS (REST): what its page asks for, what it can do, and what an account holds."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from warmbench.integrations.ats import icims_search as search
from warmbench.integrations.ats import icims_shapes as shapes
from warmbench.integrations.ats.errors import ForbiddenError, GoneError, RefusedError
from warmbench.integrations.ats.icims_hooks import hear
from warmbench.integrations.ats.icims_writing import NO_ERASURE, NO_STATUS, Writing
from warmbench.integrations.ats.protocol import (
    Ability,
    Can,
    Capabilities,
    Choice,
    Found,
    KeyField,
    Vendor,
)
from warmbench.integrations.ats.things import Application, Window

#: Of the latest applications, so many show which statuses there are, where no list does.
_LOOKED_AT = 40
_PAGES = 20


class Icims(Writing):
    """A client of iCIMS's REST API."""

    def find_out(self) -> Found:
        """Get a token, and ask for the fields of people and the statuses of applications."""
        warnings: list[str] = []
        fields = self._fields(warnings)
        statuses = self._statuses(warnings)
        reading = self.keys.mapping
        unknown = [
            one.name
            for one in statuses
            if one.id not in reading.outcomes and one.id not in reading.stages
        ]
        if unknown:
            warnings.append(
                f"Nobody has said what {len(unknown)} of the statuses mean, and whoever has one "
                f"of them is taken to be in a process: {', '.join(unknown[:8])}."
            )
        if not reading.opt_out_field:
            warnings.append("No field is chosen for opt-outs: they are kept here only.")
        return Found(
            account=f"iCIMS customer {self.keys.credentials['customer_id']}",
            warnings=tuple(warnings),
            stages=tuple(statuses),
            outcomes=tuple(statuses),
            fields=tuple(fields),
        )

    def _fields(self, warnings: list[str]) -> list[Choice]:
        try:
            said = self.session.get("/profiledefinitions/v1/person/schema").thing
        except (ForbiddenError, GoneError, RefusedError):
            warnings.append("The fields of people cannot be read: none can be chosen.")
            return []
        properties = said.get("properties")
        if not isinstance(properties, dict):
            return []
        return [_field(name, one) for name, one in properties.items() if isinstance(one, dict)]

    def _statuses(self, warnings: list[str]) -> list[Choice]:
        for name in self._lists():
            if found := self._entries(f"/v2/lists/{name}"):
                return found
        seen = {
            one.stage_id: Choice(one.stage_id, one.stage or one.stage_id) for one in self._latest()
        }
        warnings.append(
            "There is no list of statuses that can be read: only those of the latest applications "
            "can be chosen."
        )
        return [one for one in seen.values() if one.id]

    def _lists(self) -> list[str]:
        """Of the account's lists, those that may be the statuses of applications."""
        names = [one.id for one in self._entries("/v2/lists")]
        return [one for one in names if "status" in one.lower()]

    def _entries(self, path: str) -> list[Choice]:
        """A list, one page after the other."""
        found: dict[str, Choice] = {}
        for page in range(1, _PAGES + 1):
            try:
                said = self.session.get(path, {"page": page}).json_or_none
            except (ForbiddenError, GoneError, RefusedError):
                break
            fresh = {one.id: one for one in _choices(said)}
            if not fresh.keys() - found.keys():
                break
            found.update(fresh)
        return list(found.values())

    def _latest(self) -> list[Application]:
        """Some applications that changed within a month."""
        now = self.keys.clock()
        asked = search.changed("applicantworkflow", Window(now - timedelta(days=30), now))
        ids = self.found("applicantworkflows", asked)
        return self.read_applications([str(one) for one in ids[-_LOOKED_AT:]])


def _field(name: str, said: dict[str, Any]) -> Choice:
    return Choice(name, str(said.get("title") or said.get("label") or name), str(said.get("type")))


def _choices(said: Any) -> Iterator[Choice]:
    """The entries of a list, whatever its page calls them."""
    if isinstance(said, dict):
        said = next((one for one in said.values() if isinstance(one, list)), [])
    for one in said if isinstance(said, list) else []:
        if isinstance(one, str):
            yield Choice(one, one)
        elif isinstance(one, dict):
            name = shapes.text(one.get("value") or one.get("name") or one.get("title"))
            key = shapes.id_of(one.get("id")) or name
            if key:
                yield Choice(key, name or key)


_HOW = """\
You need an administrator of **iCIMS**, and a licence for its API.

1. Open a case with **iCIMS Support** and ask for an *integration user* with *OAuth 2.0 client
   credentials*. You get a *client id* and a *client secret*; the *customer id* is the number in
   the address of the API.
2. Have the user see *People, Jobs, Recruiting Workflows and Talent Pools*, and of people the
   fields for name, e-mail, phones, addresses and work experience: what it may not see is not
   there for us. Deleted people are told by nothing.
3. Have two fields made for people, if there are none: a checkbox such as *Do not mail* for
   opt-outs, and a text such as *Nurture log* for lines of activity. The user must be able to
   write them. You choose them on the next page.

iCIMS allows 10,000 calls a day, and each person is one. So the first load takes days: 9,500
people a day at most. The last twentieth is left for opt-outs.

To hear of changes within seconds:

4. Ask for *event notifications* (workflow status changes, applications completed, jobs edited
   and posted) to the address that this page shows, with *Basic* authentication, and enter here
   the name and password that you chose for it.
"""

VENDOR = Vendor(
    key="icims",
    label="iCIMS",
    fields=(
        KeyField("customer_id", "Customer id", "A number.", is_secret=False),
        KeyField("client_id", "Client id", "Of the integration user.", is_secret=False),
        KeyField("client_secret", "Client secret"),
        KeyField(
            "webhook_user",
            "Name for event notifications",
            "With which iCIMS calls us, if it does.",
            is_secret=False,
            is_required=False,
        ),
        KeyField("webhook_password", "Password for event notifications", is_required=False),
    ),
    addresses={
        "token": "https://login.icims.com/oauth/token",
        "audience": "https://api.icims.com/v1/",
        "api": "https://api.icims.com",
    },
    hosts=("icims.com", "icims.eu", "icims.ca"),
    capabilities=Capabilities(
        changed_since=Ability(Can.YES, "People, jobs and applications by when they changed."),
        opt_out=Ability(Can.INSTEAD, "A field of people that you choose. Without one, kept here."),
        text_opt_out=Ability(Can.NO, "iCIMS has no such flag: it is kept here."),
        tags=Ability(
            Can.INSTEAD,
            "Talent pools of the same names, where there are such. Nobody can be taken out of "
            "one, and pools are not read: each would be a call.",
        ),
        status=Ability(Can.NO, NO_STATUS),
        activity=Ability(
            Can.INSTEAD, "Lines in a text field that you choose: the API takes no notes."
        ),
        merges=Ability(Can.NO, "iCIMS does not tell of merged people."),
        erasures=Ability(Can.NO, NO_ERASURE),
        push=Ability(Can.YES, "Event notifications, set up by iCIMS."),
    ),
    open=Icims,
    hear=hear,
    how=_HOW,
    daily_calls=10_000,
    #: Each record is a call: everything would take the calls of many days.
    reread_every=None,
)
