"""Tags of ours in other people's systems, so that they are not taken for theirs when read back."""

from collections.abc import Iterable

#: Before a Candidate.Status, where candidates have no status of their own.
STATUS = "Warmbench status: "
_BEGINNING, _END = "warmbench", "(warmbench)"


def theirs(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags without ours, each once."""
    return tuple(dict.fromkeys(tag for tag in tags if tag and not _is_ours(tag)))


def status_tag(status: str) -> str:
    """The tag that says where somebody stands with us."""
    return STATUS + status.replace("_", " ")


def is_status(tag: str) -> bool:
    """Whether a tag is one of those."""
    return tag.casefold().startswith(STATUS.casefold())


def has(tags: Iterable[str], tag: str) -> bool:
    """Whether it is among them, however it is written: what somebody there made by hand differs
    in its letters, and is found by that name all the same."""
    wanted = " ".join(tag.split()).casefold()
    return any(" ".join(one.split()).casefold() == wanted for one in tags)


def _is_ours(tag: str) -> bool:
    folded = tag.casefold()
    return folded.startswith(_BEGINNING) or folded.endswith(_END)
