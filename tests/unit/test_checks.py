"""Production does not start with settings that are only good for trying things out."""

import pytest
from pytest_django.fixtures import Settings

from warmbench.core.checks import production_has_its_own_settings


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.PRODUCTION = True
    settings.PUBLIC_URL = "https://bench.example.com"
    settings.HTTPS = True
    return settings


def test_production_with_its_own_settings_starts(production: Settings) -> None:
    assert production_has_its_own_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [("DEBUG", True, "E001"), ("DEMO", True, "E002"), ("HTTPS", False, "E003")],
)
def test_production_refuses_what_is_only_good_for_trying(
    production: Settings, name: str, value: object, error: str
) -> None:
    setattr(production, name, value)
    assert [found.id for found in production_has_its_own_settings()] == [f"warmbench.{error}"]


def test_development_may_do_as_it_likes(settings: Settings) -> None:
    settings.DEBUG = True
    assert production_has_its_own_settings() == []
