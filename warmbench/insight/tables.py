"""Loads the lists of words that lie in the folder ``data``."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def table(name: str) -> dict[str, Any]:
    """One of the lists, e.g. ``scope_words``. Nobody may change what it holds."""
    raw = files(__package__).joinpath("data", f"{name}.yaml").read_text("utf-8")
    # The loader in C: the other takes half a second of the first text.
    written: dict[str, Any] = yaml.load(raw, Loader=yaml.CSafeLoader)
    return written
