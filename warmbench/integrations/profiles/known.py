"""Says what profiles from files and networks tell of people, where changes of them are noticed."""

from collections import defaultdict
from collections.abc import Collection

from warmbench.integrations.models import ProfileSnapshot
from warmbench.shortlists import seen
from warmbench.shortlists.noted import RECORD, Word


@seen.told_by
def words(candidate_ids: Collection[int]) -> dict[int, list[Word]]:
    """The last word of each profile, for the day on which it was taken."""
    found: defaultdict[int, list[Word]] = defaultdict(list)
    rows = ProfileSnapshot.objects.filter(candidate__in=list(candidate_ids)).order_by("pk")
    for row in rows:
        on, fields = row.taken_at.date(), row.fields
        names = [
            *(("title", name) for name in [fields.get("job_title")] if name),
            *(("employer", name) for name in [fields.get("employer")] if name),
            *(("skill", name) for name in fields.get("skills", {}).values() if name),
        ]
        found[row.candidate_id] += [
            Word(aspect, name, on=on, rank=RECORD, source=f"profile {row.source}", quote=name)
            for aspect, name in names
        ]
    return found
