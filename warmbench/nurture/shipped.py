"""Gives a team the sequences that come with Warmbench, where it has none of the same key."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from warmbench.nurture import drafts, sequence_files, versions
from warmbench.nurture.models import Sequence

FOLDER = Path(__file__).parent / "data" / "sequences"
#: These wait for somebody to let them go.
DRAFTS = FOLDER / "drafts"


@transaction.atomic
def give_sequences(*, now: datetime) -> dict[str, Sequence]:
    """Publish the sequences that ship, and keep some as drafts. Returns all of them by their keys.

    One that is there already stays as its team has made it. The tags that their rules name have
    to be there.
    """
    known = {sequence.key: sequence for sequence in Sequence.objects.all()}
    given: dict[str, Sequence] = {}
    for path in sorted([*FOLDER.glob("*.yaml"), *DRAFTS.glob("*.yaml")]):
        if path.stem in known:
            given[path.stem] = known[path.stem]
            continue
        written = sequence_files.read(path.read_text(encoding="utf-8"), path.name)
        if path.parent == DRAFTS:
            given[path.stem] = drafts.create(written.name, like=written, by_id=None, now=now)
        else:
            given[path.stem] = versions.apply(written, by_id=None, now=now).version.sequence
    return given
