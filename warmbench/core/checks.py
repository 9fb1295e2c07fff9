"""Refuses to start in production with settings that are only good for trying things out."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def production_has_its_own_settings(**_: Any) -> list[CheckMessage]:
    """What WARMBENCH_ENV=production does not start with."""
    if not settings.PRODUCTION:
        return []
    wrong = {
        "E001": (
            settings.DEBUG,
            "WARMBENCH_DEBUG shows the inside of the program to visitors.",
            "Unset WARMBENCH_DEBUG.",
        ),
        "E002": (
            settings.DEMO,
            "WARMBENCH_DEMO fills the database with invented people.",
            "Unset WARMBENCH_DEMO.",
        ),
        "E003": (
            not settings.HTTPS,
            f"The public address {settings.PUBLIC_URL} is not reached by HTTPS.",
            "Set WARMBENCH_URL to the https:// address that candidates will see in links.",
        ),
    }
    return [
        Error(message, hint=hint, id=f"warmbench.{name}")
        for name, (is_wrong, message, hint) in wrong.items()
        if is_wrong
    ]
