"""The Django app of the insight package."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "warmbench.insight"
