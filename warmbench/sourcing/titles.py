"""Says what roles are called, where recruiters are told of them."""

from warmbench.signals import telling
from warmbench.sourcing.models import Role


def title_of(role_id: int) -> str:
    """What a role is called; blank for one that is gone."""
    return Role.objects.filter(pk=role_id).values_list("title", flat=True).first() or ""


telling.titled_by("role", title_of)
