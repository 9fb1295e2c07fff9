"""Who fits a role, who comes first, and why."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.people.models import Tag
from warmbench.sourcing import matching
from warmbench.sourcing.models import Role

pytestmark = pytest.mark.django_db


def role(*required: Tag, nice: tuple[Tag, ...] = (), **fields: object) -> Role:
    made = Role.objects.create(
        **{"title": "Engineer", "state": "open", "state_at": NOW, "created_at": NOW,
           "changed_at": NOW} | fields
    )  # fmt: skip
    for tag in required:
        made.skills.create(tag=tag)
    for tag in nice:
        made.skills.create(tag=tag, is_required=False)
    return made


def test_who_has_enough_skills_is_found_with_reasons() -> None:
    go, rust, sql, aws = (make.tag(name) for name in ("Go", "Rust", "SQL", "AWS"))
    asked = role(go, rust, nice=(sql, aws))
    ana = make.candidate(go, rust, sql, aws)
    ben = make.candidate(go, sql, aws)
    make.candidate(go, rust)
    matching.recount(now=NOW)
    found = matching.find(asked.pk, threshold=3, limit=10, now=NOW)
    assert [match.candidate_id for match in found] == [ana.pk, ben.pk]
    assert [skill.name for skill in found[1].missing] == ["Rust"]
    assert matching.count(asked.pk, thresholds=[2, 3, 4, 5]) == {2: 3, 3: 2, 4: 1, 5: 0}
    fits = matching.roles_for([ana.pk, ben.pk], now=NOW + timedelta(days=1))
    assert {pk: [one.role_id for one in roles] for pk, roles in fits.items()} == {
        ana.pk: [asked.pk],
        ben.pk: [asked.pk],
    }
