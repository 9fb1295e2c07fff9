"""Tells whether a disposable database was made by the migrations that are here now."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def digest() -> str:
    """Twelve letters that change when any of our migrations does.

    Until the first release ``0001_initial`` is rewritten freely, so Django, which goes by
    names, would take a database of last week for one of today.
    """
    content = hashlib.sha256()
    for file in sorted(PACKAGE.glob("*/migrations/*.py")):
        content.update(str(file.relative_to(PACKAGE)).encode())
        content.update(file.read_bytes())
    return content.hexdigest()[:12]
