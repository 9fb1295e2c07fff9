"""Tells Django that sample is an app."""

from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "warmbench.sample"
