"""Tells Django that core is an app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "warmbench.core"
