"""Reads the lists of words that come with this package."""

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def table(name: str) -> dict[str, Any]:
    """What ``data/<name>.yaml`` holds, read once."""
    source = resources.files("warmbench.shortlists").joinpath("data", f"{name}.yaml")
    read: dict[str, Any] = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return read
