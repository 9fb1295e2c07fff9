"""Lets templates look a value up under a name that is itself a value."""

from collections.abc import Mapping
from typing import TypeVar

from django import template

V = TypeVar("V")

register = template.Library()


@register.filter
def of(values: Mapping[str, V], name: str) -> V | str:
    """What stands under the name; blank for nothing."""
    return values.get(name, "")
