"""Tells Django that integrations is an app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "warmbench.integrations"
