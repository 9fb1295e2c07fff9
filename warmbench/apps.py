"""Ties the packages together: every process knows every reaction and every check."""

from importlib import import_module

from django.apps import AppConfig


class WarmbenchConfig(AppConfig):
    name = "warmbench"

    def ready(self) -> None:
        """Register what is registered by being imported."""
        import_module("warmbench.core.checks")
        # Whoever publishes an event queues its reactions, so not only workers must know them.
        import_module("warmbench.workflows")
        # Whoever tells a recruiter of a role calls it by its name.
        import_module("warmbench.sourcing.titles")
        # Whoever merges tags keeps what roles say of them.
        import_module("warmbench.sourcing.merged_skills")
        # Whoever writes alerts knows who gets a check-in first.
        import_module("warmbench.nurture.arbitration")
        # Whoever erases or exports must know of every table, those of later packages too.
        for package in (
            "people",
            "messaging",
            "signals",
            "insight",
            "sourcing",
            "shortlists",
            "nurture",
            "integrations",
        ):
            import_module(f"warmbench.{package}.held")
