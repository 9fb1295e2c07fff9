"""Says which candidate a profile is of: by what belongs to one person alone, else by name and
employer if only one has them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from warmbench.core import sql
from warmbench.people import off_limits
from warmbench.people.import_drafts import Draft

NOBODY = "No candidate has this profile or e-mail address or number, nor this name and employer."
SEVERAL = "What the row says belongs to several candidates: merge or correct them first."

_BY_KEYS = """
SELECT 'profile', profile_key(c.profile_url), c.id
  FROM candidate c
 WHERE c.profile_url <> '' AND profile_key(c.profile_url) = ANY(
           SELECT profile_key(url) FROM unnest(%(urls)s::text[]) AS u (url)
       )
UNION
SELECT 'email', p.address, p.candidate_id
  FROM contact_point p
 WHERE p.channel = 'email' AND p.address = ANY(%(emails)s::text[])
UNION
SELECT 'id', r.external_id, r.candidate_id
  FROM candidate_record r
 WHERE r.source = %(source)s AND r.external_id = ANY(%(ids)s::text[])
UNION
SELECT 'id', c.external_id, c.id
  FROM candidate c
 WHERE c.source = %(source)s AND c.external_id = ANY(%(ids)s::text[])
UNION
SELECT 'name', lower(c.first_name || ' ' || c.last_name), c.id
  FROM candidate c
 WHERE lower(c.first_name || ' ' || c.last_name) = ANY(%(names)s::text[])
"""
_KEYS = "SELECT url, profile_key(url) FROM unnest(%(urls)s::text[]) AS u (url)"
_EMPLOYERS = """
SELECT c.id, c.employer FROM candidate c WHERE c.id = ANY(%(ids)s::bigint[])
UNION
SELECT s.candidate_id, s.fields ->> 'employer'
  FROM profile_snapshot s
 WHERE s.candidate_id = ANY(%(ids)s::bigint[]) AND s.fields ? 'employer'
"""


@dataclass(frozen=True, slots=True)
class Match:
    """Whose a profile is, or why it is nobody's."""

    candidate_id: int | None
    reason: str = ""


def match(drafts: Sequence[Draft], source: str) -> list[Match]:
    """Whose these profiles are, in their order."""
    urls = [d.profile_url for d in drafts if d.profile_url]
    key_of: dict[str, str] = dict(sql.run(_KEYS, {"urls": urls}).fetchall())
    found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    rows = sql.run(
        _BY_KEYS,
        {
            "urls": urls,
            "emails": [one for d in drafts for one in d.emails],
            "source": source,
            "ids": [d.external_id for d in drafts if _has_id(d)],
            "names": [_name(d) for d in drafts if _name(d)],
        },
    ).fetchall()
    for kind, key, candidate_id in rows:
        found[kind, key].add(candidate_id)
    named = {pk for (kind, _), ids in found.items() if kind == "name" for pk in ids}
    employers: defaultdict[int, set[str]] = defaultdict(set)
    for candidate_id, employer in sql.run(_EMPLOYERS, {"ids": list(named)}).fetchall():
        employers[candidate_id].add(off_limits.key(employer or ""))
    return [_match(d, found, key_of, employers) for d in drafts]


def _match(
    draft: Draft,
    found: defaultdict[tuple[str, str], set[int]],
    key_of: dict[str, str],
    employers: defaultdict[int, set[str]],
) -> Match:
    keys = [("profile", key_of.get(draft.profile_url, ""))] if draft.profile_url else []
    keys += [("id", draft.external_id)] if _has_id(draft) else []
    keys += [("email", one) for one in draft.emails if one not in draft.shared]
    strong = {pk for key in keys if key in found for pk in found[key]}
    if len(strong) == 1:
        return Match(strong.pop())
    if strong:
        return Match(None, SEVERAL)
    employer, name = off_limits.key(draft.employer), _name(draft)
    if not employer or not name or ("name", name) not in found:
        return Match(None, NOBODY)
    same = {pk for pk in found["name", name] if employer in employers[pk]}
    if len(same) == 1:
        return Match(same.pop())
    return Match(None, SEVERAL if same else NOBODY)


def _has_id(draft: Draft) -> bool:
    # Where a row has none, it is given one made of its name.
    return bool(draft.external_id) and not draft.external_id.startswith("name:")


def _name(draft: Draft) -> str:
    return f"{draft.first_name} {draft.last_name}".lower() if draft.last_name else ""
