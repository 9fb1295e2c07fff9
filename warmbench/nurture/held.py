"""Declares what the tables of nurture hold about candidates."""

from warmbench.people import holdings
from warmbench.people.holdings import Holding

holdings.declare(
    Holding(
        label="nurture.PoolMember",
        title="Pools",
        why="Groups of people who hear from us in the same way, and when you were in which.",
    ),
    Holding(
        label="nurture.Enrollment",
        title="Sequences",
        why="Which messages are planned for you, and where you stand.",
        silent=frozenset({"version"}),
        is_locked_first=True,
    ),
    Holding(
        label="nurture.ContentUse",
        title="What you were sent to read",
        why="So that you are not sent it twice.",
        silent=frozenset({"message"}),
    ),
)
holdings.declare_empty(
    {
        "nurture.Sequence": "Plans of messages.",
        "nurture.SequenceVersion": "Plans of messages.",
        "nurture.Step": "Plans of messages.",
        "nurture.ContentPiece": "Things to read.",
        "nurture.Pool": "Rules about many people.",
    }
)
