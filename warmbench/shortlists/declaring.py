"""Keeps what candidates declare of themselves for audits, apart from everything that ranks them.

Nothing but the candidate's own page and the counts of ``fairness`` may import this module: a
test sees to it (tests/unit/shortlists/test_declarations_are_apart.py).
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from warmbench.people.models import Candidate
from warmbench.shortlists.models import Declaration

SEX, ETHNICITY = "sex", "ethnicity"
#: What may be declared, by category: the categories of the EEO-1 report (EEOC, Component 1),
#: which N.Y.C. Local Law 144 audits by (6 RCNY § 5-301), and one more for whom they leave out.
CATEGORIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        SEX: MappingProxyType(
            {"female": "Female", "male": "Male", "another": "Another, or neither"}
        ),
        ETHNICITY: MappingProxyType(
            {
                "hispanic": "Hispanic or Latino",
                "white": "White",
                "black": "Black or African American",
                "pacific": "Native Hawaiian or Pacific Islander",
                "asian": "Asian",
                "native": "Native American or Alaska Native",
                "several": "Two or more races",
            }
        ),
    }
)


@transaction.atomic
def declare(candidate_id: int, said: Mapping[str, str], *, now: datetime) -> None:
    """Keep what a candidate declares, instead of what they declared before: by category, a value
    of ``CATEGORIES``, or a blank, which takes it back and leaves nothing. The trail says nothing
    of it: whether somebody declared anything is theirs to know.

    Raises ValueError for a category or a value that there is none of.
    """
    for category, value in said.items():
        if category not in CATEGORIES or (value and value not in CATEGORIES[category]):
            raise ValueError("There is no such category.")
    if not Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).exists():
        return
    for category, value in said.items():
        if value:
            Declaration.objects.update_or_create(
                candidate_id=candidate_id,
                category=category,
                defaults={"value": value, "at": now},
            )
        else:
            Declaration.objects.filter(candidate=candidate_id, category=category).delete()


def declared(candidate_id: int) -> dict[str, str]:
    """What a candidate declared, by category, for their own page and for nobody else."""
    found = Declaration.objects.filter(candidate=candidate_id)
    return dict(found.values_list("category", "value"))
