"""Tells Django that accounts is an app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "warmbench.accounts"
