"""The Django app of the sourcing package."""

from django.apps import AppConfig


class SourcingConfig(AppConfig):
    name = "warmbench.sourcing"
