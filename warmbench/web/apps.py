"""Tells Django that web is an app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "warmbench.web"
