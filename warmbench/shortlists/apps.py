"""The Django app of the shortlists package."""

from django.apps import AppConfig


class ShortlistsConfig(AppConfig):
    name = "warmbench.shortlists"
