"""Keeps what roles and alerts say of a skill when its tag becomes another one."""

from django.db.models import Exists, OuterRef

from warmbench.core import sql
from warmbench.people import tag_edits
from warmbench.sourcing.models import RoleSkill


@tag_edits.before_merging
def keep_what_is_said_of(tag_id: int, into_id: int) -> None:
    """Let a role that required the one require the other, and alerts name what it is now."""
    of_the_one = RoleSkill.objects.filter(role=OuterRef("role"), tag=tag_id, is_required=True)
    of_the_other = RoleSkill.objects.filter(Exists(of_the_one), tag=into_id, is_required=False)
    of_the_other.update(is_required=True)
    sql.run(sql.load(__file__, "alerts_merge_tags"), {"tag": tag_id, "into": into_id})
